"""Job titles: what is left of one without seniority and the marks of job adverts, and which titles mean the same."""

from __future__ import annotations

import re

from hiring.taxonomy.vocabulary import Vocabulary, key

LEVELS = {
    "junior": "junior jr jr. entry-level trainee graduate apprentice intern internship praktikant praktikantin werkstudent"
    " werkstudentin auszubildender auszubildende azubi stagiaire apprenti apprentie débutant becario practicante",
    "middle": "mid-level mid midlevel intermediate associate",
    "senior": "senior sr sr. sen. experienced staff principal confirmé confirmée expérimenté expert leitender leitende",
    "lead": "lead leading head chief director vp leiter leiterin teamleiter teamleiterin",
}
"""Level to the words that say it, most junior first."""

LEVEL_OF = {key(word): level for level, words in LEVELS.items() for word in words.split()}
MARKS = re.compile(
    r"\(\s*(?:[mwfdhxi]|all genders?)(?:\s*[/|*,]\s*[mwfdhxi])*\s*\)|\b[hf]/[hf]\b|\b[mwfd](?:/[mwfd]){1,2}\b", re.I
)
INNER_FORM = re.compile(r"(?<=\w)(?:[:*_/·]-?in(?:nen)?\b|\(in(?:nen)?\)|\(e\)|·e\b)", re.I)
NUMBERED = re.compile(r"\s(?:i{1,3}|iv|v|[1-5])$", re.I)
FEMININE = (
    ("erin", "er"),
    ("orin", "or"),
    ("entin", "ent"),
    ("istin", "ist"),
    ("eurin", "eur"),
    ("euse", "eur"),
    ("trice", "teur"),
)


def plain(title: str) -> str:
    """A title as it is compared, without "(m/w/d)", "H/F", the inner forms of both genders and the number of its grade."""
    written = NUMBERED.sub("", key(INNER_FORM.sub("", MARKS.sub(" ", title))))
    return " ".join(word.rstrip(".,") or word for word in written.split())


def level(title: str) -> str:
    """The seniority a title says: a key of LEVELS, empty when it says none. The highest when it says several."""
    said = [LEVEL_OF[word] for word in plain(title).split() if word in LEVEL_OF]
    return max(said, key=list(LEVELS).index, default="")


def canonical(vocabulary: Vocabulary, title: str) -> str | None:
    """The title of the vocabulary that a written one is: exactly, without seniority, or by its last words.

    "Senior Java Developer (m/f/d)" is a Java Developer; a "Billing Platform Developer" is a Software Engineer ("developer").
    """
    words = plain(title).split()
    if found := vocabulary.canonical(" ".join(words)):
        return found
    words = [word for word in words if word not in LEVEL_OF]
    tails = [words[start:] for start in range(len(words))]
    heads = [words[:end] for end in range(len(words) - 1, 0, -1)]  # French and Spanish say the role first
    for part in (*tails, *heads):
        if found := vocabulary.canonical(" ".join(part)) or vocabulary.canonical(_masculine(part)):
            return found
    return None


def like(vocabulary: Vocabulary, title: str) -> frozenset[str]:
    """Every name, as compared, of the same title and of narrower ones; only itself without seniority when it is not known."""
    found = canonical(vocabulary, title)
    if found:
        return vocabulary.expand(found)
    words = [word for word in plain(title).split() if word not in LEVEL_OF]
    return frozenset({" ".join(words)} - {""})


def _masculine(words: list[str]) -> str:
    """The form that vocabularies list: Softwareentwicklerin is Softwareentwickler, développeuse développeur."""
    return " ".join(
        next((word.removesuffix(end) + instead for end, instead in FEMININE if word.endswith(end)), word)
        for word in words
    )
