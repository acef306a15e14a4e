"""What a password must not be, beside Django's own rules. No list of leaked passwords is asked anywhere."""

import re
from typing import Any

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

DIFFERENT_AT_LEAST = 6  # characters
_LEET = str.maketrans("013457@$!", "oieastasi")
_DISGUISES = {"o": "0", "i": "1!", "e": "3", "a": "4@", "s": "5$", "t": "7"}
_ROWS = ("abcdefghijklmnopqrstuvwxyz", "01234567890123456789", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_RUN = 5  # so many keys in a row count as one
OUR_WORDS = ("keepsight", "council", "safeguarding")


class NotGuessable:
    """Refuses our own words, repeated patterns, runs of keys, and common passwords in disguise."""

    def validate(self, password: str, user: Any = None) -> None:
        lowered = password.lower()
        left = _without_words(_without_runs(lowered), _words())
        if len(set(lowered)) < DIFFERENT_AT_LEAST:
            raise ValidationError("Use more different characters", code="password_too_even")
        if re.fullmatch(r"(.{1,6})\1+.{0,5}", lowered):
            raise ValidationError("Do not repeat the same few characters", code="password_repeats")
        if len(set(left)) < DIFFERENT_AT_LEAST:
            raise ValidationError(
                "Do not build a password from the name of the service or the council, or from keys in a row. "
                "Three or four words that do not belong together are easy to remember",
                code="password_guessable",
            )
        _check_not_common(lowered)

    def get_help_text(self) -> str:
        return "Not the name of the service or council, nothing repeated. Three or four unlikely words do well."


def _words() -> set[str]:
    """The product's and the councils' names, in single words."""
    from keepsight.apps.accounts.models import Authority

    names = " ".join(Authority.objects.values_list("name", flat=True)).lower()
    return set(re.findall(r"[a-z]{4,}", names)) | set(OUR_WORDS)


def _without_words(text: str, words: set[str]) -> str:
    for word in sorted(words, key=len, reverse=True):
        disguised = "".join(f"[{re.escape(letter + _DISGUISES.get(letter, ''))}]" for letter in word)
        text = re.sub(disguised, "", text)
    return text


def _without_runs(text: str) -> str:
    for row in _ROWS:
        for keys in (row, row[::-1]):
            for start in range(len(keys) - _RUN + 1):
                text = text.replace(keys[start : start + _RUN], "")
    return text


def _check_not_common(lowered: str) -> None:
    """Look a password up among common ones without the figures and signs at its ends."""
    common = CommonPasswordValidator().passwords
    core = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", lowered)
    if len(core) >= 4 and {core, core.translate(_LEET)} & common and len(core) < 12:
        raise ValidationError("This password is too common", code="password_too_common")
