"""Shared fixtures: a real encoder, a tiny deterministic one, libraries and child processes."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from gendergpt.embedding import Encoder, Encoding, Role, SentenceTransformerEncoder
from gendergpt.library import Library
from gendergpt.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"

hypothesis_settings.register_profile(
    "default", deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
)
hypothesis_settings.load_profile("default")


class TinyEncoder:
    """A deterministic encoder of 32 dimensions: each word has its own direction.

    Texts that share words are near, so that searches with it mean something; it loads no weights.
    """

    name = "tiny"

    def __init__(self, seed: str = "tiny") -> None:
        self.fingerprint = hashlib.sha256(seed.encode()).hexdigest()
        self.encoded: list[str] = []

    def encode(
        self, texts: Sequence[str], role: Role, languages: Sequence[str] | None = None
    ) -> list[Encoding]:
        """Return the words' vectors and their sum."""
        self.encoded += texts
        return [self._encode(text) for text in texts]

    def _encode(self, text: str) -> Encoding:
        found = list(re.finditer(r"\w+", text))
        rows = [self._word(match.group()) for match in found]
        tokens = np.array(rows, np.float32).reshape(-1, 32)
        total = tokens.sum(axis=0) if rows else np.ones(32, np.float32)
        return Encoding(
            (total / np.linalg.norm(total)).astype(np.float32),
            tokens,
            np.array([match.start() for match in found], np.int32),
            np.array([match.end() for match in found], np.int32),
        )

    @staticmethod
    def _word(word: str) -> Any:
        seed = hashlib.sha256(word.lower().encode()).digest()[:8]
        vector = np.random.default_rng(int.from_bytes(seed, "big")).standard_normal(32)
        return vector / np.linalg.norm(vector)


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the machine reaches a test."""
    for name in [name for name in os.environ if name.startswith("GENDERGPT_")]:
        if name != "GENDERGPT_CHROMIUM":
            monkeypatch.delenv(name)


@pytest.fixture
def tiny() -> TinyEncoder:
    """The encoder for tests of everything but encoding."""
    return TinyEncoder()


@pytest.fixture
def other_encoder() -> TinyEncoder:
    """An encoder with other weights."""
    return TinyEncoder("other")


@pytest.fixture(scope="session")
def encoder() -> SentenceTransformerEncoder:
    """The default encoder, loaded once."""
    made = SentenceTransformerEncoder()
    made.load()
    return made


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings whose library does not exist yet."""
    return Settings(library=tmp_path / "library", lock_seconds=0.2)


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """An empty folder for documents."""
    folder = tmp_path / "notes"
    folder.mkdir()
    return folder


@pytest.fixture
def opened(settings: Settings) -> Iterator[Callable[[Encoder], Library]]:
    """Open the library of ``settings``; closed when the test ends."""
    libraries: list[Library] = []

    def open_library(encoder: Encoder) -> Library:
        libraries.append(Library(settings, encoder.fingerprint, encoder.name))
        return libraries[-1]

    yield open_library
    for library in libraries:
        library.close()


class Children:
    """Starts Python processes of the tests' own and sees that none outlives its test."""

    def __init__(self) -> None:
        self.started: list[subprocess.Popen[str]] = []

    def start(
        self, code: str, *arguments: object, prefix: Sequence[str] = ()
    ) -> subprocess.Popen[str]:
        """Start ``code`` with ``tests.conftest`` and ``gendergpt`` to be imported."""
        environment = os.environ | {
            "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
            "PYTHONUNBUFFERED": "1",
        }
        child = subprocess.Popen(
            [*prefix, sys.executable, "-c", code, *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        )
        self.started.append(child)
        return child

    def run(self, code: str, *arguments: object, prefix: Sequence[str] = ()) -> str:
        """Run ``code`` to its end and return what it printed; it must exit with 0."""
        child = self.start(code, *arguments, prefix=prefix)
        out, err = child.communicate(timeout=120)
        assert child.returncode == 0, err
        return out

    def stop(self) -> None:
        """End whatever still runs."""
        for child in self.started:
            if child.poll() is None:
                child.kill()
            child.communicate()


@pytest.fixture
def children() -> Iterator[Children]:
    """Starts other Python processes."""
    made = Children()
    yield made
    made.stop()
