"""What the first page tells, and above all what it does not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gendergpt.catalogue import Record
from gendergpt.describing import describe
from gendergpt.files import inspect
from gendergpt.firstpage import Guess, guess, is_junk, own
from gendergpt.ingestion import ingest
from gendergpt.readers.sandbox import Sandbox
from gendergpt.readers.writing import Writer
from gendergpt.settings import Settings
from gendergpt.types import Block, BlockKind, Kind, Page, Reading
from tests.conftest import TinyEncoder

GUIDANCE = Path(__file__).resolve().parents[2] / "shared" / "pdfs" / "guidance"
BODY = "Women who cross the border are searched by women officers, in a room of its own, always. "


def reading(*pages: str, title: str | None = None, language: str | None = None) -> Reading:
    """Make a reading: lines with "# " are headings (more "#" are deeper), with "| " furniture."""
    written, blocks = [], list[Block]()
    for number, source in enumerate(pages):
        writer = Writer(number)
        for line in source.splitlines():
            level = len(line) - len(line.lstrip("#"))
            words = line.lstrip("#|").strip()
            kind = BlockKind.FURNITURE if line.startswith("|") else BlockKind.PARAGRAPH
            writer.add(BlockKind.HEADING if level else kind, words, level)
        written.append(Page(number + 1, None, writer.text))
        blocks += writer.blocks
    return Reading(tuple(written), tuple(blocks), title=title, language=language)


UN_PAGE = f"""| United Nations E/2025/L.14
| Economic and Social Council Distr.: Limited
| 4 June 2025
| Original: English
# 2025 session
25 July 2024–30 July 2025
Agenda item 13 (c)
# Draft resolution submitted by the Vice-President of the Council
# Mainstreaming a gender perspective into all policies
Recalling resolution A/RES/60/1 of 16 September 2005 and E/CN.6/2001/1,
{BODY}"""


def test_a_united_nations_document() -> None:
    assert guess(reading(UN_PAGE), "x.pdf") == Guess(
        title="Mainstreaming a gender perspective into all policies",
        symbol="E/2025/L.14",
        year=2025,
        language="en",
    )


@pytest.mark.parametrize(
    ("page", "title"),
    [
        ("# Report\n# Gender and Border Management\nText.", "Gender and Border Management"),
        ("### OSCE\n# Guidance Note: \n# Searches of Women at the Border",
         "Guidance Note: Searches of Women at the Border"),
        ("# Humanitarian Profile Guidance:\n# Population Figures\nText.",
         "Humanitarian Profile Guidance: Population Figures"),
        ("##### INDEPENDENT EVALUATION\n# LIBERIA", "INDEPENDENT EVALUATION: LIBERIA"),
        ("# Commission on the Status of Women\n# Review of the Platform for Action*",
         "Review of the Platform for Action"),
        ("# United Nations\n# General Assembly\n# I. Introduction", None),
        ("# 20 March 2025\n# A/74/191\n# https://example.org/a\n# Contents", None),
        ("# Report of the Secretary-General\n# Summary", None),
        ("# EFFECTIVE DATE\n# MATERIAL CHANGES\n# RELATED FORMS\n# OTHER DOCUMENTS", None),
        ("# Mr President of the Council", None),
        ("# Liberia", None),
        (BODY * 9, None),
    ],
)  # fmt: skip
def test_titles(page: str, title: str | None) -> None:
    assert guess(reading(page), "x.pdf").title == title


def test_a_title_on_the_page_after_a_bare_cover() -> None:
    second = f"# Searches of women travellers\n{BODY}"
    assert guess(reading("# Guidance", second), "x.pdf").title == "Searches of women travellers"
    assert guess(reading(BODY * 9, second), "x.pdf").title is None


@pytest.mark.parametrize(
    ("line", "symbol"),
    [
        ("E/2025/L.14", "E/2025/L.14"),
        ("United Nations A/74/191", "A/74/191"),
        ("CEDAW/C/GC/38", "CEDAW/C/GC/38"),
        ("S/RES/1325 (2000)", "S/RES/1325 (2000)"),
        ("A/HRC/RES/53/17", "A/HRC/RES/53/17"),
        ("HRI/GEN/1/Rev.9 (Vol. I)", None),
        ("HRI/MC/2006/3", "HRI/MC/2006/3"),
        ("Организация Объединенных Наций CEDAW/C/CAF/CO/6", "CEDAW/C/CAF/CO/6"),
        ("MC.DEC/7/09", "MC.DEC/7/09"),
        ("CM/Rec(2019)1", "CM/Rec(2019)1"),
        ("COM(2018) 631 final", "COM(2018) 631 final"),
        ("REGULATION (EU) 2016/399 OF THE EUROPEAN PARLIAMENT AND OF THE COUNCIL",
         "Regulation (EU) 2016/399"),
        ("Directive 2011/36/EU of the European Parliament and of the Council of 5 April 2011",
         "Directive 2011/36/EU"),
        ("Council Regulation (EC) No 562/2006", "Regulation (EC) No 562/2006"),
        ("Directive 2011/36/EU says who is a victim.", None),
        ("ISBN 978-92-9234-123-4", None),
        ("Our ref: A/1234/2020", None),
        ("The report A/74/191 speaks of borders.", None),
        ("(A/74/191)", None),
        ("and/or", None),
        ("11/2019", None),
    ],
)  # fmt: skip
def test_symbols_at_the_top(line: str, symbol: str | None) -> None:
    assert guess(reading(f"{line}\n{BODY}"), "x.pdf").symbol == symbol


def test_a_symbol_in_the_text_or_further_down_is_not_the_documents() -> None:
    assert guess(reading(f"{BODY}\n" * 25 + "A/74/191"), "x.pdf").symbol is None
    assert guess(reading(f"A/74/191\nS/2020/1\n{BODY}"), "x.pdf").symbol is None


def test_a_symbol_in_most_running_headers() -> None:
    pages = [f"| A/74/191\n{BODY}"] * 5
    assert guess(reading(f"# Title\n{BODY}", *pages), "x.pdf").symbol == "A/74/191"
    assert guess(reading(f"# Title\n{BODY}", *pages[:2], *[BODY] * 4), "x.pdf").symbol is None


@pytest.mark.parametrize(
    ("page", "year"),
    [
        ("20 March 2025", 2025),
        ("March 2025", 2025),
        ("17 de abril de 2024", 2024),
        ("23 mai 1980", 1980),
        ("11 марта 2024 года", 2024),
        ("Updated on 3 May 2019", 2019),
        ("© OSCE 2019", 2019),
        ("Copyright © 2012–2019 by the publisher", 2019),
        ("2020 edition", 2020),
        ("Second edition, 2021", 2021),
        ("Published in 2018 by the agency", 2018),
        ("No. 49, 2025", 2025),
        ("20 March 2025\n© OSCE 2025", 2025),
        ("20 March 2025\n© OSCE 2019", None),
        ("20 March 2025\n3 May 2019", None),
        ("10–21 March 2025", None),
        ("Resolution of 31 October 2000", None),
        ("The handbook was published in 2018.", None),
        ("United Nations Security Council Resolution 1325 (2000)", None),
        ("© UNICEF/UNI724524/Nader", None),
        ("ISBN 978-92-2019-123-4", None),
        ("Smith 2019", None),
    ],
)
def test_years(page: str, year: int | None) -> None:
    assert guess(reading(f"# A title of it\n{page}\n{BODY}"), "x.pdf").year == year


@pytest.mark.parametrize(
    ("title", "junk"),
    [
        ("Microsoft Word - handbook.doc", True), ("untitled", True), ("Layout 1", True),
        ("current.wpf", True), ("Name: 00001073", True), ("Letterhead Template;", True),
        ("2.3.59 (Rev 12/22)", True), ("a_file_name", True), ("PowerPoint Presentation", True),
        ("The annual report of somebody else entirely", True),
        ("Women officers at the border", False), ("Searches: women", False),
    ],
)  # fmt: skip
def test_titles_that_programs_leave_behind(title: str, junk: bool) -> None:
    text = f"# Women officers at the border\nSearches. File name. {BODY}"
    assert is_junk(title, reading(text), "a-file-name.pdf") is junk


def test_what_was_written_by_hand_is_kept() -> None:
    assert own(reading(BODY * 3, title="Untitled", language="fr"), "x.md") == Guess(
        title="Untitled", language="fr"
    )
    assert own(reading(BODY * 3, title="Unsaid", language="fr-CA"), "x.html").language == "fr"


def test_a_declared_language_that_the_text_is_not_in() -> None:
    russian = "Женщины и мужчины пересекают границу, и сотрудники должны знать об этом заранее. "
    found = reading(russian * 5, russian * 5, language="en-US")
    assert own(found, "x.pdf").language is None
    assert guess(found, "x.pdf").language == "ru"
    assert own(reading(BODY * 3, language="en-US"), "x.pdf").language == "en"


@given(st.lists(st.text(max_size=80), max_size=8))
def test_any_page_is_looked_at(lines: list[str]) -> None:
    found = reading("\n".join(lines))
    assert guess(found, "x.pdf") == guess(found, "x.pdf")
    is_junk(" ".join(lines), found, "x.pdf")


# --- in an ingest --------------------------------------------------------------------------------


def test_a_record_comes_first(tmp_path: Path) -> None:
    path = tmp_path / "x.pdf"
    path.write_bytes(b"x")
    record = Record(file="x.pdf", title="Recorded", symbol="A/1/2", year=1999)
    document = describe(inspect(path, record), reading(UN_PAGE), 1)
    assert (document.title, document.symbol, document.year) == ("Recorded", "A/1/2", 1999)
    assert document.guessed == ("language",)
    document = describe(inspect(path, None), reading(UN_PAGE), 1)
    assert document.symbol == "E/2025/L.14"
    assert document.guessed == ("title", "symbol", "year", "language")


def test_nothing_is_guessed_of_our_own_summaries(tmp_path: Path) -> None:
    path = tmp_path / "x.pdf"
    path.write_bytes(b"x")
    record = Record(file="x.pdf", title="Our note", kind=Kind.SUMMARY)
    document = describe(inspect(path, record), reading(UN_PAGE), 1)
    assert (document.symbol, document.year, document.guessed) == (None, None, ("language",))


def test_the_report_says_what_was_guessed(
    settings: Settings, notes: Path, tiny: TinyEncoder
) -> None:
    (notes / "a.html").write_text(f"<p>A/74/191<p>20 March 2019<h2>Women at work</h2><p>{BODY}")
    first = ingest([notes], settings, encoder=tiny)
    assert [each.reason for each in first.added] == [
        "guessed from the first page: title, symbol, year"
    ]
    again = ingest([notes], settings, encoder=tiny)
    assert [each.reason for each in again.unchanged] == [None]


EXPECTED = {
    "un-ecosoc-e-2025-l14-gender-mainstreaming.pdf": (
        "Mainstreaming a gender perspective into all policies and programmes in the United "
        "Nations system", "E/2025/L.14", 2025, "en"),
    "un-a-ac292-2024-3-ES.pdf": (
        "Documento de antecedentes inicial sobre las capacidades necesarias para participar en un "
        "directorio mundial e intergubernamental de puntos de contacto", "A/AC.292/2024/3", 2024,
        "es"),
    "un-cedaw-c-caf-co-6-RU.pdf": (
        "Заключительные замечания по шестому периодическому докладу Центральноафриканской "
        "Республики", "CEDAW/C/CAF/CO/6", 2024, "ru"),
    "jiaf-guide-2023-60pp.pdf": ("Joint Intersectoral Analysis Framework 1.1", None, 2022, "en"),
    "fr-chelsea-plan-transport-actif-65pp.pdf": (
        "Plan directeur de transport actif de la municipalité de Chelsea", None, 2021, "fr"),
    "un-e-cn4-149-1948-scan-abbyy-garbage.pdf": (None, None, None, "en"),
    "irs-manual-400pp.pdf": (None, None, None, "en"),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.skipif(not GUIDANCE.is_dir(), reason="../shared is not at hand")
def test_real_first_pages() -> None:
    with Sandbox() as box:
        found = {name: guess(box.read(GUIDANCE / name), name) for name in EXPECTED}
    assert found == {name: Guess(*values) for name, values in EXPECTED.items()}


@pytest.mark.slow
@pytest.mark.skipif(not GUIDANCE.is_dir(), reason="../shared is not at hand")
def test_no_year_is_wrong_on_real_files() -> None:
    """The manifest's year, but for two whose covers say otherwise (August 2020, December 2008)."""
    printed = {"jiaf-framework-2021-47pp.pdf": 2020, "iasc-operational-guidance-im.pdf": 2008}
    entries = json.loads((GUIDANCE / "manifest.json").read_text())
    right = 0
    with Sandbox() as box:
        for entry in entries:
            name = entry["file"]
            year = guess(box.read(GUIDANCE / name), name).year
            assert year in (None, printed.get(name, entry["year"])), name
            right += year is not None
    assert right >= 34
