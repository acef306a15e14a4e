"""People who use Keepsight, the authorities and teams they work in, and the roles they hold there."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models


class Authority(models.Model):
    """A council with children's services. Several may share one service (CMD-22)."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    la_code = models.CharField(max_length=3, unique=True)  # DfE number
    is_example = models.BooleanField(default=False)
    settings = models.JSONField(default=dict, blank=True)  # packs in force, contact mode: see accounts.queries.book_of

    class Meta:
        verbose_name_plural = "authorities"

    def __str__(self) -> str:
        return self.name


class Team(models.Model):
    """A team of one authority. Teams are data, never an enumeration (RULES §1)."""

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="teams")
    name = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["authority", "name"], name="team_once")]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Makes users by e-mail address."""

    def create_user(self, email: str, password: str | None = None, **extra: object) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """Somebody who signs in."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = UserManager()

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    def __str__(self) -> str:
        return self.name


class Worker(models.Model):
    """A worker as the case system names them; linked to a user when they sign in here."""

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="workers")
    name = models.CharField(max_length=120)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="workers")
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="workers")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["authority", "name"], name="worker_once")]

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """What a person is here for. Permissions per role stand in ``permissions.py``."""

    PRACTITIONER = "practitioner", "Practitioner"
    TEAM_MANAGER = "team_manager", "Team manager"
    LEADER = "leader", "Leader"
    ANALYST = "analyst", "Analyst"
    DATA_LOADER = "data_loader", "Data loader"


class Membership(models.Model):
    """A role that a person holds in an authority, or in one team of it, for a time."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    authority = models.ForeignKey(Authority, on_delete=models.CASCADE, related_name="memberships")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, blank=True, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)  # first day on which it no longer holds
