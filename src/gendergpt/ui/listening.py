"""Getting hold of an address to serve at, before anything heavy is loaded."""

from __future__ import annotations

import errno
import json
import socket
import urllib.request
from typing import Any

from gendergpt.errors import PortTaken, UnavailableError

APP_NAME = "gendergpt"
"""What ``/healthz`` answers as ``app``."""


def listen(host: str, port: int) -> socket.socket:
    """Return a socket bound to ``host`` and ``port`` (0: a free one).

    Raises:
        PortTaken: the port is in use; the message says by whom, where that can be told.
        UnavailableError: the address is not one of this machine, or may not be used.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError as error:
        raise UnavailableError(
            f"'{host}' is no address that can be listened on ({error.strerror}). "
            "Use --host 127.0.0.1 for this machine only."
        ) from error
    listener = socket.socket(family, kind, protocol)
    # Connections of the last run may linger; a port that another program listens on still fails.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(address)
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise _refusal(host, port, error) from error
    return listener


def _refusal(host: str, port: int, error: OSError) -> UnavailableError:
    if error.errno == errno.EADDRINUSE:
        ours = _is_ours(host, port)
        who = "another GenderGPT" if ours else "another program"
        open_it = f"Open {page_address(host, port)}, or stop it" if ours else "Stop it"
        return PortTaken(
            f"Port {port} on {host} is taken by {who}. {open_it}, or choose another port with "
            f"--port {port + 1} (--port 0 takes a free one)."
        )
    reason = error.strerror or str(error)
    return UnavailableError(
        f"Port {port} on {host} cannot be used ({reason}). Choose another with --host or --port."
    )


def _is_ours(host: str, port: int) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(page_address(host, port) + "/healthz", timeout=1) as response:
            found: Any = json.loads(response.read(1000))
    except (OSError, ValueError):
        return False
    return isinstance(found, dict) and found.get("app") == APP_NAME


def page_address(host: str, port: int) -> str:
    """Return the address to open in a browser on this machine."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "": "127.0.0.1"}.get(host, host)
    if ":" in shown and not shown.startswith("["):
        shown = f"[{shown}]"
    return f"http://{shown}:{port}"
