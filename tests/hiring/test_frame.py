"""The frame: what each role finds in the menu, what the search box answers, what pages say when they cannot be shown."""

from __future__ import annotations

import datetime as dt
import json
import re
from contextlib import nullcontext

import pytest
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import escape

from hiring import addresses, assets, frame, search
from hiring.http import drawing
from hiring.models import Job
from hiring.templatetags import throughline
from tests import factories
from tests.test_matrix import our_routes

NOON = dt.datetime(2026, 11, 24, 12, 0, tzinfo=dt.UTC)


def menu_of(user) -> list[str]:
    request = RequestFactory().get("/")
    request.user = user
    return [link.label for link in frame.Frame(request).menu]


def person(name: str, email: str = "", **facts):
    candidate = factories.CandidateFactory(name=name, name_key=name.lower(), **facts)
    if email:
        factories.EmailFactory(candidate=candidate, value=email)
    search.refresh([candidate.pk])
    return candidate


def titles(response) -> list[str]:
    return [hit.title for group in response.context["groups"] for hit in group.hits]


# --- menu -----------------------------------------------------------------------------------------------------------


def test_the_menu_holds_only_what_the_role_may_use(admin, recruiter, coordinator, manager, interviewer, officer):
    sourcing = {"Pools", "Sequences"}
    assert {"Today", "Inbox", "Candidates", "Jobs", "Offers", *sourcing} <= set(menu_of(recruiter))
    assert "Compliance" not in menu_of(recruiter)
    assert "Compliance" in menu_of(admin) and "Compliance" in menu_of(officer)
    assert not {"Inbox", "Compliance", *sourcing} & set(menu_of(manager))
    assert menu_of(interviewer) == ["Today", "Interviews"]
    assert not {"Offers", *sourcing} & set(menu_of(coordinator))


def test_pages_that_do_not_exist_are_not_in_the_menu(recruiter, monkeypatch):
    gone = frame.Entry("gone", "Gone", "route", "no_such_route", frame.everybody)
    monkeypatch.setattr(frame, "MENU", (*frame.MENU, gone))

    assert "Gone" not in menu_of(recruiter)


@pytest.mark.parametrize(("path", "current"), [("/", "Today"), ("/jobs/5/overview/", "Jobs"), ("/account/", None)])
def test_the_entry_of_the_page_is_marked(recruiter, path, current):
    request = RequestFactory().get(path)
    request.user = recruiter

    marked = [link.label for link in frame.Frame(request).menu if link.is_current]

    assert marked == ([current] if current else [])


def test_a_swap_does_not_pay_for_the_menu(client, recruiter, monkeypatch):
    monkeypatch.setattr(frame.Frame, "menu", property(lambda frame: pytest.fail("the menu was worked out")))
    client.force_login(recruiter)

    response = client.get(reverse("today"), headers={"HX-Request": "true"})

    assert response.status_code == 200
    assert b"<html" not in response.content


def test_a_form_sent_after_the_session_ended_leaves_the_page_with_what_was_typed(client, db):
    person = factories.CandidateFactory()

    response = client.post(reverse("note_write", args=[person.pk]), {"text": "x"}, headers={"HX-Request": "true"})

    assert (response.status_code, "HX-Redirect" in response) == (401, False)


@pytest.mark.parametrize(
    ("before", "lands_on"),
    [
        ("http://testserver/candidates/7/?show=notes", "/candidates/7/%3Fshow%3Dnotes"),
        ("https://evil.example/x", "/"),
        ("", "/"),
    ],
)
def test_signing_in_after_a_form_leads_to_the_page_it_was_on(client, db, before, lands_on):
    response = client.post("/candidates/7/notes/", {"text": "x"}, headers={"Referer": before})

    assert response["Location"] == f"{reverse('account_login')}?next={lands_on}"


def test_the_address_of_a_form_opened_as_a_page_says_so(client, recruiter):
    client.force_login(recruiter)

    response = client.get("/candidates/7/notes/")

    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert "This address is not a page" in response.content.decode()


def test_counts_are_told_only_for_entries_one_has(client, interviewer, monkeypatch):
    monkeypatch.setitem(frame.counts, "inbox", lambda user: 4)
    client.force_login(interviewer)

    assert json.loads(client.get(reverse("menu_counts")).content)["today"] == {"n": 0, "late": False}
    assert "inbox" not in json.loads(client.get(reverse("menu_counts")).content)


