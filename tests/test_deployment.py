"""What is written for other machines agrees with the code: containers, settings, documents."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest
import yaml
from django.conf import settings

from hiring.documents import queue
from hiring.supervisor import PROCESSES, argv

ROOT = Path(__file__).resolve().parents[1]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
DOCKERFILE = (ROOT / "Dockerfile").read_text()
ONLY_FOR_CONTAINERS = {"GRANIAN_HOST", "GRANIAN_PORT"}


def one_line(command: str) -> str:
    return " ".join(command.split())


def read_settings() -> set[str]:
    """Each variable that the product asks its environment for."""
    names = set()
    for name in ("hiring/settings.py", "hiring/installation.py", "hiring/management/commands/up.py"):
        for node in ast.walk(ast.parse((ROOT / name).read_text())):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
                continue
            first, owner = node.args[0], ast.unparse(node.func.value)
            if isinstance(first, ast.Constant) and owner in ("env", "os.environ", "environ.Env()"):
                names.add(first.value)
    return names


@pytest.mark.parametrize("name", PROCESSES)
def test_containers_start_what_up_starts(name):
    assert one_line(COMPOSE["services"][name]["command"]) == one_line(PROCESSES[name])


def test_the_image_starts_the_web_server_by_itself():
    command = json.loads(re.search(r"^CMD (\[.*?\])", DOCKERFILE.replace("\\\n", ""), re.M | re.S).group(1))

    assert " ".join(command) == one_line(PROCESSES["web"])


def test_every_queue_has_a_worker():
    queues = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()} | {settings.CELERY_TASK_DEFAULT_QUEUE}
    queues |= {queue.FIRST, queue.SECOND}
    listened = set(",".join(re.findall(r"--queues (\S+)", " ".join(PROCESSES.values()))).split(","))

    assert listened == queues


def test_programs_are_run_by_the_python_we_run_in():
    assert argv("celery -A hiring")[1:] == ["-m", "celery", "-A", "hiring"]
    assert argv("python manage.py inbound")[1:] == ["manage.py", "inbound"]


def test_every_container_is_watched_and_started_again():
    for name, service in COMPOSE["services"].items():
        if name == "migrate":
            continue
        assert service["restart"] == "unless-stopped", name
        assert "healthcheck" in service or name in ("web", "mailcatcher"), name  # web: the image's own
    assert "HEALTHCHECK" in DOCKERFILE
    assert "/healthz" in DOCKERFILE


def test_the_image_does_not_run_as_root():
    assert re.findall(r"^USER (\S+)", DOCKERFILE, re.M)[-1] not in ("root", "0")
    assert DOCKERFILE.count("FROM ") >= 3


def test_containers_wait_for_the_migrations():
    for name in PROCESSES:
        waits = COMPOSE["services"][name]["depends_on"]
        assert waits["migrate"] == {"condition": "service_completed_successfully"}, name


def test_what_compose_sets_is_a_setting():
    given = set(COMPOSE["x-app"]["environment"]) - ONLY_FOR_CONTAINERS

    assert sorted(given - read_settings()) == []


def test_no_secret_has_a_default_in_compose():
    given = COMPOSE["x-app"]["environment"]

    assert given["SECRET_KEY"].startswith("${SECRET_KEY:?")
    assert "${POSTGRES_PASSWORD:?" in given["DATABASE_URL"]


def test_every_setting_is_in_the_table():
    table = set(re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs/operations.md").read_text(), re.M))

    assert table == read_settings()


def test_every_process_is_in_the_table():
    table = (ROOT / "docs/operations.md").read_text()

    assert [name for name in PROCESSES if f"| `{name}` |" not in table] == []


def test_links_between_documents_lead_somewhere():
    lost = []
    for document in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text()):
            if not (document.parent / target).exists():
                lost.append(f"{document.name}: {target}")

    assert lost == []
