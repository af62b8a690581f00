"""Pictures that administrators upload for the career site: looked at, and kept only as what we made of them.

A PNG or JPEG is drawn anew, so that no byte of the file reaches a visitor. An SVG is a document that can carry programs: it is
taken only when everything in it is on a short list of shapes and their attributes, and refused by name of what is not.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lxml import etree
from PIL import Image, UnidentifiedImageError

from hiring.errors import Refused
from sourcing.career_site.models import CareerImage

Kind = CareerImage.Kind
LARGEST = 1024 * 1024
LARGEST_SVG = 100 * 1024
MOST_PIXELS = 16_000_000
SIZES = {Kind.LOGO: (640, 160), Kind.SHARE: (1200, 630), Kind.ICON: (192, 192)}
SVG = "http://www.w3.org/2000/svg"
TAGS = {
    "svg", "g", "path", "circle", "ellipse", "rect", "line", "polyline", "polygon", "title", "desc", "defs", "linearGradient",
    "radialGradient", "stop", "clipPath", "text", "tspan", "symbol",
}  # fmt: skip
ATTRIBUTES = {
    "viewBox", "width", "height", "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "rx", "ry", "fx", "fy", "d", "points",
    "transform", "fill", "fill-rule", "fill-opacity", "clip-rule", "clip-path", "stroke", "stroke-width", "stroke-linecap",
    "stroke-linejoin", "stroke-miterlimit", "stroke-dasharray", "stroke-opacity", "opacity", "id", "class", "offset", "stop-color",
    "stop-opacity", "gradientUnits", "gradientTransform", "spreadMethod", "preserveAspectRatio", "version", "font-family",
    "font-size", "font-weight", "text-anchor", "letter-spacing", "dx", "dy", "role", "aria-label", "clipPathUnits",
}  # fmt: skip
ENDS: dict[str, Callable[[bytes], bool]] = {
    "PNG": lambda data: b"IEND" in data[-64:],
    "JPEG": lambda data: b"\xff\xd9" in data[-64:],
    "WEBP": lambda data: len(data) >= 8 + int.from_bytes(data[4:8], "little"),
}
"""Whether a file is there to its end. Pillow would say so itself, if WeasyPrint did not tell it, for the whole process, to draw
what is cut off."""
OWN = re.compile(r"url\(\s*#[\w-]+\s*\)")


@dataclass(frozen=True)
class Picture:
    content_type: str
    data: bytes


def read(kind: str, upload: Any) -> Picture:
    """The picture of an upload; a sentence for whoever sent it when it is none."""
    if upload.size > LARGEST:
        raise Refused("This picture is larger than 1 MB. Save it smaller.")
    data = upload.read(LARGEST + 1)
    if b"<svg" in data[:2000].lower() or upload.name.lower().endswith(".svg"):
        if kind == Kind.SHARE:
            raise Refused("Sites that show shared links cannot draw an SVG. Use a PNG or JPEG of 1200 × 630.")
        return Picture("image/svg+xml", _svg(data))
    return Picture("image/png", _drawn(kind, data))


def _drawn(kind: str, data: bytes) -> bytes:
    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "WEBP")) as found:
            if found.width * found.height > MOST_PIXELS:
                raise Refused("This picture has too many pixels. Save it smaller.")
            if not ENDS[found.format or ""](data):
                raise ValueError("cut off")
            drawn = found.convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise Refused("This is no picture we can read. Use PNG, JPEG or SVG.") from None
    wide, high = SIZES[Kind(kind)]
    if kind == Kind.SHARE and (drawn.width < wide // 2 or drawn.height < high // 2):
        raise Refused("A picture for shared links is 1200 × 630, and never smaller than half of that.")
    drawn.thumbnail((wide, high))
    out = io.BytesIO()
    drawn.save(out, "PNG", optimize=True)
    return out.getvalue()


def _svg(data: bytes) -> bytes:
    if len(data) > LARGEST_SVG:
        raise Refused("This SVG is larger than 100 kB. Simplify it, or use a PNG.")
    if b"<!DOCTYPE" in data.upper() or b"<!ENTITY" in data.upper():
        data = re.sub(rb"<!DOCTYPE[^>\[]*>", b"", data, flags=re.IGNORECASE)
    if b"<!" in re.sub(rb"<!--.*?-->", b"", data, flags=re.DOTALL):
        raise Refused("This SVG declares entities, which a picture does not need. Export it anew as plain SVG.")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise Refused("This SVG cannot be read. Export it anew as plain SVG.") from None
    if root.tag != f"{{{SVG}}}svg":
        raise Refused("This file is no SVG picture.")
    for element in list(root.iter()):
        _check(element)
    etree.strip_elements(root, etree.ProcessingInstruction, with_tail=False)
    return etree.tostring(root)


def _check(element: Any) -> None:
    """What programs add of their own is left out; what could do something, or fetch something, refuses the picture."""
    if not isinstance(element.tag, str):
        return
    name = etree.QName(element)
    if name.namespace != SVG:  # of the editor that saved it
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)
        return
    if name.localname == "metadata":
        element.getparent().remove(element)
        return
    if name.localname not in TAGS:
        raise Refused(
            f"This SVG holds “{name.localname}”, which may not be in a picture of the site. Export it as plain shapes."
        )
    for key, value in list(element.attrib.items()):
        if etree.QName(key).namespace or key.startswith("data-"):
            if etree.QName(key).localname == "href":
                raise Refused("This SVG links to something. Export it as plain shapes.")
            del element.attrib[key]
        elif key not in ATTRIBUTES or "url(" in OWN.sub("", str(value)).lower() or "javascript:" in str(value).lower():
            raise Refused(
                f"This SVG uses “{key}”, which may not be in a picture of the site. Export it with presentation attributes."
            )
