"""What ``doctor`` finds, and what it says to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock

from gendergpt.doctor import Finding, examine, repair
from gendergpt.embedding import SentenceTransformerEncoder
from gendergpt.errors import LibraryLocked, LibraryMissing
from gendergpt.ingestion import ingest
from gendergpt.ledger import Entry, Ledger
from gendergpt.library import Library
from gendergpt.settings import Settings
from gendergpt.types import Document
from tests.conftest import TinyEncoder

pytestmark = pytest.mark.slow

Write = Callable[[], None]


@pytest.fixture
def fill(settings: Settings, notes: Path, encoder: SentenceTransformerEncoder) -> Write:
    def write() -> None:
        for name in ("one", "two"):
            text = f"# Post {name}\n\nThe officers of post {name} keep a private room.\n"
            (notes / f"{name}.md").write_text(text, encoding="utf-8")
        ingest([notes], settings, encoder=encoder)

    return write


def by_name(settings: Settings) -> dict[str, Finding]:
    findings = examine(settings)
    for finding in findings:
        assert finding.what and finding.state
        assert finding.to_dict().keys() == {"what", "ok", "state", "way_out"}
        assert not (finding.ok and finding.way_out)
    return {finding.what: finding for finding in findings}


def ill(findings: dict[str, Finding]) -> set[str]:
    return {name for name, finding in findings.items() if not finding.ok}


def test_healthy(settings: Settings, fill: Write) -> None:
    fill()
    findings = by_name(settings)
    assert ill(findings) == set()
    assert set(findings) == {"model", "library", "stores", "orphans", "quarantine"}
    assert "2 documents" in findings["library"].state


def test_missing_library(settings: Settings) -> None:
    findings = by_name(settings)
    assert ill(findings) == {"library"}
    assert "gendergpt ingest" in f"{findings['library'].state} {findings['library'].way_out}"
    assert not settings.library.exists()


def test_empty_library(
    settings: Settings, notes: Path, encoder: SentenceTransformerEncoder
) -> None:
    ingest([notes], settings, encoder=encoder)
    findings = by_name(settings)
    assert ill(findings) == {"library"}
    assert "gendergpt ingest" in (findings["library"].way_out or "")


def test_missing_model(settings: Settings, fill: Write, tmp_path: Path) -> None:
    fill()
    findings = by_name(settings.model_copy(update={"encoder": str(tmp_path / "weights")}))
    assert ill(findings) == {"model"}
    assert "weights" in findings["model"].state


def test_a_library_of_another_model(settings: Settings, notes: Path, tiny: TinyEncoder) -> None:
    (notes / "one.md").write_text("# One\n\nThe officers keep a private room.\n")
    ingest([notes], settings, encoder=tiny)
    findings = by_name(settings)
    assert ill(findings) == {"library"}
    assert "--library" in findings["library"].state


def test_damaged_ledger(settings: Settings) -> None:
    settings.library.mkdir()
    (settings.library / "ledger.sqlite").write_bytes(b"nothing of the kind" * 50)
    findings = by_name(settings)
    assert ill(findings) == {"library"}
    assert "ledger.sqlite" in findings["library"].state


def test_stray_vectors(
    settings: Settings, fill: Write, notes: Path, encoder: SentenceTransformerEncoder
) -> None:
    fill()
    library = Library(settings, encoder.fingerprint, encoder.name)
    vector = encoder.encode(["A stray passage."], "document")[0].vector
    library.vectors.add([9990, 9991], [999, 999], [vector, vector])
    library.close()
    findings = by_name(settings)
    assert ill(findings) == {"orphans"}
    assert "2 entries" in findings["orphans"].state
    assert "gendergpt doctor --repair" in (findings["orphans"].way_out or "")
    ingest([notes], settings, encoder=encoder)
    assert ill(by_name(settings)) == {"orphans"}, "an ingest leaves Chroma alone"
    done = {finding.what: finding for finding in repair(settings)}
    assert set(done) == {"repair: orphans", "repair: quarantine"}
    assert done["repair: orphans"].state.startswith("2 entries")
    assert ill(by_name(settings)) == set()


def test_repair_sweeps_every_store(
    settings: Settings, fill: Write, encoder: SentenceTransformerEncoder
) -> None:
    fill()
    library = Library(settings, encoder.fingerprint, encoder.name)
    library.ledger.begin(Entry(Document(id="half", title="Half"), "f", (), (), ()))
    library.lexical.add([(9990, 999, "stray words", "stray")])
    library.tokens.write(998, [(np.zeros((1, 96), np.uint8), np.zeros(1, np.int32))])
    (settings.library / "tokens" / "997.partial").write_bytes(b"half")
    library.close()
    assert ill(by_name(settings)) == {"orphans"}
    assert repair(settings)[0].state.startswith("3 entries without a document and 1 unfinished")
    assert ill(by_name(settings)) == set()
    assert not list(settings.library.rglob("*.partial"))
    assert repair(settings)[0].state.startswith("0 entries without a document and 0 unfinished")


@pytest.mark.parametrize("store", ["vectors", "lexical", "tokens"])
def test_repair_forgets_what_a_store_lost(
    settings: Settings, fill: Write, notes: Path, encoder: SentenceTransformerEncoder, store: str
) -> None:
    fill()
    library = Library(settings, encoder.fingerprint, encoder.name)
    one = next(each for each in library.documents() if (each.path or "").endswith("one.md"))
    found = library.ledger.revision(one.id)
    assert found is not None
    getattr(library, store).remove([found[0]] if store == "lexical" else found[0])
    library.close()
    findings = by_name(settings)
    assert ill(findings) == {"stores"}
    assert "gendergpt doctor --repair" in (findings["stores"].way_out or "")
    removed = repair(settings)[-1]
    assert not removed.ok
    assert str(notes / "one.md") in removed.state
    assert "two.md" not in removed.state
    assert "gendergpt ingest" in (removed.way_out or "")
    assert ill(by_name(settings)) == set()
    assert len(ingest([notes], settings, encoder=encoder).added) == 1
    assert ill(by_name(settings)) == set()


def test_repair_names_files_that_are_gone(settings: Settings, fill: Write, notes: Path) -> None:
    fill()
    for path in (settings.library / "tokens").glob("*.npy"):
        path.unlink()
    (notes / "one.md").unlink()
    state = repair(settings)[-1].state
    assert f"{notes / 'one.md'} (is gone)" in state
    assert state.endswith(str(notes / "two.md"))


def test_repair_takes_the_lock_and_needs_a_library(settings: Settings, fill: Write) -> None:
    with pytest.raises(LibraryMissing):
        repair(settings)
    fill()
    with FileLock(settings.library / "writer.lock"), pytest.raises(LibraryLocked):
        repair(settings)


def test_lost_token_file(settings: Settings, fill: Write) -> None:
    fill()
    files = sorted(path for path in (settings.library / "tokens").rglob("*") if path.is_file())
    assert len(files) >= 2
    files[0].unlink()
    findings = by_name(settings)
    assert "stores" in ill(findings)
    assert "ingest" in (findings["stores"].way_out or "")


def test_the_way_out_of_lost_tokens_works(
    settings: Settings, fill: Write, notes: Path, encoder: SentenceTransformerEncoder
) -> None:
    from gendergpt.ingestion import remove

    fill()
    for path in (settings.library / "tokens").rglob("*"):
        if path.is_file():
            path.unlink()
    library = Library(settings)
    remove([document.id for document in library.documents()], settings)
    library.close()
    ingest([notes], settings, encoder=encoder)
    assert ill(by_name(settings)) == set()


def test_lost_vectors(settings: Settings, fill: Write, encoder: SentenceTransformerEncoder) -> None:
    fill()
    library = Library(settings, encoder.fingerprint, encoder.name)
    library.vectors.remove_keys(sorted(library.vectors.keys())[:1])
    library.close()
    assert "stores" in ill(by_name(settings))


def test_unfinished_document(
    settings: Settings, fill: Write, notes: Path, encoder: SentenceTransformerEncoder
) -> None:
    fill()
    library = Library(settings, encoder.fingerprint, encoder.name)
    library.ledger.begin(Entry(Document(id="half", title="Half"), "f", (), (), ()))
    library.close()
    findings = by_name(settings)
    assert ill(findings) == {"orphans"}
    assert "1 unfinished" in findings["orphans"].state
    ingest([notes], settings, encoder=encoder)
    assert ill(by_name(settings)) == set()


def test_quarantined_files(settings: Settings, fill: Write, notes: Path) -> None:
    (notes / "broken.pdf").write_bytes(b"%PDF-1.4 and nothing more")
    fill()
    findings = by_name(settings)
    assert ill(findings) == {"quarantine"}
    assert "broken.pdf" in findings["quarantine"].state
    (notes / "broken.pdf").unlink()
    assert ill(by_name(settings)) == set()
    assert "1 files that are gone forgotten" in {each.state for each in repair(settings)}
    assert Ledger(settings.library / "ledger.sqlite").quarantined() == {}


def test_nothing_is_changed(settings: Settings, fill: Write) -> None:
    fill()

    def stamps() -> dict[str, int]:
        return {
            str(path): path.stat().st_mtime_ns
            for path in settings.library.glob("tokens/**/*")
            if path.is_file()
        }

    before = stamps()
    generation = by_name(settings)["library"].state
    assert by_name(settings)["library"].state == generation
    assert stamps() == before
    assert np.all([stamp > 0 for stamp in before.values()])
