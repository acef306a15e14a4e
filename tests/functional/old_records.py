"""Puts a few invented records that are past their time into the register of the environment, for a journey."""

import os
from datetime import date, timedelta

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "keepsight.config.settings")


def main() -> None:
    import django

    django.setup()
    from django.utils import timezone

    from keepsight.apps.accounts.models import Authority
    from keepsight.apps.frontdoor.models import Contact
    from keepsight.apps.people.models import Child, Identifier

    authority, today = Authority.objects.get(code="fellshire"), timezone.localdate()
    for nth in range(3):
        child = Child.objects.create(
            authority=authority, forename=f"Longago{nth}", surname="Inventedby", date_of_birth=date(2009, 4, 1 + nth)
        )
        Identifier.objects.create(
            authority=authority, child=child, scheme="la_child_id", value=f"OLD{nth:04}", checked=True
        )
        Contact.objects.create(child=child, contact_on=today - timedelta(days=8 * 366), source_code="1A")


if __name__ == "__main__":
    main()
