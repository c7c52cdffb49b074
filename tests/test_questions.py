"""What a question asks for, what it names and what it refers back to."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from gendergpt.followups import enumerated, in_context
from gendergpt.names import NameKind, holds, named_things
from gendergpt.questions import (
    Question,
    Shape,
    about_assistant,
    answers_shape,
    counts,
    read,
    touches_law,
)

SLOWEST = 2.0
"""Seconds for the longest question, whatever it holds: a pattern that runs away takes far more."""
LONGEST = 2000


# --- shape ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("How many women work at the crossing points?", Shape.FIGURE),
        ("What share of the new officers are women?", Shape.SHARE),
        ("What percentage of trainees were women?", Shape.SHARE),
        ("How much does a gender course for 20 officers cost?", Shape.MONEY),
        ("What is the salary of a customs inspector?", Shape.MONEY),
        ("How much money was spent on the workshop in Ohrid?", Shape.MONEY),
        ("How long may a traveller be kept in the second line?", Shape.DURATION),
        ("How many hours may a search of a person take?", Shape.DURATION),
        ("When was the gender platform launched?", Shape.DATE),
        ("In which year did the handbook appear, or what year was it revised?", Shape.DATE),
        ("What is the e-mail address of the focal point?", Shape.CONTACT),
        ("Give me the phone number of the duty officer.", Shape.CONTACT),
        ("Who is the director of the border police?", Shape.PERSON),
        ("Who wrote the toolkit on border management?", Shape.PERSON),
        ("Does the handbook say that women are calmer at the booth?", Shape.CLAIM),
        ("Is it true that Tool 6 bans searches by men?", Shape.CLAIM),
        ("What is integrated border management?", Shape.DEFINITION),
        ("Define gender analysis.", Shape.DEFINITION),
        ("What is the difference between sex and gender?", Shape.DEFINITION),
        ("What does gender-responsive budgeting mean?", Shape.DEFINITION),
        ("How should officers talk with a frightened child?", Shape.OPEN),
        ("Which five approaches does the tool recommend?", Shape.OPEN),
        ("What should a supervisor do when no woman is on shift?", Shape.OPEN),
        ("Why does a gender perspective help?", Shape.OPEN),
    ],
)
def test_shape(text: str, shape: Shape) -> None:
    assert read(text).shape is shape


def test_the_story_around_a_question_does_not_set_its_shape() -> None:
    text = (
        "We have had 30 passengers complain since when the booth opened. How do we search a woman?"
    )
    assert read(text).shape is Shape.OPEN


def test_units_of_measure_are_kept() -> None:
    assert read("How many minutes may a search take?").units == ("minute",)
    assert read("How many weeks is the course?").units == ("week",)
    assert read("How many officers are women?").units == ()


@pytest.mark.parametrize(
    ("question", "noun"),
    [
        ("How many women are in the border police?", "women"),
        ("What do gender advisers do at border posts?", "advisers"),
        ("Is there any guidance on breastfeeding at crossings?", "breastfeeding"),
    ],
)
def test_the_noun_that_is_counted_or_asked_about_is_in_focus(question: str, noun: str) -> None:
    assert read(question).focus == (noun,)


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("What is UNSCR 1325?", "What is Security Council resolution 1325?"),
        ("Can a man frisk a woman?", "Can a man search a woman?"),
        ("Who does the pat-down?", "Who does the body search?"),
    ],
)
def test_words_of_the_trade_are_searched_for_in_the_words_of_guidance(
    question: str, asked: str
) -> None:
    assert read(question).asked == asked
    assert read(question).text == question


def test_places_are_read_from_the_question() -> None:
    assert [place.names for place in read("What does Article 7 say?").places] == [("article 7",)]
    assert not [each for each in read("What is on page 14 of the tool?").named]


def test_focus_names_what_is_asked_for() -> None:
    assert "uniform" in read("What is the dress uniform of the border police?").focus
    assert read("What is the purpose of the handbook?").focus == ()


@pytest.mark.parametrize(
    ("shape", "yes", "no"),
    [
        (Shape.SHARE, "Women are 27% of the staff.", "Women work at crossing points (para. 27)."),
        (
            Shape.SHARE,
            "A third of the staff are women.",
            "Women are on the staff of many services.",
        ),
        (Shape.FIGURE, "Some 140 officers came.", "Officers came to the workshop of 2016."),
        (Shape.MONEY, "The course cost EUR 12,000.", "The course had 12,000 readers."),
        (Shape.MONEY, "The course cost 300 euros.", "The course had two sessions."),
        (Shape.DATE, "It was launched on 17 May.", "It was launched last spring."),
        (Shape.DATE, "The platform was launched in 2016.", "The platform has 16 members."),
        (Shape.CONTACT, "Call +389 2 123 4567.", "Call the national hotline."),
        (Shape.CONTACT, "Write to help@example.org.", "Write to the focal point."),
        (Shape.PERSON, "Angela Mackay wrote the tool.", "The author wrote the tool."),
    ],
)
def test_answers_shape(shape: Shape, yes: str, no: str) -> None:
    question = Question("q", "q", shape)
    assert answers_shape(question, yes)
    assert not answers_shape(question, no)


def test_a_length_of_time_must_be_in_the_unit_that_is_asked_for() -> None:
    minutes = read("How many minutes may a search take?")
    assert answers_shape(minutes, "A search takes at most 20 minutes.")
    assert not answers_shape(minutes, "The course runs for two weeks.")
    assert answers_shape(read("How long is the course?"), "The course runs for two weeks.")


@pytest.mark.parametrize(
    "text",
    [
        "Rule 19 asks for trained staff.",
        "Tool 15 holds examples, see p. 12.",
        "Resolution A/RES/73/195 was adopted by the Assembly.",
        "The section says so, para. 27 (b).",
    ],
)
def test_numbers_that_only_name_a_place_are_no_figures(text: str) -> None:
    assert not answers_shape(Question("q", "q", Shape.FIGURE), text)


# --- named things --------------------------------------------------------------------------------


def _named(text: str) -> set[tuple[NameKind, str]]:
    return {(named.kind, named.text) for named in named_things(text)}


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("What was the share in 2017?", NameKind.YEAR, "2017"),
        ("What does Tool 6 recommend?", NameKind.NUMBERED, "Tool 6"),
        ("What does tool 6 recommend?", NameKind.NUMBERED, "Tool 6"),
        ("What does Art. 7 of the Code say?", NameKind.NUMBERED, "Article 7"),
        ("What does practice note 12 cover?", NameKind.NUMBERED, "Practice note 12"),
        ("What is in A/RES/73/195?", NameKind.SYMBOL, "A/RES/73/195"),
        ("What about S/RES/1325?", NameKind.SYMBOL, "S/RES/1325"),
        ("How many officers serve in Turkey?", NameKind.PLACE, "Turkey"),
        ("What is known about the Western Balkans?", NameKind.PLACE, "Western Balkans"),
        ("What did OSCE do for women?", NameKind.NAME, "OSCE"),
        ("What does the Istanbul Convention ask for?", NameKind.NAME, "Istanbul Convention"),
        ("Is 65.6% right?", NameKind.NUMBER, "65.6%"),
    ],
)
def test_named_things(text: str, kind: NameKind, name: str) -> None:
    assert (kind, name) in _named(text)


@pytest.mark.parametrize(
    "text",
    [
        "What should officers do first?",
        "Please explain gender mainstreaming.",
        "I have 20 trainees and two hours. How do I start?",
        "Why does a gender perspective help border officers?",
        "Kindly describe how searches are done.",
    ],
)
def test_ordinary_words_are_not_named_things(text: str) -> None:
    assert _named(text) == set()


def test_ranges_and_lists_name_each_number() -> None:
    names = {name for _, name in _named("What do Rules 19-21 and Articles 7, 8 and 9 say?")}
    assert {f"Rule {n}" for n in (19, 20, 21)} <= names
    assert {f"Article {n}" for n in (7, 8, 9)} <= names
    assert "Rule 22" not in names


def test_places_in_the_story_are_not_firm() -> None:
    question = read("I work at an airport in Greece. How do we search a child?")
    assert [named.firm for named in question.named if named.kind is NameKind.PLACE] == [False]
    asked = read("How many women serve in the Greek border police?")
    assert [named.firm for named in asked.named if named.kind is NameKind.PLACE] == [True]


def _one(text: str, kind: NameKind) -> Callable[[str], bool]:
    found = [named for named in named_things(text) if named.kind is kind]
    assert len(found) == 1, found
    return lambda held: holds(found[0], held)


@pytest.mark.parametrize(
    ("question", "kind", "yes", "no"),
    [
        ("What was it in 2017?", NameKind.YEAR, "It was 9% in 2017.", "It was 9% in 2018."),
        ("What was it in 2017?", NameKind.YEAR, "The 2016/2017 plan.", "Paragraph 12017."),
        ("And Rule 20?", NameKind.NUMBERED, "Rules 19-21 say so.", "Rules 21-23 say so."),
        ("And Rule 20?", NameKind.NUMBERED, "Rules 19, 20 and 24.", "Rule 200 says so."),
        ("And Tool 6?", NameKind.NUMBERED, "DCAF's Tool 6 says so.", "DCAF's Tool 16 says so."),
        ("And Article 7?", NameKind.NUMBERED, "See Art. 7 (2).", "See Rule 7."),
        (
            "And A/RES/73/195?",
            NameKind.SYMBOL,
            "The Compact, A/RES/73/195, says.",
            "A/RES/73/19 says.",
        ),
        ("In Turkey?", NameKind.PLACE, "At Turkish airports.", "At Greek airports."),
        ("In Türkiye?", NameKind.PLACE, "Turkey's airports.", "Tunisian airports."),
        ("In the Ukrainian service?", NameKind.PLACE, "The law of Ukraine.", "The law of Uganda."),
        ("In Moldova?", NameKind.PLACE, "Moldovan officers.", "Montenegrin officers."),
        (
            "What does the OSCE do?",
            NameKind.NAME,
            "The Organization for Security and Co-operation in Europe met.",
            "The European Union met.",
        ),
        (
            "What is in the SSR kit?",
            NameKind.NAME,
            "Gender and security sector reform.",
            "Gender and the security sector.",
        ),
        (
            "What did the United Nations Security Council decide?",
            NameKind.NAME,
            "Security Council resolution 1325 says so.",
            "The General Assembly of the United Nations says so.",
        ),
    ],
)
def test_holds(question: str, kind: NameKind, yes: str, no: str) -> None:
    held = _one(question, kind)
    assert held(yes)
    assert not held(no)


@pytest.mark.parametrize(
    ("question", "text", "same"),
    [
        ("Which five approaches does it recommend?", "It singles out five approaches.", True),
        ("Which five approaches does it recommend?", "Five main approaches are named.", True),
        (
            "Which five approaches does it recommend?",
            "It does five things in its approaches.",
            False,
        ),
        ("Which five approaches does it recommend?", "It singles out four approaches.", False),
        ("What are the 3 pillars of the plan?", "The plan has 3 pillars.", True),
        ("Which approaches does it recommend?", "It singles out five approaches.", False),
    ],
)
def test_counts(question: str, text: str, same: bool) -> None:
    assert counts(read(question), text) is same


# --- law, greetings ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Who may search a woman traveller?", True),
        ("How do we handle the pat-down?", True),
        ("How long may we detain her?", True),
        ("What does the law say about interpreters?", True),
        ("How do I plan a gender course?", False),
        ("Which search engine should I use?", False),
        ("What share of staff are women?", False),
    ],
)
def test_touches_law(text: str, expected: bool) -> None:
    assert touches_law(text) is expected


@pytest.mark.parametrize(
    "text",
    ["Hi!", "Good evening", "What can you do?", "Are you an AI?", "Thank you very much.", "help"],
)
def test_about_assistant(text: str) -> None:
    assert about_assistant(text)


@pytest.mark.parametrize(
    "text",
    [
        "How can I help a trafficked woman?",
        "What can officers do for you when you travel with a child?",
        "Hello, which five approaches does Tool 6 recommend?",
        "Thanks to whom was Tool 6 written?",
        "Which documents do travellers need?",
    ],
)
def test_not_about_assistant(text: str) -> None:
    assert not about_assistant(text)


# --- follow-ups ----------------------------------------------------------------------------------

SHARE = "What part of IOM's new border projects had a gender component in 2021?"
APPROACHES = "Which approaches does Tool 6 put forward?"
LIST = (
    "The tool names five approaches: (1) a strategy; (2) an analysis; (3) training; "
    "(4) regional co-operation; and (5) decent immigration detention."
)


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("And four years before?", "2017"),
        ("What was it 4 years earlier?", "2017"),
        ("And the year before?", "2020"),
        ("And two years later?", "2023"),
    ],
)
def test_relative_years(text: str, year: str) -> None:
    resolved = in_context(text, [SHARE], [])
    assert year in resolved.text
    assert "2021" not in resolved.text
    assert "gender component" in resolved.text


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("Say more about the last one.", "decent immigration detention"),
        ("Tell me more about the fifth one", "decent immigration detention"),
        ("Can you explain the second of them?", "an analysis"),
        ("What about number 4?", "regional co-operation"),
    ],
)
def test_items_of_a_list(text: str, item: str) -> None:
    resolved = in_context(text, [APPROACHES], [LIST])
    assert item in resolved.text
    assert resolved.more


def test_which_of_them_leans_on_the_turn_before() -> None:
    text = "Which of the two do I cite for Practice Notes, and who issued it?"
    resolved = in_context(text, ["How do the 2008 and 2020 editions of Tool 6 differ?"], [])
    assert "Tool 6" in resolved.text
    assert "Practice Notes" in resolved.text
    assert resolved.own is not None
    assert resolved.text[slice(*resolved.own)] == text


def test_its_like_is_put_in_its_place() -> None:
    resolved = in_context("And Objective 12?", ["What does Objective 11 of the Compact say?"], [])
    assert "Objective 12" in resolved.text
    assert "Objective 11" not in resolved.text
    assert "Compact" in resolved.text


def test_why_asks_about_the_turn_before() -> None:
    assert (
        "trained women staff" in in_context("Why?", ["Must trained women staff search?"], []).text
    )


@pytest.mark.parametrize(
    "text",
    [
        "How should an interview with a child be arranged?",
        "What is integrated border management?",
        "Which indicators can I use to monitor a training project?",
        "How many women work in the border services of Ukraine?",
        "Does the Schengen Borders Code say who searches whom?",
    ],
)
def test_a_new_topic_stands_alone(text: str) -> None:
    assert in_context(text, [SHARE, APPROACHES], [LIST]).text == text


def test_nothing_to_refer_to() -> None:
    assert in_context("And four years before?", [], []).text == "And four years before?"


def test_enumerated() -> None:
    assert enumerated(LIST)[-1] == "decent immigration detention"
    assert len(enumerated(LIST)) == 5
    assert enumerated("Officers do this:\n- notice;\n- ask;\n- refer.") == [
        "notice",
        "ask",
        "refer",
    ]
    assert enumerated("No list here.") == []


# --- any text at all -----------------------------------------------------------------------------

SEEDS = [
    " ", "\t", "\n", " \n", "A", "A ", "Aa ", "A of ", "A of and ", "Ab Cd ", "a", "a ", "1", "1 ",
    "1.", "1,", "1.1 ", "1-", "(", ")", "((", "A/", "A/1.", "-", "w-", "-A", ".", ". ", ".a", "?",
    "? ", "'", '"', "A'", "’s ", "please ", "and give me the ", "what ", "what is ", "what does ",
    "who is the ", "name of the a ", "how much does ", "does a ", "less a ", "say that ", "define ",
    "tool 1, ", "tool 1 and ", "Rule 1-99 ", "2021 ", "2021-", "the ", "the x convention ",
    "one years ago ", "in one ", ", and what ", "; ", "€ 1", "1 %", "+1 (", "a.a@", "é", "Ж", "ß",
    "\u200f", "\u00ad", "\x00", "\ud800", "which of the two ", "I need ", "how many ", "Turk",
]  # fmt: skip


def _reading(text: str) -> None:
    read(text)


def _reading_a_follow_up(text: str) -> None:
    resolved = in_context(text, [SHARE, text], [LIST, text])
    read(resolved.text[:LONGEST], resolved.own and (min(resolved.own[0], LONGEST), LONGEST))


def _following_up(text: str) -> None:
    for turn in ("And four years before?", "Tell me more about the last one.", "And Tool 7?"):
        in_context(turn, [text], [text])


def _checking(text: str) -> None:
    about_assistant(text)
    touches_law(text)
    for shape in Shape:
        answers_shape(Question(text, text, shape, units=("minute",)), text)


AROUND = (("", ""), ("what does a A/1 tool 1 ", "\x01"))
STEPS = [_reading, _reading_a_follow_up, _following_up, _checking]


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.__name__.strip("_"))
def test_no_question_takes_long(step: Callable[[str], None]) -> None:
    read("Turkey")  # loads the names of places
    slow = {}
    for seed in SEEDS:
        for before, after in AROUND:
            body = seed * (LONGEST // len(seed))
            text = before + body[: LONGEST - len(before) - len(after)] + after
            begun = time.process_time()
            step(text)
            taken = time.process_time() - begun
            if taken > SLOWEST:
                slow[f"{before!r} + {seed!r}… + {after!r}"] = round(taken, 2)
    assert slow == {}


PIECES = st.one_of(st.sampled_from(SEEDS), st.text(max_size=12))
TEXTS = st.one_of(
    st.text(max_size=LONGEST),
    st.lists(PIECES, max_size=60).map("".join),
    st.tuples(PIECES, st.integers(1, 300)).map(lambda pair: (pair[0] * pair[1])[:LONGEST]),
)


@hypothesis_settings(max_examples=60)
@given(TEXTS)
@example("")
@example("\x00")
@example("2021" * 500)
@example("Rules 1-9999")
@example("tool ٣")
@example("number ²")
def test_reading_never_raises(text: str) -> None:
    question = read(text)
    for named in question.named[:20]:
        assert named.forms
        holds(named, text)
    for start, end in question.parts:
        assert 0 <= start <= end <= len(question.asked)
    resolved = in_context(text, [text, SHARE], [LIST, text])
    if resolved.own is not None:
        assert resolved.text[slice(*resolved.own)] == " ".join(text.split())


@hypothesis_settings(max_examples=60)
@given(
    st.sampled_from(["And {} years before?", "number {}", "the {} one", "And Tool {}?", "{}"]),
    st.one_of(st.integers(0, 10**6).map(str), st.text(max_size=5)),
)
@example("number {}", "²")
@example("And {} years before?", "99")
def test_following_up_never_raises(template: str, filling: str) -> None:
    in_context(template.format(filling), [SHARE], [LIST])
    in_context(template.format(filling), [template.format(filling)], ["a\n1\n2"])


def test_a_paragraphs_own_number_is_no_figure() -> None:
    question = read("How many victims were found?")
    assert not answers_shape(question, "46. Reports of victims have emerged in the north.")
    assert answers_shape(question, "46. Reports tell of 12 victims in the north.")
