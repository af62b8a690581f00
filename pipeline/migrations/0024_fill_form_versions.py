"""Applications that answered exactly what the first version of their form asks point at it."""

from django.db import migrations

AT_ONCE = 20_000
SAME = """
    UPDATE pipeline_application a SET form_version_id = v.id
      FROM hiring_posting p JOIN hiring_formversion v ON v.posting_id = p.id AND v.number = 1
     WHERE p.job_id = a.job_id AND a.id > %s AND a.id <= %s AND a.receipt_number IS NOT NULL
       AND a.form_version_id IS NULL AND a.questions = v.questions
"""


def fill(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM pipeline_application")
        last = cursor.fetchone()[0]
        for start in range(0, last, AT_ONCE):
            cursor.execute(SAME, [start, start + AT_ONCE])


class Migration(migrations.Migration):
    dependencies = [("pipeline", "0023_form_an_application_answered"), ("hiring", "0052_fill_form_versions")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
