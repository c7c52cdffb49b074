"""The starter notes in ``corpus``: complete records, sentences that stand alone, files as built."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from pypdfium2 import PdfDocument

from gendergpt.catalogue import load, read
from gendergpt.ingestion import ingest
from gendergpt.readers import reader_for
from gendergpt.settings import Settings
from gendergpt.types import BlockKind, Reading
from scripts import build_corpus_documents, build_corpus_pdfs
from tests.corpus_notes import (
    CORPUS,
    FACTS,
    FRONT_MATTER,
    OUR_OWN,
    REMARK,
    catalogue,
    entries,
    library,
    originals,
    ours,
    read_facts,
    read_sections,
    sections,
    source_of,
)

SEEN = {"FULL", "PAGE", "START", "LAND"}
MIRRORS = re.compile(
    r"docslib|studylib|kipdf|adattar|docplayer|abcdocz|123dok|scoop\.|globaldaily|fdocuments|"
    r"wedo-impact|hstoday|government-world|caritas-vos|vdocuments|shhada"
)
PRONOUN = re.compile(
    r"(it|they|he|she|its|their|his|her|this|these|those|that|such|there|we|you|the same)\b", re.I
)
SEEN_IN_PART = re.compile(
    r"abstract|contents|opening|introduction|summary|summaries|landing|page|entry|overview|news|"
    r"title|inventory|code table|background|press|texts|version|notes|leaflet|front matter"
)
PLAN = "training-session-plan.docx"


def outline_titles(reader: PdfReader) -> list[str]:
    """The titles of a PDF's outline, flat."""

    def walk(items: list[Any]) -> list[str]:
        nested = [walk(i) if isinstance(i, list) else [str(i.title)] for i in items]
        return [title for titles in nested for title in titles]

    return walk(reader.outline)


def files(*suffixes: str) -> list[str]:
    """The names of the notes of some formats."""
    return [r["file"] for r in catalogue() if Path(r["file"]).suffix in suffixes]


# --- records -------------------------------------------------------------------------------------


def test_every_file_has_a_record_and_every_record_a_file() -> None:
    found = {p.name for p in CORPUS.iterdir() if p.is_file() and not p.name.startswith(".")}
    assert sorted(found - {"catalogue.toml"}) == sorted(r["file"] for r in catalogue())


def test_every_source_is_built_into_a_note() -> None:
    built = {Path(file).stem for file in files(".pdf", ".docx", ".html")}
    assert built == {path.stem for path in (CORPUS / "_sources").glob("*.md")}
    assert files(".docx") and files(".html")


def test_the_library_takes_the_catalogue() -> None:
    path = CORPUS / "catalogue.toml"
    assert len(load(path)) == len(catalogue())
    assert {each.id for each in read(path).originals} == set(originals())


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
    for entry in [*entries().values(), *originals().values()]:
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


# --- originals -----------------------------------------------------------------------------------


def test_originals_name_their_publisher_and_their_newer_edition() -> None:
    known = originals()
    ids = [original["id"] for original in known.values()]
    assert len(ids) == len(set(ids)) >= 50
    for original in known.values():
        assert original["title"] and original["publisher"], original
        newer = original.get("superseded_by")
        assert newer is None or known[newer].get("superseded_by") is None, original
        if newer:
            assert original["year"] < known[newer]["year"], original


def test_both_toolkits_are_listed_and_the_older_one_as_superseded() -> None:
    known = originals()
    assert known["dcaf-2008-tool-6"]["superseded_by"] == "dcaf-2020-tool-6"
    assert known["dcaf-2008-practice-note-6"]["superseded_by"] == "dcaf-2020-tool-6"
    assert known["dcaf-2008-toolkit"]["superseded_by"] == "dcaf-2020-toolkit"
    for old in ("dcaf-2008-tool-6", "dcaf-2008-toolkit"):
        assert known[old]["publisher"] == "DCAF, OSCE/ODIHR, UN-INSTRAW"
    assert known["dcaf-2020-tool-6"]["publisher"] == "DCAF, OSCE/ODIHR, UN Women"


