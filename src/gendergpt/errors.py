"""Everything that can go wrong and that a user can mend, as a small tree of exceptions.

Each message names the file or setting, what is wrong with it, and the way out.
"""

from __future__ import annotations


class GenderGPTError(Exception):
    """Base of all errors that this package raises on purpose."""


class UsageError(GenderGPTError):
    """The request itself is wrong: a path that is not there, a value that cannot be."""


class SettingsError(UsageError):
    """A setting is unknown or has a value it cannot have."""


class CatalogueError(UsageError):
    """A catalogue file cannot be read or holds a record that makes no sense."""


class UnavailableError(GenderGPTError):
    """Something that the work needs cannot be used now: the library, the model or a port."""


class LibraryMissing(UnavailableError):
    """There is no library at this place yet."""


class LibraryLocked(UnavailableError):
    """Another process is writing to the library."""


class LibraryMismatch(UnavailableError):
    """The library was made with another model or by another version of GenderGPT."""


class ModelUnavailable(UnavailableError):
    """The encoder's weights are missing, altered, or of a kind that cannot be used."""


class PortTaken(UnavailableError):
    """The web chat's address is in use."""


class DocumentNotFound(UsageError):
    """The library holds no document with this id."""


class UnreadableFile(GenderGPTError):
    """A file cannot be read; its reason goes to the report and the other files go on."""


class SharedAnswerMissing(UsageError):
    """There is no shared answer at this address."""
