"""Numbers of destroyed records: known again when a file brings them back, and readable by nobody."""

from collections.abc import Iterable
from datetime import date

from django.conf import settings
from django.utils.crypto import salted_hmac

from keepsight.apps.accounts.models import Authority
from keepsight.apps.people.models import DestroyedNumber

Number = tuple[str, str]  # scheme, value


def digest_of(authority: Authority, number: Number) -> str:
    """A keyed digest of one number of one authority."""
    said = ":".join((authority.code, *number))
    return salted_hmac("keepsight.destroyed", said, secret=settings.PSEUDONYM_KEY, algorithm="sha256").hexdigest()


def remember(authority: Authority, numbers: Iterable[Number], on: date) -> None:
    """Keep the digests of a record that is destroyed. Called by the action that destroys it."""
    rows = [
        DestroyedNumber(authority=authority, digest=digest_of(authority, each), destroyed_on=on) for each in numbers
    ]
    DestroyedNumber.objects.bulk_create(rows, ignore_conflicts=True)


def destroyed_among(authority: Authority, numbers: Iterable[Number]) -> dict[Number, date]:
    """Which of these numbers were a destroyed record's, and when it was destroyed. Costs one query where none was."""
    known = dict(DestroyedNumber.objects.filter(authority=authority).values_list("digest", "destroyed_on"))
    if not known:
        return {}
    return {each: known[digest] for each in numbers if (digest := digest_of(authority, each)) in known}
