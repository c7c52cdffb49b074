"""Fifty quotations of real guidance as the source viewer draws them, box by box.

``tests/test_boxes.py`` looks at hundreds of quotations as wholes; here each box that the page draws
must hold a piece of the quotation, the pieces together all of it, and none a word beside it.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from gendergpt.passages import split
from gendergpt.readers.boxes import PageBoxes
from gendergpt.readers.sandbox import Sandbox
from gendergpt.types import Answer, Citation, Document, Outcome, Page, Reading, Span, Status
from gendergpt.ui.cards import source_cards
from tests.test_boxes import GUIDANCE, Elsewhere, bare
from tests.test_ui_originals import without_gradio
from tests.test_ui_pictures import page_boxes
from tests.test_ui_render import Elements
from tests.test_ui_server import Silent

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore"),  # of PyMuPDF's binding
    pytest.mark.skipif(not GUIDANCE.is_dir(), reason="../shared is not at hand"),
]

FILES = (  # of one column, two and three
    "un-s-2025-303-unodc-haiti-borders-trafficking.pdf",
    "un-ecosoc-e-2025-l14-gender-mainstreaming.pdf",
    "un-a-79-pv64-verbatim-two-column-indesign.pdf",
    "unu-policy-brief-49-indesign-multicolumn.pdf",
    "us-federal-register-2020-17221-three-column.pdf",
)
EACH_FILE = 10


@dataclass
class Quotation:
    """A quotation, its document, and its own words on each page."""

    document: Document
    spans: tuple[Span, ...]
    words: str


class Holding(Silent):
    """An assistant that holds these documents."""

    def __init__(self, held: Sequence[Document]) -> None:
        self.held = held

    def documents(self) -> list[Document]:
        return list(self.held)


def quotations(path: Path, reading: Reading) -> Iterator[Quotation]:
    """Yield sentences spread evenly over a file; those over a page break first."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
    document = Document(digest, path.stem, path=str(path), pages=len(reading.pages))
    every = [each for passage in split(digest, reading) for each in passage.sentences]
    every = [each for each in every if each.end - each.start >= 40]
    broken = [each for each in every if len({span.page for span in each.spans}) > 1][:2]
    spread = every[:: len(every) // EACH_FILE]
    for sentence in (*broken, *spread)[:EACH_FILE]:
        words = "".join(own_words(reading.pages, span) for span in sentence.spans)
        yield Quotation(document, sentence.spans, words)


def own_words(pages: Sequence[Page], span: Span) -> str:
    assert span.page is not None
    return pages[span.page.number - 1].text[span.start : span.end]


def drawn(client: TestClient, quotation: Quotation) -> Iterator[tuple[int, PageBoxes]]:
    """Yield the number of each page that the card of a citation shows, and its boxes."""
    citation = Citation(
        1, "words", Status.EXACT, quotation.spans, (), "p", document=quotation.document
    )
    card = str(source_cards(Answer("?", Outcome.ANSWERED, "", (citation,)), 1, {}, {}))
    for tag, figure in Elements(card).found:
        if tag == "figure":
            page = figure["data-page"] or ""
            answer = client.get(f"/{page}/boxes?{figure['data-spans']}")
            yield int(page.rsplit("/", 1)[1]), page_boxes(answer.json())


def pieces(elsewhere: Elsewhere, number: int, found: PageBoxes) -> Iterator[str]:
    """Yield what another PDF library finds in each box."""
    for box in found.boxes:
        alone = PageBoxes(found.width, found.height, (box,))
        yield bare(elsewhere.inside(number, alone))


def test_each_box_of_fifty_quotations_holds_its_words_and_none_beside() -> None:
    with Sandbox() as sandbox:
        quoted = [
            each
            for name in FILES
            for each in quotations(GUIDANCE / name, sandbox.read(GUIDANCE / name))
        ]
    over_a_break, boxes = 0, 0
    held = {each.document.id: each.document for each in quoted}
    with TestClient(without_gradio(Holding(list(held.values())))) as client:
        others = {each.id: Elsewhere(Path(each.path or "")) for each in held.values()}
        for each in quoted:
            words, inside, pages = bare(each.words), "", 0
            for number, found in drawn(client, each):
                pages += 1
                for piece in pieces(others[each.document.id], number, found):
                    assert piece in words, f"{piece!r} stands in a box of {each.words!r}"
                    inside += piece
                    boxes += 1
            assert Counter(inside) == Counter(words), each.words
            over_a_break += pages > 1
    assert len(quoted) == 50
    assert over_a_break >= 5
    assert boxes > 100
