"""What a job asks, each change of it a version of its own."""

from __future__ import annotations

import pytest

from hiring import job_templates, jobs
from hiring.errors import Refused
from pipeline.models import CriteriaVersion
from pipeline.screening import criteria, wording
from tests.pipeline.screened import ALL, criterion

pytestmark = pytest.mark.django_db

PYTHON = criterion("skill", skill="Python")
SQL = criterion("skill", skill="SQL")
GERMAN = criterion("language", "bonus", language="de", level="B2")


def said(job):
    return [one.says for one in criteria.of_job(job).criteria]


def test_each_change_is_a_version_that_stays(world, recruiter):
    criteria.add(world.job, PYTHON, SQL, by=recruiter)
    criteria.change(world.job, SQL.key, criteria.with_weight(SQL, "should", 5), by=recruiter)
    criteria.remove(world.job, PYTHON.key, by=recruiter)

    rows = CriteriaVersion.objects.filter(job=world.job).order_by("number")
    assert [(row.number, row.change, row.by, len(row.criteria)) for row in rows] == [
        (1, "Added Python, SQL", recruiter, 2),
        (2, "SQL is a should instead of a must; SQL weighs 5 instead of 3", recruiter, 2),
        (3, "Took out Python", recruiter, 1),
    ]


def test_musts_stand_before_what_is_only_wanted_and_move_among_themselves(world):
    criteria.add(world.job, GERMAN, PYTHON, SQL, by=None)
    assert said(world.job) == ["Python", "SQL", "German, B2 or better"]

    criteria.shift(world.job, SQL.key, up=True, by=None)

    assert said(world.job) == ["SQL", "Python", "German, B2 or better"]
    with pytest.raises(Refused, match="stands last"):
        criteria.shift(world.job, PYTHON.key, up=False, by=None)


def test_nothing_is_asked_twice_and_too_much_is_not_asked_at_all(world):
    criteria.add(world.job, PYTHON, by=None)
    with pytest.raises(Refused, match="asked already"):
        criteria.add(world.job, criterion("skill", "bonus", 1, skill=" python "), by=None)
    with pytest.raises(Refused, match="at most 25"):
        criteria.add(world.job, *(criterion("skill", skill=f"Skill {n}") for n in range(25)), by=None)


def test_a_change_to_what_stands_there_already_is_no_version(world):
    criteria.add(world.job, PYTHON, by=None)
    assert criteria.change(world.job, PYTHON.key, PYTHON, by=None).number == 1


def test_what_a_colleague_took_out_cannot_be_changed(world):
    with pytest.raises(Refused, match="changed the criteria meanwhile"):
        criteria.remove(world.job, PYTHON.key, by=None)


@pytest.mark.parametrize(
    "asked",
    [
        criterion("statement", text="A young team player"),
        criterion("statement", text="Native speaker of English"),
        criterion("statement", text="No gaps in the CV"),
        criterion("statement", text="A degree from a top university"),
        criterion("answer", question="q", label="What is your nationality?", accept=["French"]),
        criterion("skill", skill="Male"),
    ],
)
def test_who_somebody_is_cannot_be_asked(world, asked):
    """AI-4: the sentence names the word, and nothing is kept."""
    with pytest.raises(Refused, match="who somebody is"):
        criteria.add(world.job, asked, by=None)
    assert said(world.job) == []


@pytest.mark.parametrize(
    "text", ["Worked with children", "Care for elderly people", "Has managed people", "Manages stakeholders"]
)
def test_whom_somebody_worked_with_can_be_asked(text):
    assert wording.not_asked(criterion("statement", text=text)) == ""


