"""Who may use which address of the shared core."""

import datetime as dt

from django.core.files.base import ContentFile
from django.utils import timezone

from hiring import (
    acts,
    api_keys,
    approvals,
    bulk,
    candidates,
    documents,
    first_admin,
    links,
    merging,
    notes,
    notifications,
    stand_ins,
    staying,
    todo,
)
from hiring.application_form import sets
from hiring.documents import reading
from hiring.matches import Matches
from hiring.models import (
    Absence,
    ApprovalChain,
    Document,
    DuplicatePair,
    MergeRecord,
    PersonalLink,
    ProfileCorrection,
    QuestionSet,
)
from hiring.resumes import corrections
from tests import factories, files
from tests.matrix import EVERYBODY, Rule


def document(world):
    """The résumé of the world's candidate, read."""
    found = Document.objects.filter(candidate=world.candidate).first()
    if not found:
        found = documents.store(world.candidate, ContentFile(files.pdf(), name="cv.pdf"), "resume")
        reading.read(found.pk)
    return found


EDITORS = frozenset({"admin", "recruiter", "hiring_manager"})


def asked(world):
    """A waiting approval of the world's job: the recruiter asks, the administrator is asked."""
    found = approvals.current("job", world.job.pk)
    if not found:
        chain = ApprovalChain.objects.create(name="World", subject_kind="job")
        chain.groups.create(position=0).approvers.add(world.people["admin"])
        found = approvals.request("job", world.job.pk, by=world.people["recruiter"], snapshot={})
    return found


def approve_token(world):
    asked(world)
    return links.token(PersonalLink.objects.get(purpose="approve"))


def job(world):
    return [world.job.pk]


def question(world):
    """A question of the form of the world's job."""
    world.posting.questions = [
        {"key": "why", "label": "Why us?", "type": "choice", "required": True, "options": ["Grid", "Team"]}
    ]
    world.posting.save(update_fields=["questions"])
    return [world.job.pk, "why"]


SET_KEEPERS = frozenset({"admin", "recruiter"})


def question_set(world):
    """A set with two questions."""
    found = QuestionSet.objects.filter(name="World").first()
    if not found:
        rows = [
            {"key": "van", "label": "Do you drive vans?", "type": "yes_no", "required": True, "options": []},
            {"key": "why", "label": "Why?", "type": "text", "required": False, "options": []},
        ]
        found = sets.create("World", by=world.people["recruiter"], questions=rows)
    return [found.pk]


def set_question(world):
    return [*question_set(world), "why"]


def absence(world):
    """Days of the recruiter's, whom the administrator stands in for."""
    mine = Absence.objects.standing().filter(user=world.people["recruiter"])
    day = timezone.localdate()
    stand_in = world.people["admin"]
    found = mine.first() or stand_ins.appoint(world.people["recruiter"], stand_in, day, day + dt.timedelta(days=1))
    return [found.pk]


def member(world):
    return [world.job.pk, world.job.team.get(role="interviewer").pk]


def opening(world):
    """One of the job's openings, which can be cancelled because another stays."""
    found = world.job.openings.order_by("-number").first()
    if found is None or world.job.openings.count() < 2:
        found = world.job.openings.create(number=(found.number if found else 0) + 50)
    return [world.job.pk, found.pk]


def of_job(allowed=EDITORS, **more):
    return Rule(args=job, allowed=allowed, outsider=404, **more)


def point(world):
    """A phone number of the world's candidate, theirs again after somebody removed it."""
    found = world.candidate.contact_points.filter(kind="phone").first()
    return found or candidates.add_contact_point(world.candidate, "phone", "+33639980041", by=world.people["recruiter"])


def parsed(world):
    """The world's candidate, with a résumé that was read."""
    document(world)
    return [world.candidate.pk]


def correction(world):
    """A correction of the profile of the world's candidate that stands."""
    standing = ProfileCorrection.objects.standing().filter(candidate=world.candidate).first()
    return [(standing or corrections.correct_fact(world.candidate, "location", "Lyon", by=None)).pk]


