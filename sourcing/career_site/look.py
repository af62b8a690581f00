"""The career site as it is set now, for its pages: read once in some seconds, and let go when an administrator saves."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from sourcing.career_site import colours
from sourcing.career_site.models import CareerImage, CareerSite
from sourcing.career_site.pictures import Picture
from sourcing.careers import facts
from sourcing.careers.markup import clean

KEY = "careers:look:1"
Kind = CareerImage.Kind


@dataclass(frozen=True)
class Text:
    tagline: str
    intro: str

    @property
    def html(self) -> SafeString:
        return clean(self.intro)


@dataclass(frozen=True)
class Look:
    """`texts` and `links` are by language; a link of no language is on every page. `images` are addresses by kind."""

    name: str = ""
    colour: str = ""
    texts: tuple[tuple[str, Text], ...] = ()
    links: tuple[tuple[str, str, str], ...] = ()
    images: tuple[tuple[str, str], ...] = ()

    @property
    def title(self) -> str:
        return self.name or str(settings.ORGANISATION_NAME)

    @property
    def sheet(self) -> str:
        """The address of its style sheet; empty where the colours are ours."""
        return reverse("careers:look_sheet", args=[digest_of(self.colour.encode())]) if self.colour else ""

    def image(self, kind: str) -> str:
        return dict(self.images).get(kind, "")

    @property
    def logo(self) -> str:
        return self.image(Kind.LOGO)

    @property
    def icon(self) -> str:
        return self.image(Kind.ICON)

    @property
    def share(self) -> str:
        return self.image(Kind.SHARE)

    @property
    def text(self) -> Text | None:
        """In the language of the page, else in English, else in whichever there is."""
        texts, code = dict(self.texts), get_language() or "en"
        return texts.get(code) or texts.get(code.split("-")[0]) or texts.get("en") or next(iter(texts.values()), None)

    @property
    def foot(self) -> list[tuple[str, str]]:
        code = (get_language() or "en").split("-")[0]
        return [(label, url) for language, label, url in self.links if language in ("", code)]


def current() -> Look:
    """What visitors see."""
    return facts.kept(KEY, lambda: of(CareerSite.objects.filter(is_on=True).first()))


def drawn() -> Look:
    """What an administrator is making, on or not."""
    return of(CareerSite.objects.first())


def of(site: CareerSite | None) -> Look:
    if site is None:
        return Look()
    images = site.images.values_list("kind", "digest", "content_type")
    return Look(
        name=site.name,
        colour=site.colour,
        texts=tuple((one.language, Text(one.tagline, one.intro)) for one in site.texts.all()),
        links=tuple((one.language, one.label, one.url) for one in site.links.all()),
        images=tuple((kind, address(kind, digest, content_type)) for kind, digest, content_type in images),
    )


def address(kind: str, digest: str, content_type: str) -> str:
    end = "svg" if content_type == "image/svg+xml" else "png"
    return reverse("careers:look_image", args=[kind, digest, end])


def sheet_of(digest: str) -> str | None:
    """The style sheet of this digest, of what is on or being made; None when there is no such."""
    for colour in CareerSite.objects.exclude(colour="").values_list("colour", flat=True):
        if digest_of(colour.encode()) == digest:
            return colours.sheet(colour)
    return None


def image_of(kind: str, digest: str) -> CareerImage | None:
    return CareerImage.objects.filter(kind=kind, digest=digest).first()


def keep_picture(site: CareerSite, kind: str, picture: Picture) -> None:
    said = {"content_type": picture.content_type, "data": picture.data, "digest": digest_of(picture.data)}
    CareerImage.objects.update_or_create(site=site, kind=kind, defaults=said)


def forget_pictures(site: CareerSite, kinds: Iterable[str]) -> None:
    site.images.filter(kind__in=list(kinds)).delete()


def changed() -> None:
    """An administrator saved: the next visitor sees it."""
    transaction.on_commit(lambda: facts.forget(KEY))


def digest_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]
