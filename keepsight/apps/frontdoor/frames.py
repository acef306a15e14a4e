"""Rows of the front door as frames: this app's one door to the core."""

from collections.abc import Sequence

import polars as pl

from keepsight import rows
from keepsight.apps.accounts.models import Authority
from keepsight.apps.frontdoor.models import Contact
from keepsight.apps.people.frames import of_children


def contacts_facts(authority: Authority, children: Sequence[int] | None = None) -> pl.DataFrame:
    """Contacts about children: ``FactTables.contacts``."""
    return rows.read(of_children(Contact.objects.all(), authority, children), ["child_id", "contact_on"])
