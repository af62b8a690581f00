"""The career site's own words in the languages it speaks; none is left out, and each page says which it is in. JOB-16, A11Y-9 (3.1.1)."""

from __future__ import annotations

import gettext
import re

import pytest
from django.conf import settings
from django.urls import reverse

from hiring.postings import editing
from sourcing.careers import facts, languages
from tests.factories import PostingFactory, StageFactory

TEMPLATES = sorted(
    path
    for name in (
        "home", "part", "posting", "gone", "apply", "review", "shared", "base", "_article", "_brand", "_field", "_file", "_filter",
        "_foot", "_form", "_job", "_list", "_list_meta", "_meta", "_notice", "_parts", "_terms",
    )
    for path in (settings.BASE_DIR / "templates/careers").glob(f"{name}.html")
)  # fmt: skip
CODE = [
    settings.BASE_DIR / "sourcing/careers" / name
    for name in ("words.py", "form.py", "lists.py", "apply_views.py", "shown.py")
]
SAID = re.compile(r"""\{% translate "([^"]+)"|_\("([^"]+)"\)""")
IN_CODE = re.compile(r"""(?:\b_|_lazy|gettext_noop)\(\s*"([^"]+)"\s*\)""")
BLOCK = re.compile(r"\{% blocktranslate(.*?) trimmed %\}(.*?)\{% endblocktranslate %\}", re.DOTALL)


def catalog(code):
    return gettext.GNUTranslations((settings.BASE_DIR / f"locale/{code}/LC_MESSAGES/django.mo").open("rb"))._catalog


def said() -> set[str]:
    found: set[str] = set()
    for path in TEMPLATES:
        text = path.read_text(encoding="utf-8")
        found.update(one or other for one, other in SAID.findall(text))
        for _, body in BLOCK.findall(text):
            for words in body.split("{% plural %}")[:1]:
                found.add(re.sub(r"\{\{ (\w+) \}\}", r"%(\1)s", words.strip()))
    for path in CODE:
        found.update(IN_CODE.findall(path.read_text(encoding="utf-8")))
    return found


@pytest.mark.parametrize("code", [one for one in languages.SITE if one != "en"])
def test_every_word_of_the_site_is_in_every_language(code):
    """Also once it is compiled: what is committed is what is read."""
    known = {key[0] if isinstance(key, tuple) else key for key, words in catalog(code).items() if words}

    assert sorted(said() - known) == []
    assert len(said()) > 150


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_says_a_word_past_the_translations(path):
    text = BLOCK.sub("", path.read_text(encoding="utf-8"))
    text = re.sub(r"\{% comment %\}.*?\{% endcomment %\}|\{#.*?#\}", "", text, flags=re.DOTALL)
    text = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", text, flags=re.DOTALL)
    attributes = re.findall(r'(?:aria-label|placeholder|alt|title)="([^"]*)"', text)
    words = " ".join([re.sub(r"<[^<>]*>", " ", text), *attributes])

    assert re.findall(r"[^\W\d_]{3,}", words.replace("Cookies", "")) == []


@pytest.fixture
def posting(db):
    made = PostingFactory(title="Data Engineer", job__location__name="Lyon", job__pay_min=52000, job__pay_max=64000)
    for position, kind in enumerate(["applied", "interview", "offer"]):
        StageFactory(job=made.job, kind=kind, position=position)
    return made


