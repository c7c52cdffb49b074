"""From files to a library: nothing twice, nothing lost, one bad file stops no other."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gendergpt.embedding import Encoder, Encoding, Role
from gendergpt.errors import CatalogueError, UnavailableError, UsageError
from gendergpt.estimates import Estimate
from gendergpt.ingestion import IngestStopped, Progress, ingest, remove
from gendergpt.ledger import Ledger
from gendergpt.library import Library
from gendergpt.retrieval import Retriever
from gendergpt.settings import Settings
from gendergpt.tokens import TokenStore
from gendergpt.types import Basis, Document, FileOutcome, IngestReport, Kind, Stage

if TYPE_CHECKING:
    from tests.conftest import Children, TinyEncoder

Opened = Callable[[Encoder], Library]
SEARCHES = "# Searches\n\nBody searches are made by officers of the same sex.\n"
TRADE = "# Trade\n\nWomen traders cross the border with small loads.\n"
STAFF = "# Staff\n\nThe service recruits women and keeps them.\n"


def write(folder: Path, name: str, text: str = SEARCHES) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def counts(report: IngestReport) -> tuple[int, int, int, int, int]:
    """Return how many were added, replaced, unchanged, removed and quarantined."""
    return (
        len(report.added), len(report.replaced), len(report.unchanged), len(report.removed),
        len(report.quarantined),
    )  # fmt: skip


def by_name(outcomes: tuple[FileOutcome, ...]) -> dict[str, str | None]:
    return {Path(outcome.path).name: outcome.reason for outcome in outcomes}


def snapshot(folder: Path) -> dict[str, tuple[int, str]]:
    """Return when each file was last written, and what is in it."""
    return {
        str(path.relative_to(folder)): (
            path.stat().st_mtime_ns,
            hashlib.sha256(path.read_bytes()).hexdigest(),
        )
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


class Shelf:
    """One folder of notes and the library that is made of it."""

    def __init__(self, settings: Settings, notes: Path, tiny: TinyEncoder) -> None:
        self.settings, self.notes, self.tiny = settings, notes, tiny

    def ingest(self, *paths: Path, prune: bool = False) -> IngestReport:
        return ingest(paths or (self.notes,), self.settings, prune=prune, encoder=self.tiny)

    def open(self) -> Library:
        return Library(self.settings, self.tiny.fingerprint, self.tiny.name)

    def documents(self) -> list[Document]:
        library = self.open()
        try:
            return library.documents()
        finally:
            library.close()

    def texts(self, query: str, stage: Stage = Stage.RERANKED) -> list[str]:
        library = self.open()
        try:
            hits = Retriever(library, self.tiny).search(query, 50, stage=stage)
            return [hit.passage.text for hit in hits]
        finally:
            library.close()

    def check(self) -> None:
        """The stores agree, and every path leads to a document that exists."""
        library = self.open()
        try:
            ready = set(library.ledger.revisions())
            assert library.vectors.keys() == library.ledger.keys()
            assert library.lexical.revisions() == ready
            assert library.lexical.count() == library.ledger.counts()[1]
            assert library.tokens.revisions() == ready
            documents = {document.id: document for document in library.documents()}
            sources = library.ledger.sources()
            assert set(sources.values()) == set(documents)
            for document in documents.values():
                assert document.path is not None
                assert sources[document.path] == document.id
        finally:
            library.close()


@pytest.fixture
def shelf(settings: Settings, notes: Path, tiny: TinyEncoder) -> Shelf:
    return Shelf(settings, notes, tiny)


# --- the same again ------------------------------------------------------------------------------


def test_the_same_folder_again_writes_nothing(shelf: Shelf) -> None:
    write(shelf.notes, "a.md")
    write(shelf.notes, "sub/b.md", TRADE)
    write(shelf.notes, "copy.md")
    write(shelf.notes, "broken.txt", "\x00\x01\x02")
    write(shelf.notes, "office.docx", "not read")
    write(shelf.notes, "catalogue.toml", '[[document]]\nfile = "a.md"\ntitle = "A"\n')
    first = shelf.ingest()
    assert counts(first) == (2, 0, 1, 0, 2)
    before, encoded = snapshot(shelf.settings.library), len(shelf.tiny.encoded)
    for prune in (False, True):
        again = shelf.ingest(prune=prune)
        assert counts(again) == (0, 0, 3, 0, 2)
        assert again.generation == first.generation
    assert snapshot(shelf.settings.library) == before
    assert len(shelf.tiny.encoded) == encoded, "nothing is encoded again"
    assert len(shelf.documents()) == 2


def test_the_report(shelf: Shelf) -> None:
    path = write(shelf.notes, "a.md")
    report = shelf.ingest()
    (outcome,) = report.added
    assert outcome == FileOutcome(str(path), shelf.documents()[0].id, None, 1, None)
    assert report.seconds > 0
    assert report.generation > 0
    assert set(report.to_dict()) == {
        "added", "replaced", "unchanged", "removed", "quarantined", "seconds", "generation"
    }  # fmt: skip


def test_overlapping_paths_are_taken_once(shelf: Shelf) -> None:
    path = write(shelf.notes, "sub/a.md")
    report = shelf.ingest(shelf.notes, path, shelf.notes / "sub", shelf.notes / "." / "sub")
    assert counts(report) == (1, 0, 0, 0, 0)


def test_progress_names_each_file_before_it_is_taken(shelf: Shelf) -> None:
    write(shelf.notes, "a.md")
    write(shelf.notes, "b.md", TRADE)
    seen: list[Progress] = []
    ingest([shelf.notes], shelf.settings, encoder=shelf.tiny, progress=seen.append)
    assert [(Path(p.path).name, p.done, p.total) for p in seen] == [("a.md", 0, 2), ("b.md", 1, 2)]


# --- changes -------------------------------------------------------------------------------------


def test_a_changed_file_replaces_its_passages(shelf: Shelf) -> None:
    write(shelf.notes, "a.md", "# A\n\nThe old sentence about smugglers.\n")
    write(shelf.notes, "b.md", TRADE)
    old = shelf.ingest()
    (old_file,) = [p for p in (shelf.settings.library / "tokens").iterdir() if p.stem == "1"]
    write(shelf.notes, "a.md", "# A\n\nThe new sentence about smugglers.\n")
    new = shelf.ingest()
    assert counts(new) == (0, 1, 1, 0, 0)
    assert new.replaced[0].document_id != old.added[0].document_id
    assert not old_file.exists()
    for stage in Stage:
        texts = shelf.texts("old new sentence about smugglers", stage)
        assert "The new sentence about smugglers." in texts
        assert "The old sentence about smugglers." not in texts
    assert len(shelf.documents()) == 2
    shelf.check()


def test_a_moved_file_is_recognised(shelf: Shelf) -> None:
    path = write(shelf.notes, "a.md")
    first = shelf.ingest()
    encoded = len(shelf.tiny.encoded)
    (shelf.notes / "new place").mkdir()
    moved = path.rename(shelf.notes / "new place" / "renamed.md")
    report = shelf.ingest()
    assert counts(report) == (0, 0, 1, 0, 0)
    assert report.unchanged[0].reason == f"moved from {path}"
    assert report.unchanged[0].document_id == first.added[0].document_id
    assert [document.path for document in shelf.documents()] == [str(moved)]
    assert len(shelf.tiny.encoded) == encoded
    assert shelf.ingest(prune=True).unchanged[0].reason is None
    shelf.check()


def test_a_file_that_changes_its_kind_is_read_anew(shelf: Shelf) -> None:
    """The same bytes are other words as plain text than as Markdown."""
    path = write(shelf.notes, "a.txt", "# Searches\n\nOfficers *search*.\n")
    shelf.ingest()
    assert "Officers *search*." in shelf.texts("officers search")[0]
    path.rename(shelf.notes / "a.md")
    report = shelf.ingest()
    assert counts(report) == (0, 1, 0, 0, 0)
    assert shelf.texts("officers search") == ["Officers search."]
    shelf.check()


def test_a_copy_counts_once(shelf: Shelf) -> None:
    first = write(shelf.notes, "a.md")
    second = write(shelf.notes, "b.md")
    report = shelf.ingest()
    assert counts(report) == (1, 0, 1, 0, 0)
    assert report.unchanged[0].reason == f"same content as {first}"
    assert len(shelf.documents()) == 1
    first.unlink()
    report = shelf.ingest(prune=True)
    assert counts(report) == (0, 0, 1, 0, 0)
    assert [document.path for document in shelf.documents()] == [str(second)]
    shelf.check()


def test_copies_with_records_of_their_own_settle(shelf: Shelf) -> None:
    """One content is one document: the first file's record holds, and no run undoes another."""
    for name in ("a.md", "b.md", "c.md"):
        write(shelf.notes, name)
    write(
        shelf.notes,
        "catalogue.toml",
        '[[document]]\nfile = "b.md"\ntitle = "B"\n[[document]]\nfile = "c.md"\ntitle = "C"\n',
    )
    shelf.ingest()
    assert [document.title for document in shelf.documents()] == ["B"], "a record beats none"
    before = shelf.ingest().generation
    report = shelf.ingest()
    assert counts(report) == (0, 0, 3, 0, 0)
    assert report.generation == before
    shelf.check()


