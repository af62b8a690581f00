"""The look of the career site as administrators set it: colours that can be read, pictures that are pictures, words, links.

Standard ids: SEC-6, SEC-7, SEC-15, JOB-17, A11Y-9.
"""

from __future__ import annotations

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageFile

from hiring.errors import Refused
from sourcing.career_site import colours, look, pictures
from sourcing.career_site.models import CareerImage, CareerSite
from tests.factories import PostingFactory

PLAIN_SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z" fill="#123456"/></svg>'


def png(width=900, height=300) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "#1a4fd0").save(out, "PNG")
    return out.getvalue()


def upload(data, name="logo.png"):
    return SimpleUploadedFile(name, data)


def form(**changes) -> dict:
    management = {
        f"{prefix}-{field}": value
        for prefix in ("texts", "links")
        for field, value in {"TOTAL_FORMS": 1, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 9}.items()
    }
    words = {
        "texts-0-language": "en",
        "texts-0-tagline": "Keep the lights on",
        "texts-0-intro": "We look after <script>alert(1)</script><b>grids</b>.",
        "links-0-label": "Imprint",
        "links-0-url": "https://nordvale.example/imprint",
        "links-0-position": 0,
    }
    return {"is_on": "on", "name": "Nordvale People", "colour": "#1a4fd0"} | management | words | changes


def save(client, admin, **changes):
    client.force_login(admin)
    site = CareerSite.objects.first()
    where = reverse("admin:sourcing_careersite_change", args=[1]) if site else reverse("admin:sourcing_careersite_add")
    answer = client.post(where, form(**changes))
    client.logout()
    return answer


# --- what visitors see ----------------------------------------------------------------------------------------------


def test_name_colour_logo_words_and_links_are_on_the_site(client, admin):
    posting = PostingFactory()
    answer = save(client, admin, logo=upload(png()), share=upload(png(1200, 630)), icon=upload(PLAIN_SVG, "icon.svg"))

    assert answer.status_code == 302
    home, page = client.get("/careers/").content.decode(), client.get(posting.get_absolute_url()).content.decode()
    assert ">Keep the lights on</h1>" in home and "We look after" in home and "alert(1)" not in home
    for text in (home, page):
        assert 'href="https://nordvale.example/imprint"' in text and 'alt="Nordvale People"' in text
        assert "style=" not in text and "<style" not in text
    sheet = client.get(re.search(r'href="(/careers/look/[0-9a-f]+\.css)"', home)[1])
    assert "--tl-accent:light-dark(#1a4fd0," in sheet.content.decode() and "immutable" in sheet["Cache-Control"]
    logo = client.get(re.search(r'src="(/careers/look/logo-[0-9a-f]+\.png)"', home)[1])
    assert Image.open(io.BytesIO(logo.content)).size == (480, 160)
    assert "sandbox" in logo["Content-Security-Policy"] and logo["X-Content-Type-Options"] == "nosniff"
    assert re.search(r'property="og:image" content="http://127\.0\.0\.1:8000/careers/look/share-', page)


def test_until_it_is_on_only_an_administrator_sees_it(client, admin, recruiter):
    save(client, admin, is_on="", logo=upload(png()))
    seen = client.get("/careers/").content.decode()
    client.force_login(admin)
    preview = client.get(reverse("careers:look_preview"))

    assert "Keep the lights on" not in seen and "Nordvale People" not in seen
    assert "Keep the lights on" in preview.content.decode() and "no-store" in preview["Cache-Control"]
    client.force_login(recruiter)
    assert client.get(reverse("careers:look_preview")).status_code == 403


def test_a_change_of_the_look_is_another_page(client, admin):
    """No cache goes on with the old one."""
    tag = client.get("/careers/")["ETag"]
    save(client, admin)

    assert client.get("/careers/", headers={"if-none-match": tag}).status_code == 200


def test_words_are_in_the_language_of_the_page(client, admin):
    save(client, admin)
    site = CareerSite.objects.get()
    site.texts.create(language="de", tagline="Wir halten das Licht an")
    found = look.of(site)

    from django.utils import translation

    with translation.override("de-at"):
        assert found.text.tagline == "Wir halten das Licht an"
    with translation.override("fr"):
        assert found.text.tagline == "Keep the lights on"


def test_a_picture_can_be_taken_away(client, admin):
    save(client, admin, logo=upload(png()))
    text = CareerSite.objects.get().texts.get()
    save(client, admin, logo_gone="on", **{"texts-INITIAL_FORMS": 1, "texts-0-id": text.pk, "texts-0-site": 1})

    assert not CareerImage.objects.exists()


