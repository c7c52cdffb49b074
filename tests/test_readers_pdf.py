"""PDF files, made here with typst and pypdf, and real ones where ../shared is at hand."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pypdf
import pytest
import typst
from pypdf.constants import PageLabelStyle
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject

from gendergpt.errors import UnreadableFile
from gendergpt.readers.pdf import PdfReader
from gendergpt.types import BlockKind, LabelFrom, Reading

GUIDANCE = Path(__file__).resolve().parents[2] / "shared" / "pdfs" / "guidance"

BOOK = """
#set document(title: "Borders and Gender", author: "An Agency")
#set text(lang: "en", size: 11pt)
#set page(width: 14cm, height: 12cm, numbering: "i", header: [Borders and Gender handbook])
= Foreword
The foreword says that everybody crosses borders. #lorem(60)
#pagebreak()
#set page(numbering: "1")
#counter(page).update(1)
= First chapter
#lorem(70) The officer asks. #footnote[A note at the foot of the page.]

The list reads:
- women travellers are asked by women officers;
- children are not parted from their parents.
== A section of it
#lorem(400)
"""


def made(tmp_path: Path, source: str, name: str = "made.pdf") -> Path:
    path = tmp_path / name
    path.write_bytes(typst.compile(source.encode()))
    return path


def read(path: Path) -> Reading:
    return PdfReader().read(path)


def said(reading: Reading, kind: BlockKind) -> list[str]:
    return [
        reading.pages[block.page].text[block.start : block.end].replace("\r\n", " ")
        for block in reading.blocks
        if block.kind is kind
    ]


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Reading:
    return read(made(tmp_path_factory.mktemp("book"), BOOK))


def test_labels_are_kept_apart_from_numbers(book: Reading) -> None:
    numbers = [page.number for page in book.pages]
    assert numbers == list(range(1, len(numbers) + 1))
    assert [page.label for page in book.pages[:3]] == ["i", "1", "2"]


def test_metadata(book: Reading) -> None:
    assert (book.title, book.author, book.language) == ("Borders and Gender", "An Agency", "en")
    assert book.warnings == ()


def test_headings_come_from_the_outline(book: Reading) -> None:
    found = [
        (block.level, book.pages[block.page].text[block.start : block.end])
        for block in book.blocks
        if block.kind is BlockKind.HEADING
    ]
    assert found == [(1, "Foreword"), (1, "First chapter"), (2, "A section of it")]


def test_running_headers_numbers_and_notes_are_not_body(book: Reading) -> None:
    furniture = said(book, BlockKind.FURNITURE)
    assert furniture.count("Borders and Gender handbook") == len(book.pages)
    assert any("A note at the foot" in words for words in said(book, BlockKind.FOOTNOTE))
    body = " ".join(said(book, BlockKind.PARAGRAPH))
    assert "handbook" not in body
    assert "A note at the foot" not in body


def test_list_items_stand_alone(book: Reading) -> None:
    assert [item[:1] for item in said(book, BlockKind.LIST_ITEM)] == ["•", "•"]


def test_a_paragraph_goes_on_over_the_page_break(book: Reading) -> None:
    going_on = [block for block in book.blocks if block.continues]
    assert going_on
    assert all(block.kind is BlockKind.PARAGRAPH for block in going_on)


def test_no_label_is_invented(tmp_path: Path) -> None:
    path = made(tmp_path, "#set page(numbering: none)\nJust some words.\n#pagebreak()\nAnd more.")
    writer = pypdf.PdfWriter(clone_from=path)
    writer.root_object.pop("/PageLabels", None)
    writer.write(path)
    assert [page.label for page in read(path).pages] == [None, None]


def test_roman_prefixed_and_restarting_labels(tmp_path: Path) -> None:
    path = made(tmp_path, "#pagebreak()\n".join(f"Words of page {n}.\n" for n in range(6)))
    writer = pypdf.PdfWriter(clone_from=path)
    writer.root_object.pop("/PageLabels", None)
    writer.set_page_label(0, 1, PageLabelStyle.LOWERCASE_ROMAN, start=4)
    writer.set_page_label(2, 3, PageLabelStyle.DECIMAL, prefix="A-", start=1)
    writer.set_page_label(4, 5, PageLabelStyle.DECIMAL, start=1)
    writer.write(path)
    assert [page.label for page in read(path).pages] == ["iv", "v", "A-1", "A-2", "1", "2"]


def test_pages_before_the_first_labelled_one_have_none(tmp_path: Path) -> None:
    path = made(tmp_path, "#pagebreak()\n".join(f"Words of page {n}.\n" for n in range(3)))
    writer = pypdf.PdfWriter(clone_from=path)
    style = DictionaryObject({NameObject("/S"): NameObject("/D")})
    writer.root_object[NameObject("/PageLabels")] = DictionaryObject(
        {NameObject("/Nums"): ArrayObject([NumberObject(1), style])}
    )
    writer.write(path)
    assert [page.label for page in read(path).pages] == [None, "1", "2"]


def unlabelled(path: Path) -> Path:
    """Take the page labels out of the file; what is printed on its pages stays."""
    writer = pypdf.PdfWriter(clone_from=path)
    writer.root_object.pop("/PageLabels", None)
    writer.write(path)
    return path


def test_printed_numbers_are_read_where_none_are_declared(tmp_path: Path) -> None:
    reading = read(unlabelled(made(tmp_path, BOOK)))
    labels = [page.label for page in reading.pages]
    assert labels == ["i", *map(str, range(1, len(labels)))]
    assert {page.label_from for page in reading.pages} == {LabelFrom.PAGE}


def test_declared_labels_are_kept_whatever_is_printed(tmp_path: Path) -> None:
    path = made(tmp_path, BOOK)
    writer = pypdf.PdfWriter(clone_from=path)
    writer.root_object.pop("/PageLabels", None)
    writer.set_page_label(0, 2, PageLabelStyle.DECIMAL, start=1)
    writer.write(path)
    pages = read(path).pages
    assert [page.label for page in pages[:3]] == ["1", "2", "3"]
    assert {page.label_from for page in pages} == {LabelFrom.FILE}


def test_empty_labels_are_none(tmp_path: Path) -> None:
    path = made(tmp_path, BOOK)
    writer = pypdf.PdfWriter(clone_from=path)
    writer.root_object[NameObject("/PageLabels")] = DictionaryObject(
        {NameObject("/Nums"): ArrayObject([NumberObject(0), DictionaryObject()])}
    )
    writer.write(path)
    pages = read(path).pages
    assert [page.label for page in pages[:3]] == ["i", "1", "2"]
    assert {page.label_from for page in pages} == {LabelFrom.PAGE}


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_printed_numbers_of_pages_that_are_shown_turned(tmp_path: Path, rotation: int) -> None:
    """Landscape tables are often set upright on a page that is then turned."""
    turned = f"#set page(numbering: none)\n#rotate({rotation}deg, reflow: true)[#block("
    turned += "width: 9cm, height: 7cm)[Words of page #N. #v(1fr) Page #N of 4]]"
    source = "\n#pagebreak()\n".join(turned.replace("#N", str(n)) for n in range(1, 5))
    path = unlabelled(made(tmp_path, "#set page(width: 14cm, height: 14cm)\n" + source))
    writer = pypdf.PdfWriter(clone_from=path)
    for page in writer.pages:
        page.rotate(360 - rotation)
        page.cropbox = pypdf.generic.RectangleObject((20, 10, 390, 380))
    writer.write(path)
    assert [page.label for page in read(path).pages] == ["1", "2", "3", "4"]


def test_pages_without_text_are_named(tmp_path: Path) -> None:
    reading = read(
        made(tmp_path, "Some words here.\n#pagebreak()\n#rect()\n#pagebreak()\nAnd more of them.")
    )
    assert reading.warnings == ("No text, or only a page number, on page 2 (PDF page numbers).",)
    assert reading.pages[1].text.strip() == ""


def test_many_pages_without_text_are_cut_short(tmp_path: Path) -> None:
    source = "Some words here.\n" + "#pagebreak()\n#rect()\n" * 23
    (warning,) = read(made(tmp_path, source)).warnings
    assert "on pages 2, 3, 4," in warning
    assert warning.endswith("20, 21 and 3 more (PDF page numbers).")


def encrypted(path: Path, user: str, algorithm: str = "AES-256") -> Path:
    writer = pypdf.PdfWriter(clone_from=path)
    writer.encrypt(user_password=user, owner_password="owner", algorithm=algorithm)
    writer.write(path)
    return path


ALGORITHMS = ["RC4-40", "RC4-128", "AES-128", "AES-256-R5", "AES-256"]


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_an_empty_password_opens(tmp_path: Path, algorithm: str) -> None:
    reading = read(encrypted(made(tmp_path, BOOK), "", algorithm))
    assert "everybody crosses borders" in reading.pages[0].text
    assert [page.label for page in reading.pages[:3]] == ["i", "1", "2"]
    assert (reading.title, reading.warnings) == ("Borders and Gender", ())


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_real_password_is_reported(tmp_path: Path, algorithm: str) -> None:
    with pytest.raises(UnreadableFile, match=r"made\.pdf is protected by a password.*save"):
        read(encrypted(made(tmp_path, "Secret words."), "secret", algorithm))


def scanned(path: Path, pages: int = 1) -> Path:
    from PIL import Image

    scans = [Image.new("RGB", (595, 842), "grey") for _ in range(pages)]
    scans[0].save(path, save_all=True, append_images=scans[1:])
    return path


def test_a_scan_is_named_as_such(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"scan\.pdf holds only images.*OCR"):
        read(scanned(tmp_path / "scan.pdf"))


def test_a_scan_with_page_numbers_stamped_on_it_is_one_too(tmp_path: Path) -> None:
    stamps = pypdf.PdfReader(
        made(tmp_path, '#set page(numbering: "1 / 1")\n#pagebreak()\n#pagebreak()')
    )
    writer = pypdf.PdfWriter(clone_from=scanned(tmp_path / "scan.pdf", 3))
    for page, stamp in zip(writer.pages, stamps.pages, strict=True):
        page.merge_page(stamp)
    writer.write(tmp_path / "scan.pdf")
    with pytest.raises(UnreadableFile, match=r"scan\.pdf holds only images.*OCR"):
        read(tmp_path / "scan.pdf")


def test_a_scanned_page_among_others_is_told_by_its_number(tmp_path: Path) -> None:
    writer = pypdf.PdfWriter(clone_from=made(tmp_path, "Words that can be read.\n" * 3))
    writer.append(scanned(tmp_path / "scan.pdf"))
    writer.write(tmp_path / "both.pdf")
    reading = read(tmp_path / "both.pdf")
    assert reading.warnings == ("No text, or only a page number, on page 2 (PDF page numbers).",)
    assert [page.number for page in reading.pages] == [1, 2]


def test_empty_pages_are_named_as_such(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="no text on any page"):
        read(made(tmp_path, "#rect()"))


@pytest.mark.parametrize("raw", [b"%PDF-1.7\n", b"hello", b"%PDF-1.4\n%%EOF\n", b"\x00" * 100])
def test_broken_files_are_refused(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "broken.pdf"
    path.write_bytes(raw)
    with pytest.raises(UnreadableFile, match=r"broken\.pdf"):
        read(path)


def test_what_pypdf_cannot_read_is_left_out_with_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise ValueError("broken")

    path = made(tmp_path, "Words.")
    monkeypatch.setattr(pypdf, "PdfReader", fail)
    reading = read(path)
    assert "Words." in reading.pages[0].text
    assert "page labels, outline and metadata" in reading.warnings[0]


# --- real files ----------------------------------------------------------------------------------


def _manifest() -> list[dict[str, Any]]:
    if not GUIDANCE.is_dir():
        return []
    entries: list[dict[str, Any]] = json.loads((GUIDANCE / "manifest.json").read_text())
    labelled = [entry for entry in entries if entry["page_labels"]]
    others = [entry for entry in entries if not entry["page_labels"] and entry["pages"] < 40]
    return labelled + others[:14]


@pytest.mark.skipif(not GUIDANCE.is_dir(), reason="../shared is not at hand")
@pytest.mark.parametrize("entry", _manifest(), ids=lambda entry: entry["file"])
def test_pages_and_labels_as_in_the_manifest(entry: dict[str, Any]) -> None:
    reading = read(GUIDANCE / entry["file"])
    declared = [page.label for page in reading.pages if page.label_from is LabelFrom.FILE]
    assert len(reading.pages) == entry["pages"]
    assert declared == (entry["page_labels"] or [])
    named = re.search(r"on pages? ([\d, ]+)", " ".join(reading.warnings))
    blank = [int(number) for number in named[1].split(",")] if named else []
    assert blank == entry["pages_without_text_list"]
    found = sum(len(page.text) for page in reading.pages)
    assert abs(found / entry["chars_pypdfium2"] - 1) < 0.03


@pytest.mark.skipif(not GUIDANCE.is_dir(), reason="../shared is not at hand")
def test_a_united_nations_report() -> None:
    reading = read(GUIDANCE / "un-s-2025-389-conflict-related-sexual-violence.pdf")
    furniture = said(reading, BlockKind.FURNITURE)
    assert furniture.count("S/2025/389") == len(reading.pages) - 1
    assert "I. Introduction" in said(reading, BlockKind.HEADING)
    paragraphs = said(reading, BlockKind.PARAGRAPH)
    assert any(words.startswith("8. ") and len(words) > 500 for words in paragraphs)
    assert not any("25-06556" in words for words in paragraphs)
