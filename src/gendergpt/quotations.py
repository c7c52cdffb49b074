"""Choosing the sentences that answer a question, or finding that none does.

What the question names, and the kind of thing it asks for, must be there; otherwise the choice is
empty or partial, and says what is missing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from gendergpt.calibration import Limits
from gendergpt.editions import replaces
from gendergpt.names import Named, NameKind, holds
from gendergpt.questions import Question, Shape, answers_shape, close_to, counts
from gendergpt.references import REMARK
from gendergpt.scoring import Piece, Wanted, together
from gendergpt.types import Kind

MOST_QUOTES = 6
MOST_WORDS = 200


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen.

    ``quotes`` is empty where nothing answers; ``missing`` says what of the question is not met.
    ``near`` holds the ids of passages so near that the publications behind them may hold it.
    ``relevance`` is that of the best sentence, whether it was chosen or not. ``confidence`` is the
    probability that the question is answered, where it is known without calibration.
    """

    quotes: tuple[Piece, ...] = ()
    missing: tuple[str, ...] = ()
    near: frozenset[str] = frozenset()
    relevance: float = 0.0
    confidence: float | None = None


_SURE = 0.6
"""From this relevance on, a sentence is on the topic whatever the cosine says."""

_CLOSE = 0.75
"""Least share of the best score for quotations after the first."""

_NEAR = 0.7
"""Least share of the best relevance for a sentence in which named things are looked for."""

_CLAIM_MET = 0.62
_FOCUS_MET = 0.62


def choose(
    question: Question,
    wanted: Wanted,
    scored: Sequence[Piece],
    limits: Limits,
    similarity: float = 1.0,
    topic: bool = True,
) -> Choice:
    """Choose up to :data:`MOST_QUOTES` sentences, about :data:`MOST_WORDS` words.

    A sentence of a note of ours gives way to the publication that it tells about: where that says
    the same, it is quoted instead; else the note comes after it.

    Args:
        question: what is asked and named.
        wanted: the encoded question.
        scored: quotable sentences, best first.
        limits: how weak an answer may be.
        similarity: cosine of the question and the passage that is nearest to it.
        topic: the question has more to it than a numbered place or page that it names.
    """
    placed = _at_place(question, scored, topic)
    if placed is not None:
        return replace(placed, relevance=1.0)
    best = max((piece.relevance for piece in scored), default=0.0)
    # The search for near vectors is approximate: it may miss what other searches find.
    if best < limits.floor or (similarity < limits.off_topic and best < _SURE):
        return Choice(relevance=best)
    least = max(limits.lower_floor, _NEAR * best)
    relevant = [piece for piece in scored if piece.relevance >= least]
    absent = _absent(question, relevant)
    choice = replace(_chosen(question, wanted, scored, relevant, absent), relevance=best)
    return replace(
        choice, near=frozenset() if _elsewhere(absent) else _passages(relevant, limits.floor)
    )


def _chosen(
    question: Question,
    wanted: Wanted,
    scored: Sequence[Piece],
    relevant: Sequence[Piece],
    absent: Sequence[Named],
) -> Choice:
    """Choose among sentences that are near to the question."""
    gone = tuple(named.text for named in absent)
    if _whole_kind_absent(question, absent):
        return Choice(missing=gone)
    eligible = [piece for piece in relevant if _holds_one_of_each(piece, question, absent)]
    shaped = [piece for piece in eligible if answers_shape(question, piece.text)]
    if not shaped:
        # What has the year lacks the figure that is asked for: name both.
        years = [each.text for each in question.named if each.kind is NameKind.YEAR] * bool(
            eligible
        )
        return Choice(missing=(*dict.fromkeys([*gone, *years]), *_wish(question, bool(eligible))))
    shaped = _focused(question, wanted, shaped)
    unmet = _unmet(question, wanted, shaped[0])
    if unmet or not _meets_more_than_names(question, wanted, shaped[0]):
        return Choice(missing=(*gone, *unmet))
    return Choice(_picked(shaped, scored), gone)


