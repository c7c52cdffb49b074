"""Conversations that stay in the browser, asking again, printing and sharing."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace

import pypdfium2
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from gendergpt.types import Filters
from tests.browser.scripted import EVIL, GCM, HOSTILE, TOOL6, Site
from tests.browser.test_chat import QUESTION, ask, box, marker, source

# The server runs in this process; what Gradio's dependencies deprecate is not tested here.
pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore")]

Visit = Callable[..., Page]
CLIPBOARD = ["clipboard-read", "clipboard-write"]
STORED = "Object.entries(localStorage).filter(([key]) => key.startsWith('gendergpt.talk.'))"


def stored(page: Page, count: int) -> list[dict[str, object]]:
    """Return the kept conversations once there are as many."""
    page.wait_for_function(f"{STORED}.length === {count}")
    return [json.loads(value) for _, value in page.evaluate(STORED)]


def again(page: Page) -> None:
    """Load the page anew."""
    page.reload()
    box(page).wait_for()


def earlier(page: Page) -> None:
    page.locator("#show-earlier").click()
    expect(page.get_by_role("dialog", name="Earlier conversations")).to_be_visible()


# --- earlier conversations -----------------------------------------------------------------------


def test_a_reload_keeps_the_conversation_and_its_history(visit: Visit, site: Site) -> None:
    page = visit()
    first = ask(page, QUESTION).inner_text()
    ask(page, "How many women officers has Norway in 2031?")
    again(page)
    expect(page.locator(".question")).to_contain_text([QUESTION, "Norway"])
    assert page.locator("#past .turn").inner_text() == first
    marker(page, 2).click()
    expect(source(page).locator("mark")).to_contain_text("Searches of a person")
    ask(page, "And at night?")
    question, history, _ = site.assistant.calls[-1]
    assert question == "And at night?"
    assert [turn.question for turn in history] == [
        QUESTION,
        "How many women officers has Norway in 2031?",
    ]
    assert [each.marker for each in history[0].answer.citations] == [1, 2, 3]
    (talk,) = stored(page, 1)
    assert isinstance(talk["turns"], list) and len(talk["turns"]) == 3
    assert str(site.assistant.folder) not in json.dumps(talk)


def test_another_tab_begins_afresh_and_finds_it(visit: Visit) -> None:
    page = visit()
    ask(page, QUESTION)
    stored(page, 1)
    other = page.context.new_page()
    other.goto(page.url)
    box(other).wait_for()
    expect(other.locator("#show-earlier")).to_have_text("Earlier conversations (1)")
    expect(other.locator(".turn")).to_have_count(0)
    earlier(other)
    other.get_by_role("dialog").get_by_role("button", name=QUESTION).first.click()
    expect(other.locator("#current .turn")).to_contain_text("officer of the same sex")


def test_earlier_conversations_are_opened_and_deleted(visit: Visit, site: Site) -> None:
    page = visit()
    expect(page.locator("#show-earlier")).to_be_hidden()
    for question in ("First?", "Second?", "Third?"):
        ask(page, question)
        page.get_by_role("button", name="New conversation").click()
        expect(page.locator(".turn")).to_have_count(0)
    earlier(page)
    dialog = page.get_by_role("dialog")
    expect(dialog.locator(".title")).to_have_text(["Third?", "Second?", "First?"])
    expect(dialog.locator(".when").first).to_contain_text("1 answer")
    page.get_by_role("button", name="Delete: Third?").click()
    expect(dialog.locator(".title")).to_have_text(["Second?", "First?"])
    dialog.get_by_role("button", name="First?").first.click()
    expect(dialog).to_be_hidden()
    expect(page.locator("#current .question")).to_contain_text("First?")
    ask(page, "And at night?")
    assert [turn.question for turn in site.assistant.calls[-1][1]] == ["First?"]
    earlier(page)
    expect(dialog.locator(".title")).to_have_text(["First?", "Second?"])
    expect(dialog.locator(".when").first).to_contain_text("2 answers, shown now")
    page.get_by_role("button", name="Delete all").click()
    page.get_by_role("button", name="Delete all: press again").click()
    expect(dialog).to_be_hidden()
    assert stored(page, 0) == []
    again(page)
    expect(page.locator("#library .library")).to_be_attached()
    expect(page.locator(".turn")).to_have_count(0)


def test_opening_one_ends_a_running_answer(visit: Visit, site: Site) -> None:
    page = visit()
    ask(page, QUESTION)
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".turn")).to_have_count(0)
    ask(page, "slow Is there a rule for night shifts?", state="running")
    earlier(page)
    page.get_by_role("dialog").get_by_role("button", name=QUESTION).first.click()
    expect(page.locator("#current .question")).to_contain_text(QUESTION)
    site.assistant.hold.set()
    ask(page, "And at night?")
    assert [turn.question for turn in site.assistant.calls[-1][1]] == [QUESTION]
    expect(page.get_by_text("night shifts")).to_have_count(0)


def test_a_stopped_question_is_asked_again(visit: Visit, site: Site) -> None:
    page = visit()
    ask(page, "slow " + QUESTION, state="running")
    page.get_by_role("button", name="Stop").click()
    site.assistant.hold.set()
    page.get_by_role("button", name="Ask again").click()
    turn = page.locator("#current .turn[data-turn='2'][data-state='done']")
    expect(turn).to_contain_text("officer of the same sex")
    assert site.assistant.calls[-1][:2] == ("slow " + QUESTION, ())


def test_earlier_conversations_by_keyboard(visit: Visit) -> None:
    page = visit()
    ask(page, QUESTION)
    stored(page, 1)
    page.locator("#show-earlier").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(page.locator("#earlier-title")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.locator("#show-earlier")).to_be_focused()


def test_denied_storage_keeps_nothing_and_breaks_nothing(visit: Visit) -> None:
    page = visit()
    page.add_init_script(
        "for (const name of ['localStorage', 'sessionStorage']) Object.defineProperty("
        "window, name, {get() { throw new DOMException('denied', 'SecurityError'); }});"
    )
    again(page)
    ask(page, QUESTION)
    ask(page, "And at night?")
    expect(page.locator("#show-earlier")).to_be_hidden()
    again(page)
    expect(page.locator("#library .library")).to_be_attached()
    expect(page.locator(".turn")).to_have_count(0)


def test_full_storage_forgets_the_oldest(visit: Visit) -> None:
    page = visit()
    page.evaluate(
        """() => { for (let n = 0; n < 60; n += 1) localStorage.setItem(`gendergpt.talk.old${n}`,
             JSON.stringify({title: `Old ${n}`, at: n, turns: ["x".repeat(50000)]})); }"""
    )
    ask(page, QUESTION)
    page.wait_for_function(f"{STORED}.length < 60")
    kept = [json.loads(value) for _, value in page.evaluate(STORED)]
    assert len(kept) <= 50
    assert sum(len(turn) for talk in kept for turn in talk["turns"]) <= 2_000_000
    titles = {talk["title"] for talk in kept}
    assert QUESTION in titles and "Old 59" in titles and "Old 0" not in titles


def test_hostile_storage_is_inert(visit: Visit) -> None:
    forged = "0" * 64 + json.dumps({"answer": {"question": EVIL, "text": EVIL}, "only": EVIL})
    planted = [{"html": EVIL}, 7, None, EVIL, forged]
    page = visit()
    talk = json.dumps({"title": EVIL, "at": 1, "turns": planted})
    page.evaluate(
        """talk => { localStorage.setItem('gendergpt.talk.bad', talk);
                     localStorage.setItem('gendergpt.talk.none', '<img src=x>');
                     sessionStorage.setItem('gendergpt.current', 'bad'); }""",
        talk,
    )
    again(page)
    turns = page.locator(".turn[data-state='failed']")
    expect(turns).to_contain_text(["was not given by this library, so it is not shown"] * 2)
    earlier(page)
    expect(page.locator("#earlier .title")).to_have_text([EVIL])
    page.keyboard.press("Escape")
    ask(page, QUESTION)
    assert page.evaluate("window.hacked") is None
    assert page.locator("#desk img, #desk script, #earlier img, #earlier script").count() == 0


def test_what_was_kept_and_changed_is_not_shown(visit: Visit) -> None:
    page = visit()
    ask(page, QUESTION)
    stored(page, 1)
    page.evaluate(
        "Object.keys(localStorage).forEach((key) => localStorage.setItem("
        "key, localStorage.getItem(key).replaceAll('same sex', 'other sex')))"
    )
    again(page)
    expect(page.locator("#current .turn")).to_contain_text("This answer was changed")
    expect(page.get_by_text("other sex")).to_have_count(0)


def test_hostile_documents_stay_inert_after_a_reload(visit: Visit, site: Site) -> None:
    site.assistant.held.append(HOSTILE)
    page = visit()
    ask(page, f"hostile {EVIL}")
    stored(page, 1)
    again(page)
    expect(page.locator("#current .question")).to_contain_text(EVIL)
    expect(page.locator("#current .since")).to_contain_text("no longer found on their page")
    assert page.evaluate("window.hacked") is None
    assert page.locator("#desk img, #desk h1, #desk script").count() == 0


# --- asking again --------------------------------------------------------------------------------


def test_ask_again_with_other_filters(visit: Visit, site: Site) -> None:
    page = visit()
    ask(page, QUESTION)
    ask(page, "And at night?")
    page.get_by_role("checkbox", name=GCM.title, exact=True).check()
    box(page).fill("being typed")
    page.locator("#current").get_by_role("button", name="Ask again").click()
    turn = page.locator("#current .turn[data-turn='3'][data-state='done']")
    expect(turn.locator(".question")).to_contain_text("And at night?")
    expect(turn).to_contain_text(f"Searched only in: {GCM.title}")
    expect(box(page)).to_have_value("being typed")
    question, history, filters = site.assistant.calls[-1]
    assert question == "And at night?"
    assert [each.question for each in history] == [QUESTION]
    assert filters == Filters(document=frozenset({GCM.id}))
    page.locator("#past [data-turn='1']").get_by_role("button", name="Ask again").click()
    expect(page.locator("#current .turn[data-turn='4'][data-state='done']")).to_be_visible()
    assert site.assistant.calls[-1][:2] == (QUESTION, ())


# --- printing ------------------------------------------------------------------------------------


def printed(page: Page) -> str:
    """Return the words of the page as Chromium prints it."""
    with pypdfium2.PdfDocument(io.BytesIO(page.pdf(format="A4"))) as paper:
        texts = [sheet.get_textpage().get_text_bounded() for sheet in paper]
    return " ".join(" ".join(texts).split())


def test_one_answer_is_printed_with_its_references(visit: Visit) -> None:
    page = visit()
    page.evaluate("window.print = () => { window.asked = true; }")
    ask(page, QUESTION)
    ask(page, "And the patrols?")
    page.locator("#current").get_by_role("button", name="[1]", exact=True).click()
    page.locator("#past").get_by_role("button", name="Print").click()
    assert page.evaluate("window.asked")
    words = printed(page)
    assert QUESTION in words and "officer of the same sex" in words
    assert "PDF page 29" in words and "https://undocs.org/A/RES/73/195" in words
    for absent in ("And the patrols?", "Copy answer", "Ask again", "Search only in", "Close"):
        assert absent not in words


def test_the_whole_conversation_is_printed(visit: Visit) -> None:
    page = visit()
    page.evaluate("window.print = () => {}")
    expect(page.get_by_role("button", name="Print conversation")).to_be_hidden()
    ask(page, QUESTION)
    ask(page, "And the patrols?")
    page.get_by_role("button", name="Print conversation").click()
    words = printed(page)
    assert QUESTION in words and "And the patrols?" in words
    assert words.count("PDF page 29") == 2
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(page.locator("#current details.more").first).to_have_js_property("open", False)


# --- sharing -------------------------------------------------------------------------------------


def shared(page: Page) -> str:
    """Share the last answer and return its address."""
    page.locator("#current").get_by_role("button", name="Share").click()
    expect(page.locator("#current").get_by_role("button", name="Link copied")).to_be_visible()
    expect(page.locator("#said")).to_have_text("Link copied.")
    address = str(page.evaluate("navigator.clipboard.readText()"))
    expect(page.locator("#current .shared a")).to_have_attribute("href", address)
    return address


def colleague(page: Page, visit: Visit, address: str, width: int = 1280) -> Page:
    """Open an address as another person."""
    other = visit(width)
    assert _contexts(page) is not _contexts(other)
    other.goto(address)
    return other


def _contexts(page: Page) -> BrowserContext:
    return page.context


def test_a_shared_answer_opens_for_a_colleague(visit: Visit, site: Site) -> None:
    page = visit(permissions=CLIPBOARD)
    turn = ask(page, QUESTION)
    text = turn.locator(".group").all_inner_texts()
    other = colleague(page, visit, shared(page))
    assert other.locator(".group").all_inner_texts() == text
    expect(other.locator(".question")).to_contain_text(QUESTION)
    expect(other.locator(".since")).to_have_count(0)
    other.get_by_role("button", name="[2]", exact=True).click()
    expect(source(other).locator("mark")).to_contain_text("Searches of a person")
    expect(source(other)).to_contain_text(TOOL6.title)
    other.keyboard.press("Escape")
    expect(other.get_by_role("button", name="Share")).to_have_count(0)
    other.get_by_role("link", name="Ask a question").click()
    expect(box(other)).to_be_visible()
    assert len(site.assistant.calls) == 1


def test_a_shared_answer_after_its_document_was_superseded_and_removed(
    visit: Visit, site: Site
) -> None:
    page = visit(permissions=CLIPBOARD)
    ask(page, QUESTION)
    newer = replace(TOOL6, id="d-tool7", edition="3rd edition")
    site.assistant.held = [replace(TOOL6, superseded_by=newer.id), newer, GCM]
    other = colleague(page, visit, shared(page))
    expect(other.locator(".since")).to_contain_text("a newer edition than")
    expect(other.locator(".since")).to_contain_text("3rd edition")
    expect(other.locator(".answer")).to_contain_text("officer of the same sex")
    site.assistant.held = [GCM]
    other.reload()
    expect(other.locator(".since")).to_contain_text("has since been removed from the library")
    content = other.content()
    assert "officer of the same sex" not in content and "available at every" not in content
    expect(other.locator(".answer")).to_contain_text("gender-responsive and child-sensitive")


def test_no_sideways_scrolling_and_no_script_on_a_shared_page(visit: Visit, site: Site) -> None:
    site.assistant.held.append(HOSTILE)
    page = visit(390, 844, permissions=CLIPBOARD)
    ask(page, f"hostile {EVIL}")
    other = colleague(page, visit, shared(page), 390)
    expect(other.locator(".question")).to_contain_text(EVIL)
    assert other.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert other.evaluate("window.hacked") is None
    assert other.locator("img, #desk script").count() == 0
