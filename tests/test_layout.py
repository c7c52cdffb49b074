"""Layout: properties on arbitrary pages, and small pages whose blocks are known."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest
import typst
from hypothesis import given, settings
from hypothesis import strategies as st

from gendergpt.layout import Line, OutlineEntry, find_blocks, plain_lines
from gendergpt.passages import split
from gendergpt.readers.pdf import PdfReader
from gendergpt.types import Block, BlockKind

LEFT, SIZE, LEADING = 70.0, 10.0, 12.0


class Sheet:
    """Builds a page line by line, from the top down, as a typesetter would."""

    def __init__(self) -> None:
        self.text = ""
        self.lines: list[Line] = []
        self.bottom = 800.0

    def add(
        self,
        words: str,
        *,
        size: float = SIZE,
        bold: bool = False,
        gap: float = 0.0,
        left: float = LEFT,
        at: float | None = None,
        mark_size: float | None = None,
    ) -> Sheet:
        """Add a line ``gap`` points below the usual distance, or ``at`` a height."""
        self.bottom = at if at is not None else self.bottom - LEADING - gap
        start = len(self.text) + (2 if self.text else 0)
        self.text += ("\r\n" if self.text else "") + words
        right = left + 0.5 * size * len(words)
        self.lines.append(
            Line(
                start,
                start + len(words),
                left,
                right,
                self.bottom,
                self.bottom + size,
                size,
                size if mark_size is None else mark_size,
                bold,
            )
        )
        return self


def blocks_of(*sheets: Sheet, outline: tuple[OutlineEntry, ...] = ()) -> list[tuple[str, str]]:
    """Return (kind, words) of each block of the sheets."""
    texts = [sheet.text for sheet in sheets]
    found = find_blocks(texts, [sheet.lines for sheet in sheets], outline)
    return [
        (str(block.kind) + ("+" if block.continues else ""), _said(texts, block)) for block in found
    ]


def _said(texts: list[str], block: Block) -> str:
    return texts[block.page][block.start : block.end].replace("\r\n", " / ")


def check(texts: list[str], blocks: tuple[Block, ...]) -> None:
    """Blocks cover every visible character exactly once and are stripped."""
    covered: list[set[int]] = [set() for _ in texts]
    last = 0
    for block in blocks:
        words = texts[block.page][block.start : block.end]
        assert words
        assert words == words.strip()
        assert block.page >= last
        last = block.page
        span = set(range(block.start, block.end))
        assert not covered[block.page] & span
        covered[block.page] |= span
        assert (block.level > 0) is (block.kind is BlockKind.HEADING)
    for text, places in zip(texts, covered, strict=True):
        assert not [char for i, char in enumerate(text) if i not in places and not char.isspace()]


# --- properties ----------------------------------------------------------------------------------

SCRAPS = st.sampled_from(
    [
        *("Contents", "1", "- 3 -", "12.", "(a)", "•", "Chapter IV", "A title .... 7", "____"),
        *("the end.", "United Nations A/1/2", "continues here", "1 See there.", "2/ See A/50"),
        *("12 34 56 7.8", "x\ufffey", "\u2028", "II. ALL IN CAPITALS"),
    ]
)
PAGE = st.lists(st.one_of(SCRAPS, st.text(max_size=40)), max_size=12).map("\r\n".join)
NUMBER = st.floats(-1e4, 1e4, allow_nan=False)


@st.composite
def placed_pages(draw: st.DrawFn) -> tuple[list[str], list[list[Line]]]:
    """Return pages of any text, their lines anywhere on the page in any size."""
    texts = draw(st.lists(PAGE, max_size=6))
    sizes = st.sampled_from([0.0, 7.0, 10.0, 10.2, 14.0])
    lines = [
        [
            Line(
                line.start,
                line.end,
                draw(NUMBER),
                draw(NUMBER),
                draw(NUMBER),
                0,
                draw(sizes),
                draw(sizes),
                draw(st.booleans()),
            )
            for line in plain_lines(text)
        ]
        for text in texts
    ]
    return texts, lines


OUTLINE = st.lists(
    st.builds(
        OutlineEntry, st.one_of(SCRAPS, st.text(max_size=9)), st.integers(-1, 7), st.integers(0, 9)
    ),
    max_size=5,
)


@given(placed_pages(), OUTLINE)
@settings(max_examples=150, deadline=None)
def test_every_character_is_in_one_block(
    pages: tuple[list[str], list[list[Line]]], outline: list[OutlineEntry]
) -> None:
    texts, lines = pages
    check(texts, find_blocks(texts, lines, outline))


@given(st.lists(PAGE, max_size=6))
@settings(deadline=None)
def test_pages_without_positions_too(texts: list[str]) -> None:
    check(texts, find_blocks(texts, [plain_lines(text) for text in texts]))


def test_long_lines_of_dots_are_no_trap() -> None:
    text = "\r\n".join([". " * 20_000 + "x", "." * 40_000 + "x", "1 " * 20_000, "(" * 40_000])
    began = time.monotonic()
    find_blocks([text], [plain_lines(text)])
    assert time.monotonic() - began < 10


# --- known pages ---------------------------------------------------------------------------------


def body(sheet: Sheet, *lines: str, gap: float = 0.0) -> Sheet:
    for number, words in enumerate(lines):
        sheet.add(words, gap=gap if number == 0 else 0.0)
    return sheet


def test_running_lines_and_page_numbers_are_furniture() -> None:
    sheets = []
    for number in range(1, 7):
        sheet = (
            Sheet().add("Handbook on borders", at=790).add(f"Text {chr(number + 100)}q.", at=700)
        )
        sheets.append(sheet.add(f"Chapter {number} | {number + 3}", at=30))
    kinds = [kind for kind, _ in blocks_of(*sheets)]
    assert kinds == ["furniture", "paragraph", "furniture"] * 6


def test_changing_footers_are_known_by_their_numbers() -> None:
    titles = ["Foreword", "Summary", "Method", "Findings"]
    sheets = [
        Sheet().add(f"Text of the {title}.", at=700).add(f"{title} {number}", at=30)
        for number, title in enumerate(titles, 5)
    ]
    kinds = {words: kind for kind, words in blocks_of(*sheets)}
    assert kinds["Findings 8"] == "furniture"
    assert kinds["Text of the Method."] == "paragraph"


def test_the_masthead_of_a_united_nations_document() -> None:
    sheet = Sheet()
    for words in (
        "United Nations E/2025/L.14",
        "Distr.: Limited",
        "4 June 2025",
        "Original: English",
    ):
        sheet.add(words)
    body(sheet, "The Council,", gap=40)
    assert [kind for kind, _ in blocks_of(sheet)] == ["furniture"] * 4 + ["paragraph"]


def test_contents_lines() -> None:
    sheet = Sheet().add("Contents", size=16)
    for number, title in enumerate(("Introduction", "Legal framework", "Annex")):
        sheet.add(f"{title} ............ {number + 3}")
    body(sheet, "This text stands below them.", gap=40)
    assert [kind for kind, _ in blocks_of(sheet)] == ["contents", "paragraph"]


def test_footnotes_at_the_foot_only() -> None:
    sheet = body(Sheet(), "The officer asks.1 It is a duty to ask,", "and to listen.")
    sheet.add("1 See the handbook, page 3,", size=7, at=80, mark_size=5).add(
        "and its annex.", size=7
    )
    sheet.add("2 Ibid.", size=7, mark_size=5)
    assert blocks_of(sheet) == [
        ("paragraph", "The officer asks.1 It is a duty to ask, / and to listen."),
        ("footnote", "1 See the handbook, page 3, / and its annex."),
        ("footnote", "2 Ibid."),
    ]


def test_small_print_above_body_text_is_no_footnote() -> None:
    sheet = Sheet().add("3 persons were asked, in small print", size=7)
    body(sheet, "The body goes on below it, and is much longer than it.", gap=30)
    assert [kind for kind, _ in blocks_of(sheet)] == ["paragraph", "paragraph"]


def test_headings_by_size_and_weight_with_levels() -> None:
    sheet = Sheet().add("Border governance", size=16).add("A. Training", bold=True, gap=10)
    body(sheet, "Officers are trained before they serve at the border,", "and again later.", gap=10)
    found = find_blocks([sheet.text], [sheet.lines])
    assert [(block.kind, block.level) for block in found] == [
        (BlockKind.HEADING, 1),
        (BlockKind.HEADING, 2),
        (BlockKind.PARAGRAPH, 0),
    ]


def test_bold_words_within_a_sentence_are_no_heading() -> None:
    sheet = Sheet().add("Searches of persons are to be done by", bold=True)
    body(sheet, "officers of the same sex, in a room", "of their own, and with respect.")
    assert [kind for kind, _ in blocks_of(sheet)] == ["paragraph"]


def test_headings_from_the_outline_are_found_without_regard_to_spaces() -> None:
    sheet = body(Sheet(), "Why gender", "matters at borders", "Because people differ in needs.")
    found = blocks_of(sheet, outline=(OutlineEntry("Why gender matters\tat borders", 0, 2),))
    assert found == [
        ("heading", "Why gender / matters at borders"),
        ("paragraph", "Because people differ in needs."),
    ]


def test_headings_beneath_those_of_the_outline() -> None:
    sheet = Sheet().add("Part one", size=16).add("A closer look", bold=True, gap=10)
    body(sheet, "Officers are trained before they serve at the border,", "and again later.", gap=10)
    found = find_blocks([sheet.text], [sheet.lines], [OutlineEntry("Part one", 0, 2)])
    assert [block.level for block in found] == [2, 3, 0]


def test_capitals_with_a_number_are_a_heading() -> None:
    sheet = body(Sheet(), "II. CONSIDERATION OF PROPOSALS")
    body(sheet, "The Committee considered the item at its second meeting.", gap=12)
    assert [kind for kind, _ in blocks_of(sheet)] == ["heading", "paragraph"]


def test_notes_of_older_documents() -> None:
    sheet = body(Sheet(), "The Committee took note of the report. 1/", "It adopted it.")
    body(sheet, "1/ See A/50/23 (Part III), to be issued", "as a supplement.", "2/ Ibid.", gap=20)
    assert [kind for kind, _ in blocks_of(sheet)] == ["paragraph", "footnote", "footnote"]


def test_a_heading_drawn_last_comes_before_its_text() -> None:
    sheet = body(Sheet(), "The text was drawn first, and is long enough.", "It ends here.")
    sheet.add("A title above it", size=16, at=799)
    assert [kind for kind, _ in blocks_of(sheet)] == ["heading", "paragraph"]


def test_list_items_and_lone_marks() -> None:
    sheet = body(
        Sheet(), "Officers should:", "(a) ask kindly and", "clearly;", "•", "listen;", "– write."
    )
    assert blocks_of(sheet) == [
        ("paragraph", "Officers should:"),
        ("list_item", "(a) ask kindly and / clearly;"),
        ("list_item", "• / listen;"),
        ("list_item", "– write."),
    ]


def test_numbered_paragraphs_are_parted() -> None:
    long = "that officers of all ranks receive training before they serve at any border point, and"
    sheet = body(Sheet(), f"27. The Committee notes {long}", f"recommends {long}", "again.")
    body(sheet, f"28. The Committee asks {long}", f"recommends {long}", "once more.")
    assert [(kind, words[:3]) for kind, words in blocks_of(sheet)] == [
        ("paragraph", "27."),
        ("paragraph", "28."),
    ]


def test_paragraphs_part_at_gaps_and_short_last_lines() -> None:
    sheet = body(Sheet(), "A first paragraph that fills the line to its end,", "then stops.")
    body(sheet, "A second one starts on the next line, at the left.")
    body(sheet, "A third stands further down the page, after a gap", gap=8)
    assert len(blocks_of(sheet)) == 3


def test_a_line_with_a_broken_word_counts_as_two() -> None:
    sheet = body(Sheet(), "A line that ends in a hy\ufffephen and its second line,")
    body(sheet, "goes on two leadings below.", gap=LEADING)
    assert len(blocks_of(sheet)) == 1


def test_a_paragraph_goes_on_over_the_page_break() -> None:
    first = body(Sheet(), "The agency trains its officers in the needs of")
    first.add("1 A note that stands below.", size=7, at=80, mark_size=5)
    second = Sheet().add("Handbook", at=799).add("women, men and others.", at=700)
    third = Sheet().add("Handbook", at=799).add("Another begins here.", at=700)
    fourth = Sheet().add("Handbook", at=799).add("And ends here.", at=700)
    assert [kind for kind, _ in blocks_of(first, second, third, fourth)] == [
        "paragraph",
        "footnote",
        "furniture",
        "paragraph+",
        "furniture",
        "paragraph",
        "furniture",
        "paragraph",
    ]


def test_rows_of_figures_are_a_table() -> None:
    sheet = body(Sheet(), "The table gives the numbers of women by country.")
    body(
        sheet,
        "Albania 12 45 9.7",
        "Moldova 10 44 8.1",
        "Serbia 31 90 7.5",
        "Ukraine 2 3 4.4",
        gap=8,
    )
    assert [kind for kind, _ in blocks_of(sheet)][-1] == "table"


def test_without_positions_numbered_section_titles_are_headings() -> None:
    text = "Chapter III Border checks\nOfficers check documents.\nThey ask."
    found = find_blocks([text], [plain_lines(text)])
    assert found[0].kind is BlockKind.HEADING
    assert found[1].kind is BlockKind.PARAGRAPH


# --- columns, on real pages ----------------------------------------------------------------------

TYPST = '#set page(width: 16cm, height: 14cm, margin: 1.5cm)\n#set text(size: 9pt, lang: "en")\n'


def paragraphs(prefix: str, count: int) -> str:
    """Return typst paragraphs that open with a word of their own: "Apple1", "Apple2" …"""
    return "\n\n".join(f"{prefix}{n} opens. #lorem(22)" for n in range(1, count + 1))


def order_of(tmp_path: Path, source: str, *words: str) -> list[str]:
    """Return the words in the order in which the blocks of the typeset page hold them."""
    path = tmp_path / "page.pdf"
    path.write_bytes(typst.compile((TYPST + source).encode()))
    reading = PdfReader().read(path)
    said = [reading.pages[b.page].text[b.start : b.end] for b in reading.blocks]
    places = {word: next(n for n, text in enumerate(said) if word in text) for word in words}
    return sorted(words, key=lambda word: places[word])


@pytest.mark.parametrize("columns", [1, 2, 3])
def test_columns_are_read_one_after_the_other(tmp_path: Path, columns: int) -> None:
    count = 5 * columns
    words = [f"Apple{n} " for n in range(1, count + 1)]
    source = f"#columns({columns})[{paragraphs('Apple', count)}]"
    assert order_of(tmp_path, source, *words) == words


@pytest.mark.parametrize("columns", [2, 3])
@pytest.mark.parametrize(
    "middle",
    [
        "#text(size: 14pt)[Middle]",
        '#table(columns: 4, [Middle], [2020], [2021], [2022], ..("1", "2", "3", "4") * 3)',
    ],
    ids=["heading", "table"],
)
def test_what_stands_across_all_columns(tmp_path: Path, columns: int, middle: str) -> None:
    words = [*(f"Apple{n} " for n in range(1, 4)), "Middle", *(f"Berry{n} " for n in range(1, 4))]
    half = "#block(height: 4.6cm, columns({}, gutter: 6mm)[{}])\n"
    source = (
        half.format(columns, paragraphs("Apple", 3))
        + middle
        + half.format(columns, paragraphs("Berry", 3))
    )
    assert order_of(tmp_path, source, *words) == words


def test_footnotes_beneath_columns(tmp_path: Path) -> None:
    source = (
        "#set page(columns: 2)\n"
        "Left side opens.#footnote[A first note.] #lorem(60)\n#colbreak()\n"
        "Right side opens.#footnote[A second note.] #lorem(60)"
    )
    path = tmp_path / "page.pdf"
    path.write_bytes(typst.compile((TYPST + source).encode()))
    reading = PdfReader().read(path)
    kinds = {
        reading.pages[b.page].text[b.start : b.end].split(".")[0]: b.kind for b in reading.blocks
    }
    assert kinds["1A first note"] is kinds["2A second note"] is BlockKind.FOOTNOTE
    assert kinds["Left side opens"] is kinds["Right side opens"] is BlockKind.PARAGRAPH
    assert split("id", reading)[0].text.startswith("Left side opens. Lorem ")


def test_text_drawn_after_what_stands_below_it() -> None:
    """As in scans whose text layer runs upwards."""
    sheet = Sheet()
    for number, height in ((3, 500), (2, 600), (1, 700)):
        sheet.add(f"{number}. The report takes note of that, and it is long", at=height)
        sheet.add("enough for two lines.")
    assert [words[:2] for _, words in blocks_of(sheet)] == ["1.", "2.", "3."]


def test_a_pull_quote_drawn_last_does_not_break_a_sentence() -> None:
    sheet = body(Sheet(), "The agencies train their officers in the needs of", "all travellers")
    sheet.add("and of their families, and see to it that they learn.", gap=60)
    sheet.add("Train all officers.", at=750, bold=True)
    assert [words for _, words in blocks_of(sheet)][-1] == "Train all officers."


def test_text_does_not_run_on_in_a_column_to_the_left() -> None:
    sheet = Sheet().add("The text in the right column breaks off in the", left=350, at=100)
    sheet.add("Highlights of this brief", left=70, at=500)
    assert len(blocks_of(sheet)) == 2
    sheet = Sheet().add("The left column breaks off in the", left=70, at=100)
    sheet.add("middle of a sentence.", left=350, at=500)
    assert len(blocks_of(sheet)) == 1


def test_a_hyphen_over_a_column_break_keeps_the_columns_together() -> None:
    sheet = Sheet().add("The levels of respon\ufffesibility are named", left=70, at=100)
    line = sheet.lines[0]
    sheet.lines[0] = replace(line, right=500, top=700 + 1.2 * SIZE)
    sheet.add("here, in the next column.", left=350, at=700 - LEADING)
    assert len(blocks_of(sheet)) == 1


def test_the_last_word_of_a_paragraph_is_no_mark_of_an_item() -> None:
    sheet = body(Sheet(), "Officers keep children safe and give aid and", "aid.")
    body(sheet, "Every one of them is trained for it, on the job.", gap=10)
    assert len(blocks_of(sheet)) == 2


def test_a_dash_within_a_sentence_is_no_item() -> None:
    sheet = body(Sheet(), "Protecting children is not a short project", "– it is a duty.")
    assert [kind for kind, _ in blocks_of(sheet)] == ["paragraph"]
    sheet = body(Sheet(), "Officers are asked to do this:", "– ask kindly", "– listen")
    assert [kind for kind, _ in blocks_of(sheet)] == ["paragraph", "list_item", "list_item"]


def test_small_print_that_wraps_on_a_figure_is_no_footnote() -> None:
    sheet = body(Sheet(), "The body is set larger than the rules beneath it,", "and is long.")
    sheet.add("The rules apply to the models that are named in bulletin", size=8, gap=20)
    sheet.add("737 of June, and to all that are built", size=8).add("after it.", size=8)
    assert "footnote" not in [kind for kind, _ in blocks_of(sheet)]


def test_text_set_sideways_in_the_margin_is_furniture() -> None:
    sheet = body(Sheet(), *["The body of the page stands upright, and"] * 5, "it ends here.")
    sheet.add("Downloads of this page are counted", at=300)
    line = sheet.lines[-1]
    sheet.lines[-1] = replace(line, left=10, right=20, top=600)
    assert [kind for kind, _ in blocks_of(sheet)] == ["paragraph", "furniture"]


def test_a_small_line_alone_at_the_edge_is_furniture() -> None:
    sheet = body(Sheet(), "The body of the page is set in ten points, and", "has two lines.")
    sheet.add("Agency for borders | www.agency.example", size=8, at=30)
    assert [kind for kind, _ in blocks_of(sheet)] == ["paragraph", "furniture"]


def test_a_number_beside_a_small_line_is_its_page_number_or_its_mark() -> None:
    for left, kinds in ((400, ["furniture", "furniture"]), (60, ["furniture", "paragraph"])):
        sheet = body(Sheet(), "The body of the page is set in ten points, and", "has two lines.")
        sheet.add("3", size=8, at=30, left=left)
        sheet.add("An agency, and what it is called", size=8, at=30)
        assert [kind for kind, _ in blocks_of(sheet)] == ["paragraph", *kinds]


def test_sentences_and_captions_at_the_edge_stay() -> None:
    for words in ("Source: the agency, 2020", "This is a sentence of its own."):
        sheet = body(Sheet(), "The body of the page is set in ten points, and", "has two lines.")
        sheet.add(words, size=8, at=30)
        assert [kind for kind, _ in blocks_of(sheet)] == ["paragraph", "paragraph"], words


def test_stamps_of_repositories_are_furniture() -> None:
    sheet = body(Sheet(), "The body of the page.")
    sheet.add("Downloaded from library.example on 3 May 2020", at=40)
    assert [kind for kind, _ in blocks_of(sheet)] == ["paragraph", "furniture"]


def test_a_long_line_with_an_address_is_no_heading() -> None:
    sheet = Sheet().add("Apply by the form at https://forms.example/apply", size=14)
    body(sheet, "Officers help with it, and do so without a charge,", "at any border.", gap=10)
    assert "heading" not in [kind for kind, _ in blocks_of(sheet)]
