"""The words of a web page that was saved, and apart from them what nobody sees. Such files are never accepted at the door (SEC-15);
`manage.py parse_resume` reads them.

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
NO_WORDS = ("script", "style", "head", "template", "noscript", "title")


def read(source: str, styles: Any) -> tuple[list[tuple[str, str]], list[str], str, dict[str, int]]:
    """Its lines, as blocks of the child, what it would do by itself, what it hides, and how often in which way. `styles` is the
    module beside."""
    from lxml import html

    root = html.document_fromstring(source, parser=html.HTMLParser(no_network=True, huge_tree=False))
    acts = ["a script"] if root.find(".//script") is not None else []
    sheet = styles.Sheet.of(root)
    text: list[str] = []
    unseen: list[str] = []
    reasons: dict[str, int] = {}
    around = [sheet.plain]

    def take(said: str | None, looks: Any) -> None:
        said = re.sub(r"\s+", " ", said or "")
        why = looks.why if said.strip() else ""
        if why:
            reasons[why] = reasons.get(why, 0) + 1
        (unseen if why else text).append(said)

    for event, node in walk(root):
        breaks = "\n" if node.tag in BLOCKS else "\t" if node.tag in ("td", "th") else ""
        if event == "start":
            around.append(sheet.looks(node, around[-1]))
            text += [breaks, "• " if node.tag == "li" else ""]
            unseen.append(breaks)
            take(node.text, around[-1])
        else:
            text.append(breaks)
            unseen.append(breaks)
            if isinstance(node.tag, str) and node.tag not in NO_WORDS:
                around.pop()
            take(node.tail, around[-1])
    lines = [("p", line.strip()) for line in "".join(text).split("\n") if line.strip(" •\t")]
    return lines, acts, "\n".join(line.strip() for line in "".join(unseen).split("\n") if line.strip()), reasons


def walk(root: Any) -> Iterator[tuple[str, Any]]:
    """Start and end of every element that has words, without recursion: depth is the sender's choice."""
    waiting: list[tuple[str, Any]] = [("start", root)]
    while waiting:
        event, node = waiting.pop()
        if event == "end" or not isinstance(node.tag, str) or node.tag in NO_WORDS:
            yield "end", node
            continue
        yield "start", node
        waiting.append(("end", node))
        waiting.extend(("start", child) for child in reversed(node))
