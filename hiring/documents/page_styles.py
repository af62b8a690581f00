"""What the styles of a saved web page say of its words: not shown, in the colour of what is behind them, too small, beside the page.

Loaded by the confined child alone; imports nothing of the product. It knows rules of tags, classes and ids, one inside another;
a rule it does not understand says nothing. Pictures from elsewhere are not fetched, so they make no white word readable.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import Any

HIDDEN = "in letters set to be hidden"
PAPER = "in the colour of the page"
SMALL = "in letters too small to read"
BESIDE = "beside the page"
INVISIBLE = "in invisible letters"

FAINT = 20
SMALL_PIXELS = 4.0
FAR_PIXELS = 900
UNITS = {"px": 1.0, "pt": 4 / 3, "pc": 16.0, "in": 96.0, "cm": 37.8, "mm": 3.78, "rem": 16.0}
SIZES = {
    "xx-small": 9.0,
    "x-small": 10.0,
    "small": 13.0,
    "medium": 16.0,
    "large": 18.0,
    "x-large": 24.0,
    "xx-large": 32.0,
}
MOST_RULES = 2_000
MOST_PARTS = 6
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
RULE = re.compile(r"([^{}]{1,500})\{([^{}]{0,5000})\}")
FOR_PRINT_ONLY = re.compile(r"@media[^{]{0,200}\{(?:[^{}]{0,5000}\{[^{}]{0,5000}\}\s*){0,500}\}")
COMPOUND = re.compile(r"(?:\*|[a-z][a-z0-9-]*)?(?:[.#][\w-]+){0,6}", re.IGNORECASE)
LENGTH = re.compile(r"(-?\d{0,7}(?:\.\d{1,6})?)(px|pt|pc|in|cm|mm|rem|em|vw|vh|%)?")
RGB = re.compile(r"rgba?\(\s*(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})(?:[\s,/]+(\d?\.?\d+%?))?\s*\)")

TELLING = re.compile(
    r"color|background(?:-color|-image)?|font(?:-size)?|visibility|display|opacity|position|left|top|right|bottom|clip(?:-path)?"
    r"|text-indent|transform|overflow(?:-y)?|(?:max-)?(?:height|width)"
)
Colour = tuple[int, int, int]
Part = tuple[str, set[str], str]
Rule = tuple[tuple[int, int], list[Part], dict[str, str]]


@dataclass(frozen=True)
class Looks:
    """How words look: `ground` is the colour behind them, None where it cannot be told. `gone` says why all in it is unseen."""

    colour: Colour = (0, 0, 0)
    alpha: float = 1.0
    ground: Colour | None = (255, 255, 255)
    size: float = 16.0
    is_hidden: bool = False
    gone: str = ""

    @property
    def why(self) -> str:
        if self.gone:
            return self.gone
        if self.is_hidden:
            return HIDDEN
        if self.alpha < 0.1:
            return INVISIBLE
        if self.size < SMALL_PIXELS:
            return SMALL
        is_faint = (
            self.ground is not None and max(abs(a - b) for a, b in zip(self.colour, self.ground, strict=True)) < FAINT
        )
        return PAPER if is_faint else ""


@dataclass
class Sheet:
    """The rules of a page that say how words look, by an id, a class or a tag they ask for, each with its weight."""

    plain: Looks = field(default_factory=Looks)
    rules: dict[str, list[Rule]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, root: Any) -> Sheet:
        source = "\n".join(node.text or "" for node in root.iter("style"))[:500_000]
        source = FOR_PRINT_ONLY.sub("", COMMENT.sub("", source))
        found = cls()
        for number, match in enumerate(RULE.finditer(source)):
            values = {name: value for name, value in declared(match[2]).items() if TELLING.fullmatch(name)}
            for selector in match[1].split(",") if values and number < MOST_RULES else ():
                if parts := _parts(selector.strip()):
                    weight = sum(100 * bool(name) + 10 * len(classes) + bool(tag) for tag, classes, name in parts)
                    tag, classes, name = parts[0]
                    key = f"#{name}" if name else f".{min(classes)}" if classes else tag
                    found.rules[key].append(((weight, number), parts, values))
        return found

    def looks(self, node: Any, around: Looks) -> Looks:
        """How the words of an element look inside those of the one around it."""
        values: dict[str, str] = {}
        keys = [f"#{node.get('id')}", *(f".{one}" for one in (node.get("class") or "").split()), node.tag, ""]
        asked = [rule for key in keys if key in self.rules for rule in self.rules[key]]
        for _, parts, said in sorted(asked, key=lambda rule: rule[0]):
            if _matches(node, parts):
                values |= said
        return styled(around, values | declared(node.get("style") or "") | _attributes(node))


def _parts(selector: str) -> list[Part]:
    """The parts of `div.side p`, the innermost first; nothing for a selector of another kind."""
    parts = []
    for word in reversed(selector.replace(">", " ").split()[:MOST_PARTS]):
        if not word or not COMPOUND.fullmatch(word):
            return []
        names = re.split(r"(?=[.#])", word)
        tag = names[0].lower() if names[0][:1] not in ".#*" else ""
        ids = [name[1:] for name in names if name.startswith("#")]
        parts.append((tag, {name[1:] for name in names if name.startswith(".")}, ids[0] if ids else ""))
    return parts


def _matches(node: Any, parts: list[Part]) -> bool:
    if not _is(node, parts[0]):
        return False
    at = node.getparent()
    for part in parts[1:]:
        while at is not None and not _is(at, part):
            at = at.getparent()
        if at is None:
            return False
        at = at.getparent()
    return True


def _is(node: Any, part: Part) -> bool:
    tag, classes, name = part
    if (tag and node.tag != tag) or (name and node.get("id") != name):
        return False
    return not classes or classes <= set((node.get("class") or "").split())


def declared(source: str) -> dict[str, str]:
    """The properties a style sets, the important ones last."""
    plain: dict[str, str] = {}
    important: dict[str, str] = {}
    for one in source[:5_000].split(";"):
        name, colon, value = one.partition(":")
        if colon:
            said = value.strip().lower()
            kept = important if said.endswith("important") else plain
            kept[name.strip().lower()] = said.partition("!")[0].strip()
    return plain | important


def _attributes(node: Any) -> dict[str, str]:
    """What old tags and attributes say. `hidden` cannot be shown again by a rule that speaks of something else."""
    found = {}
    if node.get("hidden") is not None or (node.tag == "input" and node.get("type") == "hidden"):
        found["display"] = "none"
    if node.tag == "font" and node.get("color"):
        found["color"] = str(node.get("color")).lower()
    if node.get("bgcolor"):
        found["background-color"] = str(node.get("bgcolor")).lower()
    if node.tag == "body" and node.get("text"):
        found["color"] = str(node.get("text")).lower()
    return found


def styled(around: Looks, values: dict[str, str]) -> Looks:
    """What is inherited, and what these values change in it."""
    looks = around
    if size := _size(values.get("font-size") or _of_font(values.get("font", "")), around.size):
        looks = replace(looks, size=size if size > 0.01 else 0.0)
    if said := _colour(values.get("color", "")):
        looks = replace(looks, colour=said[0], alpha=said[1])
    behind = values.get("background-color") or values.get("background", "")
    if "gradient(" in values.get("background-image", behind):
        looks = replace(looks, ground=None)
    elif (said := next((one for word in _words(behind) if (one := _colour(word))), None)) and said[1] > 0.5:
        looks = replace(looks, ground=said[0])
    if values.get("visibility") in ("hidden", "collapse", "visible"):
        looks = replace(looks, is_hidden=values["visibility"] != "visible")
    return replace(looks, gone=looks.gone or _gone(values, looks.size))


def _gone(values: dict[str, str], size: float) -> str:
    """Why nothing in an element is seen, whatever its words look like."""
    if values.get("display") == "none":
        return HIDDEN
    opacity = re.fullmatch(r"(\d*\.?\d+)(%?)", values.get("opacity", ""))
    if opacity and float(opacity[1]) / (100 if opacity[2] else 1) < 0.1:
        return INVISIBLE
    if values.get("position") in ("absolute", "fixed", "relative"):
        places = [_length(values.get(side, ""), size) for side in ("left", "top", "right", "bottom")]
        if any(place is not None and place < -FAR_PIXELS for place in places):
            return BESIDE
        if re.search(r"rect\((?:0|1px)[^)]*(?:0|1px)\)", values.get("clip", "")):
            return BESIDE
    if (indent := _length(values.get("text-indent", ""), size)) is not None and indent < -FAR_PIXELS:
        return BESIDE
    if re.search(r"inset\(\s*(?:[5-9]\d|100)%|circle\(\s*0", values.get("clip-path", "")):
        return BESIDE
    if "scale(0" in values.get("transform", "") and "scale(0." not in values.get("transform", ""):
        return SMALL
    cut = values.get("overflow", "visible") not in ("visible", "") or values.get("overflow-y", "") == "hidden"
    edges = [_length(values.get(side, ""), size) for side in ("height", "max-height", "width", "max-width")]
    return HIDDEN if cut and any(edge is not None and edge < 2 for edge in edges) else ""


def _length(said: str, em: float) -> float | None:
    """In pixels; a share of the page counts as that of a small one."""
    match = LENGTH.fullmatch(said)
    if not match or not match[1] or match[1] in ("-", "."):
        return None
    number, unit = float(match[1]), match[2] or "px"
    return number * (em if unit == "em" else 10 if unit in ("vw", "vh", "%") else UNITS[unit])


def _size(said: str, around: float) -> float | None:
    if said in SIZES:
        return SIZES[said]
    if said.endswith("%") and LENGTH.fullmatch(said):
        return max(float(said[:-1] or 0) / 100 * around, 0.001)
    size = _length(said, around)
    return None if size is None else max(size, 0.001)


def _of_font(said: str) -> str:
    """The size in `font: bold 12px/1.5 serif`."""
    sizes = (word.partition("/")[0] for word in said.split() if word[:1].isdigit())
    return next((size for size in sizes if LENGTH.fullmatch(size) and not size.isdigit()), "")


def _words(said: str) -> list[str]:
    return re.findall(r"[a-z]{1,10}\([^)]{0,200}\)|[^\s]+", said)


def _colour(said: str) -> tuple[Colour, float] | None:
    """A colour and how much of it covers; None when it is none."""
    if said == "transparent":
        return (255, 255, 255), 0.0
    if match := RGB.fullmatch(said):
        alpha = match[4] or "1"
        return (int(match[1]), int(match[2]), int(match[3])), float(alpha.rstrip("%")) / (100 if "%" in alpha else 1)
    if not re.fullmatch(r"#[0-9a-f]{3,8}|[a-z]{3,20}|hsla?\([^)]{1,60}\)", said):
        return None
    from PIL import ImageColor

    try:
        found = ImageColor.getcolor(said, "RGBA")
    except ValueError:
        return None
    assert isinstance(found, tuple)  # noqa: S101 - as asked for
    return (found[0], found[1], found[2]), found[3] / 255
