"""The blocks of Word and OpenDocument files: text boxes, headers and tables too, and apart from them what nobody sees.

Loaded by the confined child alone; imports nothing of the product. `part` gives the tree of a part of the archive by its
name, and raises what the child raises when there is something wrong with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

OUTSIDE_PARTS = ("attachedTemplate", "oleObject", "frame", "subDocument", "externalLink", "image", "package")
DDE = re.compile(r"\bDDE(AUTO)?\b")
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
DRAWN = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
SHAPE = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
VML = "{urn:schemas-microsoft-com:vml}"
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
ODF_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
ODF_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
ODF_LOOKS = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"

HIDDEN = "in letters set to be hidden"
PAPER = "in the colour of the page"
SMALL = "in letters too small to read"
BESIDE = "beside the page"
SMALL_HALF_POINTS = 6
SMALL_POINTS = 3.0
FAR = 16_000_000  # in units of 1/914,400 inch: no paper is that large
WHITE = 235
DEEP = 20  # styles that rest on each other

Blocks = list[tuple[str, str]]
Part = Callable[[str], Any]
Looks = dict[str, Any]  # hidden, colour, size, ground: what is set, and what is inherited is missing


@dataclass
class Unseen:
    """What nobody sees, in order, and how often in which way."""

    text: list[str] = field(default_factory=list)
    reasons: dict[str, int] = field(default_factory=dict)

    def take(self, text: str, why: str) -> None:
        if text.strip():
            self.text.append(text)
            self.reasons[why] = self.reasons.get(why, 0) + 1


# Word


def read_docx(
    names: list[str], part: Part, data: Callable[[str], bytes], grounds: Any
) -> tuple[Blocks, list[str], Unseen]:
    """Blocks, what the file would do by itself, and what it hides. `data` gives the bytes of a part; `grounds` is the module beside."""
    order = [*sorted(n for n in names if re.fullmatch(r"word/header\d*\.xml", n)), "word/document.xml"]
    order += sorted(n for n in names if re.fullmatch(r"word/(footer\d*|footnotes|endnotes)\.xml", n))
    styles = _word_styles(part("word/styles.xml")) if "word/styles.xml" in names else {}
    blocks: Blocks = []
    acts: set[str] = set()
    seen: set[str] = set()
    unseen = Unseen()
    roots = {name: part(name) for name in order}
    for root in roots.values():
        for choice in root.iter(FALLBACK):
            choice.clear()  # the same text box once more, for old programs
    behind = grounds.of_document(
        roots,
        _is_filled,
        lambda name, link: _linked(names, part, data, name, link),
        lambda one: _is_all_white(one, styles),
    )
    behind.everywhere |= any(_has_coloured_pages(root) for root in roots.values())
    for name, root in roots.items():
        fields = [node.text or "" for node in root.iter(W + "instrText")]
        fields += [node.get(W + "instr") or "" for node in root.iter(W + "fldSimple")]
        if DDE.search(" ".join(fields)):
            acts.add("a command to start a program")
        here = list(_word_blocks(root, styles, behind, unseen))
        if name != "word/document.xml":  # the same header on every page counts once
            here = [block for block in here if block[1] not in seen]
            seen.update(text for _, text in here)
        blocks += here
    for name in (n for n in names if n.endswith(".rels")):
        for link in part(name):
            external = (link.get("TargetMode") or "").lower() == "external"
            if external and (link.get("Type") or "").endswith(OUTSIDE_PARTS):
                acts.add("a part fetched from elsewhere")
    if any(name.lower().startswith(("word/embeddings/", "word/activex/")) for name in names):
        acts.add("an embedded object")
    return blocks, sorted(acts), unseen


def _linked(names: list[str], part: Part, data: Callable[[str], bytes], name: str, link: str) -> bytes | None:
    """The picture a part links to, None when it holds none (one from elsewhere is not fetched)."""
    folder, _, own = name.rpartition("/")
    links = f"{folder}/_rels/{own}.rels"
    if links not in names:
        return None
    for one in part(links):
        if one.get("Id") == link and (one.get("TargetMode") or "").lower() != "external":
            path = f"{folder}/{one.get('Target') or ''}"
            return data(path) if path in names else None
    return None


def _is_all_white(paragraph: Any, styles: dict[str, Looks]) -> bool:
    said = [node for node in paragraph.iter(W + "t") if (node.text or "").strip()]
    return all(_why_unseen_in_word(node, paragraph, styles, None) == PAPER for node in said)


def _word_blocks(root: Any, styles: dict[str, Looks], behind: Any, unseen: Unseen) -> Iterator[tuple[str, str]]:
    for paragraph in root.iter(W + "p"):
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        name = (style.get(W + "val") or "").lower() if style is not None else ""
        listed = paragraph.find(f"{W}pPr/{W}numPr") is not None
        kind = "h" if name.startswith(("heading", "title", "titre")) else "li" if listed else "p"
        text: list[str] = []
        hidden: list[str] = []
        why = ""
        for node in paragraph.iter(W + "t", W + "tab", W + "br", W + "noBreakHyphen"):
            owner = next(node.iterancestors(W + "p"))
            if owner is not paragraph:  # a text box inside is a paragraph of its own
                continue
            said = {W + "t": node.text or "", W + "noBreakHyphen": "-", W + "br": "\n"}.get(node.tag, "\t")
            if said.strip() and (found := _why_unseen_in_word(node, paragraph, styles, behind)):
                hidden.append(said)
                why = why or found
            else:
                text.append(said)
        if hidden:
            unseen.take("".join(hidden), why)
        if text or not hidden:
            yield kind, "".join(text)


def _why_unseen_in_word(node: Any, paragraph: Any, styles: dict[str, Looks], behind: Any) -> str:
    run = node.getparent()
    own = run.find(W + "rPr") if run is not None else None
    looks: Looks = dict(styles.get("", {}))
    for holder, name in ((paragraph.find(f"{W}pPr"), "pStyle"), (own, "rStyle")):
        named = holder.find(W + name) if holder is not None else None
        looks |= styles.get(named.get(W + "val") or "" if named is not None else "", {}) if named is not None else {}
    looks |= _word_looks(own)
    if looks.get("hidden"):
        return HIDDEN
    if 0 < looks.get("size", 24) < SMALL_HALF_POINTS:
        return SMALL
    if looks.get("colour") == "white" and not looks.get("ground"):
        is_shown = (behind is not None and behind.under(paragraph)) or _is_shaded(paragraph, styles)
        if not is_shown:
            return PAPER
    return BESIDE if _is_far(paragraph) else ""


def _word_looks(properties: Any) -> Looks:
    """What the properties of a run set: hidden, colour ("white" or ""), size in half points, ground (shaded)."""
    looks: Looks = {}
    if properties is None:
        return looks
    for node in properties:
        value = node.get(W + "val") or ""
        if node.tag == W + "vanish":
            looks["hidden"] = value.lower() not in ("0", "false", "off")
        elif node.tag == W + "color":
            theme = node.get(W + "themeColor") or ""
            looks["colour"] = "white" if theme in ("background1", "light1") or _is_white(value) else ""
        elif node.tag == W + "sz" and value.isdecimal():
            looks["size"] = int(value[:6])
        elif node.tag in (W + "shd", W + "highlight"):
            looks["ground"] = _shades(node)
    return looks


def _word_styles(root: Any) -> dict[str, Looks]:
    """What each style sets, with what it rests on; "" holds what all rest on. Tables only say whether they are shaded."""
    own: dict[str, tuple[str, Looks]] = {}
    for style in root.iter(W + "style"):
        base = style.find(W + "basedOn")
        looks = _word_looks(style.find(W + "rPr"))
        if any(_shades(shade) for shade in style.iter(W + "shd")):
            looks["ground"] = True
        own[style.get(W + "styleId") or ""] = ((base.get(W + "val") or "") if base is not None else "", looks)
    found: dict[str, Looks] = {"": _word_looks(root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr"))}
    for name in own:
        line, at = [name], own[name][0]
        while at in own and at not in line and len(line) < DEEP:
            line.append(at)
            at = own[at][0]
        looks = {}
        for one in reversed(line):
            looks |= own[one][1]
        found[name] = looks
    return found


def _is_shaded(paragraph: Any, styles: dict[str, Looks]) -> bool:
    """Whether the paragraph, the cell, the table or the box it stands in has a colour of its own."""
    shade = paragraph.find(f"{W}pPr/{W}shd")
    if shade is not None and _shades(shade):
        return True
    for node in paragraph.iterancestors():
        if node.tag == W + "tc":
            shade = node.find(f"{W}tcPr/{W}shd")
            if shade is not None and _shades(shade):
                return True
        elif node.tag == W + "tbl":
            styled = node.find(f"{W}tblPr/{W}tblStyle")
            if styled is not None and styles.get(styled.get(W + "val") or "", {}).get("ground"):
                return True
        elif _is_coloured_box(node):
            return True
    return False


def _is_coloured_box(node: Any) -> bool:
    name = str(node.tag)
    if name.startswith(VML):
        return not _is_white(node.get("fillcolor") or "white")
    return name.endswith("}wsp") and _is_filled(node)


def _has_coloured_pages(root: Any) -> bool:
    return any(_shades_colour(node.get(W + "color")) for node in root.iter(W + "background"))


def _is_filled(shape: Any) -> bool:
    """Whether a shape has a colour of its own. Only what stands directly in it is asked: it may hold a whole document."""
    for properties in shape:
        if not str(properties.tag).endswith("}spPr"):
            continue
        if properties.find(SHAPE + "noFill") is not None:
            return False
        fill = properties.find(SHAPE + "solidFill")
        if fill is not None:
            colour = fill.find(SHAPE + "srgbClr")
            return colour is None or not _is_white(colour.get("val") or "")
        if properties.find(SHAPE + "gradFill") is not None or properties.find(SHAPE + "blipFill") is not None:
            return True
    return any(style.find(SHAPE + "fillRef") is not None for style in shape if str(style.tag).endswith("}style"))


def _is_far(paragraph: Any) -> bool:
    """Whether it stands in a box that is placed beyond any paper."""
    anchor = next(paragraph.iterancestors(DRAWN + "anchor"), None)
    if anchor is None:
        return False
    for offset in (anchor.find(f"{DRAWN}{way}/{DRAWN}posOffset") for way in ("positionH", "positionV")):
        try:
            if offset is not None and abs(int((offset.text or "0")[:12])) > FAR:
                return True
        except ValueError:
            continue
    return False


def _shades(node: Any) -> bool:
    if node.tag == W + "highlight":
        return (node.get(W + "val") or "none").lower() not in ("none", "white")
    return bool(node.get(W + "themeFill") and node.get(W + "themeFill") not in ("background1", "light1")) or (
        _shades_colour(node.get(W + "fill"))
    )


def _shades_colour(value: str | None) -> bool:
    return value is not None and value != "" and value.lower() != "auto" and not _is_white(value)


def _is_white(value: str) -> bool:
    value = value.removeprefix("#")
    if value.lower() == "white":
        return True
    if not re.fullmatch(r"[0-9A-Fa-f]{6}", value):
        return False
    return all(int(value[at : at + 2], 16) >= WHITE for at in (0, 2, 4))


# OpenDocument


def read_odt(names: list[str], part: Part) -> tuple[Blocks, list[str], Unseen]:
    """Blocks, what the file would do by itself, and what it hides."""
    blocks: Blocks = []
    acts: set[str] = set()
    unseen = Unseen()
    roots = [part(name) for name in ("styles.xml", "content.xml") if name in names]
    styles = _odf_styles(roots)
    for root in roots:
        for node in root.iter(ODF_TEXT + "h", ODF_TEXT + "p"):
            listed = next(node.iterancestors(ODF_TEXT + "list-item"), None) is not None
            text = _odf_text(node, styles, unseen)
            if text or not len(node):
                blocks.append(("h" if node.tag == ODF_TEXT + "h" else "li" if listed else "p", text))
        if next(root.iter("{urn:oasis:names:tc:opendocument:xmlns:script:1.0}event-listener"), None) is not None:
            acts.add("a script")
        if next(root.iter(ODF_TEXT + "dde-connection-decl"), None) is not None:
            acts.add("a command to start a program")
    if any(re.match(r"(Object |ObjectReplacements/|Scripts/)", name) for name in names):
        acts.add("an embedded object")
    return blocks, sorted(acts), unseen


def _odf_text(node: Any, styles: dict[str, Looks], unseen: Unseen, looks: Looks | None = None, deep: int = 0) -> str:
    looks = {**(looks or {}), **styles.get(node.get(ODF_TEXT + "style-name") or "", {})}
    why = _why_unseen_in_odf(looks)
    text: list[str] = []

    def say(said: str | None) -> None:
        if said and why and said.strip():
            unseen.take(said, why)
        elif said:
            text.append(said)

    say(node.text)
    for child in node:
        if isinstance(child.tag, str):
            if child.tag in (ODF_TEXT + "s", ODF_TEXT + "tab"):
                text.append(" ")
            elif child.tag == ODF_TEXT + "line-break":
                text.append("\n")
            elif child.tag in (ODF_TEXT + "hidden-text", ODF_TEXT + "hidden-paragraph"):
                unseen.take(child.get(ODF_TEXT + "string-value") or "".join(child.itertext()), HIDDEN)
            elif (
                deep < 200
                and child.tag not in (ODF_TEXT + "p", ODF_TEXT + "h")
                and next(child.iter(ODF_TEXT + "p", ODF_TEXT + "h"), None) is None
            ):
                text.append(_odf_text(child, styles, unseen, looks, deep + 1))
        say(child.tail)
    return "".join(text)


def _why_unseen_in_odf(looks: Looks) -> str:
    if looks.get("hidden"):
        return HIDDEN
    if 0 < looks.get("size", 12.0) < SMALL_POINTS:
        return SMALL
    return PAPER if looks.get("colour") == "white" and not looks.get("ground") else ""


def _odf_styles(roots: list[Any]) -> dict[str, Looks]:
    own: dict[str, tuple[str, Looks]] = {}
    for root in roots:
        for style in root.iter(ODF_STYLE + "style"):
            looks: Looks = {}
            for properties in style:
                if properties.get(ODF_TEXT + "display") == "none":
                    looks["hidden"] = True
                if colour := properties.get(ODF_LOOKS + "color"):
                    looks["colour"] = "white" if _is_white(colour) else ""
                size = re.fullmatch(r"(\d+(?:\.\d+)?)pt", properties.get(ODF_LOOKS + "font-size") or "")
                if size:
                    looks["size"] = float(size[1])
                ground = properties.get(ODF_LOOKS + "background-color")
                if ground and ground != "transparent" and not _is_white(ground):
                    looks["ground"] = True
            own[style.get(ODF_STYLE + "name") or ""] = (style.get(ODF_STYLE + "parent-style-name") or "", looks)
    found: dict[str, Looks] = {}
    for name in own:
        line, at = [name], own[name][0]
        while at in own and at not in line and len(line) < DEEP:
            line.append(at)
            at = own[at][0]
        found[name] = {key: value for one in reversed(line) for key, value in own[one][1].items()}
    return found
