"""Invented people with everything a résumé says about them: what is put into the files, and what should come out again."""

from __future__ import annotations

import random
import unicodedata
from dataclasses import dataclass, field

import phonenumbers
from faker import Faker

# Language of names: (Faker locale, phone region, country as written, language of the text)
ORIGINS = {
    "English": ("en_GB", "GB", "United Kingdom", "en"),
    "American": ("en_US", "US", "USA", "en"),
    "German": ("de_DE", "DE", "Deutschland", "de"),
    "French": ("fr_FR", "FR", "France", "fr"),
    "Spanish": ("es_ES", "ES", "España", "es"),
    "Dutch": ("nl_NL", "NL", "Nederland", "nl"),
    "Portuguese": ("pt_BR", "BR", "Brasil", "pt"),
    "Italian": ("it_IT", "IT", "Italia", "it"),
    "Polish": ("pl_PL", "PL", "Poland", "en"),
    "Turkish": ("tr_TR", "TR", "Turkey", "en"),
    "Indian": ("en_IN", "IN", "India", "en"),
    "Vietnamese": ("vi_VN", "VN", "Vietnam", "en"),
    "Chinese": ("en_US", "CN", "China", "en"),
}
REGIONS = ("DE", "FR", "GB", "US", "ES", "NL", "IT", "PL", "TR", "IN", "BR", "PT", "VN", "CN")
CHINESE = "Zhang Wei|Li Xiaoling|Wang Jianguo|Chen Yuting|Liu Haoran|Zhao Meilin|Huang Zihan|Xu Ruoxi|Sun Guoqiang|Ma Tianyu|Zhou Xinyi|Wu Junjie"
TITLES = {
    "en": """Site Reliability Engineer|Growth Marketing Manager|Customer Success Lead|Payroll Specialist|Warehouse Team Leader|Staff Nurse
        |Senior Product Designer|Procurement Officer|Quantity Surveyor|HR Business Partner|Financial Controller|Backend Developer
        |Clinical Research Coordinator|Executive Assistant|Store Manager|Data Scientist|Scrum Master|Technical Writer|Process Engineer
        |Account Executive|Head of Operations|Supply Chain Planner|Penetration Tester|Kindergarten Teacher|Legal Counsel|Tax Adviser
        |QA Lead|Machine Learning Engineer|Event Planner|Service Desk Analyst|Internal Auditor|Fleet Coordinator|Sous Chef
        |Talent Partner|Creative Director|Biomedical Scientist|Facilities Manager|Customs Broker|Loss Adjuster|Chief of Staff""",
    "de": """Projektleiterin Bau|Softwareentwickler|Personalreferentin|Leiter Einkauf|Kauffrau für Büromanagement|Fertigungsplaner
        |Vertriebsingenieur|Pflegedienstleitung|Bilanzbuchhalter|Teamleiterin Logistik|Produktmanager|Systemadministrator
        |Werkstudent Marketing|Qualitätsprüfer|Steuerfachangestellte""",
    "fr": """Chef de produit|Développeur web|Responsable logistique|Chargée de recrutement|Contrôleuse de gestion|Ingénieur qualité
        |Assistante de direction|Directeur de magasin|Infirmière coordinatrice|Conducteur de travaux|Analyste financier
        |Technicien de maintenance|Chef de rang""",
    "es": """Jefa de proyecto|Desarrollador web|Responsable de almacén|Técnica de selección|Contable|Ingeniera de calidad|Asistente de dirección
        |Director de tienda|Enfermera|Analista de riesgos|Consultor SAP|Auxiliar administrativo""",
    "nl": """Projectleider|Softwareontwikkelaar|Teamleider logistiek|Recruitmentadviseur|Boekhouder|Verpleegkundige|Accountmanager
        |Kwaliteitsmedewerker|Docent wiskunde|Inkoper""",
    "pt": """Gerente de projetos|Desenvolvedora web|Coordenador de logística|Analista de recrutamento|Contador|Engenheira de qualidade
        |Assistente administrativo|Gerente de loja|Enfermeiro|Consultora fiscal""",
    "it": """Responsabile di progetto|Sviluppatore web|Addetta alla logistica|Impiegata amministrativa|Contabile|Ingegnere di processo
        |Direttore di negozio|Infermiera|Analista funzionale|Consulente del lavoro""",
}
BARE_EMPLOYERS = """Brightwater|Oakline|Northgate Analytics|Pelican Freight|Lumen & Vale|Kestrel Mobility|Marlowe Health|Tidewell|Fernhill Foods
    |Halden Robotics|Corvid Labs|Sunstone Retail|Aldgate Partners|Blue Heron Hospital|City of Westport|Meridian Trust|Orchard Street School
    |Vantablue|Polar Ridge Energy|Juniper Lane Hotels|Ironbridge Steel|Castellan|Quorum Media|St Brigid's Clinic|Drift & Harbour"""
