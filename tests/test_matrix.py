"""The role-by-route matrix: every route says who gets in, and every role, an outsider and a visitor try it (SEC-1).

The rules stand in tests/<app>/routes.py. A route without one fails here: deny by default has to be written down. The
administration and the sign-in pages, which are not ours, are checked as wholes below.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib import admin as django_admin
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from hiring import api_keys
from sourcing.agencies import door
from sourcing.agencies.models import AgencyUser
from tests.matrix import EVERYBODY, Rule
from tests.sourcing import agency_routes

NOT_OURS = ("admin/", "accounts/")
STILL_IN = {"get": set(), "post": {405, 409, 422}, "patch": {422}}  # past the door, though there was nothing to do


def our_routes(resolver: URLResolver | None = None, prefix: str = "", space: str = "") -> Iterator[str]:
    """The names of all routes, with their namespaces; the address when somebody forgot the name."""
    for entry in (resolver or get_resolver()).url_patterns:
        address = prefix + str(entry.pattern)
        if address.startswith(NOT_OURS):
            continue
        if isinstance(entry, URLResolver):
            yield from our_routes(entry, address, f"{space}{entry.namespace}:" if entry.namespace else space)
        elif isinstance(entry, URLPattern):
            yield f"{space}{entry.name}" if entry.name else address


def written_rules() -> dict[str, Rule]:
    rules: dict[str, Rule] = {}
    for path in sorted(Path(__file__).parent.glob("*/routes.py")):
        found = importlib.import_module(f"tests.{path.parent.name}.routes").ROUTES
        twice = rules.keys() & found.keys()
        assert not twice, f"{path}: {sorted(twice)} already have a rule elsewhere"
        rules |= found
    return rules


RULES = written_rules()


def test_every_route_has_a_rule():
    assert sorted(set(our_routes()) - RULES.keys()) == []


def test_every_rule_has_a_route():
    assert sorted(RULES.keys() - set(our_routes())) == []


def expected(rule: Rule) -> dict[str, int | str]:
    answers: dict[str, int | str] = {role: "in" if role in rule.allowed else rule.others for role in EVERYBODY}
    answers["outsider"] = rule.outsider if rule.outsider is not None else answers["hiring_manager"]
    answers["visitor"] = "in" if rule.public else 401 if rule.by_key else "sign-in"
    answers["agency"] = "in" if rule.public or rule.agency else 401 if rule.by_key else 403
    if rule.agency:
        answers |= dict.fromkeys([*EVERYBODY, "outsider"], 403)
    return answers


def answer_to(user, address: str, rule: Rule, world) -> int | str:
    """What one person gets, in a transaction that is undone: the next one finds the same world."""
    client = Client(raise_request_exception=False)
    with transaction.atomic():
        if rule.by_key:
            response = call(client, user, address, rule, world)
        else:
            come_in(client, user)
            response = getattr(client, rule.method)(address, rule.data(world))
        transaction.set_rollback(True)
    if response.status_code == 302 and response["Location"].startswith(doors(rule)):
        return "sign-in"
    return "in" if response.status_code < 400 or response.status_code in STILL_IN[rule.method] else response.status_code


def doors(rule: Rule) -> tuple[str, ...]:
    return (reverse("account_login"), reverse("agency:sign_in")) if rule.agency else (reverse("account_login"),)


def come_in(client, user) -> None:
    """As a colleague, as somebody of an agency, or as nobody."""
    if isinstance(user, AgencyUser):
        session = client.session
        session[door.WHO], session[door.SINCE] = user.pk, timezone.now().isoformat()
        session.save()
        client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    elif user:
        client.force_login(user)


def call(client, user, address, rule, world):
    """The answer of the API to a program of this user; one without a key sends a session along, which opens nothing."""
    headers = {"Idempotency-Key": f"matrix-{rule.method}-{address}"}
    if isinstance(user, AgencyUser):
        come_in(client, user)
    elif user:
        headers["Authorization"] = f"Bearer {api_keys.make(user, 'Matrix', scope='write', days=1)[1]}"
    else:
        client.force_login(world.people["admin"])
    kind = {"content_type": "application/json"} if rule.sends_json else {}
    return getattr(client, rule.method)(address, rule.data(world), headers=headers, **kind)


@pytest.mark.parametrize("name", sorted(RULES))
def test_role_by_route(name, world, caplog):
    rule = RULES[name]
    people = {**world.people, "visitor": None, "agency": agency_routes.user(world)}
    address = reverse(name, args=rule.args(world))  # the row is made once, for all who try

    answers = {who: answer_to(user, address, rule, world) for who, user in people.items()}

    assert answers == expected(rule)


def test_the_administration_lets_only_staff_in(world):
    models = [f"admin:{m._meta.app_label}_{m._meta.model_name}_changelist" for m in django_admin.site._registry]
    pages = ["admin:index", *models]
    staff, others = [world.people["admin"]], [person for role, person in world.people.items() if role != "admin"]

    def status(user, page):
        client = Client(raise_request_exception=False)
        come_in(client, user)
        return client.get(reverse(page)).status_code

    assert {page: status(user, page) for user in staff for page in pages} == dict.fromkeys(pages, 200)
    for user in [*others, agency_routes.user(world), None]:
        refused = {page: status(user, page) for page in pages}
        assert set(refused.values()) <= {302, 403, 404}, (user, refused)


def test_sign_in_pages_are_open_and_everything_behind_them_is_not(client, db):
    assert client.get(reverse("account_login")).status_code == 200
    assert client.get(reverse("account_reset_password")).status_code == 200
    for name in ("account_change_password", "account_email", "mfa_index", "account_logout"):
        response = client.get(reverse(name))
        assert response.status_code == 302, name
    signup = client.post(
        reverse("account_signup"), {"email": "new@mail.example", "password1": "x" * 12, "password2": "x" * 12}
    )
    assert b"new@mail.example" not in signup.content  # SEC-11: accounts are made by administrators
    from hiring.models import User

    assert not User.objects.exists()
