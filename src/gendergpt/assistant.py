"""Question in, events out: retrieval, the choice of quotations, their verification, the answer.

An assistant holds no conversation; whoever asks brings the history along.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from gendergpt.answering import model
from gendergpt.calibration import Calibration, Limits, calibration
from gendergpt.citations import verify
from gendergpt.closely import choose_lines, document
from gendergpt.conversation import spoken
from gendergpt.embedding import ENGLISH, Encoder, SentenceTransformerEncoder
from gendergpt.errors import UsageError
from gendergpt.filters import passes
from gendergpt.followups import in_context
from gendergpt.framing import (
    about,
    composed,
    corrections,
    foreign_quotes,
    lacking,
    prevails,
    refusal,
    support,
)
from gendergpt.glossary import Glossary
from gendergpt.languages import answer_language
from gendergpt.library import Library
from gendergpt.offering import Offers
from gendergpt.originals import as_basis, missing, named_in, names_by_id, newest
from gendergpt.phrases import Phrases, phrases
from gendergpt.questions import Question, about_assistant, read, touches_law
from gendergpt.quotable import front_matter
from gendergpt.quotations import Choice, choose
from gendergpt.references import basis_of, is_own
from gendergpt.retrieval import Candidate, Found, Query, Retriever
from gendergpt.scoring import Analyse, Piece, Source, beyond, pieces, tells_something, wanted
from gendergpt.settings import Settings
from gendergpt.terms import in_english
from gendergpt.types import (
    Answer,
    Basis,
    Citation,
    Document,
    Event,
    Filters,
    Hit,
    Kind,
    Original,
    Outcome,
    Page,
    Passage,
    Retrieved,
    Searched,
    Stage,
    Status,
    TextDelta,
    Turn,
)

LONGEST_QUESTION = 2000
_LOOKED_AT = 20
_LOOKED_AT_FOR_PART = 5
_NEAREST = 3
_ORIGINALS = 3
_READING = 4
_log = logging.getLogger(__name__)


def build_assistant(settings: Settings | None = None) -> Assistant:
    """Put an assistant together from settings; the environment's by default.

    Raises:
        LibraryMissing: nothing has been ingested yet.
        LibraryMismatch: the library was made with another model or version.
        ModelUnavailable: the encoder's weights cannot be used.
    """
    settings = settings or Settings()
    encoder = SentenceTransformerEncoder(settings.encoder, settings.precision)
    return Assistant(Library(settings, encoder.fingerprint, encoder.name), encoder)


class Assistant:
    """Answers questions from one library with quotations that were found on their pages.

    Args:
        library: an open library.
        encoder: the encoder that the library was made with.
        limits: how weak an answer may be; by default as calibrated for the encoder.
    """

    def __init__(
        self, library: Library, encoder: Encoder, limits: Calibration | None = None
    ) -> None:
        self._calibration = limits or calibration(encoder.name)
        self.library = library
        self._encoder = encoder
        self._retriever = Retriever(library, encoder)
        self._offers = Offers(library, self.ask, self.search)
        self._glossary: tuple[int, Glossary] | None = None

    def warm_up(self) -> None:
        """Load the model and open the stores now, so that the first question does not wait."""
        self._retriever.search("граница", 1)  # what other languages need is loaded with it
        self.suggestions()
        self.glossary()

    @property
    def encoder(self) -> str:
        """The encoder's name."""
        return self._encoder.name

    def relevance(self, question: str) -> tuple[float, float]:
        """Return the relevance of the best sentence, and the cosine of the nearest passage.

        Refusals are calibrated with them.
        """
        reading = read(_checked(question))
        query = self._retriever.query(reading.asked)
        found, _ = self._found(reading, query, None)
        return self._choice(reading, query, found, ()).relevance, found.similarity

    def documents(self) -> list[Document]:
        """Return what the library holds now, by title."""
        self.library.refresh()
        return self.library.documents()

    @property
    def folder(self) -> Path:
        """The library's folder."""
        return self.library.folder

    def page_text(self, document_id: str, number: int | None) -> str | None:
        """Return a page's own text (``number`` None: formats without pages), or None."""
        return self.library.ledger.page_text(document_id, number)

    def passage(self, document_id: str, passage_id: str) -> Passage | None:
        """Return a passage of a document, or None."""
        return self.library.ledger.passage(document_id, passage_id)

    def pages(self, document_id: str) -> list[Page]:
        """Return a document's pages with their own text, none where the library does not hold it.

        Formats without pages have one, whose number is None.
        """
        return self.library.ledger.pages(document_id)

    def passages(self, document_id: str) -> list[Passage]:
        """Return a document's passages in order, none where the library does not hold it."""
        found = self.library.ledger.revision(document_id)
        stored = self.library.ledger.passages(found[0]) if found is not None else []
        return [each.passage for each in stored]

    def originals(self) -> list[Original]:
        """Return the publications that the library's catalogues name, there or missing, by id."""
        return self.library.ledger.originals()

    def suggestions(self) -> list[str]:
        """Return questions to begin with, made of what the library holds and answered by it."""
        return self._offers.beginnings(self.glossary())

    def followups(self, history: Sequence[Turn], filters: Filters | None = None) -> list[str]:
        """Return questions that go on from the last answer of a conversation and are answered.

        There may be none: where nothing fits, or where others are just being looked for.
        """
        return self._offers.followups(history, filters, self.glossary())

    def glossary(self) -> Glossary:
        """Return the terms and acronyms that the library explains now."""
        generation = self.library.refresh()
        if self._glossary is None or self._glossary[0] != generation:
            self._glossary = (generation, self.library.glossary())
        return self._glossary[1]

    def search(
        self,
        text: str,
        limit: int = 10,
        filters: Filters | None = None,
        stage: Stage = Stage.RERANKED,
    ) -> list[Hit]:
        """Return up to ``limit`` passages, best first.

        Args:
            text: a question or keywords.
            limit: most hits to return, at least 1.
            filters: what the search is limited to.
            stage: the step of retrieval whose order is wanted; the last one by default.

        Raises:
            UsageError: the text is empty or too long, or the limit is below 1.
            LibraryMismatch: the library has been encoded anew with another model.
        """
        if limit < 1:
            raise UsageError(f"limit = {limit}: at least 1 hit must be asked for.")
        self.library.refresh()
        wanted = self.library.lexical.corrected(in_english(_checked(text)).text).text
        hits = self._retriever.search(wanted, limit, filters, stage)
        self.library.refresh()  # refuses hits of a model that the library has left meanwhile
        return hits

    def ask(
        self, question: str, history: Sequence[Turn] = (), filters: Filters | None = None
    ) -> Answer:
        """Return the answer to a question.

        Args:
            question: at most :data:`LONGEST_QUESTION` characters.
            history: earlier turns of the conversation, oldest first.
            filters: what the search is limited to.

        Raises:
            UsageError: the question is empty or too long.
            LibraryMismatch: the library has been encoded anew with another model.
        """
        for event in self.stream(question, history, filters):
            if isinstance(event, Answer):
                return event
        raise AssertionError("a stream ends with an Answer")

    def stream(
        self, question: str, history: Sequence[Turn] = (), filters: Filters | None = None
    ) -> Iterator[Event]:
        """Yield ``Retrieved``, then the answer's text in ``TextDelta`` pieces, then the ``Answer``.

        Arguments and errors are those of :meth:`ask`.
        """
        text = _checked(question)
        say = phrases(answer_language(text, history[-1].answer.language if history else "en"))
        frame = _Frame(text, self.library.refresh(), self.encoder, filters, say)
        if about_assistant(text):
            yield Retrieved(())
            yield from _told(self._about(frame))
            return
        earlier, typed, told = _context(history)
        resolved = in_context(text, earlier, told, typed)
        spelled = self.library.lexical.corrected(resolved.text)
        if spelled.changes and resolved.own is None:
            resolved = replace(resolved, text=spelled.text)
            frame = replace(frame, corrected=spelled.changes)
        reading = read(resolved.text, resolved.own)
        query = self._retriever.query(reading.asked)
        found, ordered = self._found(reading, query, filters)
        hits = _numbered(ordered)
        talk = spoken(text, history)
        if talk is None:
            yield Retrieved(hits)
        else:
            own = self._retriever.query(text) if resolved.own is not None else query
            heard = self._retriever.candidates(own, filters, talk).candidates[:_LOOKED_AT]
            joined, ordered = _joined(found, heard, ordered)
            yield Retrieved(_numbered(ordered))
            if resolved.own is not None:  # a question that stands alone is answered as if alone
                found, hits = joined, _numbered(ordered)
        told = told if resolved.more else []
        choice = self._closely(reading, query, found, told, filters)
        if choice is None:
            choice = self._choice(reading, query, found, told)
        citations = self._citations(choice.quotes)
        sure = choice.confidence
        sure = self._limits(query).confidence(choice.relevance) if sure is None else sure
        confidence = round(sure, 4)
        answer = self._answer(frame, reading, choice, citations, hits, confidence)
        self.library.refresh()  # refuses an answer from a model that the library has left meanwhile
        yield from _told(answer)

    # --- steps -----------------------------------------------------------------------------------

    def _found(
        self, question: Question, query: Query, filters: Filters | None
    ) -> tuple[Found, tuple[Candidate, ...]]:
        """Search for the whole question, then for each of its parts, which add their best.

        Returns:
            What was found, each passage at its best rank; and the passages in the order in which
            they are shown, those found for the whole question first.
        """
        whole = self._retriever.candidates(query, filters)
        first = whole.candidates[:_LOOKED_AT]
        best = {each.hit.passage.id: each for each in first}
        for start, end in question.parts:
            part = question.asked[start:end]
            if not tells_something(part, self._analyse(query)):
                continue
            more = self._retriever.candidates(self._retriever.query(part), filters)
            for each in more.candidates[:_LOOKED_AT_FOR_PART]:
                other = best.get(each.hit.passage.id)
                if other is None or each.hit.rank < other.hit.rank:
                    best[each.hit.passage.id] = each
        known = {each.hit.passage.id for each in first}
        ranked = sorted(best.values(), key=lambda each: each.hit.rank)
        others = (each for each in ranked if each.hit.passage.id not in known)
        return replace(whole, candidates=tuple(ranked)), (*first, *others)

    def _choice(
        self,
        question: Question,
        query: Query,
        found: Found,
        told: Sequence[str],
    ) -> Choice:
        lexical = self.library.lexical
        needs = wanted(question, query, self._analyse(query), lexical.rarity)
        sources = self._sources(found)
        scored = pieces(question, sources, needs, lexical.terms)
        limits = self._limits(query)
        ranked = beyond(scored, told)
        return choose(question, needs, ranked, limits, found.similarity, found.topic)

    def _sources(self, found: Found) -> list[Source]:
        names = names_by_id(self.library.ledger.originals())
        return [_source(candidate, found.placed, names) for candidate in found.candidates]

    def _closely(
        self,
        question: Question,
        query: Query,
        found: Found,
        told: Sequence[str],
        filters: Filters | None,
    ) -> Choice | None:
        """Choose among the lines of the one document that is asked about, None where it is not."""
        learnt = model(self.encoder)
        apt = query.language == ENGLISH and found.candidates and not found.placed
        if learnt is None or not apt or not _one_document(filters):
            return None
        sources = self._sources(found)
        own = self.library.ledger.page_text(sources[0].document.id, None) or ""
        lexical = self.library.lexical
        lines = document(sources, lambda span: own)
        return choose_lines(question, query, lines, learnt, lexical.terms, lexical.rarity, told)

    def _analyse(self, query: Query) -> Analyse:
        """Return what turns words of a question into terms."""
        return partial(self.library.lexical.terms, language=query.language)

    def _limits(self, query: Query) -> Limits:
        known = self._calibration
        return known.same_language if query.language == ENGLISH else known.across_languages

    def _citations(self, quotes: Sequence[Piece]) -> list[Citation]:
        """Number the quotations that are found in their pages' own text; drop the others."""
        citations: list[Citation] = []
        for piece in quotes:
            status = self._status(piece)
            if status is Status.NOT_FOUND:
                _log.warning("dropped a quotation of %s: not on its page", piece.source.document.id)
                continue
            passage = piece.source.passage
            citations.append(
                Citation(
                    marker=len(citations) + 1,
                    quote=piece.text,
                    status=status,
                    spans=piece.spans,
                    heading=passage.heading,
                    passage_id=passage.id,
                    document=piece.source.document,
                    basis=basis_of(piece.source.document, passage.heading),
                    also=piece.also,
                    numbers=piece.numbers if _is_own_numbering(piece) else (),
                )
            )
        return citations

    def _status(self, piece: Piece) -> Status:
        stretches = []
        for span in piece.spans:
            number = span.page.number if span.page else None
            text = self.library.ledger.page_text(piece.source.document.id, number)
            if text is None:
                return Status.NOT_FOUND
            stretches.append(text[span.start : span.end])
        return verify(piece.text, stretches)

    def _answer(
        self,
        frame: _Frame,
        question: Question,
        choice: Choice,
        citations: Sequence[Citation],
        hits: Sequence[Hit],
        confidence: float,
    ) -> Answer:
        say = frame.say
        absent = lacking(choice.missing, say)
        law = prevails(say) if touches_law(question.text) else None
        spelled = corrections(frame.corrected, say)
        said = (spelled, support(citations, say), foreign_quotes(citations, say), law)
        notes = tuple(note for note in said if note)
        searched = self._searched(frame.filters)
        telling = tuple(hit for hit in hits if _tells(hit))
        originals: tuple[Basis, ...] = ()
        if choice.missing or not citations:
            originals = self._originals(question, choice, telling[:_NEAREST])
        if not citations:
            near = telling[:_NEAREST]
            outcome = Outcome.NOT_IN_LIBRARY
            text = refusal(absent, searched, near, originals, say)
            reading: tuple[Hit, ...] = ()
        else:
            outcome = Outcome.PARTIAL if choice.missing else Outcome.ANSWERED
            text, near = composed(citations, absent, originals, say), ()
            quoted = {citation.passage_id for citation in citations}
            reading = tuple(hit for hit in telling if hit.passage.id not in quoted)[:_READING]
        return Answer(
            question=frame.question,
            outcome=outcome,
            text="\n\n".join([text, *notes]),
            citations=tuple(citations),
            missing=absent,
            nearest=near,
            searched=searched,
            originals=originals,
            language=say.language,
            encoder=frame.encoder,
            generation=frame.generation,
            notes=notes,
            reading=reading,
            query=question.text,
            confidence=confidence,
        )

    def _about(self, frame: _Frame) -> Answer:
        return Answer(
            question=frame.question,
            outcome=Outcome.ABOUT_ASSISTANT,
            text=about(self.library.documents(), frame.say),
            searched=self._searched(frame.filters),
            language=frame.say.language,
            encoder=frame.encoder,
            generation=frame.generation,
            query=frame.question,
        )

    def _searched(self, filters: Filters | None) -> Searched:
        documents = self.library.documents()
        if filters is not None:
            documents = [document for document in documents if passes(document, filters)]
        passages = sum(document.passages for document in documents)
        return Searched(len(documents), passages, filters.to_dict() if filters else {})

    def _originals(
        self, question: Question, choice: Choice, near: Sequence[Hit]
    ) -> tuple[Basis, ...]:
        """Return the publications that should hold it and are not in the library.

        Those that the question names; where it names none, those behind the nearest sections of
        our notes, if these are near enough.
        """
        known = self.library.ledger.originals()
        absent = {each.id: each for each in missing(self.library.documents(), known)}
        found = named_in(question.text, known)
        if not found:
            bases = [basis_of(hit.document, hit.passage.heading) for hit in near
                     if hit.passage.id in choice.near]  # fmt: skip
            ids = dict.fromkeys(basis.original for basis in bases if basis is not None)
            behind = [absent[each] for each in ids if each in absent]
            found = [each for each in newest(behind, question.text) if not _too_old(each, choice)]
        named = [as_basis(each) for each in found if each.id in absent]
        return tuple(named[:_ORIGINALS])


