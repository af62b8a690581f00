"""Cheap promises of the whole house, kept by reading its files."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).resolve().parents[1]
APPS = ("hiring", "pipeline", "interviews", "offers", "sourcing", "compliance")

# Each exception was looked at by a person; say why it is right.
OPEN_TO_COLLEAGUES = {
    "Department",
    "Location",
    "Source",
    "SourceAlias",
    "SourceMerge",
    "Tag",
    "JobTemplate",
    "MailTemplate",
    "RejectionReason",
    "User",
}
"""Settings and the names of colleagues: every signed-in person may see them."""

OF_THE_AGENCY = "what was given to, or presented by, the agency whose session it is, and nothing else"
BEHIND_A_LINK = "a personal link or a signed number says which row, and only that one"
OF_A_VISIBLE_ROW = "belongs to a row that was fetched through visible_to just before"
PUBLIC = "published postings, which everybody may read; drafts and confidential jobs are filtered out"
ROWS_OF_EVERYBODY = {
    "compliance/views/history.py::_take_back": "history.take_back refuses entries of any other row than the visible one",
    "hiring/api/once.py::once": "answers of the key that calls",
    "hiring/views/account.py::account": "one's own authenticators",
    "hiring/views/approvals.py::approve": BEHIND_A_LINK,
    "hiring/views/approvals.py::_opened": BEHIND_A_LINK,
    "hiring/views/bulk.py::bulk_act": OF_A_VISIBLE_ROW,
    "hiring/views/bulk.py::_results": OF_A_VISIBLE_ROW,
    "hiring/views/duplicates.py::duplicate_pair": "candidate__in=people, which is scoped",
    "hiring/views/inbox.py::message_settle": "access.messages_visible_to; _may_write stands before",
    "hiring/views/inbox.py::inbox_attach": "mail of nobody we know yet; _may_write stands before",
    "hiring/views/inbox.py::inbox_ignore": "mail of nobody we know yet; _may_write stands before",
    "hiring/views/inbox.py::inbox_unmatched": "mail of nobody we know yet; _may_write stands before",
    "hiring/views/record.py::candidate_edit": "locks the row that editable found through visible_to",
    "pipeline/views/board.py::frame": "a number of one visible job",
    "pipeline/views/outlook.py::_with_letters": "candidate__in=people, which is scoped",
    "hiring/views/messages.py::message_stop": "candidate__in=people, which is scoped",
    "hiring/views/messages.py::attachment_download": "message__candidate__in=people, which is scoped",
    "hiring/views/resumes.py::_documents": "access.documents_visible_to",
    "hiring/views/resumes.py::correction_take_back": "candidate__in=people, which is scoped",
    "hiring/views/record.py::candidate_untag": OF_A_VISIBLE_ROW,
    "hiring/views/writing.py::_task": "one's own task, or the candidate is fetched through visible_to at once",
    "hiring/views/writing.py::_current_job": OF_A_VISIBLE_ROW,
    "interviews/views/calendar.py::interview": OF_A_VISIBLE_ROW,
    "interviews/views/debriefing.py::remind": "interview__in=interviews, which is scoped",
    "interviews/views/feedback.py::page_by_link": BEHIND_A_LINK,
    "offers/views/staff.py::offer": OF_A_VISIBLE_ROW,
    "offers/views/visitor.py::verify": "a certificate says nothing about the person (REC-13)",
    "pipeline/views/applications.py::application_create": OF_A_VISIBLE_ROW,
    "pipeline/views/asking.py::_seat": "review__in=reviews, which is scoped",
    "pipeline/views/bulk.py::_named": OF_A_VISIBLE_ROW,
    "pipeline/views/bulk.py::_without_address": "a count over people already chosen on a visible job",
    "pipeline/views/bulk.py::_mails": OF_A_VISIBLE_ROW,
    "pipeline/views/questioning.py::question_take_back": "application__in=seen, which is scoped",
    "pipeline/views/review.py::_notes": "access.notes_visible_to",
    "sourcing/views/distribution.py::posting_boards": OF_A_VISIBLE_ROW,
    "sourcing/views/sharing.py::share": PUBLIC,
    "hiring/views/postings.py::posting_of": "the posting of a job that was fetched through visible_to just before",
    "sourcing/views/postings.py::posting_preview": "the posting of a job that was fetched through visible_to just before",
    "sourcing/views/distribution.py::_posting": "the posting of a job that was fetched through visible_to just before",
    "sourcing/views/agencies.py::submission_act": "submission=found, which is scoped",
    "sourcing/agencies/views.py::home": OF_THE_AGENCY,
    "sourcing/agencies/views.py::job": OF_THE_AGENCY,
    "sourcing/agencies/views.py::_own": OF_THE_AGENCY,
    "sourcing/views/pools.py::_member": "pool__in=visible, which is scoped",
    "sourcing/views/segments.py::segment_list": "one's own watches",
    "sourcing/views/segments.py::segment": "one's own watch of a visible segment",
    "sourcing/views/segments.py::_new": "candidate__in=seen, which is scoped",
    "sourcing/views/sequences.py::enrollment_act": "sequence__in=visible, which is scoped",
}
WITHOUT_CSRF_TOKEN = {
    "sourcing/job_alerts/views.py": "RFC 8058, as below: the link in the mail is the proof",
    "sourcing/community/views.py": "RFC 8058, as below: the link in the mail is the proof",
    "hiring/views/unsubscribe.py": "RFC 8058: mail programs post without cookies; the link itself is the proof (MAIL-3)",
}
TRUSTED_HTML = {
    "hiring/passages.py": "everything is escaped, then our own marks become <mark>",
    "hiring/views/profile.py": "a template's own output",
    "pipeline/cards.py": "each value is escaped where the card is put together",
    "sourcing/careers/markup.py": "JSON-LD with <, > and & escaped; descriptions through nh3",
    "templates/django/forms/field.html": "help texts are ours, written in the code",
    "templates/hiring/_inbox_message.html": "mail that came in, cleaned by nh3 when it was stored (MAIL-24)",
    "templates/hiring/outbox_mail.html": "our own mail, cleaned by nh3 when it is read",
}
RAW_SQL = {
    "hiring/finder.py": "a word search by an expression index; the words are a parameter",
}


def sources(*patterns: str) -> list[Path]:
    return sorted(
        path
        for app in APPS
        for pattern in patterns
        for path in (ROOT / app).glob(pattern)
        if "migrations" not in path.parts
    )


def views() -> list[Path]:
    """Where requests are answered: pages, and the operations of the API."""
    return sources("views.py", "**/views/*.py", "**/views.py", "api.py", "api/*.py")


def where(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


# Views reach rows only through visible_to (SEC-1, invariant 11)


def chains_of_objects(tree: ast.AST) -> list[tuple[int, str, str]]:
    """Each `Model.objects...` with its line, the function around it, and the whole chain of calls it begins."""
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    found = []
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Attribute) and node.attr == "objects" and isinstance(node.value, ast.Name)):
            continue
        chain: ast.AST = node
        while isinstance(parents.get(chain), (ast.Attribute, ast.Call)) and _continues(parents[chain], chain):
            chain = parents[chain]
        around: ast.AST | None = chain
        while around is not None and not isinstance(around, ast.FunctionDef):
            around = parents.get(around)
        found.append(
            (node.lineno, around.name if isinstance(around, ast.FunctionDef) else "module", ast.unparse(chain))
        )
    return found


def _continues(parent: ast.AST, child: ast.AST) -> bool:
    return isinstance(parent, ast.Attribute) or (isinstance(parent, ast.Call) and parent.func is child)


def test_every_queryset_in_a_view_is_scoped_to_who_looks():
    unscoped = [
        f"{where(path)}:{line} in {function}: {chain[:90]}"
        for path in views()
        for line, function, chain in chains_of_objects(ast.parse(path.read_text()))
        if ".visible_to(" not in chain
        and chain.split(".")[0] not in OPEN_TO_COLLEAGUES
        and f"{where(path)}::{function}" not in ROWS_OF_EVERYBODY
    ]

    assert unscoped == []


def test_no_view_fetches_a_row_from_a_whole_model():
    """`get_object_or_404(Candidate, pk=…)` asks nobody who may see it."""
    unscoped = []
    for path in views():
        for function in (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)):
            for node in ast.walk(function):
                if not (isinstance(node, ast.Call) and getattr(node.func, "id", "") == "get_object_or_404"):
                    continue
                whole = isinstance(node.args[0], ast.Name) and node.args[0].id[:1].isupper()
                if whole and f"{where(path)}::{function.name}" not in ROWS_OF_EVERYBODY:
                    unscoped.append(f"{where(path)}:{node.lineno} {ast.unparse(node)[:90]}")

    assert unscoped == []


def test_every_exception_is_still_needed():
    named = {
        f"{where(path)}::{function}"
        for path in views()
        for _, function, _ in chains_of_objects(ast.parse(path.read_text()))
    }
    named |= {
        f"{where(path)}::{found}" for path in views() for found in re.findall(r"^def (\w+)", path.read_text(), re.M)
    }

    assert sorted(ROWS_OF_EVERYBODY.keys() - named) == []
    assert [name for name in (*WITHOUT_CSRF_TOKEN, *TRUSTED_HTML, *RAW_SQL) if not (ROOT / name).exists()] == []


def test_the_rule_finds_what_it_looks_for():
    bad = "def page(request):\n    return Job.objects.filter(pk=1).first()\n"
    good = "def page(request):\n    return Job.objects.visible_to(request.user).filter(pk=1)\n"

    assert chains_of_objects(ast.parse(bad)) == [(2, "page", "Job.objects.filter(pk=1).first()")]
    assert ".visible_to(" in chains_of_objects(ast.parse(good))[0][2]


# Doors that stay shut (SEC-19)


def test_only_reviewed_views_take_posts_without_a_token():
    exempt = {
        where(path)
        for path in sources("**/*.py")
        if re.search(r"^\s*@csrf_exempt|csrf_exempt\(", path.read_text(), re.M)
    }

    assert exempt - WITHOUT_CSRF_TOKEN.keys() == set()


def test_nothing_is_marked_safe_without_a_reason():
    marked = {where(path) for path in sources("**/*.py") if "mark_safe" in path.read_text()}
    unsafe = re.compile(r"\|\s*safe\b|\{% autoescape off")
    marked |= {where(path) for path in (ROOT / "templates").rglob("*.html") if unsafe.search(path.read_text())}

    assert marked - TRUSTED_HTML.keys() == set()


def test_sql_is_never_put_together_from_what_people_typed():
    """`.extra()` and `.raw()` are out; SQL of our own takes parameters."""
    found = [where(path) for path in sources("**/*.py") if re.search(r"\.extra\(|\.raw\(", path.read_text())]

    assert sorted(set(found) - RAW_SQL.keys()) == []


# Templates carry no code (strict CSP)

INLINE = {
    "inline script": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/(ld\+)?json\")[^>]*>", re.I),
    "inline style": re.compile(r"<style\b|\sstyle=\"", re.I),
    "inline handler": re.compile(r"\son[a-z]+=\"", re.I),
    "htmx handler": re.compile(r"\shx-on|hx-vals=['\"]js:|\sdata-hx-on", re.I),
    "javascript address": re.compile(r"=\"\s*javascript:", re.I),
}
# Mail programs and the PDF renderer know no stylesheets of ours.
NOT_FOR_BROWSERS = re.compile(r"/email/|/letter\.html$|/certificate\.html$|letterhead")


@pytest.mark.parametrize("what", INLINE)
def test_no_template_carries_code_or_style(what):
    found = [
        f"{where(path)}: {match.group(0)}"
        for path in sorted((ROOT / "templates").rglob("*.html"))
        if not NOT_FOR_BROWSERS.search(path.as_posix())
        for match in INLINE[what].finditer(
            re.sub(r"\{%\s*comment.*?endcomment\s*%\}|\{#.*?#\}", "", path.read_text(), flags=re.S)
        )
    ]

    assert found == []


# What is written down elsewhere and must agree


@pytest.mark.django_db
def test_no_model_change_lacks_its_migration():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize(
    "lock",
    [
        "requirements.txt",
        "requirements-models.txt",
        "requirements-dev.txt",
        "requirements-node.txt",
        "package-lock.json",
    ],
)
def test_lock_files_carry_hashes_and_no_addresses(lock):
    text = re.sub(r"(?m)^\s*#.*$", "", (ROOT / lock).read_text())

    # npm writes where a package may be thanked; that is no place to install from.
    addresses = re.findall(r"--(?:index-url|extra-index-url|find-links|trusted-host)\b|\bfile:|\"resolved\"", text)
    addresses += [] if lock.endswith(".json") else re.findall(r"https?://\S+", text)
    assert addresses == []
    if lock.endswith(".txt"):
        pins = re.split(r"(?m)^(?=[A-Za-z0-9])", text)
        assert [pin.splitlines()[0] for pin in pins if "==" in pin and "--hash=sha256:" not in pin] == []
    else:
        assert '"integrity": "sha512-' in text


def test_every_dependency_has_a_line_of_reason():
    """docs/architecture.md says why each one is there (docs/architecture.md)."""
    reasons = (ROOT / "docs/architecture.md").read_text().lower()
    named = set()
    for lock in ("requirements.in", "requirements-models.in", "requirements-dev.in", "requirements-node.in"):
        for line in (ROOT / lock).read_text().splitlines():
            if name := re.match(r"[A-Za-z][\w.-]*", line):
                named.add(name.group().lower())
    package = (ROOT / "package.json").read_text()
    named |= {name.lower() for name in re.findall(r'"([@\w./-]+)": "\d', package)}

    assert sorted(name for name in named if f"`{name}`" not in reasons) == []


def test_files_stay_readable():
    """About four hundred lines; beyond that a name is missing."""
    long = {where(path): len(path.read_text().splitlines()) for path in sources("**/*.py")}

    assert {name: lines for name, lines in long.items() if lines > 450} == {}


def test_nothing_is_called_utils():
    assert [
        where(path) for path in sources("**/*.py") if path.stem in ("utils", "helpers", "services", "misc", "common")
    ] == []


def test_time_is_asked_through_the_module():
    """`from django.utils.timezone import now` and `datetime.now()` cannot be set by whoever builds history."""
    bad = re.compile(r"from django\.utils\.timezone import .*\bnow\b|datetime\.now\(|datetime\.utcnow\(|date\.today\(")

    assert [where(path) for path in sources("**/*.py") if bad.search(path.read_text())] == []