def test_an_original_of_a_section_fits_its_publication() -> None:
    """The symbol of an original stands in the record of a section, unless that tells of it."""
    for entry in entries().values():
        name = entry.get("original")
        assert name is None or name in originals(), entry
        if entry["publisher"] == OUR_OWN:
            assert name is None, entry
        if name and "year" in entry and "year" in originals()[name]:
            assert originals()[name]["year"] <= entry["year"], entry


def test_no_address_of_an_original_is_invented() -> None:
    if not (FACTS / "facts.json").is_file():
        pytest.skip(f"no facts at {FACTS}")
    given = {fact["url"] for fact in read_facts().values()}
    assert {o["url"] for o in originals().values() if "url" in o} <= given


# --- words ---------------------------------------------------------------------------------------


def test_each_note_says_whose_words_it_holds() -> None:
    for record in catalogue():
        first = read_sections(source_of(record["file"]), record["file"])[0]
        assert first.heading in FRONT_MATTER, record["file"]
        assert first.paragraphs[0].startswith("This note is GenderGPT's own "), first
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
            if sentence.endswith("?") and section.file == PLAN:
                continue  # read out by the trainer, never quoted
            assert sentence[0].isupper() and sentence.endswith("."), sentence
            assert 8 <= len(sentence.split()) <= 64, (len(sentence.split()), sentence)


def test_each_sentence_names_its_publication_or_body() -> None:
    """A sentence holds a name or symbol of what its section is based on."""
    for section in sections():
        entry = entries()[section.file, section.heading]
        known = _names(f"{entry['title']} {entry['publisher']} {section.heading.split(':')[0]}")
        known |= _names(section.heading) if section.heading[:4].isdigit() else set()
        if section.heading.startswith("Acronyms"):
            continue  # each names its acronym and another publication
        for sentence in section.sentences:
            if not (sentence.endswith("?") and section.file == PLAN):
                assert known & _names(sentence.removeprefix(REMARK)), (sorted(known), sentence)


def _names(text: str) -> set[str]:
    words = (word.removesuffix("'s") for word in re.findall(r"[\w/.+']+", text))
    names = {w.rstrip(".") for w in words if re.search(r"[A-ZÇĞİÖŞÜ]", w)}
    return names - {"The", "A", "In", "Of", "Gender", "Border", "Women", "Management", "Migration"}


def test_what_was_seen_in_part_is_said_in_the_sentence() -> None:
    """START and LAND: each sentence says what was seen (an abstract, an opening, a page …)."""
    for told in library():
        if told.entry["seen"] in {"START", "LAND"}:
            for sentence, provenance in told.pairs:
                assert ours(provenance) or SEEN_IN_PART.search(sentence), sentence


def test_an_acronym_is_explained_once() -> None:
    told = [s for s in sections() if s.heading.startswith("Acronyms")]
    first = [text.split(" st")[0] for s in told for text in s.sentences]
    assert len(first) == len(set(first)) >= 20


def test_the_steps_of_the_session_plan_fill_its_time() -> None:
    text = next(s for s in sections() if s.heading == "Steps with their minutes").text
    steps = re.findall(r"Step (\d) of GenderGPT's session plan takes (\d+) minutes", text)
    assert [int(step) for step, _ in steps] == list(range(1, 8))
    assert sum(int(minutes) for _, minutes in steps) == 90


# --- files ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", files(".pdf"))
def test_pdf_has_roman_then_arabic_labels(file: str) -> None:
    labels = PdfReader(CORPUS / file).page_labels
    front = [label for label in labels if not label.isdigit()]
    assert front == ["i", "ii", "iii", "iv", "v", "vi"][: len(front)] and len(front) >= 3
    assert labels[len(front) :] == [str(n + 1) for n in range(len(labels) - len(front))]


