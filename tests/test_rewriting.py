"""Records corrected and models changed from the ledger alone, without opening a file."""

from __future__ import annotations

import signal
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from gendergpt.assistant import Assistant
from gendergpt.embedding import Encoder, Encoding, Role
from gendergpt.errors import DocumentNotFound, LibraryLocked, LibraryMismatch, UsageError
from gendergpt.ingestion import ingest, remove
from gendergpt.library import Library
from gendergpt.retrieval import Retriever
from gendergpt.rewriting import edit, reembed
from gendergpt.settings import Settings
from gendergpt.types import Document, Kind, Passage, Retrieved, Stage
from gendergpt.ui.conversation import Conversation, answer, begin
from tests.conftest import TinyEncoder

if TYPE_CHECKING:
    from tests.conftest import Children

Opened = Callable[[Encoder], Library]
SEARCHES = "# Searches\n\nBody searches are made by officers of the same sex.\n"
TRADE = "# Trade\n\nWomen traders cross the border with small loads.\n"
EVERYTHING: dict[str, Any] = {
    "title": "Handbook on searches", "publisher": "IOM", "year": 2019, "edition": "2nd",
    "language": "fr", "url": "https://example.org/h", "licence": "CC BY 4.0", "kind": "summary",
    "symbol": "A/74/191", "superseded_by": "The next",
}  # fmt: skip


class WideEncoder(TinyEncoder):
    """Another model: other weights, other directions, another number of dimensions."""

    name = "wide"

    def __init__(self) -> None:
        super().__init__("wide")

    def encode(
        self, texts: Sequence[str], role: Role, languages: Sequence[str] | None = None
    ) -> list[Encoding]:
        """Return the tiny encoder's vectors, reversed and with zeros added."""
        return [
            Encoding(
                np.pad(each.vector[::-1], (0, 16)),
                np.pad(each.tokens[:, ::-1], ((0, 0), (0, 16))),
                each.starts,
                each.ends,
            )
            for each in super().encode(texts, role)
        ]


class Failing(WideEncoder):
    """A model that fails with its second document."""

    def encode(
        self, texts: Sequence[str], role: Role, languages: Sequence[str] | None = None
    ) -> list[Encoding]:
        """Encode what comes first."""
        if len(self.encoded) >= 260:
            raise RuntimeError("no more memory")
        return super().encode(texts, role)


@pytest.fixture
def wide() -> WideEncoder:
    return WideEncoder()


def write(folder: Path, name: str, text: str = SEARCHES) -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def record(settings: Settings, name: str = "") -> Document:
    """Return the one document of the library, or the one whose file is so named."""
    library = Library(settings)
    try:
        (found,) = [each for each in library.documents() if (each.path or "").endswith(name)]
        return found
    finally:
        library.close()


def by_hand(document: Document, **values: Any) -> Document:
    """Return a document with corrected fields, which are no guesses."""
    guessed = tuple(name for name in document.guessed if name not in values)
    return replace(document, **values, guessed=guessed)


def texts(library: Library, encoder: Encoder, query: str, stage: Stage) -> list[str]:
    return [hit.passage.text for hit in Retriever(library, encoder).search(query, stage=stage)]


def passages(library: Library) -> list[Passage]:
    ledger = library.ledger
    return [each.passage for revision in ledger.revisions() for each in ledger.passages(revision)]


def whole(library: Library) -> None:
    """All stores hold the same, and nothing of another model."""
    ready = set(library.ledger.revisions())
    assert library.vectors.keys() == library.ledger.keys()
    assert library.tokens.revisions() == library.lexical.revisions() == ready
    assert library.left_behind() == []
    health = library.health()
    assert (health.orphans, health.lost, health.unfinished) == (0, 0, 0)


# --- edit ----------------------------------------------------------------------------------------


@pytest.fixture
def searches(settings: Settings, notes: Path, tiny: TinyEncoder) -> Document:
    """A library of one document without a record."""
    write(notes, "a.md")
    ingest([notes], settings, encoder=tiny)
    return record(settings)


