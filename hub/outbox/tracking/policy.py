"""What the chain chose to measure, read from its settings: links, openings, UTM parameters. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from hub.core.words import Purpose
from hub.outbox.tracking.words import OpenPolicy

SETTINGS = "tracking"
TRACKED = frozenset({Purpose.SERVICE, Purpose.SURVEY, Purpose.PROMOTION, Purpose.NEWSLETTER})
UTM_NAMES = ("utm_source", "utm_medium", "utm_campaign")


@dataclass(frozen=True)
class TrackingPolicy:
    """`utm`: source and medium to name in links to the chain's own web site; empty when the chain wants none."""

    has_links: bool = True
    opens: OpenPolicy = OpenPolicy.CONSENTED
    utm_source: str = ""
    utm_medium: str = ""


def read_policy(settings: Mapping[str, Any]) -> TrackingPolicy:
    """The `tracking` section of the chain's settings; whatever is missing or unknown is the default."""
    section = settings.get(SETTINGS)
    given: Mapping[str, Any] = section if isinstance(section, Mapping) else {}
    opens = given.get("opens", OpenPolicy.CONSENTED.value)
    return TrackingPolicy(
        has_links=given.get("links") is not False,
        opens=OpenPolicy(opens) if opens in set(OpenPolicy) else OpenPolicy.CONSENTED,
        utm_source=str(given.get("utm_source") or ""),
        utm_medium=str(given.get("utm_medium") or ""),
    )


def is_tracked(purpose: Purpose) -> bool:
    """Replies, order and staff messages keep their links as they were written, and carry no pixel."""
    return purpose in TRACKED


def add_utm(address: str, policy: TrackingPolicy, *, site: str | None, campaign: str) -> str:
    """The address with UTM parameters when it leads to the chain's own site; parameters it has are kept."""
    if not policy.utm_source or not site or not _is_of_site(address, site):
        return address
    parts = urlsplit(address)
    known = {name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
    values = (policy.utm_source, policy.utm_medium, campaign)
    added = [
        (name, value) for name, value in zip(UTM_NAMES, values, strict=True) if value and name not in known
    ]
    query = "&".join(part for part in (parts.query, urlencode(added)) if part)
    return urlunsplit(parts._replace(query=query))


def _is_of_site(address: str, site: str) -> bool:
    ours = (urlsplit(site).hostname or "").removeprefix("www.")
    host = urlsplit(address).hostname or ""
    return bool(ours) and (host == ours or host.endswith("." + ours))
