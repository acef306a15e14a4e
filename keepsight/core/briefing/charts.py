"""
Charts and the map: small tables in, plain Vega-Lite out; drawn without a browser.

One spec serves page, PDF and slide. Colours differ in lightness as well as hue, so that they hold
for people who see few colours and on a grey printer; every chart has its table beside it.
Never use these in a process that forks afterwards: the renderer keeps threads.
"""

import functools
import json
import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from keepsight.core.terms import LABELS, Level

Spec = dict[str, Any]
INK, GRID, MAIN, PALE = "#0b0c0c", "#d8dcde", "#1d4f5c", "#8fa9b0"
LEVEL_COLOURS = {
    Level.RED: "#8f1d21",
    Level.AMBER: "#f2a541",
    Level.GREEN: "#3d9a8b",
    Level.UNRATED: "#b1b4b6",
}
FONT = "Liberation Sans, Arial, sans-serif"
WIDTH = 470
_CONFIG: Spec = {
    "font": FONT,
    "background": None,
    "view": {"stroke": None},
    "axis": {
        "labelFontSize": 14, "titleFontSize": 14, "titleFontWeight": "normal", "labelColor": INK, "titleColor": INK,
        "gridColor": GRID, "domainColor": "#6f777b", "tickColor": "#6f777b", "labelLimit": 235,
    },
    "legend": {"labelFontSize": 14, "titleFontSize": 14, "labelColor": INK, "orient": "top", "title": None,
               "symbolStrokeWidth": 1, "symbolSize": 140, "labelLimit": 260},
    "text": {"fontSize": 14, "color": INK},
}  # fmt: skip


def _chart(**spec: Any) -> Spec:
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": WIDTH,
        "padding": 4,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "config": _CONFIG,
        **spec,
    }


def levels_by_service(rows: Sequence[tuple[str, str, int]]) -> Spec:
    """Stacked bars: service (label), level (code) and children; services stay in the order given."""
    order = {level: place for place, level in enumerate(LEVEL_COLOURS)}
    values = [{"service": s, "level": LABELS[lv], "place": order[Level(lv)], "children": n} for s, lv, n in rows if n]
    services = list(dict.fromkeys(service for service, _, _ in rows))
    return _chart(
        height={"step": 34},
        data={"values": values},
        mark={"type": "bar", "stroke": "#ffffff", "strokeWidth": 1},
        encoding={
            "y": {"field": "service", "type": "nominal", "sort": services, "title": None},
            "x": {"field": "children", "type": "quantitative", "title": "Children", "axis": {"tickCount": 5}},
            "order": {"field": "place", "type": "quantitative"},
            "color": {
                "field": "level",
                "type": "nominal",
                "scale": {
                    "domain": [LABELS[level] for level in LEVEL_COLOURS],
                    "range": list(LEVEL_COLOURS.values()),
                },
            },
        },
    )


def bars(rows: Sequence[tuple[str, float | None]], *, title: str, colour: str = MAIN, unit: str = "") -> Spec:
    """Horizontal bars with their numbers, in the order given."""
    values = [{"group": group, "value": value} for group, value in rows]
    number = {"field": "value", "type": "quantitative"}
    y = {"field": "group", "type": "nominal", "sort": [group for group, _ in rows], "title": None}
    expression = "format(datum.value, '.1f') + '%'" if unit == "%" else "format(datum.value, ',')"
    highest = max((value for _, value in rows if value), default=1.0)
    scale = {"domain": [0, 100 if unit == "%" else highest * 1.12]}
    axis = {"tickCount": 5, **({} if unit == "%" else {"tickMinStep": 1, "format": ",d"})}
    return _chart(
        height={"step": 28},
        data={"values": values},
        layer=[
            {
                "mark": {"type": "bar", "color": colour, "height": 20},
                "encoding": {"y": y, "x": {**number, "title": title, "scale": scale, "axis": axis}},
            },
            {
                "transform": [{"calculate": expression, "as": "text"}],
                "mark": {"type": "text", "align": "left", "dx": 5},
                "encoding": {"y": y, "x": number, "text": {"field": "text", "type": "nominal"}},
            },
        ],
    )


def lines(rows: Sequence[tuple[str, str, float | None]], *, title: str, percent: bool = False) -> Spec:
    """Lines over days: day (ISO), name of the line, value. The first line is solid, the second dashed."""
    names = list(dict.fromkeys(name for _, name, _ in rows))
    values = [{"day": day, "line": name, "value": value} for day, name, value in rows]
    dashes = [[1, 0], [6, 4], [2, 3]][: len(names)]
    shapes = ["circle", "square", "triangle-up"][: len(names)]
    same: Spec = {"field": "line", "type": "nominal", "title": None}
    axis = {"format": ".0f", "labelExpr": "datum.label + '%'"} if percent else {"format": ",d"}
    return _chart(
        height=210,
        data={"values": values},
        mark={"type": "line", "point": {"size": 45, "filled": True}, "strokeWidth": 2.5},
        encoding={
            "x": {
                "field": "day",
                "type": "temporal",
                "title": None,
                "scale": {"type": "utc"},
                "axis": {"format": "%-d %b", "values": _mondays(rows), "grid": False, "labelOverlap": True},
            },
            "y": {
                "field": "value",
                "type": "quantitative",
                "title": title,
                "scale": {"domainMin": 0},
                "axis": {"tickCount": 5, **axis},
            },
            "color": {**same, "scale": {"domain": names, "range": [MAIN, "#b7601a", "#5b3f8c"][: len(names)]}},
            "strokeDash": {**same, "scale": {"domain": names, "range": dashes}},
            "shape": {**same, "scale": {"domain": names, "range": shapes}},
        },
    )


