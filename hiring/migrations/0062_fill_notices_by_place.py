"""Words to start from for places and languages, in the organisation's name. A new wording is a new row, never an edit.

What was the general privacy notice speaks of European law: where it holds it goes on as the European Union's own, word by word.
"""

import datetime as dt
import hashlib

from django.conf import settings
from django.db import migrations
from django.db.models import Q
from django.utils import timezone

VALID_FROM = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)

PRIVACY, POOL, AI, EQUAL = "application_notice", "pool_consent", "ai_notice", "equal_opportunity"
TEXTS = [
    (PRIVACY, "EU", "de", 0, """{organisation}, {address}, entscheidet, wie die Daten Ihrer Bewerbung verwendet werden (Verantwortlicher).

Wozu und warum wir das dürfen: um über Ihre Bewerbung zu entscheiden, weil Sie um diese Schritte vor einem Vertrag gebeten haben (DSGVO Art. 6 Abs. 1 b). Wenn Sie ankreuzen, dass wir in Verbindung bleiben, auch um Ihnen andere Stellen zu nennen, weil Sie eingewilligt haben (Art. 6 Abs. 1 a).

Wer sie sieht: die Menschen, die diese Stelle besetzen, und der Dienst, der diese Seite für uns betreibt. Sonst niemand, und sie werden nicht verkauft. Verlassen sie den Europäischen Wirtschaftsraum, schützen sie die Standardvertragsklauseln.

Wie lange: bis über Ihre Bewerbung entschieden ist und danach, solange Ansprüche möglich sind; dann werden sie gelöscht. Mit Ihrer Einwilligung bis zu zwei Jahre nach dem letzten Kontakt.

Was Sie angeben müssen: Name, E-Mail-Adresse und die Fragen ohne das Wort „optional“. Ohne sie können wir nicht entscheiden.

Menschen entscheiden. Software sagt niemandem ab.

Ihre Rechte: Auskunft, Berichtigung, Löschung, Einschränkung, Übertragung und Widerspruch. Schreiben Sie an die Adresse oben oder antworten Sie auf eine unserer Mails; auch unsere Datenschutzbeauftragten lesen sie. Sie können sich bei Ihrer Datenschutzbehörde beschweren."""),
    (PRIVACY, "EU", "fr", 0, """{organisation}, {address}, décide de l’usage des données de votre candidature (responsable du traitement).

Pourquoi, et de quel droit : pour décider de votre candidature, parce que vous nous l’avez demandé avant un contrat (RGPD, art. 6 § 1 b). Si vous cochez la case pour rester en contact, aussi pour vous parler d’autres postes, parce que vous y consentez (art. 6 § 1 a).

Qui les voit : les personnes qui recrutent pour ce poste, et le service qui exploite ce site pour nous. Personne d’autre, et elles ne sont pas vendues. Si elles quittent l’Espace économique européen, les clauses contractuelles types les protègent.

Combien de temps : jusqu’à la décision, puis aussi longtemps que des réclamations sont possibles ; ensuite elles sont effacées. Avec votre accord, jusqu’à deux ans après notre dernier contact.

Ce qu’il faut donner : nom, adresse e-mail et les questions sans la mention « facultatif ». Sans cela nous ne pouvons pas décider.

Ce sont des personnes qui décident. Aucun logiciel n’écarte qui que ce soit.

Vos droits : accès, rectification, effacement, limitation, portabilité et opposition. Écrivez à l’adresse ci-dessus ou répondez à l’un de nos messages ; notre délégué à la protection des données les lit aussi. Vous pouvez saisir votre autorité de protection des données."""),
    (PRIVACY, "GB", "en", 0, """{organisation}, {address}, decides how the data in your application is used (the controller).

What for, and why we may: to decide on your application, because you asked us to take these steps before a contract (UK GDPR Art. 6(1)(b)). If you tick the box to stay in touch, also to tell you about other roles, because you agreed (Art. 6(1)(a)).

Who sees it: the people who hire for this job, and the service that runs this site for us. Nobody else, and it is not sold. If it leaves the United Kingdom, the safeguards of UK law protect it.

How long: until this application is decided and for as long afterwards as claims are possible, then it is deleted. With your agreement to stay in touch, up to two years after we last heard from you.

What you have to give: name, e-mail address and the questions without the word “optional”. Without them we cannot decide.

People decide. Software rejects nobody.

Your rights: to see, correct, delete, restrict or take along your data, and to object. Write to us at the address above, or answer any of our mails; our data protection officer reads them too. You may also complain to the Information Commissioner’s Office."""),
    (PRIVACY, "US", "en", 0, """{organisation}, {address}, collects what you enter here, and the files you add, to decide on your application.

Who sees it: the people who hire for this job, and the service that runs this site for us. We do not sell it and do not share it for advertising.

How long: until this application is decided, and afterwards as long as the law obliges us to keep records of hiring; then it is deleted. If you agree to stay in touch, up to two years after we last heard from you.

People decide. Software rejects nobody.

You may ask us to see, correct or delete your data: write to us at the address above, or answer any of our mails."""),
    (PRIVACY, "US-CA", "en", 0, """Notice at collection for people in California. {organisation}, {address}, collects: identifiers (name, contact details), what you tell us of your work and education, the files you add, and your answers to the questions on this page.

What for: to decide on your application; if you agree, to tell you about other roles. We do not sell or share it, and use nothing sensitive to infer anything about you.

Who sees it: the people who hire for this job, and the service that runs this site for us.

How long: four years after this application is decided, as the law obliges us to; then it is deleted.

People decide. Software rejects nobody.

Your rights: to know, correct and delete what we hold, without being treated any worse for it. Write to us at the address above, or answer any of our mails. An agent may ask for you."""),
    (PRIVACY, "CA", "en", 0, """{organisation}, {address}, collects what you enter here, and the files you add, with your consent, to decide on your application. If you tick the box to stay in touch, also to tell you about other roles.

Who sees it: the people who hire for this job, and the service that runs this site for us, which may store it outside your province or Canada. It is not sold.

How long: until this application is decided and for as long afterwards as the law asks of us, then it is deleted. If you agree to stay in touch, up to two years after we last heard from you.

People decide. Software rejects nobody.

You may see and correct your data, and take back your consent. Write to the person in charge of personal information at the address above, or answer any of our mails. You may also complain to the privacy commissioner."""),
    (PRIVACY, "CA-QC", "fr", 0, """{organisation}, {address}, recueille ce que vous saisissez ici et les fichiers que vous ajoutez, avec votre consentement, pour décider de votre candidature. Si vous cochez la case pour rester en contact, aussi pour vous parler d’autres postes.

Qui les voit : les personnes qui recrutent pour ce poste, et le service qui exploite ce site pour nous et peut les conserver hors du Québec. Ils ne sont pas vendus.

Combien de temps : jusqu’à la décision, puis aussi longtemps que la loi l’exige ; ensuite ils sont détruits. Avec votre accord, jusqu’à deux ans après notre dernier contact.

Ce sont des personnes qui décident. Aucun logiciel n’écarte qui que ce soit.

Vous pouvez consulter et faire rectifier vos renseignements, et retirer votre consentement. Écrivez à la personne responsable de la protection des renseignements personnels à l’adresse ci-dessus, ou répondez à l’un de nos messages. Vous pouvez aussi saisir la Commission d’accès à l’information."""),
    (POOL, "*", "de", 0, """Bewahren Sie mein Profil bis zu zwei Jahre nach unserem letzten Kontakt für andere Stellen bei {organisation} auf und schreiben Sie mir dazu. Ich kann das jederzeit mit einem Klick in einer solchen Nachricht zurücknehmen."""),
    (POOL, "*", "fr", 0, """Conservez mon profil pour d’autres postes chez {organisation} jusqu’à deux ans après notre dernier contact, et écrivez-moi à ce sujet. Je peux revenir sur cet accord à tout moment d’un clic dans chacun de ces messages."""),
    (AI, "*", "en", 0, """Software helps our recruiters: it looks for what this job asks in your résumé and your answers, and shows the passages where it found it. It may also draft summaries and messages. It makes no decision and rejects nobody: people read your application and decide. Would you rather that no software reads it, or do you need another way because of a disability? Answer any of our mails."""),
    (AI, "*", "de", 0, """Software hilft unseren Recruitern: Sie sucht in Ihrem Lebenslauf und Ihren Antworten nach dem, was diese Stelle verlangt, und zeigt die Fundstellen. Sie kann auch Zusammenfassungen und Nachrichten entwerfen. Sie entscheidet nichts und sagt niemandem ab: Menschen lesen Ihre Bewerbung und entscheiden. Soll keine Software sie lesen, oder brauchen Sie wegen einer Behinderung einen anderen Weg? Antworten Sie auf eine unserer Mails."""),
    (AI, "*", "fr", 0, """Un logiciel aide nos recruteurs : il cherche dans votre CV et vos réponses ce que demande ce poste, et montre les passages trouvés. Il peut aussi ébaucher des résumés et des messages. Il ne décide de rien et n’écarte personne : des personnes lisent votre candidature et décident. Vous préférez qu’aucun logiciel ne la lise, ou un handicap demande une autre voie ? Répondez à l’un de nos messages."""),
    (AI, "US-NYC", "en", 10, """If you live in New York City: we use an automated employment decision tool. It compares the skills, experience, languages, education and certificates this job asks for with your résumé and your answers, and shows our recruiters the passages it found. It gives no decision: people read every application and decide.

It is not used on your application earlier than ten business days after this notice. You may ask for another way of being assessed, or for an accommodation: answer any of our mails.

The data are what you enter and add here, and nothing from elsewhere. How long we keep it stands above. Write to us to learn more: you have our answer within 30 days."""),
    (EQUAL, "US", "en", 0, """{organisation} is an equal opportunity employer. We decide by what the work asks, and not by race, color, religion, sex, sexual orientation, gender identity, national origin, age, disability, veteran status or anything else the law protects. If you need an accommodation to apply, answer any of our mails. If we ask about some of these for official statistics, answering is up to you, is kept apart, and is seen by nobody who decides."""),
]  # fmt: skip


