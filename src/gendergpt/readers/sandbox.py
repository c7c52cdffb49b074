"""Files from other people: read in a child process, within limits on time and memory.

One child reads file after file. When it hangs, crashes or talks nonsense it is killed, the file is
reported as unreadable, and the next file gets a fresh child. The parent never parses a file itself.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import secrets
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import IO, Any, Self, TypeVar

from gendergpt.errors import UnreadableFile
from gendergpt.readers import SUFFIXES, reader_for
from gendergpt.readers.boxes import MOST_PIXELS, PageBoxes
from gendergpt.readers.wire import (
    BrokenOff,
    WireError,
    read_frame,
    unpack,
    unpack_boxes,
    write_frame,
)
from gendergpt.types import Reading

ANSWER_BYTES = 128 << 20
"""Longest answer that is taken from the child."""

FILES_PER_CHILD = 200
"""After so many files the child is replaced, so that leaks in the libraries do not add up."""

_Made = TypeVar("_Made")
_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH", "SYSTEMROOT", "TEMP")

_BOOTSTRAP = """
import sys
sys.path[:0] = [sys.argv[2]]
sys.path += [entry for entry in sys.argv[3:] if entry not in sys.path]
from gendergpt.readers.worker import main
main(int(sys.argv[1]))
"""


class _TimedOut(UnreadableFile):
    """The child was still at it when its time was up."""


class _ChildFailed(UnreadableFile):
    """The child crashed, ran out of memory or did not answer as agreed."""


class Sandbox:
    """Reads files in a child process; a context manager, for one thread at a time.

    Args:
        seconds: longest time for one file.
        megabytes: most memory for the child (not limited on Windows).
    """

    def __init__(self, seconds: float = 120.0, megabytes: int = 2048) -> None:
        """Set the limits; nothing is started yet."""
        self.seconds = seconds
        self.megabytes = megabytes
        self._child: subprocess.Popen[bytes] | None = None
        self._listener: threading.Thread | None = None
        self._files_read = 0

    def __enter__(self) -> Self:
        """Return the sandbox; its child starts with the first file."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the child."""
        self.close()

    def close(self) -> None:
        """End the child. The sandbox can be used again; it then starts a new one."""
        child, self._child = self._child, None
        if child is None:
            return
        _kill(child)
        # A descendant that still holds the pipe would block the listener, and closing the pipe
        # would then wait for it.
        if self._listener is not None:
            self._listener.join(timeout=2.0)
        if self._listener is None or not self._listener.is_alive():
            for stream in (child.stdin, child.stdout):
                if stream is not None:
                    with contextlib.suppress(OSError):
                        stream.close()

    def read(self, path: Path) -> Reading:
        """Read one file.

        Raises:
            UnreadableFile: it is missing, empty, of no known kind, broken, protected, took too long
                or too much memory, or crashed the library that read it. The message says which, and
                the way out.
        """
        return self._have(path, "reading", (), unpack)

    def boxes(self, path: Path, page_number: int, start: int, end: int) -> PageBoxes:
        """Return where characters of a page's own text stand; see ``readers.boxes.boxes``.

        Raises:
            UnreadableFile: as ``read``; also for what is no PDF, or has no such page or characters.
        """
        return self._have(path, "boxes", (page_number, start, end), unpack_boxes)

    def picture(
        self, path: Path, page_number: int, scale: float = 1.0, most_pixels: int = MOST_PIXELS
    ) -> bytes:
        """Return a page as PNG, ``scale`` pixels for a point; see ``readers.boxes.picture``.

        Raises:
            UnreadableFile: as ``read``; also for what is no PDF, or has no such page.
        """
        return self._have(path, "picture", (page_number, scale, most_pixels), _decoded)

    def _have(
        self, path: Path, what: str, arguments: tuple[float, ...], made: Callable[[Any], _Made]
    ) -> _Made:
        """Have the child do something with the file; a child that went wrong is ended."""
        path = check_file(path)
        try:
            return self._again_if_worn(path, what, arguments, made)
        except BaseException as error:
            if type(error) is not UnreadableFile:
                self.close()
            raise

    def _again_if_worn(
        self, path: Path, what: str, arguments: tuple[float, ...], made: Callable[[Any], _Made]
    ) -> _Made:
        """Try; as a failure may be due to earlier files, a used child gets a successor."""
        try:
            return self._once(path, what, arguments, made)
        except _ChildFailed:
            if self._files_read <= 1:
                raise
        self.close()
        return self._once(path, what, arguments, made)

    def _once(
        self, path: Path, what: str, arguments: tuple[float, ...], made: Callable[[Any], _Made]
    ) -> _Made:
        """Turn the child's answer into what was asked for or into the reason why there is none."""
        answer = self._ask(path, what, arguments)
        if "unreadable" in answer:
            raise UnreadableFile(str(answer["unreadable"]))
        if "memory" in answer:
            raise self._too_big(path)
        if "failed" in answer:
            raise UnreadableFile(
                f"{path.name} could not be parsed ({answer['failed']}); save it anew (print to "
                f"PDF) and ingest the copy."
            )
        try:
            return made(answer.get(what))
        except WireError:
            raise _nonsense(path) from None

    def _ask(self, path: Path, what: str, arguments: tuple[float, ...]) -> dict[str, Any]:
        """Send the request and return the child's answer, whatever it says."""
        child = self._running_child()
        assert child.stdin is not None
        token = secrets.token_hex(8)
        request = {
            "path": os.fsencode(path).hex(),
            "what": what,
            "arguments": arguments,
            "seconds": self.seconds,
            "token": token,
        }
        try:
            write_frame(child.stdin, request)
        except OSError:
            raise self._crashed(path, child) from None
        try:
            answer = json.loads(self._receive(path, child))
        except (ValueError, RecursionError):
            raise _nonsense(path) from None
        # The token tells an answer from what a child that has gone wrong sent earlier.
        if not isinstance(answer, dict) or answer.get("token") != token:
            raise _nonsense(path)
        return answer

    def _receive(self, path: Path, child: subprocess.Popen[bytes]) -> bytes:
        """Wait for one frame, but no longer than a file may take."""
        assert child.stdout is not None
        arrived: SimpleQueue[bytes | WireError | None] = SimpleQueue()
        self._listener = threading.Thread(
            target=_deliver, args=(child.stdout, arrived), daemon=True
        )
        self._listener.start()
        try:
            result = arrived.get(timeout=self.seconds)
        except Empty:
            raise _TimedOut(
                f"{path.name} took longer than {self.seconds:g} s to read and was stopped; split "
                f"it or save it anew (print to PDF), or raise GENDERGPT_READ_SECONDS."
            ) from None
        if result is None or isinstance(result, BrokenOff):
            raise self._crashed(path, child)
        if isinstance(result, WireError):
            raise _nonsense(path)
        return result

    def _too_big(self, path: Path) -> _ChildFailed:
        return _ChildFailed(
            f"{path.name} needed more than {self.megabytes} MB of memory; split it or save it anew "
            f"(print to PDF), or raise GENDERGPT_READ_MEGABYTES."
        )

    def _crashed(self, path: Path, child: subprocess.Popen[bytes]) -> _ChildFailed:
        try:
            code = child.wait(timeout=2.0)
        except subprocess.TimeoutExpired:
            return _nonsense(path)
        if code == -getattr(signal, "SIGXCPU", 0):
            how = f"took more than {self.seconds:g} s of processor time"
        elif code < 0:
            how = f"crashed the library that reads it (signal {-code})"
        else:
            how = f"ended the process that reads it (exit code {code})"
        return _ChildFailed(f"{path.name} {how}; save it anew (print to PDF) and ingest the copy.")

    def _running_child(self) -> subprocess.Popen[bytes]:
        worn = self._files_read >= FILES_PER_CHILD
        if self._child is not None and (worn or self._child.poll() is not None):
            self.close()
        if self._child is None:
            self._child = self._start()
            self._files_read = 0
        self._files_read += 1
        return self._child

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self._command(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
            start_new_session=True,
        )

    def _command(self) -> list[str]:
        """Return the child's command; it finds this package wherever the parent found it."""
        home = str(Path(__file__).resolve().parents[2])
        entries = [str(Path(entry).resolve()) for entry in sys.path if entry]
        return [sys.executable, "-I", "-c", _BOOTSTRAP, str(self.megabytes), home, *entries]


