"""
Sessions as rows of the database, so that they can be ended from elsewhere.

A session is written once a minute at most, however many pages are opened; so it ends after fifteen
idle minutes, a minute earlier at worst. A page reads the session, its user and how
many notices wait for them in one query.
"""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db.models import QuerySet
from django.utils import timezone

from keepsight.prepared import Text, prepared

BEGUN, ADDRESS, DEVICE = "begun", "address", "device"
SAVED_AGAIN_AFTER = timedelta(minutes=1)
LONGEST = timedelta(hours=12)  # then one signs in again, however busy the day


class SessionStore(DatabaseStore):
    """A session, with whose it is and where it began beside the sealed data."""

    saved_at: datetime | None = None
    user: Any = None  # whose it is, read with it
    unread: int = 0  # how many notices wait for them, read with it too

    @classmethod
    def get_model_class(cls) -> Any:
        from keepsight.apps.accounts.models import Session

        return Session

    def load(self) -> dict[str, Any]:
        for row in _held(key=Text(self.session_key)):
            if row.expire_date > timezone.now():
                self.saved_at, self.user, self.unread = row.last_used_at, row.user, row.unread or 0
                return self.decode(row.session_data)
        self._session_key = None
        return {}

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        row = super().create_model_instance(data)
        row.user_id = data.get(SESSION_KEY)
        row.begun_at = datetime.fromtimestamp(data[BEGUN], UTC) if BEGUN in data else None
        row.address, row.device = data.get(ADDRESS, ""), data.get(DEVICE, "")
        return row

    def is_due(self, at: datetime) -> bool:
        """Whether the last save is so old that the idle time must be counted anew."""
        return self.saved_at is not None and at - self.saved_at >= SAVED_AGAIN_AFTER

    def is_too_long(self) -> bool:
        """Whether it began so long ago that the person has to sign in again."""
        return time.time() - self.get(BEGUN, time.time()) > LONGEST.total_seconds()


@prepared
def _held(key: Text) -> QuerySet:
    from keepsight.apps.accounts.models import Session  # models: after Django has started
    from keepsight.apps.registers.notices import unread_beside

    return Session.objects.filter(session_key=key).select_related("user").annotate(unread=unread_beside("user"))