def fill(apps, schema_editor):
    LegalText = apps.get_model("hiring", "LegalText")
    now = timezone.now()
    if not LegalText.objects.filter(kind=PRIVACY, jurisdiction="EU").exists():
        general = LegalText.objects.filter(kind=PRIVACY, jurisdiction="*", valid_from__lte=now)
        for one in general.filter(Q(valid_to=None) | Q(valid_to__gt=now)).order_by("locale", "-valid_from"):
            if not LegalText.objects.filter(kind=PRIVACY, jurisdiction="EU", locale=one.locale).exists():
                _add(LegalText, PRIVACY, "EU", one.locale, 0, one.text)
    for kind, jurisdiction, locale, wait_days, words in TEXTS:
        text = words.format(organisation=settings.ORGANISATION_NAME, address=settings.ORGANISATION_ADDRESS)
        if not LegalText.objects.filter(kind=kind, jurisdiction=jurisdiction, locale=locale).exists():
            _add(LegalText, kind, jurisdiction, locale, wait_days, text)


def _add(LegalText, kind, jurisdiction, locale, wait_days, text):
    LegalText.objects.create(
        kind=kind,
        jurisdiction=jurisdiction,
        locale=locale,
        wait_days=wait_days,
        valid_from=VALID_FROM,
        text=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
    )


class Migration(migrations.Migration):
    dependencies = [("hiring", "0061_notices_by_place")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
