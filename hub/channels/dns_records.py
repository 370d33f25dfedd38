"""The wire to DNS: looks up records, all at once, and gives up after a few seconds. Knows nothing of mail."""

from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import dns.exception
import dns.name
import dns.resolver

HANDS = 8
LARGEST_UDP = 1232


class RecordKind(StrEnum):
    TXT = "TXT"
    MX = "MX"
    A = "A"
    AAAA = "AAAA"


@dataclass(frozen=True)
class DnsSettings:
    """Which resolver to ask; `nameserver` None is that of the machine."""

    nameserver: str | None = None
    port: int = 53
    timeout_seconds: float = 3.0


Question = tuple[str, RecordKind]


@dataclass(frozen=True)
class Answer:
    """`values` is empty when there is no such record; `is_answered` is False when DNS did not say.

    TXT: the strings joined; MX: the host names in order of preference, lower case, without the last dot; A and AAAA:
    the addresses.
    """

    values: tuple[str, ...] = ()
    is_answered: bool = True


def ask_all(questions: Collection[Question], settings: DnsSettings) -> Mapping[Question, Answer]:
    """Ask everything side by side; takes no longer than the time-out per `HANDS` questions. Never raises."""
    if not questions:
        return {}
    resolver = _resolver(settings)
    if resolver is None:
        return dict.fromkeys(questions, Answer(is_answered=False))
    asked = list(dict.fromkeys(questions))
    with ThreadPoolExecutor(max_workers=min(HANDS, len(asked))) as hands:
        return dict(zip(asked, hands.map(lambda question: _ask(resolver, question), asked), strict=True))


def _resolver(settings: DnsSettings) -> dns.resolver.Resolver | None:
    try:
        resolver = dns.resolver.Resolver(configure=settings.nameserver is None)
    except dns.resolver.NoResolverConfiguration:
        return None
    if settings.nameserver is not None:
        resolver.nameservers = [settings.nameserver]
        resolver.port = settings.port
    resolver.lifetime = settings.timeout_seconds
    resolver.use_edns(0, 0, LARGEST_UDP)
    return resolver


def _ask(resolver: dns.resolver.Resolver, question: Question) -> Answer:
    name, kind = question
    try:
        found = resolver.resolve(name.rstrip(".") + ".", kind.value, search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer, dns.name.LabelTooLong, dns.name.EmptyLabel):
        return Answer()
    except (dns.exception.DNSException, OSError, UnicodeError):
        return Answer(is_answered=False)
    return Answer(tuple(_values(found, kind)))


def _values(found: Any, kind: RecordKind) -> Iterator[str]:
    if kind is RecordKind.TXT:
        yield from (b"".join(each.strings).decode("utf-8", "replace") for each in found)
    elif kind is RecordKind.MX:
        for each in sorted(found, key=lambda record: int(record.preference)):
            yield str(each.exchange).rstrip(".").lower()
    else:
        yield from (str(each.address) for each in found)
