"""Sentences end where they end, not after "para." and "No."."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gendergpt.sentences import complete, segment


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in segment(text)]


@given(
    st.lists(
        st.sampled_from(
            ["Women", "officers", "search", "para.", "Art.", "No.", "7", "38", "e.g.", "U.N.", "1.",
             ".", "!", "?", "…", "(", ")", "“", "”", "so.", "APT.", "[12]", "²", ";", ":", "–",
             "Doc.", "A/74/191", "the", "\n", " "]
        ),
        max_size=30,
    ).map(" ".join) | st.text(max_size=100)
)  # fmt: skip
def test_spans_are_ordered_and_leave_out_white_space_alone(text: str) -> None:
    position = 0
    for start, end in segment(text):
        assert position <= start < end <= len(text)
        assert not text[position:start].strip()
        assert text[start:end] == text[start:end].strip()
        position = end
    assert not text[position:].strip()


WHOLE = [
    "The duty to ask is laid down in para. 27 of the report.",
    "See para. Four of the annex.",
    "Under Art. 7 of the Code, every search is put on record.",
    "The rule is set out in Recommendation No. 38 of the Committee.",
    "The steps are listed on pp. 3–4 of the guide.",
    "Some groups, e.g. Women travelling alone, may ask for a private room.",
    "The U.N. Charter applies to all of them.",
    "The survey by Smith et al. Covered four borders.",
    "As paras. 4-5 explain, consent is needed.",
    "The report (Doc. A/74/191) was sent to all States.",
    "Force is a last resort (cf. Rule 19) in every case.",
    "The study (vol. 2, ch. 3, fig. 4) shows it.",
    "Ms. Jones and Dr. Smith spoke at 5 p.m. on Monday.",
    "La norma figura en el párr. Primero del informe.",
    "Part III. Women in border services",
]


@pytest.mark.parametrize("sentence", WHOLE)
def test_abbreviations_end_no_sentence(sentence: str) -> None:
    assert split(sentence) == [sentence]
    after = "It applies to all officers."
    whole = sentence if complete(sentence) else sentence + "."
    assert split(f"{whole} {after}") == [whole, after]


@pytest.mark.parametrize(
    "first",
    [
        "The guide was drawn up by the APT.",
        "The guide was drawn up by DCAF.",
        "Water is the task of WASH.",
        "The mission was sent by the UN.",
        "Officers are asked to do so.",
        "The share of women was 12 per cent.",
        "The rule binds women and men alike.",
        "It was so in the last century.",
        "The share is low.",
        "The guide (as drawn up by the APT).",
        "The guide was adopted in 2020.",
        "Is a search by a man allowed?",
        "They said: “We do so.”",
        "The report is Doc. A/74/191.",
        "It covers age, sex, etc.",
    ],
)
@pytest.mark.parametrize("second", ["Searches are made by women.", "“Same sex” is the rule."])
def test_real_ends_end_a_sentence(first: str, second: str) -> None:
    assert split(f"{first} {second}") == [first, second]


def test_an_acronym_before_lower_case_or_a_figure_ends_nothing() -> None:
    text = "Both the APT. and others ask for it."
    assert split(text) == [text]


def test_footnote_marks_stay_with_their_sentence() -> None:
    assert split("Women work there.² Men do too.") == ["Women work there.²", "Men do too."]
    assert split("Women work there. [12] Men do too.") == ["Women work there. [12]", "Men do too."]


def test_nothing_has_no_sentence() -> None:
    assert segment("") == segment(" \n ") == []


def test_complete() -> None:
    for text in ("It is.", "Is it?", "(It is.)", "“It is.”", "first item;", "as follows:", "So…"):
        assert complete(text)
    for text in ("Chapter 3", "and the", "It is (", ""):
        assert not complete(text)


@pytest.mark.parametrize(
    ("text", "second"),
    [
        ("Guards were trained. 21 In the north, posts closed.", "In the north, posts closed."),
        ("Guards were trained. 21 States took part.", "21 States took part."),
        ("Guards were trained. 12 The posts closed.", "The posts closed."),
    ],
)
def test_a_notes_mark_does_not_open_the_next_sentence(text: str, second: str) -> None:
    spans = segment(text)
    assert [text[start:end] for start, end in spans][1] == second


AFTER = {
    "ru": "Это относится ко всем сотрудникам.",
    "uk": "Це стосується всіх співробітників.",
    "de": "Das gilt für alle Bediensteten.",
    "fr": "Cela vaut pour tous les agents.",
    "es": "Esto se aplica a todos los agentes.",
    "tr": "Bu bütün görevliler için geçerlidir.",
    "ar": "ينطبق هذا على جميع الموظفين.",
}
ABROAD = [
    ("ru", "Согласно ст. 7 Кодекса, каждый досмотр фиксируется."),
    ("ru", "Это указано в п. 3 ст. 12 Конвенции."),
    ("ru", "Подробнее см. Приложение II к докладу."),
    ("ru", "Потребности женщин, мужчин и т.д. учитываются на каждом посту."),
    ("ru", "Такие меры, т. е. Личный досмотр, применяются редко."),
    ("ru", "В 2021 г. Доля проектов выросла до 65,6 %."),
    ("ru", "Рекомендация № 38 была принята в 2020 г. Комитетом ООН."),
    ("ru", "См. также рис. 4 и табл. 2 на стр. 15 доклада."),
    ("ru", "Группы, напр. Женщины с детьми, ждут отдельно."),
    ("ru", "По данным А. С. Иванова, обучение помогает."),
    ("uk", "Згідно зі ст. 7 Кодексу, кожен огляд фіксують."),
    ("uk", "Це зазначено в п. 3 ст. 12 Конвенції."),
    ("uk", "Докладніше див. Додаток II до звіту."),
    ("uk", "Потреби жінок, чоловіків тощо враховують на кожному посту."),
    ("uk", "У 2021 р. Частка проєктів зросла до 65,6 %."),
    ("uk", "Рекомендацію № 38 ухвалено у 2020 р. Комітетом ООН."),
    ("uk", "Порушення за ч. 2 ст. 130 КК карають."),
    ("de", "Nach Art. 7 Abs. 2 des Kodex wird jede Durchsuchung vermerkt."),
    ("de", "Manche Gruppen, z. B. Frauen mit Kindern, warten getrennt."),
    ("de", "Manche Gruppen, z.B. Frauen mit Kindern, warten getrennt."),
    ("de", "Das steht in Nr. 38 der Empfehlung."),
    ("de", "Näheres vgl. Anhang II des Berichts."),
    ("de", "Am 3. Oktober 2021 wurde der Plan angenommen."),
    ("de", "Gemäß § 81 Abs. 4 AufenthG ist das möglich."),
    ("de", "Die Angaben auf S. 15 ff. Zeigen den Anteil."),
    ("de", "Frauen, Männer usw. werden gefragt."),
    ("de", "Die Leitung, d. h. Frau Dr. Meier, entscheidet."),
    ("de", "Das Büro des Landesamtes bzw. Der Bundespolizei hilft."),
    ("fr", "Selon l'art. 7 du Code, chaque fouille est consignée."),
    ("fr", "Certains groupes, p. ex. Les femmes avec enfants, attendent à part."),
    ("fr", "Voir p. 15 et suiv. Du rapport annuel."),
    ("fr", "La règle figure au par. 28 de la recommandation."),
    ("fr", "Pour plus de détails, cf. Annexe II du rapport."),
    ("fr", "Selon l'al. 2 de l'article, le consentement est requis."),
    ("fr", "Mme Dupont et M. Durand ont pris la parole."),
    ("fr", "La recommandation no. 38 a été adoptée en 2020."),
    ("es", "Según el art. 7 del Código, cada registro se anota."),
    ("es", "Algunos grupos, p. ej. Las mujeres con hijos, esperan aparte."),
    ("es", "Véase la pág. 15 del informe anual."),
    ("es", "La norma figura en el párr. 28 de la recomendación."),
    ("es", "La recomendación núm. 38 se aprobó en 2020."),
    ("es", "La Sra. García y el Dr. López hablaron ayer."),
    ("es", "Según el apdo. 2 del artículo, hace falta el consentimiento."),
    ("es", "En EE. UU. Los agentes reciben formación."),
    ("tr", "Kanunun 7. Maddesi uyarınca her arama kaydedilir."),
    ("tr", "Bkz. Ek II ve s. 15."),
    ("tr", "Kadınlar, erkekler vb. Gruplar sorulur."),
    ("tr", "Md. 12 ve f. 3 uyarınca rıza gerekir."),
    ("tr", "Dr. Yılmaz ve Prof. Demir konuştu."),
    ("tr", "Rapor 3. Bölümde bunu açıklar."),
    ("tr", "38 No. Genel Tavsiye 2020'de kabul edildi."),
    ("tr", "Örn. Çocuklu kadınlar ayrı bekler."),
    ("ar", "وفقاً للمادة 7 من المدونة، يُسجَّل كل تفتيش."),
    ("ar", "هل يجوز أن يفتش رجل امرأة؟"),
    ("ar", "تنص الفقرة 28 من التوصية على ذلك."),
]
ENDS_ABROAD = [
    ("ru", "Это решила ООН."),
    ("ru", "Так было в прошлом веке."),
    ("ru", "Доля женщин составляет 48 %."),
    ("ru", "Он спросил: «Можно ли?»"),
    ("ru", "Это касается всех и т. д."),
    ("de", "Das entschied die EU."),
    ("de", "Es gilt für Frauen usw."),
    ("de", "Das war 2020."),
    ("de", "Ist das erlaubt?"),
    ("fr", "C'est le rôle de l'ONU."),
    ("fr", "Il faut des femmes, etc."),
    ("fr", "Est-ce permis ?"),
    ("es", "Es tarea de la ONU."),
    ("es", "Hacen falta mujeres, etc."),
    ("es", "¿Está permitido?"),
    ("tr", "Bu BM'nin görevidir."),
    ("tr", "Karar 2020'de alındı."),
    ("tr", "Bu serbest mi?"),
    ("uk", "Це вирішила ООН."),
    ("uk", "Чи це дозволено?"),
    ("ar", "هل هذا مسموح؟"),
    ("ar", "كان ذلك في عام 2020."),
]


@pytest.mark.parametrize(("language", "sentence"), ABROAD)
def test_abbreviations_of_other_languages_end_no_sentence(language: str, sentence: str) -> None:
    assert split(sentence) == [sentence]
    assert split(f"{sentence} {AFTER[language]}") == [sentence, AFTER[language]]


@pytest.mark.parametrize(("language", "first"), ENDS_ABROAD)
def test_real_ends_in_other_languages(language: str, first: str) -> None:
    assert split(f"{first} {AFTER[language]}") == [first, AFTER[language]]


def test_an_arabic_question_is_complete() -> None:
    assert complete("هل هذا مسموح؟")
