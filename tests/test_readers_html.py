"""HTML pages: what is text, in which order, and what a page says about itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gendergpt.errors import UnreadableFile
from gendergpt.readers.html import HtmlReader
from gendergpt.types import Reading

Said = list[tuple[str, str]]


def page(tmp_path: Path, source: str | bytes) -> Reading:
    path = tmp_path / "page.html"
    path.write_bytes(source if isinstance(source, bytes) else source.encode())
    return HtmlReader().read(path)


def words(reading: Reading) -> Said:
    text = reading.pages[0].text
    return [(str(block.kind), text[block.start : block.end]) for block in reading.blocks]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<p>One <b>bold</b>word<br>next&nbsp;line.",
         [("paragraph", "One boldword\nnext\xa0line.")]),
        ("loose <i>words</i><p>own</p>tail<br><br>after",
         [("paragraph", w) for w in ("loose words", "own", "tail", "after")]),
        ("<ol start=3><li>c<ol type=a><li>x<li>y</ol><li value=9><p>i</p><p>more</p></ol>",
         [("list_item", "3. c"), ("list_item", "a. x"), ("list_item", "b. y"),
          ("list_item", "9. i"), ("paragraph", "more")]),
        ("<ol type=I><li>a</ol><ul style='list-style: none'><li>27. typed</ul>",
         [("list_item", "I. a"), ("list_item", "27. typed")]),
        ("<ol><li>5. typed already<li>(b) so is this</ol>",
         [("list_item", "5. typed already"), ("list_item", "(b) so is this")]),
        ("<dl><dt>Gender<dt>Sex<dd>Not the same.<dd><p>And more.</dl>",
         [("paragraph", "Gender / Sex: Not the same."), ("paragraph", "And more.")]),
        ("<pre>a\n  b</pre><blockquote>Quoted.</blockquote>",
         [("paragraph", "a\n  b"), ("paragraph", "Quoted.")]),
        ("<div class=footnotes><ol><li>See X.</ol></div><p>In<sup><a href='#n'>1</a></sup> 5 m"
         "<sup>2</sup>", [("footnote", "1. See X."), ("paragraph", "In 5 m2")]),
    ],
)  # fmt: skip
def test_blocks(tmp_path: Path, source: str, expected: Said) -> None:
    assert words(page(tmp_path, source)) == expected


@pytest.mark.parametrize(
    "unseen",
    [
        "<script>no</script>", "<style>no</style>", "<template>no</template>", "<!-- no -->",
        "<noscript>no</noscript>", "<nav>no</nav>", "<header>no</header>", "<footer>no</footer>",
        "<aside>no</aside>", "<form>no <input value=no></form>", "<p hidden>no</p>",
        "<p style='color:red;Display : none'>no</p>", "<div role=navigation>no</div>",
        "<svg><text>no</text></svg>", "<select><option>no</select>", "<iframe>no</iframe>",
    ],
)  # fmt: skip
def test_what_is_no_text(tmp_path: Path, unseen: str) -> None:
    assert words(page(tmp_path, f"{unseen}<p>Yes.</p>{unseen}")) == [("paragraph", "Yes.")]


def test_headers_in_articles_and_forms_around_pages_are_text(tmp_path: Path) -> None:
    source = "<article><header><p>By hand.</header>Body.<footer>Note.</footer></article>"
    assert [text for _, text in words(page(tmp_path, source))] == ["By hand.", "Body.", "Note."]
    source = "<form id=aspnetForm><input><h1>Title</h1><p>Body.</form>"
    assert [text for _, text in words(page(tmp_path, source))] == ["Title", "Body."]


def test_only_the_main_part_where_it_holds_most(tmp_path: Path) -> None:
    main = "<main><p>The words that this page is about, all of them.</p></main>"
    assert len(words(page(tmp_path, f"<div>Cookies?</div>{main}"))) == 1
    long = "<div>" + "Words that stand outside for whatever reason. " * 3 + "</div>"
    assert len(words(page(tmp_path, long + main))) == 2


def test_tables(tmp_path: Path) -> None:
    reading = page(
        tmp_path,
        "<table><caption>Shares</caption><tr><th rowspan=2>Region<th colspan=2>Women<tr><th>2017"
        "<th>2021<tr><td rowspan=2>East<td>9<td>11<tr><td>8<td><ul><li>x<li>y</ul></table>",
    )
    assert words(reading) == [
        ("paragraph", "Shares"),
        ("table", "Region: East; Women 2017: 9; Women 2021: 11"),
        ("table", "Region: East; Women 2017: 8; Women 2021: - x - y"),
    ]


def test_tables_without_header_cells(tmp_path: Path) -> None:
    rows = "<tr><td>{}<td>{}"
    data = "<table>" + rows.format("Year", "Share") + rows.format("2017", "9 %") + "</table>"
    assert words(page(tmp_path, data)) == [("table", "Year: 2017; Share: 9 %")]
    data = "<table>" + rows.format("2017", "9 %") + rows.format("2021", "11 %") + "</table>"
    assert words(page(tmp_path, data)) == [("table", "2017; 9 %"), ("table", "2021; 11 %")]
    layout = "<table><tr><td><h2>Rooms</h2><p>One.</p><td>Two.<tr><td>a<td>b</table>"
    found = [text for _, text in words(page(tmp_path, layout))]
    assert found == ["Rooms", "One.", "Two.", "a", "b"]


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("<title>The title | A site</title>", "The title"),
        ("<title>Another | A site</title>", "Another | A site"),
        ("<meta property=og:title content='Shared - Site'>"
         "<meta property=og:site_name content=Site>", "Shared"),
        ("<meta name=citation_title content='Cited'><title>x</title>", "Cited"),
        ("", "The title"),
    ],
)  # fmt: skip
def test_title(tmp_path: Path, head: str, title: str) -> None:
    source = f"<head>{head}</head><h1>The title</h1><p>Body.</p>"
    assert page(tmp_path, source).title == title


def test_language_year_and_author(tmp_path: Path) -> None:
    reading = page(
        tmp_path,
        "<html lang=fr-CA><meta name=DC.date content=2019-03-02><meta name=author content='A. B.'>"
        "<meta name=generator content='2024'><p>Corps.",
    )
    assert (reading.language, reading.year, reading.author) == ("fr", 2019, "A. B.")
    bare = page(tmp_path, "<p>© 2020 Body.")
    assert (bare.language, bare.year, bare.author, bare.title) == (None, None, None, None)


@pytest.mark.parametrize(
    ("source", "expected", "warned"),
    [
        ("<p>Grenzübertritt".encode(), "Grenzübertritt", False),
        ("\ufeff<p>Grenzübertritt".encode(), "Grenzübertritt", False),
        ("<p>Grenzübertritt".encode("utf-16"), "Grenzübertritt", False),
        ("<meta charset=utf-16><p>Grenzübertritt".encode(), "Grenzübertritt", False),
        ("<meta charset='windows-1251'><p>Граница".encode("cp1251"), "Граница", False),
        ("<meta http-equiv=Content-Type content='text/html; charset=iso-8859-1'><p>“né”".encode(
            "cp1252"), "“né”", False),
        ("<?xml version='1.0' encoding='iso-8859-2'?><p>być".encode("iso-8859-2"), "być", False),
        (("<p>" + "Женщины и мужчины пересекают границу. " * 5).encode("cp1251"), "Женщины", True),
    ],
)  # fmt: skip
def test_encodings(tmp_path: Path, source: bytes, expected: str, warned: bool) -> None:
    reading = page(tmp_path, source)
    assert reading.pages[0].text.startswith(expected)
    assert bool(reading.warnings) is warned


def test_a_page_that_a_script_fills_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"page\.html holds no text .*print it to PDF"):
        page(tmp_path, "<html><body><div id=app></div><script>go()</script></body></html>")


@pytest.mark.parametrize("raw", [b"%PDF-1.7 x", b"PK\x03\x04zip", b"<p>a\x00b"])
def test_binary_files_are_refused(tmp_path: Path, raw: bytes) -> None:
    with pytest.raises(UnreadableFile, match="binary"):
        page(tmp_path, raw)


@given(
    st.lists(
        st.sampled_from(
            "<p> <ul> <ol> <li> <table> <tr> <td> <th> <dl> <dt> <dd> <h2> </ul> </table> </td>"
            " <br> <div> </div> <pre> <form> <main> <sup> words &#xD800; &#0; <b> </b>".split()
        ),
        max_size=40,
    )
)
def test_any_markup_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, tags: list[str]
) -> None:
    path = tmp_path_factory.mktemp("any") / "any.html"
    path.write_text(" ".join(tags) or " ")
    try:
        reading = HtmlReader().read(path)
    except UnreadableFile as error:
        assert "no text" in str(error)
    else:
        assert all(text == text.strip() != "" for _, text in words(reading))
        reading.pages[0].text.encode()
