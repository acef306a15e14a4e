"""How far a role is given: own cases, a team, a service, a whole authority, or a partnership of authorities."""

from dataclasses import dataclass

from keepsight.apps.accounts.models import Authority, Partnership, Service, Team

KINDS = {
    "own": "Their own cases only",
    "team": "A team",
    "service": "A service: all its teams",
    "authority": "A whole authority",
    "partnership": "A partnership of authorities",
}


@dataclass(frozen=True)
class Place:
    """One scope: its kind, and what it names. ``authority`` is where the role is held."""

    kind: str
    authority: Authority
    team: Team | None = None
    service: Service | None = None
    partnership: Partnership | None = None

    @property
    def authority_ids(self) -> frozenset[int]:
        """Every authority that it reaches."""
        if self.partnership is not None:
            return frozenset(self.partnership.authorities.values_list("pk", flat=True))
        return frozenset((self.authority.pk,))

    @property
    def columns(self) -> dict[str, object]:
        """As columns of a membership."""
        return {
            "authority": self.authority, "team": self.team, "service": self.service, "partnership": self.partnership,
            "own_only": self.kind == "own",
        }  # fmt: skip

    @property
    def words(self) -> str:
        """“own cases in Fellshire”, “Harbour Team, Fellshire”, “all of Fellshire”."""
        return in_words(
            self.authority.name, team=getattr(self.team, "name", ""), service=getattr(self.service, "name", ""),
            partnership=getattr(self.partnership, "name", ""), own=self.kind == "own",
        )  # fmt: skip


def in_words(authority: str, *, team: str = "", service: str = "", partnership: str = "", own: bool = False) -> str:
    """A scope in words, from the names of its parts."""
    if own:
        return f"own cases in {authority}"
    if partnership:
        return f"all authorities of {partnership}"
    if service:
        return f"all teams of {service}, {authority}"
    return f"{team}, {authority}" if team else f"all of {authority}"


def find_place(kind: str, pk: int) -> Place | None:
    """The place of this kind and id; for own cases and a whole authority the id is the authority's."""
    if kind in ("own", "authority"):
        authority = Authority.objects.filter(pk=pk).first()
        return Place(kind, authority) if authority else None
    if kind == "team":
        team = Team.objects.select_related("authority").filter(pk=pk).first()
        return Place(kind, team.authority, team=team) if team else None
    if kind == "service":
        service = Service.objects.select_related("authority").filter(pk=pk).first()
        return Place(kind, service.authority, service=service) if service else None
    if kind == "partnership":
        partnership = Partnership.objects.filter(pk=pk).first()
        first = partnership.authorities.order_by("name").first() if partnership else None
        return Place(kind, first, partnership=partnership) if first else None
    return None


def place_of(
    authority: Authority, *, team: Team | None = None, service: Service | None = None,
    partnership: Partnership | None = None, own_only: bool = False,
) -> Place:  # fmt: skip
    """The place that these columns of a membership mean."""
    kind = (
        "own" if own_only else "partnership" if partnership else "service" if service else "team" if team
        else "authority"
    )  # fmt: skip
    return Place(kind, authority, team, service, partnership)
