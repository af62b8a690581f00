"""Who may use which address of compliance."""

from compliance.models import AuditEntry
from tests.matrix import Rule

AUDITORS = frozenset({"admin", "compliance_officer"})

ROUTES = {
    "compliance:audit": Rule(allowed=AUDITORS),
    "compliance:audit_entry": Rule(args=lambda world: [AuditEntry.objects.latest("id").pk], allowed=AUDITORS),
    "compliance:audit_verify": Rule(allowed=AUDITORS, method="post"),
}
