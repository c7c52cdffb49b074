"""The filters that a person can choose: what is offered, and what was chosen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from gendergpt.references import is_own
from gendergpt.types import Document, Filters, Kind
from gendergpt.ui.markup import safe


def filters_of(publishers: Sequence[str], documents: Sequence[str]) -> Filters | None:
    """Return the filters that were chosen, or None where everything is to be searched."""
    if not publishers and not documents:
        return None
    return Filters(publisher=frozenset(publishers) or None, document=frozenset(documents) or None)


def in_words(publishers: Sequence[str], documents: Sequence[str], titles: Mapping[str, str]) -> str:
    """Return what was chosen: "UN or OSCE, and there only Notes on the compact", or "".

    Args:
        publishers: names of publishers.
        documents: ids of documents.
        titles: the library's titles by document id.
    """
    groups = [publishers, [titles.get(each, each) for each in documents]]
    return ", and there only ".join(" or ".join(group) for group in groups if group)


def publisher_choices(documents: Sequence[Document]) -> list[tuple[str, str]]:
    """Return (label with count, publisher) for the publishers of guidance, by name.

    A summary counts for the publications that it is about, and not for whoever wrote it.
    """
    counts: Counter[str] = Counter()
    for document in documents:
        counts.update(_publishers(document))
    return [(f"{safe(name)} ({counts[name]})", name) for name in sorted(counts, key=str.casefold)]


def _publishers(document: Document) -> set[str]:
    named = {basis.publisher for basis in document.based_on if not is_own(basis)}
    if document.kind != Kind.SUMMARY:
        named.add(document.publisher)
    return {name for name in named if name}


def document_choices(documents: Sequence[Document]) -> list[tuple[str, str]]:
    """Return (title, id) for the documents by title; publications with their year."""
    ordered = sorted(documents, key=lambda document: document.title.casefold())
    return [(_label(document), document.id) for document in ordered]


def _label(document: Document) -> str:
    title = safe(document.title)
    dated = document.year and document.kind != Kind.SUMMARY
    return f"{title} ({document.year})" if dated else title
