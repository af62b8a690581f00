"""The résumés a person has sent so far get their numbers, oldest first; one alone is version 1 already."""

from django.db import migrations

FORWARD = """
UPDATE hiring_document d SET version = least(n.place, 32767)
  FROM (SELECT id, row_number() OVER (PARTITION BY candidate_id ORDER BY uploaded_at, id) AS place
          FROM hiring_document WHERE kind = 'resume') n
 WHERE n.id = d.id AND n.place > 1
"""


class Migration(migrations.Migration):
    dependencies = [("hiring", "0025_documents_deleted_and_replaced")]
    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
