"""Activating the pandemic on the example council, in a transaction that is rolled back: wanted under 10 s."""

import os
import time

TARGET = 10.0  # seconds


def main() -> None:
    """Print what was measured; leave with 1 if it took too long, with 0 where there is no example."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "keepsight.config.settings")
    import django

    django.setup()
    from django.db import transaction
    from django.utils import timezone

    from keepsight.apps.accounts.models import Authority, User
    from keepsight.apps.command.actions.activating import Wish, activate
    from keepsight.apps.command.models import Meeting
    from keepsight.apps.contact.models import ContactPlan

    authority = Authority.objects.filter(is_example=True).order_by("pk").first()
    by = User.objects.filter(memberships__authority=authority, memberships__role="leader").first()
    if authority is None or by is None:
        print("activate: no example is installed; run make run once")
        return
    at = timezone.now()
    with transaction.atomic():
        began = time.perf_counter()
        wish = Wish("pandemic_2020", False, "Measured, and rolled back")
        event = activate(authority, wish, by=by, at=at, on=timezone.localdate(at))
        seconds = time.perf_counter() - began
        meetings = Meeting.objects.filter(cell__event=event).count()
        transaction.set_rollback(True)
    children = ContactPlan.objects.filter(authority=authority).count()
    print(
        f"activate: pandemic_2020, {children:,} children, {meetings} meetings: {seconds:.2f} s (wanted: {TARGET:.0f} s)"
    )
    if seconds > TARGET:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
