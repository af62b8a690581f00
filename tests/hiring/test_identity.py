"""One person, one row (docs/architecture.md, invariant 1): normalising, matching, and races for the same person."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import connection
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from hiring import identity
from hiring.contact_points import identifies, normalise_email, normalise_link, normalise_phone
from hiring.errors import Refused
from hiring.models import Candidate, ContactPoint, TimelineEvent
from tests import factories

SOURCED = {"purpose": "sourcing", "basis": "legitimate_interest"}
APPLIED = {"purpose": "application", "basis": "contract"}


# ---------- normalising ----------


@pytest.mark.parametrize(
    ("typed", "compared"),
    [
        ("noor@haddad.example", "noor@haddad.example"),
        ("  Noor.Haddad@HADDAD.Example ", "noor.haddad@haddad.example"),
        ("mailto:noor@haddad.example?subject=Hi", "noor@haddad.example"),
        ("noor+jobs@haddad.example", "noor+jobs@haddad.example"),
        ("noor@bücher.example", "noor@xn--bcher-kva.example"),
        ("NOOR@BÜCHER.EXAMPLE", "noor@xn--bcher-kva.example"),
        ("δοκιμή@παράδειγμα.gr", "δοκιμή@xn--hxajbheg2az3al.gr"),
        ("o'neil@haddad.example.", "o'neil@haddad.example"),
        ("noor\u200b@haddad\u00ad.example\ufeff", "noor@haddad.example"),
        ("noor＠haddad.example", "noor@haddad.example"),
        ("n.oor+Jobs@Haddad.example", "n.oor+jobs@haddad.example"),
        ("нур@пример.рф", "нур@xn--e1afmkfd.xn--p1ai"),
    ],
)
def test_mail_addresses_are_compared_in_lower_case_with_a_punycode_domain(typed, compared):
    """MAIL-12"""
    assert normalise_email(typed) == compared


@pytest.mark.parametrize(
    "typed",
    ["", "noor", "@haddad.example", "noor@", "noor@haddad", "no or@haddad.example", "a@b@haddad.example",
     ".noor@haddad.example",
     "no..or@haddad.example", "noor@-haddad.example", "noor@127.0.0.1", "noor@haddad.example\nBcc: x@y.example",
     "x" * 65 + "@haddad.example",
     "noor@" + "a" * 250 + ".example", "noor@exa mple.com", "<noor@haddad.example>", '"noor"@haddad.example'],
)  # fmt: skip
def test_what_is_no_address_is_refused_with_a_sentence(typed):
    with pytest.raises(Refused, match=r"e-mail address"):
        normalise_email(typed)


@pytest.mark.parametrize(
    ("typed", "compared"),
    [
        ("06 39 98 00 41", "+33639980041"),
        ("+33 (0)6 39 98 00 41", "+33639980041"),
        ("0033 6 39 98 00 41", "+33639980041"),
        ("+49 30 901820", "+4930901820"),
        ("٠٦٣٩٩٨٠٠٤١", "+33639980041"),
        ("tel:+33-6-39-98-00-41", "+33639980041"),
        ("\u202a+33 6 39 98 00 41\u202c", "+33639980041"),
        ("+1 (415) 555-2671", "+14155552671"),
        ("+44 (0) 20 7946 0958", "+442079460958"),
        ("+39 06 698 1234", "+39066981234"),
        ("+91 98765 43210", "+919876543210"),
        ("+81 3-1234-5678", "+81312345678"),
        ("+55 11 91234-5678", "+5511912345678"),
        ("+33 1 70 18 99 00 ext. 12", "+33170189900"),
        ("12", "12"),
        ("call 999999999999999999", "999999999999999999"),
    ],
)
def test_phone_numbers_become_e164_or_stay_digits(typed, compared):
    assert normalise_phone(typed) == compared


def test_only_complete_numbers_identify():
    assert identifies("+33639980041")
    assert not identifies("12")


def test_a_number_without_country_code_is_read_in_the_region_of_the_organisation(settings):
    settings.DEFAULT_PHONE_REGION = "DE"

    assert normalise_phone("030 901820") == "+4930901820"
    assert normalise_phone("12") == "12"  # kept as a list said it, and identifies nobody


@pytest.mark.parametrize(("typed", "region"), [("12", "DE"), ("12", "FR"), ("+49 12", "DE"), ("0301", "DE")])
def test_who_types_half_a_number_is_asked_for_the_rest(typed, region, settings, client, recruiter):
    settings.DEFAULT_PHONE_REGION = region
    person = factories.CandidateFactory()
    client.force_login(recruiter)

    page = client.post(reverse("contact_point_add", args=[person.pk]), {"kind": "phone", "raw": typed})

    assert page.status_code == 422 and f"“{typed}” is too short for a phone number." in page.text
    assert typed in page.text and not person.contact_points.exists()


@pytest.mark.parametrize(
    ("typed", "compared"),
    [
        ("linkedin.com/in/noor-haddad", "https://linkedin.com/in/noor-haddad"),
        ("http://FR.linkedin.com/in/Noor-Haddad/?trk=public#top", "https://linkedin.com/in/noor-haddad"),
        ("https://www.linkedin.com/in/noor-haddad/details/skills/", "https://linkedin.com/in/noor-haddad"),
        ("https://www.linkedin.com/pub/noor-haddad/4/123/b", "https://linkedin.com/pub/noor-haddad/4/123/b"),
        ("https://github.com/NoorH/throughline?tab=readme", "https://github.com/noorh"),
        ("www.haddad.example/", "https://haddad.example"),
        ("https://haddad.example/Work//me/?utm_source=mail&utm_medium=x", "https://haddad.example/Work/me"),
        ("https://facebook.com/profile.php?ref=x&id=7", "https://facebook.com/profile.php?id=7"),
        ("https://bücher.example/é", "https://xn--bcher-kva.example/%C3%A9"),
        ("https://de.linkedin.com/in/noor-haddad/en?originalSubdomain=de", "https://linkedin.com/in/noor-haddad"),
        ("https://www.linkedin.com/mwlite/in/Noor-Haddad/", "https://linkedin.com/in/noor-haddad"),
        ("linkedin.com/in/No%C3%89r", "https://linkedin.com/in/no%C3%A9r"),
        ("linkedin.com/in/noér\u200b", "https://linkedin.com/in/no%C3%A9r"),
        ("linkedin.com/in/noe\u0301r", "https://linkedin.com/in/no%C3%A9r"),
        ("https://www.linkedin.com/profile/view?id=AB1&trk=x", "https://linkedin.com/profile/view?id=AB1"),
        ("https://gist.github.com/NoorH/abc", "https://github.com/noorh"),
        ("gitlab.com/NoorH/-/snippets", "https://gitlab.com/noorh"),
        ("https://mobile.twitter.com/Noor_H/status/1", "https://x.com/noor_h"),
        ("x.com/@Noor_H?s=20", "https://x.com/noor_h"),
        ("https://www.xing.com/profile/Noor_Haddad2/cv?sc_o=x", "https://xing.com/profile/noor_haddad2"),
        ("https://de-de.facebook.com/Noor.Haddad", "https://facebook.com/noor.haddad"),
        ("https://m.facebook.com/profile.php?id=7&__tn__=x", "https://facebook.com/profile.php?id=7"),
        ("https://stackoverflow.com/users/22/noor?tab=profile", "https://stackoverflow.com/users/22"),
        ("https://medium.com/@Noor/a-story-1", "https://medium.com/@noor"),
        ("https://bsky.app/profile/Noor.bsky.social/post/1", "https://bsky.app/profile/noor.bsky.social"),
        ("https://noorh.github.io/", "https://noorh.github.io"),
    ],
)
def test_links_lose_what_does_not_tell_people_apart(typed, compared):
    assert normalise_link(typed) == compared


@pytest.mark.parametrize(
    "typed",
    ["", "noor", "javascript:alert(1)", "ftp://haddad.example/x", "https://linkedin.com", "linkedin.com/company/northwind",
     "https://github.com/", "https://facebook.com", "https://github.com/orgs/northwind", "https://www.linkedin.com/pub/dir/noor/haddad",
     "https://www.linkedin.com/feed/update/1", "https://x.com/search?q=noor", "x.com/a-name", "https://gitlab.com/explore",
     "https://www.xing.com/jobs/lyon-1", "https://www.google.com/search?q=noor", "https://mail.google.com/mail/u/0/", "https://bit.ly/3x",
     "https://stackoverflow.com/questions/1", "https://medium.com/p/1", "https://www.facebook.com/groups/7", "https://linkedin.com/in/..",
     "https://haddad.example:8080/x", "https://[::1", "https://1.2.3.4/x"],
)  # fmt: skip
def test_what_is_nobodys_page_is_refused(typed):
    """A front door shared by many would make one person of them."""
    with pytest.raises(Refused):
        normalise_link(typed)


def _or_none(normalise, text):
    try:
        return normalise(text)
    except Refused:
        return None


addresses = st.one_of(
    st.text(),
    st.builds("{}@{}.{}".format, st.text(min_size=1), st.text(min_size=1), st.sampled_from(["com", "EXAMPLE", "рф"])),
    st.emails(),
)


@given(addresses)
def test_normalising_an_address_twice_changes_nothing(text):
    once = _or_none(normalise_email, text)
    assert once is None or normalise_email(once) == once


@given(st.one_of(st.text(), st.from_regex(r"\+?[0-9 ()/.-]{3,20}", fullmatch=True)))
def test_normalising_a_number_twice_changes_nothing(text):
    once = _or_none(normalise_phone, text)
    assert once is None or not identifies(once) or normalise_phone(once) == once


@given(
    st.one_of(
        st.text(),
        st.builds(
            "{}://{}/{}?{}".format,
            st.sampled_from(["http", "HTTPS"]),
            st.sampled_from(
                [
                    "www.haddad.example",
                    *[
                        "linkedin.com/in",
                        "linkedin.com/pub",
                        "linkedin.com/profile",
                        "github.com",
                        "gitlab.com",
                        "x.com",
                    ],
                    *["xing.com/profile", "facebook.com", "stackoverflow.com/users", "medium.com/@a"],
                ]
            ),
            st.text(),
            st.text(),
        ),
    )
)
def test_normalising_a_link_twice_changes_nothing(text):
    once = _or_none(normalise_link, text)
    assert once is None or normalise_link(once) == once


@given(st.text())
def test_folding_a_name_twice_changes_nothing(text):
    assert identity.fold(identity.fold(text)) == identity.fold(text)


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Noor Haddad", "noor haddad"),
        ("  ÉLODIE  Straße-Łukasz ", "elodie strasse lukasz"),
        ("O’Brien, Zoë", "obrien zoe"),
        ("Søren Æbelø", "soren aebelo"),
        ("İlker Işık", "ilker isik"),
        ("山田 太郎", "山田 太郎"),
        ("No\u200bor\ufeff Had\u00addad", "noor haddad"),
    ],
)
def test_names_fold_to_what_people_type(name, folded):
    assert identity.fold(name) == folded


@pytest.mark.parametrize(
    ("collected", "due"),
    [
        (dt.date(2026, 1, 31), dt.date(2026, 2, 28)),
        (dt.date(2028, 1, 31), dt.date(2028, 2, 29)),
        (dt.date(2026, 12, 15), dt.date(2027, 1, 15)),
        (dt.date(2026, 3, 31), dt.date(2026, 4, 30)),
    ],
)
def test_the_notice_is_due_a_month_after_collection(collected, due):
    """PRIV-4"""
    assert identity.a_month_after(collected) == due


# ---------- matching ----------


def test_an_unknown_person_is_made_with_basis_notice_date_and_history(recruiter):
    """PRIV-1, PRIV-4"""
    source = factories.SourceFactory(kind="sourced")

    candidate, created = identity.match_or_create(
        name=" Noor  Haddad ", emails=["Noor@haddad.example", "n@haddad.example"], phones=["06 39 98 00 41"],
        source=source, by=recruiter, headline="Data Engineer", **SOURCED,
    )  # fmt: skip

    assert created
    assert (candidate.name, candidate.name_key, candidate.source) == ("Noor Haddad", "noor haddad", source)
    assert candidate.notice_due_on == identity.a_month_after(candidate.collected_at.date())
    assert set(candidate.contact_points.values_list("kind", "value", "is_primary")) == {
        ("email", "noor@haddad.example", True),
        ("email", "n@haddad.example", False),
        ("phone", "+33639980041", True),
    }
    basis = candidate.bases.get()
    assert (basis.purpose, basis.basis, basis.reference) == ("sourcing", "legitimate_interest", identity.BALANCING_TEST)
    assert basis.controller
    event = TimelineEvent.objects.get()
    assert (event.kind, event.actor, event.data) == (
        "candidate.added",
        recruiter,
        {"source": source.pk, "purpose": "sourcing"},
    )


def test_an_applicant_needs_no_late_notice(db):
    candidate, _ = identity.match_or_create(
        name="Noor", emails=["n@haddad.example"], source=factories.SourceFactory(kind="career_site"), **APPLIED
    )

    assert candidate.notice_due_on is None


@pytest.mark.parametrize(
    "seen_as",
    [{"emails": ["NOOR@haddad.example"]}, {"links": ["http://www.github.com/NoorH/"]}, {"phones": ["0639980041"]}],
)
def test_a_known_person_is_found_by_each_contact_point(db, seen_as):
    candidate, _ = identity.match_or_create(
        name="Noor Haddad",
        emails=["noor@haddad.example"],
        links=["github.com/noorh"],
        phones=["+33639980041"],
        **SOURCED,
    )

    found, created = identity.match_or_create(name="Noor", **seen_as, **APPLIED)

    assert (found, created) == (candidate, False)
    assert identity.match(**seen_as) == candidate
    assert set(found.bases.values_list("purpose", flat=True)) == {"sourcing", "application"}


def test_a_shared_phone_does_not_make_one_person_of_two(db):
    """A household's number: the names decide."""
    first, _ = identity.match_or_create(name="Noor Haddad", phones=["0639980041"], **SOURCED)
    second, created = identity.match_or_create(name="Samir Haddad", phones=["0639980041"], **SOURCED)

    assert created
    assert identity.match(phones=["0639980041"]) is None
    assert identity.match(phones=["0639980041"], name="Noor") is None  # two hold it: it no longer identifies
    assert first != second


