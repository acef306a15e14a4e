"""Fills the register and its hand-written twin with the same entries, and prints what the readers ask for."""

import json
import os
import sys
import time
import tomllib
from datetime import date, timedelta
from importlib import import_module
from typing import Any

import dj_database_url
import django

os.environ["DJANGO_SETTINGS_MODULE"] = "keepsight.config.settings"
django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.db import connection, connections  # noqa: E402
from django.utils import timezone  # noqa: E402

from keepsight.apps.accounts.models import Authority, Membership, Team, User  # noqa: E402
from keepsight.apps.accounts.terms import current  # noqa: E402
from keepsight.apps.registers import actions  # noqa: E402
from keepsight.apps.registers.definitions import as_text, read_text, register_of  # noqa: E402
from keepsight.apps.registers.models import Register, Version  # noqa: E402
from keepsight.config.sign_in.engine import BEGUN  # noqa: E402
from keepsight.config.sign_in.gates import FACTOR, TERMS  # noqa: E402
from keepsight.core.registers import slots_for  # noqa: E402

PEOPLE, TEAMS, VOCABULARY, FILED = 200, 40, 5000, 100_000
ON = date.today()  # noqa: DTZ011 – the bench's readers read today
# One in ten is open; whose, how and until when is spread evenly by numbers that share no factor.
PARTS = {
    "state": "CASE WHEN n % 10 = 0 THEN CASE WHEN n % 50 = 0 THEN 'doing' ELSE 'open' END "
    "WHEN n % 20 = 7 THEN 'cancelled' ELSE 'done' END",
    "is_open": "(n % 10 = 0)",
    "rag": "CASE (n / 10) % 4 WHEN 0 THEN 'red' WHEN 1 THEN 'amber' WHEN 2 THEN 'green' ELSE '' END",
    "came": "CASE (n / 10) % 5 WHEN 0 THEN 'meeting' WHEN 1 THEN 'plan' WHEN 2 THEN 'audit' WHEN 3 THEN 'return' "
    "ELSE 'other' END",
    "cost": f"((n / 10 * 7919) % {10_000})",
    "spread": "((n / 10 * 104729) % 90 - 30)",
    "title": f"'Ask word' || ((n * 7919) % {VOCABULARY}) || ' about word' || ((n * 104729 + 17) % {VOCABULARY})"
    " || ' before the visit'",
}


def registered(authority: Authority) -> Register:
    """The register of actions with a number that is indexed, so that each kind of column is there."""
    actions.install(authority, at=timezone.now())
    register = register_of(authority, "action")
    table = tomllib.loads(register.current.definition)
    table["fields"].append({"id": "cost", "label": "Cost", "kind": "number", "indexed": True})
    text = as_text(table)
    register.current = Version.objects.create(register=register, number=2, definition=text, made_at=timezone.now())
    register.slots = slots_for(read_text(text, where="bench"), register.slots)
    register.save()
    return register


