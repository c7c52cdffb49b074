"""A real Chromium against a real server with the scripted assistant."""

from __future__ import annotations

import os
import re
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, Request, sync_playwright

from gendergpt.settings import Settings
from gendergpt.ui import build_app

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.browser.scripted import ScriptedAssistant, Site

# What Gradio says when a page is left or loaded anew while it waits for something.
LEAVING = re.compile("AbortError: signal is aborted without reason|Connection errored out")
CHROMIUM = Path(os.environ.get("GENDERGPT_CHROMIUM", "/usr/bin/chromium"))
CHROMIUM_ARGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A headless Chromium; missing, the test is skipped, but in CI it fails."""
    if not CHROMIUM.exists():
        reason = f"Chromium is not at {CHROMIUM}"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=CHROMIUM_ARGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def _served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One server for all tests: Gradio takes seconds to load."""
    from gendergpt.ui import listening

    assistant = ScriptedAssistant(folder=tmp_path_factory.mktemp("library"))
    listener = listening.listen("127.0.0.1", 0)
    url = listening.page_address("127.0.0.1", listener.getsockname()[1])
    settings = Settings(library=tmp_path_factory.mktemp("kept"), keep_gaps=True)
    app = build_app(assistant, settings)
    config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1)
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run, args=([listener],), daemon=True)
    thread.start()
    yield Site(url, assistant, settings.library)
    running.should_exit = True
    thread.join(10)


@pytest.fixture
def site(_served: Site) -> Iterator[Site]:
    """The served page, with the assistant as it was at the start."""
    fresh = ScriptedAssistant()
    _served.assistant.__dict__.update(fresh.__dict__)
    for kept in _served.library.iterdir():
        kept.unlink()
    yield _served
    _served.assistant.hold.set()


@pytest.fixture
def visit(chromium: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """Open the page as a new person; fails on errors and on requests to any other host."""
    own = urlsplit(site.url).netloc
    strangers: list[str] = []
    errors: list[str] = []
    contexts = []

    def watch(request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in ("http", "https", "ws", "wss") and address.netloc != own:
            strangers.append(request.url)

    def open_page(width: int = 1280, height: int = 800, **options: object) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            locale="en-GB",
            **options,  # type: ignore[arg-type]
        )
        contexts.append(context)
        context.on("request", watch)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
        page.goto(site.url)
        page.get_by_role("textbox", name="Ask a question").wait_for()
        page.locator("#library .library").wait_for(state="attached")
        return page

    def told(error: str) -> bool:
        return not LEAVING.search(error)

    yield open_page
    for context in contexts:
        context.close()
    assert strangers == []
    assert list(filter(told, errors)) == []
