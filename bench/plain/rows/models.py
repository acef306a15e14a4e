from django.db import models


class Team(models.Model):
    name = models.CharField(max_length=80)

    class Meta:
        app_label = "rows"

    def __str__(self) -> str:
        return self.name


class Child(models.Model):
    name = models.CharField(max_length=80)
    born_on = models.DateField()
    level = models.CharField(max_length=8)
    score = models.IntegerField(db_index=True)
    due_on = models.DateField()
    team = models.ForeignKey(Team, on_delete=models.CASCADE)

    class Meta:
        app_label = "rows"

    def __str__(self) -> str:
        return self.name
