"""Terms, acronyms and corrections as pure functions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gendergpt.languages import KNOWN
from gendergpt.lexical.acronyms import Acronym, AcronymTable, acronyms
from gendergpt.lexical.analysis import grams, pairs, terms, words
from gendergpt.lexical.spelling import corrected

VOCABULARY = {"trafficking": 5, "trafficked": 2, "harassment": 3, "schengen": 1, "border": 9}
LETTERS = st.text(st.characters(categories=("Lu", "Ll", "Lo")), min_size=1, max_size=14)


def correct(text: str, known: frozenset[str] = frozenset()) -> tuple[str, int]:
    result = corrected(text, "en", VOCABULARY, known.__contains__)
    return result.text, len(result.changes)


# --- terms ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [("en", "women", "woman"), ("en", "policies", "policy"), ("de", "Häuser", "Haus"),
     ("fr", "frontières", "frontière"), ("es", "mujeres", "mujer"), ("ru", "женщинами", "женщина"),
     ("uk", "жінками", "жінка"), ("tr", "KADINLAR", "kadın"), ("ro", "femeilor", "femeie"),
     ("mk", "жените", "жена"), ("sr", "ženama", "жена"), ("ar", "النِّساء", "النساء"),
     ("en", "frontière", "FRONTIERE"),
     ("xx", "Frontière", "frontiere")],
)  # fmt: skip
def test_forms_of_a_word_have_one_term(language: str, one: str, other: str) -> None:
    assert terms(one, language) == terms(other, language) != []


def test_stop_words_have_no_terms() -> None:
    assert terms("the of and", "en") == []
    assert terms("der die das", "de") == []


def test_letters_and_accents_apart_are_one_word() -> None:
    assert words("frontie\u0300re") == ["frontière"]
    assert words("ﬁle") == ["file"]


@given(st.text(max_size=80), st.sampled_from([*KNOWN, "xx"]))
def test_terms_can_be_kept_in_a_field(text: str, language: str) -> None:
    """They are parted by spaces there, and pairs by a low line."""
    found = terms(text, language)
    assert " ".join(found).split() == found
    assert all("_" not in term for term in found)
    assert len(pairs(found)) == max(0, len(found) - 1)
    assert all(1 <= len(gram) <= 4 for gram in grams(words(text, language)))


# --- acronyms ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "short", "long"),
    [
        ("On Integrated Border Management (IBM).", "IBM", "Integrated Border Management"),
        ("victims of trafficking (VoTs) need", "VoTs", "victims of trafficking"),
        ("survivors of gender-based violence (GBV)", "GBV", "gender-based violence"),
        ("Since HBM (humanitarian border management) is", "HBM", "humanitarian border management"),
        ("the Convention on the Elimination of All Forms of Discrimination against Women (CEDAW)",
         "CEDAW", "Convention on the Elimination of All Forms of Discrimination against Women"),
        ("protection of civilians (“PoC”)", "PoC", "protection of civilians"),
        ("IOM stands for the International Organization for Migration, the publisher of",
         "IOM", "International Organization for Migration"),
        ("SSR stands for security sector reform in the title of", "SSR", "security sector reform"),
        ("интегрированное управление границами (ИУГ)", "ИУГ",
         "интегрированное управление границами"),
    ],
)  # fmt: skip
def test_explained_acronyms_are_found(text: str, short: str, long: str) -> None:
    assert acronyms(text) == [Acronym(short, long)]


@pytest.mark.parametrize(
    "text",
    ["see Annex (IV)", "in Vienna (Austria)", "by the council (EU, 2016)", "(IBM) is big", "()",
     "rules of the house (WTO)", "border (BO)", "the wind for fundamental rights (FRA)",
     "item § 3 German law (ILG)"],
)  # fmt: skip
def test_other_brackets_explain_nothing(text: str) -> None:
    assert acronyms(text) == []


@given(st.text(max_size=200))
def test_any_text_can_be_read_for_acronyms(text: str) -> None:
    for each in acronyms(text):
        assert len(each.short) < len(each.long)
        assert len(each.long.split()) >= 2


def table(*documents: list[Acronym]) -> AcronymTable:
    return AcronymTable.of(documents)


IBM = Acronym("IBM", "integrated border management")
GBV = Acronym("GBV", "gender-based violence")


def test_expansion_both_ways() -> None:
    known = table([IBM, GBV])
    assert known.expanded("What is IBM?") == "What is IBM (integrated border management)?"
    assert known.expanded("on gender-based violence") == "on gender-based violence (GBV)"
    assert known.expanded("Integrated border management (IBM)") == (
        "Integrated border management (IBM)"
    )
    assert known.expanded("What is ibm or WTO?") == "What is ibm or WTO?"


def test_plurals_of_acronyms() -> None:
    known = table([Acronym("VoTs", "victims of trafficking")])
    assert "victims of trafficking" in known.expanded("Who helps a VoT?")
    assert "victims of trafficking" in known.expanded("Who helps VoTs?")


def test_what_most_documents_mean_counts() -> None:
    machines = Acronym("IBM", "International Business Machines")
    assert table([IBM], [IBM], [IBM], [machines]).longs["IBM"] == [IBM.long]
    assert set(table([IBM], [machines]).longs["IBM"]) == {IBM.long, machines.long}
    assert table([IBM] * 9, [machines]).longs["IBM"] == [IBM.long, machines.long]


# --- misspellings --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "right"),
    [("traficking", "trafficking"), ("Traficking", "Trafficking"), ("harrasment", "harassment"),
     ("Shengen", "Schengen"), ("bordre", "border"), ("traffickign", "trafficking")],
)  # fmt: skip
def test_the_nearest_word_is_taken(wrong: str, right: str) -> None:
    assert correct(f"About {wrong}, please?") == (f"About {right}, please?", 1)


@pytest.mark.parametrize(
    "text",
    ["SHENGEN", "Bordr2", "bord", "x_bordre", "bordre@x.org", "www.bordre.org", "bo-rdre",
     "Harrasment", "hrrsmnt", "zzzzzzzz", ""],
)  # fmt: skip
def test_what_is_left_alone(text: str) -> None:
    """Capitals, digits, short words, addresses; and two letters wrong in what may be a name."""
    assert correct(text) == (text, 0)


def test_of_equally_near_words_the_more_frequent_is_taken() -> None:
    found = corrected("guardz", "en", {"guards": 2, "guarda": 5}, lambda _: False)
    assert found.text == "guarda"


@given(st.lists(LETTERS, min_size=1, max_size=8), st.sampled_from(KNOWN))
def test_known_words_are_never_changed(some: list[str], language: str) -> None:
    text = " ".join(some)
    own = {word: 1 for word in words(text, language)}
    assert corrected(text, language, VOCABULARY | own, lambda _: False).text == text
    assert corrected(text, language, VOCABULARY, lambda _: True).text == text


@given(st.text(max_size=60))
def test_only_named_words_change(text: str) -> None:
    result = corrected(text, "en", VOCABULARY, lambda _: False)
    assert (result.text == text) == (not result.changes)
    assert all(better.lower() in VOCABULARY for _, better in result.changes)
