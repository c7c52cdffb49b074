"""Values to HTML: what is said, and that nothing from outside reaches the page but as text."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from gendergpt.errors import LibraryMissing
from gendergpt.framing import no_answer
from gendergpt.phrases import phrases
from gendergpt.references import as_text, may_stand_in
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
    Sentence,
    Span,
    Stage,
    Status,
    TextDelta,
)
from gendergpt.ui import choices, frame, highlight, render
from gendergpt.ui import conversation as talk
from gendergpt.ui.choices import Chosen
from gendergpt.ui.conversation import Conversation
from gendergpt.ui.enumerations import even

EVIL = "\"'><img src=x onerror=alert(1)><script>alert(1)</script>{0}${1}\x00\ud800"
DOCUMENT = Document(
    id="d1",
    title="Border Management and Gender",
    publisher="DCAF",
    year=2020,
    edition="2nd edition",
    url="https://example.org/tool6",
)
SUMMARY = Document(
    id="d2",
    title="Notes",
    kind=Kind.SUMMARY,
    based_on=(Basis("Global Compact", "UN", 2018, "para. 27", "https://un.org/gcm", "LAND"),),
)
TEXT = "Before it. Officers are trained\nevery year. After it."
QUOTE = "Officers are trained every year."
PASSAGE = Passage("p1", "d1", TEXT, (Span(PageRef(22, "14"), 0, len(TEXT)),), ("4. Training",))
HIT = Hit(1, 0.5, Stage.RERANKED, PASSAGE, DOCUMENT)
CITATION = Citation(
    1, QUOTE, Status.NORMALISED, PASSAGE.spans, PASSAGE.heading, PASSAGE.id, DOCUMENT
)
ANSWER = Answer(
    question="Who is trained?",
    outcome=Outcome.ANSWERED,
    text=f"DCAF, Border Management and Gender (2020):\n“{QUOTE}” [1]",
    citations=(CITATION,),
    searched=Searched(2, 30),
)


def finished(answer: Answer, passages: dict[str, Passage] | None = None) -> str:
    return render.finished(1, answer, passages or {}, {"d1": "Border Management and Gender"})


class Elements(HTMLParser):
    """Collects elements as (tag, attributes) and all text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_marker_is_a_button_that_names_its_card() -> None:
    html = finished(ANSWER, {"p1": PASSAGE})
    buttons = [a for tag, a in Elements(html).found if tag == "button" and "data-card" in a]
    assert [b["data-card"] for b in buttons] == ["t1-c1"]
    assert ">[1]</button>" in html
    assert 'id="t1-c1"' in html


def test_card_marks_the_quotation_in_its_passage() -> None:
    html = finished(ANSWER, {"p1": PASSAGE})
    assert "Before it. <mark>Officers are trained\nevery year.</mark> After it." in html
    assert "p. 14 (PDF page 22)" in html
    assert "publisher&#39;s own words" in html
    assert "2nd edition" in html


@pytest.mark.parametrize(
    "passages", [{}, {"p1": replace(PASSAGE, text="Something else entirely.")}]
)
def test_card_without_the_quotation_in_a_passage_shows_it_alone(
    passages: dict[str, Passage],
) -> None:
    html = finished(ANSWER, passages)
    assert f"<mark>{QUOTE}</mark></blockquote>" in html


def test_passage_may_come_from_reading_or_nearest() -> None:
    assert "Before it. <mark>" in finished(replace(ANSWER, reading=(HIT,)))
    assert "Before it. <mark>" in finished(replace(ANSWER, nearest=(HIT,)))


def test_summary_is_never_the_publishers_words() -> None:
    basis = SUMMARY.based_on[0]
    citation = replace(CITATION, document=SUMMARY, basis=basis, spans=())
    html = finished(replace(ANSWER, citations=(citation,)))
    assert "Our summary of Global Compact" in html
    assert "not the publisher&#39;s words" in html
    assert "publisher&#39;s own words" not in html
    assert "Only the publication&#39;s landing page or abstract was seen" in html
    assert 'href="https://un.org/gcm"' in html


def test_what_is_all_ours_is_no_publishers_words() -> None:
    own = Basis("Session plan", "GenderGPT", 2026)
    citation = replace(CITATION, document=SUMMARY, basis=own)
    html = finished(replace(ANSWER, citations=(citation,)))
    assert "Our own Session plan — no publisher&#39;s words" in html


