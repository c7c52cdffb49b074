"""What has become of the sources of an answer of earlier, in sentences."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from gendergpt.references import whose
from gendergpt.revisiting import Fate, Notice
from gendergpt.ui.markup import fill, join

_SENTENCES = {
    Fate.REPLACED: (
        "{markers}: {work} has since been replaced in the library by {newer}. The words shown are "
        "those of the earlier one."
    ),
    Fate.SUPERSEDED: "{markers}: a newer edition than {work} has come out: {newer}.",
    Fate.REMOVED: (
        "{markers}: {work} has since been removed from the library. What was quoted from it is "
        "not shown."
    ),
    Fate.CHANGED: (
        "{markers}: the words quoted from {work} are no longer found on their page as the library "
        "reads it now, so they are not shown. Ask the question again."
    ),
}


def notices(found: Sequence[Notice]) -> Markup:
    """Return the sentences, to stand before the answer; nothing where nothing has changed."""
    if not found:
        return Markup("")
    items = join(fill("<li>{}</li>", sentence(each)) for each in found)
    return fill(
        '<div class="since" role="note" lang="en" dir="ltr">'
        "<p>Since this answer was given, the library has changed:</p><ul>{}</ul></div>",
        items,
    )


def sentence(notice: Notice) -> str:
    """Return in words what became of a document."""
    markers = " ".join(f"[{each}]" for each in notice.markers)
    newer = whose(notice.newer) if notice.newer else notice.document.superseded_by or ""
    return _SENTENCES[notice.fate].format(
        markers=markers, work=f"“{whose(notice.document)}”", newer=f"“{newer}”"
    )
