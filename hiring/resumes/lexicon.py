"""The words that name skills: our own vocabulary first, then a long public list, found in one pass over a text.

Names of the vocabulary are believed wherever they stand (those that are also ordinary words only inside a list). The
public list holds much that is a skill in one line and an ordinary word in the next, so its single words count only where
they look like names.
"""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from hiring import taxonomy
from hiring.resumes.page import folded, words
from hiring.taxonomy import Vocabulary

LONGEST = 60
# Words of the public list, and of headings and ratings around skills, that are never one by themselves.
GENERAL = words(
    """ability able about accept accepted acceptance achieve achieved across act action actions activities activity actual adapt add
    adjust adjustments admin administration adoption advanced adventurous advisory agency agreement agreements aid alarms alert
    alerts alignment ambition analysis analytical android-based any applet application applications approach approval approvals
    apps area areas art assembly assess assessment assessments asset assets assignment assignments assist assure attention
    attributes audience authority availability available average award aware awareness back background backup backups bags
    balance balances bank banks base based basic basics batch beam beauty beginner benefits best beta big bill billing blog blue
    board bonds books brand branch branches break brief briefs broadcast browse bubble budget budgets build building bull busy
    business buying c1 c2 b1 b2 a1 a2 cable cables calendar calendars call calls campaign campaigns cap card cards care career
    case cash catalog catalogue cause center central centre certificate certificates certification chain chains change changes
    channel channels charge chart charts chat check checklist circuit city claims class clean clear client clients clock close
    closing closures code coda coding collect collection combine commitment committee commodities common communication
    communications communities community company compare compensation competence competent competitive complete completion
    compliance component components composer composition concept conference conferences confidence configuration connect
    connection consistency console constraints consultation consumer contact contacts container content contract contracts
    control controls cookies cool coordinate copy core cost costs country course courses coverage craft create creative credit
    culture currencies currency current custom customer customers daily data date dates day days deal decision dedicated
    dedication deep define delegation deliver deliverables deliveries delivery demand department dependencies deposits design
    designs desk detail details deutsch develop development device devices diagnosis did diligent direct discipline disciplined
    discovery discussion display displays document documents dog doors drive driver drives dry duties dynamic dynamics ear early
    ease economy edge education effect effective effectiveness efficiency efficient effort electric elements email emails
    employee employees energetic energy engagement engine engineering english enterprise entertainment environment equipment
    errors essential estimates event events evaluate evaluation events excellent excellence exchange execute executive expect
    experience experienced expert expertise explain export express expression extra extraction fabric face facilities facility
    factor factory facts fair familiar family fancy fashion fast features feed feedback field fields file files filters finance
    financials fire first fit fitness fix fixtures flag flash flat flexibility flexible flow flower flows fluent focus food for
    force forms forth forums foundation foundations frames framework frameworks free french freight frequency fresh friendly
    front fuel full function functional functions fundamentals funds furniture future futures game games gap gas gateway gauge
    general german global goal goals good goods govern government great group growth guide hands hard hardware head health help
    high highly history hobbies home hours human idea ideas image impact implement implementation import improve improvement
    improvements in incident incidents income independent industry influence info information initiative innovation innovative
    input inspection inspections insight insights install integration integrity interest interests interface interfaces
    intermediate internal international internet interviews invest inventory invoices issue issues item items job jobs join
    joint journal key keys kit knowledge label labels labor language languages large law lead leader leading leads learning
    leave legal lessons level levels leverage license light lighting limits line lines link links list lists load loans local
    location logic logs long loop loss machine machines mail maintain maintenance manage management manager manual manufacturing
    map maps market markets master material materials math matrix maximum meals measure measurement media medical meet meeting
    meetings members memory mentor message messages method methodologies methodology methods metrics migration mind minimum
    mission mobile mode model models modern module modules monitor monitoring month months motivated motivation mount move
    multiple music native natural need needs network networks new next notes number objectives objects observation office
    offices offers online open operate operation operations opportunities optimization option options orange order orders
    organisation organised organization organizations organized others outcomes output overview own package packages page pages
    paper part partner partners parts passion patience patient patients payment payments people perform performance permits
    person personal phone photos pick pilot pipe pipeline pipelines place plan planner plans plant plastics platform platforms
    play point points policies policy port portal portfolio position positions positive post power practice practices pragmatic
    precision presentation presentations press pressure price prices pricing principles print printers priority private
    proactive problem problems procedure procedures process processes processing produce product production productivity
    products professional professionalism profile profiles profit program programme programs progress project projects promise
    promotion promotions proof proposal proposals protection protocols prototype prototypes provide provisions public publish
    purchase purpose quality quantities queries query question questions queue quick quotes radio rail ran range ranking rapid
    rate rates ratings ratio ratios reach react-based reading real reasoning receipt recognition recommendation recommendations
    record recording records recovery reduce reduction reference references referrals reflex region register regulations
    relations relationship relationships release releases relevance relevant reliability reliable remote rent repair repairs
    replacement report reporting reports request requests requirement requirements research resolve resource resources respect
    response responsibilities responsibility responsible rest result results retail retention return revenue review reviews
    revision rig risk risks road roads robust role roles room root routes row rules run running safe safety sales sample samples
    sampling satisfaction save savings scale schedule schedules school science scope scores screen script scripts search
    sections sector security segment select self sell senior sense sensitivity series serve server servers service services
    session sessions set setting setup shape share sharing sheets shift shifts shipments shipping shop show sign signal signals
    simple simplicity site sites size sketch skill skills small smart social soft software solution solutions solving sound
    source space spanish speak specialist specialization specific specifications speech speed spin spirit sport sports
    spring-based staff stage stakeholders standard standards start startup startups state statements status steel step stock
    stocks storage store stores stories story strategic strategies strategy stream strength strengths stress strong structure
    structured structures student students studies study style submission success suite summary supplier suppliers supply
    support supported supporting survey surveys sustainable system systems table tables tabs talent target targets task tasks
    tax taxes tea teach team teams teamwork-based tech technical technique techniques technologies technology telephone template
    templates term terms test tests text theory thorough thread threads ticket tickets tie time timelines times tip title tool
    tools top topics total touch tours trace track tracking trade trades traffic training transaction transactions transfer
    transition transparency transport travel tree trees trend trends trial trigger triggers trips trust try turn type types unit
    units update updates upgrade upgrades usage use user users utilities valuation value values van variety vehicle vehicles
    vendor vendors version versions very video videos view views vision visit visits visual voice volume volunteer wages walk
    warehouse warranty water web website websites week welcome well wide will wind window wood word words work worked worker
    workers workflow workflows working workplace works workshop workshops world write writing year years yield young zones etc
    und oder mit sehr gut gute grundlagen fortgeschritten verschiedene diverse others other including such using fluent mother
    tongue native notions bases courant bilingue bon bonne niveau avance nivel alto medio bajo basico goed basis hoch mittel
    stark cdi cdd januar februar marz april mai juni juli august september oktober november dezember janvier fevrier mars avril juin
    juillet aout octobre decembre enero febrero marzo abril mayo junio julio agosto january february march may june july october
    december present heute"""
)  # fmt: skip


