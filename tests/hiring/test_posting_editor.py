"""The editor of a posting: messages at their fields, nothing typed is lost, older tabs undo nothing. JOB-3, JOB-20, A11Y-1."""

from __future__ import annotations

import html
import re
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from hiring import postings
from hiring.models import Posting, PostingPlace, RuleAnswer
from hiring.postings.places import Wanted
from tests.factories import JobFactory, LocationFactory, PostingFactory

LONG = "<p>" + " ".join(["You build pipelines that meters and people can trust."] * 4) + "</p>"


@pytest.fixture
def job(recruiter):
    lyon = LocationFactory(name="Lyon", city="Lyon", country="FR")
    made = JobFactory(location=lyon, pay_min=Decimal(50000), pay_max=Decimal(60000))
    PostingFactory(
        job=made, status="draft", first_published_at=None, live_from=None, public_from=None, description=LONG
    )
    return made


@pytest.fixture
def editor(client, recruiter, job):
    client.force_login(recruiter)
    return reverse("job_posting", args=[job.pk])


def opened(client, address):
    """What the form holds when somebody opens it."""
    page = client.get(address).text
    form = re.search(r'<form class="tl-postform".*?</form>', page, re.DOTALL)[0]
    held = {}
    for tag in re.findall(r"<input[^>]*>", form):
        said = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if "name" not in said or (said.get("type") in ("checkbox", "radio") and " checked" not in tag):
            continue
        held[said["name"]] = html.unescape(said.get("value", "on" if said.get("type") == "checkbox" else ""))
    for name, inside in re.findall(r'<select name="([\w-]+)".*?>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', inside)
        held[name] = chosen[1] if chosen else ""
    for name, inside in re.findall(r'<textarea name="([\w-]+)"[^>]*>(.*?)</textarea>', form, re.DOTALL):
        held[name] = html.unescape(inside).strip()
    return held


def says(page, at):
    """What stands at a field: from its list on, up to the end of that list."""
    part = page[page.index(f'id="says-{at}"') :]
    part = part[: part.index("</ul>")] if "<ul>" in part[:60] else ""
    return re.sub(r"<[^>]+>", " ", part)


def test_what_is_opened_and_saved_changes_nothing(client, editor, job):
    before = Posting.objects.values().get(job=job)

    answer = client.post(editor, opened(client, editor))

    after = Posting.objects.values().get(job=job)
    assert answer.status_code == 302
    assert {**before, "changed_at": None} == {**after, "changed_at": None}


def test_each_message_stands_at_its_field_and_nothing_is_saved_by_looking(client, editor, job):
    """JOB-3, JOB-4, JOB-20: the same answer for “Check” and for every keystroke."""
    typed = opened(client, editor) | {"title": "URGENT Salesman", "description": "Short", "look": "1"}
    del typed["show_pay"]

    page = client.post(editor, typed).text

    assert "Take the urgency out" in says(page, "title") and "write “salesperson”" in says(page, "title")
    assert "at least 100 characters" in says(page, "description")
    assert "Give the pay range and show it" in says(page, "show_pay")
    assert "4 things to put right" in page and 'value="URGENT Salesman"' in page
    assert Posting.objects.get(job=job).title == "Data Engineer"


def test_a_refused_save_of_what_is_public_keeps_all_that_was_typed(client, editor, job, recruiter):
    postings.publish(job.posting, by=recruiter)
    typed = opened(client, editor) | {"title": "URGENT Data Engineer", "remote_countries": "BE"}

    answer = client.post(editor, typed)

    assert answer.status_code == 422
    assert 'value="URGENT Data Engineer"' in answer.text and 'value="BE"' in answer.text
    assert "Take the urgency out" in says(answer.text, "title")
    assert Posting.objects.get(job=job).title == "Data Engineer"