def tag(world):
    return candidates.tag(world.candidate, "energy", by=world.people["recruiter"])


def task(world):
    """A task about the world's candidate that is nobody's of those who try."""
    found = world.candidate.tasks.first()
    if not found:
        doer = factories.UserFactory()
        found = todo.add("Call", by=doer, due_on=timezone.localdate(), candidate=world.candidate)
    return found


def told(world):
    """Something the recruiter was told."""
    rita = world.people["recruiter"]
    notifications.tell(rita, notifications.MENTIONED, "Ada mentioned you.", key="world", url="/candidates/")
    return [rita.notifications.get(key="world").pk]


def own_note(world):
    """A note of the recruiter's that everyone may read, there again after somebody deleted it."""
    rita = world.people["recruiter"]
    note = world.candidate.notes.filter(author=rita, deleted_at=None).first()
    note = note or notes.write(world.candidate, "Word", by=rita, visibility="everyone")
    return [note.pk]


def deleted_note(world):
    rita = world.people["recruiter"]
    return [notes.delete(notes.write(world.candidate, "Word", by=rita), by=rita).pk]


def pair(world):
    """A pair of the world's candidate with somebody who looks alike, not decided."""
    found = DuplicatePair.objects.waiting().filter(first=world.candidate).first()
    if not found:
        twin = factories.CandidateFactory(name=world.candidate.name)
        found = DuplicatePair.objects.create(first=world.candidate, second=twin, score=80, found_at=timezone.now())
    return [found.pk]


def merged(world):
    """A merge into the world's candidate that stands."""
    found = MergeRecord.objects.standing().filter(survivor=world.candidate).first()
    return [(found or merging.merge(world.candidate, factories.CandidateFactory(), by=None)).pk]


def person(world):
    return [world.candidate.pk]


def act(world):
    """The recruiter has tagged the world's candidate, as a bulk act that nobody took back."""
    matches = Matches.ticked(world.people["recruiter"], [world.candidate.pk])
    params = {"tag": candidates.tag_named("energy").pk, "name": "energy"}
    return [acts.run(acts.start(bulk.kinds["tag"], matches, params)).pk]


def export(world):
    """A file for whoever asks last: only its maker may have it."""
    matches = Matches.ticked(world.people["recruiter"], [world.candidate.pk])
    params = {"columns": ["name"], "format": "csv", "name": "CSV"}
    return [acts.run(acts.start(bulk.kinds["export"], matches, params)).pk]


WORKS = frozenset({"admin", "recruiter", "coordinator"})
OWN = frozenset({"admin", "recruiter"})
WRITES = EVERYBODY - {"compliance_officer"}


def own_key(world):
    """A key of the recruiter's."""
    found = world.people["recruiter"].api_keys.first()
    return [(found or api_keys.make(world.people["recruiter"], "Theirs", scope="read", days=1)[0]).pk]


def sent(world):
    """Somebody new, as a program sends them."""
    source = factories.SourceFactory()
    return {
        "name": "Mira Sol",
        "emails": ["mira@sol.example"],
        "source": source.name,
        "purpose": "sourcing",
        "basis": "legitimate_interest",
    }


def promise(world):
    made = world.candidate.promises.first() or world.candidate.promises.create(
        owner=world.people["recruiter"], text="Call in spring", due_on=timezone.localdate(), made_at=timezone.now()
    )
    return [made.pk]


