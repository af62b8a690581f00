"""The words of a posting: what is typed or pasted becomes clean HTML, and what is stored becomes text that can be typed on.

Only paragraphs, lists, headings, line breaks and links: what search engines and boards lay out is less still (JOB-4).
"""

from __future__ import annotations

import html as html_module
import re
from itertools import groupby

import nh3
from django.utils.html import escape, strip_tags

TAGS = {"p", "ul", "ol", "li", "br", "strong", "em", "h3", "a"}
# Names that HTML knows: "salary <negotiable>" is text, and no word of it may get lost.
HTML_NAMES = (
    "a|abbr|address|article|aside|b|big|blockquote|body|br|button|center|code|col|colgroup|dd|del|details|div|dl|dt|em|embed|font|"
    "footer|form|h[1-6]|head|header|hr|html|i|iframe|img|input|ins|kbd|label|li|link|main|mark|meta|nav|object|ol|option|p|pre|q|s|"
    "section|select|small|span|strike|strong|style|script|sub|summary|sup|svg|table|tbody|td|textarea|tfoot|th|thead|title|tr|u|ul|video"
)
MARKUP = re.compile(rf"</?(?:{HTML_NAMES})(?:\s[^<>]*)?/?>|<!--", re.IGNORECASE)
BULLET, NUMBER = re.compile(r"\s*[-*•·‣▪]\s+"), re.compile(r"\s*\d{1,2}[.)]\s+")
LINK = re.compile(r"\[([^\[\]\n]+)\]\(((?:https?://|mailto:)[^\s()<>\"']+)\)")
ANCHOR = re.compile(r'<a href="([^"]*)"[^>]*>([^<]*)</a>')
BLOCKS = re.compile(r"<(/?)(?:h[1-6]|blockquote|div|section|article|tr|dt|dd|pre)\b[^>]*>", re.IGNORECASE)


def sanitise(html: str) -> str:
    """Only the plain marks a posting needs; links lead to web or mail (JOB-4). Scripts, styles and handlers are gone."""
    clean = nh3.clean(
        html,
        tags=TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow noopener noreferrer",
    )
    return clean.replace("\r\n", "\n").replace("\r", "\n").strip()  # one that was written as a number, too


def as_html(typed: str) -> str:
    """What was typed as the clean HTML of a posting: HTML as it stands, plain text by its blank lines and marks."""
    if MARKUP.search(typed):
        return sanitise(typed)
    blocks = re.split(r"\n\s*\n", typed.replace("\r\n", "\n").strip())
    return sanitise("".join(_block(block) for block in blocks if block.strip()))


def as_typed(html: str) -> str:
    """A posting as plain text that `as_html` reads back, when nothing in it needs HTML; else the HTML itself."""
    if re.search(r"<(?!/?(?:p|ul|ol|li|h3|a)\b|br\s*/?>)", html):
        return html
    text = ANCHOR.sub(lambda link: f"[{link[2]}]({link[1]})", re.sub(r">\s+<", "><", html))
    text = re.sub(r"<ol>(.*?)</ol>", lambda found: _numbered(found[1]), text, flags=re.DOTALL)
    for tag, mark in (("<h3>", "## "), ("<li>", "- "), ("</li>", "\n"), ("</ul>", "\n"), ("<br>", "\n")):
        text = text.replace(tag, mark)
    text = html_module.unescape(re.sub(r"</(?:p|h3)>", "\n\n", re.sub(r"<(?:p|ul)>", "", text)))
    text = re.sub(r"\n{3,}", "\n\n", text).strip()
    return html if MARKUP.search(text) else text


def pasted(html: str) -> str:
    """What was copied from a document or a page as text to type on: its paragraphs, lists and links, none of its looks."""
    html = re.sub(r"(?is)<(style|script|head|title|xml)\b.*?</\1>", "", html)
    html = BLOCKS.sub(lambda tag: f"<{tag[1]}{'h3' if re.match(r'</?h[1-6]', tag[0], re.IGNORECASE) else 'p'}>", html)
    kept = nh3.clean(
        html,
        tags=TAGS - {"strong", "em"},
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    )
    kept = re.sub(r"<li>\s*<p>(.*?)</p>\s*</li>", r"<li>\1</li>", kept, flags=re.DOTALL)
    kept = re.sub(r"<a>(.*?)</a>", r"\1", kept, flags=re.DOTALL)
    kept = re.sub(r"[ \t\r\n\u00a0]+", " ", kept.replace("&nbsp;", " "))
    kept = re.sub(r"<(p|h3|li)>\s*(?:<br>\s*)*</\1>", "", re.sub(r"\s*(</?(?:p|h3|li|ul|ol)>)\s*", r"\1", kept))
    if not re.match(r"<(?:p|h3|ul|ol)>", kept):
        kept = f"<p>{kept}</p>"
    return as_typed(kept)


def plain(html: str) -> str:
    """The words alone, in one line."""
    return re.sub(r"\s+", " ", strip_tags(html.replace("<", " <")).replace("&nbsp;", " ")).strip()


def _block(block: str) -> str:
    """One block of plain text: a heading, lists where lines begin with a dash or a number, and paragraphs."""
    html: list[str] = []
    for mark, lines in groupby(block.split("\n"), key=_mark):
        words = [_words(re.sub(mark, "", line, count=1) if mark else line) for line in lines if line.strip()]
        if mark:
            tag = "ul" if mark == BULLET else "ol"
            html.append(f"<{tag}>{''.join(f'<li>{word}</li>' for word in words)}</{tag}>")
            continue
        for is_heading, some in groupby(words, key=lambda word: word.startswith("## ")):
            said = list(some)
            html += [f"<h3>{word[3:]}</h3>" for word in said] if is_heading else [f"<p>{'<br>'.join(said)}</p>"]
    return "".join(html)


def _mark(line: str) -> re.Pattern[str] | None:
    return next((mark for mark in (BULLET, NUMBER) if mark.match(line)), None)


def _words(line: str) -> str:
    return LINK.sub(r'<a href="\2">\1</a>', escape(line.strip()))


def _numbered(items: str) -> str:
    rows = items.replace("</li>", "").split("<li>")[1:]
    return "".join(f"{number}. {row}\n" for number, row in enumerate(rows, 1)) + "\n"