def _at_place(question: Question, scored: Sequence[Piece], topic: bool) -> Choice | None:
    """Quote the place that a question asks for, or return None where it asks for none.

    Everything else that the question names must be there, too.
    """
    placed = [piece for piece in scored if piece.placed]
    absent = _absent(question, placed)
    if not placed or any(named.kind is not NameKind.NUMBERED for named in absent):
        return None
    shaped = [piece for piece in placed if answers_shape(question, piece.text)]
    if not shaped:
        return Choice(missing=_wish(question, True))
    if not topic:
        shaped = sorted(shaped, key=_reading_order)
    chosen: list[Piece] = []
    for piece in shaped:
        words = sum(len(each.text.split()) for each in chosen)
        chosen += _fitting([piece], len(chosen), words)
    return Choice(_grouped(_run_together(sorted(chosen, key=_reading_order))))


def _run_together(ordered: Sequence[Piece]) -> list[Piece]:
    """Make one quotation of sentences of one paragraph that follow one another on a page."""
    result: list[Piece] = []
    for piece in ordered:
        last = result[-1] if result else None
        if last is not None and _follows(last, piece):
            spans = together(last.spans, piece.spans)
            result[-1] = replace(last, text=f"{last.text} {piece.text}", spans=spans)
        else:
            result.append(piece)
    return result


def _follows(one: Piece, other: Piece) -> bool:
    passages = one.source.passage.id, other.source.passage.id
    if passages[0] != passages[1] or one.numbers != other.numbers:
        return False
    return f"{one.text} {other.text}" in one.source.passage.text


def _reading_order(piece: Piece) -> tuple[str, int, int]:
    first = piece.spans[0]
    return piece.source.document.id, first.page.number if first.page else 0, first.start


def _passages(pieces: Sequence[Piece], floor: float) -> frozenset[str]:
    return frozenset(piece.source.passage.id for piece in pieces if piece.relevance >= floor)


def _elsewhere(absent: Sequence[Named]) -> bool:
    """Say whether a question is about a place or a document of which nothing was found."""
    return any(
        named.kind in (NameKind.PLACE, NameKind.SYMBOL)
        or (named.kind is NameKind.NAME and _DOCUMENT.search(named.text))
        or (named.kind is NameKind.NUMBERED and _NUMBERED_DOCUMENT.match(named.text))
        for named in absent
    )


_NUMBERED_DOCUMENT = re.compile(
    r"(?:tool|practice note|policy brief|resolution|recommendation|handbook|directive|regulation"
    r"|decision)\b",
    re.IGNORECASE,
)


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
    if any(named.kind is NameKind.NAME and _DOCUMENT.search(named.text) for named in absent):
        return True
    kinds = {named.kind for named in absent}
    return any(
        all(named in absent for named in question.named if named.kind is kind and named.firm)
        for kind in kinds
    )


_DOCUMENT = re.compile(
    r"\b(?:Handbook|Toolkit|Manual|Guide|Guidelines|Guidance|Convention|Code|Regulation|Directive"
    r"|Protocol|Charter|Strategy|Policy|Compact|Rules|Principles|Act|Law|Declaration)\b"
)
"""A question about a document that the library does not hold is not answered from another."""


def _holds_one_of_each(piece: Piece, question: Question, absent: Sequence[Named]) -> bool:
    present = [named for named in question.named if named.firm and named not in absent]
    open_ended = question.shape in (Shape.OPEN, Shape.DEFINITION)
    kinds = {named.kind for named in present if named.kind is not NameKind.NAME or not open_ended}
    evidence = piece.evidence
    return all(
        any(holds(named, evidence) for named in present if named.kind is kind) for kind in kinds
    )


def _focused(question: Question, wanted: Wanted, shaped: Sequence[Piece]) -> list[Piece]:
    """Put sentences that hold what is asked for before others that are about as good."""

    def distance(piece: Piece) -> tuple[bool, bool]:
        near = piece.score >= _CLOSE * shaped[0].score
        focused = near and not any(
            _meeting(question, wanted, piece, noun) < _FOCUS_MET for noun in question.focus
        )
        return not (near and counts(question, piece.text)), not focused

    return sorted(shaped, key=distance)


