"""The starter notes as data, and the checks of where each sentence comes from.

A check takes sections with their records and returns what is wrong, one line for each fault. It
knows no file, so that a test can hand it a copy that was tampered with.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from gendergpt.sentences import segment

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / "corpus"
FACTS = ROOT.parent / "shared" / "facts"

FRONT_MATTER = frozenset({"About this note", "How to read this note", "Contents"})
REMARK = "GenderGPT's remark:"
OUR_OWN = "GenderGPT"
"""The publisher in the record of a section that is ours alone."""

OURS = "-"
"""How the provenance of a sentence of our own begins; the facts that it points to may follow."""

_PROVENANCE = re.compile(r"-(?: F\d{3})*|F\d{3}(?: F\d{3})*")
_ITEM_MARK = re.compile(r"\(\d\) (?=[a-z])")
_COUNTS = "two three four five six seven eight nine ten eleven twelve".split()
_IN_WORDS = frozenset((*_COUNTS, "half", "twice"))

Entry = Mapping[str, Any]
Facts = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Section:
    """A lowest-level section of a note, with its paragraphs."""

    file: str
    heading: str
    paragraphs: tuple[str, ...]

    @property
    def text(self) -> str:
        """The heading and the paragraphs."""
        return "\n".join((self.heading, *self.paragraphs))

    @property
    def sentences(self) -> list[str]:
        """The sentences of all paragraphs, cut as the library cuts them."""
        return [p[start:end] for p in self.paragraphs for start, end in segment(p)]


@dataclass(frozen=True)
class Told:
    """A section, and the ``based_on`` record that stands behind it."""

    section: Section
    entry: Entry

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Each sentence with its provenance, as far as there is one."""
        return list(zip(self.section.sentences, self.entry["facts"], strict=False))

    @property
    def told(self) -> set[str]:
        """The facts that the section tells (those it only points to left out)."""
        return {fact for each in self.entry["facts"] if not ours(each) for fact in ids(each)}


def ours(provenance: str) -> bool:
    """Say whether a sentence holds no statement of a publication."""
    return provenance.startswith(OURS)


def ids(provenance: str) -> list[str]:
    """Return the facts that a provenance names, told or pointed to."""
    return [word for word in provenance.split() if word != OURS]


# --- the notes as they are -----------------------------------------------------------------------


@cache
def _file() -> dict[str, Any]:
    with (CORPUS / "catalogue.toml").open("rb") as file:
        return tomllib.load(file)


def catalogue() -> list[dict[str, Any]]:
    """The records of ``catalogue.toml``."""
    records: list[dict[str, Any]] = _file()["document"]
    return records


def originals() -> dict[str, dict[str, Any]]:
    """The catalogue's publications to add, by id."""
    return {original["id"]: original for original in _file()["original"]}


@cache
def entries() -> dict[tuple[str, str], dict[str, Any]]:
    """Each ``based_on`` record by file and heading."""
    return {(r["file"], e["heading"]): e for r in catalogue() for e in r["based_on"]}


def source_of(file: str) -> Path:
    """Where a note is written: itself, or the Markdown that its file is built from."""
    path = CORPUS / file
    return path if path.suffix == ".md" else CORPUS / "_sources" / f"{path.stem}.md"


def read_sections(path: Path, file: str) -> list[Section]:
    """The sections of a Markdown file that have text of their own."""
    found: list[tuple[str, list[str]]] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            found.append((line.lstrip("#").strip(), []))
        elif line.strip():
            found[-1][1].append(line)
    return [Section(file, heading, tuple(texts)) for heading, texts in found if texts]


@cache
def sections() -> list[Section]:
    """The sections of all notes, front matter apart."""
    every = [s for r in catalogue() for s in read_sections(source_of(r["file"]), r["file"])]
    return [s for s in every if s.heading not in FRONT_MATTER]


@cache
def library() -> list[Told]:
    """All sections with the records behind them."""
    return [Told(each, entries()[each.file, each.heading]) for each in sections()]


def read_facts() -> dict[str, dict[str, Any]]:
    """The facts of ``../shared`` by id; raises FileNotFoundError where they are not at hand."""
    found = json.loads((FACTS / "facts.json").read_text(encoding="utf-8"))
    return {fact["id"]: fact for fact in found}


