"""The command line: results, messages and exit codes, in this process and in others."""

from __future__ import annotations

import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from rich.console import Console

from gendergpt.cli import main
from gendergpt.cli.library import _table
from gendergpt.errors import LibraryMissing
from gendergpt.ingestion import ingest
from gendergpt.ledger import Ledger
from gendergpt.library import Library
from gendergpt.settings import Settings
from gendergpt.types import Document
from tests.conftest import ROOT, TinyEncoder

pytestmark = pytest.mark.slow

FOLDER = {
    "rooms.md": (
        "# Rooms at the crossing\n\n## Searches\n\nAt the Brod crossing women travellers are "
        "searched by women officers in a private room.\n\n## Waiting\n\nFamilies wait in a heated "
        "hall with toilets for women and men.\n"
    ),
    "course.txt": (
        "Courses of Brod\n\n"
        "The course on gender for the officers of Brod was held in May 2019.\n\n"
        "Twelve women and nine men took part in the course of Brod.\n"
    ),
    "catalogue.toml": (
        '[[document]]\nfile = "rooms.md"\ntitle = "Rooms at the crossing"\n'
        'publisher = "Brod Police"\nyear = 2018\nlanguage = "en"\n'
    ),
}
BROKEN = b"%PDF-1.4\nthis is no PDF at all\n"
FOUND = 1
USAGE = 2
UNAVAILABLE = 3


def fill(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in FOLDER.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of two documents, made by the command line; not to be changed."""
    base = tmp_path_factory.mktemp("cli")
    assert main(["ingest", str(fill(base / "notes")), "--library", str(base / "library")]) == 0
    return base / "library"


@pytest.fixture
def tiny_library(settings: Settings, notes: Path, tiny: TinyEncoder) -> Path:
    """A library of two documents that is quick to make, for commands without a model."""
    ingest([fill(notes)], settings, encoder=tiny)
    return settings.library


def documents(library: Path) -> dict[str, str]:
    """Ids by file name."""
    ledger = Ledger(library / "ledger.sqlite")
    found = {Path(each.path or "").name: each.id for each in ledger.documents()}
    ledger.close()
    return found


class Ran:
    """What a run of the command line gave."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def value(self) -> Any:
        """The one JSON value on standard output."""
        assert self.out.count("\n") == 1, self.out
        return json.loads(self.out)


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Any:
    """Run ``gendergpt`` in this process; everything that is written is caught."""

    def run_main(*arguments: object) -> Ran:
        capfd.readouterr()
        code = main([str(argument) for argument in arguments])
        out, err = capfd.readouterr()
        assert "Traceback" not in err
        return Ran(code, out, err)

    return run_main


def environment(**more: str) -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(ROOT / "src"), **more}


