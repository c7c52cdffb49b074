"""The language of a question is recognised; short and English ones are left alone."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gendergpt.languages import KNOWN, answer_language, greets, language, without_request

SHARED = Path(__file__).parents[2] / "shared" / "evalsets"


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ("Кто должен проводить личный досмотр женщин на границе?", "ru"),
        ("Что такое КЛДЖ?", "ru"),
        ("Хто має проводити особистий огляд жінок?", "uk"),
        ("Що таке Sprengelschule?", "uk"),
        ("Кој смее да претресе жена на граница?", "mk"),
        ("Qui peut fouiller une femme à la frontière ?", "fr"),
        ("¿Quién puede registrar a una mujer?", "es"),
        ("Kim kadın yolcuyu arayabilir?", "tr"),
        ("CEDEF nedir?", "tr"),
        ("Wer darf eine Frau durchsuchen?", "de"),
        ("Putnica traži da je pretrese službenica, šta kažu smernice?", "sr"),
        ("Kush mund të kontrollojë një grua?", "sq"),
        ("Cine poate percheziționa o femeie?", "ro"),
        ("من يجوز له تفتيش امرأة؟", "ar"),
        ("привет", "ru"),
        ("merhaba", "tr"),
        ("Bonjour !", "fr"),
        ("hola", "es"),
    ],
)
def test_other_languages_are_recognised(question: str, code: str) -> None:
    assert language(question) == code


@pytest.mark.parametrize(
    "question",
    [
        "Who may search a woman?",
        "UNSCR 1325",
        "Madde 5",
        "border posts gender",
        "DCAF sex vs gender difference",
        "What is CEDAW?",
        "What does the Bundespolizei say about Frauen in Görlitz?",
        "Art. 7 Schengen Borders Code",
        "tool 6 five approaches",
        "In 2021 Türkiye and Україна trained officers. How many women were there?",
        "2017?",
        "",
    ],
)
def test_english_and_what_is_too_short_to_tell_are_not(question: str) -> None:
    assert language(question) == "en"


def test_what_cannot_be_told_is_in_the_language_of_the_conversation() -> None:
    assert language("2017?", "ru") == "ru"
    assert language("CEDAW", "fr") == "fr"
    assert language("What about men?", "ru") == "en"


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ("А цель 12? Ответьте коротко по-английски.", "en"),
        ("What is CEDAW? Please answer in French.", "fr"),
        ("Wer darf durchsuchen? Antworte auf Russisch!", "ru"),
        ("Which documents are in French?", "en"),
        ("Какие документы есть на английском?", "ru"),
    ],
)
def test_the_language_asked_for_is_answered_in(question: str, code: str) -> None:
    assert answer_language(question) == code


def test_the_request_for_a_language_is_not_searched_for() -> None:
    assert without_request("Что говорит КЛДЖ? (answer in Russian)") == "Что говорит КЛДЖ?"
    assert without_request("А цель 12? Ответьте по-английски.") == "А цель 12?"
    for whole in ("Which documents are in French?", "Answer in French: what is CEDAW?"):
        assert without_request(whole) == whole


def test_greetings() -> None:
    assert greets("Привет!") and greets("Vielen Dank.") and greets("مرحبا")
    assert not greets("Hola, ¿qué es CEDAW?") and not greets("")


@given(st.text(max_size=60))
def test_any_text_has_a_known_language(text: str) -> None:
    assert language(text) in KNOWN
    assert answer_language(text) in KNOWN
    assert len(without_request(text)) <= len(text)


def test_it_is_fast_once_loaded() -> None:
    questions = [f"Кто имеет право досматривать женщин на посту номер {n}?" for n in range(100)]
    language(questions[0])
    start = time.perf_counter()
    for question in questions:
        language(question)
    assert (time.perf_counter() - start) / len(questions) < 0.02


@pytest.mark.parametrize(
    ("file", "code", "least"),
    [
        *((f"omosqa/queries.{code}.jsonl", code, 0.99) for code in ("en", "de", "fr", "uk", "ar")),
        *((f"xquad/queries.{code}.jsonl", code, 0.985) for code in ("es", "ru", "tr", "ro")),
        ("scifact/queries.jsonl", "en", 1.0),
        ("squad2_dev/queries.jsonl", "en", 0.998),
        ("doc2dial/queries.jsonl", "en", 0.997),
    ],
)
def test_questions_of_the_open_sets(file: str, code: str, least: float) -> None:
    import json

    path = SHARED / file
    if not path.exists():
        pytest.skip(f"needs {path}")
    texts = [json.loads(line)["text"] for line in path.read_text("utf-8").splitlines()]
    assert sum(language(text) == code for text in texts) / len(texts) >= least