# --- search box -----------------------------------------------------------------------------------------------------


def test_search_finds_people_by_name_word_and_address(client, recruiter):
    person("Noor Haddad", "n.haddad@mail.example")
    person("Ilse Brandt", "ilse@mail.example")
    client.force_login(recruiter)

    for text in ("noor", "Haddad", "noor had", "n.haddad@", "HADD"):
        assert titles(client.get(reverse("search_box"), {"q": text})) == ["Noor Haddad"], text


def test_search_finds_jobs_by_words_and_number_and_pages_by_name(client, recruiter):
    factories.JobFactory(title="Senior Data Engineer", requisition_id="REQ-0412")
    client.force_login(recruiter)

    assert titles(client.get(reverse("search_box"), {"q": "engineer data"})) == ["Senior Data Engineer"]
    assert titles(client.get(reverse("search_box"), {"q": "req-04"})) == ["Senior Data Engineer"]
    assert titles(client.get(reverse("search_box"), {"q": "inb"})) == ["Inbox"]
    assert titles(client.get(reverse("search_box"), {"q": "imports"})) == ["Imports"]
    assert titles(client.get(reverse("search_box"), {"q": "dupl"})) == ["Possible duplicates"]


def test_search_shows_nobody_whom_one_may_not_see(client, outsider, world):
    Job.objects.update(confidential=True)
    search.refresh([world.candidate.pk])
    client.force_login(outsider)

    for text in ("noor", "haddad", "noor@haddad", "data engineer"):
        assert titles(client.get(reverse("search_box"), {"q": text})) == [], text


@pytest.mark.parametrize("text", ["", "   ", "%", "'", "a & b | !", "\\", "()", "x" * 500, "日本"])
def test_search_takes_anything_one_types(client, recruiter, text):
    client.force_login(recruiter)

    response = client.get(reverse("search_box"), {"q": text})

    asked, said = text.strip()[:120], re.sub(r"<[^>]+>", "", response.content.decode()).strip()
    nothing = f"Nobody and nothing begins with “{escape(asked)}”. Enter searches everything."
    assert (response.status_code, said) == (200, nothing if asked else "")


@pytest.mark.parametrize("people", [1, 3])
def test_search_asks_no_more_for_more_people(client, recruiter, people, django_assert_max_num_queries):
    for number in range(people):
        person(f"Noor {number}")
    client.force_login(recruiter)

    with django_assert_max_num_queries(8):
        client.get(reverse("search_box"), {"q": "noor"})


# --- theme ----------------------------------------------------------------------------------------------------------


def test_the_theme_is_kept_and_rendered_from_the_first_byte(client, recruiter):
    client.force_login(recruiter)

    response = client.post(
        reverse("account_theme"), {"theme": "dark"}, headers={"Referer": "http://testserver/account/"}
    )

    assert response["Location"] == "http://testserver/account/"
    assert b'data-bs-theme="dark"' in client.get(reverse("today")).content


def test_a_theme_that_does_not_exist_is_refused(client, recruiter):
    client.force_login(recruiter)

    assert client.post(reverse("account_theme"), {"theme": "neon"}).status_code == 400


def test_the_theme_form_sends_nobody_to_another_site(client, recruiter):
    client.force_login(recruiter)

    response = client.post(reverse("account_theme"), {"theme": "dark"}, headers={"Referer": "https://evil.example/"})

    assert response["Location"] == reverse("today")


# --- pages that say no ----------------------------------------------------------------------------------------------


def test_not_found_says_what_to_do(client, recruiter):
    client.force_login(recruiter)

    response = client.get("/nothing-here/")

    assert response.status_code == 404
    assert b"Go to Today" in response.content
    assert (
        response["X-Request-ID"].encode() not in response.content
    )  # nothing went wrong: support has nothing to look up


def test_not_found_is_no_sign_in_trap_for_visitors(client, db):
    response = client.get("/nothing-here/")

    assert response.status_code == 404
    assert b"Search people" not in response.content


def test_a_page_too_old_is_explained(recruiter):
    client = Client(enforce_csrf_checks=True)
    client.force_login(recruiter)

    response = client.post(reverse("account_theme"), {"theme": "dark"})

    assert response.status_code == 403
    assert "open too long" in response.content.decode()


