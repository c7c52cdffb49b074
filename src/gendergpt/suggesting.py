"""Questions made of what a library holds: headings of its documents, terms of its glossaries.

Whether they can be answered is for whoever asks them to find out; here they are only well-formed.
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from gendergpt.glossary import Term, is_acronym, is_glossary
from gendergpt.quotable import front_matter
from gendergpt.types import Basis, Document, Kind, Passage

_NUMBERING = re.compile(
    r"^\s*(?:(?:chapter|section|part|annex|appendix|box|figure|table|step|module|unit|tool|article)"
    r"\s+[\dA-Z][\w.]*\s*[:.–—-]*\s+|\(?(?:\d+(?:\.\d+)*|[ivxlIVXL]+|[a-zA-Z])[.)]\s*(?!\d)"
    r"|\d+(?:\.\d+)*\s+|[•▪■–—*-]\s+)+",
    re.IGNORECASE,
)
_BRACKETED = re.compile(r"\s*\([^()]*\)")
_PREPOSITION = re.compile(
    r"\s(?:of|in|on|for|at|to|with|by|against|among|amongst|between|from|within|through|during|under"
    r"|across|without|as)\s"
)
_NOUN = re.compile(
    r"(?:[a-z]{3,}(?:tion|sion|ment|ity|ness|ance|ence|ship|ism|cy|hood|ures?|ings?|ysis)"
    r"|[a-z]{2,}(?<![sui])s|women|men|children|people|staff)$",
    re.IGNORECASE,
)
_MANY = re.compile(r"(?:[a-z]{2,}(?<![sui])s|women|men|children|people)$", re.IGNORECASE)
# A heading with a verb of its own is a sentence; "about" goes with a thing.
_VERB = re.compile(
    r"\b(?:is|are|was|were|be|been|being|am|has|have|had|do|does|did|can|could|may|might|must|shall"
    r"|should|will|would|let|makes?|keeps?|needs? to|see|note|please|your|you|our|we|us|my|I|its"
    r"|their|this|these|those)\b"
)
_GENERAL = frozenset(
    """about abstract acknowledgements acknowledgments acronyms action actions activities aim aims
    analysis annex annexes appendix approach approaches background bibliography box case challenges
    chapter checklist conclusion conclusions concepts content contents context core data definition
    definitions details discussion document documents example examples executive figure findings
    footnotes foreword framework further general glossary goal goals guidance guide handout handouts
    information instructions introduction introductory issues key level levels links list main
    material materials message messages method methodology methods module next note notes objective
    objectives option other outcomes outline overview page part plan points preamble preface
    preliminary principle principles process programme project purpose question questions reading
    recommendation recommendations references remarks report resources results sample scope section
    session sources specific step steps structure study summary table target text this tips title
    tool tools topic topics types useful who why what how to of on in and the a an for with from
    by one two three four five six seven eight nine ten new other overall done need needs author
    authors editor date dates contributors reviewers members participants does studies
    cases""".split()
)
_COMMANDS = frozenset(
    """adapt address adopt advise allow analyse apply appoint ask assess avoid be build check choose
    collect communicate conduct consider consult create define deliver design develop document
    encourage engage ensure establish evaluate examine explain facilitate find follow give help hire
    identify implement improve include increase inform integrate introduce involve keep know learn
    listen maintain make manage monitor nominate offer organise plan prepare prevent promote protect
    provide put raise recruit reduce refer reinforce remember report respect respond review search
    select separate set share speak strengthen support take tell track train treat understand use
    verify work write""".split()
)
"""Verbs with which recommendations begin."""
_OPENS_NO_THING = frozenset("to and or of in for by on at with from as more than not".split())
_FEWEST, _MOST_WORDS, _LONGEST_TITLE = 2, 11, 72


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A question, the document that should answer it, and the publication that it is about."""

    question: str
    document: str
    publication: str
    is_term: bool = False


