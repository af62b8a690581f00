import django.db.models.deletion
from django.db import migrations, models

FORWARD = r"""
CREATE SEQUENCE audit_entry_id_seq;
CREATE TABLE audit_entry (
    id bigint PRIMARY KEY,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    at timestamptz NOT NULL,
    actor_id bigint,
    door text NOT NULL,
    request_id text NOT NULL,
    ip text NOT NULL,
    action text NOT NULL,
    table_name text NOT NULL,
    object_id text NOT NULL,
    payload_hash bytea NOT NULL,
    row_hash bytea NOT NULL
);
CREATE INDEX audit_entry_xid ON audit_entry (xid);
CREATE INDEX audit_entry_object ON audit_entry (table_name, object_id, id DESC);
CREATE INDEX audit_entry_actor ON audit_entry (actor_id, id DESC);

CREATE TABLE audit_payload (
    entry_id bigint PRIMARY KEY,
    salt bytea NOT NULL,
    body jsonb NOT NULL
);

CREATE TABLE audit_seal (
    seal bigint PRIMARY KEY,
    xid_lo xid8 NOT NULL,
    xid_hi xid8 NOT NULL,
    ids int8multirange NOT NULL,
    n integer NOT NULL,
    leaves bytea NOT NULL,
    root bytea NOT NULL,
    prev bytea NOT NULL,
    hash bytea NOT NULL,
    at timestamptz NOT NULL
);

-- The hash of an entry covers every column but itself. A JSON array of texts is a canonical form: no two rows share one.
CREATE FUNCTION audit_row_hash(id bigint, xid xid8, at timestamptz, actor_id bigint, door text, request_id text, ip text,
        action text, table_name text, object_id text, payload_hash bytea) RETURNS bytea
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT sha256(convert_to(jsonb_build_array(id::text, xid::text, (extract(epoch FROM at) * 1000000)::bigint::text, actor_id::text,
        door, request_id, ip, action, table_name, object_id, encode(payload_hash, 'hex'))::text, 'UTF8'))
$$;

CREATE FUNCTION audit_payload_hash(salt bytea, body jsonb) RETURNS bytea
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT sha256(salt || convert_to(body::text, 'UTF8')) $$;

-- One entry. The context is set for the transaction by compliance/capture.py; without it the change came by direct SQL.
CREATE FUNCTION audit_append(action text, table_name text, object_id text, body jsonb) RETURNS void
    LANGUAGE plpgsql AS $$
DECLARE
    raw text := current_setting('throughline.context', true);
    context jsonb := CASE WHEN coalesce(raw, '') = '' THEN jsonb_build_object('door', 'sql') ELSE raw::jsonb END;
    entry_id bigint := nextval('audit_entry_id_seq');
    entry_at timestamptz := coalesce((context->>'at')::timestamptz, clock_timestamp());
    salt bytea := uuid_send(gen_random_uuid());
    payload_hash bytea := audit_payload_hash(salt, body);
    actor bigint := (context->>'actor')::bigint;
    door text := coalesce(context->>'door', 'sql');
    request text := coalesce(context->>'request', CASE WHEN door = 'sql' THEN 'db:' || session_user ELSE '' END);
    ip text := coalesce(context->>'ip', '');
BEGIN
    INSERT INTO audit_entry VALUES (entry_id, pg_current_xact_id(), entry_at, actor, door, request, ip, action, table_name, object_id,
        payload_hash, audit_row_hash(entry_id, pg_current_xact_id(), entry_at, actor, door, request, ip, action, table_name, object_id, payload_hash));
    INSERT INTO audit_payload VALUES (entry_id, salt, body);
END $$;

-- Row trigger. Arguments: the primary key column; columns left out; columns recorded only as a hash (each list with commas).
CREATE FUNCTION audit_row() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    hidden text[] := string_to_array(TG_ARGV[1], ',');
    hashed text[] := string_to_array(TG_ARGV[2], ',');
    before jsonb;
    after jsonb;
    body jsonb;
    name text;
BEGIN
    IF TG_OP <> 'INSERT' THEN before := to_jsonb(OLD) - hidden; END IF;
    IF TG_OP <> 'DELETE' THEN after := to_jsonb(NEW) - hidden; END IF;
    IF TG_OP = 'UPDATE' AND before = after THEN RETURN NULL; END IF;
    FOREACH name IN ARRAY hashed LOOP
        IF before ? name THEN before := jsonb_set(before, ARRAY[name], to_jsonb('sha256:' || encode(sha256(convert_to(before->>name, 'UTF8')), 'hex')), true); END IF;
        IF after ? name THEN after := jsonb_set(after, ARRAY[name], to_jsonb('sha256:' || encode(sha256(convert_to(after->>name, 'UTF8')), 'hex')), true); END IF;
    END LOOP;
    IF TG_OP = 'UPDATE' THEN
        SELECT jsonb_object_agg(key, jsonb_build_array(before->key, value)) INTO body
            FROM jsonb_each(after) WHERE value IS DISTINCT FROM before->key;
    ELSE
        body := coalesce(after, before);
    END IF;
    PERFORM audit_append(lower(TG_OP), TG_TABLE_NAME, coalesce(coalesce(after, before)->>TG_ARGV[0], ''), coalesce(body, '{}'));
    RETURN NULL;
END $$;

CREATE FUNCTION audit_table() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM audit_append('truncate', TG_TABLE_NAME, '', '{}');
    RETURN NULL;
END $$;

-- REC-4: nobody edits the chain. A payload may be erased, which the chain survives (REC-6), but never rewritten.
CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The audit chain is append-only: % on % refused.', TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER audit_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_seal FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_refuse BEFORE UPDATE OR TRUNCATE ON audit_payload FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
"""

