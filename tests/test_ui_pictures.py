"""Pages of publications in the web chat: served by document id, with boxes on the quoted words."""

from __future__ import annotations

import io
import os
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from gendergpt import pagepictures
from gendergpt.embedding import Encoder
from gendergpt.errors import DocumentNotFound, LibraryMissing, UnreadableFile
from gendergpt.ingestion import ingest, remove
from gendergpt.library import Library
from gendergpt.pagepictures import PagePictures
from gendergpt.readers.boxes import Box, PageBoxes
from gendergpt.readers.sandbox import Sandbox
from gendergpt.settings import Settings
from gendergpt.types import Answer, Citation, Document, Kind, Outcome, Sentence, Status
from gendergpt.ui.cards import source_cards
from tests.conftest import TinyEncoder
from tests.test_boxes import Elsewhere, bare, made
from tests.test_ui_render import Elements
from tests.test_ui_server import Silent

pytestmark = pytest.mark.filterwarnings("ignore")  # of Gradio's dependencies and PyMuPDF

ACROSS = "Officers of both sexes ask travellers the same questions, wherever they come from."
ALONE = "The register of searches is kept at the post and shown to inspectors on request."
SOURCE = f"""
#set page(width: 9cm, height: 7cm, margin: 1.5cm)
{ALONE} Something else stands after it, and nobody quotes it.

Staff who are new to the post are told so in their first week. {ACROSS} Something follows it.
"""
PNG = b"\x89PNG\r\n\x1a\n"


class Holding(Silent):
    """An assistant that has a library and is never asked."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.missing = False

    def documents(self) -> list[Document]:
        if self.missing:
            raise LibraryMissing("There is no library yet.")
        return self.library.documents()


@pytest.fixture
def file(notes: Path) -> Path:
    """A PDF of two pages or more."""
    return made(notes / "guide.pdf", SOURCE)


@pytest.fixture
def holding(
    settings: Settings, file: Path, tiny: TinyEncoder, opened: Callable[[Encoder], Library]
) -> Holding:
    """The file's library."""
    ingest([file.parent], settings, encoder=tiny)
    return Holding(opened(tiny))


@pytest.fixture
def document(holding: Holding) -> Document:
    return holding.documents()[0]


@pytest.fixture
def client(holding: Holding) -> Iterator[TestClient]:
    from gendergpt.ui import build_app

    with TestClient(build_app(holding)) as asking:
        yield asking


@pytest.fixture
def pictures(holding: Holding) -> Iterator[PagePictures]:
    drawn = PagePictures(holding.documents)
    yield drawn
    drawn.close()


def sentence(library: Library, said: str) -> tuple[Any, Sentence]:
    """Return the sentence of the library that says this, and its passage."""
    for stored in library.stored(library.ledger.keys()).values():
        for each in stored.passage.sentences:
            if bare(stored.passage.text[each.start : each.end]) == bare(said):
                return stored, each
    raise AssertionError(f"not in the library: {said}")


def card_of(library: Library, document: Document, said: str) -> str:
    """Return the card of a citation of these words."""
    stored, found = sentence(library, said)
    citation = Citation(
        1, said, Status.NORMALISED, found.spans, (), stored.passage.id, document=document
    )
    answer = Answer("?", Outcome.ANSWERED, "", (citation,))
    return str(source_cards(answer, 1, {stored.passage.id: stored.passage}, {}))


def figures(library: Library, document: Document, said: str) -> list[dict[str, str]]:
    """Return the figures on the card of a citation of these words."""
    found_in = Elements(card_of(library, document, said)).found
    return [{k: v or "" for k, v in attrs.items()} for tag, attrs in found_in if tag == "figure"]


def page_boxes(answer: dict[str, Any]) -> PageBoxes:
    boxes = tuple(Box(**box) for box in answer["boxes"])
    return PageBoxes(answer["width"], answer["height"], boxes)


# --- the card and its boxes ----------------------------------------------------------------------


@pytest.mark.parametrize(("said", "pages"), [(ALONE, 1), (ACROSS, 2)])
def test_boxes_of_the_card_hold_the_quoted_words(
    client: TestClient, holding: Holding, document: Document, file: Path, said: str, pages: int
) -> None:
    shown = figures(holding.library, document, said)
    assert len(shown) == pages
    elsewhere, inside = Elsewhere(file), ""
    for figure in shown:
        number = int(figure["data-page"].rsplit("/", 1)[1])
        answer = client.get(f"/{figure['data-page']}/boxes?{figure['data-spans']}")
        assert answer.status_code == 200
        found = page_boxes(answer.json())
        assert (found.width, found.height) == pytest.approx(elsewhere.size(number), abs=0.1)
        inside += elsewhere.inside(number, found)
        assert figure["data-alt"] == f"PDF page {number} of {document.title}, quoted words marked"
    assert Counter(bare(inside)) == Counter(bare(said))


