"""A letter to those in process of a job that is put on hold. Like the others it can be changed in the administration."""

from django.db import migrations

LETTER = {
    "kind": "message",
    "subject": "{{ job_title }}: on hold for now",
    "body": """Dear {{ first_name }},

you are in process for {{ job_title }} at {{ organisation }}. We have to pause the search for the moment. This has nothing to do with you, and nothing about your application is decided.

You do not have to do anything. We write to you as soon as it goes on, or if it does not. If you would rather not wait, answer this mail and I will take you out.

Kind regards
{{ sender_name }}
""",
}


def fill(apps, schema_editor):
    apps.get_model("hiring", "MailTemplate").objects.get_or_create(name="The search is on hold", defaults=LETTER)


class Migration(migrations.Migration):
    dependencies = [("pipeline", "0018_letters_of_a_job"), ("hiring", "0008_fill_starting_points")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
