"""Section headings in the languages people write résumés in: which family of section a line opens, if it is one.

A heading is a short line whose words are all known: at least one that names a family, the rest fillers. Everything is
compared folded (lower case, no accents).
"""

from __future__ import annotations

import re

from hiring.resumes.page import words

FAMILIES = {
    "experience": """experience experiences employment history background jobs positions appointments internship internships
        werdegang lebensweg berufserfahrung berufserfahrungen berufspraxis praxiserfahrung erfahrung erfahrungen laufbahn
        berufstatigkeit tatigkeiten praktika parcours emplois experiencia trayectoria empleo werkervaring ervaring loopbaan
        arbeidsverleden esperienza esperienze carriera doswiadczenie kariera deneyim deneyimi deneyimler""",
    "education": """education educational academic academics studies training qualifications degrees schooling ausbildung
        bildung bildungsweg bildungsgang studium schulbildung akademisch hochschulbildung formation formations etudes diplomes
        diplome scolarite cursus educacion estudios formacion titulacion opleiding opleidingen onderwijs studie formacao
        educacao habilitacoes escolaridade istruzione formazione studi wyksztalcenie edukacja egitim""",
    "skills": """skills skill competencies competences competence expertise technologies tools proficiencies proficiency
        abilities strengths stack software toolbox knowledge capabilities programming kenntnisse fahigkeiten kompetenzen
        fachkenntnisse it-kenntnisse edv-kenntnisse edv qualifikationen savoir-faire outils logiciels informatique habilidades
        competencias aptitudes conocimientos herramientas vaardigheden kennis competenties conhecimentos ferramentas competenze
        abilita umiejetnosci beceriler yetenekler yetkinlikler skillset""",
    "languages": """languages language sprachen sprachkenntnisse langues langue idiomas idioma talen talenkennis linguas lingue
        jezyki diller dil""",
    "certificates": """certifications certificates certification certificate licenses licences licensure zertifikate
        zertifizierungen zertifikat weiterbildung weiterbildungen fortbildung fortbildungen certificaciones certificados
        certificaten certificeringen certificacoes certificazioni attestati courses coursework cours kurse cursos cursussen corsi
        credentials accreditations habilitations certyfikaty sertifikalar kursy""",
    "summary": """summary profile objective about statement overview introduction bio profil kurzprofil zusammenfassung
        zielsetzung propos presentation perfil resumen extracto profiel samenvatting resumo objetivo objectif profilo sommario
        podsumowanie ozet hakkimda hakkinda highlights""",
    "projects": """projects project projekte projekt projets projet proyectos projecten projetos progetti projekty projeler
        portfolio realisations projektliste""",
    "references": "references referees reference referenzen referencias referenties referenze referencje referanslar",
    "interests": """interests hobbies hobbys interessen freizeit loisirs interets intereses aficiones hobby interesses interessi
        zainteresowania activities volunteering volunteer ehrenamt benevolat voluntariado vrijwilligerswerk volontariato""",
    "personal": """contact contacts kontakt kontaktdaten contacto contato contatti coordonnees persoonsgegevens details angaben
        daten adresse iletisim dane""",
    "publications": """publications publikationen publicaciones publicaties publicacoes pubblicazioni awards honors honours
        achievements auszeichnungen prix distinctions premios premi grants patents presentations talks conferences memberships
        affiliations mitgliedschaften veroffentlichungen publikacje""",
}
FAMILY = {word: family for family, words in FAMILIES.items() for word in words.split()}
FILLERS = words(
    """professional work working relevant key core main technical soft hard personal my other additional selected career and und et y e
    en i of the a in de des du del der di die das la le les d l mi mis meine mes profesional profesionales professionnelle
    professionnelles professionnel professionnels laboral laborales beruflicher berufliche beruf academique academica academico
    academicas academische profissional profissionais professionale professionali lavorativa lavorative linguistiques techniques
    tecnicas tecnicos tecniche technische digital digitale digitales digitali computer it areas executive recent previous
    current research teaching clinical industry management foreign spoken fields interest special centres centre competence
    zawodowe is iş kisisel bilgiler osobowe persoonlijke personliche weitere sonstige personnelles personales pessoais me mich
    uber ueber sobre mim over mij chi sono informaticas informatiche informatiques numeriques professional-level major career's
    licences vitae domaines fur transferable functional leadership business creative life path resume top known best"""
)
WHOLE = {
    "work": "experience", "career": "experience", "career history": "experience", "about": "summary", "about me": "summary",
    "profile": "summary", "academic appointments": "experience", "academic experience": "experience",
    "academic positions": "experience", "teaching": "experience", "parcours academique": "education",
    "parcours scolaire": "education", "beruflicher werdegang": "experience", "uber mich": "summary", "a propos": "summary",
    "a propos de moi": "summary", "sobre mi": "summary", "sobre mim": "summary", "over mij": "summary", "chi sono": "summary",
    "centres d'interet": "interests", "centre d'interets": "interests", "summary of qualifications": "summary",
    "professional qualifications": "certificates", "technical experience": "skills", "it skills": "skills",
    "qualifications": "education", "technical": "skills", "technologies": "skills", "personal details": "personal",
    "personliche daten": "personal", "informations personnelles": "personal", "datos personales": "personal",
    "dados pessoais": "personal", "dati personali": "personal", "personal information": "personal",
    "zur person": "personal", "curriculum vitae": "title", "lebenslauf": "title", "cv": "title", "resume": "title",
    "hoja de vida": "title", "curriculum": "title", "europass": "title", "europass cv": "title", "ozgecmis": "title",
    "is deneyimi": "experience", "training": "education", "professional training": "education",
    "professional development": "certificates", "trainings": "certificates", "further training": "certificates",
    "professional registration": "certificates", "registrations": "certificates", "registration": "certificates",
    "licenses and registrations": "certificates", "patents": "publications", "akademischer werdegang": "education",
    "schulischer werdegang": "education", "educational background": "education", "academic background": "education",
    "vita": "title", "zyciorys": "title", "historial laboral": "experience", "historique professionnel": "experience",
    "vida laboral": "experience", "percorso professionale": "experience", "percurso profissional": "experience",
    "interessen und hobbys": "interests", "languages and tools": "skills", "languages & tools": "skills",
    "soft skills": "skills", "additional information": "other", "weitere angaben": "other", "sonstiges": "other",
    "miscellaneous": "other", "divers": "other", "otros datos": "other", "overige": "other", "signature": "other",
}  # fmt: skip
SPACED = re.compile(r"(?:\w ){3,}\w")
SEPARATE = re.compile(r"[&/+,·|]")
MAX_LETTERS = 45
# Skills and lines of text that are made of words of headings.
NOT_HEADINGS = frozenset({"project management", "business management", "management", "leadership", "project leadership", "business",
                          "clinical research", "research", "foreign languages and", "management training", "digital", "it"})  # fmt: skip
