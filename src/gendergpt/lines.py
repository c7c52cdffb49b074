"""The lines of a passage: its sentences, cut where its author broke the line on purpose.

Web pages and notes put headings, addresses and list items on lines of their own, without a full
stop. A sentence segmenter joins them to what follows; asked about one document, a reader wants the
line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from gendergpt.types import Passage, Sentence, Span

PageText = Callable[[Span], str]
_WRAPPED = 120
"""Lines of at most so many characters may have been wrapped by a program."""


@dataclass(frozen=True, slots=True)
class Line:
    """``passage.text[start:end]`` and where it stands; ``opens`` says that a sentence begins."""

    start: int
    end: int
    spans: tuple[Span, ...]
    opens: bool
    numbers: tuple[str, ...] = ()


def lines(passage: Passage, page_text: PageText) -> list[Line]:
    """Return the lines of a passage, in order.

    Args:
        passage: of any format; only where it has no pages are sentences cut.
        page_text: gives the own text of the whole page that a span is on.
    """
    return [line for sentence in passage.sentences for line in _cut(passage, sentence, page_text)]


def _cut(passage: Passage, sentence: Sentence, page_text: PageText) -> list[Line]:
    whole = Line(sentence.start, sentence.end, sentence.spans, True, sentence.numbers)
    if any(span.page is not None for span in sentence.spans):
        return [whole]
    cut: list[Line] = []
    position = sentence.start
    for span in sentence.spans:
        own = page_text(span)
        width = max(map(len, own.split("\n")))
        for start, end in deliberate(own[span.start : span.end], width):
            words = " ".join(own[span.start + start : span.start + end].split())
            found = passage.text.find(words, position, sentence.end)
            if found < 0 or passage.text[position:found].strip():
                return [whole]  # cleaning has changed the words: not to be told apart
            position = found + len(words)
            place = Span(span.page, span.start + start, span.start + end)
            cut.append(Line(found, position, (place,), not cut, sentence.numbers))
    return [whole] if passage.text[position : sentence.end].strip() else cut


def deliberate(text: str, width: int) -> list[tuple[int, int]]:
    """Return the stretches of a text between line breaks that were meant, without outer spaces.

    A break was not meant where the next line's first word would not have fitted, or goes on in
    lower case; in a text of long lines all are meant.

    Args:
        text: with its line breaks.
        width: length of the longest line around it.
    """
    stretches: list[list[int]] = []
    previous = ""
    for start, line in _numbered(text.split("\n")):
        words = line.split()
        if not words:
            continue
        begin = start + line.index(words[0])
        end = start + len(line.rstrip())
        if stretches and width <= _WRAPPED and _goes_on(previous, words[0], width):
            stretches[-1][1] = end
        else:
            stretches.append([begin, end])
        previous = line
    return [(start, end) for start, end in stretches]


def _goes_on(previous: str, word: str, width: int) -> bool:
    return word[:1].islower() or len(previous.rstrip()) + 1 + len(word) > width


def _numbered(parts: Sequence[str]) -> Iterator[tuple[int, str]]:
    start = 0
    for part in parts:
        yield start, part
        start += len(part) + 1
