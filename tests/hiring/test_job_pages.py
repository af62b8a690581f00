"""Pages of a job as the browser gets them: who gets in, what is shown, what a press of a button does."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from hiring import access, approvals, custom_fields, jobs
from hiring.models import CustomField, Job, Location, Opening, Posting
from tests.factories import (
    ApprovalChainFactory,
    DepartmentFactory,
    JobFactory,
    JobTemplateFactory,
    LocationFactory,
    OpeningFactory,
    PostingFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
SWAP = {"HX-Request": "true"}


@pytest.fixture
def job(recruiter, manager, interviewer):
    made = jobs.create(
        by=recruiter,
        template=JobTemplateFactory(),
        title="Data Engineer",
        department=DepartmentFactory(name="Data platform"),
        location=LocationFactory(name="Lyon"),
        recruiter=recruiter,
        hiring_manager=manager,
        pay_min=Decimal(55000),
        pay_max=Decimal(68000),
    )
    jobs.add_member(made, interviewer, "interviewer", by=recruiter)
    return made


def opened(job):
    return jobs.submit(job, by=job.created_by)


def get(client, user, route, *args, **kwargs):
    client.force_login(user)
    return client.get(reverse(route, args=args), **kwargs)


def post(client, user, route, *args, data=None, **kwargs):
    client.force_login(user)
    return client.post(reverse(route, args=args), data or {}, **kwargs)


PAGES = ["job_overview", "job_edit", "job_team", "job_posting", "pipeline:plan"]


# --- who gets in ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("route", PAGES)
def test_an_outsider_finds_nothing(client, outsider, job, route):
    assert get(client, outsider, route, job.pk).status_code == 404


@pytest.mark.parametrize("route", ["job_edit", "job_posting"])
def test_an_interviewer_of_the_team_may_not_change_the_job(client, interviewer, job, route):
    assert get(client, interviewer, route, job.pk).status_code == 403


@pytest.mark.parametrize(
    "route",
    ["job_submit", "pipeline:holding", "job_resume", "pipeline:reopening", "job_publish", "job_unpublish"],
)
def test_an_interviewer_changes_no_status(client, interviewer, job, route):
    before = Job.objects.values().get(pk=job.pk)

    response = post(client, interviewer, route, job.pk, data={"reason": "x", "headcount": 1})

    assert response.status_code == 403
    assert Job.objects.values().get(pk=job.pk) == before


def test_interviewers_see_the_job_but_not_its_pay(client, interviewer, manager, job):
    """SEC-1: pay is field-level."""
    opened(job)
    jobs.edit(job, by=manager, pay_max=Decimal(70000))  # the void approval's note holds figures

    page = get(client, interviewer, "job_overview", job.pk).content.decode()

    assert "Data Engineer" in page
    assert "55,000" not in page
    assert "€\u00a055,000 to 70,000 a year" in get(client, manager, "job_overview", job.pk).content.decode()


@pytest.mark.parametrize("role", ["admin", "recruiter", "coordinator", "hiring_manager", "compliance_officer"])
def test_a_confidential_job_does_not_exist_for_others(client, job, recruiter, role):
    jobs.edit(job, by=recruiter, confidential=True)
    stranger = UserFactory(role=role)

    assert [get(client, stranger, route, job.pk).status_code for route in PAGES] == [404] * len(PAGES)
    for query in ("", "?status=all", "?text=Data", f"?department={job.department_id}"):
        page = client.get(reverse("jobs") + query).content.decode()
        assert "Data Engineer" not in page
        assert job.requisition_id not in page
    assert {key: count for key, _, count in client.get(reverse("jobs")).context["page"].tabs}["all"] == 0


def test_the_team_of_a_confidential_job_sees_it(client, job, recruiter, manager):
    jobs.edit(job, by=recruiter, confidential=True)

    assert get(client, manager, "job_overview", job.pk).status_code == 200
    assert "Data Engineer" in get(client, manager, "jobs").content.decode()


# --- list -----------------------------------------------------------------------------------------------------------


def test_the_list_filters_by_status_words_and_department(client, recruiter):
    sales = DepartmentFactory(name="Sales")
    JobFactory(title="Account Executive", department=sales)
    JobFactory(title="Account Manager", status="closed")
    JobFactory(title="Nurse", requisition_id="REQ-7777")

    def titles(**query):
        client.force_login(recruiter)
        return {row.job.title for row in client.get(reverse("jobs"), query).context["page"].rows}

    assert titles() == {"Account Executive", "Nurse"}
    assert titles(status="closed") == {"Account Manager"}
    assert titles(status="all", text="account") == {"Account Executive", "Account Manager"}
    assert titles(text="executive account") == {"Account Executive"}
    assert titles(text="7777") == {"Nurse"}
    assert titles(department=sales.pk) == {"Account Executive"}
    assert titles(status="nonsense", after="x", department="²") == {"Account Executive", "Nurse"}


def test_a_swap_gets_the_list_alone(client, recruiter):
    JobFactory()

    part = get(client, recruiter, "jobs", headers=SWAP)

    assert part.content.decode().strip().startswith('<div id="jobs">')
    assert "HX-Request" in part["Vary"]


def test_the_pages_of_the_list_hold_every_job_once(client, recruiter, monkeypatch):
    monkeypatch.setattr("hiring.job_list.PAGE_SIZE", 3)
    department, location = DepartmentFactory(), LocationFactory()
    made = JobFactory.create_batch(8, department=department, location=location)
    Job.objects.filter(pk__in=[job.pk for job in made[:5]]).update(
        created_at=made[0].created_at
    )  # ties as from an import

    seen, after = [], 0
    client.force_login(recruiter)
    for _ in range(4):
        page = client.get(reverse("jobs"), {"after": after}).context["page"]
        seen += [row.job.pk for row in page.rows]
        after = page.after
        if not after:
            break

    assert sorted(seen) == sorted(job.pk for job in made)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_no_more_for_more_jobs(client, recruiter, manager, rows, django_assert_num_queries):
    for _ in range(rows):
        job = JobFactory()
        OpeningFactory(job=job)
        job.team.create(user=manager, role="hiring_manager")
    client.force_login(recruiter)
    client.get(reverse("jobs"))

    with django_assert_num_queries(8):
        client.get(reverse("jobs"))


def test_an_empty_list_says_what_to_do(client, recruiter, interviewer):
    assert "No jobs yet" in get(client, recruiter, "jobs").content.decode()
    assert "No jobs here" in get(client, interviewer, "jobs").content.decode()
    client.force_login(recruiter)
    assert "No job fits" in client.get(reverse("jobs"), {"text": "zzz"}).content.decode()


# --- create ---------------------------------------------------------------------------------------------------------


def filled(**changes):
    fields = {
        "template": JobTemplateFactory().pk,
        "title": "Data Engineer",
        "department": DepartmentFactory().pk,
        "location": LocationFactory().pk,
        "workplace": "hybrid",
        "employment_type": "FULL_TIME",
        "headcount": "2",
        "pay_min": "55,000",
        "pay_max": "68 000",
        "pay_currency": "EUR",
        "pay_period": "YEAR",
    }
    return {**fields, **changes}


def test_create_saves_a_draft(client, recruiter):
    response = post(client, recruiter, "job_create", data=filled())

    job = Job.objects.get()
    assert response["Location"] == reverse("job_overview", args=[job.pk])
    assert (job.status, job.openings.count(), job.pay_min, job.pay_max) == ("draft", 2, Decimal(55000), Decimal(68000))


def test_create_asks_for_the_fields_of_jobs(client, recruiter):
    CustomField.objects.create(kind="job", key="cost_centre", name="Cost centre", type="text", is_required=True)

    refused = post(client, recruiter, "job_create", data=filled(title="Kept Title"))
    jobs_then = Job.objects.count()
    post(client, recruiter, "job_create", data=filled(**{"cf-cost_centre": "CC-17"}))

    assert refused.status_code == 422 and jobs_then == 0
    assert "Cost centre has to be filled in." in refused.content.decode() and "Kept Title" in refused.content.decode()
    shown = custom_fields.values_of("job", [Job.objects.get().pk], recruiter)[Job.objects.get().pk]
    assert [one.words for one in shown] == ["CC-17"]


def test_create_and_submit_asks_the_chain(client, recruiter, manager):
    ApprovalChainFactory().groups.create(position=0).approvers.add(manager)

    response = post(client, recruiter, "job_create", data=filled(submit="1"), follow=True)

    assert Job.objects.get().status == "pending_approval"
    assert "waits for approval" in response.content.decode()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": "  "}, "title"),
        ({"department": ""}, "department"),
        ({"headcount": "0"}, "headcount"),
        ({"headcount": "9999"}, "headcount"),
        ({"pay_min": "80,000"}, "pay_max"),
        ({"pay_min": "much"}, "pay_min"),
        ({"pay_min": "-1"}, "pay_min"),
        ({"target_date": "2020-01-01"}, "target_date"),
        ({"template": "0"}, "template"),
    ],
)
def test_create_says_what_is_wrong_and_keeps_what_was_typed(client, recruiter, changes, field):
    response = post(client, recruiter, "job_create", data=filled(reason="Growth of metering", **changes))

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert "Growth of metering" in response.content.decode()
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("55,000", 55000),
        ("55 000", 55000),
        ("55’000", 55000),
        ("18,50", "18.50"),
        ("55.000", 55000),
        ("1.055.000,50", "1055000.50"),
        ("1,055,000.50", "1055000.50"),
    ],
)
def test_amounts_are_read_as_people_type_them(client, recruiter, typed, meant):
    post(client, recruiter, "job_create", data=filled(pay_min=typed, pay_max=""))

    assert Job.objects.get().pay_min == Decimal(meant)


@pytest.mark.parametrize("role", ["coordinator", "interviewer", "compliance_officer"])
def test_not_everybody_creates_jobs(client, role, db):
    user = UserFactory(role=role)

    assert get(client, user, "job_create").status_code == 403
    assert post(client, user, "job_create", data=filled()).status_code == 403


def test_the_chain_is_shown_before_submitting(client, recruiter, manager):
    department = DepartmentFactory()
    chain = ApprovalChainFactory(department=department)
    chain.groups.create(position=0).approvers.add(manager)
    client.force_login(recruiter)

    own = client.get(reverse("job_chain"), {"department": department.pk}, headers=SWAP).content.decode()
    other = client.get(reverse("job_chain"), {"department": DepartmentFactory().pk}, headers=SWAP).content.decode()

    assert "Max Manager" in own
    assert "Create and open" in other
    assert "Choose a department" in client.get(reverse("job_chain"), {"department": "x"}).content.decode()


# --- status ---------------------------------------------------------------------------------------------------------


def test_the_buttons_walk_a_job_through_its_life(client, recruiter, job):
    seen = []
    acts = [
        ("job_submit", {}),
        ("pipeline:holding", {"reason": "Budget"}),
        ("job_resume", {"reason": "Confirmed"}),
        ("pipeline:closing", {"why": "Budget"}),
        ("pipeline:reopening", {"headcount": 1, "reason": "Back"}),
    ]
    for route, data in acts:
        post(client, recruiter, route, job.pk, data=data)
        job.refresh_from_db()
        seen.append(job.status)
        assert get(client, recruiter, "job_overview", job.pk).status_code == 200

    assert seen == ["open", "on_hold", "open", "closed", "draft"]


@pytest.mark.parametrize("route", ["job_submit", "job_publish", "job_member_remove"])
def test_looking_changes_nothing(client, recruiter, job, route):
    args = [job.pk, job.team.first().pk] if route == "job_member_remove" else [job.pk]

    assert get(client, recruiter, route, *args).status_code == 405


def test_a_hold_without_a_reason_says_so_on_the_page(client, recruiter, job):
    opened(job)

    response = post(client, recruiter, "pipeline:holding", job.pk)

    assert response.status_code == 422
    assert response.context["form"].errors
    assert Job.objects.get(pk=job.pk).status == "open"


def test_a_job_goes_on_from_its_page_with_a_reason_that_its_life_shows(client, recruiter, job):
    held = jobs.hold(opened(job), by=recruiter, reason="The budget is reviewed")
    page = get(client, recruiter, "job_resume", job.pk).text
    overview = get(client, recruiter, "job_overview", job.pk).text

    without = post(client, recruiter, "job_resume", job.pk, data={"reason": " "})
    still = Job.objects.get(pk=job.pk).status
    done = post(client, recruiter, "job_resume", job.pk, data={"reason": "It stands"}, follow=True)

    assert held.status == still == "on_hold"
    assert "The budget is reviewed" in page and "It is open at once" in page
    assert f'href="{reverse("job_resume", args=[job.pk])}"' in overview
    assert without.status_code == 422 and "Say why the job goes on." in without.text
    assert "is open." in done.text and '<b>Open</b>, Rita Recruiter<span class="tl-muted">: It stands' in done.text


def test_resuming_what_changed_shows_what_and_who_is_asked(client, recruiter, admin, job):
    ApprovalChainFactory().groups.create(position=0).approvers.add(admin)
    opened(job)
    approvals.decide(approvals.current("job", job.pk).groups.first().votes.first(), "approve")
    jobs.hold(Job.objects.get(pk=job.pk), by=recruiter, reason="Budget")
    jobs.edit(job, by=recruiter, headcount=2)

    page = get(client, recruiter, "job_resume", job.pk).text
    post(client, recruiter, "job_resume", job.pk, data={"reason": "Two are needed"})

    assert "<dt>Openings</dt><dd><del>1</del> → <ins>2</ins></dd>" in page and "Ada Admin" in page
    changes = Job.objects.get(pk=job.pk).status_changes.values_list("after", "reason")
    assert changes.first() == ("pending_approval", "Two are needed")


def test_the_page_of_a_job_that_does_not_rest_says_so_and_offers_nothing(client, recruiter, job):
    page = get(client, recruiter, "job_resume", opened(job).pk).text

    assert "This job is open" in page and "Only a job on hold is resumed." in page and 'name="reason"' not in page


def test_a_closed_job_is_not_offered_to_be_changed(client, recruiter, job):
    jobs.close(opened(job), by=recruiter, reason="Frozen")

    page = get(client, recruiter, "job_edit", job.pk).text

    assert "Frozen. It can be changed once it is taken up again." in page and 'name="title"' not in page


def test_a_refused_act_is_told_where_it_was_tried(client, recruiter, job):
    page = reverse("job_overview", args=[job.pk])

    response = post(
        client, recruiter, "job_resume", job.pk, headers={"Referer": f"http://testserver{page}"}, follow=True
    )

    assert "Only a job on hold can be resumed." in response.content.decode()


def test_the_overview_shows_who_is_asked_and_why_it_was_turned_down(client, recruiter, manager, admin, job):
    ApprovalChainFactory().groups.create(position=0).approvers.add(admin)
    opened(job)

    asked = get(client, recruiter, "job_overview", job.pk).content.decode()
    mine = get(client, admin, "job_overview", job.pk).content.decode()
    approvals.decide(approvals.current("job", job.pk).groups.first().votes.first(), "reject", comment="Not this year.")
    refused = get(client, recruiter, "job_overview", job.pk).content.decode()

    assert "Ada Admin" in asked
    assert "Decide on it" in mine
    assert "Decide on it" not in asked
    assert "Not this year." in refused


@pytest.mark.parametrize("size", [1, 3])
def test_the_overview_asks_no_more_for_a_larger_team(client, recruiter, admin, job, size, django_assert_num_queries):
    jobs.edit(job, by=recruiter, headcount=size)
    for _ in range(size):
        jobs.add_member(job, UserFactory(), "interviewer", by=recruiter)
    chain = ApprovalChainFactory()
    for position in range(size):
        chain.groups.create(position=position).approvers.add(admin)
    opened(job)
    client.force_login(recruiter)
    client.get(reverse("job_overview", args=[job.pk]))

    with django_assert_num_queries(23):
        client.get(reverse("job_overview", args=[job.pk]))


# --- edit and team --------------------------------------------------------------------------------------------------


def test_edit_warns_and_tells_that_it_has_to_be_approved_again(client, recruiter, admin, job):
    ApprovalChainFactory().groups.create(position=0).approvers.add(admin)
    opened(job)
    approvals.decide(approvals.current("job", job.pk).groups.first().votes.first(), "approve")
    form = get(client, recruiter, "job_edit", job.pk)
    typed = {name: value for name, value in form.context["form"].initial.items() if value not in (None, False)}
    typed |= {"department": job.department_id, "location": job.location_id, "title": "Lead Data Engineer"}

    key = post(client, recruiter, "job_edit", job.pk, data=typed).context["loss"].key
    response = post(client, recruiter, "job_edit", job.pk, data={**typed, "confirmed": key}, follow=True)

    assert "Changing one of them takes the approval away" in form.content.decode()
    assert "approved again" in response.content.decode()
    assert Job.objects.get(pk=job.pk).status == "pending_approval"


def test_the_team_page_adds_and_removes(client, recruiter, job):
    colleague = UserFactory(full_name="Nils New")

    post(client, recruiter, "job_team", job.pk, data={"user": colleague.pk, "role": "sourcer"})
    member = job.team.get(user=colleague)
    shown = get(client, recruiter, "job_team", job.pk).content.decode()
    post(client, recruiter, "job_member_remove", job.pk, member.pk)

    assert "Nils New" in shown
    assert not job.team.filter(user=colleague).exists()


def test_members_of_another_job_are_not_reached_through_this_one(client, recruiter, job):
    other = JobFactory()
    member = other.team.create(user=recruiter, role="recruiter")

    assert post(client, recruiter, "job_member_remove", job.pk, member.pk).status_code == 404


def test_only_editors_change_the_team(client, interviewer, job):
    page = get(client, interviewer, "job_team", job.pk)

    assert page.status_code == 200
    assert "Add a colleague" not in page.content.decode()
    assert (
        post(client, interviewer, "job_team", job.pk, data={"user": interviewer.pk, "role": "recruiter"}).status_code
        == 403
    )
    assert not access.can_edit_job(interviewer, job)


def test_whoever_takes_themselves_off_a_confidential_job_lands_on_the_list(client, recruiter, manager, job):
    jobs.edit(job, by=recruiter, confidential=True)
    me = job.team.get(user=recruiter)

    assert post(client, recruiter, "job_member_remove", job.pk, me.pk)["Location"] == reverse("jobs")


# --- posting --------------------------------------------------------------------------------------------------------

LONG = "<p>" + "You build pipelines that meters and people can trust. " * 4 + "</p>"


def words(**changes):
    data = {"title": "Data Engineer", "description": LONG, "show_pay": "on", "language": "en", "audience": "everybody"}
    data |= {
        "places-TOTAL_FORMS": "1",
        "places-INITIAL_FORMS": "0",
        "places-0-location": str(Location.objects.first().pk),
    }
    data |= {"places-0-workplace": "hybrid", "places-0-pay": "job"}
    return {**data, **changes}


def test_the_posting_is_saved_sanitised_and_its_form_stays(client, recruiter, job):
    question = {"key": "visa", "label": "Visa?", "type": "yes_no", "required": False, "options": []}
    Posting.objects.filter(job=job).update(questions=[question])
    said = words(description=LONG + "<script>x</script>", expires_on="2031-05-31")
    post(client, recruiter, "job_posting", job.pk, data=said)

    saved = Posting.objects.get(job=job)
    assert (saved.description, saved.questions) == (LONG, [question])
    assert saved.expires_at.isoformat() == "2031-05-31T22:00:00+00:00"
    page = get(client, recruiter, "job_posting", job.pk)
    assert page.context["form"].initial["expires_on"].isoformat() == "2031-05-31"
    assert reverse("job_form", args=[job.pk]) in page.content.decode()


def test_the_editor_names_a_question_that_may_not_be_asked_and_leads_to_the_form(client, recruiter, job):
    """JOB-21."""
    asked = {"key": "pay", "label": "What is your current salary?", "type": "text", "required": False, "options": []}
    Posting.objects.filter(job=job).update(questions=[asked])

    page = get(client, recruiter, "job_posting", job.pk).content.decode()

    assert "What is your current salary?" in page and "Change the form" in page


def test_publish_and_take_down(client, recruiter, job):
    opened(job)

    post(client, recruiter, "job_posting", job.pk, data=words(publish="1"))
    public = Posting.objects.public().filter(job=job).exists()
    page = get(client, recruiter, "job_posting", job.pk).content.decode()
    post(client, recruiter, "job_unpublish", job.pk)

    assert public
    assert "Take down" in page
    assert not Posting.objects.public().exists()


def test_what_stands_in_the_way_of_publishing_is_listed(client, recruiter, job):
    Posting.objects.filter(job=job).update(title="URGENT Data Engineer", description="<p>Soon</p>")

    page = get(client, recruiter, "job_posting", job.pk).content.decode()

    assert "Take the urgency out of the title" in page
    assert "The job has to be open" in page


def test_the_preview_is_safe(client, recruiter, job):
    typed = {"description": "<p>Hello</p><img src=x onerror=alert(1)><script>alert(1)</script>", "title": "<b>T</b>"}

    answer = post(client, recruiter, "sourcing:posting_preview", job.pk, data=words(**typed))

    shown = answer.content.decode()
    assert "<p>Hello</p>" in shown
    assert "onerror" not in shown
    assert "alert(1)" not in shown
    assert "&lt;b&gt;T&lt;/b&gt;" in shown
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in answer["Content-Security-Policy"]


def test_a_job_without_pay_or_people_still_has_all_its_pages(client, recruiter):
    bare = JobFactory(status="draft", opened_at=None)
    PostingFactory(job=bare, status="draft", description="", first_published_at=None)

    assert [get(client, recruiter, route, bare.pk).status_code for route in PAGES] == [200] * len(PAGES)


def test_the_overview_folds_what_is_filled_and_marks_what_is_late(client, recruiter, job):
    job.openings.update(target_start=timezone.localdate() - dt.timedelta(days=3))
    Opening.objects.create(job=job, number=9, status="filled", filled_at=timezone.now())
    Job.objects.filter(pk=job.pk).update(status="open", target_date=timezone.localdate() - dt.timedelta(days=3))

    late = get(client, recruiter, "job_overview", job.pk).content.decode()
    job.openings.update(status="filled")
    full = get(client, recruiter, "job_overview", job.pk).content.decode()

    assert (late.count(", late</span>"), full.count(", late</span>")) == (2, 0)
    assert "1 of 2 filled" in late and "2 of 2 filled" in full
    assert full.index('<details class="tl-filled">') < full.index(f"{job.requisition_id}-9")
    assert late.index("Put on hold") < late.index('<nav aria-label="Job">')


def test_a_filled_job_has_nobody_now_and_a_new_one_nobody_yet(client, recruiter, job):
    before = get(client, recruiter, "jobs").content.decode()
    job.openings.update(status="filled")
    after = get(client, recruiter, "jobs").content.decode()

    assert ("nobody yet" in before, "nobody now" in after) == (True, True)
