"""Which publications users should add, which are there, and which a question is about.

A loaded file is taken for one of the catalogue's originals only where nothing speaks against it:
a wrong name on a publication is worse than none.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from gendergpt.types import Basis, Document, Kind, Original

_FILLED = ("publisher", "year", "edition", "language", "url", "symbol")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_NUMBERED_NAME = re.compile(r"[A-Z][A-Za-z ]{2,20} \d{1,3}")
_TELLING_WORDS = 5
"""A title of so many words is recognised by itself, a shorter one needs its year or publisher,
and one without its subtitle needs both."""
_MAIN_TITLE_WORDS = 3
_WINDOW = 10


# --- recognition ---------------------------------------------------------------------------------


def recognise(document: Document, originals: Iterable[Original]) -> Original | None:
    """Return the original that a document is, or None where that is not certain.

    By its catalogue record; else by symbol; else by title, also where subtitle, publisher or year
    are added or left out. A year, edition, language or symbol that differs speaks against it; of
    editions with the same title the year or the edition must decide.
    """
    if document.kind is not Kind.ORIGINAL:
        return None
    known = list(originals)
    if document.original is not None:
        return next((each for each in known if each.id == document.original), None)
    symbol = _symbol(document.symbol)
    if symbol:
        bearing = [each for each in known if _symbol(each.symbol) == symbol]
        if bearing:
            return _only([each for each in bearing if _agrees(document, each)])
    titled = [each for each in known if _same_title(document, each)]
    found = _only([each for each in titled if _agrees(document, each)])
    if found is None:
        return None
    editions = len(titled) > 1 or _has_editions(found, known)
    return found if _convincing(document, found, editions) else None


def completed(
    document: Document, original: Original, originals: Iterable[Original], firm: Collection[str]
) -> Document:
    """Return the document as this original, with what its record lacks.

    Args:
        document: as it was read.
        original: what it was recognised as.
        originals: all of them, where a newer edition is named.
        firm: fields that stay as they are, whatever they hold.
    """
    changes: dict[str, Any] = {"original": original.id}
    open_to = {"title", *document.guessed}
    for name in ("title", *_FILLED):
        value = getattr(original, name)
        if value is None or name in firm:
            continue
        if name in open_to or getattr(document, name) is None:
            changes[name] = value
    newer = next((each for each in originals if each.id == original.superseded_by), None)
    if newer is not None and document.superseded_by is None and "superseded_by" not in firm:
        changes["superseded_by"] = _called(newer)
    guessed = tuple(name for name in document.guessed if name not in changes)
    return replace(document, **changes, guessed=guessed)


def _only(found: Sequence[Original]) -> Original | None:
    return found[0] if len(found) == 1 else None


def _has_editions(original: Original, known: Iterable[Original]) -> bool:
    return bool(original.superseded_by) or any(each.superseded_by == original.id for each in known)


def _agrees(document: Document, original: Original) -> bool:
    """Say whether nothing in the two records speaks against their being the same."""
    years = {document.year} if document.year else set(_years(document.title))
    symbols = {_symbol(document.symbol), _symbol(original.symbol)} - {""}
    return (
        _compatible(years, {original.year} - {None})
        and _compatible({document.language} - {None}, {original.language} - {None})
        and _compatible(_numbers(document.edition), _numbers(original.edition))
        and len(symbols) < 2
    )


def _compatible(one: Collection[Any], other: Collection[Any]) -> bool:
    return not one or not other or bool(set(one) & set(other))


def _convincing(document: Document, original: Original, editions: bool) -> bool:
    """Say whether year, edition, publisher or the length of the title settle it."""
    telling = len(words(document.title)) >= _TELLING_WORDS
    same_year = original.year in {document.year or -1, *_years(document.title)}
    publishes = _same_publisher(document.publisher or "", original.publisher or "")
    if not any(_whole(document.title, title, original) for title in _titles(original)):
        return same_year and publishes
    if editions:
        return same_year or bool(_numbers(document.edition) & _numbers(original.edition))
    if document.publisher and original.publisher and not publishes:
        return telling and same_year
    if original.symbol:  # reports of one short title come out again and again
        return telling
    return telling or same_year or publishes


def _same_publisher(one: str, other: str) -> bool:
    """Say whether two publishers share a name, written out or by its initials."""
    first, second = (
        set(words(each)) | {_initials(part) for part in re.split(r"[;,(]", each)}
        for each in (one, other)
    )
    return any(len(name) > 1 for name in (first & second) - _COMMON_TO_PUBLISHERS)


_COMMON_TO_PUBLISHERS = frozenset(
    "of on and the for in to a an by with at un united nations eu european union international "
    "organization organisation agency office committee commission council general assembly women "
    "gender police border borders migration security rights human".split()
)


def _initials(name: str) -> str:
    return "".join(word[0] for word in words(name) if word not in _LINKS)


def _same_title(document: Document, original: Original) -> bool:
    """Say whether the title is the original's, whatever the order of its parts."""
    return any(_titles_match(document.title, title, original) for title in _titles(original))


def _titles_match(given: str, title: str, original: Original) -> bool:
    if _whole(given, title, original):
        return True
    main = words(re.split(r":|\s[–—-]\s", title)[0])
    return words(given) == main and len(main) >= _MAIN_TITLE_WORDS


def _whole(given: str, title: str, original: Original) -> bool:
    """Say whether a title is the original's; its year, publisher and symbol may be added."""
    if "".join(words(given)) == "".join(words(title)):
        return True
    more = Counter(words(given)) - Counter(words(title))
    less = Counter(words(title)) - Counter(words(given))
    return not less and set(more) <= _record_words(original)


def _titles(original: Original) -> tuple[str, ...]:
    return tuple(_undated(title) for title in (original.title, *original.also))


