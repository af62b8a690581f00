"""Who may use which address of the ways people come in."""

from tests.matrix import Rule

WORKS = frozenset({"admin", "recruiter", "coordinator"})

INTAKE = {
    "sourcing:ways_to_add": Rule(allowed=WORKS),
    "sourcing:capture": Rule(public=True),
    "sourcing:capture_new": Rule(allowed=WORKS),
    "sourcing:capture_known": Rule(allowed=WORKS, method="post"),
    "sourcing:capture_done": Rule(args=lambda world: [world.candidate.pk], allowed=WORKS, outsider=403),
}
