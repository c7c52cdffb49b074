"""What the first page tells where no record does: title, symbol, year and language.

A wrong guess is worse than none. So nothing is taken from running text: a title is a heading that
reads like one, a symbol stands at the top by itself, a year belongs to a date that stands alone or
to an imprint, and where two of them disagree there is none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from functools import cache
from pathlib import PurePath

from gendergpt.cleaning import clean
from gendergpt.titles import is_leftover, is_no_title
from gendergpt.types import Block, BlockKind, Reading

_PLAIN = frozenset({".md", ".markdown", ".txt", ".text"})
_WRITTEN = _PLAIN | {".html", ".htm", ".xhtml"}
"""Formats whose title and language people write themselves, not their programs."""

_TOP_LINES = 20
_TOP_BLOCKS = 6
_COVER_CHARACTERS = 500
_TITLE_CHARACTERS = range(8, 300)
_IMPRINT_PAGES = 4
_IMPRINT_CHARACTERS = 6000


@dataclass(frozen=True, slots=True)
class Guess:
    """What the first page tells; None where it does not, or not for sure."""

    title: str | None = None
    symbol: str | None = None
    year: int | None = None
    language: str | None = None


FIELDS: tuple[str, ...] = tuple(field.name for field in fields(Guess))
"""The names of what can be guessed; a document's record names them alike."""


def guess(reading: Reading, filename: str) -> Guess:
    """Read title, symbol, year and language off a publication's first pages.

    Args:
        reading: what was read from the file; its own title, year and language are not looked at.
        filename: the file's name, whose ending says whether it has pages.
    """
    return Guess(
        title=_title(reading, filename),
        symbol=_symbol(reading),
        year=_year(reading),
        language=_language(reading),
    )


def own(reading: Reading, filename: str) -> Guess:
    """Return what the file says about itself, without what cannot be right.

    Programs set titles and languages that nobody chose: a title that is none (see :func:`is_junk`)
    and a language that the text is not in are left out. What was written by hand is kept.
    """
    title = reading.title
    if title is not None and is_junk(title, reading, filename):
        title = None
    declared = (reading.language or "").lower().replace("_", "-").split("-")[0] or None
    if declared and PurePath(filename).suffix.lower() not in _WRITTEN:
        spoken = _language(reading)
        declared = declared if spoken in (None, declared) else None
    return Guess(title=title, year=reading.year, language=declared)


# --- title ---------------------------------------------------------------------------------------

_LONG_WORD = re.compile(r"[^\W\d_]{4,}")


def is_junk(title: str, reading: Reading, filename: str) -> bool:
    """Whether a file's own title is none: left by a program, or of the template it was made from.

    Args:
        title: what the file's properties say.
        reading: what was read from the file.
        filename: the file's name.
    """
    words, path = " ".join(title.split()), PurePath(filename)
    if path.suffix.lower() in _PLAIN:
        return False
    if is_leftover(words):
        return True
    if path.suffix.lower() in _WRITTEN:
        return False
    if _bare(words) in (_bare(path.stem), _bare(path.name)) and "_" in title:
        return True
    said = {word.casefold() for word in _LONG_WORD.findall(words)}
    shown = {word.casefold() for text in _opening(reading, 3) for word in _LONG_WORD.findall(text)}
    return bool(said) and 2 * len(said & shown) < len(said)


_LETTER_WORD = re.compile(r"[^\W\d_]{3,}")


def _bare(name: str) -> str:
    return "".join(character for character in name.casefold() if character.isalnum())


def _title(reading: Reading, filename: str) -> str | None:
    """Return the outermost heading on the first page that reads like a title."""
    if PurePath(filename).suffix.lower() in (".txt", ".text"):
        return None
    for page in range(min(2, len(reading.pages))):
        found = _title_on(reading, page)
        if found is not None:
            return found
        if len(reading.pages[page].text) > _COVER_CHARACTERS:
            return None
    return None


def _title_on(reading: Reading, page: int) -> str | None:
    blocks = [block for block in reading.blocks if block.page == page]
    if reading.pages[page].number is None:
        blocks = blocks[:_TOP_BLOCKS]
    headings = [block for block in blocks if block.kind is BlockKind.HEADING]
    words = [_words(reading, block) for block in headings]
    likely = [place for place, text in enumerate(words) if _is_like_title(text)]
    if not likely:
        return None
    level = min(headings[place].level for place in likely)
    best = [place for place in likely if headings[place].level == level]
    title = _in_full(words, best, likely)
    if len(best) > 2 and len(title.split()) < 4:
        return None  # a page of sections, and no title above them
    return title if len(title.split()) > 1 else None


