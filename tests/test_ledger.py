"""The ledger alone decides what exists."""

from __future__ import annotations

import dataclasses
import re
import sqlite3
from pathlib import Path

import pytest

from gendergpt.errors import LibraryMismatch, LibraryMissing, UnavailableError, UsageError
from gendergpt.filters import passes
from gendergpt.ledger import Entry, Ledger
from gendergpt.schema import SCHEMA
from gendergpt.types import (
    Basis,
    Document,
    Filters,
    Form,
    Kind,
    Original,
    Page,
    PageRef,
    Passage,
    Sentence,
    Span,
)

BASES = (
    Basis("Toolkit", "DCAF", 2020, "Tool 6", "https://d.org", "PAGE", "Searches"),
    Basis("Rules", "UN", 2015),
)
DOCUMENT = Document(
    "d1", "Übersicht ’n’ Ŧest", "GenderGPT", 2026, "1st", "en", Kind.SUMMARY, BASES, "/a/b.md",
    "https://x.org", "Apache-2.0", 2, 1, "the next",
)  # fmt: skip


def entry(document: Document = DOCUMENT, text: str = "Women serve. Men serve.") -> Entry:
    spans = (Span(PageRef(1, "i"), 0, 12), Span(PageRef(2, None), 3, 9))
    sentences = (Sentence(0, 12, spans[:1], Form.LIST), Sentence(13, 23, spans[1:], Form.ROW))
    passage = Passage(f"{document.id}-x", document.id, text, spans, ("A", "B"), sentences)
    plain = Passage(f"{document.id}-y", document.id, "No page.", (Span(None, 0, 8),), ())
    pages = [Page(1, "i", "Women serve.\x00 \u2028"), Page(2, None, "   Men serve.")]
    return Entry(document, "f1", pages, [passage, plain], [5, 3], ["a warning"])


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger.sqlite", create=True)


def add(ledger: Ledger, document: Document = DOCUMENT) -> int:
    revision, _ = ledger.begin(entry(document))
    ledger.commit(ready=[revision], sources=[(document.path or "", document.id)])
    return revision


def test_what_is_begun_and_not_committed_does_not_exist(ledger: Ledger, tmp_path: Path) -> None:
    revision, keys = ledger.begin(entry())
    for each in (ledger, Ledger(tmp_path / "ledger.sqlite")):
        assert each.documents() == []
        assert each.counts() == (0, 0)
        assert each.keys() == set()
        assert each.stored(keys) == {}
        assert each.revision("d1") is None
        assert each.pages("d1") == []
        assert each.page_text("d1", 1) is None
        assert each.warnings("d1") == []
        assert each.neighbours(revision, 0) == []
        assert each.matching(Filters(kind="summary")) == set()
        assert each.revisions("writing") == [revision]
        assert each.generation() == 0


def test_all_values_come_back_as_they_went_in(ledger: Ledger, tmp_path: Path) -> None:
    given = entry()
    revision, keys = ledger.begin(given)
    ledger.commit(ready=[revision], sources=[("/a/b.md", "d1")])
    ledger.close()
    again = Ledger(tmp_path / "ledger.sqlite")
    assert again.documents() == [DOCUMENT]
    assert again.revision("d1") == (revision, "f1", DOCUMENT)
    assert again.pages("d1") == list(given.pages)
    assert again.page_text("d1", 2) == "   Men serve."
    assert again.warnings("d1") == ["a warning"]
    assert again.sources() == {"/a/b.md": "d1"}
    stored = again.stored([*keys, 999])
    assert [stored[key].passage for key in keys] == list(given.passages)
    assert [(s.token_first, s.token_count) for s in stored.values()] == [(0, 5), (5, 3)]
    assert [s.position for s in again.neighbours(revision, 0)] == [0, 1]
    again.close()


