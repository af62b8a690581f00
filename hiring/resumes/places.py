"""Where a person lives, or a job was: told by countries, states, postal codes and well-known cities, never guessed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hiring.resumes.outline import Outline
from hiring.resumes.page import Page, folded, phrases, words
from hiring.resumes.profile import Found

COUNTRIES = phrases(
    """germany|deutschland|allemagne|alemania|duitsland|france|frankreich|francia|frankrijk|spain|spanien|espana|espagne|spanje
    |italy|italia|italien|italie|netherlands|the netherlands|nederland|niederlande|pays-bas|holland|belgium|belgique|belgie|belgien
    |austria|osterreich|autriche|switzerland|schweiz|suisse|svizzera|luxembourg|luxemburg|portugal|brazil|brasil|bresil|argentina
    |chile|colombia|peru|mexico|uruguay|ecuador|venezuela|bolivia|poland|polska|polen|pologne|turkey|turkiye|turkei|czech republic
    |czechia|slovakia|hungary|romania|bulgaria|croatia|serbia|slovenia|greece|ukraine|russia|estonia|latvia|lithuania|finland
    |sweden|sverige|norway|norge|denmark|danmark|iceland|ireland|united kingdom|uk|u.k.|great britain|england|scotland|wales
    |northern ireland|united states|united states of america|usa|u.s.a.|us|canada|india|pakistan|bangladesh|sri lanka|nepal|china
    |p.r. china|hong kong|taiwan|japan|south korea|korea|vietnam|viet nam|thailand|malaysia|singapore|indonesia|philippines
    |australia|new zealand|south africa|nigeria|kenya|ghana|egypt|morocco|maroc|tunisia|tunisie|algeria|algerie|israel
    |united arab emirates|uae|saudi arabia|qatar|kuwait|jordan|lebanon|iran|iraq|malta|cyprus|royaume-uni|etats-unis
    |vereinigtes konigreich|reino unido|estados unidos"""
)
STATES = words(
    """al ak az ar ca co ct de fl ga hi id il in ia ks ky la me md ma mi mn ms mo mt ne nv nh nj nm ny nc nd oh ok or pa ri sc sd
    tn tx ut vt va wa wv wi wy dc on qc bc ab mb sk ns nb nl pe nsw vic qld sp rj mg pr"""
)
REGIONS = phrases(
    """alabama|alaska|arizona|arkansas|california|colorado|connecticut|delaware|florida|georgia|hawaii|idaho|illinois|indiana|iowa
    |kansas|kentucky|louisiana|maine|maryland|massachusetts|michigan|minnesota|mississippi|missouri|montana|nebraska|nevada
    |new hampshire|new jersey|new mexico|new york|north carolina|north dakota|ohio|oklahoma|oregon|pennsylvania|rhode island
    |south carolina|south dakota|tennessee|texas|utah|vermont|virginia|washington|west virginia|wisconsin|wyoming|ontario|quebec
    |british columbia|alberta|manitoba|bayern|bavaria|hessen|sachsen|niedersachsen|nordrhein-westfalen|baden-wurttemberg|tirol
    |maharashtra|karnataka|tamil nadu|telangana|gujarat|kerala|punjab|delhi|uttar pradesh|west bengal|haryana|rajasthan
    |ile-de-france|bretagne|occitanie|catalunya|cataluna|madrid|andalucia|comunidad de madrid|lombardia|lazio|toscana|piemonte
    |noord-holland|zuid-holland|utrecht|north brabant|queensland|victoria|new south wales"""
)
CITIES = phrases(
    """berlin|hamburg|munchen|munich|koln|cologne|frankfurt|frankfurt am main|stuttgart|dusseldorf|leipzig|dresden|hannover|nurnberg
    |nuremberg|bremen|essen|dortmund|bonn|mannheim|karlsruhe|augsburg|munster|freiburg|heidelberg|potsdam|aachen|kiel|wien|vienna
    |graz|linz|salzburg|innsbruck|zurich|geneve|geneva|basel|bern|lausanne|luzern|paris|lyon|marseille|toulouse|nice|nantes
    |strasbourg|montpellier|bordeaux|lille|rennes|grenoble|dijon|angers|bruxelles|brussels|antwerpen|antwerp|gent|ghent|luxembourg
    |amsterdam|rotterdam|den haag|the hague|utrecht|eindhoven|groningen|delft|leiden|madrid|barcelona|valencia|sevilla|seville
    |zaragoza|malaga|bilbao|granada|lisboa|lisbon|porto|braga|coimbra|roma|rome|milano|milan|torino|turin|napoli|naples|bologna
    |firenze|florence|venezia|genova|palermo|padova|london|manchester|birmingham|leeds|glasgow|edinburgh|bristol|liverpool|cardiff
    |belfast|sheffield|newcastle|nottingham|cambridge|oxford|reading|dublin|cork|galway|new york|new york city|nyc|los angeles
    |san francisco|chicago|boston|seattle|austin|dallas|houston|denver|atlanta|miami|philadelphia|phoenix|san diego|san jose
    |portland|washington|washington dc|washington, d.c.|minneapolis|detroit|toronto|montreal|vancouver|ottawa|calgary|warszawa
    |warsaw|krakow|wroclaw|poznan|gdansk|lodz|katowice|lublin|istanbul|ankara|izmir|bursa|antalya|praha|prague|brno|budapest
    |bucuresti|bucharest|cluj-napoca|sofia|zagreb|beograd|belgrade|ljubljana|athens|athina|kyiv|kiev|lviv|moscow|tallinn|riga
    |vilnius|helsinki|stockholm|goteborg|gothenburg|malmo|oslo|bergen|kobenhavn|copenhagen|aarhus|reykjavik|mumbai|bombay|delhi
    |new delhi|bangalore|bengaluru|hyderabad|chennai|pune|kolkata|ahmedabad|gurgaon|gurugram|noida|jaipur|kochi|karachi|lahore
    |dhaka|colombo|kathmandu|beijing|shanghai|shenzhen|guangzhou|hangzhou|chengdu|nanjing|wuhan|hong kong|taipei|tokyo|osaka
    |seoul|hanoi|ho chi minh city|da nang|saigon|bangkok|kuala lumpur|singapore|jakarta|manila|sydney|melbourne|brisbane|perth
    |adelaide|auckland|wellington|cape town|johannesburg|lagos|nairobi|accra|cairo|casablanca|rabat|tunis|algiers|tel aviv|dubai
    |abu dhabi|riyadh|doha|sao paulo|rio de janeiro|belo horizonte|curitiba|porto alegre|brasilia|buenos aires|cordoba|santiago
    |bogota|medellin|lima|quito|ciudad de mexico|mexico city|guadalajara|monterrey|montevideo|caracas"""
)
REGION_OF = {
    name: region
    for region, names in {
        "DE": "germany|deutschland|allemagne|alemania|duitsland", "FR": "france|frankreich|francia|frankrijk",
        "ES": "spain|espana|spanien", "IT": "italy|italia|italien",
        "NL": "netherlands|the netherlands|nederland|niederlande|pays-bas", "BE": "belgium|belgique|belgie",
        "AT": "austria|osterreich", "CH": "switzerland|schweiz|suisse|svizzera", "PT": "portugal", "BR": "brazil|brasil",
        "PL": "poland|polska", "TR": "turkey|turkiye", "GB": "united kingdom|uk|england|scotland|wales", "IE": "ireland",
        "US": "united states|usa|us", "CA": "canada", "IN": "india", "CN": "china", "VN": "vietnam|viet nam",
        "MX": "mexico", "AR": "argentina", "SE": "sweden|sverige", "NO": "norway|norge", "DK": "denmark|danmark",
        "FI": "finland", "CZ": "czech republic|czechia", "RO": "romania", "UA": "ukraine", "AU": "australia",
        "NZ": "new zealand", "ZA": "south africa", "NG": "nigeria", "KE": "kenya", "MA": "morocco|maroc",
        "TN": "tunisia|tunisie", "AE": "united arab emirates|uae", "SG": "singapore", "PH": "philippines", "PK": "pakistan",
        "JP": "japan",
    }.items()
    for name in names.split("|")
}  # fmt: skip
LABEL = re.compile(
    r"(?:location|address|adresse|anschrift|wohnort|domicile|ville|city|direccion|domicilio|residencia|ubicacion"
    r"|localidad|adres"
    r"|woonplaats|morada|endereco|localidade|indirizzo|residenza|based in|lives in|living in|residence|home"
    r"|miejscowosc|lokalizacja"
    r"|konum|sehir|lieu|ort|standort|place)[ ]?[:\-–][ ]?"
)
POSTAL = re.compile(
    r"(?:(?:[a-z]{1,2}-)?[0-9]{4,6}(?:-[0-9]{3,4})?|[0-9]{2}-[0-9]{3}|[0-9]{4} ?[a-z]{2}"
    r"|[0-9]{3} [0-9]{2}) (?P<city>[a-z][a-z .'\-/]{2,40})"
)
US_POSTAL = re.compile(r"(?<=[ ,][A-Z]{2}) \d{5}(?:-\d{4})?$")
UK_POSTAL = re.compile(r",? ?[a-z]{1,2}[0-9][a-z0-9]? ?[0-9][a-z]{2}$")
STREET = re.compile(
    r"(?:str\.|strasse|straße|street|road|avenue|\bave\b|\brue\b|\bcalle\b|\bvia\b|weg\b|platz\b|allee\b|laan\b"
    r"|straat\b|\blane\b|drive"
    r"|boulevard|\bbd\b|gasse\b|\brua\b|piazza|sokak|cadde|\bul\.|\bplaza\b|\bcourt\b|\bclose\b|chemin|impasse"
    r"|\bpaseo\b|\bavenida\b)"
)
CONTACT_LINE = re.compile(r"@|https?:|www\.|linkedin|github|\+[0-9]{2}|[0-9]{6,}|tel|phone|mobil")
OPENS = re.compile(
    r"(?:address|adresse|anschrift|wohnort|location|direccion|domicilio|adres|woonplaats|endereco|indirizzo|residenza)[ ]+(?=\S)"
)
PIECE = re.compile(r"(?:[^|•·\t;/]|/(?! )|(?<! )/)+")
FIRM = re.compile(r"(?<!\w)(?:inc|llc|llp|ltd|gmbh|corp|plc|s\.a|b\.v|sp\. z o)\b")
AROUND_DASH = re.compile(r"\s[–—]\s")
DASHED = re.compile(r"(?:[^|•·\t;–—]|(?<! )[–—])+")
NAME_OF_PLACE = re.compile(r"[^\W\d_](?:[^\W\d_]|[ .'’\-/]){1,45}")


def place_score(piece: str) -> float:
    """How much a short text looks like a place and nothing else: 0 to 1."""
    piece = US_POSTAL.sub("", piece.strip(" .,;:-–()"))
    low = UK_POSTAL.sub("", folded(piece))
    if not low or len(low) > 70:
        return 0
    if low in ("remote", "home office", "homeoffice", "hybrid", "teletravail", "remoto"):
        return 0.7
    if low in COUNTRIES or low in CITIES:
        return 0.8
    parts = [part.strip() for part in re.split(r"[,/–]|\s-\s|\(|\)", low) if part.strip()]
    if any(FIRM.search(part) for part in parts):
        return 0
    postal = POSTAL.fullmatch(parts[0]) if parts else None
    if postal and len(parts) <= 3:
        return 0.85
    if not 2 <= len(parts) <= 4 or not all(NAME_OF_PLACE.fullmatch(part) or part in STATES for part in parts):
        return 0
    last = re.sub(r" [0-9]{4,6}(?:-[0-9]{4})?$", "", parts[-1])
    known = last in COUNTRIES or last in REGIONS or (last in STATES and piece[-1:].isupper())
    if known and len(parts) > 2 and not (parts[0] in CITIES or parts[-2] in STATES or parts[-2] in REGIONS):
        return 0.8  # `Quill Bank, Lyon, France` has the same shape as `Croix-Rousse, Lyon, France`
    if known:
        return 0.9 if len(parts[0].split()) <= 4 else 0.4
    if parts[0] in CITIES:
        return 0.7
    return 0.75 if last in ("remote", "hybrid") else 0


# `Lyon, France (Home)`: which of the person's places it is.
OF_WHAT = re.compile(r"\s?\((?:home|work|private|privat|wohnung|domicile|domicilio|casa|prive|current)\)\s*$")


def location(sections: Outline, name: Found | None) -> Found | None:
    """Where the person says to live: behind a label, else a place in the top lines or under the personal details."""
    page = sections.page
    best: tuple[float, int, int] | None = None
    for rank, (start, end, near) in enumerate(_pieces(sections)):
        score = near
        low = page.folded[start:end]
        label = LABEL.match(low) or LABEL.search(low) or OPENS.match(low)
        if label:
            start += label.end()
            score += 1
        if kind := OF_WHAT.search(page.folded, start, end):
            end = kind.start()
        piece = page.text[start:end]
        if CONTACT_LINE.search(folded(piece)) or not piece.strip():
            continue
        start, end = _without_street(page, start, end)
        value = place_score(page.text[start:end])
        score += value - rank * 0.01
        if (value >= 0.6 or (label and 2 < end - start < 60)) and (best is None or score > best[0]):
            best = (score, start, end)
    if best is None:
        return None
    return page.trimmed(best[1], best[2], 0.9 if best[0] > 1.2 else 0.7)


def region_of(place: Found | None) -> str | None:
    """The country of a place as ISO 3166, when it names one we know."""
    return REGION_OF.get(folded(place.value).rsplit(",", 1)[-1].strip(" .")) if place else None


def _pieces(sections: Outline) -> Iterator[tuple[int, int, float]]:
    lines = [line for line in sections.lines if not line.is_blank and not line.is_heading]
    for index, line in enumerate(lines):
        near = 0.4 if line.family in ("top", "personal") else 0
        elsewhere = line.family in ("experience", "education", "references", "projects", "skills")
        labelled = LABEL.match(sections.page.folded, line.start, line.end)
        if line.end - line.start > 200 or (not labelled and (index > 6 if elsewhere else index > 60)):
            continue
        between = DASHED if len(AROUND_DASH.findall(sections.page.text[line.start : line.end])) > 1 else PIECE
        for piece in between.finditer(sections.page.text, line.start, line.end):
            yield piece.start(), piece.end(), near


def _without_street(page: Page, start: int, end: int) -> tuple[int, int]:
    """`12 Rue X, 69001 Lyon, France` from the city on."""
    low = page.folded[start:end]
    postal = next((m for m in POSTAL.finditer(low) if place_score(low[m.start() :])), None)
    if postal:
        return start + postal.start("city"), end
    comma = low.find(",")
    if comma > 0 and (STREET.search(low[:comma]) or any(c.isdigit() for c in low[:comma])):
        return _without_street(page, start + comma + 1, end)
    return start, end
