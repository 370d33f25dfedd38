"""What a domain must publish so that our mails are believed, and whether what it publishes will do. Pure.

SPF RFC 7208, DKIM RFC 6376, DMARC RFC 7489. The return path is the inbound domain: SPF is asked there, and the reports
of bounces must come back to us.
"""

import ipaddress
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

MOST_INCLUDES = 10
COUNTRY_LETTERS = 2
POLICIES = frozenset({"none", "quarantine", "reject"})
SECOND_LEVEL = frozenset({"co", "com", "org", "net", "gov", "ac", "asso", "gouv", "nom", "tm"})

# The include that each provider documents for the host its customers send through.
PROVIDERS: Mapping[str, str] = {
    "amazonaws.com": "amazonses.com",
    "brevo.com": "spf.brevo.com",
    "sendinblue.com": "spf.brevo.com",
    "mailgun.org": "mailgun.org",
    "mailjet.com": "spf.mailjet.com",
    "postmarkapp.com": "spf.mtasv.net",
    "sendgrid.net": "sendgrid.net",
    "sparkpostmail.com": "_spf.sparkpostmail.com",
    "mandrillapp.com": "spf.mandrillapp.com",
    "office365.com": "spf.protection.outlook.com",
    "outlook.com": "spf.protection.outlook.com",
    "gmail.com": "_spf.google.com",
    "google.com": "_spf.google.com",
    "ovh.net": "mx.ovh.com",
    "gandi.net": "_mailcust.gandi.net",
    "infomaniak.com": "spf.infomaniak.ch",
}


class Topic(StrEnum):
    SPF = "spf"
    DKIM = "dkim"
    DMARC = "dmarc"
    RETURN_PATH = "return_path"


class Finding(StrEnum):
    """`UNCHECKED`: DNS was not asked. `ELSEWHERE`: not ours to publish, a relay signs."""

    RIGHT = "right"
    DIFFERENT = "different"
    MISSING = "missing"
    NO_ANSWER = "no_answer"
    UNCHECKED = "unchecked"
    ELSEWHERE = "elsewhere"


class Fault(StrEnum):
    """What exactly is different."""

    SEVERAL = "several"
    ANYONE = "anyone"
    SERVER_NOT_NAMED = "server_not_named"
    OTHER_KEY = "other_key"
    NO_POLICY = "no_policy"
    NOT_ALIGNED = "not_aligned"
    OTHER_HOST = "other_host"


@dataclass(frozen=True)
class Result:
    finding: Finding
    fault: Fault | None = None


RIGHT = Result(Finding.RIGHT)
MISSING = Result(Finding.MISSING)


@dataclass(frozen=True)
class Server:
    """Who hands our mails to the world: an `include` of a provider, or a host or address of our own."""

    mechanism: str

    @property
    def record(self) -> str:
        return f"v=spf1 {self.mechanism} ~all"


def sending_server(smtp_host: str | None, *, mail_host: str) -> Server:
    """By the SMTP host in use; this machine itself when none is set or the host is local."""
    host = (smtp_host or "").strip().strip("[]").rstrip(".").lower()
    address = _address(host)
    if address is not None and address.is_global:
        return Server(f"ip{address.version}:{address}")
    if not host or address is not None or "." not in host:
        return Server(f"a:{mail_host}")
    include = next((name for end, name in PROVIDERS.items() if host == end or host.endswith(f".{end}")), None)
    return Server(f"include:{include}" if include else f"a:{host}")


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def judge_spf(
    texts: Collection[str],
    server: Server,
    *,
    domain: str,
    addresses: Collection[str] = (),
    known: Mapping[str, Collection[str]] | None = None,
) -> Result:
    """`texts`: all TXT of the domain. `addresses`: those of the server. `known`: TXT of included domains by name."""
    records = spf_records(texts)
    if not records:
        return MISSING
    if len(records) > 1:
        return Result(Finding.DIFFERENT, Fault.SEVERAL)
    terms = _terms(records[0])
    if "+all" in terms or "all" in terms:
        return Result(Finding.DIFFERENT, Fault.ANYONE)
    is_named = any(
        _allows(term, server, domain=domain, addresses=addresses)
        for term in _all_terms(records[0], known or {}, depth=0)
    )
    return RIGHT if is_named else Result(Finding.DIFFERENT, Fault.SERVER_NOT_NAMED)


def spf_records(texts: Collection[str]) -> list[str]:
    return [text for text in texts if text.lower().split(" ")[0] == "v=spf1"]


def list_includes(texts: Collection[str]) -> list[str]:
    """The domains whose records the SPF record leads to."""
    found = [_included(term) for record in spf_records(texts) for term in _terms(record)]
    return [name for name in found if name][:MOST_INCLUDES]


