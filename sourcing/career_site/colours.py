"""One colour of an organisation as the colours of its site: by day and by night, each with enough contrast (WCAG 1.4.3, 1.4.11).

The product's own tokens are in oklch; contrast is defined on sRGB, so everything here is too.
"""

from __future__ import annotations

import re

HEX = re.compile(r"#[0-9a-fA-F]{6}")
WORDS, SIGNS = 4.5, 3.0
"""What WCAG asks for: of words on their ground, and of what is not words."""
WHITE, DAY, NIGHT = "#ffffff", "#faf9f7", "#26241f"
"""The lightest and darkest grounds of static/css/tokens.css on which a link may stand."""

Colour = tuple[int, int, int]


def read(text: str) -> Colour:
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def write(colour: Colour) -> str:
    return "#" + "".join(f"{part:02x}" for part in colour)


def luminance(text: str) -> float:
    parts = [part / 255 for part in read(text)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """From 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def mixed(text: str, other: str, part: float) -> str:
    """`part` of the way to the other colour."""
    pairs = zip(read(text), read(other), strict=True)
    first, second, third = (round(one + (two - one) * part) for one, two in pairs)
    return write((first, second, third))


def until(text: str, towards: str, ground: str, least: float) -> str:
    """The colour, or the nearest on the way to black or white that stands out enough from the ground."""
    for step in range(101):
        found = mixed(text, towards, step / 100)
        if contrast(found, ground) >= least:
            return found
    return towards


def nearest(text: str) -> str:
    """The colour itself where white words can be read on it and it can be read on paper; else the nearest darker one."""
    return until(text, "#000000", DAY, WORDS + 0.05)


def sheet(text: str) -> str:
    """The style sheet of this colour: by day as it is, by night lightened, so that it can be read on dark ground."""
    ink = until(text, WHITE, NIGHT, WORDS + 1)
    ground = until(text, WHITE, NIGHT, 1.7)
    night = ground if contrast(ground, WHITE) >= WORDS else text
    values = {
        "accent": (text, night),
        "accent-deep": (mixed(text, "#000000", 0.18), mixed(night, "#000000", 0.18)),
        "accent-ink": (text, ink),
        "accent-soft": (mixed(text, WHITE, 0.92), mixed(text, NIGHT, 0.75)),
        "focus": (text, ink),
    }
    lines = "".join(f"--tl-{name}:light-dark({day},{dark});" for name, (day, dark) in values.items())
    return f"@layer components{{:root{{{lines}}}}}\n"
