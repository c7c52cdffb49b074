"""The page's Gradio part: the conversation, the question box, the filters, and what they do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr

from gendergpt.errors import GenderGPTError
from gendergpt.types import Answer
from gendergpt.ui import choices, frame
from gendergpt.ui import conversation as talk
from gendergpt.ui.conversation import Conversation
from gendergpt.ui.memory import Memory
from gendergpt.ui.ports import AssistantLike, followups_of, suggestions_of
from gendergpt.ui.rail import Rail
from gendergpt.ui.rail import plain_html as _html

LONGEST_QUESTION = 2000
PROMISE = (
    '<p class="promise">Answers are quotations from the library. They are not legal advice; '
    "national law prevails.</p>"
)
ONLY_IN = '<p class="only">Search only in</p>'
# Twenty people asking at once are all served; Gradio's default would queue them one by one.
_ASKING_AT_ONCE = 20
_SECONDS_BETWEEN_LOOKS = 30
_SANS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Liberation Sans", "sans-serif")

# Suggested questions are buttons in our own HTML; a click becomes the event "ask".
_ASK_ON_CLICK = """
element.addEventListener('click', (event) => {
  const button = event.target.closest('[data-ask]');
  if (button) trigger('ask', {question: button.dataset.ask});
});
"""

# So are the filters in use; a click becomes the event "lift".
_LIFT_ON_CLICK = """
element.addEventListener('click', (event) => {
  const button = event.target.closest('[data-lift]');
  if (button) trigger('lift', {kind: button.dataset.lift, value: button.dataset.value || ''});
});
"""

# What the browser kept, and a question that is asked again, come from static/keep.js.
_KEEPER = """
element.addEventListener('recall', (event) => trigger('recall', event.detail));
element.addEventListener('again', (event) => trigger('again', event.detail));
document.dispatchEvent(new CustomEvent('keeper', {detail: element}));
"""


def theme() -> gr.themes.Base:
    """Return Gradio's plainest theme with the system's fonts, so that none is fetched."""
    return gr.themes.Base(font=list(_SANS), font_mono=["ui-monospace", "monospace"])


def build_blocks(
    assistant: AssistantLike,
    memory: Memory | None = None,
    on_answer: Callable[[Answer], None] | None = None,
) -> gr.Blocks:
    """Return the page's Gradio blocks, wired to ``assistant``.

    Args:
        assistant: who answers.
        memory: for conversations that the browser keeps; None: it keeps none.
        on_answer: gets each answer before it is shown.
    """
    blocks: gr.Blocks
    with gr.Blocks(title="GenderGPT", analytics_enabled=False) as blocks:
        _Page(assistant, memory, on_answer).wire(blocks)
    return blocks


class _Page:
    """The components of the page and their events. One for all visitors: it holds no state."""

    def __init__(
        self,
        assistant: AssistantLike,
        memory: Memory | None,
        on_answer: Callable[[Answer], None] | None,
    ) -> None:
        self._assistant = assistant
        self._memory = memory
        self._on_answer = on_answer
        self._conversation = gr.State(Conversation())
        self._seen = gr.State(None)
        # The button that people see stands in the header of page.html and presses this one.
        self._anew = gr.Button("New conversation", elem_id="anew")
        with gr.Column(elem_id="rail"):
            self._library = _html("", elem_id="library")
            _html(frame.TO_LIBRARY, elem_id="to-library")
            _html(ONLY_IN, elem_id="only")
            self._rail = Rail()
        self._keeper = _html("", elem_id="keeper", js_on_load=_KEEPER)
        with gr.Column(elem_id="talk"):
            _html(frame.TALK_TOOLS, elem_id="talk-tools")
            # Apart from the answers, so that suggestions that come late never cover one.
            self._welcome = _html(frame.welcome(()), elem_id="welcome", js_on_load=_ASK_ON_CLICK)
            self._past = _html("", elem_id="past")
            self._current = _html("", elem_id="current")
            self._next = _html("", elem_id="next", js_on_load=_ASK_ON_CLICK)
            self._place_composer()

    def _place_composer(self) -> None:
        with gr.Group(elem_id="composer"):
            self._chosen = _html("", elem_id="chosen", js_on_load=_LIFT_ON_CLICK)
            with gr.Row(elem_id="ask-row"):
                self._box = gr.Textbox(
                    label="Ask a question",
                    placeholder="Ask a question",
                    show_label=False,
                    container=False,
                    lines=1,
                    max_lines=6,
                    max_length=LONGEST_QUESTION,
                    autofocus=True,
                    elem_id="question",
                )
                self._stop = gr.Button("Stop", elem_id="stop")
                self._send = gr.Button("Send", elem_id="send")
            _html(PROMISE, elem_id="promise")

    def wire(self, blocks: gr.Blocks) -> None:
        """Connect what people do with what happens."""
        asked = self._wire_asking()
        quiet: dict[str, Any] = {
            "show_progress": "hidden",
            "api_visibility": "private",
            "concurrency_limit": None,
        }
        talking = [self._conversation, self._past, self._current]
        # First the running answer ends, then the page changes: else its next piece could undo it.
        for button, then, inputs in (
            (self._stop, self._on_stop, [self._conversation]),
            (self._anew, self._on_anew, []),
        ):
            button.click(None, cancels=asked, show_progress="hidden").then(
                then, inputs, talking, **quiet
            )
        if self._memory is not None:
            self._keeper.recall(self._on_recall, None, talking, **quiet)
        blocks.load(self._on_load, None, [self._welcome], **quiet)
        filters, shown = self._rail.inputs, self._rail.shown
        choosing = [self._chosen, *shown]
        gr.on([each.change for each in filters], self._on_choice, filters, choosing, **quiet)
        self._chosen.lift(self._on_lift, filters, filters, **quiet)
        for ended in asked:
            ended.then(self._on_answered, [self._conversation, *filters], [self._next], **quiet)
        looking = [self._library, self._seen, *shown]
        for look in (blocks.load, gr.Timer(_SECONDS_BETWEEN_LOOKS).tick, *(a.then for a in asked)):
            look(self._on_look, [self._seen, *filters], looking, **quiet)

    def _wire_asking(self) -> list[Any]:
        inputs = [self._box, self._conversation, *self._rail.inputs]
        outputs = [self._box, self._conversation, self._past, self._current]
        options: dict[str, Any] = {
            "show_progress": "hidden",
            "api_visibility": "private",
            "concurrency_limit": _ASKING_AT_ONCE,
            "concurrency_id": "ask",
            "trigger_mode": "multiple",  # "once" stays locked a while after Stop
        }
        triggers = [self._box.submit, self._send.click]
        return [
            gr.on(triggers, self._on_question, inputs, outputs, **options),
            *(
                each.ask(self._on_suggestion, inputs[1:], outputs, **options)
                for each in (self._welcome, self._next)
            ),
            self._keeper.again(self._on_again, inputs[1:], outputs, **options),
        ]

    # --- what happens ----------------------------------------------------------------------------

    def _on_suggestion(
        self, event: gr.EventData, conversation: Conversation, *boxes: Any
    ) -> Iterator[tuple[Any, ...]]:
        yield from self._on_question(str(event.question), conversation, *boxes)

    def _on_again(
        self, event: gr.EventData, conversation: Conversation, *boxes: Any
    ) -> Iterator[tuple[Any, ...]]:
        for _, *rest in self._on_question(str(event.question), conversation, *boxes, again=True):
            yield gr.skip(), *rest  # what is being typed stays

    def _on_recall(self, event: gr.EventData) -> tuple[Any, ...]:
        """Show the conversation that the browser kept."""
        kept = event.turns if isinstance(event.turns, list) else []
        try:
            recalled = self._memory.recalled(kept, self._titles()) if self._memory else None
        except GenderGPTError:
            recalled = None  # the library line says what is wrong
        if recalled is None or not recalled.shown:
            return gr.skip(), gr.skip(), gr.skip()
        begun = talk.recalled(recalled)
        return begun, begun.past, begun.current

    def _on_question(
        self,
        question: str,
        conversation: Conversation,
        *boxes: Any,
        again: bool = False,
    ) -> Iterator[tuple[Any, ...]]:
        question = question.strip()[:LONGEST_QUESTION]
        if not question or conversation.running is not None:
            yield gr.skip(), gr.skip(), gr.skip(), gr.skip()
            return
        titles, chosen = self._titles(), choices.chosen_of(*boxes)
        only = choices.in_words(chosen, titles)
        begun = talk.begin(conversation, question, only, again)
        yield "", begun, begun.past, begun.current
        filters = choices.filters_of(chosen)
        for step in talk.answer(self._assistant, begun, filters, titles, self._memory):
            # Before it is shown: whoever leaves the page then ends this loop.
            if self._on_answer and len(step.turns) > len(begun.turns):
                self._on_answer(step.turns[-1].answer)
            yield gr.skip(), step, gr.skip(), step.current

    def _on_answered(self, conversation: Conversation, *boxes: Any) -> Iterator[str]:
        """Take away what was offered next, then offer what goes on from this answer."""
        yield ""
        if not conversation.answered:
            return
        try:
            filters = choices.filters_of(choices.chosen_of(*boxes))
            questions = followups_of(self._assistant, conversation.turns, filters)
        except GenderGPTError:
            return
        yield frame.next_questions(questions, conversation.number)

    def _on_stop(self, conversation: Conversation) -> tuple[Any, ...]:
        stopped = talk.stop(conversation)
        return stopped, gr.skip(), stopped.current if stopped.number else gr.skip()

    def _on_anew(self) -> tuple[Any, ...]:
        return Conversation(), "", ""

    def _on_load(self) -> str:
        try:
            return frame.welcome(suggestions_of(self._assistant))
        except GenderGPTError:
            return frame.welcome(())

    def _on_choice(self, *boxes: Any) -> tuple[Any, ...]:
        chosen = choices.chosen_of(*boxes)
        try:
            held = self._assistant.documents()
        except GenderGPTError:
            return frame.chosen_line(chosen, {}), *(gr.skip() for _ in self._rail.shown)
        titles = {document.id: document.title for document in held}
        return frame.chosen_line(chosen, titles), *self._rail.recounted(held, chosen)

    def _on_lift(self, event: gr.EventData, *boxes: Any) -> tuple[Any, ...]:
        """Lift one filter, or, where none is named, all."""
        left = choices.lifted(choices.chosen_of(*boxes), str(event.kind), str(event.value))
        return self._rail.values(left)

    def _on_look(self, seen: object, *boxes: Any) -> tuple[Any, ...]:
        """Bring filters and library line up to date, touching neither if nothing has changed."""
        unchanged = tuple(gr.skip() for _ in self._rail.shown)
        try:
            held = self._assistant.documents()
        except GenderGPTError as error:
            return frame.problem_line(str(error)), None, *unchanged
        if seen == (now := hash(tuple(held))):
            return gr.skip(), gr.skip(), *unchanged
        shown = self._rail.redrawn(held, choices.chosen_of(*boxes))
        return frame.library_line(held), now, *shown

    def _titles(self) -> dict[str, str]:
        try:
            return {document.id: document.title for document in self._assistant.documents()}
        except GenderGPTError:
            return {}
