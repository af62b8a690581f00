"""The names of spoken languages in the languages résumés are written in."""

from __future__ import annotations

import re

NAMES = {
    "en": "english englisch anglais ingles engels inglese angielski ingilizce",
    "de": "german deutsch allemand aleman duits alemao tedesco niemiecki almanca",
    "fr": "french franzosisch francais frances frans francese francuski fransizca",
    "es": "spanish spanisch espagnol espanol spaans espanhol spagnolo hiszpanski ispanyolca castellano castilian",
    "it": "italian italienisch italien italiano italiaans wloski italyanca",
    "pt": "portuguese portugiesisch portugais portugues portugees portoghese portugalski portekizce",
    "nl": "dutch niederlandisch neerlandais neerlandes holandes nederlands olandese niderlandzki flemish flamand hollandisch",
    "pl": "polish polnisch polonais polaco pools polacco polski lehce",
    "tr": "turkish turkisch turc turco turks turecki turkce",
    "ru": "russian russisch russe ruso russo rosyjski rusca",
    "uk": "ukrainian ukrainisch ukrainien ucraniano ucraino oekraiens ukrainski",
    "cs": "czech tschechisch tcheque checo ceco tsjechisch czeski",
    "sk": "slovak slowakisch slovaque eslovaco",
    "hu": "hungarian ungarisch hongrois hungaro ungherese hongaars",
    "ro": "romanian rumanisch roumain rumano rumeno roemeens romana",
    "bg": "bulgarian bulgarisch bulgare bulgaro",
    "hr": "croatian kroatisch croate croata",
    "sr": "serbian serbisch serbe serbio",
    "sv": "swedish schwedisch suedois sueco svedese zweeds svenska",
    "da": "danish danisch danois danes deens dansk",
    "no": "norwegian norwegisch norvegien noruego noors norsk",
    "fi": "finnish finnisch finnois fines fins suomi",
    "el": "greek griechisch grec griego greco grieks",
    "ar": "arabic arabisch arabe arabo arapca",
    "he": "hebrew hebraisch hebreu hebreo",
    "fa": "persian persisch persan farsi",
    "hi": "hindi", "bn": "bengali bangla", "ta": "tamil", "te": "telugu", "mr": "marathi", "gu": "gujarati", "pa": "punjabi panjabi",
    "ur": "urdu", "kn": "kannada", "ml": "malayalam", "or": "odia oriya", "ne": "nepali", "si": "sinhala",
    "zh": "chinese mandarin chinesisch chinois chino cinese chinees cantonese chinski cince putonghua",
    "ja": "japanese japanisch japonais japones giapponese japans japonca",
    "ko": "korean koreanisch coreen coreano koreaans",
    "vi": "vietnamese vietnamesisch vietnamien vietnamita vietnamees",
    "th": "thai", "id": "indonesian bahasa indonesisch", "ms": "malay malaiisch", "tl": "tagalog filipino", "sw": "swahili kiswahili",
    "ca": "catalan katalanisch catala", "eu": "basque euskera baskisch", "gl": "galician gallego galego", "la": "latin latein",
    "sq": "albanian albanisch", "lt": "lithuanian litauisch", "lv": "latvian lettisch", "et": "estonian estnisch",
    "af": "afrikaans", "ka": "georgian georgisch", "hy": "armenian armenisch", "ga": "irish gaelic", "cy": "welsh",
}  # fmt: skip
CODE = {name: code for code, names in NAMES.items() for name in names.split()}
SPOKEN = re.compile(rf"(?<!\w)(?:{'|'.join(sorted(CODE, key=len, reverse=True))})(?!\w)")
