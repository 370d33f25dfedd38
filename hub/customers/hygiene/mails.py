"""Whether a mail address is one, can be meant as it stands, and what it should be. Pure."""

import re
from dataclasses import dataclass
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

from hub.core.text import fold
from hub.customers.hygiene.domains import ending_exists, find_meant
from hub.customers.hygiene.findings import FindingKind, Found, Severity
from hub.customers.hygiene.known import Known
from hub.customers.hygiene.mail_domains import COMMON, ROLES, SLIPS, THROW_AWAY

_PLAIN = re.compile(
    r"(?=.{6,254}$)[a-z0-9_]+(?:[._+-]+[a-z0-9_]+)*@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}"
)
_NAMED = re.compile(r"[^<>@]*<\s*([^<>\s]+@[^<>\s]+)\s*>")
_AT_WORDS = re.compile(
    r"\s*(?:\(at\)|\[at\]|\(a\)|\(arobase\)|\barobase\b|<at>|\{at\}|\sat\s|\s@\s|\sà\s)\s*", re.IGNORECASE
)
_DOT_WORDS = re.compile(r"\s*(?:\(dot\)|\[dot\]|\(point\)|\sdot\s|\spoint\s)\s*", re.IGNORECASE)
_NOBODY = re.compile(
    r"(?P<same>[a-z0-9]+)@(?P=same)\.[a-z]+|(.)\2{2,}@.*"
    r"|(no|non|pas|pasde|pas-de|pas_de|sans|aucun|not?)[._-]?(de)?[._-]?(e?-?mail|adresse|mel|courriel)@.*"
    r"|(test|xxx+|aaa+|azerty|qwerty|toto|titi|none|null|inconnu|unknown|nomail|noemail|fake|bidon|faux)\d*@"
    r"(test|xxx+|aaa+|azerty|qwerty|toto|titi|none|null|inconnu|unknown|nomail|noemail|fake|bidon|mail|email|faux)\d*\.[a-z]+"
)
_LOCAL_LENGTH = 64


@dataclass(frozen=True, slots=True)
class MailCheck:
    """What may be kept of an address ("" when it cannot be used) and what was found."""

    kept: str
    found: list[Found]


def check_mail(text: str, known: Known) -> MailCheck:
    """One address, without the rest of its row. What is kept is in lower case."""
    given = text.strip().strip("\"'`,;:").strip()
    if not given:
        return MailCheck("", [])
    address = normal(given)
    if address is None:
        return _mend(given, known)
    found = _findings(address, known)
    is_nobody = any(each.kind is FindingKind.PLACEHOLDER for each in found)
    return MailCheck("" if is_nobody else address, found)


def suggest_mail(text: str, known: Known) -> str | None:
    """What the address was probably meant to be, for a form that asks "did you mean"; None when it is right as it is."""
    return next((each.suggestion for each in check_mail(text, known).found if each.suggestion), None)


def normal(text: str) -> str | None:
    """The address as it is kept, None when its syntax is wrong (RFC 5321, 6531) or its ending is not one."""
    lower = text.lower()
    if (
        _PLAIN.fullmatch(lower)
        and "xn--" not in lower
        and ".." not in lower
        and lower.index("@") <= _LOCAL_LENGTH
    ):
        return lower
    return _validated(text)


@lru_cache(maxsize=4096)
def _validated(text: str) -> str | None:
    try:
        found = validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return None
    return found.normalized.lower() if "." in found.domain else None


def _findings(address: str, known: Known) -> list[Found]:
    """What is found of an address whose syntax is right."""
    local, _, domain = address.rpartition("@")
    if _NOBODY.fullmatch(address):
        return [Found(FindingKind.PLACEHOLDER, "")]
    if domain in THROW_AWAY:
        return [Found(FindingKind.MAIL_THROW_AWAY)]
    found = []
    if local.startswith("www."):
        found.append(Found(FindingKind.MAIL_SYNTAX, address.removeprefix("www."), Severity.WARNING))
    meant = find_meant(domain, known)
    if meant is not None:
        severity = Severity.WARNING if meant.is_sure else Severity.NOTICE
        found.append(Found(FindingKind.MAIL_DOMAIN_TYPO, f"{local}@{meant.domain}", severity))
    elif not ending_exists(domain.rpartition(".")[2]):
        found.append(Found(FindingKind.MAIL_DOMAIN_TYPO))
    elif known.has_mail_server is not None and not known.has_mail_server(domain):
        found.append(Found(FindingKind.MAIL_NO_SERVER))
    if not local.isascii() and domain in COMMON:
        found.append(Found(FindingKind.MAIL_ACCENT, f"{fold(local)}@{domain}"))
    if local in ROLES or local.partition("+")[0] in ROLES:
        found.append(Found(FindingKind.MAIL_ROLE))
    return found


