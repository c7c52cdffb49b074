"""The source viewer in a real browser: pages, sections, zoom, the strip, the keyboard alone."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from gendergpt.passages import split
from gendergpt.readers.sandbox import Sandbox
from gendergpt.types import Document, Span
from tests.browser import scripted
from tests.browser.scripted import EVIL, Site
from tests.browser.test_pages import Visit, guide, opened

__all__ = ["guide"]  # the fixture: the guide as a PDF, its first quotation over a page break

# What Gradio's dependencies deprecate is not tested here.
pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(120),
    pytest.mark.filterwarnings("ignore"),
]


@pytest.fixture
def note(site: Site, guide: Document, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Document:
    """The scripted note as a Markdown file of three sections, the second of which is quoted."""
    path = tmp_path / "note.md"
    path.write_text(
        f"# Objective 3\n\nPapers are issued to all. {html.escape(EVIL)}\n\n"
        f"# Objective 11\n\nThis is the objective on borders.\n\n{scripted._GCM_QUOTE}\n\n"
        "# Objective 12\n\nChildren are referred at once.\n",
        encoding="utf-8",
    )
    with Sandbox() as sandbox:
        reading = sandbox.read(path)
    start = reading.pages[0].text.index(scripted._GCM_QUOTE)
    held = replace(scripted.GCM, path=str(path))
    span = Span(None, start, start + len(scripted._GCM_QUOTE))
    hit = scripted.HITS[2]
    moved = replace(hit, passage=replace(hit.passage, spans=(span,)), document=held)
    monkeypatch.setattr(scripted, "GCM", held)
    monkeypatch.setattr(scripted, "HITS", (*scripted.HITS[:2], moved, *scripted.HITS[3:]))
    site.assistant.held[:] = [guide, held]
    site.assistant.texts[held.id] = (list(reading.pages), split(held.id, reading))
    return held


def source(page: Page) -> Locator:
    return page.get_by_role("region", name="Source")


def where(page: Page) -> Locator:
    return source(page).locator(".viewer-where")


def in_frame(page: Page, part: Locator) -> bool:
    """Whether a part of a page is within the frame that scrolls it."""
    frame, box = source(page).locator(".frame").bounding_box(), part.bounding_box()
    assert frame and box
    return frame["y"] - 1 <= box["y"] <= frame["y"] + frame["height"]


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the button of this name has the focus."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('aria-label')") == name:
            return
    raise AssertionError(f"Tab never came to {name}")


@pytest.mark.parametrize("width", [1280, 390])
def test_the_viewer_with_the_keyboard_alone(
    visit: Visit, guide: Document, note: Document, width: int
) -> None:
    page = visit(width, 844)
    page.keyboard.type("Who may search a woman traveller?")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="[3]", exact=True).wait_for()
    for _ in range(40):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.textContent") == "[1]":
            break
    page.keyboard.press("Enter")
    expect(source(page)).to_be_focused()

    # Both pages of the quotation; the next key leads from one to the other, then beyond.
    figures = source(page).get_by_role("figure")
    expect(figures).to_have_count(2)
    expect(where(page)).to_have_text("PDF page 1 of 3")
    page.keyboard.press("n")
    expect(where(page)).to_have_text("PDF page 2 of 3")
    expect(figures).to_have_count(2)
    expect(figures.nth(1).get_by_role("img")).to_be_visible()
    page.wait_for_timeout(100)
    assert in_frame(page, figures.nth(1).locator("span").first)
    page.keyboard.press("n")
    expect(where(page)).to_have_text("PDF page 3 of 3")
    expect(figures).to_have_count(1)
    expect(figures.locator("span")).to_have_count(0)
    expect(page.locator("#said")).to_have_text("PDF page 3 of 3.")
    page.keyboard.press("p")
    expect(where(page)).to_have_text("PDF page 2 of 3")
    expect(figures.locator("span").first).to_be_attached()
    page.keyboard.press("p")
    page.keyboard.press("p")  # there is none before the first
    expect(where(page)).to_have_text("PDF page 1 of 3")
    page.keyboard.press("q")
    expect(figures).to_have_count(2)

    # Zoom; a larger page is asked for with more pixels.
    picture = figures.first.get_by_role("img")
    before = picture.bounding_box()
    for _ in range(4):
        page.keyboard.press("+")
    after = picture.bounding_box()
    assert before and after and after["width"] == pytest.approx(3 * before["width"], rel=0.05)
    if width == 1280:
        expect(picture).to_have_attribute("src", re.compile(r"/pages/1\.png\?sharp=2$"))
    page.keyboard.press("-")
    page.keyboard.press("0")
    assert picture.bounding_box() == pytest.approx(before, abs=1)

    # The strip: Tab reaches it, Enter opens, the focus stays.
    tab_to(page, "Citation 3")
    page.keyboard.press("Enter")
    third = source(page).get_by_role("button", name="Citation 3", exact=True)
    expect(third).to_be_focused()
    expect(third).to_have_attribute("aria-current", "true")
    expect(source(page).locator("mark")).to_have_text(scripted._GCM_QUOTE)
    expect(source(page)).to_contain_text("This is the objective on borders.")
    expect(where(page)).to_have_text("Section 2 of 3")
    page.keyboard.press("p")
    expect(source(page).locator(".frame")).to_contain_text(EVIL)
    page.keyboard.press("n")
    page.keyboard.press("n")
    expect(source(page).get_by_role("heading", name="Objective 12")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    second = source(page).get_by_role("button", name="Citation 2", exact=True)
    expect(second).to_have_attribute("aria-current", "true")

    page.keyboard.press("?")
    expect(source(page).locator("#keys")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert page.evaluate("document.querySelector('#source').scrollWidth <= window.innerWidth")
    page.keyboard.press("Escape")
    expect(source(page)).to_be_hidden()
    expect(page.get_by_role("button", name="[2]", exact=True)).to_be_focused()
    assert page.evaluate("window.hacked") is None


def test_the_viewer_with_the_mouse(visit: Visit, guide: Document, note: Document) -> None:
    page = visit()
    figures = opened(page)
    following = source(page).get_by_role("button", name="Next page")
    following.click()
    following.click()
    expect(where(page)).to_have_text("PDF page 3 of 3")
    expect(figures.first.get_by_role("img", name="PDF page 3 of Border")).to_be_visible()
    expect(following).to_have_attribute("aria-disabled", "true")
    link = source(page).get_by_role("link", name="Open the original")
    expect(link).to_have_attribute("href", f"./documents/{guide.id}/original#page=3")
    answer = page.request.get(f"{page.url}documents/{guide.id}/original")
    assert answer.body() == Path(guide.path or "").read_bytes()
    source(page).get_by_role("button", name="Back to the quotation").click()
    expect(where(page)).to_have_text("PDF page 1 of 3")
    previous = source(page).get_by_role("button", name="Previous page")
    expect(previous).to_have_attribute("aria-disabled", "true")
    before = source(page).bounding_box()
    larger = source(page).get_by_role("button", name="Larger")
    larger.click()
    expect(larger).to_have_attribute("aria-pressed", "true")
    after = source(page).bounding_box()
    assert before and after and after["width"] > 1.5 * before["width"]


def test_keys_are_left_alone_outside_the_panel(visit: Visit, guide: Document) -> None:
    page = visit()
    opened(page)
    expect(where(page)).to_have_text("PDF page 1 of 3")
    box = page.get_by_role("textbox", name="Ask a question")
    box.fill("")
    box.type("no plan 0")
    expect(box).to_have_value("no plan 0")
    expect(where(page)).to_have_text("PDF page 1 of 3")


def test_where_a_document_was_removed_the_passage_stays(
    visit: Visit, site: Site, note: Document
) -> None:
    page = visit()
    opened(page)
    del site.assistant.held[1]
    page.get_by_role("button", name="[3]", exact=True).click()
    expect(source(page)).to_contain_text("This document is no longer in the library.")
    expect(source(page).locator("mark")).to_have_text(scripted._GCM_QUOTE)
