"""Corrections of records by hand: which fields, which values, and how they are laid over a record.

A correction is a dict of field and value (None: the field is emptied). It wins over catalogue,
file and guess.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from gendergpt.catalogue import Record
from gendergpt.errors import UsageError
from gendergpt.types import Document, Kind

FIELDS = (
    "title", "publisher", "year", "edition", "language", "url", "licence", "kind", "symbol",
    "superseded_by",
)  # fmt: skip
CLEARABLE = tuple(name for name in FIELDS if name not in ("title", "kind"))


def checked(changes: Mapping[str, Any], clear: Collection[str] = ()) -> dict[str, Any]:
    """Return a correction, its values as a catalogue record would hold them.

    Args:
        changes: new values of some of :data:`FIELDS`.
        clear: fields to be emptied, of :data:`CLEARABLE`.

    Raises:
        UsageError: a field is unknown, cannot be emptied or is named twice, a value cannot be, or
            nothing is to be changed.
    """
    _check_names(changes, clear)
    values = {
        name: value.strip() if isinstance(value, str) else value for name, value in changes.items()
    }
    blank = next((name for name, value in values.items() if value in ("", None)), None)
    if blank is not None:
        raise UsageError(f"The new {blank} is blank. To empty a field, name it with --clear.")
    try:
        record = Record.model_validate({"file": "-", **values})
    except ValidationError as error:
        item = error.errors()[0]
        raise UsageError(
            f"{item['loc'][0]} = {item['input']!r} cannot be: {item['msg']}. Nothing was changed."
        ) from error
    held = record.model_dump(mode="json")
    return {name: held[name] for name in values} | dict.fromkeys(clear)


def _check_names(changes: Mapping[str, Any], clear: Collection[str]) -> None:
    for names, known, what in ((changes, FIELDS, "corrected"), (clear, CLEARABLE, "emptied")):
        wrong = next((name for name in names if name not in known), None)
        if wrong is not None:
            raise UsageError(f"'{wrong}' cannot be {what}; these can: {', '.join(known)}.")
    twice = next((name for name in clear if name in changes), None)
    if twice is not None:
        raise UsageError(f"{twice} is to be changed and to be emptied; choose one.")
    if not changes and not clear:
        raise UsageError("Nothing is to be changed. Name a field, for instance --title.")


def applied(document: Document, correction: Mapping[str, Any]) -> Document:
    """Return a document with a correction laid over its record; what is corrected is no guess."""
    if not correction:
        return document
    values = dict(correction)
    if "kind" in values:
        values["kind"] = Kind(values["kind"])
    guessed = tuple(name for name in document.guessed if name not in values)
    return replace(document, **values, guessed=guessed)