SKILLS = {
    "tech": """Python|Java|TypeScript|Kotlin|Go|SQL|PostgreSQL|MongoDB|Kafka|Kubernetes|Docker|Terraform|AWS|Azure|React|Vue.js|Django|Spring Boot
        |GraphQL|Elasticsearch|Linux|Git|Jenkins|Ansible|Spark|Airflow|dbt|TensorFlow|PyTorch|Tableau|Power BI|C++|C#|R|Bash|Redis
        |Snowflake|Prometheus|Unit testing|Microservices|REST APIs|CI/CD|Figma|Penetration testing|Incident response""",
    "office": """Budgeting|Financial modelling|IFRS|SAP FI|Excel|Payroll|Recruitment|Onboarding|Employment law|Negotiation|Salesforce|HubSpot
        |Google Analytics|SEO|Copywriting|Event management|Stakeholder management|Procurement|Contract management|Project management|Agile
        |Scrum|Lean management|Six Sigma|Risk assessment|Internal audit|VAT returns|Accounts payable|Forecasting|DATEV|Market research|Jira
        |PowerPoint|Change management|Process mapping|CRM""",
    "hands": """Patient care|Wound care|Triage|Medication management|First aid|CNC milling|AutoCAD|SolidWorks|Welding|Forklift driving
        |Inventory control|Route planning|HACCP|Food hygiene|Stock rotation|Visual merchandising|Lesson planning|Classroom management
        |Quality inspection|Preventive maintenance|PLC programming|Hydraulics|Cash handling|Customer service|Site supervision|Blueprint reading
        |Phlebotomy|Infection control|Team scheduling|GMP""",
}
DEGREES = {
    "en": """BSc in Economics|Bachelor of Arts in History|MSc Computer Science|Master of Business Administration|BEng Mechanical Engineering
        |PhD in Molecular Biology|Bachelor of Nursing|MA in Linguistics|B.Tech in Electronics|Diploma in Hotel Management|LLB|HND in Construction""",
    "de": """Diplom-Kauffrau|B.Sc. Wirtschaftsinformatik|M.Sc. Maschinenbau|Master of Arts Germanistik|Ausbildung zum Industriemechaniker|Abitur
        |Staatsexamen Lehramt""",
    "fr": "Master en finance|Licence de droit|BTS Comptabilité|Diplôme d'ingénieur|Baccalauréat scientifique|DUT Génie civil",
    "es": "Grado en Derecho|Máster en Dirección de Empresas|Licenciatura en Psicología|Ingeniería Informática|Técnico Superior en Enfermería",
    "nl": "Bachelor Bedrijfskunde|Master Informatica|HBO Verpleegkunde|MBO Logistiek",
    "pt": "Bacharelado em Administração|Licenciatura em Matemática|Mestrado em Engenharia Civil|MBA em Gestão",
    "it": "Laurea in Giurisprudenza|Laurea magistrale in Ingegneria Gestionale|Diploma di ragioneria|Master in Marketing",
}
SCHOOLS = {
    "en": """University of Northbridge|Carrow College London|St Hilda's School of Nursing|Eastmarch Institute of Technology|Harlow Business School
        |Delmar State University|Pune Institute of Commerce|Warsaw School of Applied Arts|Bosphorus Technical University|ETH Zurich""",
    "de": "Universität Talheim|Hochschule Nordsee|Technische Universität Werdau|Goethe-Gymnasium Altstadt|FH Rheinbach|Berufsschule Kiel",
    "fr": "Université de Clermont-Ouest|École supérieure de Vannes|IUT de Roanne|Lycée Jules-Renard|INSA Rouen",
    "es": "Universidad de Almenar|Universidad Politécnica de Soria|Instituto Miguel Servet|Escuela de Negocios Levante",
    "nl": "Universiteit Veluwe|Hogeschool Waterland|ROC Twente",
    "pt": "Universidade Federal de Itapema|Faculdade Santa Rita|Instituto Politécnico de Tomar",
    "it": "Università di Valdarno|Politecnico di Pavia|Istituto Tecnico Galilei",
}
SAYS = {
    "en": ["Introduced {a} across the team and cut costs by 14%.", "Responsible for {a} and {b} in a team of nine people.",
           "Ran weekly reviews, answered queries and supported new colleagues at work.", "Worked with {a} to improve quality and speed.",
           "Supported three sites during the move to {a}."],
    "de": ["Einführung von {a} im gesamten Bereich.", "Verantwortlich für {a} und {b} im Team.", "Betreuung von Kunden und Partnern."],
    "fr": ["Mise en place de {a} dans toute l'équipe.", "Suivi des clients avec {a} et {b}.", "Encadrement de quatre personnes."],
    "es": ["Implantación de {a} en todo el equipo.", "Responsable de {a} y {b}.", "Atención a clientes y proveedores."],
    "nl": ["Invoering van {a} binnen het team.", "Verantwoordelijk voor {a} en {b}.", "Begeleiden van nieuwe collega's."],
    "pt": ["Implantação de {a} em toda a equipe.", "Responsável por {a} e {b}.", "Atendimento a clientes e fornecedores."],
    "it": ["Introduzione di {a} in tutto il gruppo.", "Responsabile di {a} e {b}.", "Assistenza ai clienti e ai fornitori."],
}  # fmt: skip
LANGUAGES = {
    "en": {"en": "English", "de": "German", "fr": "French", "es": "Spanish", "it": "Italian", "pl": "Polish", "tr": "Turkish", "hi": "Hindi",
           "zh": "Mandarin", "vi": "Vietnamese", "nl": "Dutch", "pt": "Portuguese"},
    "de": {"en": "Englisch", "de": "Deutsch", "fr": "Französisch", "es": "Spanisch", "it": "Italienisch"},
    "fr": {"en": "Anglais", "fr": "Français", "de": "Allemand", "es": "Espagnol", "it": "Italien"},
    "es": {"en": "Inglés", "es": "Español", "fr": "Francés", "de": "Alemán", "it": "Italiano"},
    "nl": {"en": "Engels", "nl": "Nederlands", "de": "Duits", "fr": "Frans"},
    "pt": {"en": "Inglês", "pt": "Português", "es": "Espanhol", "fr": "Francês"},
    "it": {"en": "Inglese", "it": "Italiano", "fr": "Francese", "de": "Tedesco"},
}  # fmt: skip
LEVELS = {
    "en": {"native": "native", "C1": "C1", "B2": "B2", "fluent": "fluent", "basic": "basic"},
    "de": {"native": "Muttersprache", "C1": "C1", "fluent": "verhandlungssicher", "basic": "Grundkenntnisse"},
    "fr": {"native": "langue maternelle", "C1": "C1", "fluent": "courant", "basic": "notions"},
    "es": {"native": "lengua materna", "C1": "C1", "B2": "B2", "basic": "básico"},
    "nl": {"native": "moedertaal", "C1": "C1", "fluent": "vloeiend", "basic": "basis"},
    "pt": {"native": "nativo", "C1": "C1", "fluent": "fluente", "basic": "básico"},
    "it": {"native": "madrelingua", "C1": "C1", "B2": "B2", "basic": "elementare"},
}  # fmt: skip
CERTIFICATES = """AWS Certified Solutions Architect|PRINCE2 Practitioner|ISTQB Foundation|Certified Scrum Master|CIPD Level 5|First Aid at Work
    |NEBOSH General Certificate|Food Safety Level 3|ITIL Foundation|ACCA Part Qualified|Google Ads Search|Lean Green Belt"""
