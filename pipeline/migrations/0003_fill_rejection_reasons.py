"""The reasons every organisation starts with (EQ-10), and a letter to go with ours. All can be changed in the administration."""

from django.db import migrations

REASONS = [
    ("experience", "Needs more experience for this level", "employer"),
    ("skills", "Lacks a required skill", "employer"),
    ("closer-candidate", "Another candidate was closer", "employer"),
    ("position-filled", "The position is filled", "employer"),
    ("position-closed", "The position was closed", "employer"),
    ("no-work-permit", "No permit to work in the country", "employer"),
    ("withdrew", "Withdrew", "candidate"),
    ("other-offer", "Took another offer", "candidate"),
    ("pay", "Pay expectations differ", "candidate"),
    ("location", "Location or remote work does not fit", "candidate"),
    ("no-answer", "Did not answer any more", "candidate"),
]
LETTER = {
    "kind": "rejection",
    "subject": "Your application for {{ job_title }}",
    "body": """Dear {{ first_name }},

thank you for your interest in {{ job_title }} at {{ organisation }} and for the time you took to apply.

We have decided to go on with other people whose experience is closer to what this role needs now. This says nothing about your worth, and we would be glad to hear from you again when another role fits.

Kind regards
{{ sender_name }}
""",
}


def fill(apps, schema_editor):
    reasons = apps.get_model("pipeline", "RejectionReason").objects
    for position, (code, label, ended_by) in enumerate(REASONS):
        reasons.get_or_create(code=code, defaults={"label": label, "ended_by": ended_by, "position": position})
    templates = apps.get_model("hiring", "MailTemplate").objects
    if not templates.filter(kind="rejection").exists():
        templates.get_or_create(name="Rejection", defaults=LETTER)


class Migration(migrations.Migration):
    dependencies = [("pipeline", "0002_bulk_acts_and_review"), ("hiring", "0001_core_records")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
