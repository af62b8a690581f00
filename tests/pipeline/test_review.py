"""Review: one after another, the next one ready, nobody decided on twice, and a record of what was known."""

import html
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from hiring.models import Document, DocumentText, ParsedProfile
from hiring.resumes import record
from pipeline import moves
from pipeline.blind import setting, whom
from pipeline.decisions import words
from pipeline.models import DecisionRecord, RejectionReason, ReviewSnooze
from pipeline.screening import correcting, criteria, judging
from pipeline.screening.criteria import Criterion
from tests import factories

TEXT = "Noor Haddad\nExperience\nData Engineer, Fjordline Energy, 2019 - 2024\nRan Kafka pipelines in Python.\n"


@pytest.fixture
def judged(world, recruiter):
    """The world's person with a résumé, judged by two criteria: one it shows, one it does not."""
    document = Document.objects.create(
        candidate=world.candidate, kind="resume", file="x", name="cv.pdf", content_type="application/pdf", size=1,
        sha256="0" * 64, status="ready", uploaded_at=timezone.now(),
    )  # fmt: skip
    DocumentText.objects.create(document=document, text=TEXT, reader_version="1")
    ParsedProfile.objects.create(
        document=document, status="done", due_at=timezone.now(), parsed_at=timezone.now(),
        profile=record.read_text(document, TEXT).as_json(),
    )  # fmt: skip
    world.application.resume = document
    world.application.save()
    criteria.add(
        world.job,
        Criterion("skill", "must", asks={"skill": "Kafka"}),
        Criterion("skill", "must", asks={"skill": "COBOL"}),
        by=recruiter,
    )
    judging.mark([world.application.pk])
    judging.judge_due([world.application.pk])
    return world


def url(world):
    return reverse("pipeline:review", args=[world.job.pk])


def advance(client, world, application, **more):
    headers = more.pop("headers", {})
    data = {"application": application.pk, "seen": application.stage_id, "done": 0, **more}
    return client.post(url(world), data, headers=headers)


def test_criteria_stand_beside_the_words_that_show_them(client, judged, recruiter):
    client.force_login(recruiter)
    page = client.get(url(judged), {"view": "text"}).content.decode()

    assert "1 of 2 met" in page and "Suggested, you decide" in page
    assert 'id="text-quote-1" data-place="quote-1"' in page and 'href="#text-quote-1"' in page
    assert "A must is not found. Why advance all the same?" in page and 'form="advance"' in page


def test_an_advance_is_recorded_with_what_was_seen_and_why_all_the_same(client, judged, recruiter):
    client.force_login(recruiter)
    response = advance(
        client, judged, judged.application, override_reason="Learns fast", document=judged.application.resume_id
    )

    kept = DecisionRecord.objects.get()
    assert (kept.way, kept.is_override, kept.override_reason) == ("review", True, "Learns fast")
    assert (kept.resume, len(kept.judgements), kept.was_blind) == (judged.application.resume_id, 2, False)
    page = client.get(response["Location"]).content.decode()
    assert "Advanced Noor Haddad to Screen" in page and 'data-key="u"' in page and "All 1 reviewed" in page
    client.post(reverse("pipeline:application_undo", args=[judged.application.pk]))
    assert "Noor Haddad</a>" in client.get(url(judged)).content.decode()


def test_the_answer_says_only_what_was_done_where_the_right_person_is_shown_already(client, world, recruiter):
    second, third = (factories.ApplicationFactory(stage=world.stages["applied"]) for _ in range(2))
    client.force_login(recruiter)
    swap = {"HX-Request": "true", "HX-Target": "review"}

    right = advance(client, world, world.application, headers={**swap, "X-Shown-Next": str(second.pk)})
    wrong = advance(client, world, second, headers={**swap, "X-Shown-Next": str(world.application.pk)})

    assert (right["HX-Retarget"], "tl-review-doc" in right.content.decode()) == ("#review-last", False)
    assert "HX-Retarget" not in wrong and third.candidate.name in wrong.content.decode()
    assert f"last={second.pk}" in wrong["HX-Push-Url"]


def test_two_who_review_at_once_do_not_decide_twice(client, world, recruiter, manager):
    client.force_login(recruiter)
    moves.move(world.application, world.stages["screen"], by=manager)

    stale = advance(client, world, world.application, seen=world.stages["applied"].pk, headers={"HX-Request": "true"})

    assert stale.status_code == 409 and "Max Manager already moved Noor Haddad to Screen" in stale["HX-Trigger"]
    assert DecisionRecord.objects.count() == 1
    page = client.get(url(world), {"application": world.application.pk}).content.decode()
    assert "was looked at already and stands in Screen" in page