@pytest.mark.parametrize("field", sorted(EVERYTHING.keys() - {"title"}))
def test_a_field_is_corrected_without_encoding(
    field: str, settings: Settings, searches: Document
) -> None:
    """The settings name no model that could be loaded."""
    bare = settings.model_copy(update={"encoder": "/nowhere"})
    (Path(searches.path or "")).unlink()
    edited = edit(searches.id, {field: EVERYTHING[field]}, bare)
    assert edited == record(settings) == by_hand(searches, **{field: EVERYTHING[field]})
    assert isinstance(edited.kind, Kind)


def test_a_title_is_encoded_anew_from_the_ledger(
    settings: Settings, searches: Document, tiny: TinyEncoder, opened: Opened
) -> None:
    (Path(searches.path or "")).unlink()
    library = opened(tiny)
    before = library.ledger.passages(library.ledger.revisions()[0])
    pages, added = library.ledger.pages(searches.id), library.ledger.added(searches.id)
    library.ledger._db.execute("UPDATE documents SET added = '2020-01-01 00:00:00'")
    edited = edit(searches.id[:4], {"title": "Zebra manual"}, settings, encoder=tiny)
    assert edited == by_hand(searches, title="Zebra manual")
    assert tiny.encoded[-1].startswith("Zebra manual › Searches\n")
    library.refresh()
    whole(library)
    assert texts(library, tiny, "zebra", Stage.LEXICAL), "the title is among the words"
    after = library.ledger.passages(library.ledger.revisions()[0])
    assert [each.passage for each in after] == [each.passage for each in before]
    assert library.ledger.pages(searches.id) == pages
    assert added is not None
    assert library.ledger.added(searches.id) == "2020-01-01 00:00:00"
    head = "Zebra manual › Searches\n"
    vector = tiny.encode([head + after[0].passage.text], "document")[0].vector
    assert library.dense(vector, 1, None)[0][1] == pytest.approx(1, abs=1e-4)


def test_a_correction_survives_the_same_file_again(
    settings: Settings, notes: Path, searches: Document, tiny: TinyEncoder
) -> None:
    edited = edit(searches.id, EVERYTHING, settings, encoder=tiny)
    assert edited == by_hand(searches, **EVERYTHING)
    assert len(ingest([notes], settings, encoder=tiny).unchanged) == 1
    assert record(settings) == edited


def test_a_correction_wins_over_a_changed_catalogue(
    settings: Settings, notes: Path, searches: Document, tiny: TinyEncoder
) -> None:
    edit(searches.id, {"title": "By hand", "year": 2019}, settings, clear=["language"],
         encoder=tiny)  # fmt: skip
    write(
        notes,
        "catalogue.toml",
        '[[document]]\nfile = "a.md"\ntitle = "Record"\nyear = 1999\nlanguage = "de"\n'
        'publisher = "IOM"\n',
    )
    assert len(ingest([notes], settings, encoder=tiny).replaced) == 1
    found = record(settings)
    assert (found.title, found.year, found.language) == ("By hand", 2019, None)
    assert found.publisher == "IOM", "what was not corrected follows the catalogue"


def test_a_correction_goes_over_to_the_changed_file(
    settings: Settings, notes: Path, searches: Document, tiny: TinyEncoder
) -> None:
    edit(searches.id, EVERYTHING, settings, encoder=tiny)
    for text in (SEARCHES + "\nMen search men.\n", SEARCHES + "\nWomen search women.\n"):
        write(notes, "a.md", text)
        assert len(ingest([notes], settings, encoder=tiny).replaced) == 1
        found = record(settings)
        assert found.id != searches.id
        assert found == by_hand(searches, id=found.id, passages=found.passages, **EVERYTHING)


