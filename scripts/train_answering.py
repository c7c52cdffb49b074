"""Train which lines of a document answer a question, and whether any does.

    python scripts/train_answering.py ../shared/evalsets/omosqa [--encoder NAME] [--library DIR]

Writes ``src/gendergpt/weights/answering.NAME.npz``, which :mod:`gendergpt.answering` reads.

Data: OMoS-QA (Kleinle, Prange and Friedrich, "OMoS-QA: A dataset for cross-lingual extractive
question answering in a German migration context", KONVENS 2024; CC BY 4.0), English questions and
pages, the part ``train`` alone. Thresholds are set by cross-validation over
pages. Every page is also shown without the lines that answer, as one that does not. The part
``dev`` is only measured. The seed is fixed; scikit-learn trains, numpy evaluates.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gendergpt.answering import FOLDER, document_row
from gendergpt.closely import Document, document, missing_names, view
from gendergpt.embedding import DEFAULT, SentenceTransformerEncoder
from gendergpt.evaluation import sets
from gendergpt.evidence import View, table
from gendergpt.forest import Forest
from gendergpt.ingestion import ingest
from gendergpt.library import Library
from gendergpt.questions import read
from gendergpt.retrieval import Retriever
from gendergpt.scoring import Source
from gendergpt.settings import Settings
from gendergpt.types import Span

Floats = NDArray[np.float32]
LANGUAGES = ("en",)
"""Of the questions; those in other languages made it worse for English."""
FOLDS = 5
SEED = 20201031
WITHOUT = 0.5
"""Weight of a page without the lines that answer."""
FOREIGN = 0.15
"""Weight of a question in another language than the page."""


@dataclass(frozen=True)
class Example:
    """A question with its page: the table of its lines, and which of them answer."""

    page: str
    language: str
    dev: bool
    answerable: bool
    weight: float
    seen: View
    rows: Floats
    gold: NDArray[np.bool_]
    covers: tuple[frozenset[int], ...] = ()
    wanted: frozenset[int] = frozenset()


def main() -> None:
    """Train and write the weights; print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("omosqa", type=Path)
    parser.add_argument("--encoder", default=DEFAULT)
    parser.add_argument("--library", type=Path, help="keep the library of the set's pages here")
    parser.add_argument("--languages", nargs="*", default=LANGUAGES)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = options.library or Path(folder)
        examples = list(_examples(options.omosqa, place, options.encoder, options.languages))
    train = [each for each in examples if not each.dev]
    chances, refusals = _held_out(train)
    english = [index for index, each in enumerate(train) if _judged(each)]
    take, share, found = _best_take([train[i] for i in english], [chances[i] for i in english])
    refuse, refused = _best_refuse([train[i] for i in english], refusals[english])
    print(f"cross-validated: take {take:.2f}, share {share:.2f}, {found}")
    print(f"cross-validated: refuse {refuse:.2f}, {refused}")
    forest = _forest(train)
    page = _page_model(train, chances)
    dev = [each for each in examples if each.dev and each.language == "en"]
    print("dev:", _measured(dev, forest, page, (take, share), refuse))
    arrays = {f"lines.{name}": value for name, value in _compact(forest).items()}
    arrays |= dict(zip(("mean", "scale", "weights", "bias"), page, strict=True))
    arrays |= {"take": take, "share": share, "refuse": refuse}
    path = FOLDER / f"answering.{options.encoder}.npz"
    np.savez_compressed(path, **arrays)
    print(f"{path}: {path.stat().st_size / 1e6:.2f} MB")


# --- examples ------------------------------------------------------------------------------------