FREE_HOSTS = "mailbox.example|postkorb.example|correo.example.org|mail.example.com|letterbox.example.net"


def words(text: str) -> list[str]:
    return [" ".join(word.split()) for word in text.split("|")]


@dataclass
class Job:
    title: str
    employer: str
    city: str
    start: str
    end: str | None
    says: list[str] = field(default_factory=list)


@dataclass
class Study:
    degree: str
    school: str
    start: str
    end: str


@dataclass
class Person:
    """The truth of one résumé. Months are ISO; `end` None lasts."""

    origin: str
    language: str
    region: str
    name: str
    email: str
    phone: str
    phone_written: str
    city: str
    country: str
    link: str
    headline: str
    jobs: list[Job]
    studies: list[Study]
    skills: list[str]
    said_skills: list[str]
    languages: list[tuple[str, str, str]]
    certificates: list[tuple[str, str]]
    years: float
    referee: tuple[str, str, str]


def person(rng: random.Random, origin: str) -> Person:
    locale, region, country, language = ORIGINS[origin]
    faker = Faker(locale)
    faker.seed_instance(rng.randrange(10**9))
    name = _name(rng, faker, origin)
    city = _city(faker, origin, rng)
    plain = "".join(
        c for c in unicodedata.normalize("NFKD", name.lower()) if c.isascii() and (c.isalpha() or c == " ")
    ).split()
    local = rng.choice(
        [
            f"{plain[0]}.{plain[-1]}",
            f"{plain[0][0]}{plain[-1]}",
            f"{plain[-1]}{rng.randrange(10, 99)}",
            f"{plain[0]}_{plain[-1]}",
        ]
    )
    number, written = _phone(rng, region)
    area = rng.choice(list(SKILLS))
    skills = rng.sample(words(SKILLS[area]), rng.randrange(7, 13))
    jobs, years = _jobs(rng, faker, language, skills)
    said = sorted({skill for job in jobs for line in job.says for skill in skills if skill in line})
    referee = (Faker("en_GB").name(), "referee.person@elsewhere.example", _phone(rng, "GB")[1])
    spoken = _languages(rng, language)
    certificates = [
        (one, str(rng.randrange(2014, 2025))) for one in rng.sample(words(CERTIFICATES), rng.choice([0, 0, 1, 2]))
    ]
    return Person(
        origin, language, region, name, f"{local}@{rng.choice(words(FREE_HOSTS))}", number, written, city, country,
        f"linkedin.com/in/{'-'.join(plain)}-{rng.randrange(100, 999)}", jobs[0].title, jobs, _studies(rng, language, jobs[-1].start),
        skills, said, spoken, certificates, years, referee,
    )  # fmt: skip