ROUTES = {
    "today": Rule(),
    "search_box": Rule(data=lambda world: {"q": "noor"}),
    "menu_counts": Rule(),
    "following": Rule(),
    "colleagues": Rule(data=lambda world: {"q": "ri"}),
    "candidate_follow": Rule(args=person, allowed=WRITES, outsider=404, method="post"),
    "candidate_followers": Rule(args=person, allowed=EVERYBODY, outsider=404),
    "candidate_timeline_jobs": Rule(args=person, outsider=404),
    "job_follow": Rule(args=job, allowed=WRITES, outsider=404, method="post"),
    "job_followers": Rule(args=job, allowed=EVERYBODY, outsider=404),
    "note_edit": Rule(args=own_note, allowed=frozenset({"recruiter"}), outsider=404),
    "note_versions": Rule(args=own_note, allowed=EVERYBODY, outsider=404),
    "note_delete": Rule(args=own_note, allowed=frozenset({"recruiter"}), outsider=404, method="post"),
    "note_restore": Rule(args=deleted_note, allowed=frozenset({"recruiter"}), others=404, method="post"),
    "task_edit": Rule(args=lambda world: [task(world).pk], allowed=WRITES, outsider=404),
    "custom_fields": Rule(
        args=lambda world: ["candidate", world.candidate.pk],
        allowed=frozenset({"admin", "recruiter", "coordinator"}),
        outsider=404,
    ),
    "notifications": Rule(),
    "notification_read_all": Rule(method="post"),
    "notification_read": Rule(args=told, allowed=frozenset({"recruiter"}), others=404, method="post"),
    "account": Rule(),
    "api_keys": Rule(),
    "api_key_revoke": Rule(args=own_key, allowed=frozenset({"recruiter"}), others=404, method="post"),
    "api_docs": Rule(),
    "api:openapi": Rule(public=True),
    "api:me": Rule(by_key=True),
    "api:custom_field_list": Rule(by_key=True),
    "api:source_list": Rule(by_key=True),
    "api:job_list": Rule(by_key=True, allowed=EVERYBODY - {"interviewer"}),
    "api:job": Rule(by_key=True, args=lambda world: [world.job.pk], allowed=EVERYBODY - {"interviewer"}, outsider=404),
    "api:candidate_list": Rule(by_key=True, allowed=EVERYBODY - {"interviewer"}),
    "api:candidate": Rule(by_key=True, args=person, outsider=404),
    "api:candidate_add": Rule(by_key=True, allowed=WORKS, method="post", sends_json=True, data=sent),
    "api:candidate_edit": Rule(
        by_key=True,
        args=person,
        allowed=WORKS,
        outsider=404,
        method="patch",
        sends_json=True,
        data=lambda world: {"headline": "Lead"},
    ),
    "api:candidate_document_add": Rule(
        by_key=True,
        args=person,
        allowed=WORKS,
        outsider=404,
        method="post",
        data=lambda world: {"file": ContentFile(files.pdf(), name="cv.pdf"), "kind": "resume"},
    ),
    "api:candidate_note_add": Rule(
        by_key=True,
        args=person,
        allowed=WRITES,
        outsider=404,
        method="post",
        sends_json=True,
        data=lambda world: {"text": "Would move to Lyon."},
    ),
    "account_theme": Rule(method="post", data=lambda world: {"theme": "dark"}),
    "candidates": Rule(allowed=EVERYBODY - {"interviewer"}),
    "candidate_facets": Rule(allowed=EVERYBODY - {"interviewer"}),
    "candidate_complete": Rule(allowed=EVERYBODY - {"interviewer"}),
    "candidate_check": Rule(allowed=EVERYBODY - {"interviewer"}),
    "search_help": Rule(allowed=EVERYBODY - {"interviewer"}),
    "candidate_why": Rule(args=lambda world: [world.candidate.pk], allowed=EVERYBODY - {"interviewer"}, outsider=404),
    "candidate_create": Rule(allowed=WORKS),
    "candidate_known": Rule(allowed=WORKS, method="post"),
    "candidate_bulk": Rule(
        allowed=WORKS,
        method="post",
        data=lambda world: {"action": "tag", "value_tag": "x", "candidate": world.candidate.pk},
    ),
    "bulk_choices": Rule(args=lambda world: ["owner"], allowed=WORKS),
    "bulk_acts": Rule(allowed=EVERYBODY - {"interviewer"}),
    "bulk_act": Rule(args=act, allowed=OWN, others=404),
    "bulk_act_undo": Rule(args=act, allowed=OWN, others=404, method="post"),
    "bulk_act_stop": Rule(args=act, allowed=OWN, others=404, method="post"),
    "bulk_act_results": Rule(args=act, allowed=OWN, others=404),
    "bulk_act_file": Rule(args=export, allowed=frozenset({"recruiter"}), others=404),
    "duplicates": Rule(allowed=WORKS),
    "duplicate_pair": Rule(args=pair, allowed=WORKS),
    "duplicate_merge": Rule(args=pair, allowed=WORKS, method="post"),
    "duplicate_decide": Rule(args=pair, allowed=WORKS, method="post", data=lambda world: {"answer": "later"}),
    "candidate_duplicates": Rule(args=person, allowed=WORKS, outsider=404, method="post"),
    "candidate_merge_with": Rule(args=person, allowed=WORKS, outsider=404),
    "merge_undo": Rule(args=merged, allowed=WORKS, method="post"),
    "candidate": Rule(args=person, outsider=404),
    "candidate_drawer": Rule(args=person, outsider=404),
    "candidate_like": Rule(args=person, allowed=EVERYBODY - {"interviewer"}, outsider=404),
    "candidate_resume": Rule(args=person, outsider=404),
    "candidate_json_resume": Rule(args=parsed, outsider=404),
    "candidate_parsed": Rule(args=person, outsider=404),
    "profile_correct": Rule(
        args=person, allowed=WORKS, outsider=404, method="post", data=lambda world: {"path": "headline", "value": "x"}
    ),
    "profile_add": Rule(
        args=person,
        allowed=WORKS,
        outsider=404,
        method="post",
        data=lambda world: {"section": "skills", "name": factories.SourceFactory().name},
    ),
    "profile_remove": Rule(args=person, allowed=WORKS, outsider=404, method="post"),
    "profile_use": Rule(args=person, allowed=WORKS, outsider=404, method="post"),
    "correction_take_back": Rule(args=correction, allowed=WORKS, outsider=404, method="post"),
    "json_resume_import": Rule(allowed=WORKS),
    "candidate_add_document": Rule(args=person, allowed=WORKS, outsider=404, method="post"),
    "candidate_edit": Rule(args=person, allowed=WORKS, outsider=404),
    "candidate_set_owner": Rule(args=person, allowed=WORKS, outsider=404, method="post"),
    "candidate_stop_contact": Rule(args=person, allowed=WORKS, outsider=404, method="post"),
    "contact_point_add": Rule(args=person, allowed=WORKS, outsider=404, method="post"),
    "contact_point_remove": Rule(args=lambda world: [point(world).pk], allowed=WORKS, outsider=404, method="post"),
    "contact_point_prefer": Rule(args=lambda world: [point(world).pk], allowed=WORKS, outsider=404, method="post"),
    "candidate_tag": Rule(args=person, allowed=WORKS, outsider=404, method="post"),
    "candidate_untag": Rule(
        args=lambda world: [world.candidate.pk, tag(world).pk], allowed=WORKS, outsider=404, method="post"
    ),
    "note_write": Rule(args=person, allowed=WRITES, outsider=404, method="post"),
    "task_add": Rule(args=person, allowed=WRITES, outsider=404, method="post"),
    "task_done": Rule(args=lambda world: [task(world).pk], allowed=WRITES, outsider=404, method="post"),
    "task_reopen": Rule(args=lambda world: [task(world).pk], allowed=WRITES, outsider=404, method="post"),
    "access_explained": Rule(allowed=frozenset({"admin"})),
    "approval_chains": Rule(allowed=frozenset({"admin"})),
    "absences": Rule(),
    "absence_take_back": Rule(args=absence, allowed=frozenset({"recruiter"}), others=404, method="post"),
    "jobs": Rule(),
    "job_create": Rule(allowed=EDITORS),
    "job_chain": Rule(allowed=EDITORS),
    "job_overview": of_job(EVERYBODY),
    "job_edit": of_job(),
    "job_team": of_job(EVERYBODY),
    "job_member_remove": Rule(args=member, allowed=EDITORS, outsider=404, method="post"),
    "job_template": of_job(),
    "job_openings": of_job(EVERYBODY),
    "openings_add": of_job(method="post"),
    "opening_start": Rule(args=opening, allowed=EDITORS, outsider=404, method="post"),
    "opening_cancel": Rule(args=opening, allowed=EDITORS, outsider=404, method="post"),
    "job_submit": of_job(method="post"),
    "job_resume": of_job(),
    "job_posting": of_job(),
    "job_posting_paste": of_job(method="post"),
    "job_posting_history": of_job(),
    "job_posting_languages": of_job(),
    "job_posting_language": Rule(args=lambda world: [world.job.pk, "de"], allowed=EDITORS, outsider=404),
    "job_posting_forget": Rule(args=lambda world: [world.job.pk, "de"], allowed=EDITORS, outsider=404, method="post"),
    "job_form": of_job(),
    "job_form_publish": of_job(method="post"),
    "job_form_discard": of_job(method="post"),
    "job_form_copy": of_job(method="post"),
    "form_question_add": of_job(),
    "form_question": Rule(args=question, allowed=EDITORS, outsider=404),
    "form_question_move": Rule(
        args=question, allowed=EDITORS, outsider=404, method="post", data=lambda world: {"to": "up"}
    ),
    "form_question_remove": Rule(args=question, allowed=EDITORS, outsider=404, method="post"),
    "job_form_insert": Rule(
        args=job, allowed=EDITORS, outsider=404, method="post", data=lambda world: {"set": question_set(world)[0]}
    ),
    "job_form_set": Rule(args=job, allowed=SET_KEEPERS, outsider=404, method="post"),
    "form_question_renew": Rule(args=question, allowed=EDITORS, outsider=404, method="post"),
    "question_sets": Rule(allowed=EDITORS),
    "question_set": Rule(args=question_set, allowed=EDITORS),
    "question_set_delete": Rule(args=question_set, allowed=SET_KEEPERS, method="post"),
    "set_question_add": Rule(args=question_set, allowed=SET_KEEPERS),
    "set_question": Rule(args=set_question, allowed=SET_KEEPERS),
    "set_question_move": Rule(args=set_question, allowed=SET_KEEPERS, method="post", data=lambda world: {"to": "up"}),
    "set_question_remove": Rule(args=set_question, allowed=SET_KEEPERS, method="post"),
    "form_question_exempt": Rule(args=question, allowed=frozenset({"admin"}), outsider=404, method="post"),
    "job_publish": of_job(method="post"),
    "job_unpublish": of_job(method="post"),
    "approval": Rule(
        args=lambda world: [asked(world).pk], allowed=frozenset({"admin", "recruiter"}), others=404, outsider=404
    ),
    "approve": Rule(args=lambda world: [approve_token(world)], public=True),
    "document_preview": Rule(args=lambda world: [document(world).pk], allowed=EVERYBODY, outsider=404),
    "document_page": Rule(args=lambda world: [document(world).pk, 1], allowed=EVERYBODY, outsider=404),
    "document_replace": Rule(args=lambda world: [document(world).pk], allowed=WORKS, outsider=404, method="post"),
    "document_remove": Rule(args=lambda world: [document(world).pk], allowed=WORKS, outsider=404),
    "document_download": Rule(args=lambda world: [document(world).pk], allowed=EVERYBODY, outsider=404),
}


