"""The audit chain as rows: entries written by database triggers, payloads that can be erased, seals over batches.

The tables are made by SQL (migrations/0001_audit_chain.py), since their columns, hashes and refusals live in the database,
where no door can go round them. Django reads them; nothing here writes.
"""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.db import models

from hiring import context
from hiring.models import User


class AuditEntryQuerySet(models.QuerySet["AuditEntry"]):
    def without_bookkeeping(self) -> Self:
        """Leave out what background tasks update by themselves: delivery states, files being read, times of last contact."""
        return self.exclude(door=AuditEntry.Door.TASK, action=AuditEntry.Action.UPDATE, actor=None)

    def visible_to(self, user: User) -> Self:
        from hiring import access

        return self.all() if access.can_see_audit(user) else self.none()


class AuditEntry(models.Model):
    """One change of one row (or a sign-in): who, through which door, when. Hashes only; the words are in the payload (REC-6)."""

    class Action(models.TextChoices):
        INSERT = "insert", "Added"
        UPDATE = "update", "Changed"
        DELETE = "delete", "Removed"
        TRUNCATE = "truncate", "Emptied"
        ERASE = "erase", "Erased the words of"
        SIGNED_IN = "signed_in", "Signed in"
        SIGN_IN_FAILED = "sign_in_failed", "Failed to sign in"
        SIGNED_OUT = "signed_out", "Signed out"
        EXPORTED = "exported", "Exported"
        DOWNLOADED = "downloaded", "Downloaded"

    class Door(models.TextChoices):
        PAGE = "page", "Page"
        ADMIN = "admin", "Administration"
        LINK = "link", "Personal link"
        API = "api", "API"
        MAIL = "mail", "Inbound mail"
        TASK = "task", "Background task"
        COMMAND = "command", "Command"
        SHELL = "shell", "Shell"
        SQL = "sql", "Direct SQL"

    id = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.ForeignKey(User, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    door = models.CharField(max_length=8, choices=Door.choices)
    request_id = models.CharField(max_length=36)
    ip = models.CharField(max_length=45)
    action = models.CharField(max_length=15, choices=Action.choices)
    table_name = models.CharField(max_length=63)
    object_id = models.CharField(max_length=40)
    payload_hash = models.BinaryField()
    row_hash = models.BinaryField()

    key_name: ClassVar[str] = ""  # of the access key a program came with: set by reading.name_keys
    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        managed = False
        db_table = "audit_entry"
        ordering = ("-id",)
        verbose_name_plural = "audit entries"

    def __str__(self) -> str:
        return f"{self.action} {self.table_name} {self.object_id}"

    @property
    def who(self) -> str:
        """Who did it, in words also where nobody was signed in: a visitor came by a page or link, all else is the system."""
        if self.actor:
            return str(self.actor)
        came_in = {self.Door.PAGE.value, self.Door.LINK.value, self.Door.API.value}
        return "Visitor" if self.door in came_in else "System"

    @property
    def key_id(self) -> int | None:
        """The access key a program came with; the id of its request carries it."""
        return context.key_of(self.request_id)

    @property
    def via(self) -> str:
        door = self.get_door_display()
        return f"{door} ({self.key_name})" if self.key_name else door


class AuditPayload(models.Model):
    """The words of an entry: for an insert or delete the row, for an update {field: [before, after]}. Gone after an erasure."""

    entry = models.OneToOneField(
        AuditEntry, primary_key=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="payload"
    )
    salt = models.BinaryField()
    body: models.JSONField[Any, Any] = models.JSONField()

    class Meta:
        managed = False
        db_table = "audit_payload"


class AuditSeal(models.Model):
    """A Merkle root over every entry of an xid window, chained to the seal before (docs/performance.md)."""

    seal = models.BigIntegerField(primary_key=True)
    n = models.IntegerField()
    root = models.BinaryField()
    prev = models.BinaryField()
    hash = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "audit_seal"
        ordering = ("-seal",)
