"""What each line of a mail body is: text, quote, attribution, header, delimiter or signature (French and English first)."""

import re

TEXT, EMPTY, QUOTE, EMBEDDED, HEADER, DELIMITER, SIGNATURE = "teqbhds"
MAX_LINE = 600
MAX_ATTRIBUTION_LINE = 200
DATE_DIGITS = 5
UNDATED_LINES = 3
MAX_TRIES = 400
_WROTE = (
    r"(?:wrote|writes|(?<!m['’])(?<!nous\s)(?<!lui\s)a\s+[ée]crit|écrivait|schrieb|escribió|ha\s+scritto|scrisse|escreveu|napisał\(a\)|"
    r"napisał|napisała|schreef|skrev|пише|написал(?:а|\(а\))?|写道|寫道)"
)
_OPENERS = r"(?:On|Le|At|Am|El|Il\s+giorno|Il|Em|Op|Den|W\s+dniu|Dnia)"
_DATE = (
    r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|"
    r"\d{4}年\d{1,2}月\d{1,2}日|\d{1,2}(?:er|\.)?\s+[^\W\d]{3,10}\.?(?:\s+\d{2,4})?)"
)
_MOMENT = r"(?=.*(?:\d[:h]\d\d|\b\d{4}\b|@))"
_ATTRIBUTIONS = tuple(
    re.compile(pattern, re.IGNORECASE | re.DOTALL)
    for pattern in (
        rf"\A\s*(?:\*|-{{2,}}\s*)?{_OPENERS}\b{_MOMENT}.*?\b{_WROTE}\s*\S{{0,4}}\s*(?:[:：]|-{{2,}})\s*\*?\s*\Z",
        rf"\A\s*\*?{_OPENERS}\s+(?:\S+\s+)?{_DATE}[^\n]{{1,80}}\b{_WROTE}\s*[:：]\s*\*?\s*\Z",
        r"\A\s*message\s+du\s+\d{1,2}/\d{1,2}/\d{2,4}\b.{0,20}\Z",
        rf"\A\s*\*?{_OPENERS}\b{_MOMENT}.*?@.*?\b{_WROTE}\s*\Z",
        rf"\A\s*\*?{_OPENERS}\s+(?:\S+\s+)?{_DATE}.*?\b{_WROTE}\s.{{1,150}}@?.*[:：]\s*\*?\s*\Z",
        rf"\A\s*[^\n:]{{0,100}}<[^<>\s]+@[^<>\s]+>\s*{_WROTE}(?:\s[^:\n]*(?:\n[^:\n]*)?\d[\d:.h]*(?:\s*Uhr)?)?\s*[:：]\s*\Z",
        rf"\A\s*{_DATE}[^\n]{{0,30}}\d[^\n]*\b{_WROTE}\s*[:：]\s*\Z",
        rf"\A\s*[^\n]{{1,100}}\b{_WROTE}\s+(?:le|on|am)\s[^\n]*\d[^\n]*[:：]\s*\Z",
        rf"\A\s*{_DATE}(?:\s+\d{{1,2}}[:h]\d\d(?:\s+(?:GMT|UTC)\S*)?\s+[^\d\n]{{2,60}}|\s+[^\d\n]{{1,60}}<[^<>\s]+@[^<>\s]+>\s*:?)\s*\Z",
        r"\A[\s*>]*[-_=*]{2,}\s*(?:original|reply|forwarded)\s+message\s*[-_=*]{2,}[\s*]*\Z",
        (
            r"\A[\s*]*[-_=*]*\s*(?:(?:message|mail|courriel|e-?mail)\s+(?:d['’]\s*origine|original|initial|transf[ée]r[ée])|courriel\s+original|"
            r"original\s+message|forwarded\s+message|ursprüngliche\s+nachricht|weitergeleitete\s+nachricht|"
            r"mensaje\s+original|messaggio\s+originale|mensagem\s+original|oorspronkelijk\s+bericht)"
            r"\s*[-_=*]{2,}[\s*]*\Z"
        ),
        r"\A[\s*]*(?:begin\s+forwarded\s+message|d[ée]but\s+du\s+message\s+(?:r[ée]exp[ée]di[ée]|transf[ée]r[ée]))\s*:[\s*]*\Z",
    )
)
_STARTS = re.compile(rf"\A\s*(?:\*?{_OPENERS}\b.*\d|{_DATE}\s|[^\n:]{{1,100}}<[^<>\s]*@?|[^\n:]{{1,100}}<[^<>\s]+@[^<>\s]+>\s*{_WROTE})",
                     re.IGNORECASE)  # fmt: skip
