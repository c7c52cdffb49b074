"""Answers put down, sealed and shared: values, seals, and the file of shared answers."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gendergpt.errors import SharedAnswerMissing, UnavailableError, UsageError
from gendergpt.kept import Kept, keep, place_of, read, written
from gendergpt.sealing import KEY, Seals
from gendergpt.sharing import NAME, SHARED, Shared
from gendergpt.types import (
    Answer,
    Basis,
    Citation,
    Document,
    Hit,
    LabelFrom,
    Outcome,
    PageRef,
    Passage,
    Searched,
    Span,
    Stage,
    Status,
)

if TYPE_CHECKING:
    from tests.conftest import Children

GUIDE = Document("d1", "Guide", publisher="DCAF", year=2020, path="/srv/secret/guide.pdf")
SLIDES = Document("d2", "Slides", path="/srv/secret/slides.PPTX")
SPAN = Span(PageRef(22, "14", LabelFrom.PAGE), 3, 9)
QUOTED = Citation(
    1,
    "women",
    Status.EXACT,
    (SPAN,),
    ("4.", "4.2"),
    "p1",
    GUIDE,
    Basis("G"),
    (SLIDES,),
    ("Art. 7",),
)
PASSAGE = Passage("p2", "d2", "Much text.", (Span(None, 0, 10),), ("5.",))
GIVEN = Answer(
    question="Who?",
    outcome=Outcome.ANSWERED,
    text="DCAF, Guide (2020):\n“women” [1]",
    citations=(QUOTED,),
    reading=(Hit(1, 0.5, Stage.RERANKED, PASSAGE, SLIDES),),
    searched=Searched(2, 30, {"publisher": ["DCAF"], "year_from": 2019}),
    originals=(Basis("Other", "UN", 2018, url="https://un.org"),),
    generation=7,
    confidence=0.5,
)
KEPT = keep(GIVEN, "DCAF", datetime(2026, 3, 5, 12, tzinfo=UTC))


# --- the value -----------------------------------------------------------------------------------


def test_what_is_kept_comes_back() -> None:
    back = read(written(KEPT))
    assert back == KEPT
    assert back.only == "DCAF" and back.at == "2026-03-05T12:00:00+00:00"
    citation = back.answer.citations[0]
    assert citation.spans == (SPAN,) and citation.basis == Basis("G")
    assert back.answer.searched == GIVEN.searched


def test_no_path_and_no_passage_is_kept() -> None:
    text = written(KEPT)
    assert "/srv" not in text and "secret" not in text and "Much text." not in text
    assert KEPT.answer.citations[0].also[0].path == ".pptx"  # or slides would be called pages
    moved = replace(GUIDE, id="new")
    assert place_of(moved, "d1") == KEPT.places["d1"]
    assert place_of(replace(moved, path="/srv/other.pdf"), "d1") != KEPT.places["d1"]


@given(st.text(alphabet=st.characters(codec=None), max_size=40))
def test_any_text_can_be_kept(text: str) -> None:
    kept = keep(replace(GIVEN, question=text, text=text), text)
    back = read(written(kept))
    assert back.answer.text == text.encode("utf-8", "replace").decode("utf-8")


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"answer": 3}', written(KEPT)[:-5], "\ud800"])
def test_what_is_no_kept_answer_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read(text)


# --- seals ---------------------------------------------------------------------------------------


def test_a_seal_holds_and_another_does_not(tmp_path: Path) -> None:
    sealed = Seals(tmp_path).sealed("text")
    assert Seals(tmp_path).opened(sealed) == "text"  # as after a start of the server anew
    (tmp_path / "other").mkdir()
    for wrong in (sealed + "x", "0" + sealed[1:], "text", "", "é" * 70):
        with pytest.raises(UsageError, match="Ask the question again"):
            Seals(tmp_path).opened(wrong)
    with pytest.raises(UsageError):
        Seals(tmp_path / "other").opened(sealed)


@given(sealed=st.text(max_size=100))
def test_nothing_opens_without_the_key(
    sealed: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    seals = Seals(tmp_path_factory.getbasetemp())
    with pytest.raises(UsageError):
        seals.opened(sealed)


def test_the_key_is_for_the_owner_alone(tmp_path: Path) -> None:
    Seals(tmp_path)
    assert (tmp_path / KEY).stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.iterdir()] == [KEY]


def test_many_at_once_agree_on_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        sealed = list(pool.map(lambda n: Seals(tmp_path).sealed(str(n)), range(16)))
    assert [Seals(tmp_path).opened(each) for each in sealed] == [str(n) for n in range(16)]


def test_without_a_folder_seals_hold_until_the_end(tmp_path: Path) -> None:
    seals = Seals(tmp_path / "gone")
    assert seals.opened(seals.sealed("text")) == "text"
    assert not (tmp_path / "gone").exists()


# --- the file of shared answers ------------------------------------------------------------------

SHARE = """
import sys
from pathlib import Path
from gendergpt.kept import keep
from gendergpt.sharing import Shared
from gendergpt.types import Answer, Outcome
shared = Shared(Path(sys.argv[1]), 1000)
sys.stdin.readline()
for number in range(20):
    answer = Answer(f"{sys.argv[2]} {number}", Outcome.ANSWERED, "text")
    print(shared.add(keep(answer)))
