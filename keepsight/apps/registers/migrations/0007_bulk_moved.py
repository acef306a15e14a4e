from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registers", "0006_third_number"),
    ]

    operations = [
        migrations.AddField(
            model_name="bulk",
            name="moved_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