def test_it_is_narrowed_by_source_and_by_what_is_met_only_when_asked(client, judged, recruiter):
    other = factories.ApplicationFactory(stage=judged.stages["applied"], source=factories.SourceFactory(name="Fair"))
    client.force_login(recruiter)
    kafka = criteria.of_job(judged.job).criteria[0].key

    def shown(**asked):
        page = client.get(url(judged), asked).content.decode()
        return [name for name in ("Noor Haddad", other.candidate.name) if f">{name}</a></h1>" in page]

    assert shown() == ["Noor Haddad"]
    assert shown(source=other.source_id) == [other.candidate.name]
    assert shown(meets=f"c-{kafka}") == ["Noor Haddad"]
    assert shown(meets="musts") == [] and shown(meets="nonsense") == ["Noor Haddad"]
    assert "Nobody waits under this filter" in client.get(url(judged), {"meets": "musts"}).content.decode()
    assert "of 2 reviewed" in client.get(url(judged)).content.decode()


def test_steps_lead_to_the_one_before_and_behind(client, world, recruiter):
    second = factories.ApplicationFactory(stage=world.stages["applied"])
    client.force_login(recruiter)
    page = client.get(url(world), {"application": second.pk}).content.decode()

    assert f"application={world.application.pk}" in page and 'data-step="ArrowLeft"' in page
    assert 'data-step="ArrowRight"' not in page
    first = client.get(url(world)).content.decode()
    assert f'data-next-application="{second.pk}"' in first and 'data-step="ArrowLeft"' not in first


def test_the_page_that_is_fetched_ahead_counts_whoever_is_decided_by_then(client, world, recruiter):
    for _ in range(3):
        factories.ApplicationFactory(stage=world.stages["applied"])
    client.force_login(recruiter)
    now = client.get(url(world)).text

    ahead = client.get(html.unescape(re.search(r'data-next="([^"]+)"', now)[1])).text

    assert "0 of 4 reviewed" in now and "1 of 4 reviewed" in ahead


def test_a_hidden_person_is_reviewed_by_what_they_can_do(client, judged, recruiter, manager):
    setting.switch_on(judged.job, judged.stages["interview"], by=recruiter)
    client.force_login(manager)
    page = client.get(url(judged)).content.decode()

    assert whom.pseudonym(judged.application.pk) in page and "Noor" not in page and "cv.pdf" not in page
    assert "Kafka" in page and '<span class="tl-cut">name</span>' in page and 'id="text-quote-1"' in page
    assert "See who this is" not in page
    advance(client, judged, judged.application)
    assert DecisionRecord.objects.get().was_blind
    led = client.get(reverse("candidate", args=[judged.candidate.pk]))
    assert led.status_code == 302 and led["Location"].endswith(f"?application={judged.application.pk}")


def test_a_recruiter_sees_one_for_a_reason_from_the_page(client, judged, recruiter, admin):
    setting.switch_on(judged.job, judged.stages["interview"], by=admin, hidden_from="everybody")
    client.force_login(recruiter)
    page = client.get(url(judged)).content.decode()
    assert "See who this is" in page and "Noor" not in page

    address = reverse("pipeline:unmask", args=[judged.application.pk])
    assert client.post(address, {"reason": ""}).status_code == 422
    client.post(address, {"reason": "They called", "next": url(judged)})

    assert "Noor Haddad" in client.get(url(judged)).content.decode()
    log = client.get(reverse("pipeline:blind", args=[judged.job.pk])).content.decode()
    table = b"".join(client.get(reverse("pipeline:unmaskings", args=[judged.job.pk])).streaming_content).decode()
    assert "Rita Recruiter saw who Noor Haddad is: “They called”" in log and "They called" in table


@pytest.mark.parametrize("waiting", [2, 9])
def test_it_asks_no_more_the_more_wait(client, judged, recruiter, waiting):
    factories.ApplicationFactory.create_batch(waiting, stage=judged.stages["applied"])
    client.force_login(recruiter)
    client.get(url(judged))
    with CaptureQueriesContext(connection) as asked:
        client.get(url(judged))

    counts = test_it_asks_no_more_the_more_wait.__dict__.setdefault("counts", [])
    counts.append(len(asked))
    assert len(set(counts)) == 1 and counts[0] <= 45, counts


def test_it_is_narrowed_by_what_stands_corrections_included(client, judged, recruiter):
    """What a person put right counts as what the rules found, in either direction."""
    kafka, cobol = criteria.of_job(judged.job).criteria
    client.force_login(recruiter)

    def is_shown(meets):
        return ">Noor Haddad</a></h1>" in client.get(url(judged), {"meets": meets}).content.decode()

    assert (is_shown("musts"), is_shown("any"), is_shown(f"c-{cobol.key}")) == (False, False, False)
    correcting.correct(judged.application, cobol.key, "met", "Wrote it for years", by=recruiter)
    assert (is_shown("musts"), is_shown("any"), is_shown(f"c-{cobol.key}")) == (True, True, True)
    correcting.correct(judged.application, kafka.key, "not_found", "Only heard of it", by=recruiter)
    assert (is_shown("musts"), is_shown("any"), is_shown(f"c-{kafka.key}")) == (False, False, False)


