"""What can be seen of each line of a document that bears on a question, as a table of numbers.

Late interaction over the stored token vectors of an encoder, shared words weighed by their rarity,
the form of the line and of its neighbours, and where it stands. :mod:`gendergpt.answering`
makes probabilities of it; nothing here is learnt.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Side:
    """One encoder's view of question and lines, all in the same space.

    ``vector`` (d,) is the question's, ``tokens`` (m, d) and ``weights`` (m,) those of its tokens.
    ``lines`` holds the (n_i, d) token vectors of each line, ``headings`` those of each passage's
    heading; either may be empty.
    """

    vector: Floats
    tokens: Floats
    weights: Floats
    lines: Sequence[Floats]
    headings: Sequence[Floats]


@dataclass(frozen=True, slots=True)
class View:
    """A question and the lines of one document, in reading order.

    ``passages`` (n,) gives each line's passage (from 0, rising), ``opens`` (n,) says whether a
    sentence begins there. ``terms`` are the stemmed words of each line, ``headings`` those of each
    passage's heading, ``rarity`` the inverse document frequency of the question's. ``absent``
    counts the names in the question that the document does not hold.
    """

    question: str
    lines: Sequence[str]
    passages: Ints
    opens: NDArray[np.bool_]
    terms: Sequence[Collection[str]]
    headings: Sequence[Collection[str]]
    rarity: Mapping[str, float]
    side: Side
    absent: int = 0


def table(view: View) -> Floats:
    """Return the (lines, features) table of a view; what cannot be seen is NaN.

    The view must have at least one line, and the question at least one token.
    """
    shared = _shared(view)
    late = _late(view.side, view.passages)
    around = np.concatenate([shared[:, [0, 7]], late[:, _KEYS]], axis=1)
    columns = [_form(view), _place(view), _kind(view), shared, late, _section(view, around)]
    columns += [shifted(around, by) for by in (-3, -2, -1, 1, 2, 3)]
    return np.concatenate(columns, axis=1).astype(np.float32)


def summary(view: View, rows: Floats) -> Floats:
    """Return what a view and its (n, features) table say of the whole document: (f,) numbers."""
    shared, late = rows[:, _SHARED], rows[:, _LATE]
    best = [late[:, column].max() for column in (0, 2, 3, 4, 5, 6, 7, 11, 17, 18, 19, 21)]
    words = [shared[0, 4], shared[0, 8], *(shared[:, column].max() for column in (0, 1, 5))]
    whole = [late[0, 12], late[0, 36], view.absent]
    return np.array([*words, *best, *whole], np.float32)


def shifted(rows: Floats, by: int) -> Floats:
    """Return the rows that stand ``by`` places after each row, NaN beyond the ends."""
    result = np.full_like(rows, np.nan)
    if abs(by) < len(rows):
        if by > 0:
            result[:-by] = rows[by:]
        else:
            result[-by:] = rows[:by]
    return result


# --- form, place, kind of question ---------------------------------------------------------------

_FORMS = (
    re.compile(r"[.!]\s*$"),
    re.compile(r":\s*$"),
    re.compile(r"\?"),
    re.compile(r"(?<!\d)\+?\d[\d\s()/-]{6,30}\d"),
    re.compile(r"[\w.+-]+@[\w-]+\.\w"),
    re.compile(r"https?://|\bwww\.|\b[\w-]+\.(?:de|com|org|eu|int|net)\b"),
    re.compile(r"\d{1,2}[:.]\d\d|o'clock|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?\b|\b[ap]m\b"),
    re.compile(r"\b\d{5}\b|\b[Ss]tr(?:eet\b|aße|\.)|straße|str\.|\b(?:Road|Avenue)\b|platz\b"),
    re.compile(r"[€$£]|\b(?:euros?|dollars?|francs?)\b", re.IGNORECASE),
    re.compile(r"\d"),
)
_SHORT = 6
_QUESTIONS = (
    r"^\W*where\b|\baddress\b|\blocated\b",
    r"\bwhom?\b|\bcontact\b",
    r"\bwhen\b|\bwhat time\b|\bopening\b|\bhours\b|\bhow long\b|\bdeadline",
    r"\bhow (?:much|many)\b|\bcosts?\b|\bprices?\b|\bfees?\b|\bmoney\b|\bexpensive\b",
    r"\bhow (?:can|do|does|should|to|is|are)\b",
    r"^\W*(?:can|is|are|do|does|may|must|am|should|will)\b",
    r"\bwhat\b",
    r"\bwhich\b",
    r"\bphone\b|\be-?mail\b|\bcall\b|\bwebsite\b|\bonline\b",
    r"\bneed|\brequire|\bdocuments?\b|\bbring\b|\bconditions?\b",
)
_KINDS = tuple(re.compile(pattern, re.IGNORECASE) for pattern in _QUESTIONS)


def _form(view: View) -> Floats:
    rows = np.array([_form_of(line) for line in view.lines], np.float32)
    near = [shifted(rows[:, [0, 1, 2, 3, -1]], by) for by in (-1, 1)]
    return np.concatenate([rows, *near], axis=1)


def _form_of(line: str) -> list[float]:
    words = len(line.split())
    marks = [float(bool(pattern.search(line))) for pattern in _FORMS]
    title = words <= _SHORT and not re.search(r"[.!:]\s*$", line)
    return [float(words), *marks, float(line[:1].islower()), float(title)]


def _place(view: View) -> Floats:
    count = len(view.lines)
    place = np.arange(count, dtype=np.float32)
    titles = np.array([_form_of(line)[-1] for line in view.lines], bool)
    last = np.maximum.accumulate(np.where(titles, place, -1))
    return np.stack(
        [place / count, place, np.full(count, count), view.opens, place - last], axis=1
    ).astype(np.float32)


def _kind(view: View) -> Floats:
    kinds = [float(bool(pattern.search(view.question))) for pattern in _KINDS]
    row = [*kinds, float(len(view.question.split()))]
    return np.tile(np.array(row, np.float32), (len(view.lines), 1))


_SHARED = slice(3 + len(_FORMS) + 2 * 5 + 5 + len(_KINDS) + 1, None)
_LATE = slice(_SHARED.start + 9, None)
"""Where the columns of :func:`_shared` and :func:`_late` begin in the table."""


# --- the section that a line stands in ------------------------------------------------------------


def _section(view: View, around: Floats) -> Floats:
    """Say how well the section meets the question: its title, its best line, its mean."""
    titles = np.array([_form_of(line)[-1] for line in view.lines], bool)
    sections = np.cumsum(titles & ~np.concatenate([[False], titles[:-1]]))
    count = len(titles)
    first = np.searchsorted(sections, sections)
    length = np.bincount(sections)[sections]
    best, mean = (_by_group(around, sections, how) for how in (np.maximum, np.add))
    mean = mean / length[:, None]
    size = np.stack([length, length / count, (np.arange(count) - first) / length], axis=1)
    return np.concatenate([size, best, mean, around[first], mean - mean.max(axis=0)], axis=1)


# --- shared words --------------------------------------------------------------------------------


def _shared(view: View) -> Floats:
    terms = [set(each) for each in view.terms]
    total = sum(view.rarity.values()) or 1.0

    def share(words: Collection[str]) -> float:
        return sum(value for term, value in view.rarity.items() if term in words) / total

    count = len(terms)
    near = [share(set().union(*terms[max(0, i - 1) : i + 2])) for i in range(count)]
    before = [share(set().union(*terms[max(0, i - 3) : i + 1])) for i in range(count)]
    groups = _grouped(terms, view.passages)
    whole = share(set().union(*terms, *map(set, view.headings)))
    common = {term: sum(term in words for words in terms) or 1 for term in view.rarity}
    local = [sum(view.rarity[t] / common[t] for t in view.rarity if t in words) for words in terms]
    columns = [
        [share(words) for words in terms],
        near,
        before,
        [share(view.headings[passage]) for passage in view.passages],
        [whole] * count,
        [share(groups[passage]) for passage in view.passages],
        [sum(term in words for term in view.rarity) for words in terms],
        local,
        [len(view.rarity)] * count,
    ]
    return np.array(columns, np.float32).T


def _grouped(terms: Sequence[set[str]], passages: Ints) -> dict[int, set[str]]:
    groups: dict[int, set[str]] = {}
    for words, passage in zip(terms, passages.tolist(), strict=True):
        groups.setdefault(passage, set()).update(words)
    return groups


# --- late interaction ----------------------------------------------------------------------------

_KEYS = [0, 18, 5, 9, 17]
"""Columns of the late interaction that are looked at in neighbouring lines, too."""


def _late(side: Side, passages: Ints) -> Floats:
    """Return the (n, 38) columns of late interaction."""
    weights = side.weights / side.weights.sum()
    met = _best(side.tokens, side.lines)
    heading = _best(side.tokens, side.headings)[passages]
    reach = met.max(axis=0)
    passage = _by_group(met, passages, np.maximum)
    rare = weights >= np.sort(weights)[-max(2, len(weights) // 2) :][0]
    before = np.maximum.reduce([_moved(met, -by) for by in (1, 2, 3)])
    near = np.maximum.reduce([_moved(met, by) for by in (-1, 0, 1)])
    wide = np.maximum.reduce([near, _moved(met, -2), _moved(met, 2)])
    late = met @ weights
    cosine, topic, mixed = _means(side, weights, passages)
    smooth = np.convolve(cosine, [0.25, 0.5, 0.25], "full")[1:-1]
    count = len(met)
    columns = [
        late,
        met.mean(axis=1),
        met[:, rare].min(axis=1),
        met[:, rare].mean(axis=1),
        met[:, int(weights.argmax())],
        near @ weights,
        wide @ weights,
        np.maximum(met, heading) @ weights,
        np.maximum(met, before) @ weights,
        before @ weights,
        heading @ weights,
        passage @ weights,
        np.full(count, reach @ weights),
        (met / np.maximum(reach, 0.1)) @ weights,
        (met >= reach - 1e-6) @ weights,
        (met > 0.7) @ weights,
        (met > 0.85) @ weights,
        np.array([_back(line, side.tokens) for line in side.lines]),
        cosine,
        topic,
        mixed,
        smooth,
        (met - met.mean(axis=0)) @ weights,
    ]
    scores: list[Floats] = [late, cosine, smooth.astype(np.float32), near @ weights]
    for score in scores:
        columns += [_ranks(score), _standing(score), score - score.max()]
    columns += [np.full(count, score) for score in (late.max(), late.mean(), cosine.max())]
    return np.stack(columns, axis=1).astype(np.float32)


def _best(question: Floats, stretches: Sequence[Floats]) -> Floats:
    """Return the (len(stretches), m) similarity of each question token's best match."""
    best = np.full((len(stretches), len(question)), -1.0, np.float32)
    for index, stretch in enumerate(stretches):
        if len(stretch):
            best[index] = (stretch @ question.T).max(axis=0)
    return best


