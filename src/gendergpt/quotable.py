"""Whether a sentence may be quoted by itself: whole, a statement, its subject named."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gendergpt.types import Form

_ABOUT_NOTE = re.compile(r"^(?:This note|These notes|Each section of this note)\b")
_META_HEADINGS = frozenset(
    {"about this note", "how to read this note", "contents", "table of contents"}
)
_CONNECTIVE = (
    r"(?:(?:However|Moreover|Furthermore|Also|Similarly|Thus|Therefore|Hence|In addition|But|And|"
    r"For example|For instance|In contrast|Finally|Nevertheless|Likewise|Indeed|Instead|Then|So|"
    r"Consequently|As a result|In this regard|In particular)[,\s]+)?"
)
_OPENS_ON_PRONOUN = re.compile(
    rf"^{_CONNECTIVE}(?:it|they|he|she|we|its|their|his|her|them|both|such|here|this|these|those"
    r"|that|the (?:same|latter|former|above|following|second|third|other))\b"
    r"(?! (?:is|are) (?:recommended|important|essential|necessary|crucial|vital) (?:that|to)\b)"
    r"(?!\s+who\b)",
    re.IGNORECASE,
)
_SELF_CONTAINED = re.compile(
    r"^(?:It (?:is|was) (?:recommended|important|essential|necessary|crucial|vital|estimated)"
    r"|Those who|"
    r"These include|This (?:handbook|toolkit|tool|guide|guidance|manual|report|document"
    r"|publication|"
    r"chapter|section|paper|policy|framework|convention|regulation|resolution|recommendation"
    r"|article)\b)",
)
SENTENCE_END = re.compile(r"[.!…][\"”’»)\]]*(?:\s?\[\d+\])*$")
_LEADERS = re.compile(r"\.{4,}|(?:\s\.){4,}")


def quotable(text: str, form: Form = Form.PROSE) -> bool:
    """Say whether a sentence can stand alone: whole, a statement, its subject named."""
    words = text.split()
    if not 5 <= len(words) <= 160 or _LEADERS.search(text) or _ABOUT_NOTE.match(text):
        return False
    letters = sum(character.isalpha() for character in text)
    if letters < 0.55 * len(text.replace(" ", "")) or text.isupper():
        return False
    first = text.lstrip('"“‘«([')[:1]
    if form is Form.PROSE and (first.islower() or not SENTENCE_END.search(text)):
        return False
    return not opens_on_pronoun(text)


def front_matter(heading: Sequence[str]) -> bool:
    """Say whether a passage tells about the document itself, or is its table of contents."""
    return any(title.lower() in _META_HEADINGS for title in heading)


def opens_on_pronoun(text: str) -> bool:
    """Say whether a sentence's subject is a word that points back."""
    return bool(_OPENS_ON_PRONOUN.match(text)) and not _SELF_CONTAINED.match(text)
