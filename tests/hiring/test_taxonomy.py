"""Skills and titles: one name for what has many, what answers what, and what never does."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import time

import pytest
from django.urls import reverse
from django.utils import timezone

from compliance.models import AuditEntry
from hiring import candidates, query, search_copy, taxonomy, taxonomy_changes
from hiring.models import CandidateSearch, Skill, SkillName, TaxonomyChange, TaxonomyVersion, Title
from hiring.taxonomy import held


@pytest.mark.parametrize(
    ("said", "name"),
    [("k8s", "Kubernetes"), ("J2EE", "Java EE"), ("Jakarta EE", "Java EE"), ("AP", "Accounts payable"), ("a/p", "Accounts payable"),
     ("Kreditorenbuchhaltung", "Accounts payable"),
     ("ReactJS", "React"), ("golang", "Go"),
     (" Node-JS ", "Node.js"), (".NET Core", ".NET"),
     ("c sharp", "C#"), ("CPP", "C++"), ("maschinelles lernen", "Machine learning"),
     ("Comptabilite", "Accounting"), ("nonesuch", None), ("", None)],
)  # fmt: skip
def test_a_skill_has_one_name(said, name):
    assert taxonomy.canonical(said) == name


TRAPS = [
    ("Java", "JavaScript"), ("React", "Angular"), ("Angular", "AngularJS"), ("Accounts payable", "Accounts receivable"), ("C", "C++"),
    ("C", "C#"), ("C++", "C#"), ("Go", "Google Cloud"), ("R", "Ruby"), ("SQL", "NoSQL"), ("HR", "HRIS"), ("Scala", "Sales"),
    ("React", "Redux") , ("Rust", "Ruby"), ("Objective-C", "C"), ("Internal audit", "Internal controls"), ("Nursing", "Childcare"),
    ("MySQL", "PostgreSQL"), ("AWS", "Azure"), ("UX", "UI"), ("Paediatrics", "Geriatric care"), ("MIG welding", "TIG welding"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), TRAPS)
def test_what_sounds_alike_is_not_the_same(one, other):
    assert taxonomy.canonical(one) and taxonomy.canonical(other)
    assert not taxonomy.covers(one, other)
    assert taxonomy.canonical(one) != taxonomy.canonical(other)


def test_the_narrower_answers_the_broader_and_not_the_other_way_round():
    assert taxonomy.covers("J2EE", "Java") and taxonomy.covers("Spring Boot", "java")
    assert not taxonomy.covers("Java", "J2EE")
    assert {"java", "j2ee", "java ee", "spring boot"} <= taxonomy.expand("Core Java")
    assert "Java" not in taxonomy.answers("J2EE") and "Java" in taxonomy.answered_by("springboot")
    assert not {"javascript", "js", "typescript"} & taxonomy.expand("Java")
    assert taxonomy.expand("Basket-Weaving") == {"basket weaving"}


def test_words_of_the_language_count_as_skills_only_in_lists():
    terms = {term.text: term for term in taxonomy.terms()}

    assert all(terms[word].only_in_lists for word in ("r", "c", "go", "rust", "swift", "ap", "hr", "excel", "chef"))
    assert not any(terms[word].only_in_lists for word in ("golang", "python", "java", "kubernetes", "c++", "c#"))
    assert all(
        term.only_in_lists
        for term in terms.values()
        if len(term.text) < 3 and term.text.isalpha() and term.text not in SURE
    )
    assert {"c-sharp", "c sharp", "comptabilité", "comptabilite"} <= terms.keys()
    assert len(terms) > 1_500


SURE = {"js", "qt", "ux"}


@pytest.mark.parametrize("kind", ["skills", "titles"])
def test_the_start_says_nothing_twice_and_points_at_nothing_missing(kind):
    owner: dict[str, str] = {}
    entries = taxonomy.entries(kind)
    for entry in entries:
        for name in {taxonomy.key(name) for name in (entry.name, *entry.aliases)}:
            assert owner.setdefault(name, entry.name) == entry.name, name
    assert {above for entry in entries for above in entry.broader} <= {entry.name for entry in entries}
    assert all(len(name) <= 120 for entry in entries for name in (entry.name, *entry.aliases))


@pytest.mark.parametrize(
    ("written", "title", "level"),
    [("Sr. Java-Entwicklerin (m/w/d)", "Java Developer", "senior"), ("Programmer", "Software Engineer", ""),
     ("Softwareentwickler:in", "Software Engineer", ""), ("Développeuse web confirmée", "Web Developer", "senior"),
     ("Software Engineer II", "Software Engineer", ""), ("Billing Platform Developer", "Software Engineer", ""),
     ("Infirmière H/F", "Registered Nurse", ""), ("Chef de projet informatique", "Project Manager", ""), ("Koch (m/w/d)", "Chef", ""),
     ("Kreditorenbuchhalter", "Accounts Payable Clerk", ""), ("Junior Desarrollador de Software", "Software Engineer", "junior"),
     ("Head of Engineering", "Engineering Manager", "lead"), ("Sales Manager Europe", "Sales Manager", ""),
     ("Wizard", None, ""), ("", None, "")],
)  # fmt: skip
def test_a_title_is_known_whatever_its_language_gender_and_seniority(written, title, level):
    assert (taxonomy.canonical_title(written), taxonomy.level(written)) == (title, level)


def test_titles_alike_are_the_same_and_narrower_ones():
    assert {
        "software engineer",
        "developer",
        "programmer",
        "java developer",
        "softwareentwickler",
    } <= taxonomy.titles_like("Developer")
    assert "software engineer" not in taxonomy.titles_like("Java Developer")
    assert not taxonomy.titles_like("AP Clerk") & taxonomy.titles_like("AR Clerk")
    assert taxonomy.titles_like("Senior Wizard") == {"wizard"}


def test_a_loop_of_broader_skills_ends():
    loop = taxonomy.Vocabulary.of([taxonomy.Entry("A", broader=("B",)), taxonomy.Entry("B", broader=("A", "nobody"))])

    assert loop.answers("a") == loop.answers("b") == {"A", "B"}


def test_it_answers_without_django():
    """For a process that has no settings and no database."""
    code = "from hiring import taxonomy; print(taxonomy.canonical('k8s'), len(taxonomy.terms()) > 1500)"
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": os.getcwd()}

    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["Kubernetes", "True"]


# --- edited by administrators ---------------------------------------------------------------------------------------


@pytest.fixture
def editable(db):
    """The tables as a new installation has them, whatever a test before left."""
    if not Skill.objects.exists():
        from importlib import import_module

        from django.apps import apps

        import_module("hiring.migrations.0014_fill_taxonomy").fill(apps, None)
    taxonomy.forget()


def edit(client, skill, **changes):
    """Post the form of a skill with one more name."""
    form = {
        "name": skill.name if skill else "", "area": "", "broader": [], "names-TOTAL_FORMS": "1", "names-INITIAL_FORMS": "0",
        "names-0-skill": skill.pk if skill else "", **changes,
    }  # fmt: skip
    url = reverse("admin:hiring_skill_change", args=[skill.pk]) if skill else reverse("admin:hiring_skill_add")
    return client.post(url, form)


def test_the_tables_start_as_the_built_in_start(editable):
    current = taxonomy.current()

    assert current.version >= 0
    assert {e.name: e for e in current.skills.entries}.keys() == {e.name for e in taxonomy.start().skills.entries}
    assert sorted(t.text for t in current.skills.terms()) == sorted(t.text for t in taxonomy.start().skills.terms())
    assert current.skills.expand("java") == taxonomy.start().skills.expand("java")
    assert current.titles.expand("developer") == taxonomy.start().titles.expand("developer")
    assert {t for t in current.skills.terms() if t.only_in_lists} == {
        t for t in taxonomy.start().skills.terms() if t.only_in_lists
    }


def test_an_administrator_teaches_a_name_and_it_counts_at_once(editable, client, admin):
    client.force_login(admin)
    java = Skill.objects.get(name="Java")

    added = edit(client, None, **{"name": "Quarkus", "broader": [java.pk], "names-0-name": "Quarkus.io"})

    assert added.status_code == 302
    assert taxonomy.canonical("quarkus.io") == "Quarkus" and taxonomy.covers("Quarkus.io", "Java")
    quarkus = Skill.objects.get(name="Quarkus")
    assert AuditEntry.objects.filter(table_name="hiring_skill", object_id=str(quarkus.pk), action="insert").exists()
    assert AuditEntry.objects.filter(table_name="hiring_skillname", action="insert").exists()
    assert "Quarkus" in client.get(reverse("admin:hiring_skill_changelist"), {"q": "quarkus.io"}).text
    client.post(reverse("admin:hiring_skill_delete", args=[quarkus.pk]), {"post": "yes"})
    assert taxonomy.canonical("quarkus.io") is None


def test_a_name_means_one_thing(editable, client, admin):
    client.force_login(admin)
    java = Skill.objects.get(name="Java")

    taken = edit(client, java, **{"names-0-name": "K8S"})
    empty = edit(client, java, **{"names-0-name": "---"})
    twice = edit(
        client,
        java,
        **{"names-TOTAL_FORMS": "2", "names-0-name": "Jova", "names-1-name": "jova", "names-1-skill": java.pk},
    )

    assert "is already a name of Kubernetes" in taken.text
    assert "neither a letter nor a digit" in empty.text
    assert "stands here twice" in twice.text
    assert not SkillName.objects.filter(key__in=["jova", ""]).exists()


def test_only_administrators_edit_it(editable, client, recruiter):
    client.force_login(recruiter)

    assert client.get(reverse("admin:hiring_skill_changelist"), follow=True).status_code == 403


def test_a_change_through_any_door_is_noticed_and_asking_costs_no_query(
    editable, django_assert_num_queries, monkeypatch
):
    before = taxonomy.version()
    Skill.objects.filter(name="Kubernetes").update(name="Kubernetes (K8s)")

    with django_assert_num_queries(0):
        assert taxonomy.canonical("k8s") == "Kubernetes"
    held._held.looked_at = time.monotonic() - held.CHECK_SECONDS - 1
    assert taxonomy.canonical("k8s") == "Kubernetes (K8s)"
    assert taxonomy.version() > before
    held._held.looked_at = time.monotonic() - held.CHECK_SECONDS - 1
    with django_assert_num_queries(1):  # the count alone: nothing changed
        taxonomy.canonical("k8s")


def test_where_the_tables_are_empty_the_start_answers(editable):
    Skill.objects.all().delete()
    Title.objects.all().delete()
    taxonomy.forget()

    assert taxonomy.canonical("k8s") == "Kubernetes" and taxonomy.canonical_title("Programmer") == "Software Engineer"
    assert TaxonomyVersion.objects.get().version == taxonomy.version()


# --- search copies follow -------------------------------------------------------------------------------------------


@pytest.fixture
def skilled(editable):
    """Three people whose copies were written under the earlier names."""
    TaxonomyChange.objects.all().delete()
    taxonomy.forget()
    for name, headline in {"Ada": "Knows: K8s, Terraform", "Bea": "Knows: Go, zorblang", "Cyd": "Zorblang"}.items():
        candidate, _ = candidates.create(
            name=name, headline=headline, emails=(), by=None, purpose="sourcing", basis="legitimate_interest"
        )
        search_copy.refresh([candidate.pk])


def people_found(text, user):
    return sorted(query.people(user, text).values_list("name", flat=True))


def copies():
    return dict(CandidateSearch.objects.values_list("candidate__name", "skills"))


def passed(seconds=60):
    """Let every process know of the changes."""
    TaxonomyChange.objects.filter(done_at=None).update(at=timezone.now() - dt.timedelta(seconds=seconds))


def test_a_renamed_skill_is_found_at_once_and_its_copies_follow(skilled, recruiter, client, admin):
    client.force_login(admin)
    kubernetes = Skill.objects.get(name="Kubernetes")

    edit(client, kubernetes, **{"name": "Container orchestration", "names-TOTAL_FORMS": "0"})
    edit(client, kubernetes, **{"name": "Kubernetes, the system", "names-TOTAL_FORMS": "0"})

    assert "kubernetes" in copies()["Ada"]
    assert people_found('skill:"kubernetes, the system"', recruiter) == people_found("skill:k8s", recruiter) == ["Ada"]
    assert taxonomy_changes.sweep() == 0, "other processes may not know yet"
    passed()
    assert "begins in a moment" in client.get(reverse("admin:hiring_taxonomychange_changelist")).text
    assert taxonomy_changes.oldest_due() < timezone.now() - dt.timedelta(seconds=50)
    assert taxonomy_changes.sweep() >= 1
    taxonomy.forget()
    assert copies()["Ada"] == [taxonomy.key("Kubernetes, the system"), "terraform"]
    assert people_found("skill:k8s", recruiter) == ["Ada"]
    assert not taxonomy.current().changing and taxonomy_changes.oldest_due() is None
    assert "done, " in client.get(reverse("admin:hiring_taxonomychange_changelist")).text


def test_a_skill_made_a_name_of_another_and_a_name_only_texts_say(skilled, recruiter):
    terraform, go = Skill.objects.get(name="Terraform"), Skill.objects.get(name="Go")
    terraform.delete()
    ansible = Skill.objects.get(name="Ansible")
    SkillName.objects.create(skill=ansible, name="Terraform")
    SkillName.objects.create(skill=go, name="Zorblang")
    taxonomy.forget()

    assert people_found("skill:ansible", recruiter) == people_found("skill:terraform", recruiter) == ["Ada"]
    assert people_found("skill:go", recruiter) == people_found("Go", recruiter) == ["Bea", "Cyd"]
    passed()
    while taxonomy_changes.sweep():
        pass
    taxonomy.forget()
    assert copies() == {"Ada": ["kubernetes", "ansible"], "Bea": ["go"], "Cyd": ["go"]}
    assert people_found("skill:ansible", recruiter) == ["Ada"]
    assert people_found("skill:go", recruiter) == ["Bea", "Cyd"]


def test_copies_follow_in_steps_that_survive_a_stop(skilled, monkeypatch):
    monkeypatch.setattr(taxonomy_changes, "BATCH", 1)
    SkillName.objects.create(skill=Skill.objects.get(name="Go"), name="Zorblang")
    passed()

    assert taxonomy_changes._step() == 1
    change = TaxonomyChange.objects.get()
    assert (change.people, change.rewritten, change.progress) == (2, 1, "1 of 2")
    assert taxonomy_changes.sweep() == 1
    assert TaxonomyChange.objects.get().done_at
