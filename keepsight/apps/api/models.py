"""Personal tokens of the JSON interface."""

from django.db import models

from keepsight.apps.accounts.models import User


class Token(models.Model):
    """A token by which a program asks in one person's name, and opens what that person may. Only its hash is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=60)  # what it is for
    sha256 = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_on = models.DateField()  # the first day on which it opens nothing
    last_used_on = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["user", "-id"], name="token_of_user")]
