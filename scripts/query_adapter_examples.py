"""Passages and questions that the question side is trained and judged on.

Read by ``scripts/train_query_adapter.py``, which names the data.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import torch
from bs4 import BeautifulSoup
from torch import Tensor

from gendergpt.embedding import E5
from gendergpt.evaluation import sets
from gendergpt.evaluation.alignment import bare, overlap
from gendergpt.evaluation.libraries import Loaded, Material, library_of
from gendergpt.evaluation.log import Log
from gendergpt.settings import Settings
from gendergpt.types import Passage
from scripts.language_means import FILES

LANGUAGES = ("en", "de", "fr", "uk", "ar")
SEED = 20201031
LINES, LONGEST, TOKENS = 1500, 600, 144
"""Lines of pages (in all languages); characters of a conversation; tokens of a passage."""


@dataclass(frozen=True)
class Example:
    """A question. ``answers`` and ``near`` number passages; those only near are not judged.

    ``twin`` is its English form; ``gold`` holds the units, of which one must come up.
    """

    text: str
    language: str
    set: str
    kind: str
    part: str
    twin: str
    answers: frozenset[int]
    near: frozenset[int]
    gold: frozenset[str]


class Pool:
    """The passages of one set after another: vectors, token vectors, and what a hit on one is."""

    def __init__(self) -> None:
        self.vectors = torch.zeros(0, 384)
        self.tokens: list[Tensor] = []
        self.units: list[str] = []
        self.owners: list[str] = []
        self.held: set[int] = set()
        self.weighing: dict[str, Callable[[str, str], float]] = {}

    def add(self, name: str, loaded: Loaded) -> Passages:
        """Take a set's library in; return the passages of each of the set's documents."""
        library, found = loaded.assistant.library, Passages()
        for revision in library.ledger.revisions():
            rows = library.ledger.passages(revision)
            vectors = library.vectors.of([row.key for row in rows])
            self.vectors = torch.cat([self.vectors, torch.from_numpy(vectors)])
            for row in rows:
                for id_ in loaded.origin[row.document.id]:
                    found.setdefault(id_, []).append((len(self.tokens), row.passage))
                matrix = library.tokens.read(revision, row.token_first, row.token_count)
                self.tokens.append(torch.from_numpy(matrix.vectors[:TOKENS]).bfloat16())
                self.owners.append(name)
                self.units.append(row.document.id if name == "omosqa" else row.passage.id)
        self.weighing[name] = _weighing(loaded)
        return found

    def hide(self, passages: Passages, hidden: Callable[[str], bool]) -> None:
        """Keep the passages of some documents out of the training."""
        self.held |= {n for id_, each in passages.items() if hidden(id_) for n, _ in each}

    def gold(self, numbers: Iterable[int]) -> frozenset[str]:
        """Return what counts as a hit on these passages."""
        return frozenset(self.units[number] for number in numbers)


class Passages(dict[str, list[tuple[int, Passage]]]):
    """A set's document to its passages, each with its number in the pool."""

    def numbers(self, id_: str) -> list[int]:
        """Return the numbers of a document's passages."""
        return [number for number, _ in self.get(id_, [])]


def _weighing(loaded: Loaded) -> Callable[[str, str], float]:
    """Return what weighs a word as :mod:`gendergpt.retrieval` does."""
    lexical = loaded.assistant.library.lexical

    @cache
    def weigh(word: str, language: str) -> float:
        terms = lexical.terms(word, language)
        return 1.0 + max(lexical.rarity(terms).values()) if terms else 0.1

    return weigh


def _draw(text: str) -> float:
    """Return a number from 0 to 1 that only the text decides."""
    return int(sha256(text.encode()).hexdigest()[:8], 16) / 2**32


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def _page_part(pages: dict[str, str], id_: str) -> str:
    part = pages.get(id_, "other")
    return "val" if part == "train" and _draw(f"val{id_}") < 1 / 6 else part


def omosqa(folder: Path, pool: Pool, passages: Passages) -> Iterator[Example]:
    """Yield the questions in all languages, and lines of pages that are free for training."""
    asked = {lang: _rows(folder / f"queries.{lang}.jsonl") for lang in LANGUAGES}
    pages = {f"en::{row['pid']}": row["split"] for row in asked["en"]}
    pool.hide(passages, lambda id_: _page_part(pages, id_) in ("val", "dev"))
    for language in LANGUAGES:
        for row, english in zip(asked[language], asked["en"], strict=True):
            page, part = f"en::{row['pid']}", _page_part(pages, f"en::{row['pid']}")
            near = passages.numbers(page)
            if not near or (part != "train" and not row["answerable"]):
                continue
            stretches = [bare(text)[0][:60] for text in english["answer_texts"]]
            answers = [
                number
                for number, passage in passages[page]
                if any(len(each) > 8 and each in bare(passage.text)[0] for each in stretches)
            ]
            yield Example(
                row["text"], language, "omosqa", "question", part, english["text"],
                frozenset(answers or near), frozenset(near), pool.gold(near),
            )  # fmt: skip
    yield from _lines(folder, pages, passages)


