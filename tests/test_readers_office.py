"""Word and PowerPoint files, made here: what only these formats have."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pptx
import pytest
from docx.oxml.parser import parse_xml
from hypothesis import given
from hypothesis import strategies as st
from pptx.util import Inches

from gendergpt import references
from gendergpt.errors import UnreadableFile
from gendergpt.readers.docx import DocxReader
from gendergpt.readers.numerals import letters, roman
from gendergpt.readers.pptx import NOTES, PptxReader
from gendergpt.readers.tables import Cell, write_table
from gendergpt.readers.writing import Writer
from gendergpt.types import BlockKind, Citation, Document, PageRef, Reading, Span, Status

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
NAMES = (
    f'xmlns:w="{W}" xmlns:v="urn:schemas-microsoft-com:vml"'
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)


def words(reading: Reading) -> list[tuple[str, str]]:
    return [
        (str(block.kind), reading.pages[block.page].text[block.start : block.end])
        for block in reading.blocks
    ]


# --- Word ----------------------------------------------------------------------------------------


@pytest.fixture
def word(tmp_path: Path) -> Callable[..., Reading]:
    """Read a Word document whose body is the given XML, perhaps with numbering and styles."""

    def make(body: str, numbering: str = "", styles: str = "") -> Reading:
        document: Any = docx.Document()
        for part, xml in ((document.part.numbering_part, numbering), (document.styles, styles)):
            for child in parse_xml(f"<w:x {NAMES}>{xml}</w:x>") if xml else ():
                element = part.element
                element.insert(0, child) if child.tag.endswith("abstractNum") else element.append(
                    child
                )
        for child in list(parse_xml(f"<w:x {NAMES}>{body}</w:x>")):
            document.element.body.insert_element_before(child, "w:sectPr")
        path = tmp_path / "made.docx"
        document.save(str(path))
        return DocxReader().read(path)

    return make


def p(text: str, properties: str = "") -> str:
    run = f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'
    return f"<w:p><w:pPr>{properties}</w:pPr>{run}</w:p>"


def level(place: int, format_: str, text: str, more: str = "") -> str:
    return (
        f'<w:lvl w:ilvl="{place}"><w:start w:val="1"/><w:numFmt w:val="{format_}"/>{more}'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


def listed(text: str, number: int, depth: int = 0) -> str:
    return p(text, f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>')


LISTS = (
    '<w:abstractNum w:abstractNumId="90">'
    + level(0, "decimal", "%1.")
    + level(1, "lowerLetter", "(%2)")
    + level(2, "lowerRoman", "%1.%2.%3)")
    + '</w:abstractNum><w:num w:numId="91"><w:abstractNumId w:val="90"/></w:num>'
    '<w:num w:numId="92"><w:abstractNumId w:val="90"/><w:lvlOverride w:ilvl="0">'
    '<w:startOverride w:val="27"/></w:lvlOverride></w:num>'
)


def test_automatic_numbers_stand_before_their_paragraphs(word: Callable[..., Reading]) -> None:
    long = "A paragraph of a report goes on and on. " * 6
    reading = word(
        listed("One", 91) + listed("a", 91, 1) + listed("b", 91, 1) + listed("deep", 91, 2)
        + p("Between.") + listed("Two", 91) + listed("again a", 91, 1)
        + listed(long, 92) + listed("Twenty-eight", 92) + listed("No such list", 77),
        LISTS,
    )  # fmt: skip
    assert words(reading) == [
        ("list_item", "1. One"),
        ("list_item", "(a) a"),
        ("list_item", "(b) b"),
        ("list_item", "1.b.i) deep"),
        ("paragraph", "Between."),
        ("list_item", "2. Two"),
        ("list_item", "(a) again a"),
        ("paragraph", f"27. {long}".strip()),
        ("list_item", "28. Twenty-eight"),
        ("paragraph", "No such list"),
    ]


def test_numbers_that_count_through_the_document_count_paragraphs(
    word: Callable[..., Reading],
) -> None:
    reading = word("".join(listed(f"Short {n}.", 91) for n in range(12)), LISTS)
    assert words(reading)[11] == ("paragraph", "12. Short 11.")


def test_headings_by_outline_level_name_and_localised_id(word: Callable[..., Reading]) -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="berschrift2"><w:name w:val="heading 2"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="Eigene"><w:name w:val="Eigene"/>'
        '<w:basedOn w:val="berschrift2"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="Verz1"><w:name w:val="toc 1"/></w:style>'
    )
    reading = word(
        p("By name", '<w:pStyle w:val="berschrift2"/>')
        + p("By its base", '<w:pStyle w:val="Eigene"/>')
        + p("By level", '<w:outlineLvl w:val="2"/>')
        + p("Undefined", '<w:pStyle w:val="Titre1"/>')
        + p("Body after all", '<w:pStyle w:val="berschrift2"/><w:outlineLvl w:val="9"/>')
        + p("By name 1", '<w:pStyle w:val="Verz1"/>'),
        styles=styles,
    )
    found = [(b.level, text) for b, (_, text) in zip(reading.blocks, words(reading), strict=True)]
    assert found == [
        (2, "By name"), (2, "By its base"), (3, "By level"), (1, "Undefined"),
        (0, "Body after all"), (0, "By name 1"),
    ]  # fmt: skip
    assert words(reading)[-1][0] == "contents"


def test_what_is_deleted_hidden_or_code_is_no_text(word: Callable[..., Reading]) -> None:
    reading = word(
        "<w:p><w:r><w:t>Kept</w:t></w:r>"
        "<w:del><w:r><w:delText>gone</w:delText></w:r></w:del>"
        '<w:del><w:r><w:t xml:space="preserve"> gone too</w:t></w:r></w:del>'
        "<w:moveFrom><w:r><w:t>moved</w:t></w:r></w:moveFrom>"
        '<w:ins><w:r><w:t xml:space="preserve"> and added</w:t></w:r></w:ins>'
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r>"
        '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>, shown</w:t></w:r>'
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>PAGE</w:instrText></w:r>'
        '<w:r><w:t>code</w:t></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        '<w:r><w:t xml:space="preserve"> 14</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
        '<w:hyperlink><w:r><w:t xml:space="preserve"> a link</w:t></w:r></w:hyperlink>'
        "<w:r><w:br/><w:t>next</w:t><w:noBreakHyphen/><w:t>line</w:t></w:r></w:p>"
        + "<w:sdt><w:sdtContent>" + p("In a control.") + "</w:sdtContent></w:sdt>"
    )  # fmt: skip
    assert words(reading) == [
        ("paragraph", "Kept and added, shown 14 a link\nnext\u2011line"),
        ("paragraph", "In a control."),
    ]


def test_comments_are_no_text(tmp_path: Path) -> None:
    document: Any = docx.Document()
    paragraph = document.add_paragraph("Words of the guidance.")
    document.add_comment(paragraph.runs, text="Who wrote this?", author="A", initials="a")
    document.save(str(tmp_path / "a.docx"))
    reading = DocxReader().read(tmp_path / "a.docx")
    assert words(reading) == [("paragraph", "Words of the guidance.")]


def test_text_boxes_are_read_once_after_their_paragraph(word: Callable[..., Reading]) -> None:
    box = "<w:txbxContent>" + p("In the box.") + "</w:txbxContent>"
    reading = word(
        "<w:p><w:r><w:t>Around.</w:t><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing>"
        f"<wps:txbx>{box}</wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>{box}"
        "</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>" + p("After.")
    )
    assert [text for _, text in words(reading)] == ["Around.", "In the box.", "After."]


def test_notes_come_last_and_headers_first(word: Callable[..., Reading], tmp_path: Path) -> None:
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part

    document: Any = docx.Document()
    document.sections[0].header.paragraphs[0].text = "A/74/191"
    paragraph = document.add_paragraph("Women cross, too.")
    paragraph.add_run()._r.append(parse_xml(f'<w:footnoteReference {NAMES} w:id="2"/>'))
    document.add_paragraph("The end of it.")
    notes = (
        f'<w:footnotes {NAMES}><w:footnote w:id="0" w:type="separator">{p("-")}</w:footnote>'
        f'<w:footnote w:id="2">{p("See the handbook.")}</w:footnote>'
        f'<w:footnote w:id="3">{p("Never referred to.")}</w:footnote></w:footnotes>'
    )
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    part = Part(PackURI("/word/footnotes.xml"), kind, notes.encode(), document.part.package)
    document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
    document.save(str(tmp_path / "notes.docx"))
    assert words(DocxReader().read(tmp_path / "notes.docx")) == [
        ("furniture", "A/74/191"),
        ("paragraph", "Women cross, too."),
        ("paragraph", "The end of it."),
        ("footnote", "[1] See the handbook."),
    ]


def table(*rows: str, properties: str = "") -> str:
    return f"<w:tbl>{''.join(f'<w:tr>{properties}{row}</w:tr>' for row in rows)}</w:tbl>"


def cell(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{p(text)}</w:tc>"


def test_merged_cells_are_repeated_down(word: Callable[..., Reading]) -> None:
    reading = word(
        table(
            cell("Region") + cell("Year") + cell("Share"),
            cell("East", '<w:vMerge w:val="restart"/>') + cell("2017") + cell("9"),
            cell("", "<w:vMerge/>") + cell("2021") + cell("11"),
            cell("No figures", '<w:gridSpan w:val="3"/>'),
        )
    )
    assert words(reading) == [
        ("table", "Region: East; Year: 2017; Share: 9"),
        ("table", "Region: East; Year: 2021; Share: 11"),
        ("table", "Region: No figures"),
    ]


def test_a_table_that_only_places_text_is_that_text(word: Callable[..., Reading]) -> None:
    heading = "<w:tc>" + p("Rooms", '<w:outlineLvl w:val="0"/>') + p("A paragraph.") + "</w:tc>"
    reading = word(table(heading + cell("Beside it.")) + table(cell("One"), cell("column")))
    assert words(reading) == [
        ("heading", "Rooms"),
        ("paragraph", "A paragraph."),
        ("paragraph", "Beside it."),
        ("paragraph", "One"),
        ("paragraph", "column"),
    ]


def test_properties_of_a_word_file(tmp_path: Path) -> None:
    document: Any = docx.Document()
    document.add_paragraph("Words.")
    core = document.core_properties
    core.title, core.author, core.language = "Own  title", "An Agency", "en-GB"
    document.save(str(tmp_path / "a.docx"))
    reading = DocxReader().read(tmp_path / "a.docx")
    assert (reading.title, reading.author, reading.language) == ("Own title", "An Agency", "en-GB")
    assert reading.year is None


def test_a_word_file_without_text_is_refused(word: Callable[..., Reading]) -> None:
    with pytest.raises(UnreadableFile, match=r"made\.docx holds no text"):
        word("<w:p/>")


# --- PowerPoint ----------------------------------------------------------------------------------


class Deck:
    """A presentation under construction."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.show: Any = pptx.Presentation()

    def slide(self, title: str | None = None, layout: int = 6) -> Any:
        slide = self.show.slides.add_slide(self.show.slide_layouts[5 if title else layout])
        if title:
            slide.shapes.title.text = title
        return slide

    def box(self, shapes: Any, text: str, left: float, top: float) -> Any:
        box = shapes.add_textbox(Inches(left), Inches(top), Inches(2), Inches(1))
        box.text_frame.text = text
        return box

    def read(self) -> Reading:
        self.show.save(str(self.path))
        return PptxReader().read(self.path)


