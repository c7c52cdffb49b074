"""The child process that reads: limits, crashes, nonsense; the parent always goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from gendergpt.errors import UnreadableFile
from gendergpt.readers import sandbox
from gendergpt.readers.sandbox import Sandbox

HEAD = """
import json, os, struct, sys, time
def take():
    (n,) = struct.unpack(">Q", sys.stdin.buffer.read(8))
    return json.loads(sys.stdin.buffer.read(n))
def give(value):
    body = json.dumps(value).encode()
    os.write(1, struct.pack(">Q", len(body)) + body)
"""


@pytest.fixture
def note(tmp_path: Path) -> Path:
    path = tmp_path / "note.md"
    path.write_text("# Title\n\nSome words.\n")
    return path


class Scripted(Sandbox):
    """A sandbox whose first child runs the given script; later children are real."""

    def __init__(self, script: str, **limits: Any) -> None:
        super().__init__(**limits)
        self.script: str | None = script
        self.started = 0

    def _command(self) -> list[str]:
        self.started += 1
        script, self.script = self.script, None
        return [sys.executable, "-c", HEAD + script] if script else super()._command()


def test_reads_many_files_in_one_child(note: Path) -> None:
    with Sandbox() as box:
        first = box.read(note)
        child = box._child
        assert box.read(note) == first
        assert box._child is child
    assert first.title == "Title"
    assert child is not None
    assert child.poll() is not None


def test_can_be_used_again_after_close(note: Path) -> None:
    box = Sandbox()
    box.close()
    assert box.read(note).title == "Title"
    box.close()
    assert box.read(note).title == "Title"
    box.close()


def test_the_child_is_replaced_after_some_files(
    note: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox, "FILES_PER_CHILD", 2)
    with Sandbox() as box:
        pids = [box.read(note) and box._child and box._child.pid for _ in range(5)]
    assert len(set(pids)) == 3


def test_works_in_a_script_without_main_guard_and_from_any_folder(
    note: Path, tmp_path: Path
) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "from pathlib import Path\nfrom gendergpt.readers.sandbox import Sandbox\n"
        f"with Sandbox() as box:\n    print(box.read(Path({str(note)!r})).title)\n"
    )
    paths = os.environ | {"PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)}
    done = subprocess.run(
        [sys.executable, str(script)], env=paths, capture_output=True, text=True, cwd="/"
    )
    assert (done.stdout, done.stderr) == ("Title\n", "")


# --- files that are none -------------------------------------------------------------------------


def test_files_that_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "folder.md").mkdir()
    (tmp_path / "empty.md").touch()
    (tmp_path / "loop.md").symlink_to(tmp_path / "loop.md")
    os.mkfifo(tmp_path / "pipe.md")
    (tmp_path / "other.xyz").write_text("x")
    reasons = {
        "missing.md": "is not there",
        "folder.md": "is a folder",
        "empty.md": "is empty",
        "loop.md": "leads back to itself",
        "pipe.md": "device or pipe",
        "other.xyz": r"kind that cannot be read.*\.md",
    }
    with Sandbox() as box:
        for name, reason in reasons.items():
            with pytest.raises(UnreadableFile, match=reason):
                box.read(tmp_path / name)
        assert box._child is None


def test_a_file_without_permission(note: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(UnreadableFile, match="may not be read by this user"):
        sandbox.check_file(note)


def test_a_link_is_read_by_its_own_name(note: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = note.rename(note.with_name("blob"))
    note.symlink_to(target)
    monkeypatch.chdir(note.parent)
    with Sandbox() as box:
        assert box.read(Path("note.md")).title == "Title"


def test_names_that_are_not_utf8(note: Path) -> None:
    odd = note.rename(os.path.join(os.fsencode(note.parent).decode(), "no\udcfcte.md"))
    with Sandbox() as box:
        assert box.read(odd).title == "Title"


# --- children that go wrong ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("take(); time.sleep(60)", "took longer than 1 s"),
        ("time.sleep(60)", "took longer than 1 s"),
        ("take(); os.write(1, b'\\0\\0')\ntime.sleep(60)", "took longer than 1 s"),
        ("take(); give({})", "nonsense"),
        ("take(); give([1])", "nonsense"),
        ("take(); give({'token': 'guessed', 'reading': {}})", "nonsense"),
        ("give({'token': take()['token'], 'reading': {'pages': 3}})", "nonsense"),
        ("take(); os.write(1, struct.pack('>Q', 5) + b'{oops')", "nonsense"),
        ("take(); os.write(1, b'\\xff' * 8)\ntime.sleep(60)", "nonsense"),
        ("take()\nwhile True: os.write(1, b'A' * 65536)", "nonsense"),
        ("take(); os.write(1, b'\\0' * 7 + b'\\x50' + b'cut off')", "exit code 0"),
        ("take(); os.kill(os.getpid(), 11)", r"crashed the library that reads it \(signal 11\)"),
        ("os.kill(os.getpid(), 9)", r"\(signal 9\)"),
        ("take(); sys.exit(7)", "exit code 7"),
        ("take(); os.kill(os.getpid(), 24)", "processor time"),
        ("give({'token': take()['token'], 'failed': 'ValueError: x'})", "ValueError: x"),
        ("give({'token': take()['token'], 'unreadable': 'said so'})", "said so"),
    ],
)
def test_a_child_that_goes_wrong(script: str, reason: str, note: Path) -> None:
    with Scripted(script, seconds=1.0) as box:
        began = time.monotonic()
        with pytest.raises(UnreadableFile, match=reason):
            box.read(note)
        assert time.monotonic() - began < 15
        box.seconds = 60
        assert box.read(note).title == "Title"


def test_an_answer_sent_twice_is_not_taken_for_the_next_file(note: Path) -> None:
    script = "answer = {'token': take()['token'], 'unreadable': 'no'}\ngive(answer)\ngive(answer)"
    with Scripted(script + "\ntake()", seconds=20.0) as box:
        with pytest.raises(UnreadableFile, match=r"^no$"):
            box.read(note)
        assert box.read(note).title == "Title"
        assert box.started == 2


def test_a_used_child_that_dies_is_not_held_against_the_next_file(note: Path) -> None:
    script = (
        "give({'token': take()['token'], 'unreadable': 'no'})\ntake()\nos.kill(os.getpid(), 11)"
    )
    with Scripted(script, seconds=20.0) as box:
        with pytest.raises(UnreadableFile, match=r"^no$"):
            box.read(note)
        assert box.read(note).title == "Title"


HOG = """
import gendergpt.readers.worker as worker
worker._read = lambda path: bytearray(10**10)
worker.main(512)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited on Linux only")
def test_memory_is_limited(note: Path) -> None:
    home = str(Path(sandbox.__file__).parents[2])
    with Scripted(f"sys.path.insert(0, {home!r})\n{HOG}", megabytes=512) as box:
        with pytest.raises(UnreadableFile, match="needed more than 512 MB"):
            box.read(note)
        assert box.read(note).title == "Title"


@pytest.mark.skipif(sys.platform != "linux", reason="limits are set on Linux only")
def test_the_child_can_write_no_file_and_keeps_no_secrets(
    note: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOME_SECRET", "x")
    home = str(Path(sandbox.__file__).parents[2])
    script = f"""
sys.path.insert(0, {home!r})
import gendergpt.readers.worker as worker
from gendergpt.errors import UnreadableFile
def attempt(path):
    try:
        with open({str(tmp_path / "written")!r}, "wb", buffering=0) as file:
            file.write(b"x")
    except OSError:
        raise UnreadableFile(f"refused, {{os.environ.get('SOME_SECRET')}}")
    raise UnreadableFile("written")
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
worker._read = attempt
worker.main(1024)
"""
    with (
        Scripted(script) as box,
        pytest.raises(UnreadableFile, match="refused, None"),
    ):
        box.read(note)


def test_an_interrupt_ends_the_child(note: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: Any) -> bytes:
        raise KeyboardInterrupt

    with Sandbox() as box:
        box.read(note)
        child = box._child
        monkeypatch.setattr(box, "_receive", interrupt)
        with pytest.raises(KeyboardInterrupt):
            box.read(note)
        assert child is not None
        assert child.poll() == -signal.SIGKILL
