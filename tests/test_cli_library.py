"""``gendergpt library`` and what ``ingest`` prints: filters, labels, corrections, tables."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from gendergpt.cli import labels, main, output
from gendergpt.embedding import MINILM, SentenceTransformerEncoder, source
from gendergpt.ingestion import ingest
from gendergpt.library import Library
from gendergpt.settings import Settings
from gendergpt.types import FileOutcome, IngestReport, LabelFrom, Page
from tests.conftest import TinyEncoder

RECORDS = (
    '[[document]]\nfile = "rooms.md"\ntitle = "Rooms"\npublisher = "Brod Police"\nyear = 2018\n'
    'language = "en"\n'
    '[[document]]\nfile = "note.md"\ntitle = "Note"\npublisher = "GenderGPT"\nyear = 2026\n'
    'language = "en"\nkind = "summary"\n'
)
USAGE = 2


class Shell:
    """Runs ``gendergpt`` on one library, in this process."""

    def __init__(self, library: Path, capfd: pytest.CaptureFixture[str]) -> None:
        self.library, self._capfd = library, capfd
        self.code, self.out, self.err = 0, "", ""

    def __call__(self, *arguments: object) -> Shell:
        self._capfd.readouterr()
        self.code = main([*map(str, arguments), "--library", str(self.library)])
        self.out, self.err = self._capfd.readouterr()
        assert "Traceback" not in self.err
        return self

    @property
    def value(self) -> Any:
        assert self.out.count("\n") == 1, self.out
        return json.loads(self.out)


@pytest.fixture
def shell(
    settings: Settings, notes: Path, tiny: TinyEncoder, capfd: pytest.CaptureFixture[str]
) -> Shell:
    """A library of three documents; one has no record."""
    (notes / "rooms.md").write_text("# Rooms\n\nWomen are searched in a private room.\n")
    (notes / "note.md").write_text("# Note\n\nThe guidance asks for private rooms.\n")
    (notes / "course.txt").write_text("Twelve women and nine men took part in the course.\n")
    (notes / "catalogue.toml").write_text(RECORDS)
    ingest([notes], settings, encoder=tiny)
    return Shell(settings.library, capfd)


def name_to_id(shell: Shell) -> dict[str, str]:
    return {
        Path(each["path"]).name: each["id"] for each in shell("library", "list", "--json").value
    }


# --- list and show -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ([], {"rooms.md", "note.md", "course.txt"}),
        (["--publisher", "Brod Police"], {"rooms.md"}),
        (["--publisher", "Brod Police", "--publisher", "GenderGPT"], {"rooms.md", "note.md"}),
        (["--kind", "summary"], {"note.md"}),
        (["--language", "en", "--year-to", 2020], {"rooms.md"}),
        (["--year-from", 2019], {"note.md"}),
        (["--publisher", "Nobody"], set()),
    ],
)
def test_the_list_is_filtered(shell: Shell, filters: list[object], names: set[str]) -> None:
    listed = shell("library", "list", *filters, "--json").value
    assert {Path(each["path"]).name for each in listed} == names
    assert len(shell("library", "list", *filters).out.splitlines()) == 1 + len(names)


def test_the_list_by_id_and_by_guesses(shell: Shell, settings: Settings) -> None:
    ids = name_to_id(shell)
    listed = shell("library", "list", "--document", ids["note.md"], "--json").value
    assert [each["id"] for each in listed] == [ids["note.md"]]
    library = Library(settings)
    for document in library.documents():
        guessed = ("title", "year") if document.id == ids["course.txt"] else ()
        library.ledger._db.execute(
            "UPDATE documents SET record = json_set(record, '$.guessed', json(?)) WHERE id = ?",
            (json.dumps(guessed), document.id),
        )
    library.close()
    listed = shell("library", "list", "--guessed", "--json").value
    assert [each["id"] for each in listed] == [ids["course.txt"]]
    assert "title, year" in shell("library", "list", "--guessed").out


def test_a_filter_that_cannot_be(shell: Shell) -> None:
    assert shell("library", "list", "--kind", "novel").code == USAGE
    assert "original" in shell.err


def test_show_tells_all_there_is(shell: Shell) -> None:
    ids = name_to_id(shell)
    shown = shell("library", "show", ids["rooms.md"][:4], "--json").value
    assert shown.keys() >= {
        "id", "title", "publisher", "symbol", "guessed", "passages", "page_list", "labels",
        "warnings", "edits", "sources", "added", "quarantine",
    }  # fmt: skip
    assert shown["labels"] == {"ranges": "", "file": 0, "page": 0, "none": 0}
    shell("library", "edit", ids["rooms.md"], "--symbol", "A/1", "--clear", "publisher")
    told = shell("library", "show", ids["rooms.md"]).out
    for line in ("symbol         A/1", "edited         symbol: A/1",
                 "edited         publisher: (emptied)"):  # fmt: skip
        assert line in told.splitlines()
    assert " UTC" in told


def test_show_names_the_files_and_those_that_turned_bad(
    shell: Shell, notes: Path, settings: Settings, tiny: TinyEncoder
) -> None:
    ids = name_to_id(shell)
    (notes / "copy.md").write_text((notes / "rooms.md").read_text())
    (notes / "course.txt").write_text("\x00\x01")
    ingest([notes], settings, encoder=tiny)
    shown = shell("library", "show", ids["rooms.md"], "--json").value
    assert shown["sources"] == [str(notes / "copy.md"), str(notes / "rooms.md")]
    assert shown["quarantine"] == []
    shown = shell("library", "show", ids["course.txt"], "--json").value
    assert [each["path"] for each in shown["quarantine"]] == [str(notes / "course.txt")]
    told = shell("library", "show", ids["course.txt"]).out
    assert f"file           {notes / 'course.txt'}" in told
    assert "quarantined    " in told


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ([], ""),
        (["1"], "1"),
        (["i", "ii", "iii", "iv", "v", "1", "2", "3"], "i–v, 1–3"),
        (["I", "II", "III", "IV"], "I–IV"),
        (["A-1", "A-2", "B-1", "B-2", "B-4"], "A-1–A-2, B-1–B-2, B-4"),
        (["09", "10", "11"], "09–11"),
        (["xxxix", "xl", "xli"], "xxxix–xli"),
        (["Cover", "Title", "1"], "Cover, Title, 1"),
        (["1", "1", "2"], "1, 1–2"),
        (["1", "2", "1", "2"], "1–2, 1–2"),
        (["c", "d", "e"], "c, d, e"),
        (["iiii", "v"], "iiii, v"),
    ],
)
def test_ranges_of_labels(given: list[str], told: str) -> None:
    assert labels.ranges(given) == told


def test_where_labels_come_from() -> None:
    def pages(*given: tuple[str | None, LabelFrom | None]) -> list[Page]:
        return [Page(n, label, "", origin) for n, (label, origin) in enumerate(given, 1)]

    declared = pages(("i", LabelFrom.FILE), ("ii", LabelFrom.FILE))
    assert labels.described(declared) == "i–ii (declared by the file)"
    read = pages(("3", LabelFrom.PAGE), ("4", LabelFrom.PAGE))
    assert labels.described(read) == "3–4 (read off the page)"
    mixed = pages(("i", LabelFrom.FILE), (None, None), ("1", LabelFrom.PAGE), ("2", LabelFrom.PAGE))
    assert labels.described(mixed) == (
        "i, 1–2 (1 declared by the file, 2 read off the page, 1 without a label)"
    )
    assert labels.described(pages((None, None))) == "none"
    assert labels.origins(pages(("1", None), (None, None))) == {"file": 1, "page": 0, "none": 1}


# --- edit and reembed ----------------------------------------------------------------------------


def test_edit(shell: Shell) -> None:
    rooms = name_to_id(shell)["rooms.md"]
    edited = shell("library", "edit", rooms[:5], "--year", 2021, "--superseded-by", "The next",
                   "--kind", "summary", "--clear", "language", "--json").value  # fmt: skip
    assert (edited["year"], edited["superseded_by"]) == (2021, "The next")
    assert (edited["kind"], edited["language"]) == ("summary", None)
    told = shell("library", "edit", rooms, "--url", "https://example.org", "--clear",
                 "superseded-by")  # fmt: skip
    assert told.code == 0
    assert "url            https://example.org" in told.out.splitlines()
    assert "superseded_by  (emptied)" in told.out.splitlines()


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--year", "soon"],
        ["--year", "3000"],
        ["--language", "English"],
        ["--kind", "novel"],
        ["--title", " "],
        ["--clear", "title"],
        ["--clear", "colour"],
        ["--colour", "red"],
    ],
)
def test_edits_that_cannot_be(shell: Shell, arguments: list[str]) -> None:
    rooms = name_to_id(shell)["rooms.md"]
    before = shell("library", "show", rooms, "--json").value
    refused = shell("library", "edit", rooms, *arguments, "--json")
    assert refused.code == USAGE
    assert refused.out == ""
    assert len(refused.err) > 20
    assert shell("library", "show", rooms, "--json").value == before


@pytest.mark.parametrize("command", [["show"], ["edit", "--year", "2000"], ["remove"]])
def test_beginnings_of_ids(shell: Shell, command: list[str]) -> None:
    rooms = name_to_id(shell)["rooms.md"]
    refused = shell("library", *command, rooms[:3])
    assert refused.code == USAGE
    assert "library list" in refused.err
    assert shell("library", *command, rooms[:8]).code == 0


def small_model(folder: Path) -> Path:
    """Save a real model of one layer with random weights, with the default one's tokenizer."""
    import torch
    from transformers import AutoConfig, BertModel

    shutil.copytree(source(MINILM).path, folder, ignore=shutil.ignore_patterns("*.safetensors"))
    config = AutoConfig.from_pretrained(folder)
    config.num_hidden_layers, config.hidden_size = 1, 48
    config.num_attention_heads, config.intermediate_size = 4, 64
    torch.manual_seed(1)
    BertModel(config).save_pretrained(folder)
    for name in folder.rglob("1_Pooling/config.json"):
        pooling = json.loads(name.read_text())
        key = "embedding_dimension" if "embedding_dimension" in pooling else None
        pooling[key or "word_embedding_dimension"] = 48
        name.write_text(json.dumps(pooling))
    return folder


