"""The sandbox's child process: reads one file after the other until its input ends.

It limits itself before it parses anything: memory, no files written, no core dumps, few open
files, processor time. Standard output carries frames only; whatever libraries print is dropped.
"""

from __future__ import annotations

import base64
import json
import os
import sys
from pathlib import Path
from typing import Any, BinaryIO

from gendergpt.errors import UnreadableFile
from gendergpt.readers.wire import pack, pack_boxes, read_frame, write_frame

_REQUEST_BYTES = 1 << 20
_OPEN_FILES = 64
_MEGABYTE = 1 << 20


def main(megabytes: int) -> None:
    """Answer requests on standard input until it ends, within ``megabytes`` of memory."""
    requests, answers = _take_over_streams()
    _limit(megabytes)
    while (body := read_frame(requests, _REQUEST_BYTES)) is not None:
        write_frame(answers, _answer(body))


def _take_over_streams() -> tuple[BinaryIO, BinaryIO]:
    """Keep the pipes for frames and point the standard streams at nothing."""
    requests = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    os.close(nothing)
    return requests, answers


def _limit(megabytes: int) -> None:
    """Lower this process's limits; where the system has none of them, the parent's clock stays."""
    try:
        import resource
    except ImportError:
        return
    limits = {
        "RLIMIT_AS": megabytes * _MEGABYTE,
        "RLIMIT_FSIZE": 0,
        "RLIMIT_CORE": 0,
        "RLIMIT_NOFILE": _OPEN_FILES,
    }
    for name, value in limits.items():
        _lower(resource, getattr(resource, name), value)


def _lower(resource: Any, kind: int, value: int) -> None:
    """Set the limit, or the present hard limit where that is lower."""
    _, hard = resource.getrlimit(kind)
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    # macOS knows RLIMIT_AS but refuses to set it; the limit on time still holds there.
    try:
        resource.setrlimit(kind, (value, value))
    except (ValueError, OSError):
        return


def _limit_processor(seconds: float) -> None:
    """End this process soon after ``seconds`` of work, even if the parent is gone by then."""
    try:
        import resource
    except ImportError:
        return
    usage = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(usage.ru_utime + usage.ru_stime + seconds) + 5
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    if hard == resource.RLIM_INFINITY or soft < hard:
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def _answer(body: bytes) -> dict[str, Any]:
    """Do with the file what the request asks for and say what came of it."""
    request = json.loads(body)
    path = Path(os.fsdecode(bytes.fromhex(request["path"])))
    _limit_processor(request["seconds"])
    what, arguments = request["what"], request["arguments"]
    return {"token": request["token"], **_outcome(path, what, arguments)}


def _outcome(path: Path, what: str, arguments: list[Any]) -> dict[str, Any]:
    """Return what was asked for under its name, or the kind and reason of the failure."""
    try:
        return {what: _made(path, what, arguments)}
    except UnreadableFile as error:
        return {"unreadable": str(error)}
    except MemoryError:
        return {"memory": True}
    except RecursionError:
        return {"unreadable": f"{path.name} is nested too deeply to be read."}
    except Exception as error:  # a parser may raise anything; the parent must hear of it
        return {"failed": f"{type(error).__name__}: {error}"[:300]}


def _made(path: Path, what: str, arguments: list[Any]) -> Any:
    """Return what was asked for as plain values."""
    from gendergpt.readers.boxes import boxes, picture

    if what == "boxes":
        return pack_boxes(boxes(path, *arguments))
    if what == "picture":
        return base64.b64encode(picture(path, *arguments)).decode("ascii")
    return pack(_read(path))


def _read(path: Path) -> Any:
    from gendergpt.readers import reader_for

    reader = reader_for(path)
    if reader is None:
        raise UnreadableFile(f"{path.name} is of no kind that can be read.")
    return reader.read(path)


if __name__ == "__main__":
    main(int(sys.argv[1]))
