"""The forms in which people say what they think of an answer or of a citation.

``static/tools.js`` opens them and sends them; nothing is sent before somebody presses Send.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from markupsafe import Markup

from gendergpt import references
from gendergpt.feedback import LONGEST_COMMENT, LONGEST_NAME, LONGEST_QUOTE, MOST_CITED, Reason
from gendergpt.phrases import Phrases
from gendergpt.types import Answer, Citation
from gendergpt.ui.markup import fill, join

_THUMB = Markup(
    '<svg class="thumb" viewBox="0 0 24 24" width="16" height="16" aria-hidden="true" '
    'focusable="false"><path fill="none" stroke="currentColor" stroke-width="2" '
    'stroke-linejoin="round" d="M7 10v11H3V10zM7 10l4-8c1.7 0 3 1.3 3 3v4h6a2 2 0 0 1 2 2.3l-1.3 '
    '8A2 2 0 0 1 18.7 21H7"/></svg>'
)


def on_answer(answer: Answer, turn: int, say: Phrases) -> Markup:
    """Return the thumbs under an answer, and the form that each of them opens."""
    return fill(
        '<form class="opinion" data-question="{question}" data-outcome="{outcome}" '
        'data-cited="{cited}"><div class="thumbs" role="group" aria-label="{helped}">'
        '<button type="button" class="thumb-up" data-verdict="up" aria-expanded="false" '
        'aria-controls="t{turn}-why">{thumb} {up}</button>'
        '<button type="button" class="thumb-down" data-verdict="down" aria-expanded="false" '
        'aria-controls="t{turn}-why">{thumb} {down}</button></div>'
        '<div class="why" id="t{turn}-why" hidden>{reasons}{rest}</div></form>',
        question=answer.question,
        outcome=str(answer.outcome),
        cited=_cited(answer.citations, say),
        turn=turn,
        thumb=_THUMB,
        helped=say.gettext("Did this answer help?"),
        up=say.gettext("Helpful"),
        down=say.gettext("Not helpful"),
        reasons=_reasons(turn, say),
        rest=_comment(say),
    )


def on_citation(citation: Citation, question: str, say: Phrases) -> Markup:
    """Return the form of a source card that says that its citation is wrong."""
    return fill(
        '<details class="report"><summary>{wrong}</summary><form class="opinion" '
        'data-question="{question}" data-verdict="wrong_citation" data-cited="{cited}">'
        "{rest}</form></details>",
        wrong=say.gettext("This citation is wrong"),
        question=question,
        cited=_cited((citation,), say),
        rest=_comment(say),
    )


def _cited(citations: Iterable[Citation], say: Phrases) -> str:
    return json.dumps(
        [
            {
                "document": each.document.id,
                "place": references.locator(each, say)[:LONGEST_NAME],
                "quote": each.quote[:LONGEST_QUOTE],
            }
            for each in list(citations)[:MOST_CITED]
        ],
        ensure_ascii=False,
    )


def _reasons(turn: int, say: Phrases) -> Markup:
    named = {
        Reason.BESIDE: say.gettext("It is beside the question"),
        Reason.INCOMPLETE: say.gettext("Something important is missing"),
        Reason.OVERLOOKED: say.gettext("The library does hold an answer"),
        Reason.OTHER: say.gettext("Another reason"),
    }
    choices = join(
        fill(
            '<label><input type="radio" name="t{}-reason" value="{}"> {}</label>',
            turn,
            str(reason),
            words,
        )
        for reason, words in named.items()
    )
    return fill(
        '<fieldset class="reasons"><legend>{}</legend>{}</fieldset>',
        say.gettext("What was wrong?"),
        choices,
    )


def _comment(say: Phrases) -> Markup:
    return fill(
        '<label class="comment">{comment}<textarea rows="2" maxlength="{most}"></textarea></label>'
        '<p class="kept">{kept}</p><button type="submit" class="tool">{send}</button>'
        '<p class="thanks" hidden>{thanks}</p>',
        most=LONGEST_COMMENT,
        comment=say.gettext("Comment (optional)"),
        kept=say.gettext(
            "Your question, the sources shown and what you write here go to whoever keeps this "
            "library."
        ),
        send=say.gettext("Send"),
        thanks=say.gettext("Thank you. It is kept for whoever keeps this library."),
    )
