"""What stands where a title should and is none: bodies, kinds of paper, parts of a book."""

from __future__ import annotations

import re

_JUNK = re.compile(
    r"microsoft (?:word|powerpoint|excel)\b.*|untitled.*|powerpoint[- ]pr[äeé]sentation"
    r"|(?:layout|document|dokument|slide|page|name:?|presentation|présentation|title|titel|titre"
    r"|book|print|cover) ?\d*|.*\b(?:template|letterhead|vorlage)\b.*|\S+\.[a-z]{2,4}"
    r"|.*\.(?:docx?|pptx?|pdf|indd|qxd|wp[df]?|rtf|odt|xlsx?|pmd|tmp|html?)",
    re.IGNORECASE,
)
_BODY = (
    r"united nations|nations unies|naciones unidas|организация объединенных наций|european union"
    r"|(?:the )?(?:general assembly|security council|economic and social council|human rights "
    r"council|trusteeship council|secretariat)|assemblée générale|conseil (?:de sécurité|economique"
    r"|économique)|asamblea general|consejo (?:de seguridad|económico)|генеральная ассамблея|совет "
    r"|комитет |комиссия |(?:executive |governing |trade and development )?board\b"
    r"|(?:sub-?)?(?:commission|committee|council|task force|working group|grupo de trabajo|groupe"
    r" de travail|comité|comisión|consejo|conseil|conférence|conference)"
    r" (?:on|of|for|de|d[eu]s?|sur|para|sobre)\b|official journal|council of the european union"
)
_KIND = (
    r"(?:final |interim |annual |draft |technical |meeting |policy |research |position |back"
    r"ground |working |briefing |discussion |practice |training |operational |general )?"
    r"(?:report|guidance|guide|guidelines|handbook|manual|toolkit|brief|briefing|policybrief|paper"
    r"|note|notes|study|publication|resolution|decision|recommendation|module|factsheet|fact sheet"
    r"|newsletter|checklist|evaluation|information|rapport final|informe final)"
)
_PART = (
    r"(?:table of )?contents?|table des matières|índice|foreword|preface|préface|prólogo|summary"
    r"|executive summary|résumé|resumen|резюме|abstract|acknowledge?ments?|introduction"
    r"|introducción|введение|background|objectives?.{0,20}|purpose|scope|annex(?:es)?\b.{0,12}"
    r"|appendix.{0,12}"
    r"|highlights|key messages?|copyright|disclaimer|for information.*|effective date|audience"
    r"|accessible document.*|official records.*|supplement no.*|summary record|verbatim record"
)
_REPORT_BY = (
    r"(?:report|note|letter|submission|memorandum|rapport|informe|nota|documento|доклад|записка)"
    r" (?:of|by|from|du|de la|del|de) (?:the )?(?:secretary|secretariat|secretaría|secrétaire|секре"
    r"|генерал|executive director|united nations high commissioner|special rapporteur).{0,80}"
)
_NO_TITLE = re.compile(
    rf"(?:{_KIND}|{_PART}|{_REPORT_BY})\W*|(?:{_BODY}).*"
    r"|.{0,50}\b(?:task force|working group|secretariat|commission|committee|council|board)\W*"
    r"|.{0,30}\b(?:council|conseil|consejo|task force|working group)\b.{0,40}"
    r"|.{0,40}\b(?:session|sesión|сессия|séance|meeting of)\b.{0,30}"
    r"|(?:draft|proyecto de|projet de|проект) ?(?:resolution|decision|résolution|резолюц).*"
    r"|(?:distr|original|agenda item|item \d|endorsed by|version|volume|vol\.|no\.|prepared by"
    r"|edited by|author|actualizada|updated|for more|call|www\.|https?:|e-?mail|tel\.|isbn|issn|©"
    r"|mr\b|mrs\b|ms\b|dear\b|chapter\b|chapitre\b|capítulo\b|part [ivx\d]+\b|article \d).*"
    r"|(?:\d+(?:\.\d+)*|[ivxlc]+|[a-z])[.)] .*",
    re.IGNORECASE,
)


def is_leftover(title: str) -> bool:
    """Whether a file's title, in one line, was left by a program: a file name, a template."""
    figures = 2 * sum(map(str.isalpha, title)) < len(title)
    return figures or _JUNK.fullmatch(title) is not None


def is_no_title(heading: str) -> bool:
    """Whether a heading, in one line, names no publication but its publisher, kind or parts."""
    return _NO_TITLE.fullmatch(heading) is not None
