"""Strangers' HTML made harmless (MAIL-18): a short list of tags, links that open elsewhere, and no picture from outside."""

from __future__ import annotations

import nh3

TAGS = {
    "a", "b", "blockquote", "br", "code", "div", "em", "h1", "h2", "h3", "h4", "hr", "i", "li", "ol", "p", "pre", "s",
    "span", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "u", "ul",
}  # fmt: skip


def for_display(html: str) -> str:
    """HTML that may stand on our page: no script, no style, no image, no form, links with a plain scheme only."""
    return nh3.clean(
        html,
        tags=TAGS,
        attributes={"a": {"href", "target"}},
        clean_content_tags={"script", "style", "title", "head"},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )
