"""What questions in other languages ask for: a date, a sum, a length of time, a definition.

The counterpart of the English rules in :mod:`gendergpt.questions`, kept to what is plain: where
nothing here is found, the question is an open one.
"""

from __future__ import annotations

import functools
import re

_UNITS = {
    "minute": r"минут\w{0,2}|хвилин\w{0,2}|minut[eosni]{0,2}|minuten|dakika|минути|دقيقة|دقائق",
    "hour": r"час(?:ов|а|ы|у)?|годин\w{0,2}|heures?|horas?|stunden?|saat|часа|sat[ia]|orë|ore"
    r"|ساعة|ساعات",
    "day": r"дн(?:ей|я|и)|день|дні|днів|jours?|días?|tage?n?|gün|денови|dana|ditë|zile|يوم|أيام",
    "week": r"недел\w{1,2}|тижн\w{1,2}|тиждень|semaines?|semanas?|wochen?|hafta|недели|nedelj\w"
    r"|javë|săptămâni|أسبوع|أسابيع",
    "month": r"месяц\w{0,2}|місяц\w{1,2}|mois|mes(?:es)?|monate?n?|ay|месеци|mesec\w|muaj|luni"
    r"|شهر|أشهر",
    "year": r"лет|год(?:а|ы)?|рок(?:и|ів|у)|ans|années?|años?|jahren?|jahre|yıl|години|godin\w|vjet"
    r"|ani|سنة|سنوات",
}
_ANY_UNIT = "|".join(_UNITS.values())
_HOW_MANY = (
    r"сколько|скільки|combien(?:\s(?:de|d['’]))?|cuánt[oa]s|wie ?viele?|kaç|колку|koliko|cât[eăi]?"
    r"|câți|كم"
)
_PATTERNS = {
    "CONTACT": r"\b(?:телефон\w*|горяч\w+ лини\w+|адрес\w{0,2} электронной|электронн\w+ адрес\w*"
    r"|гаряч\w+ ліні\w+|numéro de téléphone|ligne d['’]assistance|adresse électronique"
    r"|número de teléfono|teléfono|correo electrónico|línea de ayuda|telefonnummer|e-mail-adresse"
    r"|hotline|telefon(?:u| numara\w*)?|e-posta adres\w*|yardım hattı\w*|број на телефон"
    r"|broj telefona|numri i telefonit|număr\w* de telefon|رقم الهاتف|هاتف)\b",
    "MONEY": r"\b(?:сколько (?:стои\w+|потрачен\w*|заплат\w+)|стоимост\w*|каков бюджет|зарплат\w*"
    r"|скільки кошту\w+|вартіст\w*|combien (?:a |ont |va )?co[uû]t\w*|(?:le|quel) coût|salaires?"
    r"|cuánto (?:cuesta\w*|costó|costaron|gastó)|(?:el|qué) coste?|sueldos?"
    r"|was kostet|was kosten|wie ?viel (?:kostet\w*"
    r"|hat .{1,60} gekostet)|die kosten|gehalt|ne kadara? mal|maliyet\w*|kaç (?:euro|dolar|lira)"
    r"|maaş\w*|колку чинеше|koliko (?:je koštao|je koštala|košta)|sa kushtoi|cât a costat"
    r"|كم كلف\w*|تكلفة)\b",
    "DURATION": rf"\b(?:{_HOW_MANY})(?:\s+|(?<=d['’]))(?:{_ANY_UNIT})\b"
    r"|\b(?:как долго|сколько времени|як довго"
    r"|скільки часу|combien de temps|pendant combien|cuánto tiempo|wie lange|ne kadar süre"
    r"|ne kadar zaman|колку долго|koliko dugo|sa gjatë|cât timp|كم من الوقت|كم مدة)\b",
    "SHARE": r"\b(?:доля|доли|процент\w*|частк\w|відсот\w+"
    r"|quelle (?:est la )?(?:part|proportion)|quel pourcentage|pourcentage"
    r"|qué (?:porcentaje|proporción)|la proporción"
    r"|porcentaje|proporción de|welcher anteil|anteil|prozentsatz|wie ?viel prozent|yüzde kaç\w*"
    r"|oran[ıi]\w*|колкав (?:дел|е уделот)|koliki (?:je )?udeo|procen\w+|ce procent|përqindj\w+"
    r"|نسبة|كم في المائة)\b",
    "FIGURE": rf"\b(?:{_HOW_MANY})\b|\b(?:число|количество|кількість|le nombre|el número de"
    r"|die (?:an)?zahl|sayısı|бројот|broj|numrin?|numărul|عدد)\b",
    "PERSON": r"\b(?:кто (?:сейчас |теперь )?(?:написал|возглавляет|автор"
    r"|является (?:директор|глав|руковод)\w*)"
    r"|как зовут|хто (?:зараз |тепер )?(?:написав|очолює|автор)|як звати"
    r"|qui (?:a écrit|dirige|est l['’]auteure?"
    r"|est le (?:directeur|chef))|quién (?:escribió|dirige|es el (?:autor|director|jefe))"
    r"|wer (?:hat .{1,40} geschrieben|leitet|ist der (?:autor|direktor|leiter))"
    r"|kim (?:yazdı|yönetiyor)|(?:müdürü|başkanı|yazarı) kim)\b",
    "CLAIM": r"^\W*(?:правда ли|верно ли|чи правда|est-il vrai|est-ce vrai|es cierto|es verdad"
    r"|stimmt es|ist es wahr|да ли е точно|da li je tačno|a është e vërtetë|este adevărat"
    r"|هل صحيح)\b|\bdoğru mu\b",
    "DEFINITION": r"\b(?:что (?:такое|значит|означает)|определени\w+|що (?:таке|означає)"
    r"|визначенн\w|qu['’]est-ce qu\w*|que signifie\w*|définition|qué (?:es|significa|son)"
    r"|definición|was (?:ist|sind|bedeutet|heißt|versteht)|definition|nedir|ne demek(?:tir)?"
    r"|ne anlama|tanımı"
    r"|што (?:е|значи)|šta (?:je|znači)|çfarë (?:është|do të thotë)|ce (?:este|înseamnă)"
    r"|ما (?:هو|هي|معنى)|ماذا (?:يعني|تعني))(?!\w)",
    "DATE": r"^\W*(?:когда|коли|quand|cuándo|wann|кога|kada|kur|când|متى)\b|\bne zaman\b"
    r"|\b(?:в каком году|какого числа|у якому році|en quelle année|à quelle date|en qué año"
    r"|en qué fecha|in welchem jahr|hangi yıl\w*|hangi tarihte|во која година|koje godine"
    r"|în ce an|في أي عام|في أي سنة)\b",
}
"""By the name of the shape, in the order in which they are tried."""

_LAW = re.compile(
    r"\b(?:досм[ао]тр|обыск|обыщ|задерж|арест|законодат|закон|правов|прав[ао]\b|суд\b|стать[яие]"
    r"|обшук|огляд|затрим|арешт|судов|fouill|détention|rétention|détenir|arrest|arrêt\w*|\bloi|droits?\b"
    r"|juridi|légal|législ|registr(?:o|ar|e|en|ada|ado)|cache|deten|arresto|\bley|derecho|legal"
    r"|legisl|durchsuch|\bhaft|inhaft|festnahm|festhalt|gesetz|recht|abtast|arama|aranma|aray|gözalt|alıko"
    r"|tutukl|tutabil|kanun|yasa|hukuk|yasal|претре[сc]|задржу|притвор|прав[оa]|pretres|zadrž|pritvor"
    r"|pravo|zakon|kontroll\w* fizik|ndalim|ligj|percheziț|reținer|lege|legal|تفتيش|احتجاز|قانون)"
    r"|madde\w*|art[íi]c(?:le|ulo)|artikel",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"\b(?:кто ты|кто вы|что ты умеешь|что вы умеете|как ты работаешь|чем ты можешь помочь"
    r"|хто ти|хто ви|що ти вмієш|що ви вмієте|qui (?:es-tu|êtes-vous)|que (?:peux-tu|pouvez-vous)"
    r" faire|comment fonctionne[sz]?-(?:tu|vous)|quién (?:eres|es usted)|qué (?:puedes|puede) hacer"
    r"|cómo funcionas?|wer (?:bist du|sind sie)|was (?:kannst du|können sie)(?: tun| machen)?\W*$"
    r"|wie funktionierst du|(?:sen|siz) kim\w*|(?:ne|neler) yapabil\w+|nasıl çalışıyorsun"
    r"|кој си ти|што можеш|ko si ti|šta (?:možeš|umeš)|kush je ti|çfarë mund të bësh|cine ești"
    r"|ce poți (?:să faci|face)|من أنت|ماذا يمكنك أن تفعل)",
    re.IGNORECASE,
)
_HAS_UNIT = re.compile(rf"\b\d+[\s\u00a0-](?P<unit>{_ANY_UNIT})(?!\w)", re.IGNORECASE)
_SHARE = re.compile(
    r"\b(?:процент|відсот|половин|больш(?:инство|ая часть)|більшіст|pour cent|pourcent|moitié"
    r"|majorité|por ciento|mitad|mayoría|prozent|hälfte|mehrheit|yüzde|yarısı|çoğunluğ)|في المائة",
    re.IGNORECASE,
)
_MONEY = re.compile(
    r"\d[\d.,\s]*(?:тыс\.|тис\.|млн|млрд)?\s?(?:евро|євро|доллар|долар|руб|грн|avro|lira|dolar)",
    re.IGNORECASE,
)


def shape_name(text: str) -> str | None:
    """Return the name of the shape that a question in another language has, None for an open one.

    Args:
        text: a question in any language but English.
    """
    tests = _compiled()
    return next((name for name, pattern in tests.items() if pattern.search(text)), None)


def units(text: str) -> tuple[str, ...]:
    """Return the units of time that are counted, in English: "minute" for "сколько минут"."""
    return tuple(
        unit
        for unit, forms in _UNITS.items()
        if re.search(rf"\b(?:{_HOW_MANY})(?:\s+|(?<=d['’]))(?:{forms})(?!\w)", text, re.IGNORECASE)
    )


def touches_law_abroad(text: str) -> bool:
    """Say whether a question in another language is about searches, detention or law."""
    return bool(_LAW.search(text))


def about_assistant_abroad(text: str) -> bool:
    """Say whether a question in another language is about the assistant."""
    return bool(_ABOUT.search(text))


def durations(text: str) -> set[str]:
    """Return the units of the lengths of time in a text of another language, in English."""
    found = [match["unit"] for match in _HAS_UNIT.finditer(text)]
    return {
        unit
        for unit, forms in _UNITS.items()
        if any(re.fullmatch(forms, each, re.IGNORECASE) for each in found)
    }


def has_share(text: str) -> bool:
    """Say whether a text in another language holds a share in words."""
    return bool(_SHARE.search(text))


def has_money(text: str) -> bool:
    """Say whether a text in another language holds a sum of money."""
    return bool(_MONEY.search(text))


@functools.cache
def _compiled() -> dict[str, re.Pattern[str]]:
    return {name: re.compile(spelled, re.IGNORECASE) for name, spelled in _PATTERNS.items()}