"""


def test_shared_answers_are_found_and_none_is_put_down_before(tmp_path: Path) -> None:
    shared = Shared(tmp_path, 10)
    with pytest.raises(SharedAnswerMissing):
        shared.get("x" * 22)
    assert list(tmp_path.iterdir()) == []
    name = shared.add(KEPT)
    assert NAME.fullmatch(name)
    assert Shared(tmp_path, 10).get(name) == KEPT
    assert shared.add(KEPT) == name
    assert shared.add(replace(KEPT, only="")) != name


@pytest.mark.parametrize("name", ["", "x", "x" * 22, "../" * 7 + "x", "'; DROP TABLE shared; --x"])
def test_names_that_are_none(tmp_path: Path, name: str) -> None:
    shared = Shared(tmp_path, 10)
    held = shared.add(KEPT)
    with pytest.raises(SharedAnswerMissing, match="share the answer again"):
        shared.get(name)
    assert shared.get(held) == KEPT


def test_when_it_is_full_a_sentence_says_so(tmp_path: Path) -> None:
    shared = Shared(tmp_path, 1)
    name = shared.add(KEPT)
    assert shared.add(KEPT) == name
    with pytest.raises(UnavailableError, match=r"may \(1\).*GENDERGPT_SHARED_ANSWERS"):
        shared.add(replace(KEPT, only="other"))
    assert Shared(tmp_path, 2).add(replace(KEPT, only="other"))


def test_sharing_can_be_switched_off(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="switched off"):
        Shared(tmp_path, 0).add(KEPT)
    assert list(tmp_path.iterdir()) == []


def test_too_long_an_answer(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="too long"):
        Shared(tmp_path, 2).add(replace(KEPT, only="x" * 300_000))


def test_two_processes_share_at_once(tmp_path: Path, children: Children) -> None:
    started = [children.start(SHARE, tmp_path, name) for name in ("one", "two")]
    for child in started:
        assert child.stdin
        child.stdin.write("go\n")
        child.stdin.flush()
    printed = [child.communicate(timeout=60) for child in started]
    assert [child.returncode for child in started] == [0, 0], printed
    names = {name for out, _ in printed for name in out.split()}
    assert len(names) == 40
    shared = Shared(tmp_path, 1000)
    asked = {shared.get(name).answer.question for name in names}
    assert asked == {f"{who} {number}" for who in ("one", "two") for number in range(20)}


def test_a_damaged_file_and_one_of_another_version(tmp_path: Path) -> None:
    (tmp_path / SHARED).write_bytes(b"no database at all" * 100)
    with pytest.raises(UnavailableError, match="restore it from a copy"):
        Shared(tmp_path, 2).get("x" * 22)
    (tmp_path / SHARED).unlink()
    with sqlite3.connect(tmp_path / SHARED) as db:
        db.execute("PRAGMA user_version = 9")
    db.close()
    with pytest.raises(UnavailableError, match="another version"):
        Shared(tmp_path, 2).add(KEPT)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="permissions"):
        Shared(tmp_path / "gone", 2).add(KEPT)


def test_an_answer_of_another_version_in_the_file(tmp_path: Path) -> None:
    shared = Shared(tmp_path, 2)
    name = shared.add(KEPT)
    with sqlite3.connect(tmp_path / SHARED) as db:
        db.execute("UPDATE shared SET record = '{}'")
    db.close()
    with pytest.raises(UsageError, match="cannot be read"):
        shared.get(name)


def test_kept_is_a_value() -> None:
    assert isinstance(KEPT, Kept) and hash(KEPT.answer.citations)