BACKWARD = """
DROP TABLE audit_seal, audit_payload, audit_entry;
DROP FUNCTION audit_row() CASCADE;
DROP FUNCTION audit_table() CASCADE;
DROP FUNCTION audit_refuse() CASCADE;
DROP FUNCTION audit_append(text, text, text, jsonb);
DROP FUNCTION audit_row_hash(bigint, xid8, timestamptz, bigint, text, text, text, text, text, text, bytea);
DROP FUNCTION audit_payload_hash(bytea, jsonb);
DROP SEQUENCE audit_entry_id_seq;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [("hiring", "0001_core_records")]
    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('door', models.CharField(choices=[('page', 'Page'), ('admin', 'Administration'), ('link', 'Personal link'), ('api', 'API'), ('task', 'Background task'), ('command', 'Command'), ('shell', 'Shell'), ('sql', 'Direct SQL')], max_length=8)),
                ('request_id', models.CharField(max_length=36)),
                ('ip', models.CharField(max_length=45)),
                ('action', models.CharField(choices=[('insert', 'Added'), ('update', 'Changed'), ('delete', 'Removed'), ('truncate', 'Emptied'), ('signed_in', 'Signed in'), ('sign_in_failed', 'Failed to sign in'), ('signed_out', 'Signed out')], max_length=15)),
                ('table_name', models.CharField(max_length=63)),
                ('object_id', models.CharField(max_length=40)),
                ('payload_hash', models.BinaryField()),
                ('row_hash', models.BinaryField()),
            ],
            options={
                'verbose_name_plural': 'audit entries',
                'db_table': 'audit_entry',
                'ordering': ('-id',),
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='AuditSeal',
            fields=[
                ('seal', models.BigIntegerField(primary_key=True, serialize=False)),
                ('n', models.IntegerField()),
                ('root', models.BinaryField()),
                ('prev', models.BinaryField()),
                ('hash', models.BinaryField()),
                ('at', models.DateTimeField()),
            ],
            options={
                'db_table': 'audit_seal',
                'ordering': ('-seal',),
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='AuditPayload',
            fields=[
                ('entry', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='payload', serialize=False, to='compliance.auditentry')),
                ('salt', models.BinaryField()),
                ('body', models.JSONField()),
            ],
            options={
                'db_table': 'audit_payload',
                'managed': False,
            },
        ),
    ]
