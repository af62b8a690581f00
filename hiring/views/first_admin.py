"""The page behind the one-time link that `manage.py up` prints for an empty installation."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from hiring import first_admin
from hiring.forms.first_admin import FirstAdminForm
from hiring.http import public


@public
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows the form and changes nothing; POST makes the account, signs it in and goes to Today."""
    link = first_admin.open_link(token)
    form = FirstAdminForm(request.POST or None)
    if form.is_valid():
        user = first_admin.create(link, **form.cleaned_data)
        login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
        return redirect("today")
    return render(request, "hiring/first_admin.html", {"form": form}, status=422 if form.is_bound else 200)
