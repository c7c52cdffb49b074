"""Markdown: the plain text of the rendered document, block by block.

Markup is dropped, words are kept: the text of links, the description of images, code. HTML is
dropped. List items keep their mark, a table's rows carry their header. Front matter is not text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from gendergpt.errors import UnreadableFile
from gendergpt.readers.binary import refuse_binary
from gendergpt.readers.tables import as_row
from gendergpt.readers.writing import Writer
from gendergpt.types import Block, BlockKind, Page, Reading

if TYPE_CHECKING:
    from markdown_it.token import Token

_FRONT_MATTER = re.compile(
    r"\A(?:---[ \t]*\n(?P<yaml>.*?)^(?:---|\.\.\.)[ \t]*$"
    r"|\+\+\+[ \t]*\n(?P<toml>.*?)^\+\+\+[ \t]*$)",
    re.DOTALL | re.MULTILINE,
)
_FIELD = re.compile(r"^(?P<key>[A-Za-z_-]+)[ \t]*[:=][ \t]*(?P<value>\S.*?)[ \t]*$", re.MULTILINE)
_FOOTNOTE = re.compile(r"\[\^[^\]\s]+\]:")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


class MarkdownReader:
    """Reads Markdown (CommonMark with tables) as one page without a number."""

    suffixes: tuple[str, ...] = (".md", ".markdown")
    version: str = "2"

    def read(self, path: Path) -> Reading:
        """Read the file; the first heading of level 1 is the title unless front matter has one.

        Raises:
            UnreadableFile: the file is not UTF-8, is binary, or holds no text.
        """
        try:
            source = path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            raise UnreadableFile(
                f"{path.name} is not UTF-8 text; save it as UTF-8 and ingest that."
            ) from error
        record, body = _split_front_matter(refuse_binary(source, path.name))
        text, blocks = _render(body)
        if not blocks:
            raise UnreadableFile(f"{path.name} holds no text; there is nothing to ingest.")
        return Reading(
            pages=(Page(number=None, label=None, text=text),),
            blocks=blocks,
            title=record.get("title") or _first_title(text, blocks),
            author=record.get("author"),
            language=record.get("language") or record.get("lang"),
            year=_year(record.get("year") or record.get("date")),
        )


def _split_front_matter(source: str) -> tuple[dict[str, str], str]:
    """Return the simple ``key: value`` fields of the front matter, and the text after it."""
    match = _FRONT_MATTER.match(source)
    if match is None:
        return {}, source
    header = match["yaml"] or match["toml"] or ""
    record = {m["key"].lower(): _unquote(m["value"]) for m in _FIELD.finditer(header)}
    return {key: value for key, value in record.items() if value}, source[match.end() :]


def _unquote(value: str) -> str:
    for quote in ('"', "'"):
        if len(value) > 1 and value[0] == value[-1] == quote:
            return value[1:-1].strip()
    return value


def _year(value: str | None) -> int | None:
    match = _YEAR.search(value or "")
    return int(match.group()) if match else None


def _first_title(text: str, blocks: Sequence[Block]) -> str | None:
    for block in blocks:
        if block.kind is BlockKind.HEADING and block.level == 1:
            return " ".join(text[block.start : block.end].split())
    return None


def _render(body: str) -> tuple[str, tuple[Block, ...]]:
    """Return the document's plain text and its blocks."""
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark", {"maxNesting": 100}).enable(["table"]).parse(body)
    renderer = _Renderer()
    for token in tokens:
        renderer.take(token)
    return renderer.writer.text, tuple(renderer.writer.blocks)


@dataclass
class _Renderer:
    """Writes plain text and blocks while it walks over the parser's tokens."""

    writer: Writer = field(default_factory=Writer)
    level: int = 0
    lists: list[int | None] = field(default_factory=list)
    header: list[str] = field(default_factory=list)
    row: list[str] | None = None

    def take(self, token: Token) -> None:
        """Take the next token; those that hold no words only change the state."""
        if token.type == "inline":
            self._inline(_plain(token.children or []))
        elif token.type in ("fence", "code_block"):
            self.writer.add(BlockKind.PARAGRAPH, token.content)
        elif token.type.startswith(("bullet_list", "ordered_list", "list_item")):
            self._list(token)
        elif token.type.startswith(("thead", "tr", "table")):
            self._table(token)
        elif token.type == "heading_open":
            self.level = int(token.tag[1:])
        elif token.type == "heading_close":
            self.level = 0

    def _inline(self, words: str) -> None:
        if self.row is not None:
            self.row.append(" ".join(words.split()))
        elif self.level:
            self.writer.add(BlockKind.HEADING, words, self.level)
        elif self.writer.mark:
            self.writer.add(BlockKind.LIST_ITEM, words)
        else:
            kind = BlockKind.FOOTNOTE if _FOOTNOTE.match(words) else BlockKind.PARAGRAPH
            self.writer.add(kind, words)

    def _list(self, token: Token) -> None:
        if token.type == "bullet_list_open":
            self.lists.append(None)
        elif token.type == "ordered_list_open":
            self.lists.append(int(token.attrs.get("start", 1)))
        elif token.type == "list_item_open":
            self.writer.mark = self._next_mark()
        elif token.type == "list_item_close":
            self.writer.mark = ""
        elif token.nesting < 0:
            self.lists.pop()

    def _next_mark(self) -> str:
        number = self.lists[-1]
        if number is None:
            return "- "
        self.lists[-1] = number + 1
        return f"{number}. "

    def _table(self, token: Token) -> None:
        if token.type == "tr_open":
            self.row = []
        elif token.type == "thead_close":
            self.header, self.row = self.row or [], None
        elif token.type == "tr_close" and self.header and self.row is not None:
            self.writer.add(BlockKind.TABLE, as_row(self.header, self.row))
            self.row = None
        elif token.type == "table_close":
            self.header = []


def _plain(tokens: Sequence[Token]) -> str:
    """Return the words of inline tokens: markup and HTML dropped, line breaks kept."""
    return "".join(_plain_one(token) for token in tokens)


def _plain_one(token: Token) -> str:
    if token.type in ("softbreak", "hardbreak"):
        return "\n"
    if token.type == "image":
        return _plain(token.children or [])
    return "" if token.type == "html_inline" else token.content