def test_formats_without_pages(ledger: Ledger) -> None:
    passage = Passage("p", "d1", "Text.", (Span(None, 0, 5),), ())
    revision, _ = ledger.begin(Entry(DOCUMENT, "f", [Page(None, None, "Text.")], [passage], [1]))
    ledger.commit(ready=[revision])
    assert ledger.page_text("d1", None) == "Text."
    assert ledger.page_text("d1", 1) is None


def test_every_commit_raises_the_generation(ledger: Ledger) -> None:
    assert ledger.generation() == 0
    assert ledger.commit() == 1
    add(ledger)
    assert ledger.generation() == 2
    ledger.quarantine("/a", "f", "why")
    assert ledger.generation() == 2, "what is searched has not changed"


def test_a_replacement_is_one_step(ledger: Ledger, tmp_path: Path) -> None:
    first = add(ledger)
    second, keys = ledger.begin(dataclasses.replace(entry(), fingerprint="f2"))
    reader = Ledger(tmp_path / "ledger.sqlite")
    assert reader.revisions() == [first]
    ledger.commit(ready=[second], gone=[first])
    assert reader.revisions() == [second]
    assert reader.keys() == set(keys)
    with pytest.raises(sqlite3.IntegrityError):
        third, _ = ledger.begin(entry())
        ledger.commit(ready=[third])
    assert reader.revisions() == [second], "never two of one document"
    assert reader.generation() == 2, "a commit that fails changes nothing"


def test_keys_are_never_used_again(ledger: Ledger) -> None:
    revision, keys = ledger.begin(entry())
    ledger.abandon(revision)
    again, new_keys = ledger.begin(entry())
    assert again > revision
    assert min(new_keys) > max(keys)


def test_records_and_paths_change_without_a_new_revision(ledger: Ledger) -> None:
    revision = add(ledger)
    moved = dataclasses.replace(DOCUMENT, path="/c.md")
    ledger.commit(records=[(revision, moved)], sources=[("/a/b.md", None), ("/c.md", "d1")])
    assert ledger.documents() == [moved]
    assert ledger.sources() == {"/c.md": "d1"}


def test_owners(ledger: Ledger) -> None:
    first, second = add(ledger), add(ledger, dataclasses.replace(DOCUMENT, id="d2"))
    assert sorted(ledger.owners().values()) == [first, first, second, second]
    assert ledger.owners().keys() == ledger.keys()
    assert ledger.matching(None) is None
    with pytest.raises(UsageError, match="original and summary"):
        Filters(kind={"summary", "nonsense"})


def test_corrections_are_kept_beyond_their_document(ledger: Ledger) -> None:
    revision = add(ledger)
    assert ledger.correction("d1") == {}
    ledger.commit(corrections=[("d1", {"title": "Ü", "year": None})])
    assert ledger.correction("d1") == {"title": "Ü", "year": None}
    ledger.commit(gone=[revision], corrections=[("d1", {"year": 2001})])
    assert ledger.documents() == []
    assert ledger.correction("d1") == {"year": 2001}


def test_when_a_document_came_in(ledger: Ledger) -> None:
    add(ledger)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", ledger.added("d1") or "")
    assert ledger.added("d2") is None
    then = "2020-01-31 01:02:03"
    revision, _ = ledger.begin(dataclasses.replace(entry(), added=then))
    ledger.commit(ready=[revision], gone=ledger.revisions())
    assert ledger.added("d1") == then


def test_passages_of_a_revision_in_either_state(ledger: Ledger) -> None:
    revision, keys = ledger.begin(entry())
    assert [each.key for each in ledger.passages(revision)] == keys
    ledger.commit(ready=[revision])
    assert [each.passage for each in ledger.passages(revision)] == list(entry().passages)
    assert ledger.passages(revision + 1) == []


def test_quarantine(ledger: Ledger) -> None:
    ledger.quarantine("/a", "f1", "broken")
    ledger.quarantine("/a", "f2", "still broken")
    assert ledger.quarantined() == {"/a": ("f2", "still broken")}
    ledger.quarantine("/a", None)
    assert ledger.quarantined() == {}


