"""How the ledger writes values down: JSON that is as short as it can be, and the way back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from gendergpt.types import (
    Basis,
    Document,
    Form,
    Kind,
    LabelFrom,
    Original,
    PageRef,
    Passage,
    Sentence,
    Span,
)


def packed_place(passage: Passage) -> str:
    """Pack heading, spans and sentences; spans are lists of page, label, start, end, origin."""
    sentences = [
        [s.start, s.end, str(s.form), _packed(s.spans), list(s.numbers)] for s in passage.sentences
    ]
    return json.dumps([list(passage.heading), _packed(passage.spans), sentences])


def _packed(spans: Iterable[Span]) -> list[list[Any]]:
    return [
        [None, None, s.start, s.end]
        if s.page is None
        else [s.page.number, s.page.label, s.start, s.end, s.page.label_from]
        for s in spans
    ]


def _span(number: int | None, label: str | None, start: int, end: int, origin: Any = None) -> Span:
    page = None if number is None else PageRef(number, label, to_label_from(origin))
    return Span(page, start, end)


def to_label_from(origin: str | None) -> LabelFrom | None:
    """Return where a label comes from."""
    return None if origin is None else LabelFrom(origin)


def to_passage(passage_id: str, text: str, place: str, document: Document) -> Passage:
    """Return a passage whose place was packed by :func:`packed_place`."""
    heading, spans, sentences = json.loads(place)
    return Passage(
        passage_id,
        document.id,
        text,
        tuple(_span(*row) for row in spans),
        tuple(heading),
        tuple(_sentence(*row) for row in sentences),
    )


def _sentence(
    start: int, end: int, form: str, spans: list[list[Any]], numbers: Sequence[str] = ()
) -> Sentence:
    return Sentence(start, end, tuple(_span(*row) for row in spans), Form(form), tuple(numbers))


def to_original(record: str) -> Original:
    """Return the original that a JSON record holds."""
    values = json.loads(record)
    return Original(**values | {"also": tuple(values["also"])})


def to_document(record: str) -> Document:
    """Return the document that a JSON record holds."""
    values = json.loads(record)
    values["kind"] = Kind(values["kind"])
    values["based_on"] = tuple(Basis(**basis) for basis in values["based_on"])
    values["guessed"] = tuple(values.get("guessed", ()))
    return Document(**values)
