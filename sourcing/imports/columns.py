"""What the columns of a list can be, and guessing it from the words above them in several languages."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hiring.names import fold


@dataclass(frozen=True)
class Field:
    """Something a column can hold. `many`: several columns may hold it, and a cell several of it."""

    key: str
    label: str
    words: str
    many: bool = False


FIELDS = (
    Field(
        "name",
        "Full name",
        "name|full name|candidate|candidate name|person|contact|nom complet|nom et prenom|candidat|"
        "vollstandiger name|vor und nachname|bewerber|kandidat|nombre completo|nombre y apellidos|"
        "candidato|nome completo|nome e cognome|volledige naam|naam|imie i nazwisko",
    ),
    Field(
        "first_name",
        "First name",
        "first name|firstname|given name|given|forename|prenom|vorname|nombre|nome|nome proprio|voornaam|imie",
    ),
    Field(
        "last_name",
        "Last name",
        "last name|lastname|surname|family name|family|nom|nom de famille|nachname|familienname|"
        "apellido|apellidos|cognome|sobrenome|apelido|achternaam|nazwisko",
    ),
    Field(
        "email",
        "E-mail address",
        "email|e mail|mail|email address|e mail address|work email|personal email|primary email|"
        "other email|adresse mail|adresse email|adresse e mail|courriel|e mail adresse|correo|"
        "correo electronico|email privata|posta elettronica|indirizzo email|endereco de email|"
        "emailadres|e mailadres|adres email",
        True,
    ),
    Field(
        "phone",
        "Phone number",
        "phone|telephone|mobile|cell|phone number|mobile number|mobile phone|tel|portable|"
        "numero de telephone|telephone portable|telefon|telefonnummer|handy|mobil|mobiltelefon|"
        "rufnummer|telefono|movil|celular|numero de telefono|cellulare|numero di telefono|telefone|"
        "telemovel|telefoon|telefoonnummer|mobiel|numer telefonu|komorka",
        True,
    ),
    Field(
        "link",
        "Profile link",
        "link|linkedin|linkedin url|linkedin profile|profile|profile url|profile link|url|website|"
        "github|github url|portfolio|xing|site web|profil|profil linkedin|webseite|enlace|perfil|"
        "perfil de linkedin|sitio web|sito web|profilo|sito|profiel",
        True,
    ),
    Field(
        "headline",
        "Headline or title",
        "headline|title|job title|current title|position|current position|role|occupation|titre|"
        "poste|intitule du poste|fonction|titel|berufsbezeichnung|stelle|beruf|puesto|cargo|titulo|"
        "ruolo|posizione|qualifica|functie|functietitel|stanowisko",
    ),
    Field(
        "company",
        "Employer",
        "company|employer|current company|current employer|organisation|organization|company name|"
        "entreprise|societe|employeur|unternehmen|firma|arbeitgeber|empresa|compania|azienda|"
        "societa|datore di lavoro|bedrijf|werkgever|pracodawca",
    ),
    Field(
        "location",
        "Location",
        "location|city|place|address|town|based in|ville|lieu|localisation|ort|stadt|wohnort|"
        "standort|ciudad|ubicacion|localidad|citta|luogo|localita|cidade|localizacao|plaats|"
        "woonplaats|stad|miasto|lokalizacja",
    ),
    Field(
        "tags",
        "Tags",
        "tag|tags|labels|keywords|etiquettes|mots cles|schlagworte|stichworte|etiquetas|etichette|tagi",
        True,
    ),
    Field(
        "source_note",
        "Where from, in detail",
        "source|source detail|origin|quelle|origine|fuente|origen|fonte|bron|herkomst|zrodlo",
    ),
    Field(
        "owner",
        "Owner",
        "owner|recruiter|assigned to|responsable|recruteur|verantwortlich|recruiter name|responsabile|"
        "responsable rh|eigenaar",
    ),
    Field(
        "notes",
        "Note",
        "note|notes|comment|comments|remarks|remarques|commentaire|commentaires|notiz|notizen|"
        "bemerkung|bemerkungen|nota|kommentar|notas|comentarios|observaciones|commenti|osservazioni|"
        "opmerkingen|notities|uwagi|notatki",
        True,
    ),
    Field(
        "file",
        "Name of the résumé file",
        "file|filename|file name|resume|cv|resume file|cv file|document|attachment|fichier|"
        "nom du fichier|datei|dateiname|archivo|fichero|file cv|bestand",
    ),
)
BY_KEY = {field.key: field for field in FIELDS}
MANY = {field.key for field in FIELDS if field.many}
GUESSES = {word: field.key for field in reversed(FIELDS) for word in field.words.split("|")}


def signature(headers: Sequence[str]) -> str:
    """Two lists with the same columns in the same order have the same one."""
    return hashlib.sha256("\x1f".join(fold(header) for header in headers).encode()).hexdigest()


def guess(header: str) -> str:
    """What a column of this name probably holds; empty when nobody can tell."""
    words = fold(header)
    if found := GUESSES.get(words):
        return found
    without_number = words.rstrip("0123456789 ")  # e-mail 1, phone 2
    if found := GUESSES.get(without_number):
        return found
    for part in (word for word in words.split() if len(word) > 3):
        if (found := GUESSES.get(part)) and found in MANY - {"tags", "notes"}:
            return found
    return ""


def guesses(headers: Sequence[str], *, with_files: bool = False, own: Mapping[str, str] | None = None) -> list[str]:
    """What each column probably is. What only one column can be, the first one gets; a lone surname column says what `name` means.

    `own` are the organisation's own fields, folded name to key: a column called like one of them is that one.
    """
    own = own or {}
    taken: set[str] = set()
    found = []
    for header in headers:
        key = own.get(fold(header)) or guess(header)
        if key == "file" and not with_files:
            key = ""
        if key in taken and key not in MANY:
            key = ""
        taken.add(key)
        found.append(key)
    if "last_name" in taken and "first_name" not in taken and "name" in found:
        found[found.index("name")] = "first_name"  # Name, Surname
    if found.count("last_name") == 1 and "first_name" not in found and "name" not in found:
        found[found.index("last_name")] = "name"  # "Nom" alone is the whole name
    if found.count("first_name") == 1 and "last_name" not in found and "name" not in found:
        found[found.index("first_name")] = "name"
    return found


def looks_like_header(row: Sequence[str]) -> bool:
    """Whether a first row names columns: it says a word we know, and holds no address and no number of its own."""
    cells = [cell.strip() for cell in row if cell.strip()]
    if not cells or any("@" in cell or "://" in cell for cell in cells):
        return False
    if any(guess(cell) for cell in cells):
        return True
    return all(not any(char.isdigit() for char in cell) for cell in cells) and len(cells) > 1 and len(cells) == len(row)
