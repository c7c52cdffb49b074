"""How sure an answer is: its own word for it, else what it amounts to."""

from __future__ import annotations

from collections.abc import Sequence

from gendergpt.evaluation import risk
from gendergpt.evaluation.figures import Results
from gendergpt.types import Answer, Outcome

OWN = "by the answer's confidence"
GRADE = "by outcome: answered, partial, none"
_GRADES = {Outcome.ANSWERED: 1.0, Outcome.PARTIAL: 0.5}


def curve(task: str, answers: Sequence[Answer], wrong: Sequence[bool]) -> Results:
    """Return risk by coverage of answers.

    Questions are ordered by ``Answer.confidence``; where it is missing or None for some, all are
    ordered by their outcomes.

    Args:
        task: the name under which it is reported.
        answers: by question.
        wrong: by question, whether answering it is wrong.
    """
    told = [getattr(answer, "confidence", None) for answer in answers]
    own = [float(each) for each in told if each is not None]
    if len(own) == len(answers):
        found = risk.curve(task, OWN, own, wrong)
    else:
        grades = [_GRADES.get(answer.outcome, 0.0) for answer in answers]
        found = risk.curve(task, GRADE, grades, wrong)
    if found is None:
        return Results(notes=(f"{task}: no curve, since all questions are of one kind",))
    return Results(curves=(found,))
