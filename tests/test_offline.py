"""The main path with the network cut off: a note goes in, a cited answer comes out."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Children

MAIN_PATH = """
import json, sys
from gendergpt import Settings, build_assistant, ingest
settings = Settings(library=sys.argv[1])
report = ingest([sys.argv[2]], settings)
assistant = build_assistant(settings)
hits = assistant.search("Who carries out body searches of women?")
answer = assistant.ask("Who carries out body searches of women travellers?")
print(json.dumps([report.to_dict(), [hit.to_dict() for hit in hits], answer.to_dict()]))
"""

NO_SOCKETS = """
import socket
class Attempt(BaseException):
    pass
def refuse(*arguments, **named):
    raise Attempt(f"the network was asked for: {arguments}")
real = socket.socket
class Socket(real):
    def connect(self, address):
        if self.family != socket.AF_UNIX:
            refuse(address)
        return super().connect(address)
    connect_ex = connect
    def sendto(self, *arguments):
        refuse(arguments)
socket.socket = Socket
socket.create_connection = socket.getaddrinfo = socket.gethostbyname = refuse
"""

CUT_OFF = """
import socket
try:
    socket.create_connection(("1.1.1.1", 53), 2)
except OSError:
    pass
else:
    raise SystemExit("the network is not cut off")
"""


@pytest.fixture
def note(tmp_path: Path) -> Path:
    path = tmp_path / "note.md"
    path.write_text(
        "# Searches\n\nBody searches of women travellers are carried out by women officers in a "
        "private room.\n\nThe border service keeps a record of each search.\n"
    )
    return path


def check(output: str) -> None:
    report, hits, answer = json.loads(output.splitlines()[-1])
    assert len(report["added"]) == 1
    assert "Body searches of women" in hits[0]["passage"]["text"]
    assert answer["outcome"] == "ANSWERED"
    assert answer["citations"][0]["status"] in ("EXACT", "NORMALISED")
    assert "carried out by women officers" in answer["citations"][0]["quote"]


def unshare() -> list[str] | None:
    """Return how to start a process without a network, or None where that cannot be done."""
    command = ["unshare", "-rn"]
    if shutil.which("unshare") is None:
        return None
    tried = subprocess.run([*command, "true"], capture_output=True, check=False)
    return command if tried.returncode == 0 else None


def test_without_a_network(tmp_path: Path, note: Path, children: Children) -> None:
    prefix = unshare()
    if prefix is None:
        reason = "unshare -rn is not possible here"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    check(children.run(CUT_OFF + MAIN_PATH, tmp_path / "library", note, prefix=prefix))


def test_nothing_asks_for_the_network(tmp_path: Path, note: Path, children: Children) -> None:
    """Where a network is there, no connection is tried either."""
    check(children.run(NO_SOCKETS + MAIN_PATH, tmp_path / "library", note))


def test_the_guard_would_notice(children: Children) -> None:
    call = "import urllib.request\nurllib.request.urlopen('http://1.1.1.1')"
    child = children.start(NO_SOCKETS + call)
    _, errors = child.communicate(timeout=60)
    assert child.returncode != 0
    assert "the network was asked for" in errors
