"""What an embedded list shows, and what somebody puts into their web site for it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.html import escape, format_html

from hiring.models import Posting
from sourcing.careers import listing
from sourcing.careers.listing import Wanted
from sourcing.careers.words import Terms, terms
from sourcing.embeds.models import CareerEmbed

SCRIPT = "js/embed.js"


def find(key: str) -> CareerEmbed | None:
    return CareerEmbed.objects.filter(key=key, is_active=True).first()


def every() -> list[CareerEmbed]:
    return list(CareerEmbed.objects.all())


def rows(embed: CareerEmbed, wanted: Wanted) -> tuple[list[tuple[Posting, Terms]], bool]:
    """The newest matching jobs, and whether there are more."""
    page = listing.find(wanted, size=embed.most)
    return [(posting, terms(posting)) for posting in page.postings], bool(page.older)


def chosen(wanted: Wanted) -> str:
    """The filters of an address: department and place alone."""
    asked = {"department": wanted.department, "location": wanted.location}
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"?{query}" if query else ""


def address(embed: CareerEmbed, wanted: Wanted) -> str:
    return settings.SITE_URL + reverse("careers:embed", args=[embed.key]) + chosen(wanted)


def snippets(embed: CareerEmbed, wanted: Wanted) -> dict[str, Any]:
    """What is copied: the frame, the script that fits its height, and the address of the same jobs as data."""
    script = settings.STATIC_URL + SCRIPT  # not by its digest, which changes with a release: this one has to last
    frame = format_html(
        '<iframe src="{}" title="{}" width="100%" height="900" loading="lazy" style="border:0" data-throughline></iframe>',
        address(embed, wanted),
        f"Jobs at {settings.ORGANISATION_NAME}",
    )
    return {  # as text: on our page it is shown, and not obeyed
        "frame": frame + "",  # no longer marked as safe
        "script": f'<script src="{escape(settings.SITE_URL + script)}" async></script>',
        "data": settings.SITE_URL + reverse("careers:api_jobs") + chosen(wanted),
    }
