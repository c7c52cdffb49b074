"""The turns of a conversation as HTML. Pure functions; every text from outside is escaped.

Elements that a turn owns have ids ``t<turn>-…``; buttons name the source card they open in
``data-card`` (see ``static/chat.js``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from gendergpt import references
from gendergpt.framing import documents_in_words, no_answer, passages_in_words, written_in
from gendergpt.glossary import Glossary
from gendergpt.phrases import ENGLISH, Phrases, phrases
from gendergpt.types import Answer, Basis, Citation, Hit, Outcome, Passage
from gendergpt.ui.beneath import again
from gendergpt.ui.cards import cited, source_cards, superseded, url_of, where
from gendergpt.ui.markup import capital, fill, join, link, linked
from gendergpt.ui.opinions import on_answer
from gendergpt.ui.terms import NONE, explained
from gendergpt.ui.wording import MARKER, answer_text

SEARCHING = "Searching the library…"
STOPPED = "Stopped."
APOLOGY = (
    "Sorry, something went wrong while answering, and the answer was not given. "
    "Please ask again; if it happens again, tell whoever keeps this library."
)

_SNIPPET = 260
_NOTHING = Markup("")


# --- a turn of the conversation ------------------------------------------------------------------


def running(turn: int, question: str, text: str = "", only: str = "") -> str:
    """Return a turn whose answer is on its way.

    Args:
        turn: number of the turn in its conversation.
        question: what was asked.
        text: what has come of the answer so far.
        only: what the search is limited to, in words; empty for none.
    """
    body = answer_text(text, {}, turn) if text else fill('<p class="state">{}</p>', SEARCHING)
    return _turn(turn, question, body, state="running", only=only)


def stopped(turn: int, question: str, only: str = "") -> str:
    """Return a turn that was stopped before its answer was complete."""
    body = fill('<p class="state">{}</p>', STOPPED) + _retry(question)
    return _turn(turn, question, body, state="stopped", only=only)


def failed(turn: int, question: str, message: str, only: str = "") -> str:
    """Return a turn that got an error's sentence for an answer."""
    body = fill('<p class="problem" role="alert">{}</p>', message) + _retry(question)
    return _turn(turn, question, body, state="failed", only=only)


def unreadable(turn: int, message: str) -> str:
    """Return a turn whose question and answer cannot be shown again; the message says why."""
    body = fill('<p class="problem">{}</p>', message)
    return _turn(turn, "(not shown)", body, state="failed")


def _retry(question: str) -> Markup:
    return fill('<div class="foot">{}</div>', again(question))


def finished(
    turn: int,
    answer: Answer,
    passages: Mapping[str, Passage],
    titles: Mapping[str, str],
    only: str = "",
    known: Glossary = NONE,
    *,
    before: Markup = _NOTHING,
    beneath: Markup = _NOTHING,
) -> str:
    """Return a turn with its whole answer.

    Args:
        turn: number of the turn in its conversation.
        answer: what to show.
        passages: the passages that are known, by id; a source card shows its quotation in them.
        titles: the library's titles by document id, for naming filters and newer editions.
        only: what the search was limited to, in words; empty for none.
        known: the terms that the answer's text explains where one points at them.
        before: stands before the answer.
        beneath: stands under it, beside "Copy answer".
    """
    held = {hit.passage.id: hit.passage for hit in (*answer.nearest, *answer.reading)}
    held.update(passages)
    say = phrases(answer.language)
    markers = {c.marker: c for c in answer.citations}
    words = answer_text(_own_text(answer, say), markers, turn, say)
    parts = (
        before,
        _outcome(answer, say),
        explained(words, turn, known, {c.document.id for c in answer.citations}, say),
        superseded(answer, titles, say),
        _notes(answer, say),
        _not_in_library(answer, turn, titles, only, say),
        _foot(answer, turn, beneath, say),
        source_cards(answer, turn, held, titles),
    )
    about_us = answer.outcome == Outcome.ABOUT_ASSISTANT
    return _turn(
        turn,
        answer.question,
        join(parts),
        state="done",
        outcome=str(answer.outcome),
        only="" if about_us else only,
        say=say,
    )


