"""Choosing the sentences that answer a question, or finding that none does.

Each sentence of the best passages is scored by late interaction over its own tokens and by the rare
words that it shares with the question. What the question names, and the kind of thing it asks for,
must be there; otherwise the choice is empty or partial, and says what is missing.
"""

from __future__ import annotations

import re
from math import exp
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gendergpt.questions import (
    Named,
    NameKind,
    Question,
    Shape,
    answers_shape,
    close_to,
    holds,
)
from gendergpt.rerank import best_matches
from gendergpt.retrieval import Query
from gendergpt.types import Document, Form, Kind, Passage, Span

MOST_QUOTES = 5
MOST_WORDS = 125

Analyse = Callable[[str], list[str]]
Rarity = Callable[[Sequence[str]], dict[str, float]]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Source:
    """A passage with what the choice needs: its tokens, and the words of its record.

    ``tokens`` (n, d) and ``starts`` (n,) are the passage's token vectors and where they stand in
    its text (negative: in the heading). ``record`` is text from title, publisher and the
    publication behind a summary's section.
    """

    passage: Passage
    document: Document
    rank: int
    tokens: Floats
    starts: NDArray[np.int16]
    record: str


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
        if len(set(analyse(text[slice(*span)])) - _GENERIC) >= 2:
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
    """A sentence that may be quoted, and how well it meets the question (each from 0 to 1)."""

    text: str
    spans: tuple[Span, ...]
    source: Source
    late: float
    scores: tuple[float, ...]
    terms: frozenset[str]
    met: Floats
    also: tuple[Document, ...] = ()

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
        return self.relevance + _RANK_PREMIUM * exp(-(self.source.rank - 1) / 6)

    @property
    def evidence(self) -> str:
        """The sentence with its headings and record: where named things may stand."""
        return " \n ".join([self.text, *self.source.passage.heading, self.source.record])


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen. ``quotes`` is empty where nothing answers; ``missing`` says what is not met."""

    quotes: tuple[Piece, ...] = ()
    missing: tuple[str, ...] = ()


_RANK_PREMIUM = 0.2
_REMARK = "GenderGPT's remark"
_REMARK_DISCOUNT = 0.93

# --- may it be quoted ----------------------------------------------------------------------------

_ABOUT_NOTE = re.compile(r"^(?:This note|These notes|Each section of this note)\b")
_META_HEADINGS = frozenset(
    {"about this note", "how to read this note", "contents", "table of contents"}
)
_CONNECTIVE = r"(?:(?:However|Moreover|Furthermore|Also|Similarly|Thus|Therefore|Hence|In addition|But|And|For example|For instance|In contrast|Finally|Nevertheless|Likewise|Indeed|Instead|Then|So|Consequently|As a result|In this regard|In particular)[,\s]+)?"
_OPENS_ON_PRONOUN = re.compile(
    rf"^{_CONNECTIVE}(?:it|they|he|she|we|its|their|his|her|them|both|such|here|this|these|those"
    r"|that|the (?:same|latter|former|above|following|second|third|other))\b"
    r"(?! (?:is|are) (?:recommended|important|essential|necessary|crucial|vital) (?:that|to)\b)"
    r"(?!\s+who\b)",
    re.IGNORECASE,
)
_SELF_CONTAINED = re.compile(
    r"^(?:It (?:is|was) (?:recommended|important|essential|necessary|crucial|vital|estimated)|Those who|"
    r"These include|This (?:handbook|toolkit|tool|guide|guidance|manual|report|document|publication|"
    r"chapter|section|paper|policy|framework|convention|regulation|resolution|recommendation|article)\b)",
)
_ENDS = re.compile(r"[.!…][\"”’»)\]]*(?:\s?\[\d+\])*$")
_LEADERS = re.compile(r"\.{4,}|(?:\s\.){4,}")


def quotable(text: str, form: Form = Form.PROSE) -> bool:
    """Say whether a sentence can stand alone: whole, a statement, its subject named."""
    words = text.split()
    if not 5 <= len(words) <= 160 or _LEADERS.search(text) or _ABOUT_NOTE.match(text):
        return False
    letters = sum(character.isalpha() for character in text)
    if letters < 0.55 * len(text.replace(" ", "")) or text.isupper():
        return False
    first = text.lstrip('"“‘«([')[:1]
    if form is Form.PROSE and (first.islower() or not _ENDS.search(text)):
        return False
    return not opens_on_pronoun(text)


def front_matter(heading: Sequence[str]) -> bool:
    """Say whether a passage tells about the document itself, or is its table of contents."""
    return any(title.lower() in _META_HEADINGS for title in heading)


def opens_on_pronoun(text: str) -> bool:
    """Say whether a sentence's subject is a word that points back."""
    return bool(_OPENS_ON_PRONOUN.match(text)) and not _SELF_CONTAINED.match(text)


