"""Source cards: whose words a quotation is, the passage it stands in, and where that stands.

For a quotation from a PDF ``static/viewer.js`` then draws the pages that its figures name, for one
from another format the section that it stands in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from urllib.parse import quote

from markupsafe import Markup

from gendergpt import references
from gendergpt.framing import written_in
from gendergpt.phrases import ENGLISH, Phrases, phrases
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
from gendergpt.ui import highlight, opinions
from gendergpt.ui.citing import copying
from gendergpt.ui.enumerations import even
from gendergpt.ui.markup import capital, fill, join, link

_NO_FIGURES = Markup("")
_MUCH = 240
"""So many characters before a quotation still leave it in sight on a telephone."""


def source_cards(
    answer: Answer, turn: int, passages: Mapping[str, Passage], titles: Mapping[str, str]
) -> Markup:
    """Return a hidden card for each citation and each hit of an answer; see ``render.finished``."""
    say = phrases(answer.language)
    quoted = [
        _card(
            f"t{turn}-c{c.marker}",
            c,
            _quoted(c, passages.get(c.passage_id), say),
            titles,
            say,
            _figures(c, say),
            opinions.on_citation(c, answer.question, say),
        )
        for c in answer.citations
    ]
    lists = (("n", answer.nearest), ("r", answer.reading))
    read = [
        _card(
            f"t{turn}-{letter}{number}",
            cited(hit),
            fill("{}", even(hit.passage.text)),
            titles,
            say,
            _figures(cited(hit), say),
        )
        for letter, hits in lists
        for number, hit in enumerate(hits, start=1)
    ]
    return join((*quoted, *read))


def _card(
    card: str,
    citation: Citation,
    words: Markup,
    titles: Mapping[str, str],
    say: Phrases,
    figures: Markup = _NO_FIGURES,
    report: Markup = _NO_FIGURES,
) -> Markup:
    return fill(
        '<div class="card" id="{}" hidden>{whose}<h3 dir="auto">{title}{edition}</h3>{newer}'
        '<blockquote dir="auto" lang="{lang}">{words}</blockquote>{copying}{figures}'
        "<dl>{facts}</dl>{address}{original}{report}</div>",
        card,
        whose=_whose(citation, say),
        title=citation.document.title,
        edition=_edition(citation.document),
        copying=copying(citation, say),
        report=report,
        newer=_newer(citation.document, titles, say),
        lang=written_in(citation.document, citation.quote or words),
        facts=join(
            fill('<div><dt>{}</dt><dd dir="auto">{}</dd></div>', name, value)
            for name, value in _facts(citation, say)
            if value
        ),
        words=words,
        address=_address(citation, say),
        figures=figures,
        original=_original(citation, say),
    )


def _whose(citation: Citation, say: Phrases) -> Markup:
    if citation.document.kind != Kind.SUMMARY:
        theirs = say.gettext("The publisher's own words")
        return fill('<p class="whose theirs">{}</p>', theirs)
    whose = capital(references.attribution(citation, say))
    if references.is_own(citation.basis):
        said = say.gettext("{whose} — no publisher's words", whose=whose)
    else:
        said = say.gettext("{whose} — not the publisher's words", whose=whose)
    return fill('<p class="whose ours">{}</p>', said)


def _edition(document: Document) -> Markup:
    """Return the edition that stands beside a publication's title; a note of ours has none."""
    if document.kind is Kind.SUMMARY or not document.edition:
        return Markup("")
    return fill(' <span class="edition">({})</span>', document.edition)


def superseded(answer: Answer, titles: Mapping[str, str], say: Phrases) -> Markup:
    """Return a warning for each quoted edition that a newer one replaces."""
    markers: dict[Document, str] = {}
    for each in answer.citations:
        markers[each.document] = markers.get(each.document, "") + f"[{each.marker}] "
    return join(_newer(document, titles, say, those) for document, those in markers.items())


def _newer(
    document: Document, titles: Mapping[str, str], say: Phrases, markers: str = ""
) -> Markup:
    newer = document.superseded_by and titles.get(document.superseded_by, document.superseded_by)
    warning = references.superseded(replace(document, superseded_by=newer), say)
    return fill('<p class="newer">{}{}</p>', markers, warning) if warning else Markup("")


def _facts(citation: Citation, say: Phrases) -> Iterator[tuple[str, str]]:
    """Yield what the card's first line, whose words these are, does not say."""
    document, basis = citation.document, citation.basis
    yield say.gettext("Symbol"), document.symbol or ""
    if document.kind != Kind.SUMMARY:
        yield say.gettext("Edition"), document.edition or ""
        yield say.gettext("Year"), str(document.year or "")
        yield say.gettext("Publisher"), document.publisher or ""
    if basis is not None:
        yield say.gettext("Seen"), _seen(basis.seen, say)
    yield say.gettext("Place"), references.numbered(citation.numbers, say)
    yield say.gettext("Page"), _pages(citation, say)
    yield say.gettext("Section"), " › ".join(citation.heading)
    yield say.gettext("Also said in"), "; ".join(other.title for other in citation.also)
    yield say.gettext("Guessed"), _guessed(document)


