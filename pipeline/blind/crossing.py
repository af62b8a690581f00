"""Who may take a hidden person to where their name shows, and that it is kept.

Blindness ends at a stage, so moving somebody there is a way to see who they are. It is open to those who may see one person
for a reason; what they did is kept beside the reasons of others, and stays when the person is moved back. Whoever may not see
hidden people cannot bring them there either, alone or with others, on this job or on another one.
"""

from __future__ import annotations

from collections.abc import Collection

from hiring import access
from hiring.errors import Refused
from hiring.models import Candidate, User
from pipeline.blind import setting, whom
from pipeline.models import Application, Stage

ASK = "Names are hidden from you until {until}. A recruiter brings people there: say what you think in a note, and ask one."
MEET = "This person’s name is hidden from you. A recruiter plans who meets them."


def check(candidate: Candidate, to: Stage, *, by: User | None, moving: Application | None = None) -> Application | None:
    """The application under which `by` sees who the person is from now on, if they take them to `to`; None where that tells
    them nothing new. Refused for those who may not see hidden people."""
    found = whom.hidden_applications(by, candidate.pk) if by else []
    if by is None or not found or not _tells(found, to, by, moving):
        return None
    if not access.can_unmask(by):
        raise Refused(ASK.format(until=_until(found[0])))
    return next((one for one in found if moving and one.pk == moving.pk), found[0])


def hidden_of(people: Collection[int], *, by: User | None) -> Collection[int]:
    """Those of these people who are hidden from `by`: of many, `check` is for them alone."""
    return whom.called(by, people, None) if by and whom.hides_now(by) else ()


def keep(seen: Application | None, to: Stage, *, by: User | None) -> None:
    """Write down that moving somebody showed who they are; once the decision is recorded, which was a blind one."""
    if seen and by:
        setting.unmask(seen, by=by, reason=f"Brought them to {to}, where names show")


def check_meeting(application: Application, *, by: User | None) -> None:
    """Refused for those who would give hidden people an interview, and with it themselves their name."""
    if by and not access.can_unmask(by) and whom.hidden_applications(by, application.candidate_id):
        raise Refused(MEET)


def _tells(found: list[Application], to: Stage, by: User, moving: Application | None) -> bool:
    if to.kind in whom.MEETS:
        return True
    others = [one for one in found if moving is None or one.pk != moving.pk]
    return not others and not whom.is_blind(to, by)


def _until(application: Application) -> Stage | str:
    standing = setting.of(application.job)
    return standing.until if standing else "the interview"
