"""Paths and the documents they lead to, both ways."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gendergpt.files import Sources

PATHS = st.sampled_from("abcde")
DOCUMENTS = st.sampled_from(["d1", "d2", "d3", None])


@given(st.lists(st.tuples(PATHS, DOCUMENTS)), st.lists(st.tuples(PATHS, DOCUMENTS)))
def test_both_ways_agree(
    first: list[tuple[str, str | None]], then: list[tuple[str, str | None]]
) -> None:
    plain: dict[str, str | None] = dict(first)
    sources = Sources({path: each for path, each in plain.items() if each is not None})
    sources.note(then)
    plain |= dict(then)
    for path in "abcde":
        assert sources.get(path) == plain.get(path)
    for document in ("d1", "d2", "d3"):
        leading = {path for path, each in plain.items() if each == document}
        assert set(sources.paths(document)) == leading
        assert len(sources.paths(document)) == len(leading)
    assert dict(sources.items()) == {path: each for path, each in plain.items() if each}


def test_unknown_paths_and_documents() -> None:
    sources = Sources({})
    sources.note([("a", None)])
    assert sources.get("a") is None
    assert sources.paths("d1") == []
