"""What a question asks for: its shape, the things it names, and what it refers back to.

Rules only; no model. The question is data: nothing in it is ever executed or used as a path.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import StrEnum

from gendergpt.places import places


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


class NameKind(StrEnum):
    """What a question names."""

    YEAR = "year"
    NUMBER = "number"
    NUMBERED = "numbered"
    SYMBOL = "symbol"
    PLACE = "place"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Named:
    """A thing that a question names and that an answer to it must hold.

    ``forms`` are the normal forms under which :func:`names_in` would find it in a text; one of
    them is enough. ``firm`` is False for places and names that only stand in the story around the
    question ("I work at an airport in Greece. How …?").
    """

    kind: NameKind
    text: str
    forms: frozenset[str]
    firm: bool = True


@dataclass(frozen=True, slots=True)
class Question:
    """A question, read.

    ``asked`` is what is searched for, ``parts`` the stretches of it (start, end) that ask or tell
    one thing each. ``named`` is what an answer must hold, ``focus`` the nouns that are asked for
    ("salary" in "What is the salary of …?"), ``units`` words of measure. ``own`` is set
    where words of an earlier turn were put before this one's.
    """

    text: str
    asked: str
    shape: Shape
    named: tuple[Named, ...] = ()
    focus: tuple[str, ...] = ()
    parts: tuple[tuple[int, int], ...] = ()
    units: tuple[str, ...] = ()
    own: tuple[int, int] | None = None


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
    r"\b(?:phone|telephone|mobile number|hotline|helpline|e-?mail|contact (?:details?|data|number|person|point)"
    r"|postal address|street address|website address|number (?:to|i) (?:call|ring|dial))\b",
    re.IGNORECASE,
)
_DURATION = re.compile(
    r"\bhow (?:long|many (?:minutes?|hours?|days?|weeks?|months?|years?))\b"
    r"|\b(?:maximum|minimum|max|longest) (?:time|duration|period|number of (?:minutes|hours|days))\b"
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
    r"\bwho(?:'s| is| was| are| were)? (?:the |our |your )?(?:current |present |new |now |"
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
    r"^\W*(?:please )?(?:define|definition)\b|\bwhat (?:does|do) .{2,60} mean\b|\bdefinition\b"
    r"|\bwhat (?:is|are) (?:the )?(?:difference|meaning)\b|\bmeant by\b|\bdistinguish\b|\bdefine\b"
    r"|^\W*what(?:'s| is| are) (?!the (?:best|number|name|current))(?:an? |the )?(?:[\w'’-]+\s?){1,5}\?*$"
    r"|\bwho counts as\b|\bwhat .{2,40} is\b[,.]|\bthe difference between\b",
    re.IGNORECASE,
)
_FOCUS = re.compile(
    r"\bwhat(?:'s| is| are| was| were) the (?P<noun>(?:[\w'’-]+ ){0,3}?[\w'’-]+) (?:of|for|at|to|in|on)\b",
    re.IGNORECASE,
)
_WHICH = re.compile(
    r"(?<!\bin )(?<!\bon )(?<!\bto )(?<!\bof )(?<!\bfor )\bwhich (?P<noun>(?!of\b|one\b|ones\b)(?:[\w'’-]+ ){0,2}?[\w'’-]+) (?:should|shall|must|can|could|"
    r"would|do|does|did|is|are|was|were|has|have)\b",
    re.IGNORECASE,
)
_LOOSE_FOCUS = frozenset(
    "difference differences meaning definition role guidance main principal purpose aim aims idea "
    "ideas approach approaches point points reason reasons rule rules guidelines policy position "
    "persons people person groups group publications documents standards kinds kind types type measures "
    "steps things questions relation connection link relevance evidence problem problems share proportion percentage "
    "number answer principle principles situation framework concept notion way ways".split()
)
_UNIT = re.compile(r"\bhow many (minutes?|hours?|days?|weeks?|months?|years?)\b", re.IGNORECASE)


def read(text: str, own: tuple[int, int] | None = None) -> Question:
    """Read a question.

    Args:
        text: as the user typed it, perhaps after words of an earlier turn.
        own: where the words of this turn stand in it; what they name and ask for counts alone.
    """
    turn = text if own is None else text[slice(*own)]
    core = _interrogative(turn)
    asked = text if own is not None else " ".join(_PLEASE.sub(" ", text).split()) or text
    return Question(
        text=text,
        asked=asked,
        shape=_whole_shape(turn, core),
        named=_weighed(named_things(turn), named_things(core)),
        focus=_focus(core),
        parts=() if own is not None else _parts(asked),
        units=tuple(unit.lower().rstrip("s") for unit in _UNIT.findall(core)),
        own=own,
    )


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


def _shape(text: str) -> Shape:
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
    match = _FOCUS.search(text) or _WHICH.search(text)
    if match is None:
        return ()
    nouns = [noun for noun in match["noun"].lower().split() if len(noun) > 3]
    loose = any(close_to(noun, word) for noun in nouns for word in _LOOSE_FOCUS)
    heads = [noun for noun in nouns if noun not in _NO_HEADS]
    return () if loose else tuple(heads[-1:])


_NO_HEADS = frozenset("year month week today three four five seven eight nine main other".split())


def close_to(word: str, other: str) -> bool:
    """Say whether two words are the same but for a slip of the keyboard or an ending."""
    if word == other:
        return True
    if min(len(word), len(other)) < 5 or word[0] != other[0]:
        return False
    return SequenceMatcher(None, word, other).ratio() >= 0.85


_SPLITS = re.compile(
    r"(?<=[.?!;])\s+|,?\s+(?:and|but|or)\s+(?=(?:what|which|who|whom|where|when|why|how|does|do|is|are"
    r"|can|should|must)\b)",
    re.IGNORECASE,
)


def _parts(asked: str) -> tuple[tuple[int, int], ...]:
    """Return the sentences and co-ordinated questions within a question, if there are several."""
    bounds = [0, *(position for match in _SPLITS.finditer(asked) for position in match.span())]
    bounds.append(len(asked))
    pairs = list(zip(bounds[::2], bounds[1::2], strict=True))
    return tuple(pairs) if len(pairs) > 1 else ()


_SENTENCE = re.compile(r"[^.?!]*(?:[.?!](?=\S)[^.?!]*)*[.?!]*\s*")
_ASKS = re.compile(
    r"\?|^\W*(?:what|which|who|whom|whose|when|where|why|how|is|are|was|were|do|does|did|can|could"
    r"|should|may|must|has|have|please|kindly|define|explain|list|name|give|tell|summari[sz]e"
    r"|describe|compare|show|indicate|outline|and)\b",
    re.IGNORECASE,
)


def _interrogative(text: str) -> str:
    """Return the sentences that ask, without those that only tell what they are asked for."""
    sentences = [match.group() for match in _SENTENCE.finditer(text) if match.group().strip()]
    asking = [sentence for sentence in sentences if _ASKS.search(sentence)]
    return " ".join(asking).strip() if asking else text


# --- named things --------------------------------------------------------------------------------

_YEAR = re.compile(r"(?<![\w./-])(?:19|20)\d\d(?![\w/]|\.\d)")
_NUMBER = re.compile(
    r"(?<![\w./,-])\d{1,3}(?:[.,]\d{1,3})*\s?(?:%|per ?cent\b)|(?<![\w./-])\d+(?:[.,]\d+)+"
    r"|(?<![\w./,-])(?:1[3-9]|[2-9]\d|\d{3})(?![\w/%,.-]|\s?(?:%|per ?cent|years?|minutes?|hours?|days?|"
    r"weeks?|months?|trainees|participants|people|slides|words|officers|staff|of us|colleagues))"
)
_SYMBOL = re.compile(r"\b[A-Z]{1,5}(?:/[A-Z0-9.]+){1,5}(?:\(\d{4}\))?(?:/(?:Rev|Add|Corr)\.\d+)*\b")
_TYPES = (
    "tool|practice note|policy brief|objective|guideline|article|art|rule|principle|chapter"
    "|section|paragraph|para|annex|resolution|recommendation|recommendation no|approach|pathway"
    "|module|handbook|directive|regulation|decision"
)
_NUMBERED = re.compile(
    rf"\b(?P<type>{_TYPES})s?\.?\s+(?:no\.?\s*)?(?P<first>\d{{1,4}})(?:\s?[-–]\s?(?P<last>\d{{1,4}}))?"
    r"(?P<more>(?:(?:,\s?|\s?and\s|\s?or\s)\d{1,4}(?!\d))*)",
    re.IGNORECASE,
)
_CAPITALISED = re.compile(
    r"(?<![\w’'-])(?:[A-Z][\w’'/-]*|[A-Z]{2,})(?:(?:\s+(?:of|on|for|and|the|de|in)){0,2}\s+[A-Z][\w’'/-]*)*"
)
_SENTENCE_START = re.compile(r"(?:^|[.!?:]\s+|\n\s*|[\"“‘'(]\s*)$")
_INSTRUMENT = re.compile(
    r"\b(?:the\s+)?(?P<name>[\w-]+)\s+(?P<kind>convention|protocol|directive|declaration|charter|"
    r"statute|treaty|covenant)\b",
    re.IGNORECASE,
)
_NATIONAL_LAW = re.compile(
    r"\b(?:law|laws|legislation|act|penal code|criminal code|constitution|statute)\b", re.IGNORECASE
)
_COMMON = frozenset(
    "I I'm I’m I've I’ve We My Our Please Kindly And But Or If In On At For The A An What Which Who "
    "Whom Whose When Where Why How Is Are Was Were Do Does Did Can Could Should May Must Has Have "
    "Define Explain List Name Give Tell Summarise Summarize Describe Compare Show Indicate Outline "
    "Hi Hello Dear Thanks Thank Under According Not Only Also Then Gender Border Women Woman Men "
    "Migration Migrant Migrants Mainstreaming Management Security Hey Ok OK PDF M F ID CV SOP SOPs "
    "Q FAQ PowerPoint".split()
)
_CORE_WORDS = frozenset(
    "gender border women woman men migration migrants security the of on and".split()
)


def named_things(text: str) -> tuple[Named, ...]:
    """Return the years, figures, numbered things, symbols, places and names in a text."""
    named: list[Named] = []
    taken: list[tuple[int, int]] = []
    for match in _SYMBOL.finditer(text):
        if any(character.isdigit() for character in match.group()):
            named.append(_plain(NameKind.SYMBOL, match.group()))
            taken.append(match.span())
    for match in _NUMBERED.finditer(text):
        named += _numbered(match)
        taken.append(match.span())
    for kind, pattern in ((NameKind.YEAR, _YEAR), (NameKind.NUMBER, _NUMBER)):
        for match in pattern.finditer(text):
            if not _overlaps(taken, match.span()):
                named.append(_plain(kind, match.group()))
                taken.append(match.span())
    found = places(text)
    named += [Named(NameKind.PLACE, name, codes) for name, codes in found.items()]
    named += _proper_names(text, taken, set(found))
    return tuple(dict.fromkeys(named))


def _plain(kind: NameKind, text: str) -> Named:
    return Named(kind, text.strip(), frozenset({normal(text)}))


def normal(text: str) -> str:
    """Return a figure, symbol or name without what its spelling may vary in."""
    folded = text.lower().replace("per cent", "%").replace("percent", "%").replace("’", "'")
    return re.sub(r"[\s.,'/()-]+", "", folded.removesuffix("'s")) if folded else ""


def _numbered(match: re.Match[str]) -> list[Named]:
    kind = match["type"].lower()
    kind = {"art": "article", "para": "paragraph"}.get(kind, kind)
    numbers = [int(match["first"])]
    if match["last"]:
        numbers = list(range(numbers[0], min(int(match["last"]), numbers[0] + 50) + 1))
    numbers += [int(number) for number in re.findall(r"\d+", match["more"] or "")]
    return [
        Named(NameKind.NUMBERED, f"{kind.capitalize()} {number}", frozenset({f"{kind} {number}"}))
        for number in numbers
    ]


def _proper_names(text: str, taken: list[tuple[int, int]], known: set[str]) -> list[Named]:
    names = []
    for match in _CAPITALISED.finditer(text):
        if _overlaps(taken, match.span()):
            continue
        opens = bool(_SENTENCE_START.search(text[: match.start()]))
        name = _without_common(match.group(), opens)
        if name and not any(name in place or place in name for place in known):
            names.append(Named(NameKind.NAME, name, frozenset({name.lower()})))
    for match in _INSTRUMENT.finditer(text):
        if match["name"].islower() and match["name"] not in ("the", "this", "a", "which", "what"):
            phrase = f"{match['name']} {match['kind']}"
            names.append(Named(NameKind.NAME, phrase, frozenset({phrase.lower()})))
    return names


def _without_common(name: str, opens_sentence: bool) -> str:
    """Strip what is capital only for standing first or for emphasis."""
    words = name.split()
    while words and (words[0] in _COMMON or words[0] in ("of", "on", "for", "and", "the", "in")):
        words = words[1:]
        opens_sentence = False
    while words and words[-1] in ("of", "on", "for", "and", "the", "in"):
        words = words[:-1]
    if len(words) == 1 and opens_sentence and not words[0].isupper():
        return ""
    return " ".join(words).removesuffix("'s").removesuffix("’s")


def _overlaps(taken: list[tuple[int, int]], span: tuple[int, int]) -> bool:
    return any(start < span[1] and span[0] < end for start, end in taken)


def holds(named: Named, text: str) -> bool:
    """Say whether a text (a quotation with its headings and record) holds a named thing."""
    if named.kind in (NameKind.NUMBERED, NameKind.YEAR, NameKind.SYMBOL, NameKind.NUMBER):
        return _holds_figure(named, text)
    if named.kind is NameKind.PLACE:
        return any(named.forms & codes for codes in places(text).values())
    return _holds_name(named.text, text)


def _holds_figure(named: Named, text: str) -> bool:
    if named.kind is NameKind.NUMBERED:
        found = {form for match in _NUMBERED.finditer(text) for each in _numbered(match)
                 for form in each.forms}  # fmt: skip
        return bool(named.forms & found)
    pattern = {NameKind.YEAR: _YEAR, NameKind.SYMBOL: _SYMBOL, NameKind.NUMBER: _NUMBER}[named.kind]
    values = {normal(match.group()) for match in pattern.finditer(text)}
    if named.kind is NameKind.YEAR:
        values |= set(re.findall(r"(?:19|20)\d\d", text))
    return bool(named.forms & values)


def _holds_name(name: str, text: str) -> bool:
    lowered = text.lower()
    if re.search(rf"\b{re.escape(name.lower())}", lowered):
        return True
    if name.isupper() and 2 <= len(name) <= 8:
        return _spelled_out(name, text)
    words = [word for word in re.findall(r"[\w-]+", name.lower()) if word not in _CORE_WORDS]
    return bool(words) and all(re.search(rf"\b{re.escape(_stem(word))}", lowered) for word in words)


def _stem(word: str) -> str:
    return word[:-1] if len(word) > 4 and word.endswith("s") else word


def _spelled_out(acronym: str, text: str) -> bool:
    """Say whether words whose first letters make the acronym stand in the text one after another."""
    words = re.findall(r"[A-Za-z][\w-]*", text.replace("-", " "))
    initials = "".join(word[0] for word in words).upper()
    content = "".join(
        word[0] for word in words if word.lower() not in _CORE_WORDS or word[0].isupper()
    )
    return acronym in initials or acronym in content.upper()


# --- what answers --------------------------------------------------------------------------------

_HAS_FIGURE = re.compile(
    r"\d+(?:[.,]\d+)*\s?(?:%|per ?cent|percent|million|thousand)|(?<![\w/.-])\d{1,3}(?:,\d{3})+\b"
    r"|(?<![\w/.(-])(?!(?:19|20)\d\d\b)\d+(?![\w/.-]*\d)|\b(?:half|a third|a quarter|two thirds|none"
    r"|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|fifty|hundred|"
    r"dozen)\b",
    re.IGNORECASE,
)
_HAS_SHARE = re.compile(
    r"\d\s?%|\bper ?cent\b|\bhalf\b|\b(?:a|one|two|three)[ -](?:third|quarter|fifth)s?\b|\bout of \d"
    r"|\bmost\b|\bmajority\b|\b\d+ of (?:the )?\d",
    re.IGNORECASE,
)
_HAS_MONEY = re.compile(
    r"(?:[€$£]\s?\d|\b(?:USD|EUR|CHF|GBP)\s?\d|\d[\d.,]*\s?(?:million |thousand )?"
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
_HAS_CONTACT = re.compile(r"\+?\d[\d\s()/-]{6,}\d|\b[\w.+-]+@[\w-]+\.\w|https?://|\bwww\.")
_HAS_PERSON = re.compile(r"\b[A-Z][a-zé]+(?: [A-Z]\.)? (?:[A-Z][a-zé]+|Mc[A-Z]\w+)\b")
_MARKS = re.compile(r"\((?:\d{1,2}|[a-z]|[ivx]+)\)|\bpp?\.\s?\d+|\bparas?\.\s?\d+(?:-\d+)?|\[\d+\]")


def answers_shape(question: Question, text: str) -> bool:
    """Say whether a sentence holds the kind of thing that the question asks for."""
    shape = question.shape
    bare = _MARKS.sub(" ", _NUMBERED.sub(" ", _SYMBOL.sub(" ", text)))
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
    pattern = tests.get(shape)
    return pattern is None or bool(pattern.search(bare))


_LEGAL = re.compile(
    r"\b(?:search(?:e[ds]|ing)?\b(?!\s+(?:for|engine))|pat-?downs?|frisk\w*|strip|detain\w*|detention|"
    r"custody|arrest\w*|hold(?:ing)? (?:a |the |passenger|person|traveller)|law|laws|legal|legally|"
    r"legislation|lawful\w*|illegal|article|court|statute|rights?)\b",
    re.IGNORECASE,
)


def touches_law(text: str) -> bool:
    """Say whether a question is about searches, detention or law."""
    return bool(_LEGAL.search(text))


# --- about the assistant -------------------------------------------------------------------------

_ABOUT = re.compile(
    r"^\W*(?:ok(?:ay)?,?\s+)?(?:thanks?|thank you|cheers)\b[^?]{0,80}$|\bare you (?:there|online|awake)\b"
    r"|\b(?:find|get|make|choose|pick) your (?:answers?|sources?|quotations?|quotes?)\b"
    r"|\bask (?:you )?(?:a )?good questions?\b|\bgood question here\b|\byour (?:library|sources)\b"
    r"|^\W*(?:hi|hey|hello|good (?:morning|afternoon|evening|day)|greetings|thanks?(?: you)?(?: so much|"
    r" very much| a lot)?|many thanks|ok(?:ay)?|great|bye|goodbye|salut|bonjour|привет|merhaba|hola)"
    r"(?: there| all| everyone| gendergpt| team)?\W*$"
    r"|\b(?:who|what) are you\b|\bwhat can you do\b|\bhow do(?:es)? (?:you|gendergpt|this (?:tool|"
    r"assistant|chat|thing)) work\b|\bare you (?:an? )?(?:ai|human|robot|bot|chatgpt|real|person|"
    r"language model|machine)\b|\bwhat(?:'s| is) (?:your (?:name|purpose)|gendergpt)\b|\bwho (?:made|"
    r"built|created|wrote|runs) you\b|\bhow (?:can|do|should) i use (?:you|this|gendergpt)\b"
    r"|\bcan you help(?: me)?\W*$|^\W*help(?: me)?\W*$|\bwhat (?:kind|sort|type)s? of questions\b"
    r"|\b(?:which|what) (?:documents|publications|sources|books|files|languages)\b.{0,40}\b(?:do you|"
    r"you|are (?:in|loaded)|in (?:the|your) library|can i)\b"
    r"|\bdo you (?:speak|make (?:things|stuff) up|invent|know everything|give legal advice|store|"
    r"keep|remember)\b|\bcan (?:i|we) trust (?:you|your|this|what you)\b|\bwhere do(?:es)? (?:you|your) "
    r"(?:get|answers|information)\b|\bwhat(?:'s| is) in (?:the|your) library\b"
    r"|\bwhat do you know\b|\bhow (?:reliable|accurate) are (?:you|your)\b",
    re.IGNORECASE,
)


def about_assistant(text: str) -> bool:
    """Say whether this is a greeting or a question about the assistant, not about guidance."""
    words = text.split()
    return len(words) <= 25 and bool(_ABOUT.search(text.strip()))


# --- follow-ups ----------------------------------------------------------------------------------

_ELLIPSIS = re.compile(
    r"^\W*(?:and|but|or|so|also|then|what about|how about|why|why not|how so|tell me more|say more|more"
    r"|go on|continue|expand|elaborate|in what way|which one|which ones|the (?:first|second|third|"
    r"fourth|fifth|last|former|latter)|can you (?:expand|elaborate|explain (?:that|this|it)|say more))\b",
    re.IGNORECASE,
)
_ANAPHOR = re.compile(
    r"\b(?:it|its|they|them|their|theirs|he|she|his|her|this|that|those|these|one|ones|there|both|"
    r"the (?:first|second|third|fourth|fifth|last|former|latter|same|other|two)(?: one| of| edition|"
    r" approach| point)?)\b",
    re.IGNORECASE,
)
_MORE = re.compile(r"\b(?:more|elaborate|expand|go on|continue|further|in detail)\b", re.IGNORECASE)
_POINTS_BACK = re.compile(
    r"\b(?:which|what|who|either|both|neither|any|one|each) of (?:the two|them|these|those|both|it)\b"
    r"|\bthe two\b(?! \w)",
    re.IGNORECASE,
)
_ORDINALS = {
    "first": 0, "second": 1, "third": 2, "fourth": 3, "fifth": 4, "sixth": 5, "last": -1,
    "final": -1, "1st": 0, "2nd": 1, "3rd": 2, "4th": 3, "5th": 4,
}  # fmt: skip
_ORDINAL = re.compile(
    r"\b(?:the|that|your) (?P<word>first|second|third|fourth|fifth|sixth|last|final|1st|2nd|3rd|4th|5th)"
    r"(?: (?:one|point|item|approach|of (?:them|these|those)|element|step|principle|reason|on the list)"
    r"\b|\W*$|,| in\b| on the list)"
    r"|\b(?:number|point|item|approach|step) (?P<digit>[1-9])\b",
    re.IGNORECASE,
)
_RELATIVE_YEAR = re.compile(
    r"\b(?P<count>\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|a) years? "
    r"(?P<way>earlier|before|previously|prior|ago|later|after(?:wards)?|on)\b"
    r"|\bthe (?:year (?P<before>before)|(?:previous|prior) year|(?:following|next) year|year (?P<after>after))\b",
    re.IGNORECASE,
)
_COUNTS = {w: n for n, w in enumerate("a one two three four five six seven eight nine ten".split())}
_COUNTS.update({"a": 1})
_ITEM = re.compile(r"\((?:\d{1,2}|[a-z])\)\s*")


@dataclass(frozen=True, slots=True)
class Resolved:
    """A question as it can be asked alone.

    ``own`` says where, in ``text``, the words of this turn stand when words of an earlier turn were
    put before them. ``more`` says that something beyond the last answer is wanted.
    """

    text: str
    own: tuple[int, int] | None = None
    more: bool = False


def in_context(text: str, earlier: Sequence[str], last_quotes: Sequence[str]) -> Resolved:
    """Put in what a question refers back to; one that stands alone stays as it is.

    Args:
        text: the question as typed.
        earlier: the questions before it as they were searched for, oldest first.
        last_quotes: the quotations of the answer before it.
    """
    if not earlier:
        return Resolved(text)
    item = _listed_item(text, last_quotes)
    if item is not None:
        return Resolved(item, more=True)
    shifted = _shifted_year(text, earlier[-1])
    if shifted is not None:
        return Resolved(shifted)
    if not _leans(text):
        return Resolved(text)
    swapped = _swapped(text, earlier[-1])
    if swapped is not None:
        return Resolved(swapped)
    before = earlier[-1].rstrip()
    more = bool(_MORE.search(text))
    return Resolved(f"{before} {text}", (len(before) + 1, len(before) + 1 + len(text)), more)


def _leans(text: str) -> bool:
    """Say whether a question needs the conversation to be understood."""
    if _ELLIPSIS.search(text) or _POINTS_BACK.search(text):
        return True
    words = re.findall(r"[\w'’-]+", text)
    anaphor = _ANAPHOR.search(text)
    if anaphor is None:
        return len(words) <= 2 and not named_things(text)
    before = re.findall(r"[\w'’-]+", text[: anaphor.start()])
    content = [word for word in before if len(word) > 3 and word.lower() not in _QUESTION_WORDS]
    return len(content) <= 1


_QUESTION_WORDS = frozenset(
    "what which when where whose whom does should could would must have been with about from "
    "more many much tell give please that this there cite used said".split()
)


def _listed_item(text: str, quotes: Sequence[str]) -> str | None:
    match = _ORDINAL.search(text)
    if match is None or len(text.split()) > 16:
        return None
    index = int(match["digit"]) - 1 if match["digit"] else _ORDINALS[match["word"].lower()]
    for quote in quotes:
        items = enumerated(quote)
        if items and -len(items) <= index < len(items):
            return items[index]
    return None


def enumerated(text: str) -> list[str]:
    """Return the items of a list that a sentence holds: "(1) …; (2) …", or lines with bullets."""
    pieces = _ITEM.split(text)
    if len(pieces) < 3:
        pieces = [""] + [line.lstrip("-•–0123456789. ") for line in text.split("\n")[1:]]
    items = [re.sub(r"[;,.]?(?:\s+(?:and|or))?\s*$", "", piece.strip()) for piece in pieces[1:]]
    return items if len(items) >= 2 else []


def _shifted_year(text: str, previous: str) -> str | None:
    match = _RELATIVE_YEAR.search(text)
    years = _YEAR.findall(previous)
    if match is None or not years or _YEAR.search(text) or len(text.split()) > 12:
        return None
    count = match["count"]
    distance = int(count) if count and count.isdigit() else _COUNTS.get((count or "a").lower(), 1)
    words = match.group().lower()
    back = any(word in words for word in ("earlier", "before", "previous", "prior", "ago"))
    target = str(int(years[-1]) + (-distance if back else distance))
    return (
        _YEAR.sub(target, previous) if len(set(years)) == 1 else previous.replace(years[-1], target)
    )


def _swapped(text: str, previous: str) -> str | None:
    """Put what a short follow-up names in the place of its like: "And Objective 12?"."""
    new = [named for named in named_things(text) if named.kind is not NameKind.NAME]
    if len(new) != 1 or len(re.findall(r"[\w'’-]+", text)) > 7:
        return None
    alike = [named for named in named_things(previous) if _alike(named, new[0])]
    if len(alike) != 1:
        return None
    swapped = re.sub(re.escape(alike[0].text), new[0].text, previous, flags=re.IGNORECASE)
    return swapped if swapped != previous else None


def _alike(old: Named, new: Named) -> bool:
    if old.kind is not new.kind:
        return False
    return old.kind is not NameKind.NUMBERED or old.text.split()[0] == new.text.split()[0]


def national_law(question: Question) -> bool:
    """Say whether the question is about a country's own law."""
    has_place = any(named.kind is NameKind.PLACE for named in question.named)
    return has_place and bool(_NATIONAL_LAW.search(question.text))
