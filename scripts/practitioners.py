"""Ask the practitioners' questions of ``../shared`` and count what becomes of them.

``python scripts/practitioners.py`` builds a throw-away library from ``corpus/`` and
``../shared/documents``, asks every question, its rewordings and the follow-ups, and prints counts.
With ``--answers`` it also prints the whole answers as a user sees them. The exit code is 1 when a
question of ``questions.json`` itself does not get what it should.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from filelock import FileLock

from gendergpt import Settings, build_assistant, ingest
from gendergpt.assistant import Assistant
from gendergpt.evaluation.practitioners import Asked, ask, ask_base
from gendergpt.references import as_text
from gendergpt.types import Outcome

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / "corpus"
SHARED = ROOT.parent / "shared"
DOCUMENTS = SHARED / "documents"
QUESTIONS = SHARED / "questions" / "questions.json"
REWORDINGS = ROOT / "tests" / "data" / "rewordings.json"


def build_library(folder: Path, sources: Sequence[Path]) -> Settings:
    """Ingest into a library unless that has been done already, by this or another process."""
    settings = Settings(library=folder)
    done = folder.with_name(f"{folder.name}.done")
    with FileLock(folder.with_name(f"{folder.name}.lock")):
        if not done.exists():
            report = ingest(sources, settings)
            if report.quarantined:
                raise RuntimeError(f"quarantined: {report.quarantined}")
            done.touch()
    return settings


def base_questions(assistant: Assistant) -> list[Asked]:
    """Ask the English questions of ``questions.json``."""
    return ask_base(assistant.ask, json.loads(QUESTIONS.read_text(encoding="utf-8")))


def ask_rewordings(assistant: Assistant) -> dict[str, list[Asked]]:
    """Ask all rewordings, by group."""
    data: dict[str, Any] = json.loads(REWORDINGS.read_text(encoding="utf-8"))
    groups: dict[str, list[Asked]] = {}
    for group, kind in (("answerable", "answerable"), ("unanswerable", "unanswerable")):
        groups[group] = [
            ask(assistant.ask, item["id"], kind, False, [question])
            for item in data[group]
            for question in item["questions"]
        ]
    for group, kind in (("new_unanswerable", "unanswerable"), ("about_assistant", "about")):
        groups[group] = [ask(assistant.ask, group, kind, False, [text]) for text in data[group]]
    groups["follow_ups"] = [
        ask(assistant.ask, item["id"], "follow_up", False, turns)
        for item in data["follow_ups"]
        for turns in item["turns"]
    ]
    return groups


def table(groups: Mapping[str, Iterable[Asked]]) -> str:
    """Return the counts by group."""
    head = f"{'group':22} {'asked':>6} {'right':>6} {'answered':>9} {'partial':>8} {'refused':>8}"
    lines = [f"{head} {'about':>6}"]
    for name, items in groups.items():
        asked = list(items)
        outcomes = Counter(each.answer.outcome for each in asked)
        right = sum(each.fault is None for each in asked)
        lines.append(
            f"{name:22} {len(asked):6} {right:6} {outcomes[Outcome.ANSWERED]:9} "
            f"{outcomes[Outcome.PARTIAL]:8} {outcomes[Outcome.NOT_IN_LIBRARY]:8} "
            f"{outcomes[Outcome.ABOUT_ASSISTANT]:6}"
        )
    return "\n".join(lines)


def grouped(asked: Iterable[Asked]) -> dict[str, list[Asked]]:
    """Return what was asked, by kind."""
    groups: dict[str, list[Asked]] = {}
    for each in asked:
        groups.setdefault(f"base {each.kind}", []).append(each)
    return groups


def main(argv: Sequence[str] | None = None) -> int:
    """Ask, print, and say by the exit code whether the base questions are answered."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0] if __doc__ else None)
    parser.add_argument("--answers", action="store_true", help="print the whole answers")
    parser.add_argument("--base", action="store_true", help="leave the rewordings out")
    options = parser.parse_args(argv)
    if not QUESTIONS.exists():
        print(f"There are no questions at {QUESTIONS}.", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        settings = build_library(Path(folder) / "library", [CORPUS, DOCUMENTS])
        assistant = build_assistant(settings)
        base = base_questions(assistant)
        groups = grouped(base) | ({} if options.base else ask_rewordings(assistant))
        assistant.library.close()
    if options.answers:
        for each in (item for items in groups.values() for item in items):
            for answer in each.answers:
                print(f"--- {each.id} {answer.outcome}\n{as_text(answer)}\n")
    for each in (item for items in groups.values() for item in items):
        if each.fault:
            print(each.line())
    print(table(groups))
    return 1 if any(each.fault for each in base) else 0


if __name__ == "__main__":
    sys.exit(main())
