"""Where each sentence of the starter notes comes from, and that the checks of it can fail."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.corpus_notes import (
    FACTS,
    OUR_OWN,
    Facts,
    Section,
    Told,
    catalogue,
    coverage_faults,
    entries,
    figure_faults,
    figures,
    held_by,
    ids,
    library,
    ours,
    provenance_faults,
    read_facts,
    read_traps,
)


@pytest.fixture(scope="module")
def facts() -> Facts:
    if not (FACTS / "facts.json").is_file():
        pytest.skip(f"no facts at {FACTS}")
    return read_facts()


# --- the notes as they are -----------------------------------------------------------------------


def test_every_sentence_has_a_provenance() -> None:
    assert provenance_faults(library()) == []


def test_no_fact_is_told_in_two_sections() -> None:
    told = [fact for each in library() for fact in each.told]
    assert len(told) == len(set(told)) >= 100


def test_what_is_ours_alone_is_marked_so() -> None:
    for each in library():
        if each.entry["publisher"] == OUR_OWN:
            assert all(map(ours, each.entry["facts"])), each.section.heading


def test_a_pointer_names_a_publication_that_another_section_tells_of() -> None:
    telling = {(e["title"], e.get("year"), e["seen"]) for e in entries().values() if _tells(e)}
    for entry in entries().values():
        if not _tells(entry) and entry["publisher"] != OUR_OWN:
            assert (entry["title"], entry.get("year"), entry["seen"]) in telling, entry


def _tells(entry: dict[str, object]) -> bool:
    items = entry["facts"]
    assert isinstance(items, list)
    return not all(ours(item) for item in items)


def test_no_sentence_holds_a_figure_that_its_fact_does_not(facts: Facts) -> None:
    assert figure_faults(library(), facts, read_traps()) == []


def test_every_fact_is_told_once_and_with_its_figures(facts: Facts) -> None:
    assert coverage_faults(library(), facts) == []


def test_entries_agree_with_their_facts(facts: Facts) -> None:
    for each in library():
        entry = each.entry
        if entry["publisher"] == OUR_OWN:
            continue
        behind = [facts[fact] for p in entry["facts"] if not ours(p) for fact in ids(p)]
        behind = behind or [facts[fact] for p in entry["facts"] for fact in ids(p)]
        assert {fact["seen"] for fact in behind} == {entry["seen"]}, entry
        if "url" in entry:
            assert {fact["url"] for fact in behind} == {entry["url"]}, entry
        if isinstance(behind[0]["year"], int):
            assert entry["year"] == behind[0]["year"], entry


# --- tampered copies -----------------------------------------------------------------------------


def the(heading: str) -> Told:
    """The section whose heading begins so."""
    return next(each for each in library() if each.section.heading.startswith(heading))


def swapped(told: Told, **entry: object) -> list[Told]:
    """The library with the record of one section changed."""
    changed = replace(told, entry={**told.entry, **entry})
    return [changed if each is told else each for each in library()]


def rewritten(told: Told, old: str, new: str) -> list[Told]:
    """The library with the words of one section changed."""
    assert old in told.section.text
    paragraphs = tuple(p.replace(old, new) for p in told.section.paragraphs)
    changed = replace(told, section=replace(told.section, paragraphs=paragraphs))
    return [changed if each is told else each for each in library()]


SHARE = "IOM Women's Day article 2022: share of new border projects"


@pytest.mark.parametrize(
    ("items", "fault"),
    [
        (["F001", "- F001", "F002"], "no provenance: Newer Immigration"),
        (["F001", "- F001", "F002", "F003", "F003"], "provenance of no sentence"),
        (["F001", "- F001", "", "F003"], "no provenance: ''"),
        (["F001", "- F001", "F2", "F003"], "no provenance: 'F2'"),
        (["F001", "F001", "F002", "F003"], "a remark is ours"),
    ],
)
def test_a_sentence_without_provenance_is_found(items: list[str], fault: str) -> None:
    faults = provenance_faults(swapped(the(SHARE), facts=items))
    assert len(faults) == 1 and fault in faults[0]


def test_a_sentence_that_was_added_is_found() -> None:
    faults = provenance_faults(rewritten(the(SHARE), "improved.", "improved. IOM does more."))
    assert len(faults) == 1 and "IOM does more." in faults[0]


@pytest.mark.parametrize(
    ("heading", "old", "new"),
    [
        (SHARE, "65.6% of", "66.5% of"),
        (SHARE, "in 2017, according", "in 2018, according"),
        ("CEDAW concluding observations", "No. 38", "No. 39"),
        ("Tool 6, Border Management and Gender (2020): five", "out five", "out six"),
        ("UN Women: women in the Kosovo Police", "more than twice", "about half"),
        ("2012: ", "2012", "2013"),
        ("Acronyms in the DCAF toolkits", "of 2020", "of 2021"),
    ],
)
def test_a_figure_that_its_fact_does_not_hold_is_found(
    facts: Facts, heading: str, old: str, new: str
) -> None:
    assert figure_faults(rewritten(the(heading), old, new), facts, read_traps())


def test_a_figure_of_the_sentence_beside_it_is_found(facts: Facts) -> None:
    """What another fact of the same section holds does not count."""
    told = rewritten(the(SHARE), "In the earlier, smaller set", "In the earlier 9%")
    faults = figure_faults(told, facts, read_traps())
    assert len(faults) == 1 and "['9'] not in F002" in faults[0]


def test_a_fact_left_out_told_twice_or_unknown_is_found(facts: Facts) -> None:
    told = the(SHARE)
    left_out = coverage_faults(swapped(told, facts=["F001", "-", "F002", "-"]), facts)
    assert left_out == ["F003 is left out"]
    twice = coverage_faults(swapped(told, facts=["F001", "-", "F002", "F003 F004"]), facts)
    assert "F004 is told 2 times" in twice
    unknown = coverage_faults(swapped(told, facts=["F001", "- F999", "F002", "F003"]), facts)
    assert unknown == ["F999 is no fact"]


def test_a_figure_of_a_fact_that_is_lost_is_found(facts: Facts) -> None:
    faults = coverage_faults(rewritten(the(SHARE), "only 9%", "few"), facts)
    assert faults == []  # the remark in the same section still holds it
    both = rewritten(the("OSCE webinar news"), "Fewer than 1% of", "Few of the")
    assert coverage_faults(both, facts) == ["F106 is told without ['1']"]


def test_figures_leave_out_a_count_that_the_list_itself_bears_out() -> None:
    assert figures("The tool names two steps: (1) one more; and (2) rest.") == set()
    assert figures("The tool names three steps: (1) one more; and (2) rest.") == {"three"}
    assert figures("In 2019, 1,223 of Tool 6 (12.5%).") == {"2019", "1,223", "6", "12.5"}


def test_a_section_alone_can_be_checked() -> None:
    section = Section("f.md", "Head", ("IOM says 5% are few. IOM says more.",))
    told = [Told(section, {"facts": ["F001", "F001"], "title": "T", "publisher": "IOM"})]
    fact = {"statement": "IOM says 4%.", "source": "T", "where": "p. 1", "year": 2020}
    assert held_by({"F001": fact}, ["F001"]) == {"4", "1", "2020"}
    assert len(figure_faults(told, {"F001": fact})) == 1
    assert catalogue()
