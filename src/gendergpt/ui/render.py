"""Values to HTML. Pure functions; every text that comes from outside is escaped.

``Markup.format`` escapes what it fills in unless that is ``Markup`` itself, so a document's title,
a quotation or a question can reach the page only as text. Elements that a turn owns have ids
``t<turn>-…``; buttons name the source card they open in ``data-card`` (see ``static/chat.js``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from markupsafe import Markup

from gendergpt import references
from gendergpt.types import (
    Answer,
    Basis,
    Citation,
    Document,
    Hit,
    Kind,
    Outcome,
    Passage,
    Status,
)
from gendergpt.ui import highlight

NO_ANSWER = "The library holds no answer to this question."
SEARCHING = "Searching the library…"
STOPPED = "Stopped."
APOLOGY = (
    "Sorry, something went wrong while answering, and the answer was not given. "
    "Please ask again; if it happens again, tell whoever keeps this library."
)

_MARKER = re.compile(r"\[(\d{1,3})\]")
_QUOTE_OPENS = ("“", "«", "„", "‘", '"', "- ", "• ", "…")
_SEEN = {
    "LAND": "Only the publication's landing page or abstract was seen for this summary.",
    "START": "Only the opening of the publication was seen for this summary.",
    "PAGE": "The pages named were seen for this summary.",
}
_SNIPPET = 260


def safe(text: str) -> str:
    """Return ``text`` without the characters that HTML or JSON cannot carry."""
    kept = "".join(c for c in text if c in "\n\t" or ord(c) >= 32)
    return kept.encode("utf-8", "replace").decode("utf-8")


def _fill(template: str, *args: object, **values: object) -> Markup:
    """Fill a template; everything that is not ``Markup`` is escaped."""
    made = [a if isinstance(a, Markup) else safe(str(a)) for a in args]
    named = {k: v if isinstance(v, Markup) else safe(str(v)) for k, v in values.items()}
    return Markup(template).format(*made, **named)


def _join(parts: Iterable[Markup]) -> Markup:
    return Markup("").join(parts)


def count(number: int, noun: str, plural: str | None = None) -> str:
    """Return "1 passage" or "3 passages"."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


# --- the page around the conversation ------------------------------------------------------------


def welcome(suggestions: Sequence[str]) -> str:
    """Return what an empty conversation shows."""
    examples = _join(
        _fill('<li><button type="button" class="example" data-ask="{0}">{0}</button></li>', text)
        for text in suggestions
    )
    listed = Markup(
        '<p class="label" id="examples">For example</p><ul aria-labelledby="examples">{}</ul>'
    )
    return str(
        _fill(
            '<div class="log"><section class="welcome"><h2>What do you need to know?</h2>'
            "<p>Ask in your own words. The answer is made of quotations from the library, each "
            "with a number that opens its source. If the library does not say, you are told so."
            "</p>"
            "{}</section></div>",
            listed.format(examples) if suggestions else Markup(""),
        )
    )


def library_line(documents: Sequence[Document]) -> str:
    """Return the line that says what the library holds and whose words they are."""
    if not documents:
        return str(
            _fill(
                '<p class="library">The library is empty. Add documents with '
                "<code>gendergpt ingest FOLDER</code>.</p>"
            )
        )
    ours = sum(document.kind == Kind.SUMMARY for document in documents)
    return str(
        _fill(
            '<p class="library">The library holds <strong>{}</strong> in the publisher\'s own '
            "words and <strong>{}</strong> in ours.</p>",
            count(len(documents) - ours, "publication"),
            count(ours, "summary", "summaries"),
        )
    )


def problem_line(message: str) -> str:
    """Return the library line's place taken by what is wrong with the library."""
    return str(_fill('<p class="library problem">{}</p>', message))


# --- a turn of the conversation ------------------------------------------------------------------


def running(turn: int, question: str, text: str = "") -> str:
    """Return a turn whose answer is on its way; ``text`` is what has come so far."""
    body = _text(text, {}, turn) if text else _fill('<p class="state">{}</p>', SEARCHING)
    return _turn(turn, question, body, state="running")


def stopped(turn: int, question: str) -> str:
    """Return a turn that was stopped before its answer was complete."""
    return _turn(turn, question, _fill('<p class="state">{}</p>', STOPPED), state="stopped")


def failed(turn: int, question: str, message: str) -> str:
    """Return a turn that got an error's sentence for an answer."""
    body = _fill('<p class="problem" role="alert">{}</p>', message)
    return _turn(turn, question, body, state="failed")


