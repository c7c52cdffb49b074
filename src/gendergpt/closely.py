"""Answering from one document: every line of it is weighed, and those that answer are quoted.

Asked about one document, a reader wants all that it says on the matter, in its order: a heading
with its list, an address with its opening hours. What is quoted, and whether anything is, follows
:mod:`gendergpt.answering`, not the rules for whole libraries in :mod:`gendergpt.quotations`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gendergpt.answering import Model
from gendergpt.evidence import Side, View
from gendergpt.lines import Line, PageText, lines
from gendergpt.names import Named, NameKind, holds
from gendergpt.questions import Question
from gendergpt.quotable import front_matter
from gendergpt.quotations import Choice
from gendergpt.retrieval import Query
from gendergpt.scoring import Analyse, Piece, Rarity, Source, together
from gendergpt.tokens import rotate

MOST_WORDS = 400
"""About how many words are quoted from one document."""
_TOLD = 0.5
"""What is left of a line's probability when it was quoted a moment ago."""


@dataclass(frozen=True, slots=True)
class Document:
    """The lines of one document in reading order, each with the passage that it is in."""

    sources: tuple[Source, ...]
    lines: tuple[Line, ...]
    owners: tuple[int, ...]

    def text(self, number: int) -> str:
        """Return the words of a line."""
        line = self.lines[number]
        return self.sources[self.owners[number]].passage.text[line.start : line.end]


def document(sources: Sequence[Source], page_text: PageText) -> Document:
    """Return the lines of a document's passages, put in reading order.

    Args:
        sources: passages of one document in any order; those about the document itself are left
            out.
        page_text: gives the own text of the whole page that a span is on.
    """
    telling = [source for source in sources if not front_matter(source.passage.heading)]
    ordered = tuple(sorted(telling, key=_reading_order))
    cut = [(number, line) for number, source in enumerate(ordered)
           for line in lines(source.passage, page_text)]  # fmt: skip
    return Document(ordered, tuple(line for _, line in cut), tuple(number for number, _ in cut))


def _reading_order(source: Source) -> tuple[int, int]:
    first = source.passage.spans[0]
    return first.page.number if first.page else 0, first.start


def choose_lines(
    question: Question,
    query: Query,
    read: Document,
    model: Model,
    analyse: Analyse,
    rarity: Rarity,
    told: Collection[str] = (),
) -> Choice:
    """Choose the lines of one document that answer a question, or none.

    Args:
        question: what is asked and named.
        query: the question, encoded.
        read: the document's lines.
        model: what was learnt for the encoder.
        analyse: turns text into stemmed words.
        rarity: gives stemmed words their inverse document frequency.
        told: quotations that were shown a moment ago.
    """
    if not read.lines or not len(query.tokens):
        return Choice(confidence=0.0)
    absent = missing_names(question, read)
    verdict = model.judge(view(query, read, analyse, rarity, len(absent)))
    gone = tuple(named.text for named in absent)
    sure = verdict.answerable
    if sure < model.refuse:
        return Choice(missing=gone, confidence=sure)
    chances = verdict.lines.copy()
    for number in range(len(chances)):
        if any(read.text(number) in quote for quote in told):
            chances[number] *= _TOLD
    quotes = tuple(_joined(read, taken(read, chances, model.least(chances)), chances))
    return Choice(quotes, gone, relevance=float(verdict.lines.max()), confidence=sure)


def view(query: Query, read: Document, analyse: Analyse, rarity: Rarity, absent: int) -> View:
    """Return question and lines as :mod:`gendergpt.evidence` looks at them."""
    texts = [read.text(number) for number in range(len(read.lines))]
    tokens, headings = [], []
    for line, owner in zip(read.lines, read.owners, strict=True):
        source = read.sources[owner]
        tokens.append(source.tokens[(source.starts >= line.start) & (source.starts < line.end)])
    for source in read.sources:
        headings.append(source.tokens[source.starts < 0])
    return View(
        query.text,
        texts,
        np.array(read.owners, np.int64),
        np.array([line.opens for line in read.lines], bool),
        [analyse(text) for text in texts],
        [analyse(" ".join(source.passage.heading)) for source in read.sources],
        rarity(analyse(query.text)),
        Side(rotate(query.vector[None])[0], query.tokens, query.weights, tokens, headings),
        absent,
    )


def missing_names(question: Question, read: Document) -> list[Named]:
    """Return the names, years and figures of a question that the document does not hold.

    Places are left out: a page need not name the country that it is about.
    """
    evidence = [f"{source.passage.text}\n{' '.join(source.passage.heading)}\n{source.record}"
                for source in read.sources]  # fmt: skip
    return [
        named
        for named in question.named
        if named.firm
        and named.kind is not NameKind.PLACE
        and not any(holds(named, text) for text in evidence)
    ]


def taken(read: Document, chances: NDArray[np.float32], least: float) -> list[int]:
    """Return the numbers of the lines to quote, at least one, in reading order."""
    chosen: list[int] = []
    words = 0
    for number in np.argsort(-chances, kind="stable").tolist():
        length = len(read.text(number).split())
        if chosen and (chances[number] < least or words + length > MOST_WORDS):
            break
        chosen.append(number)
        words += length
    return sorted(chosen)


def _joined(read: Document, chosen: Sequence[int], chances: NDArray[np.float32]) -> Iterator[Piece]:
    """Make one quotation of lines of one passage that follow one another."""
    run: list[int] = []
    for number in chosen:
        if run and (number != run[-1] + 1 or not _goes_on(read, run[-1], number)):
            yield _piece(read, run, chances)
            run = []
        run.append(number)
    if run:
        yield _piece(read, run, chances)


def _goes_on(read: Document, one: int, other: int) -> bool:
    same = read.owners[one] == read.owners[other]
    return same and read.lines[one].numbers == read.lines[other].numbers


def _piece(read: Document, run: Sequence[int], chances: NDArray[np.float32]) -> Piece:
    source = read.sources[read.owners[run[0]]]
    first, last = read.lines[run[0]], read.lines[run[-1]]
    spans = first.spans
    for number in run[1:]:
        spans = together(spans, read.lines[number].spans)
    best = float(max(chances[number] for number in run))
    return Piece(
        source.passage.text[first.start : last.end],
        spans,
        source,
        best,
        (best,),
        frozenset(),
        np.zeros(0, np.float32),
        numbers=first.numbers,
    )