# --- scoring -------------------------------------------------------------------------------------


def pieces(
    question: Question, sources: Iterable[Source], wanted: Wanted, analyse: Analyse
) -> list[Piece]:
    """Return the quotable sentences of passages, scored.

    Args:
        question: what is asked.
        sources: passages, best first.
        wanted: the encoded question.
        analyse: turns text into stemmed words.
    """
    result: list[Piece] = []
    for source in sources:
        if front_matter(source.passage.heading):
            continue
        heading = source.tokens[source.starts < 0]
        above = best_matches(wanted.tokens, [heading])[0] if len(heading) else None
        named = frozenset(analyse(" ".join([*source.passage.heading, source.record])))
        for start, end, spans in _candidates(source.passage):
            piece = _scored(source, start, end, spans, wanted, analyse, above, named)
            if piece is not None:
                result.append(_favoured(question, piece))
    return sorted(result, key=lambda piece: -piece.score)


_DEFINES = re.compile(r"\b(?:means|is|are|refers? to|defines?|defined|describes?|stands for)\b")
_DEFINITION_BONUS = 0.12


def _favoured(question: Question, piece: Piece) -> Piece:
    """Favour sentences that open on the thing to be defined, where a definition is asked for."""
    if question.shape is not Shape.DEFINITION or not _DEFINES.search(piece.text[:200]):
        return piece
    opening = {word.lower() for word in re.findall(r"\w+", piece.text)[:5]}
    subject = {word.lower() for word in re.findall(r"\w+", question.asked) if len(word) > 3}
    if len(opening & subject) < 2:
        return piece
    return replace(piece, scores=tuple(score + _DEFINITION_BONUS for score in piece.scores))


def _candidates(passage: Passage) -> Iterable[tuple[int, int, tuple[Span, ...]]]:
    """Yield sentences; one that opens on a pronoun comes with the sentence before it."""
    previous = None
    for sentence in passage.sentences:
        text = passage.text[sentence.start : sentence.end]
        if quotable(text, sentence.form):
            yield sentence.start, sentence.end, sentence.spans
            previous = sentence
            continue
        if (
            previous is not None
            and opens_on_pronoun(text)
            and _ENDS.search(text)
            and previous.end + 1 == sentence.start
            and len(passage.text[previous.start : sentence.end].split()) <= 70
        ):
            yield previous.start, sentence.end, _together(previous.spans, sentence.spans)
        previous = None


def _together(first: tuple[Span, ...], second: tuple[Span, ...]) -> tuple[Span, ...]:
    last, following = first[-1], second[0]
    if last.page == following.page and 0 <= following.start - last.end <= 4:
        return (*first[:-1], Span(last.page, last.start, following.end), *second[1:])
    return (*first, *second)


def _scored(
    source: Source,
    start: int,
    end: int,
    spans: tuple[Span, ...],
    wanted: Wanted,
    analyse: Analyse,
    above: Floats | None,
    named: frozenset[str],
) -> Piece | None:
    inside = (source.starts >= start) & (source.starts < end)
    if not inside.any():
        return None
    met = best_matches(wanted.tokens, [source.tokens[inside]])[0]
    text = source.passage.text[start:end]
    terms = frozenset(analyse(text))
    topical = met if above is None else np.maximum(met, above)
    scores = [_part_score(part, met, topical, terms, named) for part in wanted.parts]
    if text.startswith(_REMARK):
        scores = [_REMARK_DISCOUNT * score for score in scores]
    late = float(met @ wanted.parts[0].weights)
    return Piece(text, spans, source, late, tuple(scores), terms, met)


def _part_score(
    part: Part, met: Floats, topical: Floats, terms: frozenset[str], named: frozenset[str]
) -> float:
    late = float(met @ part.weights)
    shared = sum(weight for term, weight in part.rarity.items() if term in terms)
    topic = sum(weight for term, weight in part.rarity.items() if term in terms or term in named)
    above = 0.5 * float(topical @ part.weights) + 0.5 * topic
    return late + 0.3 * shared + 0.15 * above


# --- choosing ------------------------------------------------------------------------------------

FLOOR = 0.46
"""Least relevance of the best sentence: below it the library holds no answer."""

OFF_TOPIC = 0.30
"""Below this cosine (of the default encoder) the question is about something else altogether."""

_LOWER_FLOOR = 0.43
"""Least relevance of any quotation."""

_CLOSE = 0.75
"""Least share of the best score for quotations after the first."""

_NEAR = 0.7
"""Least share of the best relevance for a sentence in which named things are looked for."""

