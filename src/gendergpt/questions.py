"""What a question asks for: its shape, its parts, the noun in its focus.

Rules only; no model. The question is data: nothing in it is ever executed or used as a path.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import StrEnum

from gendergpt import asking
from gendergpt.languages import greets, language, without_request
from gendergpt.names import NUMBERED, SYMBOL, Named, NameKind, named_things
from gendergpt.numbering import Place, places_in, without_pages
from gendergpt.terms import in_english


class Shape(StrEnum):
    """The kind of thing that answers a question."""

    OPEN = "open"
    DEFINITION = "definition"
    CLAIM = "claim"
    FIGURE = "a figure"
    SHARE = "a share or percentage"
    MONEY = "a sum of money"
    DURATION = "a length of time"
    DATE = "a date"
    CONTACT = "contact data"
    PERSON = "a person's name"


@dataclass(frozen=True, slots=True)
class Question:
    """A question, read.

    ``asked`` is what is searched for, ``parts`` the stretches of it (start, end) that ask or tell
    one thing each. ``named`` is what an answer must hold, ``focus`` the nouns that are asked for
    ("salary" in "What is the salary of …?"), ``units`` words of measure. ``own`` is set
    where words of an earlier turn were put before this one's. ``places`` are the numbered places
    and pages of a publication that it asks for.
    """

    text: str
    asked: str
    shape: Shape
    named: tuple[Named, ...] = ()
    focus: tuple[str, ...] = ()
    parts: tuple[tuple[int, int], ...] = ()
    units: tuple[str, ...] = ()
    own: tuple[int, int] | None = None
    places: tuple[Place, ...] = ()


# --- shape ---------------------------------------------------------------------------------------

_PLEASE = re.compile(
    r"(?:,?\s*(?:and\s+)?(?:please|kindly|thanks|thank you)\b[,.]?)"
    r"|(?:\b(?:in|as) (?:one|a|a single|single|two|three|\d) (?:short )?"
    r"(?:paragraph|sentence|line|slide|bullet point)s?\b)"
    r"|(?:\b(?:that )?i (?:can|could|want to|will) (?:put|use|show) (?:it )?(?:on|in|for) "
    r"(?:a|my|the) (?:slide|handout|presentation|training)s?\b)"
    r"|(?:,?\s*\b(?:plus|and|with|together with|give|giving)\s+(?:me\s+)?(?:the|its|their|a) "
    r"(?:sources?|references?|citations?|dates?)\b)"
    r"|(?:,?\s*with (?:dates|sources|references)\b)"
    r"|(?:\bi need (?:\w+ )?(?:arguments|reasons|points)(?: for (?:my |our |the )?\w+)?\b)"
    r"|(?:\bfor (?:a|my|the) (?:slide|handout|presentation)\b)",
    re.IGNORECASE,
)
_MONEY = re.compile(
    r"\b(?:how much (?:money|does|did|do|is|was|will|would|has|have)\b.*"
    r"(?:cost|paid|pay|spend|spent|fund|budget|earn|worth|charge)"
    r"|cost|costs|price|prices|salary|salaries|wage|wages|budget of|fee|fees|fine for"
    r"|paid|pay scale|funding amount|how expensive|in (?:usd|eur|euros?|dollars))\b",
    re.IGNORECASE,
)
_CONTACT = re.compile(
    r"\b(?:phone|telephone|mobile number|hotline|helpline|e-?mail|contact (?:details?|data|number"
    r"|person|point)"
    r"|postal address|street address|website address|number (?:to|i) (?:call|ring|dial))\b",
    re.IGNORECASE,
)
_DURATION = re.compile(
    r"\bhow (?:long|many (?:minutes?|hours?|days?|weeks?|months?|years?))\b"
    r"|\b(?:maximum|minimum|max|longest) (?:time|duration|period|number of (?:minutes|hours"
    r"|days))\b"
    r"|\btime limit\b",
    re.IGNORECASE,
)
_SHARE = re.compile(
    r"\b(?:what|which) (?:share|proportion|fraction)\b|\bper ?cent\b|\bpercentage\b|\bwhat % "
    r"|\b(?:share|proportion) of\b|\b(?:female|women'?s?|male) share\b",
    re.IGNORECASE,
)
_FIGURE = re.compile(
    r"\bhow many\b|\bhow often\b|\b(?:numbe?r|rate|ratio) of\b|\bhead-?count\b", re.IGNORECASE
)
_DATE = re.compile(
    r"^\W*when\b|\bwhat (?:date|year|day)\b|\bwhich (?:date|year|day)\b|\bdeadline\b|\bsince when\b"
    r"|\bwhen (?:was|were|did|is|are|will|does|do|has|have)\b(?! it apply| they)",
    re.IGNORECASE,
)
_PERSON = re.compile(
    r"\bwho(?:'s| is| was| are| were)? (?:currently |now |presently )?"
    r"(?:the |our |your )?(?:current |present |new |now |"
    r"executive |acting )*(?:head|heads|director|chief|commander|minister|president|chair|chairs|"
    r"leader|leads|author|authors|wrote|written|edited|editor|contact|officer in charge)\b"
    r"|\bname of (?:the|our|your) (?:\w+ ){0,4}?(?:head|director|chief|minister|president|officer"
    r"|commander|adviser|advisor|focal point|trainer)\b",
    re.IGNORECASE,
)
_CLAIM = re.compile(
    r"^\W*(?:(?:is it true|can you confirm|confirm) (?:that )?|(?:does|do|did|has|have)\s+"
    r"(?P<who>.{2,80}?)\s(?:say|says|state|states|claim|claims|find|require|requires|show|prove|"
    r"recommend|prohibit|ban|forbid|allow|demand|oblige)s?\s)"
    r"|\b(?:say|says|state|states|claim|claims|prove|confirms?) (?:anywhere )?that\b(?!.*\bwh)"
    r"|\bis (?:that|this|it) (?:true|right|correct|so|a fact)\b|\bwhere does it say\b"
    r"|^(?!.*\b(?:what|which|who|how|why|where|when)\b).*\b(?:less|fewer|better|worse) \w+",
    re.IGNORECASE | re.DOTALL,
)
_DEFINITION = re.compile(
    r"^\W*(?:please )?(?:define|definition)\b|\bwhat (?:does|do) .{2,60} (?:mean|stand for)\b"
    r"|\bdefinition\b"
    r"|\bwhat (?:is|are) (?:the )?(?:difference|meaning)\b|\bmeant by\b|\bdistinguish\b|\bdefine\b"
    r"|^\W*what(?:'s| is| are) (?!the (?:best|number|name|current))(?:an? "
    r"|the )?(?:[\w'’-]+\s?){1,5}\?*$"
    r"|\bwho counts as\b|\bwhat .{2,40} is\b[,.]|\bthe difference between\b",
    re.IGNORECASE,
)
_FOCUS = re.compile(
    r"\bwhat(?:'s| is| are| was| were) the (?P<noun>(?:[\w'’-]+ ){0,3}?[\w'’-]+) (?:of|for|at|to"
    r"|in|on)\b",
    re.IGNORECASE,
)
_WHICH = re.compile(
    r"(?<!\bin )(?<!\bon )(?<!\bto )(?<!\bof )(?<!\bfor )\bwhich (?P<noun>(?!of\b|one\b"
    r"|ones\b)(?:[\w'’-]+ ){0,2}?[\w'’-]+) (?:should|shall|must|can|could|"
    r"would|do|does|did|is|are|was|were|has|have)\b",
    re.IGNORECASE,
)
_NOUN = r"(?P<noun>(?:[\w'’-]+ ){0,2}?[\w'’-]+)"
_HOW_MANY = re.compile(
    rf"\bhow many {_NOUN}(?= (?:are|were|is|was|do|did|does|has|have|had|works?|worked|serves?"
    r"|served|lives?|lived|cross|crossed|took|of|in|at|per)\b|\W*$)",
    re.IGNORECASE,
)
_WHAT_DO = re.compile(
    rf"\bwhat (?:do|does|should|must|can|may) (?:an? |the )?{_NOUN} do\b", re.IGNORECASE
)
_GUIDANCE_ON = re.compile(
    r"\b(?:is|are) there (?:any |some )?(?:\w+ )?(?:guidance|guidelines|rules?|advice|standards?"
    r"|anything) (?:on|about|for) (?P<noun>[\w'’-]+)",
    re.IGNORECASE,
)
_LOOSE_FOCUS = frozenset(
    "difference differences meaning definition role guidance main principal purpose aim aims idea "
    "ideas approach approaches point points reason reasons rule rules guidelines policy position "
    "persons people person groups group publications documents standards kinds kind types type "
    "measures "
    "steps things questions relation connection link relevance evidence problem problems share "
    "proportion percentage "
    "number answer principle principles situation framework concept notion way ways".split()
)
_UNIT = re.compile(r"\bhow many (minutes?|hours?|days?|weeks?|months?|years?)\b", re.IGNORECASE)


def read(text: str, own: tuple[int, int] | None = None) -> Question:
    """Read a question.

    Args:
        text: as the user typed it, perhaps after words of an earlier turn.
        own: where the words of this turn stand in it; what they name and ask for counts alone.
    """
    typed, text = text, text if own is not None else " ".join(without_request(text).split())
    turn = text if own is None else text[slice(*own)]
    core = _interrogative(turn)
    asked = text if own is not None else in_english(_searchable(text) or typed).text
    return Question(
        text=typed,
        asked=asked,
        shape=_whole_shape(turn, core),
        named=_weighed(named_things(without_pages(turn)), named_things(without_pages(core))),
        focus=_focus(core),
        parts=() if own is not None else _parts(asked),
        units=_units(core, turn),
        own=own,
        places=places_in(turn),
    )


_OTHER_WORDS = (
    (re.compile(r"\b(?:UN)?SCR\b"), "Security Council resolution"),
    (re.compile(r"\bpat(?:ted)?[ -]downs?\b", re.IGNORECASE), "body search"),
    (re.compile(r"\blady\b", re.IGNORECASE), "woman traveller"),
    (re.compile(r"\bladies\b", re.IGNORECASE), "women travellers"),
    (re.compile(r"\bfrisk(?:s|ed|ing)?\b", re.IGNORECASE), "search"),
)
"""Words of the trade, and the words for them that guidance uses."""


def _searchable(text: str) -> str:
    """Return a question in the words of guidance, without what only asks kindly."""
    for pattern, words in _OTHER_WORDS:
        text = pattern.sub(words, text)
    return " ".join(_PLEASE.sub(" ", text).split())


def _whole_shape(text: str, core: str) -> Shape:
    """Return the shape of what asks, or, where that is open, one that the whole text settles."""
    shape = _shape(core)
    whole = _shape(text)
    if shape is Shape.OPEN and whole in (Shape.CONTACT, Shape.MONEY, Shape.DURATION):
        return whole
    opens = re.search(r"^\W*(?:what|how)", core, re.IGNORECASE)
    return Shape.CLAIM if shape is Shape.OPEN and _CLAIM.search(text) and not opens else shape


def _weighed(everything: tuple[Named, ...], core: tuple[Named, ...]) -> tuple[Named, ...]:
    loose = (NameKind.PLACE, NameKind.NAME)
    return tuple(
        replace(named, firm=False) if named.kind in loose and named not in core else named
        for named in everything
    )


def _units(core: str, turn: str) -> tuple[str, ...]:
    if language(turn) != "en":
        return asking.units(core)
    return tuple(unit.lower().rstrip("s") for unit in _UNIT.findall(core))


def _shape(text: str) -> Shape:
    if language(text) != "en":
        return Shape[asking.shape_name(text) or "OPEN"]
    tests = (
        (_CONTACT, Shape.CONTACT),
        (_MONEY, Shape.MONEY),
        (_DURATION, Shape.DURATION),
        (_PERSON, Shape.PERSON),
        (_CLAIM, Shape.CLAIM),
        (_SHARE, Shape.SHARE),
        (_FIGURE, Shape.FIGURE),
        (_DATE, Shape.DATE),
        (_DEFINITION, Shape.DEFINITION),
    )
    return next((shape for pattern, shape in tests if pattern.search(text)), Shape.OPEN)


def _focus(text: str) -> tuple[str, ...]:
    person = _PERSON.search(text)
    if person is not None:
        return (re.findall(r"[\w'’-]+", person.group().lower())[-1],)
    patterns = (_FOCUS, _WHICH, _HOW_MANY, _WHAT_DO, _GUIDANCE_ON)
    match = next((found for each in patterns if (found := each.search(text))), None)
    if match is None:
        return ()
    nouns = [noun for noun in match["noun"].lower().split() if len(noun) > 3]
    loose = any(close_to(noun, word) for noun in nouns for word in _LOOSE_FOCUS)
    heads = [noun for noun in nouns if noun not in _NO_HEADS]
    return () if loose else tuple(heads[-1:])


_COUNTED = re.compile(
    r"\b(?:which|what|the|list|name|give) (?P<count>two|three|four|five|six|seven|eight|nine|ten"
    r"|twelve|\d{1,2}) (?:\w+ ){0,2}?(?P<noun>[a-z]{4,}s)\b",
    re.IGNORECASE,
)


def counts(question: Question, text: str) -> bool:
    """Say whether a text tells of as many things as a question asks for ("five approaches")."""
    asked = _COUNTED.search(question.asked)
    if asked is None:
        return False
    same = rf"\b{asked['count']} (?:[\w-]+ ){{0,2}}?{asked['noun']}\b"
    return re.search(same, text, re.IGNORECASE) is not None


_NO_HEADS = frozenset("year month week today three four five seven eight nine main other".split())


def close_to(word: str, other: str) -> bool:
    """Say whether two words are the same but for a slip of the keyboard or an ending."""
    if word == other:
        return True
    if min(len(word), len(other)) < 5 or word[0] != other[0]:
        return False
    return SequenceMatcher(None, word, other).ratio() >= 0.85


_SPLITS = re.compile(
    r"(?<=[.?!;؟])\s+|,?\s+(?:and|but|or)\s+(?=(?:what|which|who|whom|where|when|why|how|does|do"
    r"|is|are"
    r"|can|should|must)\b)",
    re.IGNORECASE,
)


def _parts(asked: str) -> tuple[tuple[int, int], ...]:
    """Return the sentences and co-ordinated questions within a question, if there are several."""
    bounds = [0, *(position for match in _SPLITS.finditer(asked) for position in match.span())]
    bounds.append(len(asked))
    pairs = list(zip(bounds[::2], bounds[1::2], strict=True))
    return tuple(pairs) if len(pairs) > 1 else ()


_SENTENCE = re.compile(r"[^.?!؟]*(?:[.?!؟](?=\S)[^.?!؟]*)*[.?!؟]*\s*")
_ASKS = re.compile(
    r"[?؟]|^\W*(?:what|which|who|whom|whose|when|where|why|how|is|are|was|were|do|does|did|can|could"
    r"|should|may|must|has|have|please|kindly|define|explain|list|name|give|tell|summari[sz]e"
    r"|describe|compare|show|indicate|outline|and|i (?:need|want|would like|am looking for))\b",
    re.IGNORECASE,
)


_ORDINAL_POINT = re.compile(r"(?<=\d)\.(?=\s+[^\W\d_A-ZА-Я])")
"""The point of an ordinal number: "2021. godine"."""


def _interrogative(text: str) -> str:
    """Return the sentences that ask, without those that only tell what they are asked for."""
    if language(text) != "en":
        text = _ORDINAL_POINT.sub("", text)
    sentences = [match.group() for match in _SENTENCE.finditer(text) if match.group().strip()]
    asking = [sentence for sentence in sentences if _ASKS.search(sentence)]
    return " ".join(asking).strip() if asking else text


# --- what answers --------------------------------------------------------------------------------

_HAS_FIGURE = re.compile(
    r"(?<![\d.,])\d+(?:[.,]\d+)*\s?(?:%|per ?cent|percent|million|thousand)"
    r"|(?<![\w/.-])\d{1,3}(?:,\d{3})+\b"
    r"|(?<![\w/.(-])(?!(?:19|20)\d\d\b)\d+(?![\w/.-]*\d)|\b(?:half|a third|a quarter|two thirds"
    r"|none|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|fifty|"
    r"hundred|dozen)\b",
    re.IGNORECASE,
)
_HAS_SHARE = re.compile(
    r"\d\s?%|\bper ?cent\b|\bhalf\b|\b(?:a|one|two|three)[ -](?:third|quarter|fifth)s?\b"
    r"|\bout of \d"
    r"|\bmost\b|\bmajority\b|\b\d+ of (?:the )?\d",
    re.IGNORECASE,
)
_HAS_MONEY = re.compile(
    r"(?:[€$£]\s?\d|\b(?:USD|EUR|CHF|GBP)\s?\d|(?<![\d.,])\d[\d.,]*\s?(?:million |thousand )?"
    r"(?:euros?|dollars?|USD|EUR|CHF|GBP|francs?|pounds?|€|\$))",
    re.IGNORECASE,
)
_HAS_DURATION = re.compile(
    r"\b(?:\d+|one|two|three|four|five|six|seven|eight|ten|twelve|twenty|thirty)[\s-]"
    r"(?P<unit>minute|hour|day|week|month|year)s?\b(?! ago| old)",
    re.IGNORECASE,
)
_HAS_DATE = re.compile(
    r"\b(?:19|20)\d\d\b|\b\d{1,2} (?:January|February|March|April|May|June|July|August|September"
    r"|October|November|December)\b"
)
_HAS_CONTACT = re.compile(r"(?<!\d)\+?\d[\d\s()/-]{6,30}\d|\b[\w.+-]+@[\w-]+\.\w|https?://|\bwww\.")
_HAS_PERSON = re.compile(r"\b[A-Z][a-zé]+(?: [A-Z]\.)? (?:[A-Z][a-zé]+|Mc[A-Z]\w+)\b")
_MARKS = re.compile(r"\((?:\d{1,2}|[a-z]|[ivx]+)\)|\bpp?\.\s?\d+|\bparas?\.\s?\d+(?:-\d+)?|\[\d+\]")
_OPENING_NUMBER = re.compile(r"^\W*\d{1,3}(?:\.\d{1,2})*\.?\s+(?=[A-Z])")
"""A paragraph's own number."""

