"""The pages of a person: what they show to whom, what a swap gets, and what they cost."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from hiring import candidates, facets, notes, person, search, timeline, todo
from hiring.documents import drafts
from hiring.models import Candidate, Document, Note, Task, TimelineEvent
from pipeline import moves
from pipeline.screening import criteria, judging
from tests import factories, files
from tests.pipeline.screened import criterion, give_resume

SOURCED = {"purpose": "sourcing", "basis": "legitimate_interest"}
SWAP = {"HX-Request": "true"}
EVIL = '<script>alert(1)</script><img src=x onerror="alert(2)">'


@pytest.fixture
def noor(recruiter):
    candidate, _ = candidates.create(
        name="Noor Haddad", emails=["noor@haddad.example"], headline="Data Engineer", location="Lyon", time_zone="Europe/Paris",
        by=recruiter, **SOURCED,
    )  # fmt: skip
    search.refresh([candidate.pk])
    return candidate


@pytest.fixture
def signed_in(client, recruiter):
    client.force_login(recruiter)
    return client


def swap(client, url, target="", **data):
    headers = {**SWAP, "HX-Target": target}
    return client.post(url, data, headers=headers) if data else client.get(url, headers=headers)


def test_somebody_without_account_is_sent_to_sign_in(client, noor):
    assert client.get(noor.get_absolute_url())["Location"].startswith("/accounts/login/")


# ---------- the list ----------


def test_the_list_shows_people_and_finds_them(signed_in, noor):
    page = signed_in.get(reverse("candidates")).content.decode()
    found = signed_in.get(reverse("candidates"), {"q": "engineer"}).content.decode()
    nobody = signed_in.get(reverse("candidates"), {"q": "zebra"}).content.decode()

    assert "Noor Haddad" in page
    assert "Noor Haddad" in found
    assert "Nobody fits" in nobody


def test_a_swap_of_the_list_gets_the_list_alone(signed_in, noor):
    response = swap(signed_in, reverse("candidates") + "?q=noor", "people")
    html = response.content.decode()

    assert html.strip().startswith('<div id="people"')
    assert "Noor Haddad" in html
    assert "HX-Request" in response["Vary"]


def test_an_empty_list_says_what_to_do(signed_in, outsider):
    assert "New candidate" in signed_in.get(reverse("candidates")).content.decode()

    signed_in.force_login(outsider)
    html = signed_in.get(reverse("candidates")).content.decode()
    assert "New candidate" not in html
    assert "one of your jobs" in html


def test_the_list_says_how_many_and_where_they_stand(signed_in, world):
    html = signed_in.get(reverse("candidates")).content.decode()

    assert ">1 person</p>" in html
    assert '<span class="tl-stage" data-kind="applied">Applied</span><span class="tl-small">Data Engineer' in html


def test_used_first_is_said_only_where_there_are_two_of_a_kind(signed_in, noor, recruiter):
    url = reverse("candidate_edit", args=[noor.pk])
    alone = signed_in.get(url).content.decode()
    candidates.add_contact_point(noor, "email", "noor@work.example", by=recruiter)

    assert ("used first" in alone, signed_in.get(url).content.decode().count("used first")) == (False, 1)


def test_last_contact_is_theirs_as_well_as_ours(signed_in, noor):
    never, today = {"q": "contacted:never"}, {"q": "contacted:<30d"}

    def names(narrow):
        return [row.name for row in signed_in.get(reverse("candidates"), narrow).context["rows"]]

    assert (names(never), names(today)) == (["Noor Haddad"], [])
    Candidate.objects.filter(pk=noor.pk).update(last_sign_of_life_at=timezone.now())
    assert (names(never), names(today)) == ([], ["Noor Haddad"])
    assert "from them" in signed_in.get(reverse("candidates")).content.decode()
    Candidate.objects.filter(pk=noor.pk).update(last_sign_of_life_at=timezone.now() - dt.timedelta(days=100))
    assert (names({"q": "contacted:>90d"}), names(today)) == (["Noor Haddad"], [])


def test_what_is_still_empty_shares_one_row_of_ways_in(signed_in, world):
    html = signed_in.get(world.candidate.get_absolute_url()).content.decode()

    ways = html[html.index('class="tl-ways"') :]
    assert (ways.count("Make offer"), ways.count("Schedule an interview"), ways.count("Enroll…")) == (1, 1, 1)
    assert (html.count("Make offer"), 'id="interviews-h"' in html, 'id="offers-h"' in html) == (1, False, False)


def test_the_drawer_decides_at_its_foot_and_the_foot_can_be_drawn_alone(signed_in, world):
    drawer = reverse("candidate_drawer", args=[world.candidate.pk])

    foot = swap(signed_in, drawer, "drawer-foot").content.decode()

    assert foot.strip().startswith('<div class="tl-drawer-foot"')
    assert [foot.count(word) for word in ("Move to Screen", "Move to…", "Reject…", "Note")] == [1, 1, 1, 1]
    assert swap(signed_in, drawer).content.decode().count('id="drawer-foot"') == 1


@pytest.mark.parametrize(("options", "hidden"), [(6, 0), (7, 0), (8, 2)])
def test_a_facet_never_hides_a_single_option(options, hidden):
    facet = facets.Shown("X", [facets.Option(str(number), 1, False, "") for number in range(options)])

    assert (len(facet.more), len(facet.first)) == (hidden, options - hidden)


def test_the_search_box_of_the_frame_stays_empty_on_the_list(signed_in, noor):
    html = signed_in.get(reverse("candidates"), {"q": "engineer"}).content.decode()

    assert html.count('value="engineer"') == 2  # the list's own box, and what "Why is this here?" is asked about


@pytest.mark.parametrize("people", [1, 3, 30])
def test_the_list_costs_the_same_for_more_people(signed_in, recruiter, people, django_assert_max_num_queries):
    for number in range(people):
        candidate, _ = candidates.create(
            name=f"Noor {number}", by=recruiter, source=factories.SourceFactory(), headline="Kafka", **SOURCED
        )
        candidates.tag(candidate, f"tag {number}", by=recruiter)
        search.refresh([candidate.pk])

    signed_in.get(reverse("candidates"))
    with django_assert_max_num_queries(10):
        assert len(signed_in.get(reverse("candidates"), {"q": "kafka"}).context["rows"]) == people


def test_a_full_page_of_the_list_stays_small_and_links_the_next(signed_in, recruiter):
    for number in range(52):
        candidates.create(
            name=f"Noor Haddad Number {number}", by=recruiter, headline="Senior Data Engineer at Fathom Grid", **SOURCED
        )

    first = signed_in.get(reverse("candidates"))
    second = signed_in.get(reverse("candidates"), {"after": first.context["next"]})

    assert len(first.content) < 150_000
    assert (len(first.context["rows"]), len(second.context["rows"]), second.context["next"]) == (50, 2, "")
    assert not set(first.context["rows"]) & set(second.context["rows"])


def test_what_people_call_themselves_is_escaped_everywhere(signed_in, recruiter, noor):
    candidates.edit(noor, by=recruiter, name=f"Noor {EVIL}", headline=EVIL, location=EVIL, source_note=EVIL)
    candidates.tag(noor, "<b>bold</b>", by=recruiter)
    notes.write(noor, EVIL, by=recruiter)
    todo.add(EVIL, by=recruiter, due_on=timezone.localdate(), candidate=noor)
    search.refresh([noor.pk])

    for url in (
        reverse("candidates") + "?q=noor",
        noor.get_absolute_url(),
        reverse("candidate_edit", args=[noor.pk]),
        reverse("candidate_resume", args=[noor.pk]),
    ):
        html = signed_in.get(url).content.decode()
        assert "<script>alert" not in html
        assert "<img src=x" not in html
        assert "<b>bold" not in html
    drawer = swap(signed_in, reverse("candidate_drawer", args=[noor.pk])).content.decode()
    assert "<script>alert" not in drawer


# ---------- several at once ----------


def test_a_bulk_action_reaches_all_who_were_ticked(signed_in, recruiter, coordinator, noor):
    other, _ = candidates.create(name="Samir", by=recruiter, **SOURCED)
    url, ticked = reverse("candidate_bulk"), [noor.pk, other.pk]

    signed_in.post(url, {"action": "tag", "value_tag": "energy", "candidate": ticked, "back": "/candidates/?q=x"})
    response = signed_in.post(url, {"action": "owner", "value_owner": coordinator.pk, "candidate": ticked}, follow=True)

    assert {use.tag.name for use in noor.tags.all()} == {use.tag.name for use in other.tags.all()} == {"energy"}
    assert set(Candidate.objects.values_list("owner", flat=True)) == {coordinator.pk}
    assert "now looks after 2 people" in response.content.decode()


def test_what_a_bulk_action_offers_to_choose_comes_when_it_is_opened(signed_in, coordinator, noor):
    choices = reverse("bulk_choices", args=["owner"])

    page, opened = signed_in.get(reverse("candidates")).content.decode(), signed_in.get(choices).content.decode()

    assert f'hx-get="{choices}"' in page and coordinator.full_name not in page
    assert f'<option value="{coordinator.pk}">{coordinator.full_name}</option>' in opened
    for typed_or_nothing in ("tag", "nonsense"):
        assert signed_in.get(reverse("bulk_choices", args=[typed_or_nothing])).status_code == 404


def test_a_bulk_action_goes_back_only_within_the_site(signed_in, noor):
    data = {"action": "tag", "value_tag": "x", "candidate": noor.pk}

    assert (
        signed_in.post(reverse("candidate_bulk"), {**data, "back": "/candidates/?q=x"})["Location"]
        == "/candidates/?q=x"
    )
    for away in ("https://evil.example/", "//evil.example", "javascript:alert(1)", "\\evil"):
        assert signed_in.post(reverse("candidate_bulk"), {**data, "back": away})["Location"] == "/candidates/"


@pytest.mark.parametrize(
    "data",
    [{"action": "tag", "value_tag": "x"}, {"action": "owner", "candidate": "1"}, {"action": "tag", "candidate": "1"}],
)
def test_a_bulk_action_without_people_or_value_is_refused(signed_in, noor, data):
    if "candidate" in data:
        data = {**data, "candidate": noor.pk}

    assert signed_in.post(reverse("candidate_bulk"), data).status_code == 409


def test_a_bulk_action_nobody_registered_is_a_bad_request(signed_in):
    assert signed_in.post(reverse("candidate_bulk"), {"action": "nonsense"}).status_code == 400


# ---------- adding ----------

GIVEN = {"name": "Noor Haddad", "email": "Noor@haddad.example", "why": "sourcing"}


def test_somebody_is_added_with_a_resume(signed_in, recruiter, noor):
    upload = SimpleUploadedFile("cv.pdf", files.pdf(), "application/pdf")

    response = signed_in.post(reverse("candidate_create"), {**GIVEN, "email": "new@haddad.example", "resume": upload})

    added = Candidate.objects.latest("pk")
    assert response["Location"] == added.get_absolute_url()
    assert (added.name, added.owner, added.documents.get().kind) == ("Noor Haddad", recruiter, "resume")


def test_a_refused_file_adds_nobody_and_keeps_what_was_typed(signed_in):
    upload = SimpleUploadedFile("cv.pdf", b"MZ this is a program", "application/pdf")

    response = signed_in.post(reverse("candidate_create"), {**GIVEN, "resume": upload})

    assert response.status_code == 422
    assert "Noor@haddad.example" in response.content.decode()
    assert (Candidate.objects.count(), Document.objects.count()) == (0, 0)


def test_a_mistake_elsewhere_does_not_cost_the_file(signed_in):
    upload = SimpleUploadedFile("cv.pdf", files.pdf(), "application/pdf")

    refused = signed_in.post(reverse("candidate_create"), {**GIVEN, "why": "", "resume": upload})
    page = refused.content.decode()
    again = {**GIVEN, "resume_draft": refused.context["form"].draft.key}
    signed_in.post(reverse("candidate_create"), again)

    assert refused.status_code == 422 and "cv.pdf is kept" in page
    assert Candidate.objects.get().documents.get().name == "cv.pdf"
    assert drafts.find(again["resume_draft"]) is None  # it has served
    forged = signed_in.post(
        reverse("candidate_create"), {**GIVEN, "email": "x@haddad.example", "resume_draft": "forged"}
    )
    assert forged.status_code == 302 and not Candidate.objects.latest("pk").documents.exists()


def test_an_address_may_stand_in_the_resume_alone(signed_in):
    def add(name, data):
        upload = SimpleUploadedFile("cv.pdf", data, "application/pdf")
        return signed_in.post(reverse("candidate_create"), {**GIVEN, "name": name, "email": "", "resume": upload})

    somebody_else = add("Noor Haddad", files.pdf())
    without = add("Samira Rahimi", files.pdf("Samira Rahimi", "Senior data engineer"))
    assert "seems to be of Samira Rahimi" in somebody_else.content.decode()
    assert "The résumé has none that could be read" in without.content.decode()
    assert not Candidate.objects.exists()

    added = add("Samira Rahimi", files.pdf())

    assert added.status_code == 302
    assert Candidate.objects.get().contact_points.get().value == "samira@rahimi.example"


def test_adding_a_known_person_lands_on_their_record_and_says_what_was_filled(signed_in, noor):
    response = signed_in.post(
        reverse("candidate_create"), {**GIVEN, "phone": "06 39 98 00 41", "headline": "CEO"}, follow=True
    )

    assert response.redirect_chain[-1][0] == noor.get_absolute_url()
    assert "You already know Noor Haddad. Added to the record: phone number." in response.content.decode()
    assert Candidate.objects.count() == 1


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"name": ""}, "required"),
        ({"email": ""}, "Give an e-mail address"),
        ({"email": "noor"}, "not an e-mail address"),
        ({"phone": "none"}, "not a phone number"),
        ({"link": "linkedin.com"}, "not one person"),
        ({"why": ""}, "required"),
        ({"why": "because"}, "Select a valid choice"),
    ],
)
def test_a_form_with_a_mistake_says_where(signed_in, given, says):
    response = signed_in.post(reverse("candidate_create"), {**GIVEN, **given})

    assert response.status_code == 422
    assert says in response.content.decode()
    assert not Candidate.objects.exists()


def test_the_form_says_at_once_that_somebody_is_known(signed_in, noor):
    known = swap(signed_in, reverse("candidate_known"), "known", email="NOOR@haddad.example").content.decode()
    unknown = swap(signed_in, reverse("candidate_known"), "known", email="other@haddad.example").content.decode()
    typing = swap(signed_in, reverse("candidate_known"), "known", email="noor@").content.decode()

    assert noor.get_absolute_url() in known
    assert unknown.strip() == typing.strip() == ""


# ---------- the profile ----------


def test_the_profile_shows_the_person_whole(signed_in, recruiter, noor):
    candidates.tag(noor, "energy", by=recruiter)
    notes.write(noor, "Runs marathons", by=recruiter)
    html = signed_in.get(noor.get_absolute_url()).content.decode()

    for shown in (
        "Noor Haddad",
        "Data Engineer",
        "Lyon",
        "noor@haddad.example",
        "energy",
        "Runs marathons",
        "tl-policy",
        "Rita Recruiter",
    ):
        assert shown in html


def test_a_private_note_is_on_nobody_elses_profile(client, admin, recruiter, noor):
    notes.write(noor, "Between me and me", by=recruiter, visibility="private")

    client.force_login(admin)
    assert "Between me" not in client.get(noor.get_absolute_url()).content.decode()
    client.force_login(recruiter)
    assert "Between me" in client.get(noor.get_absolute_url()).content.decode()


def test_the_compliance_officer_reads_and_does_not_write(client, officer, noor):
    client.force_login(officer)
    html = client.get(noor.get_absolute_url()).content.decode()

    assert "Noor Haddad" in html
    assert "tl-composer" not in html
    assert reverse("candidate_edit", args=[noor.pk]) not in html


def test_somebody_merged_into_a_person_one_may_not_see_stays_unknown(client, outsider, recruiter, noor):
    other, _ = candidates.create(name="N. Haddad", by=recruiter, **SOURCED)
    Candidate.objects.filter(pk=other.pk).update(merged_into=noor)
    client.force_login(outsider)

    assert client.get(other.get_absolute_url()).status_code == 404


@pytest.mark.parametrize(("target", "has", "lacks"), [("timeline", 'id="timeline"', "tl-who"), ("composer", 'id="composer"', 'id="timeline"'), ("tags", 'id="tags"', "tl-who"), ("older", "<li", 'id="timeline"')])  # fmt: skip # noqa: E501
def test_a_swap_gets_the_part_it_asked_for(signed_in, noor, target, has, lacks):
    html = swap(signed_in, noor.get_absolute_url(), target).content.decode()

    assert has in html
    assert lacks not in html
    assert "<html" not in html


def test_older_events_follow_on_request(signed_in, recruiter, noor):
    for number in range(timeline.PAGE + 5):
        notes.write(noor, f"Note number {number}.", by=recruiter)

    first = signed_in.get(noor.get_absolute_url())
    older = swap(signed_in, f"{noor.get_absolute_url()}?before={first.context['page'].older}", "older").content.decode()

    assert "Note number 4." not in first.content.decode()
    assert "Note number 4." in older
    assert 'id="older"' not in older


@pytest.fixture
def cost(signed_in, recruiter, django_assert_num_queries):
    """How many queries a page takes, its second time."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def count(url, **headers):
        signed_in.get(url, headers=headers)
        with CaptureQueriesContext(connection) as queries:
            assert signed_in.get(url, headers=headers).status_code == 200
        return len(queries)

    return count


