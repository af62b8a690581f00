"""The notice an application was sent under stood with where it came from; now it is a row, as all of them are."""

from django.db import migrations

FILL = """
INSERT INTO pipeline_shownnotice (application_id, text_id, at)
SELECT a.id, t.id, a.applied_at FROM pipeline_application a
  JOIN hiring_legaltext t
    ON t.id = CASE WHEN a.origin ->> 'notice' ~ '^[0-9]{1,18}$' THEN (a.origin ->> 'notice')::bigint END
 WHERE a.origin ? 'notice'
ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("pipeline", "0028_notices_that_were_shown")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
