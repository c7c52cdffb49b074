"""One person's conversation: what each question does to it, apart from Gradio.

A conversation is a value; each step returns a new one. The page keeps it with the session and
nowhere else.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from gendergpt.errors import GenderGPTError
from gendergpt.glossary import Glossary
from gendergpt.types import Answer, Filters, Passage, Retrieved, TextDelta, Turn
from gendergpt.ui import render
from gendergpt.ui.ports import AssistantLike, glossary_of

log = logging.getLogger(__name__)

# Sending costs Gradio some 10 ms; word by word, twenty people would wait for the sending alone.
_SECONDS_BETWEEN_PIECES = 0.15


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation as it stands.

    ``past`` is the HTML of all turns but the last; ``current`` that of the last, which alone is
    sent again while its answer comes in. ``number`` counts questions from 1; ``running`` holds
    the question that is being answered, and ``only`` what its search is limited to, in words;
    ``answered`` says that the last question got an answer.
    """

    turns: tuple[Turn, ...] = ()
    past: str = ""
    current: str = ""
    number: int = 0
    running: str | None = None
    only: str = ""
    answered: bool = False


def begin(conversation: Conversation, question: str, only: str = "") -> Conversation:
    """Return the conversation with ``question`` asked and nothing answered yet.

    Args:
        conversation: as it stands.
        question: what is asked.
        only: what the search is limited to, in words; empty for none.
    """
    earlier = render.settled(conversation.current) if conversation.number else ""
    number = conversation.number + 1
    return replace(
        conversation,
        past=conversation.past + earlier,
        current=render.running(number, question, only=only),
        number=number,
        running=question,
        only=only,
        answered=False,
    )


def answer(
    assistant: AssistantLike,
    conversation: Conversation,
    filters: Filters | None,
    titles: Mapping[str, str],
) -> Iterator[Conversation]:
    """Yield the conversation each time more of the answer to the running question is there.

    An error ends the turn with a sentence; the conversation goes on.
    """
    question = conversation.running or ""
    try:
        yield from _streamed(assistant, conversation, question, filters, titles)
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
    titles: Mapping[str, str],
) -> Iterator[Conversation]:
    text, shown_at = "", 0.0
    passages: dict[str, Passage] = {}
    for event in assistant.stream(question, conversation.turns, filters):
        if isinstance(event, Retrieved):
            passages = {hit.passage.id: hit.passage for hit in event.hits}
        elif isinstance(event, TextDelta):
            text += event.text
            if time.monotonic() - shown_at >= _SECONDS_BETWEEN_PIECES:
                current = render.running(conversation.number, question, text, conversation.only)
                yield replace(conversation, current=current)
                shown_at = time.monotonic()
        else:
            known = glossary_of(assistant)
            yield _answered(conversation, event, passages, titles, known)
            return
    raise RuntimeError("The assistant's events ended without an answer.")


def _answered(
    conversation: Conversation,
    given: Answer,
    passages: Mapping[str, Passage],
    titles: Mapping[str, str],
    known: Glossary,
) -> Conversation:
    return replace(
        conversation,
        turns=(*conversation.turns, Turn(conversation.running or given.question, given)),
        current=render.finished(
            conversation.number, given, passages, titles, conversation.only, known
        ),
        running=None,
        answered=True,
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