def read_traps() -> str:
    """The list of figures that are easily confused, which remarks of ours may draw on."""
    return (FACTS / "facts.md").read_text(encoding="utf-8").rpartition("\n## Traps")[2]


# --- figures -------------------------------------------------------------------------------------


def digits(text: str) -> set[str]:
    """The numbers written in digits, the markers of a list such as ``(2)`` apart."""
    return set(re.findall(r"(?<!\w)\d+(?:[.,]\d+)*", _ITEM_MARK.sub("", text)))


def counts(text: str) -> set[str]:
    """The numbers written in words, such as ``five``; a 5 elsewhere is no proof of them."""
    return set(re.findall(r"[a-z]+", text.lower())) & _IN_WORDS


def figures(text: str) -> set[str]:
    """All numbers of a text; a count that the text's own list bears out is left out."""
    listed = len(_ITEM_MARK.findall(text))
    return digits(text) | (counts(text) - set(_COUNTS[max(listed - 2, 0) : max(listed - 1, 0)]))


def held_by(facts: Facts, wanted: Iterable[str]) -> set[str]:
    """The numbers in facts: in the statement, its source, the place and the year."""
    fields = ("statement", "source", "where", "year")
    text = " ".join(str(facts[fact][name]) for fact in wanted for name in fields if fact in facts)
    return digits(text) | counts(text)


def named_by(entry: Entry) -> set[str]:
    """The numbers in what a record says of its publication."""
    return digits(" ".join(str(entry.get(name, "")) for name in ("title", "year", "place")))


# --- checks --------------------------------------------------------------------------------------


def provenance_faults(told: Sequence[Told]) -> list[str]:
    """Sentences without provenance, provenance without sentence, and what is no provenance."""
    faults = []
    for each in told:
        sentences, given = each.section.sentences, each.entry["facts"]
        where = f"{each.section.file}, {each.section.heading}"
        if len(given) < len(sentences):
            faults += [f"{where}: no provenance: {text}" for text in sentences[len(given) :]]
        if len(given) > len(sentences):
            faults.append(f"{where}: provenance of no sentence: {given[len(sentences) :]}")
        faults += [f"{where}: no provenance: {p!r}" for p in given if not _PROVENANCE.fullmatch(p)]
        faults += [
            f"{where}: a remark is ours, not that of {p}: {text}"
            for text, p in each.pairs
            if text.startswith(REMARK) and not ours(p)
        ]
    return faults


def figure_faults(told: Sequence[Told], facts: Facts, traps: str = "") -> list[str]:
    """Figures in a sentence that the fact behind it does not hold, and figures in headings.

    A sentence of ours may hold the numbers of its record and of the facts that it points to, a
    remark also those of the traps. The session plan's own figures (times, groups) are ours alone.
    """
    faults = []
    for each in told:
        names = named_by(each.entry)
        for text, provenance in each.pairs:
            if each.entry["publisher"] == OUR_OWN and not ids(provenance):
                continue
            held = held_by(facts, ids(provenance)) | digits(each.entry["title"])
            held |= names if ours(provenance) else set()
            held |= digits(traps) | counts(traps) if text.startswith(REMARK) else set()
            if extra := figures(text) - held:
                faults.append(
                    f"{each.section.heading}: {sorted(extra)} not in {provenance}: {text}"
                )
        behind = {fact for provenance in each.entry["facts"] for fact in ids(provenance)}
        known = held_by(facts, behind) | names | {str(len(behind))}
        if extra := digits(each.section.heading) - known:
            faults.append(f"{each.section.heading}: {sorted(extra)} in the heading")
    return faults


def coverage_faults(told: Sequence[Told], facts: Facts) -> list[str]:
    """Facts that are left out, told in two sections, unknown, or told without their numbers."""
    used = Counter(fact for each in told for fact in each.told)
    named = {fact for each in told for p in each.entry["facts"] for fact in ids(p)}
    faults = [f"{fact} is left out" for fact in facts if fact not in used]
    faults += [f"{fact} is told {n} times" for fact, n in used.items() if n > 1]
    faults += [f"{fact} is no fact" for fact in sorted(named - set(facts))]
    for each in told:
        for fact in sorted(each.told & set(facts)):
            if lost := digits(facts[fact]["statement"]) - digits(each.section.text):
                faults.append(f"{fact} is told without {sorted(lost)}")
    return faults
