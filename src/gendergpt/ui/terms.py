"""Terms in an answer that show what they mean, and who says so, where one points at them.

The text stays as it is: a term is put into an element of its own, and its definition stands hidden
after the text; ``static/terms.js`` shows it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Collection

from markupsafe import Markup

from gendergpt.framing import written_in
from gendergpt.glossary import Glossary, Term
from gendergpt.phrases import Phrases
from gendergpt.types import Kind
from gendergpt.ui.markup import fill, join

NONE = Glossary()
_MOST = 12
_TAG = re.compile(r"(<[^>]*>)")


def explained(
    text: Markup, turn: int, known: Glossary, cited: Collection[str], say: Phrases
) -> Markup:
    """Return an answer's text with the first occurrence of each term marked, and the definitions.

    Markers of citations and the lines that name publications are left alone.

    Args:
        text: as ``wording.answer_text`` makes it.
        turn: number of the turn, for the ids of the definitions.
        known: the terms of the library.
        cited: ids of the documents that the answer quotes; what they mean by an acronym counts.
        say: the texts of the answer's language.
    """
    marking = _Marking(turn, known, cited)
    marked = join(marking.piece(piece) for piece in _TAG.split(str(text)))
    if not marking.found:
        return text
    held = join(_definition(turn, n, term, say) for n, term in enumerate(marking.found, 1))
    return fill('{}<div class="definitions" hidden>{}</div>', marked, held)


class _Marking:
    """Goes through the pieces of an answer's markup, tags and text in turn."""

    def __init__(self, turn: int, known: Glossary, cited: Collection[str]) -> None:
        self.found: list[Term] = []
        self._turn = turn
        self._known = known
        self._cited = cited
        self._within: list[str] = []

    def piece(self, piece: str) -> Markup:
        """Return a tag as it is, and a text with its terms marked."""
        if piece.startswith("<"):
            self._note(piece)
            return Markup(piece)
        if "quoted" not in self._within or "button" in self._within or "span" in self._within:
            return Markup(piece)
        return self._text(html.unescape(piece))

    def _note(self, tag: str) -> None:
        name = re.match(r"</?(\w+)", tag)
        if name is None or name[1] == "br":
            return
        if tag.startswith("</"):
            del self._within[-1:]
        else:
            self._within.append("quoted" if tag.startswith('<p class="quoted"') else name[1])

    def _text(self, text: str) -> Markup:
        parts, done = [], 0
        for start, end, term in self._known.occurrences(text, self._cited):
            if term in self.found or len(self.found) >= _MOST:
                continue
            self.found.append(term)
            parts += [fill("{}", text[done:start]), self._term(text[start:end])]
            done = end
        return join((*parts, fill("{}", text[done:])))

    def _term(self, words: str) -> Markup:
        return fill(
            '<span class="term" role="button" tabindex="0" aria-describedby="{}">{}</span>',
            _id(self._turn, len(self.found)),
            words,
        )


def _definition(turn: int, number: int, term: Term, say: Phrases) -> Markup:
    return fill(
        '<div id="{}"><span class="meaning" dir="auto" lang="{}">{}</span> '
        '<span class="from">{}</span></div>',
        _id(turn, number),
        written_in(term.document, term.definition),
        term.definition,
        _source(term, say),
    )


def _source(term: Term, say: Phrases) -> str:
    if term.in_glossary and term.document.kind is Kind.SUMMARY:
        return say.gettext("From our glossary")
    return say.gettext("From: {title}", title=term.document.title)


def _id(turn: int, number: int) -> str:
    return f"t{turn}-term{number}"