def test_both_copies_change(shelf: Shelf) -> None:
    write(shelf.notes, "a.md")
    write(shelf.notes, "b.md")
    shelf.ingest()
    write(shelf.notes, "a.md", TRADE)
    write(shelf.notes, "b.md", STAFF)
    shelf.ingest()
    assert [document.title for document in shelf.documents()] == ["Staff", "Trade"]
    shelf.check()


def test_one_of_two_copies_changes(shelf: Shelf) -> None:
    write(shelf.notes, "a.md")
    write(shelf.notes, "b.md")
    shelf.ingest()
    write(shelf.notes, "a.md", TRADE)
    shelf.ingest()
    assert {document.title: Path(document.path or "").name for document in shelf.documents()} == {
        "Searches": "b.md", "Trade": "a.md"
    }  # fmt: skip
    shelf.check()


def test_a_file_is_moved_and_another_takes_its_name(shelf: Shelf) -> None:
    write(shelf.notes, "a.md")
    shelf.ingest()
    (shelf.notes / "a.md").rename(shelf.notes / "b.md")
    write(shelf.notes, "a.md", TRADE)
    shelf.ingest()
    assert {document.title: Path(document.path or "").name for document in shelf.documents()} == {
        "Searches": "b.md", "Trade": "a.md"
    }  # fmt: skip
    shelf.check()


