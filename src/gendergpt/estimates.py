"""How long an ingest takes and how much disk it needs: from file sizes, then from the run itself.

The first figures are those of one measured run (see the constants) and can be far off for files of
another kind: a scan has many bytes and few words. They serve to weigh files against one another;
the pace comes from the run as soon as it has got somewhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

_MEGABYTE = 1_000_000
_PACKED = frozenset({".pdf", ".docx", ".pptx"})
# Measured on two cores: 49 PDFs of 37.6 MB (../shared/pdfs/guidance) and corpus/ took 138 s and
# made a library of 98 MB, which is 27 ms and 20 kB a passage; the Markdown notes of corpus/ have
# 69 passages in 31 kB.
_SECONDS = {True: 3.6, False: 60.0}
"""Seconds a megabyte, of formats that are packed (PDF, Office) and of plain ones."""
_DISK = {True: 2.7, False: 45.0}
"""Bytes of library for each byte of file."""
_HASHING = 0.005
"""Seconds a megabyte of files that are known already."""
_LEAST = 0.02
_TRUST = 20.0
"""Seconds of work after which the run's own pace counts as much as the measured one."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What an ingest is likely to take: files to read, their bytes, seconds, bytes of disk."""

    files: int
    bytes: int
    seconds: float
    disk: int

    @property
    def large(self) -> bool:
        """Whether it is worth telling before the run."""
        return self.files > 50 or self.bytes > 200 * _MEGABYTE or self.seconds > 60


class Plan:
    """The work that lies before an ingest, and how much of it is left.

    Args:
        files: the files in their order, each with whether the library knows its path already.
    """

    def __init__(self, files: Iterable[tuple[Path, bool]]) -> None:
        self.sizes: list[int] = []
        new, seconds, disk = [], [], 0.0
        for path, known in files:
            size, packed = _size(path), path.suffix.lower() in _PACKED
            self.sizes.append(size)
            pace = _HASHING if known else _SECONDS[packed]
            seconds.append(_LEAST + pace * size / _MEGABYTE)
            if not known:
                new.append(size)
                disk += _DISK[packed] * size
        self._ends = [0.0, *accumulate(seconds)]
        self.estimate = Estimate(len(new), sum(new), self._ends[-1], int(disk))

    def left(self, done: int, elapsed: float) -> float:
        """Return the seconds that are left after ``done`` files, at the pace of the run so far."""
        expected = self._ends[done]
        return (self._ends[-1] - expected) * (elapsed + _TRUST) / (expected + _TRUST)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
