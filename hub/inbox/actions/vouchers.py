"""A promo code that a standard reply gives: drawn with the sending as a gesture of the person, free again when it is undone."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from hub.core.actor import Actor
from hub.core.errors import Conflict, Forbidden, Invalid
from hub.core.text import N_
from hub.core.words import Language
from hub.inbox.actions.giving import give_alone, take_gesture_back
from hub.inbox.models import Ticket, TicketMessage
from hub.loyalty.vouchers import Voucher, get_vouchers
from hub.outbox.promo_codes import values_of
from hub.stores.queries import get_chain

GIVES = "gives"
"""In `inserted` of a reply: `pool_id`, `title` and `language` of the standard reply, and `places`: the marks in the text
with the value that takes the place of each. A code is taken only by a text that shows it."""
GAVE = "gave"
"""For the undo: `gesture_id`, and `filled`: each mark with what stands there now."""
CODE = "promo_code"


def fill_code(
    ticket: Ticket, words: str, inserted: Mapping[str, Any], *, by: Actor, now: datetime
) -> tuple[str, dict[str, Any]]:
    """The words with the code, and `inserted` with what was given; the ticket is locked.

    Raises Invalid (field text), saying what to do, where no code can be given.
    """
    wanted: Mapping[str, Any] = inserted.get(GIVES) or {}
    marks: Mapping[str, str] = wanted.get("places", {})
    if not any(mark in words for mark in marks):
        return words, dict(inserted)
    mark = next(each for each, name in marks.items() if name == CODE)
    if mark not in words:
        raise Invalid(
            N_("Please write %(place)s where the promo code goes, or take the rest of it out."),
            field="text",
            place=mark,
        )
    voucher = check_giving(wanted["pool_id"], mark, now=now)
    try:
        gesture, given = give_alone(
            ticket, voucher.key, voucher.amount_cents, wanted["title"], by=by, now=now
        )
    except Forbidden as error:
        raise _above(voucher.name, mark) from error
    except Conflict as error:  # the last one went a moment ago
        raise _empty(voucher.name, mark) from error
    values = values_of(given, get_chain(), Language(wanted["language"]))
    filled = {mark: values[name] for mark, name in marks.items() if mark in words}
    for each, value in filled.items():
        words = words.replace(each, value)
    return words, {**inserted, GAVE: {"gesture_id": gesture.id, "filled": filled}}


def check_giving(pool_id: int, mark: str, *, now: datetime) -> Voucher:
    """Raises Invalid when the pool has ended or is empty."""
    voucher = get_vouchers([pool_id], now=now).get(pool_id)
    if voucher is None or voucher.is_over:
        raise Invalid(
            N_(
                "The promo codes that this standard reply gives have ended. Please take %(place)s out of the text, "
                "or use another standard reply."
            ),
            field="text",
            place=mark,
        )
    if voucher.is_empty:
        raise _empty(voucher.name, mark)
    return voucher


def take_back_code(message: TicketMessage, *, by: Actor, now: datetime) -> None:
    """Of a reply that has not left."""
    gave = message.inserted.get(GAVE)
    if gave:
        take_gesture_back(gave["gesture_id"], by=by, now=now)


def text_before(message: TicketMessage) -> str:
    """As it was written: the marks again, where the code and its terms stand."""
    text = message.text
    for mark, value in message.inserted.get(GAVE, {}).get("filled", {}).items():
        text = text.replace(value, mark)
    return text


def _empty(pool: str, mark: str) -> Invalid:
    return Invalid(
        N_(
            "No promo code of “%(pool)s” is left. Please take %(place)s out of the text, "
            "or ask the head office to fill the pool."
        ),
        field="text",
        pool=pool,
        place=mark,
    )


def _above(pool: str, mark: str) -> Invalid:
    return Invalid(
        N_(
            "A promo code of “%(pool)s” is more than you may give alone here. Please take %(place)s out of the text, "
            "or ask for it as a gesture."
        ),
        field="text",
        pool=pool,
        place=mark,
    )
