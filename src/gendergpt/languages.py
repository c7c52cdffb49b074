"""Which language a question is in, as an ISO 639-1 code.

The script decides where it can, letters that only one language has come next, and py3langid
chooses among the languages that are left.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections import Counter
from typing import Any

KNOWN = ("en", "ru", "tr", "fr", "es", "de", "uk", "mk", "sr", "sq", "ro", "ar")
"""The languages that are told apart; of any other, the nearest of these or English is named."""

_FEWEST_WORDS = 3
_FEW_WORDS = 6
_SURE = 0.5
_SURE_OF_LITTLE = 0.9
_SCRIPTS = {"ARABIC": ("ar",), "CYRILLIC": ("ru", "uk", "mk", "sr")}
_LATIN = ("en", "tr", "fr", "es", "de", "sr", "sq", "ro")
_ALIKE = {"hr": "sr", "bs": "sr"}
"""Not told apart in a sentence."""

_LETTERS = (
    ("uk", re.compile("[іїєґ]", re.IGNORECASE)),
    ("ru", re.compile("[ыэъё]", re.IGNORECASE)),
    ("sr", re.compile("[ђћ]", re.IGNORECASE)),
    ("mk", re.compile("[ѓќѕ]", re.IGNORECASE)),
)
"""Cyrillic letters that the languages told apart here do not share."""

_GREETINGS = {
    greeting.strip(): code
    for code, greetings in (
        ("ru", "привет, здравствуйте, здравствуй, добрый день, спасибо, большое спасибо"),
        ("uk", "привіт, вітаю, добрий день, доброго дня, дякую, дуже дякую"),
        ("tr", "merhaba, selam, iyi günler, günaydın, teşekkürler, teşekkür ederim, sağ ol"),
        ("fr", "bonjour, salut, bonsoir, merci, merci beaucoup, bonjour à tous"),
        ("es", "hola, buenos días, buenas tardes, buenas, gracias, muchas gracias"),
        ("de", "hallo, guten tag, guten morgen, guten abend, danke, vielen dank, danke schön"),
        ("mk", "здраво, благодарам, ви благодарам"),
        ("sr", "zdravo, dobar dan, hvala, hvala vam, хвала, добар дан"),
        ("sq", "përshëndetje, tungjatjeta, mirëdita, faleminderit"),
        ("ro", "bună, bună ziua, salutare, mulțumesc, mulțumesc mult"),
        ("ar", "مرحبا, السلام عليكم, أهلا, شكرا, شكرا جزيلا"),
    )
    for greeting in greetings.split(",")
}
_ENGLISH_OPENS = re.compile(
    r"^\W*(?:what|which|who|whose|how|where|when|why|does|is|should|i|do i|name an?|yes)\b",
    re.IGNORECASE,
)
_WORDS = {
    "ru": "что как кто или какие какой какая какое каких если это когда где одну для чего об ли",
    "uk": "що як хто або які який яка яке яких якщо це коли чи таке та щодо від",
    "mk": "што кој која кое кои каде кога дали ли се да во од",
    "sr": "шта ко који која које када је су šta ko koji koja koje kada je su li na kako da koliko",
    "tr": "sen siz kimsin kimsiniz nedir ne nasıl kim hangi mi mı mu mü kaç ve ile için nelerdir "
    "neden kimdir olur",
    "fr": "que qui quel quelle quels quelles est le les des du dans sur pour et au aux comment "
    "combien pourquoi où peut doit",
    "es": "qué quién cuál cuáles cómo dónde cuándo el los las del para y por una según cuántas "
    "cuántos cuánto puede debe",
    "de": "was wer wie welche welcher welches ist sind der das und ein eine für mit wann wo "
    "warum wurde darf nach einer von "
    "du bist sie kannst können wo wozu wofür welchem welchen weshalb worauf gibt beim dem bei "
    "viele soll muss",
    "sq": "çfarë kush cili cila dhe është për një në si kur ku mund të nga",
    "ro": "ce cine care este și pentru cum când unde din într despre cu sunt în câte câți câtă "
    "numiți",
}
"""Words that give a language away in a few words."""
_ASKED_FOR = (
    ("en", r"по-английски|на английском|англійською|in english|en anglais|en inglés|auf englisch"
           r"|ingilizce|на англиски|na engleskom|anglisht|în engleză|بالإنجليزية"),
    ("ru", r"по-русски|на русском|російською|in russian|en russe|en ruso|auf russisch|rusça"),
    ("uk", r"по-украински|на украинском|українською|in ukrainian|en ukrainien|en ucraniano"
           r"|auf ukrainisch|ukraynaca"),
    ("fr", r"по-французски|на французском|французькою|in french|en français|en francés"
           r"|auf französisch|fransızca"),
    ("es", r"по-испански|на испанском|іспанською|in spanish|en espagnol|en español|auf spanisch"
           r"|ispanyolca"),
    ("de", r"по-немецки|на немецком|німецькою|in german|en allemand|en alemán|auf deutsch"
           r"|almanca"),
    ("tr", r"по-турецки|на турецком|турецькою|in turkish|en turc|en turco|auf türkisch|türkçe"),
)  # fmt: skip
_ANSWER = re.compile(
    r"\b(?:answer|reply|respond|write|ответ\w*|отвеча\w*|напиши\w*|відпов\w*|réponds|répondez"
    r"|répondre|réponse|responde\w*|responda\w*|conteste\w*|contesta\w*|antworte\w*|antwort"
    r"|yanıt\w*|cevap\w*)\b",
    re.IGNORECASE,
)
_REQUEST_WORDS = 8
_NEAR = 40
"""So many characters may stand between "answer" and the language that is asked for."""


def language(text: str, default: str = "en") -> str:
    """Return the language of a question: one of :data:`KNOWN`.

    Args:
        text: as it was asked. Foreign names in it do not make it foreign.
        default: what is returned where the text is too short to tell ("2017?"), for instance the
            language of the conversation.
    """
    greeting = _GREETINGS.get(" ".join(re.findall(r"\w+", text.lower())))
    if greeting is not None:
        return greeting
    script = _script(text)
    if script is None:
        return default
    if script == "CYRILLIC":
        own = next((code for code, letters in _LETTERS if letters.search(text)), None)
        if own is not None:
            return own
    codes = _SCRIPTS.get(script, _LATIN)
    return codes[0] if len(codes) == 1 else _likeliest(text, codes, default)


def greets(text: str) -> bool:
    """Say whether a text is but a greeting or thanks in a language other than English."""
    return " ".join(re.findall(r"\w+", text.lower())) in _GREETINGS


def answer_language(text: str, default: str = "en") -> str:
    """Return the language to answer in: the one that is asked for, else the question's own."""
    for code, names in _requests():
        for match in names.finditer(text):
            around = text[max(0, match.start() - _NEAR) : match.end() + _NEAR]
            if _ANSWER.search(around):
                return code
    return language(text, default)


