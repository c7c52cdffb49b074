"""Texts from outside, made fit for a terminal, a list and a small database."""

from __future__ import annotations

import unicodedata

_TURNS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Invisible characters that turn the direction of the text after them."""


def plainly(text: str, most: int) -> str:
    """Return a text without control characters, in at most ``most`` characters.

    Lines end in a plain line feed; what a terminal would obey, and half characters, are left out.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    kept = "".join(
        each
        for each in lines
        if each == "\n" or (unicodedata.category(each) not in _LEFT_OUT and each not in _TURNS)
    )
    return kept[:most].strip()


_LEFT_OUT = frozenset({"Cc", "Cs", "Zl", "Zp"})


def in_one_line(text: str, most: int) -> str:
    """Return a text as :func:`plainly` does, on one line."""
    return " ".join(plainly(text, most).split())
