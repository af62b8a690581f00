"""Sealing and proving the audit chain.

A seal covers every entry whose transaction id lies in [xid_lo, xid_hi): `xid_hi` is the oldest transaction still running, so
each entry falls into exactly one window whatever the order of commits; "id > last seen" would lose late ones
(docs/performance.md). Seals are chained, and each new hash is published outside the database (REC-5).
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

LOCK = 7_046_029  # the sealer's advisory lock; any constant nobody else uses
GENESIS = bytes(32)
log = logging.getLogger("throughline.audit")


def note(action: str, table: str, object_id: int | str, *, actor_id: int | None = None) -> None:
    """Append an entry for something that is no row change: a sign-in, say, by `actor_id` where the request cannot know yet."""
    from compliance.capture import context_json
    from hiring.context import acting_now

    acting = acting_now()
    said = context_json(replace(acting, actor_id=actor_id or acting.actor_id))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('throughline.context', %s, true)", [said])
        cursor.execute("SELECT audit_append(%s, %s, %s, '{}'::jsonb)", [action, table, str(object_id)])


def erase_words(entries: list[int]) -> int:
    """Erase what these entries say, for good; that they were, and who erased them, stays in the chain (REC-6). Returns how many."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('throughline.erasing', 'on', true)")
        cursor.execute("DELETE FROM audit_payload WHERE entry_id = ANY(%s)", [entries])
        erased = cursor.rowcount
        cursor.execute("SELECT set_config('throughline.erasing', '', true)")
    return erased


def merkle_root(leaves: list[bytes]) -> bytes:
    """SHA-256 Merkle root. Leaves and nodes hash under different prefixes (RFC 6962), so neither passes for the other."""
    level = [hashlib.sha256(b"\x00" + leaf).digest() for leaf in leaves]
    while len(level) > 1:
        paired = [hashlib.sha256(b"\x01" + a + b).digest() for a, b in zip(level[::2], level[1::2], strict=False)]
        level = paired + (level[-1:] if len(level) % 2 else [])
    return level[0] if level else hashlib.sha256(b"").digest()


LEAF = 8
"""Bytes of each row hash kept in the seal: enough to name the row that no longer fits, the root proves the rest."""


@dataclass(frozen=True)
class Seal:
    """One seal as stored. `ids` is the multirange of the entries' ids as PostgreSQL writes it."""

    number: int
    xid_lo: int
    xid_hi: int
    ids: str
    leaves: bytes
    count: int
    root: bytes
    prev: bytes

    @property
    def hash(self) -> bytes:
        """What the next seal builds on, and what is published."""
        leaves = hashlib.sha256(self.leaves).hexdigest()
        said = [self.number, self.xid_lo, self.xid_hi, self.ids, leaves, self.count, self.root.hex(), self.prev.hex()]
        return hashlib.sha256(json.dumps(said, separators=(",", ":")).encode()).digest()


@transaction.atomic
def seal() -> int:
    """Seal every entry that no running transaction can still add to. Returns how many; 0 when there are none or another sealer works."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute("SELECT seal, xid_hi::text, hash FROM audit_seal ORDER BY seal DESC LIMIT 1")
        last = cursor.fetchone()
        number, xid_lo, prev = (last[0] + 1, int(last[1]), bytes(last[2])) if last else (1, 0, GENESIS)
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text")
        xid_hi = int(cursor.fetchone()[0])
        cursor.execute(
            "SELECT id, row_hash FROM audit_entry WHERE xid >= %s::text::xid8 AND xid < %s::text::xid8 ORDER BY id",
            [str(xid_lo), str(xid_hi)],
        )
        rows = cursor.fetchall()
        if not rows:
            return 0
        cursor.execute(
            "SELECT range_agg(int8range(id, id, '[]'))::text FROM unnest(%s::bigint[]) AS id",
            [[row[0] for row in rows]],
        )
        ids = cursor.fetchone()[0]
        hashes = [bytes(row[1]) for row in rows]
        leaves = b"".join(leaf[:LEAF] for leaf in hashes)
        made = Seal(number, xid_lo, xid_hi, ids, leaves, len(rows), merkle_root(hashes), prev)
        cursor.execute(
            "INSERT INTO audit_seal (seal, xid_lo, xid_hi, ids, leaves, n, root, prev, hash, at) VALUES "
            "(%s, %s::text::xid8, %s::text::xid8, %s::int8multirange, %s, %s, %s, %s, %s, clock_timestamp())",
            [number, str(xid_lo), str(xid_hi), ids, leaves, made.count, made.root, prev, made.hash],
        )
    transaction.on_commit(lambda: publish(made))
    return len(rows)


def publish(made: Seal) -> None:
    """Write the newest seal where the database's owner cannot reach back: the anchor file and the log that leaves the machine."""
    line = json.dumps({"seal": made.number, "hash": made.hash.hex()})
    log.info("audit sealed", extra={"seal": made.number, "hash": made.hash.hex()})
    anchors = Path(settings.AUDIT_ANCHOR_FILE)
    try:
        anchors.parent.mkdir(parents=True, exist_ok=True)
        with anchors.open("a") as file:
            file.write(line + "\n")
    except OSError:
        log.exception("audit anchor could not be written")


@dataclass
class Finding:
    """The first thing wrong with the chain: a sentence, and the entry or seal it names."""

    sentence: str
    entry: int | None = None
    seal: int | None = None


@dataclass
class Proof:
    entries: int
    seals: int
    unsealed: int
    erased: int
    finding: Finding | None


