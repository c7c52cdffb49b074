"""What the small form of the token vectors costs: MaxSim over 2 bits a dimension against floats.

The same candidates, tokens and weights are scored twice; only the stored form differs. Floats are
made anew by encoding each candidate once, since the library does not keep them.

    python benchmarks/token_vectors.py RUNS [--workspace DIR]

measures on scifact and writes ``RUNS/token-vectors.json``, from which ``evaluation_page.py`` takes
it. Nothing is tuned on scifact; it only measures.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gendergpt.embedding import Encoder, SentenceTransformerEncoder
from gendergpt.evaluation import metrics, sets
from gendergpt.evaluation.libraries import Loaded, Material, library_of
from gendergpt.evaluation.log import Log
from gendergpt.evaluation.metrics import NDCG, Estimate
from gendergpt.evaluation.sets import EvalSet
from gendergpt.fusion import reciprocal_rank_fusion
from gendergpt.prepared import context
from gendergpt.rerank import maxsim, standardise
from gendergpt.retrieval import CANDIDATES, Query, Retriever
from gendergpt.settings import Settings
from gendergpt.tokens import quantise, restore, rotate
from gendergpt.types import Hit, Stage

Floats = NDArray[np.float32]
_BATCH = 256
SET = Path(__file__).resolve().parents[2] / "shared" / "evalsets" / "scifact"
FILE = "token-vectors.json"
FORMS: dict[str, Callable[[Floats], Floats]] = {
    "fp32": rotate,
    "2 bits": lambda tokens: restore(quantise(tokens)),
}


@dataclass
class _Asked:
    """A query with its fused candidates; ``late`` holds MaxSim scores by form, as they come."""

    query: Query
    hits: list[Hit]
    early: Floats
    late: dict[str, Floats]


@dataclass(frozen=True)
class Cost:
    """nDCG@10 of the reranked order by form, and the smaller form's minus the floats'."""

    forms: dict[str, Estimate]
    difference: Estimate
    bytes_a_token: dict[str, int]

    def to_dict(self) -> dict[str, object]:
        """Return what the JSON holds."""
        return {
            "forms": {form: estimate.to_dict() for form, estimate in self.forms.items()},
            "difference": self.difference.to_dict(),
            "bytes_a_token": self.bytes_a_token,
        }


def main() -> None:
    """Measure and write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("runs", type=Path, help="folder of the evaluation's runs")
    parser.add_argument("--workspace", type=Path, help="keep the library here and use it again")
    options = parser.parse_args()
    if not SET.is_dir():
        print(f"Nothing measured: the set is not here ({SET}).")
        return
    judged, settings, log = sets.load(SET), Settings(), Log()
    encoder = SentenceTransformerEncoder(settings.encoder, settings.precision)
    material = Material(documents=judged.documents)
    with (
        library_of(judged.name, material, settings, options.workspace, log) as loaded,
        log.bar("token vectors") as advance,
    ):
        found = cost(loaded, judged, encoder, advance)
    options.runs.mkdir(parents=True, exist_ok=True)
    path = options.runs / FILE
    path.write_text(json.dumps(found.to_dict(), indent=1) + "\n", "utf-8")
    print(f"Written: {path}")


def cost(
    loaded: Loaded, judged: EvalSet, encoder: Encoder, progress: Callable[[int, int], None]
) -> Cost:
    """Measure on a loaded set. ``progress`` is called with passages done and to do."""
    retriever = Retriever(loaded.assistant.library, encoder)
    asked = {id_: _ask(retriever, text) for id_, text in judged.queries.items()}
    wanted: dict[str, list[tuple[_Asked, int]]] = defaultdict(list)
    for each in asked.values():
        for place, hit in enumerate(each.hits):
            wanted[hit.passage.id].append((each, place))
    done = 0
    for hits in _batches([uses[0][0].hits[uses[0][1]] for uses in wanted.values()]):
        _score(hits, encoder, wanted)
        progress(done := done + len(hits), len(wanted))
    values = {form: _ndcg(loaded, judged, asked, form) for form in FORMS}
    width = len(next(iter(asked.values())).query.vector)
    return Cost(
        {form: metrics.mean(values[form]) for form in FORMS},
        metrics.difference(values["2 bits"], values["fp32"]),
        {"fp32": 4 * width, "2 bits": width // 4},
    )


def _ask(retriever: Retriever, text: str) -> _Asked:
    rankings = [
        retriever.search(text, CANDIDATES, stage=stage) for stage in (Stage.DENSE, Stage.LEXICAL)
    ]
    by_id = {hit.passage.id: hit for ranking in rankings for hit in ranking}
    ids = [[hit.passage.id for hit in ranking] for ranking in rankings]
    fused = reciprocal_rank_fusion(ids)[:CANDIDATES]
    hits = [by_id[each] for each, _ in fused]
    early = np.array([score for _, score in fused], np.float32)
    return _Asked(
        retriever.query(text),
        hits,
        early,
        {form: np.zeros(len(hits), np.float32) for form in FORMS},
    )


def _batches(hits: Sequence[Hit]) -> Iterator[Sequence[Hit]]:
    for start in range(0, len(hits), _BATCH):
        yield hits[start : start + _BATCH]


def _score(
    hits: Sequence[Hit], encoder: Encoder, wanted: dict[str, list[tuple[_Asked, int]]]
) -> None:
    """Encode passages as ingest does and score them for every query that has them."""
    texts = [f"{context(hit.document, hit.passage)}\n{hit.passage.text}" for hit in hits]
    for hit, encoding in zip(hits, encoder.encode(texts, "document"), strict=True):
        for form, small in FORMS.items():
            matrix = small(encoding.tokens)
            for each, place in wanted[hit.passage.id]:
                score = maxsim(each.query.tokens, each.query.weights, [matrix])[0]
                each.late[form][place] = score


def _ndcg(loaded: Loaded, judged: EvalSet, asked: dict[str, _Asked], form: str) -> metrics.Floats:
    rankings = {}
    for id_, each in asked.items():
        scores = 0.5 * standardise(each.early) + 0.5 * standardise(each.late[form])
        order = np.argsort(-scores, kind="stable")
        rankings[id_] = loaded.ranking([each.hits[place] for place in order])
    return metrics.by_query(judged.qrels, rankings)[NDCG]


if __name__ == "__main__":
    main()
