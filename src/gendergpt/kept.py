"""An answer as it is put down to be shown again later: with what it quotes, and without paths.

Documents are named by their ids, which are made from their content, and stand as they were; the
passages themselves stay in the library (:mod:`gendergpt.revisiting` looks them up again).
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import PurePath
from typing import TYPE_CHECKING

from gendergpt.errors import UsageError
from gendergpt.types import Answer, Citation, Document, Hit

if TYPE_CHECKING:
    from pydantic import TypeAdapter

_SLIDES = ".pptx"


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer of earlier.

    ``only`` says in words what the search was limited to. ``at`` is when it was given, in UTC, as
    ISO 8601. ``places`` tells for each document, by id, where its file was, in a form that can be
    compared (:func:`place_of`) but not read.
    """

    answer: Answer
    only: str
    at: str
    places: Mapping[str, str] = field(default_factory=dict)


def keep(answer: Answer, only: str = "", at: datetime | None = None) -> Kept:
    """Return an answer as it is kept.

    Args:
        answer: as it was given.
        only: what the search was limited to, in words.
        at: when it was given; now by default.
    """
    places = {each.id: place_of(each, each.id) for each in _documents(answer) if each.path}
    bare = replace(
        answer,
        citations=tuple(_bare_citation(each) for each in answer.citations),
        nearest=_bare_hits(answer.nearest),
        reading=_bare_hits(answer.reading),
    )
    return Kept(bare, only, (at or datetime.now(UTC)).isoformat(), places)


def written(kept: Kept) -> str:
    """Return what is kept as JSON."""
    text = json.dumps(_adapter().dump_python(kept, mode="json"), ensure_ascii=False)
    return text.encode("utf-8", "replace").decode("utf-8")  # half a character is no text


def read(text: str) -> Kept:
    """Return what :func:`written` wrote.

    Raises:
        UsageError: the text is something else, or of another version of GenderGPT.
    """
    from pydantic import ValidationError

    try:
        return _adapter().validate_json(text)
    except ValidationError as error:
        raise UsageError("This answer was kept in a form that cannot be read.") from error


def place_of(document: Document, of: str) -> str:
    """Return a sign for where a document's file is, the same for each file at that place.

    Args:
        document: whose file is meant.
        of: id of the document that it is compared with.
    """
    key = of.encode("utf-8")[:64]
    path = (document.path or "").encode("utf-8", "surrogatepass")
    return hashlib.blake2b(path, key=key, digest_size=12).hexdigest()


@functools.cache
def _adapter() -> TypeAdapter[Kept]:
    from pydantic import TypeAdapter

    return TypeAdapter(Kept)


def _documents(answer: Answer) -> Iterator[Document]:
    yield from (each.document for each in answer.citations)
    yield from (hit.document for hit in (*answer.nearest, *answer.reading))


def _bare_citation(citation: Citation) -> Citation:
    also = tuple(_bare(each) for each in citation.also)
    return replace(citation, document=_bare(citation.document), also=also)


def _bare_hits(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    return tuple(
        replace(
            hit,
            document=_bare(hit.document),
            passage=replace(hit.passage, text="", sentences=()),
        )
        for hit in hits
    )


def _bare(document: Document) -> Document:
    """Return a record without its path, but for what tells slides from pages."""
    suffix = PurePath(document.path or "").suffix.lower()
    return replace(document, path=suffix if suffix == _SLIDES else None, based_on=())
