"""Who may use which address of the writing assistant."""

from pipeline.models import AssistantDraft
from tests import factories
from tests.interviews.routes import kit
from tests.matrix import Rule
from tests.pipeline.routes import ADDERS, DECIDERS, EDITORS, READERS, application, candidate, job


def draft(world):
    found = AssistantDraft.objects.filter(application=world.application).first()
    return [(found or factories.AssistantDraftFactory(application=world.application)).pk]


ROUTES = {
    "pipeline:assistant_job": Rule(args=job, allowed=READERS, outsider=404),
    "pipeline:assistant_switch": Rule(args=job, allowed=EDITORS, outsider=404, method="post"),
    "pipeline:assistant_criteria": Rule(args=job, allowed=EDITORS, outsider=404, method="post"),
    "pipeline:application_summary": Rule(args=application, allowed=READERS, outsider=404),
    "pipeline:assistant_message": Rule(args=candidate, allowed=ADDERS, outsider=404),
    "pipeline:assistant_use": Rule(allowed=frozenset({"admin", "compliance_officer"})),
    "interviews:kit_ideas": Rule(args=lambda world: [kit(world).pk], allowed=EDITORS, outsider=404),
    "interviews:kit_take": Rule(args=lambda world: [kit(world).pk], allowed=EDITORS, outsider=404, method="post"),
    "pipeline:draft_keep": Rule(args=draft, allowed=DECIDERS, outsider=404, method="post"),
    "pipeline:draft_discard": Rule(args=draft, allowed=DECIDERS, outsider=404, method="post"),
    "pipeline:draft_again": Rule(args=draft, allowed=DECIDERS, outsider=404, method="post"),
}
