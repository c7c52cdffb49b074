"""How well each sentence of the best passages meets a question.

Late interaction over the sentence's own tokens, and the rare words that it shares with the
question, weighed for the whole question and for each of its parts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import exp

import numpy as np
from numpy.typing import NDArray

from gendergpt.numbering import Place
from gendergpt.pinning import at_place
from gendergpt.questions import Question, Shape
from gendergpt.quotable import SENTENCE_END, front_matter, opens_on_pronoun, quotable
from gendergpt.references import REMARK
from gendergpt.rerank import best_matches
from gendergpt.retrieval import Query
from gendergpt.types import Document, Passage, Sentence, Span

Analyse = Callable[[str], list[str]]
AnalyseIn = Callable[[str, str | None], list[str]]
"""The same with the language of the text."""

Rarity = Callable[[Sequence[str]], dict[str, float]]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Source:
    """A passage with what the choice needs: its tokens, and the words of its record.

    ``tokens`` (n, d) and ``starts`` (n,) are the passage's token vectors and where they stand in
    its text (negative: in the heading). ``record`` is text from title, publisher and the
    publication behind a summary's section. ``stands_on`` is the original's id that a section of a
    summary is based on. ``placed`` says that the passage is at a place that was asked for,
    ``own`` that it tells about no publication.
    """

    passage: Passage
    document: Document
    rank: int
    tokens: Floats
    starts: NDArray[np.int16]
    record: str
    stands_on: str | None = None
    placed: bool = False
    own: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """The encoded question: ``tokens`` (m, d), and ``words`` (start, end) of each.

    ``parts`` holds the whole question first, then each part of it that asks or tells one thing.
    """

    tokens: Floats
    words: tuple[tuple[int, int], ...]
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the question: ``weights`` (m,) sum to 1 and are 0 for tokens outside it.

    ``rarity`` gives the weight of each of its stemmed words; together they are 1, too.
    """

    weights: Floats
    rarity: dict[str, float]


def wanted(question: Question, query: Query, analyse: Analyse, rarity: Rarity) -> Wanted:
    """Weigh the tokens and words of a question and of its parts.

    Args:
        question: what is asked.
        query: the question, encoded.
        analyse: turns text into stemmed words.
        rarity: gives stemmed words their inverse document frequency.
    """
    text = question.asked
    parts = [_part(query, text, (0, len(text)), analyse, rarity)]
    if question.own is not None:
        parts = [_leaning(parts[0], _part(query, text, question.own, analyse, rarity))]
    for span in question.parts:
        if tells_something(text[slice(*span)], analyse):
            parts.append(_part(query, text, span, analyse, rarity))
    return Wanted(query.tokens, query.words, tuple(part for part in parts if part is not None))


_BACKGROUND = 0.4


def _leaning(whole: Part | None, own: Part | None) -> Part | None:
    """Mix a follow-up's own words with those of the turn that it leans on."""
    if whole is None or own is None:
        return whole
    share = 1 - _BACKGROUND
    terms = {term: _BACKGROUND * weight for term, weight in whole.rarity.items()}
    for term, weight in own.rarity.items():
        terms[term] = terms.get(term, 0.0) + share * weight
    return Part(_BACKGROUND * whole.weights + share * own.weights, terms)


_GENERIC = frozenset(
    "guidanc guidelin document librari say tell text tool sourc need pleas".split()
)
"""Stems that a question about any guidance may hold."""


def tells_something(part: str, analyse: Analyse) -> bool:
    """Say whether a part of a question has words of its own to search for."""
    return len(set(analyse(part)) - _GENERIC) >= 2