def test_an_error_of_ours_needs_neither_database_nor_frame(recruiter, monkeypatch):
    monkeypatch.setattr("hiring.today.for_user", lambda user: 1 / 0)
    client = Client(raise_request_exception=False)
    client.force_login(recruiter)

    response = client.get(reverse("today"))

    assert response.status_code == 500
    assert response["X-Request-ID"].encode() in response.content


def test_an_error_in_a_swap_leaves_the_page_alone(client, recruiter):
    client.force_login(recruiter)

    response = client.get("/nothing-here/", headers={"HX-Request": "true"})

    assert (response.status_code, response.content) == (404, b"")


def test_an_ended_session_sends_a_swap_to_the_sign_in(client, db):
    response = client.get(reverse("menu_counts"), headers={"HX-Request": "true", "HX-Current-URL": "/jobs/"})

    assert response.status_code == 204
    assert response["HX-Redirect"].startswith(reverse("account_login"))


def test_pages_carry_no_inline_code_and_a_strict_policy(client, recruiter):
    client.force_login(recruiter)

    response = client.get(reverse("today"))
    page = response.content.decode()

    assert "unsafe" not in response["Content-Security-Policy"]
    assert "style=" not in page and "<style" not in page and "onclick" not in page
    assert "<script>" not in page


# --- made files -----------------------------------------------------------------------------------------------------


def test_the_stylesheet_keeps_the_order_of_its_layers():
    css = assets.stylesheet()

    assert css.startswith('@charset "UTF-8";\n@layer tabler, tokens, components;')
    assert css.index("@layer tabler {") < css.index("--tl-bg:") < css.index(".tl-app {")
    assert css.count("@charset") == 1
    assert css.count("{") == css.count("}")
    assert "url(./" not in css


def test_every_icon_a_template_asks_for_is_in_the_sprite():
    sprite = assets.sprite()
    asked = set()
    for path in assets.sprite_sources():
        asked.update(re.findall(r"""{%\s*icon\s+["']([a-z0-9-]+)["']""", path.read_text(encoding="utf-8")))

    assert sorted(name for name in asked if f'id="{name}"' not in sprite) == []


# --- tags -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (dt.timedelta(seconds=20), "just now"),
        (dt.timedelta(minutes=38), "38 min ago"),
        (dt.timedelta(hours=5), "5 h ago"),
        (dt.timedelta(hours=13), "yesterday"),
        (dt.timedelta(days=3), "3 days ago"),
        (dt.timedelta(days=20), "2 weeks ago"),
        (dt.timedelta(days=100), "3 months ago"),
        (dt.timedelta(days=800), "2 years ago"),
        (dt.timedelta(minutes=-30), "in 30 min"),
        (dt.timedelta(hours=-30), "tomorrow"),
        (dt.timedelta(days=-4), "in 4 days"),
    ],
)
def test_ago_says_it_as_people_do(before, words):
    assert throughline.relative(NOON - before, NOON) == words


def test_ago_shows_the_exact_time_on_the_readers_clock_on_hover():
    with timezone.override("Europe/Paris"):
        shown = throughline.ago(NOON)

    assert 'title="Tuesday 24 November 2026, 13:00 CET"' in shown
    assert 'datetime="2026-11-24T13:00+01:00"' in shown


def test_clock_shows_wall_time_elsewhere():
    assert ">Tue 24 Nov 2026, 07:00<" in throughline.clock(
        NOON, "America/New_York"
    ) or ">Tue 24 Nov, 07:00<" in throughline.clock(NOON, "America/New_York")
    assert throughline.clock(None) == ""
    assert throughline.clock(NOON, "Not/AZone")


@pytest.mark.parametrize(
    ("amount", "currency", "said"),
    [
        (65000, "EUR", "€\u00a065,000"),
        ("1234.5", "USD", "$\u00a01,234.50"),
        (0, "SEK", "SEK\u00a00"),
        (None, "EUR", ""),
        ("n/a", "EUR", "n/a"),
    ],
)
def test_money(amount, currency, said):
    assert throughline.money(amount, currency) == said


def test_query_changes_one_key_and_keeps_the_rest():
    request = RequestFactory().get("/jobs/", {"q": "data", "page": "3", "tag": ["a", "b"]})

    said = Template("{% query page=None sort='name' %}").render(Context({"request": request}))

    assert said == "?q=data&amp;tag=a&amp;tag=b&amp;sort=name"


def test_names_are_escaped_everywhere():
    nasty = factories.CandidateFactory.build(name="<b>Eve</b> <i>X</i>")

    said = Template("{% avatar person %}{% icon 'x' label=person.name %}").render(Context({"person": nasty}))

    assert "<b>" not in said and "<i>" not in said


