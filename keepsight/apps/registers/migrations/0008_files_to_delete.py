from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registers", "0007_bulk_moved"),
    ]

    operations = [
        migrations.CreateModel(
            name="FileToDelete",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("stored_as", models.CharField(max_length=200, unique=True)),
                ("tries", models.IntegerField(default=0)),
            ],
        ),
    ]