def finished(
    turn: int,
    answer: Answer,
    passages: Mapping[str, Passage],
    titles: Mapping[str, str],
) -> str:
    """Return a turn with its whole answer.

    Args:
        turn: number of the turn in its conversation.
        answer: what to show.
        passages: the passages that are known, by id; a source card shows its quotation in them.
        titles: the library's titles by document id, for naming filters and newer editions.
    """
    known = {hit.passage.id: hit.passage for hit in (*answer.nearest, *answer.reading)}
    known.update(passages)
    parts = (
        _outcome(answer, titles),
        _text(_own_text(answer), {c.marker: c for c in answer.citations}, turn),
        _notes(answer),
        _not_in_library(answer, turn, titles),
        _foot(answer, turn),
        _cards(answer, turn, known, titles),
    )
    return _turn(turn, answer.question, _join(parts), state="done", outcome=str(answer.outcome))


def _turn(turn: int, question: str, body: Markup, *, state: str, outcome: str = "") -> str:
    return str(
        _fill(
            '<div class="log" role="log" aria-live="polite" aria-label="Answer" aria-busy="{busy}">'
            '<article class="turn" id="t{turn}" data-turn="{turn}" data-state="{state}" '
            'data-outcome="{outcome}">'
            '<h2 class="question" dir="auto"><span class="unseen">You asked: </span>{question}</h2>'
            '<div class="answer">{body}</div></article></div>',
            busy="true" if state == "running" else "false",
            turn=turn,
            state=state,
            outcome=outcome,
            question=question,
            body=body,
        )
    )


def settled(turn_html: str) -> str:
    """Return a finished turn for the earlier part of the conversation: no longer announced."""
    return turn_html.replace(' role="log" aria-live="polite" aria-label="Answer"', "", 1)


def _outcome(answer: Answer, titles: Mapping[str, str]) -> Markup:
    if answer.outcome == Outcome.PARTIAL:
        missing = "; ".join(answer.missing)
        said = (
            f"Part of your question is not covered: {missing}"
            if missing
            else ("Part of your question is not covered.")
        )
        return _fill('<p class="outcome partial">{}</p>', said)
    if answer.outcome == Outcome.NOT_IN_LIBRARY:
        return _fill('<p class="outcome none">{}</p>', NO_ANSWER)
    return Markup("")


def _own_text(answer: Answer) -> str:
    """Return the part of the answer's text that the page does not say in its own way.

    The text serves readers of plain text as well, so it repeats outcome, what is missing, what was
    searched and what came nearest.
    """
    if answer.outcome == Outcome.NOT_IN_LIBRARY:
        return ""
    if answer.outcome == Outcome.PARTIAL:
        lines = answer.text.splitlines()
        return "\n".join(line for line in lines if not _names_missing(line, answer.missing))
    return answer.text


def _names_missing(line: str, missing: Sequence[str]) -> bool:
    ours = not _MARKER.search(line) and not line.rstrip().endswith(":")
    return ours and bool(missing) and all(part in line for part in missing)


def _notes(answer: Answer) -> Markup:
    return _join(
        _fill('<p class="note">{}</p>', note)
        for note in answer.notes
        if note not in _own_text(answer)
    )


# --- the text with its markers -------------------------------------------------------------------


def _text(text: str, citations: Mapping[int, Citation], turn: int) -> Markup:
    groups = re.split(r"\n\s*\n", text.strip("\n"))
    return _join(
        _fill('<div class="group">{}</div>', _group(group, citations, turn))
        for group in groups
        if group.strip()
    )


def _group(group: str, citations: Mapping[int, Citation], turn: int) -> Markup:
    """Render a paragraph: who says it, then each quotation, which may run over several lines."""
    lines = [line.strip() for line in group.splitlines() if line.strip()]
    has_lead = lines[0].endswith(":") and not _MARKER.search(lines[0])
    parts = [_paragraph("lead", lines[:1], citations, turn)] if has_lead else []
    for chunk in _chunks(lines[1:] if has_lead else lines):
        parts.append(_paragraph(_kind(chunk, has_lead), chunk, citations, turn))
    return _join(parts)


def _chunks(lines: Sequence[str]) -> Iterator[list[str]]:
    """Yield the lines up to each marker together."""
    chunk: list[str] = []
    for line in lines:
        chunk.append(line)
        if _MARKER.search(line):
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _kind(chunk: Sequence[str], has_lead: bool) -> str:
    """Tell quotations from lines of ours, also while a line is still coming in."""
    quoted = has_lead or _MARKER.search(chunk[-1]) or chunk[0].startswith(_QUOTE_OPENS)
    return "quoted" if quoted else "plain"


def _paragraph(
    kind: str, lines: Sequence[str], citations: Mapping[int, Citation], turn: int
) -> Markup:
    rendered = [_join(_marked_up(line, citations, turn)) for line in lines]
    return _fill('<p class="{}" dir="auto">{}</p>', kind, Markup("<br>").join(rendered))


