"""Plain words, beginnings and phrases over the search copy.

Words are looked for stemmed (`tl_text`: name, headline, tags, résumé) and as they stand (`tl_simple`: name and headline), both
without accents; beginnings of names count too, so that half a surname is enough.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from django.db.models import Q

from hiring import contact_points
from hiring.errors import Refused
from hiring.models import ContactPoint
from hiring.names import fold
from hiring.query.fields import Condition, OnSearch
from hiring.query.likeness import nicknames, slips

PHONE = re.compile(r"\+?[0-9][0-9 ()/.-]{6,20}")
NAMED = "to_tsvector('simple', name_norm) @@ to_tsquery('simple', %s)"
MOST_NAMES = 5


def plain(texts: Sequence[str]) -> Condition:
    """All of these words somewhere in a person's text, or all of them beginning words of the name. Words that are an e-mail
    address, phone number or profile link find whom it identifies."""
    text = " ".join(texts)
    if point := contact_point(text):
        return Q(pk__in=ContactPoint.objects.filter(value=point, is_live=True).values("candidate"))
    if not _letters(text):
        return Q(pk__in=[])
    said = OnSearch("tsv @@ (plainto_tsquery('tl_text', %s) || plainto_tsquery('tl_simple', %s))", (text, text))
    beginnings = name_beginnings(text)
    if not beginnings:
        return said
    # A union, because an OR over two indexes would read every match's text again to be sure.
    return OnSearch(f"{said.sql} OR {NAMED}", (*said.params, beginnings))


def name_beginnings(text: str) -> str:
    """A tsquery of name words that begin with these, in any order; empty when that would match too much to mean anything.

    Beside a surname a nickname will do: "bob smith" finds Robert. Alone it would find too many.
    """
    folded = fold(text).split()
    if not folded or len(folded) > MOST_NAMES or len(max(folded, key=len)) < 2:
        return ""
    return " & ".join(either(word, nicknames(word) if len(folded) > 1 else ()) for word in folded)


def either(word: str, others: Iterable[str]) -> str:
    """The beginning of a word, or one of these instead. Letters and digits only, so nothing in them can end the quotes."""
    return "(" + " | ".join([f"'{word}':*", *(f"'{other}'" for other in others)]) + ")"


def tolerant(text: str) -> str:
    """A tsquery over names: each word as the beginning of one, a nickname of one, or a slip away from one."""
    folded = fold(text).split()[:MOST_NAMES]
    if not folded or len(max(folded, key=len)) < 2:
        return ""
    near = slips(folded)
    return " & ".join(either(word, [*nicknames(word), *near.get(word, ())]) for word in folded)


def beginning(text: str) -> Condition:
    """A word that begins like this, stemmed or as it stands."""
    asked = tsquery_beginning(text)
    if not asked:
        return Q(pk__in=[])
    return OnSearch("tsv @@ (to_tsquery('tl_text', %s) || to_tsquery('tl_simple', %s))", (asked, asked))


def tsquery_beginning(text: str) -> str:
    """`text` as a tsquery operand in which the last word may go on; empty without letters."""
    found = re.findall(r"\w+", text)
    return " & ".join([*(f"'{word}'" for word in found[:-1]), f"'{found[-1]}':*"]) if found else ""


def phrase(text: str) -> Condition:
    if not _letters(text):
        return Q(pk__in=[])
    return OnSearch("tsv @@ phraseto_tsquery('tl_text', %s)", (text,))


def _letters(text: str) -> bool:
    return any(letter.isalnum() for letter in text)


def contact_point(text: str) -> str:
    """The normalised contact point these words are, or nothing."""
    if " " not in text and "@" in text:
        read = contact_points.normalise_email
    elif " " not in text and "/" in text and "." in text:
        read = contact_points.normalise_link
    elif PHONE.fullmatch(text):
        read = contact_points.normalise_phone
    else:
        return ""
    try:
        return read(text)
    except Refused:
        return ""