def test_a_correction_of_the_new_content_wins_over_that_of_the_old(
    settings: Settings, notes: Path, searches: Document, tiny: TinyEncoder
) -> None:
    edit(searches.id, {"year": 2001}, settings)
    write(notes, "a.md", TRADE)
    ingest([notes], settings, encoder=tiny)
    edit(record(settings).id, {"year": 2002}, settings)
    write(notes, "a.md", SEARCHES)
    ingest([notes], settings, encoder=tiny)
    assert record(settings).year == 2001
    write(notes, "a.md", TRADE)
    ingest([notes], settings, encoder=tiny)
    assert record(settings).year == 2002


def test_another_file_does_not_get_the_correction(
    settings: Settings, notes: Path, searches: Document, tiny: TinyEncoder
) -> None:
    edit(searches.id, {"year": 2001}, settings)
    write(notes, "b.md", TRADE)
    ingest([notes], settings, encoder=tiny)
    assert record(settings, "b.md").year is None


def test_a_correction_survives_removal_and_another_model(
    settings: Settings, notes: Path, searches: Document, tiny: TinyEncoder, wide: WideEncoder
) -> None:
    edited = edit(searches.id, EVERYTHING, settings, encoder=tiny)
    reembed(settings, encoder=wide)
    assert record(settings) == edited
    remove([searches.id], settings)
    ingest([notes], settings, encoder=wide)
    assert record(settings) == edited


def test_corrections_add_up(settings: Settings, searches: Document) -> None:
    edit(searches.id, {"year": 2001, "publisher": "IOM"}, settings)
    edit(searches.id, {"year": 2002}, settings)
    found = edit(searches.id, {}, settings, clear=["publisher"])
    assert (found.year, found.publisher) == (2002, None)
    library = Library(settings)
    assert library.ledger.correction(searches.id) == {"year": 2002, "publisher": None}
    library.close()


def test_what_is_corrected_is_no_guess(settings: Settings, searches: Document) -> None:
    library = Library(settings)
    with library.writer() as writer:
        guessed = replace(searches, guessed=("title", "year", "symbol"), year=1066)
        writer.update([(library.ledger.revisions()[0], guessed)])
    library.close()
    assert edit(searches.id, {"year": 2019}, settings, clear=["symbol"]).guessed == ("title",)


@pytest.mark.parametrize(
    ("changes", "clear", "told"),
    [
        ({"year": 3000}, [], "year = 3000"),
        ({"year": "soon"}, [], "year = 'soon'"),
        ({"language": "English"}, [], "language"),
        ({"url": "example.org"}, [], "url"),
        ({"kind": "novel"}, [], "kind"),
        ({"title": "  "}, [], "blank"),
        ({"publisher": ""}, [], "--clear"),
        ({"colour": "red"}, [], "'colour' cannot be corrected"),
        ({"path": "/a"}, [], "'path' cannot be corrected"),
        ({}, ["title"], "'title' cannot be emptied"),
        ({}, ["kind"], "'kind' cannot be emptied"),
        ({"year": 2000}, ["year"], "choose one"),
        ({}, [], "Nothing is to be changed"),
    ],
)
def test_corrections_that_cannot_be(
    changes: dict[str, Any], clear: list[str], told: str, settings: Settings, searches: Document
) -> None:
    with pytest.raises(UsageError, match=told):
        edit(searches.id, changes, settings, clear=clear)
    assert record(settings) == searches


def test_an_edit_of_nothing(settings: Settings, searches: Document) -> None:
    for name in ("nobody", searches.id[:3], ""):
        with pytest.raises(DocumentNotFound, match="library list"):
            edit(name, {"year": 2000}, settings)


def test_a_beginning_that_several_ids_share(
    settings: Settings, searches: Document, tiny: TinyEncoder
) -> None:
    library = Library(settings)
    twin = replace(searches, id=searches.id[:6] + "z")
    library.ledger._db.execute(
        "INSERT INTO documents (id, state, fingerprint, record, warnings) SELECT ?, state, "
        "fingerprint, replace(record, ?, ?), warnings FROM documents",
        (twin.id, searches.id, twin.id),
    )
    with pytest.raises(UsageError, match=rf"{searches.id}.*{twin.id}|{twin.id}.*{searches.id}"):
        library.find(searches.id[:6])
    assert library.find(searches.id[:7]) == searches
    assert library.find(twin.id) == twin
    library.close()


