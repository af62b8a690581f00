"""Nordvale Grid, which keeps the lights steady for 1.4 million invented homes: its people, places, jobs and approvals."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.auth.hashers import make_password

from hiring.models import Department, JobTemplate, Location, Mailbox, User

PASSWORD = "demo-throughline"  # noqa: S105 - printed at the start, for a demonstration on this machine
DOMAIN = "nordvale.example"


@dataclass(frozen=True)
class Colleague:
    key: str
    name: str
    role: str
    title: str
    zone: str = "Europe/Paris"

    @property
    def email(self) -> str:
        return f"{self.key}@{DOMAIN}"


COLLEAGUES = [
    Colleague("maya", "Maya Okafor", "recruiter", "Senior Recruiter"),
    Colleague("oskar", "Oskar Winther", "admin", "Head of People"),
    Colleague("lena", "Lena Roth", "hiring_manager", "Head of Data"),
    Colleague("devon", "Devon Kaur", "interviewer", "Staff Data Engineer"),
    Colleague("ines", "Inês Tavares", "coordinator", "Recruiting Coordinator", "Europe/Lisbon"),
    Colleague("jonas", "Jonas Weber", "recruiter", "Recruiter, Field", "Europe/Berlin"),
    Colleague("odile", "Odile Garnier", "compliance_officer", "Data Protection Officer"),
    Colleague("marek", "Marek Sadowski", "hiring_manager", "Head of Engineering", "Europe/Warsaw"),
    Colleague("hannah", "Hannah Whitfield", "hiring_manager", "Head of Grid Design", "Europe/London"),
    Colleague("pedro", "Pedro Carvalho", "hiring_manager", "Head of Customers", "Europe/Lisbon"),
    Colleague("clara", "Clara Fontaine", "hiring_manager", "Field Manager, Rhône"),
    Colleague("yusuf", "Yusuf Demir", "interviewer", "Senior Backend Engineer", "Europe/Warsaw"),
    Colleague("aoife", "Aoife Keller", "interviewer", "Principal Engineer", "Europe/London"),
    Colleague("tiago", "Tiago Lopes", "interviewer", "Product Designer", "Europe/Lisbon"),
    Colleague("mei", "Mei Tanaka", "interviewer", "Team Lead, Support", "Europe/Lisbon"),
    Colleague("bilal", "Bilal Hassan", "interviewer", "Senior Field Technician"),
    Colleague("victor", "Victor Lacroix", "hiring_manager", "Chief Financial Officer"),
]

PLACES = [  # Leeds lacks its postal code, so that a board has something to refuse
    ("Lyon", "Lyon", "Auvergne-Rhône-Alpes", "FR", "Europe/Paris", "69003"),
    ("Porto", "Porto", "Norte", "PT", "Europe/Lisbon", "4000-123"),
    ("Kraków", "Kraków", "Lesser Poland", "PL", "Europe/Warsaw", "31-042"),
    ("Leeds", "Leeds", "West Yorkshire", "GB", "Europe/London", ""),
]
DEPARTMENTS = ["Data platform", "Engineering", "Grid design", "Field", "Customers", "Finance", "People"]


@dataclass(frozen=True)
class Plan:
    """A job of the demonstration: who hires, for what, since when, and how many apply."""

    title: str
    trade: str
    department: str
    place: str
    manager: str
    recruiter: str
    panel: tuple[str, ...]
    pay: tuple[int, int]
    currency: str
    headcount: int
    days_ago: int
    applicants: int
    fate: str  # open, filled, hold, pending, draft, confidential
    lead: str
    workplace: str = "hybrid"


JOBS = [
    Plan("Senior Data Engineer", "data", "Data platform", "Lyon", "lena", "maya", ("devon", "yusuf"), (65000, 80000), "EUR", 5, 120, 62, "open",
         "You build the road that signals travel on, from 1,900 substations to the control room."),
    Plan("Field Technician", "field", "Field", "Lyon", "clara", "jonas", ("bilal",), (31000, 38000), "EUR", 8, 330, 54, "open",
         "You keep 240 substations running, with two colleagues and a van that starts.", "on_site"),
    Plan("Product Designer", "design", "Customers", "Porto", "pedro", "maya", ("tiago", "mei"), (38000, 48000), "EUR", 2, 75, 32, "open",
         "You make outages understandable to people who stand in the dark."),
    Plan("Backend Engineer", "software", "Engineering", "Kraków", "marek", "maya", ("yusuf", "devon"), (52000, 66000), "EUR", 2, 160, 31, "open",
         "You own the services that plan 900 field jobs a day."),
    Plan("Frontend Engineer", "software", "Engineering", "Kraków", "marek", "jonas", ("yusuf", "tiago"), (46000, 58000), "EUR", 2, 60, 24, "open",
         "You build the screens that dispatchers look at all night."),
    Plan("Electrical Engineer, Substations", "electrical", "Grid design", "Leeds", "hannah", "jonas", ("aoife",), (48000, 60000), "GBP", 2, 200, 26, "open",
         "You design protection that trips when it should, and only then."),
    Plan("Customer Support Specialist", "support", "Customers", "Porto", "pedro", "ines", ("mei",), (19000, 24000), "EUR", 4, 260, 30, "open",
         "You answer people in three languages, most of all on stormy days."),
    Plan("Account Manager, Municipalities", "sales", "Customers", "Leeds", "pedro", "jonas", ("mei",), (38000, 46000), "GBP", 1, 45, 16, "open",
         "You look after 70 towns that buy their grid services from us."),
    Plan("Financial Controller", "finance", "Finance", "Lyon", "victor", "maya", ("lena",), (62000, 74000), "EUR", 1, 300, 14, "filled",
         "You close the month in four days and explain it in plain words."),
    Plan("Talent Partner", "people", "People", "Lyon", "oskar", "maya", ("lena", "clara"), (45000, 55000), "EUR", 1, 350, 15, "filled",
         "You hire with structure and answer everybody who writes to us."),
    Plan("Analytics Engineer", "data", "Data platform", "Lyon", "lena", "maya", ("devon",), (54000, 66000), "EUR", 1, 140, 14, "hold",
         "You turn raw readings into tables that colleagues trust."),
    Plan("Head of Grid Operations", "electrical", "Grid design", "Lyon", "oskar", "maya", ("aoife",), (95000, 120000), "EUR", 1, 50, 8, "confidential",
         "You lead the control rooms of three countries."),
    Plan("Site Reliability Engineer", "software", "Engineering", "Kraków", "marek", "maya", ("yusuf",), (58000, 72000), "EUR", 1, 3, 0, "pending",
         "You keep what we build awake at night, so that others can sleep."),
    Plan("Analytics Lead", "data", "Data platform", "Porto", "lena", "maya", ("devon",), (70000, 84000), "EUR", 1, 1, 0, "draft",
         "You lead four analysts and one long backlog."),
]  # fmt: skip


def description(plan: Plan) -> str:
    """The posting's text: paragraphs and lists only, which is what every board shows (JOB-4)."""
    from demo.words import TRADES

    trade = TRADES[plan.trade]
    duties = "".join(f"<li>{duty}</li>" for duty in trade.duties[:4])
    skills = "".join(f"<li>{skill}</li>" for skill in trade.skills[:5])
    return (
        f"<p>Nordvale Grid keeps the lights steady for 1.4 million homes. {plan.lead}</p>"
        f"<p>What people in this role have done with us:</p><ul>{duties}</ul>"
        f"<p>What we look for:</p><ul>{skills}</ul>"
        "<p>How it goes: a person reads your application within five days. A call of 30 minutes, two interviews on one day, "
        "an offer within a week after that. You can see where you are at any time.</p>"
        "<p>Full time or 80 per cent, flexible hours, 27 days of leave.</p>"
    )


