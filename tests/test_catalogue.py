"""What a catalogue says about files, and what it must not say."""

from __future__ import annotations

from pathlib import Path

import pytest

from gendergpt.catalogue import Catalogues, load, read
from gendergpt.errors import CatalogueError, UsageError
from gendergpt.types import Basis, Kind, Original

ROOT = Path(__file__).resolve().parents[1]
FULL = """
[[document]]
file = "note.md"
title = "A note"
publisher = "GenderGPT (summary)"
year = 2026
edition = "first"
language = "en"
licence = "Apache-2.0"
kind = "summary"
url = "https://example.org/note"
superseded_by = "The next note"

[[document.based_on]]
title = "Toolkit"
publisher = "DCAF"
year = 2020
place = "Tool 6"
url = "https://example.org/toolkit"
seen = "PAGE"
heading = "Searches"
facts = ["F001"]
"""


def write(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "catalogue.toml"
    path.write_text(text, "utf-8")
    return path


def test_a_whole_record(tmp_path: Path) -> None:
    records = load(write(tmp_path, FULL))
    (path,) = records
    assert path == tmp_path.resolve() / "note.md"
    record = records[path]
    assert record.kind is Kind.SUMMARY
    assert (record.title, record.year, record.language) == ("A note", 2026, "en")
    assert record.superseded_by == "The next note"
    assert record.based_on[0].to_basis() == Basis(
        "Toolkit", "DCAF", 2020, "Tool 6", "https://example.org/toolkit", "PAGE", "Searches"
    )


def test_everything_but_the_file_is_optional(tmp_path: Path) -> None:
    (record,) = load(write(tmp_path, '[[document]]\nfile = "a.pdf"\n')).values()
    assert record.kind is Kind.ORIGINAL
    assert record.title is None
    assert record.based_on == ()
    assert load(write(tmp_path / "empty", "")) == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("not toml at all", "cannot be read as TOML"),
        ('[[document]]\ntitle = "no file"', r"document\.1\.file"),
        ('[[document]]\nfile = "a.md"\ntitel = "x"', r"document\.1\.titel"),
        ('[[document]]\nfile = "a.md"\nyear = 20', "year"),
        ('[[document]]\nfile = "a.md"\nkind = "copy"', "kind"),
        ('[[document]]\nfile = "a.md"\nlanguage = "English"', "language"),
        ('[[document]]\nfile = "a.md"\nurl = "javascript:alert(1)"', "url"),
        ('[[document]]\nfile = "a.md"\n[[document.based_on]]\nurl = "https://x.org"', "title"),
        ('[[document]]\nfile = "a.md"\n[[document.based_on]]\ntitle = "x"\nseen = "NO"', "seen"),
        ('[[document]]\nfile = "../a.md"', "lies outside"),
        ('[[document]]\nfile = "/etc/passwd"', "lies outside"),
        ('[[document]]\nfile = "a.md"\n[[document]]\nfile = "./a.md"', "listed twice"),
        ('documents = ["a.md"]', "documents"),
        ('[[original]]\nid = "a"', r"original\.1\.title"),
        ('[[original]]\nid = "A b"\ntitle = "x"', r"original\.1\.id"),
        ('[[original]]\nid = "a"\ntitle = "x"\nurl = "file:///x"', "url"),
        ('[[original]]\nid = "a"\ntitle = "x"\n' * 2, "id = 'a' is listed twice"),
        (
            '[[original]]\nid = "a"\ntitle = "x"\nsuperseded_by = "a"',
            "cannot be superseded by itself",
        ),
    ],
)
def test_wrong_catalogues_are_refused_by_name(tmp_path: Path, text: str, message: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(CatalogueError, match=message) as caught:
        load(path)
    assert str(path) in str(caught.value)
    assert isinstance(caught.value, UsageError)


def test_a_catalogue_that_is_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.toml"
    path.write_bytes(b'[[document]]\nfile = "caf\xe9.md"')
    with pytest.raises(CatalogueError, match="cannot be read"):
        load(path)


def test_the_nearest_catalogue_that_lists_a_file_governs_it(tmp_path: Path) -> None:
    write(
        tmp_path,
        '[[document]]\nfile = "sub/a.md"\ntitle = "upper"\n'
        '[[document]]\nfile = "sub/b.md"\ntitle = "upper"\n',
    )
    write(tmp_path / "sub", '[[document]]\nfile = "a.md"\ntitle = "lower"\n')
    catalogues = Catalogues()
    found = [catalogues.record(tmp_path / "sub" / name, tmp_path) for name in ("a.md", "b.md")]
    assert [record.title if record else None for record in found] == ["lower", "upper"]
    assert catalogues.record(tmp_path / "sub" / "c.md", tmp_path) is None
    assert catalogues.record(tmp_path / "sub" / "b.md", tmp_path / "sub") is None


def test_a_catalogue_above_the_folder_is_not_looked_at(tmp_path: Path) -> None:
    write(tmp_path, "broken")
    (tmp_path / "sub").mkdir()
    assert Catalogues().record(tmp_path / "sub" / "a.md", tmp_path / "sub") is None


def test_a_linked_file_has_the_record_of_the_link(tmp_path: Path) -> None:
    """And no catalogue beside the file that it leads to has a say."""
    write(tmp_path / "elsewhere", "broken")
    (tmp_path / "elsewhere" / "real.md").write_text("Text.")
    write(tmp_path / "docs", '[[document]]\nfile = "link.md"\ntitle = "linked"\n')
    link = tmp_path / "docs" / "link.md"
    link.symlink_to(tmp_path / "elsewhere" / "real.md")
    record = Catalogues().record(link, tmp_path / "docs")
    assert record is not None
    assert record.title == "linked"


def test_file_names_of_all_kinds(tmp_path: Path) -> None:
    names = ["with space.md", "Übersicht.md", 'quo"te.md', "it's.md", "new\nline.md"]
    tables = []
    for name in names:
        escaped = name.replace('"', '\\"').replace("\n", "\\n")
        tables.append(f'[[document]]\nfile = "{escaped}"\n')
    records = load(write(tmp_path, "".join(tables)))
    assert {path.name for path in records} == set(names)


def test_the_starter_librarys_own_catalogue() -> None:
    records = load(ROOT / "corpus" / "catalogue.toml")
    assert records
    for path, record in records.items():
        assert path.is_file()
        assert record.kind is Kind.SUMMARY
        assert record.based_on


# --- originals -----------------------------------------------------------------------------------

ORIGINALS = """
[[original]]
id = "tool"
title = "Tool 6"
publisher = "DCAF"
year = 2008
edition = "first"
language = "en"
symbol = "T/6"
url = "https://example.org/tool"
superseded_by = "newer-tool"
also = ["Toolkit, sixth tool"]

[[original]]
id = "newer-tool"
title = "Tool 6, revised"
"""


def test_originals(tmp_path: Path) -> None:
    catalogue = read(write(tmp_path, ORIGINALS))
    assert catalogue.records == {}
    assert catalogue.originals == (
        Original(
            "tool", "Tool 6", "DCAF", 2008, "first", "en", "T/6", "https://example.org/tool",
            "newer-tool", ("Toolkit, sixth tool",),
        ),
        Original("newer-tool", "Tool 6, revised"),
    )  # fmt: skip
    catalogue.check(())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '[[original]]\nid = "a"\ntitle = "x"\nsuperseded_by = "b"',
            r"the original 'a' \(superseded_by\) names the original 'b'",
        ),
        ('[[document]]\nfile = "a.md"\noriginal = "b"', "the record of 'a.md' names"),
        (
            '[[document]]\nfile = "a.md"\n[[document.based_on]]\ntitle = "x"\noriginal = "b"',
            r"the record of 'a.md' \(based_on\) names",
        ),
    ],
)
def test_an_unknown_name_of_an_original(tmp_path: Path, text: str, message: str) -> None:
    path = write(tmp_path, text)
    catalogue = read(path)
    with pytest.raises(CatalogueError, match=message) as caught:
        catalogue.check(())
    assert str(path) in str(caught.value)
    catalogue.check({"b"})


def test_originals_of_several_catalogues_know_one_another(tmp_path: Path) -> None:
    upper = write(tmp_path, ORIGINALS)
    lower = write(tmp_path / "sub", '[[document]]\nfile = "a.md"\noriginal = "tool"\n')
    catalogues = Catalogues()
    catalogues.visit(tmp_path / "sub")
    with pytest.raises(CatalogueError):
        catalogues.check()
    catalogues.visit(tmp_path)
    catalogues.visit(tmp_path / "nothing")
    catalogues.check()
    found = {path: [each.id for each in some] for path, some in catalogues.originals().items()}
    assert found == {upper: ["tool", "newer-tool"], lower: []}