def _marked_up(line: str, citations: Mapping[int, Citation], turn: int) -> Iterator[Markup]:
    done = 0
    for match in _MARKER.finditer(line):
        # A no-break space keeps the marker on the line of the word before it.
        yield _fill("{}\u00a0", line[done : match.start()].rstrip())
        yield _marker(match, citations.get(int(match[1])), turn)
        done = match.end()
    yield _fill("{}", line[done:])


def _marker(match: re.Match[str], citation: Citation | None, turn: int) -> Markup:
    if citation is None:
        return _fill('<span class="marker waiting">{}</span>', match[0])
    return _fill(
        '<button type="button" class="marker" data-card="t{}-c{}" aria-expanded="false" '
        'aria-controls="source" title="{}">{}</button>',
        turn,
        citation.marker,
        _where(citation),
        match[0],
    )


def _where(citation: Citation) -> str:
    said = f"{references.attribution(citation)}, {references.locator(citation)}"
    return _capital(said)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


# --- beneath an answer ---------------------------------------------------------------------------


def _not_in_library(answer: Answer, turn: int, titles: Mapping[str, str]) -> Markup:
    if answer.outcome not in (Outcome.NOT_IN_LIBRARY, Outcome.PARTIAL):
        return Markup("")
    missing = answer.missing if answer.outcome == Outcome.NOT_IN_LIBRARY else ()
    return _join(
        (
            _fill('<p class="missing">Not found: {}</p>', "; ".join(missing))
            if missing
            else Markup(""),
            _fill('<p class="searched">{}</p>', searched_line(answer, titles)),
            _originals(answer.originals),
            _nearest(answer.nearest, turn),
        )
    )


def searched_line(answer: Answer, titles: Mapping[str, str]) -> str:
    """Return how much was searched, and under which filters, in words."""
    searched = answer.searched
    line = (
        f"Searched {count(searched.documents, 'document')}, {count(searched.passages, 'passage')}"
    )
    limits = [_limit(name, value, titles) for name, value in searched.filters.items() if value]
    return f"{line}, limited to {' and '.join(limits)}." if limits else f"{line}."


def _limit(name: str, value: Any, titles: Mapping[str, str]) -> str:
    values = value if isinstance(value, list | tuple | set | frozenset) else [value]
    shown = ", ".join(sorted(titles.get(str(v), str(v)) for v in values))
    words = {"year_from": "years from", "year_to": "years up to"}
    return f"{words.get(name, name)} {shown}"


def _originals(originals: Sequence[Basis]) -> Markup:
    if not originals:
        return Markup("")
    items = _join(
        _fill(
            "<li>{}{}</li>",
            ", ".join(str(part) for part in (o.publisher, o.title, o.year) if part),
            _fill(" {}", _link(o.url)) if o.url else Markup(""),
        )
        for o in originals
    )
    return _fill(
        '<section class="originals"><h3>Publications to check</h3>'
        "<p>They are not in the library themselves.</p><ul>{}</ul></section>",
        items,
    )


def _nearest(hits: Sequence[Hit], turn: int) -> Markup:
    if not hits:
        return Markup("")
    return _fill(
        '<section class="nearest"><h3>Nearest passages (not an answer)</h3>{}</section>',
        _hits(hits, f"t{turn}-n"),
    )


def _hits(hits: Sequence[Hit], prefix: str) -> Markup:
    items = _join(
        _fill(
            '<li><button type="button" class="opens" data-card="{}{}" aria-expanded="false" '
            'aria-controls="source">{}</button><p dir="auto">{}</p></li>',
            prefix,
            number,
            _where(_cited(hit)),
            _cut(hit.passage.text),
        )
        for number, hit in enumerate(hits, start=1)
    )
    return _fill('<ul class="hits">{}</ul>', items)


def _cut(text: str) -> str:
    flat = " ".join(text.split())
    if len(flat) <= _SNIPPET:
        return flat
    return flat[:_SNIPPET].rsplit(" ", 1)[0] + " …"


def _foot(answer: Answer, turn: int) -> Markup:
    if answer.outcome == Outcome.ABOUT_ASSISTANT:
        return Markup("")
    return _fill(
        '<div class="foot"><button type="button" class="copy" data-copy="t{turn}-text">'
        'Copy answer</button><pre id="t{turn}-text" hidden>{text}</pre></div>{refs}{reading}',
        turn=turn,
        text=references.as_text(answer),
        refs=_references(answer.citations),
        reading=_reading(answer.reading, turn),
    )


