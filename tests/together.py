"""
How the tests are shared out between processes, so that all of them stay busy to the end.

A file stays together, because its tests share what it builds; the browser's files stay together, because
they share one served example. What takes longest begins first, and the small files fill the gaps.
"""

from collections import Counter

from xdist.scheduler import LoadFileScheduling

BROWSER = "tests/functional"
LONGEST = (
    BROWSER,
    "tests/access/test_matrix.py",
    "tests/property/formats/test_damaged_files.py",
    "tests/access/test_fuzz_addresses.py",
    "tests/integration/intake/test_killed_loads.py",
    "tests/integration/access/test_on_this_database.py",
    "tests/integration/governance/test_killed_disposals.py",
    "tests/integration/audit/test_writers.py",
    "tests/integration/intake/test_example.py",
)


def part_of(nodeid: str) -> str:
    """The tests that one process runs one after another."""
    file = nodeid.split("::", 1)[0]
    return BROWSER if file.startswith(f"{BROWSER}/") else file


def longest_first(nodeids: list[str]) -> list[int]:
    """The places of the tests in the order of their parts."""
    sizes = Counter(map(part_of, nodeids))
    order = {part: place for place, part in enumerate(LONGEST)}

    def turn(place: int) -> tuple[int, int, str]:
        part = part_of(nodeids[place])
        return order.get(part, len(order)), -sizes[part], part

    return sorted(range(len(nodeids)), key=turn)


class Together(LoadFileScheduling):
    """Hands out parts in the order of the collection."""

    def __init__(self, config, log=None):
        config.option.loadscopereorder = False
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        return part_of(nodeid)
