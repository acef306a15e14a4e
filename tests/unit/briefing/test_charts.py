import re

import pytest

from keepsight.core.briefing import charts, parts


def inline(spec, name="one"):
    return charts.inline_svg(spec, alt='Bars of "North" & <South>', name=name)


SPECS = {
    "bars": charts.bars([("North", 3), ("South", 0)], title="Children"),
    "levels": charts.levels_by_service([("Child in need", "red", 3), ("Child in need", "unrated", 2)]),
    "lines": charts.lines([("2020-06-01", "This year", 3.0), ("2020-06-08", "This year", None)], title="Contacts"),
    "map": charts.district_map([(54.5, -2.9), (54.6, -2.8)], [("Vale", 54.5, -2.9, 3), ("Moor", 54.6, -2.8, 0)]),
}


@pytest.mark.parametrize("kind", SPECS)
def test_a_chart_for_the_page_keeps_the_pages_rules(kind):
    drawn = inline(SPECS[kind])
    assert " style=" not in drawn
    assert "<script" not in drawn
    assert "http" not in drawn.replace("http://www.w3.org/2000/svg", "").replace("http://www.w3.org/1999/xlink", "")
    assert drawn.count('role="img"') == 1
    assert 'aria-label="Bars of &quot;North&quot; &amp; &lt;South&gt;"' in drawn
    assert all(name.startswith("one-") for name in re.findall(r' id="([^"]+)"', drawn))


def test_the_same_chart_is_drawn_the_same():
    assert charts.svg(SPECS["bars"]) == charts.svg(dict(SPECS["bars"]))


def test_a_chart_can_be_a_picture_for_documents():
    assert charts.png(SPECS["bars"], scale=1).startswith(b"\x89PNG")


def groups(*rows):
    return [parts.Group(*row) for row in rows]


def test_most_first_and_those_without_a_name_last():
    found = groups(("X", "No team named", 9, 20), ("X", "North", 1, 5), ("X", "South", 3, 5))
    _, table = parts.by_group(found, what="Team", called="overdue", caption="Overdue", several=False)
    assert [row[0] for row in table.rows] == ["South", "North", "No team named", "All"]
    assert table.rows[-1] == ("All", 13, 30, pytest.approx(43.33, abs=0.01))


def test_teams_of_one_name_are_told_apart_in_the_chart():
    chart, _ = parts.by_group(
        groups(("X", "North", 1, 5), ("Y", "North", 3, 5)),
        what="Team",
        called="overdue",
        caption="Overdue",
        several=True,
    )
    drawn = charts.svg(chart.spec)
    assert "North, X" in drawn
    assert "North, Y" in drawn


def test_one_map_for_each_council_with_two_districts():
    schools = [("X", "Vale", 54.5, -2.9), ("X", "Moor", 54.6, -2.8), ("Y", "Town", 54.0, -2.0)]
    found = groups(("X", "Vale", 2, 5), ("X", "Moor", 0, 5), ("Y", "Town", 4, 9), ("X", "District not known", 1, 1))
    maps = parts.place_maps(schools, found, called="children whom nobody has seen")
    assert [chart.alt for chart in maps] == [
        "Map of X: children whom nobody has seen by district, at the middle of each district's schools: Vale 2, Moor 0."
    ]


def test_levels_add_up_across_services():
    _, table = parts.levels([("cp", "red", 2), ("cp", "unrated", 1), ("early_help", "green", 4)])
    assert table.rows[-1] == ("All open cases", 2, 0, 4, 1, 7)
