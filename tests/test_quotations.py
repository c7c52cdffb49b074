"""Which sentences may be quoted, and which tell the same."""

from __future__ import annotations

import functools
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from gendergpt.calibration import Limits
from gendergpt.citations import verify
from gendergpt.lexical import LexicalIndex
from gendergpt.passages import split
from gendergpt.questions import read
from gendergpt.quotable import front_matter, opens_on_pronoun, quotable
from gendergpt.quotations import MOST_QUOTES, MOST_WORDS, Choice, alike, choose
from gendergpt.readers import reader_for
from gendergpt.scoring import Piece, Source, _candidates, beyond, together
from gendergpt.types import Document, Form, Kind, PageRef, Passage, Span, Status

# --- may it be quoted ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Border officers receive training on gender before their first posting.",
        "In 2021, 65.6% of new projects had a gender component, in contrast to only 9% in 2017.",
        "“Searches of a person are carried out in a private room,” says the handbook.",
        "Women shall be searched only by trained women staff (Rule 19).",
        "According to para. 27 of A/RES/73/195, States manage borders in a gender-responsive way.",
        "DCAF's Tool 6 names five approaches: (1) a strategy; (2) analysis; and (3) training.",
        "Officers should ask the traveller, in private, which pronoun she prefers.",
        "Those who interview survivors need training in trauma and in the use of interpreters.",
        "This handbook is written for officers at airport booths and their supervisors.",
        "It is recommended that women officers be on duty on every shift.",
        "Thirty-one women from 14 countries took the course for leaders in Dushanbe. [3]",
    ],
)
def test_quotable(text: str) -> None:
    assert quotable(text)


@pytest.mark.parametrize(
    "text",
    [
        # headings
        "Gender and border management",
        "4.2 Staffing the border crossing point and its second line",
        "HUMAN RIGHTS AT INTERNATIONAL BORDERS AND THEIR PROTECTION BY OFFICERS.",
        "Annex II. Checklist",
        # contents lines
        "3.1 Gender training for border guards ........................ 24",
        "What is gender-responsive border management . . . . . . . . . . 12 and following.",
        # footnotes, addresses, references
        "12 https://www.example.org/a/b/c/1234567890/2021-11-04/index.php?id=33&x=9 (2021) 1-14.",
        "Ibid., p. 14.",
        # fragments
        "of the travellers who were interviewed in the second line of the crossing.",
        "which makes it harder for women to apply to the border guard service.",
        "Women officers, when they are on shift and are asked by a traveller to",
        "The shift supervisor keeps a list of",
        "Women. Men. Others.",
        # figures and tables
        "1,204 33.1 87 22.5 (4) 19 71.0 52 8.8 1,019 44 12 30.",
    ],
)
def test_not_quotable(text: str) -> None:
    assert not quotable(text)


def test_a_list_with_its_lead_in_is_quotable() -> None:
    text = "Officers who meet an unaccompanied child should:\n– notice;\n– ask;\n– refer."
    assert quotable(text, Form.LIST)


def test_a_word_salad_as_long_as_a_page_is_not_quoted() -> None:
    assert not quotable("Officers search " + "travellers and bags " * 80 + "daily.")


@pytest.mark.parametrize(
    "text",
    [
        "It adds that women are to be searched by women.",
        "They should be trained before their first posting.",
        "She was interviewed without an interpreter being present.",
        "Its second chapter deals with the recruitment of women.",
        "Their number has grown since the first survey.",
        "This makes it harder for women to apply.",
        "These are the reasons why few women lead.",
        "However, it does not say who carries out the search.",
        "In addition, they are entitled to an interpreter.",
        "For example, their waiting rooms were not separate.",
        "Such measures were welcomed by the travellers themselves.",
        "Both were adopted by the General Assembly in that year.",
        "The latter is meant for trainers of border guards.",
        "The same holds for customs officers at airports.",
        "The second one is about the analysis of risks.",
        "Moreover, this is also true of land crossings.",
    ],
)
def test_opens_on_pronoun(text: str) -> None:
    assert opens_on_pronoun(text)
    assert not quotable(text)


@pytest.mark.parametrize(
    "text",
    [
        "Women officers are to search women.",
        "Itineraries of smugglers change with the seasons.",
        "Theirs Ltd. runs the canteen of the crossing point.",
        "Heads of shift keep the record of searches.",
        "Sheltered rooms are kept for survivors.",
        "Those who interview survivors are trained in it.",
        "This toolkit is for trainers of border guards.",
        "It is essential that searches are recorded.",
        "However, women officers were on duty that night.",
    ],
)
def test_does_not_open_on_pronoun(text: str) -> None:
    assert not opens_on_pronoun(text)


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        (("Toolkit", "About this note"), True),
        (("Contents",), True),
        (("TABLE OF CONTENTS",), True),
        (("Toolkit", "Gender analysis"), False),
        ((), False),
    ],
)
def test_front_matter(heading: tuple[str, ...], expected: bool) -> None:
    assert front_matter(heading) is expected


