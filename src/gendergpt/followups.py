"""What a question refers back to in its conversation: "And four years earlier?", "the last one"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from gendergpt.names import YEAR, Named, NameKind, named_things

_ELLIPSIS = re.compile(
    r"^\W*(?:and|but|or|so|also|then|what about|how about|why|why not|how so|tell me more"
    r"|say more|more"
    r"|go on|continue|expand|elaborate|in what way|which one|which ones|the (?:first|second|third|"
    r"fourth|fifth|last|former|latter)|can you (?:expand|elaborate|explain (?:that|this|it)"
    r"|say more))\b",
    re.IGNORECASE,
)
_ANAPHOR = re.compile(
    r"\b(?:it|its|they|them|their|theirs|he|she|his|her|this|that|those|these|one|ones|there|both|"
    r"the (?:first|second|third|fourth|fifth|last|former|latter|same|other|two)(?: one| of"
    r"| edition|"
    r" approach| point)?)\b",
    re.IGNORECASE,
)
_MORE = re.compile(r"\b(?:more|elaborate|expand|go on|continue|further|in detail)\b", re.IGNORECASE)
_POINTS_BACK = re.compile(
    r"\b(?:which|what|who|either|both|neither|any|one|each) of (?:the two|them|these|those|both"
    r"|it)\b"
    r"|\bthe two\b(?! \w)",
    re.IGNORECASE,
)
_ORDINALS = {
    "first": 0, "second": 1, "third": 2, "fourth": 3, "fifth": 4, "sixth": 5, "last": -1,
    "final": -1, "1st": 0, "2nd": 1, "3rd": 2, "4th": 3, "5th": 4,
}  # fmt: skip
_ORDINAL = re.compile(
    r"\b(?:the|that|your) (?P<word>first|second|third|fourth|fifth|sixth|last|final|1st|2nd|3rd"
    r"|4th|5th)"
    r"(?: (?:one|point|item|approach|of (?:them|these|those)|element|step|principle|reason"
    r"|on the list)"
    r"\b|\W*$|,| in\b| on the list)"
    r"|\b(?:number|point|item|approach|step) (?P<digit>[1-9])\b",
    re.IGNORECASE,
)
_RELATIVE_YEAR = re.compile(
    r"\b(?P<count>\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|a) years? "
    r"(?P<way>earlier|before|previously|prior|ago|later|after(?:wards)?|on)\b"
    r"|\bthe (?:year (?P<before>before)|(?:previous|prior) year|(?:following|next) year"
    r"|year (?P<after>after))\b",
    re.IGNORECASE,
)
_COUNTS = {w: n for n, w in enumerate("a one two three four five six seven eight nine ten".split())}
_COUNTS.update({"a": 1})
_ITEM = re.compile(r"\((?:\d{1,2}|[a-z])\)\s*")


_LONGEST_FOLLOW_UP = 400
"""Who writes more than this says all that is needed."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """A question as it can be asked alone.

    ``own`` says where, in ``text``, the words of this turn stand when words of an earlier turn were
    put before them. ``more`` says that something beyond the last answer is wanted.
    """

    text: str
    own: tuple[int, int] | None = None
    more: bool = False


def in_context(
    text: str,
    earlier: Sequence[str],
    last_quotes: Sequence[str],
    typed: Sequence[str] | None = None,
) -> Resolved:
    """Put in what a question refers back to; one that stands alone stays as it is.

    Args:
        text: the question as typed.
        earlier: the questions before it as they were searched for, oldest first.
        last_quotes: the quotations of the answer before it.
        typed: the questions before it as they were typed, as many as ``earlier``. With them, words
            are taken from the last question that stood alone, not from a chain of follow-ups.
    """
    text = " ".join(text.split())
    if not earlier or len(text) > _LONGEST_FOLLOW_UP:
        return Resolved(text)
    item = _listed_item(text, last_quotes)
    if item is not None:
        return Resolved(item, more=True)
    shifted = _shifted_year(text, earlier[-1])
    if shifted is not None:
        return Resolved(shifted)
    if not leans(text):
        return Resolved(text)
    swapped = _swapped(text, earlier[-1])
    if swapped is not None:
        return Resolved(swapped)
    before = (_standing(earlier, typed) if typed else earlier[-1]).rstrip()
    more = bool(_MORE.search(text))
    return Resolved(f"{before} {text}", (len(before) + 1, len(before) + 1 + len(text)), more)


def _standing(earlier: Sequence[str], typed: Sequence[str]) -> str:
    """Return the last question that stands alone, as it was searched for."""
    for searched, as_typed in zip(reversed(earlier), reversed(typed), strict=True):
        own = " ".join(as_typed.split())
        if not searched.endswith(own) or (searched == own and not leans(own)):
            return searched
    return earlier[0]


def leans(text: str) -> bool:
    """Say whether a question's words, in English, need the conversation to be understood."""
    if _ELLIPSIS.search(text) or _POINTS_BACK.search(text):
        return True
    words = re.findall(r"[\w'’-]+", text)
    anaphor = _ANAPHOR.search(text)
    if anaphor is None:
        return len(words) <= 2 and not named_things(text)
    before = re.findall(r"[\w'’-]+", text[: anaphor.start()])
    content = [word for word in before if len(word) > 3 and word.lower() not in _QUESTION_WORDS]
    return len(content) <= 1