def _name(rng: random.Random, faker: Faker, origin: str) -> str:
    if origin == "Chinese":
        return rng.choice(words(CHINESE))
    first = rng.choice([faker.first_name_female, faker.first_name_male])()
    last = faker.last_name()
    if origin == "Vietnamese":
        return f"{last} {rng.choice(['Thị', 'Văn', 'Minh', 'Ngọc'])} {first.split()[-1]}"
    if origin in ("Spanish", "Portuguese") and rng.random() < 0.6:
        return f"{first} {last} {faker.last_name()}"
    return f"{first} {last}"


def _city(faker: Faker, origin: str, rng: random.Random) -> str:
    if origin == "Chinese":
        return rng.choice(["Shenzhen", "Hangzhou", "Suzhou", "Xiamen", "Qingdao"])
    if origin == "Vietnamese":
        return rng.choice(["Hanoi", "Da Nang", "Can Tho", "Hue"])
    if origin == "Turkish":
        return rng.choice(["Ankara", "Izmir", "Bursa", "Eskişehir", "Trabzon"])
    return str(faker.city())


def _phone(rng: random.Random, region: str) -> tuple[str, str]:
    example = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
    assert example is not None
    digits = str(example.national_number)
    for _ in range(50):
        text = digits[:-6] + "".join(str(rng.randrange(10)) for _ in range(6))
        number = phonenumbers.PhoneNumber(country_code=example.country_code, national_number=int(text))
        if phonenumbers.is_valid_number(number):
            break
    else:
        number = example
    style = rng.choice(["INTERNATIONAL", "INTERNATIONAL", "NATIONAL", "E164"])
    written = phonenumbers.format_number(number, getattr(phonenumbers.PhoneNumberFormat, style))
    if style == "INTERNATIONAL" and rng.random() < 0.25:
        written = written.replace(" ", "-")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), written


