"""The starter notes in ``corpus``: complete records, sentences that stand alone, figures held."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from nupunkt import sent_tokenize
from pypdf import PdfReader
from pypdfium2 import PdfDocument

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / "corpus"
FACTS = ROOT.parent / "shared" / "facts"

FRONT_MATTER = {"About this note", "How to read this note", "Contents"}
SEEN = {"FULL", "PAGE", "START", "LAND"}
REMARK = "GenderGPT's remark:"
MIRRORS = re.compile(
    r"docslib|studylib|kipdf|adattar|docplayer|abcdocz|123dok|scoop\.|globaldaily|fdocuments|"
    r"wedo-impact|hstoday|government-world|caritas-vos"
)
PRONOUN = re.compile(
    r"(it|they|he|she|its|their|his|her|this|these|those|that|such|there|we|you|the same)\b", re.I
)
SEEN_IN_PART = re.compile(
    r"abstract|contents|opening|introduction|summary|summaries|landing|page|entry|overview|news|"
    r"title|inventory|code table|background|press|texts|version|notes|leaflet|front matter"
)

# Numbers that a section may hold although no fact behind it does, with the reason.
ALLOWED_NUMBERS = {
    "IOM Gender Marker: mandatory for every project, scale 0-2": {"2024"},  # the manual's year
    "Beijing+30 review": {"30"},  # part of the review's name
    "EMM 2.0": {"2.0"},  # part of the handbook's name, in every section of it
}


@dataclass(frozen=True)
class Section:
    """A lowest-level section of a note, with its sentences."""

    file: str
    heading: str
    paragraphs: tuple[str, ...]

    @property
    def text(self) -> str:
        """The heading and the paragraphs."""
        return "\n".join((self.heading, *self.paragraphs))

    @property
    def sentences(self) -> list[str]:
        """The sentences of all paragraphs."""
        found = (str(s).strip() for p in self.paragraphs for s in sent_tokenize(p))
        return [s for s in found if s]


@cache
def catalogue() -> list[dict[str, Any]]:
    """The records of ``catalogue.toml``."""
    with (CORPUS / "catalogue.toml").open("rb") as file:
        records: list[dict[str, Any]] = tomllib.load(file)["document"]
    return records


@cache
def entries() -> dict[tuple[str, str], dict[str, Any]]:
    """Each ``based_on`` entry by file and heading."""
    return {(r["file"], e["heading"]): e for r in catalogue() for e in r["based_on"]}


def source_of(file: str) -> Path:
    """Where a note is written: itself, or the Markdown that its PDF is typeset from."""
    path = CORPUS / file
    return path if path.suffix == ".md" else CORPUS / "_sources" / f"{path.stem}.md"


def read_sections(path: Path, file: str) -> list[Section]:
    """The sections of a Markdown file that have text of their own."""
    found: list[tuple[str, list[str]]] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            found.append((line.lstrip("#").strip(), []))
        elif line.strip():
            found[-1][1].append(line)
    return [Section(file, heading, tuple(texts)) for heading, texts in found if texts]


@cache
def sections() -> list[Section]:
    """The sections of all notes, front matter apart."""
    every = [s for r in catalogue() for s in read_sections(source_of(r["file"]), r["file"])]
    return [s for s in every if s.heading not in FRONT_MATTER]


@cache
def facts() -> dict[str, dict[str, Any]]:
    """The facts by id; skips the test where they are not at hand."""
    path = FACTS / "facts.json"
    if not path.is_file():
        pytest.skip(f"no facts at {path}")
    return {fact["id"]: fact for fact in json.loads(path.read_text(encoding="utf-8"))}


def numbers(text: str) -> set[str]:
    """The numbers in a text, the markers of a list such as ``(2)`` apart."""
    text = re.sub(r"\(\d\) (?=[a-z])", "", text)
    return set(re.findall(r"(?<!\w)\d+(?:[.,]\d+)*", text))


def outline_titles(reader: PdfReader) -> list[str]:
    """The titles of a PDF's outline, flat."""

    def walk(items: list[Any]) -> list[str]:
        nested = [walk(i) if isinstance(i, list) else [str(i.title)] for i in items]
        return [title for titles in nested for title in titles]

    return walk(reader.outline)


