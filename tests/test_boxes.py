"""Where quotations stand on the page, and that another PDF library finds the same words there."""

from __future__ import annotations

import io
import re
import time
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdf
import pytest
import typst

from gendergpt.errors import UnreadableFile
from gendergpt.passages import split
from gendergpt.readers import boxes as boxes_module
from gendergpt.readers.boxes import Box, PageBoxes, boxes, picture
from gendergpt.readers.sandbox import Sandbox
from gendergpt.readers.wire import WireError, pack_boxes, unpack_boxes
from gendergpt.types import Span
from tests.conftest import SHARED

GUIDANCE = SHARED / "pdfs" / "guidance"
SAID = "Officers of both sexes ask travellers the same questions, wherever they come from."
SOURCE = f"""
#set page(width: 9cm, height: 12cm, margin: 1.5cm)
Something stands before it. {SAID} Something stands after it.

Another paragraph of the page, which nobody quotes.
"""
TWO_COLUMNS = f"""
#set page(width: 16cm, height: 8cm, margin: 1cm, columns: 2)
#lorem(60)

{SAID} #lorem(60)
"""
EACH_FILE = 25
NAMES = (
    "un-csw-e-cn6-2025-3-rev1-beijing30-review.pdf",
    "un-s-2025-389-conflict-related-sexual-violence.pdf",
    "un-a-79-pv64-verbatim-two-column-indesign.pdf",
    "un-cedaw-c-caf-co-6-RU.pdf",
    "un-climate-forum-2009-indesign-cs3.pdf",
    "unu-policy-brief-49-indesign-multicolumn.pdf",
    "jiaf-guide-2023-60pp.pdf",
    "iasc-cluster-coordination-reference-module.pdf",
    "iasc-humanitarian-profile-guidance-2016.pdf",
    "us-federal-register-2020-17221-three-column.pdf",
    "unicef-child-protection-spotlight-2024.pdf",
    "undp-icpe-liberia-main-report.pdf",
    "cancer-council-guide-76pp-indesign.pdf",
    "fr-chelsea-plan-transport-actif-65pp.pdf",
)
FOUND_ELSEWHERE = 0.98

pytestmark = pytest.mark.filterwarnings("ignore")  # of PyMuPDF's binding


