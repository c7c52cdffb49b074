"""What a task works with: a loaded set, the way to compare with, and the clock."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from gendergpt.evaluation.figures import OURS, PLAIN, Latency, latency
from gendergpt.evaluation.libraries import Loaded
from gendergpt.evaluation.log import Log
from gendergpt.evaluation.plain import Chunk, Plain
from gendergpt.types import Answer, Filters, Hit, Retrieved, Stage, Turn

DEPTH = 50
"""Passages that are asked for where documents are ranked: more than ten documents hold."""

_SEED = 20201031
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Options:
    """How thoroughly is measured.

    ``sample`` is the most queries of each task (None: all), drawn with a fixed seed. ``languages``
    limits the languages of questions (None: all that the set has); ``pages`` is the language of the
    pages. ``stages`` measures the single steps of retrieval, too.
    """

    sample: int | None = None
    languages: tuple[str, ...] | None = None
    pages: str = "en"
    stages: bool = False


@dataclass
class Bench:
    """A loaded set with a clock; all questions of an evaluation are asked here."""

    loaded: Loaded
    plain: Plain | None
    options: Options
    log: Log
    name: str
    _seconds: dict[tuple[str, str], list[float]] = field(default_factory=dict)

    def search(
        self, text: str, limit: int = DEPTH, stage: Stage = Stage.RERANKED, what: str = "search"
    ) -> list[Hit]:
        """Return the hits of the assistant's search."""
        way = OURS if stage is Stage.RERANKED else str(stage)
        with self._timed(what, way):
            return self.loaded.assistant.search(text, limit, stage=stage)

    def ask(
        self, question: str, history: Sequence[Turn] = (), filters: Filters | None = None
    ) -> Answer:
        """Return the assistant's answer."""
        with self._timed("answer", OURS):
            return self.loaded.assistant.ask(question, history, filters)

    def retrieved(self, question: str, history: Sequence[Turn] = ()) -> list[Hit]:
        """Return the hits behind an answer in a conversation; the answer is not waited for."""
        with self._timed("search with history", OURS):
            for event in self.loaded.assistant.stream(question, history):
                if isinstance(event, Retrieved):
                    return list(event.hits)
        return []

    def plain_search(
        self, text: str, limit: int = DEPTH, document: str | None = None
    ) -> list[Chunk]:
        """Return the chunks that the plain way finds."""
        if self.plain is None:
            return []
        with self._timed("search", PLAIN):
            return self.plain.search(text, limit, document)

    def sample(self, items: Iterable[T], share: float = 1.0) -> list[T]:
        """Return as many items as the options ask for, the same each time, in their order."""
        every = list(items)
        if self.options.sample is None:
            return every
        count = min(len(every), max(1, round(share * self.options.sample)))
        chosen = random.Random(_SEED).sample(range(len(every)), count)
        return [every[number] for number in sorted(chosen)]

    def each(self, items: Sequence[T], text: str) -> Iterator[T]:
        """Yield the items and show how many are done."""
        return self.log.each(items, f"{self.name}: {text}")

    def warm_up(self, search: Callable[[], object]) -> None:
        """Do once what loads models and stores, outside the clock."""
        search()
        self._seconds.clear()

    def latencies(self) -> tuple[Latency, ...]:
        """Return the times of all that was asked so far."""
        return tuple(latency(what, way, seconds) for (what, way), seconds in self._seconds.items())

    @contextmanager
    def _timed(self, what: str, way: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self._seconds.setdefault((what, way), []).append(time.perf_counter() - started)
