"""What a question asks about that the law may forbid asking, found from its words in English, German, French, Spanish and Italian.

Words that speak of who somebody is are those of hiring/protected.py; added here is how people ask for them. Whether a topic may be
asked about, and where, is data (`lawful`): this only finds it, and knows what to ask instead.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from hiring import protected


@dataclass(frozen=True)
class Topic:
    """`words` find it; `but` is lawful wording of the same thing, which is taken out before. `instead` is a question that may be asked,
    by language."""

    key: str
    name: str
    words: tuple[str, ...]
    but: tuple[str, ...] = ()
    instead: dict[str, str] | None = None

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return protected.any_of(self.words)

    @cached_property
    def exceptions(self) -> re.Pattern[str] | None:
        return protected.any_of(self.but) if self.but else None

    def found_in(self, text: str) -> str:
        """The words by which a text asks about it; empty when it does not."""
        if self.exceptions:
            text = self.exceptions.sub(" ", text)
        found = self.pattern.search(protected.without_work(text))
        return found.group() if found else ""


ADJUST = (
    r"[^.?!]*(?:adjustments?|accommodations?|anpassung\w*|nachteilsausgleich|aménagements?|adaptaci(?:ón|ones)|adattament[oi])[^.?!]*",
)
PAY = r"(?:salary|pay|compensation|wages?|earnings|remuneration|income|package)"
LOHN = r"\w*(?:gehalt|gehälter|gehalts\w*|lohn|löhne|vergütung|verdienst|einkommen)"
PAGA = r"(?:stipendio|salario|retribuzione|ral|compenso)"

TOPICS = (
    Topic(
        "pay_history",
        "past or present pay",
        (
            rf"(?:current|present|previous|prior|past|last|former)\W+(?:\w+\W+){{0,2}}{PAY}|(?:salary|pay|wage) history",
            rf"{PAY}\W+(?:\w+\W+){{0,3}}(?:previous|last|current) (?:job|employer|role|position)",
            rf"(?:what|how much) (?:do|did|have) you (?:\w+ )?earn\w*|how much (?:are|were) you (?:paid|earning|making)|{PAY} slips?",
            rf"(?:bisherige|aktuelle|derzeitige|jetzige|letzte|vorherige|frühere|gegenwärtige)[nrms]? (?:\w+ )?{LOHN}",
            r"gehaltshistorie|gehaltsnachweise?|(?:verdienen|verdienten|verdient) sie (?:derzeit|aktuell|zurzeit|momentan|bisher|zuletzt)",
            r"was (?:verdienen|verdienten) sie",
            r"(?:salaires?|rémunérations?|paie)(?: \w+){0,2} (?:actuel(?:le)?s?|précédente?s?|antérieure?s?|passée?s?)",
            r"(?:derni(?:er|ère)|ancien(?:ne)?|précédente?|actuel(?:le)?)s? (?:salaire|rémunération)s?",
            r"historique (?:de |des |du )?(?:salaires?|salarial|rémunérations?)|combien (?:gagnez|gagniez|touchez)[- ]vous|fiches? de paie",
            r"(?:salario|sueldo|remuneración|retribución)(?: \w+){0,2} (?:actual(?:es)?|anterior(?:es)?|previo|pasado)",
            r"últim[oa] (?:salario|sueldo|remuneración)|historial salarial|cuánto (?:gana|ganas|ganaba|cobra|cobras|cobraba)s?|nóminas?",
            rf"{PAGA}(?: \w+){{0,2}} (?:attuale|precedente|passat[oa])|(?:ultim[oa]|attuale|precedente) {PAGA}|bust[ae] paga",
            r"storico (?:retributivo|salariale)|quanto (?:guadagna|guadagni|guadagnava)",
        ),
        instead={
            "en": "What pay do you expect?",
            "de": "Welches Gehalt stellen Sie sich vor?",
            "fr": "Quelle rémunération attendez-vous ?",
            "es": "¿Qué salario espera?",
            "it": "Che retribuzione si aspetta?",
        },
    ),
    Topic(
        "health",
        "health or disability",
        (
            *protected.HEALTH,
            r"sick(?:ness)? absences?|days off sick|medical (?:exam\w*|records?)|medications?|illness(?:es)?|diseases?|do you smoke",
            r"workers?['’]? compensation claims?|health insurance claims?|your (?:\w+ )?health",
            r"erkrankung\w*|krankheit\w*|krankgeschrieben|gesundheitszustand\w*|gesundheitliche[nrms]?|rauchen sie|medikamente",
            r"maladies?|état de santé|rqth|arrêts? maladie|problèmes? de santé|travailleu(?:r|se)s? handicapé\w*|fumez[- ]vous",
            r"enfermedad(?:es)?|estado de salud|bajas? médicas?|problemas de salud|fuma usted",
            r"stato di salute|malatti[ae]|problemi di salute|categori[ae] protett[ae]|legge 104",
        ),
        but=ADJUST,
        instead={
            "en": "Do you need anything adjusted to take part in our selection?",
            "de": "Brauchen Sie Anpassungen, um an unserem Auswahlverfahren teilzunehmen?",
            "fr": "Avez-vous besoin d’aménagements pour participer à notre sélection ?",
            "es": "¿Necesita alguna adaptación para participar en la selección?",
            "it": "Ha bisogno di adattamenti per partecipare alla selezione?",
        },
    ),
    Topic(
        "family",
        "family, children or pregnancy",
        (
            *protected.PREGNANCY,
            *protected.MARITAL,
            r"(?:have|having|plan\w*|want\w*|expect\w*|start\w*|any) (?:to have |to start |on (?:having|starting) )?"
            r"(?:a |any |more |small )*"
            r"(?:children|kids|child|baby|babies|family)|how many (?:children|kids)|(?:number|ages?) of (?:your )?(?:children|kids)",
            r"child ?care|dependants?|dependents?|spouse|husband|wife|family situation|(?:maternity|parental|paternity) leave",
            r"(?:haben|planen|wünschen) sie (?:\w+ )?kinder|wie viele kinder|kinderbetreuung",
            r"(?:ehe|lebens)partner\w*|kinder geplant|elternzeit",
            r"avez[- ]vous (?:des )?enfants|combien d['’]enfants|enfants à charge|garde d['’]enfants|conjointe?s?",
            r"congé (?:maternité|parental)",
            r"êtes[- ]vous enceinte|(?:tiene|tienes|tener) (?:\w+ )?hijos|cuántos hijos|hijos a cargo|cónyuge|cargas familiares",
            r"(?:ha|hai|avere) (?:\w+ )?figli|quanti figli|figli a carico|coniuge|stato di famiglia|situazione familiare",
        ),
        instead={
            "en": "Can you work the hours given in the advert?",
            "de": "Können Sie zu den in der Anzeige genannten Zeiten arbeiten?",
            "fr": "Pouvez-vous travailler aux horaires indiqués dans l’annonce ?",
            "es": "¿Puede trabajar en los horarios indicados en el anuncio?",
            "it": "Può lavorare negli orari indicati nell’annuncio?",
        },
    ),
    Topic(
        "age",
        "age",
        (
            r"how old|your age|age (?:group|range)|date of birth|birth ?dates?|birthdays?|year of birth|when were you born|years? old",
            r"(?:what|which) year did you (?:graduate|finish)|graduation year|year (?:of graduation|you graduated)",
            r"wie alt|ihr alter|dein alter|geburts(?:datum|tag|jahr)|wann (?:sind sie|bist du) geboren|jahrgang|altersgruppe|jahre alt",
            r"quel âge|votre âge|ton âge|(?:date|année) de naissance|tranche d['’]âge",
            r"qué edad|(?:su|tu) edad|cuántos años tienes?|(?:fecha|año) de nacimiento|grupo de edad",
            r"quanti anni hai?(?! di| lavorat)|(?:sua|tua) età|che età|(?:data|anno) di nascita|fascia d['’]età",
        ),
        but=(
            r"(?:at least|over|older than|above|minimum of) (?:1[68]|21)(?: years?(?: old| of age)?)?",
            r"(?:1[68]|21)(?: years?(?: old| of age)?)? or (?:older|over)|mindestens (?:1[68]|21) jahre(?: alt)?|volljährig",
            r"(?:au moins|plus de) (?:1[68]|21) ans|majeure?s?|(?:al menos|más de) (?:1[68]|21) años|mayor de edad",
            r"(?:almeno|più di) (?:1[68]|21) anni|maggiorenne",
        ),
        instead={
            "en": "Are you at least 18 years old?",
            "de": "Sind Sie mindestens 18 Jahre alt?",
            "fr": "Avez-vous au moins 18 ans ?",
            "es": "¿Tiene al menos 18 años?",
            "it": "Ha almeno 18 anni?",
        },
    ),
    Topic(
        "nationality",
        "nationality or origin",
        (
            *protected.NATIONALITY,
            r"(?:country|place|city) of (?:birth|origin)|birth ?place|where (?:are you|were you) (?:from|born)",
            r"were you born in|what passport",
            r"herkunftsland|geburts(?:ort|land)|woher (?:kommen|stammen) sie|welchen pass|eu-bürger\w*",
            r"pays (?:de naissance|d['’]origine)|lieu de naissance|d['’]où (?:venez|êtes)[- ]vous",
            r"citoyen(?:ne)?s?|citoyenneté|quel passeport",
            r"ciudadan(?:ía|[oa]s?)|(?:país|lugar) de (?:origen|nacimiento)|de dónde (?:es|eres)|qué pasaporte",
            r"(?:paese|luogo) di (?:origine|nascita)|di dove (?:è|sei)|cittadin[oai]|quale passaporto",
        ),
        instead={
            "en": "Are you allowed to work in {place}?",
            "de": "Dürfen Sie im Land des Arbeitsorts arbeiten?",
            "fr": "Avez-vous le droit de travailler dans le pays du poste ?",
            "es": "¿Tiene permiso para trabajar en el país del puesto?",
            "it": "È autorizzato a lavorare nel paese della posizione?",
        },
    ),
    Topic(
        "mother_tongue",
        "mother tongue",
        protected.BIRTH,
        instead={
            "en": "Which level of the language do you speak, from A1 to C2?",
            "de": "Auf welchem Niveau sprechen Sie die Sprache, von A1 bis C2?",
            "fr": "À quel niveau parlez-vous la langue, de A1 à C2 ?",
            "es": "¿Qué nivel del idioma tiene, de A1 a C2?",
            "it": "A che livello parla la lingua, da A1 a C2?",
        },
    ),
    Topic("ethnicity", "race or ethnic origin", protected.ETHNICITY),
    Topic(
        "religion",
        "religion or belief",
        (*protected.RELIGION, r"which church|holy days?|sabbath|kirchensteuer|religión|religione|fede religiosa"),
        instead={
            "en": "Can you work the days given in the advert?",
            "de": "Können Sie an den in der Anzeige genannten Tagen arbeiten?",
            "fr": "Pouvez-vous travailler les jours indiqués dans l’annonce ?",
            "es": "¿Puede trabajar los días indicados en el anuncio?",
            "it": "Può lavorare nei giorni indicati nell’annuncio?",
        },
    ),
    Topic("politics", "political opinions", (*protected.POLITICS, r"which party|how (?:do|did) you vote")),
    Topic(
        "union",
        "union membership",
        (
            *protected.UNION,
            r"members? of (?:an?|any|the) (?:trade |labou?r )?unions?|mitglied (?:in )?einer gewerkschaft|membre d['’]un syndicat",
            r"miembro de (?:un|algún) sindicato|afiliad[oa] a (?:un|algún) sindicato|membro di un sindacato",
        ),
    ),
    Topic(
        "sex",
        "sex, gender or orientation",
        (
            r"gender|your sex|sex|pronouns?|sexual (?:orientation|identity|preference)|transgender|maiden name|male or female",
            r"are you (?:an? )?(?:man|woman|male|female|gay|lesbian|straight)",
            r"geschlecht\w*|sexuelle (?:orientierung|identität)|mädchenname|geburtsname|herr oder frau|mann oder frau",
            r"sexe|votre genre|identité de genre|orientation sexuelle|nom de jeune fille|homme ou femme",
            r"sexo|(?:su|tu) género|identidad de género|orientación sexual|apellido de soltera|hombre o mujer",
            r"sesso|(?:suo|tuo) genere|identità di genere|orientamento sessuale|cognome da nubile|uomo o donna",
        ),
        but=(
            r"gender[ -](?:neutral|studies|equality|pay|balance|mainstreaming|reporting)\w*|gleichstellung der geschlechter",
        ),
        instead={
            "en": "How should we address you?",
            "de": "Wie sollen wir Sie ansprechen?",
            "fr": "Comment souhaitez-vous que nous nous adressions à vous ?",
            "es": "¿Cómo quiere que nos dirijamos a usted?",
            "it": "Come preferisce che ci rivolgiamo a lei?",
        },
    ),
    Topic(
        "canadian_experience",
        "Canadian experience",
        (
            r"canadian (?:\w+ )?experience|experience (?:\w+ )?in canada|worked in canada",
            r"kanadische[nrms]? (?:berufs)?erfahrung|erfahrung in kanada|expérience (?:\w+ )?(?:canadienne|au canada)",
            r"experiencia (?:\w+ )?(?:canadiense|en canadá)|esperienza (?:\w+ )?(?:canadese|in canada)",
        ),
        instead={
            "en": "How many years have you done this kind of work?",
            "fr": "Depuis combien d’années faites-vous ce travail ?",
        },
    ),
    Topic(
        "criminal_record",
        "a criminal record",
        (
            *protected.CRIMINAL,
            r"criminal offen[cs]es?|arrested|arrests|been charged with|pending charges",
            r"führungszeugnis|strafregister\w*|straftat(?:en)?|verurteilt|condamn(?:é|ée|ations?)s?",
            r"antecedentes policiales|condenad[oa]|casellario|condannat[oa]|carichi pendenti",
        ),
    ),
    Topic(
        "national_id",
        "an identity number",
        (
            r"national id\w*|social security (?:number|no)|ssn|national insurance number|passport number|id card|social insurance number",
            r"personalausweis\w*|ausweisnummer|sozialversicherungsnummer|steuer-?id\w*|(?:reise)?passnummer",
            r"numéro de sécurité sociale|carte d['’]identité|numéro de passeport|dni|nie|número de la seguridad social",
            r"número de pasaporte|codice fiscale|carta d['’]identità|numero di passaporto",
        ),
    ),
    Topic(
        "photo",
        "a photograph",
        (
            r"(?:your|a|recent|passport) photo(?:graph)?s?|pictures? of (?:you|yourself)|headshots?|selfies?",
            r"bewerbungsfotos?|lichtbild\w*|foto von (?:ihnen|dir|sich)|photos? d['’]identité|votre photo|une photo",
            r"(?:su|tu|una) foto(?:grafía)?|fototessera|(?:sua|tua) foto",
        ),
    ),
    Topic(
        "credit",
        "debts or credit",
        (
            r"credit (?:score|history|check|rating|report)s?|bankrupt\w*|(?:your|any|personal) debts?|schulden|schufa\w*|privatinsolvenz",
            r"dettes|endettement|interdit bancaire|deudas|debiti",
        ),
    ),
)
BY_KEY = {topic.key: topic for topic in TOPICS}
CHOICES = [(topic.key, topic.name[:1].upper() + topic.name[1:]) for topic in TOPICS]

TELLS_GERMAN = re.compile(r"\b(?:sie|ihre?|ihr|wie|haben|sind|welche[mnrs]?|der|die|das|und|ein)\b", re.IGNORECASE)
TELLS_FRENCH = re.compile(r"\b(?:vous|votre|vos|est-ce|quel(?:le)?s?|avez|êtes|des|une|le|les)\b", re.IGNORECASE)
TELLS_SPANISH = re.compile(r"[¿¡]|\b(?:usted|su|tiene|cuál|qué|es|los|las|una|tu)\b", re.IGNORECASE)
TELLS_ITALIAN = re.compile(
    r"\b(?:lei|sua|suo|ha|è|quale|quali|che|il|gli|una|hai|sei|quant[oiae]|adesso)\b", re.IGNORECASE
)
TELLS_ENGLISH = re.compile(r"\b(?:you|your|are|do|the|what|how|is|of|have|any|were|which)\b", re.IGNORECASE)
LANGUAGES = {
    "en": TELLS_ENGLISH,
    "de": TELLS_GERMAN,
    "fr": TELLS_FRENCH,
    "es": TELLS_SPANISH,
    "it": TELLS_ITALIAN,
}


def language_of(text: str) -> str:
    """Which of the five a question is most likely written in; it only chooses the language of a proposal."""
    counts = {code: len(pattern.findall(text)) for code, pattern in LANGUAGES.items()}
    return max(counts, key=lambda code: counts[code])


def found_in(text: str) -> dict[str, str]:
    """The topics a question asks about, each with the words by which it does."""
    return {topic.key: words for topic in TOPICS if (words := topic.found_in(text))}
