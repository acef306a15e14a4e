"""
Fifty of a million actions by ORM and template, in one file, as a Django developer writes it for one list.

It signs people in (session and user from the database) and writes one row of who read what. It has no reach
by role and team, no tiles, no saved lists, no chain of events, no definition, no layout and no style.
"""

import json
import os
import sys
from pathlib import Path

import dj_database_url
import django
from django.conf import settings

VAR = Path(os.environ["PLAIN_VAR"])
if not settings.configured:
    settings.configure(
        SECRET_KEY="bench",
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF="bench.plain.tracker_app",
        INSTALLED_APPS=[
            "django.contrib.contenttypes",
            "django.contrib.auth",
            "django.contrib.sessions",
            "bench.plain.tracker",
        ],
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ],
        LOGIN_URL="/not-signed-in/",
        DATABASES={
            "default": dj_database_url.parse(os.environ.get("PLAIN_DATABASE", f"sqlite:///{VAR}/tracker.sqlite3"))
        },
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "DIRS": [Path(__file__).parent],
                "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
            }
        ],  # fmt: skip
        USE_TZ=True,
    )
    if "sqlite" in settings.DATABASES["default"]["ENGINE"]:
        settings.DATABASES["default"]["OPTIONS"] = {
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-64000; "
            "PRAGMA mmap_size=268435456"
        }
        settings.DATABASES["default"]["CONN_MAX_AGE"] = None
    else:
        settings.DATABASES["default"]["OPTIONS"] = {"pool": {"min_size": 1, "max_size": 8}}
    django.setup()

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.auth.decorators import login_required  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.shortcuts import render  # noqa: E402
from django.urls import path  # noqa: E402
from django.utils import timezone  # noqa: E402

from bench.plain.tracker.models import Action, Look, Person, Team  # noqa: E402

IN_POSTGRESQL = (
    "to_tsvector('simple', regexp_replace(tracker_action.words, '[^[:alnum:]]+', ' ', 'g')) @@ to_tsquery('simple', %s)"
)
IN_SQLITE = "tracker_action.id IN (SELECT rowid FROM tracker_words WHERE tracker_words MATCH %s)"
ROWS, READERS = 50, 20


@login_required
def actions(request: HttpRequest) -> HttpResponse:
    """The list: no count of all, which a page of a million would wait for."""
    asked = request.GET
    rows = Action.objects.select_related("owner", "team")
    if "state" not in asked:
        rows = rows.filter(is_open=True)
    for name in ("state", "owner", "team", "rag", "came_from"):
        if name in asked:
            rows = rows.filter(**{name: asked[name]})
    for name in ("promised_on", "cost"):
        if f"{name}_from" in asked:
            rows = rows.filter(**{f"{name}__gte": asked[f"{name}_from"], f"{name}__lte": asked[f"{name}_to"]})
    if "overdue" in asked:
        rows = rows.filter(due_on__lt=asked["overdue"])
    if "words" in asked:
        if connection.vendor == "postgresql":
            rows = rows.extra(where=[IN_POSTGRESQL], params=[f"{asked['words']}:*"])
        else:
            rows = rows.extra(where=[IN_SQLITE], params=[f'"{asked["words"]}"*'])
    rows = rows.filter(due_on__isnull=False).order_by("due_on", "-number") if "state" not in asked else rows.order_by(
        "-number"
    )  # fmt: skip
    found = list(rows[:ROWS])
    Look.objects.create(
        at=timezone.now(), user=request.user, source="actions", rows=len(found), filters=dict(asked.items())
    )
    return render(request, "tracker.html", {"rows": found})


urlpatterns = [path("", actions)]
application = get_wsgi_application()


def make_tables() -> None:
    """The tables, and what search looks in."""
    call_command("migrate", verbosity=0)
    with connection.schema_editor() as editor:
        for model in (Person, Team, Action, Look):
            editor.create_model(model)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "CREATE INDEX tracker_words ON tracker_action USING gin (to_tsvector('simple', regexp_replace(words, "
                "'[^[:alnum:]]+', ' ', 'g'))) WITH (fastupdate = off)"
            )
        else:
            cursor.execute(
                "CREATE VIRTUAL TABLE tracker_words USING fts5 (words, content='tracker_action', content_rowid='id', "
                "tokenize='unicode61 remove_diacritics 0', prefix='2 3')"
            )


def cookies() -> list[str]:
    """Sessions of twenty people who are signed in."""
    from django.contrib.auth.models import User
    from django.contrib.sessions.backends.db import SessionStore

    found = []
    for number in range(READERS):
        user = User.objects.create(username=f"reader{number}", password="!")
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        found.append(f"{settings.SESSION_COOKIE_NAME}={session.session_key}")
    return found


if __name__ == "__main__" and sys.argv[1:] == ["make"]:
    make_tables()
    print(json.dumps(cookies()))
