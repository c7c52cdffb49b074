"""What a person does with the web chat, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import Locator, Page, expect

from gendergpt.types import Filters
from tests.browser.scripted import EVIL, GCM, HOSTILE, TOOL6, Site

# The server runs in this process; what Gradio's dependencies deprecate is not tested here.
pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore")]

Visit = Callable[..., Page]
QUESTION = "Who may search a woman traveller?"


def box(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Ask a question")


def ask(page: Page, question: str, state: str = "done") -> Locator:
    """Ask with Enter and return the turn once it is in ``state``."""
    number = page.locator(".turn").count() + 1
    box(page).fill(question)
    box(page).press("Enter")
    turn = page.locator(f"#current .turn[data-turn='{number}'][data-state='{state}']")
    expect(turn).to_be_visible()
    return turn


def source(page: Page) -> Locator:
    return page.get_by_role("region", name="Source")


def marker(page: Page, number: int) -> Locator:
    return page.get_by_role("button", name=f"[{number}]", exact=True)


def test_answer_with_sources(visit: Visit) -> None:
    page = visit()
    turn = ask(page, QUESTION)
    expect(turn).to_contain_text("carried out by an officer of the same sex")
    marker(page, 2).click()
    expect(source(page)).to_contain_text(TOOL6.title)
    expect(source(page)).to_contain_text("PDF page 29")
    expect(source(page)).to_contain_text("The publisher's own words")
    expect(source(page).locator("mark")).to_have_text(re.compile("^Searches of a person.*needed.$"))
    expect(marker(page, 2)).to_have_attribute("aria-expanded", "true")
    marker(page, 1).click()
    expect(source(page)).to_contain_text("p. 14 (PDF page 22)")
    expect(marker(page, 2)).to_have_attribute("aria-expanded", "false")


def test_summary_is_ours(visit: Visit) -> None:
    page = visit()
    ask(page, QUESTION)
    marker(page, 3).click()
    expect(source(page)).to_contain_text("Our summary of Global Compact")
    expect(source(page)).to_contain_text("not the publisher's words")
    link = source(page).get_by_role("link")
    expect(link).to_have_attribute("href", "https://undocs.org/A/RES/73/195")
    expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")


def test_source_stands_beside_or_beneath(visit: Visit) -> None:
    wide = visit()
    ask(wide, QUESTION)
    marker(wide, 1).click()
    answer = wide.locator("#current .answer").bounding_box()
    beside = source(wide).bounding_box()
    assert answer and beside and beside["x"] >= answer["x"] + answer["width"]

    narrow = visit(390, 844)
    ask(narrow, QUESTION)
    marker(narrow, 1).click()
    beneath = source(narrow).bounding_box()
    opener = marker(narrow, 1).bounding_box()
    assert beneath and opener
    assert beneath["width"] == 390
    assert beneath["y"] >= opener["y"] + opener["height"]


def test_keyboard_alone(visit: Visit) -> None:
    page = visit()
    expect(box(page)).to_be_focused()
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    expect(marker(page, 3)).to_be_visible()
    for _ in range(40):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.textContent") == "[2]":
            break
    page.keyboard.press("Enter")
    expect(source(page)).to_be_focused()
    page.keyboard.press("Escape")
    expect(source(page)).to_be_hidden()
    expect(marker(page, 2)).to_be_focused()


def test_shift_enter_makes_a_line(visit: Visit, site: Site) -> None:
    page = visit()
    box(page).press_sequentially("first")
    box(page).press("Shift+Enter")
    box(page).press_sequentially("second")
    expect(box(page)).to_have_value("first\nsecond")
    assert site.assistant.calls == []
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".turn[data-state='done']")).to_be_visible()
    assert site.assistant.calls[0][0] == "first\nsecond"
    expect(box(page)).to_have_value("")


def test_streams_and_can_be_stopped(visit: Visit, site: Site) -> None:
    page = visit()
    site.assistant.pause = 0.1
    turn = ask(page, "slow " + QUESTION, state="running")
    expect(page.get_by_role("log")).to_have_attribute("aria-busy", "true")
    expect(turn).to_contain_text("DCAF, OSCE/ODIHR")
    expect(turn.locator("button.marker")).to_have_count(0)
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#current .turn")).to_contain_text("Stopped.")
    site.assistant.pause = 0
    site.assistant.hold.set()
    expect(page.get_by_role("log")).to_have_attribute("aria-busy", "false")
    ask(page, "And the Global Compact?")
    expect(page.locator("#past .turn")).to_contain_text("Stopped.")
    assert site.assistant.calls[-1][1] == ()


def test_says_at_once_that_it_searches(visit: Visit, site: Site) -> None:
    page = visit()
    site.assistant.pause = 1.0
    turn = ask(page, QUESTION, state="running")
    expect(turn).to_contain_text("Searching the library…")
    page.get_by_role("button", name="Stop").click()


def test_follow_up_passes_the_history(visit: Visit, site: Site) -> None:
    page = visit()
    ask(page, QUESTION)
    ask(page, "And at night?")
    question, history, _ = site.assistant.calls[-1]
    assert question == "And at night?"
    assert [turn.question for turn in history] == [QUESTION]
    assert history[0].answer.citations[0].marker == 1
    page.locator("#past").get_by_role("button", name="[1]", exact=True).click()
    expect(source(page)).to_contain_text(TOOL6.title)


def test_new_conversation_starts_afresh(visit: Visit, site: Site) -> None:
    page = visit()
    ask(page, QUESTION)
    marker(page, 1).click()
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".turn")).to_have_count(0)
    expect(source(page)).to_be_hidden()
    ask(page, "And at night?")
    assert site.assistant.calls[-1][1] == ()


def test_new_conversation_ends_a_running_answer(visit: Visit, site: Site) -> None:
    page = visit()
    ask(page, "slow " + QUESTION, state="running")
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".turn")).to_have_count(0)
    site.assistant.hold.set()
    ask(page, QUESTION)
    assert site.assistant.calls[-1][1] == ()


def test_filters_are_passed_and_named(visit: Visit, site: Site) -> None:
    page = visit()
    page.get_by_role("checkbox", name="UN (1)", exact=True).check()
    page.get_by_role("checkbox", name=GCM.title, exact=True).check()
    turn = ask(page, "What is the budget?")
    assert site.assistant.calls[-1][2] == Filters(
        publisher=frozenset({"UN"}), document=frozenset({GCM.id})
    )
    expect(turn).to_contain_text("Searched 2 documents, 230 passages, with these filters.")
    expect(turn).to_contain_text(f"Searched only in: UN, and there only {GCM.title}")


def test_filters_in_use_show_and_can_be_lifted(visit: Visit, site: Site) -> None:
    page = visit()
    used = page.get_by_role("group", name="Filters in use")
    expect(used).to_have_count(0)
    page.get_by_role("checkbox", name="UN (1)", exact=True).check()
    page.get_by_role("checkbox", name=GCM.title, exact=True).check()
    expect(used).to_contain_text("Searching only:")
    ask(page, QUESTION)
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator("#said")).to_have_text(
        f"New conversation. Still searching only: UN; {GCM.title}."
    )
    used.get_by_role("button", name="UN:").press("Enter")
    expect(page.get_by_role("checkbox", name="UN (1)", exact=True)).not_to_be_checked()
    expect(box(page)).to_be_focused()
    turn = ask(page, QUESTION)
    assert site.assistant.calls[-1][2] == Filters(document=frozenset({GCM.id}))
    expect(turn).to_contain_text(f"Searched only in: {GCM.title}")
    page.get_by_role("button", name="Clear filters").click()
    expect(used).to_have_count(0)
    turn = ask(page, QUESTION)
    assert site.assistant.calls[-1][2] is None
    expect(turn.get_by_text("only in")).to_have_count(0)


def test_long_lists_of_filters(visit: Visit, site: Site) -> None:
    site.assistant.held = [
        replace(TOOL6, id=f"d-{n:02}", title=f"Guide {n:02}", publisher=f"Publisher {n:02}")
        for n in range(20)
    ]
    page = visit()
    shown = page.get_by_role("group", name="Publisher").get_by_role("checkbox")
    expect(shown).to_have_count(5)
    find = page.get_by_role("searchbox", name="Find a publisher")
    find.fill("her 17")
    expect(shown).to_have_count(1)
    page.get_by_role("checkbox", name="Publisher 17 (1)").check()
    find.fill("")
    expect(shown).to_have_count(6)
    expect(page.get_by_role("checkbox", name="Publisher 17 (1)")).to_be_checked()
    page.get_by_role("button", name="Show all 20").first.click()
    expect(shown).to_have_count(20)
    page.get_by_role("button", name="Show fewer").click()
    expect(shown).to_have_count(6)


def test_filters_follow_the_library(visit: Visit, site: Site) -> None:
    page = visit()
    page.get_by_role("checkbox", name="UN (1)", exact=True).check()
    site.assistant.held = [GCM]
    ask(page, QUESTION)
    # Of one document there is nothing to choose; what is ticked stays to be seen.
    expect(page.get_by_role("group", name="Document")).to_be_hidden()
    expect(page.locator("#documents label")).to_have_count(1)
    expect(page.get_by_role("checkbox", name="UN (1)", exact=True)).to_be_checked()
    expect(page.locator("#library")).to_contain_text("no publication itself yet")
    site.assistant.held = []
    ask(page, QUESTION)
    expect(page.locator("#library")).to_contain_text("The library is empty")


def test_filters_open_on_a_narrow_screen(visit: Visit) -> None:
    page = visit(390, 844)
    expect(page.get_by_role("group", name="Publisher")).to_be_hidden()
    page.get_by_role("button", name="Filters").click()
    page.get_by_role("checkbox", name="UN (1)", exact=True).check()
    expect(page.get_by_role("button", name="Filters (1)")).to_be_visible()


@pytest.mark.parametrize("width", [320, 390])
def test_header_stays_as_it_is_when_a_filter_is_set(visit: Visit, width: int) -> None:
    page = visit(width, 844)
    title = page.get_by_role("heading", level=1)
    anew = page.get_by_role("button", name="New conversation")
    filters = page.get_by_role("button", name=re.compile("^Filters"))
    filters.click()
    before = [each.bounding_box() for each in (title, anew, filters)]
    page.get_by_role("checkbox", name="UN (1)", exact=True).check()
    expect(filters).to_have_text("Filters (1)")
    assert [each.bounding_box() for each in (title, anew, filters)] == before
    rows = {round(each["y"] + each["height"] / 2) for each in before if each}
    assert max(rows) - min(rows) <= 1 if width == 390 else len(rows) == 2
    assert all(each and each["y"] >= 4 for each in before)


def test_source_opens_at_its_top_on_a_narrow_screen(visit: Visit) -> None:
    page = visit(390, 844)
    ask(page, QUESTION)
    for number in (3, 1, 2):
        marker(page, number).click()
        for part in (".whose", "h3", "mark"):
            expect(source(page).locator(part)).to_be_in_viewport(ratio=1)
        bar = source(page).locator(".source-bar").bounding_box()
        banner = source(page).locator(".whose").bounding_box()
        assert bar and banner and banner["y"] >= bar["y"] + bar["height"]
    earlier = source(page).get_by_role("group").filter(has_text="Earlier in this passage")
    expect(earlier).to_have_js_property("open", False)
    source(page).get_by_text("Earlier in this passage").click()
    expect(earlier).to_have_js_property("open", True)
    expect(earlier).to_contain_text("Procedures name who may search whom.")


def test_not_in_library(visit: Visit) -> None:
    page = visit()
    turn = ask(page, "What is the border budget for 2031?")
    expect(turn).to_contain_text("The library holds no answer to this question.")
    expect(turn).to_contain_text("Not found: the budget; 2031")
    expect(turn).to_contain_text("Searched 2 documents, 230 passages.")
    expect(turn.get_by_role("heading", name="Nearest passages (not an answer)")).to_be_visible()
    turn.locator(".nearest button").first.click()
    expect(source(page)).to_contain_text("Recruitment targets alone")


def test_partial(visit: Visit) -> None:
    turn = ask(visit(), "How many women officers has Norway in 2031?")
    expect(turn).to_contain_text("Part of your question is not covered: Norway; the year 2031")
    expect(turn.get_by_text("Not found in the library")).to_be_hidden()


def test_further_reading_opens_in_source(visit: Visit) -> None:
    page = visit()
    turn = ask(page, QUESTION)
    reading = turn.locator("details", has_text="Further reading")
    expect(reading.locator("button")).to_be_hidden()
    reading.locator("summary").click()
    reading.locator("button").click()
    expect(source(page)).to_contain_text("Complaints mechanisms")


def test_copy_answer(visit: Visit) -> None:
    page = visit(permissions=["clipboard-read", "clipboard-write"])
    ask(page, QUESTION)
    page.get_by_role("button", name="Copy answer").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "officer of the same sex" in copied
    assert "[2]" in copied and "PDF page 29" in copied


def test_copy_answer_without_the_clipboard_api(visit: Visit) -> None:
    page = visit()
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    ask(page, QUESTION)
    page.get_by_role("button", name="Copy answer").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    box(page).focus()
    page.keyboard.press("Control+V")
    assert "PDF page 29" in box(page).input_value()


def test_suggested_question(visit: Visit, site: Site) -> None:
    page = visit()
    page.get_by_role("button", name="How are mixed patrols staffed?").click()
    expect(page.locator(".turn[data-state='done']")).to_be_visible()
    assert site.assistant.calls[0][0] == "How are mixed patrols staffed?"


def test_people_do_not_see_each_other(visit: Visit, site: Site) -> None:
    one, two = visit(), visit()
    ask(one, QUESTION)
    turn = ask(two, "slow Is there a rule for night shifts?", state="running")
    expect(turn).to_contain_text("DCAF")
    ask(one, "A follow-up of the first person")
    site.assistant.hold.set()
    expect(two.locator(".turn[data-state='done']")).to_have_count(1)
    expect(two.locator(".question")).to_contain_text(["night shifts"])
    assert "night shifts" not in one.content()
    assert "traveller?" not in two.locator("#past").inner_text()
    histories = {call[0]: [turn.question for turn in call[1]] for call in site.assistant.calls}
    assert histories["A follow-up of the first person"] == [QUESTION]
    assert histories["slow Is there a rule for night shifts?"] == []


def test_errors_are_sentences(visit: Visit, caplog: pytest.LogCaptureFixture) -> None:
    page = visit()
    turn = ask(page, "missing", state="failed")
    expect(turn).to_contain_text("There is no library in <b>library</b> yet; run `make run`.")
    turn = ask(page, "broken", state="failed")
    expect(turn).to_contain_text("Sorry, something went wrong")
    assert "secret detail" not in page.content()
    assert "secret detail" in caplog.text
    ask(page, QUESTION)


def test_hostile_text_is_inert(visit: Visit, site: Site) -> None:
    site.assistant.held.append(HOSTILE)
    page = visit()
    turn = ask(page, f"hostile {EVIL}")
    expect(turn.locator(".question")).to_contain_text(EVIL)
    expect(turn).to_contain_text(f"Officers write {EVIL} in the log.")
    marker(page, 1).click()
    expect(source(page).locator("mark")).to_have_text(f"Officers write {EVIL} in the log.")
    expect(source(page)).to_contain_text("Official address: javascript:alert(1)")
    (link,) = source(page).get_by_role("link").all()
    expect(link).to_have_attribute("href", "./documents/d-evil/original#page=1")
    expect(source(page).get_by_role("figure")).to_contain_text("is no longer where it was")
    expect(page.get_by_role("checkbox", name=f"Guide {EVIL} (2024)")).to_be_visible()
    ask(page, QUESTION)
    assert page.evaluate("window.hacked") is None
    assert page.locator("#desk img, #desk h1, #desk script, #source img").count() == 0


@pytest.mark.parametrize("question", ["", QUESTION, "budget", f"hostile {EVIL} {'x' * 300}"])
def test_no_sideways_scrolling_at_390(visit: Visit, site: Site, question: str) -> None:
    site.assistant.held.append(HOSTILE)
    page = visit(390, 844)
    if question:
        ask(page, question)
        page.locator("#current button[data-card]").first.click()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert page.evaluate("document.querySelector('#source').scrollWidth <= window.innerWidth")


def test_gradio_does_not_show(visit: Visit) -> None:
    page = visit()
    expect(page.locator("footer")).to_have_count(0)
    expect(page.get_by_text("Gradio")).to_have_count(0)
    expect(page.get_by_role("heading", level=1, name="GenderGPT")).to_be_visible()
    assert page.title() == "GenderGPT"


def test_dark_follows_the_system(visit: Visit) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    assert visit(color_scheme="light").evaluate(ground) == "rgb(255, 255, 255)"
    assert visit(color_scheme="dark").evaluate(ground) == "rgb(21, 25, 27)"
