"""Where things are: districts, postcodes, and the settings that children attend."""

from django.db import models

from keepsight.apps.accounts.models import Authority, User
from keepsight.apps.audit.models import Loaded


class District(models.Model):
    """A district of an authority, as the schools download names it."""

    authority = models.ForeignKey(Authority, on_delete=models.CASCADE, related_name="districts")
    code = models.CharField(max_length=12)
    name = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["authority", "code"], name="district_once")]

    def __str__(self) -> str:
        return self.name


class Postcode(models.Model):
    """A postcode with its place. Shared by all authorities: it is the country's list, not theirs."""

    postcode = models.CharField(max_length=8, primary_key=True)
    latitude = models.FloatField()
    longitude = models.FloatField()
    lsoa = models.CharField(max_length=9, blank=True)
    district_code = models.CharField(max_length=12, blank=True)
    idaci_decile = models.SmallIntegerField(null=True, blank=True)
    created_load = models.ForeignKey("audit.Load", on_delete=models.PROTECT, null=True, blank=True, related_name="+")


PROVIDER = "Provider of placements"  # the type of a setting that is no school: its number is that of placements


class Setting(Loaded):
    """A school, nursery or college; or a provider with whom children are placed."""

    authority = models.ForeignKey(Authority, on_delete=models.CASCADE, related_name="settings_of")
    urn = models.CharField(max_length=12)
    laestab = models.CharField(max_length=7, blank=True)
    name = models.CharField(max_length=200)
    phase = models.CharField(max_length=20, blank=True)
    type = models.CharField(max_length=80, blank=True)
    status = models.CharField(max_length=20, blank=True)
    street = models.CharField(max_length=200, blank=True)
    town = models.CharField(max_length=80, blank=True)
    postcode = models.CharField(max_length=8, blank=True)
    district = models.ForeignKey(District, on_delete=models.SET_NULL, null=True, blank=True, related_name="settings_in")
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    age_low = models.SmallIntegerField(null=True, blank=True)
    age_high = models.SmallIntegerField(null=True, blank=True)
    pupils = models.IntegerField(null=True, blank=True)
    capacity = models.IntegerField(null=True, blank=True)
    opened_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["authority", "urn"], name="setting_once")]

    def __str__(self) -> str:
        return self.name


class SettingMember(models.Model):
    """A person who works at a setting, and so sees that setting's own page. Their role says as what."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="settings_of")
    setting = models.ForeignKey(Setting, on_delete=models.CASCADE, related_name="people")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)  # first day on which it no longer holds

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "setting", "starts_on"], name="setting_member_once")]
