"""Terms in an answer: marked once, explained beneath it, and the text as it was."""

from __future__ import annotations

import html
import re

from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from gendergpt.glossary import Glossary, Term
from gendergpt.phrases import ENGLISH, phrases
from gendergpt.types import Document, Kind
from gendergpt.ui.terms import NONE, explained
from gendergpt.ui.wording import answer_text

EVIL = '"><script>x</script>${1}'
OURS = Document("o", "Glossary", language="en", kind=Kind.SUMMARY)
THEIRS = Document("t", f"Guide {EVIL}", language="tr")
KNOWN = Glossary(
    (
        Term("Body search", ("Body search",), f"A body search is {EVIL}", OURS),
        Term("R&D of x", ("R&D of x",), "Research", OURS),
    ),
    {"PNR": (Term("PNR", ("PNR",), "PNR: passenger name record", THEIRS, False),)},
)
TEXT = "The PNR tool:\n“A body search, PNR and R&D of x.” [1]\n“A body search again.” [2]"


def seen(markup: str) -> str:
    """Return the words that show."""
    shown = re.sub(r'<div class="definitions" hidden>.*', "", markup, flags=re.DOTALL)
    return html.unescape(re.sub(r"<[^>]*>", "", shown))


def test_first_occurrences_in_quotations_are_marked_and_explained() -> None:
    plain = answer_text(TEXT, {}, 3)
    marked = explained(plain, 3, KNOWN, (), ENGLISH)
    assert re.findall(r'aria-describedby="(t3-term\d)">([^<]*)<', marked) == [
        ("t3-term1", "body search"),
        ("t3-term2", "PNR"),
        ("t3-term3", "R&amp;D of x"),
    ]
    assert seen(marked) == seen(plain)
    assert marked.count("From our glossary") == 2
    assert 'lang="tr">PNR: passenger name record' in marked
    assert "<script" not in marked
    assert html.escape(EVIL).replace("&#x27;", "&#39;").replace("&quot;", "&#34;") in marked


def test_nothing_known_nothing_changed() -> None:
    plain = answer_text(TEXT, {}, 1)
    assert explained(plain, 1, NONE, (), ENGLISH) is plain


def test_says_where_it_is_from_in_the_answers_language() -> None:
    marked = explained(answer_text(TEXT, {}, 1), 1, KNOWN, (), phrases("de"))
    assert "Aus unserem Glossar" in marked
    assert "Aus: Guide" in marked


def test_markers_and_lines_of_ours_are_left_alone() -> None:
    plain = Markup(
        '<div class="group"><p class="plain">PNR</p><p class="quoted"><button title="PNR">PNR'
        '</button><span class="tongue">PNR</span></p></div>'
    )
    assert explained(plain, 1, KNOWN, (), ENGLISH) is plain


@given(st.text(alphabet="ab PNR<>&\"'[1]\n", max_size=60), st.lists(st.text(max_size=6)))
def test_the_words_stay_the_same(text: str, names: list[str]) -> None:
    terms = tuple(Term(name, (name,), name, OURS) for name in names if name.strip())
    plain = answer_text(f"“{text} PNR {' '.join(names)}” [1]", {}, 1)
    marked = explained(plain, 1, Glossary(terms, KNOWN.acronyms), (), ENGLISH)
    assert seen(marked) == seen(plain)
    assert len(re.findall('class="term"', marked)) <= 12
