"""The FastAPI application: Gradio at "/", plain routes beside it, and the headers of all answers.

Gradio's own index page names other hosts and loads scripts that this page does not need, so only
its configuration and its two built files are taken over into ``static/page.html``.
"""

from __future__ import annotations

import contextlib
import re
import secrets
import socket
from collections.abc import AsyncIterator, Callable
from html.parser import HTMLParser
from importlib import resources

import gradio as gr
import uvicorn
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.routing import Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gendergpt.pagepictures import PagePictures
from gendergpt.sealing import Seals
from gendergpt.settings import Settings
from gendergpt.sharing import Shared
from gendergpt.ui import answers, citing, keeping, librarypage, originals, page, pictures, texts
from gendergpt.ui.listening import APP_NAME, listen, page_address
from gendergpt.ui.memory import Memory
from gendergpt.ui.ports import AssistantLike, LookedUp

_STATIC = resources.files("gendergpt.ui") / "static"

# What the page calls. The rest of Gradio's routes (uploads, files by path, proxy, API) stay shut.
_GRADIO_ROUTES = re.compile(
    r"/(gradio_api/(queue/(join|data)|heartbeat/\w+|cancel|reset|startup-events|info)/?"
    r"|theme\.css|config/?|assets/.*|static/.*)?"
)


def build_app(assistant: AssistantLike, settings: Settings | None = None) -> FastAPI:
    """Return the web application that asks ``assistant``; settings are the environment's."""
    settings = settings or Settings()
    drawn = PagePictures(assistant.documents, settings.read_megabytes)

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        drawn.close()

    app = FastAPI(
        title="GenderGPT", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan
    )
    app.add_api_route("/healthz", _health, methods=["GET"])
    pictures.add_routes(app, drawn)
    originals.add_routes(app, assistant)
    texts.add_routes(app, assistant)
    citing.add_routes(app)
    keeping.add_routes(app, assistant, settings)
    librarypage.add_routes(app, assistant)
    memory = None
    if isinstance(assistant, LookedUp):
        memory = Memory(assistant, Seals(assistant.folder))
        shared = Shared(assistant.folder, settings.shared_answers)
        answers.add_routes(app, assistant, memory, shared)
    app.mount("/ui", StaticFiles(directory=str(_STATIC)), name="ui")
    gr.mount_gradio_app(
        app,
        page.build_blocks(assistant, memory, keeping.gap_keeper(settings)),
        path="/",
        footer_links=[],
        run_history=False,
        ssr_mode=False,
        mcp_server=False,
        enable_monitoring=False,
        pwa=False,
        show_error=False,
        theme=page.theme(),
        app_kwargs={"docs_url": None, "redoc_url": None, "openapi_url": None},
    )
    app.add_middleware(_OwnPage)
    return app


def _health() -> dict[str, str]:
    return {"app": APP_NAME, "status": "ok"}


# --- the page and its headers --------------------------------------------------------------------


def security_headers(nonce: str, forms: str = "'none'") -> dict[str, str]:
    """Return the headers of every response.

    Gradio 6 compiles its templates with ``Function`` and writes style attributes; hence
    'unsafe-eval' and inline styles. Inline scripts run only with the nonce of their response.
    ``forms`` says where forms may be sent.
    """
    policy = (
        "default-src 'none'",
        f"script-src 'self' 'nonce-{nonce}' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "base-uri 'self'",
        f"form-action {forms}",
        "frame-ancestors 'none'",
    )
    return {
        "Content-Security-Policy": "; ".join(policy),
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    }


