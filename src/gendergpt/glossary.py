"""Terms and acronyms that the library's documents explain, and which document explains each.

A glossary is a document, or a section of one, that calls itself so. In it, a heading or a line
"Term (ABC): …" explains a term, and a sentence "ABC stands for …" an acronym. Every other document
explains the acronyms that it spells out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from gendergpt.lexical.acronyms import Acronym
from gendergpt.types import Document, Passage

CALLED = ("glossar", "glosario", "terms and definitions", "key terms")
"""Words in a title or heading by which a glossary calls itself."""

_LONGEST_DEFINITION = 420
_HEAD = re.compile(
    r"(?P<name>[^\W\d_][\w'’-]*(?:[ /&][\w'’/-]+){0,5})(?: \((?P<short>[\w/-]{2,11})\))?"
    r"\s*(?::|[–—]\s|$)\s*(?P<rest>.*)"
)
_EXPLAINS = re.compile(
    r"(?:The acronym )?(?P<short>[A-Z][\w/-]*(?: [A-Z]{2}[\w/-]*)?) (?:stands|stood|is|are|means)\b"
)
_TOKEN = re.compile(r"(?<![\w-])[^\W_][\w/-]{1,11}(?![\w-])")


@dataclass(frozen=True, slots=True)
class Term:
    """What a document says that a term or acronym means.

    ``forms`` are the ways in which it is written; ``in_glossary`` says that the document explains
    it in a glossary and does not only spell it out.
    """

    name: str
    forms: tuple[str, ...]
    definition: str
    document: Document
    in_glossary: bool = True


@dataclass(frozen=True)
class Glossary:
    """What a library explains: the terms of its glossaries, and acronyms that documents spell out.

    Args:
        terms: from glossaries.
        acronyms: by short form, what each document says, the most usual first.
    """

    terms: tuple[Term, ...] = ()
    acronyms: Mapping[str, tuple[Term, ...]] = field(default_factory=dict)

    def occurrences(
        self, text: str, cited: Collection[str] = ()
    ) -> Iterator[tuple[int, int, Term]]:
        """Yield where terms stand in a text, from its beginning on, none within another.

        Args:
            text: to be searched.
            cited: ids of documents; what these mean by an acronym goes before what others do.
        """
        named = [(m.start(), m.end(), self._named[_plain(m[0])]) for m in self._finder(text)]
        short = [
            (match.start(), match.end(), term)
            for match in _TOKEN.finditer(text)
            if (term := self._meant(match[0], cited)) is not None
        ]
        done = 0
        for start, end, term in sorted([*named, *short], key=lambda each: (each[0], -each[1])):
            if start >= done:
                yield start, end, term
                done = end

    @cached_property
    def _named(self) -> dict[str, Term]:
        forms = [(form, term) for term in self.terms for form in term.forms]
        return {_plain(form): term for form, term in reversed(forms)}

    @cached_property
    def _short(self) -> dict[str, Term]:
        forms = [(form, term) for term in self.terms for form in term.forms]
        return {form: term for form, term in reversed(forms) if is_acronym(form)}

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        forms = {form for term in self.terms for form in term.forms if not _is_token(form)}
        if not forms:
            return None
        longest = sorted(forms, key=lambda form: (-len(form), form))
        choice = "|".join(r"\s+".join(map(re.escape, form.split())) for form in longest)
        return re.compile(rf"(?<![\w-])(?:{choice})(?![\w-])", re.IGNORECASE)

    def _finder(self, text: str) -> Iterator[re.Match[str]]:
        return self._pattern.finditer(text) if self._pattern else iter(())

    def _meant(self, word: str, cited: Collection[str]) -> Term | None:
        """Return what an acronym means; plurals count ("VoTs")."""
        forms = (word, word.removesuffix("s"))
        known = next((self._short[each] for each in forms if each in self._short), None)
        spelled = [term for each in forms for term in self.acronyms.get(each, ())]
        own = next((term for term in spelled if term.document.id in cited), None)
        if own is not None and (known is None or not _says(known, own)):
            return own
        return known or next(iter(spelled), None)


def glossary(
    passages: Iterable[tuple[Document, Passage]],
    explained: Iterable[tuple[Document, Sequence[Acronym]]] = (),
) -> Glossary:
    """Put together what a library explains.

    Args:
        passages: the passages of its glossaries, with their documents.
        explained: the acronyms that each of its documents spells out.
    """
    found = [term for document, passage in passages for term in _explained(document, passage)]
    return Glossary(tuple(_merged(found)), _spelled_out(explained))


def is_glossary(titles: Iterable[str]) -> bool:
    """Say whether a title or a heading calls what is under it a glossary."""
    return any(word in title.lower() for title in titles for word in CALLED)


def is_acronym(text: str) -> bool:
    """Say whether a form is an acronym: one short word, or two, with two capitals."""
    return sum(each.isupper() for each in text) >= 2 and all(
        sum(each.isupper() for each in word) >= 2 for word in text.split()
    )


def _explained(document: Document, passage: Passage) -> Iterator[Term]:
    sentences = [passage.text[each.start : each.end] for each in passage.sentences]
    sentences = [" ".join(each.split()) for each in sentences]
    head = _HEAD.fullmatch(passage.heading[-1]) if len(passage.heading) > 1 else None
    if head is not None and head["rest"] and sentences:
        yield _term(document, head, _telling(head["name"], sentences))
    for sentence in sentences:
        explains = _EXPLAINS.match(sentence)
        if explains is not None and is_acronym(explains["short"]):
            short = explains["short"]
            yield Term(short, (short,), _cut(sentence), document)
        elif not head and (line := _HEAD.fullmatch(sentence)) and len(line["rest"].split()) > 4:
            yield _term(document, line, line["rest"])


def _term(document: Document, head: re.Match[str], definition: str) -> Term:
    name, short = head["name"], head["short"]
    forms = (name, short) if short and is_acronym(short) else (name,)
    return Term(name, forms, _cut(definition), document)


def _telling(name: str, sentences: Sequence[str]) -> str:
    """Return the first sentence that names a term, else the first."""
    return next((each for each in sentences if name.lower() in each.lower()), sentences[0])


def _merged(found: Sequence[Term]) -> Iterator[Term]:
    """Yield each term once; what an acronym stands for goes before what its long form means."""
    terms: dict[str, Term] = {}
    for term in found:
        terms.setdefault(_plain(term.name), term)
    for term in list(terms.values()):
        sentences = [terms.get(_plain(form)) for form in term.forms[1:]]
        for short in filter(None, sentences):
            both = _cut(f"{short.definition} {term.definition}", 2 * _LONGEST_DEFINITION)
            del terms[_plain(short.name)]
            terms[_plain(term.name)] = replace(term, definition=both)
    yield from terms.values()


def _spelled_out(
    explained: Iterable[tuple[Document, Sequence[Acronym]]],
) -> dict[str, tuple[Term, ...]]:
    found: dict[str, dict[str, Term]] = {}
    usual: Counter[tuple[str, str]] = Counter()
    for document, pairs in explained:
        for pair in pairs:
            term = Term(pair.short, (pair.short,), f"{pair.short}: {pair.long}", document, False)
            if found.setdefault(pair.short, {}).setdefault(document.id, term) is term:
                usual[pair.short, pair.long.lower()] += 1
    return {
        short: tuple(sorted(terms.values(), key=lambda each: -usual[short, _long(each).lower()]))
        for short, terms in found.items()
    }


def _says(known: Term, own: Term) -> bool:
    """Say whether a glossary's definition holds what a document spells out."""
    return _long(own).lower() in known.definition.lower()


def _long(term: Term) -> str:
    return term.definition.partition(": ")[2]


def _is_token(form: str) -> bool:
    return is_acronym(form) and _TOKEN.fullmatch(form) is not None


def _plain(form: str) -> str:
    return " ".join(form.split()).lower()


def _cut(text: str, most: int = _LONGEST_DEFINITION) -> str:
    return text if len(text) <= most else text[:most].rsplit(" ", 1)[0] + " …"
