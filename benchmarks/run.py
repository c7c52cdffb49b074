"""Measure GenderGPT's speed beside the plain LangChain way: ``make bench``.

Both read the same PDFs with the same weights (all-MiniLM-L6-v2) in the same process, in turns, so
that what else the machine does meets both alike. Ours then goes once more with its default model,
which has twice as many layers and is no model of the plain way. Models are loaded and warmed up
before the clock starts. Processor seconds (children included) are printed too: they say more than
the clock on a busy machine.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from gendergpt import Settings, build_assistant, ingest
from gendergpt.assistant import Assistant
from gendergpt.embedding import DEFAULT, MINILM, Encoding, Role, SentenceTransformerEncoder, source
from gendergpt.evaluation import plain as plain_langchain
from gendergpt.readers.sandbox import Sandbox

SHARED = Path(__file__).resolve().parents[2] / "shared"
FILES = (
    "un-a-80-38-cedaw-committee-report.pdf",
    "un-a-80-48-committee-migrant-workers-report.pdf",
    "un-s-2025-389-conflict-related-sexual-violence.pdf",
    "un-ecosoc-e-2025-l14-gender-mainstreaming.pdf",
    "un-unicef-e-icef-2025-20-gender-action-plan.pdf",
    "un-e-cn6-2025-4-csw-themes-2026.pdf",
    "un-women-unw-2025-2-annual-report.pdf",
    "un-s-2025-303-unodc-haiti-borders-trafficking.pdf",
    "un-s-2025-269-abyei-border-monitoring.pdf",
    "un-jiu-note-2022-1-review-highlights.pdf",
)
QUESTIONS = 60
_WINDOW = 256  # tokens that all-MiniLM-L6-v2 looks at


@dataclass
class Clock:
    """Wall-clock and processor seconds of each step, one entry a round."""

    wall: dict[str, list[float]] = field(default_factory=dict)
    cpu: dict[str, list[float]] = field(default_factory=dict)

    @contextmanager
    def time(self, step: str) -> Iterator[None]:
        """Time what happens inside, children that have ended included."""
        wall, cpu = time.perf_counter(), _cpu()
        yield
        self.wall.setdefault(step, []).append(time.perf_counter() - wall)
        self.cpu.setdefault(step, []).append(_cpu() - cpu)

    def seconds(self, step: str) -> float:
        """Return the median of a step's wall-clock seconds."""
        return median(self.wall[step])

    def processor(self, step: str) -> float:
        """Return the median of a step's processor seconds."""
        return median(self.cpu[step])


@dataclass
class Meter:
    """Tokens that were encoded, and the wall-clock and processor seconds that it took."""

    tokens: int = 0
    wall: float = 0.0
    cpu: float = 0.0

    @contextmanager
    def time(self) -> Iterator[None]:
        """Add the time of what happens inside."""
        wall, cpu = time.perf_counter(), _cpu()
        yield
        self.wall += time.perf_counter() - wall
        self.cpu += _cpu() - cpu


class MeteredEncoder:
    """Our encoder with a meter on it."""

    def __init__(self, inner: SentenceTransformerEncoder) -> None:
        self.name, self.fingerprint, self._inner = inner.name, inner.fingerprint, inner
        self.meter = Meter()

    def encode(
        self, texts: Sequence[str], role: Role, languages: Sequence[str] | None = None
    ) -> list[Encoding]:
        """Encode texts."""
        with self.meter.time():
            encodings = self._inner.encode(texts, role, languages)
        self.meter.tokens += sum(len(encoding.starts) for encoding in encodings)
        return encodings