def _unmet(question: Question, wanted: Wanted, best: Piece) -> tuple[str, ...]:
    """Return what is asked for and not met by the best sentence."""
    unmet = [noun for noun in question.focus if _meeting(question, wanted, best, noun) < _FOCUS_MET]
    if unmet:
        counted = question.shape is Shape.FIGURE
        return tuple(f"a number of {noun}" if counted else noun for noun in unmet)
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
    "many much more most give tell please mean means meaning stand stands acronym "
    "abbreviation".split()
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
    close = _told_by_originals(close, shaped)
    present = {piece.source.document.original for piece in close} - {None}
    picked: list[Piece] = []
    words = 0
    queue = _notes_last(_leaders_first(close), present)
    while queue:
        piece = queue.pop(0)
        twin = next((index for index, other in enumerate(picked) if alike(piece, other)), None)
        if twin is not None:
            picked[twin] = _with_twin(picked[twin], piece)
            continue
        taken = _fitting([*_subject_of(piece, picked, scored), piece], len(picked), words)
        picked += taken
        words += sum(len(each.text.split()) for each in taken)
        if not taken:
            continue
        queue = _notes_last(_others_first(queue, piece, _CLOSE * best), present)
    return _grouped(picked)


def _told_by_originals(close: Sequence[Piece], shaped: Sequence[Piece]) -> list[Piece]:
    """Put the publication's own sentence in the place of each note that says no more than it."""
    told = []
    for piece in close:
        own = [other for other in shaped if _covers(other, piece)]
        best = max(own, key=lambda other: other.relevance, default=None)
        told.append(piece if best is None else replace(best, scores=piece.scores))
    return told


def _covers(own: Piece, note: Piece) -> bool:
    """Say whether a publication's sentence tells what a note of ours about it tells.

    Every figure of the note must be in it, and most of the note's words must be in the sentence,
    its headings or its record.
    """
    stands_on = note.source.stands_on
    if stands_on is None or own.source.document.original != stands_on or not note.terms:
        return False
    figures = set(_FIGURES.findall(note.text))
    if not figures <= set(_FIGURES.findall(own.evidence)):
        return False
    return len(note.terms & (own.terms | own.around)) >= _COVERED * len(note.terms)


_COVERED = 0.8


def _notes_last(queue: Sequence[Piece], present: Collection[str | None]) -> list[Piece]:
    """Let notes about publications that are quoted themselves come last."""
    return sorted(queue, key=lambda piece: piece.source.stands_on in present)


def _fitting(pair: list[Piece], count: int, words: int) -> list[Piece]:
    """Return a sentence with the remark on it, or alone, or nothing, by the room left."""
    for some in (pair, pair[:1]):
        length = sum(len(each.text.split()) for each in some)
        if count + len(some) <= MOST_QUOTES and (not count or words + length <= MOST_WORDS):
            return some
    return []


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
    if not piece.text.startswith(REMARK):
        return []
    beside = [
        other
        for other in scored
        if _section(other) == _section(piece) and not other.text.startswith(REMARK)
    ]
    if not beside or any(
        other is each or alike(other, each) for other in beside for each in picked
    ):
        return []
    return [max(beside, key=lambda other: other.relevance)]


def _section(piece: Piece) -> tuple[str, ...]:
    return (piece.source.document.id, *piece.source.passage.heading)


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
    shared = len(shorter & longer)
    if len(figures[0] & figures[1]) >= 3:
        # Three figures in common hardly meet by chance, whatever the words around them.
        return shared >= 0.4 * len(shorter)
    return shared >= 0.8 * len(shorter) and shared >= 0.7 * len(longer)


def _with_twin(kept: Piece, twin: Piece) -> Piece:
    """Keep the publisher's own words of two that tell the same, and name the other's document.

    Of two editions' words, those of the newer one are kept.
    """
    kinds = (kept.source.document.kind, twin.source.document.kind)
    newer = kinds[0] is kinds[1] and replaces(twin.source.document, kept.source.document)
    first, second = (
        (twin, kept) if newer or kinds == (Kind.SUMMARY, Kind.ORIGINAL) else (kept, twin)
    )
    known = {first.source.document.id, *(document.id for document in kept.also)}
    more = () if second.source.document.id in known else (second.source.document,)
    return replace(first, also=(*kept.also, *more))


def _grouped(picked: Sequence[Piece]) -> tuple[Piece, ...]:
    """Put quotations of one publication together, publications by their best quotation.

    Our remarks on a publication come after what is quoted of it.
    """
    order: dict[str, list[Piece]] = {}
    for piece in picked:
        key = f"{piece.source.document.id} {piece.source.record}"
        order.setdefault(key, []).append(piece)
    groups = (sorted(group, key=_is_remark) for group in order.values())
    return tuple(piece for group in groups for piece in group)


def _is_remark(piece: Piece) -> bool:
    return piece.text.startswith(REMARK)
