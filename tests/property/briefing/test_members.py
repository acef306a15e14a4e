"""What one table of the members' edition hides, neither the other table nor a share tells."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from keepsight.core.briefing.figures import FIGURES
from keepsight.core.briefing.found import Found
from keepsight.core.briefing.indicators import read_indicators
from keepsight.core.briefing.members import LEVELS, sections_of
from keepsight.core.disclosure import HIDDEN
from keepsight.core.packs import book
from keepsight.core.packs.kinds import Indicators

RULES = {rule.id: rule for rule in read_indicators(book().read("indicators", Indicators))}
SERVICES = ("cin", "cp", "cla")
COUNT = st.sampled_from([0, 0, 1, 2, 5, 6, 7, 20])
COUNCILS = st.lists(st.lists(COUNT, min_size=4, max_size=4), min_size=1, max_size=3).filter(lambda t: sum(map(sum, t)))


def found_of(table: list[list[int]], districts: list[float]) -> Found:
    """Figures of one council with so many children of each service and level, and so many unseen in each district."""
    total = sum(map(sum, table))
    rows = []

    def add(code, breakdown, group, above, below):
        rows.append((code, breakdown, "here", group, above, below, 0.0))

    for level, code in enumerate(LEVELS.values()):
        add(code, "authority", "", sum(row[level] for row in table), total)
        for service, row in zip(SERVICES, table, strict=False):
            add(code, "service", service, row[level], sum(row))
    unrated, red = sum(row[3] for row in table), sum(row[0] for row in table)
    for code, above, below in (("I21", total - unrated, total), ("I22", red // 2, red), ("SEEN10", total // 2, total),
                               ("I26", total // 3, total), ("I28", total, total)):  # fmt: skip
        add(code, "authority", "", above, below)
    left = total
    for nth, share in enumerate(districts):
        of = left if nth == len(districts) - 1 else int(left * share)
        left -= of
        add("NOBODY", "district", f"District {nth}", of // 3, of)
    return Found(pl.DataFrame(rows, schema=FIGURES.schema, orient="row"), RULES, {"here": "Here"}).of_one("here")


@settings(max_examples=150, deadline=None)
@given(COUNCILS, st.lists(st.floats(0, 1), min_size=1, max_size=3))
def test_what_is_hidden_once_is_told_nowhere(table, districts):
    shares, levels, sight = (section.tables[0] for section in sections_of(found_of(table, districts), "Here"))
    cells = [cell for one in (levels, sight) for row in one.rows for cell in row[1:]]
    assert not [cell for cell in cells if isinstance(cell, int) and 1 <= cell <= 5]
    totals = [one.rows[-1][-1] for one in (levels, sight) if one.rows]
    assert len({total == HIDDEN for total in totals}) <= 1, "the total of all open cases stands in both"
    said = dict(shares.rows)
    hidden = {h.text for h, cell in zip(levels.headings, levels.rows[-1] if levels.rows else (), strict=False)
              if cell == HIDDEN}  # fmt: skip
    if "Unrated" in hidden:
        assert said[RULES["I21"].name] == HIDDEN
    if "Red" in hidden:
        assert said[RULES["I22"].name] in (HIDDEN, "–", "z")
    if "All" in hidden or not levels.rows:
        assert {said[RULES[code].name] for code in ("I21", "SEEN10", "I26", "I28")} <= {HIDDEN, "–", "z"}
