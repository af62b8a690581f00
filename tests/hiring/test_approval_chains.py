"""Which chain is asked and why, whom its steps mean, and what administrators are told when they set chains up."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from hiring import approval_chains, approvals, job_facts, jobs
from hiring.errors import Refused
from hiring.models import Approval, ApprovalChain, ApprovalVote, Department, Location, User
from tests.factories import ApprovalChainFactory, DepartmentFactory, JobTemplateFactory, LocationFactory, UserFactory

SALES, OPS = Department(pk=1, name="Sales"), Department(pk=2, name="Operations")
LYON, OSLO = Location(pk=1, name="Lyon"), Location(pk=2, name="Oslo")


def made(pk, **fields):
    return ApprovalChain(pk=pk, name=f"Chain {pk}", subject_kind="job", **fields)


def asked(chains, **case):
    choice = approval_chains.choose_from(chains, approvals.Case(**{"currency": "EUR", **case}))
    return choice.chain.pk if choice else None


def test_the_stated_rule_from_wide_to_narrow():
    """Most conditions first; then department, location, level, pay; then the narrower pay; then age."""
    chains = [
        made(1),
        made(2, pay_from=Decimal(90_000)),
        made(3, level="senior"),
        made(4, location=LYON),
        made(5, department=SALES),
        made(6, level="senior", pay_from=Decimal(90_000)),
        made(7, pay_from=Decimal(100_000), pay_up_to=Decimal(120_000)),
        made(8, department=SALES),
    ]

    assert asked(chains) == 1
    assert asked(chains, pay=Decimal(95_000)) == 2
    assert asked(chains, pay=Decimal(110_000)) == 7
    assert asked(chains, level="senior", department=OPS) == 3
    assert asked(chains, level="senior", location=LYON) == 4
    assert asked(chains, level="senior", location=LYON, department=SALES) == 5
    assert asked(chains, level="senior", location=LYON, department=SALES, pay=Decimal(95_000)) == 6
    assert asked(chains[1:], department=OPS) is None


def test_pay_counts_in_its_currency_both_ends_included_and_only_where_it_is_set():
    chains = [made(1, pay_from=Decimal(50_000), pay_up_to=Decimal(60_000))]

    assert [asked(chains, pay=Decimal(pay)) for pay in (49_999, 50_000, 60_000, 60_001)] == [None, 1, 1, None]
    assert asked(chains) is None
    assert asked(chains, pay=Decimal(55_000), currency="USD") is None
    assert approval_chains.a_year(Decimal(30), "HOUR") == Decimal(51_600)


def test_a_narrower_chain_passed_over_for_want_of_pay_is_named_and_only_then():
    """Amounts are never converted: whoever submits is told which chain another currency, or no pay, leaves out."""
    chains = [
        made(1),
        made(2, department=SALES),
        made(3, department=SALES, pay_from=Decimal(90_000)),
        made(4, location=OSLO, pay_from=Decimal(10)),
    ]

    def said(**case):
        case = approvals.Case(**{"currency": "EUR", "department": SALES, **case})
        return approval_chains.passed_over(chains, case, approval_chains.choose_from(chains, case))

    assert said() == (
        "“Chain 3” is for Sales, with pay from € 90,000 a year. It is not asked, because no pay is set.".replace(
            "€ 9", "€\u00a09"
        ),
    )
    assert said(pay=Decimal(95_000), currency="GBP")[0].endswith(
        "It is not asked, because pay here is in GBP and amounts are not converted."
    )
    assert said(pay=Decimal(80_000)) == said(pay=Decimal(95_000)) == ()
    assert said(department=OPS) == (), "it would not be asked there whatever the pay"
    assert approval_chains.passed_over(chains[2:3], approvals.Case(department=SALES), None)


def test_the_choice_explains_itself_and_ties_are_told():
    one, two = made(1, department=SALES), made(2, location=LYON)

    choice = approval_chains.choose_from([two, one], approvals.Case(department=SALES, location=LYON))

    assert choice.why == (
        "“Chain 1” is asked, because it is for Sales. “Chain 2” fits too, but does not name the department, which counts most here."
    )
    assert approval_chains.ties([one, two, made(3)]) == [
        (one, two, "does not name the department, which counts most here")
    ]
    assert approval_chains.ties([one, made(4, department=OPS)]) == []
    assert approval_chains.ties([one, made(5, department=SALES)])[0][2] == "is newer"


conditions = st.fixed_dictionaries(
    {
        "department": st.sampled_from([None, SALES, OPS]),
        "location": st.sampled_from([None, LYON, OSLO]),
        "level": st.sampled_from(["", "senior", "lead"]),
    }
)
ranges = st.sampled_from([(None, None), (50, None), (None, 70), (60, 80)])


@given(
    st.lists(st.tuples(conditions, ranges), max_size=8),
    conditions,
    st.sampled_from([None, 40, 55, 65, 90]),
    st.randoms(),
)
def test_the_narrowest_fits_has_most_conditions_and_no_order_of_rows_changes_it(rows, case, pay, chance):
    chains = [
        made(pk, **fields, pay_from=low and Decimal(low), pay_up_to=high and Decimal(high))
        for pk, (fields, (low, high)) in enumerate(rows, 1)
    ]
    case = approvals.Case(**case, pay=pay and Decimal(pay), currency="EUR")
    choice = approval_chains.choose_from(chains, case)
    fitting = [chain for chain in chains if approval_chains.fits(chain, case)]

    chance.shuffle(chains)

    again = approval_chains.choose_from(chains, case)
    assert (choice and choice.chain.pk) == (again and again.chain.pk)
    assert (choice is None) == (not fitting)
    if choice:
        most = max(len(approval_chains.set_conditions(chain)) for chain in fitting)
        assert choice.chain in fitting and len(approval_chains.set_conditions(choice.chain)) == most


# --- whom a step means ----------------------------------------------------------------------------------------------


@pytest.fixture
def job(db, recruiter, manager):
    return jobs.create(
        by=recruiter,
        template=JobTemplateFactory(),
        title="Data Engineer",
        department=DepartmentFactory(name="Data"),
        location=LocationFactory(),
        recruiter=recruiter,
        hiring_manager=manager,
        pay_max=Decimal(95_000),
    )


def chain_of(manager=False, lead=False, people=(), **fields):
    chain = ApprovalChainFactory(**fields)
    chain.groups.create(position=0, hiring_manager=manager, managers_lead=lead).approvers.set(people)
    return chain


def test_the_hiring_manager_and_their_lead_are_asked_as_the_job_names_them(recruiter, manager, job):
    boss = UserFactory()
    User.objects.filter(pk=manager.pk).update(lead=boss)
    chain_of(manager=True).groups.create(position=1, managers_lead=True)
    before = approval_chains.ahead("job", job_facts.case(job), recruiter)

    jobs.submit(job, by=recruiter)

    seats = ApprovalVote.objects.order_by("group__position").values_list("approver", flat=True)
    shown = [[person.pk for person, _ in people] for _, people in before.steps]
    assert list(seats) == [manager.pk, boss.pk]
    assert shown == [[manager.pk], [boss.pk]]


def test_a_lead_nobody_named_is_told_before_and_refused_at_submitting(client, recruiter, job):
    chain_of(lead=True)
    client.force_login(recruiter)

    page = client.get(reverse("job_overview", args=[job.pk])).content.decode()

    assert "no lead is named for its hiring manager" in page
    with pytest.raises(Refused, match="no lead is named for its hiring manager"):
        jobs.submit(job, by=recruiter)
    assert not Approval.objects.exists()


def test_a_chain_without_a_step_approves_nothing(recruiter, job):
    ApprovalChainFactory()

    with pytest.raises(Refused, match="no step"):
        jobs.submit(job, by=recruiter)


def test_the_form_shows_the_chain_for_what_is_typed(client, recruiter, manager, admin):
    sales = DepartmentFactory(name="Sales")
    chain_of(people=[manager], name="Everything")
    chain_of(people=[admin], name="Dear ones", pay_from=Decimal(90_000))
    client.force_login(recruiter)

    def shown(**typed):
        return client.get(
            reverse("job_chain"), {"department": sales.pk, "pay_currency": "EUR", **typed}
        ).content.decode()

    assert "“Everything” is asked" in shown(pay_max="80,000")
    assert "“Dear ones” is asked" in shown(pay_max="8,000", pay_period="MONTH")
    assert "“Everything” is asked" in shown(pay_max="nonsense")
    assert "Choose a department" in client.get(reverse("job_chain")).content.decode()


def test_the_reason_is_kept_with_the_request_and_hidden_from_who_may_not_see_pay(client, recruiter, interviewer, job):
    chain_of(people=[UserFactory()], name="Dear ones", pay_from=Decimal(90_000))
    jobs.add_member(job, interviewer, "interviewer", by=None)
    jobs.submit(job, by=recruiter)
    address = reverse("job_overview", args=[job.pk])

    client.force_login(recruiter)
    assert "“Dear ones” is asked" in client.get(address).content.decode()
    client.force_login(interviewer)
    assert "Dear ones" not in client.get(address).content.decode()


# --- for administrators ---------------------------------------------------------------------------------------------


@pytest.fixture
def desk(client, admin):
    User.objects.filter(pk=admin.pk).update(is_staff=True)
    client.force_login(User.objects.get(pk=admin.pk))
    return client


def test_the_page_shows_chains_ties_and_answers_for_a_case(desk, manager, django_assert_max_num_queries):
    sales, lyon = DepartmentFactory(name="Sales"), LocationFactory(name="Lyon office")
    chain_of(people=[manager], name="For sales", department=sales, escalate_after=48)
    chain_of(manager=True, name="For Lyon", location=lyon)
    for number in range(5):
        chain_of(people=[manager], name=f"More {number}", department=DepartmentFactory())
    address = reverse("approval_chains")
    desk.get(address)

    with django_assert_max_num_queries(16):
        page = desk.get(address, {"kind": "job", "department": sales.pk, "location": lyon.pk}).content.decode()

    assert "“For sales” is asked, because it is for Sales." in page
    assert "<b>For sales</b> is asked and not <b>For Lyon</b>" in page
    assert "the hiring manager" in page and "After 48 hours" in page
    assert "No chain: these are approved" in page  # of offers
    assert desk.get(address, {"kind": "cheese"}).status_code == 422


def form(**changes):
    return {
        "name": "Data",
        "subject_kind": "job",
        "is_active": "on",
        "groups-TOTAL_FORMS": "1",
        "groups-INITIAL_FORMS": "0",
        "groups-0-position": "0",
        "groups-0-needed": "1",
    } | changes


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"groups-TOTAL_FORMS": "0"}, "at least one step"),
        ({"groups-0-approvers": []}, "Somebody who works here"),
        ({"groups-0-needed": "3"}, "Only 1 can be asked"),
        ({"pay_from": "9", "pay_up_to": "8"}, "ends below its start"),
        ({"remind_after": "24", "escalate_after": "24"}, "later than the reminder"),
        ({"pay_currency": "€"}, "Three letters"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(desk, manager, changes, sentence):
    answer = desk.post(
        reverse("admin:hiring_approvalchain_add"), form(**{"groups-0-approvers": [manager.pk], **changes})
    )

    assert sentence in answer.content.decode()
    assert not ApprovalChain.objects.exists()


def test_a_second_chain_for_the_same_is_refused_and_a_tie_is_told(desk, manager):
    chain_of(people=[manager], name="First", department=DepartmentFactory(pk=77))
    step = {"groups-0-approvers": [manager.pk]}

    double = desk.post(reverse("admin:hiring_approvalchain_add"), form(department="77", **step))
    tie = desk.post(reverse("admin:hiring_approvalchain_add"), form(level="senior", **step), follow=True)

    assert "“First” is for the same already" in double.content.decode()
    assert "“First” is asked and not “Data”" in tie.content.decode()
    assert ApprovalChain.objects.count() == 2


def test_nobody_leads_themselves_through_others(desk, manager, recruiter):
    User.objects.filter(pk=manager.pk).update(lead=recruiter)
    address = reverse("admin:hiring_user_change", args=[recruiter.pk])
    fields = desk.get(address).context["adminform"].form.initial | {"lead": manager.pk}

    answer = desk.post(address, {name: value for name, value in fields.items() if value not in (None, False)})

    assert "lead back to the same person" in answer.content.decode()
