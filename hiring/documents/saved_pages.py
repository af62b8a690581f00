"""The words of a web page that was saved. Such files are never accepted at the door (SEC-15); `manage.py parse_resume` reads them.

Loaded by the confined child alone. Nothing in the page runs, and nothing it names is fetched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

BLOCKS = (
    "address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "figure", "footer", "form", "h1", "h2", "h3", "h4",
    "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table", "tr", "ul", "time",
)  # fmt: skip
UNSEEN = ("script", "style", "head", "template", "noscript", "title")


def read(source: str) -> tuple[list[tuple[str, str]], list[str]]:
    """Its lines, as blocks of the child, and what it would do by itself."""
    from lxml import html

    root = html.document_fromstring(source, parser=html.HTMLParser(no_network=True, huge_tree=False))
    acts = ["a script"] if root.find(".//script") is not None else []
    text: list[str] = []
    for event, node in walk(root):
        breaks = "\n" if node.tag in BLOCKS else "\t" if node.tag in ("td", "th") else ""
        if event == "start":
            text += [breaks, "• " if node.tag == "li" else "", re.sub(r"\s+", " ", node.text or "")]
        else:
            text += [breaks, re.sub(r"\s+", " ", node.tail or "")]
    return [("p", line.strip()) for line in "".join(text).split("\n") if line.strip()], acts


def walk(root: Any) -> Iterator[tuple[str, Any]]:
    """Start and end of every element that is shown, without recursion: depth is the sender's choice."""
    waiting: list[tuple[str, Any]] = [("start", root)]
    while waiting:
        event, node = waiting.pop()
        if event == "end" or not isinstance(node.tag, str) or node.tag in UNSEEN:
            yield "end", node
            continue
        yield "start", node
        waiting.append(("end", node))
        waiting.extend(("start", child) for child in reversed(node))
