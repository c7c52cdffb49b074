"""Which document is the newer edition of another."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gendergpt.editions import replaces
from gendergpt.types import Document

OLD = Document("old", "Handbook on Borders", "IOM", 2010)
NEW = Document("new", "Handbook on Borders", "IOM", 2019, "2nd edition", original="iom-2019")


@pytest.mark.parametrize(
    "named",
    ["new", "iom-2019", "Handbook on Borders (2019)", "HANDBOOK on borders, 2019",
     "Handbook on Borders (2nd edition)", "Handbook on Borders, 2nd edition, 2019",
     "Handbook on Borders"],
)  # fmt: skip
def test_the_record_names_the_newer_one(named: str) -> None:
    old = replace(OLD, superseded_by=named)
    assert replaces(NEW, old)
    assert not replaces(old, NEW)
    assert not replaces(old, old)


@pytest.mark.parametrize("named", [None, "Handbook on Borders (2025)", "Another guide"])
def test_another_one_is_not_it(named: str | None) -> None:
    assert not replaces(NEW, replace(OLD, superseded_by=named))


def test_a_title_that_both_bear_names_neither() -> None:
    twin = Document("twin", "Handbook on Borders", "IOM", 2010)
    assert not replaces(twin, replace(OLD, superseded_by="Handbook on Borders"))