def _lines(folder: Path, pages: dict[str, str], passages: Passages) -> Iterator[Example]:
    corpora = [_rows(folder / f"corpus.{language}.jsonl") for language in LANGUAGES]
    found: dict[str, list[Example]] = {}
    for versions in zip(*corpora, strict=True):
        page = versions[0]["id"]
        texts = [[each.strip() for each in row["text"].split("\n")] for row in versions]
        if _page_part(pages, page) in ("val", "dev") or len({len(each) for each in texts}) > 1:
            continue
        for line in zip(*texts, strict=True):
            english = line[0]
            if 18 <= len(english) <= 140 and len(set(line)) == len(LANGUAGES) and all(line):
                stretch = bare(english)[0][:60]
                answers = [n for n, each in passages.get(page, []) if stretch in bare(each.text)[0]]
                near = frozenset(passages.numbers(page))
                found[english] = [
                    Example(text, language, "omosqa", "line", "train", english,
                            frozenset(answers), near, frozenset())
                    for text, language in zip(line, LANGUAGES, strict=True)
                    if answers
                ]  # fmt: skip
    for english in random.Random(SEED).sample(sorted(found), LINES):
        yield from found[english]


def doc2dial(folder: Path, pool: Pool, passages: Passages, loaded: Loaded) -> Iterator[Example]:
    """Yield the turns, alone and with those before them."""

    def part(id_: str) -> str:
        drawn = _draw(f"doc{id_}")
        return "dev" if drawn < 1 / 4 else "val" if drawn < 1 / 3 else "train"

    pool.hide(passages, lambda id_: part(id_) != "train")
    joined = sets.queries(folder / "queries_with_history.jsonl")
    for row in _rows(folder / "queries.jsonl"):
        id_ = row["gold_doc"]
        spans = [(each["start"], each["end"]) for each in row["gold_spans"]]
        answers = [
            number
            for number, passage in passages.get(id_, [])
            for span in passage.spans
            if (own := loaded.span(passage.document_id, id_, span.start, span.end))
            and any(overlap(own, each) for each in spans)
        ]
        both = {"last turn": row["text"], "with history": joined[row["id"]][-LONGEST:]}
        for kind, text in both.items() if answers else ():
            yield Example(
                text, "en", "doc2dial", kind, part(id_), text,
                frozenset(answers), frozenset(passages.numbers(id_)), pool.gold(answers),
            )  # fmt: skip


def _articles(file: Path) -> list[list[str]]:
    """Return the paragraphs of each article of a declaration, its preamble first."""
    page = BeautifulSoup(file.read_text("utf-8"), "lxml")
    articles: list[list[str]] = []
    for each in page.find_all(["h1", "h2", "h3", "h4", "p"]):
        if each.name != "p":
            articles.append([])
        elif articles:
            articles[-1].append(each.get_text(" ", strip=True))
    return [article for article in articles if article]


def declaration(folder: Path, passages: Passages, pool: Pool) -> Iterator[Example]:
    """Yield the paragraphs of the Universal Declaration in other languages than English.

    Articles that are cut into other paragraphs than the English one are left out.
    """
    english = _articles(folder / f"{FILES['en'][0]}.html")
    for language, names in FILES.items():
        versions = [_articles(folder / f"{name}.html") for name in names if language != "en"]
        for number, (ours, theirs) in ((n, pair) for version in versions
                                       for n, pair in enumerate(zip(english, version, strict=False))
                                       if len(pair[0]) == len(pair[1])):  # fmt: skip
            answers = frozenset(passages.numbers(str(number)))
            for twin, text in zip(ours, theirs, strict=True):
                if answers and twin != text:
                    yield Example(text, language, "udhr", "article", "train", twin,
                                  answers, answers, pool.gold(answers))  # fmt: skip


def gathered(folder: Path, articles: Path, workspace: Path, log: Log) -> tuple[Pool, list[Example]]:
    """Ingest the sets and return their passages and examples.

    Args:
        folder: holds ``omosqa`` and ``doc2dial``.
        articles: the Universal Declaration, a file for each language.
        workspace: where the libraries are made.
        log: shows how far it is.
    """
    pool, examples = Pool(), list[Example]()
    settings = Settings(encoder=E5)
    english = enumerate(_articles(articles / f"{FILES['en'][0]}.html"))
    documents = {
        "omosqa": sets.documents(folder / "omosqa" / "corpus.en.jsonl"),
        "doc2dial": sets.documents(folder / "doc2dial" / "docs.jsonl"),
        "udhr": (sets.SetDocument(str(n), f"Article {n}", "\n".join(a)) for n, a in english),
    }
    for name, each in documents.items():
        material = Material(documents=tuple(each))
        with library_of(name, material, settings, workspace, log) as loaded:
            passages = pool.add(name, loaded)
            if name == "omosqa":
                examples += omosqa(folder / name, pool, passages)
            elif name == "doc2dial":
                examples += doc2dial(folder / name, pool, passages, loaded)
            else:
                examples += declaration(articles, passages, pool)
    return pool, examples
