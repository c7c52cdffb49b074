"""What is aimed at, and what others have reached on the same copies: the table of goals.

Trial figures were measured by the project on the copies in ``../shared/evalsets``, with the parts
named; published ones are by the authors named.
"""

from __future__ import annotations

from dataclasses import dataclass

from gendergpt.evaluation.metrics import F1, HIT, NDCG

_SENTENCES, _REFUSAL = "answer sentences", "refusal from its page"


@dataclass(frozen=True, slots=True)
class Known:
    """A figure of somebody else's, or of a trial."""

    value: float
    source: str

    def __str__(self) -> str:
        return f"{self.source} {_short(self.value)}"


@dataclass(frozen=True, slots=True)
class Goal:
    """A line of the table: a figure by its names, what is aimed at (None: reported), what is known.

    ``above`` says that the goal itself is not enough.
    """

    what: str
    set: str
    task: str
    measure: str
    goal: float | None
    known: tuple[Known, ...] = ()
    above: bool = False

    def reached(self, value: float) -> bool | None:
        """Say whether a value reaches the goal; None where there is none."""
        if self.goal is None:
            return None
        return value > self.goal if self.above else round(value, 5) >= self.goal

    def wording(self) -> str:
        """Return the goal in words."""
        if self.goal is None:
            return "reported"
        return f"above {_short(self.goal)}" if self.above else _short(self.goal)


def _cross(set_: str, name: str, language: str, goal: float | None, **known: float | None) -> Goal:
    """Return a line for questions in another language."""
    sources = {
        "minilm": "MiniLM",
        "e5": "multilingual-e5-small",
        "e5_maxsim": "with MaxSim",
        "use": "USE-multilingual",
    }
    told = tuple(Known(v, sources[key]) for key, v in known.items() if v is not None)
    pages = "English pages" if set_ == "omosqa" else "English paragraph"
    what = f"{set_}, {name} question → {pages}, hit@5"
    return Goal(what, set_, f"{language} → en", HIT, goal, told)


GOALS: tuple[Goal, ...] = (
    Goal(
        "scifact nDCG@10",
        "scifact",
        "retrieval",
        NDCG,
        0.76,
        (
            Known(0.645, "MiniLM"),
            Known(0.679, "BM25"),
            Known(0.713, "fused"),
            Known(0.727, "fused + MaxSim"),
            Known(0.750, "BM25 + a trained cross-encoder"),
        ),
    ),
    Goal(
        "omosqa en, page nDCG@10",
        "omosqa",
        "en → en",
        NDCG,
        0.80,
        (
            Known(0.69, "BM25"),
            Known(0.67, "MiniLM"),
            Known(0.72, "fused"),
            Known(0.74, "fused + MaxSim"),
        ),
    ),
    Goal(
        "doc2dial with history, gold span in the top 5",
        "doc2dial",
        "with history",
        HIT,
        0.78,
        (
            Known(0.60, "BM25"),
            Known(0.57, "MiniLM"),
            Known(0.64, "fused"),
            Known(0.67, "fused + MaxSim"),
        ),
    ),
    Goal(
        "doc2dial, last turn alone, gold span in the top 5",
        "doc2dial",
        "last turn alone",
        HIT,
        0.55,
        (
            Known(0.44, "BM25"),
            Known(0.36, "MiniLM"),
            Known(0.45, "fused"),
            Known(0.52, "fused + MaxSim"),
        ),
    ),
    _cross("omosqa", "German", "de", 0.80, minilm=0.28, e5=0.67, e5_maxsim=0.73, use=0.67),
    _cross("omosqa", "French", "fr", 0.80, minilm=0.40, e5=0.69, use=0.68),
    _cross("omosqa", "Ukrainian", "uk", 0.80, minilm=0.07, e5=0.63, use=0.27),
    _cross("omosqa", "Arabic", "ar", 0.80, minilm=0.07, e5=0.61, use=0.53),
    _cross("xquad", "Russian", "ru", 0.98, minilm=0.06, e5=0.95, e5_maxsim=0.97, use=0.89),
    _cross("xquad", "Turkish", "tr", 0.98, minilm=0.29, e5=0.90, use=0.86),
    _cross("xquad", "Spanish", "es", 0.98, minilm=0.63, e5=0.96, use=0.92),
    _cross("xquad", "German", "de", None),
    _cross("xquad", "Romanian", "ro", None),
    Goal(
        "omosqa en, answer sentences with the page given, F1",
        "omosqa",
        _SENTENCES,
        F1,
        0.60,
        (
            Known(0.602, "Llama-3-70B"),
            Known(0.481, "Llama-3-8B"),
            Known(0.649, "fine-tuned DeBERTa"),
            Known(0.40, "cosine threshold"),
            Known(0.50, "boosted trees over MiniLM's features"),
            Known(0.46, "MiniLM as a cross-encoder"),
        ),
        above=True,
    ),
    Goal(
        "omosqa en, unanswerable from its page, F1",
        "omosqa",
        _REFUSAL,
        F1,
        0.69,
        (
            Known(0.686, "Llama-3-70B"),
            Known(0.537, "Llama-3-8B"),
            Known(0.639, "fine-tuned DeBERTa"),
        ),
        above=True,
    ),
    Goal("squad2, unanswerable, F1", "squad2_dev", "refusal", F1, None),
    Goal(
        "squad2, gold answer inside a quotation",
        "squad2_dev",
        "short answers",
        "gold answer in what is shown",
        None,
    ),
    Goal(
        "financebench, gold page in the top 5 (20 filings together)",
        "financebench",
        "gold page",
        HIT,
        None,
        (Known(0.13, "BM25 over 74 filings"), Known(0.36, "the filing known")),
    ),
    Goal(
        "financebench, quotations found on the page they name",
        "financebench",
        "quotations",
        "page right",
        1.0,
    ),
    Goal(
        "guidance PDFs, quotations found on the page they name",
        "questions",
        "quotations",
        "page right",
        1.0,
    ),
    Goal(
        "practitioners' questions: things an answer must hold, of those in the library, quoted",
        "questions",
        "things an answer must hold",
        "quoted, of those in the library",
        1.0,
    ),
    Goal(
        "practitioners' unanswerable questions refused",
        "questions",
        "unanswerable questions",
        "right",
        1.0,
    ),
    Goal("practitioners' follow-ups right", "questions", "follow-ups", "right", 1.0),
    Goal(
        "cast follow-ups, words taken from history, F1",
        "cast",
        "words taken from history",
        F1,
        None,
    ),
)


def _short(value: float) -> str:
    """Return a figure as the field writes it: 0.727, 0.80."""
    text = f"{value:.3f}"
    return text.removesuffix("0")
