"""Fields an organisation adds: typed, checked, private where said, shown, searched, and followed through a merge."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from hiring import custom_fields, duplicates, exports, merging, notes, query, timeline
from hiring.custom_fields import Invalid
from hiring.models import Candidate, CandidateValue, CustomField, CustomFieldOption
from tests import factories


def field(key: str, type: str, kind: str = "candidate", **more) -> CustomField:
    return CustomField.objects.create(key=key, name=more.pop("name", key.title()), type=type, kind=kind, **more)


def options(what: CustomField, *labels: str) -> list[CustomFieldOption]:
    return [what.options.create(label=label, position=place) for place, label in enumerate(labels)]


def held(thing, user) -> dict[str, str]:
    kind = custom_fields.owner_of(thing).kind
    return {one.field.key: one.words for one in custom_fields.values_of(kind, [thing.pk], user).get(thing.pk, [])}


# ---------- Values ----------


@pytest.mark.parametrize(
    ("type", "settings_of", "raw", "said"),
    [
        ("money", {}, "-5", "Wish is 0 EUR at least."),
        ("money", {}, "12.34567", "Wish has at most 2 decimals in EUR."),
        ("money", {}, 12.345, "Wish has at most 2 decimals in EUR."),
        ("money", {"currency": "JPY"}, "12,5", "Wish is a whole number in JPY."),
        ("money", {"currency": "KWD"}, "0.125", ""),
        ("money", {"minimum": -100}, "-5", ""),
        ("number", {"minimum": 0}, "-1", "Wish is 0 at least."),
        ("number", {"maximum": Decimal("40.5")}, "41", "Wish is 40.5 at most."),
        ("number", {"decimals": 1}, "12.345", "Wish has at most 1 decimal."),
        ("number", {"decimals": 0}, "7.5", "Wish is a whole number."),
        ("number", {}, "-7.1234", ""),
    ],
)
def test_numbers_and_amounts_stay_within_what_the_field_takes(world, recruiter, type, settings_of, raw, said):
    what = field("wish", type, **settings_of)

    try:
        custom_fields.set_values(world.candidate, recruiter, {"wish": raw})
    except Invalid as invalid:
        assert invalid.errors == {"wish": said}
    else:
        assert said == ""
        what.minimum, what.maximum = 900, 1000  # narrowed since: what stands there is no obstacle to other changes
        what.save()
        shown = custom_fields.values_of("candidate", [world.candidate.pk], recruiter)[world.candidate.pk][0]
        assert custom_fields.set_values(world.candidate, recruiter, {"wish": shown.raw}) == []


def test_every_type_is_kept_and_read_as_what_it_is(world, recruiter):
    field("about", "text")
    field("years", "number")
    field("wish", "money", currency="CHF")
    field("from_day", "date")
    visa = options(field("visa", "choice"), "Yes", "No")
    options(field("works", "multi"), "Python", "Go", "Rust")
    field("site", "link")
    field("buddy", "user")

    custom_fields.set_values(
        world.candidate,
        recruiter,
        {
            "about": "  Two\r\nlines ",
            "years": "7,5",
            "wish": "95 000",
            "from_day": "2027-01-31",
            "visa": str(visa[1].pk),
            "works": ["Rust", "python"],
            "site": "example.org/me",
            "buddy": "cora@northwind.example",
        },
    )

    assert held(world.candidate, recruiter) == {
        "about": "Two\nlines",
        "years": "7.5",
        "wish": "95,000 CHF",
        "from_day": "31 January 2027",
        "visa": "No",
        "works": "Python, Rust",
        "site": "https://example.org/me",
        "buddy": "Cora Coordinator",
    }
    assert CandidateValue.objects.get(field__key="years").number == Decimal("7.5")


def test_each_mistake_is_said_and_nothing_is_written(world, recruiter):
    field("years", "number")
    field("from_day", "date")
    field("about", "text")
    options(field("visa", "choice"), "Yes")
    field("site", "link")
    field("buddy", "user", is_required=True)

    with pytest.raises(Invalid) as refused:
        custom_fields.set_values(
            world.candidate,
            recruiter,
            {
                "about": "fine",
                "years": "many",
                "from_day": "31.2.2027",
                "visa": "Maybe",
                "site": "javascript://x.y/%0aalert(1)",
                "buddy": "",
                "no_such": "1",
            },
        )

    assert set(refused.value.errors) == {"years", "from_day", "visa", "site", "buddy", "no_such"}
    assert refused.value.errors["visa"] == "Visa: “Maybe” is not one of the choices."
    assert held(world.candidate, recruiter) == {}


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=200), number=st.decimals(-(10**9), 10**9, places=4))
def test_what_is_kept_is_taken_back_as_it_is(text, number):
    about = CustomField(key="about", name="About", type="text")
    years = CustomField(key="years", name="Years", type="number")

    kept = custom_fields.clean(about, text)
    counted = custom_fields.clean(years, custom_fields.raw_of(years, number) or "0")

    assert custom_fields.clean(about, kept) == kept
    assert (kept or "") == notes.clean(text.strip())
    assert counted == number


def test_blank_empties_and_the_same_again_changes_nothing(world, recruiter):
    field("about", "text")
    custom_fields.set_values(world.candidate, recruiter, {"about": "word"})

    again = custom_fields.set_values(world.candidate, recruiter, {"about": "word"})
    emptied = custom_fields.set_values(world.candidate, recruiter, {"about": ""})

    assert again == []
    assert [what.key for what in emptied] == ["about"]
    assert held(world.candidate, recruiter) == {}


def test_a_choice_is_renamed_everywhere_and_a_retired_one_stays_with_those_who_have_it(world, recruiter):
    visa, other = field("visa", "choice"), factories.CandidateFactory()
    yes, _ = options(visa, "Yes", "No")
    custom_fields.set_values(world.candidate, recruiter, {"visa": "Yes"})

    yes.label, yes.is_active = "Has one", False
    yes.save()

    assert held(world.candidate, recruiter) == {"visa": "Has one"}
    custom_fields.set_values(world.candidate, recruiter, {"visa": str(yes.pk)})
    with pytest.raises(Invalid, match="no longer offered"):
        custom_fields.set_values(other, recruiter, {"visa": "Has one"})


# ---------- Who sees what ----------


def test_a_private_field_is_only_there_for_its_roles(client, world, recruiter, coordinator):
    field("wish", "text", is_private=True, roles=["recruiter"], name="Secret wish")
    custom_fields.set_values(world.candidate, recruiter, {"wish": "more pay"})
    pages = {}
    for user in (recruiter, coordinator):
        client.force_login(user)
        pages[user.role] = [
            client.get(reverse("candidate", args=[world.candidate.pk])).content.decode(),
            client.get(reverse("candidate_edit", args=[world.candidate.pk])).content.decode(),
        ]

    assert all("Secret wish" in page for page in pages["recruiter"])
    assert "Private: only recruiters see it." in pages["recruiter"][1]  # said while one types
    assert not any("Secret wish" in page or "more pay" in page for page in pages["coordinator"])
    assert custom_fields.columns("candidate", coordinator) == []
    assert [key for key, _ in custom_fields.columns("candidate", recruiter)] == ["cf.wish"]
    assert held(world.candidate, coordinator) == {}
    with pytest.raises(Invalid, match="no such field"):
        custom_fields.set_values(world.candidate, coordinator, {"wish": "less"})
    with pytest.raises(query.QueryError, match="There is no field"):
        query.people(coordinator, "cf.wish:pay")
    seen = [entry.event.kind for entry in timeline.page(world.candidate, coordinator).entries]
    assert "custom_field.changed" not in seen


def test_values_of_many_people_cost_one_query(recruiter):
    works = field("works", "multi")
    options(works, "Python", "Go")
    people = factories.CandidateFactory.create_batch(4)
    for person in people:
        custom_fields.set_values(person, recruiter, {"works": ["Python", "Go"]})
    custom_fields.values_of("candidate", [people[0].pk], recruiter)

    with CaptureQueriesContext(connection) as queries:
        found = custom_fields.values_of("candidate", [person.pk for person in people], recruiter)

    assert len(queries) == 1
    assert {pk: [one.words for one in shown] for pk, shown in found.items()} == {
        person.pk: ["Python, Go"] for person in people
    }


# ---------- Searching ----------


def names(user, text: str) -> set[str]:
    return set(query.people(user, text).values_list("name", flat=True))


def test_people_are_found_by_what_is_filled_in(world, recruiter):
    field("notice", "number")
    field("free_on", "date")
    options(field("visa", "choice"), "Yes", "Not yet")
    field("about", "text")
    field("buddy", "user")
    field("relocates", "text", kind="application")
    noor, sam = world.candidate, factories.CandidateFactory(name="Sam Other")
    custom_fields.set_values(
        noor,
        recruiter,
        {"notice": "3", "free_on": "2027-02-01", "visa": "Not yet", "about": "Likes wind", "buddy": recruiter},
    )
    custom_fields.set_values(sam, recruiter, {"notice": "1.5", "free_on": "2027-05-15"})
    custom_fields.set_values(world.application, recruiter, {"relocates": "To Lyon"})

    assert names(recruiter, "cf.notice:>=2") == {"Noor Haddad"}
    assert names(recruiter, "cf.notice:1..3") == {"Noor Haddad", "Sam Other"}
    assert names(recruiter, "cf.notice:1.5") == {"Sam Other"}
    assert names(recruiter, "cf.free_on:2027-05") == {"Sam Other"}
    assert names(recruiter, "cf.free_on:2027-01..2027-02") == {"Noor Haddad"}
    assert names(recruiter, 'cf.visa:"not yet"') == {"Noor Haddad"}
    assert names(recruiter, "cf.about:wind") == {"Noor Haddad"}
    assert names(recruiter, "cf.buddy:me") == {"Noor Haddad"}
    assert names(recruiter, "cf.relocates:lyon") == {"Noor Haddad"}
    assert names(recruiter, "cf.visa:none cf.notice:any") == {"Sam Other"}
    with pytest.raises(query.QueryError, match="needs a number"):
        names(recruiter, "cf.notice:soon")


def test_a_search_by_an_applications_field_stays_within_what_one_sees(world, manager, outsider, recruiter):
    field("relocates", "text", kind="application")
    custom_fields.set_values(world.application, recruiter, {"relocates": "To Lyon"})

    assert names(manager, "cf.relocates:lyon") == {"Noor Haddad"}
    assert names(outsider, "cf.relocates:lyon") == set()


# ---------- Pages ----------


def test_filled_in_where_the_facts_are_edited(client, world, recruiter):
    field("notice", "number", help_text="In months.")
    client.force_login(recruiter)
    page = reverse("candidate_edit", args=[world.candidate.pk])
    facts = {
        "name": "Noor Haddad",
        "headline": "",
        "company": "",
        "location": "Lyon",
        "time_zone": "",
        "source": "",
        "source_note": "",
    }

    wrong = client.post(page, {**facts, "cf-notice": "soon"})
    right = client.post(page, {**facts, "cf-notice": "3"})

    assert wrong.status_code == 422
    assert "Notice is a number" in wrong.content.decode() and 'value="soon"' in wrong.content.decode()
    assert Candidate.objects.get(pk=world.candidate.pk).location == "Lyon"
    assert right.status_code == 302
    assert held(world.candidate, recruiter) == {"notice": "3"}


def test_an_application_is_filled_in_by_who_decides_on_it(client, world, manager, interviewer):
    field("relocates", "text", kind="application", name="Relocates")
    page = reverse("custom_fields", args=["application", world.application.pk])
    client.force_login(manager)
    profile = client.get(reverse("candidate", args=[world.candidate.pk])).content.decode()
    saved = client.post(page, {"cf-relocates": "To Lyon"})
    shown = client.get(reverse("candidate", args=[world.candidate.pk])).content.decode()
    client.force_login(interviewer)

    assert page in profile
    assert saved.status_code == 302 and "To Lyon" in shown
    assert client.get(page).status_code in (403, 404)


def test_jobs_and_offers_carry_fields_too(client, world, recruiter):
    field("cost_centre", "text", kind="job", name="Cost centre")
    field("car", "text", kind="offer", name="Company car")
    custom_fields.set_values(world.job, recruiter, {"cost_centre": "CC-17"})
    client.force_login(recruiter)
    terms = client.get(reverse("offers:create", args=[world.application.pk])).context["form"].initial
    data = {name: value for name, value in terms.items() if value is not None}
    data |= {
        "salary": "60000",
        "start_date": (timezone.localdate() + dt.timedelta(days=40)).isoformat(),
        "expires_at": (timezone.localtime() + dt.timedelta(days=5)).strftime("%Y-%m-%dT%H:%M"),
        "cf-car": "A small one",
    }

    made = client.post(reverse("offers:create", args=[world.application.pk]), data, follow=True)
    job = client.get(reverse("job_overview", args=[world.job.pk])).content.decode()

    assert "CC-17" in job
    assert "A small one" in made.content.decode()


def test_a_sent_offer_keeps_its_fields(world, recruiter):
    from hiring.errors import Refused
    from offers import terms

    field("car", "text", kind="offer")
    offer = terms.draft(
        world.application,
        by=recruiter,
        title="Engineer",
        salary=Decimal(60000),
        start_date=dt.date(2027, 2, 1),
        expires_at=timezone.now() + dt.timedelta(days=5),
    )
    custom_fields.set_values(offer, recruiter, {"car": "A small one"})
    offer.status = "sent"
    offer.sent_at = timezone.now()
    offer.save()

    with pytest.raises(Refused, match="stays as it is"):
        custom_fields.set_values(offer, recruiter, {"car": "A large one"})
    again = terms.revise(offer, by=recruiter)
    assert held(again, recruiter) == {"car": "A small one"}


# ---------- One person, two records ----------


def test_a_merge_unites_and_an_unmerge_parts_them(world, recruiter):
    field("about", "text")
    field("years", "number")
    options(field("works", "multi"), "Python", "Go")
    noor, twin = world.candidate, factories.CandidateFactory(name="N. Haddad")
    custom_fields.set_values(noor, recruiter, {"about": "mine", "works": ["Python"]})
    custom_fields.set_values(twin, recruiter, {"about": "theirs", "years": "4", "works": ["Python", "Go"]})

    merged = merging.merge(noor, twin, by=recruiter)
    united = held(noor, recruiter)
    merging.unmerge(merged, by=recruiter)

    assert united == {"about": "mine", "years": "4", "works": "Python, Go"}
    assert held(noor, recruiter) == {"about": "mine", "works": "Python"}
    assert held(twin, recruiter) == {"about": "theirs", "years": "4", "works": "Python, Go"}


def test_a_merge_keeps_the_value_that_was_chosen_and_an_unmerge_brings_back_both(client, world, recruiter):
    field("about", "text", name="About")
    field("years", "number", name="Years")
    options(field("visa", "choice", name="Visa"), "Yes", "No")
    options(field("works", "multi", name="Works with"), "Python", "Go", "Rust")
    field("wish", "text", is_private=True, roles=["admin"], name="Wish")
    noor, twin = world.candidate, factories.CandidateFactory(name="N. Haddad")
    mine = {"about": "mine", "years": "3", "visa": "Yes", "works": ["Python"], "wish": "a garden"}
    theirs = {"about": "theirs", "years": "4", "visa": "No", "works": ["Go", "Rust"], "wish": "a boat"}
    custom_fields.set_values(noor, None, mine)
    custom_fields.set_values(twin, None, theirs)
    rows = {row.pk: (row.candidate_id, row.text, row.option_id, row.is_set) for row in CandidateValue.objects.all()}
    pair = duplicates.put_side_by_side(noor, twin, by=recruiter)
    client.force_login(recruiter)
    side = "second" if pair.second == twin else "first"

    page = client.get(reverse("duplicate_pair", args=[pair.pk])).content.decode()
    posted = {"keep": "first" if side == "second" else "second"}
    posted |= {"fact_cf.about": side, "fact_cf.visa": side, "fact_cf.works": side, "fact_cf.wish": side}
    client.post(reverse("duplicate_merge", args=[pair.pk]), posted)
    united = held(noor, recruiter)
    wish = CandidateValue.objects.filter(candidate=noor, field__key="wish", is_set=True).get()
    custom_fields.set_values(noor, recruiter, {"about": "corrected since"})
    merging.unmerge(noor.merges.get(), by=recruiter)

    assert "Keep both" in page and 'name="fact_cf.years"' in page and "Wish" not in page
    assert united == {"about": "theirs", "years": "3", "visa": "No", "works": "Go, Rust"}
    assert wish.text == "a garden"  # nobody chooses between what they may not see
    assert held(twin, recruiter) == {"about": "theirs", "years": "4", "visa": "No", "works": "Go, Rust"}
    assert held(noor, recruiter) == {"about": "corrected since", "years": "3", "visa": "Yes", "works": "Python"}
    now = {row.pk: (row.candidate_id, row.text, row.option_id, row.is_set) for row in CandidateValue.objects.all()}
    assert {pk: said for pk, said in now.items() if said != rows.get(pk)} == {
        pk: (noor.pk, "corrected since", None, True) for pk, said in rows.items() if said[1] == "mine"
    }


# ---------- Where something new is typed in ----------


def test_a_new_person_is_asked_for_what_is_required_and_keeps_what_was_typed(client, world, recruiter):
    field("notice", "number", name="Notice period", is_required=True, help_text="In <b>months</b>")
    options(field("works", "multi", name="Works with"), "Python", "Go")
    field("wish", "text", is_private=True, is_required=True, roles=["admin"], name="Wish")
    client.force_login(recruiter)
    url = reverse("candidate_create")
    typed = {"name": "Sam New", "email": "sam@new.example", "why": "sourcing", "cf-works": ["python"]}
    typed["cf-works"] = [str(CustomFieldOption.objects.get(label="Go").pk)]

    empty = client.get(url).content.decode()
    refused = client.post(url, typed)
    before = Candidate.objects.filter(name="Sam New").exists()
    made = client.post(url, {**typed, "cf-notice": "3"})

    assert "Notice period" in empty and "Wish" not in empty and "&lt;b&gt;months" in empty
    assert refused.status_code == 422 and not before
    page = refused.content.decode()
    assert "Notice period has to be filled in." in page and 'value="sam@new.example"' in page
    assert page.count("checked") == empty.count("checked") + 1
    assert made.status_code == 302
    assert held(Candidate.objects.get(name="Sam New"), recruiter) == {"notice": "3", "works": "Go"}


def test_a_known_person_is_filled_up_and_keeps_what_was_there(client, world, recruiter):
    field("notice", "number", name="Notice period")
    field("about", "text", name="About")
    custom_fields.set_values(world.candidate, recruiter, {"notice": "3"})
    email = world.candidate.contact_points.get(kind="email").value
    client.force_login(recruiter)

    said = client.post(
        reverse("candidate_create"),
        {"name": world.candidate.name, "email": email, "why": "sourcing", "cf-notice": "6", "cf-about": "Likes wind"},
        follow=True,
    ).content.decode()

    assert held(world.candidate, recruiter) == {"notice": "3", "about": "Likes wind"}
    assert "About." in said


def test_a_new_application_is_asked_for_its_fields(client, world, recruiter):
    field("relocates", "text", kind="application", name="Relocates", is_required=True)
    person = factories.CandidateFactory()
    client.force_login(recruiter)
    url = reverse("pipeline:application_create", args=[person.pk])

    refused = client.post(url, {"job": world.job.pk, "start": "applied"})
    opened = person.applications.exists()
    client.post(url, {"job": world.job.pk, "start": "applied", "cf-relocates": "To Lyon"})

    assert refused.status_code == 422 and "Relocates has to be filled in." in refused.content.decode() and not opened
    assert held(person.applications.get(), recruiter) == {"relocates": "To Lyon"}


# ---------- The administration ----------


def test_the_type_of_a_field_never_changes_and_private_needs_somebody(client, admin):
    client.force_login(admin)
    add = reverse("admin:hiring_customfield_add")
    data = {
        "name": "Notice period",
        "key": "notice",
        "kind": "candidate",
        "type": "number",
        "currency": "eur",
        "position": "1",
        "is_active": "on",
        "is_private": "on",
        "options-TOTAL_FORMS": "0",
        "options-INITIAL_FORMS": "0",
    }

    refused = client.post(add, data)
    made = client.post(add, {**data, "currency": "", "roles": ["recruiter"]})  # no money: no currency is asked for
    pay = client.post(add, {**data, "currency": "", "key": "pay", "type": "money", "roles": ["recruiter"]})
    what = CustomField.objects.get()
    change = client.get(reverse("admin:hiring_customfield_change", args=[what.pk])).text
    client.post(
        reverse("admin:hiring_customfield_change", args=[what.pk]), {**data, "roles": ["admin"], "type": "text"}
    )

    what.refresh_from_db()
    assert "nobody sees is lost" in refused.content.decode()
    assert made.status_code == 302
    assert "three letters of the currency" in pay.text and 'name="currency"' not in change
    assert (what.type, what.currency, what.roles) == ("number", "EUR", ["admin"])


def test_an_export_holds_the_fields_its_maker_may_see(world, recruiter, coordinator):
    field("notice", "number", name="Notice")
    field("wish", "text", is_private=True, roles=["recruiter"], name="Wish")
    custom_fields.set_values(world.candidate, recruiter, {"notice": "3", "wish": "more"})

    def exported(user) -> dict[str, str]:
        own = [column for column in exports.columns_for(user) if column.key.startswith("cf.")]
        return {column.label: column.values(user, [world.candidate]).get(world.candidate.pk, "") for column in own}

    assert exported(recruiter) == {"Notice": "3", "Wish": "more"}
    assert exported(coordinator) == {"Notice": "3"}


def test_an_export_holds_what_stands_on_applications_with_their_job_as_far_as_it_may_be_seen(
    world, recruiter, coordinator
):
    field("start", "text", kind="application", name="Can start")
    field("wish", "text", kind="application", is_private=True, roles=["recruiter"], name="Wish")
    secret = factories.ApplicationFactory(candidate=world.candidate, job=factories.JobFactory(confidential=True))
    with_two = [world.application, secret]
    for application, said in zip(with_two, ("In May", "In June"), strict=True):
        custom_fields.set_values(application, recruiter, {"start": said, "wish": "more"})

    def exported(user) -> dict[str, str]:
        own = [column for column in exports.columns_for(user) if column.key.startswith("application.")]
        return {column.label: column.values(user, [world.candidate]).get(world.candidate.pk, "") for column in own}

    job = world.job.title
    assert exported(recruiter) == {"Can start (applications)": f"{job}: In May", "Wish (applications)": f"{job}: more"}
    assert exported(coordinator) == {"Can start (applications)": f"{job}: In May"}
    assert not [
        column
        for column in exports.columns_for(world.people["hiring_manager"])
        if column.key.startswith("application.")
    ]
