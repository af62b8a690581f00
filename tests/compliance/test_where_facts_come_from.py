"""The history of a record says of every fact through which door it came: typed, captured, imported, referred, applied, mailed, read."""

from __future__ import annotations

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from compliance import history
from hiring import acts, bulk, bulk_tasks, candidates, context, documents, merging
from hiring.documents import reading, removing
from hiring.matches import Matches
from hiring.models import Candidate, FactSource, Source
from hiring.resumes import record, taking_over
from sourcing import tasks
from sourcing.imports import batches
from sourcing.mailed.models import MailedResume
from tests import factories, files
from tests.hiring.test_resume_pages import life
from tests.pipeline.test_intake import apply
from tests.sourcing import test_capture, test_imports, test_mail_in, test_referrals


def of(person: Candidate, user) -> dict[str, str]:
    """Each fact with where its last word came from."""
    told: dict[str, str] = {}
    for change in history.of_candidate(person, user).changes:
        told.setdefault(change.label, change.origin)
    return told


def test_what_is_typed_captured_and_referred(client, recruiter, interviewer):
    client.force_login(recruiter)
    resume = SimpleUploadedFile("cv.pdf", files.pdf(), "application/pdf")
    given = {"name": "Ada Byron", "email": "ada@mail.example", "why": "sourcing", "resume": resume}
    client.post(reverse("candidate_create"), given)
    client.post(reverse("sourcing:capture_new"), test_capture.typed())
    client.force_login(interviewer)
    client.post(reverse("sourcing:refer"), test_referrals.typed(name="Karl Ohm", email="karl@ohm.example"), follow=True)

    typed, captured, referred = (
        of(Candidate.objects.get(name=name), recruiter) for name in ("Ada Byron", "Noor Haddad", "Karl Ohm")
    )

    page = "a page of the web: www.linkedin.com/in/noor-haddad"
    assert (typed["Name"], typed["E-mail"]) == ("typed", "typed")  # a file sent along brought nothing of it
    assert (captured["Name"], captured["Headline"], captured["Profile link"]) == (page, page, page)
    assert set(referred.values()) == {f"the referral by {interviewer}"}
    known = Candidate.objects.get(name="Ada Byron")
    client.force_login(recruiter)
    client.post(
        reverse("sourcing:capture_new"),
        test_capture.typed(to=known.pk, link="github.com/ada", page="https://ada.example/"),
    )
    assert of(known, recruiter)["Profile link"] == "a page of the web: ada.example"


def test_what_an_import_brings_and_changes(recruiter, db):
    source = Source.objects.create(name="Fair", kind="import")
    batch = test_imports.checked(test_imports.take(recruiter), source)
    batches.start_run(batch)
    tasks.import_step(batch.pk)
    ada = Candidate.objects.get(name="Ada Byron")
    page = history.of_candidate(ada, recruiter)

    assert {change.origin for change in page.changes} == {"the import people.csv"}
    assert {change.origin_url for change in page.changes} == {batch.get_absolute_url()}
    assert {change.entry.who for change in page.changes} == {str(recruiter)}


def test_what_is_taken_from_a_resume_and_from_a_mail(world, recruiter, monkeypatch):
    resume = documents.store(world.candidate, ContentFile(files.pdf(), name="cv.pdf"), "resume")
    with monkeypatch.context() as patched:
        patched.setattr(record, "read_text", lambda document, text: life())
        reading.read(resume.pk)
    with context.acting(door="page", actor_id=recruiter.pk, request_id="use"):
        taking_over.use(world.candidate, "headline", by=recruiter)
    stored = test_mail_in.inbound.receive(
        test_mail_in.mail(
            "Zoe Zed <zoe@zed.example>", cv=("Zoe Zed", "zoe@zed.example", "Welder at Volt Works in Lyon.")
        ).as_bytes(),
        "zoe@zed.example",
        [test_mail_in.CV],
    )
    tasks.read_mailed(MailedResume.objects.get(inbound=stored).pk)
    zoe = Candidate.objects.get(contact_points__value="zoe@zed.example")

    assert of(world.candidate, recruiter)["Headline"] == "the résumé cv.pdf"
    assert set(of(zoe, recruiter).values()) == {"the mail from zoe@zed.example"}
    removing.remove(resume, reason="Wrong file", by=recruiter)
    assert of(world.candidate, recruiter)["Headline"] == "the résumé cv.pdf, deleted since"


def test_what_an_application_a_program_and_an_act_on_many_bring(recruiter, coordinator, db):
    posting = factories.PostingFactory()
    factories.StageFactory(job=posting.job, kind="applied")
    with context.acting(door="page", request_id="form"):
        found = apply(posting, answers={}).candidate
    with context.acting(door="api", actor_id=recruiter.pk, request_id="api"):
        candidates.edit(found, by=recruiter, company="Volt")
    act = acts.start(
        bulk.kinds["owner"],
        Matches(user=recruiter, ids=(found.pk,)),
        {"owner": coordinator.pk, "name": str(coordinator)},
    )
    bulk_tasks.run_act(act.pk)

    told = of(found, recruiter)

    assert told["Name"] == f"the application for {posting.job}"
    assert told["Employer"] == "the API"
    assert told["Owner"] == f"an act on many people: {act.title}"


def test_where_facts_were_taken_from_follows_a_merge(world, recruiter):
    twin = factories.CandidateFactory()
    FactSource.objects.create(candidate=twin, page="ada.example", by=recruiter, at=twin.created_at)

    merged = merging.merge(world.candidate, twin, by=recruiter)
    joined = FactSource.objects.get().candidate
    merging.unmerge(merged, by=recruiter)

    assert (joined, FactSource.objects.get().candidate) == (world.candidate, twin)
