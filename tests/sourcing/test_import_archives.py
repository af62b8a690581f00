"""A ZIP of résumés: each file becomes or joins a candidate, what is hostile is a row with a reason, and all of it can be undone."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from hiring.errors import Refused
from hiring.models import Candidate, Document
from sourcing.imports import archives, batches, filing, steps
from sourcing.imports.models import ImportRow
from tests.factories import EmailFactory

ADA = "Ada Byron\nData Engineer\nada@mail.example\n+33 6 39 98 00 01\n\nExperience\nJan 2020 - present Data Engineer, Enedis\n"
NOOR = "Noor Haddad\nnoor@mail.example\n\nSkills\nPython, SQL\n"


def zipped(files: dict[str, str | bytes], *, deflated: bool = True) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED if deflated else zipfile.ZIP_STORED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return made.getvalue()


def take(recruiter, files):
    return batches.take(SimpleUploadedFile("resumes.zip", zipped(files)), by=recruiter)


def imported(recruiter, source, files):
    batch = take(recruiter, files)
    batches.start_check(
        batch, mapping=batch.mapping, purpose="sourcing", basis="legitimate_interest", source=source, region="FR"
    )
    steps.do(batch.pk)
    batch.refresh_from_db()
    assert batch.status == "checked", batch.problem
    batches.start_run(batch)
    steps.do(batch.pk)
    batch.refresh_from_db()
    return batch


@pytest.mark.django_db
def test_each_file_becomes_or_joins_a_candidate_and_all_of_it_can_be_undone(recruiter, source):
    noor = EmailFactory(value="noor@mail.example", candidate__name="Noor Haddad").candidate

    batch = imported(
        recruiter,
        source,
        {
            "cvs/ada.txt": ADA,
            "cvs/noor.txt": NOOR,
            "cvs/unknown.txt": "Nothing here says who this is.",
            "cvs/inner.zip": zipped({"x.txt": "x"}),
            "../out.txt": "Out Side\nout@mail.example",
            "photo.jpg": b"\xff\xd8\xff\xe0 a picture",
            "__MACOSX/._ada.txt": "x",
        },
    )

    rows = {row.line.get("file"): row for row in batch.rows.all()}
    assert {name: row.result for name, row in rows.items()} == {
        "cvs/ada.txt": "new",
        "cvs/noor.txt": "updated",
        "cvs/unknown.txt": "needs",
        "cvs/inner.zip": "error",
        "../out.txt": "error",
        "photo.jpg": "error",
    }
    assert rows["../out.txt"].problems[0][1] == "Its name leads out of the archive."
    assert rows["photo.jpg"].problems[0][1] == "This is a picture. Please save it as PDF."
    ada = Candidate.objects.get(name="Ada Byron")
    assert set(ada.contact_points.values_list("value", flat=True)) == {"ada@mail.example", "+33639980001"}
    assert set(Document.objects.values_list("candidate", "name", "kind")) == {
        (ada.pk, "ada.txt", "resume"),
        (noor.pk, "noor.txt", "resume"),
    }

    batches.start_undo(batch, by=recruiter)
    steps.do(batch.pk)

    assert list(Candidate.objects.all()) == [noor]
    assert not Document.objects.exists()
    assert list(noor.contact_points.values_list("value", flat=True)) == ["noor@mail.example"]


@pytest.mark.django_db
def test_a_sheet_in_the_archive_says_whose_each_file_is(recruiter, source):
    sheet = "Name,E-mail,File\nAda King,ada@work.example,1.txt\nKarl Ohm,karl@mail.example,missing.txt\n"

    batch = imported(recruiter, source, {"people.csv": sheet, "1.txt": ADA, "2.txt": NOOR})

    found = {row.name: (row.result, [what for _, what, _ in row.problems]) for row in batch.rows.all()}
    assert found == {
        "Ada King": ("new", []),
        "Karl Ohm": ("new", ["There is no file “missing.txt” in the archive."]),
        "Noor Haddad": ("new", []),
    }
    ada = Candidate.objects.get(name="Ada King")
    assert ada.contact_points.filter(kind="email").get().value == "ada@work.example"  # what the sheet says comes first
    assert ada.documents.get().name == "1.txt"


@pytest.mark.django_db
def test_only_an_archive_with_a_list_asks_how_its_text_is_read(client, recruiter, source):
    client.force_login(recruiter)
    bare, listed = (
        take(recruiter, files) for files in ({"1.txt": ADA}, {"people.csv": "Name,File\nAda,1.txt\n", "1.txt": ADA})
    )

    def asks(batch):
        page = client.get(batch.get_absolute_url(), follow=True).content.decode()
        return [name for name in ("encoding", "separator", "has_header") if f'name="{name}"' in page]

    assert (asks(bare), asks(listed)) == ([], ["encoding", "separator", "has_header"])
    assert client.post(reverse("sourcing:import_map", args=[bare.pk]), {"reread": "1"}, follow=True).status_code == 200


@pytest.mark.django_db
def test_a_file_that_says_nothing_is_completed_by_hand(client, recruiter, source):
    batch = imported(recruiter, source, {"scan.txt": "No address at all in here."})
    row = ImportRow.objects.get()
    client.force_login(recruiter)
    address = reverse("sourcing:import_whose", args=[batch.pk, row.number])

    wrong = client.post(address, {"name": "Ada Byron", "email": "ada at mail"})
    right = client.post(address, {"name": "Ada Byron", "email": "ada@mail.example"})

    assert (wrong.status_code, "Ada Byron" in wrong.content.decode()) == (422, True)
    assert right.status_code == 302
    assert Candidate.objects.get().documents.get().name == "scan.txt"
    with pytest.raises(Refused, match="already"):
        filing.complete(row, name="Ada", email="", by=recruiter)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (zipped({f"{n}.txt": "x" for n in range(5_001)}, deflated=False), "more than 5,000 files"),
        (zipped({"bomb.txt": b"0" * 30_000_000}), "far more than résumés hold"),
        (zipped({"a.txt": "x"})[:-30], "damaged"),
        (zipped({"folder/": ""}), "no file"),
    ],
    ids=["too many", "a bomb", "cut off", "empty"],  # an archive holds the time it was made
)
def test_an_archive_that_is_no_archive_of_resumes_is_refused_before_anything_is_unpacked(data, sentence):
    with pytest.raises(Refused, match=sentence):
        archives.check(io.BytesIO(data))


def test_members_with_a_password_or_a_wrong_size_are_refused():
    data = bytearray(zipped({"a.txt": "hello"}, deflated=False))
    central = data.index(b"PK\x01\x02")
    data[central + 8] |= 1  # says that it is encrypted

    with pytest.raises(Refused, match="password"):
        archives.read_member(io.BytesIO(bytes(data)), "a.txt")
