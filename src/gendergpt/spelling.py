"""Names of people, towns and treaties in another language, compared as they sound."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from difflib import SequenceMatcher

_CYRILLIC = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґјљњћђџѓќѕ",
        "a b v g d e e zh z i i k l m n o p r s t u f h ts ch sh sch _ y _ e yu ya i yi ye g j lj "
        "nj c dj dz gj kj dz".split(),
        strict=True,
    )
)
_WORD = re.compile(r"[^\W\d_][\w’'-]*")
_STARTS = re.compile(r"(?:^|[.!?:؟]\s+|\n\s*|[\"“„‘«(¿¡]\s*)$")
_CAPITALS_ARE_NAMES = frozenset({"ru", "uk", "mk", "fr", "es", "sr", "ro"})
"""Languages in which a capital within a sentence makes a name. In German every noun has one, and
Turkish and Albanian write much of an institution's name so."""

_INSTITUTIONS = re.compile(
    r"конвенц|протокол|комитет|комітет|совет|рада|организац|організац|кодекс|договор|догов|директив"
    r"|регламент|харти|хартi|деклараци|пакт|закон|руководств|пособи|инструмент|європ|европ|междунар"
    r"|міжнар|государств|держав|республик|республ|министерств|міністер|управлен|федерац|гендер"
    r"|ґендер|женщин|жінк|всеобщ|загальн|генеральн|верховн|комиссар|комісар|устойчив|сталого|план"
    r"|стратег|агентств|агенц|цел[ьи]|ціл|конвенц|организ|кодекс|меѓунар|комис|евро|вашингт"
    r"|convention|protocol|comit|conse[ij]|organi|code|códig|pact|directiv|règlem|reglam|chart|carta"
    r"|déclarat|declara|loi|ley|guid|manuel|manual|outil|herram|europ|internat|internac|états?"
    r"|estado|répub|repúb|minist|haut|alto|commis|comis|objecti|objeti|agenc|plan|stratég|estrat"
    r"|nation|nacion|genre|género|femme|mujer|union|unión|konvenc|savet|organiz|evrop|međunar"
    r"|zakon|vlada|consili|lege|minister|uniun|kodeks|komitet|republik|principes?|principios?|règles?"
    r"|reglas?|boîte|caja|ordre|orden|police|policía|frontière|frontera|monde|mundo|balkan|балкан"
    r"|asi[ea]|afri|amér|ази|азі|азиј|африк|америк|azij|orient|восточ|східн|западн|західн|центр"
    r"|centr|région|región|регион|регіон|нато|москв|madame|monsieur|señor",
    re.IGNORECASE,
)
"""Stems of words in the names of institutions, which are translated and not spelled."""

_TREATY = re.compile(
    r"\b(?P<one>[A-ZÄÖÜÇŞİĞ]\w{3,})(?:-(?:Konvention|Protokoll|Übereinkommen|Abkommen|Erklärung)\w*"
    r"|\s+(?:Sözleşmesi|Protokolü|Bildirgesi|Beyannamesi)\w*)"
    r"|\b(?:Konvention|Protokoll|Übereinkommen|Abkommen|Erklärung)\w*\s+von\s+"
    r"(?P<other>[A-ZÄÖÜ]\w{3,})"
)
_LATIN_NAME = re.compile(r"(?<![\w’'-])[A-Z][A-Za-z0-9’'/-]*[A-Za-z0-9](?:\s+[A-Z][A-Za-z0-9-]+)*")
_PREFIX = 0.6
_ALIKE = 0.8


def names_abroad(text: str, language: str) -> list[str]:
    """Return the proper names in a text of another language that are not translated.

    Args:
        text: without the names that are known in English (see :mod:`gendergpt.terms`).
        language: the text's language, an ISO 639-1 code.
    """
    found = [match["one"] or match["other"] for match in _TREATY.finditer(text)]
    if language in ("ru", "uk", "mk", "ar"):
        found += [match.group() for match in _LATIN_NAME.finditer(text)]
    if language in _CAPITALS_ARE_NAMES:
        found += _capitalised(text)
    return list(dict.fromkeys(found))


def _capitalised(text: str) -> Iterator[str]:
    for match in _WORD.finditer(text):
        word = match.group()
        if len(word) < 4 or not word[0].isupper() or word.isupper():
            continue
        if not _STARTS.search(text[: match.start()]) and not _INSTITUTIONS.match(word):
            yield word


def sounds_alike(name: str, text: str) -> bool:
    """Say whether a text has, for each word of a name, a word that sounds like it."""
    words = {latin(word) for word in _WORD.findall(text) if word[0].isupper()}
    return all(any(_alike(latin(part), word) for word in words) for part in _WORD.findall(name))


def latin(word: str) -> str:
    """Return a word in plain small Latin letters: "Тампере" is "tampere", "Şengen" "sengen"."""
    spelled = "".join(_CYRILLIC.get(letter, letter) for letter in word.lower()).replace("_", "")
    plain = unicodedata.normalize("NFKD", spelled)
    return "".join(letter for letter in plain if letter.isascii() and letter.isalnum())


def _alike(one: str, other: str) -> bool:
    shorter = min(len(one), len(other))
    if shorter < 4:
        return one == other
    shared = next((i for i in range(shorter) if one[i] != other[i]), shorter)
    if shared >= max(4, _PREFIX * shorter):
        return True
    return abs(len(one) - len(other)) < 4 and SequenceMatcher(None, one, other).ratio() >= _ALIKE
