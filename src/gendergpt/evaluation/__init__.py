"""Measuring retrieval on judged sets, through the real ingest and the real assistant."""

from gendergpt.evaluation.report import EvalReport, render
from gendergpt.evaluation.run import evaluate

__all__ = ["EvalReport", "evaluate", "render"]
