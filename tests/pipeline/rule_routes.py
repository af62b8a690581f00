"""Who may use which address of rules: everybody on the board reads, who edits the job writes, who moves people decides."""

from pipeline.models import Rule as JobRule
from pipeline.models import RuleFiring
from pipeline.rules import trying, versions
from tests.matrix import EVERYBODY, Rule

DECIDERS = frozenset({"admin", "recruiter", "coordinator", "hiring_manager"})
READERS = EVERYBODY - {"interviewer"}
EDITORS = frozenset({"admin", "recruiter", "hiring_manager"})


def job(world):
    return [world.job.pk]


def rule(world):
    """An active one with a firing that waits, and a draft that was tried."""
    found = JobRule.objects.filter(job=world.job, retired_at=None).first()
    if not found:
        said = {"trigger": {"kind": "applied"}, "asked": {}, "action": {"kind": "tag", "tag": "Applied"}}
        by = world.people["recruiter"]
        found = versions.create(job=world.job, name="Tag", by=by, **said)
        trying.try_out(found.versions.get(), by=by)
        versions.activate(found.versions.get(), by=by, with_present=True)
        versions.edit(found, by=by, name="Tag", **said)
        trying.try_out(found.versions.get(state="draft"), by=by)
    return [found.pk]


def firing(world):
    rule(world)
    return [RuleFiring.objects.order_by("pk").first().pk]


ROUTES = {
    "pipeline:rules": Rule(args=job, allowed=READERS, outsider=404),
    "pipeline:rules_everywhere": Rule(allowed=READERS),
    "pipeline:rule_create": Rule(args=job, allowed=EDITORS, outsider=404),
    "pipeline:rule_create_everywhere": Rule(allowed=frozenset({"admin"})),
    "pipeline:rule": Rule(args=rule, allowed=READERS, outsider=404),
    "pipeline:rule_edit": Rule(args=rule, allowed=EDITORS, outsider=404),
    "pipeline:rule_try": Rule(args=rule, allowed=EDITORS, outsider=404, method="post"),
    "pipeline:rule_trial": Rule(args=rule, allowed=READERS, outsider=404),
    "pipeline:rule_activate": Rule(args=rule, allowed=EDITORS, outsider=404, method="post"),
    "pipeline:rule_state": Rule(args=rule, allowed=EDITORS, outsider=404, method="post"),
    "pipeline:rule_firings_decide": Rule(method="post"),
    "pipeline:rule_firing": Rule(args=firing, allowed=READERS, others=404, outsider=404),
    "pipeline:rule_firing_decide": Rule(args=firing, allowed=DECIDERS, others=404, outsider=404, method="post"),
}
