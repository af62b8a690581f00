"""The usual fields of an application form, each off, optional or required. Name and e-mail are always there.

Three of them (`QUESTIONS`) have no place of their own on a record: they are asked and kept like questions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hiring.application_form.questions import Question
from hiring.errors import Refused

OFF, OPTIONAL, REQUIRED, EITHER = "off", "optional", "required", "either"
MODES = {OFF: "Off", OPTIONAL: "Optional", REQUIRED: "Required", EITHER: "Required, or a link instead"}


@dataclass(frozen=True)
class Field:
    key: str
    label: str
    usual: str
    modes: tuple[str, ...] = (OFF, OPTIONAL, REQUIRED)
    hint: str = ""


FIELDS = (
    Field("resume", "Résumé", EITHER, (OFF, OPTIONAL, EITHER, REQUIRED)),
    Field("phone", "Phone", OPTIONAL),
    Field("location", "Where they live", OPTIONAL),
    Field("link", "Link to a profile", OPTIONAL, hint="LinkedIn, a portfolio, code."),
    Field("cover_letter", "Cover letter", OPTIONAL),
    Field("preferred_name", "How to address them", OFF, hint="In their own words; hidden in blind review."),
    Field("earliest_start", "Earliest start", OFF),
    Field("notice_period", "Notice period", OFF),
)
BY_KEY = {field.key: field for field in FIELDS}

QUESTIONS: dict[str, Question] = {
    "preferred_name": {
        "key": "std_preferred_name",
        "label": "How should we address you?",
        "type": "text",
        "help": "The name you go by, if it is not the one above.",
        "most": 100,
    },
    "earliest_start": {"key": "std_earliest_start", "label": "When could you start, at the earliest?", "type": "date"},
    "notice_period": {
        "key": "std_notice_period",
        "label": "How long is your notice period?",
        "type": "text",
        "most": 100,
    },
}
"""Fields that are questions, by the field's key."""
TELLS_WHO = {"std_preferred_name"}


def modes(fields: Mapping[str, str]) -> dict[str, str]:
    """The mode of every field, the usual one where nothing was chosen."""
    return {one.key: fields[one.key] if fields.get(one.key) in one.modes else one.usual for one in FIELDS}


def checked(fields: Mapping[str, str]) -> dict[str, str]:
    """Only what differs from the usual. Raises Refused for what no field can be."""
    for key, mode in fields.items():
        if key not in BY_KEY or mode not in BY_KEY[key].modes:
            raise Refused("There is no such field, or it cannot be that.")
    return {key: mode for key, mode in modes(fields).items() if mode != BY_KEY[key].usual}


def asked(fields: Mapping[str, str]) -> list[Question]:
    """The questions that these fields are, in order, before the form's own."""
    return [
        {"options": [], **QUESTIONS[key], "required": mode == REQUIRED}
        for key, mode in modes(fields).items()
        if key in QUESTIONS and mode != OFF
    ]
