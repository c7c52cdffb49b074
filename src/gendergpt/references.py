"""How a citation is worded, in one place: screen, command line and exports all say the same."""

from __future__ import annotations

from collections.abc import Iterable

from gendergpt.types import Answer, Basis, Citation, Document, Hit, Kind, PageRef, Span


def locator(citation: Citation) -> str:
    """Return where the words stand: "p. 14 (PDF page 22)", "PDF page 22" or the section."""
    return place(citation.spans, citation.heading)


def place(spans: Iterable[Span], heading: tuple[str, ...]) -> str:
    """Return the printed page and the PDF page of spans, or the section where there are none."""
    pages = list(dict.fromkeys(span.page for span in spans if span.page is not None))
    if not pages:
        return f"section “{heading[-1]}”" if heading else "no pages"
    pdf = _range("PDF page", "PDF pages", [str(page.number) for page in pages])
    if any(page.label is None for page in pages):
        return pdf
    return f"{_range('p.', 'pp.', [_label(page) for page in pages])} ({pdf})"


def attribution(citation: Citation) -> str:
    """Return whose words these are: the publisher's, or ours about a publication."""
    return whose(citation.document, citation.basis)


def whose(document: Document, basis: Basis | None = None) -> str:
    """Return "Publisher, Title (year)", or "our summary of Title (publisher, year), place"."""
    if document.kind is Kind.SUMMARY:
        if basis is not None:
            return f"our summary of {_basis(basis)}"
        return f"our summary “{document.title}”"
    head = f"{document.publisher}, " if document.publisher else ""
    return f"{head}{document.title}{_bracketed(document.edition or document.year)}"


def publication(citation: Citation) -> str:
    """Return the publication that a group of quotations belongs to, without the place in it."""
    if citation.document.kind is Kind.SUMMARY and citation.basis is not None:
        basis = citation.basis
        return f"our summary of {basis.title}{_in_brackets(basis.publisher, basis.year)}"
    return attribution(citation)


def reference(citation: Citation) -> str:
    """Return a full reference in one line, with both page numbers and the address."""
    parts = [attribution(citation)]
    if citation.document.kind is Kind.SUMMARY:
        parts.append(f"in “{citation.document.title}” (our own note)")
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
    return f"{whose(hit.document, basis)}, {place(hit.passage.spans, hit.passage.heading)}: {cut}"


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
