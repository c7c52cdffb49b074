"""Conversations about documents: doc2dial (Feng et al., 2020), whole documents, gold spans.

A hit counts when it shares characters with a gold span.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from gendergpt.assistant import LONGEST_QUESTION
from gendergpt.evaluation import ranking, sets
from gendergpt.evaluation.alignment import overlap
from gendergpt.evaluation.bench import Bench
from gendergpt.evaluation.figures import OURS, PLAIN, Results
from gendergpt.evaluation.libraries import Loaded, Material
from gendergpt.evaluation.plain import Chunk
from gendergpt.types import Answer, Hit, Outcome, Turn

HISTORY, LAST, JOINED, FIRST = (
    "with history",
    "last turn alone",
    "turns joined",
    "first turns",
)
_LOOKED_AT = 10
_NOTE = "plain LangChain knows no history: it searches for all turns in one"


class Conversations:
    """The set in a folder: ``docs.jsonl``, ``queries.jsonl``, ``queries_with_history.jsonl``."""

    kind = "conversations"
    compared = True

    def __init__(self, folder: Path) -> None:
        self.name = folder.resolve().name
        self._documents = tuple(sets.documents(folder / "docs.jsonl"))
        keys = ("id", "text", "history", "gold_doc", "gold_spans")
        self._turns = list(sets.rows(folder / "queries.jsonl", keys))
        joined = folder / "queries_with_history.jsonl"
        self._joined = sets.queries(joined) if joined.is_file() else {}
        self.queries = len(self._turns)

    def material(self) -> Material:
        """Return the whole documents."""
        return Material(documents=self._documents)

    def measure(self, bench: Bench) -> Results:
        """Measure whether the gold span comes up: in the conversation, and for turns alone."""
        asked = bench.sample(self._turns, share=1.5)
        ids = [str(turn["id"]) for turn in asked]
        tasks = {task: ranking.places(task, ids) for task in (HISTORY, LAST, JOINED)}
        first = ranking.places(FIRST, [str(turn["id"]) for turn in asked if not turn["history"]])
        for turn in bench.each(asked, "turns"):
            id_, text = str(turn["id"]), str(turn["text"])
            joined = self._joined.get(id_, text)[-LONGEST_QUESTION:]
            found = bench.retrieved(text, history(turn["history"]))
            tasks[HISTORY].add(OURS, id_, _ours(bench.loaded, turn, found))
            if not turn["history"]:
                first.add(OURS, id_, _ours(bench.loaded, turn, found))
            for task, words in ((LAST, text), (JOINED, joined)):
                hits = bench.search(words, _LOOKED_AT)
                tasks[task].add(OURS, id_, _ours(bench.loaded, turn, hits))
                if bench.plain is not None:
                    chunks = bench.plain_search(words, _LOOKED_AT)
                    tasks[task].add(PLAIN, id_, _plain(turn, chunks))
        if bench.plain is not None:  # it knows no history: it gets the turns in one
            tasks[HISTORY].ways[PLAIN] = tasks[JOINED].ways[PLAIN]
        results = Results(notes=(_NOTE,) if bench.plain is not None else ())
        for each in (*tasks.values(), first):
            results += each.results()
        return results


def history(said: Sequence[dict[str, Any]]) -> list[Turn]:
    """Return a conversation as turns; a reply is the text of an answer without quotations.

    Args:
        said: {role, text}, oldest first; the role is user or agent. What an agent says first, or
            says again, goes with the user's words before it.
    """
    turns: list[Turn] = []
    for each in said:
        if each["role"] == "user":
            turns.append(_turn(str(each["text"]), ""))
        elif turns:
            reply = f"{turns[-1].answer.text} {each['text']}".strip()
            turns[-1] = _turn(turns[-1].question, reply)
    return turns


def _turn(question: str, reply: str) -> Turn:
    return Turn(question, Answer(question, Outcome.ANSWERED, reply, query=question))


def _ours(loaded: Loaded, turn: dict[str, Any], hits: Sequence[Hit]) -> ranking.Ranking:
    return ranking.judged([any(_found(loaded, turn, hit)) for hit in hits])


def _found(loaded: Loaded, turn: dict[str, Any], hit: Hit) -> Iterator[bool]:
    document = str(turn["gold_doc"])
    if document not in loaded.origin.get(hit.document.id, ()):
        return
    for span in hit.passage.spans:
        stretch = loaded.span(hit.document.id, document, span.start, span.end)
        if stretch is not None:
            yield _in_gold(turn, stretch)


def _plain(turn: dict[str, Any], chunks: Sequence[Chunk]) -> ranking.Ranking:
    document = str(turn["gold_doc"])
    return ranking.judged(
        [
            chunk.document == document and _in_gold(turn, (chunk.start, chunk.end))
            for chunk in chunks
        ]
    )


def _in_gold(turn: dict[str, Any], stretch: tuple[int, int]) -> bool:
    gold = [(int(each["start"]), int(each["end"])) for each in turn["gold_spans"]]
    return any(overlap(stretch, each) for each in gold)