def _seen(seen: str | None, say: Phrases) -> str:
    """Say how much of a publication was seen for our summary of it."""
    texts = {
        "LAND": say.gettext(
            "Only the publication's landing page or abstract was seen for this summary."
        ),
        "START": say.gettext("Only the opening of the publication was seen for this summary."),
        "PAGE": say.gettext("The pages named were seen for this summary."),
    }
    return texts.get(seen or "", "")


def _pages(citation: Citation, say: Phrases) -> str:
    """Return both page numbers, and say where the printed one was read off the page."""
    pages = [span.page for span in citation.spans if span.page is not None]
    if not pages:
        return ""
    where = references.place(citation.spans, citation.heading, citation.document, say)
    read_off = any(page.label_from is LabelFrom.PAGE for page in pages)
    if not read_off:
        return where
    return say.gettext("{where}; the printed number was read off the page", where=where)


def _guessed(document: Document) -> str:
    if not document.guessed:
        return ""
    return f"{', '.join(document.guessed)} (read off the first page)"


def _address(citation: Citation, say: Phrases) -> Markup:
    url = url_of(citation)
    if not url:
        return Markup("")
    return fill('<p class="address">{} {}</p>', say.gettext("Official address:"), link(url))


def _original(citation: Citation, say: Phrases) -> Markup:
    """Return a link to the file itself, a PDF at the page of the quotation."""
    document = citation.document
    if not document.path:
        return Markup("")
    kind = document.path.rpartition(".")[2].upper()
    page = citation.spans[0].page if citation.spans else None
    return fill(
        '<p class="original"><a href="./documents/{}/original{}" target="_blank" rel="noopener">'
        "{}</a></p>",
        quote(document.id, safe=""),
        f"#page={page.number}" if page is not None and kind == "PDF" else "",
        say.gettext("Open the original") + ("" if kind == "PDF" else f" ({kind})"),
    )


def _figures(citation: Citation, say: Phrases) -> Markup:
    """Return a figure for each page of a PDF that the quotation stands on, else its section."""
    if not citation.document.path:
        return Markup("")
    if not citation.document.path.lower().endswith(".pdf"):
        return _section(citation, say)
    pages: dict[PageRef, list[Span]] = {}
    for span in citation.spans:
        if span.page is not None:
            pages.setdefault(span.page, []).append(span)
    return join(_figure(citation.document, page, spans, say) for page, spans in pages.items())


def _section(citation: Citation, say: Phrases) -> Markup:
    """Return the place where the section that a quotation stands in is shown."""
    spans = [(s.page.number if s.page else 0, s.start, s.end) for s in citation.spans]
    return fill(
        '<div class="reading" data-text="documents/{}/text" data-spans="{}" data-language="{}">'
        "</div>",
        quote(citation.document.id, safe=""),
        "&".join(f"page={page}&start={start}&end={end}" for page, start, end in spans),
        say.language,
    )


def _figure(document: Document, page: PageRef, spans: Sequence[Span], say: Phrases) -> Markup:
    named = f"PDF page {page.number}" if page.label is None else f"Page {page.label}"
    return fill(
        '<figure class="sheet" data-page="documents/{}/pages/{}" data-spans="{}" data-alt="{}" '
        'data-of="{}" data-language="{}"><figcaption>{}</figcaption></figure>',
        quote(document.id, safe=""),
        page.number,
        "&".join(f"start={span.start}&end={span.end}" for span in spans),
        f"{named} of {document.title}, quoted words marked",
        document.pages or "",
        say.language,
        _caption(document, references.place(spans, (), say=say), say),
    )


def _caption(document: Document, where: str, say: Phrases) -> str:
    if document.kind == Kind.SUMMARY:
        return say.gettext("The page in our own note, {where}", where=where)
    return say.gettext("The page in the publication, {where}", where=where)


def url_of(citation: Citation) -> str | None:
    """Return the address of the publication that a citation is from or about."""
    basis = citation.basis
    return (basis.url if basis is not None else None) or citation.document.url


def _quoted(citation: Citation, passage: Passage | None, say: Phrases) -> Markup:
    """Return the passage with the quotation marked, or only the quotation where it is not in it."""
    found = highlight.find(citation.quote, passage.text) if passage else None
    if passage is None or found is None:
        return fill("<mark>{}</mark>", even(citation.quote))
    start, end = found
    text = even(passage.text)
    before = _before(text[:start], [sentence.start for sentence in passage.sentences], say)
    return fill("{}<mark>{}</mark>{}", before, text[start:end], text[end:])


def _before(text: str, starts: Sequence[int], say: Phrases) -> Markup:
    """Return what precedes a quotation; much of it folded, so that the quotation comes in sight."""
    if len(text) <= _MUCH:
        return fill("{}", text)
    near = [start for start in starts if len(text) - _MUCH <= start < len(text)]
    cut = min(near, default=len(text))
    return fill(
        '<details class="earlier"><summary>{}</summary>{}</details>{}',
        say.gettext("Earlier in this passage"),
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


def where(citation: Citation, say: Phrases = ENGLISH) -> str:
    """Return in one line whose words these are and where they stand."""
    whose = references.attribution(citation, say)
    return capital(f"{whose}, {references.locator(citation, say)}")
