"""How a job title, an employer, a degree or a school is recognised in a few words: by its head, its suffix, its kind."""

from __future__ import annotations

import re

from hiring.resumes.page import folded, words

ROLES = words(
    """engineer developer programmer architect manager director head lead leader chief officer president vp ceo cto cfo coo cio cmo
    founder co-founder cofounder owner partner principal associate analyst scientist researcher consultant advisor adviser
    specialist expert coordinator administrator admin supervisor executive assistant secretary receptionist clerk cashier
    accountant auditor bookkeeper controller treasurer banker broker trader underwriter actuary economist statistician
    mathematician physicist chemist biologist geologist technician technologist mechanic electrician plumber welder carpenter
    machinist operator driver pilot captain steward nurse midwife doctor physician surgeon dentist pharmacist therapist
    physiotherapist psychologist psychiatrist counsellor counselor caregiver carer paramedic veterinarian radiographer optician
    dietitian nutritionist teacher lecturer professor tutor instructor trainer educator coach librarian archivist curator
    translator interpreter editor writer copywriter journalist reporter author proofreader designer illustrator animator
    photographer videographer artist musician actor producer filmmaker stylist lawyer attorney solicitor barrister paralegal
    judge notary recruiter sourcer buyer planner scheduler merchandiser salesperson salesman saleswoman representative agent
    marketer strategist chef cook baker waiter waitress bartender barista butcher housekeeper cleaner janitor guard firefighter
    policeman soldier sergeant lieutenant inspector surveyor estimator foreman builder labourer laborer worker intern trainee
    apprentice student volunteer freelancer contractor fellow postdoc evangelist ambassador tester qa sre dba webmaster sysadmin
    devops hostess host guide concierge gardener farmer logistician dispatcher handler picker packer storekeeper warehouseman
    docker postman courier ranger seismologist hydrologist ecologist botanist zoologist astronomer meteorologist cartographer
    geographer historian anthropologist sociologist archaeologist ingenieur ingenieurin entwickler entwicklerin
    softwareentwickler leiter leiterin teamleiter abteilungsleiter projektleiter geschaftsfuhrer geschaftsfuhrerin berater
    beraterin unternehmensberater referent referentin sachbearbeiter sachbearbeiterin kaufmann kauffrau assistentin assistenz
    sekretarin buchhalter buchhalterin mitarbeiter mitarbeiterin techniker technikerin meister mechaniker mechatroniker
    elektroniker elektriker fachkraft pfleger pflegerin krankenschwester krankenpfleger arzt arztin apotheker lehrer lehrerin
    dozent dozentin erzieher erzieherin verkaufer verkauferin einkaufer einkauferin disponent redakteur redakteurin
    wissenschaftler wissenschaftlerin doktorand doktorandin praktikant praktikantin werkstudent werkstudentin auszubildender
    auszubildende azubi architektin anwalt rechtsanwalt steuerberater koch kochin fahrer informatiker informatikerin
    administratorin analystin gestalter gestalterin vertriebsleiter bereichsleiter fuhrungskraft beauftragter ingenieure
    developpeur developpeuse concepteur conceptrice chef cheffe responsable directeur directrice gerant gerante charge chargee
    conseiller conseillere consultante assistante adjoint adjointe comptable controleur controleuse technicien technicienne
    vendeur vendeuse commercial commerciale acheteur acheteuse infirmier infirmiere medecin pharmacien pharmacienne enseignant
    enseignante professeur professeure formateur formatrice educateur educatrice stagiaire apprenti apprentie alternant
    alternante redacteur redactrice traducteur traductrice graphiste juriste avocat avocate cadre agent agente secretaire
    magasinier cuisinier cuisiniere serveur serveuse chercheur chercheuse doctorant doctorante animateur animatrice electricien
    mecanicien gestionnaire analyste architecte coordinateur coordinatrice auxiliaire hotesse caissier caissiere ingeniero
    ingeniera desarrollador desarrolladora programador programadora gerente director directora jefe jefa encargado encargada
    analista consultor consultora asesor asesora tecnico tecnica administrativo administrativa auxiliar asistente contable
    contador contadora auditora enfermero enfermera medico medica farmaceutico profesor profesora maestro maestra docente
    vendedor vendedora dependiente comercial comprador cocinero cocinera camarero camarera becario becaria investigador
    investigadora disenador disenadora redactora periodista abogado abogada coordinador coordinadora supervisora operario
    conductor recepcionista psicologo psicologa arquitecto arquitecta traductor traductora engenheiro engenheira desenvolvedor
    desenvolvedora coordenador coordenadora estagiario estagiaria assistente enfermeiro enfermeira advogado advogada vendedor
    administrador chefe diretor diretora ingegnere sviluppatore sviluppatrice responsabile direttore direttrice impiegato
    impiegata commesso commessa addetto addetta consulente ragioniere infermiere infermiera medico insegnante docente
    tirocinante stagista ricercatore ricercatrice progettista avvocato operaio tecnico cuoco cameriere architetto segretaria
    magazziniere programmatore ontwikkelaar medewerker medewerkster manager directeur adviseur hoofd leidinggevende boekhouder
    verpleegkundige leraar docent onderzoeker stagiair stagiaire verkoper inkoper monteur coordinator teamleider projectleider
    beheerder inzynier programista kierownik specjalista analityk dyrektor ksiegowy ksiegowa asystent asystentka nauczyciel
    koordynator muhendis muhendisi gelistirici yazilimci yonetici yoneticisi mudur muduru uzman uzmani analisti danisman
    danismani ogretmen stajyer hemsire sorumlusu sefi asistani"""
)
ROLE_ENDINGS = (
    "ingenieur", "ingenieurin", "entwickler", "entwicklerin", "leiter", "leiterin", "berater", "beraterin", "kaufmann", "kauffrau",
    "manager", "managerin", "assistent", "assistentin", "techniker", "technikerin", "mechaniker", "pfleger", "pflegerin", "meister",
    "lehrer", "lehrerin", "referent", "referentin", "arbeiter", "arbeiterin", "helfer", "helferin", "fuhrer", "fuhrerin",
    "verkaufer", "planer", "planerin", "prufer", "pruferin", "wirt", "wirtin", "trainer", "analyst", "analystin", "spezialist",
    "spezialistin", "koordinator", "koordinatorin", "gestalter", "gestalterin", "schwester", "anwalt", "anwaltin", "betreuer",
    "betreuerin", "medewerker", "ontwikkelaar", "beheerder", "adviseur", "leider", "kundige", "ologist", "grapher", "trician",
    "keeper", "setter", "fitter", "tester", "smith", "woman", "workers",
)  # fmt: skip
WEAK_ROLE = re.compile(r"^[a-z]{3,}(?:er|or|ist|ian|eer|ant|eur|euse|trice|ista|ador|adora|iere)$")
LEGAL = re.compile(
    r"(?:^|[ ,(])(?:inc|llc|ltd|limited|gmbh|ag|kg|kgaa|se|sa|sas|sasu|sarl|eurl|s\.a|s\.a\.s|s\.a\.r\.l|s\.l"
    r"|s\.l\.u|sl|slu|s\.p\.a|spa"
    r"|s\.r\.l|srl|s\.n\.c|bv|b\.v|nv|n\.v|vof|oy|oyj|ab|aps|a/s|as|asa|sp\. ?z ?o\. ?o|s\.c|pty|plc|llp|lp|corp"
    r"|corporation|co|company"
    r"|holding|holdings|e\.v|ev|mbh|ohg|gbr|ug|e\.k|e\.g|eg|ltda|lda|s\.a\. de c\.v|a\.s|pvt|pte|bhd|k\.k|d\.o\.o"
    r"|s\.r\.o|kft|zrt|stiftung"
    r"|et fils|& fils|& sons|and sons|& co|& partners|& sohne|und sohne|& associes|& figli|e figli|freres|hermanos"
    r"|y asociados|st?i)"
    r"(?:\.|$|[ ,)])"
)
ORGANISATIONS = words(
    """group gruppe groupe grupo gruppo groep university hospital clinic klinik klinikum krankenhaus hopital ospedale ziekenhuis bank
    banque banco banca institute institut instituto istituto ministry ministere ministerium ministerio school schule college
    council agency agentur agence agencia foundation fondation fundacion association verband verein labs laboratory laboratories
    laboratoire technologies technology solutions systems systemes software consulting partners studio studios services
    industries industrie airlines airways logistics logistik transport insurance versicherung versicherungen assurances
    assurance seguros pharma pharmaceuticals energy energie telecom telekom media verlag press publishing bros brothers
    stadtwerke stadt mairie commune ayuntamiento gemeente comune prefeitura government department departement amt behorde
    landesamt bundesamt praxis apotheke hotel restaurant hotels markets stores supermarkt trust authority society federation
    chamber commission ventures capital networks digital analytics robotics motors automotive electronics engineering werke werk
    fabrik bau construction construccion museum theater theatre library bibliothek parliament centre center zentrum academy
    akademie nhs enterprises international worldwide global holding cooperative genossenschaft sparkasse caisse mutuelle
    editions laboratorios farmacia compania sirketi universitat universite universidad universidade universita universiteit
    university's hochschule fachhochschule"""
)
SCHOOL = re.compile(
    r"(?<!\w)(?:universit\w*|uniwersytet\w*|universidad\w*|univ\b\.?|college|school|institut\w*|istituto"
    r"|hochschule\w*|fachhochschule"
    r"|\w*gymnasium|\w*schule|\w*kolleg|polytechni\w*|politecnic\w*|politechnika|academy|academie|akademie|akademia"
    r"|ecole|lycee|iut"
    r"|faculte|faculdade|facultad|facolta|faculty|conservato\w*|liceo|liceu|colegio|escuela|escola|instituto"
    r"|hogeschool|gymnasium"
    r"|\w*school|roc|iit|nit|iiit|iim|bits|mit|eth|epfl|insead|hec|essec|escp|esade|iese|ucl|lse|tu|fh|th|rwth|kit|lmu"
    r"|uc|ucla|caltech"
    r"|cnam|insa|supelec|centralesupelec|ensimag|telecom paris|sciences po|yuksekokulu|lisesi|fakultesi|enstitusu|vidyalaya"
    r"|seminary|campus|studium generale|abendschule|volkshochschule|berufsakademie|duale hochschule|szkola|liceum"
    r"|technikum)(?!\w)"
)
DEGREE = re.compile(
    r"(?<!\w)(?:ph\.? ?d\.?|dphil|d\.?phil|doctor\w*|doktor\w*|doctorat|doctorado|dottorato|promotion"
    r"|dr\. ?\w{2,4}\.|m\.? ?sc?\.?(?: ?\(?hons\)?)?"
    r"|m\.? ?a\.|ma|msc|mba|m\.b\.a\.?|meng|m\.? ?eng\.?|m\.? ?tech\.?|mtech|m\.? ?com\.?|mca|mres|mphil"
    r"|m\.? ?phil\.?|m\.? ?ed\.?|llm|ll\.m\.?"
    r"|llb|ll\.b\.?|mpa|mpp|mfa|b\.? ?sc\.?(?: ?\(?hons\)?)?|bsc|b\.? ?a\.|ba|b\.? ?s\.|bs|beng|b\.? ?e\."
    r"|b\.? ?eng\.?|b\.? ?tech\.?|btech|b\.? ?com\.?"
    r"|bcom|bba|bca|b\.? ?ed\.?|bfa|mbbs|md|jd|j\.d\.|master\w*|maestria|mestrado|magister\w*|magistr\w*|laurea\w*"
    r"|bachelor\w*|licence|licenciatura"
    r"|licenciado|licenciada|licencjat|lisans|yuksek lisans|bacharel\w*|grado|graduado|graduada|posgrado|diplom\w*"
    r"|diploma|dipl\.?[ -]\w{2,6}\.?"
    r"|associate(?:'s)? (?:degree|of)|undergraduate|postgraduate|foundation degree|staatsexamen|abitur|fachabitur"
    r"|matura|baccalaureat|bac\b|bachillerato"
    r"|maturita|a[- ]levels?|gcses?|high school diploma|bts|but|dut|deug|dea|dess|cap|bep|ausbildung(?: zu[mr]?)?"
    r"|lehre|umschulung|mittlere reife"
    r"|realschulabschluss|hauptschulabschluss|ingenieria|ingeniero|ingenieur diplome|titre d'ingenieur"
    r"|diplome d'ingenieur|ingegneria|engineer's degree"
    r"|inzynier|mgr|inz\.?|tecnico superior|formacion profesional|fp|hnd|hnc|btec|nvq|vwo|havo|mbo|hbo|wo"
    r"|propedeuse|doctoraal|degree|certificate|hsc"
    r"|ssc|intermediate|10\+2|class xii|class x|xii|executive mba|mag\.|mim)(?!\w)"
)
NO_TITLE = re.compile(
    r"^(?:full[- ]?time|part[- ]?time|contract|freelance|permanent|temporary|internship|vollzeit|teilzeit|befristet"
    r"|unbefristet|cdi|cdd"
    r"|stage|alternance|jornada completa|tiempo completo|remote|hybrid|on[- ]?site|home office|praktikum"
    r"|responsibilities|duties"
    r"|achievements|key achievements|tasks|aufgaben|missions?|funciones|taken|attivita|tech(?:nologies| stack)?"
    r"|environment|project"
    r"|client|team of \d+|\d+ (?:months?|years?|yrs?|mos?|monate?|jahre?|mois|ans|anos|meses)\b.*|[\W\d]*)$"
)
WORD = re.compile(r"[\w'&+-]+(?:/\w+)?")


