"""What questions in other languages ask for."""

from __future__ import annotations

import pytest

from gendergpt.questions import Shape, about_assistant, answers_shape, read, touches_law


@pytest.mark.parametrize(
    ("question", "shape"),
    [
        ("Какая доля новых проектов МОМ имела гендерный компонент?", Shape.SHARE),
        ("Quelle est la part des femmes parmi les migrants ?", Shape.SHARE),
        ("¿Qué porcentaje de mujeres trabaja allí?", Shape.SHARE),
        ("Projelerin yüzde kaçında toplumsal cinsiyet bileşeni vardı?", Shape.SHARE),
        (
            "Koliki je udeo novih projekata imao komponentu 2021. godine, a koliko 2017?",
            Shape.SHARE,
        ),
        ("Сколько минут можно удерживать пассажира?", Shape.DURATION),
        ("Combien d'heures dure la formation ?", Shape.DURATION),
        ("Wie lange dauert der Kurs?", Shape.DURATION),
        ("Bir yolcuyu kaç dakika tutabilirim?", Shape.DURATION),
        ("Скільки годин триває навчання?", Shape.DURATION),
        ("Сколько женщин служит на границе?", Shape.FIGURE),
        ("Wie viele Frauen arbeiten im Grenzdienst?", Shape.FIGURE),
        ("Combien a coûté la formation en 2021 ?", Shape.MONEY),
        ("Сколько стоит курс?", Shape.MONEY),
        ("¿Cuál es el número de teléfono de la línea?", Shape.CONTACT),
        ("Какой телефон горячей линии?", Shape.CONTACT),
        ("Когда была принята резолюция 1325?", Shape.DATE),
        ("Wann wurde Resolution 1325 verabschiedet?", Shape.DATE),
        ("Qui a écrit le manuel ?", Shape.PERSON),
        ("Правда ли, что женщины берут меньше взяток?", Shape.CLAIM),
        ("Что такое гендерный анализ?", Shape.DEFINITION),
        ("İnsani sınır yönetimi ne demektir ve ne zaman uygulanır?", Shape.DEFINITION),
        ("Почему гендерный подход делает работу эффективнее?", Shape.OPEN),
        ("Wer darf eine Frau durchsuchen?", Shape.OPEN),
        ("Kako na granici organizovati razgovor sa ženom žrtvom trgovine?", Shape.OPEN),
    ],
)
def test_shapes(question: str, shape: Shape) -> None:
    assert read(question).shape is shape


def test_units_are_compared_across_languages() -> None:
    question = read("Сколько минут можно удерживать пассажира?")
    assert question.units == ("minute",)
    assert answers_shape(question, "She may be held for 30 minutes.")
    assert answers_shape(question, "Её можно удерживать 30 минут.")
    assert not answers_shape(question, "She may be held for two days.")
    assert not answers_shape(question, "Её можно удерживать 2 дня.")


def test_shares_and_sums_in_words() -> None:
    assert answers_shape(read("What share are women?"), "Половина сотрудников — женщины.")
    assert answers_shape(read("Сколько стоит курс?"), "Курс обошёлся в 3000 евро.")
    assert not answers_shape(read("Сколько стоит курс?"), "Курс идёт 3 дня на границе.")


@pytest.mark.parametrize(
    "question",
    [
        "Кто должен проводить досмотр женщин?",
        "Qui peut fouiller une femme ?",
        "¿Quién puede registrar a una mujer?",
        "Wer darf eine Frau durchsuchen?",
        "Kadın yolcuyu kim arayabilir? Arama nasıl yapılır?",
        "Хто проводить особистий огляд жінок?",
        "من يجوز له تفتيش امرأة؟",
    ],
)
def test_the_law_prevails_in_any_language(question: str) -> None:
    assert touches_law(question)
    assert not touches_law("Как спланировать гендерный тренинг?")
    assert not touches_law("Comment planifier une formation sur le genre ?")


@pytest.mark.parametrize(
    "text",
    ["Привет!", "Спасибо", "merhaba", "Guten Tag", "¿Quién eres?", "Qui êtes-vous ?", "кто ты?",
     "Wer bist du?", "Sen kimsin?", "Що ти вмієш?", "مرحبا", "faleminderit"],
)  # fmt: skip
def test_greetings_are_about_the_assistant(text: str) -> None:
    assert about_assistant(text)


def test_questions_on_guidance_are_not_about_the_assistant() -> None:
    for text in ("Кто должен досматривать женщин?", "Hola, ¿qué es CEDAW?", "Wer darf suchen?"):
        assert not about_assistant(text)


def test_what_is_searched_for_names_things_in_english() -> None:
    assert read("Что говорит КЛДЖ? (answer in Russian)").asked == "Что говорит CEDAW?"
    assert read("What does CEDAW say?").asked == "What does CEDAW say?"