def _undated(title: str) -> str:
    return re.sub(r"\s*\((?:19|20)\d\d\)\s*$", "", title)


def _record_words(original: Original) -> set[str]:
    parts = (original.publisher, original.year, original.edition, original.symbol)
    return {word for part in parts if part for word in words(str(part))} | _LINKS


_LINKS = frozenset("of on and the for in to a an by with at".split())


def words(text: str) -> list[str]:
    """Return the words of a title in small letters, without marks and dashes."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("&", " and ")
    return re.findall(r"[^\W_]+", re.sub(r"(?<=\w)['’](?=s\b)", "", plain))


def _years(text: str) -> list[int]:
    return [int(year) for year in _YEAR.findall(text)]


def _numbers(edition: str | None) -> set[str]:
    return set(re.findall(r"\d+", edition or ""))


def _symbol(symbol: str | None) -> str:
    plain = unicodedata.normalize("NFKC", symbol or "").casefold()
    return re.sub(r"[\s()]|\bno\b\.?", "", re.sub(r"[‐-―]", "-", plain))


def _called(original: Original) -> str:
    return f"{original.title} ({original.year})" if original.year else original.title


# --- what is missing -----------------------------------------------------------------------------


def missing(documents: Iterable[Document], originals: Iterable[Original]) -> list[Original]:
    """Return the originals that no document was recognised as, by title and year."""
    loaded = {document.original for document in documents}
    absent = [each for each in originals if each.id not in loaded]
    return sorted(absent, key=lambda each: (each.title, -(each.year or 0), each.id))


def sections_on(documents: Iterable[Document]) -> Counter[str]:
    """Return how many sections of our notes are based on each original, by its id."""
    return Counter(
        basis.original
        for document in documents
        for basis in document.based_on
        if basis.original is not None
    )


def as_basis(original: Original) -> Basis:
    """Return an original in the form that answers carry."""
    return Basis(
        original.title,
        original.publisher,
        original.year,
        url=original.url,
        original=original.id,
    )


def known_as(original: Original) -> str:
    """Return all titles that an original goes by, in one string."""
    return "; ".join(_titles(original))


def names_by_id(originals: Iterable[Original]) -> dict[str, str]:
    """Return, for each original's id, all titles that it goes by."""
    return {each.id: known_as(each) for each in originals}


def named_in(question: str, originals: Iterable[Original]) -> list[Original]:
    """Return the originals that a question names by title, short title or symbol, best first.

    Of several editions that a newer one replaces, only the newest is returned unless the question
    holds a year of theirs.
    """
    asked = words(question)
    known = list(originals)
    lengths = {each.id: _longest_name(question, asked, each) for each in known}
    found = sorted((each for each in known if lengths[each.id]), key=lambda each: -lengths[each.id])
    return newest(found, question)


def newest(found: Sequence[Original], question: str) -> list[Original]:
    """Leave out editions that are replaced by another of those found, or by the year asked for."""
    years = set(_years(question))
    dated = [each for each in found if each.year in years]
    ids = {each.id for each in found}
    replaced = {each.id for each in found if each.superseded_by in ids and each not in dated}
    replaced |= {each.superseded_by for each in dated if each.superseded_by}
    return [each for each in found if each.id not in replaced or each in dated]


def _longest_name(question: str, asked: Sequence[str], original: Original) -> int:
    """Return the number of words of the longest of an original's names in a question, or 0."""
    names = [name for name in _names(original) if _says(question, asked, name)]
    symbol = original.symbol or ""
    if symbol and re.search(_symbol_pattern(symbol), question, re.IGNORECASE):
        names.append(symbol)
    return max((len(words(name)) for name in names), default=0)


def _symbol_pattern(symbol: str) -> str:
    parts = [re.escape(part) for part in re.split(r"[\s()]+", symbol) if part]
    spelled = r"[\s()]*".join(parts)
    return rf"(?<![\w/]){spelled}(?![\w/]|[.-]\w)"


def _names(original: Original) -> Iterable[str]:
    """Yield the titles, their first parts, and parts of them such as "Tool 6"."""
    for title in _titles(original):
        yield title
        parts = [part.strip() for part in re.split(r"[:,()]|\s[–—-]\s", title)]
        if len(words(parts[0])) >= _MAIN_TITLE_WORDS:
            yield parts[0]
        yield from (part for part in parts if _NUMBERED_NAME.fullmatch(part))


def _says(question: str, asked: Sequence[str], name: str) -> bool:
    """Say whether a question holds a name; a single word must be written as the name is."""
    parts = words(name)
    if len(parts) == 1:
        return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", question) is not None
    return bool(parts) and any(
        list(asked[start : start + len(parts)]) == parts for start in range(len(asked))
    )


# --- stepping back -------------------------------------------------------------------------------


def stepped_back(owners: Sequence[str | None], bases: Sequence[str | None]) -> list[int]:
    """Return an order of hits in which our notes stand behind the publications they tell about.

    A note among the first hits moves directly behind the first passage of its publication there;
    a publication that comes up further down changes nothing.

    Args:
        owners: for each hit, the original that its document is, or None.
        bases: for each hit, the original that its section of a note is based on, or None.
    """
    firsts: dict[str, int] = {}
    for index, owner in enumerate(owners[:_WINDOW]):
        if owner is not None:
            firsts.setdefault(owner, index)
    places = _places(bases, firsts)
    return sorted(range(len(owners)), key=lambda index: (places.get(index, index), index in places))


def _places(bases: Sequence[str | None], firsts: Mapping[str, int]) -> dict[int, int]:
    """Return, for each note before its publication, where the publication first stands."""
    return {
        index: firsts[basis]
        for index, basis in enumerate(bases[:_WINDOW])
        if basis is not None and firsts.get(basis, -1) > index
    }
