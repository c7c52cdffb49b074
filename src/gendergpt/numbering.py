"""Numbered places of a publication: "Article 7", "para. 27", "(b)", "Rule 19", and pages.

On the side of the document, :func:`number` says for each block which numbered places it stands in.
On the side of the question, :func:`places_in` finds the places that it asks for. Both speak of a
place as a path of names, outermost first, and compare names in the same normal form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from gendergpt.terms import in_english
from gendergpt.types import BlockKind

_SAME_KIND = {
    "art": "article", "artículo": "article", "artigo": "article", "articolul": "article",
    "madde": "article", "статья": "article", "стаття": "article", "chapitre": "chapter",
    "capítulo": "chapter", "глава": "chapter", "règle": "rule", "regla": "rule",
}  # fmt: skip
_LEGAL = "article|rule|principle|guideline|standard|recommendation|regulation"
_CONTAINERS = "|".join([_LEGAL, "objective|chapter|section|annex|part|practice note", *_SAME_KIND])
_NUMERAL = r"\d{1,3}(?:\.\d{1,2}){0,3}(?:bis|ter|[A-Za-z](?![a-z]))?|[IVXLC]{1,6}(?![A-Za-z])"
_OPENS_CONTAINER = re.compile(
    rf"\s*(?P<kind>{_CONTAINERS})\.?\s+(?:no\.?\s+)?(?P<number>{_NUMERAL})"
    r"(?:\s*$|\s*\n|\s*[.:\u2013\u2014-]|\s+[(“\"'‘]?[^\W\d_a-z]|\s+\(?\d)",
    re.IGNORECASE,
)
_OPENS_DECIMAL = re.compile(r"\s*(?P<number>\d{1,2}(?:\.\d{1,2}){1,3})\.?\s+\S")
_OPENS_PARAGRAPH = re.compile(r"\s*(?P<number>\d{1,3})(?:\.|\))?\s+(?=\S)")
_DOTTED = re.compile(r"\s*\d{1,3}\.\s+\S")
_OPENS_ITEM = re.compile(r"\s*\(?(?P<item>[a-z]|[ivx]{1,5}|\d{1,2})\)\s+(?=\S)")
_RUN = 8
"""Least length of a run of paragraph numbers that is taken for the numbering of the document."""
_SHARE = 0.2
"""Least share of the document's blocks over which such a run reaches; a list reaches less far."""
_GAP = 3
"""Greatest step within a run: a paragraph whose number was not recognised does not end it."""


def number(blocks: Sequence[tuple[BlockKind, str]]) -> list[tuple[str, ...]]:
    """Say in which numbered places each block stands.

    Args:
        blocks: kind and text of all blocks of a document, in reading order.

    Returns:
        For each block the names of its places, outermost first, for instance
        ``("Article 7", "para. 2", "(b)")``. A plain list that counts to three in a section is no
        such place.
    """
    running = _running(blocks)
    state = _State()
    result: list[tuple[str, ...]] = []
    for index, (kind, text) in enumerate(blocks):
        if kind in (BlockKind.FURNITURE, BlockKind.FOOTNOTE, BlockKind.CONTENTS):
            result.append(())
            continue
        state = state.after(kind, text, index in running)
        result.append(state.path)
    return result


@dataclass(frozen=True, slots=True)
class _State:
    """Where the reading stands: container, numbered paragraph, item."""

    container: str | None = None
    paragraph: str | None = None
    item: str | None = None

    @property
    def path(self) -> tuple[str, ...]:
        return tuple(name for name in (self.container, self.paragraph, self.item) if name)

    def after(self, kind: BlockKind, text: str, runs: bool) -> _State:
        """Return the state in the next block; ``runs``: its number counts through the document."""
        match = _OPENS_CONTAINER.match(text)
        if match is not None:
            return _State(_container(match))
        if kind is BlockKind.HEADING:
            return self._under_heading(text)
        if runs:
            return self._numbered(text)
        item = _OPENS_ITEM.match(text)
        if item is not None:
            inside = self._is_legal or self.paragraph
            return replace(self, item=f"({item['item'].lower()})") if inside else self
        if self._is_legal and _DOTTED.match(text):
            return self._numbered(text)
        return self if kind is BlockKind.TABLE else replace(self, item=None)

    def _numbered(self, text: str) -> _State:
        match = _OPENS_PARAGRAPH.match(text)
        return _State(self.container, f"para. {match['number']}") if match else self

    def _under_heading(self, text: str) -> _State:
        """A heading ends a paragraph; one with a number ("4.2 Searches") is a section."""
        decimal = _OPENS_DECIMAL.match(text)
        if decimal is not None:
            return _State(f"section {decimal['number']}")
        bare = self.container is not None and self.paragraph is None
        return _State(self.container if bare and not self._is_section else None)

    @property
    def _is_legal(self) -> bool:
        kind = self.container.split()[0] if self.container else ""
        return _SAME_KIND.get(kind.lower(), kind.lower()) in _LEGAL.split("|")

    @property
    def _is_section(self) -> bool:
        return self.container is not None and self.container.startswith("section")


def _container(match: re.Match[str]) -> str:
    """Name a container as it is printed, but "Art." in full, which a question may spell out."""
    kind = "article" if match["kind"].lower() == "art" else match["kind"].lower()
    return f"{kind.capitalize()} {match['number']}"