@pytest.mark.slow
def test_reembed_with_real_models(
    notes: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], settings: Settings,
    encoder: SentenceTransformerEncoder, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    path = notes / "rooms.md"
    path.write_text("# Rooms\n\nWomen are searched in a private room.\n")
    ingest([notes], settings, encoder=encoder)
    path.unlink()
    shell, model = Shell(settings.library, capfd), small_model(tmp_path / "small")
    done = shell("library", "reembed", "--encoder", model, "--json")
    assert done.code == 0
    assert (done.value["documents"], done.value["encoder"]) == (1, "small")
    assert f"GENDERGPT_ENCODER={model}" in done.err
    refused = shell("ask", "Who is searched?")
    assert refused.code == 3
    assert "library reembed" in refused.err
    monkeypatch.setenv("GENDERGPT_ENCODER", str(model))
    hits = shell("search", "private room", "--json").value
    assert hits[0]["passage"]["text"] == "Women are searched in a private room."
    assert "nothing to do" in shell("library", "reembed").out
    monkeypatch.delenv("GENDERGPT_ENCODER")
    assert "instead of 'small'" in shell("library", "reembed").out
    assert shell("doctor").code == 0, shell.out


@pytest.mark.slow
def test_reembed_without_a_model_or_a_library(shell: Shell, tmp_path: Path) -> None:
    refused = shell("library", "reembed", "--encoder", tmp_path / "nothing")
    assert refused.code == 3
    assert "sentence-transformers" in refused.err
    shell.library = tmp_path / "none"
    assert shell("library", "reembed").code == 3
    assert "gendergpt ingest" in shell.err