@dataclass(frozen=True, slots=True)
class _Frame:
    """What every answer to one question carries."""

    question: str
    generation: int
    encoder: str
    filters: Filters | None
    say: Phrases
    corrected: tuple[tuple[str, str], ...] = ()


def _one_document(filters: Filters | None) -> bool:
    named = filters.document if filters is not None else None
    return isinstance(named, str) or (named is not None and len(named) == 1)


def _numbered(candidates: Sequence[Candidate]) -> tuple[Hit, ...]:
    return tuple(replace(each.hit, rank=number) for number, each in enumerate(candidates, 1))


def _joined(
    found: Found, heard: Sequence[Candidate], ordered: Sequence[Candidate]
) -> tuple[Found, tuple[Candidate, ...]]:
    """Add what the conversation brings up; return it all, and what is shown with that first."""
    known = {each.hit.passage.id for each in found.candidates}
    new = {each.hit.passage.id for each in heard}
    more = [each for each in heard if each.hit.passage.id not in known]
    rest = [each for each in ordered if each.hit.passage.id not in new]
    return replace(found, candidates=(*found.candidates, *more)), (*heard, *rest)


def _checked(text: str) -> str:
    # Half a character (a lone surrogate) is no text to any library below.
    stripped = text.encode("utf-8", "replace").decode("utf-8").strip()
    if not stripped:
        raise UsageError("The question is empty. Type what you want to know.")
    if len(stripped) > LONGEST_QUESTION:
        raise UsageError(
            f"The question has {len(stripped)} characters; at most {LONGEST_QUESTION} are read. "
            "Shorten it to what you want to know."
        )
    return stripped


