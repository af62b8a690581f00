from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models.fields.json import KeyTextTransform


def by(touch, name):
    index = models.Index(KeyTextTransform("via", KeyTextTransform(touch, "origin")), name=name)
    return AddIndexConcurrently(model_name="application", index=index)


class Migration(migrations.Migration):
    atomic = False  # the table may have grown: indexes go in beside what is written

    dependencies = [("pipeline", "0024_fill_form_versions")]

    operations = [by("first", "application_first_via"), by("last", "application_last_via")]