def _included(term: str) -> str:
    plain = term.removeprefix("+")
    for word in ("include:", "redirect="):
        if plain.startswith(word):
            return plain.removeprefix(word).rstrip(".")
    return ""


def _terms(record: str) -> list[str]:
    """What is evaluated: nothing after `all` but modifiers."""
    terms = []
    for term in record.lower().split()[1:]:
        terms.append(term)
        if term.lstrip("+-~?") == "all":
            break
    return terms


def _all_terms(record: str, known: Mapping[str, Collection[str]], depth: int) -> Iterator[str]:
    for term in _terms(record):
        yield term
        if depth < MOST_INCLUDES and (name := _included(term)):
            for each in spf_records(known.get(name, ())):
                yield from _all_terms(each, known, depth + 1)


def _allows(term: str, server: Server, *, domain: str, addresses: Collection[str]) -> bool:
    plain = term.removeprefix("+").rstrip(".")
    if plain == server.mechanism:
        return True
    if plain == "a":
        return server.mechanism == f"a:{domain}"
    if plain.startswith(("ip4:", "ip6:")):
        return bool(addresses) and any(_is_inside(each, plain[4:]) for each in addresses)
    return False


def _is_inside(address: str, network: str) -> bool:
    try:
        return ipaddress.ip_address(address) in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False


def dkim_record(public_key: str, kind: str = "rsa") -> str:
    """`public_key`: base64 without white space."""
    return f"v=DKIM1; k={kind}; p={public_key}"


def judge_dkim(texts: Collection[str], public_key: str) -> Result:
    """Whether the key that the world reads is the one we sign with."""
    keys = [tags for tags in map(read_tags, texts) if "p" in tags]
    if not keys:
        return MISSING
    if len(keys) > 1:
        return Result(Finding.DIFFERENT, Fault.SEVERAL)
    published = "".join(keys[0]["p"].split())
    return RIGHT if published == public_key else Result(Finding.DIFFERENT, Fault.OTHER_KEY)


def dmarc_record(sender_address: str) -> str:
    return f"v=DMARC1; p=none; rua=mailto:{sender_address}"


def judge_dmarc(
    texts: Collection[str], *, sender_domain: str, return_domain: str, dkim_domain: str | None
) -> Result:
    """A policy is there, and SPF or DKIM speaks for the domain that customers read."""
    records = [tags for tags in map(read_tags, texts) if tags.get("v", "").upper() == "DMARC1"]
    if not records:
        return MISSING
    if len(records) > 1:
        return Result(Finding.DIFFERENT, Fault.SEVERAL)
    tags = records[0]
    if tags.get("p", "").lower() not in POLICIES:
        return Result(Finding.DIFFERENT, Fault.NO_POLICY)
    by_spf = is_aligned(sender_domain, return_domain, is_strict=tags.get("aspf", "r").lower() == "s")
    by_dkim = dkim_domain is not None and is_aligned(
        sender_domain, dkim_domain, is_strict=tags.get("adkim", "r").lower() == "s"
    )
    return RIGHT if by_spf or by_dkim else Result(Finding.DIFFERENT, Fault.NOT_ALIGNED)


def is_aligned(sender_domain: str, other: str, *, is_strict: bool) -> bool:
    """RFC 7489, 3.1: the same domain, or (relaxed) the same organisation."""
    one, two = sender_domain.lower(), other.lower()
    return one == two or (not is_strict and organisation_of(one) == organisation_of(two))


def organisation_of(domain: str) -> str:
    """The domain that was registered: two labels, or three under a second level such as `co.uk`."""
    labels = domain.lower().rstrip(".").split(".")
    is_deep = len(labels[-1]) == COUNTRY_LETTERS and labels[-2:-1] != [] and labels[-2] in SECOND_LEVEL
    return ".".join(labels[-3 if is_deep else -2 :])


def judge_return_path(
    hosts: Collection[str],
    mail_host: str,
    *,
    ours: Collection[str] = (),
    addresses: Mapping[str, Collection[str]] | None = None,
) -> Result:
    """Reports come back to us: an MX names our host, or a host with an address of ours (`ours`)."""
    if not hosts:
        return MISSING
    for host in hosts:
        if host == mail_host.lower() or set(ours) & set((addresses or {}).get(host, ())):
            return RIGHT
    return Result(Finding.DIFFERENT, Fault.OTHER_HOST)


def read_tags(record: str) -> dict[str, str]:
    """`v=DKIM1; p=…` as names and values."""
    pairs = (part.partition("=") for part in record.split(";"))
    return {name.strip().lower(): value.strip() for name, is_pair, value in pairs if is_pair}
