"""Months of experience in the search copy, beside the whole years."""

from django.db import migrations, models

# Names of other alphabets are found in Latin letters, too, once the sweep has written their copies anew.
ANEW = "UPDATE hiring_candidatesearch SET layout = 0 WHERE name_norm ~ '[^ -~]'"


class Migration(migrations.Migration):

    dependencies = [
        ('hiring', '0030_documents_that_hide_and_wait'),
    ]

    operations = [
        migrations.AddField(
            model_name='candidatesearch',
            name='months',
            field=models.SmallIntegerField(help_text='The same in months; none in copies of an older version.', null=True),
        ),
        migrations.AlterField(
            model_name='candidatesearch',
            name='years',
            field=models.SmallIntegerField(help_text='Whole years of experience.', null=True),
        ),
        migrations.RunSQL(ANEW, migrations.RunSQL.noop),
    ]
