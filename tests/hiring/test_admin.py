"""The administration: who gets in, and what it keeps from going wrong."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from allauth.mfa.models import Authenticator
from django.contrib import admin as django_admin
from django.urls import reverse
from django.utils import timezone

from hiring import legal
from hiring.administration import EstimatingPaginator, Kept
from hiring.models import (
    ApiKey,
    ApprovalChain,
    DataRequest,
    JobTemplate,
    LegalText,
    Mailbox,
    MailTemplate,
    Message,
    RecallCheck,
    TaxonomyChange,
    User,
)
from pipeline.models import RejectionReason
from tests import factories

INLINE = re.compile(r"<style|\sstyle=|\son(click|change|submit)=|<script(?![^>]*(src=|type=\"application/json\"))")


@pytest.fixture
def desk(client, admin):
    """The administrator at work."""
    client.force_login(admin)
    return client


def change(desk, model, form, pk=None):
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    url = reverse(f"{name}_change", args=[pk]) if pk else reverse(f"{name}_add")
    return desk.post(url, form)


def person(**changes):
    return {
        "full_name": "Nina New",
        "email": "nina@northwind.example",
        "job_title": "",
        "department": "",
        "role": "recruiter",
        "is_active": "on",
        "time_zone": "Europe/Paris",
        "workday_start": "09:00",
        "workday_end": "17:30",
        "workdays": list("12345"),
    } | changes


# --- the door -------------------------------------------------------------------------------------------------------


def test_the_administration_uses_the_one_sign_in(client, db):
    answer = client.get(reverse("admin:index"), follow=True)

    assert answer.redirect_chain[-1][0].startswith(reverse("account_login"))


def test_role_and_flag_are_both_needed(client, admin, recruiter):
    User.objects.filter(pk=recruiter.pk).update(is_staff=True, is_superuser=True)
    client.force_login(recruiter)
    assert client.get(reverse("admin:index"), follow=True).status_code == 403

    User.objects.filter(pk=admin.pk).update(is_staff=False)
    client.force_login(admin)
    assert client.get(reverse("admin:index"), follow=True).status_code == 403


def test_an_administrator_needs_no_further_permissions(client, admin):
    User.objects.filter(pk=admin.pk).update(is_superuser=False)
    client.force_login(admin)

    for model in (User, ApprovalChain, RejectionReason):
        answer = client.get(reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add"))
        assert (answer.status_code, answer.context["opts"].model) == (200, model)
        assert b'name="_save"' in answer.content


def test_groups_and_keys_of_other_packages_are_left_out():
    labels = {model._meta.app_label for model in django_admin.site._registry}

    assert not labels & {"auth", "account", "mfa"}


# --- every page -----------------------------------------------------------------------------------------------------


MADE_ELSEWHERE = {ApiKey, DataRequest, RecallCheck, TaxonomyChange}
"""Keys are made by their users, wishes about data by those it is about, changes of the taxonomy by changing it, checks by the night."""


def test_every_page_opens_searches_and_holds_no_inline_code(desk, world):
    for model, page in django_admin.site._registry.items():
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        listed = desk.get(reverse(f"{name}_changelist"), {"q": "a"} if page.search_fields else {})
        assert listed.status_code == 200, name
        assert not INLINE.search(listed.content.decode()), (name, INLINE.search(listed.content.decode()))
        if isinstance(page, Kept) and model._meta.managed:  # the audit chain is read, never written
            added = desk.get(reverse(f"{name}_add"))
            assert added.status_code == (403 if model in MADE_ELSEWHERE else 200), name
            assert not INLINE.search(added.content.decode()), name


def test_no_list_counts_a_large_table(desk):
    assert all(not page.show_full_result_count for page in django_admin.site._registry.values())


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_people_asks_no_more_for_more(desk, rows, django_assert_max_num_queries):
    for number in range(rows):
        factories.UserFactory(department=factories.DepartmentFactory(name=f"D{number}"))

    with django_assert_max_num_queries(9):
        desk.get(reverse("admin:hiring_user_changelist"))


def test_large_tables_are_estimated_small_ones_counted(db, monkeypatch):
    factories.LocationFactory.create_batch(3)
    from hiring.models import Location

    assert EstimatingPaginator(Location.objects.order_by("pk"), 50).count == 3
    monkeypatch.setattr(EstimatingPaginator, "COUNT_UP_TO", 1)
    assert EstimatingPaginator(Location.objects.filter(country="FR").order_by("pk"), 50).count == 2  # "more than one"


# --- people ---------------------------------------------------------------------------------------------------------


def test_a_new_colleague_chooses_their_own_password(desk, admin, client):
    change(desk, User, person())

    nina = User.objects.get(email="nina@northwind.example")
    assert not nina.has_usable_password()
    mail = Message.objects.get(recipient=nina)
    link = re.search(r"https?://[^/\s]+(/accounts/password/reset/\S+)", mail.text)[1]
    client.logout()
    form = client.get(link, follow=True)
    client.post(form.redirect_chain[-1][0], {"password1": "a fine new word", "password2": "a fine new word"})
    nina.refresh_from_db()
    assert nina.check_password("a fine new word")


def test_an_address_belongs_to_one_account_in_any_case(desk, recruiter):
    answer = change(desk, User, person(email="Rita@Northwind.example"))

    assert "already is an account" in answer.content.decode()


def test_the_last_administrator_stays_one(desk, admin):
    for changes in (
        {"role": "recruiter", "is_staff": "on"},
        {"role": "admin"},
        {"role": "admin", "is_staff": "on", "is_active": ""},
    ):
        form = {key: value for key, value in person(email=admin.email, **changes).items() if value}
        answer = change(desk, User, form, admin.pk)
        assert "last administrator" in answer.content.decode(), changes
    admin.refresh_from_db()
    assert (admin.role, admin.is_staff, admin.is_active) == ("admin", True, True)


def test_accounts_are_closed_never_deleted_and_never_ones_own(desk, admin, recruiter):
    desk.post(
        reverse("admin:hiring_user_changelist"), {"action": "close", "_selected_action": [admin.pk, recruiter.pk]}
    )

    assert set(User.objects.filter(is_active=True).values_list("pk", flat=True)) == {admin.pk}
    assert desk.post(reverse("admin:hiring_user_delete", args=[recruiter.pk]), {"post": "yes"}).status_code == 403


def test_a_lost_second_factor_is_removed(desk, recruiter):
    Authenticator.objects.create(user=recruiter, type="totp", data={})

    desk.post(
        reverse("admin:hiring_user_changelist"), {"action": "reset_second_factor", "_selected_action": [recruiter.pk]}
    )

    assert not Authenticator.objects.exists()


# --- templates and texts --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "stages",
    [
        "{}",
        "[]",
        '[{"name": ""}]',
        '[{"name": "Call", "kind": "phone"}]',
        '[{"name": "A", "kind": "lead"}, {"name": "A", "kind": "hired"}]',
    ],
)
def test_a_job_template_with_a_broken_pipeline_is_refused(desk, stages):
    before = JobTemplate.objects.count()

    answer = change(
        desk, JobTemplate, {"name": "Odd", "stages": stages, "kits": "[]", "questions": "[]", "is_active": "on"}
    )

    assert "stages" in answer.context["adminform"].form.errors
    assert JobTemplate.objects.count() == before


def test_a_kit_belongs_to_a_stage_of_its_template(desk):
    form = {
        "name": "Odd",
        "stages": '[{"name": "Call", "kind": "screen"}]',
        "kits": '[{"name": "Talk", "stage": "Panel"}]',
    }

    assert "kits" in change(desk, JobTemplate, {**form, "questions": "[]"}).context["adminform"].form.errors


def test_a_mistaken_merge_field_is_named_when_the_text_is_written(desk):
    """MAIL-11."""
    form = {
        "name": "Hello",
        "kind": "message",
        "language": "en",
        "subject": "Hi {{ firstname }}",
        "body": "Dear {{ first_name }} {% x %}",
    }

    errors = change(desk, MailTemplate, form).context["adminform"].form.errors

    assert "firstname" in errors["subject"][0]
    assert "body" in errors
    assert not MailTemplate.objects.filter(name="Hello").exists()


def test_words_once_shown_are_never_changed_a_new_version_takes_over(desk):
    now = timezone.now()
    old = LegalText.objects.create(
        kind="pool_consent",
        locale="fr",
        valid_from=now - timezone.timedelta(days=9),
        text="Oui",
        sha256=legal.sha256("Oui"),
    )
    assert change(desk, LegalText, {"text": "Changed"}, old.pk).status_code == 403

    local = timezone.localtime(now)
    form = {"kind": "pool_consent", "jurisdiction": "*", "locale": "fr", "text": "Oui, bien sûr"}
    change(desk, LegalText, {**form, "valid_from_0": f"{local:%Y-%m-%d}", "valid_from_1": f"{local:%H:%M:%S}"})

    new = LegalText.objects.get(text="Oui, bien sûr")
    old.refresh_from_db()
    assert new.sha256 == legal.sha256(new.text)
    assert (old.text, old.valid_to, new.valid_to) == ("Oui", new.valid_from, None)


def test_a_paused_mailbox_is_resumed(desk):
    box = factories.MailboxFactory(paused_at=timezone.now(), pause_reason="550 policy")

    desk.post(reverse("admin:hiring_mailbox_changelist"), {"action": "resume", "_selected_action": [box.pk]})

    assert Mailbox.objects.get(pk=box.pk).paused_at is None


def test_an_approval_chain_is_made_with_its_groups(desk, manager, recruiter):
    form = {
        "name": "Data",
        "subject_kind": "job",
        "department": "",
        "is_active": "on",
        "groups-TOTAL_FORMS": "1",
        "groups-INITIAL_FORMS": "0",
        "groups-0-position": "0",
        "groups-0-needed": "1",
        "groups-0-approvers": [manager.pk, recruiter.pk],
    }

    change(desk, ApprovalChain, form)

    assert set(ApprovalChain.objects.get(name="Data").groups.get().approvers.all()) == {manager, recruiter}


def test_people_are_found_by_typing_not_from_a_long_list(desk, recruiter):
    page = desk.get(reverse("admin:hiring_approvalchain_add")).content.decode()

    assert "admin-autocomplete" in page
    assert recruiter.email not in page


# --- the words ------------------------------------------------------------------------------------------------------


def test_lists_and_rows_are_headed_by_what_they_are(desk, admin):
    listed = desk.get(reverse("admin:hiring_user_changelist")).content.decode()
    one = desk.get(reverse("admin:hiring_user_change", args=[admin.pk])).content.decode()

    assert "<h1>Users</h1>" in listed
    assert f"<h1>{admin.full_name}</h1>" in one
    assert "Is active" not in listed + one


def test_days_worked_are_boxes_to_tick(desk, admin):
    desk.post(
        reverse("admin:hiring_user_change", args=[admin.pk]),
        person(email=admin.email, role="admin", is_staff="on", workdays=["5", "1"]),
    )

    admin.refresh_from_db()
    assert admin.workdays == "15"


def test_dates_read_as_everywhere_else(desk, admin):
    User.objects.filter(pk=admin.pk).update(last_login=dt.datetime(2026, 11, 5, 14, 5, tzinfo=dt.UTC))

    page = desk.get(reverse("admin:hiring_user_change", args=[admin.pk])).content.decode()

    assert re.search(r"5 Nov 2026, \d\d:05", page)
