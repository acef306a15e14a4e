"""
The one short tree of errors that people may meet.

Leaves live beside the function that raises them. The web (``ui.middleware``) and the command
line (``cli.main``) translate each branch once.

::

    KeepsightError
    ├── Refused          shown as it is: code, reason, what to do      CLI exit 12
    │   ├── NotPermitted     who may not                               web 403
    │   ├── NotAllowedNow    not in this state, or not yet             web 409, or beside the field
    │   └── TooOften         too many of these in a short time         web 429
    ├── BadInput         a file or a form breaks its contract          web 422   CLI exit 11
    └── NoAnswer         sound input, no answer; names what binds      web 200   CLI exit 13
"""


class KeepsightError(Exception):
    """An anticipated trouble, told in a sentence that a person can act on."""

    code = "trouble"

    def __init__(self, sentence: str, *, code: str | None = None):
        super().__init__(sentence)
        self.sentence = sentence
        if code is not None:
            self.code = code


class Refused(KeepsightError):
    """What was asked is understood and not done."""

    code = "refused"


class NotPermitted(Refused):
    """This person may not do this."""

    code = "not_permitted"


class NotAllowedNow(Refused):
    """Nobody may do this in the present state."""

    code = "not_allowed_now"


class TooOften(Refused):
    """This person did this too many times in too short a time."""

    code = "too_often"


class BadInput(KeepsightError):
    """A whole file, pack or form cannot be used; the sentence says what would be right."""

    code = "bad_input"


class NoAnswer(KeepsightError):
    """The input is sound and there is no answer."""

    code = "no_answer"