def test_two_files_change_places(shelf: Shelf) -> None:
    write(shelf.notes, "a.md")
    write(shelf.notes, "b.md", TRADE)
    shelf.ingest()
    write(shelf.notes, "a.md", TRADE)
    write(shelf.notes, "b.md", SEARCHES)
    shelf.ingest()
    assert {document.title: Path(document.path or "").name for document in shelf.documents()} == {
        "Searches": "b.md", "Trade": "a.md"
    }  # fmt: skip
    shelf.check()
    assert counts(shelf.ingest()) == (0, 0, 2, 0, 0)


def test_a_file_is_overwritten_by_another_that_goes(shelf: Shelf) -> None:
    write(shelf.notes, "a.md")
    write(shelf.notes, "b.md", TRADE)
    shelf.ingest()
    (shelf.notes / "b.md").replace(shelf.notes / "a.md")
    report = shelf.ingest()
    assert counts(report) == (0, 0, 1, 1, 0)
    assert [(d.title, Path(d.path or "").name) for d in shelf.documents()] == [("Trade", "a.md")]
    shelf.check()


def test_the_same_sentence_in_two_documents(shelf: Shelf) -> None:
    write(shelf.notes, "a.md", "# A\n\nWomen search women.\n")
    write(shelf.notes, "b.md", "# B\n\nWomen search women.\n")
    assert counts(shelf.ingest()) == (2, 0, 0, 0, 0)
    assert shelf.texts("women search women") == ["Women search women."] * 2


def test_a_removed_document_comes_back_with_its_file(shelf: Shelf) -> None:
    write(shelf.notes, "a.md")
    document_id = shelf.ingest().added[0].document_id or ""
    report = remove([document_id], shelf.settings)
    assert [outcome.document_id for outcome in report.removed] == [document_id]
    assert shelf.documents() == []
    assert counts(shelf.ingest()) == (1, 0, 0, 0, 0)


# --- bad files -----------------------------------------------------------------------------------


def test_bad_files_are_quarantined_and_the_others_go_on(shelf: Shelf) -> None:
    (shelf.notes / "a-garbage.pdf").write_bytes(b"%PDF-1.7 and then nothing of the kind" * 20)
    (shelf.notes / "b-empty.md").write_bytes(b"")
    (shelf.notes / "c-empty.pdf").write_bytes(b"")
    (shelf.notes / "d-binary.txt").write_bytes(bytes(range(256)) * 8)
    (shelf.notes / "e-office.docx").write_bytes(b"PK\x03\x04")
    (shelf.notes / "f-heading.md").write_text("# Only a heading\n")
    (shelf.notes / "g-latin.md").write_bytes("Grenzübertritt".encode("latin-1"))
    write(shelf.notes, "z-good.md")
    report = shelf.ingest()
    assert counts(report) == (1, 0, 0, 0, 7)
    reasons = by_name(report.quarantined)
    assert len(reasons) == 7
    assert all(reason and len(reason) > 20 for reason in reasons.values())
    assert "cannot be read" in (reasons["e-office.docx"] or "")
    assert [document.title for document in shelf.documents()] == ["Searches"]


