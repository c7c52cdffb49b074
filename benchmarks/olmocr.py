"""Text quality of PDF reading, by the text tests of a sample of olmOCR-bench.

    python benchmarks/olmocr.py [--failures] [--write]

Side by side: what pypdf and pdfium give of a page, its own text as we keep it, and the text that we
search. A test passes or fails by the rules of olmOCR-bench: white space, quotation marks and dashes
count as one kind each; ``max_diffs`` characters may differ.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from benchmarks.reading_page import put, table
from gendergpt import passages
from gendergpt.errors import UnreadableFile
from gendergpt.readers import reader_for
from gendergpt.types import Reading

SET = Path(__file__).resolve().parents[2] / "shared" / "evalsets" / "olmocr_sample"
COMMAND = "python benchmarks/olmocr.py --write"
TYPES = ("present", "absent", "order")
_SPACE = re.compile(r"\s+")
_SAME = str.maketrans(
    {**dict.fromkeys("‘’‚", "'"), **dict.fromkeys("“”„", '"'), **dict.fromkeys("–—‑‒−", "-")}
    | {"\u00b5": "\u03bc", "＿": "_"}
)

Test = dict[str, Any]
Extract = Callable[[Path, int], str]


@dataclass(frozen=True, slots=True)
class Result:
    """Whether one test passed on one system's text; ``text_layer``: the page has a text layer."""

    test: Test
    system: str
    passed: bool
    text_layer: bool


# --- the systems: each gives the text of a page that counts from 1 -------------------------------


def pypdf_text(path: Path, page: int) -> str:
    """Return what pypdf extracts by default."""
    import pypdf

    return pypdf.PdfReader(path).pages[page - 1].extract_text()


def pdfium_text(path: Path, page: int) -> str:
    """Return what pypdfium2 gives for the whole page, in the order of its content."""
    import pypdfium2

    with pypdfium2.PdfDocument(path) as document:
        return str(document[page - 1].get_textpage().get_text_bounded())


def own_text(path: Path, page: int) -> str:
    """Return the page's own text as we keep it."""
    reading = _reading(path)
    return reading.pages[page - 1].text if reading else ""


def searched_text(path: Path, page: int) -> str:
    """Return what is searched of a page: headings where they change, and the passages' sentences.

    Headings that nothing stands under, footnotes, furniture and contents are not searched.
    """
    reading = _reading(path)
    return "\n".join(_searched(reading, page)) if reading else ""


SYSTEMS: dict[str, Extract] = {
    "pypdf": pypdf_text,
    "pypdfium2": pdfium_text,
    "ours, page's own text": own_text,
    "ours, searched text": searched_text,
}


def _reading(path: Path) -> Reading | None:
    reader = reader_for(path)
    assert reader is not None
    try:
        return reader.read(path)
    except UnreadableFile:
        return None


def _searched(reading: Reading, page: int) -> Iterator[str]:
    path: tuple[str, ...] = ()
    for passage in passages.split("olmocr", reading):
        said = [
            passage.text[sentence.start : sentence.end]
            for sentence in passage.sentences
            if any(span.page and span.page.number == page for span in sentence.spans)
        ]
        if said:
            kept = [a == b for a, b in zip(path, passage.heading, strict=False)]
            same = kept.index(False) if False in kept else len(kept)
            yield from passage.heading[same:]
            yield from said
            path = passage.heading


# --- the tests -----------------------------------------------------------------------------------


def normalised(text: str) -> str:
    """Return the text with one kind each of white space, quotation mark and dash, in NFC."""
    return unicodedata.normalize("NFC", _SPACE.sub(" ", text)).translate(_SAME).strip()


def passes(test: Test, text: str) -> bool:
    """Say whether a text passes a test of type present, absent or order."""
    text = normalised(text)
    if test["type"] == "order":
        return _in_order(normalised(test["before"]), normalised(test["after"]), text, _diffs(test))
    return _is_present(test, text) is (test["type"] == "present")


def _diffs(test: Test) -> int:
    return int(test.get("max_diffs", 0))


def _is_present(test: Test, text: str) -> bool:
    from rapidfuzz import fuzz

    wanted = normalised(test["text"])
    if not test.get("case_sensitive", True):
        wanted, text = wanted.lower(), text.lower()
    first, last = test.get("first_n"), test.get("last_n")
    if first or last:
        text = (text[:first] if first else "") + (text[-last:] if last else "")
    return fuzz.partial_ratio(wanted, text) / 100 >= 1 - _diffs(test) / len(wanted)


