"""A kept answer, looked at again after the library has changed: with real files and stores."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from gendergpt.assistant import Assistant
from gendergpt.doctor import examine
from gendergpt.embedding import SentenceTransformerEncoder
from gendergpt.ingestion import ingest, remove
from gendergpt.kept import Kept, keep, read, written
from gendergpt.ledger import Ledger
from gendergpt.library import Library
from gendergpt.revisiting import Fate, Revisited, revisit, without
from gendergpt.settings import Settings
from gendergpt.sharing import SHARED
from gendergpt.types import Answer, Filters, Outcome, Turn
from gendergpt.ui import build_app
from gendergpt.ui import conversation as talk
from gendergpt.ui.conversation import Conversation
from gendergpt.ui.memory import MOST_TURNS, Memory

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore"),  # of Gradio's dependencies
]

QUESTION = "Which lamp hangs at the Zvezda crossing?"
LAMP = "A green lamp hangs at the Zvezda crossing above the booth of the women officers."
BELL = "A brass bell hangs at the Zvezda crossing, too, beside the lamp of the women officers."


def note(name: str, *said: str) -> str:
    return f"# {name}\n\n" + "\n\n".join(said) + "\n"


FILES = {"lamp.md": note("Lamps", LAMP), "bell.md": note("Bells", BELL)}


class Post:
    """A library of two notes, its files, and an assistant that has it open."""

    def __init__(
        self, settings: Settings, notes: Path, encoder: SentenceTransformerEncoder
    ) -> None:
        self.settings, self.notes, self._encoder = settings, notes, encoder
        self.library = Library(settings, encoder.fingerprint, encoder.name)
        self.assistant = Assistant(self.library, encoder)

    def write(self, name: str, text: str) -> None:
        (self.notes / name).write_text(text, "utf-8")
        self.ingest()

    def ingest(self) -> None:
        assert ingest([self.notes], self.settings, encoder=self._encoder).quarantined == ()

    def titled(self, title: str) -> str:
        (found,) = [each.id for each in self.assistant.documents() if each.title == title]
        return found

    def kept(self, question: str = QUESTION) -> Kept:
        kept = keep(self.assistant.ask(question))
        assert {each.quote for each in kept.answer.citations} >= {LAMP}
        return read(written(kept))

    def seen(self, kept: Kept) -> Revisited:
        return revisit(kept, self.assistant)


@pytest.fixture(scope="module")
def made(
    tmp_path_factory: pytest.TempPathFactory, encoder: SentenceTransformerEncoder
) -> tuple[Path, Path]:
    """The library and the folder of its files, made once."""
    folder = tmp_path_factory.mktemp("post")
    notes, library = folder / "notes", folder / "library"
    notes.mkdir()
    for name, text in FILES.items():
        (notes / name).write_text(text, "utf-8")
    ingest([notes], Settings(library=library), encoder=encoder)
    return library, notes


@pytest.fixture
def post(
    made: tuple[Path, Path], settings: Settings, encoder: SentenceTransformerEncoder
) -> Iterator[Post]:
    """A copy of the library, and its files as they were."""
    library, notes = made
    for path in notes.iterdir():
        path.unlink()
    for name, text in FILES.items():
        (notes / name).write_text(text, "utf-8")
    shutil.copytree(library, settings.library)
    post = Post(settings, notes, encoder)
    yield post
    post.library.close()


def everything(seen: Revisited) -> str:
    """Return all words of an answer that could be shown."""
    return repr((seen.answer, seen.passages))


# --- the answer ----------------------------------------------------------------------------------


def test_an_unchanged_library_shows_the_same(post: Post) -> None:
    given = post.assistant.ask(QUESTION)
    seen = post.seen(read(written(keep(given))))
    assert seen.answer == given
    assert seen.notices == ()
    assert seen.passages[given.citations[0].passage_id].text.count("lamp") >= 1


def test_of_a_removed_document_no_word_is_shown(post: Post) -> None:
    kept = post.kept()
    gone = post.titled("Lamps")
    remove([gone], post.settings)
    seen = post.seen(kept)
    assert "green lamp" not in everything(seen)
    assert "no longer in the library" in seen.answer.text
    assert [(each.fate, each.document.id, each.newer) for each in seen.notices] == [
        (Fate.REMOVED, gone, None)
    ]
    kinds = {each.document.id for each in seen.answer.citations}
    assert gone not in kinds
    assert all(each.document.id != gone for each in (*seen.answer.nearest, *seen.answer.reading))


def test_a_replaced_document_is_shown_and_named(post: Post) -> None:
    kept = post.kept()
    before = post.titled("Lamps")
    post.write("lamp.md", note("Lamps of today", "A red lamp hangs at the Zvezda crossing now."))
    seen = post.seen(kept)
    (notice,) = seen.notices
    assert (notice.fate, notice.document.id) == (Fate.REPLACED, before)
    assert notice.newer is not None and notice.newer.title == "Lamps of today"
    assert LAMP in seen.answer.text and seen.answer.text == kept.answer.text
    assert LAMP in {each.quote for each in seen.answer.citations}


def test_a_newer_edition_is_named(post: Post) -> None:
    kept = post.kept()
    newer = post.titled("Bells")
    revision = post.library.ledger.revision(post.titled("Lamps"))
    assert revision is not None
    record = replace(revision[2], superseded_by=newer)
    with post.library.writer() as writer:
        writer.update(records=[(revision[0], record)])
    seen = post.seen(kept)
    found = [(each.fate, each.newer.title if each.newer else None) for each in seen.notices]
    assert found == [(Fate.SUPERSEDED, "Bells")]
    assert LAMP in seen.answer.text


def test_words_that_are_not_on_their_page_are_not_shown(post: Post) -> None:
    kept = post.kept()
    (citation, *others) = kept.answer.citations
    span = replace(citation.spans[0], start=citation.spans[0].start + 3)
    moved = replace(citation, spans=(span,))
    changed = replace(kept, answer=replace(kept.answer, citations=(moved, *others)))
    seen = post.seen(changed)
    assert [each.fate for each in seen.notices] == [Fate.CHANGED]
    assert citation.quote not in seen.answer.text
    assert citation.quote not in {each.quote for each in seen.answer.citations}


def test_nearest_passages_of_a_removed_document_are_not_shown(post: Post) -> None:
    given = post.assistant.ask("How many lamps hung at the Zvezda crossing in 1931?")
    assert given.outcome is Outcome.NOT_IN_LIBRARY and "green lamp" in given.text
    kept = keep(given)
    assert post.seen(kept).answer == given
    remove([post.titled("Lamps")], post.settings)
    seen = post.seen(kept)
    assert "green lamp" not in everything(seen)
    assert seen.answer.text.startswith("The library holds no answer")


def test_a_corrected_title_is_shown(post: Post) -> None:
    kept = post.kept()
    revision = post.library.ledger.revision(post.titled("Lamps"))
    assert revision is not None
    with post.library.writer() as writer:
        writer.update(records=[(revision[0], replace(revision[2], title="Lamps, corrected"))])
    titles = {each.document.title for each in post.seen(kept).answer.citations}
    assert "Lamps, corrected" in titles


@pytest.mark.parametrize(
    ("text", "markers", "left"),
    [
        ("A:\n“x” [1]\n“y” [2]", {1}, "A:\n- [1]\n“y” [2]"),
        ("A:\n“x\nz” [1]\n“y” [2]", {1}, "A:\n- [1]\n“y” [2]"),
        ("“x” [1] and “y” [2]\n\nOurs.", {2}, "- [2]\n\nOurs."),
        ("A:\n“x” [1]\n\nB:\n“y” [2]\n\nOurs.", {1, 2}, "A:\n- [1]\n\nB:\n- [2]\n\nOurs."),
        ("A:\n“x” [1]", set(), "A:\n“x” [1]"),
        ("", {1}, ""),
    ],
)
def test_quotations_leave_the_text(text: str, markers: set[int], left: str) -> None:
    assert without(text, markers, "-") == left


def test_a_quotation_that_stands_elsewhere_in_the_text_goes_with_all_of_it(post: Post) -> None:
    kept = post.kept()
    twice = replace(kept.answer, text=f"{LAMP}\n\n{kept.answer.text}")
    remove([post.titled("Lamps")], post.settings)
    assert "green lamp" not in post.seen(replace(kept, answer=twice)).answer.text


# --- the conversation that a browser kept --------------------------------------------------------


@pytest.fixture
def memory(post: Post) -> Memory:
    from gendergpt.sealing import Seals

    return Memory(post.assistant, Seals(post.settings.library))


def test_a_conversation_goes_on_after_it_was_kept(post: Post, memory: Memory) -> None:
    given = post.assistant.ask(QUESTION)
    recalled = memory.recalled([memory.sealed(given, "")], {})
    assert recalled.turns == (Turn(QUESTION, given),)
    begun = talk.recalled(recalled)
    assert begun.number == 1 and begun.past == ""
    asked = talk.begin(begun, "Tell me more about it.")
    *_, last = talk.answer(post.assistant, asked, None, {}, memory)
    assert [turn.question for turn in last.turns] == [QUESTION, "Tell me more about it."]
    assert last.turns[1].answer.query != "Tell me more about it."


def test_only_what_was_sealed_is_recalled(post: Post, memory: Memory) -> None:
    good = memory.sealed(post.assistant.ask(QUESTION), "")
    forged = good.replace("green", "pink")
    recalled = memory.recalled([forged, 7, None, {"a": 1}, good], {})
    assert len(recalled.turns) == 1 and len(recalled.shown) == 5
    assert "pink" not in "".join(recalled.shown)
    assert memory.recalled([], {}).shown == ()


def test_a_long_conversation_is_cut_to_its_last_turns(memory: Memory) -> None:
    sealed = [memory.sealed(Answer(f"Q{n}", Outcome.ABOUT_ASSISTANT, "Hi"), "") for n in range(60)]
    recalled = memory.recalled(sealed, {})
    assert len(recalled.turns) == MOST_TURNS
    assert recalled.turns[-1].question == "Q59"


def test_an_answer_too_long_to_keep_is_not_kept(memory: Memory) -> None:
    assert memory.sealed(Answer("Q", Outcome.ABOUT_ASSISTANT, "x" * 300_000), "") == ""


def test_asked_again_it_hears_what_it_heard_then() -> None:
    turns = tuple(Turn(q, Answer(q, Outcome.ABOUT_ASSISTANT, "")) for q in ("a", "b", "a", "c"))
    now = Conversation(turns=turns, number=4)
    assert talk.begin(now, "a", again=True).heard == 2
    assert talk.begin(now, "b", again=True).heard == 1
    assert talk.begin(now, "d", again=True).heard is None
    assert talk.begin(now, "a").heard is None


# --- the page of a shared answer -----------------------------------------------------------------


@pytest.fixture
def client(post: Post, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setenv("GENDERGPT_SHARED_ANSWERS", "2")
    with TestClient(build_app(post.assistant)) as made:
        yield made


Share = Callable[..., str]


@pytest.fixture
def share(client: TestClient, memory: Memory, post: Post) -> Share:
    def shared(question: str = QUESTION, only: str = "", filters: Filters | None = None) -> str:
        given = post.assistant.ask(question, filters=filters)
        answer = client.post("/answers", json={"sealed": memory.sealed(given, only)})
        assert answer.status_code == 200, answer.text
        return str(answer.json().get("address") or answer.json()["problem"])

    return shared


def test_nothing_is_stored_before_somebody_shares(post: Post, share: Share) -> None:
    assert not (post.settings.library / SHARED).exists()
    share()
    assert (post.settings.library / SHARED).exists()


def test_shared_page(client: TestClient, post: Post, share: Share) -> None:
    filters = Filters(document=post.titled("Lamps"))
    page = client.get(share(only="Lamps", filters=filters))
    assert page.status_code == 200
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"
    assert LAMP in page.text and QUESTION in page.text
    assert "Searched only in: Lamps" in page.text
    assert f"generation {post.library.ledger.generation()}" in page.text
    chat = client.get("/").text
    for shared in re.findall(r'<(?:link rel="stylesheet"|script) (?:href|src)="\./ui/.*', chat):
        assert shared in page.text
    assert page.text.count('<aside id="source"') == page.text.count('id="close-source"') == 1
    assert "data-sealed" not in page.text and "gradio_config" not in page.text
    assert str(post.notes) not in page.text
    assert "<script>" not in page.text and 'style="' not in page.text


def test_shared_page_after_removal_and_replacement(
    client: TestClient, post: Post, share: Share
) -> None:
    address = share()
    post.write("lamp.md", note("Lamps of today", "A red lamp hangs at the Zvezda crossing now."))
    page = client.get(address)
    assert LAMP in page.text
    assert "[1]: Lamps has since been replaced in the library by Lamps of today" in page.text
    remove([post.titled("Lamps of today")], post.settings)
    page = client.get(address)
    assert page.status_code == 200
    assert "green lamp" not in page.text and "red lamp" not in page.text
    assert "[1]: Lamps has since been removed from the library" in page.text


@pytest.mark.parametrize("name", ["x" * 22, "x", "%2e%2e", "a" * 70, "%00", "<script>", "a/b"])
def test_addresses_of_no_answer(client: TestClient, share: Share, name: str) -> None:
    share()
    page = client.get(f"/answers/{name}")
    assert page.status_code == 404
    assert "<script>" not in page.text


def test_an_unknown_address_says_what_to_do(client: TestClient) -> None:
    page = client.get(f"/answers/{'x' * 22}")
    assert "ask whoever sent it to share the answer again" in page.text


def test_full(share: Share) -> None:
    share()
    share(only="b")
    assert "as many shared answers as it may (2)" in share(only="c")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"sealed": "x" * 100}, 200),
        ({"sealed": ""}, 200),
        ({"sealed": 3}, 422),
        ({}, 422),
        ([], 422),
        ({"sealed": "x" * 300_000}, 422),
        ({"sealed": "x" * 2_000_000}, 413),
    ],
)
def test_what_was_not_sealed_is_not_stored(
    client: TestClient, post: Post, body: object, status: int
) -> None:
    answer = client.post("/answers", json=body)
    assert answer.status_code == status
    assert status != 200 or "is not shown" in answer.json()["problem"]
    assert not (post.settings.library / SHARED).exists()


def test_another_site_cannot_share(client: TestClient, memory: Memory, post: Post) -> None:
    sealed = memory.sealed(post.assistant.ask(QUESTION), "")
    body = json.dumps({"sealed": sealed})
    answer = client.post("/answers", content=body, headers={"content-type": "text/plain"})
    assert answer.status_code == 415  # a form of another site sends no JSON
    assert client.get("/answers").status_code == 404


def test_a_library_that_is_gone(client: TestClient, post: Post, share: Share) -> None:
    address = share()
    (post.settings.library / SHARED).write_bytes(b"no database" * 200)
    page = client.get(address)
    assert page.status_code == 503
    assert "restore it from a copy" in page.text


# --- upkeep --------------------------------------------------------------------------------------


def test_upkeep_does_not_stumble_over_shared_answers(
    client: TestClient, post: Post, share: Share
) -> None:
    address = share()
    post.write("new.md", note("News", "A new gate stands at Zvezda."))
    assert all(finding.ok for finding in examine(post.settings))
    assert client.get(address).status_code == 200
    ledger = Ledger(post.settings.library / "ledger.sqlite")
    assert ledger.passage(post.titled("Lamps"), "no such passage") is None
    ledger.close()
