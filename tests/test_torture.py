"""Broken, encrypted, hostile and odd PDFs: each ends as pages or as a reason."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.reading_page import put, table
from benchmarks.torture import OTHER, OUTCOMES, READ, SET, Ending, report
from gendergpt.settings import Settings

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def measured() -> dict[str, Any]:
    """Endings and peak memory, from a process of its own: it has no children but the reader's."""
    if not SET.is_dir():
        pytest.skip(f"there is no {SET}")
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.torture", "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    result: dict[str, Any] = json.loads(done.stdout)
    return result


@pytest.fixture(scope="module")
def endings(measured: dict[str, Any]) -> list[Ending]:
    return [Ending(**each) for each in measured["endings"]]


@pytest.mark.slow
def test_every_file_ends_as_pages_or_as_a_reason(endings: list[Ending]) -> None:
    entries = json.loads((SET / "manifest.json").read_text("utf-8"))
    assert [ending.file for ending in endings] == [entry["file"] for entry in entries]
    for ending in endings:
        assert ending.outcome != OTHER, ending.reason
        if ending.outcome == READ:
            assert ending.characters, ending.file
        else:
            assert ending.file in ending.reason


@pytest.mark.slow
def test_within_the_limits_of_time_and_memory(
    endings: list[Ending], measured: dict[str, Any]
) -> None:
    settings = Settings()
    assert max(ending.seconds for ending in endings) < settings.read_seconds
    assert measured["peak"] is None or 0 < measured["peak"] < settings.read_megabytes


@pytest.mark.slow
def test_the_kinds_of_files_end_as_they_should(endings: list[Ending]) -> None:
    """Few of the sets' files hold text that another library finds and we do not."""
    ended = {ending.file: ending.outcome for ending in endings}
    assert ended["encrypted__password-example.pdf"] == "password"
    assert ended["corrupt__empty.pdf"] == "broken"
    assert ended["scanned__skew.pdf"] == "no text"
    laid_out = [e for e in endings if e.category in ("layout", "page-labels")]
    # An image with five characters beside it: less than a page's number or symbol.
    assert [e.file for e in laid_out if e.outcome != READ] == ["layout__inline-image.pdf"]
    entries = json.loads((SET / "manifest.json").read_text("utf-8"))
    elsewhere = {e["file"] for e in entries if (e["pymupdf"].get("chars") or 0) > 10}
    unread = sorted(name for name in elsewhere if ended[name] != READ)
    assert unread == ["corrupt__bug1250079.pdf", "encrypted__secHandler.pdf"]


def test_the_report_counts_by_category_and_outcome() -> None:
    ended = [
        Ending("a.pdf", "odd", READ, "", 9, 0.5, ""),
        Ending("b.pdf", "odd", "time limit", "b.pdf took longer than 120 s", 0, 120.0, ""),
    ]
    text = report(ended, Settings(), None)
    assert "| odd | 2 | 1 |  |  |  |  | 1 |  |  |" in text
    assert "Slowest file: 120.0 s, `b.pdf` (time limit)" in text
    assert OUTCOMES[0] in text
    assert OTHER not in text.splitlines()[6]


def test_each_command_writes_its_own_part(tmp_path: Path) -> None:
    page = tmp_path / "reading.md"
    put("one", "First.", page)
    put("two", "Second.", page)
    put("one", "New \\1 text.", page)
    text = page.read_text("utf-8")
    assert text.startswith("# Reading\n")
    assert "First." not in text
    assert text.index("New \\1 text.") < text.index("Second.")
    assert text.count("<!-- made by `one` -->") == 1


def test_a_table_in_markdown() -> None:
    assert table([["a", "b"], [1, ""]]) == "| a | b |\n| --- | --- |\n| 1 |  |"