WHO_SOMEBODY_IS = """
No career gaps | No gaps in employment | No employment gaps | No gap in their résumé | Never took career breaks | No breaks between jobs
Keine Lücken im Lebenslauf | Lückenloser Lebenslauf | Pas de trous dans le CV | Sin lagunas laborales | Uninterrupted employment
Mother of two | Father of three children | Is a parent | Has no kids | Not pregnant | Childless
Keine Kinder | Mutter | Sans enfants | Sin hijos
Native German speaker | Native speaker of English | Native-level French | German mother tongue
English (native) | Deutsch als Muttersprache
Native German | Langue maternelle française | Lengua materna española | Inglés nativo | Native English or French speaker
Black person | White candidates | People of colour | Dark-skinned | Asian people | Caucasian | Must be black | Of African descent
Schwarze Person | Personne noire | Persona negra | No foreign accent | No foreigners | Migrationshintergrund | Nationalité française
Went to a good university | Top 10 university | A top university | An elite school | Ivy League | Graduated from Harvard | Oxbridge
Best business school | Renommierte Universität | Issu d'une grande école | Universidad de prestigio | A prestigious college
Catholic | Evangelisch | Musulman | Católica | Jews | Wears no headscarf | Not a union member | Gewerkschaftsmitglied | Syndiqué
No disability | Behindert | Handicapé | Sin discapacidad | Deaf people | In good health | Non-smoker | No sick days | Nichtraucher
No criminal record | Nicht vorbestraft | Casier judiciaire vierge | Sin antecedentes penales | Not unemployed | Political views like ours
Young | German man | Unmarried | Junger Kollege | Jeune | Joven | Verheiratet | Célibataire | Gay | Weiblich | Under 30 years old
"""
WHAT_THE_WORK_NEEDS = """
Black-box testing | Black box tests | Blackboard | Black Duck | Black Belt in Six Sigma
White-label products | White papers | White background
Parent companies | Has consolidated a parent company | Child processes
Parent-child hierarchies with a parent class | Motherboard | Mother board design
Native mobile apps | React Native | Cloud-native | Native Android | Kubernetes-native tooling | Native SQL | Native advertising in English
University research experience | A university degree | Has taught at a university
Excellent university teaching | Good school grades in mathematics
Gap analysis | Closed skills gaps | Lückenlose Dokumentation | Data migration | Asian markets
African markets | Race conditions | Data races
Health data | Healthcare | Krankenpfleger | Krankenhaus | Smoke testing | Gradient descent
Double-blind studies | Criminal law | Strong convictions
Negotiated with trade unions | European Union law | Union types in TypeScript | Bachelor's degree
Muttergesellschaft | Maison mère | Carte mère
Lediglich Grundlagen | ALTER TABLE | Unconscious accent colours | Arabic, B2 | Arbeit mit Kindern | Travail avec des enfants | German, C2
Works to a good standard | Top sales results | Leading teams | Single sign-on
Man-in-the-middle attacks | Accent colours | Romania | Jenkins
"""


def each(table):
    return [text.strip() for line in table.strip().splitlines() for text in line.split(" | ")]


@pytest.mark.parametrize("text", each(WHO_SOMEBODY_IS))
def test_who_somebody_is_and_what_stands_for_it_is_no_statement(text):
    assert "who somebody is" in wording.not_asked(criterion("statement", text=text))


@pytest.mark.parametrize("text", each(WHAT_THE_WORK_NEEDS))
def test_what_the_work_needs_can_be_asked(text):
    assert wording.not_asked(criterion("statement", text=text)) == ""


def test_a_level_is_advised_where_a_native_speaker_was_asked_for():
    assert "“German, C2”" in wording.not_asked(criterion("statement", text="Native German speaker"))
    assert "C2" not in wording.not_asked(criterion("statement", text="Young"))


def test_every_kind_says_itself_and_survives_being_stored(world):
    criteria.copy(world.job, ALL, by=None)

    assert {one.key for one in criteria.of_job(world.job).criteria} == {one.key for one in ALL}
    assert [one.says for one in ALL] == [
        "Python, at least 3 years",
        "Docker",
        "5 years of experience",
        "Worked as Data Engineer, at least 2 years",
        "English, B2 or better",
        "Lives in or near Lyon, France",
        "AWS Certified Solutions Architect",
        "May you work in the EU? Yes",
        "Has explained numbers to people who decide",
    ]


def test_a_copy_of_a_job_asks_the_same(world, recruiter):
    criteria.copy(world.job, ALL, by=recruiter)

    kept = job_templates.save_as(world.job, "Data people", by=recruiter)
    kept.more["criteria"] += [
        {"kind": "skill"},
        {"kind": "statement", "need": "must", "weight": 3, "asks": {"text": "Young"}},
    ]
    made = jobs.create(
        title="Analyst", department=world.job.department, location=world.job.location, by=recruiter, template=kept
    )

    assert said(made) == said(world.job)
    assert criteria.of_job(made).number == 1