def _examples(
    folder: Path, place: Path, encoder_name: str, languages: Sequence[str]
) -> Iterator[Example]:
    documents = list(sets.documents(folder / "corpus.en.jsonl"))
    sets.write(documents, place / "files")
    settings = Settings(library=place / "library", encoder=encoder_name)
    report = ingest([place / "files"], settings)
    ids = {
        documents[sets.position(row.path)].id: str(row.document_id)
        for row in (*report.added, *report.unchanged)
    }
    encoder = SentenceTransformerEncoder(encoder_name)
    library = Library(settings, encoder.fingerprint, encoder.name)
    pages = {row["id"]: row["lines"] for row in _rows(folder / "corpus.en.jsonl")}
    gold = {row["id"]: row["answer_lines"] for row in _rows(folder / "queries.en.jsonl")}
    retriever = Retriever(library, encoder)
    kept: dict[str, Document] = {}
    for language in languages:
        for row in _rows(folder / f"queries.{language}.jsonl"):
            page = f"en::{row['pid']}"
            if page not in kept:
                kept[page] = _document(library, ids[page])
            yield from _example(row, page, kept[page], pages[page], gold[row["id"]], library,
                                retriever)  # fmt: skip


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def _document(library: Library, document_id: str) -> Document:
    revision = library.ledger.revision(document_id)
    assert revision is not None, document_id
    stored = library.ledger.passages(revision[0])
    matrices = [library.tokens.read(revision[0], s.token_first, s.token_count) for s in stored]
    sources = [
        Source(s.passage, s.document, 1, tokens.vectors, tokens.starts, s.document.title)
        for s, tokens in zip(stored, matrices, strict=True)
    ]
    return document(sources, _page_text(library, document_id))


def _page_text(library: Library, document_id: str) -> Callable[[Span], str]:
    own = library.ledger.page_text(document_id, None) or ""
    return lambda span: own


def _example(
    row: dict[str, Any],
    page: str,
    lines: Document,
    texts: Sequence[str],
    answer: Sequence[int],
    library: Library,
    retriever: Retriever,
) -> Iterator[Example]:
    question = read(row["text"])
    query = retriever.query(question.asked)
    lexical = library.lexical
    absent = len(missing_names(question, lines))
    seen = view(query, lines, lexical.terms, lexical.rarity, absent)
    own = library.ledger.page_text(lines.sources[0].document.id, None) or ""
    places = _places(texts, own)
    wanted = frozenset(answer if row["answerable"] else ())
    covers = tuple(_covered(line.spans, places) for line in lines.lines)
    gold = np.array([_mostly(line.spans, [places[i] for i in wanted]) for line in lines.lines])
    foreign = row["lang"] != "en"
    whole = Example(
        page, row["lang"], row["split"] == "dev", bool(row["answerable"]),
        FOREIGN if foreign else 1.0, seen, table(seen), gold, covers, wanted,
    )  # fmt: skip
    yield whole
    if gold.any() and (~gold).sum() > 2 and not whole.dev:
        rest = _only(seen, ~gold)
        yield replace(
            whole, answerable=False, weight=WITHOUT * whole.weight, seen=rest, rows=table(rest),
            gold=np.zeros(int((~gold).sum()), bool), covers=(), wanted=frozenset(),
        )  # fmt: skip


def _judged(example: Example) -> bool:
    """Say whether an example is one of the set's own, in the pages' language."""
    return example.weight == 1.0


def _places(texts: Sequence[str], own: str) -> list[tuple[int, int]]:
    """Return where each line of the set's page stands in the library's page."""
    where = [place for place, character in enumerate(own) if not character.isspace()]
    bare = "".join(own[place] for place in where)
    lines = ["".join(text.split()) for text in texts]
    position = max(0, bare.find("".join(lines)))
    places = []
    for line in lines:
        end = position + len(line)
        places.append((where[position], where[end - 1] + 1) if line else (0, 0))
        position = end
    return places


def _shared(spans: Sequence[Span], place: tuple[int, int]) -> int:
    return sum(max(0, min(s.end, place[1]) - max(s.start, place[0])) for s in spans)


def _covered(spans: Sequence[Span], places: Sequence[tuple[int, int]]) -> frozenset[int]:
    """Return the set's lines of which the spans are at least half."""
    return frozenset(
        number
        for number, place in enumerate(places)
        if place[1] > place[0] and 2 * _shared(spans, place) >= place[1] - place[0]
    )


