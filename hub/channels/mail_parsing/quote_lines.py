"""What each line of a mail body is: text, quote, attribution, header, delimiter or signature; words in quote_words."""

import re
from collections.abc import Iterable

from hub.channels.mail_parsing import quote_words as words

TEXT, EMPTY, QUOTE, EMBEDDED, HEADER, DELIMITER, SIGNATURE = "teqbhds"
MAX_LINE = 600
MAX_ATTRIBUTION_LINE = 200
MAX_ATTRIBUTION_LINES = 7
DATE_DIGITS = 5
UNDATED_LINES = 3
MAX_TRIES = 400
LEAST_NOTICE_CHARS = 80


def _any(choices: Iterable[str]) -> str:
    """One alternative of a pattern, the longest first; blanks in names match any blanks."""
    return "|".join(sorted((choice.replace(" ", r"\s+") for choice in choices), key=len, reverse=True))


_WROTE = rf"(?:{'|'.join(words.WROTE)})"
_OPENERS = rf"(?:{_any(words.OPENERS)})"
_DATE = (
    r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}\s?[-/.]\s?\d{1,2}\s?[-/.]\s?\d{2,4}|\d{1,2}-[^\W\d]{3,9}\.?-\d{2,4}|\d{4}\s?[年년]\s?\d{1,2}\s?[月월]\s?\d{1,2}\s?[日일]|"
    r"\d{4}\.\s+[^\W\d]{3,10}\.?\s+\d{1,2}\.|\d{1,2}(?:er|st|nd|rd|th|\.|º)?\s+(?:de\s+|d['’])?[^\W\d]{3,12}[.,]?(?:\s+(?:de\s+)?\d{2,4})?|"
    r"[^\W\d]{3,12}\.?\s+\d{1,2}(?:st|nd|rd|th)?,\s+\d{4})"
)
_TIME = r"\d{1,2}\s?[:h.]\s?\d{2}"
_ADDRESS = r"(?:[<(\[]|&lt;)\s*(?:mailto:)?[^\s<>()\[\]@]{1,80}@[^\s<>()\[\]]{1,100}\s*(?:[>)\]]|&gt;)"
_END = r"\s*\S{0,4}\s*(?:[:：]|-{2,})\s*\*?\s*\Z"
_MOMENT = r"(?=.*(?:\d[:h]\d\d|\b\d{4}\b|@))"
_FLAGS = re.IGNORECASE | re.DOTALL
_ADDRESSED, _DATED, _TIMED = re.compile(_ADDRESS), re.compile(_DATE, re.IGNORECASE), re.compile(_TIME)
_WROTE_SOMEWHERE = re.compile(_WROTE, re.IGNORECASE)
_WROTE_AT_END = re.compile(rf"{_WROTE}{_END}", re.IGNORECASE)
_WITH_VERB = tuple(
    re.compile(pattern, _FLAGS)
    for pattern in (
        rf"\A\s*(?:\*|-{{2,}}\s*)?{_OPENERS}\b{_MOMENT}.*?{_WROTE}{_END}",
        rf"\A\s*\*?{_OPENERS}\s+(?:\S+\s+)?{_DATE}[^\n]{{1,80}}{_WROTE}\s*[:：]\s*\*?\s*\Z",
        rf"\A\s*\*?{_OPENERS}\b{_MOMENT}.*?@.*?{_WROTE}\s*\Z",
        rf"\A\s*\*?{_OPENERS}\s+(?:\S+\s+)?{_DATE}.*?{_WROTE}\s.{{1,150}}[:：]\s*\*?\s*\Z",
        rf"\A\s*[^\n:]{{0,100}}<[^<>\s]+@[^<>\s]+>\s*{_WROTE}(?:\s[^:\n]*(?:\n[^:\n]*)?\d[\d:.h]*(?:\s*Uhr)?)?\s*[:：]\s*\Z",
        rf"\A\s*{_DATE}[^\n]{{0,30}}\d[^\n]*{_WROTE}\s*[:：]\s*\Z",
        rf"\A\s*[^\n]{{1,100}}{_WROTE}\s+(?:le|on|am|el|il|em|op|den)\s[^\n]*\d[^\n]*[:：]\s*\Z",
    )
)
_WITHOUT_VERB = tuple(
    re.compile(pattern, _FLAGS)
    for pattern in (
        r"\A\s*message\s+du\s*:?\s*\d{1,2}/\d{1,2}/\d{2,4}\b.{0,20}\Z",
        rf"\A\s*{_DATE}(?:\s+{_TIME}(?:\s+(?:GMT|UTC)\S*)?\s+(?-i:[A-ZÀ-Þ])[^\d\n]{{1,60}}|\s+[^\d\n]{{1,60}}<[^<>\s]+@[^<>\s]+>\s*:?)\s*\Z",
        rf"\A[\s*>]*[-_=*]{{2,}}\s*(?:{'|'.join(words.MARKERS)})\s*[-_=*:]*[\s*]*\Z",
        rf"\A[\s*]*[-_=*]*\s*(?:{'|'.join(words.MARKERS)})\s*[-_=*]{{2,}}[\s*]*\Z",
        rf"\A\s*(?:{'|'.join(words.QUOTING)})\s+[^\n]{{0,100}}{_ADDRESS}\s*:\s*\Z",
        rf"\A\s*(?:{_OPENERS}\s+)?(?:[^\W\d]{{1,12}}\.?,?\s+)?{_DATE}[^\n:]{{0,12}}{_TIME}[^\n]{{0,25}}\s(?:{'|'.join(words.BY)})\s[^\n:]{{0,100}}@\S+\s*:\s*\Z",
        rf"\A\s*-{{2,}}[^\n]{{1,150}}{_ADDRESS}\s*{_WROTE}\s*[:：]?\s*-{{2,}}\s*\Z",
        r"\A>{3}\s[^\n]{1,200}\d[^\n]{0,20}\s>{3}\s*\Z",
        rf"\A[\s*]*(?:{'|'.join(words.FORWARDS)})\s*:[\s*]*\Z",
        rf"\A[\s*#=_-]*(?:{'|'.join(words.REPLY_ABOVE)})[\s*#=_.-]*\Z",
    )
)
_STARTS = re.compile(
    rf"\A\s*(?:\*?{_OPENERS}\b.*(?:\d|<|@)|\*?{_OPENERS}\s*\Z|\*?(?:wiadomość|missatge)\s|[^\W\d]{{1,4}}\.?,?\s+{_DATE}|{_DATE}|[^\n:]{{1,100}}<[^<>\s]*@?|"
    rf"[^\n:]{{1,100}}<[^<>\s]+@[^<>\s]+>\s*{_WROTE})",
    re.IGNORECASE,
)
_HEADER = re.compile(
    rf"\A[\s*>]*(?:(?P<sender>{_any(words.FROM_NAMES)})|(?P<sent>{_any(words.SENT_NAMES)})|(?P<subject>{_any(words.SUBJECT_NAMES)})|{_any(words.OTHER_NAMES)})"
    r"[\s*\xa0]*[:：]\**(?:\s|\Z|(?=\S))",
    re.IGNORECASE,
)
_HEAD_IN_ONE_LINE = re.compile(
    rf"\A[\s*]*(?:{_any(words.FROM_NAMES)})\s*:.{{0,200}}@.{{0,200}}\s\**(?:{_any(words.SENT_NAMES)})\s*:.{{0,300}}\s\**(?:{_any(words.SUBJECT_NAMES)})\s*:",
    re.IGNORECASE,
)
_HEADER_NAME_CHARS = 40
_ENDINGS = (":", "：", "-", "_", "=", ">", "#")
_OPENING_WORDS = frozenset(opener.split()[0] for opener in words.OPENERS)
_DELIMITERS = frozenset("-_=+~#*–—ᐧ")
_DELIMITER = re.compile(r"\A\s*(?:[-_=+~#*–—]{2,}|[ᐧ—]|_{2,})\s*\Z")
_QUOTE = re.compile(r"\A\s*(?:>|\||[A-Za-z]{1,12}>(?:\s|\Z))")
_DEVICES = rf"(?:{'|'.join(words.DEVICES)})"
_SIGNATURE = re.compile(
    rf"\A[\s*(\[_<-]*(?:(?:{'|'.join(words.SENT_FROM)}).{{0,25}}?{_DEVICES}|.{{0,40}}{_DEVICES}.{{0,40}}(?:{'|'.join(words.SENT_FROM_LAST)})"
    rf"|(?:{'|'.join(words.GET_APP)})\s.{{0,30}}(?:outlook|bluemail|typeapp|mail\s+orange|yahoo|gmail|proton)"
    rf"|outlook\s.{{0,40}}(?:{'|'.join(words.GET_APP_LAST)})|(?:{'|'.join(words.VIRUS_NOTES)})).{{0,160}}\Z",
    re.IGNORECASE,
)
_SIGNATURE_HINT = re.compile("|".join((*words.DEVICES, "virus", "vírus", "virenfrei", "wirus")))
"""Asked of each line in lower case: ten times as fast as to ignore the case."""
_SECRET = re.compile("|".join(words.SECRET_WORDS), re.IGNORECASE)
_RECEIVER = re.compile("|".join(words.RECEIVER_WORDS), re.IGNORECASE)
_NOTICE = re.compile("|".join(words.NOTICE_WORDS), re.IGNORECASE)
_GREETING = re.compile(rf"\A(?:{_any(words.GREETINGS)})\b[^.?:\n]{{0,40}}\Z", re.IGNORECASE)