WRITE = frozenset({"admin", "recruiter", "coordinator"})


def reply(world):
    """A conversation in which the world's candidate waits for an answer."""
    from hiring.mail import compose, inbound

    ours = compose.to_candidate(
        world.candidate, purpose="message", mail_class="transactional", subject="A role", text="Hello"
    )
    raw = f"From: noor@haddad.example\r\nMessage-ID: <{ours.pk}@haddad.example>\r\n\r\nYes".encode()
    inbound.receive(raw, "noor@haddad.example", [f"reply+{ours.token.hex}@in.throughline.example"])
    return ours


def thread(world):
    return [reply(world).thread_id]


def stranger(world):
    from hiring.mail import inbound

    return [
        inbound.receive(
            b"From: eve@other.example\r\n\r\nHello", "eve@other.example", ["jobs@in.throughline.example"]
        ).pk
    ]


def unconfirmed(world):
    message = reply(world)
    type(message).objects.filter(pk=message.pk).update(status="unconfirmed")
    return [message.pk]


def kept_mail(world):
    from hiring.mail import outbox
    from hiring.mail.mime import Letter

    message = reply(world)
    message.attachments.create(name="a.txt", content_type="text/plain", file=ContentFile(b"words", name="a.txt"))
    outbox.OutboxBackend().send_messages([Letter(message)])
    return outbox.names()[:1]


