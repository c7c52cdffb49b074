"""What GenderGPT says itself, in the language of whoever asks.

The English text stands in the code and is the key, as gettext has it; the other languages are
message catalogues (``<language>.po``) beside this module, for any editor of such files. A text that
a catalogue lacks stays English. ``tests/test_phrases.py`` tells which those are.
"""

from __future__ import annotations

import functools
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files

_RIGHT_TO_LEFT = frozenset({"ar"})
_LOCALES = {"en": "en_GB", "sr": "sr_Latn"}
"""Unicode's locales, where they are not simply called by the language."""


@dataclass(frozen=True, slots=True)
class Phrases:
    """The texts of one language. ``language`` is its ISO 639-1 code."""

    language: str = "en"
    _catalogue: NullTranslations = field(default_factory=NullTranslations, compare=False)

    @property
    def direction(self) -> str:
        """``"rtl"`` for a language that is written from right to left, else ``"ltr"``."""
        return "rtl" if self.language in _RIGHT_TO_LEFT else "ltr"

    @property
    def _locale(self) -> str:
        return _LOCALES.get(self.language, self.language)

    def gettext(self, text: str, **values: object) -> str:
        """Return a text, filled in.

        Args:
            text: in English, with places in braces.
            values: what stands in those places; braces in it mean nothing.
        """
        said = self._catalogue.gettext(text) if text else ""
        return said.format(**values) if values else said

    def ngettext(self, one: str, many: str, number: int, **values: object) -> str:
        """Return a text in the form that goes with a number, which it may hold as ``{count}``."""
        said = self._catalogue.ngettext(one, many, number)
        return said.format(count=self.number(number), **values)

    def number(self, value: int) -> str:
        """Return a number as it is written in this language: "1,234"."""
        from babel.numbers import format_decimal

        return str(format_decimal(value, locale=self._locale))

    def enumeration(self, things: Sequence[str]) -> str:
        """Return things in a row as this language joins them: "1, 2 and 3"."""
        from babel.lists import format_list

        return str(format_list(list(things), locale=self._locale))

    def language_name(self, code: str) -> str:
        """Return what a language is called in this one, or its code where that is not known."""
        from babel import Locale

        return str(Locale.parse(self._locale).languages.get(code, code))


ENGLISH = Phrases()


def languages() -> tuple[str, ...]:
    """Return the codes of all languages that there are texts in."""
    found = [each.name[:-3] for each in files(__package__).iterdir() if each.name.endswith(".po")]
    return "en", *sorted(found)


@functools.cache
def phrases(language: str) -> Phrases:
    """Return the texts of a language, English for one that there is no catalogue of.

    Args:
        language: an ISO 639-1 code.
    """
    if language == "en" or language not in languages():
        return ENGLISH
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with files(__package__).joinpath(f"{language}.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Phrases(language, GNUTranslations(compiled))
