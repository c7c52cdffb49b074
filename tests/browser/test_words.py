"""Terms that explain themselves, and questions that are offered next, in a real browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from gendergpt.glossary import Glossary, Term
from tests.browser.scripted import EVIL, GCM, TOOL6, Site
from tests.browser.test_chat import QUESTION, ask, box, marker, source

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore")]

Visit = Callable[..., Page]
TERMS = Glossary(
    (
        Term("Border management", ("Border management",), f"It is {EVIL}", GCM),
        Term("Mixed teams", ("Mixed teams",), "Teams of women and men.", TOOL6),
    )
)
NEXT = "How are rosters checked?"


def test_a_term_says_what_it_means(visit: Visit, site: Site) -> None:
    site.assistant.known = TERMS
    page = visit()
    ask(page, QUESTION)
    term = page.get_by_role("button", name="Mixed teams", exact=True)
    expect(term).to_have_accessible_description(f"Teams of women and men. From: {TOOL6.title}")
    tip = page.locator("#term-tip")
    expect(tip).to_be_hidden()
    term.hover()
    expect(tip).to_contain_text("Teams of women and men.")
    tip.hover()  # stays while one points at it
    page.wait_for_timeout(400)
    expect(tip).to_be_visible()
    page.mouse.move(5, 500)
    expect(tip).to_be_hidden()

    marker(page, 1).click()
    expect(source(page)).to_be_visible()
    page.get_by_role("button", name="border management", exact=True).focus()
    expect(tip).to_contain_text("From our glossary")
    expect(tip).to_contain_text(EVIL)
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    expect(source(page)).to_be_visible()  # Escape took away one thing only
    page.keyboard.press("Enter")
    expect(tip).to_be_visible()
    box(page).focus()
    expect(tip).to_be_hidden()
    assert page.evaluate("window.hacked") is None


def test_what_is_copied_has_no_definitions(visit: Visit, site: Site) -> None:
    site.assistant.known = TERMS
    page = visit()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page, QUESTION)
    page.get_by_role("button", name="Copy answer").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "Mixed teams of women and men officers are available" in copied
    assert "Teams of women and men." not in copied


@pytest.mark.parametrize("width", [1280, 390])
def test_a_question_offered_next_is_asked(visit: Visit, site: Site, width: int) -> None:
    site.assistant.offered = [NEXT, "Who sees the <b>records</b>?"]
    page = visit(width=width)
    turn = ask(page, QUESTION)
    offered = page.get_by_role("navigation", name="You could ask next")
    expect(offered.get_by_role("button")).to_have_text(site.assistant.offered)
    below = turn.locator(".answer").bounding_box()
    box_of = offered.bounding_box()
    assert below is not None
    assert box_of is not None
    assert 0 <= box_of["y"] - below["y"] - below["height"] < 60
    offered.get_by_role("button", name=NEXT).press("Enter")
    expect(page.locator("#current .turn[data-turn='2'][data-state='done']")).to_contain_text(NEXT)
    question, history, _ = site.assistant.calls[-1]
    assert (question, len(history)) == (NEXT, 1)
    expect(offered.get_by_role("button")).to_have_text(site.assistant.offered[1:])


def test_offers_go_when_something_else_is_asked(visit: Visit, site: Site) -> None:
    site.assistant.offered = [NEXT]
    page = visit()
    ask(page, QUESTION)
    offered = page.get_by_role("navigation", name="You could ask next")
    expect(offered).to_be_visible()
    ask(page, "slow question", state="running")
    expect(offered).to_be_hidden()
    site.assistant.hold.set()
    expect(offered).to_be_visible()
    page.get_by_role("button", name="New conversation").click()
    expect(offered).to_be_hidden()