@pytest.fixture
def deck(tmp_path: Path) -> Deck:
    return Deck(tmp_path / "made.pptx")


def test_shapes_are_read_from_top_to_bottom_and_left_to_right(deck: Deck) -> None:
    slide = deck.slide("Order")
    deck.box(slide.shapes, "fourth", 1, 6)
    deck.box(slide.shapes, "second", 5, 2)
    deck.box(slide.shapes, "first", 1, 2.1)
    group = slide.shapes.add_group_shape()
    deck.box(group.shapes, "third", 1, 4)
    hidden = deck.box(slide.shapes, "unseen", 1, 5)
    hidden.element.nvSpPr.cNvPr.set("hidden", "1")
    found = [text for _, text in words(deck.read())]
    assert found == ["Order", "first", "second", "third", "fourth"]


def test_notes_stand_under_a_heading_of_ours_in_the_slides_text(deck: Deck) -> None:
    slide = deck.slide("Searches")
    deck.box(slide.shapes, "On the slide.", 1, 3)
    slide.notes_slide.notes_text_frame.text = "Ask the group first.\nThen show the film."
    reading = deck.read()
    assert words(reading) == [
        ("heading", "Searches"),
        ("paragraph", "On the slide."),
        ("heading", NOTES),
        ("paragraph", "Ask the group first."),
        ("paragraph", "Then show the film."),
    ]
    assert [block.level for block in reading.blocks] == [1, 0, 2, 0, 0]
    assert NOTES in reading.pages[0].text


