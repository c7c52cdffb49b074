"""Take the pictures of the web chat that the README shows: ``python scripts/screenshots.py``.

Needs a library made from ``corpus/`` and Debian's chromium. Pictures go to ``docs/images``.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync "
    "--disable-background-networking --disable-component-update"
)
QUESTION = "Which five approaches does DCAF's border management tool recommend?"
UNANSWERABLE = "What percentage of new IOM border projects had a gender component in 2023?"


@contextmanager
def web_chat(library: Path) -> Iterator[str]:
    """Serve the web chat from ``corpus/`` and yield its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gendergpt.cli"]
    options = ["--library", str(library)]
    subprocess.run([*command, "ingest", str(ROOT / "corpus"), *options], check=True)
    server = subprocess.Popen([*command, "serve", "--port", str(port), *options])
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{address}/healthz")
        yield address
    finally:
        server.terminate()
        server.wait()


def wait_for(address: str, seconds: float = 120) -> None:
    """Wait until ``address`` answers."""
    until = time.monotonic() + seconds
    while True:
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.3)


def ask(page: Page, question: str) -> None:
    """Ask and wait for the whole answer."""
    box = page.get_by_label("Ask a question")
    box.fill(question)
    box.press("Enter")
    page.get_by_role("button", name="Copy answer").last.wait_for(timeout=60_000)
    page.wait_for_timeout(700)


def take(address: str) -> None:
    """Take an answer with its source open, and an honest no, wide and narrow."""
    chromium = os.environ.get("GENDERGPT_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS.split())
        for width, height in ((1280, 800), (390, 844)):
            for name, question in (("answer", QUESTION), ("no-answer", UNANSWERABLE)):
                page = browser.new_page(viewport={"width": width, "height": height})
                page.goto(address)
                ask(page, question)
                if name == "answer":
                    page.get_by_role("button", name="[1]").last.click()
                    page.wait_for_timeout(500)
                page.screenshot(path=IMAGES / f"{name}-{width}.png")
                page.close()
        browser.close()


def main() -> None:
    """Serve, take the pictures, stop."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, web_chat(Path(folder)) as address:
        take(address)


if __name__ == "__main__":
    main()
