"""Write ``docs/evaluation.md`` from the JSON of a run.

    gendergpt eval ../shared/evalsets ../shared/questions --out RUNS --workspace WORK
    python benchmarks/evaluation_page.py RUNS/eval-….json [--page FILE]

Where ``token-vectors.json`` lies beside the run (see ``token_vectors.py``), the page tells of it.
Nothing is tuned on scifact; it only measures.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gendergpt.evaluation import table
from gendergpt.evaluation.beir import RETRIEVAL
from gendergpt.evaluation.figures import OURS
from gendergpt.evaluation.metrics import F1, NDCG, PRECISION, RECALL
from gendergpt.evaluation.sources import FOUND, LABEL, PAGE, QUOTATIONS
from gendergpt.types import Stage

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "docs" / "evaluation.md"
_TOKENS = "token-vectors.json"

_TEXT = """# Evaluation

<!-- Made by `python benchmarks/evaluation_page.py RUN.json`. Do not edit by hand. -->

How well the passage that is shown is the one that answers, and how often a no is a no, on sets that
nobody on this project wrote. Each set goes through the same ingest and the same `assistant.search`
and `assistant.ask` that a user has.

Measured on {date}: profile {profile} ({asked}), encoder {encoder} in {precision},
{versions}.
Brackets hold 95 % intervals (percentile bootstrap over the questions, 10,000 resamples), n is how
many questions or quotations were counted. Trial figures were measured by this project on the same
copies; scifact is never tuned on. What questions go through besides the encoder was trained on the
part `train` of omosqa and on two thirds of doc2dial's documents, which the retrieval figures of
these two sets include: there they are somewhat too good. Answer sentences and refusals are measured
on the part `dev` alone.

## Goals and figures

{goals}
{missing}
Plain LangChain is what a tutorial does with the same files: `RecursiveCharacterTextSplitter` (1,000
characters, 200 overlap), `HuggingFaceEmbeddings` over all-MiniLM-L6-v2 in fp32, Chroma, similarity
search. It knows no history and gets all turns in one; it always answers, with its nearest chunk. In
retrieval, a document's rank is that of its best passage or chunk among the first 50; on doc2dial a
hit counts when it shares characters with the gold span.

{sections}
## How to measure

- This page: `gendergpt eval ../shared/evalsets ../shared/questions --out RUNS --workspace WORK`,
  then `python benchmarks/evaluation_page.py RUNS/eval-….json`. The run took {minutes} minutes.
- A first look: `make eval`, which is `gendergpt eval … --profile quick --out eval-output`: samples
  of each set within ten minutes on two cores, without scifact, cranfield, squad2_dev and the larger
  PDFs.
- One or several sets: `gendergpt eval PATH… [--sample N] [--language LL] [--no-plain]`
  (needs `pip install 'gendergpt[eval]'`). `--workspace` keeps the libraries for the next run.
  With `--out` each run leaves a dated JSON and a page with plots, and is compared with the last run
  that asked as many questions.
- A set of your own is a folder with `corpus.jsonl` (`id`, `title`, `text`), `queries.jsonl` (`id`,
  `text`) and `qrels.tsv` (query id, document id, relevance, tabs between, no header). The other
  sets are recognised by their files.
- Speed beside plain LangChain on the same files: `make bench`.

## Your own library

Whether a model or a setting is better for *your* documents, your own questions tell. Write them
into a file `my-questions.csv`, some of which your library should *not* answer:

```csv
question,cite,page,contains
Who may search a woman traveller?,Handbook on border checks,41,female officer
What does the manual say about uniforms?,Field manual|Dress code,,
What is the capital of Peru?,none,,
```

`cite` is the id or words of the title of the document that must be cited (`gendergpt library list`
shows both; with `|` between several, any of them will do), `none` where nothing should be. `page`
(as printed, or counted from 1) and `contains` (words that a quotation must hold) may be left out.

```sh
gendergpt eval my-questions.csv --library library
```

asks your library and prints what each question got, and the shares that are right with their
intervals; `--json` prints the same for programs. To compare another model, take a copy of the
library to it and ask again:

```sh
cp -r library other
GENDERGPT_ENCODER=/path/to/model gendergpt library reembed --library other
GENDERGPT_ENCODER=/path/to/model gendergpt eval my-questions.csv --library other
```

With fewer than fifty questions the intervals are wide: what lies inside them is no difference.
"""

_TOKEN_TEXT = """## What the small token vectors cost

MaxSim reads token vectors that are stored in 2 bits a dimension. The same candidates reranked with
the same token vectors as 32-bit floats, on scifact (`python benchmarks/token_vectors.py RUNS`):

{table}
"""


def main() -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("run", type=Path, help="JSON of a run of `gendergpt eval --out`")
    parser.add_argument("--page", type=Path, default=OUT, help="file to write")
    options = parser.parse_args()
    run = json.loads(options.run.read_text("utf-8"))
    beside = options.run.parent / _TOKENS
    tokens = json.loads(beside.read_text("utf-8")) if beside.is_file() else None
    options.page.write_text(rendered(run, tokens), "utf-8")
    print(f"Written: {options.page}")


def rendered(run: Mapping[str, Any], tokens: Mapping[str, Any] | None = None) -> str:
    """Return the page of a run's JSON; ``tokens`` is the content of ``token-vectors.json``."""
    lines = list(table.lines(run))
    sample = run["sample"]
    sections = [_stages(run), _refusals(run), _quotations(run), _times(run), _tokens(tokens)]
    return _TEXT.format(
        date=run["date"][:10],
        profile=run["profile"],
        asked="all questions" if sample is None else f"samples by {sample} questions",
        encoder=run["encoder"],
        precision=run["precision"],
        versions=", ".join(f"{name} {number}" for name, number in run["versions"].items()),
        goals=table.markdown(table.HEAD, [line.cells() for line in lines]),
        missing=_missing(run),
        sections="\n".join(each for each in sections if each),
        minutes=round(run["seconds"] / 60),
    )


