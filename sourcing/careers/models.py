"""What a visitor has begun and not sent."""

from __future__ import annotations

from django.db import models

from hiring.models import Posting
from pipeline.models import Arrival


class UnsentForm(models.Model):
    """A posting's form as far as somebody got with it in one browser, and, once it was sent, that it was: with what they entered
    gone from here.

    Whoever comes with that browser's cookie comes back to it (sourcing/careers/unsent.py); there is no other way to it.
    """

    browser = models.CharField(max_length=64, help_text="A digest of the secret in the browser's cookie.")
    posting = models.ForeignKey(Posting, on_delete=models.CASCADE, related_name="unsent_forms")
    entered = models.JSONField(default=dict, help_text="By the form's own names, each a list, as browsers send it.")
    files = models.JSONField(default=dict, help_text="Keys of hiring/documents/drafts.py by the names of the fields.")
    touched_at = models.DateTimeField()
    arrival = models.ForeignKey(Arrival, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["browser", "posting"], name="one_unsent_form_a_browser"),)
        indexes = (models.Index(fields=["touched_at"], name="unsent_form_age"),)
