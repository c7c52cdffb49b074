"""The library view in a real browser: sorted and searched by keyboard, on a narrow screen, too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, expect

from gendergpt.types import Original
from tests.browser.scripted import EVIL, GCM, HOSTILE, TOOL6, ScriptedAssistant, Site

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore")]

Visit = Callable[..., Page]
OLDER = replace(TOOL6, id="d-2008", title="Older tool", year=2008, superseded_by="d-tool6")
LONG = replace(
    TOOL6, id="d-long", title="W" * 300, edition="x" * 200, url=f"https://a.org/{'y' * 300}"
)
MANUAL = Original("manual", f"Manual {EVIL}", "Brod Police", 2020, url="https://example.org/manual")


@pytest.fixture
def library(site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A site whose library holds several documents and lacks one publication."""
    site.assistant.held = [TOOL6, GCM, HOSTILE, OLDER, LONG]
    monkeypatch.setattr(ScriptedAssistant, "originals", lambda _: [MANUAL], raising=False)
    yield site


def titles(page: Page) -> list[str]:
    return [each.split("\n")[0] for each in page.locator("tbody th:visible").all_inner_texts()]


def test_the_chat_leads_to_the_library(visit: Visit, library: Site) -> None:
    page = visit()
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="All documents, and what is missing").press("Enter")
    view = opened.value
    expect(view.get_by_role("heading", name="Library", level=1)).to_be_visible()
    expect(view.get_by_role("rowheader")).to_have_count(5)
    assert view.evaluate("window.opener === null && window.hacked === undefined")
    view.get_by_role("link", name="GenderGPT").click()
    expect(view.get_by_role("textbox", name="Ask a question")).to_be_visible()


def test_sorted_and_searched_by_keyboard(visit: Visit, library: Site) -> None:
    page = visit()
    page.goto(f"{library.url}/library")
    year = page.get_by_role("columnheader", name="Year")
    year.get_by_role("link").focus()
    page.keyboard.press("Enter")
    expect(year).to_have_attribute("aria-sort", "ascending")
    expect(page.get_by_role("status")).to_have_text("5 documents, sorted by year, ascending")
    assert titles(page)[0] == "Older tool"
    page.keyboard.press("Enter")
    expect(year).to_have_attribute("aria-sort", "descending")
    assert titles(page)[0] == GCM.title
    box = page.get_by_role("searchbox", name="Search the library")
    box.press_sequentially("OLDER dcaf")
    expect(page.get_by_role("status")).to_have_text("1 of 5 documents")
    assert titles(page) == ["Older tool"]
    expect(page.get_by_text("None of them fits the search.")).to_be_visible()
    # The address holds the view, which the server then gives as it is.
    page.reload()
    expect(page.get_by_role("status")).to_have_text("1 of 5 documents")
    expect(year).to_have_attribute("aria-sort", "descending")
    page.get_by_role("searchbox").fill("")
    expect(page.get_by_role("link", name="https://example.org/manual")).to_be_visible()
    assert page.evaluate("window.hacked") is None


def test_without_scripts(chromium: Browser, library: Site) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{library.url}/library")
    page.get_by_role("searchbox").fill("tool")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("status")).to_have_text("2 of 5 documents")
    page.get_by_role("columnheader", name="Year").get_by_role("link").click()
    expect(page.get_by_role("searchbox")).to_have_value("tool")
    assert titles(page) == ["Older tool", TOOL6.title]
    context.close()


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_no_sideways_scrolling(visit: Visit, library: Site, width: int) -> None:
    page = visit(width, 844)
    page.goto(f"{library.url}/library")
    expect(page.get_by_role("rowheader")).to_have_count(5)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    expect(page.get_by_role("cell", name="Our summary")).to_be_visible()
    page.get_by_role("columnheader", name="Passages").get_by_role("link").press("Enter")
    assert titles(page)[0].startswith("Guide <img")