def _missing(run: Mapping[str, Any]) -> str:
    left_out = [f"{name} ({why})" for name, why in run["skipped"].items()]
    return f"\nLeft out: {'; '.join(left_out)}.\n" if left_out else ""


def _stages(run: Mapping[str, Any]) -> str:
    """Return the steps of retrieval on sets for which they were measured."""
    parts = []
    for name, result in run["sets"].items():
        figures = [each for each in result["figures"] if each["task"] == RETRIEVAL]
        ways = list(dict.fromkeys(each["way"] for each in figures))
        if str(Stage.FUSED) in ways:
            parts.append(_steps(name, result, figures, ways))
    if not parts:
        return ""
    told = "\n\n".join(parts)
    return (
        f"## The steps of retrieval\n\n{told}\n\n"
        "A difference holds when its whole interval is on one side of zero.\n"
    )


def _steps(
    name: str, result: Mapping[str, Any], found: Sequence[Mapping[str, Any]], ways: Sequence[str]
) -> str:
    figures = {(each["way"], each["measure"]): each for each in found}
    measures = list(dict.fromkeys(measure for _, measure in figures))
    rows = [[way, *(table.interval(figures.get((way, m))) for m in measures)] for way in ways]
    gains = [
        [f"{each['way']} − {each['over']}", _signed(each)]
        for each in result["gains"]
        if each["measure"] == NDCG
    ]
    return (
        f"{name}: {result['documents']:,} documents, {result['passages']:,} passages.\n\n"
        f"{table.markdown(['order', *measures], rows)}\n\n"
        f"{table.markdown([f'difference in {NDCG}', 'paired bootstrap'], gains)}"
    )


def _refusals(run: Mapping[str, Any]) -> str:
    """Return precision, recall and F1 of refusing, and how well confidence orders questions."""
    rows = []
    for name, result in run["sets"].items():
        for curve in result["curves"]:
            figures = {
                each["measure"]: each
                for each in result["figures"]
                if each["task"] == curve["task"] and each["way"] == OURS
            }
            cells = [table.interval(figures.get(each)) for each in (PRECISION, RECALL, F1)]
            sure = [f"{curve['aurc']:.3f}", f"{curve['auroc']:.3f}", curve["confidence"]]
            rows.append([f"{name}, {curve['task']}", *cells, *sure])
    if not rows:
        return ""
    head = ["refusals", PRECISION, RECALL, F1, "AURC", "AUROC", "ordered"]
    return (
        f"## When it says no\n\n{table.markdown(head, rows)}\n\n"
        "AURC is the area under risk by coverage (the share of unanswerable ones among the\n"
        "surest questions; the lower the better), AUROC how often an answerable question is\n"
        "surer than an unanswerable one.\n"
    )


def _quotations(run: Mapping[str, Any]) -> str:
    """Return how many quotations stand where they say, by set."""
    rows = []
    for name, result in run["sets"].items():
        figures = {e["measure"]: e for e in result["figures"] if e["task"] == QUOTATIONS}
        if figures:
            rows.append([name, *(table.interval(figures.get(e)) for e in (FOUND, PAGE, LABEL))])
    if not rows:
        return ""
    return (
        f"## Quotations\n\n{table.markdown(['set', FOUND, PAGE, LABEL], rows)}\n\n"
        "Looked up in the set's own text, or in the PDF as PyMuPDF reads it, letters and digits "
        "alone.\n"
    )


def _times(run: Mapping[str, Any]) -> str:
    rows = [
        [name, each["what"], each["way"], f"{each['median_ms']:.0f}", f"{each['p95_ms']:.0f}"]
        for name, result in run["sets"].items()
        for each in result["latencies"]
    ]
    head = ["set", "what", "way", "median ms", "95 % within ms"]
    return f"## Time\n\n{table.markdown(head, rows)}\n" if rows else ""


def _tokens(tokens: Mapping[str, Any] | None) -> str:
    if tokens is None:
        return ""
    rows = [
        [form, str(tokens["bytes_a_token"][form]), _plain(estimate)]
        for form, estimate in tokens["forms"].items()
    ]
    rows.append(["2 bits − fp32", "", _signed(tokens["difference"])])
    head = ["token vectors", "bytes a token", NDCG]
    return _TOKEN_TEXT.format(table=table.markdown(head, rows))


def _plain(estimate: Mapping[str, float]) -> str:
    return f"{estimate['value']:.3f} [{estimate['low']:.3f}, {estimate['high']:.3f}]"


def _signed(estimate: Mapping[str, float]) -> str:
    return f"{estimate['value']:+.3f} [{estimate['low']:+.3f}, {estimate['high']:+.3f}]"


if __name__ == "__main__":
    main()
