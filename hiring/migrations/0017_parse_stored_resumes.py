"""Résumés that were read before there was a parser are due: the sweep parses them, a batch at a time."""

from django.db import migrations

FORWARD = """
INSERT INTO hiring_parsedprofile (document_id, status, due_at, attempts, profile, parser_version, text_sha256)
SELECT d.id, 'due', now(), 0, '{}', '', ''
  FROM hiring_document d JOIN hiring_documenttext t ON t.document_id = d.id
 WHERE d.kind = 'resume'
    ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("hiring", "0016_parsed_profiles_and_corrections")]
    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