def fill(register: Register, count: int) -> None:
    """Both tables in two statements."""
    postgresql = connection.vendor == "postgresql"
    numbers = (
        f"SELECT n FROM generate_series(1::bigint, {count}) AS n"
        if postgresql
        else f"WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {count}) SELECT n FROM c"
    )
    ref = "gen_random_uuid()" if postgresql else "lower(hex(randomblob(16)))"
    day = f"(DATE '{ON}' + {PARTS['spread']}::int)" if postgresql else f"date('{ON}', {PARTS['spread']} || ' days')"
    made = {name: f"({part})" for name, part in PARTS.items()} | {"day": day}
    users = list(User.objects.order_by("pk").values_list("pk", flat=True))
    teams = list(Team.objects.order_by("pk").values_list("pk", flat=True))
    own, team = f"({users[0]} + (n / 10) % {len(users)})", f"({teams[0]} + (n / 10) % {len(teams)})"
    now, json_of = ("now()", "::jsonb") if postgresql else ("datetime('now')", "")
    values = f"""('{{"what": "' || {made["title"]} || '", "came_from": "' || {made["came"]} || '", "due_on": "' || {day}
        || '", "cost": ' || {made["cost"]} || ', "progress": "' || {made["rag"]} || '"}}'){json_of}"""
    slots = register.slots
    columns = {
        "ref": ref, "register_id": register.pk, "version_id": register.current_id, "number": "n",
        "title": made["title"], "state": made["state"], "state_since": now, "owner_id": own, "team_id": team,
        "cell": "''", "values": values, "rag": made["rag"], "is_open": made["is_open"],
        "due_on": f"CASE WHEN {made['is_open']} THEN {day} END",
        "soon_on": f"CASE WHEN {made['is_open']} THEN {day} END", "due_clock": "''",
        **dict.fromkeys(("k1", "k2", "k3", "k4"), "''"),
        slots["came_from"]: made["came"], slots["due_on"]: day, slots["cost"]: made["cost"],
        "words": f"'ACT-' || n || ' ' || {made['title']}", "revision": 1, "added_at": now, "changed_at": now,
    }  # fmt: skip
    names = ", ".join(f'"{name}"' for name in columns)
    taken = ", ".join(str(value) for value in columns.values())
    _insert(connection, "registers_entry", names, taken, numbers)
    plain = {
        "number": "n", "title": made["title"], "state": made["state"], "owner_id": f"(1 + (n / 10) % {len(users)})",
        "team_id": f"(1 + (n / 10) % {len(teams)})", "rag": made["rag"],
        "due_on": columns["due_on"], "is_open": made["is_open"], "came_from": made["came"], "promised_on": day,
        "cost": made["cost"], "words": columns["words"],
    }  # fmt: skip
    connections.settings["plain"] = {**settings.DATABASES["default"], **plain_database()}
    twin = connections["plain"]
    with twin.cursor() as cursor:
        for number in range(len(users)):
            cursor.execute("INSERT INTO tracker_person (name) VALUES (%s)", [f"Wren Sampleton {number}"])
        for number in range(len(teams)):
            cursor.execute("INSERT INTO tracker_team (name) VALUES (%s)", [f"Team {number}"])
    _insert(twin, "tracker_action", ", ".join(plain), ", ".join(str(value) for value in plain.values()), numbers)
    with twin.cursor() as cursor:
        if not postgresql:
            cursor.execute("INSERT INTO tracker_words (tracker_words) VALUES ('rebuild')")
    for each in (connection, twin):
        with each.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE" if postgresql else "ANALYZE")
    Register.objects.filter(pk=register.pk).update(last_number=count)


def plain_database() -> dict[str, Any]:
    """Where the twin keeps its rows: beside ours, in a database of its own."""
    if "PLAIN_DATABASE" in os.environ:
        return dict(dj_database_url.parse(os.environ["PLAIN_DATABASE"]))
    return {"NAME": f"{os.environ['PLAIN_VAR']}/tracker.sqlite3"}


def _insert(where: Any, table: str, names: str, taken: str, numbers: str) -> None:
    """One statement; on PostgreSQL the indexes are put up again afterwards, as one fills a large table."""
    with where.cursor() as cursor:
        indexes: list[tuple[str, str]] = []
        if where.vendor == "postgresql":
            cursor.execute(
                "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s AND indexdef NOT LIKE '%% UNIQUE %%'",
                [table],
            )
            indexes = cursor.fetchall()
            cursor.execute("SET session_replication_role = replica; SET maintenance_work_mem = '256MB'")
        for name, _ in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        cursor.execute(f"INSERT INTO {table} ({names}) SELECT {taken} FROM ({numbers}) AS numbered")
        for _, definition in indexes:
            cursor.execute(definition)
        if where.vendor == "postgresql":
            cursor.execute("SET session_replication_role = DEFAULT")