def test_only_quotations_from_pdf_have_figures(holding: Holding, document: Document) -> None:
    for path in (None, "guide.md", "guide.pptx", "guide.pdf.html"):
        assert figures(holding.library, replace(document, path=path), ALONE) == []
    assert len(figures(holding.library, replace(document, path="GUIDE.PDF"), ALONE)) == 1


def test_a_page_of_our_notes_is_not_called_the_publications(
    holding: Holding, document: Document
) -> None:
    for kind, named in ((Kind.ORIGINAL, "the publication"), (Kind.SUMMARY, "our own note")):
        card = card_of(holding.library, replace(document, kind=kind), ALONE)
        assert f"<figcaption>The page in {named}, PDF page 1</figcaption>" in card


def test_names_in_a_figure_are_only_text(holding: Holding, document: Document) -> None:
    evil = '"><img src=x onerror=alert(1)>'
    (figure,) = figures(holding.library, replace(document, id=f"../{evil}", title=evil), ALONE)
    assert re.fullmatch(r"documents/[\w%.]+/pages/1", figure["data-page"])
    assert evil in figure["data-alt"]


# --- the picture ---------------------------------------------------------------------------------


def test_a_page_is_served_as_png_and_kept_by_browsers(
    client: TestClient, document: Document
) -> None:
    from PIL import Image

    address = f"/documents/{document.id}/pages/1.png"
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/png"
    assert answer.content.startswith(PNG)
    with Image.open(io.BytesIO(answer.content)) as image:
        assert image.width / image.height == pytest.approx(9 / 7, abs=0.01)
        assert 700 < image.width < 1000
    assert "private" in answer.headers["cache-control"]
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    again = client.get(address, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = client.get(f"/documents/{document.id}/pages/2.png")
    assert other.headers["etag"] != answer.headers["etag"]
    assert other.content != answer.content


def test_what_is_not_there_is_a_404_with_a_sentence(client: TestClient, document: Document) -> None:
    for address, said in (
        (f"/documents/{document.id}/pages/99.png", "has no page 99"),
        (f"/documents/{document.id}/pages/0.png", "has no page 0"),
        ("/documents/0123456789abcdef/pages/1.png", "no longer in the library"),
    ):
        answer = client.get(address)
        assert (answer.status_code, said in answer.text) == (404, True), answer.text
        assert answer.text.endswith((".", "again."))
    answer = client.get(f"/documents/{document.id}/pages/1/boxes?start=5&end=99999")
    assert "has no characters 5 to 99999" in answer.json()["problem"]
    assert client.get(f"/documents/{document.id}/pages/1/boxes").status_code == 422


def test_a_path_is_no_id(client: TestClient, file: Path) -> None:
    for name in (
        str(file),
        str(file).replace("/", "%2F"),
        "..%2Fnotes%2Fguide.pdf",
        "guide.pdf",
        "%2e%2e",
        "",
    ):
        for what in ("1.png", "1/boxes?start=0&end=4"):
            answer = client.get(f"/documents/{name}/pages/{what}")
            assert answer.status_code == 404
            assert PNG not in answer.content


def test_a_changed_file_is_not_shown(
    client: TestClient, document: Document, file: Path, settings: Settings, tiny: TinyEncoder
) -> None:
    address = f"/documents/{document.id}/pages/1"
    tag = client.get(f"{address}.png").headers["etag"]
    as_it_was = file.read_bytes()
    made(file, SOURCE.replace("searches", "patrols"))
    answer = client.get(f"{address}.png", headers={"If-None-Match": tag})
    assert answer.status_code == 404
    assert "has changed since it was ingested" in answer.text
    problem = client.get(f"{address}/boxes?start=0&end=4").json()["problem"]
    assert problem == answer.text
    file.write_bytes(as_it_was)
    assert client.get(f"{address}.png").content.startswith(PNG)  # nothing of it was remembered
    remove([document.id], settings)
    assert "no longer in the library" in client.get(f"{address}.png").text


def test_a_touched_file_is_the_same(client: TestClient, document: Document, file: Path) -> None:
    os.utime(file, (1, 1))
    assert client.get(f"/documents/{document.id}/pages/1.png").status_code == 200


def test_a_file_that_is_gone(client: TestClient, document: Document, file: Path) -> None:
    address = f"/documents/{document.id}/pages/1.png"
    assert client.get(address).status_code == 200
    file.rename(file.with_name("moved.pdf"))
    answer = client.get(address)
    assert answer.status_code == 404
    assert "no longer where it was" in answer.text
    assert str(file.parent) not in answer.text
    os.mkfifo(file)  # is not waited for
    assert client.get(address).status_code == 404


def test_a_library_that_cannot_be_used(
    client: TestClient, holding: Holding, document: Document
) -> None:
    holding.missing = True
    answer = client.get(f"/documents/{document.id}/pages/1.png")
    assert (answer.status_code, answer.text) == (503, "There is no library yet.")


def test_other_formats_have_no_pages(
    settings: Settings, notes: Path, tiny: TinyEncoder, opened: Callable[[Encoder], Library]
) -> None:
    (notes / "note.md").write_text(f"# A note\n\n{ALONE}\n", encoding="utf-8")
    ingest([notes], settings, encoder=tiny)
    library = opened(tiny)
    with pytest.raises(UnreadableFile, match="only PDF files have"):
        PagePictures(library.documents).picture(library.documents()[0].id, 1)


# --- one child -----------------------------------------------------------------------------------


def test_many_at_once_share_one_child(
    client: TestClient, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, start = [], Sandbox._start

    def counted(self: Any) -> Any:
        begun.append(self)
        return start(self)

    monkeypatch.setattr(Sandbox, "_start", counted)
    answers = []

    def ask(number: int) -> None:
        answers.append(client.get(f"/documents/{document.id}/pages/{number}.png").status_code)

    threads = [threading.Thread(target=ask, args=(1 + each % 2,)) for each in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert answers == [200] * 12
    assert len(begun) == 1


def test_a_picture_is_drawn_once(
    pictures: PagePictures, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = pictures.picture(document.id, 1)
    monkeypatch.setattr(pictures._sandbox, "picture", lambda *_: pytest.fail("drawn again"))
    assert pictures.picture(document.id, 1) == first
    with pytest.raises(DocumentNotFound):
        pictures.picture(f"{document.id}0", 1)


def test_pictures_are_bounded_in_size(
    pictures: PagePictures, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    from PIL import Image

    monkeypatch.setattr(pagepictures, "MOST_PIXELS", 10_000)
    with Image.open(io.BytesIO(pictures.picture(document.id, 1))) as image:
        assert 9_000 < image.width * image.height < 10_500


def test_pictures_kept_are_bounded(
    pictures: PagePictures, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pagepictures, "_KEPT", 1)
    pictures.picture(document.id, 1)
    pictures.picture(document.id, 2)
    assert list(pictures._kept) == [(document.id, 2, 1)]


def test_a_page_that_takes_too_long_is_given_up_for_good(
    pictures: PagePictures, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def slow(*arguments: Any) -> bytes:
        asked.append(arguments)
        time.sleep(0.06)
        raise UnreadableFile("took longer")

    monkeypatch.setattr(pagepictures, "SECONDS", 0.05)
    monkeypatch.setattr(pictures._sandbox, "picture", slow)
    for _ in range(2):
        with pytest.raises(UnreadableFile, match=r"Page 1 takes longer than 0\.05 s"):
            pictures.picture(document.id, 1)
    assert len(asked) == 1


def test_a_file_that_changes_while_it_is_drawn(
    pictures: PagePictures, document: Document, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = pictures._sandbox.picture

    def meddled(*arguments: Any) -> bytes:
        made(file, SOURCE.replace("searches", "patrols"))
        return draw(*arguments)

    monkeypatch.setattr(pictures._sandbox, "picture", meddled)
    with pytest.raises(UnreadableFile, match="has changed"):
        pictures.picture(document.id, 1)
    assert not pictures._kept


def test_too_many_that_wait_are_told(
    client: TestClient, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gendergpt.ui import pictures as routes

    monkeypatch.setattr(routes, "_MOST_WAITING", 0)
    answer = client.get(f"/documents/{document.id}/pages/1.png")
    assert answer.status_code == 503
    assert answer.text.startswith("Many pages are being drawn just now.")
    boxes = client.get(f"/documents/{document.id}/pages/1/boxes?start=0&end=4")
    assert boxes.json() == {"problem": answer.text}
