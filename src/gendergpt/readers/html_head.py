"""What an HTML page says about itself: encoding, title, author, language and year."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gendergpt.readers.text import guess
from gendergpt.readers.writing import one_line

if TYPE_CHECKING:
    from bs4 import BeautifulSoup

_CHARACTERS = 500
_TITLES = ("citation_title", "dc.title", "dcterms.title", "og:title")
_AUTHORS = ("citation_author", "dc.creator", "dcterms.creator", "author", "article:author")
_DATES = (
    "citation_publication_date", "citation_date", "citation_year", "dcterms.issued",
    "dc.date.issued", "dc.date", "dcterms.date", "article:published_time",
)  # fmt: skip
_LANGUAGES = ("dc.language", "dcterms.language", "content-language", "og:locale")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_].*)?")


@dataclass(frozen=True, slots=True)
class Head:
    """What the page says about itself; None where it does not."""

    title: str | None
    author: str | None
    language: str | None
    year: int | None


def decode(raw: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    """Decode a page by its mark, its declaration, as UTF-8, or by a guess with a warning."""
    from bs4.dammit import EncodingDetector

    body, marked = EncodingDetector.strip_byte_order_mark(raw)
    declared = EncodingDetector.find_declared_encoding(body, is_html=True)
    codec = marked or (_codec(declared) if declared else None)
    if codec is not None:
        return body.decode(codec, errors="replace"), ()
    try:
        return body.decode("utf-8"), ()
    except UnicodeDecodeError:
        return guess(body, name)


def _codec(encoding: str) -> str | None:
    """Return Python's name for a declared encoding.

    As in browsers, Latin-1 means cp1252, and UTF-16 whose mark is missing means UTF-8.
    """
    try:
        codec = codecs.lookup(encoding)
    except (LookupError, ValueError):
        return None
    if not codec._is_text_encoding:
        return None
    if codec.name.startswith(("utf-16", "utf-32")):
        return "utf-8"
    return "cp1252" if codec.name in ("iso8859-1", "ascii") else codec.name


def read_head(soup: BeautifulSoup) -> Head:
    """Read the meta elements, the title and the language of the page."""
    meta = _meta(soup)
    year = _YEAR.search(_first(meta, _DATES) or "")
    declared = soup.html.get("lang") or soup.html.get("xml:lang") if soup.html else None
    language = _LANGUAGE.fullmatch(str(declared or _first(meta, _LANGUAGES) or "").strip())
    return Head(
        title=_title(soup, meta),
        author=_first(meta, _AUTHORS),
        language=language.group(1).lower() if language else None,
        year=int(year.group()) if year else None,
    )


def _meta(soup: BeautifulSoup) -> dict[str, str]:
    """Return the first content of each meta element by its name in lower case."""
    found: dict[str, str] = {}
    for tag in soup.find_all("meta"):
        name = str(tag.get("name") or tag.get("property") or tag.get("http-equiv") or "").lower()
        content = one_line(str(tag.get("content") or ""))[:_CHARACTERS]
        if name and content:
            found.setdefault(name, content)
    return found


def _first(meta: Mapping[str, str], names: Iterable[str]) -> str | None:
    return next((meta[name] for name in names if name in meta), None)


def _title(soup: BeautifulSoup, meta: Mapping[str, str]) -> str | None:
    """Return the title without the site's name: as catalogued, else the heading that it repeats."""
    headings = [one_line(each.get_text())[:_CHARACTERS] for each in soup.find_all("h1")]
    headings = [each for each in headings if each]
    shown = _first(meta, _TITLES)
    if shown is None and soup.title is not None:
        shown = one_line(soup.title.get_text())[:_CHARACTERS] or None
    if shown is None:
        return headings[0] if headings else None
    for heading in headings:
        if shown.casefold().startswith(heading.casefold()) and len(headings) == 1:
            return heading
    site = meta.get("og:site_name", "")
    cut = re.sub(rf"\s+[|\u2013\u2014·:-]\s+{re.escape(site)}$", "", shown) if site else shown
    return cut or shown