def _mondays(rows: Sequence[tuple[str, str, float | None]]) -> list[int]:
    """Ticks on at most seven Mondays, as milliseconds: a week reads from its Monday."""
    days = sorted({date.fromisoformat(day) for day, _, _ in rows})
    mondays = [day for day in days if day.weekday() == 0]
    step = -(-len(mondays) // 7) or 1
    return [(day - date(1970, 1, 1)).days * 86_400_000 for day in mondays[::step]]


def district_map(schools: Sequence[tuple[float, float]], districts: Sequence[tuple[str, float, float, int]]) -> Spec:
    """
    A dot for each school and a circle for each district, as large as its count.

    Parameters
    ----------
    schools : (latitude, longitude)
        They draw the shape of the place where no boundary is loaded. [degrees]
    districts : (name, latitude, longitude, children)
        The middle of each district's schools. [degrees] [children]
    """
    dots = [{"lat": round(lat, 4), "lon": round(lon, 4)} for lat, lon in schools]
    circles = [
        {"district": name, "lat": lat, "lon": lon, "children": n, "text": f"{name}: {n:,}"}
        for name, lat, lon, n in districts
    ]
    place = {
        "longitude": {"field": "lon", "type": "quantitative"},
        "latitude": {"field": "lat", "type": "quantitative"},
    }
    highest = max([n for _, _, _, n in districts], default=1)
    return _chart(
        height=430,
        autosize={"type": "pad"},
        projection={"type": "mercator"},
        layer=[
            {
                "data": {"values": dots},
                "mark": {"type": "circle", "size": 14, "color": PALE, "opacity": 0.8},
                "encoding": place,
            },
            {
                "data": {"values": [circle for circle in circles if circle["children"]]},
                "mark": {
                    "type": "circle",
                    "color": "#8f1d21",
                    "opacity": 0.55,
                    "stroke": "#8f1d21",
                    "strokeWidth": 1.5,
                },
                "encoding": {
                    **place,
                    "size": {
                        "field": "children",
                        "type": "quantitative",
                        "scale": {"domain": [0, max(highest, 1)], "range": [0, 2600]},
                        "legend": None,
                    },
                },
            },
            {
                "data": {"values": circles},
                "mark": {"type": "text", "fontWeight": "bold", "stroke": "#ffffff", "strokeWidth": 4, "fontSize": 14},
                "encoding": {**place, "text": {"field": "text", "type": "nominal"}},
            },
            {
                "data": {"values": circles},
                "mark": {"type": "text", "fontWeight": "bold", "fontSize": 14},
                "encoding": {**place, "text": {"field": "text", "type": "nominal"}},
            },
        ],
    )


@functools.lru_cache(maxsize=256)
def _drawn(text: str) -> str:
    import vl_convert

    svg: str = vl_convert.vegalite_to_svg(vl_spec=json.loads(text), vl_version="6.4")
    return svg


def svg(spec: Spec) -> str:
    """Draw a chart; the same chart is drawn once a process."""
    return _drawn(json.dumps(spec, sort_keys=True))


def inline_svg(spec: Spec, *, alt: str, name: str) -> str:
    """
    Draw a chart to stand inside a page: one picture with one sentence for a screen reader.

    No style attributes (the page's security policy forbids them), ids made the page's own, the
    renderer's role descriptions taken out, size left to the style sheet.
    """
    from html import escape

    text = svg(spec)
    text = re.sub(r' (aria-[a-z]+|role)="[^"]*"', "", text)
    text = re.sub(r'(id="|url\(#|href="#)', rf"\g<1>{name}-", text)
    head = re.match(r"<svg[^>]*>", text)
    assert head is not None
    box = re.search(r'viewBox="[^"]*"', head.group(0))
    assert box is not None
    assert " style=" not in text
    width = float(box.group(0).split()[2])
    start = (
        f'<svg xmlns="http://www.w3.org/2000/svg" {box.group(0)} width="{width:.0f}" class="ks-chart" '
        f'role="img" aria-label="{escape(alt)}" focusable="false">'
    )
    return start + text[head.end() :]


def png(spec: Spec, *, scale: float = 2.0) -> bytes:
    """Draw a chart for documents that take no SVG."""
    import vl_convert

    picture: bytes = vl_convert.vegalite_to_png(vl_spec=spec, vl_version="6.4", scale=scale)
    return picture