def verify(anchors: Path | None = None) -> Proof:
    """Recompute every hash, root and link, oldest first, and compare with the published anchors. Names the first thing that is wrong."""
    finding = (
        _bad_row()
        or _bad_payload()
        or _missing_payload()
        or _bad_seal()
        or _bad_anchor(anchors or Path(settings.AUDIT_ANCHOR_FILE))
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audit_entry")
        entries = cursor.fetchone()[0]
        cursor.execute("SELECT count(*), coalesce(sum(n), 0) FROM audit_seal")
        seals, sealed = cursor.fetchone()
        cursor.execute(
            "SELECT count(*) FROM audit_entry e WHERE NOT EXISTS (SELECT FROM audit_payload p WHERE p.entry_id = e.id)"
        )
        erased = cursor.fetchone()[0]
    return Proof(entries, seals, entries - sealed, erased, finding)


def _first(sql: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        row = cursor.fetchone()
    return row[0] if row else None


def _bad_row() -> Finding | None:
    bad = _first(
        "SELECT id FROM audit_entry WHERE row_hash <> audit_row_hash(id, xid, at, actor_id, door, request_id, ip, action, "
        "table_name, object_id, payload_hash) ORDER BY id LIMIT 1"
    )
    return Finding(f"Entry {bad} was altered: its hash does not match its columns.", entry=bad) if bad else None


def _bad_payload() -> Finding | None:
    bad = _first(
        "SELECT e.id FROM audit_entry e JOIN audit_payload p ON p.entry_id = e.id "
        "WHERE e.payload_hash <> audit_payload_hash(p.salt, p.body) ORDER BY e.id LIMIT 1"
    )
    return Finding(f"The words of entry {bad} were altered: they do not match its hash.", entry=bad) if bad else None


def _missing_payload() -> Finding | None:
    """Words may be gone after an erasure, which is an entry of its own; gone without one, somebody took them."""
    bad = _first(
        "SELECT e.id FROM audit_entry e WHERE NOT EXISTS (SELECT FROM audit_payload p WHERE p.entry_id = e.id) "
        "AND NOT EXISTS (SELECT FROM audit_entry w WHERE w.table_name = 'audit_payload' AND w.action = 'erase' "
        "AND w.object_id = e.id::text) ORDER BY e.id LIMIT 1"
    )
    return Finding(f"The words of entry {bad} are gone, and nothing records an erasure.", entry=bad) if bad else None


def _seals() -> Iterator[tuple[Seal, bytes]]:
    """Every seal with the hash that is stored beside it, oldest first, without holding them all."""
    with connection.cursor() as cursor:
        number = 0
        while True:
            cursor.execute(
                "SELECT seal, xid_lo::text, xid_hi::text, ids::text, leaves, n, root, prev, hash FROM audit_seal "
                "WHERE seal > %s ORDER BY seal LIMIT 500",
                [number],
            )
            rows = cursor.fetchall()
            for number, lo, hi, ids, leaves, count, root, prev, digest in rows:
                yield Seal(number, int(lo), int(hi), ids, bytes(leaves), count, bytes(root), bytes(prev)), bytes(digest)
            if not rows:
                return


def _bad_seal() -> Finding | None:
    prev, expected, reached = GENESIS, 1, 0
    for made, digest in _seals():
        if made.number != expected or made.prev != prev or made.xid_lo != reached:
            return Finding(f"Seal {expected} is missing or does not follow the seal before it.", seal=expected)
        if digest != made.hash:
            return Finding(f"Seal {made.number} was altered: its hash does not match.", seal=made.number)
        finding = _bad_window(made)
        if finding:
            return finding
        prev, expected, reached = digest, made.number + 1, made.xid_hi
    return None


def _bad_window(made: Seal) -> Finding | None:
    """Compare a seal with the entries of its window. The root proves them; ids and leaves name the one that does not fit."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, row_hash FROM audit_entry WHERE xid >= %s::text::xid8 AND xid < %s::text::xid8 ORDER BY id",
            [str(made.xid_lo), str(made.xid_hi)],
        )
        rows = {number: bytes(digest) for number, digest in cursor.fetchall()}
        if merkle_root(list(rows.values())) == made.root:
            return None
        cursor.execute(
            "SELECT id FROM unnest(%s::int8multirange) r, generate_series(lower(r), upper(r) - 1) AS id ORDER BY id",
            [made.ids],
        )
        sealed = [row[0] for row in cursor.fetchall()]
    for place, number in enumerate(sealed):
        if number not in rows:
            return Finding(f"Entry {number}, sealed in seal {made.number}, was removed.", number, made.number)
        if rows[number][:LEAF] != made.leaves[place * LEAF : (place + 1) * LEAF]:
            return Finding(
                f"Entry {number} was rewritten together with its hash after seal {made.number}.", number, made.number
            )
    added = min(set(rows) - set(sealed), default=None)
    return Finding(f"Entry {added} was slipped into seal {made.number} after it was made.", added, made.number)


def _bad_anchor(path: Path) -> Finding | None:
    if not path.exists():
        return None
    known = {made.number: digest.hex() for made, digest in _seals()}
    for line in path.read_text().splitlines():
        anchor = json.loads(line)
        if known.get(anchor["seal"]) != anchor["hash"]:
            return Finding(
                f"Seal {anchor['seal']} was published but is gone or different now: the chain was cut or rebuilt.",
                seal=anchor["seal"],
            )
    return None
