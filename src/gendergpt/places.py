"""Countries and regions named in a text, by code: "Turkish", "Türkiye" and "Turkey" are one.

Names come from Unicode's CLDR through Babel; demonyms are found by the stem they share with the
country's name, and the few that share none are listed.
"""

from __future__ import annotations

import functools
import re

_IRREGULAR = {
    "british": "GB", "uk": "GB", "dutch": "NL", "swiss": "CH", "greek": "GR", "polish": "PL",
    "danish": "DK", "finnish": "FI", "irish": "IE", "spanish": "ES", "french": "FR",
    "swedish": "SE", "turkey": "TR", "turkiye": "TR", "turkish": "TR", "us": "US",
    "american": "US", "usa": "US", "czech": "CZ", "welsh": "GB", "scottish": "GB",
    "english": "GB", "england": "GB", "scotland": "GB", "macedonian": "MK", "macedonia": "MK",
    "kosovar": "XK", "thai": "TH", "iraqi": "IQ", "lebanese": "LB", "chinese": "CN",
    "cypriot": "CY", "norwegian": "NO", "portuguese": "PT", "filipino": "PH", "emirati": "AE",
    "bosnian": "BA", "bosnia": "BA", "syrian": "SY", "sudanese": "SD", "tajik": "TJ",
    "kyrgyz": "KG", "kazakh": "KZ", "uzbek": "UZ", "turkmen": "TM", "afghan": "AF",
    "austrian": "AT", "australian": "AU", "nigerian": "NG", "indian": "IN", "japanese": "JP",
    "italian": "IT", "libyan": "LY", "kenyan": "KE", "haitian": "HT", "nepali": "NP",
    "maltese": "MT", "yemeni": "YE", "qatari": "QA", "iranian": "IR", "egyptian": "EG",
    "montenegrin": "ME",
    "cuban": "CU", "omani": "OM", "ghanaian": "GH", "malian": "ML", "peruvian": "PE",
    "chilean": "CL", "israeli": "IL", "saudi": "SA",
}  # fmt: skip
_AMBIGUOUS = frozenset({"english", "french", "spanish", "us", "polish"})
"""Words that name a language, a pronoun or a verb as often as a country: only with a capital."""

_LANGUAGE_NEXT = re.compile(r"\s+(?:language|translation|version|text)s?\b", re.IGNORECASE)
_REGIONS = {
    "western balkans": "AL BA XK ME MK RS",
    "balkans": "AL BA XK ME MK RS BG GR HR SI RO",
    "south-eastern europe": "AL BA BG HR XK ME MK RS MD RO GR TR",
    "south eastern europe": "AL BA BG HR XK ME MK RS MD RO GR TR",
    "south east europe": "AL BA BG HR XK ME MK RS MD RO GR TR",
    "south-east europe": "AL BA BG HR XK ME MK RS MD RO GR TR",
    "eastern europe": "MD UA BY RU PL CZ SK HU RO BG",
    "central asia": "KZ KG TJ TM UZ",
    "southern africa": "ZA BW NA LS SZ ZW ZM MZ MW AO",
    "south caucasus": "GE AM AZ",
}
_STEM = 5


def places(text: str) -> dict[str, frozenset[str]]:
    """Return the places that a text names.

    Args:
        text: of any length; case matters only for words like "Polish".

    Returns:
        For each name as it stands in the text, the country codes that it may mean; a region means
        itself (its name in lower case) and all its countries.
    """
    found: dict[str, frozenset[str]] = {}
    lowered = text.lower()
    covered: list[tuple[int, int]] = []
    for pattern, codes in _patterns():
        for match in pattern.finditer(lowered):
            if any(start < match.end() and match.start() < end for start, end in covered):
                continue
            name = text[match.start() : match.end()]
            if _names_place(text, match.end(), name):
                found[name] = codes
                covered.append(match.span())
    return found


def _names_place(text: str, end: int, name: str) -> bool:
    if name.lower() in _AMBIGUOUS and not name[:1].isupper():
        return False
    return not (name[:1].isupper() and name.isalpha() and _LANGUAGE_NEXT.match(text, end))


@functools.cache
def _patterns() -> tuple[tuple[re.Pattern[str], frozenset[str]], ...]:
    patterns = [
        (_word(name), frozenset({name.replace("-", " "), *codes.split()}))
        for name, codes in sorted(_REGIONS.items(), key=lambda item: -len(item[0]))
    ]
    names = _territories()
    patterns += [
        (_word(name), frozenset({code}))
        for name, code in sorted(names.items(), key=lambda item: -len(item[0]))
    ]
    stems = {name[:_STEM]: code for name, code in names.items() if _regular(name)}
    patterns += [
        (
            re.compile(rf"\b{re.escape(stem)}\w{{0,4}}(?:ian|ean|an|ish|ese|i)s?\b"),
            frozenset({code}),
        )
        for stem, code in stems.items()
    ]
    return tuple(patterns)


def _word(name: str) -> re.Pattern[str]:
    return re.compile(rf"\b{re.escape(name)}(?:'s|’s|s)?\b")


def _regular(name: str) -> bool:
    return name.isalpha() and len(name) > _STEM


@functools.cache
def _territories() -> dict[str, str]:
    from babel import Locale

    names = dict(_IRREGULAR)
    for code, name in Locale("en").territories.items():
        if len(code) == 2 and code.isalpha() and len(name) > 3:
            names[name.lower().replace("&", "and")] = code
            names[name.lower().replace("&", "and").replace("st. ", "saint ")] = code
    return names