def _in_full(words: Sequence[str], best: Sequence[int], likely: Sequence[int]) -> str:
    """Return the first heading, with the next where it ends open, or the one before a lone word."""
    first = best[0]
    title = words[first]
    if title.endswith((":", "\u2013", "\u2014")) and first + 1 in likely:
        return f"{title} {words[first + 1]}"
    if len(title.split()) == 1 and first - 1 in likely:
        return f"{words[first - 1]}: {title}"
    return title.rstrip(":")


def _words(reading: Reading, block: Block) -> str:
    text = clean(reading.pages[block.page].text[block.start : block.end]).text
    return text.strip().rstrip("*∗† ")


def _is_like_title(words: str) -> bool:
    if len(words) not in _TITLE_CHARACTERS and not words.isalpha():
        return False
    letters = sum(character.isalpha() or character.isspace() for character in words)
    if letters < 0.75 * len(words) or not _LETTER_WORD.search(words):
        return False
    return not (is_no_title(words) or _date(words) or any(_symbols(words)))


# --- symbol --------------------------------------------------------------------------------------

_UN_ROOTS = (
    "A|S|E|T|ST|TD|DP|HRI|JIU|UNW|IDB|CEDAW|CCPR|CERD|CAT|CRC|CMW|CRPD|CED|FCCC|UNEP|HSP|ECE|CEB"
    "|CTOC|CAC|WHC|EC|HRC|IOM|SPCONF|LOS|NPT|BWC|APLC|CCW|UNCTAD|PBC|INFCIRC|WSIS|CSW"
)
_UN = (
    rf"(?:{_UN_ROOTS})/(?:[A-Z0-9][A-Za-z0-9.]*(?:\[[IVXL]+\])?(?:[/-][A-Z0-9][A-Za-z0-9.]*)*)"
    r"(?: ?\((?:19|20)\d\d\))?"
)
_OSCE = r"(?:MC|PC|FSC|SEC|CIO|ODIHR)\.(?:[A-Z]{3,5})(?:/[A-Z0-9.]+){1,3}"
_SYMBOL_LINE = re.compile(
    rf"(?P<before>[^\W\d_][^\d/]*\s)?(?P<symbol>{_UN}|{_OSCE}|CM/Rec ?\(\d{{4}}\)\d+)\*{{0,3}}"
)
_EU_LINE = re.compile(
    r"(?:(?:commission|council|delegated|implementing|framework|joint) )*"
    r"(?P<kind>regulation|directive|decision|recommendation)\s+(?P<number>\((?:eu|ec|eec|euratom)\)"
    r"\s+(?:no\.?\s+)?\d{1,4}/\d{1,4}|\d{2,4}/\d{1,4}/(?:eu|ec|eec|jha))"
    r"(?:\s+of\s+(?:the\s+)?(?:european|council|commission|\d).*)?",
    re.IGNORECASE,
)
_COM_LINE = re.compile(r"(?P<symbol>(?:COM|SWD|JOIN|SEC) ?\((?:19|20)\d\d\) \d{1,4}(?: final)?)")


def _symbol(reading: Reading) -> str | None:
    """Return the symbol at the top of the first page, else the one in most running headers."""
    found = dict.fromkeys(each for line in _top_lines(reading) for each in _symbols(line))
    if len(found) == 1:
        return next(iter(found))
    running = _running_symbol(reading)
    return running if not found or running in found else None


def _symbols(line: str) -> Iterator[str]:
    """Yield the symbol that ends a line, at most after a publisher's name."""
    if match := _SYMBOL_LINE.fullmatch(line):
        before = match["before"] or ""
        if len(before) < 80 and ":" not in before and any(map(str.isdigit, match["symbol"])):
            yield match["symbol"]
    elif match := _EU_LINE.fullmatch(line):
        number = re.sub(r"\s+", " ", match["number"]).upper().replace("NO", "No")
        yield f"{match['kind'].capitalize()} {number}"
    elif match := _COM_LINE.fullmatch(line):
        yield match["symbol"]


def _running_symbol(reading: Reading) -> str | None:
    """Return the symbol that stands in the headers or footers of most pages."""
    pages = len(reading.pages) - 1
    if pages < 3:
        return None
    seen = {
        (block.page, symbol)
        for block in reading.blocks
        if block.kind is BlockKind.FURNITURE and block.page > 0
        for symbol in _symbols(_words(reading, block))
    }
    counted = Counter(symbol for _, symbol in seen).most_common(2)
    if not counted or counted[0][1] < 0.6 * pages:
        return None
    return counted[0][0] if len(counted) == 1 or counted[1][1] < 0.3 * pages else None


# --- year ----------------------------------------------------------------------------------------

