"""The list as a page: facets that edit the query, completions, mistakes in their place, why somebody is found, and the log."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from hiring import candidates, custom_fields, explaining, facets, query, search, search_log
from hiring.models import Candidate, CandidateSearch, CustomField, CustomFieldOption, SearchRecord
from hiring.query import edits, fields
from pipeline.models import Stage
from sourcing.models import PoolMember, TalentPool
from tests import factories

SOURCED = {"purpose": "sourcing", "basis": "legitimate_interest"}


@pytest.fixture
def people(world, recruiter, client):
    """Noor applied and is in Berlin; Samir was referred and knows Kafka; both know Python."""
    noor = world.candidate
    Candidate.objects.filter(pk=noor.pk).update(headline="Data Engineer, Python", location="Berlin")
    samir, _ = candidates.create(
        name="Samir Weber", by=recruiter, source=factories.SourceFactory(name="Friends", kind="referral"),
        headline="Engineer: Python, Kafka", location="Paris", emails=["samir@weber.example"], **SOURCED,
    )  # fmt: skip
    candidates.tag(samir, "speaks at meetups", by=recruiter)
    pool = TalentPool.objects.create(name="Grid people", owner=recruiter)
    PoolMember.objects.create(pool=pool, candidate=samir, reason="x", added_at=timezone.now())
    search.refresh([noor.pk, samir.pk])
    client.force_login(recruiter)
    return noor, samir


def column(text, user):
    return {
        facet.label: {option.label: option.people for option in facet.options}
        for facet in facets.column(text, user).facets
    }


def test_facets_count_the_people_found(people, recruiter, coordinator):
    everything = column("engineer", recruiter)

    assert everything["Skill"].items() >= {("Python", 2)}
    assert everything["Location"] == {"Berlin": 1, "Paris": 1}
    assert everything["Source"] == {"Friends": 1}
    assert everything["Stage"] == {"Applied": 1}
    assert everything["Pool"] == {"Grid people": 1}
    assert everything["Tag"] == {"speaks at meetups": 1}
    assert everything["Owner"] == {"You": 1, "Nobody": 1}
    assert everything["May be written to"] == {"Yes, now": 1}
    assert column("samir", recruiter)["Location"] == {"Paris": 1}
    assert "Pool" not in column("engineer", coordinator)


def test_a_facet_edits_the_query_and_takes_itself_out_again(people, recruiter):
    def option(text, facet, label):
        shown = {one.label: one for one in facets.column(text, recruiter).facets}
        return {one.label: one for one in shown[facet].options}[label]

    added = option("engineer", "Skill", "Python")
    assert (added.q, added.is_on) == ("engineer skill:Python", False)
    on = option("engineer skill:python", "Skill", "Python")
    assert (on.q, on.is_on) == ("engineer", True)
    assert option("engineer location:Berlin", "Location", "Berlin").q == "engineer"
    assert option('tag:"speaks at meetups"', "Tag", "speaks at meetups").q == ""
    assert option("samir stage:offer OR samir", "Source", "Friends").q == "(samir stage:offer OR samir) source:Friends"


@pytest.mark.parametrize(
    ("text", "field", "value", "is_one", "after"),
    [
        ("", "skill", "Python", False, "skill:Python"),
        ("skill:python", "skill", "Java", False, "skill:python skill:Java"),
        ("location:Berlin", "location", "Paris", True, "location:(Berlin OR Paris)"),
        ("location:(Berlin OR Paris)", "location", "Berlin", True, "location:Paris"),
        ("skill:k8s kafka", "skill", "Kubernetes", False, "kafka"),
        ("-skill:python", "skill", "Python", False, "-skill:python skill:Python"),
        ("kafka", "contacted", ">90d", True, "kafka contacted:>90d"),
        ("contacted:>90d", "contacted", ">90d", True, ""),
        ("kafka", "source", "Career site", True, 'kafka source:"Career site"'),
    ],
)
def test_a_value_goes_in_and_out_of_a_query(db, text, field, value, is_one, after):
    assert query.format(edits.toggled(query.parse(text), field, value, is_one=is_one)) == after


def test_above_the_limit_facets_are_sampled_and_say_so(people, recruiter, monkeypatch):
    monkeypatch.setattr(facets, "COUNT_UP_TO", 1)
    monkeypatch.setattr(facets, "SAMPLE", 1)

    assert facets.column("engineer", recruiter).is_estimate is True


def test_a_sample_comes_from_everywhere_and_stands_for_all(people, recruiter, monkeypatch):
    for number in range(120):
        candidates.create(
            name=f"Engineer {number}", headline="Engineer", location="Berlin" if number % 2 else "Paris", by=recruiter,
            **SOURCED,
        )  # fmt: skip
    search.sweep()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE hiring_candidatesearch")
    everybody = column("engineer", recruiter)["Location"]
    monkeypatch.setattr(facets, "COUNT_UP_TO", 20)
    monkeypatch.setattr(facets, "SAMPLE", 60)

    thinned = column("engineer", recruiter)["Location"]
    monkeypatch.setattr(facets, "GATHER_UP_TO", 20)
    sampled = column("engineer", recruiter)["Location"]
    few = column('engineer tag:"speaks at meetups"', recruiter)

    assert everybody == {"Berlin": 61, "Paris": 61}
    assert all(0.5 < some[place] / everybody[place] < 1.5 for place in everybody for some in (thinned, sampled))
    assert few["Location"] == {"Paris": 1}, "what a second condition leaves of a sample is asked of the record"


def test_facets_ask_as_often_for_more_people(people, recruiter, django_assert_max_num_queries):
    for number in range(20):
        candidates.create(name=f"Engineer {number}", headline="Engineer", by=recruiter, **SOURCED)
    search.sweep()

    with django_assert_max_num_queries(16):
        facets.column("engineer", recruiter)


# ---------- the page ----------


def get(client, text, **more):
    return client.get(reverse("candidates"), {"q": text, **more})


def test_the_page_keeps_what_was_typed_and_says_where_it_is_wrong(people, client):
    response = get(client, "python skil:kafka")
    html = response.content.decode()

    assert response.status_code == 200
    assert 'value="python skil:kafka"' in html
    assert "Did you mean skill:?" in html
    assert "python <mark>skil:</mark>kafka" in html
    assert "?q=python%20skill%3Akafka" in html


def test_the_page_escapes_a_wrong_query(people, client):
    html = get(client, '"><script>alert(1)</script> nofield:<img src=x>').content.decode()

    assert "<script>alert" not in html
    assert "<img src=x" not in html


def test_conditions_are_chips_and_words_are_marked(people, client):
    html = get(client, "python location:(berlin OR paris) -tag:none").content.decode()

    assert "Location: berlin or paris" in html
    assert "not Tag: none" in html
    assert "?q=python+-tag%3Anone" in html
    assert "Engineer: <mark>Python</mark>, Kafka" in html


def test_without_scripts_facets_come_with_the_page(people, client):
    html = get(client, "engineer", facets="1").content.decode()

    assert 'href="/candidates/?q=engineer%20skill%3AKafka&amp;facets=1"' in html


def test_a_chip_or_facet_swaps_the_box_too_and_typing_only_the_list(people, client):
    whole = get_swap(client, "engineer", "find-page").content.decode()
    part = get_swap(client, "engineer", "people")

    assert whole.strip().startswith('<div class="tl-find" id="find-page"')
    assert part.content.decode().strip().startswith('<div id="people"')
    assert "searched" in part["HX-Trigger"]


def get_swap(client, text, target):
    return client.get(reverse("candidates"), {"q": text}, headers={"HX-Request": "true", "HX-Target": target})


def test_names_nearly_right_are_shown_as_such(people, client):
    html = get(client, "samir webre").content.decode()

    assert "Nobody matches “samir webre” as it stands" in html
    assert "Weber" in html


# ---------- completions ----------


@pytest.mark.parametrize(
    ("text", "first", "insert", "start"),
    [
        ("sk", "skill:", "skill:", 0),
        ("kafka loc", "location:", "location:", 6),
        ("c#", "skill:C#", "skill:C# ", 0),
        ("kafka R", "skill:R", "skill:R ", 6),
        ("C++", "skill:C++", "skill:C++ ", 0),
        (".ne", "skill:.NET", "skill:.NET ", 0),
        ("skill:pyth", "Python", "skill:Python ", 0),
        ("-skill:kub", "Kubernetes", "skill:Kubernetes ", 1),
        ('near:"new y', "New York", 'near:"New York" ', 0),
        ("skill:(python OR kub", "Kubernetes", "Kubernetes ", 17),
        ("contacted:n", "never", "contacted:never ", 0),
        ("owner:", "me", "owner:me ", 0),
        ("stage:in", "interview", "stage:interview ", 0),
        ("source:fri", "Friends", "source:Friends ", 0),
        ("pool:gri", "Grid people", 'pool:"Grid people" ', 0),
    ],
)
def test_fields_and_values_are_completed(people, recruiter, text, first, insert, start):
    completions = edits.complete(text, len(text), recruiter)

    assert (completions.found[0].text, completions.found[0].insert) == (first, insert)
    assert (completions.start, completions.end) == (start, len(text))
    query.match(
        query.parse(text[:start] + insert + ("x" if insert.endswith(":") else "") + ")" * text.count("(")), recruiter
    )


def test_completions_tell_nobody_of_what_they_may_not_see(people, coordinator, client):
    factories.JobFactory(title="Successor of the chief", confidential=True)

    assert edits.complete("pool:gri", 8, coordinator).found == []
    assert edits.complete("job:succ", 8, coordinator).found == []
    client.force_login(coordinator)
    html = client.get(reverse("candidate_complete"), {"q": "skill:py", "at": 8}).content.decode()
    assert 'role="option"' in html
    assert 'data-insert="skill:Python "' in html


# ---------- why ----------


def test_each_part_of_a_query_is_explained(people, recruiter, client):
    _, samir = people
    url = reverse("candidate_why", args=[samir.pk])

    html = client.get(
        url, {"q": 'kafka skill:python tag:"speaks at meetups" -stage:applied name:samir'}
    ).content.decode()

    assert "<code>kafka</code>" in html
    assert "Engineer: Python, <mark>Kafka</mark>" in html
    assert "Skill: Python" in html
    assert "Does not apply to them" in html
    assert "<mark>Samir</mark> Weber" in html
    assert "Nothing is searched for" in client.get(url).content.decode()


def test_each_reason_says_what_of_the_person_it_is(people, recruiter, client):
    noor, samir = people
    Candidate.objects.filter(pk=noor.pk).update(headline="J2EE Programmer", location="Potsdam")
    search.refresh([noor.pk])
    CandidateSearch.objects.filter(pk=noor.pk).update(years=6, months=75)
    team = CustomField.objects.create(key="team", name="Wanted team", type="choice", kind="candidate")
    option = CustomFieldOption.objects.create(field=team, label="Grid <control>")
    custom_fields.set_values(noor, recruiter, {"team": str(option.pk)})

    def why(text, person=noor, **more):
        return {one.part: f"{one.where} {one.text}" for one in explaining.why(text, recruiter, person, **more)}

    asked = why(
        'skill:java title:"software engineer" near:berlin experience:>5 -contacted:any owner:none applied:today job:data'
    )
    assert asked["skill:java"].startswith("Skill: Java EE, which answers Java")
    assert "which answers software engineer" in asked['title:"software engineer"']
    assert asked["near:berlin"] == "Near Potsdam, 27 km from <mark>Berlin</mark>"
    assert asked["experience:>5"] == "Years of experience 6 years 3 months"
    assert asked["-contacted:any"].startswith("Does not apply to them")
    assert asked["owner:none"] == "Owner nobody"
    assert why('cf.team:"grid <control>"') == {'cf.team:"grid <control>"': "cf.team Grid &lt;control&gt;"}
    assert why("samir webre", samir) == {"samir webre": "Name, “webre” read as weber Samir <mark>Weber</mark>"}
    best = why("kafka", samir, sort="best")["Best match"]
    assert best.startswith("Order: words 0.") and "nearness in meaning not asked" in best
    html = client.get(reverse("candidates"), {"q": "kafka", "sort": "best"}).text
    assert '<input type="hidden" name="sort" value="best">' in html


# ---------- help ----------


def test_help_names_every_field_one_may_use_and_each_example_reads(people, recruiter, coordinator, client):
    CustomField.objects.create(key="notice", name="Notice period", type="number", kind="candidate")
    CustomField.objects.create(
        key="pay", name="Present pay", type="money", kind="candidate", is_private=True, roles=["admin"]
    )

    html = client.get(reverse("search_help")).text

    assert 'Notice period</dt><dd><a href="/candidates/?q=cf.notice%3A%3E%3D3">' in html
    assert "Present pay" not in html and "pool:any" in html
    for known in fields.all_open_to(recruiter):
        for text in (known.example, *(text for text, _ in known.more)):
            try:
                query.people(recruiter, text)
            except query.QueryError as problem:  # names of this organisation that it does not have
                assert known.name in ("job", "tag", "segment", "source"), (text, problem.message)
    client.force_login(coordinator)
    assert "pool:any" not in client.get(reverse("search_help")).text
    assert "search_help" not in client.get(reverse("search_help"), headers={"HX-Request": "true"}).text[:200]


def test_names_of_custom_fields_people_stages_and_employers_are_completed(people, recruiter, client):
    CustomField.objects.create(key="notice", name="Notice period", type="number", kind="candidate")
    Stage.objects.filter(name="Screen").update(name="Phone call")

    def first(text):
        return edits.complete(text, len(text), recruiter).found[0].text

    assert first("noti") == first("cf.no") == first("perio") == "cf.notice:"
    assert first("name:sam") == "Samir Weber"
    assert first("stage:phone") == "Phone call"
    assert first("experience:>") == ">=5"
    assert first("tag:meet") == "speaks at meetups"
    with pytest.raises(query.QueryError, match=r"Did you mean cf\.notice:\?") as caught:
        query.people(recruiter, "kafka cf.notce:>3")
    assert edits.put_right("kafka cf.notce:>3", caught.value, recruiter) == "kafka cf.notice:>3"


# ---------- the log (EQ-12) ----------


def test_searches_are_kept_with_who_what_when_for_which_job_and_whom_they_showed(people, world, recruiter, client):
    noor, samir = people
    get(client, "engineer", **{"for": world.job.pk})
    get(client, "")
    get(client, "skill:")

    kept = SearchRecord.objects.get()
    assert (kept.by, kept.query, kept.job, kept.total) == (recruiter, "engineer", world.job, 2)
    assert set(kept.shown) == {noor.pk, samir.pk}


def test_typing_on_is_one_search_and_another_thought_is_another(people, recruiter):
    for text in ("en", "engin", "engineer", "kafka"):
        search_log.keep(text, recruiter, [1])
    search_log.keep("kafka", recruiter, [2, 1])
    SearchRecord.objects.update(at=timezone.now() - dt.timedelta(minutes=5))
    search_log.keep("kafka", recruiter, [3])

    assert list(SearchRecord.objects.order_by("pk").values_list("query", "shown")) == [
        ("engineer", [1]), ("kafka", [1, 2]), ("kafka", [3]),
    ]  # fmt: skip


def test_no_search_is_taken_back_by_deleting_letters(people, recruiter, client):
    for text, shown in (("python", [1]), ("python pregnant", [2]), ("python", [3])):
        search_log.keep(text, recruiter, shown)
    assert get(client, "zebra\x00x").status_code == 200

    assert list(SearchRecord.objects.order_by("pk").values_list("query", "shown")) == [
        ("python pregnant", [1, 2]), ("python", [3]), ("zebra x", []),
    ]  # fmt: skip


def test_answers_that_come_at_once_take_nobody_shown_out_of_the_log(people, recruiter, monkeypatch):
    search_log.keep("ja", recruiter, [1])
    as_both_read_it = search_log._last(recruiter, since=timezone.now() - dt.timedelta(minutes=1))
    monkeypatch.setattr(search_log, "_last", lambda *_, **__: as_both_read_it)

    for text, shown in (("java", [2]), ("jav", [3, 2]), ("jazz", [4])):
        search_log.keep(text, recruiter, shown)

    assert list(SearchRecord.objects.order_by("pk").values_list("query", "shown")) == [
        ("java", [1, 2, 3]), ("jazz", [4]),
    ]  # fmt: skip


def test_the_log_names_no_confidential_job(world, recruiter, officer, client):
    world.job.confidential = True
    world.job.save()
    search_log.keep("kafka", recruiter, [1], job=world.job)
    client.force_login(officer)
    url = reverse("compliance:searches")

    page, table = client.get(url).content.decode(), b"".join(client.get(url, {"as": "csv"}).streaming_content).decode()

    for said in (page, table):
        assert f"{world.job.requisition_id} (confidential)" in said and world.job.title not in said


def test_the_log_is_read_by_compliance_filtered_and_taken_along(people, recruiter, officer, client, caplog):
    search_log.keep("=cmd()", recruiter, [7], total=1)
    search_log.keep("kafka", officer, [], total=0)
    client.force_login(officer)
    url = reverse("compliance:searches")

    page = client.get(
        url, {"by": recruiter.pk, "since": (timezone.localdate() - dt.timedelta(days=1)).isoformat()}
    ).content.decode()
    table = b"".join(client.get(url, {"as": "csv"}).streaming_content).decode()
    tomorrow = client.get(url, {"since": (timezone.localdate() + dt.timedelta(days=2)).isoformat()}).content.decode()

    assert ("=cmd()" in page, "kafka" in page, "No searches" in tomorrow) == (True, False, True)
    assert "'=cmd()" in table
    assert recruiter.email in table
    assert "cmd()" not in caplog.text
    client.force_login(recruiter)
    assert client.get(url).status_code == 403


def test_the_log_forgets_after_its_days(people, recruiter, settings):
    search_log.keep("old", recruiter, [])
    SearchRecord.objects.update(at=timezone.now() - dt.timedelta(days=settings.SEARCH_LOG_DAYS + 1))
    search_log.keep("new", recruiter, [])

    search_log.forget_old()

    assert list(SearchRecord.objects.values_list("query", flat=True)) == ["new"]