def test_blanks_are_filled_and_nothing_is_overwritten(db, recruiter):
    source, other = factories.SourceFactory(), factories.SourceFactory()
    candidate, _ = identity.match_or_create(
        name="Noor Haddad", emails=["n@haddad.example"], headline="Data Engineer", source=source, **SOURCED
    )

    found, _ = identity.match_or_create(
        name="N. Haddad",
        emails=["n@haddad.example"],
        phones=["0639980041"],
        headline="CEO",
        location="Lyon",
        source=other,
        owner=recruiter,
        **APPLIED,
    )

    candidate.refresh_from_db()
    assert (candidate.name, candidate.headline, candidate.location, candidate.source) == (
        "Noor Haddad",
        "Data Engineer",
        "Lyon",
        source,
    )
    assert candidate.owner == recruiter
    assert found.filled == ["location", "owner", "phone"]
    assert TimelineEvent.objects.latest("pk").kind == "candidate.completed"


def test_a_contact_point_of_somebody_else_stays_with_them(db):
    other, _ = identity.match_or_create(name="Samir", links=["github.com/samir"], **SOURCED)
    noor, _ = identity.match_or_create(name="Noor", emails=["n@haddad.example"], **SOURCED)

    found, _ = identity.match_or_create(name="Noor", emails=["n@haddad.example"], links=["github.com/samir"], **SOURCED)

    assert found == noor
    assert found.filled == []
    assert ContactPoint.objects.get(value="https://github.com/samir").candidate == other


