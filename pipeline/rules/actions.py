"""What a rule does: the verbs colleagues use, called with the rule's version, and how each is taken back.

`do` returns the ids of what it changed, which the firing keeps; `undo` reads them. Both are inside the caller's transaction.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from django.utils import timezone

from hiring import candidates, notifications, todo
from hiring.errors import Refused
from hiring.models import CandidateTag, MailTemplate, Message, Task, User
from pipeline import letters, moves, rejection
from pipeline.blind import crossing
from pipeline.decisions import grounds
from pipeline.models import Application, RejectionReason, RuleFiring, RuleVersion, Stage
from pipeline.rules import waiting

KINDS = {
    "move": "Move to a stage",
    "reject": "Reject",
    "tag": "Put a tag on the person",
    "assign": "Make somebody the owner",
    "task": "Give somebody a task",
    "notify": "Tell the team",
}
TEAM_ROLES = {"recruiter": "Recruiters", "hiring_manager": "Hiring managers", "coordinator": "Coordinators"}
BY_LANGUAGE = "language"
"""A letter that is not named: the reason's in the person's language, found when the rejection happens."""
TOLD = notifications.declare("rule", "A rule tells me something", "bolt")

Did = dict[str, Any]


def parse(document: Mapping[str, Any]) -> dict[str, Any]:
    """The action of a stored or typed document, with what its kind needs and nothing else. Raises Refused."""
    kind = str(document.get("kind", ""))
    if kind not in KINDS:
        raise Refused("Say what the rule does.")
    made = _PARSE[kind](document)
    return {"kind": kind} | made


def _id(document: Mapping[str, Any], key: str, sentence: str) -> int:
    value = document.get(key)
    if not isinstance(value, int) or isinstance(value, bool):
        raise Refused(sentence)
    return value


def _parse_move(document: Mapping[str, Any]) -> dict[str, Any]:
    kind = str(document.get("stage_kind", ""))
    if kind in Stage.Kind.values and kind != Stage.Kind.HIRED and not document.get("stage"):
        return {"stage_kind": kind}
    return {"stage": _id(document, "stage", "Say to which stage.")}


def _parse_reject(document: Mapping[str, Any]) -> dict[str, Any]:
    made = {"reason": _id(document, "reason", "Choose the reason of the rejection.")}
    if document.get("letter") == BY_LANGUAGE:
        return made | {"letter": BY_LANGUAGE}
    template = document.get("template")
    return made | ({"template": template} if isinstance(template, int) else {})


def writes(action: Mapping[str, Any]) -> bool:
    """Whether a rejection comes with a letter."""
    return "template" in action or "letter" in action


def _parse_tag(document: Mapping[str, Any]) -> dict[str, Any]:
    name = " ".join(str(document.get("tag", "")).split())
    if not name or len(name) > 60:
        raise Refused("A tag needs a name of at most 60 characters.")
    return {"tag": name}


def _parse_assign(document: Mapping[str, Any]) -> dict[str, Any]:
    return {"user": _id(document, "user", "Say who becomes the owner.")}


def _parse_task(document: Mapping[str, Any]) -> dict[str, Any]:
    days = document.get("days", 1)
    if not isinstance(days, int) or not 0 <= days <= 60:
        raise Refused("A task is due in 0 to 60 business days.")
    made = {"text": _text(document, "Say in at most 300 characters what is to be done."), "days": days}
    user = document.get("user")
    return made | ({"user": user} if isinstance(user, int) else {})


def _parse_notify(document: Mapping[str, Any]) -> dict[str, Any]:
    role = str(document.get("role", ""))
    if role not in TEAM_ROLES:
        raise Refused("Say who of the team is told.")
    return {"role": role, "text": _text(document, "Say in at most 300 characters what the team is told.")[:200]}


def _text(document: Mapping[str, Any], sentence: str) -> str:
    text = " ".join(str(document.get("text", "")).split())
    if not text or len(text) > 300:
        raise Refused(sentence)
    return text


_PARSE: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "move": _parse_move,
    "reject": _parse_reject,
    "tag": _parse_tag,
    "assign": _parse_assign,
    "task": _parse_task,
    "notify": _parse_notify,
}


# ---------- Doing ----------


def do(firing: RuleFiring, application: Application, *, by: User | None) -> Did:
    """Do what the version says to this application, whose row is locked. `by` is who let it go, None when it went by itself."""
    version = firing.version
    return _DO[version.action["kind"]](version, application, by)


def target(version: RuleVersion, application: Application) -> Stage:
    """The stage of this application's job the version moves to. Raises Refused when it is gone."""
    action = version.action
    stages = Stage.objects.standing().filter(job=application.job_id)
    found = stages.filter(pk=action["stage"]) if "stage" in action else stages.filter(kind=action["stage_kind"])
    stage = found.order_by("position").first()
    if stage is None:
        raise Refused("The stage this rule moves to is gone.")
    return stage