def test_the_profile_costs_the_same_with_ten_thousand_events(cost, recruiter, world):
    candidate = world.candidate
    for number in range(3):
        note = notes.write(candidate, f"Note {number}", by=recruiter)
    few = cost(candidate.get_absolute_url())

    at = timezone.now()
    TimelineEvent.objects.bulk_create(
        TimelineEvent(
            candidate=candidate,
            kind="note.written",
            actor=recruiter,
            at=at - dt.timedelta(minutes=number),
            data={"note": note.pk},
        )
        for age in range(10_000)
    )
    assert cost(candidate.get_absolute_url()) == few


def test_a_profile_asks_only_for_what_the_person_has(cost, recruiter, noor):
    bare = cost(noor.get_absolute_url())
    todo.add("Call her", by=recruiter, candidate=noor, due_on=timezone.localdate())

    assert bare <= 6
    assert cost(noor.get_absolute_url()) > bare
    found = person.find(recruiter, noor.pk)
    assert person.has(found, "tasks") and not person.has(found, "offers")
    assert all(person.has(noor, kind) for kind in person.kept)  # not fetched by find: there may be any


def test_the_profile_of_somebody_in_process_keeps_to_twelve_queries(cost, recruiter, world):
    notes.write(world.candidate, "Knows the field.", by=recruiter)
    give_resume(world.candidate)
    criteria.add(world.job, criterion("skill", skill="Python"), by=None)
    judging.mark([world.application.pk])
    judging.judge_due([world.application.pk])
    moves.move(world.application, world.stages["screen"], by=recruiter)

    assert cost(world.candidate.get_absolute_url()) <= 12


