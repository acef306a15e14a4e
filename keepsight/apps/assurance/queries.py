"""Answers about audits across tables."""

from collections.abc import Iterable

from keepsight.apps.accounts.models import Authority
from keepsight.apps.accounts.permissions import Grants, Permission
from keepsight.apps.assurance.models import Judgement, SampleItem
from keepsight.apps.people.models import Identifier
from keepsight.core.terms import IdentifierScheme


def running_authorities(grants: Grants) -> list[Authority]:
    """The authorities whose audits a person runs."""
    whole = grants.scope(Permission.ASSURANCE_RUN).authority_ids
    return list(Authority.objects.filter(pk__in=whole).order_by("name"))


def numbers_of(children: Iterable[int]) -> dict[int, str]:
    """Case numbers by child: how an auditor finds a case in the case system."""
    rows = Identifier.objects.filter(child_id__in=list(children), scheme=IdentifierScheme.LA_CHILD_ID, closed_on=None)
    return dict(rows.order_by("pk").values_list("child_id", "value"))


def judged(items: list[SampleItem], user_id: int) -> dict[int, bool]:
    """Which of these cases a person has judged: finished or a draft."""
    rows = Judgement.objects.filter(item__in=[item.pk for item in items], by_id=user_id)
    return dict(rows.values_list("item_id", "done"))


def viewing_authorities(grants: Grants) -> list[Authority]:
    """The authorities whose audits, evidence and returns a person sees."""
    whole = grants.scope(Permission.ASSURANCE_VIEW).authority_ids
    return list(Authority.objects.filter(pk__in=whole).order_by("name"))
