from hypothesis import given
from hypothesis import strategies as st

from gendergpt.lines import deliberate, lines
from gendergpt.types import PageRef, Passage, Sentence, Span


def cut(text: str, width: int = 200) -> list[str]:
    return [" ".join(text[start:end].split()) for start, end in deliberate(text, width)]


def test_every_break_counts_in_a_text_of_long_lines() -> None:
    assert cut("Opening hours\nMonday to Friday\n 9:00 - 12:00") == [
        "Opening hours",
        "Monday to Friday",
        "9:00 - 12:00",
    ]


def test_wrapped_lines_are_one() -> None:
    text = "The authority must answer every\nApplication within three months and"
    assert cut(text, 40) == ["The authority must answer every Application within three months and"]


def test_a_short_line_before_a_capital_was_ended_on_purpose() -> None:
    assert cut("Contact\nMunicipal office for integration", 60) == [
        "Contact",
        "Municipal office for integration",
    ]


def test_a_line_that_goes_on_in_lower_case_is_no_new_one() -> None:
    assert cut("Contact the\nmunicipal office", 60) == ["Contact the municipal office"]


@given(st.text(alphabet="aB \n.", max_size=60), st.integers(1, 200))
def test_nothing_but_white_space_is_left_out(text: str, width: int) -> None:
    stretches = deliberate(text, width)
    assert "".join("".join(text[a:b].split()) for a, b in stretches) == "".join(text.split())
    assert all(a < b for a, b in stretches)
    assert stretches == sorted(stretches)


OWN = "Youth office\nWe advise families.\n"


def passage(page: PageRef | None, text: str = "Youth office We advise families.") -> Passage:
    span = Span(page, 0, 32)
    return Passage("p", "d", text, (span,), (), (Sentence(0, len(text), (span,)),))


def test_a_sentence_is_cut_at_its_line_breaks_and_keeps_its_places() -> None:
    first, second = lines(passage(None), lambda span: OWN * 4 + "x" * 130)
    assert (first.start, first.end, first.opens) == (0, 12, True)
    assert (second.start, second.end, second.opens) == (13, 32, False)
    assert OWN[second.spans[0].start : second.spans[0].end] == "We advise families."


def test_sentences_on_numbered_pages_stay_whole() -> None:
    (only,) = lines(passage(PageRef(1, None)), lambda span: OWN + "x" * 130)
    assert (only.start, only.end) == (0, 32)


def test_what_cleaning_has_changed_stays_whole() -> None:
    changed = passage(None, "Youth offices We advise families")
    (only,) = lines(changed, lambda span: OWN + "x" * 130)
    assert only.spans == changed.spans
