"""The link of an order's reviews: order and last day, proven by a 128-bit HMAC; nothing is kept for it."""

from datetime import date, datetime, timedelta

from hub.core import signing, site
from hub.core.errors import Gone, NotFound
from hub.core.text import N_
from hub.reviews.rules import LINK_DAYS

PURPOSE = "product-review"
ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
SIZE_BYTES = 16
LONGEST = 48
FIRST_DAY = date(2020, 1, 1)
BAD_LINK = N_("This link is not complete. Please open it again from the message.")
OVER = N_("This link has expired. Please ask for a new one.")


def review_link(order_id: int, *, now: datetime) -> str:
    """The address for a letter (`product_review_url`): good for 60 days of business time."""
    return f"{site.base_url()}/r/{token_of(order_id, now=now)}"


def token_of(order_id: int, *, now: datetime) -> str:
    """`<order>-<last day>-<26 letters>`, the first two in base 36."""
    last_day = (now.date() + timedelta(days=LINK_DAYS) - FIRST_DAY).days
    head = f"{_base36(order_id)}-{_base36(last_day)}"
    return f"{head}-{signing.code(PURPOSE, head, size_bytes=SIZE_BYTES)}"


def read_token(token: str, *, now: datetime) -> int:
    """The order's id. Raises NotFound for a token that we did not write, Gone after its last day."""
    head, _, seal = token.lower().rpartition("-")
    if len(token) > LONGEST or not signing.is_code(PURPOSE, head, seal, size_bytes=SIZE_BYTES):
        raise NotFound(BAD_LINK)
    order, _, day = head.partition("-")
    if FIRST_DAY + timedelta(days=int(day, 36)) < now.date():
        raise Gone(OVER)
    return int(order, 36)


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = ALPHABET[rest] + digits
    return digits or "0"
