"""The same small document in every format, and files that are hostile in every format."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import docx
import pptx
import pytest
import typst
from pptx.util import Inches

from gendergpt.errors import UnreadableFile
from gendergpt.passages import split
from gendergpt.readers import READERS, reader_for
from gendergpt.readers.sandbox import Sandbox
from gendergpt.types import BlockKind, Reading

TITLE = "Gender at the Border"
SENTENCE = "Women are searched by women officers only, in a room of its own."
ITEMS = ("Ask before you touch anything.", "Explain what you are doing.")
HEADER = ("Year", "Share of women")
ROWS = (("2017", "nine in a hundred"), ("2021", "eleven in a hundred"))

MARKDOWN = f"""# {TITLE}

## Searches

### Rooms

{SENTENCE}

Officers should:

- {ITEMS[0]}
- {ITEMS[1]}

| {HEADER[0]} | {HEADER[1]} |
|---|---|
| {ROWS[0][0]} | {ROWS[0][1]} |
| {ROWS[1][0]} | {ROWS[1][1]} |
"""

TYPST = f"""#set document(title: "{TITLE}")
= {TITLE}
== Searches
=== Rooms
{SENTENCE}

Officers should:
- {ITEMS[0]}
- {ITEMS[1]}
#table(columns: 2, [{HEADER[0]}], [{HEADER[1]}], [{ROWS[0][0]}], [{ROWS[0][1]}],
  [{ROWS[1][0]}], [{ROWS[1][1]}])
