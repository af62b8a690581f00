"""Naming colleagues, and notes as their author's own words: who is told, who reads what, editing and deleting with history."""

from __future__ import annotations

import json

import pytest
from django.template import Context, Template
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from hiring import mentions, merging, notes, notifications, query, timeline, todo
from hiring.errors import Refused
from hiring.models import Note
from tests import factories


def told(user) -> list[str]:
    return [row.words for row in notifications.page(user, only_new=False, before=None)]


def named(text: str) -> list[str]:
    return [user.full_name for user in mentions.people(mentions.spans(text))]


def shown(candidate, user) -> list[str]:
    return [entry.note.text for entry in timeline.page(candidate, user).entries if entry.note]


# ---------- Who is meant ----------


def test_full_names_handles_and_first_names_are_found(world):
    factories.UserFactory(full_name="Rita Recruiter-Meyer", email="rm@northwind.example")
    factories.UserFactory(full_name="Ines Other", email="other@northwind.example")

    assert named("@Rita Recruiter, and @max: see @Cora.") == ["Rita Recruiter", "Max Manager", "Cora Coordinator"]
    assert named("@Rita Recruiter-Meyer please") == ["Rita Recruiter-Meyer"]
    assert named("@ines") == ["Ines Interviewer"]  # the handle of one
    assert named("@other @nobody me@cora.example rita@max.example @") == ["Ines Other"]
    assert named("@RITA RECRUITER") == ["Rita Recruiter"]


def test_a_first_name_two_share_means_neither(world):
    factories.UserFactory(full_name="Cora Second", email="second@northwind.example")
    factories.UserFactory(full_name="Zoe First", email="a@northwind.example")
    factories.UserFactory(full_name="Zoe Second", email="b@northwind.example")

    assert named("@zoe") == []


@given(text=st.text(alphabet="@ Ritaec.\n<&'\"é", max_size=60))
def test_whatever_is_typed_is_shown_escaped_and_whole(text):
    note = Note(text=text, mentions=[[at, at + 1, 7] for at, char in enumerate(text) if char == "@"])

    html = Template("{{ note|told }}").render(Context({"note": note}))

    assert html.count("tl-mention") == text.count("@")
    assert "<" not in html.replace("<p>", "").replace("</p>", "").replace("<br>", "").replace(
        '<b class="tl-mention">', ""
    ).replace("</b>", "")


# ---------- Who is told ----------


def test_whom_a_note_names_is_told_once_if_they_may_see_it(world, recruiter, coordinator, manager, outsider):
    note = notes.write(world.candidate, "@Cora @Max @Olaf look", by=recruiter, job=world.job)
    edited = notes.edit(note, "@Cora @Max @Olaf look again", by=recruiter)

    assert told(coordinator) == told(manager) == ["Rita Recruiter mentioned you in a note about Noor Haddad"]
    assert told(outsider) == []
    assert list(note.not_told) == list(edited.not_told) == [outsider]
    assert mentions.untold_words(note.not_told) == "Olaf Outsider may not see this and was not told."


def test_a_private_note_tells_nobody_and_a_narrowed_one_is_no_longer_shown(world, recruiter, manager):
    private = notes.write(world.candidate, "@Max secret", by=recruiter, visibility="private")
    open_note = notes.write(world.candidate, "@Max open", by=recruiter, visibility="everyone")
    before = told(manager)
    notes.edit(open_note, "@Max open", by=recruiter, visibility="private")

    assert list(private.not_told) == [manager]
    assert before == ["Rita Recruiter mentioned you in a note about Noor Haddad"]
    assert told(manager) == []


def test_a_task_tells_who_has_to_do_it_and_whom_it_names(world, recruiter, coordinator, manager, outsider):
    task = todo.add(
        "Call with @Max", by=recruiter, due_on=timezone.localdate(), assignee=coordinator, candidate=world.candidate
    )
    todo.done(task, by=coordinator)

    assert told(coordinator) == ["Rita Recruiter gave you a task about Noor Haddad: Call with @Max"]
    assert told(manager) == ["Rita Recruiter mentioned you in a task about Noor Haddad"]
    assert told(recruiter) == ["Cora Coordinator has done: Call with @Max"]
    with pytest.raises(Refused, match="Olaf Outsider may not see Noor Haddad"):
        todo.add("Call", by=recruiter, due_on=timezone.localdate(), assignee=outsider, candidate=world.candidate)