def _employer(rng: random.Random, faker: Faker) -> str:
    return str(faker.company()) if rng.random() < 0.55 else rng.choice(words(BARE_EMPLOYERS))


def _title(rng: random.Random, faker: Faker, language: str) -> str:
    if rng.random() < 0.25:
        for _ in range(20):
            job = str(faker.job())
            if "," not in job and "(" not in job and "/" not in job and len(job) < 40 and len(job.split()) < 5:
                return job[0].upper() + job[1:]
    return rng.choice(words(TITLES[language]))


def _jobs(rng: random.Random, faker: Faker, language: str, skills: list[str]) -> tuple[list[Job], float]:
    month = 2026 * 12 + 5 - rng.choice([0, 0, 0, rng.randrange(1, 20)])
    end: int | None = None if month == 2026 * 12 + 5 else month
    made, total = [], 0
    for _ in range(rng.randrange(2, 5)):
        length = rng.randrange(7, 60)
        start = month - length
        says = [
            rng.choice(SAYS[language]).format(a=rng.choice(skills), b=rng.choice(skills))
            for _ in range(rng.randrange(1, 4))
        ]
        made.append(
            Job(
                _title(rng, faker, language),
                _employer(rng, faker),
                str(faker.city()),
                _iso(start),
                None if end is None else _iso(end),
                says,
            )
        )
        total += (2026 * 12 + 5 if end is None else end) - start + 1
        month = start - rng.choice([0, 1, 1, 2, 5])
        end = month
        total -= 1 if end == start else 0
    return made, round(total / 12, 1)


def _iso(month: int) -> str:
    return f"{month // 12:04}-{month % 12 + 1:02}"


def _studies(rng: random.Random, language: str, before: str) -> list[Study]:
    year = int(before[:4]) - rng.choice([0, 0, 1])
    made = []
    for _ in range(rng.randrange(1, 3)):
        length = rng.randrange(2, 5)
        made.append(
            Study(
                rng.choice(words(DEGREES[language])),
                rng.choice(words(SCHOOLS[language])),
                str(year - length),
                str(year),
            )
        )
        year -= length + rng.choice([0, 1])
    return made


def _languages(rng: random.Random, language: str) -> list[tuple[str, str, str]]:
    """(code, level, as written) with the native one first."""
    names, levels = LANGUAGES[language], LEVELS[language]
    others = rng.sample([code for code in names if code != language], rng.randrange(1, 3))
    made = [(language, "native", f"{names[language]} ({levels['native']})")]
    for code in others:
        level = rng.choice([level for level in levels if level != "native"])
        made.append((code, level, f"{names[code]} ({levels[level]})"))
    return made
