"""Build the DOCX and HTML notes of ``corpus`` from their sources in ``corpus/_sources``.

``python scripts/build_corpus_documents.py`` writes them; with ``--check`` nothing is written and
the exit code is 1 when a committed file is not what its source gives. The same source always gives
the same content, as no clock is read: the date comes from the catalogue. A DOCX is compared part by
part, because two builds of zlib may compress the same content differently.
"""

from __future__ import annotations

import argparse
import datetime
import io
import sys
import tomllib
import zipfile
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docx.document import Document

CORPUS = Path(__file__).resolve().parent.parent / "corpus"
SOURCES = CORPUS / "_sources"
REMARK = "GenderGPT's remark:"
"""How a paragraph of our own about the sources begins."""

Block = tuple[int, str]
"""Heading level (0 for a paragraph) and text."""

STYLE = (
    "body{max-width:42rem;margin:2rem auto;padding:0 1rem;font:1rem/1.55 Georgia,serif;"
    "color:#1d2733}h1,h2{color:#5a3d6b}h3{margin-bottom:.3rem}p{margin-top:.3rem}"
    ".remark{border-left:2px solid #5a3d6b;padding-left:.8rem}footer{color:#5c6670}"
)


def read_blocks(path: Path) -> list[Block]:
    """Read a source: ``#`` title, ``##`` and ``###`` headings, paragraphs of one line each.

    Raises:
        ValueError: the first line that is not empty is no title.
    """
    blocks: list[Block] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        marks, _, text = line.partition(" ")
        level = len(marks) if marks and set(marks) == {"#"} else 0
        if line.strip():
            blocks.append((level, text.strip() if level else line.strip()))
    if not blocks or blocks[0][0] != 1:
        raise ValueError(f"{path} has no title: its first line must start with '# '")
    return blocks


def to_html(blocks: list[Block], record: dict[str, Any]) -> bytes:
    """One HTML page without scripts and without anything from elsewhere."""
    title = escape(blocks[0][1])
    head = (
        f'<meta charset="utf-8">\n<title>{title}</title>\n'
        '<meta name="author" content="GenderGPT">\n'
        f'<meta name="dcterms.date" content="{record["year"]}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<style>{STYLE}</style>"
    )
    body = "\n".join(_html_block(level, escape(text, quote=False)) for level, text in blocks)
    foot = f"{escape(record['edition'])}. Licence: {escape(record['licence'])}"
    page = (
        f'<!DOCTYPE html>\n<html lang="{record["language"]}">\n<head>\n{head}\n</head>\n<body>\n'
        f"<main>\n{body}\n</main>\n<footer>{foot}</footer>\n</body>\n</html>\n"
    )
    return page.encode()


def _html_block(level: int, text: str) -> str:
    if level:
        return f"<h{level}>{text}</h{level}>"
    return f'<p class="remark">{text}</p>' if text.startswith(REMARK) else f"<p>{text}</p>"


def to_docx(blocks: list[Block], record: dict[str, Any]) -> bytes:
    """A Word file: title and headings in Word's own styles, paragraphs in "Normal"."""
    import docx

    document = docx.Document()
    _describe(document, blocks[0][1], record)
    for level, text in blocks:
        if level:
            document.add_heading(text, level - 1)
        else:
            document.add_paragraph(text, "Quote" if text.startswith(REMARK) else None)
    written = io.BytesIO()
    document.save(written)
    return _timeless(written.getvalue())


def _describe(document: Document, title: str, record: dict[str, Any]) -> None:
    properties = document.core_properties
    day = datetime.datetime(record["year"], 1, 1)
    properties.title, properties.author = title, "GenderGPT"
    properties.comments = f"{record['edition']}. Licence: {record['licence']}"
    properties.language = record["language"]
    properties.created = properties.modified = day
    properties.last_modified_by = "GenderGPT"


def _timeless(archive: bytes) -> bytes:
    """The same ZIP with one date for all its parts."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as written:
        for name, content in parts(archive).items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            written.writestr(info, content, zipfile.ZIP_DEFLATED, 9)
    return target.getvalue()


def parts(content: bytes) -> dict[str, bytes]:
    """What a file holds: the parts of a DOCX by name, the one part of an HTML page."""
    if not content.startswith(b"PK"):
        return {"": content}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


BUILDERS = {".docx": to_docx, ".html": to_html}


def build(file: str, record: dict[str, Any]) -> bytes:
    """The bytes of one note of ``corpus``, by its file name."""
    path = CORPUS / file
    return BUILDERS[path.suffix](read_blocks(SOURCES / f"{path.stem}.md"), record)


def records() -> dict[str, dict[str, Any]]:
    """The catalogue's records of the files that are built here, by file name."""
    with (CORPUS / "catalogue.toml").open("rb") as file:
        documents = tomllib.load(file)["document"]
    return {each["file"]: each for each in documents if Path(each["file"]).suffix in BUILDERS}


def main(arguments: list[str] | None = None) -> int:
    """Write or check the files; the exit code is 1 when a check finds one out of date."""
    parser = argparse.ArgumentParser(description="Build the DOCX and HTML notes of corpus/.")
    parser.add_argument("--check", action="store_true", help="only say whether they are up to date")
    check = parser.parse_args(arguments).check
    stale = 0
    for file, record in sorted(records().items()):
        target, content = CORPUS / file, build(file, record)
        current = target.is_file() and parts(target.read_bytes()) == parts(content)
        if not current and not check:
            target.write_bytes(content)
        state = "up to date" if current else "out of date" if check else "written"
        stale += check and not current
        print(f"{target.relative_to(CORPUS.parent)}: {state}")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