def classify_line(line: str) -> str:
    """One letter for one line (an attribution may hold several lines)."""
    stripped = line.strip(" \t\r\n\f\v\xa0\ufeff\u200b\u200e\u200f")
    if not stripped:
        return EMPTY
    first = stripped[0]
    if first in ">|" or (">" in stripped[:14] and _QUOTE.match(line[:MAX_LINE])):
        return EMBEDDED if stripped.endswith(" >>>") and is_attribution(stripped) else QUOTE
    if first in _DELIMITERS and _DELIMITER.match(stripped):
        return DELIMITER
    bare = stripped[:MAX_LINE]
    if len(stripped) <= MAX_LINE and _SIGNATURE_HINT.search(bare.lower()) and _SIGNATURE.match(bare):
        return SIGNATURE
    if is_attribution(bare):
        return EMBEDDED
    return _header_or_text(bare)


def _header_or_text(bare: str) -> str:
    start = bare[:_HEADER_NAME_CHARS]
    if not (":" in start or "：" in start) or not _HEADER.match(bare):
        return TEXT
    return EMBEDDED if _HEAD_IN_ONE_LINE.match(bare) else HEADER


def is_mail_head(lines: Iterable[str]) -> bool:
    """Whether header lines in a row are the head of a mail: who, and when or what about; "De : … À : …" may be a journey."""
    has_sender = has_sent = has_subject = has_address = False
    for line in lines:
        found = _HEADER.match(line.strip("\ufeff"))
        has_sender |= bool(found and found["sender"])
        has_sent |= bool(found and found["sent"])
        has_subject |= bool(found and found["subject"])
        has_address |= "@" in line
    return has_address or (has_subject and (has_sender or has_sent))