@pytest.mark.parametrize("file", files(".pdf"))
def test_pdf_prints_the_label_of_each_page(file: str) -> None:
    reader = PdfReader(CORPUS / file)
    for page, label in list(zip(reader.pages, reader.page_labels, strict=True))[1:]:
        assert page.extract_text().rstrip().endswith(label)


@pytest.mark.parametrize("file", files(".pdf"))
def test_pdf_outline_holds_every_section(file: str) -> None:
    titles = outline_titles(PdfReader(CORPUS / file))
    expected = {heading for name, heading in entries() if name == file}
    assert expected <= set(titles)
    chapters = set(titles) - expected - FRONT_MATTER
    source = source_of(file).read_text(encoding="utf-8")
    assert all(f"\n## {chapter}\n" in source for chapter in chapters)


@pytest.mark.parametrize("file", files(".pdf"))
def test_pdf_text_reads_as_it_was_written(file: str) -> None:
    pages = (page.get_textpage().get_text_range() for page in PdfDocument(CORPUS / file))
    read = " ".join(" ".join(pages).split())
    written = [sentence for s in sections() if s.file == file for sentence in s.sentences]
    assert not [sentence for sentence in written if sentence not in read]


@pytest.mark.parametrize("file", files(".pdf"))
def test_pdf_is_what_its_source_gives(file: str) -> None:
    built = build_corpus_pdfs.build(source_of(file), build_corpus_pdfs.records()[file])
    assert built == (CORPUS / file).read_bytes()


@pytest.mark.parametrize("file", files(".docx", ".html"))
def test_document_is_what_its_source_gives(file: str) -> None:
    built = build_corpus_documents.build(file, build_corpus_documents.records()[file])
    parts = build_corpus_documents.parts
    assert parts(built) == parts((CORPUS / file).read_bytes())


def _blocks(reading: Reading) -> list[tuple[int, str]]:
    return [
        (block.level, reading.pages[block.page].text[block.start : block.end])
        for block in reading.blocks
        if block.kind in {BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.LIST_ITEM}
    ]


@pytest.mark.parametrize("file", files(".docx", ".html"))
def test_document_reads_as_it_was_written(file: str) -> None:
    reader = reader_for(CORPUS / file)
    assert reader is not None
    reading = reader.read(CORPUS / file)
    read = _blocks(reading)
    written = build_corpus_documents.read_blocks(source_of(file))
    assert read[: len(written)] == written
    assert len(read) - len(written) in {0, 1}  # the licence may be read beneath
    assert reading.warnings == ()


def test_documents_are_built_only_when_they_differ(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = {
        "file": "note.html",
        "year": 2026,
        "language": "en",
        "edition": "1",
        "licence": "ours",
    }
    source, target = tmp_path / "_sources" / "note.md", tmp_path / "note.html"
    source.parent.mkdir()
    monkeypatch.setattr(build_corpus_documents, "CORPUS", tmp_path)
    monkeypatch.setattr(build_corpus_documents, "SOURCES", source.parent)
    monkeypatch.setattr(build_corpus_documents, "records", lambda: {"note.html": record})
    source.write_text("# A & B\n\nOne < two.\n", encoding="utf-8")
    assert build_corpus_documents.main(["--check"]) == 1
    assert not target.exists()
    assert build_corpus_documents.main([]) == 0
    assert "<h1>A &amp; B</h1>\n<p>One &lt; two.</p>" in target.read_text(encoding="utf-8")
    assert build_corpus_documents.main(["--check"]) == 0
    source.write_text("No title.\n", encoding="utf-8")
    with pytest.raises(ValueError, match="has no title"):
        build_corpus_documents.main([])


@pytest.mark.slow
def test_ingest_takes_every_note(tmp_path: Path) -> None:
    report = ingest([CORPUS], Settings(library=tmp_path / "library"))
    assert report.quarantined == ()
    assert sorted(Path(each.path).name for each in report.added) == sorted(
        r["file"] for r in catalogue()
    )