def test_quarantine_is_remembered_and_ends_when_the_file_changes(shelf: Shelf) -> None:
    bad = write(shelf.notes, "a.txt", "\x00\x01")
    first = shelf.ingest()
    library = shelf.open()
    assert set(library.ledger.quarantined()) == {str(bad)}
    library.close()
    again = shelf.ingest()
    assert again.quarantined == first.quarantined
    write(shelf.notes, "a.txt", "\x00\x01 other rubbish")
    assert counts(shelf.ingest()) == (0, 0, 0, 0, 1)
    write(shelf.notes, "a.txt", "Women search women.\n\nIt is the rule.\n")
    assert counts(shelf.ingest()) == (1, 0, 0, 0, 0)
    library = shelf.open()
    assert library.ledger.quarantined() == {}
    library.close()


def test_quarantine_ends_when_the_file_is_gone(shelf: Shelf) -> None:
    here = write(shelf.notes, "here/a.txt", "\x00\x01")
    there = write(shelf.notes, "there/b.txt", "\x00\x02")
    write(shelf.notes, "here/c.md")
    assert counts(shelf.ingest()) == (1, 0, 0, 0, 2)
    here.unlink()
    there.unlink()
    assert counts(shelf.ingest(here.parent)) == (0, 0, 1, 0, 0)
    library = shelf.open()
    assert set(library.ledger.quarantined()) == {str(there)}, "no path of the run covers it"
    library.close()
    shelf.ingest()
    library = shelf.open()
    assert library.ledger.quarantined() == {}
    library.close()


def test_binary_markdown_is_quarantined(shelf: Shelf) -> None:
    write(shelf.notes, "a.md", "# Searches\n\nWomen search women.\x00\n")
    report = shelf.ingest()
    assert counts(report) == (0, 0, 0, 0, 1)
    assert "binary" in (report.quarantined[0].reason or "")


def test_quarantine_ends_when_the_file_becomes_a_copy(shelf: Shelf) -> None:
    write(shelf.notes, "a.txt", "\x00\x01")
    write(shelf.notes, "b.txt", "Women search women.\n\nIt is the rule.\n")
    shelf.ingest()
    write(shelf.notes, "a.txt", "Women search women.\n\nIt is the rule.\n")
    assert counts(shelf.ingest()) == (0, 0, 2, 0, 0)
    library = shelf.open()
    assert library.ledger.quarantined() == {}
    library.close()


def test_a_file_that_turns_bad_keeps_what_was_read(shelf: Shelf) -> None:
    """Documents go by ``remove`` or ``prune`` alone; the report says that the old text stays."""
    write(shelf.notes, "a.md")
    shelf.ingest()
    write(shelf.notes, "a.md", "")
    for _ in range(2):
        report = shelf.ingest(prune=True)
        assert counts(report) == (0, 0, 0, 0, 1)
        assert (report.quarantined[0].reason or "").endswith("stays there.")
    assert len(shelf.documents()) == 1


def test_a_file_that_cannot_be_opened(shelf: Shelf) -> None:
    path = write(shelf.notes, "a.md")
    write(shelf.notes, "b.md", TRADE)
    path.chmod(0)
    if os.access(path, os.R_OK):
        path.unlink()  # root may read everything: a link that leads nowhere cannot be opened either
        path.symlink_to(shelf.notes / "nowhere.md")
    report = shelf.ingest()
    assert counts(report) == (1, 0, 0, 0, 1)
    path.unlink() if path.is_symlink() else path.chmod(0o600)


# --- prune ---------------------------------------------------------------------------------------


