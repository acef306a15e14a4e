"""People who use Keepsight, the authorities and teams they work in, and the roles they hold there."""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils.crypto import salted_hmac


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


class Partnership(models.Model):
    """Councils that share a service: a role held in the partnership reaches all of them (CMD-22)."""

    name = models.CharField(max_length=120, unique=True)
    authorities = models.ManyToManyField(Authority, related_name="partnerships")

    def __str__(self) -> str:
        return self.name


class Service(models.Model):
    """A service of one authority: a group of teams under one head, such as early help."""

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="services")
    name = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["authority", "name"], name="service_once")]

    def __str__(self) -> str:
        return self.name


class Team(models.Model):
    """A team of one authority. Teams are data, never an enumeration (RULES §1)."""

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="teams")
    service = models.ForeignKey(Service, on_delete=models.SET_NULL, null=True, blank=True, related_name="teams")
    name = models.CharField(max_length=120)
    duty_phone = models.CharField(max_length=40, blank=True)  # what somebody outside the team is told to call

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
    created_at = models.DateTimeField(null=True, blank=True)
    expires_on = models.DateField(null=True, blank=True)  # first day on which the account no longer signs in
    last_used_on = models.DateField(null=True, blank=True)  # the last day with any page at all
    ended_because = models.CharField(max_length=200, blank=True)  # left, moved, long unused

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
    """What a person is here for. Words and permissions of each stand in ``packs/standing/roles.toml``."""

    PRACTITIONER = "practitioner", "Practitioner"
    EARLY_HELP_PRACTITIONER = "early_help_practitioner", "Early help practitioner"
    TEAM_MANAGER = "team_manager", "Team manager"
    LEADER = "leader", "Leader"
    DUTY_WORKER = "duty_worker", "Duty worker (EDT)"
    FRONT_DOOR = "front_door", "Front-door screener"
    QUALITY_ASSURANCE = "quality_assurance", "Quality assurance and audit"
    HEALTH = "health", "Health link"
    ANALYST = "analyst", "Analyst"
    DATA_LOADER = "data_loader", "Data loader"
    INFORMATION_GOVERNANCE = "information_governance", "Information governance"
    ADMINISTRATOR = "administrator", "Administrator"
    EMERGENCY_LEAD = "emergency_lead", "Emergency lead"
    CELL_MEMBER = "cell_member", "Cell member"
    COMMISSIONER = "commissioner", "Commissioner"
    WORKFORCE_LEAD = "workforce_lead", "Workforce lead"
    COMMUNICATIONS = "communications", "Communications"
    SCHOOL = "school", "School"
    PROVIDER = "provider", "Provider"
    MEMBER = "member", "Member"


class Membership(models.Model):
    """
    A role that a person holds for a time, and how far it reaches.

    As far as the partnership when one is named, else the service, else the team, else the whole
    authority; with ``own_only`` no further than the person's own cases.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    authority = models.ForeignKey(Authority, on_delete=models.CASCADE, related_name="memberships")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, blank=True, related_name="memberships")
    service = models.ForeignKey(Service, on_delete=models.CASCADE, null=True, blank=True, related_name="memberships")
    partnership = models.ForeignKey(
        Partnership, on_delete=models.CASCADE, null=True, blank=True, related_name="memberships"
    )
    own_only = models.BooleanField(default=False)
    role = models.CharField(max_length=30)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)  # first day on which it no longer holds
    given_by = models.CharField(max_length=120, blank=True)  # a name, "single sign-on" or "command line"
    reason = models.CharField(max_length=200, blank=True)


class Cover(models.Model):
    """
    Who stands in while somebody is away: their roles and their cases, for these days only.

    Restricted records do not come with it: those need named access.
    """

    absent = models.ForeignKey(User, on_delete=models.CASCADE, related_name="covered_by")
    stand_in = models.ForeignKey(User, on_delete=models.CASCADE, related_name="covers")
    starts_on = models.DateField()
    ends_on = models.DateField()  # first day on which it no longer holds
    reason = models.CharField(max_length=200)
    arranged_by = models.CharField(max_length=120)
    arranged_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["stand_in", "ends_on"], name="cover_of_stand_in")]


class TermsAccepted(models.Model):
    """A person accepted one version of the terms of use."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="terms")
    version = models.CharField(max_length=20)
    accepted_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "version"], name="terms_once")]


class Session(AbstractBaseSession):
    """Where somebody is signed in. Rows without a user keep what was typed over a sign-in."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, blank=True, related_name="sessions")
    begun_at = models.DateTimeField(null=True, blank=True)
    address = models.CharField(max_length=45, blank=True)
    device = models.CharField(max_length=300, blank=True)  # as the browser names itself

    @property
    def last_used_at(self) -> datetime:
        """When it was last written: to the minute."""
        return self.expire_date - timedelta(seconds=settings.SESSION_COOKIE_AGE)

    @property
    def mark(self) -> str:
        """What a page may show of the key: enough to choose a session, useless to anybody else."""
        return salted_hmac("keepsight.session", self.session_key).hexdigest()[:16]
