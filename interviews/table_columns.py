"""What scorecards add to tables of applications: the recommendations and the average rating, of those the reader may read.

Neither orders a table: others' scorecards open to each reader at another time (invariant 7), so the order would tell.
"""

from __future__ import annotations

from collections.abc import Sequence

from interviews.models import Scorecard
from pipeline.models import Application
from pipeline.table.columns import Cell, Column, Look, register

WORST_FIRST = list(Scorecard.Recommendation)


def _read(look: Look, rows: Sequence[Application]) -> dict[int, list[Scorecard]]:
    """The submitted scorecards of each application, once for both columns."""
    if "scorecards" not in look.kept:
        seen = (
            Scorecard.objects.visible_to(look.user)
            .submitted()
            .filter(interview__application__in=[row.pk for row in rows])
        )
        found: dict[int, list[Scorecard]] = {}
        for card in seen.select_related("interview").defer("notes"):
            found.setdefault(card.interview.application_id, []).append(card)
        look.kept["scorecards"] = found
    cards: dict[int, list[Scorecard]] = look.kept["scorecards"]
    return cards


def recommendations(look: Look, rows: Sequence[Application]) -> dict[int, Cell]:
    """`2 yes, 1 no`, the best first."""
    shown = {}
    for pk, cards in _read(look, rows).items():
        said = [card.recommendation for card in cards]
        counts = [(said.count(one), one.label.lower()) for one in reversed(WORST_FIRST) if one in said]
        shown[pk] = Cell(", ".join(f"{count} {label}" for count, label in counts))
    return shown


def rating(look: Look, rows: Sequence[Application]) -> dict[int, Cell]:
    """The average of everything that was rated, of 4."""
    shown = {}
    for pk, cards in _read(look, rows).items():
        scores = [one["score"] for card in cards for one in card.ratings.values() if one.get("score")]
        if scores:
            shown[pk] = Cell(f"{sum(scores) / len(scores):.1f}")
    return shown


register(Column("scorecards", "Recommendations", recommendations, 24))
register(Column("rating", "Average rating", rating, 26, is_number=True))
