"""The library view: what it lists, in which order, and what it answers over real libraries."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from gendergpt.assistant import Assistant
from gendergpt.ingestion import ingest
from gendergpt.ledger import Ledger
from gendergpt.library import Library
from gendergpt.settings import Settings
from gendergpt.types import Document, Kind, Original
from gendergpt.ui import holdings, librarypage
from gendergpt.ui.holdings import COLUMNS, View
from tests.browser.scripted import EVIL, GCM, HOSTILE, TOOL6, ScriptedAssistant
from tests.conftest import TinyEncoder

pytestmark = pytest.mark.filterwarnings("ignore")  # of Gradio's dependencies

OLDER = replace(
    TOOL6, id="d-2008", year=2008, edition="1st edition", superseded_by="d-tool6", url=None
)
UNDATED = Document("d-x", "Études de genre", language="fr", superseded_by="Something newer")
HELD = (TOOL6, OLDER, GCM, UNDATED)
ORIGINALS = (
    Original("there", "There already", url="https://example.org/there"),
    Original("new", "Tool 6", "DCAF", 2020, symbol="T/6", url="https://example.org/new"),
    Original("old", "Tool 6", "DCAF", 2008, superseded_by="new"),
)


class Elements(HTMLParser):
    """The tags of a page with their attributes, and its words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return "".join(self.words)

    def all(self, tag: str, **wanted: str) -> list[dict[str, str | None]]:
        return [
            given
            for name, given in self.found
            if name == tag and all(given.get(key) == value for key, value in wanted.items())
        ]


def ids(view: View, held: tuple[Document, ...] = HELD) -> list[str]:
    return [row.document.id for row in holdings.rows(held, view)]


# --- what is shown -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sort", "ascending"),
    [
        ("title", ["d-2008", "d-tool6", "d-x", "d-gcm"]),
        ("publisher", ["d-2008", "d-tool6", "d-gcm", "d-x"]),
        ("year", ["d-2008", "d-tool6", "d-gcm", "d-x"]),
        ("kind", ["d-gcm", "d-2008", "d-tool6", "d-x"]),
        ("language", ["d-2008", "d-tool6", "d-gcm", "d-x"]),
        ("pages", ["d-2008", "d-tool6", "d-x", "d-gcm"]),
        ("passages", ["d-x", "d-gcm", "d-2008", "d-tool6"]),
    ],
)
def test_documents_are_sorted_by_any_column(sort: str, ascending: list[str]) -> None:
    assert ids(View(sort=sort)) == ascending


def test_empty_cells_come_last_in_either_direction() -> None:
    assert ids(View(sort="year", descending=True)) == ["d-gcm", "d-tool6", "d-2008", "d-x"]
    assert ids(View(sort="pages", descending=True))[2:] == ["d-x", "d-gcm"]


def test_state_names_the_newer_edition() -> None:
    states = {row.document.id: row for row in holdings.rows(HELD, View())}
    assert states["d-tool6"].cells["state"] == "Ready"
    assert states["d-2008"].newer == TOOL6
    assert states["d-2008"].cells["state"] == f"Superseded by {TOOL6.title} (2020)"
    assert states["d-x"].newer is None
    assert states["d-x"].cells["state"] == "Superseded by Something newer"


def test_search_heeds_neither_capitals_nor_accents() -> None:
    words = {row.document.id: row.words for row in holdings.rows(HELD, View())}
    assert holdings.fits(words["d-x"], "ETUDES french")
    assert not holdings.fits(words["d-x"], "etudes english")
    assert holdings.fits(words["d-gcm"], "our summary 2026")
    assert all(holdings.fits(each, " ") for each in words.values())


def test_what_a_search_of_an_address_names_wrongly_is_left_out() -> None:
    assert holdings.view_of(" a ", "year", "desc") == View("a", "year", True)
    assert holdings.view_of("x" * 999, EVIL, EVIL) == View("x" * holdings.LONGEST_SEARCH)


def test_missing_publications_are_told_with_address_newer_edition_and_sections() -> None:
    basis = replace(GCM.based_on[0], original="old")
    held = (replace(TOOL6, original="there"), replace(GCM, based_on=(basis,)))
    new, old = holdings.absent(held, ORIGINALS)
    assert (new.original.id, new.address, new.newer) == ("new", "https://example.org/new", None)
    assert (old.address, old.sections) == ("no address known: ask DCAF", 1)
    assert old.newer == ORIGINALS[1]
    page = Elements(librarypage.library_page(held, ORIGINALS))
    assert "2 publications are missing." in page.text
    assert "Superseded by Tool 6 (2020). 1 section of our summaries stands on it." in page.text
    (link,) = page.all("a", href="https://example.org/new")
    assert link["target"] == "_blank"
    assert "noopener" in (link["rel"] or "").split()


def test_page_says_how_it_is_sorted_and_searched_without_scripts() -> None:
    page = Elements(librarypage.library_page(HELD, ORIGINALS, View("gender tool", "year", True)))
    assert "2 of 4 documents" in page.text
    (head,) = [each for each in page.all("th") if "aria-sort" in each]
    assert (head["data-column"], head["aria-sort"]) == ("year", "descending")
    rows = page.all("tr", role="row")[1:]
    assert [each["id"] for each in rows if "hidden" not in each] == ["d-d-tool6", "d-d-2008"]
    queries = [parse_qs(urlsplit(each["href"] or "").query) for each in page.all("a")]
    sorting = [query for query in queries if query]
    assert [query["sort"] for query in sorting] == [[column] for column in COLUMNS]
    assert all(query["q"] == ["gender tool"] for query in sorting)
    assert {query["dir"][0] for query in sorting} == {"asc"}
    assert page.all("input", name="q")[0]["value"] == "gender tool"


