"""The words around the quotations of an answer, in the asker's language.

Who says what is quoted, how well it rests, what was not found and where it may stand.
"""

from __future__ import annotations

from collections.abc import Sequence

from gendergpt.languages import language
from gendergpt.phrases import ENGLISH, Phrases
from gendergpt.references import is_own, is_remark, may_stand_in, nearest, publication
from gendergpt.types import Basis, Citation, Document, Hit, Kind, Searched

_FEW_YEARS = 3


def no_answer(say: Phrases = ENGLISH) -> str:
    """Return the sentence that says that nothing was found."""
    return say.gettext("The library holds no answer to this question.")


def prevails(say: Phrases = ENGLISH) -> str:
    """Return our remark on national law."""
    return say.gettext(
        "National law prevails: on searches, detention and law, check your national law and "
        "standing instructions. This is no legal advice."
    )


def corrections(changes: Sequence[tuple[str, str]], say: Phrases = ENGLISH) -> str | None:
    """Return which words were taken for others, or None."""
    if not changes:
        return None
    words = say.enumeration([f"“{known}” ({typed})" for typed, known in changes])
    return say.gettext("Searched for {words}.", words=words)


KINDS = frozenset(
    {
        ENGLISH.gettext("a figure"),
        ENGLISH.gettext("a share or percentage"),
        ENGLISH.gettext("a sum of money"),
        ENGLISH.gettext("a length of time"),
        ENGLISH.gettext("a date"),
        ENGLISH.gettext("contact data"),
        ENGLISH.gettext("a person's name"),
        ENGLISH.gettext("a passage that says so"),
        ENGLISH.gettext("a number of minutes"),
        ENGLISH.gettext("a number of hours"),
        ENGLISH.gettext("a number of days"),
        ENGLISH.gettext("a number of weeks"),
        ENGLISH.gettext("a number of months"),
        ENGLISH.gettext("a number of years"),
    }
)
"""Kinds of thing that a question may ask for, as :mod:`gendergpt.quotations` names them."""


def lacking(missing: Sequence[str], say: Phrases = ENGLISH) -> tuple[str, ...]:
    """Return what is missing; names stay as they were asked for."""
    return tuple(say.gettext(each) if each in KINDS else each for each in missing)


def about(documents: Sequence[Document], say: Phrases = ENGLISH) -> str:
    """Return what the assistant says about itself and its library."""
    own = sum(document.kind is Kind.SUMMARY for document in documents)
    summaries = say.ngettext(
        "{count} of them is a summary in our own words about publications.",
        "{count} of them are summaries in our own words about publications.",
        own,
    )
    return say.gettext(
        "I am GenderGPT, an assistant for guidance on gender mainstreaming in border management. "
        "I answer only with passages from this library that you can open and check, and I say so "
        "when the library holds no answer. I give no legal advice. The library holds {documents}; "
        "{summaries} Ask, for instance, about searches, interviews, training, recruitment or the "
        "standards of the UN, the OSCE and the EU.",
        documents=documents_in_words(len(documents), say),
        summaries=summaries,
    )


def documents_in_words(count: int, say: Phrases = ENGLISH) -> str:
    """Return "1 document" or "1,234 documents"."""
    return say.ngettext("{count} document", "{count} documents", count)


def passages_in_words(count: int, say: Phrases = ENGLISH) -> str:
    """Return "1 passage" or "1,234 passages"."""
    return say.ngettext("{count} passage", "{count} passages", count)


def composed(
    citations: Sequence[Citation],
    missing: Sequence[str],
    originals: Sequence[Basis],
    say: Phrases = ENGLISH,
) -> str:
    """Return an answer's text: quotations by publication, and what is missing."""
    blocks: list[str] = []
    current = None
    for citation in citations:
        source = publication(citation, say)
        if source != current:
            blocks.append(say.gettext("{head}:", head=f"{source[:1].upper()}{source[1:]}"))
            current = source
        own = citation.document.kind is Kind.SUMMARY
        quote = citation.quote if own else f"“{citation.quote}”"
        blocks[-1] += f"\n{quote} [{citation.marker}]"
    if missing:
        blocks.append(say.gettext("Not found in the library: {things}.", things="; ".join(missing)))
    if originals:
        blocks.append(may_stand_in(originals, say))
    return "\n\n".join(blocks)