def test_superseded_edition_is_named_by_title() -> None:
    old = replace(DOCUMENT, superseded_by="d1")
    html = finished(replace(ANSWER, citations=(replace(CITATION, document=old),)))
    assert "A newer edition replaces this one: Border Management and Gender." in html


def test_unknown_markers_stay_text() -> None:
    html = finished(replace(ANSWER, text="See [7] and [1].", citations=(CITATION,)))
    assert '<span class="marker waiting">[7]</span>' in html


def test_lead_and_quotation_lines_differ() -> None:
    html = finished(ANSWER)
    assert '<p class="lead" dir="auto">DCAF' in html
    assert '<p class="quoted" dir="auto" lang="en">“Officers' in html


def test_an_answer_in_another_language_marks_the_language_of_its_quotations() -> None:
    html = finished(replace(ANSWER, language="ru"), {"p1": PASSAGE})
    assert '<div class="answer" lang="ru" dir="ltr">' in html
    assert '<span class="tongue" lang="ru">английский</span>' in html
    assert '<blockquote dir="auto" lang="en">' in html
    assert "Собственные слова издателя" in html and "с. 14 (стр. PDF 22)" in html
    assert "tongue" not in finished(ANSWER)
    assert '<div class="answer" lang="ar" dir="rtl">' in finished(replace(ANSWER, language="ar"))


@pytest.mark.parametrize("language", ["ru", "fr", "ar"])
def test_a_refusal_is_said_once_in_another_language(language: str) -> None:
    say = phrases(language)
    answer = Answer("?", Outcome.NOT_IN_LIBRARY, no_answer(say), searched=Searched(2, 30),
                    missing=("2031",), language=language)  # fmt: skip
    html = finished(answer)
    assert html.count(no_answer(say)) == 2  # once shown, once in the text to copy
    assert "library" not in html


def test_partial_says_what_is_missing() -> None:
    text = f"{ANSWER.text}\n\nNot found in the library: 2031; Norway."
    answer = replace(ANSWER, outcome=Outcome.PARTIAL, text=text, missing=("2031", "Norway"))
    html = finished(answer)
    assert "Part of your question is not covered: 2031; Norway" in html
    assert html.count("Not found in the library") == 1  # only in the text to copy


def test_no_answer_says_so_and_what_was_searched() -> None:
    answer = Answer(
        question="Budget?",
        outcome=Outcome.NOT_IN_LIBRARY,
        text=f"{no_answer()}\nNot found: 2031.\nSearched: 1 document.\n\nNearest:\n– Text",
        missing=("2031",),
        nearest=(HIT,),
        originals=(Basis("Regulation", "EU", 2019, url="https://eur-lex.europa.eu/x"),),
        searched=Searched(1, 30, {"document": ["d1"], "year_from": 2019}),
    )
    html = finished(answer)
    assert html.count(no_answer()) == 2  # once shown, once in the text to copy
    assert "Not found: 2031</p>" in html
    assert html.count("– Text") == 1
    assert (
        "Searched 1 document, 30 passages, limited to document Border Management and Gender "
        "and years from 2019."
    ) in html
    assert "Nearest passages (not an answer)" in html
    assert "EU, Regulation, 2019" in html
    assert "<mark>" not in html


def test_publications_that_are_missing() -> None:
    originals = (
        Basis("Regulation", "EU", 2019, url="https://eur-lex.europa.eu/x"),
        Basis("Tool 6", "DCAF"),
        Basis("Trap", url="javascript:alert(1)"),
    )
    text = f"{ANSWER.text}\n\nNot found in the library: 2031.\n\n{may_stand_in(originals)}"
    answer = replace(ANSWER, outcome=Outcome.PARTIAL, missing=("2031",), originals=originals)
    html = finished(replace(answer, text=text))
    links = [attributes for tag, attributes in Elements(html).found if tag == "a"]
    assert {each["href"] for each in links} == {"https://eur-lex.europa.eu/x", DOCUMENT.url}
    assert all("noopener" in (each["rel"] or "") for each in links)
    assert "DCAF, Tool 6 (no address known: ask DCAF)" in html
    assert html.count("It may stand in one of these") == 1, "only in the text to copy"


def test_about_the_assistant_is_plain() -> None:
    html = finished(Answer("hello", Outcome.ABOUT_ASSISTANT, "I quote documents."))
    assert "I quote documents." in html
    assert "Copy answer" not in html


