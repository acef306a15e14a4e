"""
What a deployment still lacks, in sentences that say what to do.

Each check is a function that gives what is wrong, or nothing. *Lacking* means that real children's
records should not be here yet; *advice* means that it would be safer.
"""

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.core import checks as django_checks
from django.db import connection
from django.db.models import Count

from keepsight.apps.accounts.models import Authority, Membership, Role, User
from keepsight.apps.accounts.permissions import rules
from keepsight.apps.audit import guards
from keepsight.apps.audit.models import Anchor, Event, EventKind
from keepsight.apps.registers import sending
from keepsight.apps.registers.models import Message
from keepsight.core.packs import book
from keepsight.sealed import counted, ring

KEYS = {
    "KEEPSIGHT_SECRET_KEY": "sessions and one-time links",
    "KEEPSIGHT_AUDIT_KEY": "the log of who looked",
    "KEEPSIGHT_PSEUDONYM_KEY": "the ids that analysts see",
    "KEEPSIGHT_FIELD_KEYS": "safe-contact details",
}
OF_LITTLE_USE = frozenset({"security.W018"})  # DEBUG: said in plainer words below
ANCHOR_EVERY = timedelta(days=1)
VERIFY_EVERY = timedelta(days=7)


@dataclass(frozen=True)
class Lack:
    """One thing that is not as it should be."""

    topic: str
    sentence: str
    what_to_do: str
    advice: bool = False


Check = Callable[[date], Iterator[Lack]]
CHECKS: list[Check] = []


def check(function: Check) -> Check:
    CHECKS.append(function)
    return function


def lacks(on: date) -> list[Lack]:
    """Everything that this deployment lacks on a day, the gravest first."""
    found = [lack for one in CHECKS for lack in one(on)]
    return sorted(found, key=lambda lack: lack.advice)


@check
def debugging(on: date) -> Iterator[Lack]:
    if settings.DEBUG:
        yield Lack("Settings", "Debugging is on: error pages show records.", "Unset KEEPSIGHT_DEBUG.")


@check
def keys_from_outside(on: date) -> Iterator[Lack]:
    for variable, what in KEYS.items():
        if not os.environ.get(variable):
            yield Lack(
                "Keys", f"The key for {what} lies in the var folder, beside what it guards.",
                f"Give it as {variable} from the place where your secrets are kept.",
            )  # fmt: skip


@check
def transport(on: date) -> Iterator[Lack]:
    if not settings.SECURE_SSL_REDIRECT:
        yield Lack("Transport", "Pages are served without encryption.", "Set KEEPSIGHT_HTTPS=1 behind your TLS proxy.")
    if set(settings.ALLOWED_HOSTS) <= {"localhost", "127.0.0.1", "[::1]"}:
        yield Lack("Transport", "Only this machine can reach the pages.", "Set KEEPSIGHT_HOSTS to your host's name.")


@check
def django_says(on: date) -> Iterator[Lack]:
    for message in django_checks.run_checks(include_deployment_checks=True):
        if message.id not in OF_LITTLE_USE and message.level >= django_checks.WARNING and not message.is_silenced():
            sentence = " ".join(str(message.msg).split())
            yield Lack("Django", sentence, f"See {message.id} in Django's deployment checklist.")


@check
def database(on: date) -> Iterator[Lack]:
    if connection.vendor != "postgresql":
        yield Lack(
            "Database", "The register is in SQLite, which suits an example or one small team.",
            "Use PostgreSQL: docs/how-to/use-postgresql.md.", advice=True,
        )  # fmt: skip
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege('audit_event', %s)", ["UPDATE, DELETE, TRUNCATE"])  # any of them
        if cursor.fetchone()[0]:
            yield Lack(
                "Database", "The role that the pages use may change the log of who looked.",
                "Make a role that may not, with: keepsight audit database-roles",
            )  # fmt: skip


@check
def var_folder(on: date) -> Iterator[Lack]:
    if settings.VAR.exists() and stat.S_IMODE(settings.VAR.stat().st_mode) & 0o077:
        yield Lack("Files", "Other users of this machine can look into the var folder.", "Give it mode 700.")


@check
def sealed_fields(on: date) -> Iterator[Lack]:
    held, known = counted(), ring()
    missing = {key for _, key in held if key not in known}
    for key in sorted(missing):
        yield Lack("Keys", f"Texts are sealed with the key {key}, which is missing.", "Put it back into the ring.")
    older = sum(count for (_, key), count in held.items() if key in known and key != next(iter(known), None))
    if older:
        yield Lack("Keys", f"{older:,} texts are sealed with an older key.", "Run: keepsight keys rotate", advice=True)