@cache
def builder() -> ModuleType:
    """``scripts/build_corpus_pdfs.py`` as a module."""
    name = "build_corpus_pdfs"
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def pdf_files() -> list[str]:
    """The names of the PDF notes."""
    return [r["file"] for r in catalogue() if r["file"].endswith(".pdf")]


def test_every_file_has_a_record_and_every_record_a_file() -> None:
    files = sorted(p.name for p in CORPUS.iterdir() if p.suffix in {".md", ".pdf"})
    assert files == sorted(r["file"] for r in catalogue())


def test_records_are_complete() -> None:
    for record in catalogue():
        assert record["kind"] == "summary", record["file"]
        assert record["publisher"] == "GenderGPT (summary)", record["file"]
        assert record["language"] == "en" and isinstance(record["year"], int), record["file"]
        assert record["title"] and record["edition"] and record["licence"], record["file"]
        for entry in record["based_on"]:
            assert entry["title"] and entry["publisher"] and entry["place"], entry
            assert entry["seen"] in SEEN and entry["facts"], entry
            assert isinstance(entry.get("year", 0), int), entry


def test_no_mirror_is_given_as_a_publications_address() -> None:
    for entry in entries().values():
        url = entry.get("url", "https://")
        assert url.startswith("https://"), entry
        assert not MIRRORS.search(url), entry


def test_each_section_has_exactly_one_entry_and_each_entry_a_section() -> None:
    headings = [(s.file, s.heading) for s in sections()]
    assert Counter(headings) == Counter(
        (r["file"], e["heading"]) for r in catalogue() for e in r["based_on"]
    )
    assert max(Counter(headings).values()) == 1


def test_the_title_of_a_note_is_that_of_its_record() -> None:
    for record in catalogue():
        first = source_of(record["file"]).read_text(encoding="utf-8").split("\n", 1)[0]
        assert first == f"# {record['title']}", record["file"]


def test_each_note_says_whose_words_it_holds() -> None:
    for record in catalogue():
        first = read_sections(source_of(record["file"]), record["file"])[0]
        assert first.heading in FRONT_MATTER, record["file"]
        assert first.paragraphs[0].startswith("This note is GenderGPT's own summary of"), first
        assert "the words here are ours" in first.paragraphs[0], first


def test_no_markup_and_no_hard_wraps_in_the_text() -> None:
    for section in sections():
        for paragraph in section.paragraphs:
            assert not re.search(r"[*_`<>|]|\]\(|https?:", paragraph), paragraph
            assert paragraph[-1] in ".?" and paragraph == paragraph.strip(), paragraph


def test_no_sentence_opens_on_a_pronoun() -> None:
    for section in sections():
        for sentence in section.sentences:
            assert not PRONOUN.match(sentence.removeprefix(REMARK).strip()), sentence


def test_sentences_are_whole_and_of_readable_length() -> None:
    for section in sections():
        for sentence in section.sentences:
            assert sentence[0].isupper() and sentence.endswith("."), sentence
            assert 8 <= len(sentence.split()) <= 64, (len(sentence.split()), sentence)


def test_each_sentence_names_its_publication_or_body() -> None:
    """A sentence holds a name or symbol of what its section is based on."""
    for section in sections():
        entry = entries()[section.file, section.heading]
        known = _names(f"{entry['title']} {entry['publisher']} {section.heading.split(':')[0]}")
        for sentence in section.sentences:
            assert known & _names(sentence.removeprefix(REMARK)), (sorted(known), sentence)


def _names(text: str) -> set[str]:
    words = re.findall(r"[\w/.+]+", text)
    names = {w.rstrip(".") for w in words if re.search(r"[A-ZÇĞİÖŞÜ]", w)}
    return names - {"The", "A", "In", "Of", "Gender", "Border", "Women", "Management", "Migration"}