def test_many_keys_at_once(ledger: Ledger) -> None:
    add(ledger)
    assert len(ledger.stored(range(2000))) == 2


def test_documents_come_by_title(ledger: Ledger) -> None:
    for each, title in (("x", "B"), ("y", "A"), ("z", "C")):
        add(ledger, dataclasses.replace(DOCUMENT, id=each, title=title, path=f"/{each}"))
    assert [document.title for document in ledger.documents()] == ["A", "B", "C"]


# --- opening -------------------------------------------------------------------------------------


def test_there_is_no_library(tmp_path: Path) -> None:
    with pytest.raises(LibraryMissing, match="gendergpt ingest"):
        Ledger(tmp_path / "ledger.sqlite")
    assert list(tmp_path.iterdir()) == [], "looking makes none"


SCHEMA_1 = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE documents (
    revision INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('writing', 'ready')),
    fingerprint TEXT NOT NULL,
    record TEXT NOT NULL,
    warnings TEXT NOT NULL,
    added TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE UNIQUE INDEX one_ready ON documents (id) WHERE state = 'ready';
CREATE TABLE sources (path TEXT PRIMARY KEY, document_id TEXT NOT NULL);
CREATE TABLE pages (
    revision INTEGER NOT NULL, position INTEGER NOT NULL,
    number INTEGER, label TEXT, text TEXT NOT NULL,
    PRIMARY KEY (revision, position)
) WITHOUT ROWID;
CREATE TABLE passages (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    revision INTEGER NOT NULL, position INTEGER NOT NULL,
    id TEXT NOT NULL, text TEXT NOT NULL, place TEXT NOT NULL,
    token_first INTEGER NOT NULL, token_count INTEGER NOT NULL
);
CREATE INDEX passages_of ON passages (revision, position);
CREATE TABLE quarantine (path TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, reason TEXT NOT NULL);
INSERT INTO meta VALUES ('generation', '7');
INSERT INTO documents (id, state, fingerprint, record, warnings) VALUES ('d1', 'ready', 'f1',
    '{"id": "d1", "title": "Guide", "publisher": null, "year": 2019, "edition": null,
      "language": "en", "kind": "original", "based_on": [], "path": "/a.pdf", "url": null,
      "licence": null, "pages": 1, "passages": 1, "superseded_by": null}', '["a warning"]');
INSERT INTO sources VALUES ('/a.pdf', 'd1');
INSERT INTO pages VALUES (1, 0, 1, 'i', 'Women serve.');
INSERT INTO passages (revision, position, id, text, place, token_first, token_count)
    VALUES (1, 0, 'p1', 'Women serve.',
            '[["A"], [[1, "i", 0, 12]], [[0, 12, "prose", [[1, "i", 0, 12]]]]]', 0, 3);
