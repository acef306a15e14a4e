from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contact", "0003_early_help"),
    ]

    operations = [
        migrations.AddField(
            model_name="contactplan",
            name="eased",
            field=models.TextField(blank=True),
        ),
    ]
