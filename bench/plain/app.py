"""50 rows out of 10,000, ordered, joined, counted, by ORM and template, in one file."""

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
        ROOT_URLCONF="bench.plain.app",
        INSTALLED_APPS=["bench.plain.rows"],
        MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
        DATABASES={
            "default": dj_database_url.parse(os.environ.get("PLAIN_DATABASE", f"sqlite:///{VAR}/plain.sqlite3"))
        },
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [Path(__file__).parent]}],
        USE_TZ=True,
    )
    if "sqlite" in settings.DATABASES["default"]["ENGINE"]:
        settings.DATABASES["default"]["OPTIONS"] = {
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL"
        }
        settings.DATABASES["default"]["CONN_MAX_AGE"] = None
    else:
        settings.DATABASES["default"]["OPTIONS"] = {"pool": {"min_size": 1, "max_size": 8}}
    django.setup()

from django.core.paginator import Paginator  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.shortcuts import render  # noqa: E402
from django.urls import path  # noqa: E402

from bench.plain.rows.models import Child, Team  # noqa: E402


def children(request: HttpRequest) -> HttpResponse:
    """The list."""
    rows = Child.objects.select_related("team").order_by("-score", "id")
    return render(request, "list.html", {"page": Paginator(rows, 50).get_page(request.GET.get("page"))})


urlpatterns = [path("", children)]
application = get_wsgi_application()


def fill() -> None:
    """Make the tables and 10,000 rows."""
    from django.db import connection

    with connection.schema_editor() as editor:
        editor.create_model(Team)
        editor.create_model(Child)
    teams = [Team.objects.create(name=f"Team {number}") for number in range(40)]
    Child.objects.bulk_create(
        Child(
            name=f"Example {number}",
            born_on=f"20{number % 18 + 8:02}-0{number % 9 + 1}-11",
            level=("red", "amber", "green")[number % 3],
            score=number * 7919 % 101,
            due_on=f"2026-1{number % 3}-0{number % 9 + 1}",
            team=teams[number % 40],
        )
        for number in range(10_000)
    )


if __name__ == "__main__" and sys.argv[1:] == ["fill"]:
    fill()
