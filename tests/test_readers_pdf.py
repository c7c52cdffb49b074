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
from gendergpt.types import BlockKind, Reading

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


def test_pages_without_text_are_named(tmp_path: Path) -> None:
    reading = read(
        made(tmp_path, "Some words here.\n#pagebreak()\n#rect()\n#pagebreak()\nAnd more of them.")
    )
    assert reading.warnings == ("No text, or only a page number, on page 2 (PDF page numbers).",)
    assert reading.pages[1].text.strip() == ""


def encrypted(path: Path, user: str) -> Path:
    writer = pypdf.PdfWriter(clone_from=path)
    writer.encrypt(user_password=user, owner_password="owner", algorithm="AES-256")
    writer.write(path)
    return path


def test_an_empty_password_opens(tmp_path: Path) -> None:
    reading = read(encrypted(made(tmp_path, "Words in the open."), ""))
    assert "Words in the open." in reading.pages[0].text
    assert reading.pages[0].label is not None or reading.warnings == ()


def test_a_real_password_is_reported(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"made\.pdf is protected by a password"):
        read(encrypted(made(tmp_path, "Secret words."), "secret"))


def test_a_scan_is_named_as_such(tmp_path: Path) -> None:
    from PIL import Image

    path = tmp_path / "scan.pdf"
    Image.new("RGB", (60, 80), "grey").save(path)
    with pytest.raises(UnreadableFile, match=r"scan\.pdf holds only images.*OCR"):
        read(path)


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
    labels = [page.label for page in reading.pages]
    assert len(reading.pages) == entry["pages"]
    assert (labels if any(labels) else None) == entry["page_labels"]
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
