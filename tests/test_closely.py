from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from gendergpt import evidence
from gendergpt.answering import Model, Verdict, model
from gendergpt.closely import MOST_WORDS, choose_lines, document, view
from gendergpt.embedding import DEFAULT
from gendergpt.evidence import View, shifted, summary, table
from gendergpt.questions import read
from gendergpt.retrieval import Query
from gendergpt.scoring import Source
from gendergpt.types import Document, Passage, Sentence, Span

LINES = (
    "Opening hours",
    "Monday to Friday 9:00 - 12:00",
    "The office advises families.",
    "Ask for Ms Müller.",
)
OWN = "\n".join(LINES) + "\n" + "x" * 130


def vectors(count: int, seed: int) -> evidence.Floats:
    made = np.random.default_rng(seed).standard_normal((count, 8)).astype(np.float32)
    return np.asarray(made / np.linalg.norm(made, axis=1, keepdims=True), np.float32)


def source(lines: tuple[str, ...] = LINES, start: int = 0, name: str = "p") -> Source:
    text = " ".join(lines)
    span = Span(None, start, start + len(text))
    passage = Passage(name, "d", text, (span,), ("Office",), (Sentence(0, len(text), (span,)),))
    starts = np.array([-1, *range(0, len(text), 4)], np.int16)
    return Source(passage, Document("d", "Office"), 1, vectors(len(starts), 1), starts, "Office")


def query(text: str = "When is the office open?") -> Query:
    words = ((0, 4), (5, 7), (8, 11))
    tokens = vectors(3, 2)
    return Query(text, vectors(1, 3)[0], tokens, np.array([0.1, 0.1, 2], np.float32), words)


def analyse(text: str) -> list[str]:
    return text.lower().split()


def rarity(terms: object) -> dict[str, float]:
    return {"office": 2.0, "open?": 3.0}


def seen() -> View:
    return view(query(), document([source()], lambda span: OWN), analyse, rarity, 0)


@dataclass(frozen=True)
class Fixed:
    """A model with a settled opinion."""

    lines: tuple[float, ...]
    answerable: float = 0.9
    refuse: float = 0.5
    views: list[View] = field(default_factory=list)

    def least(self, lines: evidence.Floats) -> float:
        return 0.3

    def judge(self, view: View) -> Verdict:
        self.views.append(view)
        return Verdict(np.array(self.lines, np.float32), self.answerable)


def chosen(fixed: Fixed, text: str = "When is the office open?", **more: object) -> list[str]:
    lines = document([source()], lambda span: OWN)
    asked: Model = fixed  # type: ignore[assignment]
    choice = choose_lines(read(text), query(text), lines, asked, analyse, rarity, **more)  # type: ignore[arg-type]
    assert choice.confidence == pytest.approx(fixed.answerable)
    return [piece.text for piece in choice.quotes]


def test_neighbouring_lines_are_one_quotation() -> None:
    assert chosen(Fixed((0.5, 0.9, 0.1, 0.4))) == [" ".join(LINES[:2]), LINES[3]]


def test_quotations_know_their_place() -> None:
    lines = document([source()], lambda span: OWN)
    asked: Model = Fixed((0.5, 0.9, 0.1, 0.1))  # type: ignore[assignment]
    (piece,) = choose_lines(read("When?"), query(), lines, asked, analyse, rarity).quotes
    (span,) = piece.spans
    assert OWN[span.start : span.end] == "\n".join(LINES[:2])


def test_the_best_line_is_quoted_though_none_is_sure() -> None:
    assert chosen(Fixed((0.01, 0.2, 0.1, 0.1))) == [LINES[1]]


def test_a_document_that_does_not_answer_is_not_quoted() -> None:
    assert chosen(Fixed((0.5, 0.9, 0.1, 0.4), answerable=0.4)) == []


def test_what_was_told_a_moment_ago_gives_way() -> None:
    told = [" ".join(LINES[:2])]
    assert chosen(Fixed((0.5, 0.5, 0.1, 0.4)), told=told) == [LINES[3]]


def test_names_that_the_document_lacks_are_counted_and_told() -> None:
    fixed = Fixed((0.5, 0.9, 0.1, 0.4))
    lines = document([source()], lambda span: OWN)
    text = "When did Frontex open the office in 2019?"
    choice = choose_lines(read(text), query(text), lines, fixed, analyse, rarity)  # type: ignore[arg-type]
    assert "2019" in choice.missing
    assert fixed.views[0].absent == len(choice.missing)


def test_no_more_is_quoted_than_can_be_read() -> None:
    long = ("word " * 90 + "end.",) * 6
    own = "\n".join(long)
    lines = document([source(long)], lambda span: own)
    asked: Model = Fixed((0.9,) * 6)  # type: ignore[assignment]
    quotes = choose_lines(read("When?"), query(), lines, asked, analyse, rarity).quotes
    assert 300 < sum(len(piece.text.split()) for piece in quotes) <= MOST_WORDS


def test_an_empty_document_answers_nothing() -> None:
    asked: Model = Fixed(())  # type: ignore[assignment]
    nothing = document([], lambda span: OWN)
    assert choose_lines(read("When?"), query(), nothing, asked, analyse, rarity).quotes == ()


def test_passages_are_put_in_reading_order() -> None:
    behind = source(("Later.",), start=500, name="q")
    read_in_order = document([behind, source()], lambda span: OWN + " " * 400 + "Later.")
    assert [each.passage.id for each in read_in_order.sources] == ["p", "q"]


def test_the_table_sees_words_that_question_and_line_share() -> None:
    view = seen()
    rows = table(view)
    assert rows.shape[0] == len(LINES)
    fuller = replace(view, terms=[["open?"], *view.terms[1:]])
    first = evidence._SHARED.start
    assert table(fuller)[0, first] > rows[0, first]


def test_a_line_like_the_question_has_the_best_late_interaction() -> None:
    view = seen()
    same = replace(view.side, lines=[view.side.tokens, *view.side.lines[1:]])
    late = table(replace(view, side=same))[:, evidence._LATE.start]
    assert late.argmax() == 0
    assert late[0] == pytest.approx(1, abs=1e-5)


def test_lines_without_tokens_are_worst_not_wrong() -> None:
    view = seen()
    empty = replace(view.side, lines=[view.side.lines[0][:0], *view.side.lines[1:]])
    rows = table(replace(view, side=empty))
    assert rows[:, evidence._LATE.start].argmin() == 0
    assert not np.isnan(rows[:, :100]).all(axis=0).any()


def test_neighbours_beyond_the_ends_are_missing() -> None:
    rows = np.arange(3, dtype=np.float32)[:, None]
    assert shifted(rows, 1)[:2, 0].tolist() == [1, 2]
    assert np.isnan(shifted(rows, 1)[2, 0])
    assert np.isnan(shifted(rows, 5)).all()


def test_the_shipped_model_judges() -> None:
    learnt = model(DEFAULT)
    assert learnt is not None
    verdict = learnt.judge(seen())
    assert verdict.lines.shape == (len(LINES),)
    assert 0 <= verdict.answerable <= 1
    assert len(summary(seen(), table(seen()))) + 3 == len(learnt.weights)


def test_a_line_must_come_near_the_best() -> None:
    learnt = model(DEFAULT)
    assert learnt is not None
    best = 0.9
    assert learnt.least(np.array([0.1, best], np.float32)) == pytest.approx(learnt.share * best)
    assert learnt.least(np.array([0.0, 0.0], np.float32)) == pytest.approx(learnt.take)


def test_an_unknown_encoder_has_no_model() -> None:
    assert model("some-other-encoder") is None
