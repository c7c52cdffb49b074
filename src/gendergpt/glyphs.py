"""Characters that text from PDFs is full of, and that mean nothing or something else.

Cleaning and the check of quotations must agree on them, or what was cleaned would not be found.
"""

from __future__ import annotations

LIGATURES = {
    "ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st",
}  # fmt: skip
INVISIBLE = "\u00ad\u200b-\u200f\u2060\ufeff\x00-\x08\x0e-\x1f\x7f"
"""Soft hyphens, zero-width and control characters, as the inside of a character class."""

LINE_HYPHEN = r"(?<=[^\W\d_])(?:[-\u2010\u00ad][^\S\n]*+\n\s*+|\ufffe\s*+)(?=[^\W\d_])"
"""A hyphen between letters at a line's end, with the break (U+FFFE is PDFium's sign for one)."""

WHITE_SPACE = rf"[{INVISIBLE}]*\s[\s{INVISIBLE}]*+"
"""A run of white space and of what cannot be seen in it; "*+" keeps long runs linear."""
