"""The route for the files behind documents: served by document id, never by path."""

from __future__ import annotations

import re
from pathlib import Path

from anyio import to_thread
from fastapi import FastAPI
from starlette.responses import FileResponse, PlainTextResponse, Response

from gendergpt.errors import DocumentNotFound, GenderGPTError, UnreadableFile
from gendergpt.sourcefiles import SourceFiles
from gendergpt.ui.ports import AssistantLike

ROUTES = re.compile(r"/documents/[\w-]{1,64}/original", re.ASCII)
"""What path this route takes; all else is shut."""

_OFFICE = "application/vnd.openxmlformats-officedocument"
_TYPES = {
    ".pdf": "application/pdf",
    ".docx": f"{_OFFICE}.wordprocessingml.document",
    ".pptx": f"{_OFFICE}.presentationml.presentation",
    ".md": "text/plain",
    ".markdown": "text/plain",
    ".txt": "text/plain",
}
# HTML among others: a document's own scripts must never run on this page's origin.
_DOWNLOAD_ONLY = "application/octet-stream"


def add_routes(app: FastAPI, assistant: AssistantLike) -> None:
    """Serve the files of the documents that ``assistant`` holds."""
    files = SourceFiles(assistant.documents)

    async def original(document_id: str) -> Response:
        return await _original(files, document_id)

    path = "/documents/{document_id}/original"
    app.add_api_route(path, original, methods=["GET"], response_model=None)


async def _original(files: SourceFiles, document_id: str) -> Response:
    """Return the file; 404 for an unknown id, 410 where it is gone or changed, with a sentence."""
    try:
        path, _ = await to_thread.run_sync(files.verified, document_id)
    except DocumentNotFound as error:
        return PlainTextResponse(str(error), 404)
    except UnreadableFile as error:
        return PlainTextResponse(str(error), 410)
    except GenderGPTError as error:
        return PlainTextResponse(str(error), 503)
    return _file(path)


def _file(path: Path) -> Response:
    """Return a PDF to be shown by the browser, anything else as a download."""
    media_type = _TYPES.get(path.suffix.lower(), _DOWNLOAD_ONLY)
    return FileResponse(
        path,
        media_type=media_type,
        filename=path.name,
        content_disposition_type="inline" if path.suffix.lower() == ".pdf" else "attachment",
        headers={
            "Cache-Control": "private, no-cache",
            "Cross-Origin-Resource-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
        },
    )