def _move(version: RuleVersion, application: Application, by: User | None) -> Did:
    to = target(version, application)
    if to.pk == application.stage_id:
        raise Refused(f"{application.candidate.name} is in {to} already.")
    crossing.check(
        application.candidate, to, by=by or version.activated_by, moving=application
    )  # a rule is no way round
    moves.move(application, to, by=by, because=grounds.of_version(version, by))
    return {"to": to.pk}


def _reject(version: RuleVersion, application: Application, by: User | None) -> Did:
    reason = reason_of(version)
    template = _letter(version, application, reason) if writes(version.action) else None
    rejection.reject(application, reason, by=by, template=template, because=grounds.of_version(version, by))
    letter = rejection.mail_of(application).filter(status=Message.Status.QUEUED).first() if template else None
    return {"rejected": True} | ({"message": letter.pk} if letter else {})


def reason_of(version: RuleVersion) -> RejectionReason:
    """The reason the version rejects with. Raises Refused when it is gone."""
    reason = RejectionReason.objects.filter(pk=version.action["reason"], is_active=True).first()
    if reason is None:
        raise Refused("The reason this rule rejects with is gone.")
    return reason


def letter_of(version: RuleVersion) -> MailTemplate | None:
    """The letter the version names; None where it names none. Raises Refused when it is gone."""
    if "template" not in version.action:
        return None
    ours = MailTemplate.objects.filter(kind=MailTemplate.Kind.REJECTION, is_active=True)
    named = ours.filter(pk=version.action["template"]).first()
    if named is None:
        raise Refused("The letter this rule rejects with is gone.")
    return named


def _letter(version: RuleVersion, application: Application, reason: RejectionReason) -> MailTemplate:
    """The letter in the person's language, as when people reject: the reason's own, or that sister of the one the rule names."""
    if named := letter_of(version):
        return letters.variant(named, reason, application)
    found = letters.choose(application, reason).template
    if found is None:
        raise Refused(letters.NONE)
    return found


def _tag(version: RuleVersion, application: Application, by: User | None) -> Did:
    name = version.action["tag"]
    had = CandidateTag.objects.filter(candidate=application.candidate_id, tag__name__iexact=name).exists()
    tag = candidates.tag(application.candidate, name, by=by)
    return {} if had else {"tag": tag.pk}


def _assign(version: RuleVersion, application: Application, by: User | None) -> Did:
    owner = User.objects.filter(pk=version.action["user"], is_active=True).first()
    if owner is None:
        raise Refused("Who was to become the owner no longer works here.")
    left = application.candidate.owner_id
    candidates.set_owner(application.candidate, owner, by=by)
    return {"owner": owner.pk, "left": left} if left != owner.pk else {}


