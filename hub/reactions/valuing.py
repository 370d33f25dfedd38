"""What scores do elsewhere: an order scores its customer anew, a churn score that falls too low asks the store to call."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from hub.core import clock
from hub.core.words import Language
from hub.customers.queries import get_customers
from hub.inbox.actions import rescuing
from hub.orders.queries import find_latest_purchase
from hub.plans.builtin import CHURN_RESCUE
from hub.plans.queries import is_on
from hub.reactions.happening import Happening
from hub.reactions.planning import CALL
from hub.segments.values import actions as values
from hub.stores.queries import get_chain

SCRIPTS = {
    Language.FRENCH: (
        "Ce client compte parmi ceux qui ont la plus grande valeur, et il s'éloigne : risque de départ %(points)s,"
        " dernière commande le %(day)s. Demander comment mieux faire, écouter, noter la réponse."
        " Aucune remise n'est à proposer."
    ),
    Language.ENGLISH: (
        "This customer is among those of the highest value, and is leaving: churn score %(points)s, last order on"
        " %(day)s. Ask how we can do better, listen, note the answer. There is no discount to offer."
    ),
}


def score(seen: Happening) -> None:
    """By the orders as they are now."""
    if seen.customer_id is not None:
        values.rescore([seen.customer_id], now=clock.business_now())


def score_merged(seen: Happening) -> None:
    """The scores of the one who is no more go; the other has the orders of both."""
    values.forget_scores([seen.data["merged_id"]])
    values.rescore([seen.customer], now=clock.business_now())


def score_unmerged(seen: Happening) -> None:
    values.rescore([seen.customer, seen.data["other_id"]], now=clock.business_now())


def ask_to_call(seen: Happening) -> None:
    """Of high lifetime value and below the second threshold: a call for the store of the last order, once a silence.

    While the plan that rescues is on, it decides who is called: a call beside it would reach its control arm too.
    """
    if seen.data["level"] != CALL or is_on(CHURN_RESCUE):
        return
    customer = get_customers([seen.customer]).get(seen.customer)
    if customer is None or not customer.phone:
        return
    order = find_latest_purchase(seen.customer)
    day = date.fromisoformat(seen.data["last_order_on"])
    chain = get_chain()
    script = SCRIPTS[chain.language] % {"points": seen.data["points"], "day": f"{day:%d/%m/%Y}"}
    rescuing.ask_rescue_call(
        customer_id=seen.customer,
        store_id=order.store_id if order else customer.preferred_store_id,
        script=script,
        silent_since=datetime.combine(day, time(), ZoneInfo(chain.time_zone)),
        now=clock.business_now(),
    )
