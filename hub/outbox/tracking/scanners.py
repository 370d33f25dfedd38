"""Networks and programs known to open links before a person does, as data with the day they were noted."""

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from hub.outbox.tracking.words import Opener


@dataclass(frozen=True)
class ScannerNetwork:
    """Addresses from which a provider's gateways look at mails; people do not browse from there.

    `noted_on` is the day the range was written down here. Providers move: compare with what they publish for their
    mail gateways once a year. A range that is missing costs little, the other signs are still there.
    """

    name: str
    ranges: tuple[str, ...]
    noted_on: date


_NOTED = date(2026, 11, 22)
NETWORKS = (
    ScannerNetwork(
        "Microsoft Exchange Online Protection",
        ("40.92.0.0/15", "40.107.0.0/16", "52.100.0.0/14", "104.47.0.0/17", "2a01:111:f400::/48"),
        _NOTED,
    ),
    ScannerNetwork("Google image and link proxies", ("66.102.0.0/20", "66.249.80.0/20"), _NOTED),
    ScannerNetwork(
        "Proofpoint", ("67.231.144.0/20", "148.163.128.0/19", "185.132.180.0/22", "208.86.200.0/22"), _NOTED
    ),
    ScannerNetwork(
        "Mimecast",
        ("91.220.42.0/24", "195.130.217.0/24", "207.82.80.0/24", "207.211.31.0/24", "205.139.110.0/24"),
        _NOTED,
    ),
    ScannerNetwork("Barracuda", ("64.235.144.0/20", "209.222.80.0/21"), _NOTED),
    ScannerNetwork(
        "Symantec Email Security.cloud",
        ("67.219.240.0/20", "85.158.136.0/21", "193.109.254.0/23", "195.245.230.0/23", "216.82.240.0/20"),
        _NOTED,
    ),
    ScannerNetwork("Cisco Secure Email", ("216.71.128.0/19", "68.232.128.0/19"), _NOTED),
)
_PROGRAMS = re.compile(
    r"bot\b|crawl|spider|scan|preview|prefetch|headless|phantom|curl/|wget/|python|java/|okhttp|go-http|libwww|httpclient|"
    r"http_request|axios|node-fetch|perl|ruby|googleimageproxy|yahoomailproxy|barracuda|mimecast|proofpoint|safelinks|"
    r"trend ?micro|sophos|forcepoint|fireeye|cloudmark|vade|symantec|bitdefender|kaspersky|facebookexternalhit|slack|whatsapp",
    re.IGNORECASE,
)
_APPLE = "Mozilla/5.0"
_OPENERS = (
    (re.compile("googleimageproxy", re.IGNORECASE), Opener.GMAIL),
    (re.compile("yahoomailproxy", re.IGNORECASE), Opener.YAHOO),
)


def find_network(address: str | None) -> str | None:
    """The scanner behind an IP address; None for everybody else and for what is no address."""
    try:
        parsed = ip_address(address or "")
    except ValueError:
        return None
    return next((name for name, network in _ranges() if parsed in network), None)


@cache
def _ranges() -> tuple[tuple[str, IPv4Network | IPv6Network], ...]:
    return tuple((each.name, ip_network(written)) for each in NETWORKS for written in each.ranges)


def is_program(user_agent: str) -> bool:
    """Whether a request names itself as a program, or does not say what it is."""
    return not user_agent.strip() or bool(_PROGRAMS.search(user_agent))


def opener_of(user_agent: str) -> Opener:
    """What loads the pictures of a mail. Apple's privacy relay says `Mozilla/5.0` and nothing else.

    Those proxies load pictures whether anybody reads or not.
    """
    agent = user_agent.strip()
    if agent == _APPLE:
        return Opener.APPLE
    found = next((opener for pattern, opener in _OPENERS if pattern.search(agent)), None)
    return found or (Opener.MACHINE if is_program(agent) else Opener.PROGRAM)