def test_a_slide_without_a_title_does_not_pass_for_the_one_before(deck: Deck) -> None:
    deck.box(deck.slide("Searches").shapes, "Of searches.", 1, 3)
    deck.box(deck.slide().shapes, "Of something else.", 1, 3)
    deck.slide()
    reading = deck.read()
    assert words(reading)[2:] == [("heading", "Slide 2"), ("paragraph", "Of something else.")]
    assert [page.number for page in reading.pages] == [1, 2, 3]
    assert reading.pages[2].text == ""


def test_hidden_slides_are_read_and_named(deck: Deck) -> None:
    deck.box(deck.slide("One").shapes, "Shown.", 1, 3)
    slide = deck.slide("Two")
    deck.box(slide.shapes, "In reserve.", 1, 3)
    slide.element.set("show", "0")
    reading = deck.read()
    assert "In reserve." in reading.pages[1].text
    assert reading.warnings == (
        "Slide 2 is hidden in the presentation; what stands there was read, too.",
    )


def test_bullets_and_automatic_numbers(deck: Deck) -> None:
    slide = deck.show.slides.add_slide(deck.show.slide_layouts[1])
    frame = slide.placeholders[1].text_frame
    frame.text = "bullet of the layout"
    names = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    for kind in ('<a:buAutoNum type="romanUcParenBoth" startAt="4"/>',) * 2 + ("<a:buNone/>",):
        paragraph = frame.add_paragraph()
        paragraph.text = "words"
        paragraph._p.get_or_add_pPr().append(parse_xml(kind.replace(" ", f" {names} ", 1)
            if " " in kind else kind.replace("/>", f" {names}/>")))  # fmt: skip
    assert words(deck.read())[1:] == [
        ("list_item", "- bullet of the layout"),
        ("list_item", "(IV) words"),
        ("list_item", "(V) words"),
        ("paragraph", "words"),
    ]


