"""Countries and regions by any of their names."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from gendergpt.places import places


def codes(text: str) -> set[str]:
    """All codes of the places named in a text."""
    return {code for found in places(text).values() for code in found}


@pytest.mark.parametrize(
    ("texts", "code"),
    [
        (("Turkey", "Türkiye", "Turkish airports", "in turkey", "Turkey's law"), "TR"),
        (("North Macedonia", "Macedonian police", "north macedonian officers"), "MK"),
        (("Ukraine", "the Ukrainian service", "Ukrainians"), "UA"),
        (("Moldova", "Moldovan staff"), "MD"),
        (("Tajikistan", "Tajik border guards"), "TJ"),
        (("Albania", "Albanian customs"), "AL"),
        (("the Netherlands", "Dutch guidance"), "NL"),
        (("Greece", "Greek islands"), "GR"),
        (("Canada", "Canadian practice"), "CA"),
        (("Lebanon", "Lebanese officers"), "LB"),
        (("Poland", "Polish law"), "PL"),
        (("the UK", "the United Kingdom", "British officers"), "GB"),
        (("the United States", "in the USA"), "US"),
        (("New Zealand",), "NZ"),
        (("Kazakhstan", "Kazakh officers"), "KZ"),
        (("Bosnia and Herzegovina", "Bosnian police"), "BA"),
        (("Kosovo", "Kosovar police"), "XK"),
        (("Serbia", "Serbian police"), "RS"),
        (("Montenegro", "Montenegrin police"), "ME"),
        (("Mongolia", "the Mongolian border guard"), "MN"),
        (("Georgia", "the Georgian patrol police"), "GE"),
        (("Iran", "Iranian travellers"), "IR"),
        (("Iraq", "Iraqi travellers"), "IQ"),
        (("Egypt", "Egyptian officers"), "EG"),
        (("Pakistan", "Pakistani women"), "PK"),
    ],
)
def test_country(texts: tuple[str, ...], code: str) -> None:
    for text in texts:
        assert codes(text) == {code}, text


def test_region_is_itself_and_its_countries() -> None:
    found = codes("women in the Western Balkans")
    assert {"western balkans", "RS", "MK", "AL", "ME"} <= found
    assert not found & {"TR", "RU"}


def test_the_name_is_given_as_it_stands() -> None:
    assert set(places("At TURKISH airports and in Serbia")) == {"TURKISH", "Serbia"}


@pytest.mark.parametrize(
    "text",
    [
        "tell us how officers polish their shoes",
        "the English translation and the French version",
        "guards maintain the gate",
        "a chain of command, a certain mandate",
        "the domain of human rights, mainly",
        "germane remarks on nigh tasks",
        "individual interviews",
        "romantic music, candid talk, cubic metres, perusing, maligned",
        "polite officers, marine police",
        "the omen, a slovenly report",
        "brazenly, austere, australopithecus-like",
        "denial, finished, spanned, romances",
    ],
)
def test_ordinary_words_are_no_places(text: str) -> None:
    assert codes(text) == set()


@hypothesis_settings(max_examples=40)
@given(st.text(max_size=2000))
def test_any_text(text: str) -> None:
    for name, found in places(text).items():
        assert name in text
        assert found


@pytest.mark.parametrize("seed", ["turke", "turkey ", "u", "north ", " ", "a-", "bosnia and ", "i"])
def test_no_text_takes_long(seed: str) -> None:
    places("Turkey")  # loads the names
    text = (seed * 2000)[:2000]
    begun = time.process_time()
    places(text)
    assert time.process_time() - begun < 2
