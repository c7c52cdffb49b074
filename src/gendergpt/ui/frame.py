"""What stands around the conversation: the welcome, the library line, the chosen filters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from gendergpt.types import Document, Kind
from gendergpt.ui.choices import Chosen, named
from gendergpt.ui.markup import count, fill, join

_SUMMARIES_ONLY = (
    '<p class="library">This library holds <strong>{}</strong> in our own words and no '
    "publication itself yet. To add publications: <code>gendergpt ingest FOLDER</code></p>"
)
_PUBLICATIONS_ONLY = (
    '<p class="library">This library holds <strong>{}</strong> in the publishers\' own words.</p>'
)
_BOTH = (
    '<p class="library">This library holds <strong>{}</strong> in the publishers\' own words and '
    "<strong>{}</strong> in ours.</p>"
)
TO_LIBRARY = (
    '<p class="library"><a href="./library" target="_blank" rel="noopener">All documents, and what '
    'is missing<span class="unseen"> (opens in a new tab)</span></a></p>'
)
MORE_FILTERS = (
    '<button type="button" class="expand" id="show-more-filters" aria-expanded="false" '
    'aria-controls="more-filters">More filters</button>'
)
YEAR_FIELD = '<p class="field">Year</p>'

TALK_TOOLS = (
    '<div class="talk-tools"><button type="button" id="show-earlier" hidden '
    'aria-haspopup="dialog">Earlier conversations</button>'
    '<button type="button" id="print-all">Print conversation</button></div>'
)
"""The buttons above a conversation; ``static/keep.js`` shows the first where there are any."""


def welcome(suggestions: Sequence[str]) -> str:
    """Return what an empty conversation shows."""
    examples = join(
        fill('<li><button type="button" class="example" data-ask="{0}">{0}</button></li>', text)
        for text in suggestions
    )
    listed = Markup(
        '<p class="label" id="examples">For example</p><ul aria-labelledby="examples">{}</ul>'
    )
    return str(
        fill(
            '<div class="log"><section class="welcome"><h2>What do you need to know?</h2>'
            "<p>Ask in your own words. The answer is made of quotations from the library, each "
            "with a number that opens its source. If the library does not say, you are told so."
            "</p>"
            "{}</section></div>",
            listed.format(examples) if suggestions else Markup(""),
        )
    )


def next_questions(questions: Sequence[str], turn: int) -> str:
    """Return buttons that ask what goes on from an answer, or nothing where there is none.

    ``static/next.js`` shows them as long as the answer of that turn is the last.
    """
    if not questions:
        return ""
    items = join(
        fill('<li><button type="button" class="example" data-ask="{0}">{0}</button></li>', text)
        for text in questions
    )
    return str(
        fill(
            '<nav class="next" data-after="{}" aria-labelledby="next-label">'
            '<p class="label" id="next-label">You could ask next</p><ul>{}</ul></nav>',
            turn,
            items,
        )
    )


def library_line(documents: Sequence[Document]) -> str:
    """Return the line that says what the library holds and whose words they are."""
    if not documents:
        return str(
            fill(
                '<p class="library">The library is empty. Add documents with '
                "<code>gendergpt ingest FOLDER</code>.</p>"
            )
        )
    ours = sum(document.kind == Kind.SUMMARY for document in documents)
    publications = count(len(documents) - ours, "publication")
    summaries = count(ours, "summary", "summaries")
    if ours == len(documents):
        return str(fill(_SUMMARIES_ONLY, summaries))
    if not ours:
        return str(fill(_PUBLICATIONS_ONLY, publications))
    return str(fill(_BOTH, publications, summaries))


def problem_line(message: str) -> str:
    """Return the library line's place taken by what is wrong with the library."""
    return str(fill('<p class="library problem">{}</p>', message))


def chosen_line(chosen: Chosen, titles: Mapping[str, str]) -> str:
    """Return the chosen filters as buttons that lift them, or nothing where none is chosen.

    Args:
        chosen: what was chosen.
        titles: the library's titles by document id.
    """
    groups = [join(_chip(*each) for each in group) for group in named(chosen, titles)]
    if not groups:
        return ""
    between = Markup('<span class="of-these">and there only</span>')
    return str(
        fill(
            '<div class="chosen" role="group" aria-label="Filters in use">'
            '<span class="searching">Searching only:</span><div class="chips">{}</div>'
            '<button type="button" class="lift-all" data-lift="">Clear filters</button></div>',
            between.join(groups),
        )
    )


def _chip(kind: str, value: str, name: str) -> Markup:
    return fill(
        '<button type="button" class="chip" data-lift="{}" data-value="{}" title="{name}" '
        'aria-label="{name}: stop searching only there"><span>{name}</span>'
        '<span aria-hidden="true">✕</span></button>',
        kind,
        value,
        name=name,
    )


def finder(group: str, label: str) -> str:
    """Return the name of a group of filters, and a box that narrows its list while one types.

    ``static/chat.js`` shows the box only where the list is long.
    """
    return str(
        fill(
            '<p class="field">{label}</p><input type="search" class="find" data-find="{group}" '
            'aria-label="Find a {what}" placeholder="Find a {what}" autocomplete="off" hidden>',
            group=group,
            label=label,
            what=label.lower(),
        )
    )


def years_told(told: str) -> str:
    """Return what stands beneath the years, or nothing."""
    return str(fill('<p class="told" role="status">{}</p>', told)) if told else ""


def expander(group: str) -> str:
    """Return the button that shows a long list of filters whole; ``static/chat.js`` words it."""
    return str(
        fill(
            '<button type="button" class="expand" data-expand="{0}" aria-expanded="false" '
            'aria-controls="{0}" hidden></button>',
            group,
        )
    )
