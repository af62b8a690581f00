"""Names that are nearly the same: one slip of the finger away, or a nickname.

Two words one letter apart share a form: what is left of a word when one letter is taken out (hiring/models/search.py). So a
slip is found by a few exact look-ups, however many names there are (docs/performance.md).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from hiring.models import NameForm
from hiring.names import NICKNAMES, same_form

SHORTEST = 3
"""Letters of a word in which a slip is looked for. Names of three have no forms: half of them are one letter away from another."""
LONG = 7
"""From here on two slips are forgiven where the look-up finds them."""
MOST_LIKE = 12


def nicknames(word: str) -> list[str]:
    """The other short and foreign forms of a first name: bob, rob and roberto for robert."""
    return [other for other in _of_one_form().get(same_form(word), ()) if other != word]


@cache
def _of_one_form() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for short, name in NICKNAMES.items():
        found.setdefault(name, [name]).append(short)
    return found


def slips(words: Iterable[str]) -> dict[str, list[str]]:
    """Words of names as we have them that are a slip away from each of these; one question for all."""
    forms = {
        word: {word, *(word[:place] + word[place + 1 :] for place in range(len(word)))}
        for word in words
        if len(word) >= SHORTEST
    }
    asked = {form for some in forms.values() for form in some}
    if not asked:
        return {}
    held: dict[str, set[str]] = {}
    for form, token in NameForm.objects.filter(form__in=asked).values_list("form", "token"):
        held.setdefault(form, set()).add(token)
    found = {}
    for word, own in forms.items():
        near = {token for form in own for token in held.get(form, ()) if token != word and _is_slip(word, token)}
        found[word] = sorted(near, key=lambda token: (edits(word, token), token[:1] != word[:1], token))[:MOST_LIKE]
    return found


def _is_slip(word: str, token: str) -> bool:
    return edits(word, token) <= (2 if len(word) >= LONG else 1)


def edits(one: str, other: str) -> int:
    """Letters put in, left out, exchanged or swapped with their neighbour between two words."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, left in enumerate(one, 1):
        above, row = row, [i]
        for j, right in enumerate(other, 1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (left != right))
            if i > 1 and j > 1 and left == other[j - 2] and one[i - 2] == right:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before = above
    return row[-1]