def bare(text: str) -> str:
    """Letters and digits alone, ligatures taken apart."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text))


class Elsewhere:
    """The characters of a PDF's pages as PyMuPDF places them, on the page as it is seen."""

    def __init__(self, path: Path) -> None:
        import fitz  # type: ignore[import-untyped]

        self._rectangle = fitz.Rect
        self._file = fitz.open(path)
        self._pages: dict[int, list[tuple[str, float, float]]] = {}

    def inside(self, number: int, found: PageBoxes) -> str:
        """Return the characters whose middle lies in one of the boxes."""
        if number not in self._pages:
            self._pages[number] = list(self._characters(self._file[number - 1]))
        return "".join(
            letter
            for letter, x, y in self._pages[number]
            if any(box.left <= x <= box.right and box.top <= y <= box.bottom for box in found.boxes)
        )

    def size(self, number: int) -> tuple[float, float]:
        seen = self._file[number - 1].rect
        return float(seen.width), float(seen.height)

    def _characters(self, page: Any) -> Iterator[tuple[str, float, float]]:
        for block in page.get_text("rawdict", flags=0)["blocks"]:
            for line in block.get("lines", []):
                for run in line["spans"]:
                    for each in run["chars"]:
                        box = self._rectangle(each["bbox"]) * page.rotation_matrix
                        yield each["c"], (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2


def made(path: Path, source: str = SOURCE) -> Path:
    path.write_bytes(typst.compile(source.encode()))
    return path


def spoken(path: Path, words: str = SAID) -> tuple[int, int]:
    """Return where words stand in the first page's own text (line ends apart)."""
    with Sandbox() as sandbox:
        text = sandbox.read(path).pages[0].text
    found = re.search(r"\s+".join(map(re.escape, words.split())), text)
    assert found, text
    return found.span()


def check(path: Path, words: str = SAID) -> PageBoxes:
    """The boxes of the words hold their letters and no others, and lie on the page."""
    start, end = spoken(path, words)
    found = boxes(path, 1, start, end)
    elsewhere = Elsewhere(path)
    assert Counter(bare(elsewhere.inside(1, found))) == Counter(bare(words))
    assert (found.width, found.height) == pytest.approx(elsewhere.size(1), abs=0.1)
    for box in found.boxes:
        assert 0 <= box.left < box.right <= found.width
        assert 0 <= box.top < box.bottom <= found.height
    return found


def test_one_box_a_line(tmp_path: Path) -> None:
    found = check(made(tmp_path / "made.pdf"))
    assert len(found.boxes) == 3
    tops = [box.top for box in found.boxes]
    assert tops == sorted(tops)
    assert found.boxes[0].left > found.boxes[1].left  # other words stand before it


def test_columns_have_boxes_of_their_own(tmp_path: Path) -> None:
    found = check(made(tmp_path / "made.pdf", TWO_COLUMNS))
    assert all(box.right - box.left < found.width / 2 for box in found.boxes)


@pytest.mark.parametrize("rotation", [90, 180, 270])
@pytest.mark.parametrize("cropped", [False, True])
def test_turned_and_cropped_pages(tmp_path: Path, rotation: int, cropped: bool) -> None:
    path = made(tmp_path / "made.pdf")
    writer = pypdf.PdfWriter(clone_from=path)
    writer.pages[0].rotate(rotation)
    if cropped:
        writer.pages[0].cropbox = pypdf.generic.RectangleObject((30, 20, 245, 325))
    writer.write(path)
    found = check(path, "travellers the same")  # pdfium reads lines in another order here
    assert (found.width > found.height) is (rotation in (90, 270))
    upright = [box.right - box.left < box.bottom - box.top for box in found.boxes]
    assert all(upright) if rotation in (90, 270) else not any(upright)


def test_a_cropped_page_is_measured_from_its_crop_box(tmp_path: Path) -> None:
    path = made(tmp_path / "made.pdf")
    whole = check(path)
    writer = pypdf.PdfWriter(clone_from=path)
    writer.pages[0].cropbox = pypdf.generic.RectangleObject((30, 20, 245, 325))
    writer.write(path)
    cut = check(path)
    assert (cut.width, cut.height) == (215, 305)
    assert cut.boxes[0].left == pytest.approx(whole.boxes[0].left - 30, abs=0.02)
    assert cut.boxes[0].top == pytest.approx(whole.boxes[0].top - whole.height + 325, abs=0.02)


def test_what_is_cropped_away_has_no_box(tmp_path: Path) -> None:
    path = made(tmp_path / "made.pdf")
    start, end = spoken(path)
    writer = pypdf.PdfWriter(clone_from=path)
    writer.pages[0].cropbox = pypdf.generic.RectangleObject((0, 0, 200, 100))
    writer.write(path)
    assert boxes(path, 1, start, end).boxes == ()


def test_text_that_runs_upwards(tmp_path: Path) -> None:
    source = f"#set page(width: 9cm, height: 12cm)\n#rotate(-90deg, reflow: true)[{SAID[:40]}]"
    path = made(tmp_path / "made.pdf", source)
    with Sandbox() as sandbox:
        text = sandbox.read(path).pages[0].text
    found = boxes(path, 1, 0, len(text.rstrip()))
    assert len(found.boxes) == 1
    assert found.boxes[0].bottom - found.boxes[0].top > 5 * (
        found.boxes[0].right - found.boxes[0].left
    )
    assert bare(Elsewhere(path).inside(1, found)) == bare(SAID[:40])


def test_characters_beyond_the_basic_plane(tmp_path: Path) -> None:
    path = made(tmp_path / "made.pdf", "$upright(bold(A)) bb(R) scr(B)$ 𝔸𝔹 " + SAID)
    check(path)


def test_the_wrong_page_or_place_is_told(tmp_path: Path) -> None:
    path = made(tmp_path / "made.pdf")
    with pytest.raises(UnreadableFile, match=r"made\.pdf has no page 2; .*ingest it again"):
        boxes(path, 2, 0, 4)
    with pytest.raises(UnreadableFile, match=r"made\.pdf has no characters 0 to 9999 on page 1"):
        boxes(path, 1, 0, 9999)
    with pytest.raises(UnreadableFile, match="no characters 4 to 4"):
        boxes(path, 1, 4, 4)


# --- in the sandbox ------------------------------------------------------------------------------


def test_the_sandbox_gives_the_same(tmp_path: Path) -> None:
    path = made(tmp_path / "made.pdf")
    start, end = spoken(path)
    with Sandbox() as sandbox:
        assert sandbox.boxes(path, 1, start, end) == boxes(path, 1, start, end)
        with pytest.raises(UnreadableFile, match="has no page 7"):
            sandbox.boxes(path, 7, 0, 1)
        child = sandbox._child
        assert sandbox.picture(path, 1) == picture(path, 1)
        assert sandbox._child is child  # what is told as an error does not cost the child


def test_other_formats_have_no_boxes(tmp_path: Path) -> None:
    path = tmp_path / "note.md"
    path.write_text("# Title\n")
    with Sandbox() as sandbox:
        for ask in (lambda: sandbox.boxes(path, 1, 0, 3), lambda: sandbox.picture(path, 1)):
            with pytest.raises(UnreadableFile, match=r"note\.md has no pages to show"):
                ask()
        with pytest.raises(UnreadableFile, match="is not there"):
            sandbox.boxes(tmp_path / "none.pdf", 1, 0, 3)


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        [600, 800],
        [600, 800, [[1, 2, 3]]],
        [600, 800, [[10, 10, 5, 20]]],
        [600, 800, [[10, 10, 5000, 20]]],
        [600, 800, [[-10, 10, 50, 20]]],
        [600, 800, [["1", 10, 50, 20]]],
        [float("inf"), 800, []],
        [float("nan"), 800, []],
        [True, 800, []],
    ],
)
def test_boxes_that_make_no_sense_are_refused(value: Any) -> None:
    with pytest.raises(WireError):
        unpack_boxes(value)