def refusal(
    missing: Sequence[str],
    searched: Searched,
    near: Sequence[Hit],
    originals: Sequence[Basis],
    say: Phrases = ENGLISH,
) -> str:
    """Return the text of an answer that holds none."""
    lines = [no_answer(say)]
    if missing:
        lines.append(say.gettext("Not found: {things}.", things="; ".join(missing)))
    amount = {
        "documents": documents_in_words(searched.documents, say),
        "passages": passages_in_words(searched.passages, say),
    }
    if searched.filters:
        lines.append(say.gettext("Searched with your filters: {documents}, {passages}.", **amount))
    else:
        lines.append(say.gettext("Searched: {documents}, {passages}.", **amount))
    text = "\n".join(lines)
    if originals:
        text += f"\n\n{may_stand_in(originals, say)}"
    if near:
        head = say.gettext("{head}:", head=say.gettext("Nearest passages (not an answer)"))
        text += f"\n\n{head}\n" + "\n".join(f"– {nearest(hit, say)}" for hit in near)
    return text


# --- the languages of quotations -----------------------------------------------------------------


def quoted_in(citation: Citation) -> str:
    """Return the language code of a quotation."""
    return written_in(citation.document, citation.quote)


def written_in(document: Document, text: str) -> str:
    """Return the language code of words of a document: of its record, else what they look like."""
    known = (document.language or "").lower().split("-")[0]
    return known or language(text)


def foreign_quotes(citations: Sequence[Citation], say: Phrases = ENGLISH) -> str | None:
    """Return the remark that quotations are in another language than the answer, or None."""
    codes = list(dict.fromkeys(quoted_in(citation) for citation in citations))
    others = [say.language_name(code) for code in codes if code != say.language]
    if not others:
        return None
    return say.ngettext(
        "The quotation is in its original language ({languages}).",
        "The quotations are in their original language ({languages}).",
        len(citations),
        languages=", ".join(others),
    )


# --- how well an answer rests --------------------------------------------------------------------


def support(citations: Sequence[Citation], say: Phrases = ENGLISH) -> str | None:
    """Say in a line how many publications an answer rests on, of which years, and how.

    Quotations are named by the numbers of their markers. None where no publication is quoted.
    """
    telling = [each for each in citations if not (is_remark(each) or is_own(each.basis))]
    if not telling:
        return None
    sources = dict(_source(document, basis) for each in telling for document, basis in _all(each))
    summed = [each for each in telling if each.document.kind is Kind.SUMMARY]
    if len(summed) == len(telling):
        parts = [_in_summary(sources, say)]
    else:
        parts = [_in_own_words(sources, say)]
        parts += [_our_summaries(summed, say)] if summed else []
    parts += [_single(telling, say)] if len(sources) > 1 else []
    return " ".join(part for part in parts if part)


def _all(citation: Citation) -> list[tuple[Document, Basis | None]]:
    """Return the publication quoted, and those that say nearly the same.

    A note of ours that does is no further publication: it may be about the one quoted.
    """
    return [(citation.document, citation.basis), *((each, None) for each in _others(citation))]


def _others(citation: Citation) -> list[Document]:
    return [each for each in citation.also if each.kind is not Kind.SUMMARY]


def _source(document: Document, basis: Basis | None) -> tuple[str, int | None]:
    """Return what identifies a publication, and its year."""
    if document.kind is Kind.SUMMARY and basis is not None:
        return basis.original or f"{basis.title} {basis.year}", basis.year
    return document.original or document.id, document.year


def _years(sources: dict[str, int | None]) -> str:
    """Return the years of publications in brackets, a range where there are many."""
    years = sorted({year for year in sources.values() if year is not None})
    if not years:
        return ""
    if len(years) > _FEW_YEARS:
        return f" ({years[0]}–{years[-1]})"
    return f" ({', '.join(map(str, years))})"


def _in_own_words(sources: dict[str, int | None], say: Phrases) -> str:
    return say.ngettext(
        "This rests on one publication only{years}.",
        "This rests on {count} publications{years}.",
        len(sources),
        years=_years(sources),
    )


def _in_summary(sources: dict[str, int | None], say: Phrases) -> str:
    return say.ngettext(
        "This rests on one publication only{years}, in our summary and not in its own words.",
        "This rests on {count} publications{years}, in our summaries and not in their own words.",
        len(sources),
        years=_years(sources),
    )


def _our_summaries(summed: Sequence[Citation], say: Phrases) -> str:
    return say.ngettext(
        "Quotation {numbers} is our summary only.",
        "Quotations {numbers} are our summary only.",
        len(summed),
        numbers=_numbers(summed, say),
    )


def _single(telling: Sequence[Citation], say: Phrases) -> str:
    """Say which quotations rest on one source; it goes without saying of a single one."""
    single = [each for each in telling if not _others(each)]
    if not single or len(telling) == 1:
        return ""
    if len(single) == len(telling):
        return say.gettext("Each point rests on one source.")
    return say.ngettext(
        "Quotation {numbers} rests on one source.",
        "Quotations {numbers} rest on one source each.",
        len(single),
        numbers=_numbers(single, say),
    )


def _numbers(citations: Sequence[Citation], say: Phrases) -> str:
    return say.enumeration([str(each.marker) for each in citations])