def test_original_and_summary_are_told_apart() -> None:
    html = librarypage.library_page(HELD, ())
    assert html.count(">Publication<") == 3
    assert html.count(">Our summary<") == 1
    assert "3 publications in the publishers' own words and 1 summary in ours" in html
    assert "missing" not in Elements(html).text


texts = st.one_of(st.none(), st.sampled_from([EVIL, '" onload="x', "\x00\ud800", "É" * 3]))
documents = st.builds(
    Document,
    id=st.uuids().map(str),
    title=st.sampled_from([EVIL, "", "Tool"]),
    publisher=texts,
    year=st.sampled_from([None, 2020]),
    edition=texts,
    language=texts,
    kind=st.sampled_from(Kind),
    url=st.one_of(texts, st.sampled_from(["javascript:alert(1)", "http://[bad", "https://a.org"])),
    superseded_by=texts,
)
originals = st.builds(
    Original, id=st.uuids().map(str), title=st.sampled_from([EVIL, "Tool"]), url=texts,
    publisher=texts, symbol=texts,
)  # fmt: skip
views = st.builds(
    holdings.view_of, st.sampled_from(["", EVIL, "\ud800"]), st.sampled_from(list(COLUMNS)),
    st.sampled_from(["asc", "desc"]),
)  # fmt: skip


@given(st.lists(documents, max_size=4), st.lists(originals, max_size=3), views)
def test_nothing_of_a_document_becomes_markup(
    held: list[Document], listed: list[Original], view: View
) -> None:
    html = librarypage.library_page(held, listed, view)
    html.encode("utf-8")
    page = Elements(html)
    assert [each["src"] for each in page.all("script")] == ["./ui/library.js"]
    assert page.all("img") == []
    assert not any(name.startswith("on") for _, given in page.found for name in given)
    links = [urlsplit(each["href"] or "") for each in page.all("a")]
    assert {each.scheme for each in links} <= {"", "https"}


# --- over libraries ------------------------------------------------------------------------------

CATALOGUE = f"""
[[document]]
file = "evil.md"
title = {json.dumps(EVIL)}
publisher = {json.dumps("<b>" + EVIL)}
year = 2021
edition = {json.dumps(EVIL)}

[[original]]
id = "manual"
title = {json.dumps("Manual " + EVIL)}
publisher = "Brod Police"
year = 2020
url = "https://example.org/manual?a=1&b=%22"
"""
Client = Callable[..., TestClient]


@pytest.fixture
def over(settings: Settings, notes: Path, tiny: TinyEncoder) -> Iterator[Client]:
    """Serve the view over a library that was made of the files in ``notes``."""
    libraries: list[Library] = []

    def served() -> TestClient:
        ingest([notes], settings, encoder=tiny)
        libraries.append(Library(settings, tiny.fingerprint, tiny.name))
        app = FastAPI()
        librarypage.add_routes(app, Assistant(libraries[-1], tiny))
        return TestClient(app)

    yield served
    for library in libraries:
        library.close()


def test_a_real_library_with_hostile_titles(over: Client, notes: Path) -> None:
    (notes / "evil.md").write_text(
        "# Lamp\n\nA green lamp hangs above the booth of the officers.\n"
    )
    (notes / "catalogue.toml").write_text(CATALOGUE)
    answer = over().get("/library", params={"sort": "year", "dir": "desc", "q": "<script>"})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    page = Elements(answer.text)
    assert page.all("img") == []
    assert len(page.all("script")) == 1
    assert f"Manual {EVIL}" in page.text
    assert "1 of 1 document" in page.text
    assert page.all("a", href="https://example.org/manual?a=1&b=%22")


def test_an_empty_library(over: Client, notes: Path) -> None:
    answer = over().get("/library", params={"q": "lamp"})
    assert answer.status_code == 200
    page = Elements(answer.text)
    assert "The library is empty. Add documents with gendergpt ingest FOLDER." in page.text
    assert not page.all("table")


class Gone(ScriptedAssistant):
    """An assistant whose library is not there."""

    def documents(self) -> list[Document]:
        return Ledger(Path("no-such-<b>folder") / "ledger.sqlite").documents()


def test_a_missing_library_is_told_with_the_way_out() -> None:
    app = FastAPI()
    librarypage.add_routes(app, Gone())
    answer = TestClient(app).get("/library")
    assert answer.status_code == 503
    assert "There is no library in" in answer.text
    assert "gendergpt ingest" in answer.text
    assert "<b>folder" not in answer.text


def test_a_fault_tells_no_secrets() -> None:
    class Faulty(ScriptedAssistant):
        def documents(self) -> list[Document]:
            raise ZeroDivisionError("secret detail")

    app = FastAPI()
    librarypage.add_routes(app, Faulty())
    answer = TestClient(app).get("/library")
    assert answer.status_code == 500
    assert "secret" not in answer.text


def test_an_assistant_without_catalogues_has_a_view() -> None:
    app = FastAPI()
    librarypage.add_routes(app, ScriptedAssistant(held=[TOOL6, HOSTILE]))
    answer = TestClient(app).get("/library")
    assert answer.status_code == 200
    assert "javascript:alert(1)" in Elements(answer.text).text
