"""A job as a pattern: copies and templates take what belongs to the kind of job, and nothing a reader may not see."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse

from hiring import approvals, job_templates, jobs
from hiring.errors import Refused
from hiring.events import job_created
from hiring.models import Job, JobTemplate
from tests.factories import ApprovalChainFactory, DepartmentFactory, JobTemplateFactory, LocationFactory, UserFactory

pytestmark = pytest.mark.django_db

STAGES = [
    {"name": "Applied", "kind": "applied", "target_days": 5, "limit": None},
    {"name": "Site visit", "kind": "interview", "target_days": 9, "limit": 12},
    {"name": "Hired", "kind": "hired", "target_days": None, "limit": None},
]
KITS = [{"stage": "Site visit", "name": "On the roof", "minutes": 90, "focus": ["Care"], "questions": ["What first?"]}]
QUESTIONS = [{"key": "licence", "label": "A driving licence?", "type": "yes_no", "required": True, "options": []}]


@pytest.fixture
def job(recruiter, manager, interviewer):
    """A job whose steps, kits, words and questions differ from what its template would make."""
    made = jobs.create(
        by=recruiter,
        template=JobTemplateFactory(
            stages=STAGES, kits=KITS, questions=QUESTIONS, description="<p>Wind and ropes.</p>"
        ),
        title="Rope Technician",
        department=DepartmentFactory(),
        location=LocationFactory(),
        recruiter=recruiter,
        hiring_manager=manager,
        pay_min=Decimal(41111),
        pay_max=Decimal(52222),
        budget=Decimal(163333),
        level="senior",
        priority="high",
        eeo_category="6",
        headcount=3,
    )
    jobs.add_member(made, interviewer, "interviewer", by=recruiter)
    made.stages.filter(name="Site visit").update(name="Climb")
    return made


def written(job):
    """What of a job a copy has to share."""
    return (
        list(job.stages.values_list("name", "kind", "target_days", "limit")),
        list(job.kits.values_list("name", "stage__name", "minutes", "focus", "questions")),
        job.posting.questions,
        job.posting.description,
        job.template_id,
    )


def page(client, user, job):
    client.force_login(user)
    return client.get(reverse("job_create"), {"copy": job.pk})


def sent(form):
    """What a browser posts of an untouched form."""
    values = {field.html_name: field.value() for field in form}
    return {name: "on" if value is True else value for name, value in values.items() if value not in (None, False)}


def test_a_copy_takes_stages_kits_posting_questions_and_facts(client, recruiter, manager, job):
    JobTemplate.objects.update(is_active=False)  # a retired template stands in no copy's way
    form = page(client, recruiter, job).context["form"]

    response = client.post(reverse("job_create"), sent(form) | {"title": "Rope Technician, north"})

    copy = Job.objects.exclude(pk=job.pk).get()
    assert response["Location"] == reverse("job_overview", args=[copy.pk])
    assert written(copy) == written(job)
    assert (copy.title, copy.status, copy.openings.count()) == ("Rope Technician, north", "draft", 1)
    facts = ["pay_min", "pay_max", "budget", "level", "priority", "eeo_category", "department", "location"]
    assert [getattr(copy, name) for name in facts] == [getattr(job, name) for name in facts]
    people = set(copy.team.values_list("user", "role"))
    assert people == set(job.team.values_list("user", "role"))
    assert approvals.current("job", copy.pk) is None  # an approval covers one job only


def test_the_rest_of_the_team_stays_behind_on_wish(client, recruiter, manager, job):
    second = UserFactory()
    jobs.add_member(job, second, "recruiter", by=recruiter)
    data = sent(page(client, recruiter, job).context["form"])

    client.post(reverse("job_create"), data)
    with_all = Job.objects.latest("pk")
    client.post(reverse("job_create"), {name: value for name, value in data.items() if name != "with_team"})
    alone = Job.objects.latest("pk")

    assert with_all.team.filter(user=second, role="recruiter").exists() and with_all.team.count() == 4
    assert set(alone.team.values_list("user", flat=True)) == {recruiter.pk, manager.pk}


def test_who_may_not_see_pay_gets_a_copy_without_it(client, job):
    """SEC-1: a hiring manager who only interviews there sees the job, not what it pays."""
    guest = UserFactory(role="hiring_manager")
    jobs.add_member(job, guest, "interviewer", by=None)

    response = page(client, guest, job)

    assert response.status_code == 200 and response.context["copied"] == job
    html = response.content.decode()
    assert [figure for figure in ("41111", "52222", "163333", "41,111", "163,333") if figure in html] == []
    assert response.context["form"]["level"].value() == "senior"


def test_nobody_copies_what_they_do_not_see(client, recruiter, job):
    jobs.edit(job, by=recruiter, confidential=True)
    stranger = UserFactory(role="recruiter")

    asked = page(client, stranger, job)
    client.post(reverse("job_create"), sent(asked.context["form"]) | {"copy_of": job.pk, "title": "x"})

    assert asked.context["copied"] is None and "Rope Technician" not in asked.content.decode()
    assert Job.objects.count() == 1


def test_a_job_is_kept_as_a_template_under_a_free_name(client, recruiter, interviewer, job):
    client.force_login(recruiter)
    address = reverse("job_template", args=[job.pk])

    taken = client.post(address, {"name": f" {job.template.name} "})
    kept = client.post(address, {"name": "Rope  technicians"})

    assert taken.status_code == 422 and "already" in taken.content.decode()
    assert kept["Location"] == reverse("job_overview", args=[job.pk])
    template = JobTemplate.objects.get(name="Rope technicians")
    other = jobs.create(
        by=recruiter, template=template, title="Other", department=job.department, location=job.location
    )
    assert written(other)[:4] == written(job)[:4]
    assert (other.pay_min, other.budget) == (None, None)
    with pytest.raises(Refused):
        job_templates.save_as(job, "  ", by=recruiter)


def test_other_parts_travel_in_copies_and_templates(recruiter, job, monkeypatch):
    """How criteria, rules and letters come along: a part writes rows, the receiver of job_created reads them."""
    monkeypatch.setitem(job_templates.parts, "weather", lambda job: [{"wind": job.title}])
    heard = []

    def listen(sender, job, template, **kwargs):
        heard.append((job.title, template.more.get("weather"), template.pk is None))

    job_created.connect(listen)
    try:
        fields = {"department": job.department, "location": job.location}
        jobs.create(by=recruiter, copy_of=job, title="Copy", **fields)
        jobs.create(by=recruiter, template=job_templates.save_as(job, "Kept", by=None), title="From it", **fields)
    finally:
        job_created.disconnect(listen)

    assert heard == [("Copy", [{"wind": "Rope Technician"}], True), ("From it", [{"wind": "Rope Technician"}], False)]
    with pytest.raises(TypeError):
        jobs.create(by=recruiter, title="From nothing", **fields)


def test_level_and_budget_are_guarded_and_older_approvals_hold(recruiter, manager):
    """Invariant 6; what was approved before jobs had them stays approved."""
    fields = {"department": DepartmentFactory(), "location": LocationFactory()}
    job = jobs.submit(jobs.create(by=recruiter, template=JobTemplateFactory(), title="Nurse", **fields), by=recruiter)
    approval = approvals.current("job", job.pk)
    assert set(approval.snapshot) == {"title", "department", "location", "headcount", "pay"}
    ApprovalChainFactory().groups.create(position=0).approvers.add(manager)

    jobs.edit(job, by=recruiter, priority="urgent", eeo_category="2")
    still = Job.objects.get(pk=job.pk).status
    job = jobs.edit(job, by=recruiter, budget=Decimal(90000), level="lead")

    assert (still, job.status) == ("open", "pending_approval")
    said = {change.label for change in approvals.changes_since_approved(approvals.current("job", job.pk))}
    assert said == {"Budget", "Level"}


def test_level_budget_and_category_stand_on_the_overview(client, recruiter, interviewer, job):
    client.force_login(recruiter)
    for_editor = client.get(reverse("job_overview", args=[job.pk])).content.decode()
    client.force_login(interviewer)
    for_interviewer = client.get(reverse("job_overview", args=[job.pk])).content.decode()

    assert [word in for_editor for word in ("163,333", "Senior", "High", "6 Craft workers")] == [True] * 4
    assert [word in for_interviewer for word in ("163,333", "Senior", "6 Craft workers")] == [False, True, False]
