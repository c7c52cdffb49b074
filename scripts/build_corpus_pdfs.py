"""Typeset the notes of ``corpus/_sources`` as the PDFs of ``corpus``.

``python scripts/build_corpus_pdfs.py`` writes them; with ``--check`` nothing is written and the
exit code is 1 when a committed PDF is not what its source gives. The same source always gives the
same bytes: dates come from the catalogue, fonts from typst itself.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typst

CORPUS = Path(__file__).resolve().parent.parent / "corpus"
SOURCES = CORPUS / "_sources"
TEMPLATE = SOURCES / "note.typ"
FRONT_MATTER = "How to read this note"
"""The section that stands before the contents, on pages with Roman numbers."""

REMARK = "GenderGPT's remark:"
"""How a paragraph of our own about the sources begins."""


@dataclass(frozen=True)
class Note:
    """A note's source: its title and its blocks (heading level, or 0 for a paragraph; text)."""

    title: str
    blocks: tuple[tuple[int, str], ...]

    @property
    def front(self) -> tuple[tuple[int, str], ...]:
        """The blocks of the front matter."""
        return self.blocks[: self._body_start()]

    @property
    def body(self) -> tuple[tuple[int, str], ...]:
        """The blocks of the chapters."""
        return self.blocks[self._body_start() :]

    def _body_start(self) -> int:
        chapters = (
            n for n, (level, text) in enumerate(self.blocks) if level == 2 and text != FRONT_MATTER
        )
        return next(chapters)


def read_note(path: Path) -> Note:
    """Read a source: ``#`` title, ``##`` chapter, ``###`` section, paragraphs of one line each."""
    title = ""
    blocks: list[tuple[int, str]] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        marks, _, text = line.partition(" ")
        level = len(marks) if marks and set(marks) == {"#"} else 0
        if level == 1:
            title = text
        elif line.strip():
            blocks.append((level, text if level else line.strip()))
    if not title:
        raise ValueError(f"{path} has no title: a line that starts with '# '")
    return Note(title, tuple(blocks))


def typst_source(note: Note, record: dict[str, Any]) -> str:
    """The typst program that lays the note out; every text is a string, so nothing is markup."""
    return "\n".join(
        [
            f'#import "{TEMPLATE.name}": note, paragraph, remark',
            "#note(",
            f"  title: {_string(note.title)},",
            f"  edition: {_string(record['edition'])},",
            f"  year: {record['year']},",
            f"  front: [{_blocks(note.front)}],",
            f"  body: [{_blocks(note.body)}],",
            ")",
        ]
    )


def _blocks(blocks: tuple[tuple[int, str], ...]) -> str:
    return "\n".join(_block(level, text) for level, text in blocks)


def _block(level: int, text: str) -> str:
    if level:
        return f"#heading(level: {level - 1}, {_string(text)})"
    return f"#{'remark' if text.startswith(REMARK) else 'paragraph'}({_string(text)})"


def _string(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def build(source: Path, record: dict[str, Any]) -> bytes:
    """The PDF of one source, byte for byte the same on every machine."""
    with tempfile.TemporaryDirectory() as folder:
        main = Path(folder, "main.typ")
        main.write_text(typst_source(read_note(source), record), encoding="utf-8")
        Path(folder, TEMPLATE.name).write_bytes(TEMPLATE.read_bytes())
        return typst.compile(
            main, root=Path(folder), format="pdf", ignore_system_fonts=True, timestamp=0
        )


def records() -> dict[str, dict[str, Any]]:
    """The catalogue's records by file name."""
    with (CORPUS / "catalogue.toml").open("rb") as file:
        return {record["file"]: record for record in tomllib.load(file)["document"]}


def main(arguments: list[str] | None = None) -> int:
    """Write or check the PDFs; the exit code is 1 when a check finds one out of date."""
    parser = argparse.ArgumentParser(description="Typeset the PDFs of corpus/.")
    parser.add_argument("--check", action="store_true", help="only say whether they are up to date")
    check = parser.parse_args(arguments).check
    catalogue = records()
    stale = 0
    for name in sorted(name for name in catalogue if name.endswith(".pdf")):
        target = CORPUS / name
        pdf = build(SOURCES / f"{target.stem}.md", catalogue[name])
        current = target.is_file() and target.read_bytes() == pdf
        if not current and not check:
            target.write_bytes(pdf)
        state = "up to date" if current else "out of date" if check else "written"
        stale += check and not current
        print(f"{target.relative_to(CORPUS.parent)}: {state}")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
