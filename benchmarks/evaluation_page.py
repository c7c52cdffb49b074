"""Measure retrieval on scifact and write ``docs/evaluation.md``.

    python benchmarks/evaluation_page.py [--workspace DIR]

Nothing is tuned on scifact; it only measures.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from benchmarks.token_vectors import Cost, cost
from gendergpt import Settings
from gendergpt.embedding import SentenceTransformerEncoder
from gendergpt.evaluation import EvalReport, evaluate, render, sets
from gendergpt.evaluation.metrics import NDCG
from gendergpt.evaluation.report import markdown, shown
from gendergpt.evaluation.run import library_of

ROOT = Path(__file__).resolve().parents[1]
SET = ROOT.parent / "shared" / "evalsets" / "scifact"
PAGE = ROOT / "docs" / "evaluation.md"

_TEXT = """# Evaluation

<!-- Made by `python benchmarks/evaluation_page.py`. Do not edit by hand. -->

How well retrieval finds what answers a question, on sets that nobody on this project wrote. Each
set goes through the same ingest and the same `assistant.search` that a user has.

## scifact

{documents} abstracts ({passages} passages), {queries} claims (the BEIR test part). A document's
rank is that of its best passage among the first 50. Encoder {encoder} in {precision}. We
choose no setting by these questions; but the rerank's weights (half fused rank, half MaxSim, words
by rarity) come from a proposal that had been tried on scifact, so the gain of the rerank is no
blind result. Brackets hold 95 % intervals: percentile bootstrap over the queries, 10,000 resamples.
The last column is the median time of a search; the machine may have had other work.

{table}
A difference holds when its whole interval is on one side of zero.

## What the small token vectors cost

MaxSim reads token vectors that are stored in 2 bits a dimension. The same candidates reranked with
the same token vectors as 32-bit floats, scifact again:

{cost}

## How to measure

- This page: `python benchmarks/evaluation_page.py`, measured on {date} with {versions}.
- One or several sets: `gendergpt eval PATH… [--out DIR] [--json]` (needs
  `pip install 'gendergpt[eval]'`). With `--out` each run leaves a dated JSON and is compared with
  the one before.
- A set is a folder with `corpus.jsonl` (`id`, `title`, `text`), `queries.jsonl` (`id`, `text`) and
  `qrels.tsv` (query id, document id, relevance, tabs between, no header).
- Speed beside a plain LangChain pipeline on the same files: `make bench`.
"""


def main() -> None:
    """Measure and write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--workspace", type=Path, help="keep the library here and use it again")
    workspace = parser.parse_args().workspace
    if not SET.is_dir():
        print(f"Nothing measured: the set is not here ({SET}).")
        return
    with tempfile.TemporaryDirectory(prefix="gendergpt-page-") as temporary:
        place = workspace or Path(temporary)
        console = Console(stderr=True)
        settings = Settings()
        report = evaluate([SET], settings, workspace=place, console=console)
        console.print(render(report))
        page = rendered(report, _cost(settings, place, console))
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page, "utf-8")
    print(f"Written: {PAGE}")


def _cost(settings: Settings, workspace: Path, console: Console) -> Cost:
    encoder = SentenceTransformerEncoder(settings.encoder, settings.precision)
    with (
        library_of(sets.load(SET), settings, workspace, console) as loaded,
        Progress(console=console, transient=True) as bar,
    ):
        task = bar.add_task("token vectors", total=None)
        return cost(
            loaded, encoder, lambda done, total: bar.update(task, completed=done, total=total)
        )


def rendered(report: EvalReport, small: Cost) -> str:
    """Return the page."""
    result = report.sets[0]
    rows = [["token vectors", "bytes a token", NDCG], ["---", "---", "---"]]
    rows += [
        [form, str(small.bytes_a_token[form]), shown(estimate)]
        for form, estimate in small.forms.items()
    ]
    rows.append(["2 bits − fp32", "", shown(small.difference, "+")])
    return _TEXT.format(
        documents=f"{result.documents:,}",
        passages=f"{result.passages:,}",
        queries=result.queries,
        encoder=report.encoder,
        precision=report.precision,
        table=markdown(result),
        cost="\n".join(f"| {' | '.join(row)} |" for row in rows),
        date=report.date[:10],
        versions=", ".join(f"{name} {number}" for name, number in report.versions.items()),
    )


if __name__ == "__main__":
    main()
