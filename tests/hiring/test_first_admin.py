"""The first administrator comes in through a link that works once, and only while nobody else is there."""

from __future__ import annotations

import pytest
from django.urls import reverse

from hiring import first_admin, links
from hiring.errors import Refused
from hiring.models import User

ADA = {"full_name": "Ada Admin", "email": "Ada@Northwind.example", "password": "walrus tin glacier"}


@pytest.fixture
def address(db):
    return reverse("first_admin", args=[links.token(first_admin.invite())])


def test_opening_the_link_changes_nothing(client, address):
    assert client.get(address).status_code == 200
    assert client.get(address).status_code == 200
    assert not User.objects.exists()


def test_the_form_makes_an_administrator_and_signs_them_in(client, address):
    response = client.post(address, ADA)

    user = User.objects.get()
    assert response.status_code == 302
    assert (user.email, user.role, user.is_staff, user.is_superuser) == ("ada@northwind.example", "admin", True, True)
    assert client.session["_auth_user_id"] == str(user.pk)


@pytest.mark.parametrize(
    "wrong", [{"password": "short"}, {"password": "password1234"}, {"email": "ada"}, {"full_name": ""}]
)
def test_what_is_wrong_is_said_and_nothing_is_made(client, address, wrong):
    response = client.post(address, {**ADA, **wrong})

    assert response.status_code == 422
    assert not User.objects.exists()


def test_the_link_works_once(client, address):
    client.post(address, ADA)

    response = client.post(address, {**ADA, "email": "eve@mail.example"})

    assert response.status_code == 409
    assert User.objects.count() == 1


def test_only_the_latest_link_counts(client, address):
    first_admin.invite()

    assert client.get(address).status_code == 410


def test_nobody_becomes_administrator_where_somebody_already_signs_in(recruiter):
    link = first_admin.invite()

    with pytest.raises(Refused, match="There already is an administrator"):
        first_admin.create(link, **ADA)


def test_a_forged_link_is_refused(client, db):
    assert client.get(reverse("first_admin", args=["a.b"])).status_code == 410