def test_the_profile_costs_the_same_with_more_applications(cost, world):
    factories.ApplicationFactory(candidate=world.candidate)
    one_more = cost(world.candidate.get_absolute_url())
    factories.ApplicationFactory.create_batch(4, candidate=world.candidate)

    assert cost(world.candidate.get_absolute_url()) == one_more


# ---------- the drawer and the résumé ----------


def test_the_drawer_shows_the_person_in_brief(signed_in, recruiter, noor):
    notes.write(noor, "Runs marathons", by=recruiter)
    html = swap(signed_in, reverse("candidate_drawer", args=[noor.pk])).content.decode()

    assert "<html" not in html
    for shown in ('id="drawer-title"', "Noor Haddad", "Runs marathons", "Full page", "tl-composer"):
        assert shown in html


def test_the_drawer_by_itself_is_the_full_page(signed_in, noor):
    assert signed_in.get(reverse("candidate_drawer", args=[noor.pk]))["Location"] == noor.get_absolute_url()


def test_the_resume_page_shows_pages_beside_facts(signed_in, noor):
    from django.core.files.base import ContentFile

    from hiring import documents
    from hiring.documents import reading

    url = reverse("candidate_resume", args=[noor.pk])
    assert "No document yet" in signed_in.get(url).content.decode()

    document = documents.store(noor, ContentFile(files.pdf(), name="cv.pdf"), "resume")
    reading.read(document.pk)
    html = signed_in.get(url).content.decode()
    assert reverse("document_page", args=[document.pk, 1]) in html
    assert "noor@haddad.example" in html
    assert signed_in.get(url, {"document": 10**6}).status_code == 404