def test_somebody_merged_away_is_not_found(db):
    survivor = factories.CandidateFactory()
    factories.EmailFactory(candidate__merged_into=survivor, value="old@haddad.example", is_live=False)

    assert identity.match(emails=["old@haddad.example"]) is None


def test_a_person_without_name_is_refused(db):
    with pytest.raises(Refused):
        identity.match_or_create(name=" \x00 ", emails=["n@haddad.example"], **SOURCED)


def test_long_facts_are_cut_to_what_their_column_holds(db):
    candidate, _ = identity.match_or_create(name="N" * 500, headline="x " * 500, **SOURCED)

    candidate.refresh_from_db()
    assert len(candidate.name) == 200
    assert len(candidate.headline) <= 200


def test_a_misspelt_fact_is_an_error_of_the_caller(db):
    with pytest.raises(TypeError, match="headlin"):
        identity.match_or_create(name="Noor", headlin="x", **SOURCED)


@pytest.mark.django_db(transaction=True)
def test_eight_intakes_at_once_make_one_person():
    start, results = threading.Barrier(8), []

    def intake(number: int) -> None:
        try:
            start.wait(timeout=10)
            emails = ["noor@haddad.example", "n@haddad.example"]
            candidate, created = identity.match_or_create(
                name="Noor Haddad",
                emails=emails if number % 2 else emails[::-1],
                links=["github.com/noorh"],
                phones=[f"063998004{number}"],
                **APPLIED,
            )
            results.append((candidate.pk, created))
        except Exception as error:  # shown by the assertion below
            results.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=intake, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    candidate = Candidate.objects.get()
    assert sorted(results, key=str) == [(candidate.pk, False)] * 7 + [(candidate.pk, True)]
    assert candidate.contact_points.count() == 2 + 1 + 8


