"""What practitioners ask, and whether they get it: answers, an honest no, follow-ups.

Judging is done by words: for each thing that an answer must hold there is a pattern of our own, and
a quotation must hold it. Whether the sentence around them is right is for a person to judge.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from gendergpt.types import Answer, Outcome, Turn

Ask = Callable[[str, Sequence[Turn]], Answer]
"""How a question with its history is asked: ``Assistant.ask``."""

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

FOREIGN_HOLDS: Mapping[str, tuple[str, ...]] = {
    "Q39": (r"трансгранич|приграничн|сосед|cross-border|neighbo", r"№\s?38|No\.?\s?38"),
    "C05": (r"Objective 12|цел[ьи] 12|predictab|предсказуем", r"trauma|referral|screening"),
}
"""The same for questions and follow-ups in Russian; one of them is enough."""


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
        return [each for each in self.patterns if holds(each, self.quoted)]

    @property
    def patterns(self) -> tuple[str, ...]:
        """What quotations must hold: all of it for follow-ups, one of it for others."""
        if self.id in FOREIGN_HOLDS:
            return FOREIGN_HOLDS[self.id]
        known = FOLLOW_UP_HOLDS if self.kind == "follow_up" else MUST_HOLD
        return known.get(self.id, ())

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
        if self.kind == "follow_up" and self.id not in FOREIGN_HOLDS:
            absent = [each for each in self.patterns if each not in self.held]
            return f"no quotation holds {absent}" if absent else None
        if self.kind in ("answerable", "follow_up") and not self.held:
            return f"no quotation holds any of {list(self.patterns)}"
        return None

    def line(self) -> str:
        """Return the question with its fault in one line."""
        return f"{self.id}{'' if self.base else ' (reworded)'}: {self.turns[-1]!r}: {self.fault}"


def holds(pattern: str, text: str) -> bool:
    """Say whether a pattern stands in a text, in capitals or not."""
    return re.search(pattern, text, re.IGNORECASE) is not None


def ask_base(answer: Ask, data: Mapping[str, Any]) -> list[Asked]:
    """Ask the English questions of ``questions.json``, given its content."""
    asked = [
        ask(answer, item["id"], "answerable", True, [item["question"]])
        for item in data["questions"]
        if item["lang"] == "en" and item["basis"] in ANSWERABLE
    ]
    asked += [
        ask(answer, item["id"], "unanswerable", True, [item["question"]])
        for item in data["unanswerable"]
        if item["lang"] == "en"
    ]
    asked += [
        ask(answer, item["id"], "follow_up", True, item["turns"])
        for item in data["follow_up_pairs"]
        if item["id"] in FOLLOW_UPS
    ]
    return asked


def ask_foreign(answer: Ask, data: Mapping[str, Any]) -> list[Asked]:
    """Ask those questions and follow-ups of ``questions.json`` that are not in English."""
    asked = [
        ask(answer, item["id"], "answerable", True, [item["question"]])
        for item in data["questions"]
        if item["id"] in FOREIGN_HOLDS
    ]
    asked += [
        ask(answer, item["id"], "follow_up", True, item["turns"])
        for item in data["follow_up_pairs"]
        if item["id"] in FOREIGN_HOLDS
    ]
    return asked


def ask(answer: Ask, question_id: str, kind: str, base: bool, turns: Sequence[str]) -> Asked:
    """Ask the turns of a conversation, each with those before it."""
    history: list[Turn] = []
    for question in turns:
        history.append(Turn(question, answer(question, history)))
    answers = tuple(turn.answer for turn in history)
    return Asked(question_id, kind, base, tuple(turns), answers)
