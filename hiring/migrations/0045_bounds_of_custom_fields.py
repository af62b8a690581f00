import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("hiring", "0044_notes_that_were_withdrawn")]

    operations = [
        migrations.AddField(
            model_name="customfield",
            name="minimum",
            field=models.DecimalField(
                blank=True,
                decimal_places=4,
                help_text="Of a number; an amount of money is not below 0.",
                max_digits=20,
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="customfield",
            name="maximum",
            field=models.DecimalField(blank=True, decimal_places=4, max_digits=20, null=True),
        ),
        migrations.AddField(
            model_name="customfield",
            name="decimals",
            field=models.PositiveSmallIntegerField(
                default=4,
                help_text="Of a number; an amount of money has those of its currency.",
                validators=[django.core.validators.MaxValueValidator(4)],
            ),
        ),
    ]
