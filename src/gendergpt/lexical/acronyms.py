"""Acronyms that documents themselves explain: "Integrated Border Management (IBM)".

Pairs are found as in Schwartz and Hearst, "A simple algorithm for identifying abbreviation
definitions in biomedical text", PSB 2003; "IBM stands for …" is understood, too.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from gendergpt.lexical.analysis import terms

_FEWEST, _MOST = 2, 10
_BRACKETED = re.compile(r"\(([^()\n]{2,90})\)")
_STANDS_FOR = re.compile(
    r"\b(?P<short>[A-Z][\w/-]{1,11}) (?:stands|stood) for (?:the |an? )?(?P<long>[^.;:()\n]{4,160})"
)
_ACRONYM = re.compile(r"(?<![\w-])\w[\w/-]{1,10}(?![\w-])")
_PLAIN = re.compile(r"[^\W\d_](?:[^\W\d_]|[ ,&'’-])*")
_SHARE = 0.5
_LONG_FORMS = 2


@dataclass(frozen=True, slots=True)
class Acronym:
    """A short form and what it stands for, as a document has them."""

    short: str
    long: str


def acronyms(text: str) -> list[Acronym]:
    """Return the acronyms that a text explains, in order; each pair once."""
    found = []
    for match in _BRACKETED.finditer(text):
        inside = re.split(r"[,;:]", match.group(1))[0].strip(" '\"“”«»„‘’")
        before = text[: match.start()].rstrip(" '\"“”«»„‘’")
        if _is_short(inside):
            long = _long_form(inside, _words_before(before, inside))
            found.append((inside, long))
        else:  # the other way round: IBM (integrated border management)
            last = re.search(r"[\w/-]+$", before)
            if last is not None and _is_short(last.group()):
                found.append((last.group(), _long_form(last.group(), inside)))
    for match in _STANDS_FOR.finditer(text):
        found.append((match["short"], _spelled_out(match["short"], match["long"])))
    pairs = dict.fromkeys((short, " ".join(long.split())) for short, long in found if long)
    return [Acronym(short, long) for short, long in pairs if _is_short(short)]


def _is_short(text: str) -> bool:
    """Say whether a text may be an acronym: few characters, one word, two capitals."""
    capitals = sum(character.isupper() for character in text)
    return (
        _FEWEST <= len(text) <= _MOST
        and text[0].isalnum()
        and " " not in text
        and capitals >= 2
        and re.fullmatch(r"[\w/.&-]+", text) is not None
    )


def _words_before(text: str, short: str) -> str:
    """Return the words before a bracket in which the long form is looked for."""
    many = min(len(short) + 5, 2 * len(short)) + 2
    sentence = re.split(r"[.;:!?\n()]\s", text[-300:])[-1]
    return " ".join(sentence.split()[-many:])


def _long_form(short: str, text: str) -> str | None:
    """Return the shortest ending of a text in which the acronym's letters occur, in order.

    The first of them begins a word, and so do most of the others.
    """
    letters = [each for each in _singular(short).lower() if each.isalnum()]
    lower, at, initials = text.lower(), len(text), 0
    for index in range(len(letters) - 1, -1, -1):
        at -= 1
        while at >= 0 and not (lower[at] == letters[index] and (index or _begins(lower, at))):
            at -= 1
        if at < 0:
            return None
        initials += _begins(lower, at)
    return _plausible(short, text[at:].strip()) if initials > len(letters) / 2 else None


def _begins(text: str, at: int) -> bool:
    return not text[at - 1 : at].isalnum()


def _plausible(short: str, long: str) -> str | None:
    """Return a long form that may be one: several plain words that begin with a telling one."""
    some = long.split()
    several = 2 <= len(some) <= len(short) + 6 and len(long) > len(short) + 2
    plain = _PLAIN.fullmatch(long) is not None and short.lower() not in long.lower().split()
    return long if several and plain and terms(some[0]) else None


def _spelled_out(short: str, text: str) -> str | None:
    """Return the beginning of what follows "stands for" that spells the acronym out.

    That is the shortest whose words begin with its letters, or else all up to a comma: in "IOM
    stands for the International Organization for Migration, the publisher of …" the first four.
    """
    letters = [each for each in short.lower() if each.isalnum()]
    for match in re.finditer(r"\w+", text):
        if letters and match.group()[0].lower() == letters[0]:
            letters.pop(0)
        if not letters:
            return _plausible(short, text[: match.end()])
    return _plausible(short, text.split(",")[0].strip())


@dataclass
class AcronymTable:
    """What the library's documents say that acronyms stand for.

    Args:
        found: for each document, the pairs that it explains.
    """

    longs: dict[str, list[str]] = field(default_factory=dict)
    shorts: dict[tuple[str, ...], str] = field(default_factory=dict)

    @classmethod
    def of(cls, found: Iterable[Iterable[Acronym]]) -> AcronymTable:
        """Count in how many documents each pair stands; keep what most of them say."""
        counts: dict[str, Counter[tuple[str, ...]]] = defaultdict(Counter)
        spelled: dict[tuple[str, ...], str] = {}
        for pairs in found:
            own = {(_singular(each.short), tuple(terms(each.long))): each.long for each in pairs}
            for (short, key), long in own.items():
                counts[short][key] += 1
                spelled.setdefault(key, long)
        table = cls()
        for short, forms in counts.items():
            most = forms.most_common(1)[0][1]
            kept = [key for key, count in forms.most_common(_LONG_FORMS) if count >= _SHARE * most]
            table.longs[short] = [spelled[key] for key in kept if key]
            table.shorts |= {key: short for key in kept if len(key) >= 2}
        return table

    def meant(self, text: str) -> Mapping[str, list[str]]:
        """Return the acronyms of a text and what they stand for; plurals count ("VoTs")."""
        found = {}
        for match in _ACRONYM.finditer(text):
            word = match.group()
            if _singular(word) in self.longs:
                found[word] = self.longs[_singular(word)]
        return found

    def shortened(self, some: list[str]) -> dict[tuple[str, ...], str]:
        """Return the long forms within terms of a question, and their acronyms."""
        longest = max(map(len, self.shorts), default=0)
        runs = (
            tuple(some[start : start + length])
            for start in range(len(some))
            for length in range(2, min(longest, len(some) - start) + 1)
        )
        return {run: self.shorts[run] for run in runs if run in self.shorts}

    def expanded(self, text: str) -> str:
        """Return a text with its acronyms spelled out and the acronyms of what it spells out.

        "What does IBM mean?" becomes "What does IBM (integrated border management) mean?".
        """
        meant = self.meant(text)
        shorts = self.shortened(terms(text)).values()
        for word, longs in meant.items():
            extra = next((long for long in longs if long.lower() not in text.lower()), None)
            place = re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text)
            if extra is not None and place is not None:
                text = f"{text[: place.end()]} ({extra}){text[place.end() :]}"
        missing = [short for short in dict.fromkeys(shorts) if short not in text]
        return f"{text} ({', '.join(missing)})" if missing else text


def _singular(short: str) -> str:
    """Return an acronym without the s of its plural ("VoTs")."""
    return short[:-1] if short.endswith("s") and len(short) > _FEWEST else short
