"""What becomes of broken, encrypted, hostile and odd PDFs, through the sandbox as ingest uses it.

python benchmarks/torture.py [--list] [--write]
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from benchmarks.reading_page import put, table
from gendergpt import Settings
from gendergpt.errors import UnreadableFile
from gendergpt.readers.sandbox import Sandbox

SET = Path(__file__).resolve().parents[2] / "shared" / "pdfs" / "torture"
COMMAND = "python benchmarks/torture.py --write"
READ = "read"
OTHER = "other"
_OUTCOMES = {
    "no text": r"only images|no text on any page",
    "password": r"protected by a password",
    "encryption": r"encrypted in a way",
    "broken": r"not a PDF that can be opened|no pages|could not be parsed|nested too deeply"
    r"|is empty \(0 bytes\)",
    "time limit": r"took longer than|processor time",
    "memory limit": r"of memory",
    "crash": r"crashed the library|ended the process|with nonsense",
}
OUTCOMES = (READ, *_OUTCOMES, OTHER)


@dataclass(frozen=True, slots=True)
class Ending:
    """How the reading of one file ended.

    ``characters``: of text (0 unless it was read); ``seconds``: wall-clock time; ``elsewhere``:
    characters or pages that another library gave, as the set's manifest says.
    """

    file: str
    category: str
    outcome: str
    reason: str
    characters: int
    seconds: float
    elsewhere: str


def run(folder: Path = SET, settings: Settings | None = None) -> Iterator[Ending]:
    """Read every file of the set in one sandbox with the limits of ``settings`` (or the usual)."""
    settings = settings or Settings()
    entries = json.loads((folder / "manifest.json").read_text("utf-8"))
    with Sandbox(settings.read_seconds, settings.read_megabytes) as box:
        for entry in entries:
            began = time.monotonic()
            outcome, reason, characters = _read(box, folder / entry["file"])
            seconds = time.monotonic() - began
            yield Ending(
                file=entry["file"],
                category=entry["category"],
                outcome=outcome,
                reason=reason,
                characters=characters,
                seconds=seconds,
                elsewhere=_elsewhere(entry),
            )


def _read(box: Sandbox, path: Path) -> tuple[str, str, int]:
    try:
        reading = box.read(path)
    except UnreadableFile as error:
        return _outcome(str(error)), str(error), 0
    return READ, "", sum(len(page.text) for page in reading.pages)


def _outcome(reason: str) -> str:
    """Return the kind of a reason, by its words."""
    return next((name for name, words in _OUTCOMES.items() if re.search(words, reason)), OTHER)


def _elsewhere(entry: dict[str, Any]) -> str:
    """Say what the manifest holds on two other libraries."""
    return "; ".join(f"{name}: {json.dumps(entry[name])[:160]}" for name in ("pymupdf", "pypdf"))


def peak_megabytes() -> float | None:
    """Return the largest resident memory of any child so far, in MB; None where it is unknown."""
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return peak / (1 << 20) if sys.platform == "darwin" else peak / 1024


def report(endings: list[Ending], settings: Settings, peak: float | None) -> str:
    """Return the part of the page that says what became of the files, by category."""
    counts = Counter((ending.category, ending.outcome) for ending in endings)
    totals = Counter(ending.outcome for ending in endings)
    shown = [outcome for outcome in OUTCOMES if outcome != OTHER or totals[OTHER]]
    rows: list[list[object]] = [["category", "files", *shown]]
    for category, files in sorted(Counter(ending.category for ending in endings).items()):
        rows.append([category, files, *(counts[category, name] or "" for name in shown)])
    rows.append(["all", len(endings), *(totals[name] for name in shown)])
    slowest = max(endings, key=lambda ending: ending.seconds)
    return _TEXT.format(
        seconds=settings.read_seconds,
        megabytes=settings.read_megabytes,
        table=table(rows),
        slowest=slowest.seconds,
        which=f"`{slowest.file}` ({slowest.outcome})",
        total=sum(ending.seconds for ending in endings),
        peak="unknown here" if peak is None else f"{peak:.0f} MB",
    )


_TEXT = """## Broken, encrypted, hostile and odd files

Files from the test sets of PDF libraries, read one after the other as `ingest` does it: in a child
process, each within {seconds:g} s and {megabytes} MB. Every file ended as pages or as a reason, and
the process that asked lived on. "No text": scans, drawings and empty pages, which the reason names
as such. "Password": the user's password is a real one; where it is empty the file is read.

{table}

Slowest file: {slowest:.1f} s, {which}; all together: {total:.0f} s. Peak of resident memory of a
child: {peak}.
"""


def main() -> None:
    """Read the set, print the table, and with ``--write`` put it into docs/reading.md."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--list", action="store_true", help="print each file that was not read")
    parser.add_argument("--write", action="store_true", help="write into docs/reading.md")
    parser.add_argument("--json", action="store_true", help="print endings and peak memory instead")
    options = parser.parse_args()
    if not SET.is_dir():
        print(f"Nothing measured: the set is not here ({SET}).")
        return
    settings = Settings()
    endings = list(run(settings=settings))
    if options.json:
        print(json.dumps({"endings": [asdict(each) for each in endings], "peak": peak_megabytes()}))
        return
    print(text := report(endings, settings, peak_megabytes()))
    if options.list:
        for ending in endings:
            if ending.outcome != READ:
                print(ending.outcome, "|", ending.reason, "|", ending.elsewhere)
    if options.write:
        put(COMMAND, text)


if __name__ == "__main__":
    main()
