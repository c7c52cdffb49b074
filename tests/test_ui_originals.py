"""What the source viewer asks for: originals by id, sections as text, names of pages."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from gendergpt.embedding import Encoder
from gendergpt.ingestion import ingest, remove
from gendergpt.library import Library
from gendergpt.pagepictures import PagePictures
from gendergpt.settings import Settings
from gendergpt.types import (
    Answer,
    Citation,
    Document,
    Outcome,
    Page,
    PageRef,
    Passage,
    Span,
    Status,
)
from gendergpt.ui.cards import source_cards
from gendergpt.ui.ports import AssistantLike
from tests.conftest import TinyEncoder
from tests.test_boxes import made
from tests.test_sections import write
from tests.test_ui_pictures import Holding
from tests.test_ui_render import Elements

pytestmark = pytest.mark.filterwarnings("ignore")  # of Gradio's dependencies

EVIL = "<script>alert(1)</script>"


class Reading(Holding):
    """An assistant whose documents can be read on."""

    def pages(self, document_id: str) -> Sequence[Page]:
        return self.library.ledger.pages(document_id)

    def passages(self, document_id: str) -> Sequence[Passage]:
        found = self.library.ledger.revision(document_id)
        stored = self.library.ledger.passages(found[0]) if found else []
        return [each.passage for each in stored]


@dataclass
class Served:
    """A served library with one document of each format, by its suffix."""

    client: TestClient
    reading: Reading
    folder: Path

    def document(self, suffix: str) -> Document:
        path = str(self.folder / f"guide.{suffix}")
        return next(each for each in self.reading.documents() if each.path == path)

    def original(self, suffix: str) -> str:
        return f"/documents/{self.document(suffix).id}/original"


@pytest.fixture
def served(
    settings: Settings, notes: Path, tiny: TinyEncoder, opened: Callable[[Encoder], Library]
) -> Iterator[Served]:
    made(notes / "guide.pdf")
    for suffix in ("md", "html", "docx", "txt"):
        write(notes / f"guide.{suffix}")
    html = notes / "guide.html"
    html.write_text(html.read_text().replace("<p>", f"{EVIL}<p>&lt;script&gt; "))
    ingest([notes], settings, encoder=tiny)
    reading = Reading(opened(tiny))
    with TestClient(without_gradio(reading)) as client:
        yield Served(client, reading, notes)


def without_gradio(reading: AssistantLike) -> FastAPI:
    """The routes behind the same middleware as in ``build_app``, which takes seconds to build."""
    from gendergpt.ui import originals, pictures, server, texts

    app, drawn = FastAPI(), PagePictures(reading.documents)
    pictures.add_routes(app, drawn)
    originals.add_routes(app, reading)
    texts.add_routes(app, reading)
    app.add_middleware(server._OwnPage)
    app.router.add_event_handler("shutdown", drawn.close)
    return app


# --- the original --------------------------------------------------------------------------------


def test_a_pdf_opens_in_the_browser(served: Served) -> None:
    answer = served.client.get(served.original("pdf"))
    assert answer.status_code == 200
    assert answer.content == (served.folder / "guide.pdf").read_bytes()
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == 'inline; filename="guide.pdf"'
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_other_formats_are_downloads_and_never_run(served: Served) -> None:
    word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    for suffix, media_type in (
        ("html", "application/octet-stream"),
        ("md", "text/plain; charset=utf-8"),
        ("txt", "text/plain; charset=utf-8"),
        ("docx", word),
    ):
        answer = served.client.get(served.original(suffix))
        assert answer.status_code == 200
        assert answer.content == (served.folder / f"guide.{suffix}").read_bytes()
        assert answer.headers["content-type"] == media_type
        assert answer.headers["content-disposition"] == f'attachment; filename="guide.{suffix}"'
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_an_unknown_document_is_a_404(served: Served) -> None:
    answer = served.client.get("/documents/0123456789abcdef/original")
    assert (answer.status_code, answer.text) == (404, "This document is no longer in the library.")


def test_a_file_that_changed_is_not_given_out(served: Served, settings: Settings) -> None:
    address, file = served.original("html"), served.folder / "guide.html"
    assert served.client.get(address).status_code == 200
    as_it_was = file.read_bytes()
    file.write_text("other words")
    answer = served.client.get(address)
    assert answer.status_code == 410
    assert answer.text.startswith("The publication's file has changed since it was ingested")
    assert "other words" not in answer.text
    file.write_bytes(as_it_was)
    assert served.client.get(address).content == as_it_was
    remove([served.document("html").id], settings)
    assert served.client.get(address).status_code == 404


def test_a_file_that_is_gone_is_told(served: Served) -> None:
    address, file = served.original("pdf"), served.folder / "guide.pdf"
    file.unlink()
    _is_told(served, address)
    file.mkdir()
    _is_told(served, address)
    file.rmdir()
    os.mkfifo(file)  # is not waited for
    _is_told(served, address)


def _is_told(served: Served, address: str) -> None:
    answer = served.client.get(address)
    assert answer.status_code == 410
    assert "is no longer where it was when it was ingested" in answer.text
    assert str(served.folder) not in answer.text


def test_a_link_to_another_file_is_not_followed_to_it(served: Served) -> None:
    address, file = served.original("md"), served.folder / "guide.md"
    file.unlink()
    file.symlink_to(served.folder / "guide.txt")
    assert served.client.get(address).status_code == 410


def test_a_library_that_cannot_be_used(served: Served) -> None:
    address = served.original("pdf")
    served.reading.missing = True
    answer = served.client.get(address)
    assert (answer.status_code, answer.text) == (503, "There is no library yet.")


def test_a_path_is_no_id(served: Served) -> None:
    whole = str(served.folder / "guide.pdf").replace("/", "%2F")
    names = ("..", "%2e%2e", "guide.pdf", "..%2Fnotes%2Fguide.pdf", "%2Fetc%2Fpasswd", "", whole)
    for name in names:
        for what in ("original", "text", "pages/1/place"):
            answer = served.client.get(f"/documents/{name}/{what}")
            assert answer.status_code == 404
            assert b"%PDF" not in answer.content and b"root:" not in answer.content


# --- the card's link and place -------------------------------------------------------------------


def card(document: Document, *spans: Span) -> list[tuple[str, dict[str, str | None]]]:
    citation = Citation(1, "words", Status.EXACT, spans, (), "p", document)
    answer = Answer("?", Outcome.ANSWERED, "", (citation,))
    return Elements(str(source_cards(answer, 1, {}, {}))).found


def test_the_card_links_the_original_at_the_page(served: Served) -> None:
    pdf, word = served.document("pdf"), served.document("docx")
    found = card(pdf, Span(PageRef(7, "5"), 0, 4))
    (link,) = [attrs for tag, attrs in found if tag == "a"]
    assert link["href"] == f"./documents/{pdf.id}/original#page=7"
    (link,) = [attrs for tag, attrs in card(word, Span(None, 0, 4)) if tag == "a"]
    assert link["href"] == f"./documents/{word.id}/original"


def test_the_card_names_where_its_section_is(served: Served) -> None:
    document = served.document("docx")
    (place,) = [
        attrs
        for tag, attrs in card(document, Span(None, 0, 4), Span(None, 6, 9))
        if tag == "div" and attrs.get("class") == "reading"
    ]
    assert place["data-spans"] == "page=0&start=0&end=4&page=0&start=6&end=9"
    answer = served.client.get(f"/{place['data-text']}?{place['data-spans']}&number=1")
    assert answer.json()["heading"] == ["Searches"]


# --- sections and pages --------------------------------------------------------------------------


def test_a_section_is_given_with_marks_as_plain_text(served: Served) -> None:
    document = served.document("html")
    text = served.reading.pages(document.id)[0].text
    start = text.index("<script> Each")
    spans = f"page=0&start={start}&end={start + 8}"
    found = served.client.get(f"/documents/{document.id}/text?{spans}")
    assert found.headers["content-type"] == "application/json"
    section = found.json()
    assert (section["number"], section["count"], section["heading"]) == (2, 2, ["Records"])
    assert [each["text"] for each in section["stretches"] if each["marked"]] == ["<script>"]
    before = served.client.get(f"/documents/{document.id}/text?{spans}&number=1").json()
    assert before["heading"] == ["Searches"]


def test_a_section_that_is_not_there_is_told(served: Served) -> None:
    address = f"/documents/{served.document('md').id}/text"
    for query in ("number=99", "page=0&start=99999&end=99999", ""):
        problem = served.client.get(f"{address}?{query}").json()["problem"]
        assert "has no such section" in problem
    many = "&".join(["page=0&start=0&end=4"] * 41)
    for query in ("number=0", "number=x", "start=x", many):
        assert served.client.get(f"{address}?{query}").status_code == 422


def test_text_of_what_is_not_held(served: Served) -> None:
    address = "/documents/0123456789abcdef"
    for what in ("text?number=1", "pages/1/place"):
        assert (
            "no longer in the library" in served.client.get(f"{address}/{what}").json()["problem"]
        )
    served.reading.missing = True
    problem = served.client.get(f"{address}/text?number=1").json()["problem"]
    assert problem == "There is no library yet."


def test_a_page_is_called_as_in_citations(served: Served) -> None:
    address = f"/documents/{served.document('pdf').id}/pages"
    assert served.client.get(f"{address}/1/place").json() == {"place": "PDF page 1"}
    french = served.client.get(f"{address}/1/place?language=fr").json()["place"]
    assert french != "PDF page 1" and "1" in french
    assert served.client.get(f"{address}/1/place?language=../x").json()["place"] == "PDF page 1"


# --- sharper pictures ----------------------------------------------------------------------------


def test_pictures_are_sharper_on_request_within_bounds(served: Served) -> None:
    from PIL import Image

    address = f"/documents/{served.document('pdf').id}/pages/1.png"
    answers = [served.client.get(f"{address}?sharp={each}") for each in (1, 2, 3)]
    widths = [Image.open(io.BytesIO(answer.content)).width for answer in answers]
    assert widths[1] == pytest.approx(2 * widths[0], abs=2)
    assert widths[2] == pytest.approx(3 * widths[0], abs=3)
    assert len({answer.headers["etag"] for answer in answers}) == 3
    for wrong in ("0", "4", "-1", "x", "1e9"):
        assert served.client.get(f"{address}?sharp={wrong}").status_code == 422
