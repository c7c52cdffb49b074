"""The lexical search: BM25 with lemmas and stems, acronyms, and misspellings."""

from gendergpt.lexical.analysis import ENGLISH
from gendergpt.lexical.index import FOLDER, FORMER, LexicalIndex, Words
from gendergpt.lexical.spelling import Corrected

__all__ = ["ENGLISH", "FOLDER", "FORMER", "Corrected", "LexicalIndex", "Words"]
