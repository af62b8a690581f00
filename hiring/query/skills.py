"""Skills in a query: what answers one, and which plain words are skills because full-text search cannot read them.

Full-text search keeps letters and digits only: to it C++, C# and C are one word, .NET is a net, and Node.js is not NodeJS. Such
words, and those as short as R and Go, are looked for as the taxonomy's skill, whether they stand alone or in quotes.
"""

from __future__ import annotations

import re

from hiring import taxonomy
from hiring.query.fields import OnSearch

SIGN = re.compile(r"[^\w\s'’-]")
SHORT = 2
WITH_SIGNS = re.compile(r"[^\s,;()]*[^\w\s,;()'’-][^\s,;()]*")


def keys(text: str) -> list[str]:
    """The skills, as kept in the copy, that answer a question for this one; empty when nobody knows it."""
    return sorted({taxonomy.key(name) for name in taxonomy.answers(text)} | taxonomy.meanwhile(text)[0])


def who_has(text: str) -> OnSearch | None:
    """Whoever has the skill, or one that is a kind of it; None when nobody knows it. While the copies follow a change of the
    taxonomy, also whoever's text says a new name."""
    known = keys(text)
    if not known:
        return None
    said = sorted(name for name in taxonomy.meanwhile(text)[1] if not SIGN.search(name) and len(name) > SHORT)
    if not said:
        return OnSearch("skills && %s", (known,))
    either = " || ".join(["phraseto_tsquery('tl_text', %s)"] * len(said))
    return OnSearch(f"(skills && %s OR tsv @@ ({either}))", (known, *said))


def is_one(text: str) -> bool:
    """Whether a word, or a phrase as a whole, is a skill that full-text search cannot tell from other words."""
    bare = text.strip()
    return (len(bare) <= SHORT or SIGN.search(bare) is not None) and taxonomy.canonical(bare) is not None


def inside(phrase: str) -> list[str]:
    """The words with signs in a phrase that are skills: C++ in "senior C++ developer"."""
    return [word for word in WITH_SIGNS.findall(phrase) if taxonomy.canonical(word)]
