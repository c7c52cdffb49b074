"""Measure page numbers on the guidance PDFs and write ``docs/pages.md``.

    python benchmarks/pages.py [--write]

Reads all files of ``../shared/pdfs/guidance`` in one run, compares them with its manifest, and the
numbers read off the pages with those that a person saw (``tests/data/printed_pages.json``).
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from gendergpt.errors import UnreadableFile
from gendergpt.layout.printed import printed_labels
from gendergpt.readers.pdf_text import read_pages
from gendergpt.readers.sandbox import Sandbox
from gendergpt.types import LabelFrom, Reading

ROOT = Path(__file__).resolve().parents[1]
GUIDANCE = ROOT.parent / "shared" / "pdfs" / "guidance"
TORTURE = ROOT.parent / "shared" / "pdfs" / "torture"
SEEN = ROOT / "tests" / "data" / "printed_pages.json"
PAGE = ROOT / "docs" / "pages.md"
COMMAND = "python benchmarks/pages.py --write"

_TEXT = """# Page numbers

<!-- Made by `{command}`. Do not edit by hand. -->

A citation names the page as it is printed, where that is known. What a file declares as page labels
is taken as it is. Where a file declares none, the numbers printed at the upper or lower edge of its
pages are read off, but only if they run through the file: they go up by one from page to page at
about the same height, each run holds at least three pages (five for an Arabic run beside a longer
one) and half of those it spans, and all runs together hold half of the pages that have text. Roman
numbers before the first run may be fewer, if they stand where its numbers stand. A page on which no
number was read has no label, even between two that have one. Labels that were read off are marked
as such (`label_from` is `page`).

## All {files} files of `../shared/pdfs/guidance` in one run

{manifest}

## Where the labels come from

{sources}

## How often they are right

Compared with our own look at pictures of the pages' edges. *Fifty pages*: one page of each file
with numbers read off, nine more of these files, eight of files without, chosen by chance. *Unread
pages*: twenty pages that have no label although other pages of their file have one (first pages
left out), to see what is missed. *Declared*: every page of the files that declare labels, read off
all the same and compared with what is declared; "missing" counts pages too that print no number.

The rules were written with these files at hand, so these figures say how well they fit, not how
well they do on other files. *Other files* are forty pages, chosen by chance, of the files of
`../shared/pdfs/torture` that have three pages or more and no page labels. When they were first
looked at, 26 numbers were right, none was wrong and four were missing; "Page 2 of 4" in the middle
of a line and "Page No. 2" were then added to the rules, which gives the figures here.

{right}
{misses}
## Word positions

Where the words of a quotation stand on its page is had again from the file when it is asked for, in
the process that reads files. For the whole text of a page that took
{positions}.
`pytest -s tests/test_boxes.py` prints how many quotations of fourteen files have exactly their own
letters in their boxes, by another PDF library.

## Every file

{every}
"""


@dataclass(frozen=True, slots=True)
class Compared:
    """Page numbers read off, beside the true ones."""

    right: int = 0
    wrong: int = 0
    missing: int = 0
    none: int = 0
    differences: tuple[str, ...] = ()


def main() -> None:
    """Measure, print, and write the page if asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.relative_to(ROOT)}")
    write = parser.parse_args().write
    if not GUIDANCE.is_dir():
        print(f"Nothing measured: the files are not here ({GUIDANCE}).")
        return
    text = page_text()
    print(text)
    if write:
        PAGE.write_text(text, encoding="utf-8")


def page_text() -> str:
    """Read all files and return the page as Markdown."""
    manifest = json.loads((GUIDANCE / "manifest.json").read_text(encoding="utf-8"))
    seen = json.loads(SEEN.read_text(encoding="utf-8"))
    readings, seconds = read_all(GUIDANCE, [entry["file"] for entry in manifest])
    others, _ = read_all(TORTURE, {each["file"] for each in seen["torture"]})
    rows = {
        "fifty pages": compare(readings, seen["fifty"]),
        "unread pages": compare(readings, seen["unread"]),
        "declared": declared(readings),
        "other files": compare(others, seen["torture"]),
    }
    return _TEXT.format(
        command=COMMAND,
        files=len(manifest),
        manifest=_manifest(manifest, readings, seconds),
        sources=_sources(readings),
        right=_right(rows),
        misses=_misses(rows),
        positions=_positions(readings),
        every=_every(readings),
    )


def read_all(folder: Path, names: Iterable[str]) -> tuple[dict[str, Reading], float]:
    """Return the readings of all files by name, and the seconds that took.

    A file that cannot be read (without any text) has no pages, and so no labels.
    """
    start = time.perf_counter()
    readings = {}
    with Sandbox() as sandbox:
        for name in names:
            try:
                readings[name] = sandbox.read(folder / name)
            except UnreadableFile:
                readings[name] = Reading((), ())
    return readings, time.perf_counter() - start


def against_manifest(entry: Mapping[str, Any], reading: Reading) -> list[str]:
    """Return in what a reading differs from its entry in the manifest."""
    declared = [page.label if page.label_from is LabelFrom.FILE else None for page in reading.pages]
    found = {
        "pages": len(reading.pages),
        "page_labels": declared if any(declared) else None,
        "pages_without_text_list": _named(reading.warnings),
    }
    return [name for name, value in found.items() if value != entry[name]]