class MeteredEmbeddings:
    """LangChain's embeddings with a meter on them."""

    def __init__(self, inner: Any, tokenizer: Any) -> None:
        self._inner, self._tokenizer = inner, tokenizer
        self.meter = Meter()

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Embed texts."""
        with self.meter.time():
            vectors: list[list[float]] = self._inner.embed_documents(texts)
        encoded = self._tokenizer(texts, truncation=True, max_length=_WINDOW)
        self.meter.tokens += sum(len(ids) - 2 for ids in encoded["input_ids"])
        return vectors

    def embed_query(self, text: str) -> list[float]:
        """Embed a question."""
        return list(self._inner.embed_query(text))


class Bench:
    """Both ways with their models loaded, and what has been measured so far."""

    def __init__(self, folder: Path) -> None:
        from transformers import AutoTokenizer

        weights = source(MINILM).path
        self.folder = folder
        self._ours = SentenceTransformerEncoder(MINILM)
        self._ours.load()
        self._plain = plain_langchain.embeddings(weights)
        self._tokenizer = AutoTokenizer.from_pretrained(str(weights))
        self.forget()

    def forget(self) -> None:
        """Forget what was measured: it was only to warm up."""
        self.clock = Clock()
        self.meters: dict[str, list[Meter]] = {"plain": [], "ours": []}
        self.pages = self.chunks = self.passages = 0

    def ingest_plain(self, name: str, files: Sequence[Path]) -> Any:
        """Read, split, embed and store the plain way; return the store."""
        embeddings = MeteredEmbeddings(self._plain, self._tokenizer)
        with self.clock.time("plain"):
            with self.clock.time("plain reading"):
                pages = plain_langchain.read(files)
            chunks = plain_langchain.split(pages)
            store = plain_langchain.store(chunks, embeddings, self.folder / f"plain-{name}")
        self.meters["plain"].append(embeddings.meter)
        self.pages, self.chunks = len(pages), len(chunks)
        return store

    def ingest_ours(self, name: str, files: Sequence[Path]) -> Settings:
        """Ingest our way; return the settings of the library."""
        settings = Settings(library=self.folder / f"ours-{name}", encoder=MINILM)
        encoder = MeteredEncoder(self._ours)
        with self.clock.time("ours"):
            report = ingest(files, settings, encoder=encoder)
        if report.quarantined:
            raise RuntimeError(f"not read: {report.quarantined}")
        self.meters["ours"].append(encoder.meter)
        self.passages = sum(outcome.passages for outcome in report.added)
        return settings

    def read_ours(self, files: Sequence[Path]) -> None:
        """Read the files in the sandbox and do nothing with them."""
        with self.clock.time("ours reading"), Sandbox() as sandbox:
            for file in files:
                sandbox.read(file)


def search_times(
    assistant: Assistant, store: Any, questions: Sequence[str]
) -> tuple[list[float], list[float]]:
    """Return the seconds of each search, plain and ours, question by question in turns."""
    plain: list[float] = []
    ours: list[float] = []
    for question in [*questions[:5], *questions]:
        plain.append(_timed(partial(store.similarity_search, question, k=plain_langchain.TOP)))
        ours.append(_timed(partial(assistant.search, question)))
    return plain[5:], ours[5:]


def questions() -> list[str]:
    """Return English practitioner questions, the same ones each time."""
    content = json.loads((SHARED / "questions" / "questions.json").read_text("utf-8"))
    entries = [*content["questions"], *content["unanswerable"]]
    return [entry["question"] for entry in entries][:QUESTIONS]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=2, help="ingests each way (default 2)")
    rounds = parser.parse_args().rounds
    files = [SHARED / "pdfs" / "guidance" / name for name in FILES]
    missing = [file for file in files if not file.is_file()]
    if missing:
        print(f"Nothing measured: the sample PDFs are not here (for instance {missing[0]}).")
        return
    if importlib.util.find_spec("langchain_chroma") is None:
        print("Nothing measured: LangChain is missing. pip install 'gendergpt[bench]' brings it.")
        return
    with tempfile.TemporaryDirectory(prefix="gendergpt-bench-") as folder:
        print(_measured(Bench(Path(folder)), files, rounds))


def _measured(bench: Bench, files: Sequence[Path], rounds: int) -> str:
    """Ingest in turns, then search in turns, and return the table."""
    shortest = [min(files, key=lambda file: file.stat().st_size)]
    bench.ingest_plain("warm", shortest)
    bench.ingest_ours("warm", shortest)
    bench.forget()
    for number in range(rounds):
        store = bench.ingest_plain(str(number), files)
        settings = bench.ingest_ours(str(number), files)
        bench.read_ours(files)
    assistant = build_assistant(settings)
    plain, ours = search_times(assistant, store, questions())
    assistant.library.close()
    head = (
        f"{len(files)} PDFs, {bench.pages} pages, {rounds} rounds, {os.cpu_count()} processors; "
        f"{bench.chunks} chunks the plain way, {bench.passages} passages ours."
    )
    compared = table(bench, median(plain), median(ours))
    return "\n".join([head, "", *compared, "", default_model(bench, files, store)])


def default_model(bench: Bench, files: Sequence[Path], store: Any) -> str:
    """Ingest and search with the default model; return a sentence on its speed."""
    encoder = SentenceTransformerEncoder(DEFAULT)
    encoder.load()
    settings = Settings(library=bench.folder / "default")
    started = time.perf_counter()
    ingest(files, settings, encoder=encoder)
    seconds = time.perf_counter() - started
    assistant = build_assistant(settings)
    _, times = search_times(assistant, store, questions())
    assistant.library.close()
    return (
        f"With the default model, {DEFAULT}: ingest {bench.pages / seconds:,.1f} pages/s "
        f"({bench.clock.seconds('plain') / seconds:.2f} times the plain way), search "
        f"{1000 * median(times):,.1f} ms."
    )


def table(bench: Bench, plain_search: float, ours_search: float) -> list[str]:
    """Return the lines of a Markdown table; ratios above 1 say that ours needs less time.

    Args:
        bench: what was measured.
        plain_search: seconds of a search.
        ours_search: the same, ours.
    """
    clock, pages = bench.clock, bench.pages
    rows = []
    for label, step in (("reading", " reading"), ("ingest", "")):
        plain, ours = (clock.seconds(way + step) for way in ("plain", "ours"))
        rows.append((f"{label}, pages/s", pages / plain, pages / ours, plain / ours))
        plain, ours = (clock.processor(way + step) for way in ("plain", "ours"))
        rows.append((f"{label}, processor s", plain, ours, plain / ours))
    rates = [[m.tokens / m.wall for m in bench.meters[way]] for way in ("plain", "ours")]
    plain, ours = map(median, rates)
    rows.append(("encoding, tokens/s", plain, ours, ours / plain))
    rates = [[m.tokens / m.cpu for m in bench.meters[way]] for way in ("plain", "ours")]
    plain, ours = map(median, rates)
    rows.append(("encoding, tokens/processor s", plain, ours, ours / plain))
    plain, ours = 1000 * plain_search, 1000 * ours_search
    rows.append(("search, median ms", plain, ours, plain / ours))
    lines = ["| | plain LangChain | GenderGPT | times as fast |", "| --- | --- | --- | --- |"]
    return lines + [f"| {name} | {a:,.1f} | {b:,.1f} | {ratio:.2f} |" for name, a, b, ratio in rows]


def _timed(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def _cpu() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


if __name__ == "__main__":
    main()