_ENDS = re.compile(rf"(?:{_WROTE}\s*|>\s*|Uhr\s*|\d\s*)[:：]\s*\*?\s*\Z", re.IGNORECASE)
_HEADER = re.compile(
    r"\A[\s*>]*(?:from|de|von|da|van|sent|envoy[ée](?:\s+le)?|gesendet|enviado(?:\s+el)?|inviato|verzonden|date|datum|data|"
    r"fecha|to|à|a|an|para|aan|cc|cci|copie(?:\s+à)?|bcc|subject|objet|betreff|oggetto|asunto|assunto|onderwerp|sujet|"
    r"reply-to|répondre\s+à|risposta|importance)[\s*\xa0]*[:：]\**(?:\s|\Z)",
    re.IGNORECASE,
)
_WROTE_LAST = re.compile(rf"{_WROTE}\s*\Z", re.IGNORECASE)
_ENDINGS = (":", "：", "-", "_", "=", ">")
_OPENING_WORDS = frozenset({"on", "le", "at", "am", "el", "il", "em", "op", "den", "w", "dnia"})
_DELIMITERS = frozenset("-_=+~#*–—ᐧ")
_SIGNATURE_LETTERS = frozenset("*([esvgiotpl")
_DELIMITER = re.compile(r"\A\s*(?:[-_=+~#*–—]{2,}|[ᐧ—]|_{2,})\s*\Z")
_QUOTE = re.compile(r"\A\s*(?:>|\||[A-Za-z]{1,12}>(?:\s|\Z))")
_SIGNATURE = re.compile(
    r"\A[\s*(\[]*(?:"
    r"envoy[ée]e?\s+(?:depuis|de(?!\s+la\s+commande)|à\s+partir\s+de|avec|par|via)\b.{0,20}"
    r"(?:iphone|ipad|mobile|t[ée]l[ée]phone|smartphone|android|samsung|galaxy|huawei|xiaomi|outlook|gmail|yahoo|orange|sfr|"
    r"free|laposte|la\s+poste|proton|windows|courrier|mail|appareil|bluemail|ordinateur|mac)"
    r"|sent\s+(?:from|via|with|using)\s+(?:my|the|a|an|outlook|yahoo|gmail|mail|proton|samsung|bluemail|windows|mobile)\b"
    r"|von\s+meinem\s+\S+\s+gesendet|gesendet\s+(?:von|mit)\s+|enviado\s+(?:desde|do)\s+mi|inviato\s+da(?:l)?\s+"
    r"|(?:get|obtenez|obtenir|t[ée]l[ée]charge[rz])\s+(?:\[?outlook|bluemail|typeapp)"
    r"|provenance\s*:\s*courrier\s+pour\s+windows|garanti\s+sans\s+virus|virus-free"
    r"|l['’]absence\s+de\s+virus\s+dans\s+ce\s+courrier"
    r").{0,160}\Z",
    re.IGNORECASE,
)


def classify_line(line: str) -> str:
    """One letter for one line (an attribution may hold several lines)."""
    stripped = line.strip()
    if not stripped:
        return EMPTY
    first = stripped[0]
    if first in ">|" or (">" in stripped[:14] and _QUOTE.match(line[:MAX_LINE])):
        return QUOTE
    if first in _DELIMITERS and _DELIMITER.match(stripped):
        return DELIMITER
    bare = line[:MAX_LINE]
    if first.lower() in _SIGNATURE_LETTERS and _SIGNATURE.match(bare):
        return SIGNATURE
    if is_attribution(bare):
        return EMBEDDED
    return HEADER if ":" in bare[:40] and _HEADER.match(bare) else TEXT


def is_attribution(text: str) -> bool:
    """Whether the text announces an embedded mail ("Le … a écrit :", "-----Original Message-----")."""
    if len(text) > MAX_LINE or not _may_announce(text):
        return False
    return any(pattern.match(text) for pattern in _ATTRIBUTIONS)


def _may_announce(text: str) -> bool:
    bare = text.strip(" \t\n*\xa0")
    return (
        bare.endswith(_ENDINGS)
        or bare[:1].isdigit()
        or bare[:11].lower() == "message du "
        or ("@" in bare and bool(_WROTE_LAST.search(bare)))
    )


def _may_start(line: str) -> bool:
    bare = line.lstrip(" \t*\xa0")
    return bare[:1].isdigit() or "<" in bare or bare.partition(" ")[0].lower() in _OPENING_WORDS


def join_attributions(lines: list[str]) -> list[str]:
    """Lines with an attribution that was wrapped over several lines made one element."""
    joined: list[str] = []
    position = tries = 0
    while position < len(lines):
        is_start = tries < MAX_TRIES and _may_start(lines[position])
        tries += is_start
        size = _attribution_size(lines, position) if is_start else 1
        joined.append("\n".join(lines[position : position + size]))
        position += size
    return joined


def _attribution_size(lines: list[str], position: int) -> int:
    first = lines[position]
    if (
        len(first) > MAX_ATTRIBUTION_LINE
        or not _may_start(first)
        or is_attribution(first)
        or not _STARTS.match(first)
    ):
        return 1
    has_date = sum(char.isdigit() for char in first) >= DATE_DIGITS
    for size in range(2, 8):
        window = lines[position : position + size]
        if len(window) < size or (not has_date and (not window[-1].strip() or size > UNDATED_LINES)):
            return 1
        if len(window[-1]) > MAX_ATTRIBUTION_LINE:
            return 1
        together = "\n".join(window)
        if _ENDS.search(together[-80:]):
            return size if is_attribution(together) else 1
    return 1