def test_marks_that_turn_text_around_are_not_part_of_a_name(db):
    person, _ = identity.match_or_create(name="Ada \u202egnp.exe\u2066", headline="\u202eEngineer", **SOURCED)

    assert (person.name, person.headline) == ("Ada gnp.exe", "Engineer")


def test_a_profile_link_typed_by_a_stranger_does_not_open_the_record_it_is_on(db):
    """Anybody can copy a public address: with another name it proves nothing, and says so to colleagues."""
    imani, _ = identity.match_or_create(
        name="Imani Berg", emails=["imani@berg.example"], links=["profiles.example/imani"], **SOURCED
    )

    mallory, created = identity.match_or_create(
        name="Mallory Stone", emails=["m@stone.example"], links=["https://profiles.example/imani"], **APPLIED
    )

    assert (created, mallory == imani) == (True, False)
    assert [point.value for point in imani.contact_points.filter(kind="email")] == ["imani@berg.example"]
    assert not mallory.contact_points.filter(kind="link").exists()
    assert mallory.events.get(kind="candidate.link_in_use").data == {"other": imani.pk}


def test_a_colleague_who_adds_the_link_knows_whose_it_is(db, recruiter):
    imani, _ = identity.match_or_create(name="Imani Berg", links=["profiles.example/imani"], **SOURCED)

    found, created = identity.match_or_create(
        name="I. van den Berg", links=["profiles.example/imani"], by=recruiter, **SOURCED
    )

    assert (found, created) == (imani, False)


anything = st.text(st.characters(exclude_categories=[]))  # surrogates and controls too: what broken files hold


@given(anything, anything, anything, anything)
def test_no_text_breaks_the_reading_of_a_person(name, email, phone, link):
    """What cannot be read is refused with a sentence; nothing else is raised, and what is kept can be stored."""
    try:
        points = identity.read_points([email], [phone], [link])
        clean = identity.clean_name(name)
    except Refused as refused:
        assert refused.sentence
        return
    for (_, value), raw in points.raw.items():
        assert "\x00" not in value + raw + clean
        (value + raw).encode()