def _task(version: RuleVersion, application: Application, by: User | None) -> Did:
    action = version.action
    doer = User.objects.filter(pk=action["user"]).first() if "user" in action else application.candidate.owner
    doer = doer or User.objects.filter(teams__job=application.job_id, teams__role="recruiter").order_by("pk").first()
    doer = doer or version.activated_by
    if doer is None:
        raise Refused("Nobody is there to do this task: the person has no owner, and the job no recruiter.")
    zone = waiting.zone_of(application.job)
    due_on = waiting.after_days(timezone.now(), action["days"], application.job).astimezone(zone).date()
    task = todo.add(action["text"], by=by, due_on=due_on, assignee=doer, candidate=application.candidate)
    return {"task": task.pk}


def _notify(version: RuleVersion, application: Application, by: User | None) -> Did:
    team = User.objects.filter(teams__job=application.job_id, teams__role=version.action["role"], is_active=True)
    told = notifications.tell(
        team.distinct(),
        TOLD,
        f"{application.candidate.name}: {version.action['text']}",
        key=f"rule:{version.pk}:{application.pk}:{application.entered_stage_at.timestamp():.0f}",
        url=application.get_absolute_url(),
        candidate=application.candidate,
        job=application.job,
    )
    return {"told": len(told)}


_DO: dict[str, Callable[[RuleVersion, Application, User | None], Did]] = {
    "move": _move,
    "reject": _reject,
    "tag": _tag,
    "assign": _assign,
    "task": _task,
    "notify": _notify,
}


# ---------- Taking back ----------


def why_not_undone(firing: RuleFiring, application: Application, left_the_house: bool) -> str:
    """Why what this firing did cannot be taken back, as a sentence; empty when it can. Asks nothing but the rows given."""
    if firing.state != RuleFiring.State.DONE:
        return "Only what was done can be taken back."
    kind = firing.version.action["kind"]
    if kind == "notify":
        return "Colleagues have been told; that cannot be taken back."
    if kind in ("tag", "assign") and not firing.did:
        return "It was so already, so there is nothing to take back."
    if kind == "reject":
        if left_the_house:
            return "The letter has left the house: what was said cannot be unsaid. Take the person back in by hand instead."
        if application.status != Application.Status.REJECTED:
            return "The application is not rejected any more."
    if kind == "move":
        if left_the_house:
            return "A message about this job has gone out since. Move the card instead."
        if not application.is_active or application.stage_id != firing.did.get("to"):
            return "Somebody has moved this application since."
    return ""


def undo(firing: RuleFiring, application: Application, *, by: User | None) -> None:
    """Take back what `do` did. Raises Refused when something stands in the way."""
    _UNDO[firing.version.action["kind"]](firing, application, by)


def _undo_move(firing: RuleFiring, application: Application, by: User | None) -> None:
    moves.undo_move(application, by=by, within=dt.timedelta.max)


def _undo_reject(firing: RuleFiring, application: Application, by: User | None) -> None:
    rejection.restore(application, by=by)


def _undo_tag(firing: RuleFiring, application: Application, by: User | None) -> None:
    for worn in CandidateTag.objects.filter(candidate=application.candidate_id, tag=firing.did["tag"]):
        candidates.untag(application.candidate, worn.tag, by=by)


def _undo_assign(firing: RuleFiring, application: Application, by: User | None) -> None:
    if application.candidate.owner_id != firing.did["owner"]:
        raise Refused("Somebody has changed the owner since.")
    before = User.objects.filter(pk=firing.did["left"], is_active=True).first() if firing.did["left"] else None
    candidates.set_owner(application.candidate, before, by=by)


def _undo_task(firing: RuleFiring, application: Application, by: User | None) -> None:
    if not Task.objects.filter(pk=firing.did["task"], done_at=None).delete()[0]:
        raise Refused("The task is done already.")


_UNDO: dict[str, Callable[[RuleFiring, Application, User | None], None]] = {
    "move": _undo_move,
    "reject": _undo_reject,
    "tag": _undo_tag,
    "assign": _undo_assign,
    "task": _undo_task,
}
