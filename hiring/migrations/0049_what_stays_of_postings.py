from django.db import migrations, models

STAYS = """
CREATE FUNCTION posting_version_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.at < now() - interval '3 years' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'Version % of posting % is what the public read, and stays so.', OLD.number, OLD.posting_id
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER posting_version_stays BEFORE UPDATE OR DELETE ON hiring_postingversion
    FOR EACH ROW EXECUTE FUNCTION posting_version_stays();
"""
CHANGES = """
DROP TRIGGER posting_version_stays ON hiring_postingversion;
DROP FUNCTION posting_version_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("hiring", "0048_fill_places_of_postings")]

    operations = [
        migrations.AddConstraint(
            model_name="posting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "published"), _negated=True), ("live_from__isnull", False), _connector="OR"
                ),
                name="posting_published_since_a_time",
            ),
        ),
        migrations.RunSQL(STAYS, CHANGES),
    ]