_DEADLINE = re.compile(r"\b(?:deadline|appl(?:y|ying|ications?)|submit\w*|due)\b", re.IGNORECASE)


def answers_shape(question: Question, text: str) -> bool:
    """Say whether a sentence holds the kind of thing that the question asks for."""
    shape = question.shape
    if _holds_abroad(question, text):
        return True
    bare = _MARKS.sub(" ", NUMBERED.sub(" ", SYMBOL.sub(" ", _OPENING_NUMBER.sub("", text))))
    if shape is Shape.DURATION:
        units = {match["unit"].lower() for match in _HAS_DURATION.finditer(bare)}
        return bool(units & set(question.units)) if question.units else bool(units)
    tests = {
        Shape.SHARE: _HAS_SHARE,
        Shape.FIGURE: _HAS_FIGURE,
        Shape.MONEY: _HAS_MONEY,
        Shape.DATE: _HAS_DATE,
        Shape.CONTACT: _HAS_CONTACT,
        Shape.PERSON: _HAS_PERSON,
    }
    if _DEADLINE.search(question.text) and shape is Shape.DATE:
        return bool(_DEADLINE.search(bare) and _HAS_DATE.search(bare))
    pattern = tests.get(shape)
    return pattern is None or bool(pattern.search(bare))


def _holds_abroad(question: Question, text: str) -> bool:
    """Say whether a sentence in another language holds a length of time, a share or a sum."""
    if text.isascii():
        return False
    if question.shape is Shape.DURATION:
        found = asking.durations(text)
        return bool(found & set(question.units) if question.units else found)
    tests = {Shape.SHARE: asking.has_share, Shape.MONEY: asking.has_money}
    return question.shape in tests and tests[question.shape](text)