# ---------- writing ----------


def test_a_note_is_written_in_place(signed_in, recruiter, noor):
    response = swap(
        signed_in, reverse("note_write", args=[noor.pk]), "composer", text="Strong on ownership", visibility="private"
    )

    note = Note.objects.get()
    assert (note.text, note.visibility, note.author) == ("Strong on ownership", "private", recruiter)
    assert 'id="composer"' in response.content.decode()
    assert "Strong" not in response.content.decode()
    assert "timeline-changed" in response["HX-Trigger"]


def test_a_note_without_scripts_comes_back_to_the_page(signed_in, noor):
    response = signed_in.post(reverse("note_write", args=[noor.pk]), {"text": "Word"}, follow=True)

    assert response.redirect_chain[-1][0] == noor.get_absolute_url()
    assert "Note saved." in response.content.decode()


def test_an_empty_note_is_refused_without_losing_the_page(signed_in, noor):
    response = swap(signed_in, reverse("note_write", args=[noor.pk]), "composer", text=" ")

    assert response.status_code == 409
    assert not Note.objects.exists()


def test_a_team_note_reaches_the_team_of_the_current_job(client, world):
    job = world.job
    timeline.record(world.candidate, "application.opened", None, job=job)
    client.force_login(world.people["recruiter"])
    client.post(reverse("note_write", args=[world.candidate.pk]), {"text": "Word", "visibility": "team"})

    assert Note.objects.get().job == job
    assert Note.objects.visible_to(world.people["hiring_manager"]).exists()


