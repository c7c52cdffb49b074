"""Which originals are there, which are missing, and how a loaded file is recognised as one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gendergpt.assistant import Assistant
from gendergpt.embedding import SentenceTransformerEncoder
from gendergpt.errors import CatalogueError
from gendergpt.ingestion import ingest
from gendergpt.ledger import Ledger
from gendergpt.library import Library
from gendergpt.originals import (
    completed,
    missing,
    named_in,
    recognise,
    sections_on,
    stepped_back,
    words,
)
from gendergpt.references import may_stand_in
from gendergpt.settings import Settings
from gendergpt.types import Answer, Basis, Document, Filters, Kind, Original, Outcome
from tests.conftest import TinyEncoder

NEW = Original(
    "tool-6-2020",
    "Tool 6: Border Management and Gender",
    "DCAF, OSCE/ODIHR, UN Women",
    2020,
    url="https://example.org/tool-6",
)
OLD = Original(
    "tool-6-2008",
    "Border Management and Gender (Tool 6)",
    "DCAF, OSCE/ODIHR, UN-INSTRAW",
    2008,
    superseded_by="tool-6-2020",
)
NOTE = Original("note-6", "Practice Note 6: Border Management and Gender", "DCAF", 2008)
REPORT = Original(
    "report", "Report on migrants", "UN General Assembly", 2019, language="en", symbol="A/74/191"
)
GUIDE = Original(
    "guide",
    "Gender and Migration Data: A Guide for Migration Governance",
    "IOM",
    2021,
    also=("Guide on Data",),
)
BORDERS = Original(
    "borders", "Recommended Principles and Guidelines on Human Rights at Borders", "OHCHR", 2014
)
CODE = Original("code", "Schengen Borders Code", "European Union", 2016)
ALL = (NEW, OLD, NOTE, REPORT, GUIDE, BORDERS, CODE)


def document(title: str, **values: object) -> Document:
    return replace(Document("d1", title), **values)  # type: ignore[arg-type]


# --- recognition ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("loaded", "expected"),
    [
        (document("Tool 6 / Border Management and Gender", year=2020), "tool-6-2020"),
        (document("BORDER MANAGEMENT AND GENDER – TOOL 6", year=2020), "tool-6-2020"),
        (document("Tool 6: Border Management & Gender", year=2008), "tool-6-2008"),
        (document("Tool 6: Border Management and Gender (2008)"), "tool-6-2008"),
        (document("tool 6 border management and gender 2020"), "tool-6-2020"),
        (document("Practice Note 6: Border Management and Gender", year=2008), "note-6"),
        (document("A_74_191.en.pdf", symbol="A/74/191", language="en"), "report"),
        (document("Microsoft Word - x.doc", symbol="a/74/ 191", year=2019), "report"),
        (document("Gender and Migration Data", year=2021, publisher="IOM"), "guide"),
        (
            document(
                "Gender and Migration Data – a guide for migration governance",
                publisher="International Organization for Migration",
            ),
            "guide",
        ),
        (document("Guide on Data", publisher="IOM Geneva"), "guide"),
        (document("Recommended principles and guidelines on human rights at borders"), "borders"),
        (document("IOM: anything at all", original="code"), "code"),
    ],
)
def test_recognised(loaded: Document, expected: str) -> None:
    found = recognise(loaded, ALL)
    assert found is not None and found.id == expected


@pytest.mark.parametrize(
    "loaded",
    [
        document("Tool 6: Border Management and Gender"),  # which edition?
        document("Tool 6: Border Management and Gender", year=2014),
        document("Tool 16: Border Management and Gender", year=2020),
        document("Tool 6: Police and Gender", year=2020),
        document("Border Management and Gender", year=2020),  # tool or practice note?
        document("Tool 6: Border Management and Gender: a reader's guide", year=2020),
        document("Border Management", year=2020),
        document("Something", symbol="A/74/191/Rev.1"),
        document("Something", symbol="A/741/91"),
        document("Rapport", symbol="A/74/191", language="fr"),
        document("Report on migrants", symbol="A/75/200", year=2019),
        document("Report on migrants", year=2019),  # a short title, and symbols tell these apart
        document("Report", symbol="A/74/191", year=2024),
        document("Gender and Migration Data", year=2021),  # no subtitle and no publisher
        document("Gender and Migration Data", year=2022, publisher="IOM"),
        document("Guide on Data", publisher="Ministry of Data"),
        document("Guide on Data"),
        document("Schengen Borders Code", publisher="A publishing house of Brod"),
        document("Recommended Principles and Guidelines on Human Rights"),
        document("Schengen Borders Code", kind=Kind.SUMMARY, year=2016),
        document("Anything", original="unknown"),
        document(""),
    ],
)
def test_not_recognised(loaded: Document) -> None:
    assert recognise(loaded, ALL) is None


def test_edition_decides_where_there_is_no_year() -> None:
    first = Original("one", "Handbook for Guards", edition="1st edition", superseded_by="two")
    second = Original("two", "Handbook for Guards", edition="2nd edition")
    loaded = document("Handbook for guards", edition="Edition 2")
    assert recognise(loaded, [first, second]) == second
    assert recognise(document("Handbook for guards"), [first, second]) is None


@given(st.text(max_size=60), st.integers(1990, 2030))
def test_no_title_breaks_it_and_none_of_a_kind_fits_two(title: str, year: int) -> None:
    found = recognise(document(title, year=year), ALL)
    assert found is None or set(words(title))
    if found is not None:
        assert found.year == year


# --- the record ----------------------------------------------------------------------------------


def test_what_is_lacking_is_filled_in() -> None:
    loaded = document("tool6_final", year=2008, guessed=("year",))
    done = completed(loaded, OLD, ALL, ())
    assert (done.title, done.publisher, done.year) == (OLD.title, OLD.publisher, 2008)
    assert done.original == "tool-6-2008"
    assert done.superseded_by == "Tool 6: Border Management and Gender (2020)"
    assert done.guessed == ()


def test_what_a_person_has_set_stays() -> None:
    loaded = document("My title", publisher="Us", year=2019, guessed=("language",), language="en")
    done = completed(loaded, NEW, ALL, {"title"})
    assert (done.title, done.publisher, done.year) == ("My title", "Us", 2019)
    assert (done.url, done.language, done.guessed) == (NEW.url, "en", ("language",))
    assert completed(loaded, NEW, ALL, {"title", "url"}).url is None


# --- what is missing -----------------------------------------------------------------------------


def test_missing_and_how_much_stands_on_it() -> None:
    note = document(
        "A note",
        kind=Kind.SUMMARY,
        based_on=(Basis("x", original="code"), Basis("y", original="code"), Basis("z")),
    )
    loaded = document("Code", original="code")
    absent = missing([note, loaded], ALL)
    assert "code" not in [each.id for each in absent]
    assert len(absent) == len(ALL) - 1
    assert sections_on([note, loaded]) == {"code": 2}


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What does the Schengen Borders Code say about body searches?", ["code"]),
        ("what does the SCHENGEN borders code, article 7, say?", ["code"]),
        ("What does Tool 6 say about dogs?", ["tool-6-2020"]),
        ("What did the Tool 6 of 2008 say about dogs?", ["tool-6-2008"]),
        ("What does Practice Note 6 say about dogs?", ["note-6"]),
        ("What does A/74/191 say about dogs?", ["report"]),
        ("What does A/74/191/Rev.1 say?", []),
        ("What does A/74/1911 say?", []),
        ("What does Tool 16 say?", []),
        ("What does gender and migration data tell?", ["guide"]),
        ("How do I bake bread?", []),
        ("Which code holds at the Schengen borders?", []),
    ],
)
def test_named_in_a_question(question: str, expected: list[str]) -> None:
    assert [each.id for each in named_in(question, ALL)] == expected


def test_a_single_word_must_be_written_as_the_name_is() -> None:
    scoped = Original("cedaw", "The Convention of 1979", also=("CEDAW",))
    assert named_in("What does CEDAW say?", [scoped]) == [scoped]
    assert named_in("What does cedawian thinking say?", [scoped]) == []


# --- stepping back -------------------------------------------------------------------------------


def test_a_note_stands_behind_its_publication() -> None:
    owners = [None, None, "a", None, "a", "b"]
    bases = ["a", "c", None, "b", None, None]
    assert stepped_back(owners, bases) == [1, 2, 0, 4, 5, 3]


def test_a_publication_far_below_changes_nothing() -> None:
    owners = [None] * 10 + ["a"]
    bases = ["a"] + [None] * 10
    assert stepped_back(owners, bases) == list(range(11))


@given(st.lists(st.tuples(st.sampled_from([None, "a", "b"]), st.sampled_from([None, "a", "b"]))))
def test_every_hit_stays(pairs: list[tuple[str | None, str | None]]) -> None:
    owners = [owner for owner, _ in pairs]
    bases = [None if owner else basis for owner, basis in pairs]
    assert sorted(stepped_back(owners, bases)) == list(range(len(pairs)))


# --- in a library --------------------------------------------------------------------------------

CATALOGUE = """
[[original]]
id = "brod-manual"
title = "Manual for the crossing at Brod"
publisher = "Brod Police"
year = 2020
symbol = "BP/20/7"
url = "https://example.org/manual"

