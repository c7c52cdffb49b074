"""The catalogues hold every text of the code, in all forms, with the same places to fill in."""

from __future__ import annotations

import string
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import gendergpt.phrases
from gendergpt.phrases import ENGLISH, languages, phrases

SOURCE = Path(gendergpt.phrases.__file__).parents[1]
OTHERS = [code for code in languages() if code != "en"]


@cache
def texts() -> frozenset[str | tuple[str, ...]]:
    found = extract_from_dir(SOURCE, method_map=[("**.py", "python")])
    return frozenset(message for _, _, message, _, _ in found if message)


def catalogue(code: str) -> Catalog:
    with (SOURCE / "phrases" / f"{code}.po").open("rb") as file:
        return read_po(file, locale=code)


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def forms(value: str | tuple[str, ...] | list[str] | None) -> Iterator[str]:
    yield from [value] if isinstance(value, str) else value or ()


def test_the_languages_of_the_brief_are_there() -> None:
    assert {"en", "ru", "tr", "fr", "es", "de", "uk", "mk", "sr", "sq", "ro", "ar"} == set(
        languages()
    )
    assert "The library holds no answer to this question." in texts()


@pytest.mark.parametrize("code", OTHERS)
def test_a_catalogue_holds_what_the_code_says_and_no_more(code: str) -> None:
    held = {message.id for message in catalogue(code) if message.id}
    assert held == texts()


@pytest.mark.parametrize("code", OTHERS)
def test_every_form_is_there_and_has_the_same_places(code: str) -> None:
    translated = catalogue(code)
    for message in translated:
        if not message.id:
            continue
        wanted = places(list(forms(message.id))[-1])
        given = list(forms(message.string))
        assert all(given), message.id
        assert len(given) == (translated.num_plurals if message.pluralizable else 1)
        for form in given:
            assert places(form) <= wanted | {"count"}, (message.id, form)
            assert wanted - {"count"} <= places(form), (message.id, form)


def test_english_is_what_stands_in_the_code() -> None:
    assert phrases("en") is ENGLISH is phrases("ja") is phrases("../en")
    assert ENGLISH.gettext("Searched: {documents}.", documents="1 {x}") == "Searched: 1 {x}."
    assert ENGLISH.ngettext("{count} document", "{count} documents", 1234) == "1,234 documents"
    assert ENGLISH.gettext("") == ""


@pytest.mark.parametrize(
    ("code", "counts"),
    [
        ("ru", {1: "1 документ", 3: "3 документа", 5: "5 документов", 21: "21 документ"}),
        ("uk", {2: "2 документи", 11: "11 документів"}),
        ("ar", {1: "وثيقة واحدة", 2: "وثيقتان", 5: "5 وثائق", 20: "20 وثيقة"}),
        ("ro", {19: "19 documente", 20: "20 de documente"}),
        ("fr", {0: "0 document", 2: "2 documents"}),
    ],
)
def test_numbers_take_the_right_form(code: str, counts: dict[int, str]) -> None:
    say = phrases(code)
    for number, words in counts.items():
        assert say.ngettext("{count} document", "{count} documents", number) == words


def test_rows_numbers_and_names_are_the_languages_own() -> None:
    assert ENGLISH.enumeration(["1", "2", "3"]) == "1, 2 and 3"
    assert phrases("ru").enumeration(["1", "2", "3"]) == "1, 2 и 3"
    assert phrases("de").number(1234) == "1.234"
    assert phrases("ru").language_name("en") == "английский"
    assert phrases("sr").language_name("en") == "engleski"
    assert phrases("fr").language_name("xx-unknown") == "xx-unknown"
    assert (phrases("ar").direction, phrases("ru").direction) == ("rtl", "ltr")