def test_of_several_jobs_in_process_one_is_asked_for(client, world):
    other = factories.ApplicationFactory(candidate=world.candidate)
    client.force_login(world.people["recruiter"])
    write = reverse("note_write", args=[world.candidate.pk])
    profile = client.get(world.candidate.get_absolute_url()).text

    unsaid = client.post(write, {"text": "Word", "visibility": "team"})
    client.post(write, {"text": "Of one", "visibility": "team", "about": other.job_id})
    client.post(write, {"text": "Of the person", "visibility": "team", "about": "person"})
    client.post(write, {"text": "Mine", "visibility": "private"})

    assert f'<option value="{other.job_id}">' in profile
    assert unsaid.status_code == 422 and "Say which one this is about." in unsaid.text and "Word" in unsaid.text
    assert set(Note.objects.values_list("text", "job")) == {
        ("Of one", other.job_id),
        ("Of the person", None),
        ("Mine", None),
    }


def test_a_note_cannot_be_filed_under_a_job_one_does_not_see(client, world):
    secret = factories.JobFactory(confidential=True)
    client.force_login(world.people["hiring_manager"])
    response = client.post(reverse("note_write", args=[world.candidate.pk]), {"text": "Word", "job": secret.pk})

    assert (
        response.status_code == 422 and "You do not see this job" in response.text and secret.title not in response.text
    )
    assert not Note.objects.exists()


