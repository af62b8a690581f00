"""The wizard's pages: from the file to the result and back, with what was typed kept and every mistake said where it is."""

from __future__ import annotations

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from hiring.models import Candidate
from sourcing.imports import steps
from sourcing.imports.models import ImportBatch
from tests.sourcing.test_imports import LIST, checked, imported, take

COLUMNS = {
    f"column_{place}": key
    for place, key in enumerate(["name", "email", "phone", "company", "location", "tags", "notes"])
}


@pytest.fixture
def signed_in(client, recruiter):
    client.force_login(recruiter)
    return client


@pytest.mark.django_db
def test_the_wizard_from_file_to_result(signed_in, source):
    upload = signed_in.post(
        reverse("sourcing:import_create"), {"file": SimpleUploadedFile("people.csv", LIST.encode())}
    )
    batch = ImportBatch.objects.get()
    assert upload["Location"] == reverse("sourcing:import_map", args=[batch.pk])

    mapping = signed_in.get(upload["Location"]).content.decode()
    assert "ada@mail.example" in mapping

    given = COLUMNS | {"source": source.pk, "ground": "sourcing", "region": "FR", "overwrite": "fill"}
    assert signed_in.post(upload["Location"], given)["Location"] == batch.get_absolute_url()
    assert "Checking" in signed_in.get(batch.get_absolute_url()).content.decode()

    steps.do(batch.pk)
    check = signed_in.get(batch.get_absolute_url()).content.decode()
    assert "There is no name." in check
    assert not Candidate.objects.exists()

    signed_in.post(reverse("sourcing:import_run", args=[batch.pk]))
    steps.do(batch.pk)
    result = signed_in.get(batch.get_absolute_url()).content.decode()
    assert Candidate.objects.count() == 2
    assert Candidate.objects.get(name="Ada Byron").get_absolute_url() in result

    signed_in.post(reverse("sourcing:import_undo", args=[batch.pk]))
    steps.do(batch.pk)
    assert "Undone" in signed_in.get(batch.get_absolute_url()).content.decode()
    assert not Candidate.objects.exists()


@pytest.mark.django_db
def test_without_source_and_lawful_basis_nothing_is_checked_and_the_columns_stay_as_chosen(signed_in, recruiter):
    batch = take(recruiter)

    response = signed_in.post(
        reverse("sourcing:import_map", args=[batch.pk]), COLUMNS | {"column_3": "headline", "region": "FR"}
    )

    page = response.content.decode()
    assert response.status_code == 422
    assert "Say where these people come from." in page
    assert "Without a lawful basis" in page
    assert '<option value="headline" selected>' in page


@pytest.mark.django_db
def test_another_encoding_can_be_chosen(signed_in, recruiter):
    batch = take(recruiter, "Name;E-Mail\nZoë Müller;zoe@mail.example\n".encode("cp1250"))

    signed_in.post(
        reverse("sourcing:import_map", args=[batch.pk]),
        {"reread": "1", "encoding": "cp1251", "separator": "semicolon", "has_header": "on"},
    )

    batch.refresh_from_db()
    assert batch.shape["encoding"] == "cp1251"
    assert batch.sample[0][0] == "Zoл Mьller"


@pytest.mark.django_db
def test_the_same_list_is_mapped_as_it_was_before(recruiter, source):
    checked(take(recruiter), source, mapping=["name", "email", "", "company", "", "tags", ""])

    assert take(recruiter).mapping == ["name", "email", "", "company", "", "tags", ""]


@pytest.mark.django_db
def test_the_report_gives_back_each_row_with_its_result_and_no_formula(signed_in, recruiter, source):
    text = 'Name,E-mail,Company\nAda,ada@mail.example,"=HYPERLINK(""http://evil"")"\n,bob@mail.example,@cmd\n'
    batch = imported(recruiter, source, text)

    report = b"".join(signed_in.get(reverse("sourcing:import_report", args=[batch.pk])).streaming_content).decode(
        "utf-8-sig"
    )

    rows = list(csv.reader(io.StringIO(report)))
    assert rows[0] == ["Name", "E-mail", "Company", "Row", "Result", "Problem", "May be"]
    assert rows[1][:5] == ["Ada", "ada@mail.example", '\'=HYPERLINK("http://evil")', "2", "New"]
    assert rows[2][2:] == [
        "'@cmd",
        "3",
        "Not imported",
        "There is no name. Only people we know may come without one.",
        "",
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [1, 12])
def test_the_page_asks_no_more_for_more_rows(signed_in, recruiter, source, rows, django_assert_num_queries):
    batch = imported(recruiter, source, "Name,E-mail\n" + "".join(f"P{n},p{n}@mail.example\n" for n in range(rows)))
    signed_in.get(batch.get_absolute_url())
    with django_assert_num_queries(4):
        signed_in.get(batch.get_absolute_url())


@pytest.mark.django_db
def test_a_file_that_is_no_list_is_refused_in_words(signed_in):
    response = signed_in.post(
        reverse("sourcing:import_create"), {"file": SimpleUploadedFile("cv.pdf", b"%PDF-1.7 ...")}
    )

    assert response.status_code == 422
    assert "This is a PDF" in response.content.decode()


@pytest.mark.django_db
def test_progress_is_a_part_that_turns_into_the_page_when_it_is_done(signed_in, recruiter, source):
    batch = imported(recruiter, source)
    address = batch.get_absolute_url()

    done = signed_in.get(address, headers={"HX-Request": "true", "HX-Target": "progress"})
    ImportBatch.objects.filter(pk=batch.pk).update(status="running")
    running = signed_in.get(address, headers={"HX-Request": "true", "HX-Target": "progress"})

    assert done["HX-Redirect"] == address
    assert running.content.decode().strip().startswith('<section id="progress"')
