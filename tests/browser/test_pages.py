"""The page in the publication, under a quotation from a PDF: its picture and the marks on it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import typst
from playwright.sync_api import Locator, Page, expect

from gendergpt.readers.sandbox import Sandbox
from gendergpt.types import Document, PageRef, Span
from tests.browser import scripted
from tests.browser.scripted import Site

# What Gradio's dependencies deprecate is not tested here.
pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(120),
    pytest.mark.filterwarnings("ignore"),
]

Visit = Callable[..., Page]
QUOTE = scripted._WOMEN
MIDDLE = "at every"


@pytest.fixture
def guide(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Document:
    """The scripted guide as a PDF that is there; its first quotation runs over a page break."""
    first, second = QUOTE.split(MIDDLE)
    path = tmp_path / "guide.pdf"
    path.write_bytes(
        typst.compile(
            f"{first}{MIDDLE}\n#pagebreak()\n{second}\n\n#lorem(90)"
            "\n#pagebreak()\n#lorem(60)".encode()
        )
    )
    with Sandbox() as sandbox:
        pages = sandbox.read(path).pages
    ends = (pages[0].text.index(MIDDLE) + len(MIDDLE), pages[1].text.index("shifts.") + 7)
    spans = tuple(
        Span(PageRef(number, str(number + 12)), 0, end) for number, end in enumerate(ends, start=1)
    )
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
    held = replace(scripted.TOOL6, id=digest, path=str(path), pages=len(pages))
    hit = scripted.HITS[0]
    moved = replace(hit, passage=replace(hit.passage, spans=spans), document=held)
    monkeypatch.setattr(scripted, "TOOL6", held)
    monkeypatch.setattr(scripted, "HITS", (moved, *scripted.HITS[1:]))
    site.assistant.held[:] = [held, scripted.GCM]
    return held


def opened(page: Page) -> Locator:
    """Ask, open the first source and return its figures."""
    box = page.get_by_role("textbox", name="Ask a question")
    box.fill("Who may search a woman traveller?")
    box.press("Enter")
    page.get_by_role("button", name="[1]", exact=True).click()
    source = page.get_by_role("region", name="Source")
    expect(source.locator("mark")).to_have_count(1)
    return source.get_by_role("figure")


@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_shows_with_marks_on_it(visit: Visit, guide: Document, width: int) -> None:
    page = visit(width, 844)
    figures = opened(page)
    expect(figures).to_have_count(2)
    for number in range(2):
        figure, printed = figures.nth(number), number + 13
        expect(figure).to_contain_text(
            f"The page in the publication, p. {printed} (PDF page {number + 1})"
        )
        picture = figure.get_by_role("img", name=f"Page {printed} of {guide.title}, quoted words")
        picture.scroll_into_view_if_needed()
        page.wait_for_function("image => image.naturalWidth > 600", arg=picture.element_handle())
        sheet, mark = picture.bounding_box(), figure.locator("span").first.bounding_box()
        assert sheet and mark
        assert sheet["x"] > 0 and sheet["x"] + sheet["width"] <= width
        assert 1.3 < sheet["height"] / sheet["width"] < 1.5  # A4, the bitmap not distorted
        assert sheet["x"] <= mark["x"] and mark["x"] + mark["width"] <= sheet["x"] + sheet["width"]
        assert sheet["y"] < mark["y"] < sheet["y"] + 0.25 * sheet["height"]
        assert mark["width"] > 0.1 * sheet["width"]
    assert page.evaluate("document.querySelector('#source').scrollWidth <= window.innerWidth")


def test_where_the_file_is_gone_a_sentence_says_so(visit: Visit, guide: Document) -> None:
    assert guide.path
    Path(guide.path).unlink()
    page = visit()
    figures = opened(page)
    expect(figures.first).to_contain_text("is no longer where it was when it was ingested")
    expect(figures.get_by_role("img")).to_have_count(0)
    page.get_by_role("button", name="[3]", exact=True).click()  # a note without pages
    expect(figures).to_have_count(0)
    expect(page.get_by_role("region", name="Source")).to_contain_text("Our summary of")