def test_a_task_is_handed_on(client, world, recruiter, coordinator):
    client.force_login(recruiter)
    task = todo.add("Call", by=recruiter, due_on=timezone.localdate(), candidate=world.candidate)
    data = {"text": "Call twice", "due_on": "2027-01-31", "assignee": coordinator.pk}

    page = client.get(reverse("task_edit", args=[task.pk]))
    answer = client.post(reverse("task_edit", args=[task.pk]), data, follow=True)

    task.refresh_from_db()
    assert "Call" in page.content.decode()
    assert "Cora Coordinator has the task now." in answer.content.decode()
    assert (task.text, str(task.due_on), task.assignee) == ("Call twice", "2027-01-31", coordinator)
    assert told(coordinator) == ["Rita Recruiter gave you a task about Noor Haddad: Call twice"]
    kinds = [entry.event.kind for entry in timeline.page(world.candidate, recruiter).entries]
    assert kinds[0] == "task.handed_on"


def test_the_writer_learns_who_was_not_told(client, world, recruiter):
    client.force_login(recruiter)
    page = reverse("note_write", args=[world.candidate.pk])

    answer = client.post(page, {"text": "@Olaf look", "visibility": "team"}, headers={"HX-Request": "true"})

    toast = json.loads(answer["HX-Trigger"])["toast"]["toasts"][0]
    assert toast["text"] == "Note saved. Olaf Outsider may not see this and was not told."
    assert toast["tone"] == "warn"


def test_colleagues_are_offered_while_one_types(client, world, recruiter):
    client.force_login(recruiter)

    answer = client.get(reverse("colleagues"), {"q": "o", "candidate": world.candidate.pk}).content.decode()

    assert answer.index("Odo Officer") < answer.index("Olaf Outsider")
    assert answer.count("may not see this person") == 1
    assert "Rita Recruiter" not in answer
    old = factories.CandidateFactory()
    merging.merge(world.candidate, old, by=recruiter)
    assert client.get(reverse("colleagues"), {"q": "o", "candidate": old.pk}).content.decode() == answer


# ---------- One's own words ----------


def test_a_note_is_read_by_those_it_is_for(world, recruiter, coordinator, manager, interviewer):
    factories.JobFactory().team.create(user=interviewer, role="interviewer")
    other = factories.JobFactory()
    for visibility, job in (("everyone", None), ("team", world.job), ("team", other), ("private", None)):
        notes.write(world.candidate, f"{visibility} of {job}", by=recruiter, visibility=visibility, job=job)

    assert len(shown(world.candidate, recruiter)) == 4
    assert len(shown(world.candidate, coordinator)) == 3
    assert shown(world.candidate, manager) == ["team of Data Engineer", "everyone of None"]
    assert set(query.people(manager, "note:private")) == set()
    assert list(query.people(recruiter, "note:private")) == [world.candidate]


def test_only_its_author_changes_a_note_and_what_it_said_is_kept(client, world, recruiter, admin):
    note = notes.write(world.candidate, "First words", by=recruiter, visibility="everyone")
    page = reverse("note_edit", args=[note.pk])
    client.force_login(admin)
    refused = client.post(page, {"text": "Mine now"})
    client.force_login(recruiter)
    prefix = f"note{note.pk}"
    empty = client.post(page, {f"{prefix}-text": " ", f"{prefix}-visibility": "team"})
    client.post(page, {f"{prefix}-text": "Second words", f"{prefix}-visibility": "team"})
    versions = client.get(reverse("note_versions", args=[note.pk])).content.decode()

    note.refresh_from_db()
    assert refused.status_code == 403 and empty.status_code == 422
    assert (note.text, note.visibility) == ("Second words", "team")
    assert "First words" in versions
    with pytest.raises(Refused, match="Only who wrote a note"):
        notes.edit(note, "No", by=admin)


def test_earlier_words_stay_with_those_who_could_read_them(client, world, recruiter, coordinator):
    note = notes.write(world.candidate, "Only for me", by=recruiter, visibility="private")
    note = notes.edit(note, "For all", by=recruiter, visibility="everyone")
    page = reverse("note_versions", args=[note.pk])
    seen = {}
    for user in (recruiter, coordinator):
        client.force_login(user)
        seen[user] = client.get(page).content.decode()

    assert "Only for me" in seen[recruiter]
    assert "Only for me" not in seen[coordinator]


def test_a_deleted_note_is_gone_everywhere_until_it_is_brought_back(client, world, recruiter, coordinator):
    note = notes.write(world.candidate, "Zebra @Cora", by=recruiter, visibility="everyone")
    client.force_login(recruiter)

    deleted = client.post(reverse("note_delete", args=[note.pk]), follow=True)
    gone = (shown(world.candidate, recruiter), told(coordinator), list(query.people(recruiter, "note:zebra")))
    client.post(reverse("note_restore", args=[note.pk]))

    assert "Note deleted." in deleted.content.decode()
    assert gone == ([], [], [])
    assert "Zebra @Cora" in shown(world.candidate, coordinator)