"""


def test_a_library_of_schema_1_is_upgraded_and_still_answers(tmp_path: Path) -> None:
    """As the version before made it: no origin of labels, no corrections, no places."""
    path = tmp_path / "ledger.sqlite"
    database = sqlite3.connect(path)
    database.executescript(SCHEMA_1 + "PRAGMA user_version = 1;")
    database.close()
    for _ in range(2):
        ledger = Ledger(path)
        page = PageRef(1, "i")
        sentence = Sentence(0, 12, (Span(page, 0, 12),))
        passage = Passage("p1", "d1", "Women serve.", (Span(page, 0, 12),), ("A",), (sentence,))
        assert [each.passage for each in ledger.passages(1)] == [passage]
        assert [each.passage for each in ledger.stored([1]).values()] == [passage]
        assert ledger.documents() == [
            Document("d1", "Guide", None, 2019, None, "en", path="/a.pdf", pages=1, passages=1)
        ]
        assert ledger.pages("d1") == [Page(1, "i", "Women serve.")]
        assert ledger.sources() == {"/a.pdf": "d1"}
        assert ledger.warnings("d1") == ["a warning"]
        assert ledger.correction("d1") == {}
        assert ledger.generation() == 7
        ledger.close()
    ledger = Ledger(path)
    assert ledger.commit(corrections=[("d1", {"year": 2020})]) == 8
    assert ledger.correction("d1") == {"year": 2020}
    add(ledger, dataclasses.replace(DOCUMENT, id="d2"))
    assert len(ledger.documents()) == 2
    ledger.close()


@pytest.mark.parametrize("version", [0, SCHEMA + 1, 99])
def test_another_schema_is_refused(tmp_path: Path, version: int) -> None:
    path = tmp_path / "ledger.sqlite"
    Ledger(path, create=True).close()
    database = sqlite3.connect(path)
    database.execute(f"PRAGMA user_version = {version}")
    database.commit()
    database.close()
    for create in (False, True):
        with pytest.raises(LibraryMismatch, match=rf"schema {version}; .*--library"):
            Ledger(path, create)


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    path.write_bytes(b"no database at all " * 500)
    for create in (False, True):
        with pytest.raises(UnavailableError, match="cannot be used") as caught:
            Ledger(path, create)
        assert str(path) in str(caught.value)
    assert path.read_bytes().startswith(b"no database"), "nothing is written over it"


def test_damage_that_shows_later_is_named_as_well(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    ledger = Ledger(path, create=True)
    add(ledger)
    ledger.close()
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))
    with pytest.raises(UnavailableError, match="ingest again"):
        Ledger(path).documents()


def test_a_folder_in_the_place_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite").mkdir()
    with pytest.raises(UnavailableError):
        Ledger(tmp_path / "ledger.sqlite", create=True)


# --- filters -------------------------------------------------------------------------------------

ORIGINAL = Document("d2", "Guide", "OSCE", 2019, "2nd", "fr", Kind.ORIGINAL, BASES)


@pytest.mark.parametrize(
    ("filters", "summary", "original"),
    [
        (Filters(), True, True),
        (Filters(document="d1"), True, False),
        (Filters(document={"d1", "d2"}), True, True),
        (Filters(publisher="GenderGPT"), True, False),
        (Filters(publisher="DCAF"), True, True),
        (Filters(publisher=frozenset({"UN", "OSCE"})), True, True),
        (Filters(publisher="dcaf"), False, False),
        (Filters(language="en"), True, False),
        (Filters(edition="2nd"), False, True),
        (Filters(kind="summary"), True, False),
        (Filters(kind=Kind.ORIGINAL), False, True),
        (Filters(year_from=2020), True, False),
        (Filters(year_to=2015), True, False),
        (Filters(year_from=2019, year_to=2019), False, True),
        (Filters(year_from=2021, year_to=2025), False, False),
        (Filters(publisher=set()), False, False),
        (Filters(kind="summary", language="fr"), False, False),
    ],
)
def test_filters(filters: Filters, summary: bool, original: bool) -> None:
    """A summary is also of the years of what it is based on; an original is of its own."""
    assert passes(DOCUMENT, filters) is summary
    assert passes(ORIGINAL, filters) is original


def test_unknown_values_pass_no_filter() -> None:
    bare = Document("d3", "Bare")
    assert passes(bare, Filters(kind="original"))
    for filters in (Filters(language="en"), Filters(year_from=1), Filters(publisher="UN")):
        assert not passes(bare, filters)


def test_originals_of_each_catalogue(ledger: Ledger) -> None:
    first = Original("a", "A", "UN", 2020, symbol="A/1", also=("Alpha", "Å"))
    second = Original("b", "B", superseded_by="a")
    ledger.list_originals("/x/catalogue.toml", [first, second])
    ledger.list_originals("/y/catalogue.toml", [Original("a", "Another A")])
    assert ledger.originals() == [first, second], "each once, as the first catalogue has it"
    assert set(ledger.catalogues()) == {"/x/catalogue.toml", "/y/catalogue.toml"}
    ledger.list_originals("/x/catalogue.toml", [])
    assert ledger.originals() == [Original("a", "Another A")]
