from __future__ import annotations

import io
import json
import sys
from math import log2
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from gendergpt import Settings
from gendergpt.errors import UnavailableError, UsageError
from gendergpt.evaluation import evaluate, metrics, render, sets
from gendergpt.evaluation.metrics import Estimate
from gendergpt.evaluation.report import EvalReport, StageResult, changes, latest, markdown, shown
from gendergpt.readers.markdown import MarkdownReader

DOCUMENTS = [
    ("a", "Searching travellers", "A woman is searched by a woman officer. The search is private."),
    ("b", "Recruiting officers", "Border services recruit more women through open competitions."),
    (
        "c",
        "Training",
        "Recruits learn to recognise victims of trafficking during their first year.",
    ),
    ("d", "Complaints", "An external body receives complaints about the conduct of border guards."),
    (
        "e",
        "Cross-border traders",
        "Women who trade across the border report bribes and harassment.",
    ),
    ("f", "Data", "Statistics on crossings are broken down by sex and age."),
    ("g", "Uniforms", "Uniforms are issued in sizes that fit every member of the service."),
    ("h", "Interpreters", "Interviews take place with an interpreter of the sex one prefers."),
    ("i", "Budgets", "A tenth of the budget is set aside for equality measures."),
    ("j", "Child care", "Shifts are planned so that parents can take care of their children."),
    (
        "k/1",
        "Patrols",
        "# Not a heading: *mixed* patrols [talk](x) with <b>villagers</b> & farmers.",
    ),
    ("l", "", "Radio sets of the harbour police are serviced every spring."),
]
QUERIES = {
    "1": ("Which officer searches women travellers?", "a"),
    "2": ("victims of trafficking in training", "c"),
    "3": ("where can one complain about border guards", "d"),
    "4": ("mixed patrols talk with villagers", "k/1"),
    "5": ("servicing of radio sets", "l"),
}


