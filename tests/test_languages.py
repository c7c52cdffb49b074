"""Questions in other languages are recognised; short and English ones are left alone."""

from __future__ import annotations

import pytest

from gendergpt.languages import foreign


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Кто должен проводить личный досмотр женщин на границе?", "Russian"),
        ("Qui peut fouiller une femme à la frontière ?", "French"),
        ("¿Quién puede registrar a una mujer?", "Spanish"),
        ("Kim kadın yolcuyu arayabilir?", "Turkish"),
        ("Putnica traži da je pretrese službenica, šta kažu smernice?",
         "Bosnian, Croatian or Serbian"),
    ],
)  # fmt: skip
def test_other_languages_are_named(question: str, language: str) -> None:
    assert foreign(question) == language


@pytest.mark.parametrize(
    "question",
    [
        "Who may search a woman?",
        "UNSCR 1325",
        "Madde 5",
        "border posts gender",
        "DCAF sex vs gender difference",
        "What is CEDAW?",
        "Art. 7 Schengen Borders Code",
        "tool 6 five approaches",
    ],
)
def test_english_and_what_is_too_short_to_tell_are_not(question: str) -> None:
    assert foreign(question) is None
