"""What ``doctor`` finds, and what it says to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from gendergpt.doctor import Finding, examine
from gendergpt.embedding import SentenceTransformerEncoder
from gendergpt.ingestion import ingest
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
    assert "gendergpt ingest" in (findings["orphans"].way_out or "")
    ingest([notes], settings, encoder=encoder)
    assert ill(by_name(settings)) == set()


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
    from gendergpt.ledger import Entry

    fill()
    library = Library(settings, encoder.fingerprint, encoder.name)
    library.ledger.begin(Entry(Document(id="half", title="Half"), "f", (), (), ()))
    library.close()
    findings = by_name(settings)
    assert ill(findings) == {"orphans"}
    assert "1 unfinished" in findings["orphans"].state
    ingest([notes], settings, encoder=encoder)
    assert ill(by_name(settings)) == set()


def test_quarantined_files(
    settings: Settings, fill: Write, notes: Path, encoder: SentenceTransformerEncoder
) -> None:
    (notes / "broken.pdf").write_bytes(b"%PDF-1.4 and nothing more")
    fill()
    findings = by_name(settings)
    assert ill(findings) == {"quarantine"}
    assert "broken.pdf" in findings["quarantine"].state
    (notes / "broken.pdf").unlink()
    ingest([notes], settings, encoder=encoder, prune=True)
    assert ill(by_name(settings)) == set()


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
