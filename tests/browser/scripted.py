"""A scripted assistant: real enough to show every kind of answer, without a library."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from gendergpt.errors import LibraryMissing
from gendergpt.glossary import Glossary
from gendergpt.types import (
    Answer,
    Basis,
    Citation,
    Document,
    Event,
    Filters,
    Hit,
    Kind,
    Outcome,
    Page,
    PageRef,
    Passage,
    Retrieved,
    Searched,
    Span,
    Stage,
    Status,
    TextDelta,
    Turn,
)

EVIL = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>${window.hacked=1}'

TOOL6 = Document(
    id="d-tool6",
    title="Border Management and Gender (Tool 6, Gender and Security Toolkit)",
    publisher="DCAF, OSCE/ODIHR, UN Women",
    year=2020,
    edition="2nd edition",
    language="en",
    url="https://www.dcaf.ch/tool-6-border-management-and-gender",
    pages=64,
    passages=212,
)
GCM = Document(
    id="d-gcm",
    title="Notes on the Global Compact for Migration",
    publisher="GenderGPT",
    year=2026,
    language="en",
    kind=Kind.SUMMARY,
    based_on=(
        Basis(
            title="Global Compact for Safe, Orderly and Regular Migration (A/RES/73/195)",
            publisher="UN",
            year=2018,
            place="para. 27",
            url="https://undocs.org/A/RES/73/195",
            seen="PAGE",
        ),
    ),
    passages=18,
)
HOSTILE = Document(
    id="d-evil",
    title=f"Guide {EVIL}",
    publisher="<b>Bad & Co</b>",
    year=2024,
    edition="</div><h1>x</h1>",
    url="javascript:alert(1)",
    path="<svg onload=alert(1)>.pdf",
    passages=1,
)

_WOMEN = (
    "Mixed teams of women and men officers are available at every crossing point during all shifts."
)
_SEARCH = (
    "Searches of a person are carried out by an officer of the same sex, in a private and clean "
    "room, out of sight of the other travellers and of staff who are not needed."
)
_GCM_QUOTE = (
    "States commit to border management that respects the human rights of all migrants, whatever "
    "their status, and that is gender-responsive and child-sensitive."
)


def _passage(name: str, document: Document, text: str, heading: str, page: PageRef | None) -> Hit:
    passage = Passage(
        id=name,
        document_id=document.id,
        text=text,
        spans=(Span(page, 0, len(text)),),
        heading=("4. What can be done", heading),
    )
    return Hit(1, 0.9, Stage.RERANKED, passage, document)


HITS = (
    _passage(
        "p1",
        TOOL6,
        "Recruitment targets alone change little. Mixed teams of women and men\nofficers are "
        "available at every crossing point during all shifts. Rosters are checked each month.",
        "4.2 Staffing the crossing point",
        PageRef(22, "14"),
    ),
    _passage(
        "p2",
        TOOL6,
        "Procedures name who may search whom. " * 8 + _SEARCH + " Each search is recorded with its "
        "ground and the names of those present. The record is open to internal oversight and to "
        "the national human rights institution.",
        "4.4 Searches",
        PageRef(29, None),
    ),
    _passage("p3", GCM, _GCM_QUOTE, "Objective 11", None),
    _passage(
        "p4",
        TOOL6,
        "Complaints mechanisms are known to travellers, work without identification, and report "
        "figures by sex and age at least once a year to the oversight body.",
        "4.6 Oversight",
        PageRef(35, "27"),
    ),
)


def _citation(marker: int, quote: str, hit: Hit, document: Document) -> Citation:
    return Citation(
        marker=marker,
        quote=quote,
        status=Status.NORMALISED,
        spans=hit.passage.spans,
        heading=hit.passage.heading,
        passage_id=hit.passage.id,
        document=document,
        basis=document.based_on[0] if document.based_on else None,
    )


def _answered(question: str, filters: Filters | None) -> Answer:
    return Answer(
        question=question,
        outcome=Outcome.ANSWERED,
        text=(
            "DCAF, OSCE/ODIHR, UN Women, Border Management and Gender (2020):\n"
            f"“{_WOMEN}” [1]\n“{_SEARCH}” [2]\n\n"
            "Our summary of the Global Compact for Migration (A/RES/73/195, 2018), para. 27:\n"
            f"“{_GCM_QUOTE}” [3]"
        ),
        citations=(
            _citation(1, _WOMEN, HITS[0], TOOL6),
            _citation(2, _SEARCH, HITS[1], TOOL6),
            _citation(3, _GCM_QUOTE, HITS[2], GCM),
        ),
        notes=("On searches, national law prevails over any guidance.",),
        reading=(HITS[3],),
        searched=_searched(filters),
    )


def _partial(question: str, filters: Filters | None) -> Answer:
    return Answer(
        question=question,
        outcome=Outcome.PARTIAL,
        text=(f"DCAF, OSCE/ODIHR, UN Women, Border Management and Gender (2020):\n“{_SEARCH}” [1]"),
        citations=(_citation(1, _SEARCH, HITS[1], TOOL6),),
        missing=("Norway", "the year 2031"),
        nearest=(HITS[3],),
        searched=_searched(filters),
    )


def _none(question: str, filters: Filters | None) -> Answer:
    return Answer(
        question=question,
        outcome=Outcome.NOT_IN_LIBRARY,
        text="The library holds no answer to this question.\nNot found: the budget; 2031.",
        missing=("the budget", "2031"),
        nearest=(HITS[0], HITS[3]),
        originals=(
            Basis(
                "Regulation (EU) 2019/1896 on the European Border and Coast Guard",
                "European Union",
                2019,
                url="https://eur-lex.europa.eu/eli/reg/2019/1896/oj",
            ),
        ),
        searched=_searched(filters),
    )


def _about(question: str, filters: Filters | None) -> Answer:
    return Answer(
        question=question,
        outcome=Outcome.ABOUT_ASSISTANT,
        text="I find passages in this library and quote them. Ask me about its documents.",
    )


def _hostile(question: str, filters: Filters | None) -> Answer:
    quote = f"Officers write {EVIL} in the log."
    hit = _passage("p-evil", HOSTILE, f"Before. {quote} After {EVIL}.", EVIL, PageRef(1, EVIL))
    return Answer(
        question=question,
        outcome=Outcome.PARTIAL,
        text=f"Guide {EVIL}:\n“{quote}” [1]",
        citations=(_citation(1, quote, hit, HOSTILE),),
        missing=(EVIL,),
        notes=(EVIL,),
        nearest=(hit,),
        reading=(hit,),
        searched=_searched(filters),
    )


def _searched(filters: Filters | None) -> Searched:
    return Searched(2, 230, filters.to_dict() if filters else {})


@dataclass
class ScriptedAssistant:
    """Answers by a word of the question: budget, Norway, hello, hostile, broken, missing, slow."""

    held: list[Document] = field(default_factory=lambda: [TOOL6, GCM])
    pause: float = 0.0
    calls: list[tuple[str, tuple[Turn, ...], Filters | None]] = field(default_factory=list)
    hold: threading.Event = field(default_factory=threading.Event)
    offered: list[str] = field(default_factory=list)
    known: Glossary = field(default_factory=Glossary)
    folder: Path = Path("no-library")
    texts: dict[str, tuple[list[Page], list[Passage]]] = field(default_factory=dict)

    def pages(self, document_id: str) -> list[Page]:
        """Return the scripted pages of a document."""
        return self.texts.get(document_id, ([], []))[0]

    def passages(self, document_id: str) -> list[Passage]:
        """Return the scripted passages of a document."""
        return self.texts.get(document_id, ([], []))[1]

    def stream(
        self, question: str, history: Sequence[Turn] = (), filters: Filters | None = None
    ) -> Iterator[Event]:
        """Yield the events of the scripted answer."""
        self.calls.append((question, tuple(history), filters))
        if "broken" in question:
            raise ZeroDivisionError("secret detail")
        if "missing" in question:
            raise LibraryMissing("There is no library in <b>library</b> yet; run `make run`.")
        answer = self._script(question)(question, filters)
        hits = answer.nearest if "hostile" in question else HITS
        yield Retrieved(hits)
        for number, word in enumerate(answer.text.split(" ")):
            time.sleep(self.pause)
            yield TextDelta(word if number == 0 else " " + word)
            if "slow" in question and number == 8:
                self.hold.wait(20)
        yield answer

    def documents(self) -> list[Document]:
        """Return what the scripted library holds."""
        return list(self.held)

    def page_text(self, document_id: str, number: int | None) -> str | None:
        """Return the quotation that stands on a page; each has one to itself."""
        quotes = dict(zip((22, 29, None), (_WOMEN, _SEARCH, _GCM_QUOTE), strict=True))
        return quotes.get(number) if self._holds(document_id) else None

    def passage(self, document_id: str, passage_id: str) -> Passage | None:
        """Return a passage of a document that is held."""
        found = [hit.passage for hit in HITS if hit.passage.id == passage_id]
        return found[0] if found and self._holds(document_id) else None

    def _holds(self, document_id: str) -> bool:
        return any(each.id == document_id for each in self.held)

    def suggestions(self) -> list[str]:
        """Return example questions."""
        return [
            "Who may search a woman traveller?",
            "How are mixed patrols staffed?",
            "What does the Global Compact for Migration say about borders?",
        ]

    def followups(self, history: Sequence[Turn], filters: Filters | None = None) -> list[str]:
        """Return the questions that a test set."""
        return [each for each in self.offered if each != history[-1].question]

    def glossary(self) -> Glossary:
        """Return the terms that a test set."""
        return self.known

    @staticmethod
    def _script(question: str) -> Callable[[str, Filters | None], Answer]:
        for word, script in (
            ("budget", _none),
            ("Norway", _partial),
            ("hello", _about),
            ("hostile", _hostile),
        ):
            if word in question:
                return script
        return _answered


@dataclass
class Site:
    """A served page, the assistant behind it, and the folder that feedback is kept in."""

    url: str
    assistant: ScriptedAssistant
    library: Path
