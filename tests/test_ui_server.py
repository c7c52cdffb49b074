"""The web application's headers, routes and port, without a browser."""

from __future__ import annotations

import queue
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import httpx
import pytest
from fastapi.testclient import TestClient

from gendergpt.errors import PortTaken, UnavailableError
from gendergpt.types import Document, Event, Filters, Turn

pytestmark = pytest.mark.filterwarnings("ignore")  # of Gradio's dependencies


class Silent:
    """An assistant that is never asked."""

    def stream(
        self, question: str, history: Sequence[Turn] = (), filters: Filters | None = None
    ) -> Iterator[Event]:
        yield from ()

    def documents(self) -> list[Document]:
        return [Document(id="d", title="</script><script>alert(1)</script>")]


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    from gendergpt.ui import build_app

    with TestClient(build_app(Silent())) as made:
        yield made


def test_package_is_cheap_to_import() -> None:
    code = (
        "import sys, gendergpt.ui\n"
        "print([m for m in ('gradio', 'fastapi', 'uvicorn') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_page_is_ours_and_names_no_other_host(client: TestClient) -> None:
    page = client.get("/")
    assert page.status_code == 200
    shell = re.sub(r"<script nonce.*?</script>", "", page.text, flags=re.S)
    assert "http" not in shell
    assert "<h1>GenderGPT</h1>" in shell
    nonce = re.search(r'<script nonce="([\w-]+)">window\.gradio_config', page.text)
    assert nonce
    policy = page.headers["content-security-policy"]
    assert f"'nonce-{nonce[1]}'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy.split("style-src")[0]
    assert len(re.findall(r"<script(?![^>]* src=)", page.text)) == 1  # Gradio's configuration


def test_plain_routes_beside_gradio(client: TestClient) -> None:
    health = client.get("/healthz")
    assert health.json() == {"app": "gendergpt", "status": "ok"}
    assert "default-src 'none'" in health.headers["content-security-policy"]
    assert health.headers["x-content-type-options"] == "nosniff"
    files = ("chat", "viewer", "tools", "keep", "filters", "library", "terms")
    names = [f"{each}.{kind}" for each in files for kind in ("css", "js")]
    for name in ("icon.svg", "next.js", *names):
        assert client.get(f"/ui/{name}").status_code == 200


def test_routes_of_documents_are_open(client: TestClient) -> None:
    gone = "This document is no longer in the library."
    for what in ("original", "pages/1.png"):
        answer = client.get(f"/documents/none/{what}")
        assert (answer.status_code, answer.text) == (404, gone)
    for what in ("text?number=1", "pages/1/place", "pages/1/boxes?start=0&end=4"):
        assert client.get(f"/documents/d0/{what}").json() == {"problem": gone}


@pytest.mark.parametrize(
    "path",
    [
        "/docs",
        "/openapi.json",
        "/monitoring/summary",
        "/manifest.json",
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/proxy=https://example.org",
        "/gradio_api/openapi.json",
        "/gradio_api/upload",
        "/gradio_api/run/_on_question",
        "/gradio_api/runs",
        "/svelte/x.js",
    ],
)
def test_what_the_page_does_not_need_is_shut(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404
    assert client.post(path).status_code in (404, 405)


def test_another_gradio_is_noticed() -> None:
    from gendergpt.ui import server

    with pytest.raises(RuntimeError, match="not the one this page is made for"):
        server.own_page("<html></html>", "nonce")


def test_taken_port_says_who_and_the_way_out() -> None:
    from gendergpt.ui import listening

    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortTaken, match=f"Port {port} .* another program.*--port"):
            listening.listen("127.0.0.1", port)


def test_address_of_another_machine_is_refused() -> None:
    from gendergpt.ui import listening

    with pytest.raises(UnavailableError, match="--host"):
        listening.listen("192.0.2.1", 0)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:7860"),
        ("0.0.0.0", "http://127.0.0.1:7860"),
        ("::1", "http://[::1]:7860"),
        ("border.local", "http://border.local:7860"),
    ],
)
def test_page_address(host: str, address: str) -> None:
    from gendergpt.ui import listening

    assert listening.page_address(host, 7860) == address


def test_serve_takes_a_free_port_and_says_when_it_is_ready() -> None:
    from gendergpt.ui import listening, serve

    said: queue.Queue[str] = queue.Queue()
    thread = threading.Thread(target=serve, args=(Silent(), "127.0.0.1", 0, said.put), daemon=True)
    thread.start()
    address = said.get(timeout=60)
    port = int(address.rsplit(":", 1)[1])
    with pytest.raises(PortTaken, match="another GenderGPT"):
        listening.listen("127.0.0.1", port)


SERVE_AND_SAY = """
import pathlib, sys
sys.path.insert(0, str(pathlib.Path(sys.argv[1])))
from gendergpt.ui import serve
from tests.test_ui_server import Silent
serve(Silent(), "127.0.0.1", 0, lambda address: print(address, flush=True))
"""


def test_stops_at_once_though_a_page_is_open() -> None:
    root = Path(__file__).parents[1]
    command = [sys.executable, "-W", "ignore", "-c", SERVE_AND_SAY, str(root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout and process.stderr
        address = process.stdout.readline().decode().strip()
        with httpx.stream("GET", f"{address}/gradio_api/heartbeat/abc") as page:
            next(page.iter_text())
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=15) == 0
        assert process.stderr.read() == b""


def test_only_the_library_view_sends_a_form_and_only_to_this_page(client: TestClient) -> None:
    view = client.get("/library?q=x&sort=year")
    assert view.status_code == 200
    assert "<script>alert(1)" not in view.text
    policy = view.headers["content-security-policy"]
    assert "form-action 'self'" in policy
    assert "unsafe-inline" not in policy.split("style-src")[0]
    for path in ("/", "/healthz", "/gaps"):
        assert "form-action 'none'" in client.get(path).headers["content-security-policy"]
    assert client.post("/library").status_code in (404, 405)
    assert client.get("/library/x").status_code == 404