def test_prune_removes_what_is_gone_and_nothing_else(shelf: Shelf, tmp_path: Path) -> None:
    write(shelf.notes, "a.md")
    gone = write(shelf.notes, "b.md", TRADE)
    elsewhere = write(tmp_path / "other", "c.md", STAFF)
    shelf.ingest(shelf.notes, elsewhere.parent)
    gone.unlink()
    elsewhere.unlink()
    assert counts(shelf.ingest()) == (0, 0, 1, 0, 0), "without --prune all stays"
    assert len(shelf.documents()) == 3
    report = shelf.ingest(prune=True)
    assert counts(report) == (0, 0, 1, 1, 0)
    assert report.removed[0].path == str(gone)
    assert [document.title for document in shelf.documents()] == ["Searches", "Staff"]
    assert TRADE.split("\n")[2] not in shelf.texts("women traders border")


def test_prune_of_an_emptied_folder_removes_nothing(shelf: Shelf) -> None:
    write(shelf.notes, "a.md")
    shelf.ingest()
    (shelf.notes / "a.md").unlink()
    before = snapshot(shelf.settings.library)
    assert counts(shelf.ingest(prune=True)) == (0, 0, 0, 0, 0)
    assert snapshot(shelf.settings.library) == before
    assert len(shelf.documents()) == 1


def test_prune_of_two_folders_of_which_one_is_empty(shelf: Shelf, tmp_path: Path) -> None:
    write(shelf.notes, "a.md")
    other = write(tmp_path / "other", "c.md", STAFF)
    shelf.ingest(shelf.notes, other.parent)
    other.unlink()
    assert counts(shelf.ingest(shelf.notes, other.parent, prune=True)) == (0, 0, 1, 0, 0)
    assert len(shelf.documents()) == 2


def test_a_missing_path_changes_nothing(shelf: Shelf) -> None:
    write(shelf.notes, "a.md")
    shelf.ingest()
    before = snapshot(shelf.settings.library)
    write(shelf.notes, "b.md", TRADE)
    with pytest.raises(UsageError, match="no file or folder"):
        shelf.ingest(shelf.notes, shelf.notes / "missing", prune=True)
    assert snapshot(shelf.settings.library) == before


def test_a_missing_path_makes_no_library(shelf: Shelf) -> None:
    with pytest.raises(UsageError):
        shelf.ingest(shelf.notes / "missing")
    assert not shelf.settings.library.exists()


def test_prune_and_a_single_file(shelf: Shelf) -> None:
    first = write(shelf.notes, "a.md")
    write(shelf.notes, "b.md", TRADE)
    shelf.ingest()
    (shelf.notes / "b.md").unlink()
    assert counts(shelf.ingest(first, prune=True)) == (0, 0, 1, 0, 0), "a file governs no folder"


# --- which files ---------------------------------------------------------------------------------


def test_hidden_and_underscored_names_are_left_out(shelf: Shelf) -> None:
    for name in (".hidden.md", "_draft.md", "~$lock.md", ".git/a.md", "_sources/a.md", "image.png"):
        write(shelf.notes, name)
    write(shelf.notes, "sub.dir/GOOD.MD", TRADE)
    report = shelf.ingest()
    assert counts(report) == (1, 0, 0, 0, 0)
    assert by_name(report.added) == {"GOOD.MD": None}


def test_a_file_named_outright_is_taken_whatever_its_name(shelf: Shelf) -> None:
    assert counts(shelf.ingest(write(shelf.notes, "_draft.md"))) == (1, 0, 0, 0, 0)


@pytest.mark.parametrize(
    "name",
    ["with space.md", "Übersicht Ґрунт 边境.md", "quo'te \"and\".md", "new\nline.md",
     "%s {x} $y.md", "-rf.md", "a" * 200 + ".md", "trailing .md"],
)  # fmt: skip
def test_file_names_of_all_kinds(shelf: Shelf, name: str) -> None:
    path = write(shelf.notes, name)
    assert counts(shelf.ingest()) == (1, 0, 0, 0, 0)
    assert shelf.documents()[0].path == str(path)
    assert counts(shelf.ingest()) == (0, 0, 1, 0, 0)
    path.unlink()
    write(shelf.notes, "other.md", TRADE)
    assert counts(shelf.ingest(prune=True)) == (1, 0, 0, 1, 0)


@pytest.mark.skipif(sys.platform != "linux", reason="file names are bytes on Linux")
def test_a_name_that_is_no_text_stops_no_other(shelf: Shelf) -> None:
    (Path(os.fsdecode(os.fsencode(shelf.notes) + b"/caf\xe9.md"))).write_text(SEARCHES)
    write(shelf.notes, "z.md", TRADE)
    seen: list[Progress] = []
    report = ingest([shelf.notes], shelf.settings, encoder=shelf.tiny, progress=seen.append)
    assert counts(report) == (1, 0, 0, 0, 1)
    assert "Rename" in (report.quarantined[0].reason or "")
    for path in (report.quarantined[0].path, *(each.path for each in seen)):
        path.encode("utf-8")


