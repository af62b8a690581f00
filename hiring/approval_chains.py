"""Which approval chain is asked, why, and whom its steps mean: for the engine, for the page before submitting, for administrators.

The narrowest chain that fits is asked. A chain fits when each condition it sets is met. Of those that fit the one with the most
conditions wins; among as many, the first condition that tells them apart decides, in the order department, location, level,
pay. Of two ranges of pay the narrower one is asked, and where nothing tells two chains apart the older one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from hiring import stand_ins
from hiring.approval_subjects import Case
from hiring.models import ApprovalChain, ChainGroup, User
from hiring.models.jobs import PayPeriod
from hiring.templatetags.throughline import money

CONDITIONS = ("department", "location", "level", "pay")
"""Most telling first."""

TIMES_A_YEAR = {PayPeriod.YEAR: 1, PayPeriod.MONTH: 12, PayPeriod.DAY: 215, PayPeriod.HOUR: 1720}
UNBOUNDED = Decimal(10**12)


@dataclass(frozen=True)
class Choice:
    """The chain that is asked, the reason as a sentence, and the others that fit too."""

    chain: ApprovalChain
    why: str
    others: tuple[ApprovalChain, ...] = ()


@dataclass(frozen=True)
class Step:
    """Whom one step asks: `needed` of `people`. `lacks` says which colleague it means but nobody has named yet."""

    needed: int
    people: list[User]
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ahead:
    """What a page shows before anything is submitted. Each step's `people` come with who stands in for them today, if anybody;
    `passed_over` says which narrower chains would be asked if only the pay were known in their currency."""

    choice: Choice | None
    steps: list[tuple[Step, list[tuple[User, User | None]]]]
    passed_over: tuple[str, ...] = ()

    @property
    def is_blocked(self) -> bool:
        """Whether submitting would be refused, because nobody can decide a step or there is none."""
        return self.choice is not None and (not self.steps or any(not step.people for step, _ in self.steps))


# --- choosing -------------------------------------------------------------------------------------------------------


def a_year(amount: Decimal | None, period: str) -> Decimal | None:
    """Pay as a yearly figure, by fixed numbers: a month counts 12 times, a day 215 times, an hour 1,720 times."""
    return None if amount is None else amount * TIMES_A_YEAR[PayPeriod(period)]


def set_conditions(chain: ApprovalChain) -> list[str]:
    """The conditions a chain sets, by name, in the order of `CONDITIONS`."""
    has_pay = chain.pay_from is not None or chain.pay_up_to is not None
    given = {"department": chain.department_id, "location": chain.location_id, "level": chain.level, "pay": has_pay}
    return [name for name in CONDITIONS if given[name]]


def fits(chain: ApprovalChain, case: Case) -> bool:
    """Whether everything a chain asks for is so. Pay that is not set, or in another currency, is in no range."""
    if not _fits_but_for_pay(chain, case):
        return False
    if "pay" not in set_conditions(chain):
        return True
    low, high = _range(chain)
    return case.pay is not None and case.currency == chain.pay_currency and low <= case.pay <= high


def _fits_but_for_pay(chain: ApprovalChain, case: Case) -> bool:
    if chain.department_id and (case.department is None or chain.department_id != case.department.pk):
        return False
    if chain.location_id and (case.location is None or chain.location_id != case.location.pk):
        return False
    return not chain.level or chain.level == case.level


def choose(subject_kind: str, case: Case) -> Choice | None:
    """The chain that will be asked, or None when nobody has to be."""
    return choose_from(_chains_for(subject_kind), case)


def _chains_for(subject_kind: str) -> list[ApprovalChain]:
    chains = ApprovalChain.objects.filter(subject_kind=subject_kind, is_active=True)
    return list(chains.select_related("department", "location"))


def choose_from(chains: Iterable[ApprovalChain], case: Case) -> Choice | None:
    fitting = in_order(chain for chain in chains if fits(chain, case))
    if not fitting:
        return None
    first, *others = fitting
    why = f"“{first.name}” is asked, because it is {scope_words(first)}."
    if others:
        why += f" “{others[0].name}” fits too, but {why_after(first, others[0])}."
    return Choice(first, why[:300], tuple(others))


def passed_over(chains: Iterable[ApprovalChain], case: Case, choice: Choice | None) -> tuple[str, ...]:
    """The narrower chains that are not asked only because pay is not set or in another currency, a sentence each."""
    said = []
    for chain in in_order(chains):
        if choice and _narrowness(chain) <= _narrowness(choice.chain):
            break
        if "pay" not in set_conditions(chain) or not _fits_but_for_pay(chain, case):
            continue
        if case.pay is None:
            said.append(f"“{chain.name}” is {scope_words(chain)}. It is not asked, because no pay is set.")
        elif case.currency != chain.pay_currency:
            said.append(
                f"“{chain.name}” is {scope_words(chain)}. It is not asked, because pay here is in {case.currency} and "
                f"amounts are not converted."
            )
    return tuple(said)


def in_use() -> list[ApprovalChain]:
    """Every chain that can be asked, with its steps, the narrowest first."""
    active = ApprovalChain.objects.filter(is_active=True).select_related("department", "location", "escalate_to")
    return in_order(active.prefetch_related("groups__approvers"))


def in_order(chains: Iterable[ApprovalChain]) -> list[ApprovalChain]:
    """The narrowest first, as they are tried."""
    return sorted(chains, key=_narrowness, reverse=True)


def _narrowness(chain: ApprovalChain) -> tuple[int, tuple[bool, ...], Decimal, int]:
    conditions = set_conditions(chain)
    low, high = _range(chain)
    return len(conditions), tuple(name in conditions for name in CONDITIONS), low - high, -chain.pk


def _range(chain: ApprovalChain) -> tuple[Decimal, Decimal]:
    low = chain.pay_from if chain.pay_from is not None else Decimal(0)
    return low, chain.pay_up_to if chain.pay_up_to is not None else UNBOUNDED


# --- in words -------------------------------------------------------------------------------------------------------


def scope_words(chain: ApprovalChain) -> str:
    """“for Sales, in Lyon, with pay from € 90,000 a year”; “for everything else” of a chain without conditions."""
    parts = []
    if chain.department:
        parts.append(f"for {chain.department.name}")
    if chain.location:
        parts.append(f"in {chain.location.name}")
    if chain.level:
        parts.append(f"for the level {chain.get_level_display()}")
    if "pay" in set_conditions(chain):
        low, high = chain.pay_from, chain.pay_up_to
        bounds = [f"from {money(low, chain.pay_currency)}"] if low is not None else []
        bounds += [f"up to {money(high, chain.pay_currency)}"] if high is not None else []
        parts.append(f"with pay {' '.join(bounds)} a year")
    return ", ".join(parts) or "for everything no narrower chain is for"


def why_after(first: ApprovalChain, other: ApprovalChain) -> str:
    """Why `other` is not asked where `first` is, for a sentence with “but”."""
    mine, theirs = set_conditions(first), set_conditions(other)
    if len(mine) > len(theirs):
        return "says less"
    telling = next((name for name in CONDITIONS if (name in mine) != (name in theirs)), None)
    if telling:
        return f"does not name the {telling}, which counts most here"
    if "pay" in mine and _range(first)[1] - _range(first)[0] != _range(other)[1] - _range(other)[0]:
        return "has the wider range of pay"
    return "is newer"


def ties(chains: Sequence[ApprovalChain]) -> list[tuple[ApprovalChain, ApprovalChain, str]]:
    """Active chains with as many conditions that can fit one and the same case: which of two is asked, which is not, and why."""
    found = []
    for one, two in combinations([chain for chain in chains if chain.is_active], 2):
        if len(set_conditions(one)) == len(set_conditions(two)) and _can_meet(one, two):
            first, other = in_order((one, two))
            found.append((first, other, why_after(first, other)))
    return found


def same_scope(one: ApprovalChain, two: ApprovalChain) -> bool:
    """Whether nothing but age tells two chains apart."""
    facts = [
        (chain.subject_kind, chain.department_id, chain.location_id, chain.level, *_range(chain))
        for chain in (one, two)
    ]
    pays = "pay" in set_conditions(one)
    return facts[0] == facts[1] and (not pays or one.pay_currency == two.pay_currency)


def _can_meet(one: ApprovalChain, two: ApprovalChain) -> bool:
    if one.subject_kind != two.subject_kind:
        return False
    for name in ("department_id", "location_id", "level"):
        mine, theirs = getattr(one, name), getattr(two, name)
        if mine and theirs and mine != theirs:
            return False
    if "pay" in set_conditions(one) and "pay" in set_conditions(two):
        (low, high), (from_, up_to) = _range(one), _range(two)
        return one.pay_currency == two.pay_currency and low <= up_to and from_ <= high
    return True


# --- who is asked ---------------------------------------------------------------------------------------------------


def steps(chain: ApprovalChain, case: Case, requester: User | None) -> list[Step]:
    """Whom the chain's steps ask, in order. The page before submitting and the engine read the same."""
    groups = chain.groups.prefetch_related("approvers")
    return [step(group, case, requester) for group in groups]


