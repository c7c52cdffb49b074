"""Seals: how a text that was in someone else's hands is known for one that this library gave out.

The key lies in the library's folder; it opens nothing, but tells our own texts from others.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import logging
import os
import secrets
from pathlib import Path

from gendergpt.errors import UsageError

KEY = "sealing.key"
_KEY_BYTES = 32
_SEAL = 64
_log = logging.getLogger(__name__)


class Seals:
    """Seals texts and knows them again.

    Where the folder cannot be written to, seals hold until the process ends.

    Args:
        folder: the library's folder.
    """

    def __init__(self, folder: Path) -> None:
        self._key = _key(folder / KEY)

    def sealed(self, text: str) -> str:
        """Return a text with its seal before it."""
        return self._seal(text) + text

    def opened(self, sealed: str) -> str:
        """Return the text behind its seal.

        Raises:
            UsageError: the seal is not ours, or the text was changed since.
        """
        seal, text = sealed[:_SEAL], sealed[_SEAL:]
        if not hmac.compare_digest(seal.encode("utf-8", "replace"), self._seal(text).encode()):
            raise UsageError(
                "This answer was changed, or was not given by this library, so it is not shown. "
                "Ask the question again."
            )
        return text

    def _seal(self, text: str) -> str:
        return hmac.new(self._key, text.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def _key(path: Path) -> bytes:
    """Return the library's key; the first process that needs one makes it."""
    new = secrets.token_bytes(_KEY_BYTES)
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        if not path.exists():
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as f:
                f.write(new)
            with contextlib.suppress(FileExistsError):
                os.link(draft, path)  # whole or not at all, and never over another process's
        held = path.read_bytes()
    except OSError as error:
        _log.warning("No key can be kept in %s: %s", path.parent, error.strerror or error)
        return new
    finally:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
    return held if len(held) == _KEY_BYTES else new
