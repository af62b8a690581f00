"""Erasing the words of an entry leaves a trace: who erased which, and only on purpose (REC-6)."""

from django.db import migrations, models

FORWARD = """
-- Only a transaction that says so may erase (compliance/chain.py: erase_words), and each entry it touches is recorded.
CREATE FUNCTION audit_erase() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(current_setting('throughline.erasing', true), '') <> 'on' THEN
        RAISE EXCEPTION 'The words of audit entry % are erased by the product only, which records it.', OLD.entry_id
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM audit_append('erase', TG_TABLE_NAME, OLD.entry_id::text, '{}'::jsonb);
    RETURN OLD;
END $$;
CREATE TRIGGER audit_erase BEFORE DELETE ON audit_payload FOR EACH ROW EXECUTE FUNCTION audit_erase();
"""

BACKWARD = """
DROP TRIGGER audit_erase ON audit_payload;
DROP FUNCTION audit_erase();
"""

ACTIONS = [
    ("insert", "Added"),
    ("update", "Changed"),
    ("delete", "Removed"),
    ("truncate", "Emptied"),
    ("erase", "Erased the words of"),
    ("signed_in", "Signed in"),
    ("sign_in_failed", "Failed to sign in"),
    ("signed_out", "Signed out"),
]
DOORS = [
    ("page", "Page"),
    ("admin", "Administration"),
    ("link", "Personal link"),
    ("api", "API"),
    ("mail", "Inbound mail"),
    ("task", "Background task"),
    ("command", "Command"),
    ("shell", "Shell"),
    ("sql", "Direct SQL"),
]


class Migration(migrations.Migration):
    dependencies = [("compliance", "0001_audit_chain")]
    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.AlterField("auditentry", "action", models.CharField(choices=ACTIONS, max_length=15)),
        migrations.AlterField("auditentry", "door", models.CharField(choices=DOORS, max_length=8)),
    ]
