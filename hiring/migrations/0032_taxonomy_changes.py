"""What of the taxonomy changed and which search copies have to follow (hiring/taxonomy_changes.py)."""

import django.db.models.functions.datetime
from django.db import migrations, models

# A name that came, went or moved is due. Of a renamed skill the earlier name knows what it became, and aliases of a skill that
# was deleted are deleted before it, one by one.
DUE = """
CREATE FUNCTION taxonomy_name_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO hiring_taxonomychange (name, becomes, at) VALUES (NEW.name, '', now());
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO hiring_taxonomychange (name, becomes, at) VALUES (OLD.name, '', now());
    ELSE
        IF TG_TABLE_NAME = 'hiring_skill' AND OLD.name <> NEW.name THEN
            INSERT INTO hiring_taxonomychange (name, becomes, at) VALUES (OLD.name, NEW.name, now());
        ELSIF OLD.name <> NEW.name THEN
            INSERT INTO hiring_taxonomychange (name, becomes, at) VALUES (OLD.name, '', now());
        END IF;
        INSERT INTO hiring_taxonomychange (name, becomes, at) VALUES (NEW.name, '', now());
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER taxonomy_name_came_or_went AFTER INSERT OR DELETE ON hiring_skill
   FOR EACH ROW EXECUTE FUNCTION taxonomy_name_changed();
CREATE TRIGGER taxonomy_name_came_or_went AFTER INSERT OR DELETE ON hiring_skillname
   FOR EACH ROW EXECUTE FUNCTION taxonomy_name_changed();
CREATE TRIGGER taxonomy_name_changed AFTER UPDATE ON hiring_skill FOR EACH ROW
   WHEN (OLD.name <> NEW.name OR OLD.only_in_lists <> NEW.only_in_lists) EXECUTE FUNCTION taxonomy_name_changed();
CREATE TRIGGER taxonomy_name_changed AFTER UPDATE ON hiring_skillname FOR EACH ROW
   WHEN (OLD.name <> NEW.name OR OLD.only_in_lists <> NEW.only_in_lists OR OLD.skill_id <> NEW.skill_id)
   EXECUTE FUNCTION taxonomy_name_changed();
"""
STOP = "".join(
    f"DROP TRIGGER {name} ON {table};"
    for table in ("hiring_skill", "hiring_skillname")
    for name in ("taxonomy_name_came_or_went", "taxonomy_name_changed")
) + "DROP FUNCTION taxonomy_name_changed();"


class Migration(migrations.Migration):

    dependencies = [
        ('hiring', '0031_months_of_experience'),
    ]

    operations = [
        migrations.CreateModel(
            name='TaxonomyChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.TextField()),
                ('becomes', models.TextField(blank=True, default='')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='changed')),
                ('people', models.IntegerField(help_text='Whose copies have or say the name; unknown before it begins.', null=True)),
                ('rewritten', models.IntegerField(db_default=0, default=0)),
                ('last_candidate', models.BigIntegerField(db_default=0, default=0, editable=False)),
                ('done_at', models.DateTimeField(null=True, verbose_name='done')),
            ],
            options={
                'ordering': ('-pk',),
                'indexes': [models.Index(condition=models.Q(('done_at', None)), fields=['at'], name='taxonomy_change_due')],
            },
        ),
        migrations.RunSQL(DUE, STOP),
    ]
