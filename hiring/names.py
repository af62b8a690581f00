"""People's names: shown as written, compared folded."""

from __future__ import annotations

import re
import unicodedata

from hiring.errors import Refused

# Letters that no decomposition splits into a base and an accent.
PLAIN = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t"}
)


# They turn what follows around, beyond the name: in a list, a subject line, a sentence. Names need none of them.
TURN_AROUND = re.compile("[\u202a-\u202e\u2066-\u2069]")
# Pasted along from web pages, seen by nobody. Joiners stay: Persian and Indian names are written with them.
INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b\u200e\u200f\u2060-\u2064\ufeff]")


NO_LETTER = re.compile("[^0-9a-z]+")


def fold(name: str) -> str:
    """A name as it is compared and sorted: no accents, no case, one space between words. Folding twice changes nothing."""
    if name.isascii():  # nearly every one, and a list has hundreds of thousands
        return NO_LETTER.sub(" ", name.lower().replace("'", "")).strip()[:200].strip()
    folded = "".join(char for char in name if unicodedata.category(char) != "Cf").casefold()
    for _ in range(2):  # the second round catches what the first one decomposed into something foldable
        split = unicodedata.normalize("NFKD", folded).translate(PLAIN)
        folded = "".join(char for char in split if not unicodedata.combining(char)).casefold()
    words = "".join(char if char.isalnum() else " " for char in folded.replace("'", "").replace("’", ""))
    return " ".join(words.split())[:200].strip()


def clean_name(name: str) -> str:
    """A name as it is shown: printable, single spaces. Raises Refused when nothing is left of it."""
    if name.isascii() and name.isprintable() and (cleaned := " ".join(name.split())[:200].strip()):
        return cleaned
    straight = INVISIBLE.sub("", TURN_AROUND.sub("", name.replace("\x00", "")))
    printable = "".join(" " if unicodedata.category(char) in {"Cc", "Zl", "Zp", "Cs"} else char for char in straight)
    cleaned = " ".join(unicodedata.normalize("NFC", printable).split())[:200].strip()
    if not cleaned:
        raise Refused("A name is needed.")
    return cleaned


def names_agree(one: str, other: str) -> bool:
    """Whether two names can be one person's: the shorter one's words are all among the longer one's."""
    mine, theirs = set(fold(one).split()), set(fold(other).split())
    return bool(mine and theirs) and (mine <= theirs or theirs <= mine)


NICKNAMES = {
    short: name
    for name, shorts in {
        "alexander": "alex alexandre alejandro alessandro aleksander oleksandr sasha sascha xander",
        "andreas": "andrew andy andre andrea andrei andrzej drew",
        "anna": "ana anne annie ann hannah anya",
        "anthony": "tony antonio anton antoine toni",
        "benjamin": "ben benny",
        "catherine": "kate katie kathy katherine katharina catarina caterina katarzyna kasia cathy",
        "charles": "charlie chuck carlos karl carl",
        "christina": "christine cristina tina kristina chris",
        "christopher": "christoph christophe kris",
        "daniel": "dan danny daniele",
        "david": "dave davide",
        "edward": "ed eddie ted eduardo",
        "elizabeth": "liz beth lizzie elisabeth elisabet betty elisa",
        "francis": "frank francesco francisco francois franz paco",
        "frederick": "fred freddy friedrich frederic federico",
        "gabriel": "gabe gabriele",
        "george": "georg jorge georges giorgio jerzy yuri",
        "gregory": "greg gregor",
        "henry": "harry heinrich henri enrique hank",
        "jacob": "jake jakob jacques",
        "james": "jim jimmy jamie",
        "jennifer": "jen jenny",
        "john": "johnny jack jon jonathan johann johannes hans jan juan jean giovanni ivan",
        "joseph": "joe josef jose giuseppe pepe",
        "lawrence": "larry laurent lorenzo lars",
        "louis": "lou luis ludwig luigi lewis",
        "margaret": "maggie meg peggy margarete margarita greta",
        "maria": "marie mary mariya",
        "matthew": "matt matthias matthieu mateo matteo",
        "michael": "mike mick mickey michel miguel michele mikhail",
        "nicholas": "nick nicolas nikolaus nico klaus nikolai",
        "patricia": "pat patty trish",
        "patrick": "paddy",
        "paul": "paolo pablo pavel pawel",
        "peter": "pete pierre pedro pietro piotr",
        "philip": "phil philipp philippe felipe",
        "rebecca": "becky",
        "richard": "rick dick rich ricky ricardo",
        "robert": "bob rob bobby robbie roberto",
        "samuel": "sam sammy",
        "stephen": "steve steven stefan stephan stephane stefano esteban",
        "susan": "sue susanne suzanne",
        "theodore": "theo",
        "thomas": "tom tommy tomas tommaso",
        "timothy": "tim",
        "victoria": "vicky",
        "vladimir": "volodymyr vova",
        "william": "bill will billy wilhelm guillaume guillermo",
    }.items()
    for short in shorts.split()
}
"""Short and foreign forms to one form of a first name. For suspicion only: nobody is merged because of it."""

