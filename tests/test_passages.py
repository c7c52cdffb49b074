"""From a reading to passages, and back from every passage to the words of its pages."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from gendergpt.citations import verify
from gendergpt.passages import MAX_CHARS, split
from gendergpt.readers.markdown import MarkdownReader
from gendergpt.readers.text import TextReader
from gendergpt.types import Block, BlockKind, Form, Page, Passage, Reading, Span, Status

ROOT = Path(__file__).resolve().parents[1]


def reading(*pages: list[tuple[BlockKind, str]], continues: bool = False) -> Reading:
    """Pages numbered from 1 with labels i, ii, …; the first block of later pages may continue."""
    made, blocks = [], []
    for index, parts in enumerate(pages):
        text = ""
        for number, (kind, words) in enumerate(parts):
            text += "\n" if text else ""
            goes_on = continues and index > 0 and number == 0
            level = 1 if kind is BlockKind.HEADING else 0
            blocks.append(Block(kind, index, len(text), len(text) + len(words), level, goes_on))
            text += words
        made.append(Page(index + 1, "i" * (index + 1), text))
    return Reading(tuple(made), tuple(blocks))


def quoted(spans: tuple[Span, ...], source: Reading) -> list[str]:
    """Return the pages' own text of the spans."""
    texts = {page.number: page.text for page in source.pages}
    return [texts[s.page.number if s.page else None][s.start : s.end] for s in spans]


def check(passages: list[Passage], source: Reading) -> None:
    """What holds of all passages, whatever they were made of."""
    assert len({passage.id for passage in passages}) == len(passages)
    for passage in passages:
        shown = (Status.EXACT, Status.NORMALISED)
        assert verify(passage.text, quoted(passage.spans, source)) in shown
        position = 0
        for sentence in passage.sentences:
            assert position <= sentence.start < sentence.end <= len(passage.text)
            assert not passage.text[position : sentence.start].strip()
            words = passage.text[sentence.start : sentence.end]
            assert words == words.strip()
            assert verify(words, quoted(sentence.spans, source)) in shown
            assert all(_inside(span, passage.spans) for span in sentence.spans)
            position = sentence.end
        assert position == len(passage.text)
        assert len(passage.text) <= MAX_CHARS or len(passage.sentences) == 1


def _inside(span: Span, others: tuple[Span, ...]) -> bool:
    return any(
        span.page == other.page and other.start <= span.start and span.end <= other.end
        for other in others
    )


WORDS = st.sampled_from(
    ["Women", "officers", "search", "para. 7", "inter-\nviewing", "cross-\nborder", "of\u00adﬁcers",
     "27", "Art. 5", "the", "border\ufffeguards", "(a)", "–"]
)  # fmt: skip
ENDS = st.sampled_from([".", "?", ":", ";"])
SENTENCES = st.tuples(st.lists(WORDS, min_size=1, max_size=25), ENDS)
PARAGRAPHS = st.lists(
    SENTENCES.map(lambda parts: "The " + " ".join(parts[0]) + parts[1]), min_size=1, max_size=8
).map(lambda parts: re.sub(r" (?=The)", "\n", " ".join(parts)))
KINDS = st.sampled_from(
    [BlockKind.PARAGRAPH, BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.TABLE,
     BlockKind.HEADING, BlockKind.FOOTNOTE, BlockKind.FURNITURE, BlockKind.CONTENTS]
)  # fmt: skip
PAGES = st.lists(st.tuples(KINDS, PARAGRAPHS), max_size=6)


@hypothesis_settings(max_examples=150)
@given(st.lists(PAGES, min_size=1, max_size=4), st.booleans())
def test_every_passage_leads_back_to_its_pages(
    pages: list[list[tuple[BlockKind, str]]], continues: bool
) -> None:
    source = reading(*pages, continues=continues)
    passages = split("d", source)
    check(passages, source)
    assert [p.id for p in split("d", source)] == [p.id for p in passages]
    text = "".join(character for p in passages for character in p.text if character.isalnum())
    kept = {BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.TABLE}
    words = "".join(
        source.pages[block.page].text[block.start : block.end]
        for block in source.blocks
        if block.kind in kept
    ).replace("ﬁ", "fi")
    assert text == "".join(c for c in words if c.isalnum()), "nothing is lost, nothing twice"


