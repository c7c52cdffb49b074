"""What whoever keeps the library gets: feedback, and questions without an answer."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from gendergpt import feedback, gaps
from gendergpt.cli import main
from gendergpt.errors import LibraryMissing, UnavailableError
from gendergpt.feedback import Cited, Entry, Reason, Verdict
from gendergpt.plainly import in_one_line, plainly
from gendergpt.settings import Settings
from gendergpt.types import Answer, Document, Hit, Outcome, PageRef, Passage, Searched, Span, Stage
from gendergpt.ui import citing, keeping
from tests.browser.scripted import ScriptedAssistant

ESCAPE = "\x1b[2J\x1b]0;owned\x07\u202e\x9b"
SENT = {
    "verdict": "down",
    "question": "Who may search?",
    "outcome": "ANSWERED",
    "reason": "incomplete",
    "comment": "Rule 60 is missing",
    "cited": [{"document": "d-tool6", "place": "p. 14 (PDF page 22)", "quote": "Mixed teams"}],
}
TOOL = Document("t", "Tool 6", "DCAF", 2020)
PASSAGE = Passage("p", "t", "Words.", (Span(PageRef(22, "14"), 0, 6),), ("Six",))
NEAR = Hit(1, 0.5, Stage.RERANKED, PASSAGE, TOOL)
NONE = Answer("What is the budget?", Outcome.NOT_IN_LIBRARY, "No.", missing=("budget",),
              nearest=(NEAR,), searched=Searched(1, 1))  # fmt: skip


# --- texts ---------------------------------------------------------------------------------------


def test_what_a_terminal_would_obey_is_left_out() -> None:
    assert plainly(f"a{ESCAPE}b\r\nc\td\ud800", 100) == "a[2J]0;ownedb\nc d"
    assert in_one_line(f" a\n{ESCAPE} b ", 100) == "a [2J]0;owned b"
    assert plainly("x" * 50, 10) == "x" * 10


@given(st.text(max_size=200))
def test_any_text_becomes_plain(text: str) -> None:
    plain = plainly(text, 100)
    assert len(plain) <= 100
    assert all(each == "\n" or each.isprintable() or ord(each) > 0x9F for each in plain)
    plain.encode("utf-8")


# --- feedback ------------------------------------------------------------------------------------


def test_feedback_is_kept_and_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cited = Cited("t", f"Tool{ESCAPE} 6", "p. 14", "Mixed teams")
    feedback.keep(
        tmp_path, Entry(Verdict.DOWN, f"Who?{ESCAPE}", reason=Reason.OTHER, at="2026-01-02")
    )
    feedback.keep(
        tmp_path,
        Entry(Verdict.WRONG_CITATION, "Who?", comment="x" * 5000, cited=(cited,) * 50),
    )
    newest, oldest = feedback.entries(tmp_path)
    assert oldest.at == "2026-01-02"
    assert newest.at > "2026-01-02"
    assert len(newest.comment) == feedback.LONGEST_COMMENT
    assert len(newest.cited) == feedback.MOST_CITED
    assert main(["feedback", "--library", str(tmp_path)]) == 0
    printed = capsys.readouterr().out
    assert "\x1b" not in printed and "\u202e" not in printed
    assert "not helpful: Another reason" in printed
    assert "Tool[2J]0;owned 6 (t), p. 14: Mixed teams" in printed
    assert "0 helpful, 1 not helpful, 1 citations reported as wrong" in printed
    assert main(["feedback", "--json", "--library", str(tmp_path)]) == 0
    value = json.loads(capsys.readouterr().out)
    assert value["counts"] == {"up": 0, "down": 1, "wrong_citation": 1}
    assert value["entries"][1]["reason"] == "other"


def test_nothing_was_sent_yet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert feedback.entries(tmp_path) == []
    assert main(["feedback", "--library", str(tmp_path)]) == 0
    assert "0 helpful" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


def test_feedback_makes_no_library(tmp_path: Path) -> None:
    with pytest.raises(LibraryMissing, match="no library in"):
        feedback.keep(tmp_path / "none", Entry(Verdict.UP, "?"))
    assert not (tmp_path / "none").exists()


def test_a_full_file_says_the_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feedback, "MOST_ENTRIES", 1)
    feedback.keep(tmp_path, Entry(Verdict.UP, "?"))
    with pytest.raises(UnavailableError, match=r"takes no more.*gendergpt feedback.*move the file"):
        feedback.keep(tmp_path, Entry(Verdict.UP, "?"))


@pytest.mark.parametrize("command", ["feedback", "gaps"])
def test_a_damaged_file_says_the_way_out(
    tmp_path: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / f"{command}.sqlite"
    path.write_bytes(b"no database at all" * 100)
    assert main([command, "--library", str(tmp_path)]) == 3
    assert f"{path} cannot be used" in capsys.readouterr().err


@pytest.mark.parametrize("entry", ["{}", "[]", "no json", '{"verdict": "odd"}'])
def test_a_damaged_entry_says_the_way_out(tmp_path: Path, entry: str) -> None:
    feedback.keep(tmp_path, Entry(Verdict.UP, "?"))
    file = sqlite3.connect(tmp_path / feedback.FILE)
    file.execute("UPDATE feedback SET entry = ?", (entry,))
    file.commit()
    file.close()
    with pytest.raises(UnavailableError, match="Move it away"):
        feedback.entries(tmp_path)


# --- questions without an answer -----------------------------------------------------------------


def asked(question: str, **changes: object) -> Answer:
    return replace(NONE, question=question, **changes)  # type: ignore[arg-type]


def test_gaps_are_grouped_and_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    allowed = Settings(library=tmp_path, keep_gaps=True)
    assert gaps.note(allowed, asked("Which lamp?"), "2026-01-01T00:00:00")
    assert gaps.note(allowed, asked("What is the BUDGET?!"), "2026-01-02T00:00:00")
    assert gaps.note(allowed, asked("what is a budget \x1b"), "2026-01-03T00:00:00")
    first, second = gaps.gaps(tmp_path)
    assert (first.count, first.first[:10], first.last[:10]) == (2, "2026-01-02", "2026-01-03")
    assert (second.question, second.count) == ("Which lamp?", 1)
    assert first.missing == ("budget",)
    assert first.nearest == ("DCAF, Tool 6 (2020), p. 14 (PDF page 22)",)
    assert main(["gaps", "--library", str(tmp_path)]) == 0
    printed = capsys.readouterr().out
    assert "2 times, last 2026-01-03T00:00:00, first 2026-01-02T00:00:00" in printed
    assert "nearest: DCAF, Tool 6 (2020), p. 14 (PDF page 22)" in printed
    assert "not being kept; GENDERGPT_KEEP_GAPS=true" in printed
    assert "\x1b" not in printed
    assert main(["gaps", "--json", "--library", str(tmp_path)]) == 0
    assert [each["count"] for each in json.loads(capsys.readouterr().out)] == [2, 1]


def test_languages_are_not_mixed_and_words_not_dropped(tmp_path: Path) -> None:
    allowed = Settings(library=tmp_path, keep_gaps=True)
    for question, language in (
        ("Budget", "en"),
        ("Budget", "de"),
        ("who is that", "en"),
        ("?", "en"),
    ):
        gaps.note(allowed, asked(question, language=language))
    assert [gap.count for gap in gaps.gaps(tmp_path)] == [1, 1, 1, 1]


def test_nothing_is_kept_without_the_setting(tmp_path: Path) -> None:
    assert Settings(library=tmp_path).keep_gaps is False
    assert not gaps.note(Settings(library=tmp_path), NONE)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "answer",
    [
        replace(NONE, outcome=Outcome.ANSWERED),
        replace(NONE, outcome=Outcome.PARTIAL),
        replace(NONE, searched=Searched(1, 1, {"publisher": "IOM"})),
    ],
)
def test_what_is_no_gap_is_not_kept(tmp_path: Path, answer: Answer) -> None:
    assert not gaps.note(Settings(library=tmp_path, keep_gaps=True), answer)
    assert list(tmp_path.iterdir()) == []


def test_the_setting_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENDERGPT_KEEP_GAPS", "true")
    assert Settings().keep_gaps


def test_the_oldest_gaps_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gaps, "MOST_ROWS", 2)
    for question in ("lamp", "door", "gate"):
        gaps.note(Settings(library=tmp_path, keep_gaps=True), asked(question), "2026")
    assert {gap.question for gap in gaps.gaps(tmp_path)} == {"door", "gate"}


# --- routes --------------------------------------------------------------------------------------


def served(settings: Settings) -> TestClient:
    app = FastAPI()
    keeping.add_routes(app, ScriptedAssistant(), settings)
    citing.add_routes(app)
    return TestClient(app)


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with served(Settings(library=tmp_path)) as made:
        yield made


def test_what_the_page_sends_is_kept(client: TestClient, tmp_path: Path) -> None:
    assert client.post("/feedback", json=SENT).status_code == 204
    (entry,) = feedback.entries(tmp_path)
    assert (entry.verdict, entry.reason) == (Verdict.DOWN, Reason.INCOMPLETE)
    assert entry.cited[0].title.startswith("Border Management and Gender")


@pytest.mark.parametrize(
    ("changes", "headers", "status"),
    [
        ({"verdict": "great"}, {}, 400),
        ({"more": 1}, {}, 400),
        ({"comment": "x" * 1001}, {}, 400),
        ({"cited": [SENT["cited"][0]] * 21}, {}, 400),
        ({"comment": "x" * 70_000}, {}, 413),
        ({}, {"content-type": "text/plain"}, 403),
        ({}, {"sec-fetch-site": "cross-site"}, 403),
    ],
)
def test_what_the_page_does_not_send_is_refused(
    client: TestClient, tmp_path: Path, changes: dict[str, object], headers: dict[str, str],
    status: int,
) -> None:  # fmt: skip
    body = json.dumps({**SENT, **changes})
    sent = client.post(
        "/feedback", content=body, headers={"content-type": "application/json", **headers}
    )
    assert sent.status_code == status
    assert list(tmp_path.iterdir()) == []


def test_a_body_of_unknown_length_is_refused(client: TestClient) -> None:
    headers = {"content-type": "application/json"}
    assert client.post("/feedback", content=iter([b"{}"]), headers=headers).status_code == 413


def test_too_much_within_a_minute_is_refused(client: TestClient, tmp_path: Path) -> None:
    statuses = [client.post("/feedback", json=SENT).status_code for _ in range(14)]
    assert statuses == [204] * 12 + [429] * 2
    assert len(feedback.entries(tmp_path)) == 12


def test_the_pace_is_for_each_and_for_all() -> None:
    now = 0.0
    pace = keeping.Pace(lambda: now)
    assert sum(pace.allows("one") for _ in range(20)) == 12
    assert sum(pace.allows(f"{n}") for n in range(100)) == 48
    now = 61.0
    assert pace.allows("one")


def test_no_library_is_told(tmp_path: Path) -> None:
    with served(Settings(library=tmp_path / "none")) as client:
        sent = client.post("/feedback", json=SENT)
    assert sent.status_code == 503
    assert "There is no library in" in sent.text


def test_the_list_of_gaps_is_a_page_only_where_they_are_kept(tmp_path: Path) -> None:
    allowed = Settings(library=tmp_path, keep_gaps=True)
    evil = "<script>alert(1)</script> lamp"
    with served(allowed) as client:
        assert "There is none so far." in client.get("/gaps").text
        gaps.note(allowed, asked(evil))
        page = client.get("/gaps")
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; lamp" in page.text
    assert "DCAF, Tool 6 (2020), p. 14 (PDF page 22)" in page.text
    assert "http" not in page.text.replace("http-equiv", "")
    with served(Settings(library=tmp_path)) as client:
        assert client.get("/gaps").status_code == 404


def test_references_by_route(client: TestClient) -> None:
    item = json.dumps({"title": "<b>Guide</b>", "author": [{"literal": "IOM"}]})
    found = client.get("/references", params={"item": item, "pages": "14"}).json()
    assert found["apa"] == [
        ["IOM. (n.d.). ", False],
        ["<b>Guide</b>", True],
        [".\nIn the text: (IOM, n.d., p. 14)", False],
    ]
    for odd in ("no json", "[]", '{"author": 1}'):
        refused = client.get("/references", params={"item": odd})
        assert refused.status_code == 400
        assert refused.json()["problem"]


def test_a_gap_that_cannot_be_kept_does_not_disturb(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / gaps.FILE).write_bytes(b"no database at all" * 100)
    keeping.gap_keeper(Settings(library=tmp_path, keep_gaps=True))(NONE)
    assert "cannot be used" in caplog.text