def words_of(text: str) -> list[str]:
    return [word.strip("'-&+") for word in WORD.findall(folded(text))]


def title_score(text: str) -> float:
    """How much a short text looks like a job title: 0 to 3."""
    low = folded(text)
    if NO_TITLE.match(low) or len(low) > 90 or LEGAL.search(low) or "@" in low:
        return 0
    words = [part for word in words_of(text) for part in (word.split("/") if "/" in word else [word]) if part]
    if not words or len(words) > 12:
        return 0
    heads = [word for word in words if word in ROLES or word.replace(":in", "") in ROLES]
    if heads or any(len(word) > 7 and word.endswith(ROLE_ENDINGS) for word in words):
        organised = words[-1] in ORGANISATIONS and words[-1] not in ROLES
        return 1.5 if organised else 3 if len(words) <= 8 else 2
    if any(part.endswith(ROLE_ENDINGS) for word in words for part in word.split("-") if len(part) > 5):
        return 2
    return 0.8 if WEAK_ROLE.match(words[-1]) or WEAK_ROLE.match(words[0]) else 0


def employer_score(text: str) -> float:
    """How much a short text looks like an organisation: 0 to 3."""
    low = folded(text).strip(" .,;")
    if NO_TITLE.match(low) or len(low) > 90 or "@" in low:
        return 0
    if LEGAL.search(low):
        return 3
    words = words_of(text)
    if not words or len(words) > 10:
        return 0
    if any(word in ORGANISATIONS for word in words):
        return 2
    if any(
        word.endswith(("werke", "bank", "klinik", "verlag", "versicherung", "soft", "tech"))
        for word in words
        if len(word) > 5
    ):
        return 1.5
    if "&" in low and text[:1].isupper():
        return 1.5
    return 0.5 if text[:1].isupper() or text[:1].isdigit() else 0.2


PARTICLES = words("da de del della di do dos das van von vom zu zur ter ten la le el al bin ben")


def is_prose(text: str) -> bool:
    """A sentence or a part of one, rather than a line of a heading."""
    words = text.split()
    if len(words) > 16 or len(text) > 130:
        return True
    last = words[-1] if words else ""
    shortened = last[:1].isupper() and (len(last) <= 4 or "." in last[:-1])  # Inc., S.Com., Şti.
    if len(words) > 3 and text.endswith((".", ";")) and not shortened and not LEGAL.search(folded(text)[-12:]):
        return True
    if len(words) > 1 and words[0] in PARTICLES and words[1][:1].isupper():
        return False  # da Rosa, van het Heerenveen: a name
    return text[:1].islower() and len(words) > 3 and not LEGAL.search(folded(text))
