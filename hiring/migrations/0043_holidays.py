import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("hiring", "0042_openings_closed_with_a_reason")]

    operations = [
        migrations.CreateModel(
            name="Holiday",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80)),
                ("day", models.DateField()),
                (
                    "every_year",
                    models.BooleanField(default=False, help_text="It falls on this day of this month each year."),
                ),
                (
                    "country",
                    models.CharField(
                        blank=True,
                        help_text="ISO 3166-1 alpha-2, such as FR. Empty: nobody works anywhere on this day.",
                        max_length=2,
                        validators=[
                            django.core.validators.RegexValidator("^[A-Z]{2}$", "Two capital letters, such as FR.")
                        ],
                    ),
                ),
            ],
            options={
                "ordering": ("day", "country"),
                "constraints": [models.UniqueConstraint(fields=("country", "day"), name="holiday_once")],
            },
        ),
    ]
