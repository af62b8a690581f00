"""What the audit chain hears, and how it learns who acted.

Every table of ours carries a trigger unless `LEFT_OUT` says why not, so a change is recorded whichever door it came
through. `sync_triggers` runs after each migrate: a new model is tracked without anybody remembering it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.db import connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.pq import TransactionStatus

from hiring.context import Acting, acting_now

OURS = ("hiring", "pipeline", "interviews", "offers", "sourcing")

LEFT_OUT = {
    "hiring_apianswer": "what programs were answered, for a day; what their calls changed is recorded itself",
    "hiring_candidatesearch": "a copy of the record, rewritten from it",
    "hiring_nametoken": "words of names, made from the record",
    "hiring_nameform": "what slips of those words leave, made from them",
    "hiring_searchrecord": "a log itself, of who searched what (EQ-12)",
    "hiring_blockingkey": "made from the record, to find duplicates by",
    "hiring_duplicatelook": "when duplicates were last looked for",
    "hiring_peopleactitem": "whom a bulk act is for; what it changes on each person is recorded itself",
    "hiring_sourcemoved": "which rows a merge of sources moved; the change of each is recorded itself",
    "sourcing_linkday": "a count of visits, with nothing about anybody",
    "sourcing_boardfetch": "a log itself, of programs that read public feeds",
    "sourcing_segmentsighting": "a copy of what a saved search finds",
    "hiring_draftfile": "a file of a form that is not sent: nobody's document yet",
    "hiring_draftpiece": "a part of such a file",
    "sourcing_unsentform": "what a visitor has begun to type and not sent",
    "sourcing_communitymember": "who asked to be kept in mind; their consent, and the pool they are in, are recorded themselves",
    "sourcing_jobalert": "what a visitor asked to be told of; it goes when they say so, and nothing of it stays",
    "hiring_documenttext": "derived from a document whose bytes are recorded by hash",
    "hiring_documentplaces": "derived from a document",
    "hiring_recognition": "whether the text of a scan was recognised; the document's bytes are recorded by hash",
    "hiring_parsedprofile": "made from a document's text; what colleagues correct in it is recorded",
    "hiring_pageimage": "derived from a document",
    "pipeline_arrivedfile": "a file on its way to a document, which is recorded itself",
    "pipeline_trait": "hashes made from what an applicant sent, to show who looks alike",
    "pipeline_judgement": "made from criteria and what the person sent; criteria and corrections are recorded themselves",
    "pipeline_statementhint": "proposed by a model from a résumé; what a person makes of it is recorded",
    "hiring_notification": "says what was recorded itself; whether a colleague has read it decides nothing",
    "hiring_candidatevector": "made from the record, to find people alike",
    "hiring_vectordue": "whose vector is to be made anew",
    "hiring_jobvector": "made from the job, to find people for it",
    "hiring_taxonomyversion": "a counter of changes that are recorded themselves",
    "hiring_taxonomychange": "which copies have to follow changes that are recorded themselves, and how far they are",
    "hiring_recallcheck": "a measurement of an index",
    "pipeline_tablecolumns": "which columns a colleague likes to see; decides nothing",
    "pipeline_tabledefault": "which table opens first for a colleague; decides nothing",
    "pipeline_stucknudge": "that a colleague was reminded; nothing is decided by it",
    "sourcing_importrow": "rows of a file; what came of them is recorded on the people themselves",
    "hiring_noteversion": "the earlier words of a note, whose changes are recorded themselves",
    "hiring_postingversion": "what the public read, kept unchanged by a trigger; changes of postings are recorded themselves",
    "hiring_senderday": "a counter of messages that are recorded themselves",
    "hiring_sendattempt": "append-only detail of messages that are recorded themselves",
}
ONLY_LATER_CHANGES = {"hiring_timelineevent", "pipeline_shownnotice", "pipeline_transition"}
"""Append-only records of their own: adding a row is not audited twice, changing or removing one is."""

BY_STATEMENT = {
    "hiring_candidate",
    "hiring_candidatetag",
    "hiring_candidatevalue",
    "hiring_contactpoint",
    "hiring_note",
    "hiring_processingbasis",
    "hiring_timelineevent",
    "sourcing_poolmember",
}
"""Tables to which rows are added, or from which they are removed, by the thousand: one trigger a statement writes the entries of all
its rows. What changes in a row is recorded row by row everywhere."""

HIDDEN = {
    "sourcing_agencyuser": ["last_seen_at"],
    "hiring_apikey": ["digest", "last_used_at"],
    "hiring_user": ["last_login"],
    "hiring_unmatchedmail": ["raw"],
    # How far an import is changes with every thousand rows; who began, ended and undid it is what counts.
    "sourcing_importbatch": ["sample", "position", "done", "counts", "beat_at", "claim", "step_began_at", "indexed_to"],
    "hiring_peopleact": ["worked_at", "copies_due"],
    # The work list of an act shrinks with every few people; what becomes of each is recorded on their application.
    "pipeline_bulkact": ["waiting", "done", "failed"],
    "hiring_removeddocument": ["files", "files_due_at"],
    # Whether somebody is just asking, and when again; who asked, what came back and who decided is what counts.
    "pipeline_assistantdraft": ["due_at", "carried_since", "attempts"],
    # What was entered is recorded where it goes to; how often it was tried says nothing.
    "pipeline_arrival": ["sent", "sent_by", "due_at", "attempts", "problem"],
    "sourcing_segment": ["count", "counted_at", "due_at"],
    "sourcing_segmentwatch": ["due_at"],
    "sourcing_board": ["fingerprint", "changed_at"],
}
HASHED = {
    "hiring_user": ["password"],
    "hiring_message": ["text", "html", "calendar", "references"],
    "hiring_mergerecord": ["snapshot"],
    "pipeline_applicantquestion": ["text", "answer"],
    "pipeline_decisionrecord": ["judgements", "note", "override_reason"],  # the words stay with the record alone
    "pipeline_assistantdraft": ["answer", "brief"],
    "mfa_authenticator": ["data"],
    "sourcing_board": ["token"],
    "sourcing_careerimage": ["data"],
}
ALSO = ("mfa_authenticator",)


def tracked_models() -> list[type[models.Model]]:
    """Every model whose table carries the trigger, many-to-many tables included."""
    found = [model for label in OURS for model in apps.get_app_config(label).get_models(include_auto_created=True)]
    found += [model for model in apps.get_models() if model._meta.db_table in ALSO]
    return [model for model in found if model._meta.managed and model._meta.db_table not in LEFT_OUT]


def sync_triggers(using: str = "default") -> None:
    """Put the triggers on every tracked table that exists; replace them, so that a changed list takes effect."""
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regproc('audit_row')")
        if cursor.fetchone()[0] is None:
            return  # migrating backwards past the chain, or up to an app below it
        tables = set(connection.introspection.table_names(cursor))
        quote = connection.ops.quote_name
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE tgname IN ('audit_added', 'audit_removed')"
        )
        held = set(cursor.fetchall())
        for model in tracked_models():
            table = model._meta.db_table
            if table not in tables:
                continue
            at_once = table in BY_STATEMENT
            events = ["UPDATE"] if at_once else ["UPDATE", "DELETE"]
            if not at_once and table not in ONLY_LATER_CHANGES:
                events.append("INSERT")
            key = model._meta.pk.column
            hidden, hashed = ",".join(HIDDEN.get(table, [])), ",".join(HASHED.get(table, []))
            cursor.execute(
                f"CREATE OR REPLACE TRIGGER audit_row AFTER {' OR '.join(events)} ON {quote(table)} "
                f"FOR EACH ROW EXECUTE FUNCTION audit_row('{key}', '{hidden}', '{hashed}');"
                f"CREATE OR REPLACE TRIGGER audit_table AFTER TRUNCATE ON {quote(table)} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION audit_table()"
            )
            for name, event, rows in (("audit_added", "INSERT", "NEW"), ("audit_removed", "DELETE", "OLD")):
                if at_once and not (event == "INSERT" and table in ONLY_LATER_CHANGES):
                    cursor.execute(
                        f"CREATE OR REPLACE TRIGGER {name} AFTER {event} ON {quote(table)} "
                        f"REFERENCING {rows} TABLE AS changed_rows "
                        f"FOR EACH STATEMENT EXECUTE FUNCTION audit_rows('{key}', '{hidden}')"
                    )
                elif (table, name) in held:
                    cursor.execute(f"DROP TRIGGER {name} ON {quote(table)}")


def context_json(acting: Acting) -> str:
    """The context as the trigger reads it. Ids and an address, nothing personal beyond them."""
    said: dict[str, Any] = {
        "door": acting.door,
        "actor": acting.actor_id,
        "request": acting.request_id,
        "ip": acting.ip,
        "at": acting.at and acting.at.isoformat(),
    }
    return json.dumps({key: value for key, value in said.items() if value not in (None, "")})


class Stamp:
    """Tells PostgreSQL once a transaction who acts, just before its first write: one short statement, none for reads.

    The setting is local to the transaction, so it survives neither a commit (transaction-mode poolers stay safe) nor a
    rollback to a savepoint; the stamp therefore forgets at both.
    """

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection
        self.stamped: str | None = None

    def __call__(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        raw = self.connection.connection
        if raw.info.transaction_status == TransactionStatus.IDLE:
            self.stamped = None
        if not isinstance(sql, str):
            return execute(sql, params, many, context)
        start = sql.lstrip()[:12].upper()
        if start.startswith("ROLLBACK TO"):
            self.stamped = None
        elif start.startswith(("INSERT", "UPDATE", "DELETE", "MERGE", "WITH", "TRUNCATE")):
            said = context_json(acting_now())
            if said != self.stamped:
                if not self.connection.in_atomic_block:
                    with transaction.atomic(using=self.connection.alias):
                        self._say(said)
                        return execute(sql, params, many, context)
                self._say(said)
        return execute(sql, params, many, context)

    def _say(self, said: str) -> None:
        self.stamped = said
        with self.connection.connection.cursor() as cursor:
            cursor.execute("SELECT set_config('throughline.context', %s, true)", [said])


def watch(sender: Any, connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Put the stamp on a new PostgreSQL connection."""
    if connection.vendor == "postgresql":
        connection.execute_wrappers = [w for w in connection.execute_wrappers if not isinstance(w, Stamp)]
        connection.execute_wrappers.append(Stamp(connection))
