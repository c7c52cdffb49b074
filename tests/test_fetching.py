"""Downloads from a server on the loopback that stalls, lies, breaks off and recovers."""

from __future__ import annotations

import hashlib
import io
import json
import os
import socket
import threading
import time
import tomllib
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import typst

from gendergpt.cli import main
from gendergpt.downloads import Fetched, Fetching, fetch
from gendergpt.errors import UnavailableError, UsageError
from gendergpt.fetching import FetchFailed, check_hop, pdf_links
from gendergpt.ingestion import ingest
from gendergpt.ledger import Ledger
from gendergpt.settings import Settings
from gendergpt.types import Original
from tests.conftest import TinyEncoder

PDF = b"%PDF-1.7\n" + b"".join(b"%% %07d\n" % number for number in range(30_000)) + b"%%EOF\n"
HALF = len(PDF) // 2
PAGE = "<!DOCTYPE html><html><body>{}</body></html>"

Respond = Callable[["Handler", int], None]


@dataclass
class Site:
    """A server: what it does for each path, and what it was asked."""

    address: str
    paths: dict[str, Respond] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)


class Handler(BaseHTTPRequestHandler):
    """Answers each request by the path's function, which gets the number of the request."""

    protocol_version = "HTTP/1.1"
    site: Site

    def do_GET(self) -> None:
        self.site.asked.append((self.path, dict(self.headers)))
        count = sum(path == self.path for path, _ in self.site.asked)
        self.close_connection = True
        self.site.paths[self.path](self, count)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def say(self, code: int, body: bytes = b"", **headers: str) -> None:
        """Send a response whose length is that of the body unless a header says otherwise."""
        self.send_response(code)
        named = {"Content-Length": str(len(body))}
        named |= {name.replace("_", "-"): value for name, value in headers.items()}
        for name, value in named.items():
            if value:
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()


