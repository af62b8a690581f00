from django.db import migrations

OPEN = ("rss", "json-feed", "api")
KEYS = ("indeed", "linkedin", "jooble", "adzuna", "talent", *OPEN)


def fill(apps, schema_editor):
    """One row a board. What only repeats the career site is on from the start; a board is switched on by somebody."""
    Board = apps.get_model("sourcing", "Board")
    for key in KEYS:
        Board.objects.get_or_create(key=key, defaults={"is_on": key in OPEN})


class Migration(migrations.Migration):
    dependencies = [("sourcing", "0014_boards")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
