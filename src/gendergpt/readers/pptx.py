"""PowerPoint files (PPTX): every slide is a page, numbered as PowerPoint counts them.

A slide's title is its heading, then come its words from top to bottom and left to right, tables row
by row, and the speaker's notes under a heading of our own. A slide without a title gets "Slide 7"
for a heading, so that its words do not pass for the slide's before. Hidden slides are read, too: in
training material they hold what the trainer keeps in reserve; a warning names them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from gendergpt.errors import UnreadableFile
from gendergpt.readers.office import check_package, core_text, damaged
from gendergpt.readers.slide_lists import Bullets
from gendergpt.readers.tables import Cell, write_table
from gendergpt.readers.writing import TYPED_ITEM, Writer, one_line
from gendergpt.types import Block, BlockKind, Page, Reading

NOTES = "Speaker notes"
"""The heading, in our own words, under which a slide's notes stand."""

_ROW = 228_600
"""Shapes whose tops differ by less (a quarter of an inch, in EMU) stand beside one another."""
_DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_ASIDE = ("DATE", "FOOTER", "HEADER", "SLIDE_NUMBER")
_TITLES = ("TITLE", "CENTER_TITLE", "VERTICAL_TITLE")


class PptxReader:
    """Reads presentations; ``Page.number`` is the slide's number, hidden slides counted."""

    suffixes: tuple[str, ...] = (".pptx",)
    version: str = "1"

    def read(self, path: Path) -> Reading:
        """Read all slides; the title is the one in the properties, else the first slide's.

        Raises:
            UnreadableFile: no sound PPTX, protected by a password, too large, or without text.
        """
        check_package(path, "PowerPoint", ".pptx")
        slides, properties = _opened(path)
        writers = [_written(index, slide) for index, slide in enumerate(slides)]
        blocks = [block for writer in writers for block in writer.blocks]
        if not any(block.kind is not BlockKind.HEADING for block in blocks):
            raise UnreadableFile(
                f"{path.name} holds no text beyond titles (slides of pictures alone); there is "
                f"nothing to ingest."
            )
        author = core_text(properties, "author")
        hidden = [n for n, slide in enumerate(slides, 1) if slide.element.get("show") == "0"]
        return Reading(
            pages=tuple(Page(n, None, writer.text) for n, writer in enumerate(writers, 1)),
            blocks=tuple(blocks),
            title=core_text(properties, "title") or _first_title(writers, blocks),
            author=author,
            language=core_text(properties, "language"),
            warnings=(_hidden_warning(hidden),) if hidden else (),
        )


def _opened(path: Path) -> tuple[list[Any], Any]:
    """Open the presentation with python-pptx; return its slides and properties."""
    import pptx

    try:
        presentation = pptx.Presentation(str(path))
        return list(presentation.slides), presentation.core_properties
    except (MemoryError, RecursionError):
        raise
    except Exception as error:  # broken packages make python-pptx raise errors of any kind
        raise damaged(path, "PowerPoint", ".pptx") from error


def _hidden_warning(numbers: Sequence[int]) -> str:
    slides, are = ("Slides", "are") if len(numbers) > 1 else ("Slide", "is")
    named = ", ".join(map(str, numbers[:20])) + (" and more" if len(numbers) > 20 else "")
    return f"{slides} {named} {are} hidden in the presentation; what stands there was read, too."


def _first_title(writers: Sequence[Writer], blocks: Iterable[Block]) -> str | None:
    """Return the first slide's own title."""
    for block in blocks:
        if block.page == 0 and block.kind is BlockKind.HEADING and block.level == 1:
            words = one_line(writers[0].text[block.start : block.end])
            return None if words == _stand_in(0) else words
    return None


def _stand_in(index: int) -> str:
    return f"Slide {index + 1}"


def _written(index: int, slide: Any) -> Writer:
    """Write one slide: title, body, notes."""
    writer = Writer(index)
    title = next((shape for shape in slide.placeholders if _role(shape) in _TITLES), None)
    heading = "" if title is None or _is_hidden(title) else _text(title.text_frame.text)
    writer.add(BlockKind.HEADING, one_line(heading) or _stand_in(index), 1)
    for shape in _in_order(slide.shapes):
        if title is None or shape.shape_id != title.shape_id:
            _shape(writer, shape)
    if slide.has_notes_slide:
        _notes(writer, slide.notes_slide.notes_text_frame)
    if len(writer.blocks) == 1 and not one_line(heading):
        return Writer(index)
    return writer


def _role(shape: Any) -> str | None:
    """Return the name of a placeholder's type, or None for other shapes."""
    kind = shape.placeholder_format.type if shape.is_placeholder else None
    return None if kind is None else str(kind.name)


def _is_hidden(shape: Any) -> bool:
    return any(each.get("hidden") in ("1", "true") for each in shape.element.xpath("./*/p:cNvPr"))


def _in_order(shapes: Iterable[Any]) -> Iterator[Any]:
    """Yield shapes from top to bottom, those at one height from left to right."""
    row: list[Any] = []
    for shape in sorted(shapes, key=lambda each: each.top or 0):
        if row and (shape.top or 0) - (row[0].top or 0) > _ROW:
            yield from sorted(row, key=lambda each: each.left or 0)
            row = []
        row.append(shape)
    yield from sorted(row, key=lambda each: each.left or 0)


def _shape(writer: Writer, shape: Any) -> None:
    """Write what a shape holds: words, a table, a diagram, or other shapes."""
    if _is_hidden(shape) or _role(shape) in _ASIDE:
        return
    if hasattr(shape, "shapes"):
        for each in _in_order(shape.shapes):
            _shape(writer, each)
    elif getattr(shape, "has_table", False):
        _table(writer, shape.table)
    elif shape.has_text_frame:
        bullets = Bullets(shape)
        for paragraph in shape.text_frame.paragraphs:
            _paragraph(writer, _text(paragraph.text), bullets.mark(paragraph))
    else:
        for words in _diagram(shape):
            _paragraph(writer, words, "")


def _paragraph(writer: Writer, words: str, mark: str) -> None:
    item = bool(mark) or TYPED_ITEM.match(words.strip()) is not None
    writer.mark = mark
    writer.add(BlockKind.LIST_ITEM if item else BlockKind.PARAGRAPH, words)
    writer.mark = ""


def _text(words: str) -> str:
    """Return words with python-pptx's vertical tabs, which stand for line breaks, as such."""
    return words.replace("\v", "\n")


def _table(writer: Writer, table: Any) -> None:
    rows = [
        [
            Cell(one_line(_text(cell.text)), cell.span_width, cell.span_height)
            for cell in row.cells
            if not cell.is_spanned
        ]
        for row in table.rows
    ]
    write_table(writer, rows, 1 if table.first_row and len(rows) > 1 else None)


def _diagram(shape: Any) -> Iterator[str]:
    """Yield the words of a SmartArt diagram, which stand in a part of their own."""
    from pptx.oxml import parse_xml

    for link in shape.element.iter(f"{_DIAGRAM}relIds"):
        try:
            root: Any = parse_xml(shape.part.related_part(link.get(f"{_R}dm")).blob)
        except (KeyError, SyntaxError):  # lxml's own syntax error is one
            continue
        for paragraph in root.iter(f"{_A}p"):
            yield "".join(each.text or "" for each in paragraph.iter(f"{_A}t"))


def _notes(writer: Writer, frame: Any) -> None:
    if frame is None or not frame.text.strip():
        return
    writer.add(BlockKind.HEADING, NOTES, 2)
    for paragraph in frame.paragraphs:
        _paragraph(writer, _text(paragraph.text), "")
