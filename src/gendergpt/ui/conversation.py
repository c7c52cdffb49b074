"""One person's conversation: what each question does to it, apart from Gradio.

A conversation is a value; each step returns a new one. The server keeps it with the session and
nowhere else; the browser keeps the answers, sealed (``ui/memory.py``).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from gendergpt.errors import GenderGPTError
from gendergpt.glossary import Glossary
from gendergpt.types import Answer, Filters, Passage, Retrieved, TextDelta, Turn
from gendergpt.ui import beneath, render
from gendergpt.ui.memory import Memory, Recalled
from gendergpt.ui.ports import AssistantLike, glossary_of

log = logging.getLogger(__name__)

# Sending costs Gradio some 10 ms; word by word, twenty people would wait for the sending alone.
_SECONDS_BETWEEN_PIECES = 0.15


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation as it stands.

    ``past`` is the HTML of all turns but the last; ``current`` that of the last, which alone is
    sent again while its answer comes in. ``number`` counts questions from 1; ``running`` holds
    the question that is being answered, and ``only`` what its search is limited to, in words.
    ``heard`` is how many turns count as said before it (None: all). ``answered`` says that the
    last question got an answer.
    """

    turns: tuple[Turn, ...] = ()
    past: str = ""
    current: str = ""
    number: int = 0
    running: str | None = None
    only: str = ""
    heard: int | None = None
    answered: bool = False


def begin(
    conversation: Conversation, question: str, only: str = "", again: bool = False
) -> Conversation:
    """Return the conversation with ``question`` asked and nothing answered yet.

    Args:
        conversation: as it stands.
        question: what is asked.
        only: what the search is limited to, in words; empty for none.
        again: ask as when it was last asked: what was said since does not count as said before.
    """
    asked = [turn.question for turn in conversation.turns]
    heard = len(asked) - 1 - asked[::-1].index(question) if again and question in asked else None
    earlier = render.settled(conversation.current) if conversation.number else ""
    number = conversation.number + 1
    return replace(
        conversation,
        past=conversation.past + earlier,
        current=render.running(number, question, only=only),
        number=number,
        running=question,
        only=only,
        heard=heard,
        answered=False,
    )


def answer(
    assistant: AssistantLike,
    conversation: Conversation,
    filters: Filters | None,
    titles: Mapping[str, str],
    memory: Memory | None = None,
) -> Iterator[Conversation]:
    """Yield the conversation each time more of the answer to the running question is there.

    An error ends the turn with a sentence; the conversation goes on. With a ``memory`` the answer
    can be kept by the browser and shared.
    """
    question = conversation.running or ""
    try:
        for step in _streamed(assistant, conversation, question, filters):
            yield _answered(step, titles, memory) if isinstance(step, _Whole) else step
    except GenderGPTError as error:
        yield _failed(conversation, str(error))
    except Exception:
        log.exception("The question could not be answered.")
        yield _failed(conversation, render.APOLOGY)


def _streamed(
    assistant: AssistantLike,
    conversation: Conversation,
    question: str,
    filters: Filters | None,
) -> Iterator[Conversation | _Whole]:
    text, shown_at = "", 0.0
    passages: dict[str, Passage] = {}
    for event in assistant.stream(question, conversation.turns[: conversation.heard], filters):
        if isinstance(event, Retrieved):
            passages = {hit.passage.id: hit.passage for hit in event.hits}
        elif isinstance(event, TextDelta):
            text += event.text
            if time.monotonic() - shown_at >= _SECONDS_BETWEEN_PIECES:
                current = render.running(conversation.number, question, text, conversation.only)
                yield replace(conversation, current=current)
                shown_at = time.monotonic()
        else:
            yield _Whole(conversation, event, passages, glossary_of(assistant))
            return
    raise RuntimeError("The assistant's events ended without an answer.")


@dataclass(frozen=True, slots=True)
class _Whole:
    """A conversation whose running question has its answer."""

    conversation: Conversation
    answer: Answer
    passages: Mapping[str, Passage]
    known: Glossary


def _answered(whole: _Whole, titles: Mapping[str, str], memory: Memory | None) -> Conversation:
    conversation, given = whole.conversation, whole.answer
    number, only = conversation.number, conversation.only
    question = conversation.running or given.question
    sealed = memory.sealed(given, only) if memory is not None else ""
    tools = beneath.tools(number, question, given, sealed)
    return replace(
        conversation,
        turns=(*conversation.turns, Turn(question, given)),
        current=render.finished(
            number, given, whole.passages, titles, only, whole.known, beneath=tools
        ),
        running=None,
        answered=True,
    )


def recalled(kept: Recalled) -> Conversation:
    """Return a conversation that the browser had kept, to go on with; it is not announced."""
    *past, current = (render.settled(turn) for turn in kept.shown)
    return Conversation(
        turns=kept.turns,
        past="".join(past),
        current=current,
        number=len(kept.shown),
    )


def stop(conversation: Conversation) -> Conversation:
    """Return the conversation with the running question given up, if there is one."""
    if conversation.running is None:
        return conversation
    current = render.stopped(conversation.number, conversation.running, conversation.only)
    return replace(conversation, current=current, running=None)


def _failed(conversation: Conversation, message: str) -> Conversation:
    question = conversation.running or ""
    current = render.failed(conversation.number, question, message, conversation.only)
    return replace(conversation, current=current, running=None)