def _references(citations: Sequence[Citation]) -> Markup:
    if not citations:
        return Markup("")
    items = _join(
        _fill('<li value="{}" dir="auto">{}</li>', c.marker, references.reference(c))
        for c in citations
    )
    return _fill(
        '<details class="more"><summary>References ({})</summary><ol>{}</ol></details>',
        len(citations),
        items,
    )


def _reading(hits: Sequence[Hit], turn: int) -> Markup:
    if not hits:
        return Markup("")
    return _fill(
        '<details class="more"><summary>Further reading ({})</summary>{}</details>',
        len(hits),
        _hits(hits, f"t{turn}-r"),
    )


# --- source cards --------------------------------------------------------------------------------


def _cards(
    answer: Answer, turn: int, passages: Mapping[str, Passage], titles: Mapping[str, str]
) -> Markup:
    cited = [
        _card(f"t{turn}-c{c.marker}", c, _quoted(c, passages.get(c.passage_id)), titles)
        for c in answer.citations
    ]
    lists = (("n", answer.nearest), ("r", answer.reading))
    read = [
        _card(f"t{turn}-{letter}{number}", _cited(hit), _fill("{}", hit.passage.text), titles)
        for letter, hits in lists
        for number, hit in enumerate(hits, start=1)
    ]
    return _join((*cited, *read))


def _card(card: str, citation: Citation, words: Markup, titles: Mapping[str, str]) -> Markup:
    return _fill(
        '<div class="card" id="{}" hidden>{whose}<h3 dir="auto">{title}</h3>{newer}'
        '<dl>{facts}</dl><blockquote dir="auto">{words}</blockquote>{address}</div>',
        card,
        whose=_whose(citation),
        title=citation.document.title,
        newer=_newer(citation.document, titles),
        facts=_join(
            _fill('<div><dt>{}</dt><dd dir="auto">{}</dd></div>', name, value)
            for name, value in _facts(citation)
            if value
        ),
        words=words,
        address=_address(citation),
    )


def _whose(citation: Citation) -> Markup:
    if citation.document.kind != Kind.SUMMARY:
        return _fill('<p class="whose theirs">The publisher\'s own words</p>')
    said = references.attribution(citation)
    return _fill('<p class="whose ours">{} — not the publisher\'s words</p>', _capital(said))


def _newer(document: Document, titles: Mapping[str, str]) -> Markup:
    newer = document.superseded_by and titles.get(document.superseded_by, document.superseded_by)
    warning = references.superseded(replace(document, superseded_by=newer))
    return _fill('<p class="newer">{}</p>', warning) if warning else Markup("")


def _facts(citation: Citation) -> Iterator[tuple[str, str]]:
    document, basis = citation.document, citation.basis
    yield "Edition", document.edition or ""
    yield "Year", str(document.year or "")
    yield "Publisher", document.publisher or ""
    if basis is not None:
        yield "Summary of", ", ".join(str(p) for p in (basis.title, basis.year) if p)
        yield "Place in it", basis.place or ""
        yield "Seen", _SEEN.get(basis.seen or "", "")
    yield "Page", _pages(citation)
    yield "Section", " › ".join(citation.heading)
    yield "Also said in", "; ".join(other.title for other in citation.also)


def _pages(citation: Citation) -> str:
    return references.locator(citation) if any(s.page for s in citation.spans) else ""


def _address(citation: Citation) -> Markup:
    basis = citation.basis
    url = (basis.url if basis is not None else None) or citation.document.url
    if not url:
        return Markup("")
    return _fill('<p class="address">Official address: {}</p>', _link(url))


def _link(url: str) -> Markup:
    """Return a link where the address is a plain http(s) one, else the address as text."""
    if not _linkable(url):
        return _fill('<span class="url">{}</span>', url)
    return _fill(
        '<a class="url" href="{0}" target="_blank" rel="noopener noreferrer nofollow">{0}</a>', url
    )


def _linkable(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.username is None


def _quoted(citation: Citation, passage: Passage | None) -> Markup:
    """Return the passage with the quotation marked, or only the quotation where it is not in it."""
    found = highlight.find(citation.quote, passage.text) if passage else None
    if passage is None or found is None:
        return _fill("<mark>{}</mark>", citation.quote)
    start, end = found
    text = passage.text
    return _fill("{}<mark>{}</mark>{}", text[:start], text[start:end], text[end:])


def _cited(hit: Hit) -> Citation:
    """Return a hit in the form that ``references`` words."""
    return Citation(
        marker=0,
        quote="",
        status=Status.EXACT,
        spans=hit.passage.spans,
        heading=hit.passage.heading,
        passage_id=hit.passage.id,
        document=hit.document,
        basis=references.basis_of(hit.document, hit.passage.heading),
    )
