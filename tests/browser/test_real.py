"""The web chat with the real assistant and the starter library, in a real browser."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Locator, Page, expect

from gendergpt.assistant import Assistant
from gendergpt.embedding import SentenceTransformerEncoder
from gendergpt.library import Library
from gendergpt.settings import Settings
from gendergpt.ui import build_app, listening
from scripts.practitioners import CORPUS, ROOT, build_library

# What Gradio's dependencies deprecate is not tested here.
pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.filterwarnings("ignore"),
]

Visit = Callable[..., Page]
FIVE = "Which five approaches does DCAF's border management tool recommend?"
LAMP = "Which lamp hangs at the Zvezda crossing?"
NOTE = "# Zvezda\n\nA green lamp hangs at the Zvezda crossing above the officers' booth.\n"
NONE = "The library holds no answer to this question."


@dataclass
class Real:
    """A served page over a library that other processes may change."""

    url: str
    library: Path


@pytest.fixture(scope="module")
def _real(
    tmp_path_factory: pytest.TempPathFactory, encoder: SentenceTransformerEncoder
) -> Iterator[Real]:
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    corpus = build_library(shared / "corpus-library", [CORPUS])
    folder = tmp_path_factory.mktemp("real") / "library"
    shutil.copytree(corpus.library, folder)
    library = Library(Settings(library=folder), encoder.fingerprint, encoder.name)
    assistant = Assistant(library, encoder)
    assistant.warm_up()
    listener = listening.listen("127.0.0.1", 0)
    url = listening.page_address("127.0.0.1", listener.getsockname()[1])
    config = uvicorn.Config(build_app(assistant), log_level="warning", timeout_graceful_shutdown=1)
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run, args=([listener],), daemon=True)
    thread.start()
    yield Real(url, folder)
    running.should_exit = True
    thread.join(10)
    library.close()


@pytest.fixture
def site(_real: Real) -> Real:
    """The page that ``visit`` opens: here the real one."""
    return _real


def gendergpt(*arguments: object) -> str:
    """Run the command line in a process of its own and return what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "gendergpt.cli", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def ask(page: Page, question: str) -> Locator:
    """Ask with Enter and return the turn once its answer is complete."""
    box = page.get_by_role("textbox", name="Ask a question")
    number = page.locator(".turn").count() + 1
    box.fill(question)
    box.press("Enter")
    turn = page.locator(f".turn[data-turn='{number}'][data-state='done']")
    expect(turn).to_be_visible(timeout=30_000)
    return turn


def marker(turn: Locator, number: int) -> Locator:
    return turn.get_by_role("button", name=f"[{number}]", exact=True)


def source(page: Page) -> Locator:
    return page.get_by_role("region", name="Source")


def test_ask_open_and_follow_up(visit: Visit) -> None:
    page = visit()
    turn = ask(page, FIVE)
    for approach in ("gender analysis", "gender training", "immigration detention"):
        expect(turn).to_contain_text(approach)
    expect(source(page)).to_be_hidden()
    marker(turn, 1).click()
    expect(source(page)).to_be_visible()
    expect(source(page)).to_contain_text("Tool 6")
    expect(source(page)).to_contain_text("Our summary of")
    expect(source(page)).to_contain_text(re.compile(r"p\. \w+ \(PDF page \d+\)"))
    marked = source(page).locator("mark")
    assert "gender analysis" in " ".join(marked.all_inner_texts())
    assert "gender analysis" in turn.inner_text()
    figure = source(page).get_by_role("figure")
    expect(figure.get_by_role("img", name=re.compile("quoted words marked$"))).to_be_visible()
    expect(figure.locator("span").first).to_be_visible()

    more = ask(page, "Tell me more about the last one.")
    expect(more).to_contain_text("detention")
    assert more.get_attribute("data-outcome") in ("ANSWERED", "PARTIAL")
    expect(page.locator(".question")).to_have_count(2)

    page.reload()
    expect(page.locator(".question")).to_have_count(2, timeout=20_000)
    expect(page.locator(".since")).to_have_count(0)
    marker(page.locator("#past .turn"), 1).click()
    expect(source(page).locator("mark")).to_be_visible()
    once_more = ask(page, "Tell me more about the first one.")
    assert once_more.get_attribute("data-outcome") in ("ANSWERED", "PARTIAL")


def test_a_plain_no(visit: Visit) -> None:
    page = visit()
    turn = ask(page, "How many women serve in the border guard of Iceland?")
    expect(turn).to_contain_text(NONE)
    expect(turn).to_contain_text("Iceland")
    expect(turn).to_contain_text(re.compile("not an answer", re.IGNORECASE))
    expect(marker(turn, 1)).to_have_count(0)
    assert turn.get_attribute("data-outcome") == "NOT_IN_LIBRARY"


def test_another_process_adds_and_removes(visit: Visit, site: Real, tmp_path: Path) -> None:
    page = visit()
    expect(ask(page, LAMP)).to_contain_text(NONE)

    (tmp_path / "zvezda.md").write_text(NOTE, encoding="utf-8")
    printed = gendergpt("ingest", tmp_path / "zvezda.md", "--library", site.library, "--json")
    (added,) = json.loads(printed)["added"]
    turn = ask(page, LAMP)
    expect(turn).to_contain_text("A green lamp hangs at the Zvezda crossing")
    marker(turn, 1).click()
    expect(source(page).locator("mark")).to_contain_text(["green lamp"])
    expect(source(page)).to_contain_text("The publisher's own words")

    gendergpt("library", "remove", added["document_id"], "--library", site.library)
    expect(ask(page, LAMP)).to_contain_text(NONE)
    assert "green lamp" not in page.locator("#current").inner_text()


def test_it_works_on_a_telephone(visit: Visit) -> None:
    page = visit(390, 844)
    turn = ask(page, FIVE)
    marker(turn, 1).click()
    expect(source(page)).to_be_visible()
    expect(source(page).locator("mark").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    box = source(page).bounding_box()
    assert box and box["x"] >= 0 and box["x"] + box["width"] <= 390
    ask(page, "What is humanitarian border management?")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
