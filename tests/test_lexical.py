"""The word index: what is found, in which language, and how acronyms and misspellings fare."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from gendergpt.errors import UnavailableError
from gendergpt.ingestion import ingest
from gendergpt.languages import KNOWN
from gendergpt.lexical import FOLDER, FORMER, LexicalIndex, Words
from gendergpt.lexical.asking import asking
from gendergpt.library import Library
from gendergpt.settings import Settings
from tests.conftest import TinyEncoder

ENGLISH = [
    "A woman officer searches women at the crossing.",
    "Guidelines on body searches were issued in Brussels.",
    "Cross-border traders pay duties on goods.",
    "Trafficking in persons is a crime; harassment is, too.",
]
OTHERS = {
    "de": "Die Grenzpolizistinnen durchsuchten Frauen in Brussels.",
    "fr": "Les agentes fouillent les femmes à la frontière.",
    "es": "Las mujeres fueron registradas por agentes.",
    "ru": "Женщин досматривают сотрудницы пограничной службы.",
    "uk": "Жінок оглядають працівниці прикордонної служби.",
    "tr": "Kadınların üstünü kadın memurlar arar.",
    "ro": "Femeile sunt percheziționate de polițiste.",
    "sq": "Gratë kontrollohen nga policet.",
    "mk": "Жените ги претресуваат полицајки.",
    "sr": "Жене претресају службенице.",
    "ar": "تفتش الشرطيات النساء عند المعبر.",
}
ASKED = {
    "de": "Was gilt für eine Frau?",
    "fr": "Qui fouille une femme ?",
    "es": "¿Quién registra a una mujer?",
    "ru": "Кто досматривает женщину?",
    "uk": "Хто оглядає жінку?",
    "tr": "Kadını kim arar?",
    "ro": "Cine percheziționează o femeie?",
    "sq": "Kush kontrollon një grua?",
    "mk": "Кој ја претресува жената?",
    "sr": "Ko pretresa ženama torbe?",
    "ar": "من يفتش نساء؟",
}


@pytest.fixture
def index(tmp_path: Path) -> LexicalIndex:
    return LexicalIndex(tmp_path / "words")


def fill(index: LexicalIndex, texts: Iterable[str], language: str = "en", first: int = 1) -> None:
    index.add(
        Words(key, key, text, f"Heading {key}", language) for key, text in enumerate(texts, first)
    )


def keys(index: LexicalIndex, text: str, language: str | None = None) -> list[int]:
    return [key for key, _ in index.query(text, 10, language=language)]


def test_lemmas_and_stems_bring_forms_together(index: LexicalIndex) -> None:
    fill(index, ENGLISH)
    assert keys(index, "guideline") == [2]
    assert index.terms("women") == index.terms("woman")
    assert keys(index, "traders and duty") == [3]
    scores = [score for _, score in index.query("women search", 10)]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("language", sorted(OTHERS))
def test_each_language_finds_its_own_forms(index: LexicalIndex, language: str) -> None:
    fill(index, ENGLISH)
    fill(index, [OTHERS[language]], language, first=10)
    assert keys(index, ASKED[language], language)[0] == 10


def test_names_match_across_languages(index: LexicalIndex) -> None:
    fill(index, ENGLISH)
    fill(index, [OTHERS["de"]], "de", first=10)
    assert set(keys(index, "Wo ist Brussels?", "de")) == {2, 10}
    assert set(keys(index, "Where is Brussels?", "en")) == {2, 10}
    fill(index, ["Указание 1325 действует в Brussels."], "ru", first=20)
    assert 20 in keys(index, "1325", "en")


def test_parts_of_german_compounds_are_found(index: LexicalIndex) -> None:
    fill(index, ["Es gibt nichts.", OTHERS["de"], "Der Zoll."], "de")
    assert keys(index, "Wo ist die Grenze?", "de") == [2]


def test_words_with_which_one_asks_do_not_decide(index: LexicalIndex) -> None:
    fill(index, ["What, which and how: what are questions?", "Duties are paid on goods."])
    assert keys(index, "What do I need to know about duties?") == [2]
    assert keys(index, "what?") == [1]  # where nothing else is asked for, they do


@pytest.mark.parametrize("language", KNOWN)
def test_every_language_has_words_that_ask(language: str) -> None:
    assert len(asking(language)) >= 20


def test_words_next_to_each_other_count_for_more(index: LexicalIndex) -> None:
    fill(index, ["Management of risks at the border.", "Border management is for the risks."])
    assert keys(index, "border management")[0] == 2


def test_a_document_about_the_topic_lifts_its_passages(index: LexicalIndex) -> None:
    index.add(
        [
            Words(1, 1, "The officer asks for a permit.", ""),
            Words(2, 1, "Nothing of use stands here.", ""),
            Words(3, 2, "The officer asks for a permit.", ""),
            Words(4, 2, "Customs permits and customs officers: all about customs.", ""),
        ]
    )
    found = keys(index, "permit at the customs")
    assert found.index(3) < found.index(1)


def test_only_some_revisions(index: LexicalIndex) -> None:
    fill(index, ENGLISH)
    assert [key for key, _ in index.query("search women", 5, {2})] == [2]
    assert index.query("search women", 5, {9}) == []
    assert len(index.query("search women border traders", 1)) == 1


@pytest.mark.parametrize("text", ["", "?!", "\u0300", "ж" * 70, 'a" OR (zone:x) [~^'])
def test_questions_without_words(index: LexicalIndex, text: str) -> None:
    fill(index, ENGLISH)
    assert index.query(text, 5) == []
    assert index.corrected(text).changes == ()


def test_nothing_is_found_in_an_empty_index(index: LexicalIndex) -> None:
    assert index.query("border management", 5) == []
    assert index.corrected("traficking").text == "traficking"
    assert index.expanded("What is IBM?") == "What is IBM?"
    assert (index.count(), index.revisions(), index.keys()) == (0, set(), set())


def test_removed_documents_leave_nothing_behind(index: LexicalIndex) -> None:
    fill(index, [*ENGLISH, "Integrated border management (IBM) needs quarantine."])
    assert index.corrected("quarantene", "en").text == "quarantine"
    index.remove([5])
    assert index.revisions() == index.keys() == {1, 2, 3, 4}
    assert index.expanded("What is IBM?") == "What is IBM?"
    assert index.corrected("quarantene", "en").text == "quarantene"
    assert index.rarity(["surveil"])["surveil"] > index.rarity(["search"])["search"]


def test_another_process_sees_what_was_written(tmp_path: Path, index: LexicalIndex) -> None:
    reader = LexicalIndex(tmp_path / "words")
    assert reader.corrected("traficking", "en").changes == ()
    fill(index, [*ENGLISH, "Integrated border management (IBM) is explained."])
    reader.reopen()
    assert reader.corrected("traficking", "en").text == "trafficking"
    assert "integrated border management" in reader.expanded("IBM?").lower()
    assert reader.count() == 5


@pytest.mark.parametrize("file", ["meta.json", "documents/meta.json"])
def test_a_damaged_index_is_named(tmp_path: Path, index: LexicalIndex, file: str) -> None:
    fill(index, ENGLISH)
    (tmp_path / "words" / file).write_text("{", "utf-8")
    with pytest.raises(UnavailableError, match=r"word index in .*words.* Restore it"):
        LexicalIndex(tmp_path / "words")


def test_acronyms_are_searched_for_both_ways(index: LexicalIndex) -> None:
    fill(
        index,
        [
            "Integrated border management (IBM) is explained here.",
            "Agencies co-operate in integrated border management.",
            "Projects of IBM are listed.",
            "Border guards, and an integrated system, and the management of queues.",
        ],
    )
    assert set(keys(index, "IBM")) == {1, 2, 3}
    assert 3 in keys(index, "What is integrated border management?")
    assert 3 not in keys(index, "management of a border")


def test_misspellings_are_corrected_and_named(index: LexicalIndex) -> None:
    fill(index, [*ENGLISH, "Schengen rules apply."])
    corrected = index.corrected("Is traficking in the Shengen area harrasment?", "en")
    assert corrected.text == "Is trafficking in the Schengen area harassment?"
    assert corrected.changes == (
        ("traficking", "trafficking"),
        ("Shengen", "Schengen"),
        ("harrasment", "harassment"),
    )


def test_what_is_spelled_right_stays(index: LexicalIndex) -> None:
    fill(index, [*ENGLISH, "Siberia is cold; the volcanic rock, too."])
    for text in (
        "Serbia",
        "volcano",
        "guideline",
        "SHENGEN",
        "trafickking2",
        "A/traficking",
    ):
        assert index.corrected(text, "en").changes == (), text
    assert index.corrected("traficking", "de").changes == ()  # no document is in German


@pytest.mark.parametrize(
    ("language", "wrong", "right"),
    [("ru", "сотруднцы", "сотрудницы"), ("uk", "прикордоної", "прикордонної"),
     ("tr", "memurlr", "memurlar"), ("ar", "الشرطييات", "الشرطيات")],
)  # fmt: skip
def test_other_languages_are_corrected(
    index: LexicalIndex, language: str, wrong: str, right: str
) -> None:
    fill(index, [OTHERS[language]], language)
    assert index.corrected(wrong, language).changes == ((wrong, right),)


def test_an_index_of_an_earlier_form_is_made_anew(
    settings: Settings, tmp_path: Path, tiny: TinyEncoder
) -> None:
    """From the ledger, without reading or encoding anything again."""
    (tmp_path / "note.md").write_text("# Note\n\nWomen guard the border.\n", "utf-8")
    ingest([tmp_path / "note.md"], settings, encoder=tiny)
    library = Library(settings)
    library.lexical = LexicalIndex(library.folder / FOLDER)
    library.lexical.remove(library.lexical.revisions())
    (library.folder / FORMER).mkdir(exist_ok=True)
    with library.writer() as writer:
        writer.renew_words()
        writer.renew_words()  # done already
    assert library.lexical.keys() == library.ledger.keys() != set()
    assert [key for key, _ in library.lexical.query("woman", 5)] == sorted(library.ledger.keys())
    assert not (library.folder / FORMER).exists()
    library.close()
