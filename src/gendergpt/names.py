"""What a text names: years, figures, numbered things, document symbols, places and proper names.

The same rules read the question and look in the quotation, so that "Rules 19-21" holds Rule 20 and
"Turkish" is met by "Türkiye". What stands in another language is compared in English, so that
"КЛДЖ" is met by "CEDAW"; other names, as they sound.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from gendergpt.numbering import without_pages
from gendergpt.places import places
from gendergpt.spelling import names_abroad, sounds_alike
from gendergpt.terms import Replaced, could_be_foreign, in_english


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
    question ("I work at an airport in Greece. How …?"). ``heard`` is True for a name in another
    script or language, which is compared as it sounds.
    """

    kind: NameKind
    text: str
    forms: frozenset[str]
    firm: bool = True
    heard: bool = False


YEAR = re.compile(r"(?<![\w./-])(?:19|20)\d\d(?![\w/]|\.\d)")
_NUMBER = re.compile(
    r"(?<![\w./,-])\d{1,3}(?:[.,]\d{1,3})*\s?(?:%|per ?cent\b)|(?<![\w./-])\d+(?:[.,]\d+)+"
    r"|(?<![\w./,-])(?:1[3-9]|[2-9]\d|\d{3})(?![\w/%,.-]|\s?(?:%|per ?cent|years?|minutes?|hours?"
    r"|days?|"
    r"weeks?|months?|trainees|participants|people|slides|words|officers|staff|of us|colleagues))"
)
SYMBOL = re.compile(r"\b[A-Z]{1,5}(?:/[A-Z0-9.]+){1,5}(?:\(\d{4}\))?(?:/(?:Rev|Add|Corr)\.\d+)*\b")
_TYPES = (
    "tool|practice note|policy brief|objective|guideline|article|art|rule|principle|chapter"
    "|section|paragraph|para|annex|resolution|recommendation|recommendation no|approach|pathway"
    "|module|handbook|directive|regulation|decision|unscr|scr"
)
NUMBERED = re.compile(
    rf"\b(?P<type>{_TYPES})s?\.?\s+(?:no\.?\s*)?(?P<first>\d{{1,4}})(?:\s?[-–]\s?(?P<last>\d{{1,4}}))?"
    r"(?P<more>(?:(?:,\s?|\s?and\s|\s?or\s)\d{1,4}(?!\d))*)",
    re.IGNORECASE,
)
_CAPITALISED = re.compile(
    r"(?<![\w’'-])(?:[A-Z][\w’'/-]*|[A-Z]{2,})(?:(?:\s+(?:of|on|for|and|the|de"
    r"|in)){0,2}\s+[A-Z][\w’'/-]*)*"
)
_SENTENCE_START = re.compile(r"(?:^|[.!?:]\s+|\n\s*|[\"“‘'(]\s*)$")
_INSTRUMENT = re.compile(
    r"(?<![\w-])(?:the\s+)?(?P<name>[\w-]+)\s+(?P<kind>convention|protocol|directive|declaration|charter|"
    r"statute|treaty|covenant)\b",
    re.IGNORECASE,
)
_COMMON = frozenset(
    "I I'm I’m I've I’ve We My Our Please Kindly And But Or If In On At For The A An What Which "
    "Who "
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
    english = in_english(text)
    if english.language != "en":
        return _named_abroad(english)
    told = _OF_THE_UN.sub("", english.text)
    named, taken = _figures(told)
    found = places(told)
    named += [Named(NameKind.PLACE, name, codes) for name, codes in found.items()]
    named += _proper_names(told, taken, set(found))
    return tuple(dict.fromkeys(named))


_OF_THE_UN = re.compile(r"\b(?:United Nations|UN)\s+(?=[A-Z][a-z]+\s+[A-Z])")
"""What may go before the name of a body: the "United Nations Security Council"."""


def _figures(text: str) -> tuple[list[Named], list[tuple[int, int]]]:
    """Return the symbols, numbered things, years and figures, and where they stand."""
    named: list[Named] = []
    taken: list[tuple[int, int]] = []
    for match in SYMBOL.finditer(text):
        if any(character.isdigit() for character in match.group()):
            named.append(_plain(NameKind.SYMBOL, match.group()))
            taken.append(match.span())
    for match in NUMBERED.finditer(text):
        named += _numbered(match)
        taken.append(match.span())
    for kind, pattern in ((NameKind.YEAR, YEAR), (NameKind.NUMBER, _NUMBER)):
        for match in pattern.finditer(text):
            if not _overlaps(taken, match.span()):
                named.append(_plain(kind, match.group()))
                taken.append(match.span())
    return named, taken


def _named_abroad(english: Replaced) -> tuple[Named, ...]:
    """Return what a text in another language names, in the words that it has for it."""
    named, _ = _figures(without_pages(english.text))
    written = dict(english.terms)
    found = {name: codes for name, codes in places(english.text).items() if name in written}
    named += [
        Named(NameKind.PLACE, written.get(name, name), codes) for name, codes in found.items()
    ]
    named += [
        Named(NameKind.NAME, words, frozenset({name}))
        for name, words in english.terms
        if name not in found
    ]
    rest = without_pages(NUMBERED.sub(" ", SYMBOL.sub(" ", english.rest)))
    named += [
        Named(NameKind.NAME, name, frozenset({name}), heard=True)
        for name in names_abroad(rest, english.language)
    ]
    return tuple(dict.fromkeys(named))


def _plain(kind: NameKind, text: str) -> Named:
    return Named(kind, text.strip(), frozenset({normal(text)}))


def normal(text: str) -> str:
    """Return a figure, symbol or name without what its spelling may vary in."""
    folded = text.lower().replace("per cent", "%").replace("percent", "%").replace("’", "'")
    return re.sub(r"[\s.,'/()-]+", "", folded.removesuffix("'s")) if folded else ""


_LONG_FORMS = {
    "art": "article",
    "para": "paragraph",
    "unscr": "resolution",
    "scr": "resolution",
}


def _numbered(match: re.Match[str]) -> list[Named]:
    kind = match["type"].lower()
    kind = _LONG_FORMS.get(kind, kind)
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
            names.append(Named(NameKind.NAME, name, frozenset({name})))
    for match in _INSTRUMENT.finditer(text):
        if match["name"].islower() and match["name"] not in ("the", "this", "a", "which", "what"):
            phrase = f"{match['name']} {match['kind']}"
            names.append(Named(NameKind.NAME, phrase, frozenset({phrase})))
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
    if could_be_foreign(text):
        text = in_english(text).text
    if named.kind in (NameKind.NUMBERED, NameKind.YEAR, NameKind.SYMBOL, NameKind.NUMBER):
        return _holds_figure(named, text)
    if named.kind is NameKind.PLACE:
        return any(_same_place(named.forms, codes) for codes in places(text).values())
    if named.heard and sounds_alike(named.text, text):
        return True
    return any(_holds_name(name, text) for name in named.forms)


def _same_place(asked: frozenset[str], found: frozenset[str]) -> bool:
    """A country is met by itself, a region also by one of its countries, never the other way."""
    if len(found) > 1 and len(asked) == 1:
        return False
    if len(found) > 1:
        return any(" " in name or name.islower() for name in asked & found)
    return bool(asked & found)


def _holds_figure(named: Named, text: str) -> bool:
    if named.kind is NameKind.NUMBERED:
        found = {form for match in NUMBERED.finditer(text) for each in _numbered(match)
                 for form in each.forms}  # fmt: skip
        return bool(named.forms & found)
    pattern = {NameKind.YEAR: YEAR, NameKind.SYMBOL: SYMBOL, NameKind.NUMBER: _NUMBER}[named.kind]
    values = {normal(match.group()) for match in pattern.finditer(text)}
    if named.kind is NameKind.YEAR:
        values |= set(re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", text))
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
    """Say whether words whose first letters make the acronym follow one another in the text."""
    return any(_initials_hold(acronym, each) for each in (text, text.replace("-", " ")))


def _initials_hold(acronym: str, text: str) -> bool:
    words = re.findall(r"[A-Za-z][\w-]*", text)
    initials = "".join(word[0] for word in words)
    without_links = "".join(word[0] for word in words if word not in _LINKS)
    return acronym in initials.upper() or acronym in without_links.upper()


_LINKS = frozenset("of on and the for in to against with at by".split())
