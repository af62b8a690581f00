"""People's names: shown as written, compared folded."""

from __future__ import annotations

import re
import unicodedata

from hiring.errors import Refused

# Letters that no decomposition splits into a base and an accent.
PLAIN = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t"}
)


# They turn what follows around, beyond the name: in a list, a subject line, a sentence. Names need none of them.
TURN_AROUND = re.compile("[\u202a-\u202e\u2066-\u2069]")


def fold(name: str) -> str:
    """A name as it is compared and sorted: no accents, no case, one space between words. Folding twice changes nothing."""
    folded = name.casefold()
    for _ in range(2):  # the second round catches what the first one decomposed into something foldable
        split = unicodedata.normalize("NFKD", folded).translate(PLAIN)
        folded = "".join(char for char in split if not unicodedata.combining(char)).casefold()
    words = "".join(char if char.isalnum() else " " for char in folded.replace("'", "").replace("’", ""))
    return " ".join(words.split())[:200].strip()


def clean_name(name: str) -> str:
    """A name as it is shown: printable, single spaces. Raises Refused when nothing is left of it."""
    straight = TURN_AROUND.sub("", name)
    printable = "".join(" " if unicodedata.category(char) in {"Cc", "Zl", "Zp", "Cs"} else char for char in straight)
    cleaned = " ".join(unicodedata.normalize("NFC", printable).split())[:200].strip()
    if not cleaned:
        raise Refused("A name is needed.")
    return cleaned


def names_agree(one: str, other: str) -> bool:
    """Whether two names can be one person's: the shorter one's words are all among the longer one's."""
    mine, theirs = set(fold(one).split()), set(fold(other).split())
    return bool(mine and theirs) and (mine <= theirs or theirs <= mine)
