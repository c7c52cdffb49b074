from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from math import log2
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from gendergpt import Settings
from gendergpt.cli import main
from gendergpt.cli.output import USAGE
from gendergpt.errors import UnavailableError, UsageError
from gendergpt.evaluation import EvalReport, evaluate, kinds, metrics, render, sets
from gendergpt.evaluation.figures import OURS, SetResult
from gendergpt.evaluation.metrics import Estimate
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


LANGUAGES = {
    "en": "Which officer searches women travellers?",
    "de": "Who searches women travellers?",
}


def write_lines(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    path.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")


def write_pages(folder: Path) -> Path:
    """Write a set like omosqa, whose first page has three lines."""
    folder.mkdir(parents=True)
    rows = [{"id": f"en::{id_}", "title": title, "text": text} for id_, title, text in DOCUMENTS]
    rows[0]["text"] = "Searching travellers\nWomen officers search women.\nBuses leave at noon."
    write_lines(folder / "corpus.en.jsonl", rows)
    asked = {"pid": "a", "split": "dev"}
    for language, text in LANGUAGES.items():
        right = {"id": "1", "text": text, "answerable": True, "answer_lines": [1], **asked}
        wrong = {"id": "2", "text": "How much is a visa?", "answerable": False, "answer_lines": []}
        write_lines(folder / f"queries.{language}.jsonl", [right, wrong | asked])
    (folder / "qrels.en.tsv").write_text("1\ten::a\t1\n", "utf-8")
    return folder


def write_paragraphs(folder: Path) -> Path:
    """Write a set like xquad."""
    folder.mkdir(parents=True)
    rows = [{"id": f"en::{id_}", "title": title, "text": text} for id_, title, text in DOCUMENTS]
    write_lines(folder / "corpus.en.jsonl", rows)
    for language in ("en", "ru"):
        write_lines(folder / f"queries.{language}.jsonl", [{"id": "1", "text": "servicing radio"}])
    (folder / "qrels.en.tsv").write_text("1\ten::l\t1\n", "utf-8")
    return folder


def write_conversations(folder: Path) -> Path:
    """Write a set like doc2dial: the gold span of the second turn is in the second sentence."""
    folder.mkdir(parents=True)
    rows = [{"id": id_, "title": title, "text": text} for id_, title, text in DOCUMENTS]
    write_lines(folder / "docs.jsonl", rows)
    gold = {"gold_doc": "a", "gold_spans": [{"start": 43, "end": 65}]}
    said = [{"role": "user", "text": "searching women"}, {"role": "agent", "text": "By women."}]
    turns: list[dict[str, Any]] = [
        {"id": "d_1", "text": "Is the search of a traveller private?", "history": []},
        {"id": "d_3", "text": "Is the search private?", "history": said},
    ]
    write_lines(folder / "queries.jsonl", [turn | gold for turn in turns])
    return folder


def write_unanswerable(folder: Path) -> Path:
    """Write a set like squad2."""
    folder.mkdir(parents=True)
    rows = [{"id": id_, "title": title, "text": text} for id_, title, text in DOCUMENTS]
    write_lines(folder / "corpus.jsonl", rows)
    right = {"id": "1", "text": "Which officer searches women travellers?", "doc": "a"}
    wrong = {"id": "2", "text": "Who invented the telephone in Peru?", "doc": "a"}
    told = {"is_impossible": False, "answers": [{"text": "woman officer", "start": 0}]}
    write_lines(
        folder / "queries.jsonl", [right | told, wrong | {"is_impossible": True, "answers": []}]
    )
    return folder


def write_rewrites(folder: Path) -> Path:
    """Write a set like cast."""
    folder.mkdir(parents=True)
    first = {
        "id": "1_1",
        "history": [],
        "text": "What is a border?",
        "rewrite": "What is a border?",
    }
    then = {"id": "1_2", "history": ["What is a border?"], "text": "Who guards it?"}
    write_lines(folder / "turns.jsonl", [first, then | {"rewrite": "Who guards a border?"}])
    return folder


@dataclass
class Ran:
    """A run over tiny sets of all kinds, one over the first again, their folder, the print."""

    first: EvalReport
    second: EvalReport
    out: Path
    printed: str

    def set(self, name: str) -> SetResult:
        return next(result for result in self.first.sets if result.name == name)

    def value(self, name: str, task: str, measure: str) -> float:
        figure = self.set(name).figure(task, measure)
        assert figure is not None, (name, task, measure)
        return figure.estimate.value


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    folder = tmp_path_factory.mktemp("evaluation")
    sets_, out = folder / "sets", folder / "out"
    write_set(sets_ / "tiny")
    write_pages(sets_ / "pages")
    write_paragraphs(sets_ / "paragraphs")
    write_conversations(sets_ / "conversations")
    write_unanswerable(sets_ / "unanswerable")
    write_rewrites(sets_ / "rewrites")
    printed = Console(file=io.StringIO(), width=160)
    settings = Settings(library=folder / "untouched")
    first, second = (
        evaluate(each, settings, out, compare=False, workspace=folder / "kept", console=printed)
        for each in ([sets_], [sets_ / "tiny"])
    )
    printed.print(render(second))
    assert isinstance(printed.file, io.StringIO)
    return Ran(first, second, out, printed.file.getvalue())


# --- through the real ingest and the real assistant ---------------------------------------------


@pytest.mark.slow
def test_a_folder_of_sets_stands_for_all_of_them(ran: Ran) -> None:
    kinds_ = {result.name: result.kind for result in ran.first.sets}
    assert kinds_ == {
        "conversations": "conversations",
        "pages": "pages in several languages",
        "paragraphs": "questions in several languages",
        "rewrites": "follow-ups with rewrites",
        "tiny": "judged documents",
        "unanswerable": "unanswerable questions",
    }


@pytest.mark.slow
def test_every_stage_finds_what_the_tiny_set_asks_for(ran: Ran) -> None:
    result = ran.set("tiny")
    assert (result.documents, result.queries, result.quarantined) == (12, 5, 0)
    for way in (OURS, "lexical", "dense", "fused"):
        figure = result.figure("retrieval", "hit@5", way)
        assert figure is not None and figure.count == 5
        assert figure.estimate == Estimate(1.0, 1.0, 1.0), way
    assert {gain.over for gain in result.results.gains} == {"lexical", "dense", "fused"}
    (times,) = [each for each in result.latencies if each.way == OURS]
    assert times.count == 5 and 0 < times.median_ms <= times.p95_ms


@pytest.mark.slow
def test_each_language_is_a_task_and_sentences_are_lines(ran: Ran) -> None:
    assert ran.value("pages", "en → en", "nDCG@10") == 1.0
    assert ran.set("pages").figure("de → en", "hit@5") is not None
    assert ran.value("pages", "answer sentences", "recall") == 1.0
    assert ran.value("paragraphs", "en → en", "hit@5") == 1.0
    assert ran.set("paragraphs").figure("ru → en", "hit@5") is not None


@pytest.mark.slow
def test_spans_of_whole_documents_are_found_in_a_conversation(ran: Ran) -> None:
    for task in ("with history", "last turn alone", "turns joined", "first turns"):
        assert ran.value("conversations", task, "hit@5") == 1.0


@pytest.mark.slow
def test_refusals_and_short_answers(ran: Ran) -> None:
    assert ran.value("unanswerable", "refusal", "recall") == 1.0
    assert ran.value("unanswerable", "short answers", "gold answer in what is shown") == 1.0
    (curve,) = ran.set("unanswerable").results.curves
    assert curve.auroc == 1.0 and curve.risk[-1] == 0.5
    assert ran.value("unanswerable", "quotations", "found where they say") == 1.0


@pytest.mark.slow
def test_follow_ups_are_compared_with_their_rewrites(ran: Ran) -> None:
    assert ran.value("rewrites", "words taken from history", "recall") == 1.0
    assert ran.value("rewrites", "questions that need no history", "left as they are") == 1.0


@pytest.mark.slow
def test_json_is_written_and_compared_with_the_last_run(ran: Ran) -> None:
    assert ran.first.path and ran.second.path and len(list(ran.out.glob("eval-*.json"))) == 2
    content = json.loads(Path(ran.second.path).read_text("utf-8"))
    assert content == ran.second.to_dict()
    assert content["encoder"] and content["precision"] in ("fp32", "bf16")
    assert content["versions"]["torch"] and content["sets"]["tiny"]["passages"] == 12
    assert ran.first.previous is None and ran.second.previous == Path(ran.first.path).name
    assert ran.second.changes == () and "No figure differs" in ran.printed
    assert "nDCG@10: GenderGPT − dense" in ran.printed
    page = Path(ran.first.path).with_suffix(".html").read_text("utf-8")
    assert "<svg" in page and "Risk by coverage" in page


@pytest.mark.slow
def test_kept_library_is_used_again_and_the_users_is_left_alone(ran: Ran) -> None:
    assert all(result.ingest_seconds is not None for result in ran.first.sets)
    assert all(result.ingest_seconds is None for result in ran.second.sets)
    assert not (ran.out.parent / "untouched").exists()


@pytest.mark.slow
def test_own_questions_are_asked_of_the_users_library(
    ran: Ran, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    library = ran.out.parent / "kept" / "tiny" / "library"
    lines = ["question,cite,page,contains"]
    lines += [f"{QUERIES['1'][0]},searching travellers,,woman officer"]
    lines += [f"{QUERIES['1'][0]},uniforms,,", f"{QUERIES['1'][0]},searching travellers,7,"]
    lines += [f"{QUERIES['1'][0]},none,,", "Who invented the telephone in Peru?,none,,"]
    path = tmp_path / "my-questions.csv"
    path.write_text("\n".join(lines), "utf-8")
    assert main(["eval", str(path), "--library", str(library), "--json"]) == 0
    content = json.loads(capsys.readouterr().out)
    faults = [each["fault"] for each in content["questions"]]
    assert faults[0] is None and faults[1] == "another document is cited"
    assert faults[2] == "not cited from page 7"
    assert faults[3] == "something is cited, and nothing should be" and faults[4] is None
    assert content["questions"][0]["cited"] == ["Searching travellers"]
    shares = {each["measure"]: (each["value"], each["count"]) for each in content["figures"]}
    assert shares == {
        "cited": (pytest.approx(1 / 3, abs=1e-4), 3),
        "among the first five": (pytest.approx(2 / 3, abs=0.34), 3),
        "refused": (0.5, 2),
    }
    assert main(["eval", str(path), "--library", str(library)]) == 0
    printed = capsys.readouterr().out
    assert "another document is cited" in printed and "questions, cited: 0.333" in printed


@pytest.mark.slow
def test_own_questions_come_alone(tmp_path: Path) -> None:
    assert main(["eval", str(tmp_path / "one.csv"), str(tmp_path)]) == USAGE


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


def test_precision_recall_and_f1_are_pooled_over_queries() -> None:
    counts = np.array([[1, 2, 1], [0, 0, 3]], np.float64)
    found = metrics.detection(counts)
    assert found["precision"].value == 0.5
    assert found["recall"].value == 0.25
    assert found["F1"].value == pytest.approx(1 / 3)
    assert found["recall"].low == 0.0 and found["recall"].high == 1.0


def test_nothing_predicted_and_nothing_wanted_count_as_zero() -> None:
    found = metrics.detection(np.zeros((3, 3)))
    assert {name: each.value for name, each in found.items()} == dict.fromkeys(found, 0.0)
    assert metrics.ratio(np.array([1.0, 2.0]), np.array([2.0, 4.0])).value == 0.5


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
        evaluate([tmp_path / "nowhere"], compare=False)
    one, other = write_set(tmp_path / "x" / "tiny"), write_set(tmp_path / "y" / "tiny")
    with pytest.raises(UsageError, match="two sets are named 'tiny'"):
        evaluate([one, other], compare=False)
    with pytest.raises(UsageError, match="no set was named"):
        evaluate([], compare=False)
    with pytest.raises(UsageError, match="no profile 'slow'; the profiles are quick, full"):
        evaluate([one], profile="slow", compare=False)


def test_large_sets_are_left_to_the_full_profile(tmp_path: Path) -> None:
    judged = write_set(tmp_path / "large")
    rows = [{"id": str(number), "title": "", "text": "x"} for number in range(3000)]
    write_lines(judged / "corpus.jsonl", [*rows, *({"id": d[0], "text": d[2]} for d in DOCUMENTS)])
    report = evaluate([judged], profile="quick", compare=False)
    assert report.sets == ()
    assert "3,012 documents; --profile full" in report.skipped["large"]


def test_sets_of_other_languages_say_what_there_is(tmp_path: Path) -> None:
    folder = write_pages(tmp_path / "pages")
    with pytest.raises(UsageError, match="no questions in tr; there are: de, en"):
        sets.languages(folder, ["tr"])
    assert sets.named(folder, "de") == "pages-de"


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    folder = write_pages(tmp_path / "pages")
    (folder / "qrels.en.tsv").unlink()
    task = kinds.load(folder)
    assert task.queries == 2
    with pytest.raises(UsageError, match=r"qrels\.en\.tsv is not there"):
        sets.qrels(folder / "qrels.en.tsv")
