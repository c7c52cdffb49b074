"""The page's Gradio part: the conversation, the question box, the filters, and what they do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import gradio as gr

from gendergpt.errors import GenderGPTError
from gendergpt.types import Answer, Document
from gendergpt.ui import choices, frame
from gendergpt.ui import conversation as talk
from gendergpt.ui.conversation import Conversation
from gendergpt.ui.ports import AssistantLike, followups_of, suggestions_of

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


def theme() -> gr.themes.Base:
    """Return Gradio's plainest theme with the system's fonts, so that none is fetched."""
    return gr.themes.Base(font=list(_SANS), font_mono=["ui-monospace", "monospace"])


def build_blocks(
    assistant: AssistantLike, on_answer: Callable[[Answer], None] | None = None
) -> gr.Blocks:
    """Return the page's Gradio blocks, wired to ``assistant``; answers go to ``on_answer``, too."""
    blocks: gr.Blocks
    with gr.Blocks(title="GenderGPT", analytics_enabled=False) as blocks:
        _Page(assistant, on_answer).wire(blocks)
    return blocks


class _Page:
    """The components of the page and their events. One for all visitors: it holds no state."""

    def __init__(
        self, assistant: AssistantLike, on_answer: Callable[[Answer], None] | None = None
    ) -> None:
        self._assistant = assistant
        self._on_answer = on_answer
        self._conversation = gr.State(Conversation())
        self._seen = gr.State(None)
        # The button that people see stands in the header of page.html and presses this one.
        self._anew = gr.Button("New conversation", elem_id="anew")
        with gr.Column(elem_id="rail"):
            self._library = _html("", elem_id="library")
            _html(ONLY_IN, elem_id="only")
            _html(frame.finder("publishers", "Publisher"), elem_id="find-publishers")
            self._publishers = gr.CheckboxGroup(label="Publisher", elem_id="publishers")
            _html(frame.expander("publishers"), elem_id="all-publishers")
            _html(frame.finder("documents", "Document"), elem_id="find-documents")
            self._documents = gr.CheckboxGroup(label="Document", elem_id="documents")
            _html(frame.expander("documents"), elem_id="all-documents")
        with gr.Column(elem_id="talk"):
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
        blocks.load(self._on_load, None, [self._welcome], **quiet)
        shown = [self._publishers, self._documents]
        gr.on([each.change for each in shown], self._on_choice, shown, [self._chosen], **quiet)
        self._chosen.lift(self._on_lift, shown, shown, **quiet)
        for ended in asked:
            ended.then(self._on_answered, [self._conversation, *shown], [self._next], **quiet)
        looking = [*shown, self._library, self._seen]
        for look in (blocks.load, gr.Timer(_SECONDS_BETWEEN_LOOKS).tick, *(a.then for a in asked)):
            look(self._on_look, [*shown, self._seen], looking, **quiet)

    def _wire_asking(self) -> list[Any]:
        inputs = [self._box, self._conversation, self._publishers, self._documents]
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
        ]

    # --- what happens ----------------------------------------------------------------------------

    def _on_suggestion(
        self,
        conversation: Conversation,
        publishers: Sequence[str],
        documents: Sequence[str],
        event: gr.EventData,
    ) -> Iterator[tuple[Any, ...]]:
        yield from self._on_question(str(event.question), conversation, publishers, documents)

    def _on_question(
        self,
        question: str,
        conversation: Conversation,
        publishers: Sequence[str],
        documents: Sequence[str],
    ) -> Iterator[tuple[Any, ...]]:
        question = question.strip()[:LONGEST_QUESTION]
        if not question or conversation.running is not None:
            yield gr.skip(), gr.skip(), gr.skip(), gr.skip()
            return
        titles = self._titles()
        only = choices.in_words(publishers, documents, titles)
        begun = talk.begin(conversation, question, only)
        yield "", begun, begun.past, begun.current
        filters = choices.filters_of(publishers, documents)
        for step in talk.answer(self._assistant, begun, filters, titles):
            # Before it is shown: whoever leaves the page then ends this loop.
            if self._on_answer and len(step.turns) > len(begun.turns):
                self._on_answer(step.turns[-1].answer)
            yield gr.skip(), step, gr.skip(), step.current

    def _on_answered(
        self, conversation: Conversation, publishers: Sequence[str], documents: Sequence[str]
    ) -> Iterator[str]:
        """Take away what was offered next, then offer what goes on from this answer."""
        yield ""
        if not conversation.answered:
            return
        try:
            filters = choices.filters_of(publishers, documents)
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

    def _on_choice(self, publishers: Sequence[str], documents: Sequence[str]) -> str:
        return frame.chosen_line(publishers, documents, self._titles())

    def _on_lift(
        self, publishers: Sequence[str], documents: Sequence[str], event: gr.EventData
    ) -> tuple[list[str], list[str]]:
        """Lift one filter, or, where none is named, all."""
        if not event.kind:
            return [], []
        return (
            [each for each in publishers if (event.kind, event.value) != ("publisher", each)],
            [each for each in documents if (event.kind, event.value) != ("document", each)],
        )

    def _on_look(
        self, publishers: Sequence[str], documents: Sequence[str], seen: object
    ) -> tuple[Any, ...]:
        """Bring filters and library line up to date, touching neither if nothing has changed."""
        try:
            held = self._assistant.documents()
        except GenderGPTError as error:
            return gr.skip(), gr.skip(), frame.problem_line(str(error)), None
        if seen == (now := _fingerprint(held)):
            return gr.skip(), gr.skip(), gr.skip(), gr.skip()
        return (
            _choices(choices.publisher_choices(held), publishers),
            _choices(choices.document_choices(held), documents),
            frame.library_line(held),
            now,
        )

    def _titles(self) -> dict[str, str]:
        try:
            return {document.id: document.title for document in self._assistant.documents()}
        except GenderGPTError:
            return {}


def _html(value: str, **options: Any) -> gr.HTML:
    options.setdefault("js_on_load", None)
    return gr.HTML(value, apply_default_css=False, **options)


def _choices(offered: list[tuple[str, str]], chosen: Sequence[str]) -> Any:
    """Return the update of a filter; what was chosen and is still there stays chosen."""
    values = {value for _, value in offered}
    return gr.CheckboxGroup(choices=offered, value=[value for value in chosen if value in values])


def _fingerprint(documents: Sequence[Document]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((document.id, document.title) for document in documents))
