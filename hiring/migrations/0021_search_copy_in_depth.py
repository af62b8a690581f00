"""Skills, facts and places in the search copy, the words of names with their slips, and the log of searches."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models


# docs/performance.md: what filters stays in the row, so that testing it reads no other page.
STORAGE = """
ALTER TABLE hiring_candidatesearch ALTER skills SET STORAGE MAIN, ALTER facts SET STORAGE MAIN,
      ALTER titles SET STORAGE MAIN, ALTER companies SET STORAGE MAIN,
      ALTER skills SET STATISTICS 500, ALTER facts SET STATISTICS 500, ALTER tsv SET STATISTICS 500
"""


class Migration(migrations.Migration):

    dependencies = [
        ('hiring', '0020_vectors'),
    ]

    operations = [
        migrations.CreateModel(
            name='NameForm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('form', models.TextField(db_collation='C')),
                ('token', models.TextField(db_collation='C')),
            ],
        ),
        migrations.CreateModel(
            name='NameToken',
            fields=[
                ('token', models.TextField(db_collation='C', primary_key=True, serialize=False)),
            ],
        ),
        migrations.CreateModel(
            name='SearchRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('query', models.TextField()),
                ('total', models.IntegerField(null=True)),
                ('is_estimate', models.BooleanField(default=False)),
                ('shown', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, help_text='Candidates on the pages that were opened.', size=None)),
            ],
        ),
        migrations.AddField(
            model_name='candidatesearch',
            name='companies',
            field=models.TextField(default='', help_text='Employers, likewise.'),
        ),
        migrations.AddField(
            model_name='candidatesearch',
            name='facts',
            field=django.contrib.postgres.search.SearchVectorField(default='', help_text='Words marked by what they are of: t:engineer c:siemens l:berlin g:fr; hiring/search_facts.py.'),
        ),
        migrations.AddField(
            model_name='candidatesearch',
            name='layout',
            field=models.SmallIntegerField(default=0, help_text='0: written by an older version, to be written anew.'),
        ),
        migrations.AddField(
            model_name='candidatesearch',
            name='place',
            field=models.IntegerField(default=0, help_text='Number of the city (hiring/query/places.txt), 0 unknown.'),
        ),
        migrations.AddField(
            model_name='candidatesearch',
            name='skills',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, help_text='Canonical names as compared (hiring/taxonomy).', size=None),
        ),
        migrations.AddField(
            model_name='candidatesearch',
            name='titles',
            field=models.TextField(default='', help_text='Job titles, folded, each between bars: for phrases.'),
        ),
        migrations.AddField(
            model_name='candidatesearch',
            name='years',
            field=models.SmallIntegerField(help_text='Years of experience.', null=True),
        ),
        migrations.AlterField(
            model_name='candidatesearch',
            name='tsv',
            field=django.contrib.postgres.search.SearchVectorField(help_text='Name (A), headline, employer, place and tags (B), résumé (C).'),
        ),
        migrations.AddIndex(
            model_name='candidate',
            index=models.Index(models.OrderBy(django.db.models.functions.comparison.Greatest('last_contacted_at', 'last_sign_of_life_at'), descending=True, nulls_last=True), models.OrderBy(models.F('id'), descending=True), name='candidate_by_last_contact'),
        ),
        migrations.AddIndex(
            model_name='candidatesearch',
            index=django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['skills', 'facts', 'place'], name='candidate_search_facts'),
        ),
        migrations.AddIndex(
            model_name='candidatesearch',
            index=models.Index(fields=['years'], name='candidate_search_years'),
        ),
        migrations.AddIndex(
            model_name='candidatesearch',
            index=models.Index(condition=models.Q(('layout', 0)), fields=['candidate'], name='candidate_search_unfilled'),
        ),
        migrations.AddIndex(
            model_name='note',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.search.SearchVector('text', config='tl_text'), name='note_words'),
        ),
        migrations.AddIndex(
            model_name='nameform',
            index=models.Index(fields=['form'], include=('token',), name='name_form_lookup'),
        ),
        migrations.AddField(
            model_name='searchrecord',
            name='by',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='searches', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='searchrecord',
            name='job',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='searches', to='hiring.job'),
        ),
        migrations.AddIndex(
            model_name='searchrecord',
            index=models.Index(fields=['-at', '-id'], name='search_record_recent'),
        ),
        migrations.AddIndex(
            model_name='searchrecord',
            index=models.Index(fields=['by', '-at'], name='search_record_by_person'),
        ),
        migrations.RunSQL(STORAGE, migrations.RunSQL.noop),
    ]
