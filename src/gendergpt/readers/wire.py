"""Readings and boxes as JSON between the sandbox's processes.

The child parses hostile files, so what it sends is data only (never pickle), bounded in size, and
checked field by field before it becomes a ``Reading``.
"""

from __future__ import annotations

import json
import math
import struct
from typing import IO, Any

from gendergpt.readers.boxes import Box, PageBoxes
from gendergpt.types import Block, BlockKind, LabelFrom, Page, Reading

HEADER = struct.Struct(">Q")
"""A frame's head: the length in bytes of the JSON that follows."""


class WireError(ValueError):
    """What came over the pipe is not what was agreed."""


class BrokenOff(WireError):
    """The stream ended in the middle of a message."""


def write_frame(stream: IO[bytes], message: Any) -> None:
    """Write one message: its length, then its JSON (ASCII)."""
    body = json.dumps(message, separators=(",", ":")).encode("ascii")
    stream.write(HEADER.pack(len(body)) + body)
    stream.flush()


def read_frame(stream: IO[bytes], limit: int) -> bytes | None:
    """Read one message's JSON; None when the stream ended before a message began.

    Raises:
        WireError: the message is longer than ``limit`` bytes or broke off.
    """
    head = stream.read(HEADER.size)
    if not head:
        return None
    if len(head) < HEADER.size:
        raise BrokenOff("a message broke off in its head")
    (length,) = HEADER.unpack(head)
    if length > limit:
        raise WireError(f"a message of {length} bytes is over the limit of {limit}")
    body = stream.read(length)
    if len(body) < length:
        raise BrokenOff("a message broke off")
    return body


def pack(reading: Reading) -> dict[str, Any]:
    """Return the reading as plain lists and values."""
    return {
        "pages": [[p.number, p.label, p.text, p.label_from] for p in reading.pages],
        "blocks": [
            [str(b.kind), b.page, b.start, b.end, b.level, b.continues] for b in reading.blocks
        ],
        "title": reading.title,
        "author": reading.author,
        "language": reading.language,
        "year": reading.year,
        "warnings": list(reading.warnings),
    }


def unpack(value: Any) -> Reading:
    """Make a reading of what ``pack`` gave.

    Raises:
        WireError: a field is missing, of the wrong type, or points outside its page.
    """
    try:
        pages = tuple(_page(*row) for row in value["pages"])
        return Reading(
            pages=pages,
            blocks=tuple(_block(pages, *row) for row in value["blocks"]),
            title=_text(value["title"]),
            author=_text(value["author"]),
            language=_text(value["language"]),
            year=_number(value["year"]),
            warnings=tuple(str(item) for item in value["warnings"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise WireError(f"the reading makes no sense: {error}") from error


def pack_boxes(found: PageBoxes) -> list[Any]:
    """Return the page's size and its boxes as plain numbers."""
    boxes = [[box.left, box.top, box.right, box.bottom] for box in found.boxes]
    return [found.width, found.height, boxes]


def unpack_boxes(value: Any) -> PageBoxes:
    """Make boxes of what ``pack_boxes`` gave.

    Raises:
        WireError: something is no number, or a box lies outside its page.
    """
    try:
        width, height, rows = value
        size = _length(width), _length(height)
        return PageBoxes(*size, tuple(_box(row, *size) for row in rows))
    except (TypeError, ValueError) as error:
        raise WireError(f"the boxes make no sense: {error}") from error


def _box(row: Any, width: float, height: float) -> Box:
    left, top, right, bottom = row
    box = Box(_length(left), _length(top), _length(right), _length(bottom))
    if not (0 <= box.left < box.right <= width + 1 and 0 <= box.top < box.bottom <= height + 1):
        raise ValueError("a box outside its page")
    return box


def _length(value: Any) -> float:
    if type(value) not in (int, float) or not math.isfinite(value):
        raise TypeError("a length that is no number")
    return float(value)


def _page(number: Any, label: Any, text: Any, label_from: Any) -> Page:
    if not isinstance(text, str):
        raise TypeError("a page without text")
    origin = None if label_from is None else LabelFrom(label_from)
    return Page(_number(number), _text(label), text, origin)


def _block(
    pages: tuple[Page, ...], kind: Any, page: Any, start: Any, end: Any, level: Any, continues: Any
) -> Block:
    places = (page, start, end, level)
    if any(type(place) is not int or place < 0 for place in places) or page >= len(pages):
        raise ValueError("a block without a place")
    if not start < end <= len(pages[page].text):
        raise ValueError("a block outside its page")
    return Block(BlockKind(kind), page, start, end, level, bool(continues))


def _text(value: Any) -> str | None:
    if value is not None and not isinstance(value, str):
        raise TypeError(f"text expected, not {type(value).__name__}")
    return value


def _number(value: Any) -> int | None:
    if value is not None and type(value) is not int:
        raise TypeError(f"number expected, not {type(value).__name__}")
    return value
