"""Taking what came back for what it is: text of a stranger. A strict shape, bounds on everything, and nothing trusted.

Each kind becomes a small dictionary of ours with plain strings. Whatever does not fit the shape is no answer. A passage the model
names as evidence must stand, word for word, in what was sent; else it is marked, and shown as nobody's word. Lines that recommend,
score or speak of what nobody may be judged by are left out and counted.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable
from typing import Any

from hiring.mail.compose import FIELD, MERGE_FIELDS
from hiring.semantic.texts import CONTACTS
from pipeline.assistant.material import Material
from pipeline.assistant.redacting import AGE, GENDER
from pipeline.assistant.server import Trouble
from pipeline.models import AssistantDraft

Kind = AssistantDraft.Kind
Answer = dict[str, Any]

QUOTE = 240
NEEDS = ("must", "should", "bonus")
CRITERION_KINDS = ("skill", "years", "title", "language", "location", "certificate", "statement")
LEFT_FIELD = re.compile(r"\{\{|\}\}|\{%|%\}")

VERDICT = re.compile(
    r"\b(?:recommend\w*|hire|reject(?:ed|ion)?|shortlist\w*|disqualif\w*|advance (?:the|this) (?:person|candidate)"
    r"|(?:strong|weak|poor|perfect|ideal|excellent|good|bad|great) (?:fit|match|candidate)|(?:top|best) candidate"
    r"|not (?:a fit|suitable|qualified)|unsuitable|(?:over|under|un)qualified|scored?|rating|ranked?"
    r"|empfehle\w*|einstellen|ablehnen|absage|geeignet|ungeeignet|recommande\w*|embaucher|rejeter|refuser|rechazar|contratar)\b"
    r"|\b\d{1,3}\s*(?:/|out of|von|sur)\s*(?:5|10|100)\b|\b\d{1,3}\s*% (?:fit|match)",
    re.IGNORECASE,
)
NOT_TO_ASK = re.compile(
    r"\b(?:how old|your age|you born|birth ?(?:day|date|place)|nationalit\w*|citizen\w*|where are you (?:originally )?from|ethnic\w*"
    r"|(?:your|national) origin|native (?:language|speaker|country)|your accent|religio\w*|church|your faith|are you (?:single|married)"
    r"|marital|your (?:husband|wife|partner|spouse|child(?:ren)?|kids|family|health|weight|height|body)"
    r"|(?:have|plan\w*) (?:any )?(?:children|kids)"
    r"|child ?care|pregnan\w*|start a family|family (?:plan\w*|situation|status)|health (?:problem|condition|issue)s?"
    r"|illness\w*|disabilit\w*"
    r"|medical (?:history|condition\w*)|medication|political (?:view|opinion|part)\w*|union member\w*|sexual\w*|gender|military service"
    r"|arrest(?:ed|s)|salary history|(?:current|previous|last|present) (?:salary|pay)|schwanger\w*|haben sie kinder|kinderwunsch"
    r"|verheiratet"
    r"|familienstand|religion|herkunft|krankheit\w*|enceinte|avez-vous des enfants|situation familiale|tiene hijos|embaraz\w*)\b",
    re.IGNORECASE,
)
NO_CRITERION = re.compile(
    r"\b(?:young|youthful|years old|your age|ages?|recent graduate|digital native|native speaker|nationalit\w*|citizen\w*|religio\w*"
    r"|physically fit|good health|able[- ]bodied|attractive|married|elite|ivy league|top (?:school|university)|prestigious|jung\w*"
    r"|muttersprach\w*|jeune)\b",
    re.IGNORECASE,
)


def read(kind: AssistantDraft.Kind | str, text: str, material: Material) -> Answer:
    """The checked answer. Raises Trouble when the model declined, or what it said has not the shape it was asked for."""
    said = _object(text)
    return READERS[Kind(kind)](said, material)


# ---------- Kinds ----------


def _criteria(said: dict[str, Any], material: Material) -> Answer:
    found, left_out = [], 0
    for one in _list(said, "criteria", 1, 20):
        entry = _entry(one)
        text = _line(entry.get("text"), 3, 200)
        need, kind, years = entry.get("need"), entry.get("kind"), entry.get("years")
        if need not in NEEDS or kind not in CRITERION_KINDS:
            raise _misshapen()
        if isinstance(years, bool) or not (years is None or (isinstance(years, (int, float)) and 0 <= years <= 40)):
            raise _misshapen()
        if _improper(text) or NO_CRITERION.search(text):
            left_out += 1
            continue
        quote = _quote(entry.get("quote"), material.part("Advert"))
        found.append({"text": text, "need": need, "kind": kind, "years": years and int(years), **quote})
    return {"criteria": _once(found), "left_out": left_out}


def _summary(said: dict[str, Any], material: Material) -> Answer:
    points, left_out = [], 0
    for one in _list(said, "points", 1, 12):
        entry = _entry(one)
        text = _line(entry.get("text"), 3, 400)
        if _improper(text):
            left_out += 1
            continue
        points.append({"text": text, **_quote(entry.get("quote"), material.part("Résumé"))})
    asked = [_line(one, 3, 300) for one in _list(said, "to_ask", 0, 10)]
    kept = [one for one in asked if not _improper(one) and not NOT_TO_ASK.search(one)]
    return {"points": _once(points), "to_ask": kept, "left_out": left_out + len(asked) - len(kept)}


def _questions(said: dict[str, Any], material: Material) -> Answer:
    found, left_out = [], 0
    for one in _list(said, "questions", 1, 15):
        entry = _entry(one)
        text = _line(entry.get("text"), 5, 400)
        listen_for = _line(entry.get("listen_for", ""), 0, 400)
        if NOT_TO_ASK.search(text) or GENDER.search(text):
            left_out += 1
            continue
        found.append({"text": text, "listen_for": listen_for if not VERDICT.search(listen_for) else ""})
    return {"questions": _once(found), "left_out": left_out}


def _message(said: dict[str, Any], material: Material) -> Answer:
    """A subject and a text with our merge fields only. Links and numbers nobody named are taken out and said."""
    subject = _line(said.get("subject"), 2, 200)
    text = _block(said.get("text"), 10, 4_000)
    unknown = [name for name in FIELD.findall(subject + text) if name not in MERGE_FIELDS]
    wish = material.part("What to say") + material.part("Advert")
    taken = [found for found in CONTACTS.findall(subject + "\n" + text) if found.strip() not in wish]
    subject, text = (_without(one, taken, unknown) for one in (subject, text))
    if LEFT_FIELD.search(FIELD.sub("", subject + text)):
        raise _misshapen()
    return {"subject": subject, "text": text, "left_out": len(taken) + len(unknown)}


READERS: dict[AssistantDraft.Kind, Callable[[dict[str, Any], Material], Answer]] = {
    Kind.CRITERIA: _criteria,
    Kind.SUMMARY: _summary,
    Kind.QUESTIONS: _questions,
    Kind.MESSAGE: _message,
}


def _improper(text: str) -> bool:
    return bool(VERDICT.search(text) or GENDER.search(text) or AGE.search(text))


def _without(text: str, taken: list[str], unknown: list[str]) -> str:
    for one in taken:
        text = text.replace(one, "[…]")
    return FIELD.sub(lambda found: "[…]" if found[1] in unknown else f"{{{{ {found[1]} }}}}", text)


# ---------- Evidence ----------


def _quote(value: object, source: str) -> dict[str, Any]:
    """The passage, and whether it stands in what was sent. Blanks and kinds of quotation marks do not count, words do."""
    quote = _line(value if value is not None else "", 0, 1_000).strip(" \"“”„«»'")[:QUOTE]
    return {"quote": quote, "is_found": len(quote) >= 4 and _same(quote) in _same(source)}


def _same(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(plain.translate({ord(mark): "'" for mark in "’‘`´"}).split())


# ---------- Shape ----------


def _misshapen() -> Trouble:
    sentence = "The language model's answer did not have the shape it was asked for, so it was not kept. Ask again."
    return Trouble("misshapen", sentence, again_in=0)


DECLINES = re.compile(
    r"^\W*(?:i(?:'m| am) sorry|sorry|i can(?:'|no)t|i am (?:unable|not able)|i(?:'m| am) unable|as an ai|i won't|unfortunately"
    r"|es tut mir leid|ich kann (?:das |dies )?nicht|d[ée]sol[ée]|je ne peux pas|lo siento|no puedo)",
    re.IGNORECASE,
)


def _object(text: str) -> dict[str, Any]:
    """The JSON object in an answer, also behind thoughts said aloud or in a fence of Markdown."""
    bare = re.sub(r"^\s*<think(?:ing)?>.{0,200000}?</think(?:ing)?>", "", text, flags=re.DOTALL | re.IGNORECASE).strip()
    fence = re.fullmatch(r"```(?:json)?\s*\n(.*)\n\s*```", bare, re.DOTALL | re.IGNORECASE)
    try:
        said = json.loads(fence[1] if fence else bare)
    except (ValueError, RecursionError):
        said = None
    if isinstance(said, dict):
        return said
    if DECLINES.match(bare.replace("’", "'")):
        raise Trouble(
            "refused", "The language model declined to write this. Write it yourself, or ask again.", declined=True
        )
    raise _misshapen()


def _list(said: dict[str, Any], name: str, least: int, most: int) -> list[Any]:
    value = said.get(name, [] if least == 0 else None)
    if not isinstance(value, list) or not least <= len(value) <= most:
        raise _misshapen()
    return value


def _entry(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _misshapen()
    return value


def _line(value: object, least: int, most: int) -> str:
    return " ".join(_block(value, least, most).split())


def _block(value: object, least: int, most: int) -> str:
    """Text with line breaks, without any other character that cannot be seen."""
    if not isinstance(value, str) or len(value) > most * 2:
        raise _misshapen()
    seen = "".join(letter for letter in unicodedata.normalize("NFC", value) if letter == "\n" or not _unseen(letter))
    plain = "\n".join(" ".join(line.split(" ")).rstrip() for line in seen.splitlines()).strip()
    if not least <= len(plain) <= most:
        raise _misshapen()
    return plain


def _unseen(letter: str) -> bool:
    """Control characters, directional and invisible marks, private and unassigned ones, halves of pairs."""
    return unicodedata.category(letter) in {"Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp"}


def _once(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each text once: models repeat themselves."""
    return list({_same(entry["text"]): entry for entry in reversed(entries)}.values())[::-1]
