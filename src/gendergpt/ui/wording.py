"""The text of an answer: who says it, the quotations, and the markers that open their sources."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from markupsafe import Markup

from gendergpt.framing import quoted_in
from gendergpt.phrases import ENGLISH, Phrases
from gendergpt.types import Citation
from gendergpt.ui.cards import where
from gendergpt.ui.enumerations import even
from gendergpt.ui.markup import fill, join

MARKER = re.compile(r"\[(\d{1,3})\]")
"""A citation's marker in an answer's text; the number is its group 1."""

_QUOTE_OPENS = ("“", "«", "„", "‘", '"', "- ", "• ", "…")


def answer_text(
    text: str, citations: Mapping[int, Citation], turn: int, say: Phrases = ENGLISH
) -> Markup:
    """Return an answer's text; markers of unknown ``citations`` stay text.

    Quotations in another language than the answer's are marked as such.

    Args:
        text: paragraphs, parted by an empty line.
        citations: what the markers stand for, by number.
        turn: number of the turn, for the ids of its source cards.
        say: the texts of the answer's language.
    """
    groups = re.split(r"\n\s*\n", text.strip("\n"))
    return join(
        fill('<div class="group">{}</div>', _group(group, citations, turn, say))
        for group in groups
        if group.strip()
    )


def _group(group: str, citations: Mapping[int, Citation], turn: int, say: Phrases) -> Markup:
    """Render a paragraph: who says it, then each quotation, which may run over several lines."""
    lines = [line.strip() for line in even(group).splitlines() if line.strip()]
    has_lead = lines[0].endswith(":") and not MARKER.search(lines[0])
    parts = [_paragraph("lead", lines[:1], citations, turn, say)] if has_lead else []
    for chunk in _chunks(lines[1:] if has_lead else lines):
        parts.append(_paragraph(_kind(chunk, has_lead), chunk, citations, turn, say))
    return join(parts)


def _chunks(lines: Sequence[str]) -> Iterator[list[str]]:
    """Yield the lines up to each marker together."""
    chunk: list[str] = []
    for line in lines:
        chunk.append(line)
        if MARKER.search(line):
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _kind(chunk: Sequence[str], has_lead: bool) -> str:
    """Tell quotations from lines of ours, also while a line is still coming in."""
    quoted = has_lead or MARKER.search(chunk[-1]) or chunk[0].startswith(_QUOTE_OPENS)
    return "quoted" if quoted else "plain"


def _paragraph(
    kind: str,
    lines: Sequence[str],
    citations: Mapping[int, Citation],
    turn: int,
    say: Phrases,
) -> Markup:
    rendered = [join(_marked_up(line, citations, turn, say)) for line in lines]
    return fill(
        '<p class="{}" dir="auto"{}>{}</p>',
        kind,
        _tongue(lines[-1], citations),
        Markup("<br>").join(rendered),
    )


def _tongue(line: str, citations: Mapping[int, Citation]) -> Markup:
    """Return the attribute that says which language a quotation is in."""
    match = MARKER.search(line)
    citation = citations.get(int(match[1])) if match else None
    return fill(' lang="{}"', quoted_in(citation)) if citation else Markup("")


def _marked_up(
    line: str, citations: Mapping[int, Citation], turn: int, say: Phrases
) -> Iterator[Markup]:
    done = 0
    for match in MARKER.finditer(line):
        # A no-break space keeps the marker on the line of the word before it.
        yield fill("{}\u00a0", line[done : match.start()].rstrip())
        yield _marker(match, citations.get(int(match[1])), turn, say)
        done = match.end()
    yield fill("{}", line[done:])


def _marker(match: re.Match[str], citation: Citation | None, turn: int, say: Phrases) -> Markup:
    if citation is None:
        return fill('<span class="marker waiting">{}</span>', match[0])
    button = fill(
        '<button type="button" class="marker" data-card="t{}-c{}" aria-expanded="false" '
        'aria-controls="source" title="{}">{}</button>',
        turn,
        citation.marker,
        where(citation, say),
        match[0],
    )
    code = quoted_in(citation)
    if code == say.language:
        return button
    name = say.language_name(code)
    return fill('{} <span class="tongue" lang="{}">{}</span>', button, say.language, name)
