"""Words to start from for every notice and consent, in the organisation's name. A new wording is a new row, never an edit."""

import datetime as dt
import hashlib

from django.conf import settings
from django.db import migrations

VALID_FROM = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)

TEXTS = {
    "application_notice": """{organisation}, {address}, decides how the data in your application is used (the controller).

What for, and why we may: to decide on your application, because you asked us to take these steps before a contract (GDPR Art. 6(1)(b)). If you tick the box to stay in touch, also to tell you about other roles, because you agreed (Art. 6(1)(a)).

Who sees it: the people who hire for this job, and the service that runs this site for us. Nobody else, and it is not sold. If it leaves the European Economic Area, the standard contractual clauses protect it.

How long: until this application is decided and for as long afterwards as claims are possible, then it is deleted. With your agreement to stay in touch, up to two years after we last heard from you.

What you have to give: name, e-mail address and the questions without the word “optional”. Without them we cannot decide.

People decide. Software shows our recruiters passages of your résumé; it rejects nobody.

Your rights: to see, correct, delete, restrict or take along your data, and to object. Write to us at the address above, or answer any of our mails; our data protection officer reads them too. You may also complain to your data protection authority.""",
    "sourcing_notice": """We found your professional profile and keep your name, contact details and career for possible roles at {organisation}, {address}, because we have a legitimate interest in finding people for open positions (GDPR Art. 6(1)(f)). Your data comes from the source named here. Only people who hire see it, and we delete it when it no longer serves this, at the latest two years after we last heard from you. You may see, correct, delete or restrict your data and object to its use at any time, by answering this message, and complain to your data protection authority.""",
    "pool_consent": """Keep my profile for other roles at {organisation} for up to two years after we last were in touch, and write to me about them. I can take this back at any time with one click in any such message.""",
    "esign_consent": """You may sign this offer electronically. An electronic signature has the same effect as one on paper where the law allows it. To read and keep the documents you need a browser and a program that opens PDF files; you can download and print everything here, and both sides receive a copy by e-mail. If you prefer paper, answer our mail and {organisation} sends you the letter to sign by hand, at no cost. You may change your mind until you sign. Please keep your e-mail address with us up to date.""",
}


def fill(apps, schema_editor):
    LegalText = apps.get_model("hiring", "LegalText")
    for kind, words in TEXTS.items():
        text = words.format(organisation=settings.ORGANISATION_NAME, address=settings.ORGANISATION_ADDRESS)
        if not LegalText.objects.filter(kind=kind).exists():
            LegalText.objects.create(
                kind=kind, valid_from=VALID_FROM, text=text, sha256=hashlib.sha256(text.encode()).hexdigest()
            )


class Migration(migrations.Migration):
    dependencies = [("hiring", "0005_why_an_original_is_withheld")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
