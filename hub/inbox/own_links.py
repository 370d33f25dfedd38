"""Signed links to a customer's own ticket: the page that shows it, and the question after it was solved."""

from dataclasses import dataclass
from datetime import datetime

from hub.core import signing, site

OWN_PAGE = "contact-ticket"
RATING = "ticket-rating"


@dataclass(frozen=True)
class OwnLink:
    """What a link to the own page says: which ticket, and the address it was sent to."""

    ticket_id: int
    address: str


def own_page_url(ticket_id: int, address: str) -> str:
    """The page where this address reads the ticket and writes on; only ever sent to that address."""
    token = signing.sign(OWN_PAGE, {"ticket": ticket_id, "address": address})
    return f"{site.base_url()}/contact/t/{token}"


def read_own_link(token: str, *, machine_now: datetime) -> OwnLink:
    """Raises NotFound for a mangled link."""
    claim = signing.read(OWN_PAGE, token, now=machine_now)
    return OwnLink(int(claim["ticket"]), str(claim["address"]))


def rating_url(rating_id: int, choice: int) -> str:
    """One box of the question after a solved ticket."""
    return f"{site.base_url()}/contact/r/{rating_token(rating_id)}/{choice}"


def rating_token(rating_id: int) -> str:
    """Short, since a mail carries it three times."""
    return f"{rating_id}-{signing.code(RATING, str(rating_id))}"


def read_rating_token(token: str) -> int | None:
    """The rating of a token; None when it is mangled."""
    number, _, seal = token.partition("-")
    if not (number.isascii() and number.isdigit()) or len(number) > len(str(2**63)) - 1:
        return None
    return int(number) if signing.is_code(RATING, number, seal) else None
