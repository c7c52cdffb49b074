"""The filters at the side of the page: their components, and what they show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gradio as gr

from gendergpt.types import Document
from gendergpt.ui import choices, frame
from gendergpt.ui.choices import GROUPS, Chosen

_LABELS = {
    "publisher": "Publisher",
    "document": "Document",
    "language": "Language",
    "edition": "Edition",
    "kind": "Kind",
}
_FIRST = ("publisher", "document")


class Rail:
    """The filters' components. One for all visitors: it holds no state."""

    def __init__(self) -> None:
        self._lists: dict[str, gr.CheckboxGroup] = {}
        for group in _FIRST:
            self._place(group)
        plain_html(frame.MORE_FILTERS, elem_id="more")
        with gr.Column(elem_id="more-filters"):
            self._place("language")
            self._place_years()
            self._place("edition")
            self._place("kind")

    def _place(self, group: str) -> None:
        name, label = f"{group}s", _LABELS[group]
        plain_html(frame.finder(name, label), elem_id=f"find-{name}")
        self._lists[group] = gr.CheckboxGroup(label=label, elem_id=name)
        plain_html(frame.expander(name), elem_id=f"all-{name}")

    def _place_years(self) -> None:
        plain_html(frame.YEAR_FIELD, elem_id="find-years")
        with gr.Row(elem_id="years"):
            self._first = gr.Textbox(label="From year", max_length=4, elem_id="year-from")
            self._last = gr.Textbox(label="To year", max_length=4, elem_id="year-to")
        self._told = plain_html("", elem_id="years-told")

    @property
    def inputs(self) -> list[Any]:
        """The components whose values :func:`choices.chosen_of` takes, in its order."""
        return [*(self._lists[group] for group in GROUPS), self._first, self._last]

    @property
    def shown(self) -> list[Any]:
        """The components that :meth:`redrawn` and :meth:`recounted` give values for."""
        return [*(self._lists[group] for group in GROUPS), self._told]

    @staticmethod
    def recounted(documents: Sequence[Document], chosen: Chosen) -> tuple[Any, ...]:
        """Return updates of the counts that leave alone what is ticked meanwhile."""
        offered = choices.offered(documents, chosen)
        lists = [gr.CheckboxGroup(choices=offered[group]) for group in GROUPS]
        return *lists, frame.years_told(choices.years_told(documents, chosen))

    @staticmethod
    def redrawn(documents: Sequence[Document], chosen: Chosen) -> tuple[Any, ...]:
        """Return updates of the lists; what was chosen and is still there stays chosen."""
        offered = choices.offered(documents, chosen)
        lists = [_update(offered[group], getattr(chosen, group)) for group in GROUPS]
        return *lists, frame.years_told(choices.years_told(documents, chosen))

    @staticmethod
    def values(chosen: Chosen) -> tuple[Any, ...]:
        """Return the values of ``inputs`` for what is chosen."""
        years = (chosen.year_from, chosen.year_to)
        return (
            *(list(getattr(chosen, group)) for group in GROUPS),
            *("" if year is None else str(year) for year in years),
        )


def plain_html(value: str, **options: Any) -> gr.HTML:
    """Return our own HTML as a component, without Gradio's styles and scripts."""
    options.setdefault("js_on_load", None)
    return gr.HTML(value, apply_default_css=False, **options)


def _update(offered: list[tuple[str, str]], chosen: Sequence[str]) -> Any:
    values = {value for _, value in offered}
    return gr.CheckboxGroup(choices=offered, value=[value for value in chosen if value in values])
