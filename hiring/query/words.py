"""Plain words, beginnings and phrases over the search copy.

Words are looked for stemmed (`tl_text`: name, headline, tags, résumé) and as they stand (`tl_simple`: name and headline), both
without accents; beginnings of names count too, so that half a surname is enough.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from django.db.models import Q

from hiring import contact_points
from hiring.errors import Refused
from hiring.models import ContactPoint
from hiring.names import fold, romanised
from hiring.query import skills
from hiring.query.fields import Condition, OnSearch
from hiring.query.likeness import nicknames, slips

PHONE = re.compile(r"\+?[0-9][0-9 ()/.-]{6,20}")
NAMED = "to_tsvector('simple', name_norm) @@ to_tsquery('simple', %s)"
MOST_NAMES = 5
MOST_WRITTEN_OUT = 8
BASE = {"ä": "a", "ö": "o", "ü": "u", "æ": "a", "ø": "o", "œ": "o"}
WRITTEN_OUT = re.compile(f"[{''.join(BASE)}]", re.IGNORECASE)
WORDS_OF_ONE_LETTER = 0x2E80  # Chinese, Japanese, Korean


def plain(texts: Sequence[str]) -> Condition:
    """All of these words somewhere in a person's text, or all of them beginning words of the name. Words that are an e-mail
    address, phone number or profile link find whom it identifies; those that full-text search cannot read are skills."""
    text = " ".join(texts)
    if point := contact_point(text):
        return Q(pk__in=ContactPoint.objects.filter(value=point, is_live=True).values("candidate"))
    if not _letters(text):
        return Q(pk__in=[])
    meant = [word for word in texts if skills.is_one(word)]
    said = _said([word for word in texts if word not in meant], meant)
    beginnings = "" if any(skills.SIGN.search(word) for word in meant) else name_beginnings(text, whole=meant)
    if not beginnings:
        return said
    # A union, because an OR over two indexes would read every match's text again to be sure.
    return OnSearch(f"({said.sql}) OR {NAMED}", (*said.params, beginnings))


def _said(texts: Sequence[str], meant: Sequence[str]) -> OnSearch:
    """These words in the text, and each of these skills."""
    parts = [found for word in meant if (found := skills.who_has(word))]
    if texts:
        said = "tsv @@ (plainto_tsquery('tl_text', %s) || plainto_tsquery('tl_simple', %s))"
        parts.insert(0, OnSearch(said, (" ".join(texts),) * 2))
    return OnSearch(" AND ".join(part.sql for part in parts), tuple(value for part in parts for value in part.params))


def name_beginnings(text: str, whole: Iterable[str] = ()) -> str:
    """A tsquery of name words that begin with these, in any order; empty when that would match too much to mean anything.

    Beside a surname a nickname will do: "bob smith" finds Robert. Alone it would find too many. Those of `whole` are whole
    words of a name: Go is Go Tanaka, not every Gordon.
    """
    entire = {fold(word) for word in whole}
    found = spelled(text)
    if not found or len(found) > MOST_NAMES or not any(_is_enough(word) for word in found):
        return ""
    return " & ".join(
        f"'{word}'" if word in entire else either(word, others, nicknames(word) if len(found) > 1 else ())
        for word, others in found.items()
    )


def spelled(text: str) -> dict[str, list[str]]:
    """The words of a name as compared, each with its other spellings: Мария is mariya, Müller mueller and Mueller muller."""
    found: dict[str, list[str]] = {}
    for raw in text.split():
        folded = fold(raw).split()
        others = [*romanised(raw), *fold(_with_e(raw)).split()] if len(folded) == 1 else []
        for word in folded:
            found[word] = [other for other in dict.fromkeys(others) if other != word and other.isalnum()]
    return found


def _with_e(word: str) -> str:
    """Vowels with marks as two letters: Mueller for Müller."""
    return WRITTEN_OUT.sub(lambda vowel: f"{BASE[vowel[0].lower()]}e", unicodedata.normalize("NFC", word))


def written_out(word: str) -> list[str]:
    """How a name that is spelled plainly may be kept by whoever writes marks as two letters: mueller for muller, aagaard for
    agaard, and the other way about. For names asked for as names: in a text these would be words nobody wrote."""
    if len(word) < 3 or not word.isascii():
        return []
    found = [f"{word[: at.end()]}e{word[at.end() :]}" for at in re.finditer("[aou](?!e)", word)]
    found += [f"{word[: at.start()]}a{word[at.start() :]}" for at in re.finditer("(?<!a)a(?!a)", word)]
    doubled = [f"{word[: at.start()]}{word[at.start() + 1 :]}" for at in re.finditer("aa", word)]
    return [*dict.fromkeys([*doubled, *found])][:MOST_WRITTEN_OUT]


def _is_enough(word: str) -> bool:
    """Two letters, or one where a letter is a word."""
    return len(word) > 1 or ord(word) >= WORDS_OF_ONE_LETTER


def either(word: str, spellings: Iterable[str], others: Iterable[str]) -> str:
    """The beginning of a word however it is spelled, or one of the others instead. Letters and digits only, so nothing in them
    can end the quotes."""
    beginnings = [f"'{spelling}':*" for spelling in (word, *spellings)]
    return "(" + " | ".join([*beginnings, *(f"'{other}'" for other in others)]) + ")"


def tolerant(text: str) -> str:
    """A tsquery over names: each word as the beginning of one, a nickname of one, or a slip away from one."""
    found = dict(list(spelled(text).items())[:MOST_NAMES])
    if not any(_is_enough(word) for word in found):
        return ""
    near = slips(found)
    return " & ".join(
        either(word, [*others, *written_out(word)], [*nicknames(word), *near.get(word, ())])
        for word, others in found.items()
    )


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
    """These words in this order; what full-text search cannot read of them are skills beside it."""
    if not _letters(text):
        return Q(pk__in=[])
    if skills.is_one(text) and (whole := skills.who_has(text)):
        return whole
    said = OnSearch("tsv @@ phraseto_tsquery('tl_text', %s)", (text,))
    for word in skills.inside(text):
        if found := skills.who_has(word):
            said = OnSearch(f"{said.sql} AND {found.sql}", (*said.params, *found.params))
    return said


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