"""

HTML = f"""<!DOCTYPE html><html lang="en-GB"><head><meta charset="utf-8">
<title>{TITLE} | A Site</title>
<script>var no = "text";</script><style>p {{ color: red }}</style></head><body>
<nav><a href="/">Menu</a></nav><main><h1>{TITLE}</h1><h2>Searches</h2><h3>Rooms</h3>
<p>{SENTENCE}</p><p>Officers should:</p><ul><li>{ITEMS[0]}<li><p>{ITEMS[1]}</p></ul>
<table><thead><tr><th>{HEADER[0]}<th>{HEADER[1]}</thead>
<tr><td>{ROWS[0][0]}<td>{ROWS[0][1]}<tr><td>{ROWS[1][0]}<td>{ROWS[1][1]}</table></main>
<footer>Contact</footer></body></html>"""

TEXT = f"{TITLE}\n\nSearches\n\n{SENTENCE}\n\nOfficers should:\n\n- {ITEMS[0]}\n- {ITEMS[1]}\n"


def write_docx(path: Path) -> None:
    document = docx.Document()
    document.add_paragraph(TITLE, "Title")
    document.add_heading("Searches", 1)
    document.add_heading("Rooms", 2)
    document.add_paragraph(SENTENCE)
    document.add_paragraph("Officers should:")
    for item in ITEMS:
        document.add_paragraph(item, "List Bullet")
    table = document.add_table(0, 2)
    for row in (HEADER, *ROWS):
        for cell, words in zip(table.add_row().cells, row, strict=True):
            cell.text = words
    document.save(str(path))


def write_pptx(path: Path) -> None:
    show = pptx.Presentation()
    first = show.slides.add_slide(show.slide_layouts[0])
    first.shapes.title.text = TITLE
    first.placeholders[1].text = "A course in two parts for trainers."
    slide = show.slides.add_slide(show.slide_layouts[1])
    slide.shapes.title.text = "Searches"
    body = slide.placeholders[1].text_frame
    body.text = SENTENCE
    for item in ("Officers should:", *ITEMS):
        body.add_paragraph().text = item
    frame = slide.shapes.add_table(3, 2, Inches(1), Inches(6), Inches(6), Inches(1))
    for row, words in enumerate((HEADER, *ROWS)):
        for column, word in enumerate(words):
            frame.table.cell(row, column).text = word
    show.save(str(path))


@dataclass(frozen=True)
class Made:
    """How a format's file is made, and what differs in it by the format's nature."""

    suffix: str
    write: Callable[[Path], Any]
    path: tuple[str, ...] = (TITLE, "Searches", "Rooms")
    mark: str = "- "
    rows: tuple[str, ...] = tuple(f"Year: {year}; Share of women: {share}" for year, share in ROWS)
    numbered: bool = False


MADE = (
    Made(".pdf", lambda path: path.write_bytes(typst.compile(TYPST.encode())), mark="• ",
         rows=tuple(" ".join(row) for row in ROWS), numbered=True),
    Made(".docx", write_docx),
    Made(".pptx", write_pptx, path=("Searches",), numbered=True),
    Made(".html", lambda path: path.write_text(HTML, "utf-8")),
    Made(".md", lambda path: path.write_text(MARKDOWN, "utf-8")),
    Made(".txt", lambda path: path.write_text(TEXT, "utf-8"), path=(TITLE, "Searches"), rows=()),
)  # fmt: skip


@pytest.fixture(params=MADE, ids=lambda made: made.suffix)
def made(request: pytest.FixtureRequest) -> Made:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
def file(made: Made, tmp_path: Path) -> Path:
    path = tmp_path / f"document{made.suffix}"
    made.write(path)
    return path


def read(path: Path) -> Reading:
    reader = reader_for(path)
    assert reader is not None
    return reader.read(path)


def said(reading: Reading, *kinds: BlockKind) -> list[str]:
    return [
        " ".join(reading.pages[block.page].text[block.start : block.end].split())
        for block in reading.blocks
        if block.kind in kinds
    ]


def test_every_reader_has_a_document_here() -> None:
    covered = {type(reader_for(Path(f"x{made.suffix}"))) for made in MADE}
    assert covered == {type(reader) for reader in READERS}


def test_title(file: Path) -> None:
    assert read(file).title == TITLE


def test_the_heading_path_leads_to_the_sentence(file: Path, made: Made) -> None:
    passages = [each for each in split("d", read(file)) if SENTENCE in each.text]
    assert [each.heading for each in passages] == [made.path]


def test_list_items_keep_their_marks(file: Path, made: Made) -> None:
    items = said(read(file), BlockKind.LIST_ITEM)
    assert [item for item in items if item.endswith(ITEMS)] == [made.mark + each for each in ITEMS]


def test_table_rows_carry_their_header(file: Path, made: Made) -> None:
    body = said(read(file), BlockKind.TABLE, BlockKind.PARAGRAPH, BlockKind.LIST_ITEM)
    assert all(any(row in words for words in body) for row in made.rows)


def test_nothing_but_the_document(file: Path) -> None:
    shown = " ".join(page.text for page in read(file).pages)
    assert not [word for word in ("Menu", "Contact", "no text", "color") if word in shown]


def test_blocks_point_into_their_pages(file: Path, made: Made) -> None:
    reading = read(file)
    for block in reading.blocks:
        words = reading.pages[block.page].text[block.start : block.end]
        assert words
        assert words == words.strip()
    places = [(block.page, block.start, block.end) for block in reading.blocks]
    assert places == sorted(places)
    assert all(a[2] <= b[1] for a, b in pairwise(places) if a[0] == b[0])
    numbers = [page.number for page in reading.pages]
    assert numbers == (list(range(1, len(numbers) + 1)) if made.numbered else [None])
    assert all(page.label is None or made.suffix == ".pdf" for page in reading.pages)


def test_reading_twice_gives_the_same_and_the_sandbox_too(file: Path) -> None:
    with Sandbox() as box:
        assert read(file) == read(file) == box.read(file)


def test_a_file_cut_off_is_read_in_part_or_refused(file: Path, tmp_path: Path) -> None:
    raw = file.read_bytes()
    cut = tmp_path / f"cut{file.suffix}"
    cut.write_bytes(raw[: len(raw) // 2])
    try:
        assert read(cut).blocks
    except UnreadableFile as error:
        assert "cut" in str(error)


@pytest.mark.parametrize("raw", [b"   \n\n  ", bytes(range(256)) * 40], ids=["blank", "binary"])
def test_a_file_that_holds_no_text_is_refused(made: Made, tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / f"nothing{made.suffix}"
    path.write_bytes(raw)
    with pytest.raises(UnreadableFile, match="nothing"):
        read(path)


# --- Office files that are none, or hostile ------------------------------------------------------

OFFICE = pytest.mark.parametrize("made", MADE[1:3], ids=lambda made: made.suffix)
MAIN = {".docx": "word/document.xml", ".pptx": "ppt/slides/slide2.xml"}


def rewritten(path: Path, change: Callable[[str, bytes], bytes]) -> None:
    """Write the package anew, each part as ``change`` gives it."""
    raw = io.BytesIO(path.read_bytes())
    with zipfile.ZipFile(raw) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(part.filename, change(part.filename, old.read(part)))


@OFFICE
@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "password, or is an old"),
        (b"%PDF-1.7\n" + b"x" * 100, r"rename it to \.pdf"),
        (b"PK\x03\x04 and nothing more", "cannot be read as a"),
    ],
)
def test_files_of_another_kind(made: Made, tmp_path: Path, raw: bytes, reason: str) -> None:
    path = tmp_path / f"other{made.suffix}"
    path.write_bytes(raw)
    with pytest.raises(UnreadableFile, match=rf"^other\{made.suffix} .*{reason}"):
        read(path)


@OFFICE
def test_a_package_of_another_format(made: Made, tmp_path: Path) -> None:
    path = tmp_path / f"wrong{made.suffix}"
    MADE[3 - MADE.index(made)].write(path)
    with pytest.raises(UnreadableFile, match="cannot be read as a"):
        read(path)


@OFFICE
def test_macros_are_not_taken(made: Made, file: Path) -> None:
    def with_macros(name: str, raw: bytes) -> bytes:
        raw = raw.replace(
            b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
            b"application/vnd.ms-word.document.macroEnabled.main+xml",
        )
        return raw.replace(
            b"application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml",
            b"application/vnd.ms-powerpoint.presentation.macroEnabled.12+xml",
        )

    rewritten(file, with_macros)
    with pytest.raises(UnreadableFile, match="macros"):
        read(file)
    assert reader_for(Path("a.docm")) is None
    assert reader_for(Path("a.pptm")) is None


@OFFICE
def test_a_package_that_would_burst_is_refused_before_it_does(made: Made, file: Path) -> None:
    with (
        zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as package,
        package.open("custom/bomb.xml", "w") as part,
    ):
        for _ in range(120):
            part.write(bytes(1 << 20))
    assert file.stat().st_size < 1 << 20
    with pytest.raises(UnreadableFile, match=r"would unpack to 1\d\d MB"):
        read(file)


@OFFICE
def test_a_package_that_lies_about_its_sizes(made: Made, file: Path) -> None:
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr("custom/liar.xml", bytes(1 << 20))
    raw = bytearray(file.read_bytes())
    place = raw.rindex(b"custom/liar.xml") - 46
    raw[place + 24 : place + 28] = (100).to_bytes(4, "little")
    file.write_bytes(bytes(raw))
    with pytest.raises(UnreadableFile, match="damaged"):
        read(file)


@OFFICE
def test_a_package_with_encrypted_parts(made: Made, file: Path) -> None:
    raw = bytearray(file.read_bytes())
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    file.write_bytes(bytes(raw))
    with pytest.raises(UnreadableFile, match="protected by a password"):
        read(file)


@OFFICE
@pytest.mark.parametrize(
    "declared",
    [
        '<!ENTITY x SYSTEM "file://{secret}">',
        '<!ENTITY a "lol"><!ENTITY b "' + "&a;" * 50 + '"><!ENTITY x "' + "&b;" * 50 + '">',
    ],
    ids=["external", "laughs"],
)
def test_entities_are_not_expanded(made: Made, file: Path, tmp_path: Path, declared: str) -> None:
    secret = tmp_path / "secret"
    secret.write_text("a secret word")
    doctype = f"<!DOCTYPE x [{declared.replace('{secret}', str(secret))}]>".encode()

    def inject(name: str, raw: bytes) -> bytes:
        if name != MAIN[made.suffix]:
            return raw
        head, mark, rest = raw.partition(b"?>")
        assert SENTENCE.encode() in rest
        return head + mark + doctype + rest.replace(SENTENCE.encode(), b"Before &x; after.")

    rewritten(file, inject)
    try:
        shown = " ".join(page.text for page in read(file).pages)
    except UnreadableFile as error:
        assert "cannot be read" in str(error)
    else:
        assert "secret word" not in shown
        assert "lollol" not in shown


@OFFICE
def test_parts_with_names_that_lead_elsewhere_write_nothing(
    made: Made, file: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(file, "a") as package:
        package.writestr("../../escaped.xml", "<x/>")
        package.writestr("/escaped.xml", "<x/>")
    before = sorted(tmp_path.parent.rglob("*"))
    assert read(file).title == TITLE
    assert sorted(tmp_path.parent.rglob("*")) == before


@OFFICE
def test_broken_xml_in_a_part(made: Made, file: Path) -> None:
    rewritten(file, lambda name, raw: raw[:-40] if name == MAIN[made.suffix] else raw)
    with pytest.raises(UnreadableFile, match="damaged"):
        read(file)


def test_html_nested_too_deeply_ends_in_a_reason(tmp_path: Path) -> None:
    path = tmp_path / "deep.html"
    path.write_text("<div>" * 60_000 + "words" + "</div>" * 60_000)
    with Sandbox(seconds=60) as box, pytest.raises(UnreadableFile, match=r"^deep\.html"):
        box.read(path)


def test_html_entities_of_a_doctype_are_not_expanded(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xhtml"
    path.write_text(
        '<?xml version="1.0"?><!DOCTYPE html [<!ENTITY a "ha"><!ENTITY x "&a;&a;&a;">'
        '<!ENTITY y SYSTEM "file:///etc/passwd">]>'
        '<html xmlns="http://www.w3.org/1999/xhtml"><body><p>Words &x; and &y;.</p></body></html>'
    )
    text = read(path).pages[0].text
    assert "Words" in text
    assert "haha" not in text
    assert "root" not in text


def test_html_that_is_too_large(tmp_path: Path) -> None:
    path = tmp_path / "large.html"
    path.write_bytes(b"<p>word</p>" * 1_300_000)
    with pytest.raises(UnreadableFile, match="larger than 12 MB"):
        read(path)


def test_a_cell_that_claims_to_span_billions(tmp_path: Path) -> None:
    path = tmp_path / "wide.html"
    path.write_text(
        '<table><tr><th colspan="999999">A<th>B<tr><td rowspan="999999">x<td>y</table><p>End.</p>'
    )
    assert said(read(path), BlockKind.TABLE) == ["A: x; A: y"]
