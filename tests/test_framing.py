"""The words around quotations: in the asker's language, and no more than is true."""

from __future__ import annotations

import pytest

from gendergpt import framing
from gendergpt.framing import KINDS, composed, foreign_quotes, lacking, refusal, support
from gendergpt.phrases import languages, phrases
from gendergpt.questions import Shape
from gendergpt.references import REMARK, as_text
from gendergpt.types import (
    Answer,
    Basis,
    Citation,
    Document,
    Hit,
    Kind,
    Outcome,
    PageRef,
    Passage,
    Searched,
    Span,
    Stage,
    Status,
)

PAGE = (Span(PageRef(22, "14"), 0, 1),)
GUIDE = Document("g", "Guide", "APT", 2019, language="en")
TOOLKIT = Document("t", "Toolkit", "DCAF", 2012, language="en")
RUSSIAN = Document("r", "Доклад", "ООН", 2020, language="ru")
TOOL = Basis("Tool 6", "DCAF", 2020, original="tool-6")
GLOSSARY = Basis("Glossary", "GenderGPT", 2026)
NOTE = Document("n", "Our note", kind=Kind.SUMMARY, based_on=(TOOL,))


def cite(
    marker: int,
    document: Document = GUIDE,
    basis: Basis | None = None,
    quote: str = "Women are searched by women.",
    also: tuple[Document, ...] = (),
) -> Citation:
    return Citation(marker, quote, Status.EXACT, PAGE, ("H",), "p", document, basis, also)


@pytest.mark.parametrize(
    ("citations", "line"),
    [
        ([cite(1)], "This rests on one publication only (2019)."),
        ([cite(1), cite(2)], "This rests on one publication only (2019)."),
        (
            [cite(1, NOTE, TOOL)],
            "This rests on one publication only (2020), in our summary and not in its own words.",
        ),
        (
            [cite(1), cite(2, TOOLKIT)],
            "This rests on 2 publications (2012, 2019). Each point rests on one source.",
        ),
        (
            [cite(1), cite(2, NOTE, TOOL)],
            "This rests on 2 publications (2019, 2020). Quotation 2 is our summary only. "
            "Each point rests on one source.",
        ),
        ([cite(1, also=(TOOLKIT,))], "This rests on 2 publications (2012, 2019)."),
        (
            [cite(1, also=(TOOLKIT,)), cite(2)],
            "This rests on 2 publications (2012, 2019). Quotation 2 rests on one source.",
        ),
        (
            [cite(1, also=(TOOLKIT,)), cite(2), cite(3, NOTE, TOOL)],
            "This rests on 3 publications (2012, 2019, 2020). Quotation 3 is our summary only. "
            "Quotations 2 and 3 rest on one source each.",
        ),
        ([cite(1, Document("x", "Undated"))], "This rests on one publication only."),
        (
            [cite(n, Document(str(n), "T", year=2000 + n)) for n in range(1, 6)],
            "This rests on 5 publications (2001–2005). Each point rests on one source.",
        ),
    ],
)
def test_how_well_it_rests(citations: list[Citation], line: str) -> None:
    assert support(citations) == line


def test_what_is_all_ours_rests_on_no_publication() -> None:
    remark = cite(2, NOTE, TOOL, quote=f"{REMARK}: only the abstract was seen.")
    assert support([]) is None
    assert support([cite(1, NOTE, GLOSSARY)]) is None
    assert support([remark]) is None
    assert support([cite(1, NOTE, TOOL), remark]) == support([cite(1, NOTE, TOOL)])


def test_a_note_of_ours_that_says_the_same_is_no_further_publication() -> None:
    assert support([cite(1, also=(NOTE,))]) == support([cite(1)])
    assert support([cite(1, also=(NOTE,)), cite(2)]) == support([cite(1), cite(2)])


def test_an_original_and_our_note_about_it_are_one_publication() -> None:
    loaded = Document("o", "Tool 6", "DCAF", 2020, original="tool-6")
    line = support([cite(1, loaded), cite(2, NOTE, TOOL)])
    assert line == "This rests on one publication only (2020). Quotation 2 is our summary only."


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("ru", "Ответ опирается на 2 публикации (2012, 2019). "
               "Каждое положение опирается на один источник."),
        ("fr", "Cette réponse repose sur 2 publications (2012, 2019). "
               "Chaque point repose sur une seule source."),
        ("ar", "تستند هذه الإجابة إلى منشورين (2012, 2019). كل نقطة تستند إلى مصدر واحد."),
    ],
)  # fmt: skip
def test_it_is_said_in_the_askers_language(code: str, line: str) -> None:
    assert support([cite(1), cite(2, TOOLKIT)], phrases(code)) == line


def test_quotations_in_another_language_are_said_to_be() -> None:
    assert foreign_quotes([cite(1)]) is None
    assert foreign_quotes([cite(1, RUSSIAN)], phrases("ru")) is None
    assert foreign_quotes([cite(1)], phrases("fr")) == (
        "La citation est dans la langue d’origine (anglais)."
    )
    both = [cite(1), cite(2, RUSSIAN)]
    assert foreign_quotes(both) == "The quotations are in their original language (Russian)."
    assert foreign_quotes(both, phrases("de")) == (
        "Die Zitate stehen in der Originalsprache (Englisch, Russisch)."
    )


def test_a_quotation_without_a_recorded_language_is_looked_at() -> None:
    unknown = Document("u", "Untitled")
    assert framing.quoted_in(cite(1, unknown)) == "en"
    assert framing.quoted_in(cite(1, unknown, quote="Женщин досматривают женщины.")) == "ru"


@pytest.mark.parametrize("code", languages())
def test_every_language_words_a_whole_answer(code: str) -> None:
    say = phrases(code)
    hit = Hit(1, 1.0, Stage.RERANKED, Passage("p", "g", "Text {0}", PAGE, ("H",)), GUIDE)
    original = Basis("Code {x}", "EU", 2016)
    texts = [
        composed([cite(1), cite(2, NOTE, TOOL)], ("2031",), (original,), say),
        refusal(("2031",), Searched(3, 1200), [hit], [original, TOOL], say),
        refusal((), Searched(1, 1, {"publisher": "EU"}), [], [], say),
        framing.about([GUIDE, NOTE], say),
        framing.prevails(say),
    ]
    for text in texts:
        assert "{" not in text.replace("{0}", "").replace("{x}", "")
    assert "Women are searched by women.” [1]" in texts[0] and "[2]" in texts[0]
    english = composed([cite(1), cite(2, NOTE, TOOL)], ("2031",), (original,))
    assert (texts[0] == english) is (code == "en")


def test_the_references_are_in_the_answers_language() -> None:
    answer = Answer("?", Outcome.ANSWERED, "…", (cite(1, NOTE, TOOL),), language="ru")
    text = as_text(answer)
    assert "Источники\n[1] наше изложение публикации Tool 6 (DCAF, 2020)" in text
    assert "с. 14 (стр. PDF 22)" in text


def test_kinds_of_thing_are_translated_and_names_are_not() -> None:
    assert lacking(("a date", "2031", "Норвегия"), phrases("ru")) == ("дата", "2031", "Норвегия")
    assert lacking(("a date",)) == ("a date",)
    assert {str(each) for each in Shape} - KINDS == {"open", "definition", "claim"}