def _turn(
    turn: int,
    question: str,
    body: Markup,
    *,
    state: str,
    outcome: str = "",
    only: str = "",
    say: Phrases = ENGLISH,
) -> str:
    return str(
        fill(
            '<div class="log" role="log" aria-live="polite" aria-label="Answer" aria-busy="{busy}">'
            '<article class="turn" id="t{turn}" data-turn="{turn}" data-state="{state}" '
            'data-outcome="{outcome}">'
            '<h2 class="question" dir="auto"><span class="unseen">You asked: </span>{question}</h2>'
            '{only}<div class="answer" lang="{lang}" dir="{dir}">{body}</div></article></div>',
            lang=say.language,
            dir=say.direction,
            busy="true" if state == "running" else "false",
            turn=turn,
            state=state,
            outcome=outcome,
            question=question,
            only=_only(only, state),
            body=body,
        )
    )


def _only(only: str, state: str) -> Markup:
    if not only:
        return Markup("")
    said = "Searching" if state == "running" else "Searched"
    return fill('<p class="only-in" dir="auto">{} only in: {}</p>', said, only)


def settled(turn_html: str) -> str:
    """Return a finished turn for the earlier part of the conversation: no longer announced."""
    return turn_html.replace(' role="log" aria-live="polite" aria-label="Answer"', "", 1)


def _outcome(answer: Answer, say: Phrases) -> Markup:
    if answer.outcome == Outcome.PARTIAL:
        things = "; ".join(answer.missing)
        said = (
            say.gettext("Part of your question is not covered: {things}", things=things)
            if things
            else say.gettext("Part of your question is not covered.")
        )
        return fill('<p class="outcome partial">{}</p>', said)
    if answer.outcome == Outcome.NOT_IN_LIBRARY:
        return fill('<p class="outcome none">{}</p>', no_answer(say))
    return Markup("")


def _own_text(answer: Answer, say: Phrases) -> str:
    """Return the part of the answer's text that the page does not say in its own way.

    The text serves readers of plain text as well, so it repeats outcome, what is missing, what was
    searched and what came nearest.
    """
    if answer.outcome == Outcome.NOT_IN_LIBRARY:
        return ""
    if answer.outcome == Outcome.PARTIAL:
        text = answer.text
        if answer.originals:
            text = text.replace(references.may_stand_in(answer.originals, say), "")
        lines = text.splitlines()
        return "\n".join(line for line in lines if not _names_missing(line, answer.missing))
    return answer.text


def _names_missing(line: str, missing: Sequence[str]) -> bool:
    ours = not MARKER.search(line) and not line.rstrip().endswith(":")
    return ours and bool(missing) and all(part in line for part in missing)


def _notes(answer: Answer, say: Phrases) -> Markup:
    text = _own_text(answer, say)
    return join(fill('<p class="note">{}</p>', note) for note in answer.notes if note not in text)


# --- beneath an answer ---------------------------------------------------------------------------


def _not_in_library(
    answer: Answer, turn: int, titles: Mapping[str, str], only: str, say: Phrases
) -> Markup:
    if answer.outcome not in (Outcome.NOT_IN_LIBRARY, Outcome.PARTIAL):
        return Markup("")
    missing = answer.missing if answer.outcome == Outcome.NOT_IN_LIBRARY else ()
    return join(
        (
            fill(
                '<p class="missing">{}</p>',
                say.gettext("Not found: {things}", things="; ".join(missing)),
            )
            if missing
            else Markup(""),
            fill('<p class="searched">{}</p>', searched_line(answer, titles, only)),
            _originals(answer.originals, say),
            _nearest(answer.nearest, turn, say),
        )
    )


def searched_line(answer: Answer, titles: Mapping[str, str], only: str = "") -> str:
    """Return how much was searched, and under which filters, in words.

    Where the turn says what the search was limited to (``only``), that is not said again.
    """
    searched, say = answer.searched, phrases(answer.language)
    if only and not searched.documents:
        return say.gettext("No document of the library fits these filters together.")
    amount = {
        "documents": documents_in_words(searched.documents, say),
        "passages": passages_in_words(searched.passages, say),
    }
    if only:
        return say.gettext("Searched {documents}, {passages}, with these filters.", **amount)
    limits = [_limit(name, value, titles) for name, value in searched.filters.items() if value]
    if not limits:
        return say.gettext("Searched {documents}, {passages}.", **amount)
    return say.gettext(
        "Searched {documents}, {passages}, limited to {limits}.",
        limits=" and ".join(limits),
        **amount,
    )