def _context(history: Sequence[Turn]) -> tuple[list[str], list[str], list[str]]:
    """Return the questions as they were searched for and as typed, and the last quotations."""
    turns = [turn for turn in history if turn.answer.outcome is not Outcome.ABOUT_ASSISTANT]
    earlier = [turn.answer.query or turn.question for turn in turns]
    quotes = [citation.quote for citation in turns[-1].answer.citations] if turns else []
    return earlier, [turn.question for turn in turns], quotes


def _tells(hit: Hit) -> bool:
    """Say whether a passage tells what a publication says."""
    heading = hit.passage.heading
    return not (front_matter(heading) or is_own(basis_of(hit.document, heading)))


def _is_own_numbering(piece: Piece) -> bool:
    """Say whether a number is the publication's: our notes name its places in their records."""
    return piece.source.document.kind is Kind.ORIGINAL


def _source(candidate: Candidate, placed: Collection[str], names: Mapping[str, str]) -> Source:
    hit = candidate.hit
    basis = basis_of(hit.document, hit.passage.heading)
    original = basis.original if basis is not None else hit.document.original
    record = [_record(hit.document, basis), names.get(original or "", "")]
    return Source(
        hit.passage,
        hit.document,
        hit.rank,
        candidate.tokens.vectors,
        candidate.tokens.starts,
        " ".join(record).strip(),
        basis.original if basis is not None else None,
        hit.passage.id in placed,
        is_own(basis),
    )


def _too_old(original: Original, choice: Choice) -> bool:
    """Say whether a publication came out before a year that is missing."""
    years = [int(each) for each in choice.missing if each.isdecimal() and len(each) == 4]
    return original.year is not None and any(original.year < year for year in years)


def _record(document: Document, basis: Basis | None) -> str:
    """Return the words of a record in which a named thing may stand."""
    if basis is not None:
        parts: list[object] = [basis.title, basis.publisher, basis.year, basis.place]
    else:
        parts = [document.title, document.symbol, document.publisher, document.edition]
        if document.kind is Kind.ORIGINAL:
            parts.append(document.year)
    return " ".join(str(part) for part in parts if part)


def _told(answer: Answer) -> Iterator[Event]:
    lines = answer.text.splitlines(keepends=True)
    yield from (TextDelta(line) for line in lines)
    yield answer