def process(*arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run ``gendergpt`` in a process of its own."""
    command = [sys.executable, "-m", "gendergpt.cli", *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=120, env=environment(), **options
    )


# --- help is quick -------------------------------------------------------------------------------

HEAVY = (
    "torch", "chromadb", "gradio", "fastapi", "sentence_transformers", "transformers", "tantivy",
    "pydantic_settings", "numpy", "pypdf", "pypdfium2", "babel", "nupunkt",
    "rich.progress", "langchain_text_splitters", "langchain_core",
)  # fmt: skip
LOADED = (
    "import sys\nfrom gendergpt.cli import main\ncode = main(sys.argv[2:])\n"
    "heavy = [name for name in sys.argv[1].split(',') if name in sys.modules]\n"
    "print('LOADED', code, *heavy, file=sys.stderr)"
)


def _loaded(names: Sequence[str], *arguments: object) -> list[str]:
    command = [sys.executable, "-c", LOADED, ",".join(names), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment(), timeout=60)
    line = next(line for line in done.stderr.splitlines() if line.startswith("LOADED"))
    assert line.split()[1] == "0", done.stderr
    return line.split()[2:]


@pytest.mark.parametrize(
    "command",
    [["--help"], ["ingest", "--help"], ["library", "--help"], ["library", "edit", "--help"]],
)
def test_help_loads_nothing_heavy(command: list[str]) -> None:
    assert _loaded(HEAVY, *command) == []


def test_library_list_loads_no_model_and_no_vectors(tiny_library: Path) -> None:
    heavy = ("torch", "chromadb", "gradio", "sentence_transformers", "transformers", "tantivy")
    assert _loaded(heavy, "library", "list", "--library", tiny_library) == []


def test_help_is_quick() -> None:
    times = []
    for _ in range(4):
        begun = time.monotonic()
        done = process("--help")
        times.append(time.monotonic() - begun)
        assert done.returncode == 0
        assert "ingest" in done.stdout
    assert min(times) < 1, times


def test_the_console_command_is_installed() -> None:
    command = Path(sys.executable).with_name("gendergpt")
    if not command.exists():
        pytest.skip(f"{command} is not installed")
    done = subprocess.run(
        [str(command), "library", "--help"], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0
    assert "remove" in done.stdout


# --- ingest --------------------------------------------------------------------------------------


def test_ingest_and_again(run: Any, tmp_path: Path) -> None:
    notes, library = fill(tmp_path / "notes"), tmp_path / "library"
    first = run("ingest", notes, "--library", library, "--json")
    assert first.code == 0
    value = first.value
    assert value.keys() >= {
        "added", "replaced", "unchanged", "removed", "quarantined", "seconds", "generation",
    }  # fmt: skip
    assert len(value["added"]) == 2
    for each in value["added"]:
        assert each.keys() >= {"path", "document_id", "pages", "passages", "reason"}
        assert each["passages"] > 0
    again = run("ingest", notes, "--library", library)
    assert again.code == 0
    assert "2 unchanged" in again.out


def test_ingest_with_a_broken_file(run: Any, tmp_path: Path) -> None:
    notes, library = fill(tmp_path / "notes"), tmp_path / "library"
    (notes / "broken.pdf").write_bytes(BROKEN)
    found = run("ingest", notes, "--library", library, "--json")
    assert found.code == FOUND
    assert len(found.value["added"]) == 2
    assert [Path(each["path"]).name for each in found.value["quarantined"]] == ["broken.pdf"]
    assert found.value["quarantined"][0]["reason"]
    told = run("ingest", notes, "--library", library)
    assert told.code == FOUND
    assert "broken.pdf" in told.out


def test_ingest_prunes(run: Any, tmp_path: Path) -> None:
    notes, library = fill(tmp_path / "notes"), tmp_path / "library"
    assert run("ingest", notes, "--library", library).code == 0
    (notes / "course.txt").unlink()
    kept = run("ingest", notes, "--library", library, "--json")
    assert kept.value["removed"] == []
    pruned = run("ingest", notes, "--prune", "--library", library, "--json")
    assert pruned.code == 0
    assert [Path(each["path"]).name for each in pruned.value["removed"]] == ["course.txt"]


def test_ingest_of_nothing(run: Any, tmp_path: Path) -> None:
    missing = run("ingest", tmp_path / "nowhere", "--library", tmp_path / "library", "--json")
    assert missing.code == USAGE
    assert missing.out == ""
    assert "nowhere" in missing.err
    assert not (tmp_path / "library").exists()


def test_ingest_with_a_wrong_catalogue(run: Any, tmp_path: Path) -> None:
    notes = fill(tmp_path / "notes")
    (notes / "catalogue.toml").write_text("[[document]\nfile = ")
    wrong = run("ingest", notes, "--library", tmp_path / "library")
    assert wrong.code == USAGE
    assert "catalogue.toml" in wrong.err


def test_ingest_into_a_locked_library(
    run: Any, tiny_library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GENDERGPT_LOCK_SECONDS", "0.1")
    (document, *_) = documents(tiny_library).values()
    with FileLock(tiny_library / "writer.lock"):
        refused = run("library", "remove", document, "--library", tiny_library)
    assert refused.code == UNAVAILABLE
    assert "another process" in refused.err
    assert document in documents(tiny_library).values()


def test_ingest_where_no_folder_can_be(run: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    refused = run("ingest", fill(tmp_path / "notes"), "--library", tmp_path / "file")
    assert refused.code == UNAVAILABLE
    assert "--library" in refused.err


# --- ask and search ------------------------------------------------------------------------------


def test_ask(run: Any, made: Path) -> None:
    question = "Who searches women travellers at the Brod crossing?"
    answer = run("ask", question, "--library", made, "--json")
    assert answer.code == 0
    assert answer.value["outcome"] == "ANSWERED"
    assert answer.value["question"] == question
    told = run("ask", question, "--library", made)
    assert told.code == 0
    assert "women officers in a private room" in told.out
    assert "[1] Brod Police, Rooms at the crossing (2018)" in told.out


def test_a_no_is_an_answer_too(run: Any, made: Path) -> None:
    answer = run("ask", "How many camels crossed at Oslo in 1901?", "--library", made, "--json")
    assert answer.code == 0
    assert answer.value["outcome"] == "NOT_IN_LIBRARY"
    assert answer.value["citations"] == []


def test_ask_with_filters(run: Any, made: Path) -> None:
    question = "Who searches women travellers at the Brod crossing?"
    rooms = documents(made)["rooms.md"]
    filters: list[object] = [
        "--publisher",
        "Brod Police",
        "--document",
        rooms,
        "--kind",
        "original",
    ]
    years: list[object] = ["--language", "en", "--year-from", 2018, "--year-to", 2018]
    held = run("ask", question, *filters, *years, "--library", made, "--json")
    assert held.value["outcome"] == "ANSWERED"
    assert held.value["searched"]["documents"] == 1
    assert held.value["searched"]["filters"].keys() == {
        "publisher", "document", "kind", "language", "year_from", "year_to",
    }  # fmt: skip
    both = run("search", "Brod", "--year-from", 2019, "--library", made, "--json")
    assert both.code == 0
    assert {hit["document"]["year"] for hit in both.value} <= {2019}


def test_search(run: Any, made: Path) -> None:
    found = run("search", "women travellers", "--limit", 2, "--library", made, "--json")
    assert found.code == 0
    assert [hit["rank"] for hit in found.value] == [1, 2]
    told = run("search", "women travellers", "--library", made)
    assert told.out.startswith("1. ")


@pytest.mark.parametrize("command", ["ask", "search"])
@pytest.mark.parametrize("text", ["", "   ", "x" * 2001])
def test_questions_that_cannot_be(run: Any, made: Path, command: str, text: str) -> None:
    refused = run(command, text, "--library", made, "--json")
    assert refused.code == USAGE
    assert refused.out == ""
    assert "question" in refused.err


def test_a_question_in_another_encoding(made: Path) -> None:
    command: list[str | bytes] = [sys.executable, "-m", "gendergpt.cli", "ask", b"caf\xe9?"]
    command += ["--library", str(made)]
    done = subprocess.run(command, capture_output=True, timeout=120, env=environment())
    assert b"Traceback" not in done.stderr
    assert done.returncode in (0, USAGE)


# --- the library ---------------------------------------------------------------------------------


def test_list_show_remove(run: Any, tiny_library: Path) -> None:
    where = ("--library", tiny_library)
    ids = documents(tiny_library)
    listed = run("library", "list", *where, "--json")
    assert listed.code == 0
    assert {each["id"] for each in listed.value} == set(ids.values())
    told = run("library", "list", *where)
    for each in ids.values():
        assert each in told.out, "an id must be there whole, to be copied"
    shown = run("library", "show", ids["rooms.md"], *where, "--json")
    assert shown.code == 0
    assert shown.value["publisher"] == "Brod Police"
    assert "Brod Police" in run("library", "show", ids["rooms.md"], *where).out
    removed = run("library", "remove", ids["rooms.md"], *where, "--json")
    assert removed.code == 0
    assert [each["document_id"] for each in removed.value["removed"]] == [ids["rooms.md"]]
    assert set(documents(tiny_library)) == {"course.txt"}
    assert "removed" in run("library", "remove", ids["course.txt"], *where).out
    assert run("library", "list", *where, "--json").value == []


@pytest.mark.parametrize("width", [10, 40, 80])
def test_ids_are_whole_in_a_narrow_terminal(width: int) -> None:
    each = Document("0123456789abcdef", "A long title of a document, " * 4, "A publisher, " * 3)
    out = io.StringIO()
    Console(file=out, width=width, soft_wrap=True, force_terminal=True).print(_table([each]))
    assert each.id in out.getvalue()


def test_one_line_a_document_where_there_is_no_terminal(
    run: Any, settings: Settings, notes: Path, tiny: TinyEncoder
) -> None:
    title = "A very long title of a document that goes on and on " * 3
    (notes / "long.md").write_text(f"# {title}\n\nThe officers keep a room.\n", encoding="utf-8")
    ingest([notes], settings, encoder=tiny)
    lines = run("library", "list", "--library", settings.library).out.splitlines()
    assert len(lines) == 2
    assert title.strip() in lines[1]


@pytest.mark.parametrize("command", ["ask", "search"])
def test_a_kind_that_is_none(run: Any, tmp_path: Path, command: str) -> None:
    refused = run(command, "Who?", "--kind", "nonsense", "--library", tmp_path)
    assert refused.code == USAGE
    assert "original" in refused.err
    assert "summary" in refused.err


def test_doctor_repairs(run: Any, tmp_path: Path) -> None:
    notes, library = fill(tmp_path / "notes"), tmp_path / "library"
    where = ("--library", library)
    assert run("doctor", "--repair", *where).code == UNAVAILABLE
    assert run("ingest", notes, *where).code == 0
    assert run("doctor", "--repair", *where).code == 0
    next((library / "tokens").glob("*.npy")).unlink()
    told = run("doctor", "--repair", *where)
    assert told.code == FOUND
    assert "gendergpt ingest" in told.out
    assert str(notes) in told.out
    assert len(run("ingest", notes, *where, "--json").value["added"]) == 1
    again = run("doctor", "--repair", *where, "--json")
    assert again.code == 0
    assert {each["what"] for each in again.value} >= {"repair: orphans", "stores"}


@pytest.mark.parametrize("command", ["show", "remove"])
def test_unknown_document(run: Any, tiny_library: Path, command: str) -> None:
    refused = run("library", command, "nobody", "--library", tiny_library, "--json")
    assert refused.code == USAGE
    assert refused.out == ""
    assert "nobody" in refused.err
    assert "library list" in refused.err


def test_one_unknown_document_removes_none(run: Any, tiny_library: Path) -> None:
    known = documents(tiny_library)["rooms.md"]
    refused = run("library", "remove", known, "nobody", "--library", tiny_library)
    assert refused.code == USAGE
    assert known in documents(tiny_library).values()


# --- what cannot be used -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "command",
    [
        ["ask", "Who searches?"],
        ["search", "searches"],
        ["library", "list"],
        ["library", "show", "x"],
        ["library", "remove", "x"],
        ["serve", "--port", "0"],
    ],
)
def test_no_library(run: Any, tmp_path: Path, command: list[str]) -> None:
    refused = run(*command, "--library", tmp_path / "nothing")
    assert refused.code == UNAVAILABLE
    assert refused.out == ""
    assert "gendergpt ingest" in refused.err
    assert not (tmp_path / "nothing").exists()


def test_the_library_of_the_environment(
    run: Any, tiny_library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GENDERGPT_LIBRARY", str(tiny_library))
    assert len(run("library", "list", "--json").value) == 2
    assert run("library", "list", "--library", tmp_path / "nothing").code == UNAVAILABLE
    monkeypatch.delenv("GENDERGPT_LIBRARY")
    monkeypatch.chdir(tiny_library.parent)
    assert len(run("library", "list", "--json").value) == 2


def test_a_damaged_ledger(run: Any, tmp_path: Path) -> None:
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "ledger.sqlite").write_bytes(b"this is no database" * 100)
    for command in (["library", "list"], ["ask", "Who searches?"]):
        refused = run(*command, "--library", tmp_path / "library")
        assert refused.code == UNAVAILABLE
        assert "ledger.sqlite" in refused.err


def test_a_library_of_another_model(run: Any, tiny_library: Path, notes: Path) -> None:
    for command in (["ask", "Who searches?"], ["ingest", str(notes)]):
        refused = run(*command, "--library", tiny_library)
        assert refused.code == UNAVAILABLE
        assert "tiny" in refused.err
        assert "--library" in refused.err


def test_a_model_that_is_not_there(
    run: Any, made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GENDERGPT_ENCODER", str(tmp_path / "weights"))
    refused = run("ask", "Who searches?", "--library", made)
    assert refused.code == UNAVAILABLE
    assert "weights" in refused.err


@pytest.mark.parametrize(
    ("name", "value"),
    [("PORT", "many"), ("PRECISION", "int3"), ("LOCK_SECONDS", "-1"), ("READ_MEGABYTES", "1")],
)
def test_settings_that_cannot_be(
    run: Any, tiny_library: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"GENDERGPT_{name}", value)
    refused = run("library", "show", "x", "--library", tiny_library)
    assert refused.code == USAGE
    assert name.lower() in refused.err


def test_a_taken_port(run: Any, made: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = run("serve", "--port", port, "--library", made)
    assert refused.code == UNAVAILABLE
    assert str(port) in refused.err
    assert "--port" in refused.err


def test_a_host_that_is_not_ours(run: Any, made: Path) -> None:
    refused = run("serve", "--host", "192.0.2.1", "--port", 0, "--library", made)
    assert refused.code == UNAVAILABLE


@pytest.mark.parametrize("port", ["-1", "99999", "many"])
def test_a_port_that_cannot_be(made: Path, port: str) -> None:
    command = [sys.executable, "-m", "gendergpt.cli", "serve", "--port", port]
    child = subprocess.Popen(
        [*command, "--library", str(made)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    )
    try:
        out, err = child.communicate(timeout=30)
    except subprocess.TimeoutExpired:
        child.kill()
        out, err = child.communicate()
        pytest.fail(f"served at port {port}: {out}")
    assert child.returncode == USAGE, err


@pytest.mark.parametrize(
    "arguments",
    [
        ["bake"],
        ["ingest"],
        ["ask"],
        ["search"],
        ["library"],
        ["library", "show"],
        ["library", "remove"],
        ["eval"],
        ["ask", "Who?", "--colour", "red"],
        ["ask", "Who?", "--year-from", "long ago"],
        ["search", "Who?", "--limit", "0"],
        ["search", "Who?", "--limit", "many"],
        ["eval", "/nowhere/at/all"],
    ],
)
def test_wrong_usage(run: Any, arguments: list[str]) -> None:
    refused = run(*arguments)
    assert refused.code == USAGE
    assert refused.err or arguments == ["library"]


def test_eval_of_a_folder_without_a_set(run: Any, tmp_path: Path) -> None:
    refused = run("eval", tmp_path, "--json")
    assert refused.code == USAGE
    assert refused.out == ""


def test_doctor(run: Any, made: Path, tmp_path: Path) -> None:
    healthy = run("doctor", "--library", made, "--json")
    assert healthy.code == 0
    assert all(finding["ok"] for finding in healthy.value)
    ill = run("doctor", "--library", tmp_path / "nothing")
    assert ill.code == FOUND
    assert "PROBLEM" in ill.out


# --- other processes -----------------------------------------------------------------------------


def test_processes_of_their_own(made: Path, tmp_path: Path) -> None:
    asked = process("ask", "When was the course of Brod held?", "--library", made, "--json")
    assert asked.returncode == 0, asked.stderr
    assert json.loads(asked.stdout)["outcome"] == "ANSWERED"
    assert "2019" in asked.stdout
    missing = process("ask", "Who?", "--library", tmp_path / "nothing", "--json")
    assert missing.returncode == UNAVAILABLE
    assert missing.stdout == ""
    assert missing.stderr.startswith("gendergpt: ")
    assert process("library", "list", "--bogus").returncode == USAGE


def test_a_reader_that_goes_away(made: Path) -> None:
    command = [sys.executable, "-m", "gendergpt.cli", "library", "list", "--library", str(made)]
    child = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment()
    )
    assert child.stdout and child.stderr
    child.stdout.close()
    err = child.stderr.read()
    child.stderr.close()
    child.wait(60)
    assert "Traceback" not in err


SECTIONS = 60
FILES = 30


def _ready(library: Path) -> int:
    try:
        ledger = Ledger(library / "ledger.sqlite")
    except LibraryMissing:
        return 0
    try:
        return ledger.counts()[0]
    finally:
        ledger.close()


@pytest.mark.timeout(240)
def _heed_ctrl_c() -> None:
    """Take Ctrl-C again, which a test run in the background of a shell has been told to ignore."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def test_stopped_by_ctrl_c(tmp_path: Path) -> None:
    notes, library = tmp_path / "notes", tmp_path / "library"
    notes.mkdir()
    for number in range(FILES):
        sections = [f"## Part {n}\n\nPost {number} keeps {n} lamps lit.\n" for n in range(SECTIONS)]
        (notes / f"n{number:02}.md").write_text("\n".join(sections), encoding="utf-8")
    command = [sys.executable, "-m", "gendergpt.cli", "ingest", str(notes), "--library"]
    child = subprocess.Popen(
        [*command, str(library)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
        preexec_fn=_heed_ctrl_c,
    )
    end = time.monotonic() + 120
    while _ready(library) == 0 and child.poll() is None and time.monotonic() < end:
        time.sleep(0.05)
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=60)
    finished = _ready(library)
    assert child.returncode == 130, err
    assert out == ""
    assert "Traceback" not in err
    assert "what was finished stays" in err
    assert f"{finished} of {FILES} files are done" in err
    assert f"go on with the other {FILES - finished}" in err
    assert 0 < finished < FILES

    again = process("ingest", notes, "--library", library, "--json")
    assert again.returncode == 0, again.stderr
    report = json.loads(again.stdout)
    assert len(report["unchanged"]) == finished
    assert len(report["added"]) == FILES - finished
    opened = Library(Settings(library=library))
    health = opened.health()
    opened.close()
    assert health.documents == FILES
    assert health.orphans == health.lost == health.unfinished == 0
    assert health.vectors == health.lexical == health.passages