@pytest.mark.parametrize(
    ("route", "shown"),
    [
        ("search_box", "Nobody and nothing begins with “{asked}”."),
        ("offers:list", "<h1>Offers</h1>"),
        ("compliance:audit", "<h1>Audit</h1>"),
    ],
)
@pytest.mark.parametrize("typed", ["²", "\x00", "٣", "9" * 40])
def test_what_no_page_wrote_into_an_address_is_no_error(client, admin, route, shown, typed):
    client.force_login(admin)
    asked = {"q": f"{typed}x", "after": typed, "before": typed, "open": typed}

    response = client.get(reverse(route), asked)

    assert response.status_code == 200
    assert shown.format(asked=asked["q"].replace("\x00", "")) in response.content.decode()


def test_an_address_breaks_before_its_at_and_a_link_after_its_slash_and_stays_escaped() -> None:
    assert throughline.breakable("ada@byron.example") == "ada<wbr>@byron.example"
    assert throughline.breakable("profiles.example/ada") == "profiles.example/<wbr>ada"
    assert throughline.breakable("<b>@x") == "&lt;b&gt;<wbr>@x"
    assert throughline.link_words("https://linkedin.com/in/j%C3%BCrgen") == "linkedin.com/in/jürgen"
    assert throughline.link_words("https://x.example/a%E2%80%AEb%20c") == "x.example/a%E2%80%AEb%20c"


# Dead ends


@pytest.mark.parametrize(
    ("route", "status"),
    [("offers:sign", 410), ("interviews:brief", 410), ("approve", 410), ("status", 404)],
)
def test_a_link_that_does_not_work_is_one_page_with_a_way_on(client, db, route, status):
    answer = client.get(reverse(route, args=["forged.token"]))
    page = answer.content.decode()

    assert answer.status_code == status
    assert "<h1>This link does not work</h1>" in page
    assert "See open jobs" in page
    assert "Number for support" not in page


def test_a_missing_page_shows_visitors_the_jobs_and_no_number(client, db):
    page = client.get("/nowhere/at/all/").content.decode()

    assert "See open jobs" in page
    assert "Number for support" not in page


def test_templates_drawn_together_share_the_request_and_nothing_else(recruiter):
    request = RequestFactory().get("/")
    request.user = recruiter

    with drawing(request) as draw:
        told = draw("components/empty.html", {"text": "<Nothing>", "title": "Said"})
        bare = draw("components/empty.html", {})
        side = draw("components/_topbar.html", {})

    assert "&lt;Nothing&gt;" in told and "Said" in told
    assert "Nothing" not in bare and "Said" not in bare
    assert recruiter.full_name in side and "csrfmiddlewaretoken" in side


def test_addresses_put_together_from_patterns_are_those_django_gives():
    tried = 0
    for name in our_routes():
        for arguments in ([], [7], [7, 1_000_000_008], ["a-word"], ["2"], ["csv"], [7, "0a1b2c"], ["w_1", 7]):
            try:
                given = reverse(name, args=arguments)
            except NoReverseMatch:
                with pytest.raises(NoReverseMatch):
                    addresses.of(name, *arguments)
                continue
            tried += 1
            assert addresses.of(name, *arguments) == given, name
            template = Template(
                "{% url name " + " ".join(f'"{one}"' if type(one) is str else str(one) for one in arguments) + " %}"
            )
            assert template.render(Context({"name": name})) == escape(given)

    assert tried > 200


@pytest.mark.parametrize("arguments", ["'a b'", "", "pk=3"])
def test_an_address_with_other_arguments_is_left_to_django(arguments):
    with pytest.raises(NoReverseMatch) if arguments != "pk=3" else nullcontext():
        assert Template("{% url 'candidate' " + arguments + " %}").render(Context()) == "/candidates/3/"


@pytest.mark.parametrize(
    ("arguments", "address"),
    [
        ("'status' 'a b'", "/status/a%20b/"),
        ("'status' 'a.b'", "/status/a.b/"),
        ("'candidate' 'x'", ""),
        ("'nowhere'", ""),
    ],
)
def test_an_address_that_is_kept_is_the_one_django_gives_and_empty_where_there_is_none(arguments, address):
    kept = Template("{% url " + arguments + " as here %}[{{ here }}]").render(Context())

    assert kept == f"[{address}]"