def test_a_judgement_is_put_right_without_leaving_the_review(client, judged, recruiter):
    cobol = criteria.of_job(judged.job).criteria[1]
    client.force_login(recruiter)
    page = client.get(url(judged)).content.decode()
    address = reverse("pipeline:judgement_correct", args=[judged.application.pk, cobol.key])
    assert f'hx-get="{address}?next=' in page and 'data-key="c"' in page
    here = f"{url(judged)}?done=0&application={judged.application.pk}"
    swap = {"HX-Request": "true"}

    form = client.get(address, {"next": here}, headers=swap).content.decode()
    empty = client.post(address, {"verdict": "met", "reason": "", "next": here}, headers=swap)
    done = client.post(address, {"verdict": "met", "reason": "Said so on the phone", "next": here}, headers=swap)

    assert "part=criteria" in form and empty.status_code == 422 and "Say why" in empty.content.decode()
    assert done.status_code == 204 and "judgement-corrected" in done["HX-Trigger"]
    part = client.get(f"{here}&part=criteria", headers=swap).content.decode()
    assert "2 of 2 met" in part and "Said so on the phone" in part and "tl-decide" not in part
    assert "A must is not found" in page and "A must is not found" not in part


def test_a_no_names_the_criteria_it_rests_on(client, judged, recruiter):
    kafka, cobol = criteria.of_job(judged.job).criteria
    client.force_login(recruiter)
    address = reverse("pipeline:application_reject", args=[judged.application.pk])
    form = client.get(address, {"next": url(judged)}).content.decode()

    assert re.search(rf'value="{cobol.key}"[^>]*checked', form) and f'value="{kafka.key}"' not in form
    assert re.search(r"<option value=\"\d+\" selected>Lacks a required skill", form)
    swap = {"HX-Request": "true"}
    permit = RejectionReason.objects.get(code="no-work-permit")
    other = client.get(address, {"reason": permit.pk, "criteria": [cobol.key]}, headers=swap).content.decode()
    assert 'id="reject-grounds" hx-swap-oob="true"' in other and f'value="{cobol.key}"' in other
    assert not re.search(rf'value="{cobol.key}"[^>]*checked', other)  # what is not found is no ground for another no
    reason = RejectionReason.objects.get(code="closer-candidate")  # free to choose another reason
    client.post(address, {"reason": reason.pk, "criteria": [cobol.key], "next": url(judged)})

    kept = DecisionRecord.objects.for_reading().get()
    assert (kept.way, kept.reason, kept.grounds) == (
        "review", reason, [{"key": cobol.key, "name": "COBOL", "verdict": "not_found"}],
    )  # fmt: skip
    assert "Because of: “COBOL” (not found)." in words.told(kept).sentences


def test_a_no_to_somebody_who_meets_every_must_may_say_why(client, judged, recruiter):
    for one in criteria.of_job(judged.job).criteria:
        correcting.correct(judged.application, one.key, "met", "Seen", by=recruiter)
    client.force_login(recruiter)
    address = reverse("pipeline:application_reject", args=[judged.application.pk])
    form = client.get(address).content.decode()
    assert "Every must is met: why not?" in form and "Because of these criteria" not in form

    reason = RejectionReason.objects.get(code="position-filled")
    client.post(address, {"reason": reason.pk, "override_reason": "The job is filled"})

    kept = DecisionRecord.objects.get()
    assert (kept.way, kept.is_override, kept.override_reason, kept.grounds) == ("hand", True, "The job is filled", [])


def test_somebody_put_off_comes_back_on_their_day(client, world, recruiter):
    second = factories.ApplicationFactory(stage=world.stages["applied"])
    client.force_login(recruiter)
    address = reverse("pipeline:review_snooze", args=[world.application.pk])
    assert "Later…" in client.get(url(world)).content.decode()

    told = client.post(address, {"soon": "tomorrow", "next": f"{url(world)}?after={world.application.pk}"}, follow=True)

    page = told.content.decode()
    assert "Noor Haddad comes back on" in page and f">{second.candidate.name}</a></h1>" in page
    assert "0 of 1 reviewed" in page and "Put off until later (1)" in page
    put_off = client.get(url(world), {"snoozed": 1}).content.decode()
    assert ">Noor Haddad</a></h1>" in put_off and "Put off by Rita Recruiter" in put_off
    ReviewSnooze.objects.update(until=timezone.now())
    assert "0 of 2 reviewed" in client.get(url(world)).content.decode()


def test_a_snooze_is_refused_where_it_makes_no_sense_and_taken_back(client, world, recruiter):
    client.force_login(recruiter)
    address = reverse("pipeline:review_snooze", args=[world.application.pk])
    for day in ("", "2020-01-01", "2999-01-01", "tomorrow"):
        assert client.post(address, {"until": day}).status_code == 409
    client.post(address, {"soon": "week"})
    assert world.job.applications.to_review().count() == 0 and world.job.applications.put_off().count() == 1

    client.post(reverse("pipeline:review_wake", args=[world.application.pk]))
    assert world.job.applications.to_review().count() == 1
    moves.move(world.application, world.stages["screen"], by=recruiter)
    assert client.post(address, {"soon": "week"}).status_code == 409