@pytest.mark.parametrize("path", sorted((ROOT / "corpus").glob("*.md")), ids=lambda p: p.stem)
def test_the_starter_library(path: Path) -> None:
    source = MarkdownReader().read(path)
    passages = split("d", source)
    assert passages
    check(passages, source)


def test_whole_sentences_up_to_the_limit() -> None:
    sentences = [f"Officer number {n} is trained to search women with respect." for n in range(60)]
    source = reading([(BlockKind.PARAGRAPH, " ".join(sentences))])
    passages = split("d", source)
    check(passages, source)
    assert [p.text[s.start : s.end] for p in passages for s in p.sentences] == sentences
    assert all(len(p.text) > 0.8 * MAX_CHARS for p in passages[:-1])


def test_a_sentence_longer_than_the_limit_stays_whole_but_not_without_end() -> None:
    long = "Officers " + "and officers " * 150 + "serve."
    endless = "12 345 " * 2000
    source = reading([(BlockKind.PARAGRAPH, long), (BlockKind.PARAGRAPH, endless)])
    passages = split("d", source)
    check(passages, source)
    assert passages[0].text == long
    assert all(len(passage.text) <= 4000 for passage in passages)
    assert passages[-1].spans[-1].end == len(source.pages[0].text.rstrip())


def test_a_sentence_over_a_page_break_has_two_spans() -> None:
    source = reading(
        [(BlockKind.PARAGRAPH, "Women serve. Searches are carried out by of-")],
        [(BlockKind.PARAGRAPH, "ficers of the same sex. Men serve.")],
        continues=True,
    )
    passages = split("d", source)
    check(passages, source)
    (passage,) = passages
    assert [passage.text[s.start : s.end] for s in passage.sentences] == [
        "Women serve.",
        "Searches are carried out by officers of the same sex.",
        "Men serve.",
    ]
    pages = [
        [span.page.number for span in sentence.spans if span.page] for sentence in passage.sentences
    ]
    assert pages == [[1], [1, 2], [2]]
    assert passage.sentences[1].spans[0].page is not None
    assert [s.page.label for s in passage.sentences[1].spans if s.page] == ["i", "ii"]
    assert quoted(passage.sentences[1].spans, source) == [
        "Searches are carried out by of-",
        "ficers of the same sex.",
    ]


def test_a_word_divided_at_a_page_break_is_joined_as_within_a_page() -> None:
    source = reading(
        [(BlockKind.PARAGRAPH, "Cross-border trade is gender-responsive. They ease cross-")],
        [(BlockKind.PARAGRAPH, "border trade.")],
        continues=True,
    )
    (passage,) = split("d", source)
    check([passage], source)
    assert passage.text.endswith("They ease cross-border trade.")


def test_furniture_between_the_halves_of_a_sentence_is_no_part_of_it() -> None:
    source = reading(
        [(BlockKind.PARAGRAPH, "Women officers are"), (BlockKind.FOOTNOTE, "1 See annex.")],
        [(BlockKind.FURNITURE, "Guide"), (BlockKind.PARAGRAPH, "trained."),
         (BlockKind.PARAGRAPH, "Men too.")],
    )  # fmt: skip
    blocks = [
        Block(b.kind, b.page, b.start, b.end, continues=b.page == 1 and b.start == 6)
        for b in source.blocks
    ]
    source = Reading(source.pages, tuple(blocks))
    (passage,) = split("d", source)
    assert passage.text == "Women officers are trained.\nMen too."
    assert [len(sentence.spans) for sentence in passage.sentences] == [2, 1]


def test_headings_lead_to_their_passages(tmp_path: Path) -> None:
    file = tmp_path / "guide.md"
    file.write_text(
        "# Guide\n\nBefore.\n\n## Tools\n\n### Tool 6\n\nSixth.\n\n### Tool 7\n\nSeventh.\n\n"
        "## Annex\n\nLast.\n"
    )
    source = MarkdownReader().read(file)
    passages = split("d", source)
    check(passages, source)
    assert [(p.text, p.heading) for p in passages] == [
        ("Before.", ("Guide",)),
        ("Sixth.", ("Guide", "Tools", "Tool 6")),
        ("Seventh.", ("Guide", "Tools", "Tool 7")),
        ("Last.", ("Guide", "Annex")),
    ]
    assert all(span.page is None for p in passages for span in p.spans), "no invented page"