_CLAIM_MET = 0.62
_FOCUS_MET = 0.62


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


_TOLD_DISCOUNT = 0.5


def choose(
    question: Question, wanted: Wanted, scored: Sequence[Piece], similarity: float = 1.0
) -> Choice:
    """Choose up to :data:`MOST_QUOTES` sentences, about :data:`MOST_WORDS` words.

    Args:
        question: what is asked and named.
        wanted: the encoded question.
        scored: quotable sentences, best first.
        similarity: cosine of the question and the passage that is nearest to it.
    """
    best = max((piece.relevance for piece in scored), default=0.0)
    if best < FLOOR or similarity < OFF_TOPIC:
        return Choice()
    relevant = [piece for piece in scored if piece.relevance >= max(_LOWER_FLOOR, _NEAR * best)]
    absent = _absent(question, relevant)
    gone = tuple(named.text for named in absent)
    if _whole_kind_absent(question, absent):
        return Choice(missing=gone)
    eligible = [piece for piece in relevant if _holds_one_of_each(piece, question, absent)]
    shaped = [piece for piece in eligible if answers_shape(question, piece.text)]
    if not shaped:
        return Choice(missing=(*gone, *_wish(question, bool(eligible))))
    shaped = _focused(question, wanted, shaped)
    unmet = _unmet(question, wanted, shaped[0])
    if unmet or not _meets_more_than_names(question, wanted, shaped[0]):
        return Choice(missing=(*gone, *unmet))
    return Choice(_picked(shaped, scored), gone)


def _wish(question: Question, eligible: bool) -> tuple[str, ...]:
    if question.shape in (Shape.OPEN, Shape.DEFINITION, Shape.CLAIM) or not eligible:
        return ()
    if question.units:
        return (f"a number of {question.units[0]}s",)
    return (str(question.shape),)


def _absent(question: Question, relevant: Sequence[Piece]) -> list[Named]:
    return [
        named
        for named in question.named
        if named.firm and not any(holds(named, piece.evidence) for piece in relevant)
    ]


def _whole_kind_absent(question: Question, absent: Sequence[Named]) -> bool:
    """Say whether of one kind of thing that the question names nothing at all was found."""
    kinds = {named.kind for named in absent}
    return any(
        all(named in absent for named in question.named if named.kind is kind and named.firm)
        for kind in kinds
    )


def _holds_one_of_each(piece: Piece, question: Question, absent: Sequence[Named]) -> bool:
    present = [named for named in question.named if named.firm and named not in absent]
    kinds = {named.kind for named in present if named.kind is not NameKind.NAME}
    evidence = piece.evidence
    return all(
        any(holds(named, evidence) for named in present if named.kind is kind) for kind in kinds
    )


def _focused(question: Question, wanted: Wanted, shaped: Sequence[Piece]) -> list[Piece]:
    """Put sentences that hold what is asked for before others that are about as good."""

    def holds_focus(piece: Piece) -> bool:
        near = piece.score >= _CLOSE * shaped[0].score
        return near and not any(
            _meeting(question, wanted, piece, noun) < _FOCUS_MET for noun in question.focus
        )

    return sorted(shaped, key=lambda piece: not holds_focus(piece)) if question.focus else [*shaped]


def _unmet(question: Question, wanted: Wanted, best: Piece) -> tuple[str, ...]:
    """Return what is asked for and not met by the best sentence."""
    unmet = [noun for noun in question.focus if _meeting(question, wanted, best, noun) < _FOCUS_MET]
    if unmet:
        return tuple(unmet)
    if question.shape is Shape.CLAIM and best.late < _CLAIM_MET:
        return ("a passage that says so",)
    return ()


def _meets_more_than_names(question: Question, wanted: Wanted, best: Piece) -> bool:
    """Say whether a sentence meets any word of the question that is no name."""
    names = " ".join(named.text for named in question.named).lower()
    words = {word for word in re.findall(r"[a-z]{4,}", question.asked.lower())}
    others = [word for word in words if word not in names and word not in _FUNCTION_WORDS]
    if not others or not names:
        return True
    return any(_meeting(question, wanted, best, word) >= _WORD_MET for word in others)


_WORD_MET = 0.5
_FUNCTION_WORDS = frozenset(
    "what which when where whom whose does will would could should must have been with about from "
    "this that these those there their them they your into over under than then also some such "
    "many much more most give tell please".split()
)