def test_links(shelf: Shelf, tmp_path: Path) -> None:
    write(shelf.notes, "a.md")
    target = write(tmp_path / "elsewhere", "real.md", TRADE)
    (shelf.notes / "b-link.md").symlink_to(target)
    (shelf.notes / "c-loop.md").symlink_to(shelf.notes / "c-loop.md")
    (shelf.notes / "d-nowhere.md").symlink_to(shelf.notes / "missing.md")
    (shelf.notes / "e-circle").symlink_to(shelf.notes, target_is_directory=True)
    report = shelf.ingest()
    assert counts(report) == (2, 0, 0, 0, 2)
    assert set(by_name(report.quarantined)) == {"c-loop.md", "d-nowhere.md"}
    assert counts(shelf.ingest(prune=True)) == (0, 0, 2, 0, 2)


@pytest.mark.timeout(60)
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_pipe_is_no_file(shelf: Shelf) -> None:
    os.mkfifo(shelf.notes / "a.md")
    write(shelf.notes, "b.md", TRADE)
    assert counts(shelf.ingest()) == (1, 0, 0, 0, 1)


# --- records -------------------------------------------------------------------------------------


def test_the_catalogue_gives_the_record(shelf: Shelf) -> None:
    write(shelf.notes, "a.md")
    write(shelf.notes, "b.md", TRADE)
    write(
        shelf.notes,
        "catalogue.toml",
        '[[document]]\nfile = "a.md"\ntitle = "Our note"\npublisher = "GenderGPT (summary)"\n'
        'year = 2026\nlanguage = "en"\nkind = "summary"\nlicence = "Apache-2.0"\n'
        '[[document.based_on]]\ntitle = "Toolkit"\npublisher = "DCAF"\nyear = 2020\n'
        'place = "Tool 6"\nseen = "PAGE"\nheading = "Searches"\n',
    )
    shelf.ingest()
    summary, original = shelf.documents()
    assert summary.title == "Our note"
    assert summary.kind is Kind.SUMMARY
    assert (summary.publisher, summary.year) == ("GenderGPT (summary)", 2026)
    assert summary.based_on == (Basis("Toolkit", "DCAF", 2020, "Tool 6", None, "PAGE", "Searches"),)
    assert (original.title, original.kind) == ("Trade", Kind.ORIGINAL)
    assert original.based_on == ()


def test_a_changed_record_is_applied(shelf: Shelf) -> None:
    write(shelf.notes, "a.md")
    shelf.ingest()
    write(shelf.notes, "catalogue.toml", '[[document]]\nfile = "a.md"\ntitle = "New title"\n')
    report = shelf.ingest()
    assert counts(report) == (0, 1, 0, 0, 0)
    assert [document.title for document in shelf.documents()] == ["New title"]
    (shelf.notes / "catalogue.toml").unlink()
    assert counts(shelf.ingest()) == (0, 1, 0, 0, 0)
    assert [document.title for document in shelf.documents()] == ["Searches"]
    shelf.check()


def test_a_moved_file_with_a_new_record_leaves_no_old_path(shelf: Shelf) -> None:
    write(shelf.notes, "a.md")
    shelf.ingest()
    (shelf.notes / "a.md").rename(shelf.notes / "b.md")
    write(shelf.notes, "catalogue.toml", '[[document]]\nfile = "b.md"\ntitle = "B"\n')
    assert counts(shelf.ingest()) == (0, 1, 0, 0, 0)
    library = shelf.open()
    assert set(library.ledger.sources()) == {str(shelf.notes / "b.md")}
    library.close()


def test_a_file_named_outright_has_the_record_of_its_folder(shelf: Shelf) -> None:
    path = write(shelf.notes, "a.md")
    write(shelf.notes, "catalogue.toml", '[[document]]\nfile = "a.md"\ntitle = "Record"\n')
    shelf.ingest(path)
    assert [document.title for document in shelf.documents()] == ["Record"]
    assert counts(shelf.ingest()) == (0, 0, 1, 0, 0)