@hypothesis_settings(max_examples=100)
@given(st.text(max_size=2000), st.sampled_from(list(Form)))
@example("", Form.PROSE)
@example("\x00 \ud800", Form.LIST)
def test_any_text_can_be_looked_at(text: str, form: Form) -> None:
    assert quotable(text, form) in (True, False)
    assert opens_on_pronoun(text) in (True, False)


@pytest.mark.parametrize(
    "seed", [".", " .", ". ", " ", "A", "(", "However ", "x. [1]", "“", "[1] "]
)
def test_no_sentence_takes_long(seed: str) -> None:
    text = (seed * 2000)[:2000]
    begun = time.process_time()
    quotable(text)
    opens_on_pronoun(text)
    assert time.process_time() - begun < 2


# --- candidates ----------------------------------------------------------------------------------

NOTE = """# Searches

The handbook asks for two officers at each search. They note the time of the search in the log.

Women officers are on duty on every shift. Here is a list of what the shift needs:

- a private room;
- a trained woman officer;
- a record of each search.

It stands without anything before it.
"""


def _texts(passages: list[Passage]) -> list[str]:
    return [each.text[s.start : s.end] for each in passages for s in _candidates(each, ())]


def test_a_pronoun_comes_with_its_subject(tmp_path: Path) -> None:
    path = tmp_path / "note.md"
    path.write_text(NOTE, encoding="utf-8")
    reader = reader_for(path)
    assert reader is not None
    reading = reader.read(path)
    passages = split("d", reading)
    found = _texts(passages)
    assert "The handbook asks for two officers at each search." in found
    together = [text for text in found if "note the time" in text]
    assert together
    assert all(text.startswith("The handbook asks") for text in together)
    assert not any(text.startswith(("They", "It stands")) for text in found)
    for passage in passages:
        for sentence in _candidates(passage, ()):
            start, end, spans = sentence.start, sentence.end, sentence.spans
            pieces = [reading.pages[0].text[span.start : span.end] for span in spans]
            assert verify(passage.text[start:end], pieces) is not Status.NOT_FOUND


def test_spans_that_touch_become_one() -> None:
    page, following = PageRef(2, "2"), PageRef(3, "3")
    assert together((Span(page, 0, 10),), (Span(page, 11, 20),)) == (Span(page, 0, 20),)
    apart = (Span(page, 0, 10),), (Span(following, 0, 9),)
    assert together(*apart) == (*apart[0], *apart[1])


# --- the same twice ------------------------------------------------------------------------------


@functools.cache
def _analyser() -> LexicalIndex:
    with tempfile.TemporaryDirectory() as folder:
        return LexicalIndex(Path(folder))


def _terms(text: str) -> list[str]:
    """The words of a text as the word index has them."""
    return _analyser().terms(text)


def _piece(text: str, name: str, kind: Kind = Kind.ORIGINAL, score: float = 0.8) -> Piece:
    document = Document(id=name, title=name, kind=kind)
    passage = Passage(f"{name}-p", name, text, (Span(None, 0, len(text)),), ("Heading",))
    nothing = np.zeros((1, 4), np.float32)
    source = Source(passage, document, 1, nothing, np.zeros(1, np.float32), name)
    terms = frozenset(_terms(text))
    return Piece(text, passage.spans, source, score, (score,), terms, np.ones(1, np.float32))


def test_near_duplicates_are_alike_and_other_figures_are_not() -> None:
    one = _piece("In 2021, 66% of the new border projects had a gender component.", "a")
    same = _piece("In 2021 66% of new border projects had a gender component, says IOM.", "b")
    other_year = _piece("In 2017, 9% of the new border projects had a gender component.", "c")
    other = _piece("Women officers are on duty on every shift at the crossing point.", "d")
    assert alike(one, same)
    assert not alike(one, other_year)
    assert not alike(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "At the Brod crossing women travellers are searched by women officers only.",
            "At the Brod crossing anyone may search women travellers, officers of either sex.",
        ),
        (
            "At the Brod crossing women travellers are searched by women officers only.",
            "At the Brod crossing women travellers get a leaflet about searches.",
        ),
    ],
)
def test_the_same_subject_is_not_the_same_statement(one: str, other: str) -> None:
    assert not alike(_piece(one, "a"), _piece(other, "b"))


LIMITS = Limits(floor=0.46, off_topic=0.3, slope=10.0, shift=-5.0)


def _choose(question: str, scored: list[Piece]) -> Choice:
    from gendergpt.scoring import Part, Wanted

    asked = read(question)
    ones = np.ones(1, np.float32)
    return choose(
        asked, Wanted(np.zeros((1, 4), np.float32), ((0, 1),), (Part(ones, {}),)), scored, LIMITS
    )


def test_the_publishers_own_words_stand_for_both() -> None:
    ours = _piece(
        "In 2021, 66% of the new border projects had a gender component.", "ours", Kind.SUMMARY, 0.9
    )
    theirs = _piece("In 2021, 66% of new border projects had a gender component.", "theirs")
    choice = _choose("What happened with gender in projects?", [ours, theirs])
    assert [quote.source.document.id for quote in choice.quotes] == ["theirs"]
    assert [document.id for document in choice.quotes[0].also] == ["ours"]


