"""The filters that a person can choose: what is offered, and what was chosen."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gendergpt.filters import passes
from gendergpt.references import is_own
from gendergpt.types import Document, Filters, Kind
from gendergpt.ui.markup import count, safe

GROUPS = ("publisher", "document", "language", "edition", "kind")
"""The groups of filters that are lists, as :class:`Filters` and :class:`Chosen` call them."""

KINDS = {str(Kind.ORIGINAL): "publications", str(Kind.SUMMARY): "our summaries"}
_YEAR = re.compile(r"[1-9]\d{3}", re.ASCII)
_Choice = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was chosen in each group: names of publishers, ids of documents, codes of languages."""

    publisher: tuple[str, ...] = ()
    document: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    edition: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    year_from: int | None = None
    year_to: int | None = None

    def __bool__(self) -> bool:
        """Say whether anything was chosen."""
        return self != Chosen()


def chosen_of(*values: Any) -> Chosen:
    """Return what stands in the boxes: a list for each of ``GROUPS``, then the two years as text.

    A year that is not four digits (yet) limits nothing, nor does a kind that there is not.
    """
    *lists, first, last = values
    groups = {name: tuple(each or ()) for name, each in zip(GROUPS, lists, strict=True)}
    groups["kind"] = tuple(each for each in groups["kind"] if each in KINDS)
    return Chosen(**groups, year_from=_year(first), year_to=_year(last))


def _year(text: str | None) -> int | None:
    typed = (text or "").strip()
    return int(typed) if _YEAR.fullmatch(typed) else None


def lifted(chosen: Chosen, group: str, value: str) -> Chosen:
    """Return what stays chosen when one filter is lifted; all are where no group is named."""
    if group == "year":
        return replace(chosen, year_from=None, year_to=None)
    if group not in GROUPS:
        return chosen if group else Chosen()
    kept = tuple(each for each in getattr(chosen, group) if each != value)
    return _with(chosen, group, kept)


def _with(chosen: Chosen, group: str, values: tuple[str, ...]) -> Chosen:
    changed: dict[str, Any] = {group: values}
    return replace(chosen, **changed)


def filters_of(chosen: Chosen) -> Filters | None:
    """Return the filters that were chosen, or None where everything is to be searched."""
    if not chosen:
        return None
    groups: dict[str, Any] = {name: frozenset(getattr(chosen, name)) or None for name in GROUPS}
    return Filters(**groups, year_from=chosen.year_from, year_to=chosen.year_to)


# --- in words ------------------------------------------------------------------------------------


def named(chosen: Chosen, titles: Mapping[str, str]) -> list[list[tuple[str, str, str]]]:
    """Return (group, value, name) of what was chosen, group by group, empty groups left out.

    Args:
        chosen: what was chosen.
        titles: the library's titles by document id.
    """
    names: dict[str, Callable[[str], str]] = {
        "document": lambda each: titles.get(each, each),
        "language": language_name,
        "kind": lambda each: KINDS.get(each, each),
    }
    groups = [
        [(group, each, names.get(group, str)(each)) for each in getattr(chosen, group)]
        for group in GROUPS
    ]
    years = _years_in_words(chosen.year_from, chosen.year_to)
    return [group for group in (*groups, [("year", "", years)] if years else []) if group]


def in_words(chosen: Chosen, titles: Mapping[str, str]) -> str:
    """Return what was chosen: "UN or OSCE, and there only Notes on the compact", or ""."""
    groups = named(chosen, titles)
    return ", and there only ".join(" or ".join(name for *_, name in group) for group in groups)


def _years_in_words(first: int | None, last: int | None) -> str:
    if first is None and last is None:
        return ""
    if first == last:
        return f"the year {first}"
    if last is None:
        return f"{first} or later"
    return f"{last} or earlier" if first is None else f"{first} to {last}"


def language_name(code: str) -> str:
    """Return a language's English name, or its code where it has none."""
    from babel import Locale

    name = Locale("en").languages.get(code.replace("-", "_")) or Locale("en").languages.get(
        code.partition("-")[0]
    )
    return name or code


