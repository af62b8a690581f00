"""Words that speak of who somebody is, or stand for it, in the languages a criterion or a question may be written in (AI-4).

No criterion may be worded with any of them (pipeline/screening/wording.py); which questions of an application form they make
unlawful, and where, is for hiring/application_form/lawful.py."""

from __future__ import annotations

import re

TONGUES = (
    r"german|english|french|spanish|italian|dutch|portuguese|polish|chinese|mandarin|arabic|russian|turkish|japanese|hindi"
    r"|ukrainian|swedish|danish|greek|czech|korean"
)
SCHOOLS = r"(?:universit(?:y|ies)|unis?|schools?|colleges?)"
FAMOUS = r"(?:harvard|oxford|cambridge|stanford|yale|princeton|mit|eth)"
PEOPLE = (
    r"(?:persons?|people|folks?|individuals?|candidates?|applicants?|employees?|colleagues?|americans?|skin(?:ned)?)"
)

BIRTH = (
    r"native[ -](?:level|fluency|proficiency)|native[ -](?:[\w/]+[ -]){0,3}speak(?:ers?|ing)|(?:speaks? )?native(?:ly)? (?:"
    + TONGUES
    + ")",
    rf"(?:{TONGUES})[ ,(-]+native(?= *(?:$|[,.;)]|speak))|(?:mother|native)[ -](?:tongues?|languages?)",
    r"muttersprach\w*|langue maternelle|(?:locut(?:eur|rice)s?|anglais|allemand|français|francophone|anglophone) nati(?:f|ve)s?",
    r"(?:lengua|idioma) matern[ao]|(?:hablantes?|inglés|alemán|español|francés) nativ[oa]s?",
    r"nativ[oa]s? (?:de |en )?(?:inglés|alemán|español|francés)|madrelingua|lingua madre",
)
AGE = (
    r"age|aged|years? old|year[ -]olds?|young|younger|youthful|elderly|date of birth|born|birth\w*|digital natives?|millennials?",
    r"gen[ -]z",
    r"recent graduates?|graduation year|graduated (?:in|after|before|since)",
    r"junge?[rnms]?|jahre alt|höchstalter|altersgrenze|geburts\w*|geboren\w*|jeunes?|âges?|âgée?s?|joven|jóvenes|edad|nacid[oa]s?",
    r"giovan[ei]|anzian[oaie]|età|nat[oa] (?:nel|il)|data di nascita",
)
SEX = (
    r"gender|sex|male|female|man|woman|men|women|lady|ladies|gentlem[ae]n|pronouns?|sexual\w*|(?:homo|hetero|bi)sexu\w*|gays?|lesbians?",
    r"queer|transgender|non-?binary|männlich\w*|weiblich\w*|mann|frau|männer|frauen|geschlecht|schwul\w*|lesbisch\w*",
    r"hommes?|femmes?|sexe|hombres?|mujer(?:es)?|sexo|uomini|sesso|omosessual\w*",
)
PREGNANCY = (
    r"family planning|pregnan\w*|schwanger\w*|(?:est|être|pas) enceintes?|embaraz\w*|incinta|gravidanz\w*|grossesses?|kinderwunsch",
    r"familienplanung|projets? (?:de maternité|d['’]enfants?)|progetti familiari|planes? familiares",
)
MARITAL = (
    r"married|unmarried|divorced|widow(?:ed|er)?s?|single status|marital|family status|house(?:wife|wives)",
    r"verheiratet\w*|unverheiratet\w*|ledige?|geschieden|alleinerziehend\w*|alleinstehend\w*|familienstand",
    r"mariée?s?|célibataires?|divorcée?s?|état civil|situation (?:de famille|familiale|matrimoniale)",
    r"casad[oa]s?|solter[oa]s?|divorciad[oa]s?|estado civil|stato civile|sposat[oaie]|celib[ei]|nubil[ei]|divorziat[oaie]",
)
CHILDREN = (
    r"children|childless|child[ -]?free|kids|parents?|parenthood|mothers?|fathers?|mums?|moms?|dads?",
    r"mutter|mütter|vater|väter|eltern|kindern?|kinderlos\w*|enfants?|mères?|pères?|hij[oa]s|madres?|padres?|figl[ioae]|genitori",
)
FAMILY = PREGNANCY + MARITAL + CHILDREN
NATIONALITY = (
    r"nationality|nationals|national origin|citizens?(?:hip)?|foreigners?|immigrants?",
    r"staatsangehörig\w*|staatsbürger\w*|nationalität|ausländer\w*|migrationshintergrund|nationalité|nacionalidad|extranjer[oa]s",
    r"nazionalità|cittadinanz[ae]|stranier[oaie]",
)
ETHNICITY = (
    r"ethnic\w*|race|racial|caste|caucasians?",
    rf"(?:black|white|brown|asian|african|arab|hispanic|latin[oax]|roma|(?:dark|light|fair)) *-?{PEOPLE}|skin colou?r",
    r"(?:is|are|be|being|not|no|only) (?:black|asian|african|hispanic|latin[oax])s?(?= *(?:$|[,.;]))",
    r"(?:person|people|wom[ae]n|m[ae]n) of colou?r",
    rf"(?:asian|african|arab|jewish|{TONGUES}) (?:person|descent|origin|ancestry|heritage|blood|passport|national)",
    r"(?:without an?|no|foreign) accent|accent[ -]free|akzentfrei\w*|sans accent|sin acento|social (?:origin|class)",
    r"(?:working|upper)[ -]class",
    r"hautfarbe|(?:dunkel|hell)häutig\w*|ethnisch\w*",
    r"(?:schwarz|weiß|farbig)e[rnms]? (?:person\w*|mensch\w*|bewerber\w*|kolleg\w*)|(?:soziale|deutsche)[rn]? herkunft",
    r"couleur de peau|origine ethnique|(?:personne|candidat)e?s? (?:noire?|blanche?|blanc|arabe|asiatique|de couleur)s?",
    r"color de piel|origen étnico|personas? (?:negra|blanca|asiática|árabe|de color)s?|gitan[oa]s?",
    r"colore della pelle|origine etnica|etni[ae]|razza|razziale|senza accento",
)
ORIGIN = NATIONALITY + ETHNICITY
RELIGION = (
    r"religio\w*|christians?|muslims?|jew|jews|jewish|hindus?|catholics?|protestants?|buddhists?|sikhs?|atheists?|churchgo\w*",
    r"church members?",
    r"headscar(?:f|ves)|hijabs?|konfession\w*|kirchenmitglied\w*|katholi\w*|evangelisch\w*|jüdisch\w*|moslem\w*|muslimisch\w*|kopftuch",
    r"catholiques?|musulman\w*|chrétien\w*|juifs?|juives?|católic[oa]s?|musulmán|cristian[oaie]s?|judí[oa]s?|cattolic[oaie]|ebre[oai]",
)
POLITICS = (
    r"political (?:views?|opinions?|affiliations?|beliefs?)|party members?(?:hip)?|parteimitglied\w*",
    r"politische[rn]? (?:meinung|gesinnung|einstellung)",
    r"opinions? politiques?|(?:opinión|opiniones) políticas?|opinion[ei] politic(?:a|he)|partito politico",
)
UNION = (
    r"union members?(?:hip)?|unionists?|unioni[sz]ed|non-?union|in (?:an?|no|any|the) (?:trade |labou?r )?union",
    r"gewerkschaft(?:er\w*|lich\w*|smitglied\w*)|in (?:der|einer|keiner) gewerkschaft|syndiquée?s?|sindicalistas?|sindicad[oa]s?",
    r"sindacalist[aie]|iscritt[oa] (?:a|al) (?:un )?sindacato",
)
BELIEF = RELIGION + POLITICS + UNION
HEALTH = (
    r"disab\w*|able[ -]bodied|handicap\w*|wheelchair\w*|autis\w*|adhd|dyslexi\w*|neuro(?:divers\w*|divergent|typical)|(?:blind|deaf) "
    + PEOPLE,
    r"healthy|(?:in )?good health|health (?:issues?|problems?|conditions?|status)|medical (?:history|conditions?)",
    r"mental(?:ly)? ill(?:ness(?:es)?)?",
    r"chronic(?:ally)? ill\w*|sick (?:days?|leave)|hiv[ -](?:positive|negative|status)|overweight|obese|physically fit|(?:non-?)?smokers?",
    r"(?:schwer)?behinder(?:t|te|ter|ten|tes|ung|ungen)|gesund|krank|vorerkrankung\w*|krankheitstage|fehltage|(?:nicht)?raucher\w*",
    r"bonne santé|malades?|non-?fumeu\w*|fumeu\w*|buena salud|discapaci\w*|minusválid\w*|enferm[oa]s?|fumador\w*",
    r"disabil[ei]|disabilità|invalid[oaie]|invalidità|buona salute|malat[oaie]|fumator[ei]|fumatric[ei]",
)
CRIMINAL = (
    r"criminal (?:records?|history|convictions?|background)|(?:previous|prior|no) convictions?|convicted|ex-?con(?:vict)?s?|felons?",
    r"police records?",
    r"vorbestraft\w*|vorstrafen?|casier judiciaire|antecedentes penales|precedenti penali|fedina penale",
)
GAPS = (
    r"veteran status|unemployed|arbeitslos\w*|au chômage|desemplead[oa]s?|disoccupat[oaie]",
    r"(?:career|employment|cv|r[eé]sum[eé]|job|work(?: history)?)[ -](?:gaps?|breaks?)",
    r"(?:continuous|uninterrupted) (?:employment|career|work history)",
    r"(?:gaps?|breaks?|holes?|interruptions?) (?:in|between) (?:(?:the|their|your|his|her|an?) )?"
    r"(?:cv|r[eé]sum[eé]|career|employment|work(?:ing)?|jobs?)",
    r"continuously employed|(?:no|on|took|taken?|without|after) (?:parental|maternity|paternity) leave|elternzeit",
    r"lücken? (?:im|in) (?:(?:der|dem|den|ihrem|seinem) )?(?:lebenslauf|werdegang|cv|beruf\w*|erwerbs\w*)",
    r"(?:lebenslauf|erwerbs|beschäftigungs)-?lücken?",
    r"(?:lebenslauf|werdegang|cv) ohne lücken?|lückenlose?[rnms]? (?:lebenslauf|werdegang|cv|beruf\w*|erwerbs\w*|beschäftigung\w*)",
    r"trous? dans (?:le |son |leur |un )?(?:cv|parcours|carrière)|(?:interruption|pause) de carrière",
    r"(?:cv|parcours) sans (?:trous?|interruptions?)",
    r"(?:lagunas|huecos|vacíos) (?:laborales|en (?:el|su) (?:cv|currículum|currículo|carrera))",
)
PAST = CRIMINAL + GAPS
SCHOOLING = (
    rf"elite|prestigious|prestigieu\w*|prestigios[oa]s?|ivy(?:[ -]league)?(?: {SCHOOLS})?|oxbridge|russell group|privately educated",
    r"(?:good|great|best|better|top(?:[ -](?:tier|ranked|rated|\d+))?|leading|renowned|reputable|famous|well-known|excellent|world-class"
    r"|first-class|high(?:ly)?-ranked|respected|target)"
    rf" (?:(?:business|law|technical|engineering|{TONGUES}) )?{SCHOOLS}(?! (?:research|teaching|grades?))",
    rf"top[ -](?:tier )?{SCHOOLS}|{FAMOUS}[ -](?:graduates?|alumn\w+|degrees?|educated)",
    rf"(?:went to|studied at|graduated from|degree from) {FAMOUS}",
    r"(?:gute|top|renommierte|angesehene|führende|beste)[nrms]?[ -](?:uni\w*|hochschulen?|schulen?)",
    r"(?:elite|exzellenz)-?(?:uni\w*|hochschulen?|schulen?)",
    r"(?:bonne|grande|meilleure)s? (?:universités?|écoles?)|universités? (?:réputée|renommée)s?",
    r"(?:buena|mejor)(?:es|s)? universidad(?:es)?",
    r"universidad(?:es)? (?:de prestigio|de élite)",
)