def check_file(path: Path) -> Path:
    """Return the absolute path of a regular, non-empty, readable file of a known kind.

    Raises:
        UnreadableFile: it is not; the message says why.
    """
    if reader_for(path) is None:
        known = ", ".join(sorted(SUFFIXES))
        raise UnreadableFile(
            f"{path.name} is of a kind that cannot be read; known kinds are {known}."
        )
    try:
        status = path.stat()
        _check_status(path, status)
        with path.open("rb"):
            pass
    except (OSError, RuntimeError) as error:
        raise UnreadableFile(_file_problem(path, error)) from error
    return path.absolute()


def _check_status(path: Path, status: os.stat_result) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise UnreadableFile(f"{path.name} is a folder, not a file.")
    if not stat.S_ISREG(status.st_mode):
        raise UnreadableFile(f"{path.name} is a device or pipe, not a file.")
    if status.st_size == 0:
        raise UnreadableFile(f"{path.name} is empty (0 bytes); fetch or save it again.")


def _file_problem(path: Path, error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return f"{path} is not there; look at the path."
    if isinstance(error, PermissionError):
        return f"{path.name} may not be read by this user; change its permissions."
    if isinstance(error, RuntimeError) or "symbolic link" in str(error):
        return f"{path.name} is a symbolic link that leads back to itself."
    return f"{path.name} cannot be opened ({error})."


def _deliver(stream: IO[bytes], arrived: SimpleQueue[bytes | WireError | None]) -> None:
    """Put the next frame into the queue (None: the stream ended). Runs in a thread."""
    try:
        arrived.put(read_frame(stream, ANSWER_BYTES))
    except WireError as error:
        arrived.put(error)
    except (OSError, ValueError):
        arrived.put(None)


def _decoded(value: Any) -> bytes:
    """Return the bytes that came as base64."""
    try:
        return base64.b64decode(value, validate=True)
    except (TypeError, ValueError) as error:
        raise WireError(f"the picture makes no sense: {error}") from error


def _nonsense(path: Path) -> _ChildFailed:
    return _ChildFailed(
        f"{path.name} made the process that reads it answer with nonsense; save it anew (print to "
        f"PDF) and ingest the copy."
    )


def _kill(child: subprocess.Popen[bytes]) -> None:
    """Kill the child and all that it may have started, and wait for it."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(OSError):
            os.killpg(child.pid, signal.SIGKILL)
    child.kill()
    child.wait()