def test_boxes_survive_the_wire() -> None:
    found = PageBoxes(600, 800.5, (Box(1, 2, 3.25, 4), Box(0, 0, 600, 800.5)))
    assert unpack_boxes(pack_boxes(found)) == found


# --- pictures ------------------------------------------------------------------------------------


def test_a_picture_has_the_scale_that_was_asked_for(tmp_path: Path) -> None:
    from PIL import Image

    path = made(tmp_path / "made.pdf")
    size = boxes(path, 1, 0, 5)
    for scale in (0.5, 2.0):
        with Image.open(io.BytesIO(picture(path, 1, scale))) as image:
            assert image.format == "PNG"
            assert image.size == pytest.approx((size.width * scale, size.height * scale), abs=1)
            assert sum(image.convert("L").histogram()[:128]) > 20  # something is drawn


def test_a_picture_is_never_huge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from PIL import Image

    monkeypatch.setattr(boxes_module, "MOST_PIXELS", 10_000)
    with Image.open(io.BytesIO(picture(made(tmp_path / "made.pdf"), 1, 50.0))) as image:
        assert 9_000 < image.width * image.height < 10_500


@pytest.mark.parametrize("scale", [0.0, -1.0, float("nan"), float("inf")])
def test_a_scale_must_be_positive(tmp_path: Path, scale: float) -> None:
    with pytest.raises(ValueError, match="scale above 0"):
        picture(made(tmp_path / "made.pdf"), 1, scale)


# --- real files ----------------------------------------------------------------------------------


def _quotations(sandbox: Sandbox, path: Path) -> list[tuple[tuple[Span, ...], str]]:
    """Return sentences spread evenly over a file: their spans and their pages' own words."""
    reading = sandbox.read(path)
    every = [
        (sentence.spans, "".join(_words(reading.pages, span) for span in sentence.spans))
        for passage in split("document", reading)
        for sentence in passage.sentences
    ]
    return every[:: max(1, len(every) // EACH_FILE)][:EACH_FILE]


def _words(pages: Any, span: Span) -> str:
    assert span.page is not None
    return str(pages[span.page.number - 1].text[span.start : span.end])


@pytest.mark.slow
@pytest.mark.skipif(not GUIDANCE.is_dir(), reason="../shared is not at hand")
def test_another_library_finds_the_quotation_in_its_boxes_and_nothing_else() -> None:
    exact, differing, slowest = 0, [], 0.0
    with Sandbox() as sandbox:
        for name in NAMES:
            elsewhere = Elsewhere(GUIDANCE / name)
            for spans, words in _quotations(sandbox, GUIDANCE / name):
                inside = ""
                for span in spans:
                    assert span.page is not None
                    start = time.perf_counter()
                    found = sandbox.boxes(GUIDANCE / name, span.page.number, span.start, span.end)
                    slowest = max(slowest, time.perf_counter() - start)
                    inside += elsewhere.inside(span.page.number, found)
                if Counter(bare(inside)) == Counter(bare(words)):
                    exact += 1
                else:
                    differing.append(f"{name} p. {spans[0].page}: {words!r} is {inside!r}")
    every = exact + len(differing)
    print(f"\n{exact} of {every} quotations ({exact / every:.2%}); slowest {slowest:.2f} s")
    print("\n".join(differing))
    assert every >= 300
    assert exact >= FOUND_ELSEWHERE * every
    assert slowest < 1.0
