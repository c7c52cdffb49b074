"""HTML: the words that a page is about, without scripts, menus, forms and what is hidden.

The file alone is read: nothing that it links to is fetched, no script runs and no entity is
expanded beyond those of HTML.
"""

from __future__ import annotations

import codecs
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from gendergpt.errors import UnreadableFile
from gendergpt.readers.html_head import decode, read_head
from gendergpt.readers.numerals import letters, roman
from gendergpt.readers.tables import Cell, write_table
from gendergpt.readers.writing import TYPED_ITEM, Writer, one_line
from gendergpt.types import Block, BlockKind, Page, Reading

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

_FILE_BYTES = 12 << 20
_NO_TEXT = frozenset(
    "script style template noscript nav aside head iframe object embed video audio canvas svg math "
    "button input select textarea datalist dialog menu map rp".split()
)
_NO_ROLES = frozenset("navigation search complementary banner contentinfo dialog menu".split())
_BLOCKS = frozenset(
    "address article blockquote body caption center dd details dir div dl dt fieldset figcaption "
    "figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main ol p pre section "
    "summary table tbody td tfoot th thead tr ul".split()
)
_HEADING = re.compile(r"h([1-6])")
_LAYOUT = ["table", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "div", "section", "article"]
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_NO_MARK = re.compile(r"list-style(?:-type)?\s*:[^;]*\bnone\b", re.IGNORECASE)
_TYPED_NUMBER = re.compile(r"\(?\d{1,3}[.)]\s")
_NOTES = re.compile(r"(?:foot|end)notes?")
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n\s*")
_SPACES = re.compile(r"[ \t\r\n\f]+")
_WHOLE = re.compile(r"-?\d{1,6}")


class HtmlReader:
    """Reads HTML and XHTML files as one page without a number."""

    suffixes: tuple[str, ...] = (".html", ".htm", ".xhtml")
    version: str = "1"

    def read(self, path: Path) -> Reading:
        """Read the file in the encoding that its mark or declaration names, else as UTF-8.

        Raises:
            UnreadableFile: the file is binary, too large, or holds no text.
        """
        soup, notes = _parsed(path)
        head = read_head(soup)
        text, blocks = _render(soup)
        if not blocks:
            raise UnreadableFile(
                f"{path.name} holds no text (a page that a script fills is empty when saved); open "
                f"it in a browser, print it to PDF and ingest that."
            )
        return Reading(
            pages=(Page(number=None, label=None, text=text),),
            blocks=blocks,
            title=head.title,
            author=head.author,
            language=head.language,
            year=head.year,
            warnings=notes,
        )