def test_a_call_is_logged_from_the_composer(signed_in, noor):
    swap(signed_in, reverse("note_write", args=[noor.pk]), "composer", text="No answer", kind="call")

    noor.refresh_from_db()
    assert Note.objects.get().kind == "call"
    assert noor.last_contacted_at
    assert noor.last_sign_of_life_at is None  # "They answered" was not ticked


def test_a_task_is_planned_ticked_and_taken_back(signed_in, recruiter, noor):
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    swap(signed_in, reverse("task_add", args=[noor.pk]), "composer", text="Send rota", due_on=tomorrow.isoformat())
    task = Task.objects.get()
    assert "Send rota" in signed_in.get(noor.get_absolute_url()).content.decode()

    response = signed_in.post(reverse("task_done", args=[task.pk]), headers=SWAP)
    assert reverse("task_reopen", args=[task.pk]) in response["HX-Trigger"]
    signed_in.post(reverse("task_reopen", args=[task.pk]))

    task.refresh_from_db()
    assert (task.assignee, task.done_at) == (recruiter, None)


def test_somebody_elses_own_task_is_not_mine_to_tick(client, recruiter, outsider):
    task = todo.add("Order chairs", by=recruiter, due_on=timezone.localdate())
    client.force_login(outsider)

    assert client.post(reverse("task_done", args=[task.pk])).status_code == 404


# ---------- the record ----------


def test_facts_are_edited_in_place_and_as_a_page(signed_in, noor):
    url = reverse("candidate_edit", args=[noor.pk])
    part = swap(signed_in, url, "facts").content.decode()
    response = signed_in.post(url, {"name": "Noor El Haddad", "location": "Paris"}, headers=SWAP)

    noor.refresh_from_db()
    assert part.strip().startswith('<div class="tl-edit">')
    assert response["HX-Redirect"] == noor.get_absolute_url()
    assert (noor.name, noor.location, noor.headline) == ("Noor El Haddad", "Paris", "")
    assert signed_in.post(url, {"name": ""}).status_code == 422


