"""Word documents (DOCX): one page without a number, since Word fixes pages only when it prints.

Words are read as Word shows them with all changes accepted. Headings are known by outline level or
style, automatic numbers stand before their paragraphs, rows of tables carry their header, notes
stand at the end and the first section's page header at the beginning.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gendergpt.errors import UnreadableFile
from gendergpt.readers.numerals import roman
from gendergpt.readers.office import check_package, core_text, damaged
from gendergpt.readers.tables import Cell, write_table
from gendergpt.readers.word_lists import DECIMAL, Mark, W, is_on, read_lists, value, whole
from gendergpt.readers.word_styles import CONTENTS, TITLE, Style, outline_level, read_styles
from gendergpt.readers.word_text import Words
from gendergpt.readers.writing import TYPED_ITEM, Writer, one_line
from gendergpt.types import Block, BlockKind, Page, Reading

_AROUND = frozenset(W + name for name in "sdt sdtContent customXml ins moveTo".split())
_ITEM_CHARACTERS = 200
_PARAGRAPH_COUNT = 8
"""A list that counts further than this at its outermost level counts paragraphs."""
_SKIPPED = (BlockKind.FURNITURE, BlockKind.CONTENTS, BlockKind.FOOTNOTE)


class DocxReader:
    """Reads Word documents; files with macros and older formats are refused."""

    suffixes: tuple[str, ...] = (".docx",)
    version: str = "1"

    def read(self, path: Path) -> Reading:
        """Read the file; the paragraph in the style "Title" is the title, else its properties say.

        Raises:
            UnreadableFile: no sound DOCX, protected by a password, too large, or without text.
        """
        check_package(path, "Word", ".docx")
        document = _opened(path)
        text, blocks, title = _Body(document).read()
        if all(block.kind in _SKIPPED for block in blocks):
            raise UnreadableFile(f"{path.name} holds no text; there is nothing to ingest.")
        properties = document.core_properties
        author = core_text(properties, "author")
        return Reading(
            pages=(Page(number=None, label=None, text=text),),
            blocks=blocks,
            title=title or core_text(properties, "title"),
            author=None if author == "python-docx" else author,
            language=core_text(properties, "language"),
        )


def _opened(path: Path) -> Any:
    """Open the document with python-docx and touch the parts that everything rests on."""
    import docx

    try:
        document = docx.Document(str(path))
        _ = document.element.body, document.styles.element, document.core_properties
    except (MemoryError, RecursionError):
        raise
    except Exception as error:  # broken packages make python-docx raise errors of any kind
        raise damaged(path, "Word", ".docx") from error
    return document


class _Body:
    """Walks through a document and writes its text."""

    def __init__(self, document: Any) -> None:
        self._document = document
        self._styles = read_styles(document.styles.element)
        self._lists = read_lists(_numbering_root(document))
        self._writer = Writer()
        self._notes: list[tuple[str, str]] = []
        self._title: str | None = None
        self._counted: Counter[str] = Counter()
        self._deeper = 0

    def read(self) -> tuple[str, tuple[Block, ...], str | None]:
        """Return text, blocks and title."""
        body = self._document.element.body
        for paragraph in body.iter(W + "p"):
            self._survey(paragraph)
        self._write_header()
        self._walk(body)
        self._write_notes()
        return self._writer.text, tuple(self._writer.blocks), self._title

    def _survey(self, paragraph: Any) -> None:
        """Note beforehand whether there is a title and how far each list counts."""
        style = self._style(paragraph)
        if style.role == TITLE:
            self._deeper = 1
        number, depth = _numbering(paragraph, style)
        found = self._lists.find(number, depth, style.id) if number else None
        if found is not None and found[1] == 0:
            self._counted[found[0].definition] += 1

    def _style(self, paragraph: Any) -> Style:
        properties = paragraph.find(W + "pPr")
        return self._styles.of(None if properties is None else value(properties, "pStyle"))

    def _walk(self, container: Any) -> None:
        for child in container.iterchildren("*"):
            if child.tag == W + "p":
                self._paragraph(child)
            elif child.tag == W + "tbl":
                self._table(child)
            elif child.tag in _AROUND:
                self._walk(child)

    # --- paragraphs ------------------------------------------------------------------------------

    def _paragraph(self, paragraph: Any) -> None:
        style = self._style(paragraph)
        words = Words(lambda name: self._styles.of(name).hidden)
        text = "" if style.hidden else words.of(paragraph)
        self._notes += words.notes
        if text.strip() or not _is_deleted(paragraph):
            mark = self._mark(paragraph, style)
            self._write(paragraph, style, text, mark)
        for box in words.boxes:
            self._walk(box)

    def _mark(self, paragraph: Any, style: Style) -> Mark | None:
        number, depth = _numbering(paragraph, style)
        return None if number is None else self._lists.next(number, depth, style.id)

    def _write(self, paragraph: Any, style: Style, text: str, mark: Mark | None) -> None:
        if not text.strip():
            return
        level = outline_level(paragraph.find(W + "pPr"))
        level = style.level if level is None else level
        self._writer.mark = mark.text if mark else ""
        if style.role == TITLE:
            self._title = self._title or one_line(text)
            self._writer.add(BlockKind.HEADING, text, 1)
        elif style.role == CONTENTS:
            self._writer.add(BlockKind.CONTENTS, text)
        elif level:
            self._writer.add(BlockKind.HEADING, text, level + self._deeper)
        else:
            self._writer.add(self._kind(text, mark), text)

    def _kind(self, text: str, mark: Mark | None) -> BlockKind:
        """Tell list items from paragraphs that are counted through the document."""
        if mark is None or not mark.text:
            item = TYPED_ITEM.match(text.strip()) is not None
        elif mark.format != DECIMAL or mark.level > 0:
            item = True
        else:
            counts_paragraphs = self._counted[mark.list] > _PARAGRAPH_COUNT
            item = not counts_paragraphs and len(text) <= _ITEM_CHARACTERS
        return BlockKind.LIST_ITEM if item else BlockKind.PARAGRAPH

    # --- tables ----------------------------------------------------------------------------------

    def _table(self, table: Any) -> None:
        """Write a table row by row; one that only places text on the page as that text."""
        rows = [row for row in _rows(table) if not _is_deleted_row(row)]
        if len(rows) < 2 or max(map(_width, rows)) < 2 or self._has_heading(table):
            for row in rows:
                for cell in _cells(row):
                    self._walk(cell)
            return
        above: dict[int, str] = {}
        cells = [self._row(row, above) for row in rows]
        headers = sum(1 for row in rows if is_on(row.find(f"{W}trPr/{W}tblHeader")))
        write_table(self._writer, cells, headers or None)

    def _has_heading(self, table: Any) -> bool:
        return any(
            self._style(each).level or outline_level(each.find(W + "pPr"))
            for each in table.iter(W + "p")
        )

    def _row(self, row: Any, above: dict[int, str]) -> list[Cell]:
        """Return a row's cells; ``above`` holds the last words by column, for merged cells."""
        skipped = min(whole(_value_in(row, "trPr", "gridBefore")), 63)
        cells = [Cell("")] * skipped
        column = skipped
        for cell in _cells(row):
            width = max(1, min(whole(_value_in(cell, "tcPr", "gridSpan")), 63))
            merged = cell.find(f"{W}tcPr/{W}vMerge")
            goes_on = merged is not None and merged.get(W + "val", "continue") == "continue"
            words = above.get(column, "") if goes_on else one_line(self._apart(cell))
            above[column] = words
            cells.append(Cell(words, columns=width))
            column += width
        return cells

    def _apart(self, container: Any) -> str:
        """Return what a container holds as text of its own, apart from the document's."""
        outer, self._writer = self._writer, Writer()
        try:
            self._walk(container)
            return self._writer.text
        finally:
            self._writer = outer

    # --- beside the body -------------------------------------------------------------------------

    def _write_header(self) -> None:
        """Write the first section's page headers: there many publications have their symbol."""
        section = self._document.sections[0] if len(self._document.sections) else None
        if section is None:
            return
        headers = [section.header]
        if section.different_first_page_header_footer:
            headers.insert(0, section.first_page_header)
        for header in headers:
            if not header.is_linked_to_previous:
                for line in self._apart(header._element).splitlines():
                    self._writer.add(BlockKind.FURNITURE, line)

    def _write_notes(self) -> None:
        """Write foot- and endnotes in the order in which the text refers to them."""
        parts = {kind: _notes(self._document, kind) for kind in ("footnote", "endnote")}
        counts: Counter[str] = Counter()
        for kind, number in dict.fromkeys(self._notes):
            note = parts[kind].get(number)
            if note is None:
                continue
            counts[kind] += 1
            mark = str(counts[kind]) if kind == "footnote" else roman(counts[kind])
            self._writer.mark = f"[{mark}] "
            self._writer.add(BlockKind.FOOTNOTE, one_line(self._apart(note)))
            self._writer.mark = ""


