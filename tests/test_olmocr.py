"""The rules by which the text tests of olmOCR-bench pass, and that our layout pays there."""

from __future__ import annotations

from collections import Counter

import pytest

from benchmarks.olmocr import SET, load, passes, run

TEXT = "A title\nThe first  “quoted” paragraph – with a dash.\nThe second one.\n12"


@pytest.mark.parametrize(
    ("test", "passed"),
    [
        ({"type": "present", "text": 'first "quoted" paragraph - with'}, True),
        ({"type": "present", "text": "frist paragraph"}, False),
        ({"type": "present", "text": "The secund one", "max_diffs": 1}, True),
        ({"type": "present", "text": "a TITLE"}, False),
        ({"type": "present", "text": "a TITLE", "case_sensitive": False}, True),
        ({"type": "absent", "text": "A header"}, True),
        ({"type": "absent", "text": "12"}, False),
        ({"type": "absent", "text": "12", "first_n": 20}, True),
        ({"type": "absent", "text": "12", "last_n": 5}, False),
        ({"type": "order", "before": "A title", "after": "second"}, True),
        ({"type": "order", "before": "second", "after": "A title"}, False),
        ({"type": "order", "before": "A titel", "after": "second", "max_diffs": 2}, True),
        ({"type": "order", "before": "not there", "after": "second"}, False),
    ],
)
def test_the_rules(test: dict[str, object], passed: bool) -> None:
    assert passes(test, TEXT) is passed


@pytest.mark.slow
@pytest.mark.skipif(not SET.is_dir(), reason=f"there is no {SET}")
def test_what_we_add_pays() -> None:
    """The searched text passes more than the better plain library, and no type gets worse."""
    tests, left_out = load()
    assert len(tests) == 67
    assert left_out == {"math": 12, "table": 20}
    passed = Counter((r.system, r.test["type"]) for r in run(tests) if r.passed)
    for kind in ("present", "absent", "order"):
        plain = max(passed["pypdf", kind], passed["pypdfium2", kind])
        assert passed["ours, searched text", kind] >= plain, kind
    assert passed["ours, searched text", "absent"] >= passed["pypdf", "absent"] + 6
