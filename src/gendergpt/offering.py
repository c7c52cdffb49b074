"""Questions that are offered: to begin with, and after an answer. Each was asked, and answered.

They are made of what the library holds (see ``suggesting``) and checked with the very assistant
that will be asked, within a time that nobody minds.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

from gendergpt.glossary import Glossary
from gendergpt.ledger import Stored
from gendergpt.library import Library
from gendergpt.references import basis_of
from gendergpt.suggesting import Suggestion, about_heading, about_terms, in_turn, meaning
from gendergpt.types import Answer, Document, Filters, Hit, Kind, Outcome, Passage, Turn

Ask = Callable[[str, Sequence[Turn], Filters | None], Answer]
Pair = tuple[Document, Passage]
Search = Callable[[str, int, Filters | None], Sequence[Hit]]

BEGINNINGS = 4
FOLLOWUPS = 3
_SECONDS_FOR_BEGINNINGS = 6.0
_SECONDS_FOR_FOLLOWUPS = 3.0
_TERMS = 2
_PASSAGES = 200
_HITS = 30
_LONGEST = 400
_REACH = 40
_OF_EACH = 2
_BODY = 40_000
_LOOKED_AT = 10


class Offers:
    """Finds questions that a library answers.

    Args:
        library: an open library.
        ask: answers a question, given the conversation before it and filters.
        search: returns so many passages for a text under filters, best first.
        clock: tells the time in seconds.
    """

    def __init__(
        self,
        library: Library,
        ask: Ask,
        search: Search,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._library = library
        self._ask = ask
        self._search = search
        self._clock = clock
        self._beginnings: tuple[int, list[str]] | None = None
        self._making = threading.Lock()
        self._following = threading.Lock()

    def beginnings(self, known: Glossary) -> list[str]:
        """Return questions to begin with, of several publications; kept while the library is.

        Args:
            known: the terms of the library.
        """
        with self._making:
            generation = self._library.refresh()
            if self._beginnings is None or self._beginnings[0] != generation:
                found = self._found_to_begin(known)
                self._beginnings = (generation, found)
            return list(self._beginnings[1])

    def followups(
        self, history: Sequence[Turn], filters: Filters | None, known: Glossary
    ) -> list[str]:
        """Return questions that go on from the last answer, or none.

        They are in English, so only an answer in English gets any, and only one conversation at a
        time: the others' answers come first.

        Args:
            history: the conversation, oldest turn first, its last answer with it.
            filters: what the search is limited to.
            known: the terms of the library.
        """
        last = history[-1].answer if history else None
        if last is None or last.outcome is Outcome.ABOUT_ASSISTANT or last.language != "en":
            return []
        if not self._following.acquire(blocking=False):
            return []
        try:
            return self._found_to_go_on(history, filters, known)
        finally:
            self._following.release()

    # --- to begin with ---------------------------------------------------------------------------

    def _found_to_begin(self, known: Glossary) -> list[str]:
        self._search("border", 1, None)  # loads the model, which is not to count
        until = self._clock() + _SECONDS_FOR_BEGINNINGS
        some = self._answered(about_terms(known.terms), until, _TERMS)
        some += self._answered(self._headings(), until, BEGINNINGS - len(some))
        return _mixed(some)

    def _headings(self) -> Iterator[Suggestion]:
        """Yield questions about headings, a few of each document: originals, long ones first."""
        documents = [each for each in self._library.documents() if not each.superseded_by]
        documents.sort(key=lambda each: (each.kind is Kind.SUMMARY, -each.passages))
        for document in documents:
            held = self._passages(document)[:_PASSAGES]
            yield from sorted(_about(_pairs(held)), key=_plainness)[:_OF_EACH]

    def _answered(self, some: Iterable[Suggestion], until: float, most: int) -> list[str]:
        """Return questions that are answered, one about each publication and document."""
        found: list[Suggestion] = []
        for each in some:
            if len(found) == most or self._clock() >= until:
                break
            if all(_distinct(each, other) for other in found) and self._answers(each, (), None):
                found.append(each)
        return [each.question for each in found]

    def _passages(self, document: Document) -> list[Stored]:
        found = self._library.ledger.revision(document.id)
        return self._library.ledger.passages(found[0]) if found is not None else []

    # --- after an answer -------------------------------------------------------------------------

    def _found_to_go_on(
        self, history: Sequence[Turn], filters: Filters | None, known: Glossary
    ) -> list[str]:
        until = self._clock() + _SECONDS_FOR_FOLLOWUPS
        told = {each.quote for turn in history for each in turn.answer.citations}
        last = history[-1].answer
        before = [set(self._library.lexical.terms(turn.question)) for turn in history]
        offered: list[str] = []
        for each in itertools.islice(self._near(last, filters, known), _LOOKED_AT):
            if len(offered) == FOLLOWUPS or self._clock() >= until:
                break
            words = set(self._library.lexical.terms(each.question))
            if any(words <= others for others in before):
                continue
            answer = self._answers(each, history, filters)
            quotes = {citation.quote for citation in answer.citations} if answer else set()
            if quotes - told:
                offered.append(each.question)
                before.append(words)
                told |= quotes
        return offered if self._clock() < until + 1 else []

    def _near(
        self, answer: Answer, filters: Filters | None, known: Glossary
    ) -> Iterator[Suggestion]:
        """Yield questions about what comes nearest to the answer, and one term that it uses."""
        quotes = [citation.quote for citation in answer.citations]
        texts = [answer.query or answer.question, *quotes[:1]]
        hits = [hit for text in texts for hit in self._search(text[:_LONGEST], _HITS, filters)]
        done = {citation.heading[-1:] for citation in answer.citations}
        pairs = [(hit.document, hit.passage) for hit in hits]
        near = in_turn(
            _about([each for each in pairs if each[1].heading[-1:] not in done]), _OF_EACH
        )
        yield from itertools.islice(near, FOLLOWUPS - 1)
        ids = {citation.document.id for citation in answer.citations}
        for _, _, term in itertools.islice(known.occurrences(" ".join(quotes), ids), 1):
            yield Suggestion(meaning(term.name), term.document.id, term.name, is_term=True)
        yield from near
        for document in dict.fromkeys(citation.document for citation in answer.citations):
            held = self._passages(document)
            at = _place(held, answer)
            some = sorted(held, key=lambda each: abs(each.position - at))[:_REACH]
            yield from _about([each for each in _pairs(some) if each[1].heading[-1:] not in done])

    def _answers(
        self, each: Suggestion, history: Sequence[Turn], filters: Filters | None
    ) -> Answer | None:
        """Return the answer to a question if it is one, from where it should be, asked as such."""
        answer = self._ask(each.question, history, filters)
        meant = any(citation.document.id == each.document for citation in answer.citations)
        alone = answer.query == each.question
        return answer if answer.outcome is Outcome.ANSWERED and meant and alone else None


def _distinct(one: Suggestion, other: Suggestion) -> bool:
    """Say whether two questions are about different things: terms, or documents."""
    if one.is_term and other.is_term:
        return one.question != other.question
    return one.publication != other.publication and one.document != other.document


def _pairs(held: Iterable[Stored]) -> list[Pair]:
    return [(each.document, each.passage) for each in held]


def _about(pairs: Sequence[Pair]) -> list[Suggestion]:
    """Return questions about the headings of passages, in their order."""
    bodies: defaultdict[str, list[str]] = defaultdict(list)
    for document, passage in pairs:
        bodies[document.id].append(passage.text)
    texts = {document: " ".join(body)[:_BODY] for document, body in bodies.items()}
    made = (
        about_heading(document, passage, basis_of(document, passage.heading), texts[document.id])
        for document, passage in pairs
    )
    return list({each.question: each for each in made if each is not None}.values())


def _place(held: Sequence[Stored], answer: Answer) -> int:
    """Return the position of the first passage that is quoted, among those of its document."""
    quoted = {citation.passage_id for citation in answer.citations}
    return next((each.position for each in held if each.passage.id in quoted), 0)


def _plainness(each: Suggestion) -> tuple[bool, int]:
    """Return what orders the questions of a publication: its own questions first, then short."""
    return each.question.startswith("What does “"), abs(len(each.question.split()) - 12)


def _mixed(some: list[str]) -> list[str]:
    """Return questions about terms and about headings in turn."""
    half = min(_TERMS, len(some))
    rows = itertools.zip_longest(some[half:], some[:half])
    return [each for row in rows for each in row if each is not None]