def _part(
    query: Query, text: str, span: tuple[int, int], analyse: Analyse, rarity: Rarity
) -> Part | None:
    inside = np.array([span[0] <= start < span[1] for start, _ in query.words], bool)
    weights = np.where(inside, query.weights, 0).astype(np.float32)
    if not weights.sum() > 0:
        return None
    terms = rarity(analyse(text[slice(*span)]))
    total = sum(terms.values()) or 1.0
    return Part(weights / weights.sum(), {term: value / total for term, value in terms.items()})


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence that may be quoted, and how well it meets the question (each from 0 to 1).

    ``terms`` are its stemmed words, ``around`` those of its headings and record. ``numbers`` are
    the numbered places that it stands in; ``placed`` says that one of them was asked for.
    """

    text: str
    spans: tuple[Span, ...]
    source: Source
    late: float
    scores: tuple[float, ...]
    terms: frozenset[str]
    met: Floats
    also: tuple[Document, ...] = ()
    around: frozenset[str] = frozenset()
    numbers: tuple[str, ...] = ()
    placed: bool = False

    @property
    def relevance(self) -> float:
        """How well it meets the question, wherever it was found.

        A part of the question counts beside the whole, so that "what can officials do?" does
        not find just anything that officials do.
        """
        whole = self.scores[0]
        mixed = (0.45 * whole + 0.55 * part for part in self.scores[1:])
        return max(whole, *mixed, 0.0)

    @property
    def score(self) -> float:
        """Relevance, with a premium for sentences of the passages that rank first."""
        return self.relevance + _RANK_PREMIUM * exp(-(self.source.rank - 1) / _RANKS)

    @property
    def evidence(self) -> str:
        """The sentence with its headings and record: where named things may stand."""
        numbers = ", ".join(self.numbers)
        return " \n ".join([self.text, *self.source.passage.heading, self.source.record, numbers])


_RANK_PREMIUM, _RANKS = 0.1, 12
_REMARK_DISCOUNT = 0.93

# --- scoring -------------------------------------------------------------------------------------


def pieces(
    question: Question, sources: Iterable[Source], wanted: Wanted, analyse_in: AnalyseIn
) -> list[Piece]:
    """Return the quotable sentences of passages, scored.

    Args:
        question: what is asked.
        sources: passages, best first.
        wanted: the encoded question.
        analyse_in: turns text of a language into its terms.
    """
    result: list[Piece] = []
    for source in sources:
        if front_matter(source.passage.heading):
            continue
        heading = source.tokens[source.starts < 0]
        above = best_matches(wanted.tokens, [heading])[0] if len(heading) else None
        analyse = partial(_analysed, analyse_in, source.document.language)
        named = frozenset(analyse(" ".join([*source.passage.heading, source.record])))
        places = question.places if source.placed else ()
        for sentence in _candidates(source.passage, places):
            piece = _scored(source, sentence, wanted, analyse, above, named)
            if piece is not None:
                piece = replace(piece, placed=at_place(sentence, places))
                result.append(_favoured(question, piece))
    return sorted(result, key=lambda piece: -piece.score)


def _analysed(analyse_in: AnalyseIn, language: str | None, text: str) -> list[str]:
    return analyse_in(text, language)


_DEFINES = re.compile(r"\b(?:means|is|are|refers? to|defines?|defined|describes?|stands for)\b")
_DEFINITION_BONUS = 0.12
_DEFINING = frozenset("what does mean meaning means define definition term stand please".split())


def _favoured(question: Question, piece: Piece) -> Piece:
    """Favour sentences that open on the thing to be defined, where a definition is asked for."""
    if question.shape is not Shape.DEFINITION or not _DEFINES.search(piece.text[:200]):
        return piece
    opening = {word.lower() for word in re.findall(r"\w+", piece.text)[:5]}
    words = re.findall(r"\w+", question.asked)
    subject = {word.lower() for word in words if len(word) > 3 or word.isupper()} - _DEFINING
    if not subject or len(opening & subject) < min(2, len(subject)):
        return piece
    return replace(piece, scores=tuple(score + _DEFINITION_BONUS for score in piece.scores))


def _candidates(passage: Passage, places: Sequence[Place]) -> Iterable[Sentence]:
    """Yield sentences; one that opens on a pronoun comes with the sentence before it.

    What stands at a place that was asked for comes as it stands.
    """
    previous = None
    for sentence in passage.sentences:
        text = passage.text[sentence.start : sentence.end]
        if quotable(text, sentence.form) or at_place(sentence, places):
            yield sentence
            previous = sentence
            continue
        if (
            previous is not None
            and opens_on_pronoun(text)
            and SENTENCE_END.search(text)
            and previous.end + 1 == sentence.start
            and len(passage.text[previous.start : sentence.end].split()) <= 70
        ):
            spans = together(previous.spans, sentence.spans)
            yield replace(previous, end=sentence.end, spans=spans)
        previous = None


def together(first: tuple[Span, ...], second: tuple[Span, ...]) -> tuple[Span, ...]:
    """Return the spans of two sentences that follow one another, those that meet made one.

    No more than one character may stand between them, or it could be the mark of a footnote.
    """
    last, following = first[-1], second[0]
    if last.page == following.page and 0 <= following.start - last.end <= 1:
        return (*first[:-1], Span(last.page, last.start, following.end), *second[1:])
    return (*first, *second)


def _scored(
    source: Source,
    sentence: Sentence,
    wanted: Wanted,
    analyse: Analyse,
    above: Floats | None,
    named: frozenset[str],
) -> Piece | None:
    start, end = sentence.start, sentence.end
    inside = (source.starts >= start) & (source.starts < end)
    if not inside.any():
        return None
    met = best_matches(wanted.tokens, [source.tokens[inside]])[0]
    text = source.passage.text[start:end]
    terms = frozenset(analyse(text))
    topical = met if above is None else np.maximum(met, above)
    scores = [_part_score(part, met, topical, terms, named) for part in wanted.parts]
    if text.startswith(REMARK) or source.own:
        scores = [_REMARK_DISCOUNT * score for score in scores]
    late = float(met @ wanted.parts[0].weights)
    return Piece(
        text,
        sentence.spans,
        source,
        late,
        tuple(scores),
        terms,
        met,
        around=named,
        numbers=sentence.numbers,
    )


def _part_score(
    part: Part, met: Floats, topical: Floats, terms: frozenset[str], named: frozenset[str]
) -> float:
    late = float(met @ part.weights)
    shared = sum(weight for term, weight in part.rarity.items() if term in terms)
    topic = sum(weight for term, weight in part.rarity.items() if term in terms or term in named)
    above = 0.5 * float(topical @ part.weights) + 0.5 * topic
    return late + 0.3 * shared + 0.15 * above


def beyond(scored: Sequence[Piece], told: Iterable[str]) -> list[Piece]:
    """Put what was quoted a moment ago behind the rest, for who asks for more."""
    known = set(told)
    changed = [
        replace(piece, scores=tuple(_TOLD_DISCOUNT * score for score in piece.scores))
        if piece.text in known
        else piece
        for piece in scored
    ]
    return sorted(changed, key=lambda piece: -piece.score)


_TOLD_DISCOUNT = 0.75