@check
def log(on: date) -> Iterator[Lack]:
    anchor = Anchor.objects.filter(kind="anchor").order_by("-at").first()
    if Event.objects.exists() and (anchor is None or anchor.at.date() < on - ANCHOR_EVERY):
        yield Lack("Log", "The log has not been anchored for a day.", "Run every night: keepsight audit anchor")
    verified = Event.objects.filter(kind=EventKind.AUDIT_VERIFIED).order_by("-at").first()
    if verified is None or verified.at.date() < on - VERIFY_EVERY:
        yield Lack("Log", "The log has not been checked for a week.", "Run: keepsight audit verify")
    if guards.missing(connection):
        yield Lack("Log", "Triggers that keep the log from being changed are gone.", "Run: keepsight audit guards")


@check
def viruses(on: date) -> Iterator[Lack]:
    if not settings.SCANNER:
        yield Lack(
            "Files", "Files attached to entries are not looked through for viruses.",
            "Set KEEPSIGHT_SCANNER to your scanner's command, such as: clamdscan --no-summary --fdpass",
        )  # fmt: skip


@check
def example(on: date) -> Iterator[Lack]:
    kinds = set(Authority.objects.values_list("is_example", flat=True))
    if kinds == {True, False}:
        yield Lack(
            "Example", "The example, with its known password, stands beside a real authority.", "Keep them apart."
        )


@check
def second_factor(on: date) -> Iterator[Lack]:
    for authority in Authority.objects.filter(is_example=False):
        if authority.settings.get("second_factor") == "off":
            yield Lack(
                "Sign-in", f"{authority.name} asks for no second factor.", "Take second_factor out of its settings."
            )


@check
def people(on: date) -> Iterator[Lack]:
    held = Membership.objects.filter(starts_on__lte=on, user__is_active=True, authority__is_example=False)
    held = held.exclude(ends_on__lte=on)
    for authority in Authority.objects.filter(is_example=False):
        roles = dict(held.filter(authority=authority).values_list("role").annotate(Count("user_id", distinct=True)))
        if not roles.get(Role.INFORMATION_GOVERNANCE):
            yield Lack(
                "People", f"Nobody at {authority.name} watches over access.", "Give Information governance to one."
            )
        if roles.get(Role.ADMINISTRATOR, 0) < 2:
            sentence = f"{authority.name} has fewer than two administrators."
            yield Lack("People", sentence, "Give the role to a second person.", advice=True)
    unknown = set(held.values_list("role", flat=True)) - set(rules())
    if unknown:
        yield Lack("People", f"Roles are held that no pack knows: {', '.join(sorted(unknown))}.", "Give other roles.")
    if User.objects.filter(is_active=True, password="").exists():
        yield Lack("People", "Somebody can sign in without a password.", "End those accounts.")


@check
def mail(on: date) -> Iterator[Lack]:
    if not os.environ.get("KEEPSIGHT_MAIL") and not settings.NOTIFY_KEY:
        yield Lack(
            "Mail", "No mail server is set: alerts stand in the pages only.",
            "Set KEEPSIGHT_MAIL, or KEEPSIGHT_NOTIFY_KEY.", advice=True,
        )  # fmt: skip
    elif "localhost" in settings.SITE_ADDRESS:
        yield Lack("Mail", "Links in messages lead to this machine only.", "Set KEEPSIGHT_ADDRESS.")
    if settings.NOTIFY_KEY and not settings.NOTIFY_TEMPLATE:
        yield Lack("Mail", "GOV.UK Notify has a key and no template.", "Set KEEPSIGHT_NOTIFY_TEMPLATE.")
    given_up = Message.objects.filter(state=Message.State.GIVEN_UP).count()
    if given_up:
        yield Lack("Mail", f"{given_up:,} messages could not be sent.", "See Notices, Messages that could not be sent.")
    late = Message.objects.filter(state=Message.State.WAITING, tries=0, made_at__date__lt=on).count()
    if late and sending.is_open():
        yield Lack("Mail", f"{late:,} messages wait since yesterday.", "Run every few minutes: keepsight tick")


@check
def rules_due(on: date) -> Iterator[Lack]:
    for pack in book().packs:
        if pack.head and pack.head.review_on < on:
            sentence = f"The pack {pack.id} was to be looked at again by {pack.head.review_on:%d %B %Y}."
            yield Lack("Rules", sentence, f"Ask its owner: {pack.head.owner}.", advice=True)
