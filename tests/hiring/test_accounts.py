"""Signing in, and what people set for themselves (SEC-11, A11Y-5)."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.core import mail
from django.core.cache import cache
from django.urls import reverse

from hiring.models import User
from hiring.templatetags import throughline
from tests.factories import UserFactory

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def fresh_limits(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    cache.clear()


@pytest.fixture
def lena(db):
    user = UserFactory(email="lena@northwind.example", full_name="Lena Roth")
    user.set_password(PASSWORD)
    user.save()
    return user


def log_in(client, email, password, **more):
    return client.post(reverse("account_login"), {"login": email, "password": password, **more})


def account(user, **changes):
    return {
        "full_name": user.full_name,
        "job_title": "",
        "time_zone": "Europe/Lisbon",
        "workday_start": "08:30",
        "workday_end": "16:00",
        "workdays": ["1", "2", "4"],
        "theme": "dark",
        "notification_mail": "none",
    } | changes


# --- signing in -----------------------------------------------------------------------------------------------------


def test_signing_in_leads_to_today(client, lena):
    assert log_in(client, "lena@northwind.example", PASSWORD)["Location"] == reverse("today")
    assert client.get(reverse("today")).status_code == 200


def test_the_address_is_taken_in_any_case(client, lena):
    assert log_in(client, "Lena@Northwind.example", PASSWORD).status_code == 302


def test_after_signing_in_one_is_where_one_wanted_to_go(client, lena):
    wanted = client.get(reverse("jobs"))
    assert wanted["Location"] == f"{reverse('account_login')}?next={reverse('jobs')}"

    assert log_in(client, lena.email, PASSWORD, next=reverse("jobs"))["Location"] == reverse("jobs")


def test_nobody_is_sent_to_another_site(client, lena):
    assert log_in(client, lena.email, PASSWORD, next="https://evil.example/")["Location"] == reverse("today")


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(client, lena):
    """SEC-11: no enumeration."""
    known = log_in(client, lena.email, "not this one").content.decode()
    unknown = log_in(client, "nobody@northwind.example", "not this one").content.decode()

    said = [re.sub(r'value="[^"]*"|csrf[^>]*', "", page) for page in (known, unknown)]
    assert said[0].replace(lena.email, "") == said[1].replace("nobody@northwind.example", "")
    assert 'role="alert"' in known


def test_a_closed_account_does_not_get_in(client, lena):
    User.objects.filter(pk=lena.pk).update(is_active=False)

    log_in(client, lena.email, PASSWORD)

    assert client.get(reverse("today")).status_code == 302


def test_guessing_is_slowed_down(client, lena):
    for _ in range(6):
        log_in(client, lena.email, "wrong")

    answer = log_in(client, lena.email, PASSWORD)

    assert answer.status_code != 302
    said = answer.content.decode()
    assert "Too many attempts" in said and "try again in five minutes" in said
    assert lena.email in said, "what was typed stays"
    assert client.post(reverse("account_request_login_code"), {"email": lena.email}).status_code == 302


def test_a_limit_that_others_used_up_says_itself_and_when_to_try_again(client, lena, settings):
    """Colleagues behind one address share it: nobody is sent back to an empty form without a word."""
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "login": "2/m/ip"}
    for _ in range(2):
        assert log_in(client, lena.email, PASSWORD).status_code == 302
        client.logout()

    answer = log_in(client, lena.email, PASSWORD)

    assert (answer.status_code, answer["Retry-After"]) == (429, "60")
    said = answer.content.decode()
    assert 'role="alert"' in said and "try again in a minute" in said and "by a colleague" in said


def test_behind_a_proxy_a_strangers_guesses_keep_no_colleague_out(client, lena, settings):
    """Limits count the last address the proxy wrote down, whatever the caller claims before it."""
    settings.BEHIND_PROXY = True

    def guess(claimed):
        return client.post(
            reverse("account_login"),
            {"login": f"{uuid4()}@x.example", "password": "wrong"},
            HTTP_X_FORWARDED_FOR=claimed,
        )

    for number in range(10):
        guess(f"198.51.100.{number}, 203.0.113.9")

    assert "Too many" in guess("198.51.100.77, 203.0.113.9").content.decode()
    answer = client.post(
        reverse("account_login"), {"login": lena.email, "password": PASSWORD}, HTTP_X_FORWARDED_FOR="192.0.2.5"
    )
    assert answer.status_code == 302
    client.logout()
    assert log_in(client, lena.email, PASSWORD).status_code == 302, "without the header, the connection's own address"


def test_signing_in_with_a_code_needs_no_password(client, lena):
    """A11Y-5: no memory test."""
    client.post(reverse("account_request_login_code"), {"email": lena.email})
    code = re.search(r"^\s*([A-Z0-9-]{6,})\s*$", mail.outbox[0].body, re.MULTILINE)[1]

    answer = client.post(reverse("account_confirm_login_code"), {"code": code})

    assert answer["Location"] == reverse("today")


def test_asking_for_a_code_tells_nothing_about_who_has_an_account(client, lena):
    known = client.post(reverse("account_request_login_code"), {"email": lena.email})
    unknown = client.post(reverse("account_request_login_code"), {"email": "nobody@northwind.example"})

    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])


def test_a_forgotten_password_is_chosen_anew_by_a_link_that_works_once(client, lena):
    client.post(reverse("account_reset_password"), {"email": lena.email})
    link = re.search(r"http://testserver(\S+)", mail.outbox[0].body)[1]
    form = client.get(link, follow=True)
    client.post(form.redirect_chain[-1][0], {"password1": "quite another one", "password2": "quite another one"})

    assert log_in(client, lena.email, "quite another one").status_code == 302
    client.logout()
    assert "no longer works" in client.get(link, follow=True).content.decode()


def test_nobody_signs_up(client, db):
    assert "made by administrators" in client.get(reverse("account_signup")).content.decode()
    client.post(reverse("account_signup"), {"email": "x@y.example", "password1": PASSWORD, "password2": PASSWORD})

    assert not User.objects.exists()


def test_fields_let_password_managers_and_browsers_fill_them(client, db):
    """A11Y-5, A11Y-8: autocomplete tokens."""
    page = client.get(reverse("account_login")).content.decode()

    assert 'autocomplete="current-password"' in page
    assert re.search(r'autocomplete="(email|username)"', page)


@pytest.mark.parametrize(
    "name", ["account_login", "account_request_login_code", "account_reset_password", "account_signup"]
)
def test_visitors_pages_show_no_frame(client, db, name):
    page = client.get(reverse(name)).content.decode()

    assert "tl-side" not in page
    assert "<h1" in page


@pytest.mark.parametrize("name", ["account_change_password", "mfa_index", "mfa_list_webauthn", "account_logout"])
def test_pages_behind_the_account_are_dressed(client, lena, name):
    client.force_login(lena)

    page = client.get(reverse(name), follow=True).content.decode()

    assert "css/app.css" in page
    assert "Menu:" not in page  # allauth's bare layout


def test_setting_up_an_authenticator_asks_for_the_password_first(client, lena):
    client.force_login(lena)

    answer = client.get(reverse("mfa_activate_totp"))

    assert answer["Location"].startswith(reverse("account_reauthenticate"))


def test_an_authenticator_app_is_set_up_and_then_asked_for(client, lena):
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

    log_in(client, lena.email, PASSWORD)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    page = client.get(reverse("mfa_activate_totp"))
    assert page.status_code == 200
    assert "tl-qr" in page.content.decode()
    secret = page.context["form"].secret
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    client.post(reverse("mfa_activate_totp"), {"code": code})
    client.logout()

    assert log_in(client, lena.email, PASSWORD)["Location"] == reverse("mfa_authenticate")
    assert client.get(reverse("today")).status_code == 302
    assert client.get(reverse("mfa_authenticate")).status_code == 200


# --- the account ----------------------------------------------------------------------------------------------------


def test_people_set_their_own_hours_zone_and_looks(client, lena):
    client.force_login(lena)

    answer = client.post(reverse("account"), account(lena, full_name="Lena Roth-Meier"))

    lena.refresh_from_db()
    assert answer["Location"] == reverse("account")
    assert (lena.full_name, lena.time_zone, lena.workdays, lena.theme) == (
        "Lena Roth-Meier",
        "Europe/Lisbon",
        "124",
        "dark",
    )
    assert lena.single_key_shortcuts is False  # an unchecked box


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"workday_end": "08:00"}, "workday_end"),
        ({"workdays": []}, "workdays"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"full_name": ""}, "full_name"),
    ],
)
def test_what_cannot_be_is_said_at_the_field_and_nothing_is_kept(client, lena, changes, field):
    client.force_login(lena)

    answer = client.post(reverse("account"), account(lena, **changes))

    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    lena.refresh_from_db()
    assert (lena.full_name, lena.time_zone) == ("Lena Roth", "Europe/Paris")


def test_nobody_makes_themselves_an_administrator(client, lena):
    client.force_login(lena)

    client.post(reverse("account"), account(lena, role="admin", is_staff="on", is_superuser="on", email="x@y.example"))

    lena.refresh_from_db()
    assert (lena.role, lena.is_staff, lena.is_superuser, lena.email) == (
        "recruiter",
        False,
        False,
        "lena@northwind.example",
    )


def test_the_address_is_changed_by_administrators_only(client, lena):
    client.force_login(lena)

    assert client.get("/accounts/email/")["Location"] == reverse("account")


def test_times_are_shown_on_the_readers_clock(client, lena):
    from django.utils import timezone

    lena.time_zone = "Asia/Tokyo"
    lena.save()
    client.force_login(lena)

    now = client.get(reverse("today")).context["now"]

    assert str(now.tzinfo) == "Asia/Tokyo"
    assert str(timezone.get_current_timezone()) == "UTC"  # and nobody else's afterwards


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("account_change_password", ["Current password", "New password, once more"]),
        ("mfa_index", ["<title>Two-step sign-in", "Authenticator app", "Security keys", "Set up"]),
    ],
)
def test_pages_of_the_account_use_our_words(client, lena, name, words):
    client.force_login(lena)

    page = client.get(reverse(name)).content.decode()

    assert [word for word in words if word not in page] == []
    assert "Two-Factor Authentication" not in page


def test_the_way_in_asks_for_an_e_mail_address(client, db):
    page = client.get(reverse("account_login")).content.decode()

    assert ">E-mail</label>" in page
    assert ">Email</label>" not in page


def test_a_heading_in_our_words_stays_escaped():
    assert throughline.in_our_words("Remove &lt;b&gt;My Key&lt;/b&gt;") == "Remove &lt;b&gt;My key&lt;/b&gt;"
    assert throughline.in_our_words(" Don&#x27;t Trust\n") == "Do not trust"