def test_a_broken_catalogue_stops_all_before_anything_is_written(shelf: Shelf) -> None:
    write(shelf.notes, "a.md")
    broken = write(shelf.notes, "sub/catalogue.toml", "[[document]]\nfil = 1\n")
    write(shelf.notes, "sub/b.md", TRADE)
    with pytest.raises(CatalogueError) as caught:
        shelf.ingest()
    assert str(broken) in str(caught.value)
    assert not shelf.settings.library.exists()


def test_title_and_language_without_a_record(shelf: Shelf) -> None:
    write(shelf.notes, "no_heading-here.txt", "Women search women at the border. " * 5)
    german = "Die Beamtinnen durchsuchen die reisenden Frauen an der Grenze in einem Raum. " * 3
    write(shelf.notes, "de.md", f"# Durchsuchung\n\n{german}\n")
    shelf.ingest()
    assert [(d.title, d.language) for d in shelf.documents()] == [
        ("Durchsuchung", "de"), ("no heading here", "en")
    ]  # fmt: skip


# --- being stopped -------------------------------------------------------------------------------


def test_what_was_committed_before_an_interrupt_stays(shelf: Shelf) -> None:
    for name in ("a", "b", "c"):
        text = "".join(f"Officer {name}{n} guards the border.\n\n## {n}\n\n" for n in range(300))
        write(shelf.notes, f"{name}.md", f"# {name}\n\n{text}")

    def stop(progress: Progress) -> None:
        if progress.done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ingest([shelf.notes], shelf.settings, encoder=shelf.tiny, progress=stop)
    assert [document.title for document in shelf.documents()] == ["a", "b"]
    shelf.check()
    assert counts(shelf.ingest()) == (1, 0, 2, 0, 0)
    shelf.check()


def small(shelf: Shelf, count: int) -> None:
    for n in range(count):
        write(shelf.notes, f"{n:02}.md", f"# Post {n}\n\nPost {n} keeps its lamps lit.\n")


def test_an_interrupt_while_reading_keeps_every_file_before(shelf: Shelf) -> None:
    """All of them are too small for a batch of their own."""
    small(shelf, 8)

    def stop(progress: Progress) -> None:
        if progress.done == 5:
            raise KeyboardInterrupt

    with pytest.raises(IngestStopped) as caught:
        ingest([shelf.notes], shelf.settings, encoder=shelf.tiny, progress=stop)
    assert (caught.value.done, caught.value.files) == (5, 8)
    assert len(caught.value.report.added) == 5
    assert len(shelf.documents()) == 5
    shelf.check()
    assert counts(shelf.ingest()) == (3, 0, 5, 0, 0)