def test_note_is_not_said_twice() -> None:
    once = replace(ANSWER, text=f"{ANSWER.text}\n\nNational law prevails.")
    html = finished(replace(once, notes=("National law prevails.", "Ask a lawyer.")))
    assert '<p class="note">Ask a lawyer.</p>' in html
    assert '<p class="note">National' not in html


def hostile_answer(outcome: Outcome) -> Answer:
    document = Document(
        id=EVIL, title=EVIL, publisher=EVIL, edition=EVIL, url=EVIL, superseded_by=EVIL
    )
    basis = Basis(EVIL, EVIL, None, EVIL, EVIL, EVIL)
    summary = replace(document, kind=Kind.SUMMARY, based_on=(basis,))
    spans = (Span(PageRef(1, EVIL), 0, 5),)
    passage = Passage(EVIL, EVIL, f"{EVIL} {EVIL}", spans, (EVIL,))
    first = Citation(1, EVIL, Status.EXACT, spans, (EVIL,), EVIL, document, also=(summary,))
    return Answer(
        question=EVIL,
        outcome=outcome,
        text=f"{EVIL}:\n{EVIL} [1] [2]",
        citations=(first, replace(first, marker=2, document=summary, basis=basis)),
        missing=(EVIL,),
        nearest=(Hit(1, 1, Stage.DENSE, passage, document),),
        reading=(Hit(1, 1, Stage.DENSE, passage, summary),),
        searched=Searched(1, 1, {"publisher": EVIL, EVIL: [EVIL]}),
        originals=(basis,),
        notes=(f"note {EVIL}",),
    )


@pytest.mark.parametrize("outcome", list(Outcome))
def test_hostile_text_is_only_text(outcome: Outcome) -> None:
    html = finished(hostile_answer(outcome))
    html.encode("utf-8")
    elements = Elements(html)
    allowed = {"div", "article", "section", "h2", "h3", "p", "span", "button", "pre", "mark"}
    allowed |= {"details", "summary", "ol", "ul", "li", "dl", "dt", "dd", "blockquote"}
    allowed |= {"form", "fieldset", "legend", "label", "input", "textarea", "select", "option"}
    allowed |= {"svg", "path"}
    assert {tag for tag, _ in elements.found} <= allowed
    names = {name for _, attributes in elements.found for name in attributes}
    assert not any(name.startswith("on") or name in ("src", "href", "style") for name in names)
    assert "<script>alert(1)</script>{0}${1}" in elements.text


def test_other_parts_escape_too() -> None:
    for html in (
        render.running(1, EVIL, EVIL),
        render.stopped(1, EVIL),
        render.failed(1, EVIL, EVIL),
        render.failed(1, EVIL, EVIL, EVIL),
        frame.welcome([EVIL]),
        frame.problem_line(EVIL),
        frame.chosen_line(Chosen((EVIL,), (EVIL, "d1"), (EVIL,), (EVIL,)), {"d1": EVIL}),
        frame.years_told(EVIL),
    ):
        html.encode("utf-8")
        assert "<script" not in html
        assert "<img" not in html
        assert not any(name.startswith("on") for _, a in Elements(html).found for name in a)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//other.example/x",
        "https://",
        "http://[bad",
        "https://user@other.example",
        "file:///etc/passwd",
        "doc.pdf",
    ],
)
def test_only_plain_web_addresses_become_links(url: str) -> None:
    document = replace(DOCUMENT, url=url)
    html = finished(replace(ANSWER, citations=(replace(CITATION, document=document),)))
    assert "<a " not in html
    assert "Official address:" in html


@pytest.mark.parametrize(
    ("held", "said"),
    [
        ([], "The library is empty. Add documents with gendergpt ingest FOLDER."),
        (
            [SUMMARY],
            "This library holds 1 summary in our own words and no publication itself yet. "
            "To add publications: gendergpt ingest FOLDER",
        ),
        ([DOCUMENT], "This library holds 1 publication in the publishers' own words."),
        (
            [DOCUMENT, SUMMARY, SUMMARY],
            "This library holds 1 publication in the publishers' own words and 2 summaries in "
            "ours.",
        ),
    ],
)
def test_library_line(held: list[Document], said: str) -> None:
    assert Elements(frame.library_line(held)).text == said


