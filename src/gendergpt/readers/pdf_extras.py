"""What a PDF says about itself beside its text, by pypdf: page labels, outline, metadata."""

from __future__ import annotations

import itertools
import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gendergpt.layout import OutlineEntry
from gendergpt.readers.pdf_text import sound

_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_]|$)")
_OUTLINE_ENTRIES = 5000
_LABEL_CHARACTERS = 40
_TREE_DEPTH = 16
_METADATA_CHARACTERS = 500


@dataclass(frozen=True, slots=True)
class Extras:
    """What a PDF says about itself beside its text."""

    labels: tuple[str | None, ...] | None = None
    outline: tuple[OutlineEntry, ...] = ()
    title: str | None = None
    author: str | None = None
    language: str | None = None


def read_extras(path: Path, pages: int) -> tuple[Extras, tuple[str, ...]]:
    """Return labels, outline and metadata; what cannot be read is left out, with a warning."""
    import pypdf

    logging.getLogger("pypdf").setLevel(logging.CRITICAL + 1)
    try:
        reader = pypdf.PdfReader(path, strict=False)
        if reader.is_encrypted:
            reader.decrypt("")
        root = reader.root_object
    except MemoryError:
        raise
    except Exception as error:  # broken files make pypdf raise errors of any kind
        return Extras(), (_left_out("page labels, outline and metadata", error),)
    tries = (
        ("labels", "page labels", lambda: _labels(reader, root, pages)),
        ("outline", "outline", lambda: _outline(reader, root)),
        ("title", "title", lambda: _metadata(reader, "/Title")),
        ("author", "author", lambda: _metadata(reader, "/Author")),
        ("language", "language", lambda: _language(root)),
    )
    found: dict[str, Any] = {}
    warnings = []
    for name, words, attempt in tries:
        try:
            found[name] = attempt()
        except MemoryError:
            raise
        except Exception as error:
            warnings.append(_left_out(words, error))
    found = {name: value for name, value in found.items() if value is not None}
    return Extras(**found), tuple(warnings)


def _left_out(what: str, error: Exception) -> str:
    return f"The file's {what} could not be read ({type(error).__name__}) and were left out."


def _labels(reader: Any, root: Mapping[str, Any], pages: int) -> tuple[str | None, ...] | None:
    """Return a label or None for each page, or None where the file declares no labels."""
    if "/PageLabels" not in root:
        return None
    first = _first_labelled(root["/PageLabels"])
    if first is None:
        return None
    declared = list(reader.page_labels)
    if len(declared) != pages:
        raise ValueError("pypdf and pdfium disagree about the number of pages")
    return tuple(
        (label.strip() or None) if index >= first and len(label) <= _LABEL_CHARACTERS else None
        for index, label in enumerate(declared)
    )


def _first_labelled(tree: Any, depth: int = 0) -> int | None:
    """Return the index of the first page that a tree of labels speaks of."""
    tree = tree.get_object()
    numbers = tree.get("/Nums", [])
    starts = [int(number.get_object()) for number in numbers[::2]]
    if depth < _TREE_DEPTH:
        kids = [_first_labelled(kid, depth + 1) for kid in tree.get("/Kids", [])]
        starts += [kid for kid in kids if kid is not None]
    return min(starts, default=None)


def _outline(reader: Any, root: Mapping[str, Any]) -> tuple[OutlineEntry, ...]:
    if "/Outlines" not in root:
        return ()
    return tuple(itertools.islice(_entries(reader, reader.outline, 1), _OUTLINE_ENTRIES))


def _entries(reader: Any, items: Iterable[Any], level: int) -> Iterator[OutlineEntry]:
    """Yield the outline's entries that lead to a page of this file, in order."""
    for item in items:
        if isinstance(item, list):
            yield from _entries(reader, item, level + 1)
        elif item.title and (page := reader.get_destination_page_number(item)) is not None:
            yield OutlineEntry(title=str(item.title), page=page, level=level)


def _metadata(reader: Any, key: str) -> str | None:
    """Return a text of the file's information dictionary, in one line; None where it is empty."""
    value = (reader.metadata or {}).get(key)
    if value is None:
        return None
    words = " ".join(str(value).replace("\x00", " ").split())[:_METADATA_CHARACTERS]
    return sound(words) or None


def _language(root: Mapping[str, Any]) -> str | None:
    """Return the declared language's primary subtag ("en" of "en-GB")."""
    match = _LANGUAGE.match(str(root.get("/Lang") or ""))
    return match.group(1).lower() if match else None