def _running(blocks: Sequence[tuple[BlockKind, str]]) -> set[int]:
    """Return the blocks whose numbers count on through the document: the longest run upwards."""
    found = [
        (index, int(match["number"]))
        for index, (kind, text) in enumerate(blocks)
        if kind in (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM)
        and _DOTTED.match(text)
        and (match := _OPENS_PARAGRAPH.match(text)) is not None
    ]
    lengths: list[int] = []
    before: list[int | None] = []
    latest: dict[int, int] = {}
    for place, (_, value) in enumerate(found):
        earlier = [latest[value - step] for step in range(1, _GAP + 1) if value - step in latest]
        best = max(earlier, key=lambda each: lengths[each], default=None)
        lengths.append(1 if best is None else lengths[best] + 1)
        before.append(best)
        if value not in latest or lengths[latest[value]] <= lengths[place]:
            latest[value] = place
    if not lengths or max(lengths) < _RUN:
        return set()
    chosen: set[int] = set()
    current: int | None = max(range(len(found)), key=lambda each: lengths[each])
    while current is not None:
        chosen.add(found[current][0])
        current = before[current]
    reach = max(chosen) - min(chosen) + 1
    return chosen if reach >= _SHARE * len(blocks) else set()


# --- the side of the question --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Place:
    """A place that a question asks for: a path of normal names, or a page by its printed label."""

    names: tuple[str, ...] = ()
    page: str | None = None


_MENTION = re.compile(
    rf"\b(?P<kind>{_CONTAINERS}|paragraph|para)s?\b\.?\s*(?:no\.?\s*)?"
    rf"(?P<first>{_NUMERAL})(?:\s?[-\u2013]\s?(?P<last>\d{{1,3}}))?(?P<items>(?:\s?\((?:\w{{1,5}})\))*)"
    r"(?P<more>(?:(?:\s?,\s?|\s+and\s+|\s+or\s+)\d{1,3}(?![\w.]))*)"
    r"|§\s?(?P<sign>\d{1,3})",
    re.IGNORECASE,
)
_PAGE = re.compile(
    r"\b(?:on\s+)?(?:pages?|pp?\.)\s*(?P<label>\d{1,4}|[ivxlc]{1,7})\b(?!\s*(?:%|per))",
    re.IGNORECASE,
)
_RANGE = 20


def places_in(question: str) -> tuple[Place, ...]:
    """Return the numbered places and pages that a question asks for.

    ``"Art. 7(2)(b)"`` and ``"paragraph 2 (b) of Article 7"`` are the same place. A range or a list
    of paragraphs gives a place for each.
    """
    question = in_english(question).text
    containers: list[tuple[str, ...]] = []
    paragraphs: list[tuple[str, ...]] = []
    for match in _MENTION.finditer(question):
        group = paragraphs if _is_paragraph(match) else containers
        group += _mentioned(match)
    if containers and paragraphs:
        named = [Place((*one, *other)) for one in containers for other in paragraphs]
    else:
        named = [Place(path) for path in containers or paragraphs]
    pages = [Place(page=page_name(match["label"])) for match in _PAGE.finditer(question)]
    return tuple(dict.fromkeys([*named, *pages]))


def page_name(label: str) -> str:
    """Return a printed page label in the form in which labels are compared: "06" is "6"."""
    return label.lower().lstrip("0") or label


def without_places(question: str) -> str:
    """Return the question without the words that name a place in a publication."""
    return " ".join(_PAGE.sub(" ", _MENTION.sub(" ", in_english(question).text)).split())


def without_pages(question: str) -> str:
    """Return the question without the pages that it names."""
    return _PAGE.sub(" ", question)


def _is_paragraph(match: re.Match[str]) -> bool:
    return match["sign"] is not None or match["kind"].lower().startswith("para")


def _mentioned(match: re.Match[str]) -> list[tuple[str, ...]]:
    if match["sign"] is not None:
        return [(match["sign"],)]
    kind = "" if _is_paragraph(match) else match["kind"]
    values = [match["first"], *re.findall(r"\d+", match["more"] or "")]
    if match["last"] and match["first"].isdigit():
        first, last = int(match["first"]), int(match["last"])
        values += [str(value) for value in range(first + 1, min(last, first + _RANGE) + 1)]
    items = tuple(item.lower() for item in re.findall(r"\w+", match["items"] or ""))
    return [(normal(f"{kind} {value}"), *items) for value in values]


def normal(name: str) -> str:
    """Return a place's name without what its spelling may vary in: "para. 27" is "27"."""
    folded = " ".join(name.lower().strip(" ().").split())
    folded = re.sub(r"^(?:paragraph|para)s?\.? ?", "", folded)
    kind, _, value = folded.partition(" ")
    return f"{_SAME_KIND.get(kind.rstrip('.'), kind)} {value}" if value else kind


def stands_in(place: Place, names: Iterable[str]) -> bool:
    """Say whether a path of names, as :func:`number` gives it, lies in a place asked for."""
    path = iter([normal(name) for name in names])
    return bool(place.names) and all(any(own == wanted for own in path) for wanted in place.names)
