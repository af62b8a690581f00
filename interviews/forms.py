"""What people type about interviews, turned into nouns and moments."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Case, IntegerField, Value, When
from django.utils import timezone

from hiring.errors import Refused
from hiring.models import Job, User
from interviews import slots
from interviews.models import Interview, InterviewKit, Scorecard
from pipeline.models import Stage

OWN, KEEP = "own", "keep"
FARTHEST = dt.timedelta(days=730)
YEARS_AHEAD = 2  # a day beyond them is a slip of the keyboard, and at the ends of the calendar no clock has it


def colleagues(job: Job) -> Any:
    """Everybody who could sit on a panel, the job's team first."""
    team = job.team.values("user")
    first = Case(When(pk__in=team, then=Value(0)), default=Value(1), output_field=IntegerField())
    return User.objects.filter(is_active=True).annotate(rank=first).order_by("rank", "full_name")


class ScheduleForm(forms.Form):
    """Kit, panel and a time: one of those suggested, or a wall time with the zone it is meant in (CAL-17)."""

    kit = forms.ModelChoiceField(
        InterviewKit.objects.none(), required=False, label="Interview", empty_label="Without a kit"
    )
    title = forms.CharField(
        max_length=150, required=False, help_text="Only without a kit: what the interview is called."
    )
    minutes = forms.IntegerField(min_value=10, max_value=480, label="Minutes")
    panel = forms.ModelMultipleChoiceField(
        User.objects.none(), required=False, widget=forms.CheckboxSelectMultiple, label="Interviewers"
    )
    join = forms.ModelChoiceField(
        User.objects.none(), required=False, label="Add a colleague", empty_label="Nobody else"
    )
    place = forms.CharField(max_length=300, required=False, label="Place", help_text="A room, or the video address.")
    slot = forms.CharField(required=False, max_length=40)
    day = forms.DateField(required=False, label="Day", widget=forms.DateInput(attrs={"type": "date"}))
    time = forms.TimeField(required=False, label="Time", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    zone = forms.ChoiceField(required=False, label="On the clock of")
    second = forms.ChoiceField(
        required=False,
        label="Which one?",
        choices=[("first", "The earlier one"), ("later", "An hour later")],
        widget=forms.RadioSelect(attrs={"class": "tl-choices"}),
    )

    def __init__(self, data: Any = None, *, job: Job, zones: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["kit"].queryset = job.kits.select_related("stage")  # type: ignore[attr-defined]
        self.fields["panel"].queryset = User.objects.filter(is_active=True)  # type: ignore[attr-defined]
        self.fields["join"].queryset = colleagues(job)  # type: ignore[attr-defined]
        self.fields["zone"].choices = list(zones)  # type: ignore[attr-defined]
        self.twice: slots.Twice | None = None

    def people(self) -> list[User]:
        chosen = {user.pk: user for user in self.cleaned_data.get("panel") or []}
        if join := self.cleaned_data.get("join"):
            chosen[join.pk] = join
        return sorted(chosen.values(), key=lambda user: user.full_name)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.people() and "panel" not in self.errors:
            self.add_error("panel", "Choose at least one interviewer.")
        own = data.get("day") or data.get("time")
        chosen = data.get("slot") or (OWN if own else "")
        if chosen not in {OWN, ""} and own:
            raise forms.ValidationError(
                "You chose a time from the list and wrote another one. Empty the fields, or choose “Another time”."
            )
        if not chosen:
            raise forms.ValidationError("Choose a time.")
        data["starts_at"] = self._own_time(data) if chosen == OWN else self._listed(chosen)
        data["time_zone"] = data.get("zone") if chosen == OWN else ""
        return data

    def _listed(self, chosen: str) -> dt.datetime | None:
        """A start from the list. Whether it is still free is the database's question, asked when it is booked (CAL-25)."""
        if chosen == KEEP:
            return None
        try:
            at = dt.datetime.fromisoformat(chosen)
        except ValueError as error:
            raise forms.ValidationError("This time is not on the list any more. Choose another one.") from error
        if at.tzinfo is None or abs(at.year - timezone.now().year) > YEARS_AHEAD:
            raise forms.ValidationError("This time is not on the list any more. Choose another one.")
        return at

    def _own_time(self, data: dict[str, Any]) -> dt.datetime | None:
        day, time, zone = data.get("day"), data.get("time"), data.get("zone")
        if not day:
            self.add_error("day", "Say which day.")
        elif abs(day.year - timezone.now().year) > YEARS_AHEAD:
            self.add_error("day", "Choose a day that is less far away.")
            return None
        if not time:
            self.add_error("time", "Say at what time.")
        if not (day and time and zone):
            return None
        which = self.data.get("second")
        try:
            return slots.moment(day, time, zoneinfo.ZoneInfo(zone), second=which == "later" if which else None)
        except slots.Twice as twice:
            self.twice = twice
            self.fields["second"].choices = [  # type: ignore[attr-defined]
                ("first", f"{twice.first:%H:%M} {twice.first.tzname()}, the earlier one"),
                ("later", f"{twice.later:%H:%M} {twice.later.tzname()}, an hour later"),
            ]
            self.add_error("time", twice.sentence)
        except Refused as no:
            self.add_error("time", no.sentence)
        return None


class LookForm(forms.Form):
    """Where to look for times: read from the address, forgiving, since nothing is decided by it."""

    from_day = forms.DateField(required=False)

    def starts(self, zone: zoneinfo.ZoneInfo) -> dt.datetime:
        """Midnight of the day asked for, but never before now or beyond anybody's plans."""
        now = timezone.now()
        day = self.cleaned_data.get("from_day") if self.is_valid() else None
        if day is None:
            return now
        if not now.date() <= day <= now.date() + FARTHEST:
            return now
        return max(now, dt.datetime.combine(day, dt.time(), zone))


class CancelForm(forms.Form):
    note = forms.CharField(
        max_length=1000,
        required=False,
        label="A sentence for the candidate",
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Stands in the mail that calls the interview off.",
    )


SCORES = [("1", "1"), ("2", "2"), ("3", "3"), ("4", "4")]
SCORE_WORDS = {1: "Far from it", 2: "Not quite", 3: "Good", 4: "Outstanding"}


class ScorecardForm(forms.Form):
    """Ratings of the focus attributes, each with a note; a draft may be as empty as it likes, a final one recommends."""

    recommendation = forms.ChoiceField(
        choices=Scorecard.Recommendation.choices,
        required=False,
        widget=forms.RadioSelect(attrs={"class": "tl-verdict"}),
        label="What do you recommend?",
    )
    notes = forms.CharField(
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        label="What led you there?",
        help_text="What the person said or did, not how they seemed.",
    )
    reason = forms.CharField(max_length=300, required=False, label="Why do you correct it?")

    def __init__(
        self, data: Any = None, *, attributes: list[str], final: bool = False, correcting: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        self.attributes, self.correcting = attributes, correcting
        self.fields["recommendation"].required = final
        self.fields["recommendation"].error_messages["required"] = (
            "Say what you recommend; that is what the team waits for."
        )
        self.fields["reason"].required = correcting
        for number, attribute in enumerate(attributes):
            self.fields[f"score_{number}"] = forms.ChoiceField(
                choices=SCORES, required=False, label=attribute, widget=forms.RadioSelect(attrs={"class": "tl-scale"})
            )
            self.fields[f"note_{number}"] = forms.CharField(
                max_length=4000,
                required=False,
                label=f"Note on {attribute}",
                widget=forms.Textarea(attrs={"rows": 1, "placeholder": "What did you hear or see?"}),
            )

    @classmethod
    def initial_of(cls, scorecard: Scorecard | None, attributes: list[str]) -> dict[str, Any]:
        if scorecard is None:
            return {}
        initial: dict[str, Any] = {"recommendation": scorecard.recommendation, "notes": scorecard.notes}
        for number, attribute in enumerate(attributes):
            said = scorecard.ratings.get(attribute, {})
            initial[f"score_{number}"] = str(said.get("score") or "")
            initial[f"note_{number}"] = said.get("note", "")
        return initial

    def rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"score_{number}"], self[f"note_{number}"]) for number in range(len(self.attributes))]

    def said(self) -> dict[str, Any]:
        """The verbs' arguments: ratings by attribute, recommendation, notes."""
        data = self.cleaned_data
        ratings = {
            attribute: {
                "score": int(data[f"score_{number}"]) if data.get(f"score_{number}") else None,
                "note": data.get(f"note_{number}", ""),
            }
            for number, attribute in enumerate(self.attributes)
        }
        return {"ratings": ratings, "recommendation": data["recommendation"], "notes": data["notes"]}


def attributes_of(interview: Interview, scorecard: Scorecard | None) -> list[str]:
    """What to rate: the kit's focus, and what was rated before the kit changed."""
    rated = list(scorecard.ratings) if scorecard else []
    return list(dict.fromkeys([*interview.focus, *rated]))


class LinesField(forms.CharField):
    """A list, one entry a line."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        return [line.strip() for line in super().clean(value).splitlines() if line.strip()]


class KitForm(forms.Form):
    name = forms.CharField(max_length=100, label="Name")
    stage = forms.ModelChoiceField(Stage.objects.none(), label="Stage", empty_label=None)
    minutes = forms.IntegerField(min_value=10, max_value=480, initial=45, label="Minutes")
    focus = LinesField(
        required=False,
        label="Focus",
        help_text="What interviewers rate from 1 to 4, one attribute a line. Four to six are plenty.",
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    questions = LinesField(
        required=False, label="Questions", help_text="One a line.", widget=forms.Textarea(attrs={"rows": 6})
    )

    def __init__(self, data: Any = None, *, job: Job, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["stage"].queryset = job.stages.standing().exclude(kind=Stage.Kind.HIRED)  # type: ignore[attr-defined]