def test_publishers_are_those_of_guidance() -> None:
    own = Basis("Glossary", "GenderGPT", 2026)
    note = replace(SUMMARY, publisher="GenderGPT (summary)", based_on=(*SUMMARY.based_on, own))
    assert choices.offered([DOCUMENT, note, note], Chosen())["publisher"] == [
        ("DCAF (1)", "DCAF"),
        ("UN (2)", "UN"),
    ]


def test_documents_of_ours_bear_no_year() -> None:
    dated = replace(SUMMARY, year=2026)
    assert choices.document_choices([dated, DOCUMENT]) == [
        ("Border Management and Gender (2020)", "d1"),
        ("Notes", "d2"),
    ]
    html = finished(replace(ANSWER, citations=(replace(CITATION, document=dated),)))
    assert "2026" not in re.sub(r'data-item="[^"]*"', "", html)


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        (Chosen(), ""),
        (Chosen(("UN", "OSCE")), "UN or OSCE"),
        (Chosen(document=("d1",)), "Border Management and Gender"),
        (
            Chosen(("UN",), ("d1", "gone")),
            "UN, and there only Border Management and Gender or gone",
        ),
        (
            Chosen(language=("ru", "xx"), edition=("2nd",), kind=("summary", "original")),
            "Russian or xx, and there only 2nd, and there only our summaries or publications",
        ),
        (Chosen(year_from=2015), "2015 or later"),
        (Chosen(year_to=2015), "2015 or earlier"),
        (Chosen(year_from=2015, year_to=2015), "the year 2015"),
        (Chosen(("UN",), year_from=2015, year_to=2020), "UN, and there only 2015 to 2020"),
    ],
)
def test_filters_in_words(chosen: Chosen, said: str) -> None:
    assert choices.in_words(chosen, {"d1": DOCUMENT.title}) == said


def test_filters_in_use_are_buttons_that_lift_them() -> None:
    assert frame.chosen_line(Chosen(), {}) == ""
    chosen = Chosen(("UN",), ("d1",), year_from=2015)
    html = frame.chosen_line(chosen, {"d1": DOCUMENT.title})
    buttons = [attributes for tag, attributes in Elements(html).found if tag == "button"]
    lifted = [(each["data-lift"], each.get("data-value") or "") for each in buttons]
    assert lifted == [("publisher", "UN"), ("document", "d1"), ("year", ""), ("", "")]
    said = (
        "Searching only:UN✕and there onlyBorder Management and Gender✕and there only"
        "2015 or later✕Clear filters"
    )
    assert Elements(html).text == said
    for group, value in lifted[:3]:
        chosen = choices.lifted(chosen, str(group), str(value))
        assert (group == "year") == (not chosen)
    assert choices.lifted(Chosen(("UN",)), "", "") == Chosen()
    assert choices.lifted(Chosen(("UN",)), "other", "UN") == Chosen(("UN",))


def test_turn_says_what_the_search_was_limited_to() -> None:
    assert "Searching only in: UN</p>" in render.running(1, "Why?", only="UN")
    for html in (
        render.running(1, "Why?"),
        render.finished(1, Answer("hello", Outcome.ABOUT_ASSISTANT, "Hello."), {}, {}, "UN"),
    ):
        assert "only in" not in html
    for html in (
        render.stopped(1, "Why?", "UN"),
        render.failed(1, "Why?", "No.", "UN"),
        render.finished(1, ANSWER, {}, {}, "UN"),
    ):
        assert "Searched only in: UN</p>" in html


@pytest.mark.parametrize(
    ("searched", "said"),
    [
        (Searched(1, 30, {"publisher": ["UN"]}), "Searched 1 document, 30 passages, with these"),
        (Searched(0, 0, {"publisher": ["UN"]}), "No document of the library fits these filters"),
    ],
)
def test_filters_are_not_named_twice(searched: Searched, said: str) -> None:
    answer = Answer("Budget?", Outcome.NOT_IN_LIBRARY, no_answer(), searched=searched)
    html = render.finished(1, answer, {}, {}, "UN")
    assert said in html
    assert html.count("UN<") == 1


LIST = "It covers:\n(1) policies; (2) training;\n(3) codes of conduct; and (4) women."


@pytest.mark.parametrize(
    ("quote", "passage", "found"),
    [
        ("b c", "a b  c d", "b  c"),
        ("border officers", "The bor-\nder officers came", "bor-\nder officers"),
        ("efficient", "an e\ufb03cient way", "e\ufb03cient"),
        ("absent", "nothing here", None),
        ("", "text", None),
    ],
)
def test_highlight(quote: str, passage: str, found: str | None) -> None:
    place = highlight.find(quote, passage)
    assert (passage[slice(*place)] if place else None) == found


