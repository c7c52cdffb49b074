"""How a citation is worded, in one place: screen, command line and exports all say the same.

Every function takes the phrases of the language to word it in (``say``); titles stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gendergpt.phrases import ENGLISH, Phrases, phrases
from gendergpt.types import Answer, Basis, Citation, Document, Hit, Kind, Original, PageRef, Span

REMARK = "GenderGPT's remark"
"""How a sentence of our notes begins that tells no publication's content, but what we say to it."""

_OURSELVES = "GenderGPT"


def locator(citation: Citation, say: Phrases = ENGLISH) -> str:
    """Return where the words stand: "Article 7, para. 2, p. 14 (PDF page 22)", or the section."""
    where = place(citation.spans, citation.heading, citation.document, say)
    return f"{numbered(citation.numbers, say)}, {where}" if citation.numbers else where


def numbered(names: Sequence[str], say: Phrases = ENGLISH) -> str:
    """Return the path of a numbered place in words: "Article 7, para. 2 (b)"."""
    return ", ".join(_place_name(name, say) for name in names).replace(", (", " (")


def _place_name(name: str, say: Phrases) -> str:
    """Return the name of a numbered place: as it is printed, or, for a bare number, in words."""
    kind, _, number = name.partition(" ")
    if kind == "para.":
        return say.gettext("para. {number}", number=number)
    return say.gettext("section {number}", number=number) if kind == "section" else name


def place(
    spans: Iterable[Span],
    heading: tuple[str, ...],
    document: Document | None = None,
    say: Phrases = ENGLISH,
) -> str:
    """Return the printed page and the PDF page of spans, or the section where there are none.

    The pages of a presentation, as the document's path tells, are called slides.
    """
    pages = list(dict.fromkeys(span.page for span in spans if span.page is not None))
    if not pages:
        titled = say.gettext("section “{heading}”", heading=heading[-1]) if heading else ""
        return titled or say.gettext("no pages")
    numbers = [str(page.number) for page in pages]
    if document is not None and (document.path or "").lower().endswith(".pptx"):
        return _range(say.ngettext("slide", "slides", len(numbers)), numbers)
    pdf = _range(say.ngettext("PDF page", "PDF pages", len(numbers)), numbers)
    if any(page.label is None for page in pages):
        return pdf
    printed = _range(say.ngettext("p.", "pp.", len(pages)), [_label(page) for page in pages])
    return f"{printed} ({pdf})"


def attribution(citation: Citation, say: Phrases = ENGLISH) -> str:
    """Return whose words these are: the publisher's, or ours about a publication."""
    if is_remark(citation):
        if citation.basis is None:
            return say.gettext("our own remark")
        return say.gettext("our own remark on {work}", work=_basis(citation.basis))
    return whose(citation.document, citation.basis, say)


def is_own(basis: Basis | None) -> bool:
    """Say whether a section of our notes tells about no publication: all of it is ours."""
    return basis is not None and basis.publisher == _OURSELVES and basis.original is None


def is_remark(citation: Citation) -> bool:
    """Say whether a quotation is what we say to a publication, not what it says."""
    return citation.document.kind is Kind.SUMMARY and citation.quote.startswith(REMARK)


def whose(document: Document, basis: Basis | None = None, say: Phrases = ENGLISH) -> str:
    """Return "Publisher, Title (year)", or "our summary of Title (publisher, year), place"."""
    if document.kind is Kind.SUMMARY:
        if basis is not None and is_own(basis):
            return say.gettext("our own {work}", work=basis.title)
        if basis is not None:
            return say.gettext("our summary of {work}", work=_basis(basis))
        return say.gettext("our summary “{work}”", work=document.title)
    named = document.publisher and not document.title.startswith(document.publisher)
    head = f"{document.publisher}, " if named else ""
    return f"{head}{document.title}{_in_brackets(document.edition, _year_beside(document))}"


def _year_beside(document: Document) -> int | None:
    """Return the year, unless the edition names it already."""
    named = document.year is None or str(document.year) in (document.edition or "")
    return None if named else document.year