def test_a_title_needs_the_librarys_own_model(
    settings: Settings, searches: Document, wide: WideEncoder
) -> None:
    with pytest.raises(LibraryMismatch, match="'tiny', not with 'wide'"):
        edit(searches.id, {"title": "New"}, settings, encoder=wide)
    assert record(settings) == searches
    assert wide.encoded == []


def test_an_edit_waits_for_no_other_writer(settings: Settings, searches: Document) -> None:
    library = Library(settings)
    with library.writer(), pytest.raises(LibraryLocked):
        edit(searches.id, {"year": 2000}, settings)
    library.close()


# --- another model -------------------------------------------------------------------------------


@pytest.fixture
def two(settings: Settings, notes: Path, tiny: TinyEncoder) -> list[Document]:
    """A library of two documents whose files are gone; each is a batch of its own."""
    for name in ("first", "second"):
        parts = "".join(f"## {n}\n\nOfficer {name} {n} guards the border.\n\n" for n in range(260))
        write(notes, f"{name}.md", f"# {name}\n\n{parts}")
    ingest([notes], settings, encoder=tiny)
    library = Library(settings)
    documents = library.documents()
    library.close()
    for document in documents:
        Path(document.path or "").unlink()
    return documents


def test_another_model_without_reading_files(
    settings: Settings, two: list[Document], tiny: TinyEncoder, wide: WideEncoder, opened: Opened
) -> None:
    kept = passages(opened(tiny))
    steps: list[tuple[str, int, int]] = []
    done = reembed(settings, encoder=wide, progress=lambda *step: steps.append(step))
    assert (done.documents, done.passages, done.changed) == (2, 520, True)
    assert (done.encoder, done.before) == ("wide", "tiny")
    assert steps == [("first", 0, 520), ("second", 260, 520)]
    assert done.to_dict().keys() >= {"documents", "passages", "encoder", "before", "generation"}
    library = opened(wide)
    whole(library)
    assert library.documents() == two
    assert passages(library) == kept, "ids and words stay"
    for stage in Stage:
        assert texts(library, wide, "Officer second 7", stage)[0].startswith("Officer second")
    assert not (settings.library / "vectors").exists(), "the old vectors are gone"
    with pytest.raises(LibraryMismatch, match="library reembed"):
        opened(tiny)


def test_there_and_back(
    settings: Settings, notes: Path, two: list[Document], tiny: TinyEncoder, wide: WideEncoder,
    opened: Opened,
) -> None:  # fmt: skip
    reembed(settings, encoder=wide)
    reembed(settings, encoder=tiny)
    write(notes, "third.md", TRADE)
    assert len(ingest([notes], settings, encoder=tiny).added) == 1
    library = opened(tiny)
    whole(library)
    found = texts(library, tiny, "Women traders cross with small loads", Stage.DENSE)
    assert found[0].startswith("Women traders")


def test_the_same_model_again_does_nothing(
    settings: Settings, two: list[Document], tiny: TinyEncoder
) -> None:
    encoded = len(tiny.encoded)
    done = reembed(settings, encoder=tiny)
    assert not done.changed
    assert len(tiny.encoded) == encoded


def test_a_model_that_fails_half_way_leaves_all_as_it_was(
    settings: Settings, two: list[Document], tiny: TinyEncoder, opened: Opened
) -> None:
    library = opened(tiny)
    generation = library.refresh()
    with pytest.raises(RuntimeError, match="no more memory"):
        reembed(settings, encoder=Failing())
    assert library.refresh() == generation
    assert library.documents() == two
    for stage in Stage:
        assert texts(library, tiny, "Officer second 7", stage)[0].startswith("Officer second")
    assert library.health().orphans > 0
    with library.writer():
        whole(library)