def test_addresses_of_nothing_are_404(client, db):
    assert client.get("/careers/look/0123456789abcdef.css").status_code == 404
    assert client.get("/careers/look/logo-0123456789abcdef.svg").status_code == 404


# --- colours --------------------------------------------------------------------------------------------------------


def test_a_colour_that_cannot_be_read_is_refused_and_the_nearest_is_named(client, admin):
    """WCAG 1.4.3."""
    answer = save(client, admin, colour="#ffcc00")

    said = answer.context["adminform"].form.errors["colour"][0]
    nearest = re.search(r"(#[0-9a-f]{6}) is the nearest", said)[1]
    assert "contrast is 1.4" in said and not CareerSite.objects.exists()
    assert save(client, admin, colour=nearest).status_code == 302


@pytest.mark.parametrize("colour", ["red", "#12345", "url(x)", "#12345g"])
def test_what_is_no_colour_is_said_so(client, admin, colour):
    assert "six digits" in str(save(client, admin, colour=colour).context["adminform"].form.errors["colour"])


@given(st.integers(0, 0xFFFFFF))
def test_every_colour_of_the_sheet_can_be_read(number):
    """Whatever is chosen: white words on it, and its words on paper by day and on graphite by night."""
    colour = colours.nearest(f"#{number:06x}")
    values = dict(re.findall(r"--tl-([a-z-]+):light-dark\(([^)]*)\)", colours.sheet(colour)))
    pairs = {name: value.split(",") for name, value in values.items()}

    assert all(colours.contrast(one, colours.WHITE) >= colours.WORDS for one in pairs["accent"])
    assert colours.contrast(pairs["accent-ink"][0], colours.DAY) >= colours.WORDS
    assert colours.contrast(pairs["accent-ink"][1], colours.NIGHT) >= colours.WORDS
    assert colours.contrast(pairs["accent-ink"][0], pairs["accent-soft"][0]) >= colours.SIGNS


# --- pictures -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "inside",
    [
        b"<script>alert(1)</script>",
        b'<path onload="alert(1)" d="M0 0"/>',
        b'<a href="https://evil.example"><path d="M0 0"/></a>',
        b'<image href="https://evil.example/x.png"/>',
        b'<path xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="https://evil.example" d="M0 0"/>',
        b"<style>path { fill: url(https://evil.example) }</style>",
        b'<path fill="url(https://evil.example/x)" d="M0 0"/>',
        b'<foreignObject><body xmlns="http://www.w3.org/1999/xhtml"/></foreignObject>',
        b'<use href="#x"/>',
        b'<animate attributeName="d"/>',
        b'<path style="fill:red" d="M0 0"/>',
    ],
)
def test_an_svg_that_could_do_something_is_refused_by_name(inside):
    """SEC-15: an SVG is a document, and documents carry programs."""
    data = b'<svg xmlns="http://www.w3.org/2000/svg">' + inside + b"</svg>"
    with pytest.raises(Refused):
        pictures.read("logo", upload(data, "logo.svg"))


def test_an_svg_with_entities_is_refused_before_it_is_read():
    bomb = b'<!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>' + PLAIN_SVG.replace(
        b"<path", b"<title>&b;</title><path"
    )
    with pytest.raises(Refused, match="entities"):
        pictures.read("logo", upload(bomb, "logo.svg"))


def test_what_an_editor_left_in_an_svg_is_taken_out():
    data = (
        b'<?xml version="1.0"?><!DOCTYPE svg PUBLIC "x" "y"><!-- made by --><svg xmlns="http://www.w3.org/2000/svg" '
        b'xmlns:i="http://editor.example" i:version="1" viewBox="0 0 9 9"><i:view/><metadata>who</metadata>'
        b'<path d="M0 0h9" fill="url(#g)"/></svg>'
    )
    kept = pictures.read("logo", upload(data, "logo.svg")).data

    assert (
        b"editor" not in kept.replace(b'xmlns:i="http://editor.example"', b"")
        and b"who" not in kept
        and b"M0 0h9" in kept
    )


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n broken", b"<html>", png()[:200]])
def test_what_is_no_picture_is_refused_where_it_was_chosen(client, admin, data, monkeypatch):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)  # as WeasyPrint leaves it
    answer = save(client, admin, logo=upload(data or b" "))

    assert "logo" in answer.context["adminform"].form.errors and not CareerImage.objects.exists()


def test_too_large_and_too_small_pictures_are_said_so():
    with pytest.raises(Refused, match="1 MB"):
        pictures.read("logo", upload(b"x" * (pictures.LARGEST + 1)))
    with pytest.raises(Refused, match="1200"):
        pictures.read("share", upload(png(300, 100)))
    with pytest.raises(Refused, match="cannot draw an SVG"):
        pictures.read("share", upload(PLAIN_SVG, "x.svg"))
