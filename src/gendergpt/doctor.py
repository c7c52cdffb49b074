"""A check of everything that answers rest on: model, stores, counts, and what to do about it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from gendergpt.embedding import SentenceTransformerEncoder
from gendergpt.errors import GenderGPTError
from gendergpt.library import Health, Library
from gendergpt.settings import Settings
from gendergpt.types import Document
from gendergpt.writing import Swept, is_gone


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was checked; ``way_out`` says what to do where it is not in order."""

    what: str
    ok: bool
    state: str
    way_out: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the finding as JSON."""
        return asdict(self)


def examine(settings: Settings) -> list[Finding]:
    """Check the model and the library that the settings name. Never raises a GenderGPTError."""
    encoder, model = _model(settings)
    findings = [model]
    try:
        library = Library(
            settings,
            encoder.fingerprint if encoder else None,
            encoder.name if encoder else None,
        )
    except GenderGPTError as error:
        return [*findings, Finding("library", False, str(error))]
    try:
        health = library.health()
        findings.append(_library(settings, health, library.ledger.generation()))
        findings += [_stores(health), _orphans(health), _quarantine(library)]
    finally:
        library.close()
    return findings


def repair(settings: Settings) -> list[Finding]:
    """Sweep all stores and forget what they have lost; return what was done.

    Documents of which a store has lost passages are removed, so that an ingest of their files
    brings them back whole.

    Raises:
        UnavailableError: there is no library, it is damaged, or another process writes to it.
    """
    library = Library(settings)
    try:
        with library.writer(thorough=True) as writer:
            lost = library.lost()
            paths = [path for document in lost for path in _paths(library, document)]
            if lost:
                writer.remove(document.id for document in lost)
            forgotten = writer.forget_gone()
            done = [_swept(writer.swept), _forgotten(len(forgotten))]
    finally:
        library.close()
    return [*done, *([_removed(len(lost), paths)] if lost else [])]


def _paths(library: Library, document: Document) -> list[str]:
    """Return where a document's files are, or were."""
    sources = library.ledger.sources().items()
    paths = [path for path, each in sources if each == document.id]
    return [
        f"{path} (is gone)" if is_gone(path) else path
        for path in sorted(paths or [document.path or document.title])
    ]


def _swept(swept: Swept) -> Finding:
    state = (
        f"{swept.strays} entries without a document and {swept.unfinished} unfinished documents "
        "swept away"
    )
    return Finding("repair: orphans", True, state)


def _forgotten(count: int) -> Finding:
    return Finding("repair: quarantine", True, f"{count} files that are gone forgotten")


def _removed(count: int, paths: list[str]) -> Finding:
    state = f"{count} documents with lost passages removed: {'; '.join(paths)}"
    way_out = "Run `gendergpt ingest` again on the folders of these files; it brings them back."
    return Finding("repair: stores", False, state, way_out)


def _model(settings: Settings) -> tuple[SentenceTransformerEncoder | None, Finding]:
    try:
        encoder = SentenceTransformerEncoder(settings.encoder, settings.precision)
        encoder.encode(["a border guard"], "query")
    except GenderGPTError as error:
        return None, Finding("model", False, str(error))
    state = f"{encoder.name}, weights {encoder.fingerprint[:12]}, encodes"
    return encoder, Finding("model", True, state)


def _library(settings: Settings, health: Health, generation: int) -> Finding:
    state = (
        f"{settings.library}: {health.documents} documents, {health.passages} passages, "
        f"generation {generation}"
    )
    if health.documents:
        return Finding("library", True, state)
    return Finding("library", False, state, "Fill it with `gendergpt ingest PATHS…`.")


def _stores(health: Health) -> Finding:
    state = (
        f"{health.passages} passages in the ledger, {health.vectors} vectors, "
        f"{health.lexical} in the word index, {health.lost} lost"
    )
    if not health.lost:
        return Finding("stores", True, state)
    return Finding(
        "stores",
        False,
        state,
        "Passages cannot be found any more. `gendergpt doctor --repair` removes their documents "
        "and names the files; `gendergpt ingest` of these brings them back.",
    )


def _orphans(health: Health) -> Finding:
    state = f"{health.orphans} entries without a document, {health.unfinished} unfinished documents"
    if not health.orphans and not health.unfinished:
        return Finding("orphans", True, state)
    return Finding(
        "orphans",
        False,
        state,
        "They are never shown. If no ingest is running, `gendergpt doctor --repair` sweeps them "
        "away.",
    )


def _quarantine(library: Library) -> Finding:
    quarantined = library.ledger.quarantined()
    reasons = [reason for path, (_, reason) in quarantined.items() if not is_gone(path)]
    if not reasons:
        return Finding("quarantine", True, "no file")
    return Finding(
        "quarantine",
        False,
        f"{len(reasons)} file{'s' * (len(reasons) > 1)} could not be read:\n           "
        + "\n           ".join(reasons),
        "Mend these files as said and ingest them again.",
    )
