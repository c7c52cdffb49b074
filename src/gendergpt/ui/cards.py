"""Source cards: whose words a quotation is, the passage it stands in, and where that stands.

For a quotation from a PDF ``static/chat.js`` then draws the pages that its figures name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from urllib.parse import quote

from markupsafe import Markup

from gendergpt import references
from gendergpt.types import (
    Answer,
    Citation,
    Document,
    Hit,
    Kind,
    LabelFrom,
    PageRef,
    Passage,
    Span,
    Status,
)
from gendergpt.ui import highlight
from gendergpt.ui.enumerations import even
from gendergpt.ui.markup import capital, fill, join, link

_SEEN = {
    "LAND": "Only the publication's landing page or abstract was seen for this summary.",
    "START": "Only the opening of the publication was seen for this summary.",
    "PAGE": "The pages named were seen for this summary.",
}
_NO_FIGURES = Markup("")
_MUCH = 240
"""So many characters before a quotation still leave it in sight on a telephone."""


def source_cards(
    answer: Answer, turn: int, passages: Mapping[str, Passage], titles: Mapping[str, str]
) -> Markup:
    """Return a hidden card for each citation and each hit of an answer; see ``render.finished``."""
    quoted = [
        _card(
            f"t{turn}-c{c.marker}", c, _quoted(c, passages.get(c.passage_id)), titles, _figures(c)
        )
        for c in answer.citations
    ]
    lists = (("n", answer.nearest), ("r", answer.reading))
    read = [
        _card(f"t{turn}-{letter}{number}", cited(hit), fill("{}", even(hit.passage.text)), titles)
        for letter, hits in lists
        for number, hit in enumerate(hits, start=1)
    ]
    return join((*quoted, *read))


def _card(
    card: str,
    citation: Citation,
    words: Markup,
    titles: Mapping[str, str],
    figures: Markup = _NO_FIGURES,
) -> Markup:
    return fill(
        '<div class="card" id="{}" hidden>{whose}<h3 dir="auto">{title}</h3>{newer}'
        '<blockquote dir="auto">{words}</blockquote><dl>{facts}</dl>{address}{figures}</div>',
        card,
        whose=_whose(citation),
        title=citation.document.title,
        newer=_newer(citation.document, titles),
        facts=join(
            fill('<div><dt>{}</dt><dd dir="auto">{}</dd></div>', name, value)
            for name, value in _facts(citation)
            if value
        ),
        words=words,
        address=_address(citation),
        figures=figures,
    )


def _whose(citation: Citation) -> Markup:
    if citation.document.kind != Kind.SUMMARY:
        return fill('<p class="whose theirs">The publisher\'s own words</p>')
    said = capital(references.attribution(citation))
    no = "no" if references.is_own(citation.basis) else "not the"
    return fill('<p class="whose ours">{} — {} publisher\'s words</p>', said, no)


def _newer(document: Document, titles: Mapping[str, str]) -> Markup:
    newer = document.superseded_by and titles.get(document.superseded_by, document.superseded_by)
    warning = references.superseded(replace(document, superseded_by=newer))
    return fill('<p class="newer">{}</p>', warning) if warning else Markup("")


def _facts(citation: Citation) -> Iterator[tuple[str, str]]:
    """Yield what the card's first line, whose words these are, does not say."""
    document, basis = citation.document, citation.basis
    yield "Symbol", document.symbol or ""
    if document.kind != Kind.SUMMARY:
        yield "Edition", document.edition or ""
        yield "Year", str(document.year or "")
        yield "Publisher", document.publisher or ""
    if basis is not None:
        yield "Seen", _SEEN.get(basis.seen or "", "")
    yield "Place", references.numbered(citation.numbers)
    yield "Page", _pages(citation)
    yield "Section", " › ".join(citation.heading)
    yield "Also said in", "; ".join(other.title for other in citation.also)
    yield "Guessed", _guessed(document)


def _pages(citation: Citation) -> str:
    """Return both page numbers, and say where the printed one was read off the page."""
    pages = [span.page for span in citation.spans if span.page is not None]
    if not pages:
        return ""
    where = references.place(citation.spans, citation.heading, citation.document)
    read_off = any(page.label_from is LabelFrom.PAGE for page in pages)
    return f"{where}; the printed number was read off the page" if read_off else where


def _guessed(document: Document) -> str:
    if not document.guessed:
        return ""
    return f"{', '.join(document.guessed)} (read off the first page)"


def _address(citation: Citation) -> Markup:
    url = url_of(citation)
    return fill('<p class="address">Official address: {}</p>', link(url)) if url else Markup("")


def _figures(citation: Citation) -> Markup:
    """Return a figure for each page of a PDF that the quotation stands on."""
    if not (citation.document.path or "").lower().endswith(".pdf"):
        return Markup("")
    pages: dict[PageRef, list[Span]] = {}
    for span in citation.spans:
        if span.page is not None:
            pages.setdefault(span.page, []).append(span)
    return join(_figure(citation.document, page, spans) for page, spans in pages.items())


def _figure(document: Document, page: PageRef, spans: Sequence[Span]) -> Markup:
    named = f"PDF page {page.number}" if page.label is None else f"Page {page.label}"
    return fill(
        '<figure class="sheet" data-page="documents/{}/pages/{}" data-spans="{}" data-alt="{}">'
        "<figcaption>The page in {}, {}</figcaption></figure>",
        quote(document.id, safe=""),
        page.number,
        "&".join(f"start={span.start}&end={span.end}" for span in spans),
        f"{named} of {document.title}, quoted words marked",
        "our own note" if document.kind == Kind.SUMMARY else "the publication",
        references.place(spans, ()),
    )


def url_of(citation: Citation) -> str | None:
    """Return the address of the publication that a citation is from or about."""
    basis = citation.basis
    return (basis.url if basis is not None else None) or citation.document.url


def _quoted(citation: Citation, passage: Passage | None) -> Markup:
    """Return the passage with the quotation marked, or only the quotation where it is not in it."""
    found = highlight.find(citation.quote, passage.text) if passage else None
    if passage is None or found is None:
        return fill("<mark>{}</mark>", even(citation.quote))
    start, end = found
    text = even(passage.text)
    before = _before(text[:start], [sentence.start for sentence in passage.sentences])
    return fill("{}<mark>{}</mark>{}", before, text[start:end], text[end:])


def _before(text: str, starts: Sequence[int]) -> Markup:
    """Return what precedes a quotation; much of it folded, so that the quotation comes in sight."""
    if len(text) <= _MUCH:
        return fill("{}", text)
    near = [start for start in starts if len(text) - _MUCH <= start < len(text)]
    cut = min(near, default=len(text))
    return fill(
        '<details class="earlier"><summary>Earlier in this passage</summary>{}</details>{}',
        text[:cut].rstrip(),
        text[cut:],
    )


def cited(hit: Hit) -> Citation:
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


def where(citation: Citation) -> str:
    """Return in one line whose words these are and where they stand."""
    return capital(f"{references.attribution(citation)}, {references.locator(citation)}")
