"""Who may show the list of jobs in a frame."""

from __future__ import annotations

import re
import secrets
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

HOST = re.compile(r"(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*")
MOST_SITES = 20
ON_THIS_MACHINE = {"localhost", "127.0.0.1"}


def site_of(line: str) -> str:
    """The origin of a web site as browsers compare it: https://www.example.com. Raises ValidationError saying what is wrong.

    Nothing but scheme, host and port gets into the header, and no pattern that stands for several hosts.
    """
    try:
        parts = urlsplit(line.strip())
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except (ValueError, UnicodeError):
        raise ValidationError(f"“{line.strip()}” is no address of a web site.") from None
    if not HOST.fullmatch(host) or parts.username or parts.query or parts.fragment or parts.path not in ("", "/"):
        raise ValidationError(f"“{line.strip()}”: write scheme and host alone, such as https://www.example.com")
    if parts.scheme != "https" and not (parts.scheme == "http" and host in ON_THIS_MACHINE):
        raise ValidationError(f"“{line.strip()}”: the address has to begin with https://")
    usual = {"https": 443, "http": 80}[parts.scheme]
    return f"{parts.scheme}://{host}" + (f":{port}" if port and port != usual else "")


def check_sites(text: str) -> None:
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        raise ValidationError("Name at least one web site.")
    if len(lines) > MOST_SITES:
        raise ValidationError(f"At most {MOST_SITES} web sites.")
    for line in lines:
        site_of(line)


def new_key() -> str:
    return secrets.token_hex(6)


class CareerEmbed(models.Model):
    """A list of jobs to be shown in frames of these web sites, and of no others (SEC-5, SEC-8)."""

    name = models.CharField(max_length=80, unique=True, help_text="For administrators, such as “Company web site”.")
    key = models.SlugField(max_length=20, unique=True, default=new_key, editable=False)
    sites = models.TextField(
        "web sites",
        validators=[check_sites],
        help_text="One a line, such as https://www.example.com. Only these may show the list in a frame.",
    )
    most = models.PositiveSmallIntegerField(
        "jobs at once",
        default=20,
        validators=[MinValueValidator(1), MaxValueValidator(50)],
        help_text="The newest ones; the others are one press away, on the career site.",
    )
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ("name",)
        verbose_name = "list for a web site"
        verbose_name_plural = "lists for web sites"

    def __str__(self) -> str:
        return self.name

    @property
    def origins(self) -> list[str]:
        """The web sites as browsers compare them."""
        return list(dict.fromkeys(site_of(line) for line in self.sites.splitlines() if line.strip()))