MAX_WORDS = 5


def family_of(line: str) -> str:
    """The family that a whole folded line names, or nothing. `line` has no blanks around it."""
    if not 2 <= len(line) <= MAX_LETTERS + 12:
        return ""
    bare = line.strip("•*_=#:.-–—~<>[]|► \t")
    if SPACED.fullmatch(bare.replace("  ", " ")) or SPACED.match(bare) or _is_spread(bare):
        parts = [part.replace(" ", "") for part in re.split(r" {2,}", bare)]
        bare = " ".join(parts if len(parts) > 1 else _parted(parts[0]))
    bare = re.sub(r"^\d{1,2}[.)] ?", "", bare)
    if not bare or len(bare) > MAX_LETTERS or any(letter.isdigit() for letter in bare):
        return ""
    bare = " ".join(bare.split())
    if bare in WHOLE:
        return WHOLE[bare]
    if bare in NOT_HEADINGS or line.endswith("."):
        return ""
    words = [word for word in SEPARATE.sub(" ", bare).replace("'", " ").split() if word]
    if not words or len(words) > MAX_WORDS:
        return ""
    named = [FAMILY[word] for word in words if word in FAMILY]
    if not named or any(word not in FAMILY and word not in FILLERS for word in words):
        return ""
    return named[0]


def _is_spread(bare: str) -> bool:
    """`e x pe r ien ce`: letters set so wide that some of the gaps between them are read as blanks."""
    pieces = bare.split()
    return len(pieces) > 2 and len(bare) - len(pieces) + 1 <= 2.7 * len(pieces) and any(len(one) == 1 for one in pieces)


def _parted(glued: str) -> list[str]:
    """`professionalexperience` in the words it is made of; as it is when there are others in it."""
    best: list[list[str] | None] = [[]] + [None] * len(glued[:MAX_LETTERS])
    for end in range(1, len(best)):
        for start in range(max(0, end - 20), end):
            before, word = best[start], glued[start:end]
            known = word in FAMILY or (word in FILLERS and len(word) > 1)
            if before is not None and known and (best[end] is None or len(before) < len(best[end] or []) - 1):
                best[end] = [*before, word]
    return best[-1] or [glued]
