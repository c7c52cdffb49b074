"""Ask the practitioners' questions of ``../shared`` and count what becomes of them.

``python scripts/practitioners.py`` builds a throw-away library from ``corpus/`` and
``../shared/documents``, asks every question, its rewordings and the follow-ups, and prints counts.
With ``--answers`` it also prints the whole answers as a user sees them. The exit code is 1 when a
question of ``questions.json`` itself does not get what it should.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from filelock import FileLock

from gendergpt import Settings, Turn, build_assistant, ingest
from gendergpt.assistant import Assistant
from gendergpt.references import as_text
from gendergpt.types import Answer, Outcome

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / "corpus"
SHARED = ROOT.parent / "shared"
DOCUMENTS = SHARED / "documents"
QUESTIONS = SHARED / "questions" / "questions.json"
REWORDINGS = ROOT / "tests" / "data" / "rewordings.json"

ANSWERABLE = frozenset({"seed", "seen", "abstract"})
FOLLOW_UPS = ("C01", "C02", "C06")

MUST_HOLD: Mapping[str, tuple[str, ...]] = {
    "Q01": (r"65\.6\s?%", r"\b9\s?%"),
    "Q02": (r"different needs|vulnerabilit", r"traffick|smuggl", r"border communit|public trust",
            r"non-discriminatory|representative"),
    "Q03": (r"dignity|discriminat", r"women staff|female (?:staff|officer)|Rules? 19",
            r"\bprivate|less intrusive|least intrusive|\bscan"),
    "Q04": (r"gender strategy", r"gender analysis", r"gender training", r"regional co-?operation",
            r"immigration detention"),
    "Q06": (r"husband|male relative", r"same.sex|(?:woman|female) interviewer|interpreter",
            r"private|calm", r"reason\w* (?:suspicion|to suspect)|identif\w+ early|early identif",
            r"willingness to co-?operate", r"\brefer"),
    "Q07": (r"48\s?%", r"52\s?%"),
    "Q10": (r"before, during and after|humanitarian crisis|mass (?:\S+ )?movement",
            r"preparedness|sovereignty", r"Migration Crisis Operational Framework|MCOF"),
    "Q11": (r"implications|any planned action", r"all (?:\w+ )?(?:levels|stages|spheres)",
            r"inequality (?:is |was )?not perpetuated|existing inequality"),
    "Q12": (r"biological", r"learned|learnt|ascribe", r"not (?:only|just|simply) about women"),
    "Q14": (r"SSR Toolkit|INSTRAW|20 pages", r"same author|Mackay",
            r"Gender and Security Toolkit|five approaches|UN Women"),
    "Q16": (r"mandatory|compulsory|obligatory", r"\b0\D{1,6}2\b|zero to two"),
    "Q17": (r"disaggregated", r"Tool 15|gender-related indicators", r"complaint"),
    "Q19": (r"ten (?:\w+ )?guidelines|three principles", r"Guideline 6|screening and interview",
            r"Guideline 7|identification and referral", r"2014|CRP\.1"),
    "Q20": (r"\bchoose|\bchoice|preference", r"private|witness", r"split search", r"ICAO"),
    "Q22": (r"at the booth|unusual", r"experienced", r"child-friendly|talk", r"child protection",
            r"VEGA"),
    "Q24": (r"management support|needs assessment", r"training of trainers|choice of trainer",
            r"(?:into|in) (?:ordinary|regular) training", r"evaluat"),
    "Q25": (r"women, men|men and women|\bboys\b|diverse", r"resistance",
            r"men as partners|engag\w+ men", r"needs and vulnerabilit"),
    "Q27": (r"individual.*(?:household|famil)|structural", r"pregnant|survivor|LGBT|unaccompanied",
            r"(?:whatever|regardless).*status", r"closed list|single list"),
    "Q28": (r"do no harm|mitigat", r"support\w* survivors", r"root cause"),
    "Q30": (r"intra-service|inter-agency|within a service", r"2010", r"gender-responsive"),
    "Q31": (r"27\s?%|26\s?%|10.{1,4}15\s?%", r"MARRI|Western Balkans"),
    "Q34": (r"harass|discriminat|\bcosts?\b", r"simplif", r"facilitation committee",
            r"ease\b.*\btrade|facilitat\w+ .*trade"),
    "Q36": (r"Gender Equality Platform|Helsinki", r"2014", r"October 2018|online course",
            r"Podgorica|Sarajevo", r"2004 Action Plan"),
    "Q38": (r"1325|first (?:\w+ )?resolution", r"repatriation|resettlement|reintegration",
            r"OSCE.*policy"),
}  # fmt: skip
"""What a quotation must hold, in own words, by question: one of them is enough."""

FOLLOW_UP_HOLDS: Mapping[str, tuple[str, ...]] = {
    "C01": (r"\b9\s?%", r"2017"),
    "C02": (r"immigration detention",),
    "C06": (r"2008", r"SSR Toolkit", r"UN-INSTRAW", r"Practice Note"),
}
"""What the quotations of a second answer must hold together: all of it."""


@dataclass(frozen=True)
class Asked:
    """A question and what became of it. ``kind`` is answerable, unanswerable, about or follow_up.

    ``base`` says that it is a question of ``questions.json``, not a rewording.
    """

    id: str
    kind: str
    base: bool
    turns: tuple[str, ...]
    answers: tuple[Answer, ...] = field(repr=False)

    @property
    def answer(self) -> Answer:
        """The last answer: the one that counts."""
        return self.answers[-1]

    @cached_property
    def quoted(self) -> str:
        """All quotations of the last answer."""
        return "\n".join(each.quote for each in self.answer.citations)

    @cached_property
    def held(self) -> list[str]:
        """The patterns that a quotation holds, of those that one must."""
        patterns = FOLLOW_UP_HOLDS if self.kind == "follow_up" else MUST_HOLD
        return [each for each in patterns.get(self.id, ()) if _holds(each, self.quoted)]

    @property
    def fault(self) -> str | None:
        """What is wrong, or None."""
        outcome = self.answer.outcome
        wanted = {
            "unanswerable": {Outcome.NOT_IN_LIBRARY},
            "about": {Outcome.ABOUT_ASSISTANT},
        }.get(self.kind, {Outcome.ANSWERED, Outcome.PARTIAL})
        if outcome not in wanted:
            return f"outcome is {outcome}"
        if self.kind == "follow_up":
            absent = [each for each in FOLLOW_UP_HOLDS[self.id] if each not in self.held]
            return f"no quotation holds {absent}" if absent else None
        if self.kind == "answerable" and not self.held:
            return f"no quotation holds any of {list(MUST_HOLD[self.id])}"
        return None

    def line(self) -> str:
        """Return the question with its fault in one line."""
        return f"{self.id}{'' if self.base else ' (reworded)'}: {self.turns[-1]!r}: {self.fault}"


def _holds(pattern: str, text: str) -> bool:
    return re.search(pattern, text, re.IGNORECASE) is not None


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


def ask_base(assistant: Assistant) -> list[Asked]:
    """Ask the English questions of ``questions.json``."""
    data = json.loads(QUESTIONS.read_text(encoding="utf-8"))
    asked = [
        _ask(assistant, item["id"], "answerable", True, [item["question"]])
        for item in data["questions"]
        if item["lang"] == "en" and item["basis"] in ANSWERABLE
    ]
    asked += [
        _ask(assistant, item["id"], "unanswerable", True, [item["question"]])
        for item in data["unanswerable"]
        if item["lang"] == "en"
    ]
    asked += [
        _ask(assistant, item["id"], "follow_up", True, item["turns"])
        for item in data["follow_up_pairs"]
        if item["id"] in FOLLOW_UPS
    ]
    return asked


def ask_rewordings(assistant: Assistant) -> dict[str, list[Asked]]:
    """Ask all rewordings, by group."""
    data: dict[str, Any] = json.loads(REWORDINGS.read_text(encoding="utf-8"))
    groups: dict[str, list[Asked]] = {}
    for group, kind in (("answerable", "answerable"), ("unanswerable", "unanswerable")):
        groups[group] = [
            _ask(assistant, item["id"], kind, False, [question])
            for item in data[group]
            for question in item["questions"]
        ]
    for group, kind in (("new_unanswerable", "unanswerable"), ("about_assistant", "about")):
        groups[group] = [_ask(assistant, group, kind, False, [text]) for text in data[group]]
    groups["follow_ups"] = [
        _ask(assistant, item["id"], "follow_up", False, turns)
        for item in data["follow_ups"]
        for turns in item["turns"]
    ]
    return groups


def _ask(
    assistant: Assistant, question_id: str, kind: str, base: bool, turns: Sequence[str]
) -> Asked:
    history: list[Turn] = []
    for question in turns:
        history.append(Turn(question, assistant.ask(question, history)))
    answers = tuple(turn.answer for turn in history)
    return Asked(question_id, kind, base, tuple(turns), answers)


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
        base = ask_base(assistant)
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
