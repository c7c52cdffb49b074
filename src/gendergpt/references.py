"""How a citation is worded, in one place: screen, command line and exports all say the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gendergpt.types import Answer, Basis, Citation, Document, Hit, Kind, Original, PageRef, Span

REMARK = "GenderGPT's remark"
"""How a sentence of our notes begins that tells no publication's content, but what we say to it."""

_OURSELVES = "GenderGPT"


def locator(citation: Citation) -> str:
    """Return where the words stand: "Article 7, para. 2, p. 14 (PDF page 22)", or the section."""
    where = place(citation.spans, citation.heading, citation.document)
    return f"{numbered(citation.numbers)}, {where}" if citation.numbers else where


def numbered(names: Sequence[str]) -> str:
    """Return the path of a numbered place in words: "Article 7, para. 2 (b)"."""
    return ", ".join(names).replace(", (", " (")


def place(spans: Iterable[Span], heading: tuple[str, ...], document: Document | None = None) -> str:
    """Return the printed page and the PDF page of spans, or the section where there are none.

    The pages of a presentation, as the document's path tells, are called slides.
    """
    pages = list(dict.fromkeys(span.page for span in spans if span.page is not None))
    if not pages:
        return f"section “{heading[-1]}”" if heading else "no pages"
    numbers = [str(page.number) for page in pages]
    if document is not None and (document.path or "").lower().endswith(".pptx"):
        return _range("slide", "slides", numbers)
    pdf = _range("PDF page", "PDF pages", numbers)
    if any(page.label is None for page in pages):
        return pdf
    return f"{_range('p.', 'pp.', [_label(page) for page in pages])} ({pdf})"


def attribution(citation: Citation) -> str:
    """Return whose words these are: the publisher's, or ours about a publication."""
    if _remarks(citation):
        return f"our own remark on {_basis(citation.basis)}" if citation.basis else "our own remark"
    return whose(citation.document, citation.basis)


def is_own(basis: Basis | None) -> bool:
    """Say whether a section of our notes tells about no publication: all of it is ours."""
    return basis is not None and basis.publisher == _OURSELVES and basis.original is None


def _remarks(citation: Citation) -> bool:
    return citation.document.kind is Kind.SUMMARY and citation.quote.startswith(REMARK)


def whose(document: Document, basis: Basis | None = None) -> str:
    """Return "Publisher, Title (year)", or "our summary of Title (publisher, year), place"."""
    if document.kind is Kind.SUMMARY:
        if basis is not None and is_own(basis):
            return f"our own {basis.title}"
        if basis is not None:
            return f"our summary of {_basis(basis)}"
        return f"our summary “{document.title}”"
    named = document.publisher and not document.title.startswith(document.publisher)
    head = f"{document.publisher}, " if named else ""
    return f"{head}{document.title}{_bracketed(document.edition or document.year)}"


def publication(citation: Citation) -> str:
    """Return the publication that a group of quotations belongs to, without the place in it."""
    if citation.document.kind is Kind.SUMMARY and citation.basis is not None:
        basis = citation.basis
        if _remarks(citation):
            return f"our own remark on {basis.title}{_in_brackets(basis.publisher, basis.year)}"
        if is_own(basis):
            return whose(citation.document, basis)
        return f"our summary of {basis.title}{_in_brackets(basis.publisher, basis.year)}"
    return attribution(citation)


def reference(citation: Citation) -> str:
    """Return a full reference in one line, with both page numbers and the address."""
    parts = [attribution(citation)]
    if citation.document.kind is Kind.SUMMARY:
        parts.append(f"in our own note “{citation.document.title}”")
    parts.append(locator(citation))
    address = citation.basis.url if citation.basis else citation.document.url
    if address:
        parts.append(address)
    text = ", ".join(parts)
    if citation.also:
        text += "; also said in " + "; ".join(whose(each) for each in citation.also)
    return text


def superseded(document: Document) -> str | None:
    """Return the warning for an edition that a newer one replaces, or None."""
    if document.superseded_by is None:
        return None
    return f"A newer edition replaces this one: {document.superseded_by}."


def nearest(hit: Hit) -> str:
    """Return one line for a passage that is shown as no answer."""
    words = " ".join(hit.passage.text.split())
    cut = words if len(words) <= 220 else words[:220].rsplit(" ", 1)[0] + " …"
    basis = basis_of(hit.document, hit.passage.heading)
    return f"{whose(hit.document, basis)}, {whereabouts(hit)}: {cut}"


def whereabouts(hit: Hit) -> str:
    """Return where a passage stands: its numbered places from first to last, and its pages."""
    where = place(hit.passage.spans, hit.passage.heading, hit.document)
    if hit.document.kind is Kind.SUMMARY:
        return where
    paths = [each.numbers for each in hit.passage.sentences if each.numbers]
    ends = list(dict.fromkeys(numbered(path) for path in (paths[:1] + paths[-1:])))
    return ", ".join([" to ".join(ends), where]) if ends else where


def may_stand_in(originals: Sequence[Basis]) -> str:
    """Return which publications, none of them in the library, may hold what was asked for."""
    if len(originals) == 1:
        one = originals[0]
        return f"It may stand in {_basis(one)}, which is not in this library ({address(one)})."
    lines = ["It may stand in one of these publications, which are not in this library:"]
    return "\n".join([*lines, *(f"– {_basis(each)}, {address(each)}" for each in originals)])


def address(publication: Basis | Original) -> str:
    """Return a publication's address, or whom to ask for it."""
    if publication.url:
        return publication.url
    whom = publication.publisher or "the publisher"
    symbol = publication.symbol if isinstance(publication, Original) else None
    return f"no address known: ask {whom}{f' for {symbol}' if symbol else ''}"


def basis_of(document: Document, heading: tuple[str, ...]) -> Basis | None:
    """Return the publication that a section of a summary is based on, or None."""
    if document.kind is not Kind.SUMMARY:
        return None
    named = {basis.heading: basis for basis in document.based_on if basis.heading}
    for title in reversed(heading):
        if title in named:
            return named[title]
    general = [basis for basis in document.based_on if basis.heading is None]
    return general[0] if len(general) == 1 else None


def as_text(answer: Answer) -> str:
    """Return the whole answer with its references as plain text, ready to paste."""
    lines = [answer.question, "", answer.text]
    if answer.citations:
        lines += ["", "References"]
        lines += [f"[{each.marker}] {reference(each)}" for each in answer.citations]
    return "\n".join(lines)


def _basis(basis: Basis) -> str:
    tail = f", {basis.place}" if basis.place else ""
    return f"{basis.title}{_in_brackets(basis.publisher, basis.year)}{tail}"


def _in_brackets(*parts: object) -> str:
    inner = ", ".join(str(part) for part in parts if part)
    return f" ({inner})" if inner else ""


def _bracketed(value: object) -> str:
    return f" ({value})" if value else ""


def _label(page: PageRef) -> str:
    return page.label or str(page.number)


def _range(one: str, many: str, values: list[str]) -> str:
    if len(values) == 1:
        return f"{one} {values[0]}"
    return f"{many} {values[0]}–{values[-1]}"
