"""A letter that glass was broken, where the deployment sends e-mail. It carries no name and no number."""

import logging
from datetime import datetime
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.utils import timezone

from keepsight.apps.people.actions.reasons import watchers_of
from keepsight.apps.people.models import GlassNotice, RecordAccess

SUBJECT = "A record was opened in an emergency"
TEXT = """A record for which you answer, or whose use you watch over, was opened in an emergency on {day} at {hour}.

Sign in to Keepsight to see which, by whom and why. This message carries no name on purpose.
"""
log = logging.getLogger(__name__)


def tell(access: RecordAccess, *, at: datetime) -> int:
    """Write to those who answer for the record and to who watches. The notice in Keepsight does not depend on it."""
    if not settings.EMAIL_HOST:
        return 0
    owners = GlassNotice.objects.filter(access=access).values_list("user__email", flat=True)
    watchers = watchers_of(access.child.authority_id, at).exclude(pk=access.user_id).values_list("email", flat=True)
    local = timezone.localtime(at)
    text = TEXT.format(day=f"{local:%d/%m/%Y}", hour=f"{local:%H:%M}")
    sent = 0
    for address in sorted({*owners, *watchers}):  # each alone: nobody learns who else was told
        try:
            sent += send_mail(SUBJECT, text, None, [address])
        except (OSError, SMTPException):
            log.warning("A message about an emergency could not be sent. Look at the settings for mail.")
            break
    return sent