def _meeting(question: Question, wanted: Wanted, piece: Piece, word: str) -> float:
    """Return how well the best token of a question's word is met by a sentence."""
    low = question.asked.lower()
    if any(close_to(word, other) for other in re.findall(r"[\w'’-]+", piece.evidence.lower())):
        return 1.0
    hits = [
        float(piece.met[index])
        for index, (start, end) in enumerate(wanted.words)
        if low[start:end] and low[start:end] in word and word in _around(low, start, end)
    ]
    return max(hits, default=1.0)


def _around(text: str, start: int, end: int) -> str:
    while start > 0 and text[start - 1].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum():
        end += 1
    return text[start:end]


def _picked(shaped: Sequence[Piece], scored: Sequence[Piece]) -> tuple[Piece, ...]:
    """Take the best sentence for each part of the question, then the best of the others.

    A remark of ours comes with the sentence that it is about.
    """
    best = max(piece.score for piece in shaped)
    close = [piece for piece in shaped if piece.score >= _CLOSE * best]
    picked: list[Piece] = []
    words = 0
    queue = _leaders_first(close)
    while queue:
        piece = queue.pop(0)
        twin = next((index for index, other in enumerate(picked) if alike(piece, other)), None)
        if twin is not None:
            picked[twin] = _with_twin(picked[twin], piece)
            continue
        pair = [*_subject_of(piece, picked, scored), piece]
        length = sum(len(each.text.split()) for each in pair)
        if len(picked) + len(pair) > MOST_QUOTES or (picked and words + length > MOST_WORDS):
            continue
        picked += pair
        words += length
        queue = _others_first(queue, piece, _CLOSE * best)
    return _grouped(picked)


def _others_first(queue: Sequence[Piece], taken: Piece, least: float) -> list[Piece]:
    """Let other publications come before more of the one that was just quoted."""
    changed = [
        replace(piece, scores=tuple(_AGAIN_DISCOUNT * score for score in piece.scores))
        if piece.source.record == taken.source.record
        else piece
        for piece in queue
    ]
    return sorted((piece for piece in changed if piece.score >= least), key=lambda p: -p.score)


_AGAIN_DISCOUNT = 0.93


def _subject_of(piece: Piece, picked: Sequence[Piece], scored: Sequence[Piece]) -> list[Piece]:
    """Return the sentence that a remark of ours is about, unless it is quoted already."""
    if not piece.text.startswith(_REMARK):
        return []
    beside = [
        other
        for other in scored
        if other.source.passage.id == piece.source.passage.id and not other.text.startswith(_REMARK)
    ]
    if not beside or any(
        other is each or alike(other, each) for other in beside for each in picked
    ):
        return []
    return [max(beside, key=lambda other: other.relevance)]


def _leaders_first(scored: Sequence[Piece]) -> list[Piece]:
    count = len(scored[0].scores) if scored else 0

    def best(part: int) -> Piece:
        return max(scored, key=lambda piece: piece.scores[0] + piece.scores[part])

    return _unique([scored[0], *(best(part) for part in range(1, count)), *scored])


def _unique(scored: Sequence[Piece]) -> list[Piece]:
    result: list[Piece] = []
    for piece in scored:
        if not any(piece is other for other in result):
            result.append(piece)
    return result


_FIGURES = re.compile(r"\d+(?:[.,]\d+)*")


def alike(one: Piece, other: Piece) -> bool:
    """Say whether two sentences of different passages tell nearly the same."""
    if one.source.passage.id == other.source.passage.id:
        return one.text in other.text or other.text in one.text
    shorter, longer = sorted((one.terms, other.terms), key=len)
    if not shorter:
        return False
    figures = [set(_FIGURES.findall(piece.text)) for piece in (one, other)]
    if not (figures[0] <= figures[1] or figures[1] <= figures[0]):
        return False
    # Three figures in common hardly meet by chance, whatever the words around them.
    least = 0.4 if len(figures[0] & figures[1]) >= 3 else 0.65
    return len(shorter & longer) / len(shorter) >= least


def _with_twin(kept: Piece, twin: Piece) -> Piece:
    """Keep the publisher's own words of two that tell the same, and name the other's document."""
    kinds = (kept.source.document.kind, twin.source.document.kind)
    first, second = (twin, kept) if kinds == (Kind.SUMMARY, Kind.ORIGINAL) else (kept, twin)
    known = {first.source.document.id, *(document.id for document in kept.also)}
    more = () if second.source.document.id in known else (second.source.document,)
    return replace(first, also=(*kept.also, *more))


def _grouped(picked: Sequence[Piece]) -> tuple[Piece, ...]:
    """Put quotations of one publication together, publications by their best quotation."""
    order: dict[str, list[Piece]] = {}
    for piece in picked:
        key = f"{piece.source.document.id} {piece.source.record}"
        order.setdefault(key, []).append(piece)
    return tuple(piece for group in order.values() for piece in group)