def test_places_are_added_moved_and_paid_without_a_script(client, editor, job):
    """A11Y-1: order by buttons."""
    graz = LocationFactory(name="Graz", country="AT")
    more = client.post(editor, opened(client, editor) | {"place": "1"}).text
    typed = opened(client, editor) | {
        "places-TOTAL_FORMS": "2", "places-1-location": str(graz.pk), "places-1-workplace": "remote", "places-1-pay": "own",
        "places-1-pay_min": "42000", "places-1-pay_max": "50000", "places-1-pay_currency": "eur", "places-1-pay_period": "YEAR",
    }  # fmt: skip
    moved = client.post(editor, typed | {"move": "1:up"}).text
    unsaved = PostingPlace.objects.count()

    client.post(editor, typed)

    assert 'name="places-1-location"' in more
    assert re.search(rf'name="places-0-location".*?value="{graz.pk}" selected', moved, re.DOTALL)
    assert unsaved == 1
    places = [(str(place), place.workplace, place.pay, place.pay_max) for place in PostingPlace.objects.all()]
    assert places == [("Lyon", "hybrid", "job", None), ("Graz", "remote", "own", Decimal(50000))]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"pay": "own"}, "Give the range of this place"),
        (
            {"pay": "own", "pay_min": "9", "pay_max": "8", "pay_currency": "EUR", "pay_period": "YEAR"},
            "less than where the range starts",
        ),
        ({"pay": "own", "pay_min": "9", "pay_currency": "euro"}, "Three letters"),
        ({"location": "999999"}, "Choose a place."),
    ],
)
def test_places_that_cannot_be_are_named(client, editor, row, said):
    typed = opened(client, editor) | {f"places-0-{name}": value for name, value in row.items()}

    answer = client.post(editor, typed)

    assert answer.status_code == 422
    assert said in answer.text or "Select a valid choice" in answer.text


def test_the_same_place_twice_or_none_is_refused(client, editor, job):
    typed = opened(client, editor)
    twice = (
        typed
        | {"places-TOTAL_FORMS": "2"}
        | {f"places-1-{name}": typed[f"places-0-{name}"] for name in ("location", "workplace", "pay")}
    )

    assert "is there twice" in client.post(editor, twice).text
    assert "A posting needs a place." in client.post(editor, typed | {"places-0-DELETE": "on"}).text


# --- older tabs -----------------------------------------------------------------------------------------------------


def test_what_a_colleague_changed_meanwhile_is_named_and_kept(client, editor, job, coordinator):
    tab = opened(client, editor)
    postings.edit(job.posting, by=coordinator, title="Grid Engineer")

    refused = client.post(editor, tab | {"title": "Meter Engineer"})

    assert refused.status_code == 422
    assert "changed this to “Grid Engineer” meanwhile" in refused.text
    assert Posting.objects.get(job=job).title == "Grid Engineer"


def test_what_one_did_not_touch_stays_as_the_other_left_it(client, editor, job, coordinator):
    tab = opened(client, editor)
    graz = LocationFactory(name="Graz", country="AT")
    postings.edit(job.posting, by=coordinator, title="Grid Engineer", sites=[Wanted(job.location), Wanted(graz)])

    saved = client.post(editor, tab | {"remote_countries": ""})

    assert saved.status_code == 302
    assert Posting.objects.get(job=job).title == "Grid Engineer"
    assert PostingPlace.objects.count() == 2


def test_places_two_people_change_are_not_mixed(client, editor, job, coordinator):
    tab = opened(client, editor)
    graz = LocationFactory(name="Graz", country="AT")
    postings.edit(job.posting, by=coordinator, sites=[Wanted(job.location), Wanted(graz)])

    refused = client.post(editor, tab | {"places-0-workplace": "remote"})

    assert refused.status_code == 422 and "A colleague changed the places meanwhile" in refused.text
    assert PostingPlace.objects.count() == 2


# --- rules, time, readers -------------------------------------------------------------------------------------------


def test_an_exemption_is_recorded_from_the_editor_and_typed_words_stay(client, editor, job, recruiter):
    """JOB-20: with a name; a word is not a reason."""
    typed = opened(client, editor) | {"title": "Half a title"}
    del typed["show_pay"]
    Posting.objects.filter(job=job).update(show_pay=False)
    rule = re.search(r'name="answer" value="(\d+)"', client.post(editor, typed | {"look": "1"}).text)[1]

    short = client.post(editor, typed | {"answer": rule, f"reason-{rule}": "no"})
    done = client.post(editor, typed | {"answer": rule, f"reason-{rule}": "Pay is told before the interview."})

    assert short.status_code == 422 and ">no</textarea>" in short.text
    assert 'value="Half a title"' in done.text and "Pay is told before the interview." in done.text
    said = RuleAnswer.objects.get()
    assert (said.by, said.reason, Posting.objects.get(job=job).title) == (
        recruiter,
        "Pay is told before the interview.",
        "Data Engineer",
    )
    client.post(editor, typed | {"unanswer": rule})
    assert RuleAnswer.objects.get().taken_back_at


def test_a_proposed_sentence_is_put_into_the_text(client, editor):
    sentence = "This posting is for an existing vacancy."

    page = client.post(editor, opened(client, editor) | {"insert": sentence}).text

    assert re.search(rf"<textarea[^>]*>.*{sentence}\s*</textarea>", page, re.DOTALL)


