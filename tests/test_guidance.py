"""Real PDFs: all that are at hand read in one run, their pages and page numbers; fifteen of them
in one library, and quotations from it that another PDF library finds too.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from gendergpt.citations import verify
from gendergpt.errors import UnreadableFile
from gendergpt.ingestion import ingest
from gendergpt.library import Library
from gendergpt.quotable import front_matter
from gendergpt.readers.sandbox import Sandbox
from gendergpt.scoring import _candidates
from gendergpt.settings import Settings
from gendergpt.types import IngestReport, LabelFrom, Reading, Span, Status
from tests.conftest import SHARED, TinyEncoder

GUIDANCE = SHARED / "pdfs" / "guidance"
MANIFEST = GUIDANCE / "manifest.json"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not MANIFEST.exists(), reason=f"there is no {MANIFEST}"),
    pytest.mark.filterwarnings("ignore"),  # of PyMuPDF's binding
]

WITHOUT_LABELS = (
    "un-ecosoc-e-2025-l14-gender-mainstreaming.pdf",
    "un-e-cn6-2025-4-csw-themes-2026.pdf",
    "un-unicef-e-icef-2025-20-gender-action-plan.pdf",
    "un-s-2025-303-unodc-haiti-borders-trafficking.pdf",
    "un-s-2025-269-abyei-border-monitoring.pdf",
    "un-women-unw-2025-2-annual-report.pdf",
    "un-a-79-pv64-verbatim-two-column-indesign.pdf",
    "unu-policy-brief-49-indesign-multicolumn.pdf",
    "iasc-operational-guidance-im.pdf",
    "us-federal-register-2020-17221-three-column.pdf",
    "frontex-ed-letter-libe-20201027.PDF",
)
FOUND_ELSEWHERE = 0.98
EACH_FILE = 60
"""Most sentences of one file that are looked up; spread evenly over it."""


SEEN = Path(__file__).parent / "data" / "printed_pages.json"
"""Page numbers that a person saw on pictures of the pages; null where none is printed."""


@pytest.fixture(scope="module")
def every() -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = json.loads(MANIFEST.read_text(encoding="utf-8"))
    return entries


@pytest.fixture(scope="module")
def readings(every: list[dict[str, Any]]) -> dict[str, Reading]:
    with Sandbox() as sandbox:
        return {entry["file"]: sandbox.read(GUIDANCE / entry["file"]) for entry in every}


def test_all_files_are_read_as_the_manifest_says(
    every: list[dict[str, Any]], readings: dict[str, Reading]
) -> None:
    assert len(every) == 49
    for entry in every:
        pages, warnings = readings[entry["file"]].pages, readings[entry["file"]].warnings
        assert [page.number for page in pages] == list(range(1, entry["pages"] + 1)), entry["file"]
        declared = [page.label for page in pages if page.label_from is LabelFrom.FILE]
        assert declared == (entry["page_labels"] or []), entry["file"]
        named = re.search(r"on pages? ([\d, ]+)", " ".join(warnings))
        without_text = [int(number) for number in named[1].split(",")] if named else []
        assert without_text == entry["pages_without_text_list"], entry["file"]


def _compared(seen: list[dict[str, Any]], readings: dict[str, Reading]) -> Counter[str]:
    """Count what became of each page number that was seen; print those that differ."""
    counts: Counter[str] = Counter()
    for each in seen:
        found = readings[each["file"]].pages[each["page"] - 1].label
        if found == each["printed"]:
            counts["right" if found else "rightly none"] += 1
        else:
            counts["wrong" if found else "missing"] += 1
            print(f"{each['file']} page {each['page']}: {found}, not {each['printed']}")
    return counts


def test_numbers_read_off_are_those_seen_on_fifty_pages(readings: dict[str, Reading]) -> None:
    seen = json.loads(SEEN.read_text(encoding="utf-8"))
    counts = _compared(seen["fifty"], readings)
    assert counts.total() == 50
    assert counts["wrong"] == 0
    assert counts["missing"] <= 1
    assert counts["right"] >= 36


def test_where_no_number_is_read_few_are_printed(readings: dict[str, Reading]) -> None:
    """What is missed stands on scanned pages whose text is garbled where the number is."""
    seen = json.loads(SEEN.read_text(encoding="utf-8"))
    counts = _compared(seen["unread"], readings)
    assert counts["wrong"] == 0
    assert counts["missing"] <= 5
    missed = {each["file"] for each in seen["unread"] if each["printed"]}
    assert all("scan-ocr" in name for name in missed)


def test_most_files_have_printed_numbers(readings: dict[str, Reading]) -> None:
    origins = Counter(
        next((page.label_from for page in reading.pages if page.label_from), None)
        for reading in readings.values()
    )
    assert origins == {LabelFrom.FILE: 4, LabelFrom.PAGE: 33, None: 12}


@pytest.mark.skipif(
    not (SHARED / "pdfs" / "torture").is_dir(), reason="there is no ../shared/pdfs/torture"
)
def test_numbers_of_files_the_rules_were_not_written_for() -> None:
    seen = json.loads(SEEN.read_text(encoding="utf-8"))["torture"]
    files = {}
    with Sandbox() as sandbox:
        for name in {each["file"] for each in seen}:
            try:
                files[name] = sandbox.read(SHARED / "pdfs" / "torture" / name)
            except UnreadableFile:
                assert name.startswith("scanned__")
    read = [each for each in seen if each["file"] in files]
    counts = _compared(read, files)
    assert len(read) >= 38
    assert counts["wrong"] == 0
    assert counts["missing"] <= 2


@dataclass
class Ingested:
    """Fifteen files in one library."""

    manifest: dict[str, dict[str, Any]]
    report: IngestReport
    library: Library
    ids: dict[str, str] = field(default_factory=dict)


@pytest.fixture(scope="module")
def ingested(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ingested]:
    every: list[dict[str, Any]] = json.loads(MANIFEST.read_text(encoding="utf-8"))
    chosen = [each for each in every if each["page_labels"] or each["file"] in WITHOUT_LABELS]
    encoder = TinyEncoder()
    settings = Settings(library=tmp_path_factory.mktemp("guidance") / "library")
    report = ingest([GUIDANCE / each["file"] for each in chosen], settings, encoder=encoder)
    library = Library(settings, encoder.fingerprint, encoder.name)
    made = Ingested({each["file"]: each for each in chosen}, report, library)
    made.ids = {Path(each.path).name: each.document_id or "" for each in report.added}
    yield made
    library.close()


def test_all_are_read(ingested: Ingested) -> None:
    assert len(ingested.manifest) == 15
    assert sum(each["pages"] for each in ingested.manifest.values()) < 500
    assert sum(bool(each["page_labels"]) for each in ingested.manifest.values()) >= 4
    assert ingested.report.quarantined == ()
    assert set(ingested.ids) == set(ingested.manifest)


def test_pages_and_labels(ingested: Ingested) -> None:
    for name, entry in ingested.manifest.items():
        pages = ingested.library.ledger.pages(ingested.ids[name])
        assert ingested.library.document(ingested.ids[name]).pages == entry["pages"], name
        assert [page.number for page in pages] == list(range(1, entry["pages"] + 1)), name
        declared = [page.label for page in pages if page.label_from is LabelFrom.FILE]
        assert declared == (entry["page_labels"] or []), name
        if not entry["page_labels"]:
            assert all((page.label_from is LabelFrom.PAGE) is bool(page.label) for page in pages)


def _bare(text: str) -> str:
    """Letters and marks alone: no white space, no hyphens, ligatures in letters."""
    folded = unicodedata.normalize("NFKC", text)
    return re.sub(r"[\s\-\u00ad\u2010\u2011\ufffe\ufffd\u200b-\u200f\x00-\x1f]+", "", folded)


class Elsewhere:
    """The pages of a PDF as PyMuPDF reads them."""

    def __init__(self, path: Path) -> None:
        import fitz  # type: ignore[import-untyped]

        self._file = fitz.open(path)
        self._pages: dict[int, str] = {}

    def holds(self, number: int, words: str) -> bool:
        if number not in self._pages:
            self._pages[number] = _bare(self._file[number - 1].get_text())
        return _bare(words) in self._pages[number]


@dataclass
class Quoted:
    """A sentence that may be quoted, with the stretches of page text behind it."""

    file: str
    text: str
    spans: tuple[Span, ...]
    stretches: list[str]


def _sentences(ingested: Ingested, name: str) -> Iterator[Quoted]:
    ledger = ingested.library.ledger
    document = ingested.ids[name]
    stored = ledger.stored(ledger.keys())
    for key in sorted(stored):
        passage = stored[key].passage
        if passage.document_id != document or front_matter(passage.heading):
            continue
        for sentence in _candidates(passage, ()):
            stretches = []
            for span in sentence.spans:
                assert span.page is not None
                text = ledger.page_text(document, span.page.number)
                assert text is not None
                stretches.append(text[span.start : span.end])
            words = passage.text[sentence.start : sentence.end]
            yield Quoted(name, words, sentence.spans, stretches)


@pytest.fixture(scope="module")
def sample(ingested: Ingested) -> list[Quoted]:
    chosen: list[Quoted] = []
    for name in ingested.manifest:
        every = list(_sentences(ingested, name))
        step = max(1, len(every) // EACH_FILE)
        chosen += every[::step][:EACH_FILE]
    return chosen


def test_quotations_are_verified(sample: list[Quoted]) -> None:
    lost = [each for each in sample if verify(each.text, each.stretches) is Status.NOT_FOUND]
    for each in lost:
        print(f"NOT_FOUND {each.file}: {each.text!r} in {each.stretches!r}")
    assert len(sample) >= 200
    assert len({each.file for each in sample}) >= 13
    assert len(lost) <= 0.005 * len(sample)


def test_another_library_finds_them_on_the_same_page(sample: list[Quoted]) -> None:
    readers = {name: Elsewhere(GUIDANCE / name) for name in {each.file for each in sample}}
    shown = [each for each in sample if verify(each.text, each.stretches) is not Status.NOT_FOUND]
    misses = []
    for each in shown:
        for span, stretch in zip(each.spans, each.stretches, strict=True):
            assert span.page is not None
            if not readers[each.file].holds(span.page.number, stretch):
                misses.append(f"{each.file} p. {span.page.number}: {each.text!r}")
                break
    crossing = sum(len({span.page for span in each.spans}) > 1 for each in shown)
    rate = 1 - len(misses) / len(shown)
    print(f"\n{len(shown)} quotations, {crossing} over two pages; {rate:.2%} found by PyMuPDF")
    print("\n".join(misses))
    assert crossing > 0
    assert rate >= FOUND_ELSEWHERE
