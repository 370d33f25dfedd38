"""What a link of a message carries to the chain's own site, so that the browser that follows it is its reader's."""

from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from hub.core import signing
from hub.core.errors import Gone, NotFound
from hub.core.site import origin_of
from hub.orders.behaviour.rules import BehaviourSetup

PURPOSE = "visitor-link"
PARAMETER = "comptoir"
LASTS = timedelta(hours=1)


def make_token(customer_id: int, *, now: datetime) -> str:
    """Good for an hour; says who clicked, and is worth nothing but that."""
    return signing.sign(PURPOSE, {"c": customer_id}, expires_at=now + LASTS)


def read_token(token: str, *, now: datetime) -> int | None:
    """The customer of a token; None for one that is mangled or too old."""
    try:
        return int(signing.read(PURPOSE, token, now=now)["c"]) if token else None
    except (NotFound, Gone, KeyError, ValueError):
        return None


def mark_address(address: str, customer_id: int | None, setup: BehaviourSetup, *, now: datetime) -> str:
    """The address with the token, where it leads to a site that notes visits; else as it is."""
    if customer_id is None or not setup.is_on or origin_of(address) not in setup.sites:
        return address
    parts = urlsplit(address)
    asked = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != PARAMETER]
    query = urlencode([*asked, (PARAMETER, make_token(customer_id, now=now))])
    return urlunsplit(parts._replace(query=query))