def _in_order(before: str, after: str, text: str, diffs: int) -> bool:
    """Say whether some place of ``before`` comes before some place of ``after``."""
    from fuzzysearch import find_near_matches

    places = [
        [match.start for match in find_near_matches(words, text, max_l_dist=diffs)]
        for words in (before, after)
    ]
    return all(places) and min(places[0]) < max(places[1])


def load(folder: Path = SET) -> tuple[list[Test], Counter[str]]:
    """Return the text tests, and how many tests of which other types were left out."""
    lines = (folder / "tests.jsonl").read_text("utf-8").splitlines()
    every: list[Test] = [json.loads(line) for line in lines if line.strip()]
    left_out = Counter(str(test["type"]) for test in every if test["type"] not in TYPES)
    return [test for test in every if test["type"] in TYPES], left_out


def run(tests: list[Test], folder: Path = SET) -> Iterator[Result]:
    """Yield the result of every test on every system."""
    cache: dict[tuple[str, str, int], str] = {}
    for test in tests:
        for system in SYSTEMS:
            key = (system, str(test["pdf"]), int(test["page"]))
            if key not in cache:
                cache[key] = SYSTEMS[system](folder / "pdfs" / key[1], key[2])
        layer = bool(normalised(cache["pypdfium2", *key[1:]]))
        for system in SYSTEMS:
            yield Result(test, system, passes(test, cache[system, *key[1:]]), layer)


# --- the report ----------------------------------------------------------------------------------


def report(results: list[Result], left_out: Counter[str]) -> str:
    """Return the part of the page that says what passed."""
    scans = {str(r.test["pdf"]) for r in results if not r.text_layer}
    with_layer = [result for result in results if result.text_layer]
    other = " and ".join(f"{count} of type {name}" for name, count in sorted(left_out.items()))
    return _TEXT.format(
        left_out=other,
        scans=len(scans),
        every=_passed(results),
        layered=_passed(with_layer),
    )


_TEXT = """## Text tests of olmOCR-bench

The text tests of a sample of olmOCR-bench (one page each; a test passes or fails by the rules of
that benchmark). *present*: the words stand in the text; *absent*: a header, footer or page number
does not; *order*: one stretch comes before another. Left out: {left_out},
since they ask for LaTeX and Markdown tables, which a text layer does not hold.

Passed, of the pages that have a text layer:

{layered}

Passed, of all pages; {scans} of the files have no text layer, where what is empty passes *absent*
and fails the rest:

{every}

The page's own text is kept as pdfium reads it, headers included, so that a quotation can be found
on the page; *absent* is asked of the searched text. Single pages are hard on us here: running
headers that are known by their coming back from page to page cannot show.
"""


def _passed(results: list[Result]) -> str:
    counts = Counter((r.system, str(r.test["type"])) for r in results if r.passed)
    sizes = Counter(str(r.test["type"]) for r in results if r.system == "pypdf")
    head = ["system", *(f"{kind} (n = {sizes[kind]})" for kind in TYPES)]
    rows: list[list[object]] = [[*head, f"all (n = {sizes.total()})"]]
    for system in SYSTEMS:
        passed = [counts[system, kind] for kind in TYPES]
        rows.append([system, *passed, sum(passed)])
    return table(rows)


def main() -> None:
    """Run the tests, print the tables, and with ``--write`` put them into docs/reading.md."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--failures", action="store_true", help="name the tests that failed")
    parser.add_argument("--write", action="store_true", help="write into docs/reading.md")
    options = parser.parse_args()
    if not SET.is_dir():
        print(f"Nothing measured: the set is not here ({SET}).")
        return
    tests, left_out = load()
    results = list(run(tests))
    print(text := report(results, left_out))
    if options.failures:
        for result in results:
            if not result.passed:
                print(result.system, "|", result.test["id"], "|", _asked(result.test))
    if options.write:
        put(COMMAND, text)


def _asked(test: Test) -> str:
    return f"{test['type']}: {test.get('text') or (test['before'], test['after'])}"


if __name__ == "__main__":
    main()