def about_terms(terms: Iterable[Term]) -> list[Suggestion]:
    """Return a question for each term of a glossary that is no mere acronym."""
    return [
        Suggestion(meaning(term.name), term.document.id, term.name, is_term=True)
        for term in terms
        if not is_acronym(term.name) and len(term.name.split()) > 1 and _english(term.document)
    ]


def meaning(name: str) -> str:
    """Return the question what a term means, or what an acronym stands for."""
    if is_acronym(name):
        return f"What does {name.removesuffix('s')} stand for?"
    thing = name if is_acronym(name.split()[0]) else name[0].lower() + name[1:]
    if " and " in thing:
        return f"What is the difference between {thing}?"
    head = _head(thing)
    if _MANY.search(head):
        return f"What are {thing}?"
    if _NOUN.search(head):
        return f"What is {thing}?"
    return f"What is {'an' if thing[0] in 'aeiou' else 'a'} {thing}?"


def _head(topic: str) -> str:
    """Return the noun that a topic is about: the last word before its first preposition."""
    return _PREPOSITION.split(f"{topic} ", maxsplit=1)[0].split(",")[0].split()[-1]


def about_heading(
    document: Document, passage: Passage, basis: Basis | None, body: str
) -> Suggestion | None:
    """Return the question that a passage's heading raises, or None where it raises none.

    Args:
        document: that the passage is of; questions are made of English ones only.
        passage: with its headings.
        basis: the publication that the passage summarises, if it does.
        body: text of the same document, the more of it the better: its words tell how a heading is
            written within a sentence.
    """
    headings = passage.heading
    if not headings or not _english(document) or _names_itself(document, headings):
        return None
    summary = document.kind is Kind.SUMMARY
    title = short_title(basis.title if basis is not None and summary else document.title)
    heading = headings[-1].rpartition(": ")[2] if summary else headings[-1]
    publication = (basis.original or basis.title) if basis and summary else document.id
    question = asked(heading, title, " ".join(body.split()))
    return Suggestion(question, document.id, publication) if question else None


def _english(document: Document) -> bool:
    return (document.language or "en").lower().startswith("en")


def _names_itself(document: Document, headings: Sequence[str]) -> bool:
    last = headings[-1].strip()
    own = last.lower().startswith(document.title.lower()[:40])
    return own or front_matter(headings) or is_glossary((*headings, document.title))


def short_title(title: str) -> str | None:
    """Return a title by which one can ask, without its subtitle, or None where it is none."""
    plain = " ".join(_BRACKETED.sub("", title).split())
    for mark in (": ", " – ", " — "):
        first = plain.partition(mark)[0]
        plain = first if len(first.split()) >= 3 else plain
    # What a file is called ("un a 79 876 letter") or what is set in capitals is no title to quote.
    if len(plain) > _LONGEST_TITLE or len(_telling(plain)) < 2 or plain.isupper():
        return None
    return None if plain.islower() or re.search(r"[\\_“”\"<>{}]|\.\w{3,4}$", plain) else plain


def asked(heading: str, title: str | None, body: str) -> str | None:
    """Return the question that a heading raises, or None where it raises none.

    Args:
        heading: as printed.
        title: of the publication that is asked about.
        body: text of the same document, which tells common words from names.
    """
    plain = _NUMBERING.sub("", " ".join(_BRACKETED.sub("", heading).split())).strip(" .,;–—-")
    plain = re.sub(r"\s+\?", "?", plain)
    if not _well_formed(plain):
        return None
    if plain.endswith("?"):
        return _as_question(plain)
    if title is None or _repeats(plain, title):
        return None
    topic = _within_a_sentence(plain.rstrip(":"), body)
    if not _is_topic(topic) or _commands(topic.split()[0], body):
        return None
    return f"What does “{title}” say about {topic}?"


def _telling(text: str) -> set[str]:
    return {word for word in re.findall(r"[^\W\d_’'-]{3,}", text.lower()) if word not in _GENERAL}


