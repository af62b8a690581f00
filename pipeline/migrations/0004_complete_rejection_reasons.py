"""The reasons of EQ-10 that the first list lacked."""

from django.db import migrations

REASONS = [
    ("not-considered", "Not looked at: enough people had applied", "employer"),
    ("interview-result", "Result of a test or interview", "employer"),
    ("duplicate", "Applied twice", "employer"),
    ("no-show", "Did not come to the interview", "candidate"),
    ("declined-offer", "Declined our offer", "candidate"),
]


def fill(apps, schema_editor):
    reasons = apps.get_model("pipeline", "RejectionReason").objects
    for position, (code, label, ended_by) in enumerate(REASONS, start=20):
        reasons.get_or_create(code=code, defaults={"label": label, "ended_by": ended_by, "position": position})


class Migration(migrations.Migration):
    dependencies = [("pipeline", "0003_fill_rejection_reasons")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
