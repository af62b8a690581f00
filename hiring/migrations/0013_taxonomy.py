"""Skills and job titles with their other names, and a count of every change of them (hiring/taxonomy)."""

import django.db.models.deletion
from django.db import migrations, models

TABLES = (
    "hiring_skill",
    "hiring_skillname",
    "hiring_skill_broader",
    "hiring_title",
    "hiring_titlename",
    "hiring_title_broader",
)
COUNT = """
CREATE FUNCTION taxonomy_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO hiring_taxonomyversion (id, version) VALUES (1, 1)
        ON CONFLICT (id) DO UPDATE SET version = hiring_taxonomyversion.version + 1;
    RETURN NULL;
END $$;
""" + "".join(
    f"CREATE TRIGGER taxonomy_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table} "
    "FOR EACH STATEMENT EXECUTE FUNCTION taxonomy_changed();\n"
    for table in TABLES
)
STOP = "".join(f"DROP TRIGGER taxonomy_changed ON {table};\n" for table in TABLES) + "DROP FUNCTION taxonomy_changed();"


class Migration(migrations.Migration):

    dependencies = [
        ("hiring", "0012_held_files_and_places_of_words"),
    ]

    operations = [
        migrations.CreateModel(
            name='TaxonomyVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='Skill',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
                ('key', models.CharField(db_collation='C', editable=False, max_length=120, unique=True)),
                ('only_in_lists', models.BooleanField(default=False, help_text='Like R or Go: found in texts only inside a list of skills, never in a sentence.', verbose_name='also an ordinary word')),
                ('area', models.CharField(blank=True, max_length=80)),
                ('broader', models.ManyToManyField(blank=True, help_text='What somebody with this one can be asked for as well: Java EE answers a question for Java.', related_name='narrower', to='hiring.skill')),
            ],
            options={
                'ordering': ('name',),
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='SkillName',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
                ('key', models.CharField(db_collation='C', editable=False, max_length=120, unique=True)),
                ('only_in_lists', models.BooleanField(default=False, help_text='Like R or Go: found in texts only inside a list of skills, never in a sentence.', verbose_name='also an ordinary word')),
                ('skill', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='names', to='hiring.skill')),
            ],
            options={
                'ordering': ('name',),
            },
        ),
        migrations.CreateModel(
            name='Title',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
                ('key', models.CharField(db_collation='C', editable=False, max_length=120, unique=True)),
                ('only_in_lists', models.BooleanField(default=False, help_text='Like R or Go: found in texts only inside a list of skills, never in a sentence.', verbose_name='also an ordinary word')),
                ('area', models.CharField(blank=True, max_length=80)),
                ('broader', models.ManyToManyField(blank=True, help_text='What somebody with this one can be asked for as well: Java EE answers a question for Java.', related_name='narrower', to='hiring.title')),
            ],
            options={
                'ordering': ('name',),
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='TitleName',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
                ('key', models.CharField(db_collation='C', editable=False, max_length=120, unique=True)),
                ('only_in_lists', models.BooleanField(default=False, help_text='Like R or Go: found in texts only inside a list of skills, never in a sentence.', verbose_name='also an ordinary word')),
                ('title', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='names', to='hiring.title')),
            ],
            options={
                'ordering': ('name',),
            },
        ),
        migrations.RunSQL(COUNT, STOP),
    ]
