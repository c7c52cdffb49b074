"""Reading order: what was drawn later than the text that stands beneath it.

The order of a page's content is mostly its reading order, columns included, and is kept. Only a
block that comes after what stands below it in its own column moves up: a heading, or text that is
set like the text below it. Pictures' labels, boxes and pull quotes, which are set otherwise, stay
where the file has them, so that they do not break up a sentence.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gendergpt.layout.rows import SKIPPED, STOP, TAIL, Row, end_bottom, share_column
from gendergpt.types import BlockKind

_REACH = 200  # blocks that are looked back over, so that a hostile page takes no long time


@dataclass(frozen=True, slots=True)
class _Group:
    """The lines of a block, and the box around them in points."""

    rows: list[Row]
    left: float
    right: float
    bottom: float
    top: float

    @property
    def first(self) -> Row:
        """The block's first line."""
        return self.rows[0]


def in_reading_order(groups: Iterable[list[Row]]) -> list[list[Row]]:
    """Return the blocks' lines, with blocks that were drawn too late moved up."""
    ordered: list[_Group] = []
    for rows in groups:
        group, place = _group(rows), len(ordered)
        if group.first.line.size and group.first.kind is BlockKind.HEADING:
            place = _place_of_heading(ordered, group.first)
        elif group.first.line.size and group.first.kind is None:
            place = _place_of_text(ordered, group)
        ordered.insert(place, group)
    return [group.rows for group in ordered]


def _group(rows: list[Row]) -> _Group:
    sides = [side for row in rows for side in (row.line.left, row.line.right)]
    bottoms = [height for row in rows for height in (row.line.bottom, end_bottom(row))]
    return _Group(rows, min(sides), max(sides), min(bottoms), max(bottoms))


def _place_of_heading(ordered: list[_Group], heading: Row) -> int:
    """Return the index of the first block of a run up to the end that stands below the heading.

    A heading in the margin stands before the block whose first line is beside or below it.
    """
    place = len(ordered)
    level = heading.line.bottom
    for index in range(len(ordered) - 1, max(-1, len(ordered) - 1 - _REACH), -1):
        other = ordered[index].first
        if other.kind in SKIPPED:
            continue
        aside = heading.line.right <= other.line.left
        margin = 0.5 * other.line.size if aside else -0.5 * other.line.size
        if other.line.bottom > level + margin or not (aside or share_column(other, heading)):
            break
        place = index
    return place


def _place_of_text(ordered: list[_Group], group: _Group) -> int:
    """Return the index of the first block of a run up to the end that the text belongs before."""
    place = len(ordered)
    for index in range(len(ordered) - 1, max(-1, len(ordered) - 1 - _REACH), -1):
        other = ordered[index]
        if other.first.kind in SKIPPED:
            continue
        if not (_is_set_alike(other.first, group.first) and _is_below(other, group)):
            break
        place = index
    return len(ordered) if _parts_a_sentence(ordered, place) else place


def _is_set_alike(other: Row, row: Row) -> bool:
    """Whether a block is a heading, or text in the same size and weight."""
    if other.kind is BlockKind.HEADING:
        return True
    near = abs(other.line.size - row.line.size) <= 0.05 * row.line.size
    return other.kind is None and near and other.line.bold == row.line.bold


def _is_below(other: _Group, group: _Group) -> bool:
    """Whether a block stands wholly below another, in the same column."""
    shared = min(other.right, group.right) - max(other.left, group.left)
    narrow = min(other.right - other.left, group.right - group.left)
    return other.top < group.bottom - 0.5 * group.first.line.size and shared > 0.5 * narrow


def _parts_a_sentence(ordered: list[_Group], place: int) -> bool:
    """Whether what stands before and after a place is one sentence."""
    if place == len(ordered) or place == 0:
        return False
    before, after = ordered[place - 1].rows[-1], ordered[place].first
    open_end = before.kind is None and not STOP.search(before.words[-TAIL:])
    return open_end and after.kind is None and after.words[0].islower()