def write_set(folder: Path) -> Path:
    folder.mkdir(parents=True)
    rows = [{"id": id_, "title": title, "text": text} for id_, title, text in DOCUMENTS]
    (folder / "corpus.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    asked = [{"id": id_, "text": text} for id_, (text, _) in QUERIES.items()]
    asked.append({"id": "9", "text": "no document is judged for this one"})
    (folder / "queries.jsonl").write_text("\n".join(map(json.dumps, asked)), "utf-8")
    judged = [f"{id_}\t{document}\t1" for id_, (_, document) in QUERIES.items()]
    (folder / "qrels.tsv").write_text("\n".join(judged), "utf-8")
    return folder


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[EvalReport, EvalReport, Path, str]:
    """Return two reports of the same set, the folder of their JSON, and what was printed."""
    folder = tmp_path_factory.mktemp("evaluation")
    judged, out = write_set(folder / "tiny"), folder / "out"
    printed = Console(file=io.StringIO(), width=160)
    settings = Settings(library=folder / "untouched")
    first = evaluate([judged], settings, out, workspace=folder / "kept", console=printed)
    second = evaluate([judged], settings, out, workspace=folder / "kept", console=printed)
    printed.print(render(second))
    assert isinstance(printed.file, io.StringIO)
    return first, second, out, printed.file.getvalue()


# --- through the real ingest and the real assistant ---------------------------------------------


@pytest.mark.slow
def test_every_stage_finds_what_the_tiny_set_asks_for(
    runs: tuple[EvalReport, EvalReport, Path, str],
) -> None:
    (result,) = runs[0].sets
    assert (result.documents, result.queries, result.quarantined) == (12, 5, 0)
    assert [stage.stage for stage in result.stages] == ["lexical", "dense", "fused", "reranked"]
    for stage in result.stages:
        assert stage.measures["hit@5"] == Estimate(1.0, 1.0, 1.0)
        assert stage.median_ms > 0
    reranked = result.stages[-1].measures
    assert reranked["nDCG@10"].value == pytest.approx(1.0)
    assert reranked["MRR@10"].value == pytest.approx(1.0)
    assert [(gain.stage, gain.over) for gain in result.gains][-1] == ("reranked", "fused")


@pytest.mark.slow
def test_json_is_written_and_compared_with_the_last_run(
    runs: tuple[EvalReport, EvalReport, Path, str],
) -> None:
    first, second, out, printed = runs
    assert first.path and second.path and len(list(out.glob("eval-*.json"))) == 2
    content = json.loads(Path(second.path).read_text("utf-8"))
    assert content == second.to_dict()
    assert content["encoder"] == "all-MiniLM-L6-v2" and content["precision"] in ("fp32", "bf16")
    assert content["versions"]["torch"] and content["sets"]["tiny"]["passages"] == 12
    assert first.previous is None and second.previous == Path(first.path).name
    assert second.changes == () and "No measure differs" in printed
    assert "reranked − dense" in printed


@pytest.mark.slow
def test_kept_library_is_used_again_and_the_users_is_left_alone(
    runs: tuple[EvalReport, EvalReport, Path, str],
) -> None:
    first, second, out, _ = runs
    assert first.sets[0].ingest_seconds is not None and second.sets[0].ingest_seconds is None
    assert not (out.parent / "untouched").exists()


# --- measures and intervals ----------------------------------------------------------------------


def test_measures_of_perfect_and_imperfect_rankings() -> None:
    qrels = {"perfect": {"a": 1}, "third": {"a": 1}, "both": {"a": 1, "b": 1}, "none": {"a": 1}}
    rankings = {
        "perfect": ["a", "b"],
        "third": ["x", "y", "a"],
        "both": ["x", "a", "y", "z", "w", "v", "b"],
        "unjudged": ["a"],
    }
    values = metrics.by_query(qrels, rankings)
    both = (1 / log2(3) + 1 / log2(8)) / (1 + 1 / log2(3))
    assert values["nDCG@10"] == pytest.approx([1.0, 0.5, both, 0.0])
    assert values["hit@5"] == pytest.approx([1.0, 1.0, 1.0, 0.0])
    assert values["MRR@10"] == pytest.approx([1.0, 1 / 3, 1 / 2, 0.0])


def test_ranks_beyond_the_cutoffs_count_nothing() -> None:
    ranking = [f"x{number}" for number in range(10)] + ["a"]
    values = metrics.by_query({"q": {"a": 1}}, {"q": ranking})
    assert {name: value.tolist() for name, value in values.items()} == {
        "nDCG@10": [0.0],
        "hit@5": [0.0],
        "MRR@10": [0.0],
    }


def test_bootstrap_interval_is_that_of_the_normal_approximation() -> None:
    values = np.array([0.0, 1.0] * 200)
    estimate = metrics.mean(values)
    error = 1.96 * 0.5 / np.sqrt(400)
    assert estimate.value == 0.5
    assert (estimate.low, estimate.high) == pytest.approx((0.5 - error, 0.5 + error), abs=0.005)
    assert metrics.mean(values) == estimate


def test_paired_difference_sees_what_unpaired_intervals_hide() -> None:
    theirs = np.linspace(0.0, 0.9, 300)
    ours = theirs + 0.02
    gain = metrics.difference(ours, theirs)
    assert (gain.value, gain.low, gain.high) == pytest.approx((0.02, 0.02, 0.02))
    assert metrics.mean(ours).low < metrics.mean(theirs).high
    with pytest.raises(ValueError, match="same queries"):
        metrics.difference(ours, theirs[:-1])


def test_missing_metrics_library_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ir_measures", None)
    with pytest.raises(UnavailableError, match=r"gendergpt\[eval\]"):
        metrics.require()


# --- sets ----------------------------------------------------------------------------------------


def test_documents_are_data_not_markup(tmp_path: Path) -> None:
    for id_, title, text in DOCUMENTS:
        (tmp_path / "x.md").write_text(sets.markdown(sets.SetDocument(id_, title, text)), "utf-8")
        reading = MarkdownReader().read(tmp_path / "x.md")
        assert reading.title == (title or None)
        assert text in reading.pages[0].text


def test_front_matter_and_numbers_at_a_line_start_are_data(tmp_path: Path) -> None:
    text = "1. First\n- second\n    indented\n> quoted\n| a | b |\n---\n+++"
    document = sets.SetDocument("x", "--- 3) a `title`\nin two lines", text)
    (tmp_path / "x.md").write_text(sets.markdown(document), "utf-8")
    reading = MarkdownReader().read(tmp_path / "x.md")
    assert reading.title == "--- 3) a `title` in two lines"
    assert reading.pages[0].text.split()[-len(text.split()) :] == text.split()


def test_english_files_stand_in_for_plain_names(tmp_path: Path) -> None:
    judged = write_set(tmp_path / "tiny")
    (judged / "corpus.jsonl").rename(judged / "corpus.en.jsonl")
    (judged / "corpus.de.jsonl").write_text("not read", "utf-8")
    assert len(sets.load(judged).documents) == 12


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("corpus.jsonl", None, r"no corpus\.jsonl \(there is none\)"),
        ("queries.jsonl", None, r"no queries\.jsonl"),
        ("qrels.tsv", None, r"no qrels\.tsv"),
        ("corpus.jsonl", "{broken", "line 1 is no JSON"),
        ("queries.jsonl", '{"id": "1"}', "line 1 has no 'text'"),
        ("queries.jsonl", '["1"]', "line 1 has no 'id'"),
        ("qrels.tsv", "1 a 1", "line 1 is not 'query id, document id, relevance'"),
        ("qrels.tsv", "1\tzzz\t1", "unknown documents such as 'zzz'"),
        ("qrels.tsv", "77\ta\t1", "fits no query"),
    ],
)
def test_a_folder_that_is_no_set_is_told_what_is_wrong(
    tmp_path: Path, file: str, content: str | None, message: str
) -> None:
    judged = write_set(tmp_path / "tiny")
    (judged / file).unlink()
    if content is not None:
        (judged / file).write_text(content, "utf-8")
    with pytest.raises(UsageError, match=message):
        sets.load(judged)


