"""The values that flow through GenderGPT, and nothing else.

Every value is a frozen dataclass without behaviour beyond ``to_dict``, whose result is the JSON of
the project's contract. No model, store, path lookup or markup lives here.

Offsets are counted in Python characters (Unicode code points). ``start`` is inclusive, ``end``
exclusive, always in the page's *own* text: the text as the reader found it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from enum import StrEnum
from typing import Any

from gendergpt.errors import UsageError


class Kind(StrEnum):
    """Whose words a document holds."""

    ORIGINAL = "original"
    SUMMARY = "summary"


class Status(StrEnum):
    """How a quotation was found in its page's own text. ``NOT_FOUND`` is never shown."""

    EXACT = "EXACT"
    NORMALISED = "NORMALISED"
    NOT_FOUND = "NOT_FOUND"


class Outcome(StrEnum):
    """What an answer amounts to."""

    ANSWERED = "ANSWERED"
    PARTIAL = "PARTIAL"
    NOT_IN_LIBRARY = "NOT_IN_LIBRARY"
    ABOUT_ASSISTANT = "ABOUT_ASSISTANT"


class Stage(StrEnum):
    """The step of retrieval that gave a hit its score."""

    DENSE = "dense"
    LEXICAL = "lexical"
    FUSED = "fused"
    RERANKED = "reranked"


class LabelFrom(StrEnum):
    """Where a page's printed label comes from: the file's page labels, or read off the page."""

    FILE = "file"
    PAGE = "page"


class BlockKind(StrEnum):
    """What a stretch of a page is. Only paragraphs, lists and tables become passages."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    TABLE = "table"
    CONTENTS = "contents"
    FOOTNOTE = "footnote"
    FURNITURE = "furniture"


def _plain(value: Any) -> Any:
    """Turn values into what ``json`` can write, field by field."""
    if is_dataclass(value) and not isinstance(value, type):
        to_dict = getattr(value, "to_dict", None)
        if to_dict is not None:
            return to_dict()
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, StrEnum):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(_plain(item) for item in value)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


class _Value:
    """Shared ``to_dict``: the dataclass's fields as JSON, in their order."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the value as a dict that ``json.dumps`` accepts."""
        return {f.name: _plain(getattr(self, f.name)) for f in fields(self)}  # type: ignore[arg-type]


# --- what a reader finds in a file ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Page(_Value):
    """One page's own text, as read.

    ``number`` counts from 1 for the first page of the file; ``label`` is what is printed on the
    page, or None, and ``label_from`` how that is known. Slides are pages, too. Formats without
    pages have one ``Page`` with ``number`` None.
    """

    number: int | None
    label: str | None
    text: str
    label_from: LabelFrom | None = None


@dataclass(frozen=True, slots=True)
class Block(_Value):
    """A stretch of one page: ``pages[page].text[start:end]``.

    ``page`` is an index into the reading's pages (from 0). ``level`` is the depth of a heading
    (1 = outermost). ``continues`` says that the block goes on where the block before it in reading
    order (headers, footers and footnotes between them left out) broke off.
    """

    kind: BlockKind
    page: int
    start: int
    end: int
    level: int = 0
    continues: bool = False


@dataclass(frozen=True, slots=True)
class Reading(_Value):
    """All that a reader found in one file: pages, their blocks in reading order, and metadata."""

    pages: tuple[Page, ...]
    blocks: tuple[Block, ...]
    title: str | None = None
    author: str | None = None
    language: str | None = None
    year: int | None = None
    warnings: tuple[str, ...] = ()


# --- what the library holds ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Basis(_Value):
    """A publication that a summary of ours is based on, and how much of it was seen.

    ``heading`` names the section of the summary that this entry stands behind (None: all of it).
    ``seen`` is FULL, PAGE, START or LAND, as in the catalogue. ``original`` is the id of the
    publication among the catalogue's originals (see :class:`Original`).
    """

    title: str
    publisher: str | None = None
    year: int | None = None
    place: str | None = None
    url: str | None = None
    seen: str | None = None
    heading: str | None = None
    original: str | None = None


@dataclass(frozen=True, slots=True)
class Original(_Value):
    """A publication that users should add: what its catalogue record says of it.

    ``id`` is a short readable name, unique in the catalogue; ``symbol`` a document symbol or number
    such as A/74/191; ``also`` other titles it goes by; ``superseded_by`` the id of a newer edition.
    ``url`` is the publisher's own address, or None where none is known.
    """

    id: str
    title: str
    publisher: str | None = None
    year: int | None = None
    edition: str | None = None
    language: str | None = None
    symbol: str | None = None
    url: str | None = None
    superseded_by: str | None = None
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document(_Value):
    """A document of the library. ``id`` is made from the file's content, never from its name.

    ``guessed`` names the fields that were read off the first page for want of a record.
    ``original`` is the id of the catalogue's original that this file was recognised as.
    """

    id: str
    title: str
    publisher: str | None = None
    year: int | None = None
    edition: str | None = None
    language: str | None = None
    kind: Kind = Kind.ORIGINAL
    based_on: tuple[Basis, ...] = ()
    path: str | None = None
    url: str | None = None
    licence: str | None = None
    pages: int | None = None
    passages: int = 0
    superseded_by: str | None = None
    symbol: str | None = None
    guessed: tuple[str, ...] = ()
    original: str | None = None


@dataclass(frozen=True, slots=True)
class PageRef(_Value):
    """A page by position in the file (from 1) and by what is printed on it (or None)."""

    number: int
    label: str | None
    label_from: LabelFrom | None = None


@dataclass(frozen=True, slots=True)
class Span(_Value):
    """Characters ``start`` to ``end`` of one page's own text (``page`` None: no pages)."""

    page: PageRef | None
    start: int
    end: int


