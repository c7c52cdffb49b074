"""Downloads one publication from its address to a file. Nothing else here uses the network.

What a server says of itself is not believed: sizes are counted, and what a file is, is told by its
content. A download that breaks off goes on where it stopped, if the server can do that.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit
from zipfile import BadZipFile, ZipFile

if TYPE_CHECKING:
    from httpx import Client, Response

_MOST_HOPS = 5
_HEAD = 1024
_MOST_HTML = 2_000_000
_TRY_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_ZIPPED = {"word/document.xml": ".docx", "ppt/presentation.xml": ".pptx"}

Report = Callable[[int, int | None], None]
"""Called with the bytes received and the bytes expected (None: the server does not say)."""


class FetchFailed(Exception):
    """A publication could not be downloaded; the message says why and what to do.

    ``reachable`` is False where no server answered at all. ``links`` are the PDF files that a web
    page links to, where the address is one.
    """

    def __init__(self, reason: str, reachable: bool = True, links: tuple[str, ...] = ()) -> None:
        super().__init__(reason)
        self.reachable = reachable
        self.links = links


class _Broken(FetchFailed):
    """The server failed in a way that may pass."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a download may take: bytes, seconds of silence, seconds in all, attempts.

    ``pause`` is the wait in seconds before the second attempt; it doubles with each further one.
    """

    size: int
    silence: float
    seconds: float
    attempts: int
    pause: float = 1.0


def download(url: str, part: Path, limits: Limits, report: Report | None = None) -> str:
    """Download an address to a file and return the file ending that its content calls for.

    Args:
        url: an http or https address.
        part: the file to write; whatever it holds is overwritten.
        limits: what it may take.
        report: called as the download gets on.

    Raises:
        FetchFailed: it could not be downloaded, is too large, or is no PDF, DOCX or PPTX file.
    """
    import httpx
    from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

    attempts = Retrying(
        stop=stop_after_attempt(limits.attempts),
        wait=wait_exponential(multiplier=limits.pause, max=30),
        retry=retry_if_exception_type(_Broken),
        reraise=True,
    )
    timeout = httpx.Timeout(limits.silence)
    # A compressed body cannot be resumed by the byte.
    headers = {"Accept-Encoding": "identity", "User-Agent": "GenderGPT (gendergpt fetch)"}
    with httpx.Client(timeout=timeout, headers=headers) as client:
        transfer = _Transfer(client, url, part, limits, report or (lambda received, total: None))
        attempts(transfer.attempt)
    return _ending(part)


class _Transfer:
    """One download, over as many attempts as it takes."""

    def __init__(
        self, client: Client, url: str, part: Path, limits: Limits, report: Report
    ) -> None:
        self._client = client
        self._url = url
        self._part = part
        self._limits = limits
        self._report = report
        self._received = 0
        self._validator: str | None = None
        self._end = time.monotonic() + limits.seconds

    def attempt(self) -> None:
        """Receive the rest, or all of it where the server does not give a rest."""
        headers = {}
        if self._received and self._validator:
            headers = {"Range": f"bytes={self._received}-", "If-Range": self._validator}
        with _told_of_breaks(self._url, self._limits), self._opened(headers) as response:
            resumed = self._resumes(response)
            if not resumed:
                self._received = 0
                self._validator = _validator(response)
            total = self._total(response)
            with self._part.open("ab" if resumed else "wb") as file:
                for chunk in self._chunks(response, resumed):
                    file.write(chunk)
                    self._report(self._received, total)
        if total is not None and self._received < total:
            raise _Broken(f"{self._url} broke off after {self._received} of {total} bytes")

    def _chunks(self, response: Response, resumed: bool) -> Iterator[bytes]:
        """Yield what comes, counted; a web page is refused as soon as it shows."""
        begun = bytearray()
        chunks = response.iter_bytes()
        for chunk in chunks:
            self._count(chunk)
            if not resumed and len(begun) < _HEAD:
                begun += chunk
                if _is_html(bytes(begun[:_HEAD])):
                    raise self._web_page(begun, chunks, str(response.url))
            yield chunk

    @contextmanager
    def _opened(self, headers: dict[str, str]) -> Iterator[Response]:
        """Open the address, following a few redirects, each of which is looked at first."""
        url = self._url
        for _ in range(_MOST_HOPS + 1):
            check_hop(url, self._url)
            with self._client.stream("GET", url, headers=headers) as response:
                if response.status_code == 416:
                    self._validator = None  # ask for all of it next time
                if not response.has_redirect_location:
                    _check_status(response, url)
                    yield response
                    return
                url = urljoin(url, response.headers["location"])
        raise FetchFailed(
            f"{self._url} leads from one address to the next without end. Open it in a browser."
        )

    def _resumes(self, response: Response) -> bool:
        """Say whether a response goes on where the last one broke off."""
        if response.status_code != 206:
            return False
        match = re.match(r"bytes (\d+)-\d+/", response.headers.get("content-range", ""))
        if match is None or int(match[1]) != self._received:
            self._validator = None  # ask for all of it next time
            raise _Broken(f"{self._url} sent another part than it was asked for")
        return True

    def _total(self, response: Response) -> int | None:
        length = response.headers.get("content-length", "")
        if not length.isdecimal() or response.headers.get("content-encoding", "identity") != (
            "identity"
        ):
            return None
        total = self._received + int(length)
        if total > self._limits.size:
            raise self._too_large()
        return total

    def _count(self, chunk: bytes) -> None:
        self._received += len(chunk)
        if self._received > self._limits.size:
            raise self._too_large()
        if time.monotonic() > self._end:
            raise FetchFailed(
                f"{self._url} took longer than {self._limits.seconds / 60:g} minutes; allow more "
                "with GENDERGPT_FETCH_MINUTES"
            )

    def _too_large(self) -> FetchFailed:
        return FetchFailed(
            f"{self._url} is larger than {self._limits.size // 1_000_000} MB; allow more with "
            "GENDERGPT_FETCH_MEGABYTES"
        )

    def _web_page(self, page: bytearray, rest: Iterator[bytes], url: str) -> FetchFailed:
        for chunk in rest:
            page += chunk
            if len(page) > _MOST_HTML or time.monotonic() > self._end:
                break
        return FetchFailed(
            f"{self._url} is a web page, not the publication itself. Open it, download the PDF "
            "yourself, and ingest it",
            links=pdf_links(page.decode("utf-8", "replace"), url),
        )


@contextmanager
def _told_of_breaks(url: str, limits: Limits) -> Iterator[None]:
    """Turn what httpx raises into a sentence."""
    import httpx

    try:
        yield
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as error:
        raise _Broken(
            f"{urlsplit(url).hostname} cannot be reached ({error})", reachable=False
        ) from error
    except httpx.TimeoutException as error:
        raise _Broken(f"{url} sent nothing for {limits.silence:g} seconds") from error
    except httpx.TransportError as error:
        raise _Broken(f"{url} broke off ({error})") from error
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
        raise FetchFailed(f"{url} cannot be downloaded ({error})") from error


def _check_status(response: Response, url: str) -> None:
    code = response.status_code
    if code in (200, 206):
        return
    reason = f"{url} answered {code} {response.reason_phrase}".rstrip()
    if code == 416 or code in _TRY_AGAIN:
        raise _Broken(reason)
    raise FetchFailed(f"{reason}. Open it in a browser, or ask the publisher")


def _validator(response: Response) -> str | None:
    """Return what a rest can be asked for with: a strong entity tag, or the date of change."""
    if response.headers.get("content-encoding", "identity") != "identity":
        return None
    tag: str = response.headers.get("etag", "")
    if tag and not tag.startswith("W/"):
        return tag
    date: str | None = response.headers.get("last-modified")
    return date


# --- addresses -----------------------------------------------------------------------------------


def check_hop(url: str, given: str) -> None:
    """Refuse an address that a redirect must not lead to.

    Args:
        url: where the redirect leads.
        given: the address that the user's catalogue gives.

    Raises:
        FetchFailed: it is no http or https address, or on a private network although the given
            address is not.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise FetchFailed(f"{given} leads to {url!r}, which is no address") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise FetchFailed(f"{given} leads to {url!r}; only http and https addresses are opened")
    if (
        url != given
        and _is_private(parts.hostname, port)
        and not _is_private(urlsplit(given).hostname or "", None)
    ):
        raise FetchFailed(f"{given} leads into a private network ({parts.hostname}); not followed")