def without_request(text: str) -> str:
    """Return a question without the sentence or bracket that says in which language to answer."""
    for _, names in _requests():
        for match in names.finditer(text):
            start = max((text.rfind(sign, 0, match.start()) for sign in ".?!؟("), default=-1)
            end = next((i for i in range(match.end(), len(text)) if text[i] in ".?!؟)"), len(text))
            part = text[start + 1 : end]
            if start > 0 and _ANSWER.search(part) and len(part.split()) <= _REQUEST_WORDS:
                opened = start if text[start] == "(" else start + 1
                return f"{text[:opened].rstrip()} {text[end + 1 :].lstrip()}".strip()
    return text


def _script(text: str) -> str | None:
    """Return the script that most letters are in, names in Latin letters counting for less."""
    counts = Counter(
        unicodedata.name(letter, "").split(" ")[0] for letter in text if letter.isalpha()
    )
    if not counts:
        return None
    others = {name: count for name, count in counts.items() if name in _SCRIPTS}
    most = max(others, key=lambda name: others[name], default=None)
    return most if most is not None and 3 * others[most] >= counts["LATIN"] else "LATIN"


def _likeliest(text: str, codes: tuple[str, ...], default: str) -> str:
    if "en" in codes and _ENGLISH_OPENS.search(text):
        return "en"
    words = Counter(
        code for word in set(re.findall(r"\w+", text.lower())) for code in _of_word().get(word, ())
    )
    told = [(code, count) for code, count in words.most_common(2) if code in codes]
    few = len(text.split()) <= _FEW_WORDS
    if told and few and (len(told) < 2 or told[0][1] > told[1][1]):
        return told[0][0]
    codes = tuple(code for code, _ in told) if few and told else codes
    shares: Counter[str] = Counter()
    for code, share in _identifier().rank(text):
        shares[_ALIKE.get(code, code)] += share if _ALIKE.get(code, code) in codes else 0
    best, share = shares.most_common(1)[0]
    share /= shares.total()
    brief = len(text.split()) < _FEWEST_WORDS
    likely = default if (brief and "en" in codes) or default in codes else codes[0]
    if text.isupper() and brief:
        return likely
    if best != "en" and text.isascii() and few and best not in words:
        return likely
    short = brief or text.isascii()
    return best if share >= (_SURE_OF_LITTLE if short else _SURE) else likely


@functools.cache
def _of_word() -> dict[str, list[str]]:
    """Return the languages that each of the telling words belongs to."""
    found: dict[str, list[str]] = {}
    for code, words in _WORDS.items():
        for word in words.split():
            found.setdefault(word, []).append(code)
    return found


@functools.cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages([*KNOWN, *_ALIKE])
    return identifier


@functools.cache
def _requests() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (code, re.compile(rf"\b(?:{names})\b", re.IGNORECASE)) for code, names in _ASKED_FOR
    )