class _GradioParts(HTMLParser):
    """Finds in Gradio's index page its configuration, its module script and its style sheet."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.config = ""
        self.script = ""
        self.style = ""
        self._in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self._in_script = tag == "script"
        if tag == "script" and values.get("type") == "module":
            self.script = values.get("src") or ""
        if tag == "link" and values.get("rel") == "stylesheet":
            self.style = values.get("href") or ""

    def handle_data(self, data: str) -> None:
        if self._in_script and data.startswith("window.gradio_config"):
            self.config = data

    def handle_endtag(self, tag: str) -> None:
        self._in_script = False


def own_page(gradio_index: str, nonce: str) -> str:
    """Return our page around the configuration and files named in Gradio's index page.

    Raises:
        RuntimeError: this version of Gradio writes another index page.
    """
    parts = _GradioParts()
    parts.feed(gradio_index)
    if not (parts.config and parts.script and parts.style):
        raise RuntimeError(
            f"The index page of Gradio {gr.__version__} is not the one this page is made for."
        )
    shell = (_STATIC / "page.html").read_text(encoding="utf-8")
    values = {
        "nonce": nonce,
        "config": parts.config,
        "script": parts.script,
        "style": parts.style,
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda match: values[match[1]], shell)


class _OwnPage:
    """Middleware: security headers on all, our page at "/", and Gradio's unused routes shut."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(18)
        forms = "'self'" if scope["path"] == librarypage.ROUTE else "'none'"
        sender = (
            _PageSender(send, nonce) if scope["path"] == "/" else _HeaderSender(send, nonce, forms)
        )
        if _shut(scope["path"]):
            await PlainTextResponse("Not found", 404)(scope, receive, sender)
        else:
            await self._app(scope, receive, sender)


def _shut(path: str) -> bool:
    plain = ("/healthz", citing.ROUTE, librarypage.ROUTE, *keeping.ROUTES)
    with_names = (pictures, originals, texts, answers)
    ours = (
        path in plain
        or path.startswith("/ui/")
        or any(each.ROUTES.fullmatch(path) for each in with_names)
    )
    return not ours and _GRADIO_ROUTES.fullmatch(path) is None


class _HeaderSender:
    """Adds the security headers to a response."""

    def __init__(self, send: Send, nonce: str, forms: str = "'none'") -> None:
        self._send = send
        self._nonce = nonce
        self._forms = forms

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(security_headers(self._nonce, self._forms))
        await self._send(message)


class _PageSender(_HeaderSender):
    """Holds Gradio's index page back and sends our page in its place."""

    def __init__(self, send: Send, nonce: str) -> None:
        super().__init__(send, nonce)
        self._start: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_html(message):
            self._start = message
        elif self._start is None:
            await super().__call__(message)
        else:
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._finish(self._start)

    async def _finish(self, start: Message) -> None:
        body = own_page(self._body.decode("utf-8"), self._nonce).encode("utf-8")
        headers = MutableHeaders(scope=start)
        headers["content-length"] = str(len(body))
        headers["cache-control"] = "no-store"
        await super().__call__(start)
        await super().__call__({"type": "http.response.body", "body": body})


def _is_html(start: Message) -> bool:
    headers = MutableHeaders(scope=start)
    return start["status"] == 200 and headers.get("content-type", "").startswith("text/html")


# --- serving -------------------------------------------------------------------------------------


class _Server(uvicorn.Server):
    """A server that says when it is ready, and stops at once when it is asked to."""

    def __init__(self, app: FastAPI, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        mounted = [route.app for route in app.routes if isinstance(route, Mount)]
        self._gradio = [each for each in mounted if isinstance(each, gr.routes.App)]
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # Open pages hold a connection to Gradio, which only this event ends.
        for gradio in self._gradio:
            gradio.stop_event.set()
        await super().shutdown(sockets)


def serve(
    assistant: AssistantLike,
    host: str,
    port: int,
    on_ready: Callable[[str], None] | None = None,
    settings: Settings | None = None,
) -> None:
    """Serve the web chat until the process is interrupted; see ``gendergpt.ui.serve``."""
    listener = listen(host, port)
    address = page_address(host, listener.getsockname()[1])
    app = build_app(assistant, settings)
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=3,
    )
    with listener, contextlib.suppress(KeyboardInterrupt):
        _Server(app, config, lambda: on_ready(address) if on_ready else None).run([listener])
