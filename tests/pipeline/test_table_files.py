"""A table's files hold what its pages show: every column, every row, cell by cell, as the HTML has it."""

import csv
import io

import pytest
from django.urls import reverse
from lxml import html
from openpyxl import load_workbook

from pipeline import moves, sub_status
from pipeline.table import rows
from pipeline.table.asking import Place
from pipeline.table.columns import NAME
from tests.pipeline.test_table import many, url, with_values_on_some  # noqa: F401 - fixtures

ALL = "all"


def cell_text(cell):
    """What a reader sees in a cell: of moments the day, which the page has for hovering and the file instead of “3 days ago”."""
    for label in cell.find_class("tl-stack-label"):
        label.drop_tree()  # its name, for a phone
    if moments := cell.xpath(".//time/@datetime"):
        return moments[0][:10]
    lines = cell.find_class("tl-cell-line")
    words = "; ".join(line.text_content() for line in lines) if lines else cell.text_content()
    return " ".join(words.split())


def seen_on_pages(client, address, **query):
    """Head and cells of all pages of a table."""
    found, after = [], ""
    while True:
        page = client.get(address, {**query, "after": after} if after else query)
        table = html.fromstring(page.content.decode()).find_class("tl-applications")[0]
        heads = [" ".join(head.text_content().split()) for head in table.xpath("./thead/tr/th[not(.//input)]")]
        found += [[cell_text(cell) for cell in row.xpath("./td[not(.//input)]")] for row in table.xpath("./tbody/tr")]
        if not (after := page.context["page"].after):
            return [heads, *found]


@pytest.mark.parametrize("everywhere", [False, True])
def test_csv_and_xlsx_hold_every_cell_of_every_page(client, world, many, recruiter, url, everywhere, monkeypatch):  # noqa: F811
    monkeypatch.setattr(rows, "SIZE", 8)
    with_values_on_some(many, recruiter)
    moves.move(many[3], world.stages["interview"], by=recruiter)
    sub_status.put(many[4], "on_hold", by=recruiter)
    address = reverse("pipeline:applications") if everywhere else url
    place = Place(recruiter, None if everywhere else world.job)
    query = {"status": ALL, "sort": NAME, "cols": ",".join(place.columns)}
    client.force_login(recruiter)

    shown = seen_on_pages(client, address, **query)
    text = b"".join(client.get(address, {**query, "as": "csv"}).streaming_content).decode().removeprefix("\ufeff")
    book = client.get(address, {**query, "as": "xlsx"})
    sheet = load_workbook(io.BytesIO(b"".join(book.streaming_content))).active

    if everywhere:  # the file tells jobs of one title apart
        at = shown[0].index("Job")
        for line in shown[1:]:
            line[at] = f"{line[at]} ({world.job.requisition_id})"
    assert len(shown) == 22 and len(shown[0]) == len(place.columns) > 25
    assert [[" ".join(cell.split()) for cell in line] for line in csv.reader(io.StringIO(text))] == shown
    assert [[" ".join(str(cell or "").split()) for cell in line] for line in sheet.values] == shown
    filled = {head for line in shown[1:] for head, cell in zip(shown[0], line, strict=True) if cell}
    assert {"Waits for", "Relocates", "Weeks of notice", "Company", "In stage since", "Last activity"} <= filled
