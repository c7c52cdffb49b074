"""What can be done with an answer, beneath it: ask again, print, share.

``static/keep.js`` does it; a turn that the browser may keep has its sealed answer with it.
"""

from __future__ import annotations

from markupsafe import Markup

from gendergpt.phrases import ENGLISH, Phrases, phrases
from gendergpt.types import Answer, Outcome
from gendergpt.ui.markup import fill

_NOTHING = Markup("")


def tools(turn: int, question: str, answer: Answer, sealed: str = "") -> Markup:
    """Return the buttons beneath an answer of the conversation.

    Args:
        turn: number of the turn in its conversation.
        question: what was asked, as it was typed.
        answer: the answer.
        sealed: the answer as the browser keeps it; empty where it does not.
    """
    kept = fill('<span class="kept" data-sealed="{}" hidden></span>', sealed) if sealed else ""
    if answer.outcome == Outcome.ABOUT_ASSISTANT:
        return fill("{}", kept)
    say = phrases(answer.language)
    share = (
        fill(
            '<button type="button" class="tool" data-share="t{0}">{1}</button>'
            '<span class="shared" id="t{0}-shared" hidden></span>',
            turn,
            say.gettext("Share"),
        )
        if sealed
        else _NOTHING
    )
    return fill("{}{}{}{}", again(question, say), printing(turn, answer), share, kept)


def again(question: str, say: Phrases = ENGLISH) -> Markup:
    """Return the button that asks a question again."""
    return fill(
        '<button type="button" class="tool" data-again="{}" title="{}">{}</button>',
        question,
        say.gettext("Ask the same question with the filters chosen now"),
        say.gettext("Ask again"),
    )


def printing(turn: int, answer: Answer) -> Markup:
    """Return the button that prints one answer with its references."""
    return fill(
        '<button type="button" class="tool" data-print="t{}">{}</button>',
        turn,
        phrases(answer.language).gettext("Print"),
    )