def _mostly(spans: Sequence[Span], places: Sequence[tuple[int, int]]) -> bool:
    length = sum(span.end - span.start for span in spans)
    return 2 * sum(_shared(spans, place) for place in places) >= length


def _only(seen: View, kept: NDArray[np.bool_]) -> View:
    """Return a view with some of its lines alone."""
    index = np.flatnonzero(kept).tolist()
    side = replace(seen.side, lines=[seen.side.lines[i] for i in index])
    return replace(
        seen,
        lines=[seen.lines[i] for i in index],
        passages=seen.passages[kept],
        opens=seen.opens[kept],
        terms=[seen.terms[i] for i in index],
        side=side,
    )


# --- learning ------------------------------------------------------------------------------------


def _folds(examples: Sequence[Example]) -> NDArray[np.int64]:
    pages = sorted({each.page for each in examples})
    order = np.random.default_rng(SEED).permutation(len(pages))
    fold = {pages[place]: number % FOLDS for number, place in enumerate(order)}
    return np.array([fold[each.page] for each in examples])


def _held_out(examples: Sequence[Example]) -> tuple[list[Floats], Floats]:
    """Return probabilities of lines and of answerable pages by models that have not seen them."""
    fold = _folds(examples)
    chances: list[Floats] = [np.zeros(0, np.float32)] * len(examples)
    for number in range(FOLDS):
        forest = _forest([examples[i] for i in np.flatnonzero(fold != number).tolist()])
        for index in np.flatnonzero(fold == number).tolist():
            chances[index] = _chances(forest, examples[index].rows)
    answerable = np.zeros(len(examples), np.float32)
    for number in range(FOLDS):
        known = np.flatnonzero(fold != number).tolist()
        page = _page_model([examples[i] for i in known], [chances[i] for i in known])
        for index in np.flatnonzero(fold == number).tolist():
            answerable[index] = _answerable(page, examples[index], chances[index])
    return chances, answerable


def _forest(examples: Sequence[Example]) -> Forest:
    from sklearn.ensemble import HistGradientBoostingClassifier

    rows = np.concatenate([each.rows for each in examples])
    gold = np.concatenate([each.gold for each in examples])
    weights = np.concatenate(
        [np.full(len(each.gold), each.weight / np.sqrt(len(each.gold))) for each in examples]
    )
    trees = HistGradientBoostingClassifier(
        max_iter=160, learning_rate=0.05, max_leaf_nodes=12, min_samples_leaf=60,
        l2_regularization=10, max_features=0.3, random_state=SEED,
    ).fit(rows, gold, sample_weight=weights)  # fmt: skip
    return _as_arrays(trees)


def _as_arrays(trees: Any) -> Forest:
    """Return the nodes of scikit-learn's trees in one row."""
    nodes = [trees_of_step[0].nodes for trees_of_step in trees._predictors]
    roots = np.cumsum([0] + [len(each) for each in nodes[:-1]])
    every = np.concatenate(nodes)
    offset = np.repeat(roots, [len(each) for each in nodes])
    leaf, own = every["is_leaf"].astype(bool), np.arange(len(every))
    return Forest(
        every["feature_idx"].astype(np.int64),
        every["num_threshold"].astype(np.float64),
        np.where(leaf, own, every["left"] + offset).astype(np.int64),
        np.where(leaf, own, every["right"] + offset).astype(np.int64),
        every["missing_go_to_left"].astype(bool),
        np.where(leaf, every["value"], 0.0).astype(np.float64),
        roots.astype(np.int64),
        float(np.ravel(trees._baseline_prediction)[0]),
        int(every["depth"].max()),
    )


def _compact(forest: Forest) -> dict[str, Any]:
    return {
        "features": forest.features.astype(np.uint8),
        "thresholds": forest.thresholds.astype(np.float32),
        "left": forest.left.astype(np.uint16),
        "right": forest.right.astype(np.uint16),
        "missing_left": forest.missing_left,
        "values": forest.values.astype(np.float32),
        "roots": forest.roots.astype(np.uint16),
        "baseline": forest.baseline,
        "depth": forest.depth,
    }


