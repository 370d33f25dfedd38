"""A customer said why he does not buy any more: who was disappointed, or had to wait, is a ticket of his store."""

from hub.core import clock
from hub.customers.queries import get_customer
from hub.inbox import actions as inbox
from hub.orders.queries import find_latest_purchase
from hub.reactions.happening import Happening
from hub.surveys.whys.queries import get_why
from hub.surveys.whys.words import ASKING_HELP, REASON_WORDS


def open_ticket(seen: Happening) -> None:
    """By the answer as it stands now: a price or no need asks for no help."""
    why = get_why(seen.data["why_id"])
    if why.reason not in ASKING_HELP:
        return
    said = REASON_WORDS[get_customer(why.customer_id).language][why.reason]
    inbox.open_ticket_from_why(
        why_id=why.id,
        customer_id=why.customer_id,
        store_id=why.store_id,
        order=find_latest_purchase(why.customer_id),
        text=f"{said}.\n\n{why.comment}".strip(),
        now=clock.business_now(),
    )
