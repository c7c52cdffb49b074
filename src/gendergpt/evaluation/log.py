"""How far an evaluation is, on standard error: bars in a terminal, lines elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from rich.console import Console
from rich.progress import Progress

T = TypeVar("T")


class Log:
    """Says what is done and since when.

    Args:
        console: where it is said; standard error by default.
    """

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(stderr=True, highlight=False, markup=False)
        self._began = time.monotonic()

    def say(self, text: str) -> None:
        """Print a line with the seconds since the beginning."""
        self.console.print(f"[{time.monotonic() - self._began:5.0f} s] {text}", markup=False)

    @contextmanager
    def bar(self, text: str) -> Iterator[Callable[[int, int | None], None]]:
        """Show a bar; what is yielded takes how many are done and how many there are."""
        self.say(text)
        shown = self.console.is_terminal
        with Progress(console=self.console, transient=True, disable=not shown) as bar:
            task = bar.add_task(text, total=None)

            def advance(done: int, total: int | None) -> None:
                bar.update(task, completed=done, total=total)

            yield advance

    def each(self, items: Sequence[T], text: str) -> Iterator[T]:
        """Yield the items and show how many of them are done."""
        with self.bar(f"{text} ({len(items)})") as advance:
            for done, item in enumerate(items, 1):
                yield item
                advance(done, len(items))