def test_several_variants_of_a_file_are_named(tmp_path: Path) -> None:
    judged = write_set(tmp_path / "tiny")
    (judged / "queries.jsonl").rename(judged / "queries.de.jsonl")
    (judged / "queries.ru.jsonl").write_text("", "utf-8")
    with pytest.raises(UsageError, match=r"queries\.de\.jsonl, queries\.ru\.jsonl"):
        sets.load(judged)


def test_folders_that_cannot_be_measured(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is not a folder"):
        evaluate([tmp_path / "nowhere"])
    one, other = write_set(tmp_path / "x" / "tiny"), write_set(tmp_path / "y" / "tiny")
    with pytest.raises(UsageError, match="two sets are named 'tiny'"):
        evaluate([one, other])
    with pytest.raises(UsageError, match="no set was named"):
        evaluate([])


# --- the report -----------------------------------------------------------------------------------


def report(value: float) -> EvalReport:
    from gendergpt.evaluation.report import Gain, SetResult

    estimate = Estimate(value, value - 0.05, value + 0.05)
    stage = StageResult("dense", dict.fromkeys(metrics.MEASURES, estimate), 10.4)
    gains = (Gain("reranked", "dense", Estimate(0.01, -0.02, 0.04)),)
    result = SetResult("tiny", 12, 12, 5, 0, 1.0, 1.0, (stage,), gains)
    return EvalReport("2026-01-01T00:00:00", "m", "f", "fp32", {}, (result,))


def test_changes_name_what_moved_since_the_last_run() -> None:
    before = report(0.5).to_dict()
    assert list(changes(before, report(0.5))) == []
    moved = list(changes(before, report(0.6)))
    assert [(change.measure, change.before, change.now) for change in moved] == [
        (name, 0.5, 0.6) for name in metrics.MEASURES
    ]
    assert list(changes({"sets": {}}, report(0.6))) == []


def test_the_newest_usable_json_is_compared_with(tmp_path: Path) -> None:
    assert latest(tmp_path) is None
    (tmp_path / "eval-20260101-000000.json").write_text(json.dumps(report(0.5).to_dict()), "utf-8")
    (tmp_path / "eval-20260102-000000.json").write_text('{"form": 0}', "utf-8")
    (tmp_path / "eval-20260103-000000.json").write_text("{broken", "utf-8")
    found = latest(tmp_path)
    assert found is not None and found[0].name == "eval-20260101-000000.json"


def test_tables_show_values_with_their_intervals() -> None:
    table = markdown(report(0.5).sets[0])
    assert "| dense | 0.500 [0.450, 0.550] |" in table
    assert "| reranked − dense | +0.010 [-0.020, +0.040] |" in table
    assert shown(Estimate(0.7272, 0.68, 0.77)) == "0.727 [0.680, 0.770]"
