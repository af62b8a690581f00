"""Fields an organisation added, as facts of rules: what is asked, what never is, and what of it decides nothing."""

from __future__ import annotations

import pytest
from django.urls import reverse

from hiring import custom_fields
from hiring.models import CustomField
from pipeline.blind import setting
from pipeline.models import RuleFiring
from pipeline.rules import conflicts, facts, finding, trying
from tests.pipeline.test_rules import NO_LICENCE, a_rule, applicant, asked, job, letter, reason  # noqa: F401

pytestmark = pytest.mark.django_db


def field(key, type, kind="candidate", options=(), **more):
    what = CustomField.objects.create(key=key, name=more.pop("name", key.title()), type=type, kind=kind, **more)
    return what, [what.options.create(label=label, position=place) for place, label in enumerate(options)]


def atom(key, type, op, *values, kind="candidate"):
    return {"fact": f"field:{kind}:{key}", "type": type, "op": op, "values": list(values), "label": key.title()}


def test_only_what_everybody_may_see_and_no_rule_may_misuse_can_be_asked(job, recruiter, django_assert_max_num_queries):  # noqa: F811
    field("notice", "number")
    field("buddy", "user", kind="application")
    field("site", "link")
    field("wish", "money", is_private=True)
    field("school", "text")
    field("gone", "text", is_active=False)
    field("cost", "money", kind="job")

    with django_assert_max_num_queries(8):
        known = facts.catalogue(job)

    own = {key: (fact.label, fact.type) for key, fact in known.items() if fact.is_own_field}
    assert own == {
        "field:candidate:notice": ("Notice of the person", "number"),
        "field:application:buddy": ("Buddy of the application", "choice"),
    }
    assert (f"user:{recruiter.pk}", "Rita Recruiter") in known["field:application:buddy"].options


@pytest.mark.parametrize("people", [1, 6])
def test_what_is_filled_in_sets_a_rule_off_and_is_said(job, recruiter, people, client, django_assert_num_queries):  # noqa: F811
    what, (yes, no) = field("visa", "choice", options=("Yes", "No"))
    field("notice", "number", kind="application")
    for number in range(people):
        one = applicant(job, name=f"Person {number}")
        custom_fields.set_values(one.candidate, recruiter, {"visa": str(no.pk)})
        custom_fields.set_values(one, recruiter, {"notice": "1250000"})
    other = applicant(job, name="Other")
    custom_fields.set_values(other.candidate, recruiter, {"visa": str(yes.pk)})
    conditions = asked(
        atom("visa", "choice", "none_of", str(yes.pk)),
        atom("notice", "number", "at_least", 1250000, kind="application"),
    )
    rule = a_rule(job, recruiter, {"kind": "tag", "tag": "Visa"}, conditions=conditions, active=False)
    draft = rule.versions.get()

    with django_assert_num_queries(5):
        trial = trying.try_out(draft, by=recruiter)
    with django_assert_num_queries(7):
        found = finding.find_present(draft)
    client.force_login(recruiter)
    page = client.get(reverse("pipeline:rule_trial", args=[rule.pk])).content.decode()

    assert (len(trial.hits), found) == (people, people)
    assert "visa was “No” and notice was “1250000”" in page
    assert "Visa and Notice: asked as they stand now." in page
    what.is_private = True
    what.save()
    assert finding.find(draft, [other]) == 0
    assert trying.try_out(draft, by=recruiter).hits == []  # hidden since: nobody fits it any more


def test_free_words_are_not_quoted_of_whom_one_may_not_know(client, job, recruiter, manager, world):  # noqa: F811
    field("about", "text")
    one = applicant(job, name="Ola Berg")
    custom_fields.set_values(one.candidate, recruiter, {"about": "Ola from Oslo"})
    asks = asked(atom("about", "text", "none_of", "x"), NO_LICENCE)
    rule = a_rule(job, recruiter, {"kind": "tag", "tag": "x"}, conditions=asks, active=False)
    trying.try_out(rule.versions.get(), by=recruiter)
    finding.find_present(rule.versions.get())
    pages = [reverse("pipeline:rule_trial", args=[rule.pk]), RuleFiring.objects.get().get_absolute_url()]
    client.force_login(recruiter)
    assert all("ola from oslo" in client.get(page).content.decode() for page in pages)

    setting.switch_on(job, world.stages["interview"], by=recruiter)
    client.force_login(manager)
    hidden = [client.get(page).content.decode().lower() for page in pages]

    assert all("about fits" in page and "was “no”" in page and "oslo" not in page for page in hidden)


def test_no_rejection_stands_on_a_field_of_ours(job, recruiter, reason):  # noqa: F811
    field("notice", "number")
    action = {"kind": "reject", "reason": reason.pk}
    rule = a_rule(
        job, recruiter, action, conditions=asked(NO_LICENCE, atom("notice", "number", "more", 3)), active=False
    )

    problems = conflicts.problems(rule.versions.get())

    assert [(one.kind, one.stops) for one in problems] == [("stands_on", True)]
    assert not RuleFiring.objects.exists()


def test_a_condition_on_a_field_is_added_in_the_editor(client, recruiter, job):  # noqa: F811
    _, (_, no) = field("visa", "choice", options=("Yes", "No"))
    client.force_login(recruiter)

    page = client.post(
        reverse("pipeline:rule_create", args=[job.pk]),
        {"name": "x", "trigger": "applied", "g0-match": "all", "add": "g0", "g0-new": "field:candidate:visa"},
    ).content.decode()

    assert f'name="g0-0-value" value="{no.pk}"' in page
    assert "Your own fields, never for a rejection" in page
