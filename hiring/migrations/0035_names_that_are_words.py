"""Names of skills that are ordinary words too, in installations that began before they were marked: a safe site is no SAFe."""

from django.db import migrations

NAMES = (
    "SAFe", "Helm", "Hive", "Unity", "Apex", "Shiny", "Celery", "Elixir", "Jest", "SOAP", "Vite", "Groovy", "Cypress", "Workday",
    "Creo", "Stata", "Bash",
)  # fmt: skip
ALIASES = ("sea", "sem", "elk", "rails", "vue")


def mark(apps, schema_editor):
    apps.get_model("hiring", "Skill").objects.filter(name__in=NAMES, only_in_lists=False).update(only_in_lists=True)
    apps.get_model("hiring", "SkillName").objects.filter(name__in=ALIASES, only_in_lists=False).update(
        only_in_lists=True
    )


class Migration(migrations.Migration):
    dependencies = [("hiring", "0034_contact_points_by_kind_and_acts_confirmed_once")]
    operations = [migrations.RunPython(mark, migrations.RunPython.noop)]