_LEGAL = re.compile(
    r"\b(?:search(?:e[ds]|ing)?\b(?!\s+(?:for|engine))|pat-?downs?|frisk\w*|strip|detain\w*"
    r"|detention|"
    r"custody|arrest\w*|hold(?:ing)? (?:a |the |passenger|person|traveller)|law|laws|legal|legally|"
    r"legislation|lawful\w*|illegal|article|court|statute|rights?)\b",
    re.IGNORECASE,
)


def touches_law(text: str) -> bool:
    """Say whether a question is about searches, detention or law."""
    return asking.touches_law_abroad(text) if language(text) != "en" else bool(_LEGAL.search(text))


# --- about the assistant -------------------------------------------------------------------------

_ABOUT = re.compile(
    r"^\W*(?:ok(?:ay)?,?\s+)?(?:thanks?|thank you|cheers)\b[^?]{0,80}$|\bare you (?:there|online"
    r"|awake)\b"
    r"|\b(?:find|get|make|choose|pick) your (?:answers?|sources?|quotations?|quotes?)\b"
    r"|\bask (?:you )?(?:a )?good questions?\b|\bgood question here\b|\byour (?:library|sources)\b"
    r"|^\W*(?:hi|hey|hello|good (?:morning|afternoon|evening|day)|greetings"
    r"|thanks?(?: you)?(?: so much|"
    r" very much| a lot)?|many thanks|ok(?:ay)?|great|bye|goodbye|salut|bonjour|привет|merhaba"
    r"|hola)"
    r"(?: there| all| everyone| gendergpt| team)?\W*$"
    r"|\b(?:who|what) are you\b|\bwhat can you do\b|\bhow do(?:es)? (?:you|gendergpt|this (?:tool|"
    r"assistant|chat|thing)) work\b|\bare you (?:an? )?(?:ai|human|robot|bot|chatgpt|real|person|"
    r"language model|machine)\b|\bwhat(?:'s| is) (?:your (?:name|purpose)|gendergpt)\b"
    r"|\bwho (?:made|"
    r"built|created|wrote|runs) you\b|\bhow (?:can|do|should) i use (?:you|this|gendergpt)\b"
    r"|\bcan you help(?: me)?\W*$|^\W*help(?: me)?\W*$|\bwhat (?:kind|sort|type)s? of questions\b"
    r"|\b(?:which|what) (?:documents|publications|sources|books|files"
    r"|languages)\b.{0,40}\b(?:do you|"
    r"you|are (?:in|loaded)|in (?:the|your) library|can i)\b"
    r"|\bdo you (?:speak|make (?:things|stuff) up|invent|know everything|give legal advice|store|"
    r"keep|remember)\b|\bcan (?:i|we) trust (?:you|your|this|what you)\b|\bwhere do(?:es)? (?:you"
    r"|your) "
    r"(?:get|answers|information)\b|\bwhat(?:'s| is) in (?:the|your) library\b"
    r"|\bwhat do you know\b|\bhow (?:reliable|accurate) are (?:you|your)\b",
    re.IGNORECASE,
)


_LONGEST_ABOUT = 25


def about_assistant(text: str) -> bool:
    """Say whether this is a greeting or a question about the assistant, not about guidance."""
    if len(text.split()) > _LONGEST_ABOUT:
        return False
    return greets(text) or asking.about_assistant_abroad(text) or bool(_ABOUT.search(text.strip()))
