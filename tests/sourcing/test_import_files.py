"""Files as they come: in every encoding, cut off, glued together, hostile. Each is read as far as it goes, or refused in words."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from hiring import sheets
from hiring.errors import Refused
from sourcing.imports import columns, sniffing, tables
from sourcing.imports.lines import NOT_COUNTED, Reader, name_of
from sourcing.imports.tables import Row, Shape


def read(text: str | bytes, **shape):
    data = text if isinstance(text, bytes) else text.encode()
    return list(tables.rows(io.BytesIO(data), Shape(**shape)))


def cells(text, **shape):
    return [row.cells for row in read(text, **shape)]


def workbook(*rows, **sheets):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    for name, more in sheets.items():
        sheet = book.create_sheet(name)
        for row in more:
            sheet.append(row)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


# What a file is


@pytest.mark.parametrize(
    ("text", "encoding", "separator"),
    [
        ("Name;Ort\nZoë;Zürich\n".encode("utf-8-sig"), "utf-8", ";"),
        (b"Name,City\nAda,Lyon\n", "utf-8", ","),
        ("Nom\tVille\nZoé\tOrléans\n".encode("utf-16"), "utf-16", "\t"),
        ("Nom|Ville\nZoé|Orléans\n".encode("utf-16-le"), "utf-16-le", "|"),
        ("Name;Stadt\nJörg Müller;Köln\nÄnne Groß;Düsseldorf\n".encode("cp1252"), "cp1252", ";"),
        ("Nom;Ville\nHélène;Saint-Étienne\nFrançois;Orléans\n".encode("latin-1"), "cp1252", ";"),
        ("Имя;Город\nАнна Петрова;Новосибирск\nПётр Смирнов;Екатеринбург\n".encode("cp1251"), "cp1251", ";"),
        (b'Name;Note\nAda;"1, 2, 3, 4"\nBob;"5, 6, 7, 8"\n', "utf-8", ";"),
    ],
)
def test_encoding_and_separator_are_found(text, encoding, separator):
    shape = sniffing.sniff(io.BytesIO(text)).shape

    assert (shape.encoding, shape.separator, shape.has_header) == (encoding, separator, True)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "empty"),
        (b"\n\n\n", "no row"),
        (b"%PDF-1.4 x", "PDF"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 100, "old or protected Excel"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (bytes(range(1, 9)) * 200, "neither a list"),
        (b"PK\x03\x04 broken", "damaged"),
    ],
)
def test_what_is_no_list_is_refused_with_what_to_do(data, sentence):
    with pytest.raises(Refused, match=sentence):
        sniffing.sniff(io.BytesIO(data))


def test_a_table_of_sixteen_thousand_columns_is_refused():
    wide = ";".join(f"c{n}" for n in range(16_384)) + "\n" + ";".join("x" * 16_384) + "\n"
    with pytest.raises(Refused, match="more than 300 columns"):
        sniffing.sniff(io.BytesIO(wide.encode()))


# Rows


def test_ragged_rows_blank_lines_and_quoted_line_breaks():
    assert cells('a,b\n1\n\n"x\ny",2,3\n') == [["a", "b"], ["1"], ["x\ny", "2", "3"]]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end(end):
    assert cells(end.join(["a,b", "1,2", ""])) == [["a", "b"], ["1", "2"]]


def test_a_quotation_that_is_never_closed_costs_one_row():
    rows = read('a,b\n1,2\n"open,3\n' + "".join(f"{n},x\n" for n in range(1_000)))

    assert [row.number for row in rows if row.problem] == [3]
    assert len(rows) == 1_003
    assert rows[-1].cells == ["999", "x"]


def test_a_quotation_open_at_the_end_costs_one_row():
    rows = read('a,b\n"open,2\n3,4\n')
    assert [(row.number, row.cells, bool(row.problem)) for row in rows[1:]] == [
        (2, ["open", "2"], True),
        (3, ["3", "4"], False),
    ]


def test_nul_bytes_are_dropped_and_nothing_else():
    assert cells("a,b\nAda\x00,B\x00yron\n") == [["a", "b"], ["Ada", "Byron"]]


def test_a_huge_cell_and_a_huge_line_are_rows_with_a_problem():
    rows = read("a,b\n" + "x" * 40_000 + ",1\n" + "y" * 3_000_000 + ",2\n5,6\n")

    assert [row.problem[:12] for row in rows] == ["", "A cell is lo", "This line is", ""]
    assert max(len(cell) for row in rows for cell in row.cells) <= tables.LONGEST_CELL


def test_letters_that_cannot_be_read_are_named_with_their_column():
    rows = read(b"name,email\n" + "Zoé,zoe@mail.example\n".encode("latin-1"))
    _, problems = Reader(["name", "email"]).read(rows[1])

    assert problems == [(0, "There are letters that could not be read.", "Choose another encoding and check again.")]


def test_what_is_cut_and_what_recognises_nobody_is_named():
    rows = read(f"name,phone,headline\n{'x' * 201},12,{'y' * 300}\nAda,0639980041,{' ' * 300}z\n")
    reader = Reader(["name", "phone", "headline"], region="FR")

    line, problems = reader.read(rows[1])
    _, none = reader.read(rows[2])

    assert (len(line.name), [value for _, value, _ in line.points]) == (200, ["12"])
    assert [(place, what) for place, what, _ in problems] == [
        (0, "This is longer than the 200 characters there is room for."),
        (1, "“12” is not a whole phone number."),
        (2, "This is longer than the 200 characters there is room for."),
    ]
    assert none == []


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"MZ\x90\x00" + b"\x00" * 60, "people.csv"),
        (b"MZ\x90\x00hello,there\n", "setup.exe"),
        (b"name,email\nAda,ada@mail.example\n", "People.EXE"),
        (b"\x7fELF\x02\x01\x01" + b"a,b\n" * 40, "people.csv"),
        (b"#!/bin/sh\necho a,b\n", "people.csv"),
        (b"\xca\xfe\xba\xbe" + b"a,b\n" * 40, "people.csv"),
    ],
)
def test_a_program_is_refused_whatever_it_is_called(data, name):
    file = io.BytesIO(data)
    file.name = name

    with pytest.raises(Refused, match="This is a program, not a list"):
        sniffing.kind_of(file)


def test_bytes_riddled_with_nothing_are_no_list_and_a_wide_text_is():
    with pytest.raises(Refused, match="neither a list"):
        sniffing.kind_of(io.BytesIO(b"ab\x00cd\x00\x00efg\x00hi" * 20))

    for encoding in ("utf-16-le", "utf-16-be", "utf-16"):
        assert sniffing.kind_of(io.BytesIO("name,email\nAda,ada@mail.example\n".encode(encoding))) == "csv"
    assert sniffing.kind_of(io.BytesIO(b"MZ,Name\n1,Ada\n")) == "csv"


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_to_the_end_or_refused(data):
    try:
        found = sniffing.sniff(io.BytesIO(data))
    except Refused:
        return
    for row in tables.rows(io.BytesIO(data), found.shape):
        Reader(["name", "email", "phone", "link", "tags"]).read(row)


cell = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(cell, min_size=2, max_size=4), max_size=6))
def test_what_a_csv_writer_wrote_is_read_again(rows):
    import csv

    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    wanted = [row for row in rows if any(cell.strip() for cell in row)]
    text = out.getvalue()
    if text.startswith("\ufeff") or text[:4].lower() == "sep=":
        return
    assert cells(text) == wanted


# Spreadsheets


def test_a_spreadsheet_is_read_as_it_would_be_typed():
    data = workbook(
        ["Name", "Phone", "Since", "Score"],
        ["Ada", 33639980001.0, dt.datetime(2026, 3, 1), 1.5],  # noqa: DTZ001
        ["Bob", 33639980002, dt.datetime(2026, 3, 1, 9, 30), True],  # noqa: DTZ001
        ["Eve", "=1+1", None, None],
    )

    assert cells(data, format="xlsx") == [
        ["Name", "Phone", "Since", "Score"],
        ["Ada", "33639980001", "2026-03-01", "1.5"],
        ["Bob", "33639980002", "2026-03-01 09:30", "yes"],
        ["Eve", ""],
    ]


def test_a_formula_without_a_value_is_said_for_its_row():
    data = workbook(
        ["Name", "E-mail", "Note", "Score"],
        ["Ada", '=A2&"@mail.example"', "known", 1],
        ["Bob", "bob@mail.example", "=1+1", "=2+2"],
        [None, "=1+1", None, None],
        ["Eve", "eve@mail.example", None, 2],
    )
    counted = _with(data, b"<f>2+2</f><v></v>", b"<f>2+2</f><v>4</v>", b"<f>2+2</f><v />", b"<f>2+2</f><v/>")

    rows = list(tables.rows(io.BytesIO(counted), Shape(format="xlsx")))

    assert [(row.number, sorted(row.uncounted)) for row in rows] == [(1, []), (2, [1]), (3, [2]), (4, [1]), (5, [])]
    assert rows[2].cells[3] == "4"
    reader = Reader(["name", "email", "notes", ""], region="FR", owners={})
    problems = [[(place, what) for place, what, _ in reader.read(row)[1]] for row in rows[1:]]
    assert problems == [[(1, NOT_COUNTED)], [(2, NOT_COUNTED)], [(1, NOT_COUNTED)], []]


def _with(data: bytes, *spellings: bytes) -> bytes:
    """The workbook with a value for a formula, in whichever spelling it was left empty."""
    made = io.BytesIO()
    empty, counted, *others = spellings
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(made, "w") as after:
        for name in before.namelist():
            part = before.read(name)
            for spelling in (empty, *others):
                part = part.replace(spelling, counted)
            after.writestr(name, part)
    return made.getvalue()


def test_another_sheet_can_be_chosen():
    data = workbook(["Name", "E-mail"], People=[["Name", "E-mail"], ["Ada", "ada@mail.example"]])
    found = sniffing.sniff(io.BytesIO(data))

    assert found.shape.sheets == ["Sheet", "People"]
    found.shape.sheet = "People"
    assert sniffing.look_again(io.BytesIO(data), found.shape).sample == [["Ada", "ada@mail.example"]]


def _packed(**members):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin"), data)
    return made.getvalue()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (_packed(xl__workbook_xml="<x/>", xl__worksheets__sheet1_xml=b" " * 60_000_000), "far more than a list holds"),
        (_packed(xl__workbook_xml="<x/>", xl__vbaProject_bin="x"), "macros"),
        (_packed(xl__workbook_xml='<!DOCTYPE x [<!ENTITY a "b">]><x/>'), "damaged"),
        (_packed(xl__workbook_xml="<x/>"), "cannot be read"),
    ],
)
def test_hostile_spreadsheets_are_refused(data, sentence):
    with pytest.raises(Refused, match=sentence):
        sniffing.sniff(io.BytesIO(data))


# What the cells say


@pytest.mark.parametrize(
    ("headers", "mapping"),
    [
        (["First Name", "Last Name", "Email", "Mobile"], ["first_name", "last_name", "email", "phone"]),
        (
            ["Prénom", "Nom", "Courriel", "Téléphone", "Société"],
            ["first_name", "last_name", "email", "phone", "company"],
        ),
        (["Vorname", "Nachname", "E-Mail-Adresse", "Handy"], ["first_name", "last_name", "email", "phone"]),
        (["Nombre", "Apellidos", "Correo electrónico"], ["first_name", "last_name", "email"]),
        (["Nom", "E-mail 1", "E-mail 2"], ["name", "email", "email"]),
        (["Name", "Name", "Shoe size"], ["name", "", ""]),
    ],
)
def test_columns_are_guessed_from_their_words(headers, mapping):
    assert columns.guesses(headers) == mapping


def test_a_row_says_what_is_wrong_where():
    reader = Reader(["name", "email", "phone", "link", "tags", "owner"], region="FR", owners={"rita": 7})
    line, problems = reader.read(
        Row(
            2,
            [
                "Byron, Ada",
                "Ada <ada@mail.example>; nonsense@",
                "06 39 98 00 01 / +44 20 7946 0000",
                "in/ada",
                "a; b,a",
                "Nobody",
            ],
        )
    )

    assert line.name == "Ada Byron"
    assert line.keys == [("email", "ada@mail.example"), ("phone", "+33639980001"), ("phone", "+442079460000")]
    assert line.tags == ["a", "b"]
    assert [column for column, _, _ in problems] == [3, 5]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Ada Byron, PhD", "Ada Byron, PhD"),
        ("BYRON, Ada", "Ada BYRON"),
        ("  ", ""),
        ("-", ""),
        ("12", ""),
        ("王小明", "王小明"),
    ],
)
def test_names_are_put_the_way_they_are_said(typed, name):
    assert name_of(typed) == name


@pytest.mark.parametrize("cell", ["=1+1", "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\x00=1"])
def test_no_cell_of_a_report_is_a_formula(cell):
    assert sheets.guarded(cell) == "'" + cell.translate({0: None, 13: None})


def test_a_phone_number_stays_one_in_a_report():
    assert sheets.guarded("+33 6 39 98 00 01") == "+33 6 39 98 00 01"


def test_a_number_a_spreadsheet_rounded_is_named_and_not_kept():
    reader = Reader(["name", "phone"], region="FR")

    for text in ("4.9E+10", "3,36399E+11", "3E11", "49000000000"):
        line, problems = reader.read(Row(2, ["Ada", text]))
        assert (line.points, len(problems)) == ([], 1)
        assert f"rounded this number to {text}" in problems[0][1]
    assert reader.read(Row(2, ["Ada", "33639980001"]))[0].points[0][1] == "+33639980001"


def test_formulas_and_failed_ones_are_no_values():
    reader = Reader(["name", "email", "phone", "company", "notes"], region="FR")

    line, problems = reader.read(Row(2, ["=cmd|' /C calc'!A0", "a@mail.example", "=1+1", "#REF!", "= as agreed"]))

    assert (line.name, line.keys, line.facts, line.notes) == ("", [("email", "a@mail.example")], {}, ["= as agreed"])
    assert [(place, what.split(",")[0]) for place, what, _ in problems] == [
        (0, "This is a formula"),
        (2, "This is a formula"),
        (3, "The spreadsheet itself says #REF! here: a formula in it failed."),
    ]


def test_one_line_from_elsewhere_does_not_spoil_the_others():
    lines = ["name,email", *(f"Zoé {n},z{n}@mail.example" for n in range(5))]
    data = "\n".join(lines).encode() + "\nJosé,jose@mail.example\n".encode("cp1252") + "\n".join(lines[1:]).encode()
    file = io.BytesIO(data)

    found = sniffing.sniff(file)
    file.seek(0)

    rows = list(tables.rows(file, found.shape))
    assert (found.shape.encoding, rows[1].cells[0], rows[-1].cells[0]) == ("utf-8", "Zoé 0", "Zoé 4")
    assert rows[6].cells[0] == "Jos\ufffd"


@pytest.mark.parametrize("is_1904", [False, True])
def test_days_count_from_1900_or_from_1904_as_the_file_says(is_1904):
    from openpyxl import Workbook
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    book = Workbook()
    if is_1904:
        book.epoch = CALENDAR_MAC_1904
    book.active.append(["Name", "Free from"])
    book.active.append(["Ada", dt.date(2026, 11, 24)])
    out = io.BytesIO()
    book.save(out)

    rows = list(tables.rows(out, sniffing.sniff(out).shape))

    assert rows[1].cells == ["Ada", "2026-11-24"]
