from django.db import migrations
from django.db.models import F

PLACES = """
INSERT INTO hiring_postingplace (posting_id, location_id, position, workplace, pay, pay_currency, pay_period)
SELECT p.id, j.location_id, 0, j.workplace, 'job', j.pay_currency, j.pay_period
FROM hiring_posting p JOIN hiring_job j ON j.id = p.job_id
"""


def fill_times(apps, schema_editor):
    """What was published was for everybody from its first day on."""
    Posting = apps.get_model("hiring", "Posting")
    published = Posting.objects.filter(first_published_at__isnull=False)
    published.update(live_from=F("first_published_at"), public_from=F("first_published_at"))
    rest = Posting.objects.filter(status="published", live_from=None)  # written past the verbs
    rest.update(live_from=F("changed_at"), public_from=F("changed_at"))


class Migration(migrations.Migration):
    dependencies = [("hiring", "0047_places_and_languages_of_postings")]

    operations = [
        migrations.RunPython(fill_times, migrations.RunPython.noop),
        migrations.RunSQL(PLACES, migrations.RunSQL.noop),
    ]
