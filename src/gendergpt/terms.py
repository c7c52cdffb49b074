"""Names and numbered things as other languages write them, turned into English.

"КЛДЖ" and "CEDEF" are CEDAW, "статья 7" and "7. madde" are Article 7, "в Турции" is in Türkiye.
What a question names is compared in English, so that it is found in guidance of any language.
Countries come from Unicode's CLDR through Babel, bodies and instruments from the table here.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from gendergpt.languages import language

_TERMS = {
    "CEDAW": "КЛДЖ; КЛДОЖ; CEDEF; CEDCM; سيداو; "
    "конвенци* о ликвидации всех форм дискриминации в отношении женщин; "
    "конвенці* про ліквідацію всіх форм дискримінації щодо жінок; "
    "convention sur l['’]élimination de toutes les formes de discrimination à l['’]égard des "
    "femmes; "
    "convención sobre la eliminación de todas las formas de discriminación contra la mujer; "
    "übereinkommen* zur beseitigung jeder form von diskriminierung der frau; "
    "kadınlara karşı her türlü ayrımcılığın önlenmesi sözleşmesi*; frauenrechtskonvention",
    "UN": "ООН; ONU; UNO; OKB; mk:ОН; sr:UN; tr:BM; организаци* объедин[её]нных наций; "
    "організаці* об['’ʼ]єднаних націй; nations unies; naciones unidas; vereinte* nationen; "
    "birleşmiş milletler*; обединет* нации; ujedinjen* nacij*; kombe* e bashkuara; "
    "națiuni* unite; الأمم المتحدة",
    "OSCE": "ОБСЕ; AGİT; OSZE; ОБСЄ; OEBS; OSBE; منظمة الأمن والتعاون في أوروبا",
    "ODIHR": "БДИПЧ; БДІПЛ; BIDDH; OIDDH; ODİHR; ОДИХР",
    "IOM": "МОМ; OIM; ИОМ; международн* организаци* по миграции; "
    "міжнародн* організаці* з міграції; organisation internationale pour les migrations; "
    "organización internacional para las migraciones; internationale* organisation für migration; "
    "uluslararası göç örgütü*; المنظمة الدولية للهجرة",
    "EU": "ru:ЕС; uk:ЄС; mk:ЕУ; tr:AB; fr:UE; es:UE; ro:UE; sq:BE; de:EU; sr:EU; "
    "европейск* союз*; європейськ* союз*; union européenne; unión europea; "
    "europäische* union; avrupa birliği*; الاتحاد الأوروبي",
    "DCAF": "ДКВС; ДКАФ; ДЦАФ; دكاف",
    "UNHCR": "УВКБ; ВКБ; УВКБ ООН; ACNUR; BMMYK; fr:HCR; مفوضية اللاجئين",
    "OHCHR": "УВКПЧ; УВКПЛ; HCDH; ACNUDH; مفوضية حقوق الإنسان",
    "UN Women": "ООН[- ]женщин*; структур* «ООН-женщины»; ООН[- ]жінк*; ONU[- ]femmes; "
    "ONU[- ]mujeres; BM kadın birimi*; هيئة الأمم المتحدة للمرأة",
    "UNICEF": "ЮНИСЕФ; ЮНІСЕФ; УНИЦЕФ; UNİCEF; اليونيسف",
    "UNODC": "УНП ООН; ЮНОДК; ONUDC; ONUDD",
    "UNDP": "ПРООН; PNUD",
    "Frontex": "Фронтекс*; فرونتكس",
    "INTERPOL": "Интерпол*; Інтерпол*; الإنتربول",
    "ICAO": "ИКАО; ІКАО; OACI",
    "ILO": "ru:МОТ; uk:МОП; OIT",
    "WHO": "ВОЗ; ВООЗ; DSÖ; fr:OMS; es:OMS; ro:OMS",
    "Security Council": "совет* безопасности; рад* безпеки; conseil de sécurité; "
    "consejo de seguridad; sicherheitsrat*; güvenlik konseyi*; совет* за безбедност; "
    "savet* bezbednosti; مجلس الأمن",
    "Council of Europe": "совет* европы; рад* європи; conseil de l['’]europe; consejo de europa; "
    "europarat*; avrupa konseyi*; مجلس أوروبا",
    "Istanbul Convention": "стамбульск* конвенци*; convention d['’]istanbul; "
    "(?:convenio|convención) de estambul; istanbul-konvention; istanbul-übereinkommen*; "
    "istanbul sözleşmesi*; i̇stanbul sözleşmesi*; истанбулска* конвенциј*; "
    "istanbulsk* konvencij*; konventa* e stambollit; convenția* de la istanbul; اتفاقية إسطنبول",
    "Palermo Protocol": "палермск* протокол*; протокол* палермо; "
    "protocole de palerme; protocolo de palermo; palermo-protokoll*; palermo protokolü*; "
    "بروتوكول باليرمو",
    "Bangkok Rules": "бангкокск* правил*; бангкоку; бангкокськ* правил*; règles de bangkok; "
    "reglas de bangkok; bangkok-regeln; bangkok kuralları*; قواعد بانكوك",
    "Nelson Mandela Rules": "правил* нельсона манделы; правил* нельсона мандели; "
    "règles nelson mandela; reglas nelson mandela; nelson-mandela-regeln; "
    "nelson mandela kuralları*; قواعد نيلسون مانديلا",
    "Schengen Borders Code": "шенгенск* кодекс* о границах; кодекс* о шенгенских границах; "
    "шенгенськ* кодекс* про кордони; code frontières schengen; "
    "código de fronteras schengen; schengener grenzkodex*; şengen sınırlar[ıi]? *(?:kodu|yasası)*",
    "Global Compact": "глобальн* договор*(?: о(?:безопасной|б)? миграции)?; "
    "глобальн* договор* про міграцію; глобальн* догов[оі]р*; "
    "pacte mondial(?: sur les migrations| pour les migrations)?; "
    "pacto mundial(?: sobre migración| para la migración)?; "
    "globale* (?:migrations)?pakt*; migrationspakt*; küresel (?:göç )?mutabakat*; "
    "الاتفاق العالمي(?: من أجل الهجرة| للهجرة)?",
    "Beijing": "пекинск*; пекінськ*; pékin; pekín; peking*; pekin; بكين",
    "Geneva": "женевск*; genève; ginebra; genf*; cenevre*; جنيف",
    "South-Eastern Europe": "юго-восточн* европ*; південно-східн* європ*; europe du sud-est; "
    "europa sudoriental; südosteuropa*; güneydoğu avrupa*; југоисточна европа; "
    "jugoistočn* evrop*; europa* de sud-est; جنوب شرق أوروبا",
    "Eastern Europe": "восточн* европ*; східн* європ*; europe orientale; europe de l['’]est; "
    "europa oriental; osteuropa*; doğu avrupa*; источна европа; istočn* evrop*; europa* de est; "
    "أوروبا الشرقية",
    "Central Asia": "центральн* ази*; средн* ази*; центральн* азі*; asie centrale; asia central; "
    "zentralasien*; orta asya*; централна азија; centraln* azij*; asia* centrală; آسيا الوسطى",
    "Western Balkans": "западн* балкан*; західн* балкан*; balkans occidentaux; "
    "balcanes occidentales; westbalkan*; batı balkan*; западен балкан; zapadn* balkan*; "
    "ballkan* perëndimor; balcani* de vest; غرب البلقان",
    "gender mainstreaming": "гендерн* мейнстриминг*; ґендерн* мейнстрімінг*",
}
"""English names, and how other languages write them. ``*`` stands for endings, ``xx:`` for a name
that only this language has."""

_KINDS = {
    "Article": r"стать\w{1,3}|статт\w{1,3}|ст\.|artikel\w?|art[íi]culos?|articolul\w*|artikulli?"
    r"|art\.|madde\w*|члан\w{0,3}|članak|član\w{0,2}|neni\w{0,2}|المادة",
    "Resolution": r"резолюци\w{1,3}|резолюці\w{1,3}|résolutions?|resolución|resoluciones"
    r"|resolutionen|резолуциј\w{1,2}|rezolucij\w{1,2}|rezoluția|rezolutës?|rezoluta|القرار|قرار",
    "Recommendation": r"(?:общ\w{2,3} )?рекомендаци\w{1,3}|(?:загальн\w{2,3} )?рекомендаці\w{1,3}"
    r"|recommandations?(?: générales?)?|recomendación(?: general)?|recomendaciones(?: generales)?"
    r"|(?:allgemeine\w? )?empfehlung\w{0,2}|(?:genel )?tavsiye\w*|التوصية(?: العامة)?",
    "Rule": r"правил\w{1,3}|règles?|reglas?|regeln?|kural\w*|القاعدة",
    "Principle": r"принцип\w{0,3}|principes?|principios?|grundsatz|ilke\w*|المبدأ",
    "Objective": r"цел[ьиею]\w{0,2}|ціл[ьіею]\w{0,2}|objectifs?|objetivos?|ziel\w?|hedef\w*"
    r"|cilj\w{0,2}|الهدف",
    "Tool": r"инструмент\w{0,3}|пособи\w{1,2}|інструмент\w{0,3}|посібник\w{0,3}|outils?"
    r"|herramientas?|werkzeug\w?|araç\w*|алатк\w{1,2}|алат\w?|alatk?\w{0,2}|mjeti|الأداة",
    "Chapter": r"глав\w{1,2}|розділ\w{0,2}|chapitres?|capítulos?|kapitel\w?|bölüm\w*|الفصل",
    "Annex": r"приложени\w{1,2}|додат\w{2,3}|annexes?|anexos?|anhang|ek(?: no)?|المرفق",
    "Paragraph": r"пункт\w{0,3}|п\.|пп\.|параграф\w{0,2}|абзац\w{0,2}|paragraphes?|párrafos?|párr\."
    r"|absatz|abs\.|ziffer|ziff\.|paragraf\w*|fıkra\w*|الفقرة",
    "page": r"страниц\w{1,3}|стр\.|сторін\w{2,3}|с\.|page|página|pág\.|seite\w?|S\.|sayfa\w*|s\."
    r"|strana|stranic\w{1,2}|str\.|faqe\w?|f\.|pagina|الصفحة|صفحة",
    "module": r"модул\w{1,3}|módulos?|modul\w{0,3}|modül\w*|الوحدة",
}
"""Kinds of numbered things, as written before their number."""

_ORDINAL_KINDS = r"madde|kural|bölüm|paragraf|fıkra|ilke|hedef|sayfa|araç"
_TR_NUMBERED = re.compile(
    rf"\b(?P<n>\d{{1,4}})(?:\.| no\.?| no['’]lu| numaralı| sayılı)\s+"
    rf"(?:(?:BM|genel|güvenlik|konseyi|BMGK)\s+)*(?P<kind>{_ORDINAL_KINDS}|tavsiye|karar)\w*",
    re.IGNORECASE,
)
_AND = re.compile(
    r"(?<=\d)(?:\s*,)?\s+(?:и|та|і|й|y|et|und|ve|ile|i|dhe|și|و)\s+(?=\d)", re.IGNORECASE
)
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")


@dataclass(frozen=True, slots=True)
class Replaced:
    """A text in English terms.

    ``terms`` gives for each name put in the words that it replaced; ``rest`` is the text without
    them; ``language`` what the text was written in.
    """

    text: str
    terms: tuple[tuple[str, str], ...] = ()
    rest: str = ""
    language: str = "en"


def western_digits(text: str) -> str:
    """Return a text of the same length with Arabic and Persian digits as 0 to 9."""
    return text.translate(_DIGITS)


@functools.lru_cache(maxsize=2048)
def in_english(text: str) -> Replaced:
    """Return a text with what it names and numbers in English; one in English stays as it is."""
    text = western_digits(text)
    code = language(text)
    if code == "en":
        return Replaced(text, rest=text)
    terms: list[tuple[str, str]] = []

    def put(english: str, match: re.Match[str]) -> str:
        terms.append((english, match.group()))
        return chr(_HELD + len(terms) - 1)

    for english, pattern in _terms(code):
        text = pattern.sub(functools.partial(put, english), text)
    for english, pattern in _countries(code):
        text = pattern.sub(functools.partial(put, english), text)
    text = _numbered(text, code)
    rest = "".join(" " if ord(letter) >= _HELD else letter for letter in text)
    for number, (english, _) in enumerate(terms):
        text = text.replace(chr(_HELD + number), english)
    return Replaced(text, tuple(terms), rest, code)


_HELD = 0xF0000
"""First of the private characters that hold the places of names until all are found."""


def could_be_foreign(text: str) -> bool:
    """Say whether a text holds letters that English has not: a quick look before the slow one."""
    return not text.isascii() and any(c.isalpha() and not c.isascii() for c in text)


def _numbered(text: str, code: str) -> str:
    """Return a text with articles, resolutions, paragraphs and pages called so in English."""
    if code == "tr":
        text = _TR_NUMBERED.sub(lambda match: f"{_kind_of(match['kind'])} {match['n']}", text)
    for english, pattern in _kinds():
        text = pattern.sub(rf"{english} \g<n>", text)
    return _AND.sub(" and ", text)


def _kind_of(word: str) -> str:
    if word.lower() == "karar":
        return "Resolution"
    return next(
        kind for kind, forms in _KINDS.items() if re.match(rf"(?:{forms})", word, re.IGNORECASE)
    )


@functools.cache
def _kinds() -> tuple[tuple[str, re.Pattern[str]], ...]:
    number = r"(?:№|n[°ºo]\.?|núm\.|nr\.|no\.|رقم)?\s?(?P<n>\d{1,4})"
    return tuple(
        (kind, re.compile(rf"(?<!\w)(?:{forms})\s*{number}(?!\d)", re.IGNORECASE))
        for kind, forms in _KINDS.items()
    )


@functools.cache
def _terms(code: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return the patterns of a language's names, longer ones first."""
    found = []
    for english, forms in _TERMS.items():
        for form in (*forms.split("; "), english):
            only, _, name = form.rpartition(":") if re.match(r"[a-z]{2}:", form) else ("", "", form)
            if not only or only == code:
                found.append((english, name))
    found.sort(key=lambda each: -len(each[1]))
    return tuple((english, _form(name)) for english, name in found)


