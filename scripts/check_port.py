"""Say in a sentence, before any work is done, that the web chat's port cannot be used."""

from __future__ import annotations

import socket
import sys


def problem(text: str, host: str = "127.0.0.1") -> str | None:
    """Return what is wrong with the port ``text`` on ``host``, with the way out, or None."""
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        return f"PORT={text} is no port: give a number from 1 to 65535, e.g. make run PORT=7861"
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(text)))
        except OSError as error:
            return (
                f"Port {text} cannot be used ({error.strerror}). If GenderGPT runs there already, "
                f"open http://{host}:{text}; else stop the program that has it, or choose another "
                f"port: make run PORT={int(text) % 65535 + 1}"
            )
    return None


if __name__ == "__main__":
    message = problem(sys.argv[1])
    if message:
        print(message, file=sys.stderr)
        sys.exit(3)
