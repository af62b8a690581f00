"""What heads and ends every page of the career site, as administrators set it (sourcing/career_site)."""

from __future__ import annotations

from typing import Any

from django import template

from sourcing.career_site.look import Look, current

register = template.Library()


def _look(context: template.Context) -> Look:
    found = context.get("look")
    return found if isinstance(found, Look) else current()


@register.inclusion_tag("careers/_brand.html", takes_context=True)
def career_brand(context: template.Context) -> dict[str, Any]:
    return {"look": _look(context), "carry": context.get("carry", "")}


@register.inclusion_tag("careers/_foot.html", takes_context=True)
def career_foot(context: template.Context) -> dict[str, Any]:
    return {
        "look": _look(context),
        "carry": context.get("carry", ""),
        "remembers": context.get("remembers"),
        "languages": context.get("site_languages"),
        "now": context.get("page_language"),
    }


@register.inclusion_tag("careers/_look.html", takes_context=True)
def career_look(context: template.Context) -> dict[str, Any]:
    return {"look": _look(context)}
