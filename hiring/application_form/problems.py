"""Why a form cannot be published as it is written, by question, in sentences; empty when it can."""

from __future__ import annotations

from dataclasses import dataclass, field

from hiring.application_form import lawful, ordering
from hiring.application_form.lawful import Finding
from hiring.models import Posting


@dataclass
class Trouble:
    """What is to be said of one question: what stops it from being asked, and what only wants care."""

    broken: str = ""
    findings: list[Finding] = field(default_factory=list)

    @property
    def stops(self) -> bool:
        return bool(self.broken) or any(one.stops for one in self.findings)


def of(posting: Posting) -> dict[str, Trouble]:
    """By key of the question. Two queries."""
    found: dict[str, Trouble] = {}
    for key, sentence in ordering.broken_conditions(posting.questions).items():
        found.setdefault(key, Trouble()).broken = sentence
    for finding in lawful.of_posting(posting):
        found.setdefault(finding.key, Trouble()).findings.append(finding)
    return found


def sentences(posting: Posting) -> list[str]:
    """What has to be put right before it may be published."""
    labels = {one["key"]: one["label"] for one in posting.questions}
    said = []
    for key, trouble in of(posting).items():
        if trouble.broken:
            said.append(
                f"The question “{labels.get(key, key)}” is asked under a condition that cannot be: {trouble.broken}"
            )
        for finding in trouble.findings:
            if finding.stops:
                said.append(f"Take out the question “{finding.label}”: {finding.sentence}")
    return said