@pytest.mark.parametrize(
    ("query", "accepts", "lang", "says"),
    [
        ("", "", "en", "1 open job"),
        ("?lang=de", "fr", "de", "1 offene Stelle"),
        ("", "de-AT,en;q=0.5", "de", "Schon beworben?"),
        ("", "nl,fr;q=0.8,de;q=0.5", "fr", "1 offre ouverte"),
        ("?lang=klingon", "xx", "en", "1 open job"),
    ],
)
def test_a_list_is_in_the_language_that_is_asked_for(client, posting, query, accepts, lang, says):
    answer = client.get("/careers/" + query, headers={"accept-language": accepts})
    page = answer.content.decode()

    assert f'<html lang="{lang}">' in page and says in page
    assert ("Accept-Language" in answer.get("Vary", "")) == (query != "?lang=de")
    canonical = "http://127.0.0.1:8000/careers/" + ("?lang=de" if query == "?lang=de" else "")
    assert f'<link rel="canonical" href="{canonical}">' in page
    for code in ("de", "fr", "en"):
        assert f'hreflang="{code}" href="http://127.0.0.1:8000/careers/?lang={code}"' in page
    assert ('name="lang" value="de"' in page) == (query == "?lang=de")  # narrowed further, it stays German
    if query == "?lang=de":
        assert f'href="{posting.get_absolute_url()}?lang=de"' in page


def test_two_languages_are_two_pages_for_a_cache(client, posting, monkeypatch):
    monkeypatch.setattr(facts, "SECONDS", 15)
    pages = {code: client.get("/careers/", headers={"accept-language": code}) for code in ("de", "fr", "en")}

    assert len({page["ETag"] for page in pages.values()}) == 3
    again = client.get("/careers/", headers={"accept-language": "fr", "if-none-match": pages["de"]["ETag"]})
    assert again.status_code == 200


def test_a_posting_is_in_the_language_of_its_words(client, posting, recruiter):
    """Whatever the browser would like: its words, and ours around them, are one page."""
    german = PostingFactory(
        language="de", title="Netzplanung", job__location__name="Graz", job__pay_min=52000, job__pay_max=64000
    )
    StageFactory(job=german.job, kind="applied", position=0)
    page = client.get(german.get_absolute_url(), headers={"accept-language": "fr"}).content.decode()

    assert '<html lang="de">' in page and '<header class="tl-public-top">' in page
    assert "Auf diese Stelle bewerben" in page and "Vollzeit" in page and "So geht es weiter" in page
    assert "€\u00a052.000 bis 64.000" in page and "im Jahr" in page
    assert "Apply for" not in page and "Full time" not in page and "Similar" not in page


def test_words_of_a_language_we_do_not_speak_stand_beside_english_ones(client, db):
    page = client.get(PostingFactory(language="nl", title="Netplanner").get_absolute_url()).content.decode()

    assert (
        '<html lang="nl">' in page
        and '<header class="tl-public-top" lang="en">' in page
        and "Apply for this job" in page
    )


def test_the_form_and_its_mistakes_are_in_the_language_of_the_posting(client, posting):
    german = PostingFactory(language="de", title="Netzplanung")
    where = reverse("careers:apply", args=[german.slug])
    form = client.get(where).content.decode()
    wrong = client.post(where, {"name": "", "email": "x"}).content.decode()
    french = client.post(where + "?lang=fr", {"name": ""}).content.decode()

    assert '<html lang="de">' in form and "Vor- und Nachname" in form and "Bewerbung ansehen" in form
    assert f'action="{where}?lang=de"' in form
    assert "Bitte sagen Sie uns Ihren Namen." in wrong and "Bitte berichtigen Sie das." in wrong
    assert "Indiquez-nous votre nom." in french


def test_a_translation_leads_to_the_form_in_its_language(client, posting, recruiter):
    text = "<p>" + "Sie bauen Leitungen, denen Zähler und Menschen trauen. " * 4 + "</p>"
    editing.translate(posting, "de", by=recruiter, title="Dateningenieurin", description=text)
    page = client.get(f"{posting.get_absolute_url()}de/").content.decode()

    assert f'href="{posting.apply_url}?lang=de"' in page and "Auf diese Stelle bewerben" in page
    form = client.get(f"{posting.apply_url}?lang=de")
    assert "Dateningenieurin" in form.content.decode()
    assert {text.locale for text in form.context["form"].notices.read} == {"de"}  # what is told before sending, as well