def _limit(name: str, value: Any, titles: Mapping[str, str]) -> str:
    values = value if isinstance(value, list | tuple | set | frozenset) else [value]
    shown = ", ".join(sorted(titles.get(str(v), str(v)) for v in values))
    words = {"year_from": "years from", "year_to": "years up to"}
    return f"{words.get(name, name)} {shown}"


def _originals(originals: Sequence[Basis], say: Phrases) -> Markup:
    if not originals:
        return Markup("")
    items = join(
        fill(
            '<li dir="auto">{} {}</li>',
            _publication(each),
            link(each.url) if each.url else fill("({})", references.address(each, say)),
        )
        for each in originals
    )
    return fill(
        '<section class="originals"><h3>{}</h3><p>{}</p><ul>{}</ul></section>',
        say.gettext("Publications to check"),
        say.gettext("It may stand there. They are not in this library."),
        items,
    )


def _publication(basis: Basis) -> str:
    named = basis.publisher and basis.title.startswith(basis.publisher)
    parts = ("" if named else basis.publisher, basis.title, basis.year)
    return ", ".join(str(part) for part in parts if part)


def _nearest(hits: Sequence[Hit], turn: int, say: Phrases) -> Markup:
    if not hits:
        return Markup("")
    return fill(
        '<section class="nearest"><h3>{}</h3>{}</section>',
        say.gettext("Nearest passages (not an answer)"),
        _hits(hits, f"t{turn}-n", say),
    )


def _hits(hits: Sequence[Hit], prefix: str, say: Phrases) -> Markup:
    items = join(
        fill(
            '<li><button type="button" class="opens" data-card="{}{}" aria-expanded="false" '
            'aria-controls="source">{}</button><p dir="auto" lang="{}">{}</p></li>',
            prefix,
            number,
            where(cited(hit), say),
            written_in(hit.document, hit.passage.text),
            _cut(hit.passage.text),
        )
        for number, hit in enumerate(hits, start=1)
    )
    return fill('<ul class="hits">{}</ul>', items)


def _cut(text: str) -> str:
    flat = " ".join(text.split())
    if len(flat) <= _SNIPPET:
        return flat
    return flat[:_SNIPPET].rsplit(" ", 1)[0] + " …"


def _foot(answer: Answer, turn: int, tools: Markup, say: Phrases) -> Markup:
    if answer.outcome == Outcome.ABOUT_ASSISTANT:
        return tools
    return fill(
        '<div class="foot"><button type="button" class="copy" data-copy="t{turn}-text">'
        '{copy}</button>{tools}<pre id="t{turn}-text" hidden>{text}</pre>{opinion}</div>'
        "{refs}{reading}",
        turn=turn,
        copy=say.gettext("Copy answer"),
        tools=tools,
        text=references.as_text(answer),
        opinion=on_answer(answer, turn, say),
        refs=_references(answer.citations, say),
        reading=_reading(answer.reading, turn, say),
    )


def _references(citations: Sequence[Citation], say: Phrases) -> Markup:
    if not citations:
        return Markup("")
    alike: dict[str, list[Citation]] = {}
    for citation in citations:
        alike.setdefault(references.reference(citation, say), []).append(citation)
    items = join(
        fill(
            '<li><span class="markers">{}</span> <span dir="auto">{}</span></li>',
            " ".join(f"[{each.marker}]" for each in group),
            linked(capital(text), url_of(group[0])),
        )
        for text, group in alike.items()
    )
    return fill(
        '<details class="more"><summary>{} ({})</summary><ul class="refs">{}</ul></details>',
        say.gettext("References"),
        len(alike),
        items,
    )


def _reading(hits: Sequence[Hit], turn: int, say: Phrases) -> Markup:
    if not hits:
        return Markup("")
    return fill(
        '<details class="more"><summary>{} ({})</summary>{}</details>',
        say.gettext("Further reading"),
        len(hits),
        _hits(hits, f"t{turn}-r", say),
    )