def test_contact_points_are_kept_in_place(signed_in, noor):
    added = swap(
        signed_in, reverse("contact_point_add", args=[noor.pk]), "contacts", kind="phone", raw="06 39 98 00 41"
    )
    refused = swap(signed_in, reverse("contact_point_add", args=[noor.pk]), "contacts", kind="email", raw="nonsense")
    point = noor.contact_points.get(kind="phone")
    signed_in.post(reverse("contact_point_remove", args=[point.pk]))

    assert "06 39 98 00 41" in added.content.decode()
    assert refused.status_code == 409
    assert noor.contact_points.count() == 1


def test_a_tag_goes_on_and_off_with_undo(signed_in, noor):
    on = swap(signed_in, reverse("candidate_tag", args=[noor.pk]), "tags", name="energy")
    tag = noor.tags.get().tag
    off_url = reverse("candidate_untag", args=[noor.pk, tag.pk])
    off = signed_in.post(off_url, headers={**SWAP, "HX-Target": "tags"})
    back = signed_in.post(reverse("candidate_tag", args=[noor.pk]) + "?name=energy", headers=SWAP)

    assert off_url in on["HX-Trigger"]
    assert "?name=energy" in off["HX-Trigger"]
    assert "tags-changed" in back["HX-Trigger"]
    assert noor.tags.get().tag == tag
    assert signed_in.post(reverse("candidate_untag", args=[noor.pk, tag.pk + 999])).status_code == 404


def test_owner_and_do_not_contact_are_set_from_the_editor(signed_in, coordinator, noor):
    signed_in.post(reverse("candidate_set_owner", args=[noor.pk]), {"owner": coordinator.pk})
    wrong = signed_in.post(reverse("candidate_stop_contact", args=[noor.pk]), {"value": "on"})
    signed_in.post(reverse("candidate_stop_contact", args=[noor.pk]), {"value": "on", "reason": "Asked"})

    noor.refresh_from_db()
    assert wrong.status_code == 422
    assert (noor.owner, noor.do_not_contact, noor.do_not_contact_reason) == (coordinator, True, "Asked")
    assert "No outreach: do not contact" in signed_in.get(noor.get_absolute_url()).content.decode()


def test_the_chip_of_an_applicant_speaks_of_outreach_and_leaves_room_for_the_application(signed_in, world):
    """Whoever has just applied gave no permission for outreach; mail about the application may be sent."""
    profile = signed_in.get(world.candidate.get_absolute_url()).content.decode()
    composer = signed_in.get(reverse("message_write", args=[world.candidate.pk])).content.decode()

    assert "No outreach now: in an application" in profile
    assert 'data-policy="wait"' in profile
    assert "Mail about the application may be sent." in profile
    assert "lawful basis" not in profile
    assert "May send about the application" in composer


def test_an_applicant_whose_address_bounced_gets_no_mail_at_all(signed_in, world):
    world.candidate.contact_points.update(bounced_at=timezone.now())

    profile = signed_in.get(world.candidate.get_absolute_url()).content.decode()

    assert "No outreach: address bounced" in profile
    assert "Mail about the application may be sent." not in profile


def test_a_document_is_added_and_shown(signed_in, noor):
    url = reverse("candidate_add_document", args=[noor.pk])
    response = signed_in.post(url, {"file": SimpleUploadedFile("cv.pdf", files.pdf()), "kind": "other"})

    document = noor.documents.get()
    assert response["Location"].endswith(f"?document={document.pk}")
    assert signed_in.post(url, {"kind": "other"}).status_code == 409
    assert (
        signed_in.post(url, {"file": SimpleUploadedFile("cv.pdf", files.pdf()), "kind": "offer_letter"}).status_code
        == 409
    )


def test_no_link_leads_an_interviewer_to_a_page_that_is_not_theirs(client, world, interviewer):
    client.force_login(interviewer)
    page = client.get(reverse("candidate", args=[world.candidate.pk])).content.decode()

    board, people = reverse("pipeline:board", args=[world.job.pk]), reverse("candidates")
    assert str(world.job.title) in page
    assert f'href="{board}"' not in page and f'href="{people}"' not in page


def test_a_time_zone_reads_as_a_place_and_the_one_in_use_stays_choosable(signed_in, noor):
    noor.time_zone = "US/Pacific"  # an old name that is not on offer
    noor.save()

    form = signed_in.get(reverse("candidate_edit", args=[noor.pk])).context["facts"]

    continents = dict(form.fields["time_zone"].choices)
    assert ("Europe/Lisbon", "Lisbon") in continents["Europe"]
    assert continents["US/Pacific"] == "US/Pacific"
