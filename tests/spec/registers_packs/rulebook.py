"""The rule book of registers as a table: what a head of service reads, made from the packs."""

from keepsight.core.packs import Book, book
from keepsight.core.packs.kinds import Register
from keepsight.core.packs.kinds.registers import ClockRule

PANDEMIC = "pandemic_2020"
SHORT = {
    "leader": "leader", "emergency_lead": "emergency", "cell_member": "cell", "team_manager": "manager",
    "commissioner": "commissioner", "workforce_lead": "workforce", "quality_assurance": "QA",
    "communications": "news", "information_governance": "governance", "practitioner": "worker",
    "early_help_practitioner": "helper", "analyst": "analyst", "owner": "owner",
    "duty_worker": "duty", "front_door": "screener", "health": "health", "provider": "provider", "school": "school",
}  # fmt: skip
COMMAND = {  # those who lead the response together, said in one word
    "leader", "emergency_lead", "cell_member", "team_manager", "commissioner", "workforce_lead", "quality_assurance",
}  # fmt: skip


def definitions(area: str, of: Book | None = None) -> dict[str, Register]:
    """The registers of an area, with those of the pandemic's pack, by id."""
    of = of or book(PANDEMIC)
    read = {name: of.read(f"registers/{name}", Register) for name in of.names("registers")}
    return {name: rule for name, rule in read.items() if rule.area == area}


def row(name: str, rule: Register) -> tuple[str, ...]:
    """One line of the table: register, capabilities, where entries begin, the first clock, who reads."""
    clock = said(rule.clocks[0]) if rule.clocks else "none"
    if len(rule.access.read) > 12:
        reads = "all staff"
    elif len(rule.access.read) > 11:
        reads = "most staff"
    else:
        together = COMMAND if set(rule.access.read) >= COMMAND else set()
        rest = [SHORT[role] for role in rule.access.read if role not in together]
        reads = " ".join(["command", *rest] if together else rest)
    confidential = " (confidential)" if rule.access.confidential else ""
    return name, " ".join(rule.capabilities), rule.states[0].name, clock, reads + confidential


def said(clock: ClockRule) -> str:
    """A clock in words: 5 WD from started_on, where WD is working days."""
    unit = "WD" if clock.unit == "working_days" else clock.unit
    begins = clock.from_.replace("state:", "state ")
    return f"on {begins}" if clock.every == 0 else f"{clock.every} {unit} from {begins}"


def written(table: str) -> dict[str, tuple[str, ...]]:
    """The lines of a table as a person wrote it, by register."""
    lines = [[part.strip() for part in line.split(" | ")] for line in table.strip().splitlines() if line.strip()]
    return {line[0]: tuple(line) for line in lines}