_YEAR = r"(?P<year>(?:19|20)\d\d)"
_DATE = re.compile(
    rf"(?:(?P<lead>[^\d,]{{0,30}})\s)?(?:\d{{1,2}}(?:st|nd|rd|th|er|\.)?\s+)?(?:de\s+)?"
    rf"(?P<month>[^\W\d_]+)\.?(?:\s+\d{{1,2}},)?(?:\s+de)?\s+{_YEAR}(?:\s+г(?:ода|\.))?\.?",
)
_LEADS = re.compile(
    r"(?:last )?(?:updated|issued|published|adopted|revised|date|as of|version|edition|status)"
    r"(?: on| of|:)?|actualizad[ao] (?:a|el)|mise? à jour(?: le| au)?|publié(?: le)?|stand:?|le",
    re.IGNORECASE,
)
_COPYRIGHT = re.compile(
    r"(?:©|\(c\) |^\s*copyright )[^\d\n]{0,80}?(?:(?:19|20)\d\d\s?[-–,]\s?)?"
    r"(?P<year>(?:19|20)\d\d)(?!\d)",
    re.IGNORECASE | re.MULTILINE,
)
_IMPRINT = re.compile(
    r"^\s*(?:(?:first |this edition |\w+ edition )?(?:published|printed|issued) (?:in|by)"
    r"[^\d\n]{0,80}?|united nations\s*[•·,\u2013-]\s*[^\d\n]{2,40},\s*|(?:\w+ )?edition[,:]? )"
    r"(?P<year>(?:19|20)\d\d)(?!\d)|^\s*(?P<before>(?:19|20)\d\d) edition\b",
    re.IGNORECASE | re.MULTILINE,
)
_SERIAL = re.compile(rf"(?:no|issue|nr|n°)\.? ?\d{{1,4}}, {_YEAR}", re.IGNORECASE)
_LANGUAGES = (
    "en",
    "fr",
    "es",
    "pt",
    "de",
    "it",
    "ru",
    "uk",
    "tr",
    "nl",
    "pl",
    "ro",
    "sq",
    "sr_Latn",
)


def _year(reading: Reading) -> int | None:
    """Return the year of the only date at the top, or else of the imprint; they must agree."""
    dated = {year for line in _top_lines(reading) if (year := _date(line)) is not None}
    printed = set(_imprint_years(reading))
    if len(dated) == 1 and (not printed or dated & printed):
        return dated.pop()
    return printed.pop() if len(printed) == 1 and not dated else None


def _date(line: str) -> int | None:
    """Return the year of a line that holds a date, or a month and year, and nothing else."""
    if match := _SERIAL.fullmatch(line):
        return int(match["year"])
    match = _DATE.fullmatch(line)
    if match is None or match["month"].casefold() not in _months():
        return None
    lead = match["lead"]
    return int(match["year"]) if not lead or _LEADS.fullmatch(lead.strip()) else None


@cache
def _months() -> frozenset[str]:
    """Return the names of months, and their short forms, in the languages we meet."""
    from babel.dates import get_month_names

    return frozenset(
        name.casefold().rstrip(".")
        for language in _LANGUAGES
        for width in ("wide", "abbreviated")
        for context in ("format", "stand-alone")
        for name in get_month_names(width, context, language).values()
    )


def _imprint_years(reading: Reading) -> Iterator[int]:
    for text in _opening(reading, _IMPRINT_PAGES):
        for pattern in (_COPYRIGHT, _IMPRINT):
            for match in pattern.finditer(text):
                yield int(match["year"] or match["before"])


# --- language ------------------------------------------------------------------------------------

_SAMPLES = 20
_SAMPLE_CHARACTERS = 2000
_SAMPLE_WORDS = 10
_SHARE = 0.75


def _language(reading: Reading) -> str | None:
    """Return the language of the first page, if most others are in it, too."""
    samples = [page.text[:_SAMPLE_CHARACTERS] for page in reading.pages[:_SAMPLES]]
    samples = [text for text in samples if len(text.split()) > _SAMPLE_WORDS]
    if not samples:
        return None
    from py3langid import classify

    found = [str(classify(text.lower())[0]) for text in samples]
    if len(found[0]) != 2:
        return None  # rare languages are what lists of names are taken for
    return found[0] if found.count(found[0]) >= _SHARE * len(found) else None


# --- where to look -------------------------------------------------------------------------------


def _top_lines(reading: Reading) -> list[str]:
    """Return the first lines of the first page, footnotes left out, each in one line of text."""
    lines = (
        " ".join(line.split())
        for block in reading.blocks
        if block.page == 0 and block.kind not in (BlockKind.FOOTNOTE, BlockKind.TABLE)
        for line in reading.pages[0].text[block.start : block.end].splitlines()
    )
    return [line for _, line in zip(range(_TOP_LINES), filter(None, lines), strict=False)]


def _opening(reading: Reading, pages: int) -> Iterable[str]:
    """Return the texts of the first pages, cut where a format has no pages."""
    return [page.text[:_IMPRINT_CHARACTERS] for page in reading.pages[:pages]]
