"""Rows added or removed by the thousand are recorded by one statement: the same entries, sooner."""

from django.db import migrations

FORWARD = r"""
-- Statement trigger for INSERT and DELETE: an entry and its words for each row of `changed_rows`, as audit_row and audit_append
-- write them for one. Arguments: the primary key column; columns left out (with commas).
CREATE FUNCTION audit_rows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    hidden text[] := string_to_array(TG_ARGV[1], ',');
    raw text := current_setting('throughline.context', true);
    context jsonb := CASE WHEN coalesce(raw, '') = '' THEN jsonb_build_object('door', 'sql') ELSE raw::jsonb END;
    entry_at timestamptz := coalesce((context->>'at')::timestamptz, clock_timestamp());
    actor bigint := (context->>'actor')::bigint;
    door text := coalesce(context->>'door', 'sql');
    request text := coalesce(context->>'request', CASE WHEN door = 'sql' THEN 'db:' || session_user ELSE '' END);
    ip text := coalesce(context->>'ip', '');
    action text := lower(TG_OP);
BEGIN
    WITH bodies AS MATERIALIZED (
        SELECT nextval('audit_entry_id_seq') AS id, uuid_send(gen_random_uuid()) AS salt, to_jsonb(changed_rows) - hidden AS body
          FROM changed_rows
    ), words AS (
        INSERT INTO audit_payload SELECT id, salt, body FROM bodies
    ), sealed AS (
        SELECT id, coalesce(body->>TG_ARGV[0], '') AS object_id, audit_payload_hash(salt, body) AS payload_hash FROM bodies
    )
    INSERT INTO audit_entry
    SELECT id, pg_current_xact_id(), entry_at, actor, door, request, ip, action, TG_TABLE_NAME, object_id, payload_hash,
           audit_row_hash(id, pg_current_xact_id(), entry_at, actor, door, request, ip, action, TG_TABLE_NAME, object_id, payload_hash)
      FROM sealed;
    RETURN NULL;
END $$;
"""

BACKWARD = "DROP FUNCTION audit_rows() CASCADE"


class Migration(migrations.Migration):
    dependencies = [("compliance", "0002_record_erasures")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