@dataclass(frozen=True)
class Hit:
    """A term at a place of the searched text. `name` is empty for a term of the public list; `word` says, with its case, the name
    that is also an ordinary word, and is empty for every other."""

    start: int
    end: int
    term: str
    name: str
    word: str


class Lexicon:
    """Finds terms: `whole` says what a text is as a whole, `hits` what stands in it, the longest first, none overlapping."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        import ahocorasick

        self.known: dict[str, tuple[str, str]] = dict.fromkeys(public_terms(), ("", ""))
        for term in vocabulary.terms():
            for form in _forms(term.text):
                self.known[form] = (term.canonical, term.written if term.only_in_lists else "")
        self.automaton: Any = ahocorasick.Automaton()
        for form in self.known:
            if len(form) > 1:
                self.automaton.add_word(form, form)
        self.automaton.make_automaton()

    def whole(self, low: str) -> tuple[str, str] | None:
        """The canonical name (empty for the public list) of a folded text that is a term, None when it is none."""
        return self.known.get(low) or self.known.get(low.replace("-", " "))

    def hits(self, low: str) -> Iterator[Hit]:
        found = []
        for last, form in self.automaton.iter(low):
            start, end = last + 1 - len(form), last + 1
            if _borders(low, start, end):
                found.append((start, -end, form))
        found.sort()
        reached = 0
        for start, minus_end, form in found:
            if start >= reached:
                reached = -minus_end
                yield Hit(start, reached, form, *self.known[form])


def _borders(low: str, start: int, end: int) -> bool:
    """Not inside a word, an address or a name such as C++ or .NET."""
    before = low[start - 1] if start else " "
    after = low[end] if end < len(low) else " "
    if before.isalnum() or before in "+#@_\\" or after.isalnum() or after in "+#@_":
        return False
    if before == "." and start > 1 and low[start - 2].isalnum():
        return False  # node.js is not js
    if before in "-/" and after in "-/" and start > 1:
        return False
    return not (after == "." and end + 1 < len(low) and low[end + 1].isalnum())


def _forms(text: str) -> set[str]:
    low = folded(" ".join(text.split()))
    return {low, low.replace("-", " ")} if low else set()


@cache
def public_terms() -> frozenset[str]:
    """The list of the package `skill_extractor`, whose code is never imported; empty where it is not installed."""
    found = importlib.util.find_spec("skill_extractor")
    path = (
        Path(found.submodule_search_locations[0]) / "data" / "skills.json"
        if found and found.submodule_search_locations
        else None
    )
    if path is None or not path.exists():
        return frozenset()
    words = json.loads(path.read_text(encoding="utf-8"))
    low = (folded(" ".join(str(word).split())) for word in words)
    return frozenset(
        word for word in low if 1 < len(word) <= LONGEST and word not in GENERAL and not re.fullmatch(r"[\d\W]+", word)
    )


_latest: tuple[Vocabulary, Lexicon] | None = None


def lexicon_of(vocabulary: Vocabulary | None = None) -> Lexicon:
    """The lexicon of a vocabulary, or of the one every installation starts with: made once a process, and again after a change."""
    global _latest
    vocabulary = vocabulary or taxonomy.start().skills
    if _latest is None or _latest[0] is not vocabulary:
        _latest = (vocabulary, Lexicon(vocabulary))
    return _latest[1]
