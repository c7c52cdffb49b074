"""Text to markup: everything that comes from outside is escaped on the way.

``Markup.format`` escapes what it fills in unless that is ``Markup`` itself, so a document's title,
a quotation or a question can reach the page only as text.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from markupsafe import Markup


def safe(text: str) -> str:
    """Return ``text`` without the characters that HTML or JSON cannot carry."""
    kept = "".join(c for c in text if c in "\n\t" or ord(c) >= 32)
    return kept.encode("utf-8", "replace").decode("utf-8")


def fill(template: str, *args: object, **values: object) -> Markup:
    """Fill a template; everything that is not ``Markup`` is escaped."""
    made = [a if isinstance(a, Markup) else safe(str(a)) for a in args]
    named = {k: v if isinstance(v, Markup) else safe(str(v)) for k, v in values.items()}
    return Markup(template).format(*made, **named)


def join(parts: Iterable[Markup]) -> Markup:
    """Return the parts one after another."""
    return Markup("").join(parts)


def count(number: int, noun: str, plural: str | None = None) -> str:
    """Return "1 passage" or "3 passages"."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def capital(text: str) -> str:
    """Return ``text`` with its first letter as at the beginning of a sentence."""
    return text[:1].upper() + text[1:]


def link(url: str, name: Markup | None = None) -> Markup:
    """Return a link where the address is a plain http(s) one, else the address as text."""
    if not _linkable(url):
        return fill('<span class="url">{}</span>', url)
    return fill(
        '<a class="url" href="{}" target="_blank" rel="noopener noreferrer nofollow">{}</a>',
        url,
        url if name is None else name,
    )


def linked(text: str, url: str | None) -> Markup:
    """Return ``text`` with the address in it, if it is there, as a link."""
    before, found, after = text.rpartition(url) if url else (text, "", "")
    return fill("{}{}{}", before, link(found), after) if found else fill("{}", text)


def _linkable(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.username is None
