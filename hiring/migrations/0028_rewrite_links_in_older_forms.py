"""Links of X, Xing, GitLab and others that were stored before their canonical form was what it is now."""

from django.db import migrations


def rewrite(apps, schema_editor):
    from hiring import canonical_links

    canonical_links.rewrite(apps.get_model("hiring", "ContactPoint"), apps.get_model("hiring", "DuplicatePair"))


class Migration(migrations.Migration):
    atomic = False  # a batch to a transaction: a million links hold no lock for long
    dependencies = [("hiring", "0027_where_facts_were_taken_from")]
    operations = [migrations.RunPython(rewrite, migrations.RunPython.noop)]
