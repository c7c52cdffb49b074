"""Measuring on sets with gold labels, through the real ingest and the real assistant."""

from gendergpt.evaluation.own import OwnReport, evaluate_own
from gendergpt.evaluation.report import EvalReport
from gendergpt.evaluation.run import PROFILES, evaluate
from gendergpt.evaluation.terminal import render, render_own

__all__ = [
    "PROFILES",
    "EvalReport",
    "OwnReport",
    "evaluate",
    "evaluate_own",
    "render",
    "render_own",
]