def publication(citation: Citation, say: Phrases = ENGLISH) -> str:
    """Return the publication that a group of quotations belongs to, without the place in it."""
    if citation.document.kind is Kind.SUMMARY and citation.basis is not None:
        basis = citation.basis
        work = f"{basis.title}{_in_brackets(basis.publisher, basis.year)}"
        if is_remark(citation):
            return say.gettext("our own remark on {work}", work=work)
        if is_own(basis):
            return whose(citation.document, basis, say)
        return say.gettext("our summary of {work}", work=work)
    return attribution(citation, say)


def reference(citation: Citation, say: Phrases = ENGLISH) -> str:
    """Return a full reference in one line, with both page numbers and the address."""
    parts = [attribution(citation, say)]
    if citation.document.kind is Kind.SUMMARY:
        parts.append(say.gettext("in our own note “{title}”", title=citation.document.title))
    parts.append(locator(citation, say))
    address = citation.basis.url if citation.basis else citation.document.url
    if address:
        parts.append(address)
    text = ", ".join(parts)
    if citation.also:
        works = "; ".join(whose(each, say=say) for each in citation.also)
        text += "; " + say.gettext("also said in {works}", works=works)
    warning = superseded(citation.document, say)
    return f"{text}. {warning}" if warning else text


def superseded(document: Document, say: Phrases = ENGLISH) -> str | None:
    """Return the warning for an edition that a newer one replaces, or None."""
    if document.superseded_by is None:
        return None
    return say.gettext(
        "A newer edition replaces this one: {edition}.", edition=document.superseded_by
    )


def nearest(hit: Hit, say: Phrases = ENGLISH) -> str:
    """Return one line for a passage that is shown as no answer."""
    words = " ".join(hit.passage.text.split())
    cut = words if len(words) <= 220 else words[:220].rsplit(" ", 1)[0] + " …"
    basis = basis_of(hit.document, hit.passage.heading)
    return f"{whose(hit.document, basis, say)}, {whereabouts(hit, say)}: {cut}"


def whereabouts(hit: Hit, say: Phrases = ENGLISH) -> str:
    """Return where a passage stands: its numbered places from first to last, and its pages."""
    where = place(hit.passage.spans, hit.passage.heading, hit.document, say)
    if hit.document.kind is Kind.SUMMARY:
        return where
    paths = [each.numbers for each in hit.passage.sentences if each.numbers]
    ends = list(dict.fromkeys(numbered(path, say) for path in (paths[:1] + paths[-1:])))
    if len(ends) == 2:
        ends = [say.gettext("{first} to {last}", first=ends[0], last=ends[1])]
    return ", ".join([*ends, where])


def may_stand_in(originals: Sequence[Basis], say: Phrases = ENGLISH) -> str:
    """Return which publications, none of them in the library, may hold what was asked for."""
    if len(originals) == 1:
        one = originals[0]
        return say.gettext(
            "It may stand in {work}, which is not in this library ({address}).",
            work=_basis(one),
            address=address(one, say),
        )
    lines = [
        say.gettext("It may stand in one of these publications, which are not in this library:")
    ]
    return "\n".join([*lines, *(f"– {_basis(each)}, {address(each, say)}" for each in originals)])


def address(publication: Basis | Original, say: Phrases = ENGLISH) -> str:
    """Return a publication's address, or whom to ask for it."""
    if publication.url:
        return publication.url
    whom = publication.publisher or say.gettext("the publisher")
    symbol = publication.symbol if isinstance(publication, Original) else None
    if symbol:
        return say.gettext("no address known: ask {whom} for {symbol}", whom=whom, symbol=symbol)
    return say.gettext("no address known: ask {whom}", whom=whom)


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
    say = phrases(answer.language)
    lines = [answer.question, "", answer.text]
    if answer.citations:
        lines += ["", say.gettext("References")]
        lines += [f"[{each.marker}] {reference(each, say)}" for each in answer.citations]
    return "\n".join(lines)


def _basis(basis: Basis) -> str:
    tail = f", {basis.place}" if basis.place else ""
    return f"{basis.title}{_in_brackets(basis.publisher, basis.year)}{tail}"


def _in_brackets(*parts: object) -> str:
    inner = ", ".join(str(part) for part in parts if part)
    return f" ({inner})" if inner else ""


def _label(page: PageRef) -> str:
    return page.label or str(page.number)


def _range(kind: str, values: list[str]) -> str:
    return f"{kind} {values[0]}" if len(values) == 1 else f"{kind} {values[0]}–{values[-1]}"