def is_notice(lines: Iterable[str]) -> bool:
    """Whether a paragraph is the notice of a company: secret and only for the receiver, or about printing."""
    text = " ".join(" ".join(lines).split())
    if _NOTICE.search(text):
        return True
    return len(text) >= LEAST_NOTICE_CHARS and bool(_SECRET.search(text) and _RECEIVER.search(text))


def is_link(line: str) -> bool:
    """Whether a line is nothing but the address of a page."""
    return bool(_LINK.match(line))


def is_greeting(text: str) -> bool:
    """Whether a text is nothing but a short greeting."""
    return bool(_GREETING.match(text.strip()))


def is_attribution(text: str) -> bool:
    """Whether the text announces an embedded mail ("Le … a écrit :", "-----Original Message-----")."""
    if len(text) > MAX_LINE or not _may_announce(text):
        return False
    if _names_sender_and_moment(text):
        return True
    if _WROTE_SOMEWHERE.search(text) and any(pattern.match(text) for pattern in _WITH_VERB):
        return True
    return any(pattern.match(text) for pattern in _WITHOUT_VERB)


def _names_sender_and_moment(text: str) -> bool:
    """In any language: an address in brackets and a date before a colon, with a time or the verb."""
    if not text.rstrip(" *\xa0\n\t").endswith((":", "：")) or not (
        _ADDRESSED.search(text) and _DATED.search(text)
    ):
        return False
    return bool(_TIMED.search(text) or _WROTE_AT_END.search(text))


