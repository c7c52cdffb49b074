"""Estimates of an ingest: by size at first, by the run's own pace later."""

from __future__ import annotations

from pathlib import Path

import pytest

from gendergpt.estimates import Estimate, Plan


def sized(folder: Path, name: str, megabytes: float) -> Path:
    path = folder / name
    with path.open("wb") as stream:
        stream.truncate(int(megabytes * 1_000_000))
    return path


def test_known_files_cost_next_to_nothing(tmp_path: Path) -> None:
    path = sized(tmp_path, "a.pdf", 10)
    new, known = Plan([(path, False)]).estimate, Plan([(path, True)]).estimate
    assert (new.files, new.bytes) == (1, 10_000_000)
    assert new.seconds > 30
    assert new.disk > 10_000_000
    assert (known.files, known.bytes, known.disk) == (0, 0, 0)
    assert known.seconds < 1


def test_plain_text_has_more_words_a_byte(tmp_path: Path) -> None:
    plain = Plan([(sized(tmp_path, "a.md", 1), False)]).estimate
    packed = Plan([(sized(tmp_path, "A.PDF", 1), False)]).estimate
    assert plain.seconds > packed.seconds
    assert plain.disk > packed.disk


def test_the_time_left_follows_the_run(tmp_path: Path) -> None:
    plan = Plan([(sized(tmp_path, f"{n}.pdf", 10), False) for n in range(10)])
    total = plan.estimate.seconds
    assert plan.left(0, 0) == pytest.approx(total)
    as_measured = plan.left(5, total / 2)
    assert as_measured == pytest.approx(total / 2)
    assert plan.left(5, total) > 1.5 * as_measured, "slower than measured"
    assert plan.left(5, total / 8) < 0.5 * as_measured, "quicker than measured"
    assert plan.left(10, 5) == 0


def test_a_file_that_is_gone_has_no_size(tmp_path: Path) -> None:
    assert Plan([(tmp_path / "gone.pdf", False)]).estimate.bytes == 0
    assert Plan([]).estimate == Estimate(0, 0, 0.0, 0)


@pytest.mark.parametrize(
    ("estimate", "large"),
    [
        (Estimate(50, 200_000_000, 60, 0), False),
        (Estimate(51, 0, 0, 0), True),
        (Estimate(1, 200_000_001, 0, 0), True),
        (Estimate(1, 0, 61, 0), True),
    ],
)
def test_what_is_large(estimate: Estimate, large: bool) -> None:
    assert estimate.large is large