def _form(name: str) -> re.Pattern[str]:
    """Compile a name: an acronym as it is written, other names in any case and with endings."""
    pattern = name.replace("*", r"\w{0,6}")
    ending = r"(?:['’-]\w{1,6})?(?!\w)"
    if name.isupper():
        return re.compile(rf"(?<!\w){pattern}{ending}")
    return re.compile(rf"(?<!\w){pattern}{ending}", re.IGNORECASE)


# --- countries -----------------------------------------------------------------------------------

_INFLECTED = frozenset({"ru", "uk", "mk", "sr", "sq", "ro"})
_ADJECTIVES = {
    "TR": "турецк* турецьк* турск* turc turque turques turcs turco turca turcos turcas türkisch* "
    "türk tursk* turcesc* turk*",
    "GR": "греческ* грецьк* грчк* grec grecque grecs griego griega griechisch* yunan grčk*",
    "UA": "украинск* українськ* ukrainien* ucranian* ukrainisch* ukraynalı",
    "MK": "македонск* македонськ* macédonien* macedoni* mazedonisch* makedon",
    "RS": "сербск* сербськ* српск* serbe* serbi* serbisch* sırp srpsk*",
    "AL": "албанск* албанськ* albanais* albanés albanesa albanisch* arnavut albansk*",
    "MD": "молдавск* молдовск* молдавськ* moldave* moldav* moldauisch*",
    "RO": "румынск* румунськ* roumain* rumano rumana rumänisch* rumunsk*",
    "BG": "болгарск* болгарськ* bulgare bulgares búlgar* bulgarisch* bugarsk*",
    "RU": "российск* російськ*",
}
"""Adjectives of countries that border guards ask about; after "en", "auf" or "по-" a language."""


