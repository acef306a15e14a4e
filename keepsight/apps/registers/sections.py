"""
Pages that stand beside the registers: staff, assurance, providers, news. The menu cannot hold them all.

The home page of the registers lists them for each person, and each of them shows the others of its section.
"""

import functools

from django.urls import reverse

from keepsight.apps.accounts.permissions import Grants, Permission

P = Permission
# heading, then words, page, what it is for, who may: each part of the product adds its pages here
Line = tuple[str, str, str, frozenset[Permission]]
SECTIONS: tuple[tuple[str, tuple[Line, ...]], ...] = (
    (
        "Staff",
        (
            ("Staffing", "workforce:staffing", "Who is at work, team by team.", frozenset({P.STAFFING_VIEW})),
            ("Caseloads and cover", "workforce:cover", "Cases whose worker is away.", frozenset({P.TEAM_VIEW})),
            ("Out-of-hours rotas", "workforce:rotas", "Your duties, and everybody’s.", frozenset({P.ROTA_VIEW})),
            ("Redeployment", "workforce:redeployment", "Who could help where.", frozenset({P.STAFFING_VIEW})),
            ("Surveys", "workforce:surveys", "Those that wait for your answer.", frozenset({P.SURVEY_ANSWER})),
        ),
    ),
    (
        "Assurance",
        (
            ("Audits", "assurance:audits", "Samples of cases, and what was found.", frozenset({P.ASSURANCE_VIEW})),
            ("Cases given to me", "assurance:my_cases", "Cases to audit.", frozenset({P.CASE_AUDIT})),
            ("Evidence binder", "assurance:binder", "Claims, with what proves them.", frozenset({P.ASSURANCE_VIEW})),
            ("Returns to the Department", "assurance:waves", "Counted and locked.", frozenset({P.ASSURANCE_VIEW})),
        ),
    ),
    (
        "Providers",
        (("The market", "providers:market", "Who has room, and who needs us.", frozenset({P.MARKET_VIEW})),),
    ),
    (
        "Newsletters",
        (
            ("Write and send", "partnership:news", "Newsletters and who gets them.", frozenset({P.NEWS_RUN})),
            ("Newsletters sent", "partnership:archive", "All that were sent.", frozenset({P.REGISTERS})),
        ),
    ),
    (
        "Emergencies",
        (
            ("Command", "command:home", "The emergency that runs.", frozenset({P.COMMAND_VIEW})),
            ("All emergencies", "events:emergencies", "And exercises, and earlier ones.", frozenset({P.COMMAND_VIEW})),
        ),
    ),
)  # fmt: skip


def sections_of(grants: Grants) -> list[dict[str, object]]:
    """The sections of which this person may open a page, each with those pages."""
    held = ((heading, _pages(lines, grants)) for heading, lines in SECTIONS)
    return [{"heading": heading, "pages": pages} for heading, pages in held if pages]


def beside(grants: Grants, path: str) -> list[dict[str, object]]:
    """The pages of the section whose page this is, itself among them; nothing on other pages, or where it is alone."""
    pages = _pages(_lines_beside().get(path, ()), grants)
    return [{**page, "current": page["href"] == path} for page in pages] if len(pages) > 1 else []


@functools.cache
def _lines_beside() -> dict[str, tuple[Line, ...]]:
    """The lines of a section by the address of each of its pages; command has a menu of its own."""
    return {reverse(name): lines for heading, lines in SECTIONS if heading != "Emergencies" for _, name, _, _ in lines}


def _pages(lines: tuple[Line, ...], grants: Grants) -> list[dict[str, str]]:
    return [
        {"text": text, "href": reverse(name), "what": what}
        for text, name, what, any_of in lines
        if any(grants.may(permission) for permission in any_of)
    ]