class Form(StrEnum):
    """What a sentence of a passage is: running prose, a list with its lead-in, or a table row."""

    PROSE = "prose"
    LIST = "list"
    ROW = "row"


@dataclass(frozen=True, slots=True)
class Sentence(_Value):
    """A sentence of a passage: ``passage.text[start:end]``, and where its own words stand.

    ``numbers`` are the numbered places around it, outermost first, in the publication's own
    numbering: ``("Article 7", "para. 2", "(b)")``.
    """

    start: int
    end: int
    spans: tuple[Span, ...]
    form: Form = Form.PROSE
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage(_Value):
    """Whole sentences of one document under one heading.

    ``text`` is cleaned for searching; the page's own words are at ``spans``. The id is made from
    the document and the spans, so that another model or a re-embedding does not change it.
    """

    id: str
    document_id: str
    text: str
    spans: tuple[Span, ...]
    heading: tuple[str, ...]
    sentences: tuple[Sentence, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return id, text, spans and heading, as in the contract."""
        return {
            "id": self.id,
            "text": self.text,
            "spans": _plain(self.spans),
            "heading": list(self.heading),
        }


# --- what a question gets ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Hit(_Value):
    """A passage that came up for a question. Better hits have lower ranks and higher scores."""

    rank: int
    score: float
    stage: Stage
    passage: Passage
    document: Document


@dataclass(frozen=True, slots=True)
class Citation(_Value):
    """A quotation that was found in its page's own text, and where.

    ``basis`` is set for our own summaries: the publication that the quoted section is about.
    ``also`` names further documents that say nearly the same. ``numbers`` are the numbered places
    that the quotation stands in, outermost first (see :class:`Sentence`).
    """

    marker: int
    quote: str
    status: Status
    spans: tuple[Span, ...]
    heading: tuple[str, ...]
    passage_id: str
    document: Document
    basis: Basis | None = None
    also: tuple[Document, ...] = ()
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Searched(_Value):
    """How much was searched, and under which filters."""

    documents: int
    passages: int
    filters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer(_Value):
    """The answer to a question; the last event of ``Assistant.stream``.

    ``text`` carries markers ``[1]``; ``citations`` are numbered as in it. ``nearest`` holds hits
    that are shown as "not an answer"; ``reading`` passages for reading on beneath an answer.
    ``notes`` are our own remarks (for instance that national law prevails). ``query`` is the
    question as it was searched for, which differs from ``question`` in follow-ups. ``confidence``
    is how likely it is, from 0 to 1, that the library answers the question; None where nothing was
    searched for.
    """

    question: str
    outcome: Outcome
    text: str
    citations: tuple[Citation, ...] = ()
    missing: tuple[str, ...] = ()
    nearest: tuple[Hit, ...] = ()
    searched: Searched = field(default_factory=lambda: Searched(0, 0))
    originals: tuple[Basis, ...] = ()
    language: str = "en"
    encoder: str | None = None
    llm: str | None = None
    generation: int = 0
    notes: tuple[str, ...] = ()
    reading: tuple[Hit, ...] = ()
    query: str | None = None
    confidence: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the contract's JSON; ``originals`` are cut to title, publisher, year, url."""
        value = {f.name: _plain(getattr(self, f.name)) for f in fields(self)}
        value["originals"] = [
            {"title": o.title, "publisher": o.publisher, "year": o.year, "url": o.url}
            for o in self.originals
        ]
        return value


@dataclass(frozen=True, slots=True)
class Turn(_Value):
    """One earlier exchange of a conversation. Histories run from the oldest turn to the newest."""

    question: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Retrieved(_Value):
    """Event: retrieval is done; these hits were found."""

    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class TextDelta(_Value):
    """Event: the next piece of the answer's text. All pieces together are ``Answer.text``."""

    text: str


Event = Retrieved | TextDelta | Answer


@dataclass(frozen=True, slots=True)
class Filters(_Value):
    """What a search is limited to. Each field is None, one value or a set of values.

    ``document`` is a document id. ``publisher`` matches the document's own publisher and those of
    the publications it is based on. Years are inclusive.

    Raises:
        UsageError: ``kind`` is none of the kinds; the message names them.
    """

    document: str | frozenset[str] | set[str] | None = None
    publisher: str | frozenset[str] | set[str] | None = None
    language: str | frozenset[str] | set[str] | None = None
    edition: str | frozenset[str] | set[str] | None = None
    kind: str | frozenset[str] | set[str] | None = None
    year_from: int | None = None
    year_to: int | None = None

    def __post_init__(self) -> None:
        kinds = {self.kind} if isinstance(self.kind, str) else self.kind or ()
        known = [str(kind) for kind in Kind]
        wrong = sorted(str(kind) for kind in kinds if kind not in known)
        if wrong:
            raise UsageError(
                f"There is no kind of document '{wrong[0]}'; the kinds are {' and '.join(known)}."
            )

    def to_dict(self) -> dict[str, Any]:
        """Return only the filters that are set."""
        values = {f.name: _plain(getattr(self, f.name)) for f in fields(self)}
        return {name: value for name, value in values.items() if value is not None}


# --- what an ingest did --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FileOutcome(_Value):
    """What became of one file. ``reason`` says why, where there is something to say."""

    path: str
    document_id: str | None = None
    pages: int | None = None
    passages: int = 0
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class IngestReport(_Value):
    """What one run of ingest did, file by file. ``seconds`` is wall-clock time."""

    added: tuple[FileOutcome, ...] = ()
    replaced: tuple[FileOutcome, ...] = ()
    unchanged: tuple[FileOutcome, ...] = ()
    removed: tuple[FileOutcome, ...] = ()
    quarantined: tuple[FileOutcome, ...] = ()
    seconds: float = 0.0
    generation: int = 0
