"""Résumés as people write them: what stands below which job, and which words are skills."""

from __future__ import annotations

import datetime as dt

import pytest

from hiring import search_facts, taxonomy
from hiring.resumes.parsing import parse
from hiring.resumes.profile import Profile

TODAY = dt.date(2026, 6, 15)


def read(text: str) -> Profile:
    return parse(text, regions=("GB", "DE", "FR", "US"), today=TODAY)


def skills(text: str) -> set[str]:
    return {skill.name for skill in read(text).skills}


ONE_LINE = """Ines Varga
ines@varga.example

EXPERIENCE
{gap}
Senior Data Engineer, Voltaire Rail   Jan 2020 - Present
Built pipelines for timetables
Python, Airflow
{gap}
Data Analyst, Greywacke Civil  Mar 2016 - Dec 2019
Managed Tableau dashboards
{gap}
Reports for Barley Bank
Led two people
{gap}
Junior Analyst, Brightwater  Jan 2014 - Feb 2016
Kept Excel sheets

SKILLS
Python, SQL, Data Analyst, Senior Data Engineer, Airflow
"""


@pytest.mark.parametrize("gap", ["", "\n"])
def test_lines_below_a_heading_of_one_line_belong_to_it(gap):
    first, second, third = read(ONE_LINE.replace("{gap}\n", gap)).positions

    assert "Built pipelines" in first.text.value and "Airflow" in first.text.value
    assert second.text.value.startswith("Data Analyst, Greywacke Civil")
    assert all(line in second.text.value for line in ("Tableau dashboards", "Barley Bank", "Led two people"))
    assert third.text.value.endswith("Kept Excel sheets")
    assert [one.employer.value for one in (first, second, third)] == ["Voltaire Rail", "Greywacke Civil", "Brightwater"]


def test_an_employer_or_a_place_below_the_line_of_title_and_dates_still_names_the_job():
    text = (
        "Ada Berg\n\nExperience\nProject Manager, Payments  01/2020 - 03/2022\n"
        "Quill Bank\nLeeds, United Kingdom\n- Led a team\n"
    )
    (job,) = read(text).positions

    assert (job.title.value, job.employer.value, job.location.value) == (
        "Project Manager",
        "Quill Bank",
        "Leeds, United Kingdom",
    )


def test_what_somebody_was_is_no_skill():
    found = skills(ONE_LINE.replace("{gap}\n", ""))

    assert {"Python", "SQL", "Apache Airflow"} <= found
    assert not {name for name in found if "Analyst" in name or "Engineer" in name}
    assert "Accountant" not in skills("Jo\n\nExperience\nAccountant, Fell Ltd  2019 - 2021\n\nSkills\nAccountant, VAT")


@pytest.mark.parametrize(
    ("said", "name", "is_meant"),
    [
        ("We kept a safe site and safe tools.", "SAFe", False),
        ("The Safe Site Programme of the region ran twice.", "SAFe", False),
        ("Friendly, safe, punctual", "SAFe", False),
        ("Introduced SAFe in nine teams.", "SAFe", True),
        ("SAFe trains planned with nine teams.", "SAFe", True),
        ("Took the helm of a team that was swift to react.", "Helm", False),
        ("Charts written with Helm and tested by hand.", "Helm", True),
        ("J'ai vite appris les outils de la maison.", "Vite", False),
        ("Sono stata responsabile del negozio.", "Stata", False),
        ("Used soap and water in the ward.", "SOAP", False),
        ("Answered SOAP requests of partners.", "SOAP", True),
        ("Python, Go, R", "Go", True),
        ("We go to market with R&D.", "Go", False),
    ],
)
def test_a_name_that_is_a_word_counts_by_its_case_or_in_a_list(said, name, is_meant):
    text = f"Jo Berg\n\nExperience\nBuyer, Fell Ltd  01/2019 - 02/2021\n{said}\n"

    assert (name in skills(text)) is is_meant


def test_adverts_and_search_copies_read_such_names_alike():
    found = taxonomy.start().skills.found_in

    assert found("A clean, safe, friendly place. We go far.") == {}
    assert set(found("SAFe and Scrum; Python, Go, R\nHelm")) == {"SAFe", "Scrum", "Python", "Go", "R", "Helm"}
    assert "safe" not in search_facts.skills_in("a clean, safe, friendly place")
    assert {"safe", "soap", "go"} <= set(search_facts.skills_in("We plan with SAFe, Go, and answer SOAP calls"))


