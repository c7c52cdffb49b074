"""List marks as numerals: roman, letters, figures."""

from __future__ import annotations

_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"),
    (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"


def roman(number: int) -> str:
    """Return the lower-case Roman numeral, or figures below 1 and above 3999."""
    if not 0 < number < 4000:
        return str(number)
    numeral = ""
    for value, letters in _ROMAN:
        count, number = divmod(number, value)
        numeral += letters * count
    return numeral


def letters(number: int) -> str:
    """Return "a" to "z", then "aa", "bb" as Word counts; figures below 1 and above 260."""
    if not 0 < number <= 260:
        return str(number)
    rounds, place = divmod(number - 1, 26)
    return _ALPHABET[place] * (rounds + 1)