CYRILLIC = str.maketrans(
    dict(zip("абвгґдезиіїйклмнопрстуфхцыэєъь", [*"abvggdeziiijklmnoprstufhcyee", "", ""], strict=True))
    | {"ж": "zh", "ч": "ch", "ш": "sh", "щ": "shch", "ю": "yu", "я": "ya"}
)
GREEK = str.maketrans(
    dict(zip("αβγδεζηικλμνξοπρσςτυφω", "avgdeziiklmnxoprsstyfo", strict=True)) | {"θ": "th", "χ": "ch", "ψ": "ps"}
)
UMLAUTS = re.compile("([aou])e")
PARTICLES = frozenset(
    ["van", "von", "der", "den", "de", "di", "da", "del", "della", "dos", "la", "le", "al", "el", "bin", "ben"]
)


def romanised(name: str) -> list[str]:
    """A name's words in plain Latin letters: other alphabets written out, both ways of writing an umlaut made one."""
    folded = fold(name).replace("ου", "ou").translate(CYRILLIC).translate(GREEK)
    return [UMLAUTS.sub(r"\1", word) or word for word in folded.split()]


def same_form(word: str) -> str:
    """The one form of a first name: Bob and Roberto are robert."""
    return NICKNAMES.get(word, word)


def surname_keys(name: str) -> set[str]:
    """What two spellings of one person's name share: the surname with the first letter of the first name.

    Either end may be the surname, and the first letter is also that of the name's long form.
    """
    words = [word for word in romanised(name) if word not in PARTICLES] or romanised(name)
    if len(words) < 2:
        return set()
    keys = set()
    for surname, first in ((words[-1], words[0]), (words[0], words[-1])):
        keys |= {f"{surname} {first[0]}", f"{surname} {same_form(first)[0]}"}
    return keys


def likeness(one: str, other: str) -> int:
    """How alike two names are: 2 the same words, 1 one person's with a nickname, an initial or a middle name, 0 neither."""
    mine, theirs = romanised(one), romanised(other)
    if not mine or not theirs:
        return 0
    if sorted(mine) == sorted(theirs):
        return 2 if len(mine) > 1 else 1
    if len(mine) < 2 or len(theirs) < 2:
        return 0
    ends = {(words[0], words[-1]) for words in (mine, [mine[-1], *mine[:-1]])}  # either end may be the surname
    others = {(words[0], words[-1]) for words in (theirs, [theirs[-1], *theirs[:-1]])}
    agree = any(
        surname == their_surname and _one_first_name(first, their_first)
        for first, surname in ends
        for their_first, their_surname in others
    )
    return int(agree)


def _one_first_name(one: str, other: str) -> bool:
    if same_form(one) == same_form(other):
        return True
    short, long = sorted((one, other), key=len)
    return len(short) == 1 and long.startswith(short)
