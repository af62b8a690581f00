from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("hiring", "0043_holidays")]

    operations = [
        migrations.AddField(
            model_name="note",
            name="withdrawn_at",
            field=models.DateTimeField(
                blank=True, help_text="What it was written with was taken back; it is shown and says so.", null=True
            ),
        ),
    ]