def test_pictures_alone_are_refused(deck: Deck) -> None:
    deck.slide("Only a title")
    with pytest.raises(UnreadableFile, match=r"made\.pptx holds no text beyond titles"):
        deck.read()


def test_a_citation_names_the_slide() -> None:
    document = Document("id", "Course", path="/shelf/Course.PPTX")
    spans = [Span(PageRef(5, None), 0, 4), Span(PageRef(6, None), 0, 4)]
    cited = Citation(1, "“Q”", Status.EXACT, (spans[0],), ("Searches",), "p", document)
    assert references.locator(cited) == "slide 5"
    assert references.place(spans, (), document) == "slides 5–6"
    assert references.place(spans, ()) == "PDF pages 5–6"


# --- what they share -----------------------------------------------------------------------------


@given(
    st.lists(
        st.lists(
            st.builds(
                Cell,
                st.text("ab ", max_size=3).map(str.strip),
                st.integers(-2, 10**9),
                st.integers(-2, 10**9),
            ),
            max_size=4,
        ),
        max_size=5,
    ),
    st.none() | st.integers(0, 6),
)
def test_any_table_is_written(rows: list[list[Cell]], headers: int | None) -> None:
    writer = Writer()
    write_table(writer, rows, headers)
    assert all(block.kind is BlockKind.TABLE for block in writer.blocks)
    shown = [writer.text[block.start : block.end] for block in writer.blocks]
    assert "\n".join(shown) == writer.text


def test_numerals() -> None:
    assert [roman(n) for n in (1, 4, 9, 14, 40, 1999, 0, 4000)] == [
        "i", "iv", "ix", "xiv", "xl", "mcmxcix", "0", "4000",
    ]  # fmt: skip
    assert [letters(n) for n in (1, 26, 27, 53, 10**9)] == ["a", "z", "aa", "aaa", "1000000000"]
