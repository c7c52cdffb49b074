"""The web chat: one FastAPI application with Gradio mounted in it.

``build_app`` makes the application, ``serve`` runs it. Importing this package is cheap: Gradio and
FastAPI are loaded when one of the two is called.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from types import ModuleType
from typing import TYPE_CHECKING

from gendergpt.ui.ports import AssistantLike

if TYPE_CHECKING:
    from fastapi import FastAPI

    from gendergpt.settings import Settings

__all__ = ["AssistantLike", "build_app", "serve"]


def build_app(assistant: AssistantLike, settings: Settings | None = None) -> FastAPI:
    """Return the web application that asks ``assistant``; settings are the environment's."""
    app: FastAPI = _server().build_app(assistant, settings)
    return app


def serve(
    assistant: AssistantLike,
    host: str,
    port: int,
    on_ready: Callable[[str], None] | None = None,
    settings: Settings | None = None,
) -> None:
    """Serve the web chat until the process is interrupted.

    Args:
        assistant: who answers.
        host: address to listen on.
        port: port to listen on; 0 takes a free one.
        on_ready: called once, with the page's address, when the page can be opened.
        settings: name the library's folder; the environment's by default.

    Raises:
        PortTaken: the port is in use.
        UnavailableError: the address cannot be used for another reason.
    """
    _server().serve(assistant, host, port, on_ready, settings)


def _server() -> ModuleType:
    """Load Gradio, with everything in it that calls home switched off."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    from gendergpt.ui import server

    return server