def _repeats(heading: str, title: str) -> bool:
    """Say whether a heading says hardly more than the title."""
    own = _telling(heading)
    return 2 * len(own & _telling(title)) >= len(own)


def _well_formed(heading: str) -> bool:
    letters = sum(each.isalpha() or each in " -’',?" for each in heading)
    noise = re.search(r"\d|[“”\"<>{}\[\]|\\/…:;_]|\.\s|(?:^|\s)\w(?:\s\w){2,}(?:\s|$)", heading)
    return (
        _FEWEST <= len(heading.split()) <= _MOST_WORDS
        and len(_telling(heading)) >= 2
        and letters == len(heading)
        and noise is None
    )


def _as_question(heading: str) -> str | None:
    points_back = re.search(
        r"\b(?:it|this|that|these|those|they|them|you|your|we|our|I)\b", heading, re.IGNORECASE
    )
    starts = re.match(r"(?:What|How|Why|Who|Which|When|Where)\b[^?]*\?$", heading)
    return heading if starts and not points_back and len(heading.split()) >= 5 else None


def _within_a_sentence(heading: str, body: str) -> str:
    """Return a heading as it is written within a sentence: small letters but for names.

    In a heading of small letters only its first word is in question. A word is a name if the
    document writes it with a capital within its sentences, or together with a neighbour that has
    one, too.
    """
    words = heading.split()
    longer = [word for word in words[1:] if len(word) > 3]
    if 2 * sum(word[0].isupper() for word in longer) <= len(longer):
        first = words[0] if _is_name(words, 0, body) else words[0].lower()
        return " ".join([first, *words[1:]])
    return " ".join(
        word if _is_name(words, n, body) else word.lower() for n, word in enumerate(words)
    )


def _is_name(words: Sequence[str], n: int, body: str) -> bool:
    word = words[n].strip(",?")
    if not word[:1].isupper() or (is_acronym(word) and not " ".join(words).isupper()):
        return True
    near = (words[max(0, n - 1) : n + 1], words[n : n + 2])
    pairs = [" ".join(each).strip(",") for each in near if len(each) == 2 and each[1][:1].isupper()]
    if any(re.search(rf"[a-z,] {re.escape(pair)}\b", body) for pair in pairs if pair[0].isupper()):
        return True
    alone = len(re.findall(rf"[a-z,] {re.escape(word)}\b", body))
    return alone > len(re.findall(rf"\b{re.escape(word.lower())}\b", body))


def _is_topic(topic: str) -> bool:
    """Say whether "about …" can stand before a topic: a thing, or a question within a sentence."""
    words = topic.split()
    if re.match(r"(?:how|why|what|who) (?!is |are |was |does |do |can )", topic):
        return len(words) >= 4 and not re.search(r"\b(?:this|these|your|you|we|it|its)\b", topic)
    listed = "," in topic and not re.search(r",[^,]* (?:and|or) (?!.*,)", topic)
    named = all(word[:1].isupper() for word in words)
    if listed or named or _VERB.search(topic) or words[0] in _OPENS_NO_THING:
        return False
    heads = [_head(part) for part in topic.split(" and ") if part]
    return any(_NOUN.search(head) for head in heads) and not words[0].endswith("ed")


def _commands(first: str, body: str) -> bool:
    """Say whether a heading's first word is a verb that tells somebody to do something."""
    if _NOUN.search(first):
        return False
    told = rf"\b(?:to|must|should|shall|can|will|may|not) {re.escape(first)}\b"
    return first.lower() in _COMMANDS or re.search(told, body) is not None


def in_turn(suggestions: Iterable[Suggestion], each: int = 3) -> Iterator[Suggestion]:
    """Yield suggestions publication by publication in turn, at most so many of each."""
    groups: defaultdict[str, list[Suggestion]] = defaultdict(list)
    for suggestion in suggestions:
        groups[suggestion.publication].append(suggestion)
    for row in itertools.zip_longest(*(group[:each] for group in groups.values())):
        yield from (suggestion for suggestion in row if suggestion is not None)
