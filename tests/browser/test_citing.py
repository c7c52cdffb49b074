"""Copying references, saying what is wrong, and what whoever keeps the library then finds."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import Locator, Page, expect

from gendergpt.cli import main
from tests.browser import scripted
from tests.browser.scripted import EVIL, HOSTILE, TOOL6, Site
from tests.browser.test_chat import QUESTION, ask, marker, source

# The server runs in this process; what Gradio's dependencies deprecate is not tested here.
pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore")]

Visit = Callable[..., Page]
CLIPBOARD = ["clipboard-read", "clipboard-write"]


def clipboard(page: Page) -> str:
    return str(page.evaluate("navigator.clipboard.readText()"))


def cited_as(page: Page) -> Locator:
    return source(page).locator(".cited-as")


def style(page: Page) -> Locator:
    return source(page).get_by_role("combobox", name="Style of the citation")


def test_copy_a_citation_by_key_in_the_style_that_was_chosen(visit: Visit) -> None:
    page = visit(permissions=CLIPBOARD)
    ask(page, QUESTION)
    marker(page, 1).click()
    expect(cited_as(page)).to_contain_text("2nd ed. (DCAF, OSCE/ODIHR, UN Women, 2020), 14,")
    source(page).get_by_role("button", name="Copy citation").focus()
    page.keyboard.press("Tab")
    expect(style(page)).to_be_focused()
    page.keyboard.press("a")
    expect(style(page)).to_have_value("apa")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(source(page).get_by_role("button", name="Copied")).to_be_focused()
    expect(page.locator("#said")).to_have_text("Citation copied.")
    assert clipboard(page) == (
        f"DCAF, OSCE/ODIHR, & UN Women. (2020). {TOOL6.title} (2nd ed.). {TOOL6.url}\n"
        "In the text: (DCAF et al., 2020, p. 14)"
    )
    kinds = "navigator.clipboard.read().then((all) => all[0].getType('text/html'))"
    assert f"<i>{TOOL6.title}</i>" in page.evaluate(f"{kinds}.then((blob) => blob.text())")
    marker(page, 2).click()
    expect(style(page)).to_have_value("apa")
    expect(cited_as(page)).to_contain_text("(DCAF et al., 2020, PDF page 29)")
    page.reload()  # the conversation is there again
    marker(page, 1).click()
    expect(style(page)).to_have_value("apa")


def test_copy_a_quotation_in_quotation_marks_and_our_words_without(visit: Visit) -> None:
    page = visit(permissions=CLIPBOARD)
    ask(page, QUESTION)
    button = source(page).get_by_role("button", name="Copy quotation")
    marker(page, 1).click()
    expect(cited_as(page)).to_contain_text("DCAF")
    button.click()
    expect(page.locator("#said")).to_contain_text("Quotation with its reference copied")
    quoted, reference = clipboard(page).splitlines()
    assert quoted.startswith("“Mixed teams") and quoted.endswith("shifts.”")
    assert reference.startswith("DCAF, OSCE/ODIHR, and UN Women, Border Management")
    marker(page, 3).click()
    expect(cited_as(page)).to_contain_text("GenderGPT")
    button.click()
    expect(source(page).get_by_role("button", name="Copied")).to_be_visible()
    own = clipboard(page).splitlines()
    assert own[0].startswith("States commit") and own[0].endswith("child-sensitive.")
    assert own[1].startswith("GenderGPT, Our summary of Global Compact")


def test_copy_without_the_clipboard_api(visit: Visit) -> None:
    page = visit()
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    ask(page, QUESTION)
    marker(page, 1).click()
    expect(cited_as(page)).to_contain_text("DCAF")
    source(page).get_by_role("button", name="Copy citation").click()
    expect(source(page).get_by_role("button", name="Copied")).to_be_visible()


def test_a_reference_that_cannot_be_made_is_told(visit: Visit) -> None:
    page = visit()
    page.route("**/references?*", lambda route: route.fulfill(status=200, body="no json"))
    ask(page, QUESTION)
    marker(page, 1).click()
    expect(cited_as(page)).to_have_text("The reference could not be made.")
    source(page).get_by_role("button", name="Copy citation").click()
    expect(page.locator("#said")).to_have_text("There is no reference to copy.")


def test_hostile_records_are_only_text(visit: Visit, site: Site) -> None:
    site.assistant.held.append(HOSTILE)
    page = visit()
    ask(page, f"hostile {EVIL}")
    marker(page, 1).click()
    expect(cited_as(page)).to_contain_text(f"<b>Bad & Co</b>, Guide {EVIL}")
    assert page.locator("#source img, #source script, .cited-as b").count() == 0
    assert page.evaluate("window.hacked") is None


def test_an_edition_that_was_replaced_says_so(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = replace(TOOL6, superseded_by="d-gcm")
    monkeypatch.setattr(scripted, "TOOL6", older)
    page = visit()
    turn = ask(page, QUESTION)
    warning = "A newer edition replaces this one: Notes on the Global Compact for Migration."
    expect(turn.locator(".answer > p.newer")).to_have_text(f"[1] [2] {warning}")
    marker(page, 1).click()
    expect(source(page)).to_contain_text(warning)
    expect(source(page).get_by_role("heading", level=3)).to_have_text(
        f"{TOOL6.title} (2nd edition)"
    )


def test_thumbs_and_reports_reach_whoever_keeps_the_library(
    visit: Visit, site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    page = visit()
    turn = ask(page, QUESTION)
    down = turn.get_by_role("button", name="Not helpful")
    expect(turn.get_by_role("group", name="What was wrong?")).to_be_hidden()
    down.focus()
    page.keyboard.press("Enter")
    expect(down).to_have_attribute("aria-expanded", "true")
    turn.get_by_role("radio", name="Something important is missing").check()
    turn.get_by_role("textbox", name="Comment (optional)").fill("Rule 60\x1b[2J is not there")
    turn.get_by_role("button", name="Send").click()
    expect(turn.locator(".foot .thanks")).to_be_focused()
    expect(page.locator("#said")).to_contain_text("Thank you.")
    marker(page, 2).click()
    source(page).get_by_text("This citation is wrong").click()
    source(page).get_by_role("textbox", name="Comment (optional)").fill("It is on page 30")
    source(page).get_by_role("button", name="Send").click()
    expect(source(page).get_by_text("Thank you. It is kept")).to_be_visible()
    capsys.readouterr()
    assert main(["feedback", "--library", str(site.library)]) == 0
    listed = capsys.readouterr().out
    assert "not helpful: Something important is missing" in listed
    assert "comment: Rule 60[2J is not there" in listed
    assert "citation wrong" in listed
    assert "comment: It is on page 30" in listed
    assert f"{TOOL6.title} ({TOOL6.id}), PDF page 29: Searches of a person" in listed
    assert main(["feedback", "--json", "--library", str(site.library)]) == 0
    report, thumb = json.loads(capsys.readouterr().out)["entries"]
    assert (report["verdict"], len(report["cited"])) == ("wrong_citation", 1)
    assert (thumb["verdict"], len(thumb["cited"])) == ("down", 3)
    assert report["question"] == thumb["question"] == QUESTION


def test_a_thumb_up_asks_for_no_reason_and_sends_nothing_before_send(
    visit: Visit, site: Site
) -> None:
    page = visit()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    turn = ask(page, QUESTION)
    up = turn.get_by_role("button", name="Helpful", exact=True)
    up.click()
    expect(turn.get_by_role("group", name="What was wrong?")).to_be_hidden()
    expect(turn.get_by_role("textbox", name="Comment (optional)")).to_be_visible()
    up.click()
    expect(turn.get_by_role("textbox", name="Comment (optional)")).to_be_hidden()
    assert sent
    assert not [url for url in sent if url.endswith("/feedback")]


def test_what_cannot_be_kept_is_told(visit: Visit) -> None:
    page = visit()
    turn = ask(page, QUESTION)
    turn.get_by_role("button", name="Helpful", exact=True).click()
    page.evaluate("window.fetch = async () => { throw new Error('offline'); }; 0")
    turn.get_by_role("button", name="Send").click()
    expect(turn.get_by_text("It could not be sent. Try again.")).to_be_visible()
    expect(turn.get_by_role("button", name="Send")).to_be_enabled()


def test_an_unanswered_question_is_in_the_list(
    visit: Visit, site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    page = visit()
    ask(page, "What is the border budget for 2031?")
    ask(page, "what is the BORDER budget for 2031")
    page = page.context.new_page()
    page.goto(f"{site.url}/gaps")
    expect(page.get_by_role("heading", name="Questions without an answer")).to_be_visible()
    row = page.get_by_role("row").nth(1)
    expect(row.get_by_role("rowheader")).to_contain_text("what is the BORDER budget for 2031")
    expect(row.get_by_role("cell").first).to_have_text("2")
    expect(row).to_contain_text("p. 14 (PDF page 22)")
    capsys.readouterr()
    assert main(["gaps", "--library", str(site.library)]) == 0
    assert "2 times, last" in capsys.readouterr().out


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_new_parts_fit_a_narrow_screen(visit: Visit, scheme: str) -> None:
    page = visit(390, 844, color_scheme=scheme)
    turn = ask(page, QUESTION)
    turn.get_by_role("button", name="Not helpful").click()
    marker(page, 1).click()
    expect(cited_as(page)).to_contain_text("DCAF")
    source(page).get_by_text("This citation is wrong").click()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert page.evaluate("document.querySelector('#source').scrollWidth <= window.innerWidth")