@dataclass
class Company:
    """What was founded, by name."""

    people: dict[str, User]
    departments: dict[str, Department]
    places: dict[str, Location]
    templates: dict[str, JobTemplate]
    mailboxes: dict[str, Mailbox]


def found(joined: dt.datetime) -> Company:
    """Create colleagues, departments, places and mailboxes. Job templates come with the product."""
    departments = {name: Department.objects.create(name=name) for name in DEPARTMENTS}
    places = {
        name: Location.objects.create(
            name=name, city=city, region=region, country=country, time_zone=zone, postal_code=code
        )
        for name, city, region, country, zone, code in PLACES
    }
    password = make_password(
        PASSWORD
    )  # hashed once: the cost of hashing is meant for attackers, not for a demonstration
    people = {colleague.key: _hire(colleague, password) for colleague in COLLEAGUES}
    mailboxes = {
        key: Mailbox.objects.create(
            address=people[key].email, name=people[key].full_name, user=people[key], daily_cap=80
        )
        for key in ("maya", "jonas")
    }
    templates = {template.name: template for template in JobTemplate.objects.all()}
    return Company(people, departments, places, templates, mailboxes)


def _hire(colleague: Colleague, password: str) -> User:
    is_admin = colleague.role == "admin"
    return User.objects.create(
        email=colleague.email,
        password=password,
        full_name=colleague.name,
        role=colleague.role,
        job_title=colleague.title,
        time_zone=colleague.zone,
        is_staff=is_admin,
        is_superuser=is_admin,
    )


def job_fields(plan: Plan, company: Company, today: dt.date) -> dict[str, Any]:
    """The arguments of hiring.jobs.create for a plan."""
    engineering = plan.trade in ("data", "software", "electrical", "design")
    wanted = "Sales" if plan.trade == "sales" else "Engineering" if engineering else "Operations"
    return {
        "template": company.templates.get(wanted) or next(iter(company.templates.values())),
        "title": plan.title,
        "department": company.departments[plan.department],
        "location": company.places[plan.place],
        "headcount": plan.headcount,
        "hiring_manager": company.people[plan.manager],
        "recruiter": company.people[plan.recruiter],
        "workplace": plan.workplace,
        "pay_min": Decimal(plan.pay[0]),
        "pay_max": Decimal(plan.pay[1]),
        "pay_currency": plan.currency,
        "confidential": plan.fate == "confidential",
        "target_date": today + dt.timedelta(days=45),
    }