def _mend(given: str, known: Known) -> MailCheck:
    """What is wrong with an address whose syntax is, and what it should be when that can be told."""
    several = [part for part in re.split(r"[;,/\s|]+", given) if normal(part)]
    if len(several) > 1:
        return MailCheck(several[0], [Found(FindingKind.MAIL_SEVERAL, several[0])])
    plain = _unwrapped(given)
    if re.search(r"\s", plain) and "@" in plain:
        return _without_spaces(plain, known)
    kind = _fault(plain)
    mended = _with_at(plain, known) if kind is FindingKind.MAIL_AT_MISSING else _with_dots(plain)
    suggestion = _best(mended, known) if mended else None
    if kind is FindingKind.MAIL_SYNTAX and plain != given and normal(plain):
        return MailCheck(normal(plain) or "", [Found(kind, suggestion, Severity.WARNING)])
    return MailCheck("", [Found(kind, suggestion)])


def _unwrapped(given: str) -> str:
    """Without what mail programs and timid people put around or into an address."""
    named = _NAMED.fullmatch(given)
    plain = named[1] if named else given
    plain = re.sub(r"(?i)^mailto:\s*", "", plain).strip("<>()[]{}\"'")
    if "@" not in plain:
        plain = _AT_WORDS.sub("@", plain, count=1)
    return _DOT_WORDS.sub(".", plain)


def _fault(plain: str) -> FindingKind:
    if "@" not in plain:
        return FindingKind.MAIL_AT_MISSING
    domain = plain.rpartition("@")[2]
    if plain.count("@") == 1 and domain and "." not in domain and "," not in domain:
        return FindingKind.MAIL_DOT_MISSING
    return FindingKind.MAIL_SYNTAX


def _without_spaces(plain: str, known: Known) -> MailCheck:
    """Spaces around the @ or a dot are slips; anywhere else one cannot know what stood there."""
    joined = re.sub(r"\s+", "", plain)
    best = _best(joined, known) or _best(_with_dots(joined), known)
    tight = normal(re.sub(r"\s*([@.])\s*", r"\1", plain))
    severity = Severity.WARNING if tight else Severity.ERROR
    return MailCheck(tight or "", [Found(FindingKind.MAIL_SPACES, best, severity)])


def _best(address: str, known: Known) -> str | None:
    """The mended address with its domain mended as well; None when it still is none."""
    whole = normal(address)
    if whole is None:
        return None
    local, _, domain = whole.rpartition("@")
    meant = find_meant(domain, known)
    return f"{local}@{meant.domain}" if meant else whole


def _with_dots(plain: str) -> str:
    """Commas, doubled or misplaced dots and @ put right; `jean@gmailcom` and `jean@gmail` get their dot."""
    text = re.sub(r"@+", "@", plain.replace(",", ".").replace(";", ".").replace("..", "."))
    text = re.sub(r"\.{2,}", ".", text)
    local, _, domain = text.rpartition("@")
    local, domain = local.strip(". "), domain.strip(". -_/\\")
    if "." not in domain:
        plain = domain.lower()
        domain = _DOTLESS.get(plain) or _DOTLESS.get(plain.replace("-", ""), domain)
    return f"{local}@{domain}"


def _with_at(plain: str, known: Known) -> str:
    """`jean.dupontgmail.com`, `jean.dupont#gmail.com`, `jean.dupont.gmail.com`: the @ before a domain one knows."""
    text = re.sub(r"\s+", "", plain.lower()).replace(",", ".")
    for domain in (*_BY_LENGTH, *known.widely_used):
        if text.endswith(domain) and len(text) > len(domain):
            local = text[: -len(domain)].rstrip(".#&*$%§£àÀ\\/|-_")
            return f"{local}@{domain}" if local else ""
    found = re.fullmatch(r"([\w.+-]+)[#&*$%§£]([\w-]+\.[\w.-]+)", text)
    return f"{found[1]}@{found[2]}" if found else ""


_BY_LENGTH = tuple(sorted({*COMMON, *SLIPS}, key=len, reverse=True))
_DOTLESS = {domain.replace(".", ""): domain for domain in reversed(COMMON)} | {
    domain.partition(".")[0]: domain for domain in reversed(COMMON)
}