def test_what_was_seen_in_part_is_said_in_the_sentence() -> None:
    """START and LAND: each sentence says what was seen (an abstract, an opening, a page …)."""
    for section in sections():
        if entries()[section.file, section.heading]["seen"] in {"START", "LAND"}:
            for sentence in section.sentences:
                assert sentence.startswith(REMARK) or SEEN_IN_PART.search(sentence), sentence


@pytest.mark.parametrize("file", pdf_files())
def test_pdf_has_roman_then_arabic_labels(file: str) -> None:
    labels = PdfReader(CORPUS / file).page_labels
    front = [label for label in labels if not label.isdigit()]
    assert front == ["i", "ii", "iii", "iv", "v", "vi"][: len(front)] and len(front) >= 3
    assert labels[len(front) :] == [str(n + 1) for n in range(len(labels) - len(front))]


@pytest.mark.parametrize("file", pdf_files())
def test_pdf_prints_the_label_of_each_page(file: str) -> None:
    reader = PdfReader(CORPUS / file)
    for page, label in list(zip(reader.pages, reader.page_labels, strict=True))[1:]:
        assert page.extract_text().rstrip().endswith(label)


@pytest.mark.parametrize("file", pdf_files())
def test_pdf_outline_holds_every_section(file: str) -> None:
    titles = outline_titles(PdfReader(CORPUS / file))
    expected = {heading for name, heading in entries() if name == file}
    assert expected <= set(titles)
    chapters = set(titles) - expected - FRONT_MATTER
    source = source_of(file).read_text(encoding="utf-8")
    assert all(f"\n## {chapter}\n" in source for chapter in chapters)


@pytest.mark.parametrize("file", pdf_files())
def test_pdf_text_reads_as_it_was_written(file: str) -> None:
    pages = (page.get_textpage().get_text_range() for page in PdfDocument(CORPUS / file))
    read = " ".join(" ".join(pages).split())
    written = [sentence for s in sections() if s.file == file for sentence in s.sentences]
    assert not [sentence for sentence in written if sentence not in read]


@pytest.mark.parametrize("file", pdf_files())
def test_pdf_is_what_its_source_gives(file: str) -> None:
    module = builder()
    assert module.build(source_of(file), module.records()[file]) == (CORPUS / file).read_bytes()


def test_every_fact_is_covered_exactly_once() -> None:
    used = Counter(fact for entry in entries().values() for fact in entry["facts"])
    assert used == Counter(dict.fromkeys(facts(), 1))


def test_entries_agree_with_their_facts() -> None:
    for entry in entries().values():
        behind = [facts()[fact] for fact in entry["facts"]]
        assert {fact["seen"] for fact in behind} == {entry["seen"]}, entry
        if "url" in entry:
            assert {fact["url"] for fact in behind} == {entry["url"]}, entry
        if isinstance(behind[0]["year"], int):
            assert entry["year"] == behind[0]["year"], entry


def held_by(ids: list[str]) -> set[str]:
    """The numbers in facts: in the statement, its source, the place and the year."""
    fields = ("statement", "source", "where", "year")
    return numbers(" ".join(str(facts()[fact][field]) for fact in ids for field in fields))


def test_no_section_holds_a_number_that_its_facts_do_not() -> None:
    """A remark of ours may also hold numbers of the traps list and of its note's other facts."""
    facts()
    traps = numbers((FACTS / "facts.md").read_text(encoding="utf-8").rpartition("\n## Traps")[2])
    for section in sections():
        held = held_by(entries()[section.file, section.heading]["facts"])
        for start, allowed in ALLOWED_NUMBERS.items():
            held |= allowed if section.heading.startswith(start) else set()
        note = held_by(
            [f for (name, _), e in entries().items() if name == section.file for f in e["facts"]]
        )
        for paragraph in (section.heading, *section.paragraphs):
            extra = traps | note if paragraph.startswith(REMARK) else set()
            assert numbers(paragraph) <= held | extra, (numbers(paragraph) - held, paragraph)


def test_no_number_of_a_fact_is_lost() -> None:
    for section in sections():
        for fact in entries()[section.file, section.heading]["facts"]:
            missing = numbers(facts()[fact]["statement"]) - numbers(section.text)
            assert not missing, (fact, missing, section.heading)