# --- what ingest prints --------------------------------------------------------------------------

REPORT = IngestReport(
    added=(FileOutcome("/guides/sub/a very long name of a handbook, second edition.pdf", "d1", 214,
                       930, "page 3 has no text"),),
    unchanged=(FileOutcome("/guides/same.md", "d2"),
               FileOutcome("/guides/b.md", "d3", None, 4, "same content as /guides/same.md")),
    quarantined=(FileOutcome("/guides/broken.pdf", reason="It is cut off. " * 12),),
    seconds=12.34,
)  # fmt: skip


def test_the_table_in_a_pipe(capfd: pytest.CaptureFixture[str]) -> None:
    output.print_report(REPORT)
    lines = capfd.readouterr().out.splitlines()
    assert lines[0].split() == ["what", "file", "pages", "passages", "why"]
    assert len(lines) == 5, "one line a file, and the counts"
    assert lines[1].startswith("added ")
    assert "/guides/sub/a very long name of a handbook, second edition.pdf" in lines[1]
    assert "same content as" in lines[2]
    assert ("It is cut off. " * 12).strip() in lines[3]
    assert lines[4] == "1 added, 0 replaced, 0 removed, 2 unchanged, 1 quarantined; 12.3 s"


def test_the_table_in_a_narrow_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.StringIO()
    screen = Console(file=out, width=80, force_terminal=True, soft_wrap=True, highlight=False,
                     markup=False, color_system=None)  # fmt: skip
    monkeypatch.setattr(output, "console", lambda: screen)
    output.print_report(REPORT)
    lines = out.getvalue().splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[0] == "In /guides:"
    assert "/guides/sub" not in out.getvalue()
    assert "quarantined" in out.getvalue()
    assert out.getvalue().count("cut") == 12


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0, "less than a minute"), (29, "less than a minute"), (60, "about 1 minute"),
     (600, "about 10 minutes"), (3600, "about 1 h 00 min"), (8000, "about 2 h 13 min")],
)  # fmt: skip
def test_times_in_round_figures(seconds: float, told: str) -> None:
    assert output.about(seconds) == told


@pytest.mark.slow
def test_a_large_run_is_announced(
    tmp_path: Path, notes: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    shell = Shell(tmp_path / "library", capfd)
    for n in range(51):
        (notes / f"{n}.md").write_text(f"# Post {n}\n\nPost {n} keeps its lamps lit.\n")
    told = shell("ingest", notes, "--json")
    assert told.code == 0
    assert "51 files to read" in told.err
    assert "of disk" in told.err
    assert len(told.value["added"]) == 51
    assert shell("ingest", notes).err == "", "what is known is not work"
