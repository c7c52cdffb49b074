"""Which documents, and which sections of our notes, the filters of a question admit."""

from __future__ import annotations

from gendergpt.types import Basis, Document, Filters, Kind


def passes(document: Document, filters: Filters) -> bool:
    """Say whether a document is among those that the filters admit.

    One of our notes is, as soon as one of its sections may be.
    """
    publishers = {document.publisher, *(basis.publisher for basis in document.based_on)}
    years = {document.year} if document.kind is Kind.ORIGINAL else {
        document.year, *(basis.year for basis in document.based_on)
    }  # fmt: skip
    return (
        _among({document.id}, filters.document)
        and _among(publishers, filters.publisher)
        and _among({document.language}, filters.language)
        and _among({document.edition}, filters.edition)
        and _among({str(document.kind)}, filters.kind)
        and _in_years(years, filters)
    )


def section_passes(document: Document, basis: Basis | None, filters: Filters | None) -> bool:
    """Say whether a section of a document that passes is admitted, too.

    A note of ours may tell about several publications: the section's own publication counts.

    Args:
        document: it passes the filters.
        basis: the publication that the section is about, or None.
        filters: those of the question.
    """
    if filters is None or basis is None or document.kind is Kind.ORIGINAL:
        return True
    publishers = {document.publisher, basis.publisher}
    return _among(publishers, filters.publisher) and _in_years(
        {basis.year or document.year}, filters
    )


def _among(values: set[str | None], wanted: str | frozenset[str] | set[str] | None) -> bool:
    if wanted is None:
        return True
    return bool(values & ({wanted} if isinstance(wanted, str) else set(wanted)))


def _in_years(years: set[int | None], filters: Filters) -> bool:
    if filters.year_from is None and filters.year_to is None:
        return True
    low, high = filters.year_from or 0, filters.year_to or 9999
    return any(year is not None and low <= year <= high for year in years)