def _numbering(paragraph: Any, style: Style) -> tuple[str | None, int]:
    """Return id and depth of the list that a paragraph is in; the id "0" takes it out of any."""
    own = paragraph.find(f"{W}pPr/{W}numPr")
    number = style.number if own is None else value(own, "numId") or style.number
    depth = style.depth if own is None else None
    if own is not None:
        said = value(own, "ilvl")
        depth = style.depth if said is None else whole(said)
    return (None if number == "0" else number), depth or 0


def _is_deleted(paragraph: Any) -> bool:
    return paragraph.find(f"{W}pPr/{W}rPr/{W}del") is not None


def _is_deleted_row(row: Any) -> bool:
    return row.find(f"{W}trPr/{W}del") is not None


def _rows(table: Any) -> Iterator[Any]:
    return _children(table, "tr")


def _cells(row: Any) -> Iterator[Any]:
    return _children(row, "tc")


def _width(row: Any) -> int:
    return sum(1 for _ in _cells(row))


def _children(element: Any, name: str) -> Iterator[Any]:
    """Yield children of that name, those inside content controls and insertions included."""
    for child in element.iterchildren("*"):
        if child.tag == W + name:
            yield child
        elif child.tag in _AROUND:
            yield from _children(child, name)


def _value_in(element: Any, properties: str, name: str) -> str | None:
    """Return the value of a property, or None."""
    found = element.find(W + properties)
    return None if found is None else value(found, name)


def _numbering_root(document: Any) -> Any:
    """Return the root of the numbering part, or None where the document has none."""
    part = _part(document, "numbering")
    return getattr(part, "element", None)


def _notes(document: Any, kind: str) -> dict[str, Any]:
    """Return the notes of a kind by id; separators are none."""
    from docx.oxml.parser import parse_xml

    part = _part(document, f"{kind}s")
    if part is None:
        return {}
    try:
        root: Any = parse_xml(part.blob)
    except SyntaxError:  # lxml's own is one
        return {}
    return {
        note.get(W + "id"): note
        for note in root.findall(W + kind)
        if note.get(W + "type", "normal") == "normal"
    }


def _part(document: Any, name: str) -> Any:
    """Return the part that the document relates to under that name, or None."""
    for relation in document.part.rels.values():
        if relation.reltype.endswith(f"/{name}") and not relation.is_external:
            return relation.target_part
    return None