def _parsed(path: Path) -> tuple[BeautifulSoup, tuple[str, ...]]:
    """Parse the file; an encoding that had to be guessed comes with a warning."""
    from bs4 import BeautifulSoup, XMLParsedAsHTMLWarning

    raw = path.read_bytes()
    if len(raw) > _FILE_BYTES:
        raise UnreadableFile(
            f"{path.name} is larger than {_FILE_BYTES >> 20} MB; split it and ingest the parts."
        )
    if _is_binary(raw):
        raise UnreadableFile(
            f"{path.name} is not an HTML file (it holds binary data); save it as a web page, HTML "
            f"only, or rename it to its true ending, and ingest that."
        )
    text, notes = decode(raw, path.name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        return BeautifulSoup(text, "lxml"), notes


def _is_binary(raw: bytes) -> bool:
    wide = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return raw.startswith((b"%PDF", b"PK\x03\x04")) or (b"\x00" in raw and not wide)


def _render(soup: BeautifulSoup) -> tuple[str, tuple[Block, ...]]:
    """Return the page's text and blocks: those of its main part where that holds most of them."""
    whole = _Walker()
    whole.walk(soup)
    whole.flush()
    main = soup.find("main") or soup.find(None, {"role": "main"})
    if main is not None:
        part = _Walker()
        part.walk(main)
        part.flush()
        if 2 * len(part.writer.text) >= len(whole.writer.text):
            whole = part
    return whole.writer.text, tuple(whole.writer.blocks)


@dataclass
class _Walker:
    """Walks over the elements; inline words gather until a block begins or ends."""

    writer: Writer = field(default_factory=Writer)
    level: int = 0
    item: bool = False
    note: bool = False
    _words: list[str] = field(default_factory=list)

    def walk(self, element: Tag) -> None:
        """Write what the element holds."""
        from bs4.element import NavigableString, PreformattedString, Tag

        for child in element.children:
            if isinstance(child, Tag):
                if not _is_left_out(child):
                    self._element(child)
            elif isinstance(child, NavigableString) and not isinstance(child, PreformattedString):
                self._words.append(_SPACES.sub(" ", child))

    def _element(self, tag: Tag) -> None:
        if tag.name == "br":
            self._words.append("\n")
        elif tag.name == "sup" and _is_note_mark(tag):
            return
        elif tag.name not in _BLOCKS:
            self.walk(tag)
        else:
            self.flush()
            self._block(tag)
            self.flush()

    def _block(self, tag: Tag) -> None:
        if match := _HEADING.fullmatch(tag.name):
            self.level = int(match.group(1))
            self.walk(tag)
            self.flush()
            self.level = 0
        elif tag.name in ("ul", "ol", "dir"):
            self._list(tag)
        elif tag.name == "dl":
            self._definitions(tag)
        elif tag.name == "table" and not _is_layout(tag):
            self._table(tag)
        elif tag.name == "pre":
            self._write(tag.get_text())
        elif _holds_notes(tag):
            outer, self.note = self.note, True
            self.walk(tag)
            self.flush()
            self.note = outer
        else:
            self.walk(tag)

    def flush(self) -> None:
        """Write the words gathered so far: one block for each run between blank lines."""
        gathered, self._words = "".join(self._words), []
        for words in _BLANK_LINE.split(gathered):
            lines = (line.strip() for line in words.split("\n"))
            self._write("\n".join(lines).strip())

    def _write(self, words: str) -> None:
        if not words:
            return
        if self.level:
            self.writer.add(BlockKind.HEADING, words, self.level)
            return
        if self.note:
            kind = BlockKind.FOOTNOTE
        elif self.item or TYPED_ITEM.match(words):
            kind = BlockKind.LIST_ITEM
        else:
            kind = BlockKind.PARAGRAPH
        self.item = False
        self.writer.add(kind, words)

    def _list(self, tag: Tag) -> None:
        """Write a list; an item's first block carries its mark."""
        number = _whole(tag.get("start"), 1)
        unmarked = _NO_MARK.search(str(tag.get("style") or "")) is not None
        for child in tag.find_all(True, recursive=False):
            if child.name != "li":
                if not _is_left_out(child):
                    self._element(child)
                continue
            if _is_left_out(child):
                continue
            number = _whole(child.get("value"), number)
            self.flush()
            self.item = True
            self.writer.mark = "" if unmarked else _mark(tag, child, number)
            self._block(child)
            self.flush()
            self.item, self.writer.mark = False, ""
            number += 1

    def _definitions(self, tag: Tag) -> None:
        """Write "term: definition"; the first block of a definition carries its terms."""
        terms: list[str] = []
        for child in tag.find_all(["dt", "dd"]):
            if _is_left_out(child) or not _is_of_list(child, tag):
                continue
            if child.name == "dt":
                terms.append(_term(child))
                continue
            named, terms = " / ".join(filter(None, terms)), []
            self.flush()
            self.writer.mark = f"{named}: " if named else ""
            self.walk(child)
            self.flush()
            self.writer.mark = ""

    def _table(self, table: Tag) -> None:
        """Write a table's caption, then its rows, each with its header."""
        caption = table.find("caption")
        if caption is not None:
            self.walk(caption)
            self.flush()
        rows = [row for row in table.find_all("tr") if not _is_left_out(row)]
        cells = [[each for each in _cells(row) if not _is_left_out(each)] for row in rows]
        headers = _header_rows(rows, cells)
        write_table(self.writer, [[_cell(each) for each in row] for row in cells], headers)


def _is_of_list(tag: Tag, definitions: Tag) -> bool:
    """Whether an entry is the list's own; the parser puts a second ``dd`` into the first."""
    around = tag.find_parent(["dl", tag.name] if tag.name == "dd" else ["dl"])
    return around is definitions


def _term(tag: Tag) -> str:
    """Return a term's own words; the parser puts a second term into the first left open."""
    own = (each for each in tag.find_all(string=True) if each.find_parent("dt") is tag)
    return one_line("".join(own)).rstrip(":")


def _is_left_out(tag: Tag) -> bool:
    """Whether an element is no text of the page: hidden, or there for finding one's way."""
    if tag.name in _NO_TEXT or tag.has_attr("hidden"):
        return True
    if tag.get("role") in _NO_ROLES or _HIDDEN.search(str(tag.get("style") or "")):
        return True
    if tag.name in ("header", "footer"):
        return tag.find_parent(["article", "main"]) is None and tag.find("h1") is None
    # Some content systems wrap the whole page into a form.
    return tag.name == "form" and tag.find(["main", "article", "h1", "h2"]) is None


def _is_note_mark(tag: Tag) -> bool:
    link = tag.find("a", href=True) or tag.find_parent("a", href=True)
    return link is not None and str(link.get("href")).startswith("#")


def _holds_notes(tag: Tag) -> bool:
    names = [str(tag.get("role") or "").removeprefix("doc-"), str(tag.get("id") or "")]
    names += tag.get_attribute_list("class")
    return any(_NOTES.fullmatch(str(name).lower()) for name in names)


def _is_layout(table: Tag) -> bool:
    """Whether a table only places text on the screen: its cells hold blocks, or it has one column.

    A header or a caption makes it a table of data all the same.
    """
    if table.get("role") in ("presentation", "none"):
        return True
    nested = table.find("table") is not None
    if not nested and table.find(["th", "caption", "thead"]) is not None:
        return False
    rows = table.find_all("tr")
    if len(rows) < 2 or all(sum(1 for _ in _cells(row)) < 2 for row in rows):
        return True
    return table.find(_LAYOUT) is not None


def _cells(row: Tag) -> Iterator[Tag]:
    yield from row.find_all(["td", "th"], recursive=False)


def _cell(tag: Tag) -> Cell:
    """Return a cell with its words in one line, written as blocks are so that items keep marks."""
    walker = _Walker()
    walker.walk(tag)
    walker.flush()
    words = one_line(walker.writer.text)
    return Cell(words, _whole(tag.get("colspan"), 1), _whole(tag.get("rowspan"), 1))


def _header_rows(rows: list[Tag], cells: list[list[Tag]]) -> int | None:
    """Count the rows of the header: those in ``thead``, or of ``th`` alone."""
    count = 0
    for row, line in zip(rows, cells, strict=True):
        in_head = row.parent is not None and row.parent.name == "thead"
        if not in_head and not (line and all(cell.name == "th" for cell in line)):
            break
        count += 1
    return count if count < len(rows) and count else None


def _mark(tag: Tag, item: Tag, number: int) -> str:
    """Return a list item's mark, unless the item opens with one that was typed."""
    if tag.name != "ol":
        return "- "
    words = one_line(item.get_text())
    if TYPED_ITEM.match(words) or _TYPED_NUMBER.match(words):
        return ""
    style = str(tag.get("type") or "1")
    numeral = {"a": letters, "i": roman}.get(style.lower(), str)(number)
    return f"{numeral.upper() if style.isupper() else numeral}. "


def _whole(value: object, default: int) -> int:
    """Return an attribute's whole number, or the default."""
    match = _WHOLE.fullmatch(str(value or "").strip())
    return int(match.group()) if match else default
