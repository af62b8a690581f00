from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("hiring", "0004_text_search")]

    operations = [
        migrations.AddField(
            model_name="document",
            name="withheld",
            field=models.CharField(
                blank=True,
                help_text="What it would do by itself when opened: then only pages and text are shown (SEC-15).",
                max_length=200,
            ),
        ),
    ]