[[original]]
id = "old-manual"
title = "Manual for the crossing at Brod"
publisher = "Brod Police"
year = 2010
superseded_by = "brod-manual"
"""
ABOUT_NOTE = """
[[document]]
file = "note.md"
title = "Our note on the manual of Brod"
kind = "summary"

[[document.based_on]]
title = "Manual for the crossing at Brod"
publisher = "Brod Police"
year = 2020
heading = "Manual of Brod: body searches"
original = "brod-manual"
"""
MANUAL = (
    "---\ntitle: Manual for the crossing at Brod\nyear: 2020\n---\n\n"
    "# Searches\n\nBody searches of women travellers are carried out by two women officers in a "
    "closed room, once the head of the shift has agreed and the reason stands in the book of the "
    "crossing.\n\nDogs are kept out of the room.\n"
)
NOTE_TEXT = (
    "# Note\n\n## Manual of Brod: body searches\n\n"
    "In the manual of Brod, two women officers carry out body searches of women travellers in a "
    "closed room.\n\n"
    "The manual also has each body search of women travellers recorded on form nine, which the "
    "traveller signs.\n"
)
QUESTION = "Who carries out body searches of women travellers at Brod?"

Build = Callable[..., Assistant]


def loaded(settings: Settings) -> dict[str, Document]:
    ledger = Ledger(settings.library / "ledger.sqlite")
    documents = {Path(each.path or "").name: each for each in ledger.documents()}
    ledger.close()
    return documents


def test_originals_come_first(settings: Settings, notes: Path, tiny: TinyEncoder) -> None:
    (notes / "catalogue.toml").write_text(CATALOGUE)
    (notes / "m.md").write_text(MANUAL.replace("at Brod\n", "at brod\n"))
    ingest([notes], settings, encoder=tiny)
    found = loaded(settings)["m.md"]
    assert found.original == "brod-manual"
    assert found.title == "Manual for the crossing at Brod"
    assert (found.publisher, found.symbol) == ("Brod Police", "BP/20/7")
    assert found.url == "https://example.org/manual"


def test_originals_come_later(settings: Settings, notes: Path, tiny: TinyEncoder) -> None:
    (notes / "m.md").write_text(MANUAL.replace("at Brod\n", "at brod\n").replace("2020", "2010"))
    ingest([notes], settings, encoder=tiny)
    assert loaded(settings)["m.md"].original is None
    encoded = len(tiny.encoded)
    (notes / "catalogue.toml").write_text(CATALOGUE)
    report = ingest([notes], settings, encoder=tiny)
    assert len(report.unchanged) == 1
    assert len(tiny.encoded) == encoded, "nothing was read again"
    found = loaded(settings)["m.md"]
    assert (found.original, found.publisher) == ("old-manual", "Brod Police")
    assert found.title == "Manual for the crossing at brod", "a title is encoded with the text"
    assert found.superseded_by == "Manual for the crossing at Brod (2020)"
    assert ingest([notes], settings, encoder=tiny).generation == report.generation


def test_a_record_wins(settings: Settings, notes: Path, tiny: TinyEncoder) -> None:
    record = '[[document]]\nfile = "m.md"\ntitle = "Ours"\nyear = 2021\noriginal = "old-manual"\n'
    (notes / "catalogue.toml").write_text(CATALOGUE + record)
    (notes / "m.md").write_text(MANUAL)
    ingest([notes], settings, encoder=tiny)
    found = loaded(settings)["m.md"]
    assert (found.original, found.title, found.year) == ("old-manual", "Ours", 2021)
    assert found.publisher == "Brod Police"


def test_a_catalogue_replaces_what_it_listed(
    settings: Settings, notes: Path, tiny: TinyEncoder
) -> None:
    (notes / "m.md").write_text(MANUAL)
    path = notes / "catalogue.toml"
    path.write_text(CATALOGUE)
    ingest([notes], settings, encoder=tiny)
    path.write_text('[[original]]\nid = "other"\ntitle = "Other"\nalso = ["Another"]\n')
    ingest([notes], settings, encoder=tiny)

    def listed() -> list[str]:
        ledger = Ledger(settings.library / "ledger.sqlite")
        ids = [each.id for each in ledger.originals()]
        ledger.close()
        return ids

    assert listed() == ["other"]
    path.unlink()
    ingest([notes], settings, encoder=tiny)
    assert listed() == ["other"], "only --prune forgets"
    ingest([notes], settings, encoder=tiny, prune=True)
    assert listed() == []


def test_an_unknown_original_is_refused(settings: Settings, notes: Path, tiny: TinyEncoder) -> None:
    (notes / "catalogue.toml").write_text('[[document]]\nfile = "m.md"\noriginal = "brod-manual"\n')
    (notes / "m.md").write_text(MANUAL)
    with pytest.raises(CatalogueError, match=r"catalogue\.toml.*'m\.md'.*'brod-manual'"):
        ingest([notes], settings, encoder=tiny)
    assert not settings.library.exists(), "nothing has been written"
    elsewhere = notes.parent / "originals"
    elsewhere.mkdir()
    (elsewhere / "catalogue.toml").write_text(CATALOGUE)
    ingest([elsewhere], settings, encoder=tiny)
    ingest([notes], settings, encoder=tiny)
    assert loaded(settings)["m.md"].original == "brod-manual"


# --- in answers ----------------------------------------------------------------------------------


@pytest.fixture
def own(settings: Settings, notes: Path, encoder: SentenceTransformerEncoder) -> Iterator[Build]:
    """Builds an assistant over the note and catalogue, and over further files."""
    libraries: list[Library] = []

    def build(**files: str) -> Assistant:
        (notes / "catalogue.toml").write_text(CATALOGUE + ABOUT_NOTE)
        (notes / "note.md").write_text(NOTE_TEXT)
        for name, text in files.items():
            (notes / f"{name}.md").write_text(text)
        ingest([notes], settings, encoder=encoder)
        libraries.append(Library(settings, encoder.fingerprint, encoder.name))
        return Assistant(libraries[-1], encoder)

    yield build
    for library in libraries:
        library.close()


def sources(answer: Answer) -> list[tuple[Kind, str]]:
    return [(each.document.kind, each.quote) for each in answer.citations]


@pytest.mark.slow
def test_a_note_answers_while_the_original_is_missing(own: Build) -> None:
    answer = own().ask(QUESTION)
    assert answer.outcome is Outcome.ANSWERED
    assert answer.citations[0].document.kind is Kind.SUMMARY
    assert "two women officers" in answer.citations[0].quote


@pytest.mark.slow
def test_a_note_steps_back_when_the_original_is_there(own: Build) -> None:
    assistant = own(manual=MANUAL)
    quoted = sources(assistant.ask(QUESTION))
    assert quoted[0][0] is Kind.ORIGINAL
    assert "carried out by two women officers" in quoted[0][1]
    ours = [quote for kind, quote in quoted if kind is Kind.SUMMARY]
    assert not any("two women officers" in quote for quote in ours), "the original says so itself"
    hits = assistant.search(QUESTION)
    assert hits[0].document.kind is Kind.ORIGINAL
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


@pytest.mark.slow
def test_what_a_note_adds_comes_after_the_original(own: Build) -> None:
    question = "On which form are body searches of women travellers recorded, and who signs it?"
    assert "form nine" in sources(own().ask(question))[0][1]
    recorded = "\n# Records\n\nBody searches of women travellers are recorded on a form.\n"
    quoted = sources(own(manual=MANUAL + recorded).ask(question))
    assert [kind for kind, _ in quoted] == [Kind.ORIGINAL, Kind.SUMMARY]
    assert "on a form" in quoted[0][1]
    assert "form nine" in quoted[1][1]


@pytest.mark.slow
def test_without_the_original_in_the_filter_the_note_answers(own: Build) -> None:
    answer = own(manual=MANUAL).ask(QUESTION, filters=Filters(kind="summary"))
    assert any("two women officers" in quote for _, quote in sources(answer))


@pytest.mark.slow
def test_a_note_with_another_figure_stays(own: Build) -> None:
    texts = {"note": NOTE_TEXT.replace("two", "2"), "manual": MANUAL.replace("two", "3")}
    quoted = sources(own(**texts).ask(QUESTION))
    assert quoted[0][0] is Kind.ORIGINAL and "3 women officers" in quoted[0][1]
    assert any(kind is Kind.SUMMARY and "2 women officers" in quote for kind, quote in quoted)


@pytest.mark.slow
def test_a_named_original_that_is_missing(own: Build) -> None:
    answer = own().ask(
        "What does the Manual for the crossing at Brod say about the salary of dogs?"
    )
    assert answer.outcome is Outcome.NOT_IN_LIBRARY
    assert [each.title for each in answer.originals] == ["Manual for the crossing at Brod"]
    assert answer.originals[0].year == 2020
    assert may_stand_in(answer.originals) in answer.text
    assert "It may stand in Manual for the crossing at Brod (Brod Police, 2020), which is not" in (
        answer.text
    )
    assert answer.to_dict()["originals"] == [
        {
            "title": "Manual for the crossing at Brod",
            "publisher": "Brod Police",
            "year": 2020,
            "url": "https://example.org/manual",
        }
    ]


@pytest.mark.slow
def test_the_original_behind_a_near_note(own: Build) -> None:
    answer = own().ask("How many minutes may a body search of a woman traveller take?")
    assert answer.outcome is Outcome.NOT_IN_LIBRARY
    assert [each.original for each in answer.originals] == ["brod-manual"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "question",
    [
        "How do I bake sourdough bread?",
        "How many body searches of women travellers were carried out in Iceland?",
        "What does Tool 19 say about body searches of women travellers?",
    ],
)
def test_no_original_where_none_should_hold_it(own: Build, question: str) -> None:
    answer = own().ask(question)
    assert answer.outcome is Outcome.NOT_IN_LIBRARY
    assert answer.originals == ()
    assert "may stand in" not in answer.text


@pytest.mark.slow
def test_an_original_that_is_there_is_not_named(own: Build) -> None:
    answer = own(manual=MANUAL).ask(
        "What does the Manual for the crossing at Brod say about the salary of dogs?"
    )
    assert "brod-manual" not in [each.original for each in answer.originals]
