"""From text to the terms of the word index: lower case, lemma, stem, without diacritics.

Lemma and stem together find more than either: the lemma brings "women" to "woman", the stem
"guidelines" and "guideline" together. Languages without a stemmer have lemmas alone.
"""

from __future__ import annotations

import functools
import itertools
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

import tantivy

if TYPE_CHECKING:
    from simplemma import Lemmatizer

ENGLISH = "en"
_LONGEST_WORD = 60
_GRAM = 4
_STEMMERS = {
    "ar": "arabic", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "es": "spanish", "fi": "finnish", "fr": "french", "hu": "hungarian", "it": "italian",
    "nl": "dutch", "no": "norwegian", "pt": "portuguese", "ro": "romanian", "ru": "russian",
    "sv": "swedish", "ta": "tamil", "tr": "turkish",
}  # fmt: skip
_STEMMED_PLAIN = frozenset({"de", "en", "fr"})
"""Languages whose stemmer serves as well without diacritics: they need not be typed."""
_WITHOUT_STOPWORDS = frozenset({"ar", "el", "ro", "ta", "tr"})
_LEMMAS = {"sr": "hbs", "hr": "hbs", "bs": "hbs", "no": "nb"}
"""simplemma's names of languages, where they are not the ISO 639-1 codes."""
_MARKS = re.compile("[\u0300-\u036f\u0640\u064b-\u0652\u0670]")
"""Accents that stand alone, and Arabic vowel signs: they would break words apart."""
_TURKISH = str.maketrans({"I": "ı", "İ": "i"})
_SERBIAN = str.maketrans(
    dict(zip("абвгдђежзијклмнопрстћуфхцчш", "abvgdđežzijklmnoprstćufhcčš", strict=True))
    | {"љ": "lj", "њ": "nj", "џ": "dž"}
)


def words(text: str, language: str = ENGLISH) -> list[str]:
    """Return the words of a text in lower case, in order; Serbian ones in Latin letters.

    Args:
        text: any text.
        language: its ISO 639-1 code.
    """
    text = _MARKS.sub("", unicodedata.normalize("NFKC", text))
    if language == "tr":
        text = text.translate(_TURKISH)
    found: list[str] = _splitter().analyze(text)
    return [word.translate(_SERBIAN) for word in found] if language == "sr" else found


def terms(text: str, language: str = ENGLISH) -> list[str]:
    """Return the terms of a text, in order, without stop words.

    Args:
        text: any text.
        language: its ISO 639-1 code; words of a language without lemmas and stemmer stay whole.
    """
    return terms_of(words(text, language), language)


def without_stopwords(some: Iterable[str], language: str = ENGLISH) -> list[str]:
    """Return words without those that are in nearly every sentence of the language."""
    return [word for word in some if _kept(language)(word)]


def terms_of(some: Iterable[str], language: str = ENGLISH) -> list[str]:
    """Return the terms of words that :func:`words` found."""
    return [term for word in some for term in _term(word, language)]


def pairs(some: Sequence[str]) -> list[str]:
    """Return each two neighbouring terms as one."""
    return [f"{first}_{second}" for first, second in itertools.pairwise(some)]


def grams(some: Iterable[str]) -> list[str]:
    """Return the words' pieces of four letters: parts of compounds and of inflected words."""
    return [
        word[start : start + _GRAM]
        for word in some
        for start in range(max(1, len(word) - _GRAM + 1))
    ]


def is_word(word: str, language: str) -> bool:
    """Say whether the language's dictionary has a word; not, where there is no dictionary."""
    code = _LEMMAS.get(language, language)
    if code not in _with_lemmas():
        return False
    from simplemma import is_known

    return is_known(word, code, low_memory=True)


@functools.lru_cache(maxsize=200_000)
def _term(word: str, language: str) -> tuple[str, ...]:
    if not _kept(language)(word):
        return ()
    code = _LEMMAS.get(language, language)
    lemma = _lemmatiser().lemmatize(word, code).lower() if code in _with_lemmas() else word
    return tuple(_stemmer(language)(lemma))


@functools.cache
def _splitter() -> tantivy.TextAnalyzer:
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(_LONGEST_WORD))
        .filter(tantivy.Filter.lowercase())
        .build()
    )


@functools.cache
def _kept(language: str) -> Callable[[str], list[str]]:
    """Return what passes all but stop words."""
    name = _STEMMERS.get(language)
    if name is None or language in _WITHOUT_STOPWORDS:
        return lambda word: [word]
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.raw())
    return _analyse(builder.filter(tantivy.Filter.stopword(name)))


@functools.cache
def _stemmer(language: str) -> Callable[[str], list[str]]:
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    if language in _STEMMED_PLAIN:
        builder = builder.filter(tantivy.Filter.ascii_fold())
    if language in _STEMMERS:
        builder = builder.filter(tantivy.Filter.stemmer(_STEMMERS[language]))
    return _analyse(builder.filter(tantivy.Filter.ascii_fold()))


def _analyse(builder: tantivy.TextAnalyzerBuilder) -> Callable[[str], list[str]]:
    analyse: Callable[[str], list[str]] = builder.build().analyze
    return analyse


@functools.cache
def _with_lemmas() -> frozenset[str]:
    from simplemma.strategies.dictionaries.dictionary_factory import SUPPORTED_LANGUAGES

    return frozenset(SUPPORTED_LANGUAGES)


@functools.cache
def _lemmatiser() -> Lemmatizer:
    """Return the one that reads its dictionaries in place: 25 MB a language instead of 140."""
    from simplemma import Lemmatizer
    from simplemma.strategies import DefaultStrategy

    return Lemmatizer(lemmatization_strategy=DefaultStrategy(low_memory=True))
