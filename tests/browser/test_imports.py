"""The import wizard in a browser: from the file to the result and back, by hand and without JavaScript, and how its pages look."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from hiring import duplicates
from hiring.models import Candidate
from sourcing.imports import steps
from sourcing.imports.models import ImportBatch
from tests.browser.looks import look_over
from tests.factories import EmailFactory, SourceFactory

LIST = (
    "Nom;Prénom;Courriel;Téléphone;Société\n"
    "Byron;Ada;ada@mail.example;06 39 98 00 01;Enedis\n"
    "Haddad;Noor;noor@mail.example;;RTE\n"
    ";;nobody@mail.example;;\n"
)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_the_wizard_is_walked_to_the_result_and_back(new_page, sign_in, recruiter, tmp_path, scripts):
    SourceFactory(name="Grid fair", kind="event")
    known = EmailFactory(
        value="n.haddad@old.example", candidate__name="Noor Haddad", candidate__company="RTE"
    ).candidate
    duplicates.look([known.pk])
    file = tmp_path / "visitors.csv"
    file.write_text(LIST, encoding="cp1252")
    page = new_page(java_script_enabled=scripts)
    sign_in(page, recruiter)

    page.goto(reverse("sourcing:import_create"))
    page.get_by_label("File").set_input_files(file)
    if scripts:
        page.console.expect("ERR_INTERNET_DISCONNECTED|htmx:sendError|htmx:afterRequest")
        page.context.set_offline(True)
        page.get_by_role("button", name="Go on").click()
        page.get_by_role("status").get_by_text("No connection.").wait_for()
        page.context.set_offline(False)  # the file is still chosen: the same button sends it
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_label("What “Courriel” is")).to_have_value("email")
    page.get_by_label("Source", exact=True).select_option(label="Grid fair")
    page.get_by_label("We found them").check()
    page.get_by_role("button", name="Check the list").click()
    expect(page.get_by_text("Checking").first).to_be_visible()

    work(page, scripts)
    expect(page.get_by_text("There is no name.")).to_be_visible()
    page.get_by_role("link", name="Looks like somebody we know 1").click()
    page.get_by_label("What becomes of row 3").select_option(label="Add to Noor Haddad")
    if not scripts:
        page.locator("#row-3").get_by_role("button", name="Set").click()
    expect(page.get_by_text("Will be added")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Will be added")).to_be_visible()
    page.get_by_role("button", name="Import", exact=True).click()
    work(page, scripts)
    expect(page.get_by_role("link", name="Ada Byron")).to_be_visible()
    expect(page.get_by_text("added to that person")).to_be_visible()
    assert Candidate.objects.count() == 2
    page.get_by_role("link", name="See the people").click()
    expect(page.get_by_role("link", name="Noor Haddad")).to_be_visible()
    page.go_back()

    page.get_by_role("button", name="Undo the import").click()
    if scripts:
        page.get_by_role("dialog").get_by_role("button", name="Undo the import").click()
    work(page, scripts)
    expect(page.get_by_text("Undone").first).to_be_visible()
    assert list(Candidate.objects.all()) == [known]
    assert known.contact_points.count() == 1


def work(page, scripts):
    """Do what the worker would; the page follows by itself, or when it is asked to look again."""
    expect(page.get_by_text("This goes on when you leave the page.")).to_be_visible()
    steps.do(ImportBatch.objects.get().pk)
    if not scripts:
        page.get_by_role("link", name="Look again").click()


def test_the_pages_look_right(new_page, sign_in, world, recruiter):
    from tests.sourcing.routes import archive, batch, suspected

    paths = [
        reverse("sourcing:imports"),
        reverse("sourcing:import_create"),
        reverse("sourcing:import_map", args=[batch(world, "mapping").pk]),
        suspected(world).get_absolute_url(),
        batch(world).get_absolute_url(),
        archive(world).get_absolute_url(),
    ]
    assert look_over(new_page, sign_in, recruiter, paths) == []
