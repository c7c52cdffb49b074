"""Broken, encrypted, hostile and odd PDFs: each ends as pages or as a reason."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.reading_page import put, table
from benchmarks.torture import OTHER, OUTCOMES, READ, SET, Ending, peak_megabytes, report, run
from gendergpt.settings import Settings


@pytest.fixture(scope="module")
def endings() -> list[Ending]:
    if not SET.is_dir():
        pytest.skip(f"there is no {SET}")
    return list(run())


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
def test_within_the_limits_of_time_and_memory(endings: list[Ending]) -> None:
    settings = Settings()
    assert max(ending.seconds for ending in endings) < settings.read_seconds
    peak = peak_megabytes()
    assert peak is None or peak < settings.read_megabytes


@pytest.mark.slow
def test_the_kinds_of_files_end_as_they_should(endings: list[Ending]) -> None:
    """Few of the sets' files hold text that another library finds and we do not."""
    ended = {ending.file: ending.outcome for ending in endings}
    assert ended["encrypted__password-example.pdf"] == "password"
    assert ended["corrupt__empty.pdf"] == "broken"
    assert ended["scanned__skew.pdf"] == "no text"
    assert all(e.outcome == READ for e in endings if e.category in ("layout", "page-labels"))
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