def _moved(rows: Floats, by: int) -> Floats:
    return np.nan_to_num(shifted(rows, by), nan=-1.0) if by else rows


def _by_group(rows: Floats, passages: Ints, how: np.ufunc) -> Floats:
    result = np.empty_like(rows)
    for passage in np.unique(passages):
        inside = passages == passage
        result[inside] = how.reduce(rows[inside], axis=0)
    return result


def _means(side: Side, weights: Floats, passages: Ints) -> tuple[Floats, Floats, Floats]:
    """Return the cosine of line and question, of passage and question, of line and its words."""
    empty = np.zeros(len(side.vector), np.float32)
    means = np.stack([line.mean(axis=0) if len(line) else empty for line in side.lines])
    means /= np.linalg.norm(means, axis=1, keepdims=True) + 1e-6
    whole = _by_group(means, passages, np.add)
    whole /= np.linalg.norm(whole, axis=1, keepdims=True) + 1e-6
    words = weights @ side.tokens
    words /= np.linalg.norm(words) + 1e-6
    return means @ side.vector, whole @ side.vector, means @ words


def _back(line: Floats, question: Floats) -> float:
    """Return how well a line's tokens are met by the question, on average."""
    return float((line @ question.T).max(axis=1).mean()) if len(line) else -1.0


def _ranks(scores: Floats) -> Floats:
    return np.asarray(np.argsort(np.argsort(-scores, kind="stable")) / len(scores), np.float32)


def _standing(scores: Floats) -> Floats:
    return np.asarray((scores - scores.mean()) / (scores.std() + 1e-6), np.float32)