_QUESTION_WORDS = frozenset(
    "what which when where whose whom does should could would must have been with about from "
    "more many much tell give please that this there cite used said".split()
)


def _listed_item(text: str, quotes: Sequence[str]) -> str | None:
    match = _ORDINAL.search(text)
    if match is None or len(text.split()) > 16:
        return None
    index = int(match["digit"]) - 1 if match["digit"] else _ORDINALS[match["word"].lower()]
    for quote in quotes:
        items = enumerated(quote)
        if items and -len(items) <= index < len(items):
            return items[index]
    return None


def enumerated(text: str) -> list[str]:
    """Return the items of a list that a sentence holds: "(1) …; (2) …", or lines with bullets."""
    pieces = _ITEM.split(text)
    if len(pieces) < 3:
        pieces = [""] + [line.lstrip("-•–0123456789. ") for line in text.split("\n")[1:]]
    items = [re.sub(r"[;,.]?(?:\s+(?:and|or))?\s*$", "", piece.strip()) for piece in pieces[1:]]
    return items if len(items) >= 2 else []


def _shifted_year(text: str, previous: str) -> str | None:
    match = _RELATIVE_YEAR.search(text)
    years = YEAR.findall(previous)
    if match is None or not years or YEAR.search(text) or len(text.split()) > 12:
        return None
    count = match["count"]
    distance = int(count) if count and count.isdigit() else _COUNTS.get((count or "a").lower(), 1)
    words = match.group().lower()
    back = any(word in words for word in ("earlier", "before", "previous", "prior", "ago"))
    target = str(int(years[-1]) + (-distance if back else distance))
    return (
        YEAR.sub(target, previous) if len(set(years)) == 1 else previous.replace(years[-1], target)
    )


def _swapped(text: str, previous: str) -> str | None:
    """Put what a short follow-up names in the place of its like: "And Objective 12?"."""
    new = [named for named in named_things(text) if named.kind is not NameKind.NAME]
    if len(new) != 1 or len(re.findall(r"[\w'’-]+", text)) > 7:
        return None
    alike = [named for named in named_things(previous) if _alike(named, new[0])]
    if len(alike) != 1:
        return None
    swapped = re.sub(re.escape(alike[0].text), new[0].text, previous, flags=re.IGNORECASE)
    return swapped if swapped != previous else None


def _alike(old: Named, new: Named) -> bool:
    if old.kind is not new.kind:
        return False
    return old.kind is not NameKind.NUMBERED or old.text.split()[0] == new.text.split()[0]