def _may_announce(text: str) -> bool:
    bare = text.strip(" \t\n*\xa0\ufeff")
    return (
        bare.endswith(_ENDINGS)
        or bare[:1].isdigit()
        or bare[:11].lower() == "message du "
        or ("@" in bare and bool(_WROTE_LAST.search(bare)))
    )


_LINK = re.compile(r"\A\s*[<(\[]?https?://\S{1,300}\s*\Z")
_WROTE_LAST = re.compile(rf"{_WROTE}\s*\Z", re.IGNORECASE)


def _may_start(line: str) -> bool:
    bare = line.lstrip(" \t*\xa0\ufeff")
    first = bare.partition(" ")[0].lower()
    return (
        bare[:1].isdigit()
        or "<" in bare
        or first in _OPENING_WORDS
        or any(char.isdigit() for char in bare[:12])
    )


def join_attributions(lines: list[str]) -> list[str]:
    """Lines with an attribution that was wrapped over several lines made one element."""
    joined: list[str] = []
    position = tries = 0
    while position < len(lines):
        is_start = tries < MAX_TRIES and (_may_start(lines[position]) or _is_name_above(lines, position))
        tries += is_start
        size = _attribution_size(lines, position) if is_start else 1
        joined.append("\n".join(lines[position : position + size]))
        position += size
    return joined


def _is_name_above(lines: list[str], position: int) -> bool:
    """Whether a line is only the name that stands before the address at the start of the next one."""
    name = lines[position].strip()
    is_apart = position == 0 or not lines[position - 1].strip()
    is_short = bool(name) and len(name) <= MAX_NAME and name[-1] not in ".!?,:;"
    return (
        is_short
        and is_apart
        and position + 1 < len(lines)
        and bool(_ADDRESS_FIRST.match(lines[position + 1][:MAX_ATTRIBUTION_LINE]))
    )


_ADDRESS_FIRST = re.compile(r"\A\s*<[^<>\s]+@[^<>\s]+>\s")
MAX_NAME = 60


def _attribution_size(lines: list[str], position: int) -> int:
    first = lines[position].lstrip("\ufeff")
    if (
        len(first) > MAX_ATTRIBUTION_LINE
        or first.lstrip().startswith(">")
        or is_attribution(first)
        or not (_STARTS.match(first) or _is_name_above(lines, position))
    ):
        return 1
    has_date = sum(char.isdigit() for char in first) >= DATE_DIGITS
    for size in range(2, MAX_ATTRIBUTION_LINES + 1):
        window = lines[position : position + size]
        if len(window) < size or (not has_date and (not window[-1].strip() or size > UNDATED_LINES)):
            return 1
        if len(window[-1]) > MAX_ATTRIBUTION_LINE:
            return 1
        if window[-1].rstrip(" *\xa0\t").endswith((":", "：")):
            return size if is_attribution("\n".join(window)) else 1
    return 1