def any_of(*groups: tuple[str, ...]) -> re.Pattern[str]:
    """One pattern for whole words of all these groups."""
    words = "|".join(words for group in groups for words in group)
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)


NATIVE = any_of(BIRTH)
"""Where somebody was born is no level of a language."""
PROTECTED = any_of(BIRTH, AGE, SEX, FAMILY, ORIGIN, BELIEF, HEALTH, PAST, SCHOOLING, (r"photo|postcode|zip code",))
WORK = re.compile(
    r"\b(?:with|for|of|to)\s+(?:children|parents|women|disab\w+|elderly|young people)\b|\bcare (?:of|for) (?:the )?\w+"
    r"|\bdisability support\b|\b(?:mit|für) (?:kindern?|eltern|frauen|jungen menschen|behinderten)\b"
    r"|\b(?:avec|pour|auprès) (?:des |les |d['’])(?:enfants|parents|femmes|jeunes)\b|\bcon (?:niños|mujeres|jóvenes|padres)\b",
    re.IGNORECASE,
)
"""Whom somebody worked with, rather than who somebody is."""
THINGS = re.compile(
    r"\bparent[ -](?:child|compan\w+|organi[sz]ations?|groups?|entit\w+|brands?|accounts?|class\w*"
    r"|process\w*|nodes?|elements?|components?)\b"
    r"|\bmother[ -]?boards?\b|\b(?:maison|société|carte)s?[ -]mères?\b|\b(?:placa|empresa)s? (?:madre|matriz)s?\b"
    r"|\brace conditions?\b|\bdata races?\b|\bman(?:[ -]in[ -]the[ -]middle| pages?)\b|\b(?:fe)?male connectors?\b",
    re.IGNORECASE,
)
"""Things that are called after people."""


def found_in(text: str) -> str:
    """The first words of a text that speak of who somebody is; empty when none do."""
    found = PROTECTED.search(without_work(text))
    return found.group() if found else ""


def without_work(text: str) -> str:
    """A text without what only speaks of the people and things somebody works with."""
    return THINGS.sub(" ", WORK.sub(" ", text))