def sizes() -> str:
    """How large the tables and their indexes are."""
    told = []
    for name, where in (("registers_entry", connection), ("tracker_action", connections["plain"])):
        with where.cursor() as cursor:
            if where.vendor == "postgresql":
                cursor.execute("SELECT pg_table_size(%s), pg_indexes_size(%s)", [name, name])
                table, indexes = cursor.fetchone()
                told.append(f"{name} {table / 1e6:,.0f} MB, its indexes {indexes / 1e6:,.0f} MB")
            else:
                cursor.execute("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
                told.append(f"database of {name} {cursor.fetchone()[0] / 1e6:,.0f} MB")
    return "; ".join(told)


def cookie_of(user: User, authority: Authority, words: str) -> str:
    """A session of somebody who reads the register, with what they search for."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session[BEGUN], session[FACTOR], session[TERMS] = int(time.time()), user.pk, current().version
    session[f"register words {authority.code} action"] = words
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def main(count: int, plain_cookies: list[str]) -> None:
    """Fill, and say what is asked, of ours and of the twin."""
    authority = Authority.objects.create(
        code="bench", name="Benchshire", la_code="999", settings={"event_pack": "pandemic_2020", "second_factor": "off"}
    )
    users = [
        User.objects.create(email=f"bench{number}@keepsight.example", name=f"Wren Sampleton {number}", password="!")
        for number in range(PEOPLE)
    ]
    teams = [Team.objects.create(authority=authority, name=f"Team {number}") for number in range(TEAMS)]
    for user in users:
        Membership.objects.create(user=user, authority=authority, role="emergency_lead", starts_on=date(2020, 1, 1))
    register = registered(authority)
    fill(register, count)
    days = [ON + timedelta(days=number) for number in range(20)]
    asked = [
        ("first page", lambda n: ("", "")),
        ("state", lambda n: ("state=done&sort=-number", "state=done")),
        ("owner", lambda n: (f"owner={users[n].pk}", f"owner={n + 1}")),
        ("team", lambda n: (f"team={teams[n].pk}", f"team={n + 1}")),
        ("rag", lambda n: ("rag=red", "rag=red")),
        ("overdue", lambda n: ("due=overdue", f"overdue={ON}")),
        ("choice", lambda n: ("f_came_from=plan", "came_from=plan")),
        ("days from and to", lambda n: (f"f_due_on_from={days[n]}&f_due_on_to={days[n]}",
                                        f"promised_on_from={days[n]}&promised_on_to={days[n]}")),
        ("number from and to", lambda n: (f"f_cost_from={n * 10}&f_cost_to={n * 10 + 50}",
                                          f"cost_from={n * 10}&cost_to={n * 10 + 50}")),
        ("search", lambda n: ("words=1", f"words=word{100 + n * 10}")),
    ]  # fmt: skip
    whole = "&f_cost_from=0&f_cost_to=999" if count > FILED else ""  # a tenth of a million
    cookies = [cookie_of(user, authority, f"word{100 + n * 10}") for n, user in enumerate(users[:20])]
    pages: dict[str, Any] = {"sizes": sizes(), "files": {
        "few rows, csv": f"/registers/bench/action/csv/?due=overdue&f_cost_from=1&f_cost_to=9 {cookies[0]}",
        "100,000 rows, csv": f"/registers/bench/action/csv/?show=all{whole} {cookies[0]}",
        "100,000 rows, xlsx": f"/registers/bench/action/xlsx/?show=all{whole} {cookies[0]}",
    }}  # fmt: skip
    for name, of in asked:
        both = [of(n) for n in range(20)]
        pages[name] = {
            "ours": [f"/registers/bench/action/?{ours} {cookies[n]}" for n, (ours, _) in enumerate(both)],
            "plain": [f"/?{plain} {plain_cookies[n]}" for n, (_, plain) in enumerate(both)],
        }
    print(json.dumps(pages))


if __name__ == "__main__":
    main(int(sys.argv[1]), json.loads(sys.argv[2]))