def _is_private(host: str, port: int | None) -> bool:
    """Say whether a host is on this machine or its network; an unknown name is not."""
    try:
        found = socket.getaddrinfo(host, port or 80, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return False
    addresses = [ipaddress.ip_address(str(each[4][0]).split("%")[0]) for each in found]
    return any(not each.is_global for each in addresses)


# --- content -------------------------------------------------------------------------------------


def _is_html(head: bytes) -> bool:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith((b"<!doctype html", b"<html")) or b"<html" in start


def _ending(path: Path) -> str:
    """Return the file ending for what a file holds."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if b"%PDF-" in head:
        return ".pdf"
    if head.startswith(b"PK\x03\x04"):
        try:
            with ZipFile(path) as archive:
                names = set(archive.namelist())
        except BadZipFile:
            names = set()
        for name, ending in _ZIPPED.items():
            if name in names:
                return ending
    what = "an empty file" if not head else "no PDF, DOCX or PPTX file, whatever its name says"
    raise FetchFailed(f"what came is {what}. Open the address in a browser")


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        href = dict(attrs).get("href") if tag == "a" else None
        if href:
            self.found.append(href.strip())


def pdf_links(html: str, base: str) -> tuple[str, ...]:
    """Return the addresses of the PDF files that a web page links to, each once."""
    parser = _Links()
    parser.feed(html)
    found: list[str] = []
    for href in parser.found:
        try:
            url = urljoin(base, href).split("#")[0]
            parts = urlsplit(url)
        except ValueError:
            continue
        if parts.scheme in ("http", "https") and parts.path.lower().endswith(".pdf"):
            found.append(url)
    return tuple(dict.fromkeys(found))