def test_a_list_stays_with_its_lead_in(tmp_path: Path) -> None:
    file = tmp_path / "list.md"
    file.write_text(
        "# Guide\n\nOfficers serve. A search needs:\n\n- a private room;\n- two officers of the "
        "same sex;\n- consent.\n\nIt is recorded.\n"
    )
    source = MarkdownReader().read(file)
    (passage,) = split("d", source)
    check([passage], source)
    whole = [passage.text[s.start : s.end] for s in passage.sentences]
    assert whole == [
        "Officers serve.",
        "A search needs:\n- a private room;\n- two officers of the same sex;\n- consent.",
        "It is recorded.",
    ]
    assert [s.form for s in passage.sentences] == [Form.PROSE, Form.LIST, Form.PROSE]


def test_a_list_too_long_for_one_quotation_is_cut_between_items() -> None:
    items = [(BlockKind.LIST_ITEM, f"- item {n} " + "of some length " * 8) for n in range(30)]
    source = reading([(BlockKind.PARAGRAPH, "A search needs:"), *items])
    passages = split("d", source)
    check(passages, source)
    first = passages[0].sentences[0]
    assert first.form is Form.LIST
    assert passages[0].text.startswith("A search needs:\n- item 0 of")
    text = "\n".join(p.text for p in passages)
    assert [int(n) for n in re.findall(r"item (\d+)", text)] == list(range(30))


def test_an_enumeration_within_a_sentence_is_no_list() -> None:
    source = reading(
        [(BlockKind.PARAGRAPH, "Searches are (1) lawful; (2) necessary;"),
         (BlockKind.LIST_ITEM, "(3) carried out with respect.")]
    )  # fmt: skip
    (passage,) = split("d", source)
    assert passage.text == "Searches are (1) lawful; (2) necessary; (3) carried out with respect."
    assert len(passage.sentences) == 1


def test_table_rows_are_sentences_of_their_own(tmp_path: Path) -> None:
    file = tmp_path / "table.md"
    file.write_text("Shares:\n\n| Year | Women |\n|---|---|\n| 2019 | 12 % |\n| 2020 | 14 % |\n")
    source = MarkdownReader().read(file)
    (passage,) = split("d", source)
    check([passage], source)
    rows = [s for s in passage.sentences if s.form is Form.ROW]
    assert [passage.text[s.start : s.end] for s in rows] == [
        "Year: 2019; Women: 12 %", "Year: 2020; Women: 14 %"
    ]  # fmt: skip


def test_ids_are_made_of_document_and_place_alone(tmp_path: Path) -> None:
    file = tmp_path / "note.txt"
    file.write_text("Women officers search women. Men officers search men.\n\nAll are trained.\n")
    source = TextReader().read(file)
    first = split("aaaa", source)
    assert [p.id for p in first] == [p.id for p in split("aaaa", TextReader().read(file))]
    assert first[0].id.startswith("aaaa-")
    assert first[0].id != split("bbbb", source)[0].id
    assert first[0].id == PINNED, "ids of a release do not change in the next"


PINNED = "aaaa-6607b603e8"


def test_nothing_to_read_makes_no_passage() -> None:
    assert split("d", Reading((), ())) == []
    assert split("d", reading([(BlockKind.PARAGRAPH, " \u200b ")])) == []
    assert split("d", reading([(BlockKind.HEADING, "Only a heading")])) == []


@pytest.mark.parametrize("word", ["a" * 200_000, "abcd" * 50_000, "a-" * 100_000])
def test_a_long_word_takes_less_than_half_a_second(word: str) -> None:
    split("warm", reading([(BlockKind.PARAGRAPH, "x" * 3000)]))
    started = time.process_time()
    split("d", reading([(BlockKind.PARAGRAPH, word)]))
    assert time.process_time() - started < 3
    halves = reading(
        [(BlockKind.PARAGRAPH, word[:100_000])], [(BlockKind.PARAGRAPH, word[100_000:])],
        continues=True,
    )  # fmt: skip
    started = time.process_time()
    split("d", halves)
    assert time.process_time() - started < 3
