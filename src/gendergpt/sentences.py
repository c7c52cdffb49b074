"""Where sentences begin and end, in text that is full of "para. 27", "Art. 7" and "No. 38".

The boundaries come from nupunkt, a Punkt segmenter trained on legal text (Bommarito, Katz and
Bommarito, "Precise Legal Sentence Boundary Detection for Retrieval at Scale", 2025). What it still
cuts wrongly in guidance, also in Russian, Ukrainian, Turkish, French, Spanish, German and Arabic,
is mended by a few rules here. They need not know the language: no abbreviation listed is a word
that ends sentences in another of these languages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

_ABBREVIATION_END = re.compile(
    r"(?:^|[\s(\[])(?:paras?|arts?|nos?|pp?|cf|e\.g|i\.e|viz|vs|chs?|chap|sect?s?|figs?|eds?|vols?"
    r"|ibid|approx|res|recs?|doc|art[íi]c|párr|núm|bkz|md|vgl|bzw|abs|nr|ziff|buchst|z\.\s?b|d\.\s?h"
    r"|ggf|evtl|p\.\s?ej|p\.\s?ex|(?-i:Sra|Sres)|págs?|apdo|ee\.\s?uu|suiv|örn|vb"
    r"|пп?|ст|гл|см|т\.\s?е|рис|табл|стр|напр|абз|разд|прил|див|тис|тыс)\.$",
    re.IGNORECASE,
)
_BEFORE_FIGURE = re.compile(r"(?:^|[\s(\[’'])(?:art|al|par|ч|с|f|s|no|ін|др)\.$", re.IGNORECASE)
"""Abbreviations only where a figure follows: words, or ends of sentences, elsewhere."""
_ORDINAL = re.compile(r"(?:^|[\s(])\d{1,3}\.$")
_COUNTED = re.compile(
    r"(?:Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember"
    r")\b|(?:Madde|Bölüm|Fıkra|Kısım|Paragraf|Genel Tavsiye)"
)
"""What an ordinal with a full stop counts in German and Turkish: "3. Oktober", "7. Madde"."""
_MISTAKEN = re.compile(
    r"(?<![\w.])(?:(?P<caps>[A-Z]{3,}|UN|EU|ID)|[a-z]{4,}|etc|so|met|how|low)"
    r"[\"”’)\]]*\.[\"”’)\]]*(?=\s+[\"“‘(]?[A-Z][a-z])"
    r"|؟(?=\s+\S)|т\.\s?[дп]\.(?=\s+[А-ЯЁ])"
    r"|(?<![^\W\d_])[^\W\d_]{3,}+[.!?][\"”’)\]]*[¹²³⁰⁴-⁹]+(?=\s+[\"“‘(]?[A-Z])"
)
"""Ends that nupunkt misses: a word or acronym that it takes for an abbreviation, a note's mark."""
_SHORTENED = re.compile(
    r"\b(?:[IVXLC]+|INC|LTD|CORP|incl|excl|resp|dept|govt|prof|capt|asst|assoc|suppl?|comp|trans)\.$"
)
_GOES_ON = re.compile(r"[a-zà-öø-ÿа-яёіїєґ,;:)\]–—]")
_FOOTNOTE_MARK = re.compile(
    r"(?:\[\d{1,3}\]|[¹²³⁴⁵⁶⁷⁸⁹⁰]+)\s*"
    r"|\d{1,3}\s+(?=(?:The|This|These|Those|It|In|On|At|As|By|For|From|However|While|When|Although"
    r"|There|They|Such|According|Moreover|Despite|Since)\b)"
)
"""A note's mark that stands before the next sentence; as a plain figure before a word that no
figure counts."""
_ENDS = re.compile(r"[.!?…;:؟؛][\"”’»)\]]*$")


def segment(text: str) -> list[tuple[int, int]]:
    """Return the sentences of a cleaned paragraph as ``(start, end)``, without outer spaces.

    The spans are in order, do not overlap and leave out nothing but white space.
    """
    from nupunkt import sent_spans

    if not text.strip():
        return []
    merged: list[list[int]] = []
    for start, end in sent_spans(text):
        if merged and _belongs(text, merged[-1], start):
            merged[-1][1] = end
        else:
            merged.append([start, end])
    merged = [[*part] for start, end in merged for part in _parted(text, start, end)]
    _move_footnote_marks(text, merged)
    return [span for span in (_trim(text, *pair) for pair in merged) if span[1] > span[0]]


def complete(text: str) -> bool:
    """Say whether ``text`` ends as a sentence does."""
    return bool(_ENDS.search(text))


def _parted(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the sentences in what was taken for one because a word looked like an abbreviation."""
    for match in _MISTAKEN.finditer(text, start, end):
        head = text[start : match.end()]
        if not (_ABBREVIATION_END.search(head) or _SHORTENED.search(head)):
            yield start, match.end()
            start = match.end()
    yield start, end


def _belongs(text: str, previous: list[int], start: int) -> bool:
    head = text[previous[0] : previous[1]].rstrip()
    following = text[start:].lstrip()[:1]
    if _ABBREVIATION_END.search(head) or (following.isdigit() and _BEFORE_FIGURE.search(head)):
        return True
    if _ORDINAL.search(head) and _COUNTED.match(text[start:].lstrip()):
        return True
    if head.endswith((".", "!", "?", "…")) and following.islower() and not head.endswith("..."):
        return True
    return bool(following and _GOES_ON.match(following) and not following.isalpha())


def _move_footnote_marks(text: str, spans: list[list[int]]) -> None:
    for previous, current in pairwise(spans):
        offset = len(text[current[0] :]) - len(text[current[0] :].lstrip())
        mark = _FOOTNOTE_MARK.match(text, current[0] + offset)
        if mark and mark.end() < current[1]:
            previous[1] = current[0] = mark.end()


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), end - (len(piece) - len(piece.rstrip()))