def sent_file(world):
    from hiring.mail import compose

    files = [("letter.txt", "text/plain", b"words")]
    message = compose.to_candidate(
        world.candidate, purpose="message", mail_class="transactional", subject="A file", text="Here", attachments=files
    )
    return [message.attachments.get().pk]


def to_candidate(world):
    return [world.candidate.pk]


ROUTES |= {
    "inbox": Rule(allowed=WRITE),
    "inbox_thread": Rule(args=thread, allowed=WRITE),
    "inbox_reply": Rule(args=thread, allowed=WRITE, method="post"),
    "inbox_assign": Rule(args=thread, allowed=WRITE, method="post"),
    "inbox_intent": Rule(args=thread, allowed=WRITE, method="post"),
    "inbox_answered": Rule(args=thread, allowed=WRITE, method="post"),
    "inbox_unanswered": Rule(args=thread, allowed=WRITE, method="post"),
    "inbox_unmatched": Rule(allowed=WRITE),
    "inbox_unmatched_mail": Rule(args=stranger, allowed=WRITE),
    "inbox_attach": Rule(args=stranger, allowed=WRITE, method="post"),
    "inbox_ignore": Rule(args=stranger, allowed=WRITE, method="post"),
    "inbox_unconfirmed": Rule(allowed=WRITE),
    "message_settle": Rule(args=unconfirmed, allowed=WRITE, method="post", data=lambda world: {"outcome": "sent"}),
    "message_stop": Rule(args=lambda world: [reply(world).pk], allowed=WRITE, method="post"),
    "message_write": Rule(args=to_candidate, allowed=WRITE, outsider=404),
    "attachment_download": Rule(args=sent_file, allowed=WRITE),
    "outbox": Rule(allowed=frozenset({"admin", "recruiter"})),
    "outbox_mail": Rule(args=kept_mail, allowed=frozenset({"admin", "recruiter"})),
    "outbox_attachment": Rule(
        args=lambda world: [*kept_mail(world), 0], allowed=frozenset({"admin", "recruiter"}), others=403
    ),
    "promise_create": Rule(args=lambda world: [world.candidate.pk], allowed=WRITES, outsider=404),
    "promise_settle": Rule(args=promise, allowed=WRITES, outsider=404, method="post"),
    "stay": Rule(
        args=lambda world: [links.token(staying.links_for([world.candidate])[world.candidate.pk])], public=True
    ),
    "unsubscribe": Rule(args=lambda world: ["any"], public=True),
}


def first_admin_token(world):
    return [links.token(first_admin.invite())]


ROUTES |= {
    "healthz": Rule(public=True),
    "readyz": Rule(public=True),
    "first_admin": Rule(args=first_admin_token, public=True),
}