@pytest.fixture
def site() -> Iterator[Site]:
    """A server on the loopback, with threads that end with the test."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    made = Site(f"http://127.0.0.1:{server.server_port}")
    Handler.site = made
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield made
    made.stop.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def limited(tmp_path: Path) -> Settings:
    """Settings with short limits."""
    return Settings(
        library=tmp_path / "library",
        downloads=tmp_path / "downloads",
        fetch_megabytes=1,
        fetch_silence_seconds=0.5,
        fetch_attempts=3,
    )


def original(site: Site, path: str, name: str = "guide") -> Original:
    return Original(name, f"The {name}", "Brod Police", 2020, url=site.address + path)


def one(site: Site, settings: Settings, path: str = "/guide") -> Fetched:
    return fetch([original(site, path)], settings, pause=0.01)[0]


def left(settings: Settings) -> list[str]:
    folder = settings.download_folder
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


# --- what works ----------------------------------------------------------------------------------


def test_a_download(site: Site, limited: Settings) -> None:
    site.paths["/guide"] = lambda handler, count: handler.say(200, PDF, Content_Type="text/html")
    steps: list[Fetching] = []
    found = fetch([original(site, "/guide")], limited, progress=steps.append)[0]
    assert found.path == limited.download_folder / "guide.pdf"
    assert found.path.read_bytes() == PDF
    assert found.path.stat().st_mode & 0o444, "readable like other files"
    assert [steps[-1].received, steps[-1].total] == [len(PDF), len(PDF)]
    assert left(limited) == ["catalogue.toml", "fetched.json", "guide.pdf"]
    note = json.loads((limited.download_folder / "fetched.json").read_text())["guide"]
    assert note["sha256"] == hashlib.sha256(PDF).hexdigest()
    assert (note["bytes"], note["url"]) == (len(PDF), f"{site.address}/guide")
    assert note["date"][:2] == "20"
    written = tomllib.loads((limited.download_folder / "catalogue.toml").read_text())
    assert written == {"document": [{"file": "guide.pdf", "original": "guide"}]}


def test_a_second_time_nothing_is_downloaded(site: Site, limited: Settings) -> None:
    site.paths["/guide"] = lambda handler, count: handler.say(200, PDF)
    first, second = one(site, limited), one(site, limited)
    assert first.path == second.path
    assert len(site.asked) == 1


def test_each_goes_its_own_way(site: Site, limited: Settings) -> None:
    site.paths["/guide"] = lambda handler, count: handler.say(200, PDF)
    site.paths["/gone"] = lambda handler, count: handler.say(404)
    results = fetch(
        [
            original(site, "/gone", "gone"),
            original(site, "/guide"),
            Original("none", "None", "IOM"),
        ],
        limited,
        pause=0.01,
    )
    assert [each.path is not None for each in results] == [False, True, False]
    assert "no address is known; ask IOM" in (results[2].reason or "")


def test_a_word_file_is_known_by_its_content(site: Site, limited: Settings) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    site.paths["/guide.pdf"] = lambda handler, count: handler.say(200, packed.getvalue())
    assert one(site, limited, "/guide.pdf").path == limited.download_folder / "guide.docx"


def test_redirects(site: Site, limited: Settings) -> None:
    site.paths["/guide"] = lambda handler, count: handler.say(302, Location="there/guide.pdf")
    site.paths["/there/guide.pdf"] = lambda handler, count: handler.say(200, PDF)
    assert one(site, limited).path is not None


def test_compressed_all_the_same(site: Site, limited: Settings) -> None:
    import gzip

    body = gzip.compress(PDF)
    site.paths["/guide"] = lambda handler, count: handler.say(200, body, Content_Encoding="gzip")
    found = one(site, limited)
    assert found.path is not None and found.path.read_bytes() == PDF


# --- what passes ---------------------------------------------------------------------------------


def test_an_error_and_then_fine(site: Site, limited: Settings) -> None:
    def respond(handler: Handler, count: int) -> None:
        handler.say(503 if count == 1 else 200, b"" if count == 1 else PDF)

    site.paths["/guide"] = respond
    assert one(site, limited).path is not None
    assert len(site.asked) == 2


def breaks_off(handler: Handler, count: int) -> None:
    """Break off in the middle once; then give the rest to who asks for it."""
    wanted = handler.headers["Range"]
    if count == 1:
        handler.say(200, PDF[:HALF], Content_Length=str(len(PDF)), ETag='"one"')
    elif wanted and handler.headers["If-Range"] == '"one"':
        start = int(wanted.removeprefix("bytes=").removesuffix("-"))
        span = f"bytes {start}-{len(PDF) - 1}/{len(PDF)}"
        handler.say(206, PDF[start:], Content_Range=span, ETag='"one"')
    else:
        handler.say(200, PDF)


def test_a_break_is_resumed(site: Site, limited: Settings) -> None:
    site.paths["/guide"] = breaks_off
    found = one(site, limited)
    assert found.path is not None and found.path.read_bytes() == PDF
    assert site.asked[1][1]["Range"] == f"bytes={HALF}-"


@pytest.mark.parametrize("headers", [{}, {"ETag": 'W/"weak"'}, {"ETag": '"one"'}])
def test_a_break_without_ranges_starts_again(
    site: Site, limited: Settings, headers: dict[str, str]
) -> None:
    def respond(handler: Handler, count: int) -> None:
        body = PDF[:HALF] if count == 1 else PDF
        handler.say(200, body, Content_Length=str(len(PDF)), **headers)

    site.paths["/guide"] = respond
    found = one(site, limited)
    assert found.path is not None and found.path.read_bytes() == PDF
    assert ("Range" in site.asked[1][1]) == (headers == {"ETag": '"one"'})


@pytest.mark.parametrize("span", ["bytes 0-9/10", "nonsense"])
def test_another_part_than_asked_for_is_not_glued_on(
    site: Site, limited: Settings, span: str
) -> None:
    def respond(handler: Handler, count: int) -> None:
        if count == 1:
            handler.say(200, PDF[:HALF], Content_Length=str(len(PDF)), ETag='"one"')
        elif handler.headers["Range"]:
            handler.say(206, PDF[:HALF], Content_Range=span)
        else:
            handler.say(200, PDF)

    site.paths["/guide"] = respond
    found = one(site, limited)
    assert found.path is not None and found.path.read_bytes() == PDF


def test_a_range_that_cannot_be_had_starts_again(site: Site, limited: Settings) -> None:
    def respond(handler: Handler, count: int) -> None:
        if handler.headers["Range"]:
            handler.say(416)
        else:
            half = count == 1
            body = PDF[:HALF] if half else PDF
            handler.say(200, body, Content_Length=str(len(PDF)), ETag='"one"')

    site.paths["/guide"] = respond
    found = one(site, limited)
    assert found.path is not None and found.path.read_bytes() == PDF


def test_a_stall_is_left_and_resumed(site: Site, limited: Settings) -> None:
    def respond(handler: Handler, count: int) -> None:
        if count == 1:
            handler.say(200, PDF[:HALF], Content_Length=str(len(PDF)), ETag='"one"')
            site.stop.wait(20)
        else:
            breaks_off(handler, count)

    site.paths["/guide"] = respond
    started = time.monotonic()
    assert one(site, limited).path is not None
    assert time.monotonic() - started < 10


# --- what fails, and leaves nothing behind -------------------------------------------------------


def stalls(handler: Handler, count: int) -> None:
    handler.say(200, PDF[:HALF], Content_Length=str(len(PDF)))
    handler.site.stop.wait(20)


def always_breaks_off(handler: Handler, count: int) -> None:
    handler.say(200, PDF[:HALF], Content_Length=str(len(PDF)))


def lies_about_its_size(handler: Handler, count: int) -> None:
    handler.send_response(200)
    handler.end_headers()
    for _ in range(40):
        handler.wfile.write(PDF)


FAILURES: dict[str, tuple[Respond, str, int]] = {
    "stalls": (stalls, "sent nothing for 0.5 seconds", 3),
    "breaks off": (always_breaks_off, "broke off", 3),
    "says nothing": (lambda handler, count: None, "broke off", 3),
    "404": (lambda handler, count: handler.say(404), "answered 404", 1),
    "500": (lambda handler, count: handler.say(500), "answered 500", 3),
    "announces too much": (
        lambda handler, count: handler.say(200, PDF, Content_Length="3000000"),
        "larger than 1 MB; allow more with GENDERGPT_FETCH_MEGABYTES",
        1,
    ),
    "sends too much": (lies_about_its_size, "larger than 1 MB", 1),
    "is a web page": (
        lambda handler, count: handler.say(
            200, PAGE.format("Hello").encode(), Content_Type="application/pdf"
        ),
        "is a web page, not the publication itself. Open it, download the PDF",
        1,
    ),
    "is something else": (
        lambda handler, count: handler.say(200, b"GIF89a...", Content_Type="application/pdf"),
        "no PDF, DOCX or PPTX file",
        1,
    ),
    "is another archive": (lambda handler, count: handler.say(200, b"PK\x03\x04 x"), "no PDF", 1),
    "is empty": (lambda handler, count: handler.say(200), "an empty file", 1),
    "goes round in circles": (
        lambda handler, count: handler.say(302, Location="/guide"),
        "without end",
        6,
    ),
    "leads to a file": (
        lambda handler, count: handler.say(302, Location="file:///etc/passwd"),
        "only http and https addresses are opened",
        1,
    ),
    "leads nowhere": (
        lambda handler, count: handler.say(302, Location="http://[::1:x/"),
        "Invalid URL in location header",
        3,
    ),
    "leads to nothing at all": (lambda handler, count: handler.say(302), "answered 302", 1),
}


@pytest.mark.parametrize("name", FAILURES)
def test_failures(site: Site, limited: Settings, name: str) -> None:
    respond, message, requests = FAILURES[name]
    site.paths["/guide"] = respond
    found = one(site, limited)
    assert found.path is None
    assert found.reachable
    assert message in (found.reason or "")
    assert len(site.asked) == requests
    assert left(limited) == []
    assert not limited.download_folder.exists()


def test_a_trickle_ends(site: Site, tmp_path: Path) -> None:
    def respond(handler: Handler, count: int) -> None:
        handler.say(200, Content_Length="900000")
        while not site.stop.wait(0.02):
            handler.wfile.write(b"%PDF-")
            handler.wfile.flush()

    site.paths["/guide"] = respond
    settings = Settings(library=tmp_path / "library", fetch_minutes=0.01, fetch_silence_seconds=5)
    found = one(site, settings)
    assert "took longer than 0.01 minutes" in (found.reason or "")
    assert left(settings) == []


def test_nobody_there(limited: Settings) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/guide"
    found = fetch([Original("guide", "Guide", url=url)], limited, pause=0.01)[0]
    assert not found.reachable
    assert "127.0.0.1 cannot be reached" in (found.reason or "")


def test_links_of_a_web_page(site: Site, limited: Settings) -> None:
    page = PAGE.format(
        '<a href="/files/guide.PDF?x=1#page=2">a</a><a href="files/../files/guide.PDF?x=1">b</a>'
        '<a href="javascript:x.pdf">c</a><a>d</a><a href="http://[x">e</a><p href="x.pdf">'
    )
    site.paths["/guide"] = lambda handler, count: handler.say(200, page.encode())
    found = one(site, limited)
    assert found.links == (f"{site.address}/files/guide.PDF?x=1",)
    assert len(site.asked) == 1, "a link is told, not followed"
    assert pdf_links("no page at all", "http://x") == ()


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1/x", "http://[::1]/x", "http://10.0.0.1/x", "http://169.254.169.254/latest",
     "http://localhost/x", "http://192.168.1.1:8080/"],
)  # fmt: skip
def test_no_redirect_into_a_private_network(url: str) -> None:
    with pytest.raises(FetchFailed, match="private network"):
        check_hop(url, "http://8.8.8.8/guide")
    check_hop(url, url)
    check_hop(url, "http://127.0.0.1/guide")


@pytest.mark.parametrize("url", ["http://example.org:port/x", "http://[::1/x"])
def test_what_is_no_address(url: str) -> None:
    with pytest.raises(FetchFailed, match="is no address"):
        check_hop(url, url)


@pytest.mark.parametrize("url", ["ftp://8.8.8.8/x", "file:///etc/passwd", "http:///x", "x"])
def test_only_web_addresses(url: str) -> None:
    with pytest.raises(FetchFailed, match="only http and https"):
        check_hop(url, url)


# --- the folder ----------------------------------------------------------------------------------


def test_nothing_is_overwritten(site: Site, limited: Settings) -> None:
    site.paths["/guide"] = lambda handler, count: handler.say(200, PDF)
    limited.download_folder.mkdir()
    (limited.download_folder / "guide.pdf").write_bytes(b"mine")
    found = one(site, limited)
    assert "is there already and is not overwritten" in (found.reason or "")
    assert (limited.download_folder / "guide.pdf").read_bytes() == b"mine"
    assert left(limited) == ["guide.pdf"]


def test_a_catalogue_of_somebody_elses_is_left_alone(site: Site, limited: Settings) -> None:
    limited.download_folder.mkdir()
    (limited.download_folder / "catalogue.toml").write_text('[[document]]\nfile = "x.md"\n')
    with pytest.raises(UsageError, match="GENDERGPT_DOWNLOADS"):
        one(site, limited)
    assert site.asked == []


def test_damaged_notes(site: Site, limited: Settings) -> None:
    limited.download_folder.mkdir()
    (limited.download_folder / "fetched.json").write_text("{")
    with pytest.raises(UsageError, match=r"fetched\.json cannot be read"):
        one(site, limited)


def test_a_folder_that_cannot_be_made(site: Site, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    settings = Settings(library=tmp_path / "library", downloads=tmp_path / "file")
    with pytest.raises(UnavailableError, match="GENDERGPT_DOWNLOADS"):
        one(site, settings)


def test_leftovers_of_a_killed_run_go(site: Site, limited: Settings) -> None:
    site.paths["/guide"] = lambda handler, count: handler.say(200, PDF)
    limited.download_folder.mkdir()
    old, fresh = (limited.download_folder / f"x-{n}.part" for n in (1, 2))
    old.write_text("old")
    fresh.write_text("of a run that goes on")
    os.utime(old, (time.time() - 200_000,) * 2)
    one(site, limited)
    assert not old.exists() and fresh.exists()


def test_stopped_in_the_middle(site: Site, limited: Settings) -> None:
    site.paths["/guide"] = lambda handler, count: handler.say(200, PDF)

    def interrupt(step: Fetching) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch([original(site, "/guide")], limited, progress=interrupt)
    assert left(limited) == []


# --- the commands --------------------------------------------------------------------------------


@pytest.fixture
def listed(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tiny: TinyEncoder
) -> Settings:
    """A library that lists originals of the site and holds none of them."""
    settings = Settings(library=tmp_path / "library")
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "catalogue.toml").write_text(
        f"""
        [[original]]
        id = "guide"
        title = "Guide for the crossing at Brod"
        publisher = "Brod Police"
        year = 2020
        url = "{site.address}/guide"
        [[original]]
        id = "old-guide"
        title = "Guide for the crossing at Brod"
        year = 2010
        url = "{site.address}/old"
        superseded_by = "guide"
        [[original]]
        id = "resolution"
        title = "Resolution on crossings"
        publisher = "Council of Brod"
        symbol = "B/RES/1"
        [[document]]
        file = "note.md"
        kind = "summary"
        [[document.based_on]]
        title = "Guide for the crossing at Brod"
        original = "guide"
        """
    )
    (folder / "note.md").write_text("# Note\n\nThe guide of Brod asks for a closed room.\n")
    ingest([folder], settings, encoder=tiny)
    monkeypatch.setattr("gendergpt.ingestion.SentenceTransformerEncoder", lambda *_: tiny)
    monkeypatch.setenv("GENDERGPT_LIBRARY", str(settings.library))
    monkeypatch.setenv("GENDERGPT_FETCH_ATTEMPTS", "1")
    return settings


def publication() -> bytes:
    text = "Body searches of women travellers are carried out by women officers at Brod."
    return typst.compile(f"#set document(title: [final_2])\n= Searches\n{text}\n".encode())


def test_missing(listed: Settings, capsys: pytest.CaptureFixture[str], site: Site) -> None:
    assert main(["library", "missing"]) == 0
    out = capsys.readouterr().out
    assert f"{site.address}/guide" in out
    assert "no address known: ask Council of Brod for B/RES/1" in out
    assert "replaced by a newer edition: Guide for the crossing at Brod (2020), guide" in out
    assert "1 section of our notes stand" in out
    assert "3 of 3 publications are missing" in out
    assert main(["library", "missing", "--json"]) == 0
    values = json.loads(capsys.readouterr().out)
    assert [each["id"] for each in values] == ["guide", "old-guide", "resolution"]
    assert values[0]["sections"] == 1
    assert set(values[0]) >= {"title", "publisher", "year", "symbol", "url", "superseded_by"}


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (["--publisher", "council"], {"resolution"}),
        (["--publisher", "nobody"], set()),
        (["--year-from", "2020", "--year-to", "2020"], {"guide"}),
    ],
)
def test_missing_of_a_publisher_or_year(
    filters: list[str], found: set[str], listed: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["library", "missing", "--json", *filters]) == 0
    assert {each["id"] for each in json.loads(capsys.readouterr().out)} == found


def test_nothing_is_listed(
    settings: Settings, notes: Path, tiny: TinyEncoder, capsys: pytest.CaptureFixture[str]
) -> None:
    (notes / "a.md").write_text("# A\n\nA sentence that can be searched for.\n")
    ingest([notes], settings, encoder=tiny)
    assert main(["library", "missing", "--library", str(settings.library)]) == 0
    assert "No catalogue that was ingested lists publications" in capsys.readouterr().out
    assert main(["library", "missing", "--library", str(notes)]) == 3


def test_fetch_and_ingest(listed: Settings, site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    site.paths["/guide"] = lambda handler, count: handler.say(200, publication())
    assert main(["fetch"]) == 0
    out = capsys.readouterr().out
    assert "fetched      guide" in out
    assert "left out     old-guide  (a newer edition replaces it (guide)" in out
    assert "left out     resolution  (no address known" in out
    ledger = Ledger(listed.library / "ledger.sqlite")
    found = next(each for each in ledger.documents() if each.original == "guide")
    ledger.close()
    assert (found.title, found.year) == ("Guide for the crossing at Brod", 2020)
    assert found.url == f"{site.address}/guide"
    assert main(["library", "missing"]) == 0
    assert "2 of 3 publications are missing" in capsys.readouterr().out
    assert main(["fetch", "guide", "--json"]) == 0
    value = json.loads(capsys.readouterr().out)
    assert value["left_out"] == [{"id": "guide", "reason": "it is in the library already"}]
    assert value["ingest"] is None
    report = ingest([listed.download_folder], listed)
    assert (len(report.unchanged), report.added) == (1, ())


def test_a_superseded_one_is_fetched_by_name(listed: Settings, site: Site) -> None:
    site.paths["/old"] = lambda handler, count: handler.say(200, publication())
    assert main(["fetch", "old-guide"]) == 0


def test_some_failed(listed: Settings, site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    site.paths["/guide"] = lambda handler, count: handler.say(
        200, PAGE.format('<a href="/guide.pdf">PDF</a>').encode()
    )
    assert main(["fetch"]) == 1
    out = capsys.readouterr().out
    assert f"gendergpt fetch guide --from {site.address}/guide.pdf" in out
    site.paths["/guide.pdf"] = lambda handler, count: handler.say(200, publication())
    assert main(["fetch", "guide", "--from", f"{site.address}/guide.pdf"]) == 0
    assert main(["fetch", "resolution"]) == 1
    assert "no address is known; ask Council of Brod" in capsys.readouterr().out


def test_what_cannot_be_read_is_told(
    listed: Settings, site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    site.paths["/guide"] = lambda handler, count: handler.say(200, PDF)
    assert main(["fetch"]) == 1
    assert "quarantined" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["unknown"], "no publication 'unknown' to fetch"),
        (["--from", "http://x/y.pdf"], "name its ID"),
        (["guide", "old-guide", "--from", "http://x/y.pdf"], "name its ID"),
    ],
)
def test_wrong_usage(
    listed: Settings,
    site: Site,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    assert main(["fetch", *arguments]) == 2
    assert message in capsys.readouterr().err
    assert site.asked == []


def test_nothing_reachable(
    listed: Settings, capsys: pytest.CaptureFixture[str], site: Site
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/guide"
    assert main(["fetch", "guide", "--from", url]) == 3
    assert "Check the connection to the internet" in capsys.readouterr().err
