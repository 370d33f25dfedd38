"""What the first-party script tells: a page that was visited, with the visitor's consent, or that it is withdrawn."""

from dataclasses import dataclass
from datetime import datetime

from hub.core.errors import Forbidden, Invalid
from hub.core.text import N_
from hub.customers.following import find_survivor
from hub.customers.queries import get_customers
from hub.orders.behaviour.linking import forget_visitor, link_visitors
from hub.orders.behaviour.queries import get_setup
from hub.orders.behaviour.rules import is_visitor_id
from hub.orders.behaviour.tokens import read_token
from hub.orders.behaviour.visits import take_visits
from hub.orders.behaviour.words import PageKind

SOURCE = "site"
LONGEST = 200
NOT_HERE = N_("This site may not note visits. Please ask the chain to add it to its list.")
NO_VISITOR = N_("A visitor id has 16 to 64 letters, digits, - or _. Please draw it by chance.")


@dataclass(frozen=True)
class Page:
    """One visited page as the script tells it. `key` is drawn once a page, so that one sent twice is one."""

    visitor_id: str
    kind: str
    sku: str
    family: str
    key: str
    token: str = ""


def check_site(origin: str | None) -> str:
    """The origin of an allowed site, while visits are noted at all. Raises Forbidden."""
    setup = get_setup()
    if origin is None or not setup.is_on or origin not in setup.sites:
        raise Forbidden(NOT_HERE)
    return origin


def note_page(page: Page, *, now: datetime) -> bool:
    """Keep the visit at this moment; whether it is new. The token of a followed link makes the browser the reader's.

    Raises Invalid without a good visitor id.
    """
    _check(page.visitor_id)
    reader = _reader_of(page.token, now=now)
    if reader is not None:
        link_visitors({page.visitor_id: reader}, now=now)
    told = {
        "id": f"{page.visitor_id}:{page.key[:LONGEST]}" if page.key else "",
        "visitor_id": page.visitor_id,
        "kind": page.kind if page.kind in set(PageKind) else PageKind.OTHER,
        "sku": page.sku[:LONGEST],
        "family": page.family[:LONGEST],
        "at": now.isoformat(),
    }
    return take_visits([told], source=SOURCE, now=now).taken_count == 1


def withdraw(visitor_id: str) -> None:
    """The visitor agrees no more. Raises Invalid."""
    _check(visitor_id)
    forget_visitor(visitor_id)


def _check(visitor_id: str) -> None:
    if not is_visitor_id(visitor_id):
        raise Invalid(NO_VISITOR, field="visitor")


def _reader_of(token: str, *, now: datetime) -> int | None:
    """Whom the message was sent to, or who that customer is by now; nobody when he is not known any more."""
    named = read_token(token, now=now)
    if named is None:
        return None
    reader = find_survivor(named) or named
    return reader if reader in get_customers([reader]) else None
