"""The conversation that a browser keeps: answers leave sealed, and are checked when they return.

What comes from a browser's storage is not trusted: without our seal nothing of it is shown, and
what the library no longer holds is not shown either.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gendergpt.errors import GenderGPTError
from gendergpt.glossary import Glossary
from gendergpt.kept import Kept, keep, read, written
from gendergpt.phrases import phrases
from gendergpt.revisiting import Revisited, revisit
from gendergpt.sealing import Seals
from gendergpt.types import Answer, Turn
from gendergpt.ui import beneath, render
from gendergpt.ui.notices import notices
from gendergpt.ui.ports import LookedUp, glossary_of

MOST_TURNS = 40
LARGEST = 256 * 1024
"""Most characters of one sealed answer."""


@dataclass(frozen=True, slots=True)
class Recalled:
    """A conversation that a browser had kept: its turns, and the HTML of each."""

    turns: tuple[Turn, ...] = ()
    shown: tuple[str, ...] = ()


class Memory:
    """Seals answers for the browser and shows again what it kept.

    Args:
        library: where the answers come from.
        seals: of that library.
    """

    def __init__(self, library: LookedUp, seals: Seals) -> None:
        self._library = library
        self._seals = seals

    def sealed(self, answer: Answer, only: str) -> str:
        """Return an answer as the browser may keep it, or "" where it is too long for that."""
        sealed = self._seals.sealed(written(keep(answer, only)))
        return sealed if len(sealed) <= LARGEST else ""

    def opened(self, sealed: object) -> Kept:
        """Return an answer that the browser kept.

        Raises:
            UsageError: it is none of ours, or was changed.
        """
        return read(self._seals.opened(str(sealed)[: LARGEST + 1]))

    def recalled(self, kept: Sequence[object], titles: Mapping[str, str]) -> Recalled:
        """Return a conversation from what a browser kept of it; the last turns, if they are many.

        A turn that cannot be shown says so in its place.

        Raises:
            GenderGPTError: the library cannot be used.
        """
        turns: list[Turn] = []
        shown: list[str] = []
        known = glossary_of(self._library)
        for number, sealed in enumerate(kept[-MOST_TURNS:], start=1):
            try:
                opened = self.opened(sealed)
            except GenderGPTError as error:
                shown.append(render.unreadable(number, str(error)))
                continue
            seen = revisit(opened, self._library)
            turns.append(Turn(seen.answer.question, seen.answer))
            shown.append(_shown(number, str(sealed), opened, seen, titles, known))
        return Recalled(tuple(turns), tuple(shown))


def _shown(
    number: int,
    sealed: str,
    kept: Kept,
    seen: Revisited,
    titles: Mapping[str, str],
    known: Glossary,
) -> str:
    answer = seen.answer
    return render.finished(
        number,
        answer,
        seen.passages,
        titles,
        kept.only,
        known,
        before=notices(seen.notices, phrases(answer.language)),
        beneath=beneath.tools(number, answer.question, answer, sealed),
    )