_ALSO_WORDS = frozenset({"Того", "Чад", "Island", "Mali", "Fas"})


@functools.cache
def _countries(code: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return the patterns of the countries' names in a language; all must begin with a capital."""
    from babel import Locale

    english = Locale("en").territories
    own = Locale.parse("sr_Latn" if code == "sr" else code).territories
    names = [
        (english[each], name) for each, name in own.items()
        if len(each) == 2 and each.isalpha() and len(name) > 3 and each in english
        and name not in _ALSO_WORDS
    ]  # fmt: skip
    names.sort(key=lambda each: -len(each[1]))
    patterns = [(country, _country(name, code)) for country, name in names]
    for each, adjectives in _ADJECTIVES.items():
        words = "|".join(re.escape(word).replace(r"\*", r"\w{0,4}") for word in adjectives.split())
        patterns.append(
            (english[each], re.compile(rf"(?<![\w-])(?<!\ben )(?<!\bauf )(?:{words})(?!\w)", re.I))
        )
    return tuple(patterns)


def _country(name: str, code: str) -> re.Pattern[str]:
    words = [_inflected(word, code) for word in re.sub(r"\s*\(.*?\)", "", name).split()]
    return re.compile(r"(?<!\w)" + r"\s+".join(words) + r"(?:['’]\w+)?(?!\w)")


def _inflected(word: str, code: str) -> str:
    """Return a pattern of a word with the endings that its language gives it."""
    if code not in _INFLECTED or not word[:1].isupper() or len(word) < 5:
        return re.escape(word) + (r"s?" if code == "de" else "")
    stem = re.sub(r"[аяиіїыьйеюуoaeiuëăя]{1,2}$", "", word)
    return re.escape(stem if len(stem) > 3 else word) + r"\w{0,4}"
