"""Columns of a list as an organisation's own fields: typed, checked, for those who may see them; and `import:` in searches."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from hiring import custom_fields, query
from hiring.models import Candidate, CandidateValue, CustomField, TimelineEvent, User
from hiring.query import QueryError
from sourcing.imports import batches, steps
from sourcing.imports.models import ImportBatch
from tests.factories import EmailFactory, UserFactory
from tests.sourcing.test_imports import checked, imported, take

HEADER = "Name,E-mail,Notice period,Pay,Free from,Visa,Languages,Site,Buddy,Remark\n"
ADA = (
    'Ada Byron,ada@mail.example,3.5,"52,000",24.11.2026,yes,"german, English",example.org/ada,Noor Haddad,Likes Lyon\n'
)


@pytest.fixture
def fields(db):
    made = {}
    for key, name, type in (
        ("notice", "Notice period", "number"),
        ("pay", "Pay", "money"),
        ("free_from", "Free from", "date"),
        ("visa", "Visa", "choice"),
        ("languages", "Languages", "multi"),
        ("site", "Site", "link"),
        ("buddy", "Buddy", "user"),
        ("remark", "Remark", "text"),
    ):
        made[key] = CustomField.objects.create(kind="candidate", key=key, name=name, type=type)
    for label in ("Yes", "No"):
        made["visa"].options.create(label=label)
    for label in ("English", "German"):
        made["languages"].options.create(label=label)
    made["visa"].options.create(label="Perhaps", is_active=False)
    return made


def said(person, by):
    return {
        one.field.key: one.words for one in custom_fields.values_of("candidate", [person.pk], by).get(person.pk, [])
    }


@pytest.mark.django_db
def test_columns_called_like_a_field_fill_it_with_typed_values(recruiter, source, fields):
    noor = UserFactory(full_name="Noor Haddad")
    batch = take(recruiter, HEADER + ADA)
    assert batch.mapping == ["name", "email", *(f"cf.{key}" for key in fields)]

    checked(batch, source)
    batches.start_run(batch)
    steps.do(batch.pk)

    ada = Candidate.objects.get(name="Ada Byron")
    values = {row.field.key: row for row in CandidateValue.objects.filter(candidate=ada).exclude(option__isnull=False)}
    assert (values["notice"].number, values["pay"].number) == (Decimal("3.5"), Decimal(52_000))
    assert (values["free_from"].date, values["buddy"].user) == (dt.date(2026, 11, 24), noor)
    assert {row.origin for row in ada.custom_values.all()} == {"import"}
    assert (said(ada, recruiter)["visa"], set(said(ada, recruiter)["languages"].split(", "))) == (
        "Yes",
        {"English", "German"},
    )
    assert query.people(recruiter, "cf.notice:>=3 cf.visa:yes").get() == ada


@pytest.mark.django_db
def test_a_value_that_cannot_be_kept_is_named_at_its_row_and_the_rest_comes_in(recruiter, source, fields):
    wrong = "Karl Ohm,karl@mail.example,soon,much,31.02.2026,maybe,Klingon,no site,Nobody Known,\n"

    batch = imported(recruiter, source, HEADER + wrong)

    row = batch.rows.get()
    assert [(column, what) for column, what, _ in row.problems] == [
        (2, "Notice period is a number, such as 12 or 7.5."),
        (3, "Pay is a number, such as 12 or 7.5."),
        (4, "Free from is a date, such as 2026-11-24."),
        (5, "Visa: “maybe” is not one of the choices."),
        (6, "Languages: “Klingon” is not one of the choices."),
        (7, "Site is a web address, such as https://example.org/page."),
        (8, "Buddy: there is no colleague “Nobody Known”."),
    ]
    assert (row.result, CandidateValue.objects.count()) == ("new", 0)


@pytest.mark.django_db
def test_a_choice_is_meant_by_its_label_never_by_its_number(recruiter, source, fields):
    number = fields["visa"].options.get(label="No").pk
    fields["visa"].options.create(label=str(fields["visa"].options.get(label="Yes").pk))
    label = str(fields["visa"].options.get(label="Yes").pk)

    batch = imported(
        recruiter,
        source,
        f"Name,E-mail,Visa\nAda,a@mail.example,{label}\nBob,b@mail.example,{number}\nCy,c@mail.example,perhaps\n",
    )

    assert CandidateValue.objects.get().option.label == label
    assert [row.problems[0][1] for row in batch.rows.order_by("number")[1:]] == [
        f"Visa: “{number}” is not one of the choices.",
        "Visa: “Perhaps” is no longer offered.",
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("overwrite", [False, True])
def test_known_people_keep_their_values_unless_overwriting_was_chosen_and_undo_gives_them_back(
    recruiter, source, fields, overwrite
):
    ada = EmailFactory(value="ada@mail.example", candidate__name="Ada Byron").candidate
    custom_fields.set_values(ada, recruiter, {"notice": "1", "languages": "German", "remark": "x"})
    custom_fields.set_values(ada, recruiter, {"remark": ""})
    before = said(ada, recruiter)

    batch = imported(recruiter, source, HEADER + ADA.replace("german, English", "English"), overwrite=overwrite)

    after = said(ada, recruiter)
    assert (after["notice"], after["languages"]) == (("3.5", "English") if overwrite else ("1", "German"))
    assert (after["remark"], after["visa"]) == ("Likes Lyon", "Yes")
    told = TimelineEvent.objects.filter(kind="custom_field.changed", data__has_key="import")
    assert told.filter(data__custom_field=fields["visa"].pk).count() == 1
    custom_fields.set_values(ada, recruiter, {"visa": "No"})  # somebody changes one since

    batches.start_undo(batch, by=recruiter)
    steps.do(batch.pk)

    assert said(ada, recruiter) == before | {"visa": "No"}


@pytest.mark.django_db
def test_a_private_field_is_offered_filled_and_shown_only_to_its_roles(client, recruiter, source, fields):
    CustomField.objects.filter(key="pay").update(is_private=True, roles=["admin"])
    admin = UserFactory(role=User.Role.ADMIN)
    text = HEADER + ADA.replace('"52,000"', "plenty")
    assert "cf.pay" not in take(recruiter, text).mapping

    batch = checked(take(admin, text), source)
    assert ["cf.pay" in batch.mapping, *[problem[1] for problem in batch.rows.get().problems][:1]] == [
        True,
        "Pay is a number, such as 12 or 7.5.",
    ]
    client.force_login(recruiter)
    pages = [client.get(batch.get_absolute_url()), client.get(reverse("sourcing:import_map", args=[batch.pk]))]
    report = b"".join(client.get(reverse("sourcing:import_report", args=[batch.pk])).streaming_content).decode()

    assert not any("Pay is a number" in page.content.decode() or "plenty" in page.content.decode() for page in pages)
    assert "Pay is a number" not in report and "plenty" not in report
    assert "cf.pay" not in pages[1].content.decode()
    refused = client.post(
        reverse("sourcing:import_map", args=[batch.pk]),
        {
            "column_0": "name",
            "column_1": "email",
            "column_3": "cf.pay",
            "source": source.pk,
            "ground": "pool",
            "region": "FR",
        },
    )
    assert refused.status_code == 422
    assert take(recruiter, text).mapping[3] == ""  # the same list again, by somebody who may not


@pytest.mark.django_db
def test_a_field_retired_since_the_check_stops_the_run_in_words(recruiter, source, fields):
    batch = checked(take(recruiter, HEADER + ADA), source)
    CustomField.objects.filter(key="visa").update(is_active=False)

    with pytest.raises(Exception, match="a field that is no longer there"):
        batches.start_run(batch)


# ---------- Finding everybody of an import ----------


@pytest.mark.django_db
def test_everybody_of_an_import_is_a_query_until_it_is_taken_back(client, recruiter, source, interviewer):
    noor = EmailFactory(value="noor@mail.example", candidate__name="Noor Haddad").candidate
    EmailFactory(value="else@mail.example")
    batch = imported(recruiter, source)
    ada = Candidate.objects.get(name="Ada Byron")

    for text in (f"import:{batch.pk}", 'import:"people.csv"', "import:any", f"-import:none import:{batch.pk}"):
        assert set(query.people(recruiter, text)) == {ada, noor}, text
    with pytest.raises(QueryError, match="There is no import 999999"):
        query.people(recruiter, "import:999999")
    with pytest.raises(QueryError):
        query.people(interviewer, f"import:{batch.pk}")
    client.force_login(recruiter)
    assert f"?q=import%3A{batch.pk}" in client.get(batch.get_absolute_url()).content.decode()

    batches.start_undo(batch, by=recruiter)
    steps.do(batch.pk)
    assert not query.people(recruiter, f"import:{batch.pk}").exists()


@pytest.mark.django_db
def test_an_import_that_ended_long_ago_keeps_whom_it_was_about_and_nothing_they_said(client, recruiter, source):
    batch = imported(recruiter, source)
    ImportBatch.objects.update(created_at=batch.created_at - dt.timedelta(days=400))

    assert steps.forget() == 1

    ada = Candidate.objects.get(name="Ada Byron")
    assert ada in query.people(recruiter, f"import:{batch.pk}")
    assert {(str(row.cells), str(row.line), str(row.effects)) for row in batch.rows.all()} == {("[]", "{}", "{}")}
    client.force_login(recruiter)
    page = client.get(batch.get_absolute_url()).content.decode()
    assert "Undo the import" not in page and "Ada Byron" in page
    assert (
        "cannot be taken back"
        in client.post(reverse("sourcing:import_undo", args=[batch.pk]), follow=True).content.decode()
    )