@pytest.mark.parametrize(
    ("text", "evened"),
    [
        (LIST, LIST.replace("\n", " ")),
        ("Steps (1) ask; (2) look;\n(3) write.", "Steps (1) ask; (2) look; (3) write."),
        ("It covers:\n(a) one;\n(b) two; (c) three.", "It covers: (a) one; (b) two; (c) three."),
        ("It covers:\n(1) policies;\n(2) training.", None),
        ("• one (1) and (2);\n• two;\n(3) three", None),
        ("As paragraph (1) says.\n(2) Officers are trained.", None),
        ("“One; (1) a; (2) b” [1]\n“(3) c” [2]", None),
        ("", None),
    ],
)
def test_lines_of_enumerations(text: str, evened: str | None) -> None:
    assert even(text) == (evened or text)


def test_enumeration_that_runs_on_flows_in_answer_and_card() -> None:
    citation = replace(CITATION, quote=LIST)
    answer = replace(ANSWER, text=f"DCAF, Tool 6:\n“{LIST}” [1]", citations=(citation,))
    html = finished(answer, {"p1": replace(PASSAGE, text=f"Before.\n{LIST}\nAfter.")})
    flowing = LIST.replace("\n", " ")
    assert f"“{flowing}”\u00a0" in html
    assert f"Before.\n<mark>{flowing}</mark>\nAfter." in html


def test_much_before_a_quotation_is_folded() -> None:
    first, second = "Early words. " * 20, "Just before it. "
    text = f"{first}{second}{QUOTE}"
    bounds = [(0, len(first)), (len(first), len(first + second)), (len(first + second), len(text))]
    sentences = tuple(Sentence(start, end, ()) for start, end in bounds)
    html = finished(ANSWER, {"p1": replace(PASSAGE, text=text, sentences=sentences)})
    assert f"{first.strip()}</details>{second}<mark>{QUOTE}</mark>" in html
    whole = finished(ANSWER, {"p1": replace(PASSAGE, text=text)})
    assert f"{second.strip()}</details><mark>{QUOTE}</mark>" in whole


def test_references_are_grouped_and_linked() -> None:
    other = replace(CITATION, marker=3, document=replace(DOCUMENT, url="javascript:alert(1)"))
    answer = replace(ANSWER, citations=(CITATION, replace(CITATION, marker=2), other))
    html = finished(answer)
    listed = html[html.index('<ul class="refs">') : html.index("</ul>")]
    assert "References (2)" in html
    assert '<span class="markers">[1] [2]</span>' in listed
    links = [attributes for tag, attributes in Elements(listed).found if tag == "a"]
    assert [each["href"] for each in links] == [DOCUMENT.url]
    assert links[0]["rel"] == "noopener noreferrer nofollow"
    assert "javascript:alert(1)" in Elements(listed).text
    copied = html[html.index("<pre") : html.index("</pre>")]
    assert Elements(copied).text == as_text(answer)


class Failing:
    """An assistant that fails in the way it is told."""

    def __init__(self, error: Exception | None) -> None:
        self.error = error

    def stream(self, *_: object) -> object:
        yield TextDelta("Begun")
        if self.error:
            raise self.error

    def documents(self) -> list[Document]:
        return []


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (LibraryMissing("There is no library here."), "There is no library here."),
        (ValueError("secret"), render.APOLOGY),
        (None, render.APOLOGY),
    ],
)
def test_failed_turn_leaves_a_conversation_to_go_on_with(
    error: Exception | None, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    begun = talk.begin(Conversation(), "Why?")
    *_, last = talk.answer(Failing(error), begun, None, {})  # type: ignore[arg-type]
    assert said in last.current
    assert "secret" not in last.current
    assert (last.running, last.turns, last.number) == (None, (), 1)
    assert ("could not be answered" in caplog.text) is (said == render.APOLOGY)


def test_earlier_turns_are_no_longer_announced() -> None:
    first = replace(Conversation(), current=finished(ANSWER), number=1)
    second = talk.begin(first, "And then?")
    assert 'role="log"' not in second.past
    assert 'role="log"' in second.current
    assert "Who is trained?" in second.past


def test_stopping_when_nothing_runs_changes_nothing() -> None:
    assert talk.stop(Conversation()) == Conversation()
