"""The filters that are used less often: language, year, edition and kind, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from gendergpt.types import Filters
from tests.browser.scripted import GCM, HOSTILE, TOOL6, Site

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore")]

Visit = Callable[..., Page]
RUSSIAN = replace(TOOL6, id="d-ru", title="Гендер и границы", language="ru", year=2012)


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_language_and_year_limit_the_search_and_can_be_lifted(visit: Visit, site: Site) -> None:
    site.assistant.held = [TOOL6, GCM, RUSSIAN, HOSTILE]
    page = visit()
    more = page.get_by_role("button", name="More filters")
    expect(page.get_by_role("group", name="Language")).to_be_hidden()
    more.press("Enter")
    expect(more).to_have_attribute("aria-expanded", "true")
    page.get_by_role("checkbox", name="English (2)").press("Space")
    first = page.get_by_role("textbox", name="From year")
    first.press_sequentially("2019")
    used = page.get_by_role("group", name="Filters in use")
    expect(used).to_contain_text("English✕and there only2019 or later")
    expect(page.locator("#years-told")).to_have_text("Leads to 2 documents")
    expect(page.get_by_role("checkbox", name="Russian (0)")).to_be_visible()
    expect(page.get_by_role("checkbox", name="Our summaries (1)")).to_be_visible()
    expect(page.get_by_role("button", name="More filters (2)")).to_be_visible()
    expect(first).to_have_value("2019")
    page.get_by_role("textbox", name="Ask a question").fill("Who may search?")
    page.get_by_role("button", name="Send").click()
    turn = page.locator(".turn[data-state='done']")
    expect(turn).to_contain_text("Searched only in: English, and there only 2019 or later")
    assert site.assistant.calls[-1][2] == Filters(language=frozenset({"en"}), year_from=2019)
    used.get_by_role("button", name="2019 or later").press("Enter")
    expect(first).to_have_value("")
    expect(page.get_by_role("checkbox", name="English (2)")).to_be_checked()
    page.get_by_role("button", name="Clear filters").click()
    expect(page.get_by_role("checkbox", name="English (2)")).not_to_be_checked()
    assert page.evaluate("window.hacked") is None


def test_groups_with_nothing_to_choose_between_are_hidden(visit: Visit, site: Site) -> None:
    site.assistant.held = [replace(TOOL6, edition=None)]
    page = visit()
    expect(page.locator("#languages label")).to_have_count(1)
    for name in ("Publisher", "Document", "Language", "Edition", "Kind", "More filters"):
        expect(page.locator("#rail").get_by_text(name, exact=True).first).to_be_hidden()
    expect(page.get_by_text("Search only in")).to_be_hidden()


def test_less_used_filters_on_a_narrow_screen(visit: Visit, site: Site) -> None:
    site.assistant.held = [TOOL6, GCM, RUSSIAN]
    page = visit(390, 844)
    page.get_by_role("button", name="Filters", exact=True).click()
    page.get_by_role("button", name="More filters").click()
    page.get_by_role("checkbox", name="Russian (1)").check()
    page.get_by_role("textbox", name="To year").fill("2012")
    expect(page.get_by_role("button", name="Filters (2)", exact=True)).to_be_visible()
    assert fits(page)