@pytest.mark.parametrize(
    ("when", "status", "said"),
    [
        ({"out-on": "2031-03-03", "out-at": "09:00"}, 302, ""),
        ({"out-on": "2031-03-30", "out-at": "02:30"}, 422, "This time does not exist on that day"),
        ({"out-on": "", "out-at": "09:00"}, 422, "This field is required"),
    ],
)
def test_a_time_is_set_on_the_clock_of_the_place(client, editor, job, when, status, said):
    answer = client.post(editor, opened(client, editor) | when | {"schedule": "1"})

    assert answer.status_code == status
    if said:
        assert said in answer.text
    else:
        assert Posting.objects.get(job=job).publish_at.isoformat() == "2031-03-03T08:00:00+00:00"
        page = client.get(editor).text
        assert "It goes out at 3 March 2031, 09:00 (Lyon)." in page and "Call it off" in page


def test_publishing_what_is_not_fit_saves_it_and_says_why(client, editor, job):
    answer = client.post(editor, opened(client, editor) | {"title": "URGENT Data Engineer", "publish": "1"})

    saved = Posting.objects.get(job=job)
    assert (answer.status_code, saved.status, saved.title) == (422, "draft", "URGENT Data Engineer")
    assert "Take the urgency out" in says(answer.text, "title")


def test_readers_are_chosen_and_shown(client, editor, job):
    client.post(editor, opened(client, editor) | {"audience": "colleagues", "publish": "1"})

    page = client.get(editor).text

    assert Posting.objects.get(job=job).public_from is None
    assert "Colleagues can read it, and nobody else." in page and "Take down everywhere" in page
    panel = client.get(reverse("sourcing:posting_boards", args=[job.pk])).text
    assert "Only colleagues can read it." in panel


# --- languages and history ------------------------------------------------------------------------------------------


def test_a_translation_is_written_beside_the_original(client, editor, job):
    address = reverse("job_posting_language", args=[job.pk, "de"])
    chosen = client.get(reverse("job_posting_languages", args=[job.pk]), {"language": "de"})
    saved = client.post(address, {"title": "Dateningenieur (m/w/d)", "description": LONG})
    listed = client.get(editor).text
    Posting.objects.filter(job=job).update(title="Data Platform Engineer")
    stale = client.get(editor).text

    assert (chosen["Location"], saved.status_code) == (address, 302)
    assert "Up to date" in listed and "The original has changed since" in stale
    assert client.get(reverse("job_posting_language", args=[job.pk, "xx"])).status_code == 404
    assert client.get(reverse("job_posting_language", args=[job.pk, "en"])).status_code == 404
    client.post(reverse("job_posting_forget", args=[job.pk, "de"]))
    assert "It is read in English only." in client.get(editor).text


def test_an_older_tab_does_not_undo_a_translation(client, editor, job, coordinator):
    address = reverse("job_posting_language", args=[job.pk, "de"])
    postings.translate(job.posting, "de", by=coordinator, title="Dateningenieur", description=LONG)
    seen = html.unescape(re.search(r'name="seen" value="([^"]*)"', client.get(address).text)[1])
    postings.translate(job.posting, "de", by=coordinator, title="Netzingenieur", description=LONG)

    refused = client.post(address, {"seen": seen, "title": "Zähleringenieur", "description": LONG})

    assert refused.status_code == 422 and "changed this to “Netzingenieur” meanwhile" in refused.text


def test_the_history_shows_who_put_out_what_and_the_difference(client, editor, job, recruiter):
    """JOB-22."""
    empty = client.get(reverse("job_posting_history", args=[job.pk])).text
    postings.publish(job.posting, by=recruiter)
    postings.edit(job.posting, by=recruiter, title="Senior Data Engineer")

    page = client.get(reverse("job_posting_history", args=[job.pk])).text

    assert "Nothing was out yet" in empty
    assert "by Rita Recruiter" in page and "<ins>Senior" in page


def test_what_is_pasted_comes_back_as_plain_text(client, editor, job):
    """JOB-4."""
    answer = client.post(
        reverse("job_posting_paste", args=[job.pk]), {"html": "<p><b>You</b></p><ul><li>build</li></ul>"}
    )

    assert (answer.headers["Content-Type"], answer.text) == ("text/plain; charset=utf-8", "You\n\n- build")


@pytest.mark.parametrize("many", [1, 4])
def test_the_editor_asks_no_more_for_more_places_and_languages(client, editor, job, many, django_assert_num_queries):
    posting = job.posting
    for number in range(many - 1):
        posting.places.create(location=LocationFactory(name=f"Place {number}", country="FR"), position=number + 1)
    for code in ("de", "fr", "es", "it")[:many]:
        posting.translations.create(language=code, title="Titel", description=LONG, changed_at=timezone.now())
    client.get(editor)

    with django_assert_num_queries(EDITOR_ASKS):
        client.get(editor)


EDITOR_ASKS = 12
