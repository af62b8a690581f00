"""What people set for themselves; passwords, codes and passkeys are allauth's pages, linked from here."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from hiring.forms.account import AccountForm
from hiring.http import StaffRequest, say
from hiring.models import ApiKey


@require_http_methods(["GET", "POST"])
def account(request: StaffRequest) -> HttpResponse:
    form = AccountForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        say(request, "Saved.")
        return redirect("account")
    if form.errors:
        request.user.refresh_from_db()  # the frame shows what is kept, not what was refused
    kinds = set(Authenticator.objects.filter(user=request.user).values_list("type", flat=True))
    page = {
        "form": form,
        "has_app": "totp" in kinds,
        "has_passkey": "webauthn" in kinds,
        "live_keys": ApiKey.objects.visible_to(request.user).live(timezone.now()).count(),
    }
    return render(request, "hiring/account.html", page, status=422 if form.errors else 200)


def address(request: StaffRequest) -> HttpResponse:
    """Stands in for allauth's page of e-mail addresses: they are part of the account that an administrator made."""
    return redirect("account")
