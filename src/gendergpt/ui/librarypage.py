"""The library view: a page of its own, made on the server, that also works without scripts."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Annotated
from urllib.parse import urlencode, urlsplit

from anyio import to_thread
from fastapi import FastAPI, Query
from markupsafe import Markup
from starlette.responses import HTMLResponse, Response

from gendergpt.errors import GenderGPTError
from gendergpt.types import Document, Kind, Original
from gendergpt.ui.holdings import (
    COLUMNS,
    LONGEST_SEARCH,
    NUMBERS,
    READY,
    Absent,
    Row,
    View,
    absent,
    called,
    fits,
    rows,
    sort_key,
    view_of,
)
from gendergpt.ui.markup import capital, count, fill, join, link
from gendergpt.ui.ports import AssistantLike, originals_of

ROUTE = "/library"
"""The path of the view. Only its search box may send a form, and only to this page."""

log = logging.getLogger(__name__)
_PAGE = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    '<meta name="color-scheme" content="light dark"><title>Library – GenderGPT</title>'
    '<link rel="icon" href="./ui/icon.svg" type="image/svg+xml">'
    '<link rel="stylesheet" href="./ui/chat.css"><link rel="stylesheet" href="./ui/library.css">'
    '<script src="./ui/library.js" defer></script></head>'
    '<body>{skip}<main class="shelves">'
    '<p><a href="./">GenderGPT: ask a question</a></p><h1>Library</h1>{parts}</main></body></html>'
)
_SKIP = Markup('<a class="skip" href="#documents">Skip to the documents</a>')
_SEARCH = (
    '<form class="search" role="search" action="./library" method="get">'
    '<label for="search">Search the library</label><div><input type="search" id="search" '
    'name="q" value="{}" maxlength="{}" autocomplete="off">'
    '<input type="hidden" name="sort" value="{}"><input type="hidden" name="dir" value="{}">'
    '<button type="submit">Search</button></div></form>'
)
_TABLE = (
    '<p id="shown" role="status" data-all="{all}">{shown}</p>'
    '<table role="table" id="documents" tabindex="-1"><caption class="unseen">Documents of the '
    'library; the headings sort them</caption><thead role="rowgroup"><tr role="row">{heads}</tr>'
    '</thead><tbody role="rowgroup">{rows}</tbody></table>'
)
_MISSING = (
    '<section aria-labelledby="missing"><h2 id="missing">Missing publications</h2><p>{told}</p>'
    '<p class="none" id="none-missing"{hidden}>None of them fits the search.</p>'
    '<ul class="missing">{items}</ul></section>'
)


def add_routes(app: FastAPI, assistant: AssistantLike) -> None:
    """Serve the view of what ``assistant`` answers from."""

    async def library(
        q: Annotated[str, Query()] = "",
        sort: Annotated[str, Query()] = "title",
        direction: Annotated[str, Query(alias="dir")] = "asc",
    ) -> Response:
        return await to_thread.run_sync(_answer, assistant, view_of(q, sort, direction))

    app.add_api_route(ROUTE, library, methods=["GET"], response_model=None)


def _answer(assistant: AssistantLike, view: View) -> Response:
    headers = {"Cache-Control": "no-store"}
    try:
        page = library_page(assistant.documents(), originals_of(assistant), view)
    except GenderGPTError as error:
        return HTMLResponse(problem_page(str(error)), 503, headers)
    except Exception:
        log.exception("The library could not be shown.")
        return HTMLResponse(problem_page("The library could not be shown."), 500, headers)
    return HTMLResponse(page, headers=headers)


def problem_page(message: str) -> str:
    """Return the page with a sentence in place of the library."""
    return str(fill(_PAGE, skip="", parts=fill('<p class="problem">{}</p>', message)))


def library_page(
    documents: Sequence[Document], originals: Sequence[Original], view: View | None = None
) -> str:
    """Return the whole page.

    Args:
        documents: what the library holds.
        originals: the publications that its catalogues name, there or not.
        view: what is searched for, and the order.
    """
    view = view or View()
    lacking = absent(documents, originals)
    parts = (
        _summed_up(documents, len(lacking)),
        _search(view) if documents or lacking else Markup(""),
        _table(rows(documents, view), view) if documents else Markup(""),
        _missing(lacking, len(originals), view) if originals else Markup(""),
    )
    return str(fill(_PAGE, skip=_SKIP if documents else "", parts=join(parts)))


def _summed_up(documents: Sequence[Document], lacking: int) -> Markup:
    ours = sum(document.kind is Kind.SUMMARY for document in documents)
    theirs = len(documents) - ours
    if not documents:
        held = fill(
            "The library is empty. Add documents with <code>gendergpt ingest FOLDER</code>."
        )
    else:
        held = fill(
            "This library holds {} in the publishers' own words and {} in ours.",
            count(theirs, "publication"),
            count(ours, "summary", "summaries"),
        )
    if not lacking:
        return fill('<p class="intro">{}</p>', held)
    verb = "is" if lacking == 1 else "are"
    return fill(
        '<p class="intro">{} <a href="#missing">{} {} missing.</a></p>',
        held,
        capital(count(lacking, "publication")),
        verb,
    )


def _search(view: View) -> Markup:
    return fill(_SEARCH, view.search, LONGEST_SEARCH, view.sort, _direction(view.descending))


def _direction(descending: bool) -> str:
    return "desc" if descending else "asc"


# --- the table of documents ----------------------------------------------------------------------


def _table(held: Sequence[Row], view: View) -> Markup:
    shown = sum(fits(row.words, view.search) for row in held)
    documents = count(len(held), "document")
    return fill(
        _TABLE,
        all=documents,
        shown=f"{shown} of {documents}" if view.search else documents,
        heads=join(_head(column, view) for column in COLUMNS),
        rows=join(_row(row, view) for row in held),
    )


def _head(column: str, view: View) -> Markup:
    sorted_by = column == view.sort
    turned = sorted_by and not view.descending
    order = "descending" if view.descending else "ascending"
    asked = {"q": view.search, "sort": column, "dir": _direction(turned)}
    return fill(
        '<th role="columnheader" scope="col" data-column="{}"{}{}><a href="./library?{}">{}</a>'
        "</th>",
        column,
        fill(' aria-sort="{}"', order) if sorted_by else "",
        Markup(' class="number"') if column in NUMBERS else "",
        urlencode({name: value for name, value in asked.items() if value}, errors="replace"),
        COLUMNS[column],
    )


def _row(row: Row, view: View) -> Markup:
    hidden = Markup("") if fits(row.words, view.search) else Markup(" hidden")
    return fill(
        '<tr role="row" id="d-{}" class="{}" data-words="{}"{}>{}</tr>',
        row.document.id,
        str(row.document.kind),
        row.words,
        hidden,
        join(_cell(row, column) for column in COLUMNS),
    )


def _cell(row: Row, column: str) -> Markup:
    value = row.cells[column]
    number, text = sort_key(value)
    sorted_by = "" if value is None else number if column in NUMBERS else text
    if column == "title":
        return fill(
            '<th role="rowheader" scope="row" dir="auto" data-value="{}">{}{}</th>',
            sorted_by,
            row.document.title,
            _source(row.document),
        )
    return fill(
        '<td role="cell" data-label="{}" data-value="{}"{}{}>{}</td>',
        COLUMNS[column],
        sorted_by,
        Markup(' class="number"') if column in NUMBERS else Markup(' dir="auto"'),
        Markup(' data-empty=""') if value is None else "",
        _state(row) if column == "state" else "" if value is None else value,
    )


def _source(document: Document) -> Markup:
    """Return the official address as a link that bears the name of its host."""
    if not document.url:
        return Markup("")
    try:
        host = (urlsplit(document.url).hostname or "").removeprefix("www.")
    except ValueError:
        host = ""
    named = fill('{}<span class="unseen"> (opens in a new tab)</span>', host)
    return fill('<span class="at">{}</span>', link(document.url, named))


def _state(row: Row) -> Markup:
    state = str(row.cells["state"])
    if state == READY:
        return fill("{}", state)
    if row.newer is None:
        return fill('<span class="newer">{}</span>', state)
    return fill(
        '<span class="newer">Superseded by <a href="#d-{}">{}</a></span>',
        row.newer.id,
        called(row.newer),
    )


# --- what is missing -----------------------------------------------------------------------------


def _missing(lacking: Sequence[Absent], listed: int, view: View) -> Markup:
    if not lacking:
        return fill(_MISSING, told="No publication of the catalogue is missing.", items="",
                    hidden=Markup(" hidden"))  # fmt: skip
    told = fill(
        "{} of the {} that the catalogue names {} not in this library. Whoever keeps it adds them "
        "with <code>gendergpt fetch</code>, or from files with "
        "<code>gendergpt ingest FOLDER</code>.",
        len(lacking),
        count(listed, "publication"),
        "is" if len(lacking) == 1 else "are",
    )
    none = not any(fits(each.words, view.search) for each in lacking)
    return fill(
        _MISSING,
        told=told,
        hidden=Markup("") if none else Markup(" hidden"),
        items=join(_item(each, view) for each in lacking),
    )


def _item(each: Absent, view: View) -> Markup:
    original = each.original
    record = (original.publisher, original.year, original.edition, original.symbol)
    notes = []
    if each.newer is not None:
        notes.append(f"Superseded by {called(each.newer)}.")
    if each.sections:
        verb = "stands" if each.sections == 1 else "stand"
        notes.append(f"{count(each.sections, 'section')} of our summaries {verb} on it.")
    return fill(
        '<li dir="auto" data-words="{}"{}><strong>{}</strong><span>{}</span>{}{}</li>',
        each.words,
        Markup("") if fits(each.words, view.search) else Markup(" hidden"),
        original.title,
        ", ".join(str(part) for part in record if part),
        link(each.address) if original.url else fill("<span>{}</span>", capital(each.address)),
        fill("<span>{}</span>", " ".join(notes)) if notes else "",
    )
