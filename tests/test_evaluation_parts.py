"""The parts of an evaluation that need no library: alignment, curves, tables, pages, own files."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.evaluation_page import rendered
from gendergpt.errors import UnavailableError, UsageError
from gendergpt.evaluation import confidence, own, page, plain, plots, risk, sources, table
from gendergpt.evaluation.alignment import align, bare, overlap
from gendergpt.evaluation.cast import compared
from gendergpt.evaluation.doc2dial import history
from gendergpt.evaluation.figures import OURS, PLAIN, Figure, Gain, Results, SetResult, latency
from gendergpt.evaluation.libraries import Material
from gendergpt.evaluation.metrics import HIT, NDCG, Estimate
from gendergpt.evaluation.omosqa import lines_in
from gendergpt.evaluation.published import GOALS
from gendergpt.evaluation.report import EvalReport, changes, latest, shown, written
from gendergpt.evaluation.sets import SetDocument
from gendergpt.evaluation.squad2 import holds
from gendergpt.types import Answer, Document, Outcome

# --- where things stand --------------------------------------------------------------------------


@given(st.text("ab-ﬁ \n1.", max_size=40), st.integers(0, 39), st.integers(0, 39))
def test_a_page_under_a_title_is_the_sets_text(text: str, one: int, other: int) -> None:
    heading = "Title\n\n"
    start, end = sorted((min(one, len(text)), min(other, len(text))))
    found = align(heading + text, text).span(start + len(heading), end + len(heading))
    letters = bare(text[start:end])[0]
    assert (found is None) == (letters == "")
    if found is not None:
        assert bare(text[slice(*found)])[0] == letters


def test_lines_that_are_not_on_the_page_are_left_out() -> None:
    text = "first line\nlost line\nthird line"
    aligned = align("FIRST  line third line", text)
    assert aligned.span(0, 11) == (0, 10)
    assert aligned.span(12, 22) == (21, 31)


def test_a_line_counts_when_half_of_it_or_of_the_quotation_is_in_it() -> None:
    text = "0123456789\nabcdefghij\n\nABCDEFGHIJ"
    assert lines_in(text, [(0, 5)]) == {0}
    assert lines_in(text, [(0, 12)]) == {0}
    assert lines_in(text, [(6, 9)]) == {0}
    assert lines_in(text, [(11, 33)]) == {1, 3}
    assert lines_in(text, []) == set()
    assert overlap((0, 5), (5, 9)) == 0


def test_quotations_are_made_of_stretches_in_order() -> None:
    page_, next_ = bare("The officer shall: (a) ask; (b) wait. Then")[0], bare("she signs it.")[0]
    assert sources.stands("The officer shall: (a) ask", [page_])
    assert not sources.stands("The officer shall: (b) wait", [page_])
    assert sources.stands("The officer shall: (b) wait", [page_, page_])
    assert sources.stands("Then she signs it.", [page_, next_])
    assert not sources.stands("Then she signs it.", [next_, page_])
    assert not sources.stands("The officer shall refuse", [page_, page_])


# --- what questions got --------------------------------------------------------------------------


def test_risk_by_coverage_of_a_perfect_and_a_useless_order() -> None:
    wrong = [False, False, True, True]
    perfect = risk.curve("t", "sure", [4, 3, 2, 1], wrong)
    assert perfect is not None
    assert perfect.coverage == (0.25, 0.5, 0.75, 1.0)
    assert perfect.risk == pytest.approx((0, 0, 1 / 3, 0.5))
    assert perfect.aurc == pytest.approx((1 / 3 + 0.5) / 4) and perfect.auroc == 1.0
    useless = risk.curve("t", "sure", [1, 1, 1, 1], wrong)
    assert useless is not None and set(useless.risk) == {0.5} and useless.auroc == 0.5
    assert risk.curve("t", "sure", [1, 2], [True, True]) is None


def test_confidence_is_the_answers_own_or_its_outcome(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [
        Answer("q", Outcome.ANSWERED, ""),
        Answer("q", Outcome.NOT_IN_LIBRARY, ""),
    ]

    def own_word(answer: object, name: str, default: object) -> object:
        return 0.1 if answer is answers[0] else 0.9

    (curve,) = confidence.curve("t", answers, [False, True]).curves
    if getattr(answers[0], "confidence", None) is None:
        assert curve.confidence == confidence.GRADE and curve.auroc == 1.0
    monkeypatch.setattr(confidence, "getattr", own_word, raising=False)
    (curve,) = confidence.curve("t", answers, [False, True]).curves
    assert curve.confidence == confidence.OWN and curve.auroc == 0.0
    assert "one kind" in confidence.curve("t", answers, [True, True]).notes[0]


def test_refusals_are_counted_against_the_labels() -> None:
    figures = risk.refusals("t", OURS, [True, True, False, False], [True, False, True, False])
    assert [(each.measure, each.estimate.value) for each in figures] == [
        ("precision", 0.5),
        ("recall", 0.5),
        ("F1", 0.5),
    ]


def test_rewrites_are_compared_by_the_words_that_were_added() -> None:
    turn = {"text": "Is it treatable?", "rewrite": "Is throat cancer treatable?"}
    assert compared(turn, "Is throat cancers treatable? What about lungs") == (2, 3, 2)
    assert compared(turn, "Is it treatable?") == (0, 0, 2)


def test_what_agents_say_goes_with_the_turn_before() -> None:
    said = [("agent", "Hello"), ("user", "a"), ("agent", "b"), ("agent", "c"), ("user", "d")]
    turns = history([{"role": role, "text": text} for role, text in said])
    assert [(turn.question, turn.answer.text) for turn in turns] == [("a", "b c"), ("d", "")]


def test_gold_answers_are_looked_for_in_what_is_shown() -> None:
    question = {"answers": [{"text": "every Spring"}, {"text": ""}]}
    assert holds(question, ["Serviced every spring."])
    assert not holds(question, ["Serviced every autumn."])
    assert not holds(question, [])


# --- the report and the page ---------------------------------------------------------------------


def report(value: float, sample: int | None = None) -> EvalReport:
    estimate = Estimate(value, value - 0.05, value + 0.05)
    results = Results(
        (
            Figure("retrieval", NDCG, OURS, estimate, 300),
            Figure("retrieval", NDCG, PLAIN, estimate, 300),
            Figure("retrieval", NDCG, "fused", estimate, 300),
        ),
        (Gain("retrieval", NDCG, OURS, "fused", Estimate(0.01, -0.02, 0.04)),),
        tuple(filter(None, [risk.curve("refusal", "sure", [1, 2], [True, False])])),
        ("a note <b>with markup</b>",),
    )
    times = (latency("search", OURS, [0.1, 0.2]),)
    result = SetResult("scifact", "judged", 12, 12, 300, 0, 1.0, 1.0, results, times)
    head = ("2026-01-01T00:00:00", "full", sample, "m", "f", "fp32", {"torch": "2"}, 60.0)
    return EvalReport(*head, (result,), {"wide": "too large"})


def test_changes_name_what_moved_since_the_last_run() -> None:
    before = report(0.5).to_dict()
    assert list(changes(before, report(0.5))) == []
    moved = list(changes(before, report(0.7)))
    assert [(change.way, change.before, change.now, change.beyond) for change in moved] == [
        (way, 0.5, 0.7, True) for way in (OURS, PLAIN, "fused")
    ]
    assert not next(changes(before, report(0.55))).beyond
    assert list(changes({"sets": {}}, report(0.6))) == []


def test_only_runs_of_as_many_questions_are_compared_with(tmp_path: Path) -> None:
    assert latest(tmp_path, None) is None
    first = written(report(0.5), tmp_path)
    assert written(report(0.6, sample=5), tmp_path).changes == ()
    third = written(report(0.7), tmp_path)
    assert first.path is not None and third.previous == Path(first.path).name
    assert len(third.changes) == 3
    (tmp_path / "eval-20270102-000000.json").write_text('{"form": 0}', "utf-8")
    (tmp_path / "eval-20270103-000000.json").write_text("{broken", "utf-8")
    found = latest(tmp_path, None)
    assert found is not None and found[0].name == Path(third.path or "").name


def test_the_page_asks_for_nothing_else_and_shows_no_markup_of_others(tmp_path: Path) -> None:
    written(report(0.5), tmp_path)
    run = written(report(0.77), tmp_path).to_dict()
    html = page.html(run)
    assert html.count("<svg") == 3
    assert "src=" not in html and "<script" not in html and "@import" not in html
    assert "<b>with markup</b>" not in html and "a note &lt;b&gt;" in html
    assert '<b class="yes">yes</b>' in html and "Since eval-" in html
    assert "wide (too large)" in html


def test_the_page_needs_matplotlib(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(UnavailableError, match=r"gendergpt\[eval\]"):
        plots.require()


def test_the_plain_way_names_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain, "find_spec", lambda name: None)
    with pytest.raises(UnavailableError, match=r"langchain-chroma.*gendergpt\[eval\].*--no-plain"):
        plain.require()


def test_goals_are_lines_only_for_sets_that_were_measured() -> None:
    (line,) = table.lines(report(0.77).to_dict())
    assert line.goal.set == "scifact" and line.goal.measure == NDCG
    assert line.cells()[1] == "0.76" and "BM25 0.679" in line.cells()[2]
    assert line.cells()[3] == "0.770 [0.720, 0.820], n = 300"
    assert line.goal.reached(0.76) and not line.goal.reached(0.7599)
    assert not next(goal for goal in GOALS if goal.above).reached(0.6)
    assert next(goal for goal in GOALS if goal.measure == HIT and goal.goal is None)
    assert table.interval(None) == "–"
    assert shown(Estimate(0.7272, 0.68, 0.77)) == "0.727 [0.680, 0.770]"


def test_docs_are_made_from_a_run() -> None:
    tokens = {
        "forms": {"fp32": {"value": 0.7, "low": 0.6, "high": 0.8}},
        "difference": {"value": 0.0, "low": -0.1, "high": 0.1},
        "bytes_a_token": {"fp32": 1536},
    }
    text = rendered(report(0.77).to_dict(), tokens)
    assert "| scifact nDCG@10 | 0.76 |" in text and "0.770 [0.720, 0.820], n = 300" in text
    assert "| GenderGPT − fused | +0.010 [-0.020, +0.040] |" in text
    assert "| fp32 | 1536 | 0.700 [0.600, 0.800] |" in text
    assert "Left out: wide (too large)." in text
    assert "small token vectors" not in rendered(report(0.77).to_dict())


# --- a user's own questions ----------------------------------------------------------------------

LIBRARY = [
    Document("id-1", "Handbook on border checks"),
    Document("id-2", "Handbook on training"),
    Document("id-3", "Training"),
]


def questions(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "my-questions.csv"
    path.write_text("\n".join(lines), "utf-8")
    return path


def test_documents_are_named_by_id_title_or_words_of_it(tmp_path: Path) -> None:
    path = questions(
        tmp_path,
        "question,cite,page,contains",
        "One?,id-2,,",
        '"Two, or three?",border checks|id-3,xiv,female officer',
        "Four?,TRAINING,,",
        "Five?,none,,",
        "Six?,,,",
    )
    wanted = own.read(path, LIBRARY)
    assert [(each.line, sorted(each.documents)) for each in wanted] == [
        (2, ["id-2"]),
        (3, ["id-1", "id-3"]),
        (4, ["id-3"]),
        (5, []),
        (6, []),
    ]
    assert (wanted[1].page, wanted[1].contains) == ("xiv", "female officer")
    assert own.read(questions(tmp_path, "question,cite", "A?,id-1"), LIBRARY)[0].page is None


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["question", "One?"], r"line 1 has no column 'cite'"),
        (["question,cite,colour", "One?,id-1,red"], r"line 1 has an unknown column 'colour'"),
        (["question,cite", "One?,id-1", "Two?,handbook"], r"line 3: 'handbook' stands in 2 titles"),
        (["question,cite", "One?,id-9"], r"line 2: the library holds no document 'id-9'"),
        (["question,cite", ",id-1"], r"line 2 has no question"),
        (["question,cite", "One, or two?,id-1"], r"line 2 has more values .* double quotes"),
        (["question,cite", "One?"], r"line 2 has fewer values"),
        (["question,cite", '"One?"x,id-1'], r"line 2: .*expected"),
        (["question,cite"], r"holds no question"),
        ([], r"line 1 has no column 'question'"),
    ],
)
def test_a_bad_file_is_told_by_its_line(tmp_path: Path, lines: list[str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        own.read(questions(tmp_path, *lines), LIBRARY)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        own.read(tmp_path / "nowhere.csv", LIBRARY)
    path = tmp_path / "other.csv"
    path.write_bytes("question,cite\nÄ?,id-1".encode("latin-1"))
    with pytest.raises(UsageError, match="UTF-8"):
        own.read(path, LIBRARY)


# --- the plain way -------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.skipif(bool(plain.missing()), reason=f"not installed: {plain.missing()}")
@pytest.mark.filterwarnings("ignore")
def test_the_plain_way_finds_chunks_and_is_kept(tmp_path: Path) -> None:
    long = "Radio sets are serviced in spring. " * 50
    material = Material(
        documents=(SetDocument("a", "Radio", long), SetDocument("b", "", "Women search women."))
    )
    made = plain.make(material, tmp_path / "plain")
    kept = plain.make(material, tmp_path / "plain")
    for way in (made, kept):
        (first,) = way.search("Who searches women?", 1)
        assert (first.document, first.text, first.page) == ("b", "Women search women.", None)
        chunks = way.search("radio", 3, "a")
        assert {chunk.document for chunk in chunks} == {"a"}
        assert all(long[max(0, c.start) : max(0, c.end)] in c.text for c in chunks)


def test_the_json_of_a_report_is_json() -> None:
    content: dict[str, Any] = json.loads(json.dumps(report(0.5).to_dict()))
    assert content["sets"]["scifact"]["curves"][0]["confidence"] == "sure"
