"""A check of everything that answers rest on: model, stores, counts, and what to do about it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from gendergpt.embedding import SentenceTransformerEncoder
from gendergpt.errors import GenderGPTError
from gendergpt.library import Health, Library
from gendergpt.settings import Settings


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
        "Passages cannot be found any more. Remove the documents (`gendergpt library remove`) and "
        "ingest them again, or ingest into a new library.",
    )


def _orphans(health: Health) -> Finding:
    state = f"{health.orphans} entries without a document, {health.unfinished} unfinished documents"
    if not health.orphans and not health.unfinished:
        return Finding("orphans", True, state)
    return Finding(
        "orphans",
        False,
        state,
        "They are never shown. If no ingest is running, the next `gendergpt ingest` sweeps them away.",
    )


def _quarantine(library: Library) -> Finding:
    reasons = [reason for _, reason in library.ledger.quarantined().values()]
    if not reasons:
        return Finding("quarantine", True, "no file")
    return Finding(
        "quarantine",
        False,
        "; ".join(reasons),
        "Mend these files as said and ingest them again.",
    )