def test_a_list_of_skills_may_name_what_is_a_word_elsewhere():
    assert {"SAFe", "Express", "Sketch", "Helm"} <= skills("Jo Berg\n\nSkills\nSAFe, Express, Sketch, Helm, SQL")
    assert "SAFe" not in skills("Jo Berg\n\nSkills\nsafe, reliable, SQL")


@pytest.mark.parametrize(
    ("lines", "degree", "school"),
    [
        ("2018 – 2021\nMSc Computer Science Warsaw School of Applied Arts", "MSc Computer Science", "Warsaw School of Applied Arts"),
        ("2018 – 2021\nB.Tech in Electronics Bosphorus Technical University", "B.Tech in Electronics", "Bosphorus Technical University"),
        ("2018 – 2021\nBSc Economics University of Leeds", "BSc Economics", "University of Leeds"),
        ("2018 – 2021\nMestrado em Engenharia Civil Universidade Federal de Itapema", "Mestrado em Engenharia Civil",
         "Universidade Federal de Itapema"),
        ("2018 – 2021\nM.Sc. Maschinenbau Technische Universität Werdau", "M.Sc. Maschinenbau", "Technische Universität Werdau"),
        ("2018 – 2021\nBachelor of Science in Nursing", "Bachelor of Science in Nursing", None),
        ("Dates 2018 – 2021\nTitle of qualification awarded Licenciatura en Derecho\n"
         "Name and type of organisation providing education and training Universidad de Almenar",
         "Licenciatura en Derecho", "Universidad de Almenar"),
        ("Dates 2018 – 2021\nTitle of qualification Grado en Derecho\nOrganisation ROC Twente", "Grado en Derecho", "ROC Twente"),
        ("Degree: BA History\nInstitution: Carrow\n2018 – 2021", "BA History", "Carrow"),
        ("BA History, Carrow College London, 2018 – 2021\nPage 1 of 2", "BA History", "Carrow College London"),
    ],
)  # fmt: skip
def test_a_degree_and_its_school_are_told_apart_with_nothing_between_them_and_behind_labels(lines, degree, school):
    (study,) = read(f"Jo Berg\njo@berg.example\n\nEducation\n{lines}\n\nSkills\nSQL\n").education

    assert (study.degree and study.degree.value, study.school and study.school.value) == (degree, school)
    assert (study.start, study.end) == ("2018", "2021")


def jobs_of(profile: Profile) -> list[tuple]:
    return [
        (one.title.value, one.employer and one.employer.value, one.location and one.location.value, one.start, one.end)
        for one in profile.positions
    ]


def test_headings_set_wide_are_headings_wherever_their_gaps_fall():
    text = (
        "Priya Nair\nP ROF I LE\nCalm interfaces for banks.\nE X PE R IEN CE\nUX Designer, Monument Bank  2017 – 2021\n"
        "E D UC AT I ON\nBSc Psychology, University of Bath, 2008 – 2011\n"
    )
    profile = read(text)

    assert jobs_of(profile) == [("UX Designer", "Monument Bank", None, "2017", "2021")]
    assert profile.summary.value == "Calm interfaces for banks."
    assert [one.school.value for one in profile.education] == ["University of Bath"]


def test_firm_and_place_with_a_blank_between_them_are_two_and_lines_that_tell_name_nothing():
    text = (
        "Marcus Oduya\nChicago, IL 60614 · (312) 555-0147\n\nEXPERIENCE\nLAKESHORE MANUFACTURING, INC. Chicago, IL\n"
        "Assistant Controller 06/2018 – Present\nManage month-end close for 4 entities\n"
        "Supervise staff of five accountants; own reporting and controls\nSenior Accountant 01/2015 – 05/2018\n"
        "GRANT, HOLLIS & MERCER LLP Milwaukee, WI\nAudit Associate 09/2012 – 12/2014\n\nEDUCATION\n"
        "University of Illinois at Urbana-Champaign, May 2012\nBachelor of Science in Accountancy\n"
    )
    profile = read(text)

    assert jobs_of(profile) == [
        ("Assistant Controller", "LAKESHORE MANUFACTURING, INC.", "Chicago, IL", "2018-06", None),
        ("Senior Accountant", "LAKESHORE MANUFACTURING, INC.", None, "2015-01", "2018-05"),
        ("Audit Associate", "GRANT, HOLLIS & MERCER LLP", "Milwaukee, WI", "2012-09", "2014-12"),
    ]
    assert "five accountants" in profile.positions[0].text.value
    assert profile.location.value == "Chicago, IL 60614"
    assert profile.education[0].school.value == "University of Illinois at Urbana-Champaign"