def test_an_interrupt_while_a_long_file_is_encoded_loses_that_file_alone(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    small(shelf, 4)
    text = "".join(f"## {n}\n\nOfficer {n} guards the border.\n\n" for n in range(300))
    write(shelf.notes, "90-long.md", text)
    write(shelf.notes, "91.md", TRADE)
    original, calls = shelf.tiny.encode, []

    def interrupted(
        texts: Sequence[str], role: Role, languages: Sequence[str] | None = None
    ) -> list[Encoding]:
        calls.append(len(texts))
        if len(calls) == 1:
            raise KeyboardInterrupt
        return original(texts, role, languages)

    with monkeypatch.context() as patch:
        patch.setattr(shelf.tiny, "encode", interrupted)
        with pytest.raises(IngestStopped) as caught:
            shelf.ingest()
    assert calls == [256, 4]
    assert caught.value.done == 4
    assert len(shelf.documents()) == 4
    assert counts(shelf.ingest()) == (2, 0, 4, 0, 0)
    shelf.check()


def test_an_interrupt_just_after_a_commit_counts_what_is_in(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    small(shelf, 4)
    original = Ledger.commit

    def interrupted(self: Ledger, *arguments: Any, **named: Any) -> int:
        generation = original(self, *arguments, **named)
        if arguments and arguments[0]:
            raise KeyboardInterrupt
        return generation

    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "commit", interrupted)
        with pytest.raises(IngestStopped) as caught:
            shelf.ingest()
    assert caught.value.done == 4
    assert counts(shelf.ingest()) == (0, 0, 4, 0, 0)
    shelf.check()


def test_a_second_interrupt_ends_at_once(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    small(shelf, 4)

    def interrupted(*arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(shelf.tiny, "encode", interrupted)
        with pytest.raises(IngestStopped, match="after 0 of 4 files"):
            shelf.ingest()
    assert counts(shelf.ingest()) == (4, 0, 0, 0, 0)


def test_a_disk_without_room_is_told_before_anything_is_read(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(shelf.notes, "a.md")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(9, 9, 1_000_000))
    with pytest.raises(UnavailableError, match=r"has 1 MB left.*--library") as caught:
        shelf.ingest()
    assert str(shelf.settings.library) in str(caught.value)
    assert shelf.documents() == []


def test_a_disk_that_is_full_in_the_middle(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    write(shelf.notes, "a.md")

    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(TokenStore, "write", full)
        with pytest.raises(UnavailableError, match=r"No space left.*Make room"):
            shelf.ingest()
    assert counts(shelf.ingest()) == (1, 0, 0, 0, 0)
    shelf.check()


def test_the_plan_is_told_before_the_first_file(shelf: Shelf) -> None:
    write(shelf.notes, "a.md")
    shelf.ingest()
    write(shelf.notes, "b.md", TRADE)
    told: list[object] = []
    ingest([shelf.notes], shelf.settings, encoder=shelf.tiny, progress=told.append,
           planned=told.append)  # fmt: skip
    estimate, first, second = told
    assert isinstance(estimate, Estimate)
    assert (estimate.files, estimate.bytes) == (1, len(TRADE)), "a.md is known already"
    assert isinstance(first, Progress)
    assert isinstance(second, Progress)
    assert first.seconds_left is not None
    assert first.seconds_left > 0


def test_many_passages_are_encoded_in_batches(shelf: Shelf) -> None:
    text = "".join(f"## {n}\n\nOfficer number {n} guards the border.\n\n" for n in range(700))
    write(shelf.notes, "long.md", f"# Long\n\n{text}")
    assert shelf.ingest().added[0].passages == 700
    library = shelf.open()
    keys = sorted(library.ledger.keys())
    for n in (0, 255, 256, 699):
        stored = library.stored([keys[n]])[keys[n]]
        assert stored.passage.text == f"Officer number {n} guards the border."
        heading = f"Long › {n}\n"
        encoding = shelf.tiny.encode([heading + stored.passage.text], "document")[0]
        assert library.vectors.query(encoding.vector, 1)[0][0] == keys[n]
        tokens = library.tokens.read(stored.revision, stored.token_first, stored.token_count)
        words = stored.passage.text.removesuffix(".").split()
        assert [s for s in tokens.starts.tolist() if s >= 0] == [
            stored.passage.text.index(word) for word in words
        ]
    library.close()


# --- two processes -------------------------------------------------------------------------------

WORK = """
import sys
from gendergpt import Settings, ingest, remove
settings = Settings(library=sys.argv[1])
for line in sys.stdin:
    if line.strip() == "ingest":
        print(ingest([sys.argv[2]], settings).added[0].document_id)
    else:
        print(remove([line.strip()], settings).generation)
"""


def test_an_open_assistant_follows_what_another_process_does(
    settings: Settings, notes: Path, encoder: Encoder, children: Children
) -> None:
    """Whoever has the web chat open finds what the command line has ingested a moment ago."""
    from gendergpt import build_assistant

    write(notes, "a.md")
    ingest([notes], settings, encoder=encoder)
    assistant = build_assistant(settings)
    assistant._retriever._encoder = encoder  # the same weights, loaded already
    question = "Who may cross with small goods for sale?"
    assert [hit.document.title for hit in assistant.search(question)] == ["Searches"]

    child = children.start(WORK, settings.library, notes)
    write(notes, "b.md", TRADE)
    document_id = tell(child, "ingest")
    for stage in (Stage.DENSE, Stage.FUSED, Stage.RERANKED):
        hits = assistant.search(question, stage=stage)
        assert [hit.document.title for hit in hits] == ["Trade", "Searches"]
    hits = assistant.search("small loads", stage=Stage.LEXICAL)
    assert [hit.document.title for hit in hits] == ["Trade"]
    assert [document.title for document in assistant.documents()] == ["Searches", "Trade"]

    generation = tell(child, document_id)
    for stage in Stage:
        hits = assistant.search("traders with small loads for sale", stage=stage)
        assert "Trade" not in [hit.document.title for hit in hits]
    assert [document.title for document in assistant.documents()] == ["Searches"]
    assert assistant.ask("Who makes body searches?").generation == int(generation)
    assistant.library.close()


def tell(child: subprocess.Popen[str], line: str) -> str:
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write(line + "\n")
    child.stdin.flush()
    answer = child.stdout.readline().strip()
    assert answer, "the other process has failed"
    return answer
