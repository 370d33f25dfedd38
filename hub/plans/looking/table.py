"""Which look-up answers which question, and asks each question once for a whole batch."""

from collections.abc import Hashable, Mapping, Sequence

from hub.plans.definitions import Condition
from hub.plans.looking import of_customers, of_messages, of_orders, of_plans, of_products
from hub.plans.looking.asked import LookUp, Subject, World
from hub.plans.walking import Knows
from hub.plans.words import Ask

LOOK_UPS: Mapping[Ask, LookUp] = {
    Ask.PURCHASED: of_orders.purchased,
    Ask.AMOUNT: of_orders.amount,
    Ask.BASKET_VALUE: of_orders.basket_value,
    Ask.BASKET: of_orders.basket,
    Ask.OPENED: of_messages.opened,
    Ask.CLICKED: of_messages.clicked,
    Ask.ENGAGED: of_messages.engaged,
    Ask.SEGMENT: of_customers.segment,
    Ask.TIER: of_customers.tier,
    Ask.STAGE: of_customers.stage,
    Ask.CONSENT: of_customers.consent,
    Ask.HAS_PRODUCT: of_orders.has_product,
    Ask.DEVICE: of_orders.device,
    Ask.WEEKDAY: of_customers.weekday,
    Ask.REGION: of_customers.region,
    Ask.KNOWN_CUSTOMER: of_orders.known_customer,
    Ask.VALUE_TOP: of_customers.value_top,
    Ask.CHURN_BELOW: of_customers.churn_below,
    Ask.ANSWERED: of_messages.answered,
    Ask.FIRST_MESSAGE_SENT: of_messages.first_message_sent,
    Ask.CODE_USED: of_orders.code_used,
    Ask.PHONE_KNOWN: of_customers.phone_known,
    Ask.ENTERED_BY: of_customers.entered_by,
    Ask.SUGGESTED: of_products.suggested,
    Ask.IN_PLAN: of_plans.in_plan,
    Ask.ORDER_REACHED: of_orders.order_reached,
    Ask.ORDER_CANCELLED: of_orders.order_cancelled,
    Ask.ORDER_RETURNED: of_orders.order_returned,
    Ask.TICKET_OPEN: of_orders.ticket_open,
    Ask.ASKED_RECENTLY: of_messages.asked_recently,
    Ask.REVIEWED: of_orders.reviewed,
    Ask.LIFE_SIGN: of_customers.life_sign,
    Ask.BOUNCED: of_messages.bounced,
    Ask.REFUSED: of_customers.refused,
}

Key = tuple[Ask, Hashable]
Truths = Mapping[Key, Mapping[int, bool | None]]


def look_up(
    asked: Sequence[tuple[Subject, Sequence[Condition]]],
    world: World,
    look_ups: Mapping[Ask, LookUp] = LOOK_UPS,
) -> list[Knows]:
    """What is known of each passage about its questions, in their order. One look-up a question, whoever asks it.

    The replay hands in other `look_ups` for what has no past: reactions to messages that it did not send.
    """
    alike: dict[int, list[int]] = {}
    for place, (_, conditions) in enumerate(asked):
        alike.setdefault(id(conditions), []).append(place)  # passages at one step share them
    groups: dict[Key, tuple[Condition, list[int]]] = {}
    for places in alike.values():
        for key, condition in {each.key: each for each in asked[places[0]][1]}.items():
            groups.setdefault(key, (condition, []))[1].extend(places)
    truths: dict[Key, dict[int, bool | None]] = {}
    for key, (condition, places) in groups.items():
        answers = look_ups[condition.ask]([asked[place][0] for place in places], condition.params, world)
        truths[key] = dict(zip(places, answers, strict=True))
    return [_knows(truths, place) for place in range(len(asked))]


def _knows(truths: Truths, place: int) -> Knows:
    return lambda condition: truths[condition.key][place]
