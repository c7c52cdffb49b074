"""From the lines of a document's pages to blocks: headings, paragraphs, lists, and what is neither.

Pure functions on text and positions: no files, no PDF library. The steps, in their order:

1. furniture: running headers and footers, page numbers, rules (lines that come back at the top or
   bottom of pages, or stand alone there), stamps and what is set sideways in the margin;
2. contents: lines of a table of contents;
3. footnotes: small print at the foot of a page that opens with a mark;
4. headings: what the outline names, else lines set larger or bolder than the body;
5. tables: runs of lines set beside one another, or mostly figures;
6. body: what is left, joined into paragraphs and list items, over page breaks too;
7. order: blocks stay in the order of the page's content, but for those drawn too late.

Each step only claims lines that no step before it has claimed. When in doubt a line stays body
text: a heading taken for a paragraph does less harm than a paragraph that is lost.
"""

from __future__ import annotations

from collections.abc import Sequence

from gendergpt.layout.body import body_blocks
from gendergpt.layout.breaks import join_over_breaks
from gendergpt.layout.contents import mark_contents, mark_contents_headings
from gendergpt.layout.footnotes import mark_footnotes
from gendergpt.layout.furniture import mark_furniture
from gendergpt.layout.headings import mark_headings, mark_outline
from gendergpt.layout.rows import Line, OutlineEntry, Row, body_size, plain_lines
from gendergpt.layout.tables import mark_tables
from gendergpt.types import Block

__all__ = ["Line", "OutlineEntry", "find_blocks", "plain_lines"]


def find_blocks(
    texts: Sequence[str],
    lines: Sequence[Sequence[Line]],
    outline: Sequence[OutlineEntry] = (),
) -> tuple[Block, ...]:
    """Return the blocks of the pages in reading order.

    Args:
        texts: each page's own text.
        lines: each page's lines in the order of its text, not overlapping.
        outline: the document's outline, if it has one.
    """
    pages = [
        [Row(number, line, text[line.start : line.end]) for line in found]
        for number, (text, found) in enumerate(zip(texts, lines, strict=True))
    ]
    body = body_size(pages)
    mark_furniture(pages, body)
    mark_contents(pages)
    mark_footnotes(pages, body)
    mark_outline(pages, outline)
    mark_headings(pages, body)
    mark_contents_headings(pages)
    mark_tables(pages)
    return tuple(join_over_breaks(texts, body_blocks(pages, body)))
