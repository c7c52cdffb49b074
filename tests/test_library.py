"""Four stores stay one library: locks, crashes, mismatches, damage."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from gendergpt.embedding import Encoder
from gendergpt.errors import (
    DocumentNotFound,
    LibraryLocked,
    LibraryMismatch,
    LibraryMissing,
    UnavailableError,
)
from gendergpt.ingestion import ingest, remove
from gendergpt.lexical import LexicalIndex
from gendergpt.library import Library
from gendergpt.retrieval import Retriever
from gendergpt.settings import Settings
from gendergpt.tokens import TokenStore
from gendergpt.types import Stage
from gendergpt.vectors import VectorStore

if TYPE_CHECKING:
    from tests.conftest import Children, TinyEncoder

Opened = Callable[[Encoder], Library]

CRASH = """
import os, signal, sys
from tests.conftest import TinyEncoder
from gendergpt.ingestion import ingest
from gendergpt.ledger import Ledger
from gendergpt.lexical import LexicalIndex
from gendergpt.settings import Settings
from gendergpt.tokens import TokenStore
from gendergpt.vectors import VectorStore

owner, name, when = {
    "begun": (Ledger, "begin", "after"),
    "tokens written": (TokenStore, "write", "after"),
    "vectors written": (VectorStore, "add", "after"),
    "words written": (LexicalIndex, "add", "after"),
    "committed": (Ledger, "commit", "after"),
    "old tokens removed": (TokenStore, "remove", "after"),
    "old vectors removed": (VectorStore, "remove", "after"),
    "old words removed": (LexicalIndex, "remove", "after"),
}[sys.argv[3]]
original = getattr(owner, name)
def deadly(*arguments, **named):
    original(*arguments, **named)
    os.kill(os.getpid(), signal.SIGKILL)
setattr(owner, name, deadly)
ingest([sys.argv[2]], Settings(library=sys.argv[1]), encoder=TinyEncoder())
print("survived")
"""

HOLD = """
import sys
from gendergpt.library import Library
from gendergpt.settings import Settings
library = Library(Settings(library=sys.argv[1]))
sys.argv = ["/opt/bin/gendergpt", "ingest", "guides"]
with library.writer():
    print("held")
    sys.stdin.readline()
library.close()
"""

INGEST = """
import sys
from tests.conftest import TinyEncoder
from gendergpt.ingestion import ingest
from gendergpt.settings import Settings
print("ready")
sys.stdin.readline()
report = ingest([sys.argv[2]], Settings(library=sys.argv[1], lock_seconds=60),
                encoder=TinyEncoder(*sys.argv[3:]))