def _chances(forest: Forest, rows: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-forest.logits(rows))), np.float32)


Page = tuple[Floats, Floats, Floats, float]


def _page_model(examples: Sequence[Example], chances: Sequence[Floats]) -> Page:
    from sklearn.linear_model import LogisticRegression

    rows = np.stack(
        [document_row(e.seen, e.rows, c) for e, c in zip(examples, chances, strict=True)]
    )
    mean, scale = rows.mean(axis=0), rows.std(axis=0) + 1e-3
    weights = [each.weight if each.weight in (1.0, FOREIGN) else 0.3 * each.weight
               for each in examples]  # fmt: skip
    learnt = LogisticRegression(C=0.03, max_iter=2000).fit(
        (rows - mean) / scale, [each.answerable for each in examples], sample_weight=weights
    )
    return mean, scale, learnt.coef_[0].astype(np.float32), float(learnt.intercept_[0])


def _answerable(page: Page, example: Example, chances: Floats) -> float:
    mean, scale, weights, bias = page
    row = document_row(example.seen, example.rows, chances)
    return float(1 / (1 + np.exp(-(weights @ ((row - mean) / scale) + bias))))


# --- measuring -----------------------------------------------------------------------------------


def _f1(right: int, found: int, wanted: int) -> tuple[float, float, float]:
    return right / max(found, 1), right / max(wanted, 1), 2 * right / max(found + wanted, 1)


def _lines_figures(
    examples: Sequence[Example], chances: Sequence[Floats], limits: tuple[float, float]
) -> tuple[float, float, float]:
    take, share = limits
    right = found = wanted = 0
    for each, chance in zip(examples, chances, strict=True):
        if each.answerable:
            least = max(take, share * chance.max())
            chosen = frozenset().union(
                *(c for c, p in zip(each.covers, chance, strict=True) if p >= least)
            )
            right += len(chosen & each.wanted)
            found, wanted = found + len(chosen), wanted + len(each.wanted)
    return _f1(right, found, wanted)


def _best_take(
    examples: Sequence[Example], chances: Sequence[Floats]
) -> tuple[float, float, tuple[float, ...]]:
    tried = [(t, s) for t in np.arange(0.04, 0.5, 0.02) for s in np.arange(0.0, 0.7, 0.1)]
    figures = {limits: _lines_figures(examples, chances, limits) for limits in tried}
    take, share = best = max(tried, key=lambda limits: figures[limits][2])
    return float(take), float(share), figures[best]


def _refusal_figures(
    examples: Sequence[Example], answerable: Floats, refuse: float
) -> tuple[float, float, float]:
    refused = answerable < refuse
    open_ = np.array([not each.answerable for each in examples])
    return _f1(int((refused & open_).sum()), int(refused.sum()), int(open_.sum()))


def _best_refuse(
    examples: Sequence[Example], answerable: Floats
) -> tuple[float, tuple[float, ...]]:
    figures = {
        refuse: _refusal_figures(examples, answerable, refuse)
        for refuse in np.arange(0.3, 0.96, 0.02)
    }
    best = max(figures, key=lambda refuse: figures[refuse][2])
    return float(best), figures[best]


def _measured(
    examples: Sequence[Example],
    forest: Forest,
    page: Page,
    limits: tuple[float, float],
    refuse: float,
) -> dict[str, Any]:
    from sklearn.metrics import roc_auc_score

    chances = [_chances(forest, each.rows) for each in examples]
    answerable = np.array(
        [_answerable(page, e, c) for e, c in zip(examples, chances, strict=True)], np.float32
    )
    return {
        "lines": _lines_figures(examples, chances, limits),
        "refusal": _refusal_figures(examples, answerable, refuse),
        "auroc": float(roc_auc_score([each.answerable for each in examples], answerable)),
    }


if __name__ == "__main__":
    main()
