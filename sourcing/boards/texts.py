"""Texts as a feed may carry them: no hostile posting can end an element, a CDATA section or a JSON string (JOB-24)."""

from __future__ import annotations

import json
import re
from typing import Any

# XML 1.0 knows no other control characters than tab and the line ends, no half of a surrogate pair, and not U+FFFE or U+FFFF.
ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
ENTITY = re.compile(r"&(?=#?\w+;)")
NO_TEXT = re.compile(r"<(?=[a-zA-Z/!?])")


def legal(text: str) -> str:
    """Without the characters that no XML file may hold. A bare carriage return would come back as a line feed."""
    return ILLEGAL.sub("", text).replace("\r\n", "\n").replace("\r", "\n")


def cdata(text: str) -> str:
    return f"<![CDATA[{legal(text).replace(']]>', ']]]]><![CDATA[>')}]]>"


def element(tag: str, text: str) -> str:
    return f"<{tag}>{cdata(text)}</{tag}>"


def literal(html: str) -> str:
    """Clean HTML without entities, which Indeed shows as they stand (JOB-24).

    A bracket that was text may become a bracket again only where no browser reads a tag in it; elsewhere it becomes the
    quotation mark that looks like it. An ampersand that would begin an entity is set apart from what follows.
    """
    html = html.replace("&nbsp;", "\u00a0").replace("&gt;", ">").replace("&quot;", '"').replace("&#39;", "'")
    html = NO_TEXT.sub("\0", html).replace("&lt;", "<")  # our own tags are out of the way meanwhile
    html = NO_TEXT.sub("\u2039", html).replace("\0", "<")
    return ENTITY.sub("& ", html.replace("&amp;", "&"))


def as_json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace").decode()