def ahead(subject_kind: str, case: Case, requester: User | None) -> Ahead:
    """Who would be asked if this were submitted now, in which order, and why this chain."""
    chains = _chains_for(subject_kind)
    choice = choose_from(chains, case)
    found = steps(choice.chain, case, requester) if choice else []
    away = stand_ins.away_now() if found else {}
    deputies = {person.pk: stand_ins.deputy(person.pk, away) for step in found for person in step.people}
    names = User.objects.in_bulk([pk for pk in deputies.values() if pk])
    asked = [(step, [(one, names.get(deputies[one.pk] or 0)) for one in step.people]) for step in found]
    return Ahead(choice, asked, passed_over(chains, case, choice))


def step(group: ChainGroup, case: Case, requester: User | None) -> Step:
    """Whom one step asks: its active people, without the requester as long as enough others remain."""
    named, lacks = _people_of(group, case)
    active = [user for user in dict.fromkeys(named) if user.is_active]
    others = [user for user in active if user != requester]
    people = others if len(others) >= max(group.needed, 1) else active
    return Step(min(max(group.needed, 1), len(people)), people, lacks)


def _people_of(group: ChainGroup, case: Case) -> tuple[list[User], tuple[str, ...]]:
    people, lacks = list(group.approvers.all()), []
    if group.hiring_manager:
        people += case.hiring_managers
        if not case.hiring_managers:
            lacks.append("the job has no hiring manager")
    if group.managers_lead:
        leads = [manager.lead for manager in case.hiring_managers if manager.lead and manager.lead.is_active]
        people += leads
        if not leads:
            lacks.append(
                "no lead is named for its hiring manager" if case.hiring_managers else "the job has no hiring manager"
            )
    return people, tuple(dict.fromkeys(lacks))