print(len(report.added))
"""


def write(folder: Path, **texts: str) -> None:
    for name, text in texts.items():
        (folder / f"{name}.md").write_text(f"# {name}\n\n{text}\n", "utf-8")


def consistent(library: Library) -> None:
    """All stores hold the same, and nothing beyond it."""
    ready = set(library.ledger.revisions())
    assert library.vectors.keys() == library.ledger.keys()
    assert library.tokens.revisions() == ready
    assert library.lexical.revisions() == ready
    assert library.lexical.count() == library.ledger.counts()[1]
    assert not list(library.folder.rglob("*.partial"))
    health = library.health()
    assert (health.orphans, health.lost, health.unfinished) == (0, 0, 0)


def found(library: Library, encoder: Encoder, text: str, stage: Stage) -> list[str]:
    return [hit.passage.text for hit in Retriever(library, encoder).search(text, stage=stage)]


@pytest.mark.parametrize(
    ("when", "new"),
    [("begun", False), ("tokens written", False), ("vectors written", False),
     ("words written", False), ("committed", True), ("old tokens removed", True),
     ("old vectors removed", True), ("old words removed", True)],
)  # fmt: skip
def test_a_process_killed_between_two_stores(
    when: str, new: bool, settings: Settings, notes: Path, tiny: TinyEncoder, opened: Opened,
    children: Children,
) -> None:  # fmt: skip
    """Readers see the old state or the new one, and the next run leaves each document once."""
    write(notes, first="Old words about searches.", second="Women guard the border.")
    ingest([notes], settings, encoder=tiny)
    write(notes, first="New words about searches.", third="Trade crosses borders daily.")
    child = children.start(CRASH, settings.library, notes, when)
    child.wait(60)
    assert child.returncode == -signal.SIGKILL, child.communicate()

    library = opened(tiny)
    searched = found(library, tiny, "words about searches", Stage.RERANKED)
    assert ("New words about searches." in searched) is new
    assert ("Old words about searches." in searched) is not new
    assert len(library.documents()) == (3 if new else 2)

    report = ingest([notes], settings, encoder=tiny)
    assert len(report.unchanged) == (3 if new else 1)
    library.refresh()
    assert len(library.documents()) == 3
    with library.writer():
        consistent(library)
    for stage in Stage:
        texts = found(library, tiny, "new words about searches", stage)
        assert texts.count("New words about searches.") == 1
        assert not any("Old" in text for text in texts)
    assert ingest([notes], settings, encoder=tiny).generation == report.generation


def test_what_a_dead_writer_left_is_swept_from_every_store(
    settings: Settings, notes: Path, tiny: TinyEncoder, opened: Opened
) -> None:
    write(notes, first="Women guard the border.")
    ingest([notes], settings, encoder=tiny)
    library = opened(tiny)
    library.vectors.add([9001, 9002], [900, 900], [np.ones(32, np.float32)] * 2)
    library.lexical.add([(9001, 900, "stray words", "stray")])
    library.tokens.write(900, [(np.zeros((1, 8), np.uint8), np.zeros(1, np.int32))])
    (library.folder / "tokens" / "901.partial").write_bytes(b"half")
    assert library.health().orphans > 0
    assert found(library, tiny, "stray words", Stage.LEXICAL) == []
    with library.writer():
        consistent(library)


@pytest.mark.parametrize("store", [LexicalIndex, VectorStore, TokenStore])
@pytest.mark.parametrize("step", ["add", "remove"])
def test_an_interrupt_between_two_stores(
    store: type, step: str, settings: Settings, notes: Path, tiny: TinyEncoder, opened: Opened,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Ctrl+C is no crash, but what it leaves is swept away all the same."""
    step = "write" if store is TokenStore and step == "add" else step
    write(notes, first="Old words about searches.")
    ingest([notes], settings, encoder=tiny)
    write(notes, first="New words about searches.")

    def interrupted(*arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(store, step, interrupted)
        with pytest.raises(KeyboardInterrupt):
            ingest([notes], settings, encoder=tiny)
    ingest([notes], settings, encoder=tiny)
    library = opened(tiny)
    consistent(library)
    assert found(library, tiny, "words about searches", Stage.DENSE) == [
        "New words about searches."
    ]


# --- the lock ------------------------------------------------------------------------------------


def test_a_second_writer_is_told_who_holds_the_lock(
    settings: Settings, notes: Path, tiny: TinyEncoder, opened: Opened, children: Children
) -> None:
    write(notes, first="Women guard the border.")
    ingest([notes], settings, encoder=tiny)
    child = children.start(HOLD, settings.library)
    assert child.stdout is not None
    assert child.stdout.readline() == "held\n"

    before = {p: p.stat().st_mtime_ns for p in settings.library.rglob("*.npy")}
    write(notes, second="Trade crosses borders.")
    attempts: list[Callable[[], object]] = [
        lambda: ingest([notes], settings, encoder=tiny),
        lambda: remove([], settings),
    ]
    for attempt in attempts:
        with pytest.raises(LibraryLocked) as caught:
            attempt()
        assert f"process {child.pid}" in str(caught.value)
        assert "`gendergpt ingest guides`" in str(caught.value)
    assert {p: p.stat().st_mtime_ns for p in settings.library.rglob("*.npy")} == before
    library = opened(tiny)
    assert found(library, tiny, "women border", Stage.RERANKED), "readers need no lock"

    os.kill(child.pid, signal.SIGKILL)
    child.wait(10)
    assert len(ingest([notes], settings, encoder=tiny).added) == 1, "the dead hold no lock"
    assert not (settings.library / "writer.json").exists()


def test_a_writer_waits_for_its_turn(
    settings: Settings, notes: Path, tiny: TinyEncoder, children: Children
) -> None:
    write(notes, first="Women guard the border.")
    ingest([notes], settings, encoder=tiny)
    child = children.start(HOLD, settings.library)
    assert child.stdout is not None
    assert child.stdin is not None
    assert child.stdout.readline() == "held\n"
    child.stdin.write("\n")
    child.stdin.flush()
    patient = Settings(library=settings.library, lock_seconds=30)
    assert len(ingest([notes], patient, encoder=tiny).unchanged) == 1


def test_two_writers_in_one_process(
    settings: Settings, notes: Path, tiny: TinyEncoder, opened: Opened
) -> None:
    write(notes, first="Women guard the border.")
    ingest([notes], settings, encoder=tiny)
    with opened(tiny).writer(), pytest.raises(LibraryLocked, match=f"process {os.getpid()}"):
        ingest([notes], settings, encoder=tiny)
    assert ingest([notes], settings, encoder=tiny).unchanged, "the lock is let go"


def test_processes_that_make_the_library_at_the_same_time(
    settings: Settings, tmp_path: Path, tiny: TinyEncoder, opened: Opened, children: Children
) -> None:
    started = []
    for name in ("one", "two", "three"):
        folder = tmp_path / name
        folder.mkdir()
        write(folder, **{name: f"Guard number {name} stands at the border."})
        started.append(children.start(INGEST, settings.library, folder))
    for child in started:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
    results = []
    for child in started:
        assert child.stdin is not None
        child.stdin.write("\n")
        child.stdin.flush()
    for child in started:
        out, err = child.communicate(timeout=120)
        assert child.returncode == 0, err
        results.append(out)
    assert results == ["1\n"] * 3
    library = opened(tiny)
    assert [document.title for document in library.documents()] == ["one", "three", "two"]
    consistent(library)


# --- opening -------------------------------------------------------------------------------------


def test_there_is_no_library(settings: Settings, tiny: TinyEncoder, opened: Opened) -> None:
    attempts: list[Callable[[], object]] = [lambda: opened(tiny), lambda: remove(["x"], settings)]
    for attempt in attempts:
        with pytest.raises(LibraryMissing, match="gendergpt ingest"):
            attempt()
    assert not settings.library.exists()


def test_another_encoder_is_refused(
    settings: Settings, notes: Path, tiny: TinyEncoder, other_encoder: TinyEncoder, opened: Opened
) -> None:
    write(notes, first="Women guard the border.")
    ingest([notes], settings, encoder=tiny)
    other_encoder.name = "another"
    attempts: list[Callable[[], object]] = [
        lambda: opened(other_encoder),
        lambda: ingest([notes], settings, encoder=other_encoder),
    ]
    for attempt in attempts:
        with pytest.raises(LibraryMismatch, match="'tiny'") as caught:
            attempt()
        assert "'another'" in str(caught.value)
        assert "--library" in str(caught.value)
    assert other_encoder.encoded == []
    assert len(opened(tiny).documents()) == 1


def test_an_encoder_that_came_second_is_refused(
    settings: Settings, tiny: TinyEncoder, other_encoder: TinyEncoder
) -> None:
    """Two processes made the library at the same time, with different models."""
    second = Library(settings, other_encoder.fingerprint, other_encoder.name, create=True)
    first = Library(settings, tiny.fingerprint, tiny.name, create=True)
    with first.writer() as writer:
        writer.claim(tiny.fingerprint, tiny.name)
    with pytest.raises(LibraryMismatch), second.writer() as writer:
        writer.claim(other_encoder.fingerprint, other_encoder.name)
    first.close()
    second.close()


@pytest.mark.parametrize("file", ["ledger.sqlite", "vectors/chroma.sqlite3", "words/meta.json"])
def test_a_damaged_store_is_named(
    file: str, settings: Settings, notes: Path, tiny: TinyEncoder, opened: Opened
) -> None:
    write(notes, first="Women guard the border.")
    ingest([notes], settings, encoder=tiny)
    (settings.library / file).write_bytes(b"damaged beyond all repair " * 400)
    with pytest.raises(UnavailableError, match=r"cannot be used.*ingest again") as caught:
        found(opened(tiny), tiny, "women", Stage.RERANKED)
    assert str(settings.library / file.split("/")[0]) in str(caught.value)


def test_a_folder_that_cannot_be_made(tmp_path: Path, notes: Path, tiny: TinyEncoder) -> None:
    (tmp_path / "file").write_text("not a folder")
    settings = Settings(library=tmp_path / "file" / "library")
    with pytest.raises(UnavailableError, match="--library"):
        ingest([notes], settings, encoder=tiny)


# --- reading -------------------------------------------------------------------------------------


def test_documents_by_id(
    settings: Settings, notes: Path, tiny: TinyEncoder, opened: Opened
) -> None:
    write(notes, first="Women guard the border.", second="Trade crosses borders.")
    report = ingest([notes], settings, encoder=tiny)
    library = opened(tiny)
    (first, second) = library.documents()
    assert library.document(first.id) == first
    with pytest.raises(DocumentNotFound, match="library list"):
        library.document("nothing")
    with pytest.raises(DocumentNotFound):
        remove([first.id, "nothing"], settings)
    assert len(library.documents()) == 2, "then none is removed"
    removed = remove([first.id], settings)
    assert [outcome.document_id for outcome in removed.removed] == [first.id]
    assert removed.generation > report.generation
    assert library.refresh() == removed.generation
    assert library.documents() == [second]
    with library.writer():
        consistent(library)


def test_an_open_library_keeps_up_with_another_in_the_same_process(
    settings: Settings, notes: Path, tiny: TinyEncoder, opened: Opened
) -> None:
    write(notes, first="Women guard the border.")
    ingest([notes], settings, encoder=tiny)
    library = opened(tiny)
    assert len(found(library, tiny, "smugglers", Stage.DENSE)) == 1
    write(notes, second="Smugglers pay no duty.")
    ingest([notes], settings, encoder=tiny)
    library.refresh()
    for stage in Stage:
        assert "Smugglers pay no duty." in found(library, tiny, "smugglers duty", stage)
    remove([d.id for d in library.documents() if d.title == "second"], settings)
    library.refresh()
    for stage in Stage:
        assert "Smugglers pay no duty." not in found(library, tiny, "smugglers duty", stage)


def test_who_reopens_while_a_document_goes_looks_once_more(
    settings: Settings, notes: Path, tiny: TinyEncoder, opened: Opened,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Between the ledger's commit and the stores' cleaning a reader may reopen: not for good."""
    write(notes, first="Women guard the border.", second="Trade crosses borders.")
    ingest([notes], settings, encoder=tiny)
    reader, writer_side = opened(tiny), opened(tiny)
    original = type(reader.tokens).remove

    def reopened(store: object, revision: int) -> None:
        reader.refresh()
        original(reader.tokens, revision)

    monkeypatch.setattr(type(reader.tokens), "remove", reopened)
    with writer_side.writer() as writer:
        generation = writer.remove([writer_side.documents()[0].id])
    assert reader._generation < generation
    assert reader.refresh() == generation
    assert reader.vectors.keys() == reader.ledger.keys()
    assert reader.lexical.count() == 1


def test_an_emptied_library_finds_nothing(
    settings: Settings, notes: Path, tiny: TinyEncoder, opened: Opened
) -> None:
    write(notes, first="Women guard the border.")
    report = ingest([notes], settings, encoder=tiny)
    remove([report.added[0].document_id or ""], settings)
    library = opened(tiny)
    for stage in Stage:
        assert found(library, tiny, "women", stage) == []
    consistent(library)
