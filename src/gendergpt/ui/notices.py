"""What has become of the sources of an answer of earlier, in sentences."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from gendergpt.phrases import ENGLISH, Phrases
from gendergpt.references import whose
from gendergpt.revisiting import Fate, Notice
from gendergpt.ui.markup import fill, join


def notices(found: Sequence[Notice], say: Phrases = ENGLISH) -> Markup:
    """Return the sentences, to stand before the answer; nothing where nothing has changed."""
    if not found:
        return Markup("")
    return fill(
        '<div class="since" role="note"><p>{}</p><ul>{}</ul></div>',
        say.gettext("Since this answer was given, the library has changed:"),
        join(fill("<li>{}</li>", sentence(each, say)) for each in found),
    )


def sentence(notice: Notice, say: Phrases = ENGLISH) -> str:
    """Return in words what became of a document."""
    newer = whose(notice.newer, say=say) if notice.newer else notice.document.superseded_by or ""
    named = {
        "markers": " ".join(f"[{each}]" for each in notice.markers),
        "work": whose(notice.document, say=say),
    }
    if notice.fate is Fate.REPLACED:
        return say.gettext(
            "{markers}: {work} has since been replaced in the library by {newer}. The words shown "
            "are those of the earlier one.",
            newer=newer,
            **named,
        )
    if notice.fate is Fate.SUPERSEDED:
        return say.gettext(
            "{markers}: a newer edition than {work} has come out: {newer}.",
            newer=newer,
            **named,
        )
    if notice.fate is Fate.REMOVED:
        return say.gettext(
            "{markers}: {work} has since been removed from the library. What was quoted from it is "
            "not shown.",
            **named,
        )
    return say.gettext(
        "{markers}: the words quoted from {work} are no longer found on their page as the library "
        "reads it now, so they are not shown. Ask the question again.",
        **named,
    )
