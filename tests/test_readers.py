"""Markdown and plain text, and which reader takes which file."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gendergpt.errors import UnreadableFile
from gendergpt.readers import SUFFIXES, reader_for
from gendergpt.readers.markdown import MarkdownReader
from gendergpt.readers.text import TextReader
from gendergpt.readers.wire import WireError, pack, unpack
from gendergpt.types import Block, BlockKind, Page, Reading

SHARED = Path(__file__).resolve().parents[2] / "shared"


def words(reading: Reading) -> list[tuple[str, str]]:
    """Return (kind, words) of each block."""
    return [
        (str(block.kind), reading.pages[block.page].text[block.start : block.end])
        for block in reading.blocks
    ]


def check_blocks(reading: Reading) -> None:
    """Blocks are stripped, in bounds and do not overlap."""
    taken: set[tuple[int, int]] = set()
    for block in reading.blocks:
        text = reading.pages[block.page].text[block.start : block.end]
        assert text
        assert text == text.strip()
        span = {(block.page, place) for place in range(block.start, block.end)}
        assert not taken & span
        taken |= span


def markdown(tmp_path: Path, source: str) -> Reading:
    path = tmp_path / "note.md"
    path.write_text(source, encoding="utf-8")
    reading = MarkdownReader().read(path)
    check_blocks(reading)
    return reading


def text(tmp_path: Path, raw: bytes) -> Reading:
    path = tmp_path / "note.txt"
    path.write_bytes(raw)
    reading = TextReader().read(path)
    check_blocks(reading)
    return reading


# --- which reader --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["a.pdf", "A.PDF", "a.pdf.pdf", "a.md", "a.Txt", "a.DOCX", "a.pptx", "a.htm", "a.xhtml"]
)
def test_reader_by_suffix_in_any_case(name: str) -> None:
    reader = reader_for(Path(name))
    assert reader is not None
    assert reader.version


def test_no_reader_for_other_files() -> None:
    assert reader_for(Path("a.exe")) is None
    assert reader_for(Path("pdf")) is None
    assert {".pdf", ".md", ".txt"} <= SUFFIXES


def test_nothing_heavy_is_imported_with_the_readers() -> None:
    script = (
        "import sys; import gendergpt.readers.sandbox; "
        "print([m for m in ('pypdf', 'pypdfium2', 'markdown_it', 'numpy', 'docx', 'pptx', 'bs4', "
        "'lxml', 'PIL') if m in sys.modules])"
    )
    paths = {"PYTHONPATH": ":".join(entry for entry in sys.path if entry)}
    done = subprocess.run(
        [sys.executable, "-c", script], env=paths, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


# --- Markdown ------------------------------------------------------------------------------------


def test_markdown_is_plain_text_with_markup_dropped(tmp_path: Path) -> None:
    reading = markdown(
        tmp_path,
        "# The *main* title\n\nA **bold** [link](http://example.org) and `code`,\nnext line.\n\n"
        "![a picture](x.png) here <b>raw</b>\n\n<div>dropped</div>\n\n## Part\n\n> quoted\n",
    )
    assert words(reading) == [
        ("heading", "The main title"),
        ("paragraph", "A bold link and code,\nnext line."),
        ("paragraph", "a picture here raw"),
        ("heading", "Part"),
        ("paragraph", "quoted"),
    ]
    assert [b.level for b in reading.blocks if b.kind is BlockKind.HEADING] == [1, 2]
    assert reading.title == "The main title"
    assert reading.pages[0].number is None
    assert reading.pages[0].label is None


def test_markdown_lists_keep_their_marks(tmp_path: Path) -> None:
    reading = markdown(
        tmp_path, "Lead-in:\n\n- one\n- two\n  1. inner\n\n3. three\n4. four\n\n   more\n"
    )
    assert words(reading) == [
        ("paragraph", "Lead-in:"),
        ("list_item", "- one"),
        ("list_item", "- two"),
        ("list_item", "1. inner"),
        ("list_item", "3. three"),
        ("list_item", "4. four"),
        ("paragraph", "more"),
    ]
    assert "- one\n- two" in reading.pages[0].text


def test_markdown_table_rows_carry_their_header(tmp_path: Path) -> None:
    reading = markdown(
        tmp_path,
        "| Year | Share | |\n|---|---|---|\n| 2017 | 9 % | low |\n| 2021 | | |\n\nAfter.\n",
    )
    assert words(reading) == [
        ("table", "Year: 2017; Share: 9 %; low"),
        ("table", "Year: 2021"),
        ("paragraph", "After."),
    ]


@pytest.mark.parametrize(
    "header",
    [
        '---\ntitle: "A title"\nlanguage: fr\nyear: 2020\ntags:\n  - x\n---\n',
        "+++\ntitle = 'A title'\nlang = \"fr\"\ndate = 2020-03-01\n+++\n",
        "---\r\ntitle: A title\r\nlanguage: fr\r\ndate: 1 March 2020\r\n---\r\n",
    ],
)
def test_markdown_front_matter_is_metadata_not_text(tmp_path: Path, header: str) -> None:
    reading = markdown(tmp_path, header + "\n# Heading\n\nBody.\n")
    assert (reading.title, reading.language, reading.year) == ("A title", "fr", 2020)
    assert "A title" not in reading.pages[0].text
    assert words(reading) == [("heading", "Heading"), ("paragraph", "Body.")]


def test_markdown_footnote_definitions(tmp_path: Path) -> None:
    reading = markdown(tmp_path, "Text.[^1]\n\n[^1]: See the handbook, page 3.\n")
    assert words(reading)[-1] == ("footnote", "[^1]: See the handbook, page 3.")


def test_markdown_without_text_or_not_utf8_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="holds no text"):
        markdown(tmp_path, "---\ntitle: x\n---\n\n<!-- nothing -->\n")
    (tmp_path / "latin.md").write_bytes("é".encode("latin-1"))
    with pytest.raises(UnreadableFile, match="UTF-8"):
        MarkdownReader().read(tmp_path / "latin.md")


# --- plain text ----------------------------------------------------------------------------------


def test_text_with_a_paragraph_a_line(tmp_path: Path) -> None:
    reading = text(
        tmp_path,
        b"A title of the article.\nhttps://example.org/1\n\nFirst paragraph ends.\n"
        b"Second one was broken in the\nmiddle of a sentence.\n[1] A source.\n",
    )
    assert reading.title == "A title of the article"
    assert words(reading) == [
        ("heading", "A title of the article."),
        ("furniture", "https://example.org/1"),
        ("paragraph", "First paragraph ends."),
        ("paragraph", "Second one was broken in the\nmiddle of a sentence."),
        ("footnote", "[1] A source."),
    ]


def test_text_broken_at_a_fixed_width(tmp_path: Path) -> None:
    reading = text(
        tmp_path,
        b"Report on Borders\r\n\r\nWomen and men cross borders for many\r\n"
        b"reasons. Officers need to\r\n"
        b"know them.\r\n\r\nThey should:\r\n- ask kindly and\r\n  clearly\r\n- listen\r\n",
    )
    assert words(reading) == [
        ("heading", "Report on Borders"),
        (
            "paragraph",
            "Women and men cross borders for many\r\nreasons. Officers need to\r\nknow them.",
        ),
        ("paragraph", "They should:"),
        ("list_item", "- ask kindly and\r\n  clearly"),
        ("list_item", "- listen"),
    ]


@pytest.mark.parametrize(
    ("raw", "expected", "warned"),
    [
        ("\ufeffGrenzübertritt.".encode(), "Grenzübertritt.", False),
        ("Grenzübertritt.".encode("utf-16"), "Grenzübertritt.", False),
        (("Grenzübertritt für Männer und Frauen. " * 20).encode("cp1252"), "Grenzübertritt", True),
        ("«Égalité» des femmes à la frontière, ça compte.".encode("cp1252"), "«Égalité»", True),
        ("Женщины и мужчины пересекают границу.".encode("cp1251"), "Женщины", True),
    ],
)
def test_text_encodings(tmp_path: Path, raw: bytes, expected: str, warned: bool) -> None:
    reading = text(tmp_path, raw)
    assert reading.pages[0].text.startswith(expected)
    assert bool(reading.warnings) is warned


@pytest.mark.parametrize("raw", [b"PK\x03\x04\x00\x00rest", b"\xff\xd8\xff\xe0\x00\x10JFIF" * 9])
def test_binary_is_refused(tmp_path: Path, raw: bytes) -> None:
    with pytest.raises(UnreadableFile, match="binary"):
        text(tmp_path, raw)


def test_binary_markdown_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="binary"):
        markdown(tmp_path, "# Title\n\nWomen search \x00 women.\n")


def test_blank_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="no text"):
        text(tmp_path, b" \n\n ")


@pytest.mark.parametrize(
    "line",
    [
        "At the border post women travellers are searched by women officers in a private room.",
        "Do the officers at the border post know how to search women in a private room?",
        "Half of all people on the move globally are women \u2013 the border guards are mostly men",
    ],
)
def test_a_first_line_that_is_a_sentence_is_no_title(tmp_path: Path, line: str) -> None:
    reading = text(tmp_path, f"{line}\n\nThe officers keep a list.\n".encode())
    assert reading.title is None
    assert words(reading)[0] == ("paragraph", line)


@pytest.mark.parametrize(
    ("source", "title"),
    [
        ("Guards are trained. A long title with an address below it is a title, all of it.\n"
         "https://example.org/1\n\nBody text.\n",
         "Guards are trained. A long title with an address below it is a title, all of it"),
        ("Rooms at the crossing.\n\nBody text.\n", "Rooms at the crossing"),
        ("Gender mainstreaming in border management: a handbook for trainers and for managers of "
         "training\n\nBody text.\n",
         "Gender mainstreaming in border management: a handbook for trainers and for managers of "
         "training"),
        ("What is gender mainstreaming?\n\nBody text.\n", "What is gender mainstreaming?"),
    ],
)  # fmt: skip
def test_titles_of_texts(tmp_path: Path, source: str, title: str) -> None:
    assert text(tmp_path, source.encode()).title == title


@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared is not at hand")
def test_the_article_this_project_grew_from() -> None:
    reading = TextReader().read(SHARED / "documents" / "iom-seeeca-womens-day-2022.txt")
    check_blocks(reading)
    kinds = [block.kind for block in reading.blocks]
    assert kinds[:2] == [BlockKind.HEADING, BlockKind.FURNITURE]
    assert kinds[-3:] == [BlockKind.FOOTNOTE] * 3
    assert set(kinds[2:-3]) == {BlockKind.PARAGRAPH}
    assert reading.title is not None
    assert reading.title.endswith("Gender mainstreaming in border management")
    assert any("assessments\nperformed" in said for _, said in words(reading))


@given(st.text(min_size=1, max_size=300))
def test_any_text_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, said: str) -> None:
    path = tmp_path_factory.mktemp("any") / "any"
    raw = said.encode("utf-8", errors="replace")
    for reader in (TextReader(), MarkdownReader()):
        path.write_bytes(raw)
        try:
            check_blocks(reader.read(path))
        except UnreadableFile as error:
            assert str(error)


# --- between the processes -----------------------------------------------------------------------


def test_a_reading_survives_the_wire() -> None:
    reading = Reading(
        pages=(Page(1, "iv", "Ünï\u2028 text"), Page(2, None, "")),
        blocks=(Block(BlockKind.HEADING, 0, 0, 3, level=2), Block(BlockKind.PARAGRAPH, 0, 5, 9)),
        title="T",
        year=2020,
        warnings=("w",),
    )
    assert unpack(pack(reading)) == reading


@pytest.mark.parametrize(
    "change",
    [
        {"pages": [[1, None, 3]]},
        {"pages": "abc"},
        {"blocks": [["paragraph", 0, 0, 99, 0, False]]},
        {"blocks": [["paragraph", 7, 0, 1, 0, False]]},
        {"blocks": [["shell", 0, 0, 1, 0, False]]},
        {"blocks": [["paragraph", 0, -1, 1, 0, False]]},
        {"year": "x"},
        {"title": 3},
        {"warnings": None},
    ],
)
def test_nonsense_from_the_wire_is_refused(change: dict[str, object]) -> None:
    value = pack(Reading(pages=(Page(1, None, "text"),), blocks=()))
    with pytest.raises(WireError):
        unpack(value | change)