# --- what is offered -----------------------------------------------------------------------------


def offered(documents: Sequence[Document], chosen: Chosen) -> dict[str, list[_Choice]]:
    """Return (label, value) for each group, with how many documents a choice leads to.

    A choice counts those documents that the other groups' choices admit.
    """
    return {
        "publisher": _counted("publisher", _publishers(documents), documents, chosen),
        "document": document_choices(documents),
        "language": _counted("language", _languages(documents), documents, chosen),
        "edition": _counted("edition", _editions(documents), documents, chosen),
        "kind": _counted("kind", _kinds(documents), documents, chosen),
    }


def _counted(
    group: str, choices: Iterable[_Choice], documents: Sequence[Document], chosen: Chosen
) -> list[_Choice]:
    elsewhere = filters_of(_with(chosen, group, ()))
    led_to = Counter(
        value
        for document in documents
        if elsewhere is None or passes(document, elsewhere)
        for value in _values(document, group)
    )
    # A value that HTML and JSON cannot carry would never come back as it is.
    sent = [(name, value) for name, value in choices if safe(value) == value]
    return [(f"{safe(name)} ({led_to[value]})", value) for name, value in sent]


def _values(document: Document, group: str) -> set[str | None]:
    """Return what a search looks at where it is limited to values of a group."""
    if group == "publisher":
        return {document.publisher, *(basis.publisher for basis in document.based_on)}
    return {getattr(document, group)}


def _publishers(documents: Iterable[Document]) -> list[_Choice]:
    """Return the publishers of guidance: of a summary, those of what it is about."""
    found = {name for document in documents for name in _publishing(document)}
    return [(name, name) for name in sorted(found, key=str.casefold)]


def _publishing(document: Document) -> set[str]:
    found = {basis.publisher for basis in document.based_on if not is_own(basis)}
    if document.kind != Kind.SUMMARY:
        found.add(document.publisher)
    return {name for name in found if name}


def _languages(documents: Iterable[Document]) -> list[_Choice]:
    codes = {document.language for document in documents if document.language}
    return sorted(((language_name(code), code) for code in codes), key=_by_name)


def _editions(documents: Iterable[Document]) -> list[_Choice]:
    """Return the editions of publications; those of our summaries tell nobody anything."""
    found = {each.edition for each in documents if each.edition and each.kind != Kind.SUMMARY}
    return sorted(((edition, edition) for edition in found), key=_by_name)


def _kinds(documents: Iterable[Document]) -> list[_Choice]:
    held = {str(document.kind) for document in documents}
    return [(name[:1].upper() + name[1:], kind) for kind, name in KINDS.items() if kind in held]


def _by_name(choice: _Choice) -> tuple[str, str]:
    return choice[0].casefold(), choice[1]


def document_choices(documents: Iterable[Document]) -> list[_Choice]:
    """Return (title, id) for the documents by title; publications with their year."""
    ordered = sorted(documents, key=lambda document: document.title.casefold())
    return [(_label(document), document.id) for document in ordered]


def _label(document: Document) -> str:
    title = safe(document.title)
    dated = document.year and document.kind != Kind.SUMMARY
    return f"{title} ({document.year})" if dated else title


def years_told(documents: Sequence[Document], chosen: Chosen) -> str:
    """Return what stands beneath the years, or "" where there are none to choose between.

    That is which years there are, and, once one is chosen, how many documents all choices lead to.
    """
    years = {year for document in documents for year in _years(document)}
    if chosen.year_from is None and chosen.year_to is None:
        return f"From {min(years)} to {max(years)}" if len(years) > 1 else ""
    filters = filters_of(chosen)
    led_to = sum(filters is None or passes(each, filters) for each in documents)
    return f"Leads to {count(led_to, 'document')}"


def _years(document: Document) -> set[int]:
    if document.kind is Kind.ORIGINAL:
        return {document.year} if document.year else set()
    return {basis.year for basis in document.based_on if basis.year and not is_own(basis)}