def test_what_counts_as_many_things_as_asked_for_comes_first() -> None:
    things = _piece("The framework does five things for services.", "things", score=0.9)
    ways = _piece("The abstract singles out five approaches.", "ways", score=0.85)
    choice = _choose("Which five approaches does it recommend?", [things, ways])
    assert choice.quotes[0].source.document.id == "ways"


@pytest.mark.parametrize("older_first", [True, False])
def test_of_two_editions_the_newer_one_is_quoted(older_first: bool) -> None:
    text = "In 2021, 66% of new border projects had a gender component."
    older, newer = _piece(text, "older", score=0.9), _piece(text, "newer", score=0.85)
    record = replace(older.source.document, superseded_by="Newer")
    older = replace(older, source=replace(older.source, document=record))
    if not older_first:
        older = replace(older, scores=(0.8,))
    scored = sorted([older, newer], key=lambda piece: -piece.score)
    choice = _choose("What happened with gender in projects?", scored)
    assert [quote.source.document.id for quote in choice.quotes] == ["newer"]
    assert [document.id for document in choice.quotes[0].also] == ["older"]


def test_the_publishers_words_of_an_older_edition_stay_before_our_note_on_the_newer() -> None:
    text = "In 2021, 66% of new border projects had a gender component."
    older, note = _piece(text, "older", score=0.9), _piece(text, "note", Kind.SUMMARY, 0.85)
    record = replace(older.source.document, superseded_by="note")
    older = replace(older, source=replace(older.source, document=record))
    choice = _choose("What happened with gender in projects?", [older, note])
    assert [quote.source.document.id for quote in choice.quotes] == ["older"]


def test_only_so_many_quotations_and_words() -> None:
    words = ["rooms", "logs", "shifts", "boots", "gates", "dogs", "lamps", "maps"]
    many = [_piece(f"The {w} {w}a {w}b {w}c {w}d are good.", w) for w in words]
    assert 1 < len(_choose("What helps officers?", many).quotes) <= MOST_QUOTES
    long = [_piece(" ".join(f"{w}{n}" for n in range(60)).capitalize() + ".", w) for w in words]
    quotes = _choose("What helps officers?", long).quotes
    assert 1 <= len(quotes) <= MOST_WORDS // 60


def test_quotations_of_one_publication_standtogether() -> None:
    a1, b1, a2 = (
        _piece("Rooms for searches are private and clean.", "a", score=0.9),
        _piece("Logs of each shift are kept for years.", "b", score=0.85),
        _piece("Boots are worn by officers on patrol.", "a", score=0.8),
    )
    quotes = _choose("What helps officers?", [a1, b1, a2]).quotes
    names = [quote.source.document.id for quote in quotes]
    assert names == ["a", "a", "b"]


def test_nothing_relevant_nothing_quoted() -> None:
    assert _choose("What helps officers?", []).quotes == ()
    assert _choose("What helps officers?", [_piece("Dogs bark.", "a", score=0.05)]).quotes == ()


def test_what_was_told_a_moment_ago_comes_after_what_is_nearly_as_good() -> None:
    told = _piece("Rooms for searches are private and clean.", "a", score=0.9)
    fresh = _piece("Logs of each shift are kept for years.", "b", score=0.8)
    beside = _piece("Boots are worn by officers on patrol.", "c", score=0.4)
    scored = [told, fresh, beside]
    ranked = [piece.text for piece in beyond(scored, [told.text])]
    assert ranked == [fresh.text, told.text, beside.text]
    assert beyond(scored, []) == scored


@pytest.mark.parametrize(
    ("question", "evidence", "missing"),
    [
        ("What does Tool 16 recommend?", "DCAF's Tool 6 names five approaches.", "Tool 16"),
        ("What was the share in 2023?", "In 2021, 66% of projects had one.", "2023"),
        ("How many women serve in Mongolia?", "In Serbia 12 women serve.", "Mongolia"),
        ("What does A/RES/99/1 say?", "A/RES/73/195 says so.", "A/RES/99/1"),
    ],
)
def test_what_is_named_must_be_there(question: str, evidence: str, missing: str) -> None:
    choice = _choose(question, [_piece(evidence, "a", score=0.95)])
    assert choice.quotes == ()
    assert missing in choice.missing


def test_of_two_years_one_may_be_missing() -> None:
    held = _piece("In 2021, 66% of projects had a gender component.", "a", score=0.95)
    choice = _choose("What share had a gender component in 2021 and in 2019?", [held])
    assert [quote.text for quote in choice.quotes] == [held.text]
    assert choice.missing == ("2019",)


@pytest.mark.parametrize(
    "question",
    [
        "How much did the course cost?",
        "How many minutes may a search take?",
        "What is the phone number of the hotline?",
        "What percentage of officers are women?",
    ],
)
def test_a_figure_must_be_in_what_is_quoted(question: str) -> None:
    near = _piece("Officers went to the course on searches and hotlines.", "a", score=0.95)
    choice = _choose(question, [near])
    assert choice.quotes == ()
    assert len(choice.missing) == 1