def test_how_long_somebody_was_at_an_employer_is_no_employer():
    text = (
        "Diego Salinas\n\nExperience\nAndina Pay\nStaff Engineer\nFebruary 2022 - Present (4 years 5 months)\nBogotá, Colombia\n"
        "Own the reliability of the platform.\nMercantil Digital\n6 years 2 months\nSenior DevOps Engineer\n"
        "June 2018 - January 2022 (3 years 8 months)\nMedellín, Colombia\nTerraform and a lot of Jenkins.\n"
        "Systems Administrator\nDecember 2015 - May 2018 (2 years 6 months)\n"
    )

    assert jobs_of(read(text)) == [
        ("Staff Engineer", "Andina Pay", "Bogotá, Colombia", "2022-02", None),
        ("Senior DevOps Engineer", "Mercantil Digital", "Medellín, Colombia", "2018-06", "2022-01"),
        ("Systems Administrator", "Mercantil Digital", None, "2015-12", "2018-05"),
    ]


def test_an_employer_of_many_small_words_beside_its_dates_is_one():
    text = "Lan Mai\n\nExperience\nBackend Developer\nMai và đối tác Công ty Trách nhiệm hữu hạn / 07.2023 – Present\n- Built streams\n"

    assert jobs_of(read(text)) == [
        ("Backend Developer", "Mai và đối tác Công ty Trách nhiệm hữu hạn", None, "2023-07", None)
    ]


def test_jobs_without_dates_are_jobs_without_dates():
    text = (
        "Ruth Abernathy\n\nKey Skills\nCustomer Service\n- Answered 60 calls a day\n- Managed calendars\n\nWork History\n"
        "Office Manager, Willamette Family Medicine\nExecutive Assistant, Cascade Timber Co.\n"
    )
    profile = read(text)

    assert jobs_of(profile) == [
        ("Office Manager", "Willamette Family Medicine", None, None, None),
        ("Executive Assistant", "Cascade Timber Co.", None, None, None),
    ]
    assert profile.years_computed is None and not any(one.is_current for one in profile.positions)
    assert {skill.name for skill in profile.skills} == {"Customer service"}


def test_a_tabular_lebenslauf_keeps_its_labels_apart_from_what_they_label():
    text = (
        "Lebenslauf\nPersönliche Daten\nName Katharina Voß\nGeburtsdatum 17.03.1984\nGeburtsort Wuppertal\n"
        "Anschrift Rosenweg 7, 50933 Köln\n\nKenntnisse\nEDV MS Office, LIMS\n"
        "Sprachen Deutsch (Muttersprache), Englisch (verhandlungssicher)\nFührerschein Klasse B, C\n\nKöln, den 2. Mai 2026\n"
    )
    profile = read(text)

    assert (profile.name.value, profile.location.value, profile.headline) == ("Katharina Voß", "Köln", None)
    assert {skill.name for skill in profile.skills} == {"Microsoft Office", "LIMS", "Driving licence B"}
    assert [(one.code, one.level) for one in profile.languages] == [("de", "native"), ("en", "fluent")]


def test_certificates_beside_skills_and_subjects_at_school_are_what_they_are():
    text = (
        "Jo Berg\n\nCertifications & Skills\nCertified Public Accountant (Illinois, 2014)\nNetSuite, SAP, Excel, SQL\n\n"
        "Education\nA-Levels: Biology (B), English (B), Larne Grammar School, 2011-2013\n\n"
        "Professional Registration\nNMC PIN 16F0123N\n"
    )
    profile = read(text)

    assert [(one.name.value, one.date) for one in profile.certificates] == [
        ("Certified Public Accountant", "2014"),
        ("NMC PIN 16F0123N", None),
    ]
    assert profile.languages == () and {"NetSuite", "SQL"} <= {skill.name for skill in profile.skills}