KILLED = """
import os, signal, sys
from gendergpt.rewriting import reembed
from gendergpt.settings import Settings
from gendergpt.writing import Writer
from tests.test_rewriting import WideEncoder

name, when = sys.argv[2].split(" ")
calls = []
original = getattr(Writer, name)
def deadly(*arguments, **named):
    calls.append(1)
    if when == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    result = original(*arguments, **named)
    if when == "after" and len(calls) == 2 or when == "done":
        os.kill(os.getpid(), signal.SIGKILL)
    return result
setattr(Writer, name, deadly)
reembed(Settings(library=sys.argv[1]), encoder=WideEncoder())
"""


@pytest.mark.slow
@pytest.mark.parametrize("when", ["stage before", "stage after", "switch before", "switch done"])
def test_killed_half_way(
    when: str, settings: Settings, two: list[Document], tiny: TinyEncoder, wide: WideEncoder,
    opened: Opened, children: Children,
) -> None:  # fmt: skip
    child = children.start(KILLED, settings.library, when)
    child.wait(60)
    assert child.returncode == -signal.SIGKILL, child.communicate()
    encoder = wide if when == "switch done" else tiny
    library = opened(encoder)
    assert library.documents() == two
    assert texts(library, encoder, "Officer second 7", Stage.RERANKED)
    with library.writer():
        whole(library)
    reembed(settings, encoder=wide)
    library = opened(wide)
    whole(library)


def test_a_switch_broken_off_after_its_commit(
    settings: Settings, two: list[Document], wide: WideEncoder, opened: Opened,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """From the commit on the new model holds; the next writer sweeps what the old one left."""
    with monkeypatch.context() as patch:
        patch.setattr(Library, "turn_to", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            reembed(settings, encoder=wide)
    library = opened(wide)
    assert texts(library, wide, "Officer second 7", Stage.RERANKED)
    with library.writer():
        whole(library)


def test_no_library_to_change(settings: Settings, wide: WideEncoder) -> None:
    with pytest.raises(Exception, match="There is no library"):
        reembed(settings, encoder=wide)
    assert not settings.library.exists()


# --- a web chat that is open meanwhile -----------------------------------------------------------


def test_an_open_assistant_refuses_after_the_change(
    settings: Settings, two: list[Document], tiny: TinyEncoder, wide: WideEncoder, opened: Opened
) -> None:
    assistant = Assistant(opened(tiny), tiny)
    assert assistant.search("Officer second 7")
    reembed(settings, encoder=wide)
    attempts: list[Callable[[], object]] = [
        lambda: assistant.search("Officer second 7"),
        lambda: assistant.ask("Who guards the border?"),
        assistant.documents,
        assistant.suggestions,
    ]
    for attempt in attempts * 2:
        with pytest.raises(LibraryMismatch, match="encoded anew with the model 'wide'"):
            attempt()
    conversation = begin(Conversation(), "Who guards the border?")
    shown = list(answer(assistant, conversation, None, {}))[-1]
    assert "encoded anew" in shown.current


def test_a_question_under_way_during_the_change_is_not_answered_wrongly(
    settings: Settings, two: list[Document], tiny: TinyEncoder, wide: WideEncoder, opened: Opened
) -> None:
    assistant = Assistant(opened(tiny), tiny)
    events = assistant.stream("Who guards the border?")
    assert isinstance(next(events), Retrieved)
    reembed(settings, encoder=wide)
    with pytest.raises(LibraryMismatch):
        list(events)


def test_a_writer_that_opened_before_the_change(
    settings: Settings, two: list[Document], tiny: TinyEncoder, wide: WideEncoder, opened: Opened
) -> None:
    library = opened(tiny)
    reembed(settings, encoder=wide)
    with pytest.raises(LibraryMismatch, match="encoded anew"), library.writer():
        pass
    bare = Library(settings)
    reembed(settings, encoder=tiny)
    with bare.writer() as writer:
        writer.remove([two[0].id])
        whole(bare)
    bare.close()