def compare(readings: Mapping[str, Reading], seen: Sequence[Mapping[str, Any]]) -> Compared:
    """Compare labels with the numbers that a person saw on the pages."""
    pairs = [
        (
            f"{each['file']}, PDF page {each['page']}",
            _label(readings[each["file"]], each["page"]),
            each["printed"],
        )
        for each in seen
    ]
    return _compared(pairs)


def declared(readings: Mapping[str, Reading]) -> Compared:
    """Compare what is read off with what is declared, in the files that declare labels."""
    pairs = []
    for name, reading in readings.items():
        if any(page.label_from is LabelFrom.FILE for page in reading.pages):
            pages = read_pages(GUIDANCE / name)
            off = printed_labels(
                [page.text for page in pages],
                [page.lines for page in pages],
                [page.height for page in pages],
            )
            pairs += [
                (f"{name}, PDF page {page.number}", label, page.label)
                for page, label in zip(reading.pages, off, strict=True)
            ]
    return _compared(pairs)


def _compared(pairs: Iterable[tuple[str, str | None, str | None]]) -> Compared:
    counts: Counter[str] = Counter()
    differences = []
    for where, found, true in pairs:
        if found == true:
            counts["right" if true else "none"] += 1
            continue
        counts["missing" if found is None else "wrong"] += 1
        differences.append(f"{where}: {found or 'nothing'} for {true or 'nothing'}")
    return Compared(
        counts["right"], counts["wrong"], counts["missing"], counts["none"], tuple(differences)
    )


def _positions(readings: Mapping[str, Reading]) -> str:
    """Return the median and longest time for the boxes of a page's whole text."""
    taken = []
    with Sandbox() as sandbox:
        for name, reading in readings.items():
            for page in reading.pages:
                if page.text and page.number:
                    start = time.perf_counter()
                    sandbox.boxes(GUIDANCE / name, page.number, 0, len(page.text))
                    taken.append(time.perf_counter() - start)
    return f"{median(taken):.3f} s (median of {len(taken):,} pages; at most {max(taken):.2f} s)"


def _label(reading: Reading, number: int) -> str | None:
    return reading.pages[number - 1].label if reading.pages else None


def _named(warnings: Sequence[str]) -> list[int]:
    """Return the pages that a reading's warnings name as without text."""
    found = re.search(r"No text.* on pages? ([\d, ]+)", " ".join(warnings))
    return [int(number) for number in found[1].split(",")] if found else []


def _origin(reading: Reading) -> LabelFrom | None:
    return next((page.label_from for page in reading.pages if page.label_from), None)


# --- Markdown ------------------------------------------------------------------------------------


def _manifest(
    manifest: Sequence[Mapping[str, Any]], readings: Mapping[str, Reading], seconds: float
) -> str:
    different = {
        entry["file"]: found
        for entry in manifest
        if (found := against_manifest(entry, readings[entry["file"]]))
    }
    total = sum(len(reading.pages) for reading in readings.values())
    lines = [
        f"{total:,} pages in {seconds:.0f} s. Page counts, declared labels and pages without text\n"
        f"are as in the manifest for {len(manifest) - len(different)} of {len(manifest)} files."
    ]
    lines += [f"- {name}: other {', '.join(found)}" for name, found in different.items()]
    return "\n".join(lines)


def _sources(readings: Mapping[str, Reading]) -> str:
    files: Counter[LabelFrom | None] = Counter()
    pages: Counter[LabelFrom | None] = Counter()
    labelled: Counter[LabelFrom | None] = Counter()
    for reading in readings.values():
        origin = _origin(reading)
        files[origin] += 1
        pages[origin] += len(reading.pages)
        labelled[origin] += sum(page.label is not None for page in reading.pages)
    names = {LabelFrom.FILE: "declared", LabelFrom.PAGE: "read off the pages", None: "none"}
    rows = [
        (name, files[origin], pages[origin], labelled[origin]) for origin, name in names.items()
    ]
    return _table(("labels", "files", "pages", "pages with a label"), rows)


def _right(rows: Mapping[str, Compared]) -> str:
    head = ("compared with", "pages", "right", "wrong", "missing", "rightly none")
    return _table(
        head,
        [
            (name, r.right + r.wrong + r.missing + r.none, r.right, r.wrong, r.missing, r.none)
            for name, r in rows.items()
        ],
    )


def _misses(rows: Mapping[str, Compared]) -> str:
    """List what differs from a person's look (pages without a number are many in the declared)."""
    lines = [
        f"- {difference}"
        for name, row in rows.items()
        for difference in row.differences
        if name != "declared" or ": nothing" not in difference
    ]
    return "\n".join(["", "What differs:", "", *lines, ""]) if lines else ""


def _every(readings: Mapping[str, Reading]) -> str:
    names = {LabelFrom.FILE: "declared", LabelFrom.PAGE: "read off", None: "none"}
    rows = []
    for name, reading in sorted(readings.items()):
        labels = [page.label for page in reading.pages if page.label]
        shown = f"{labels[0]} … {labels[-1]}" if labels else ""
        rows.append((name, len(reading.pages), names[_origin(reading)], len(labels), shown))
    return _table(("file", "pages", "labels", "pages with a label", "first … last"), rows)


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


if __name__ == "__main__":
    main()
