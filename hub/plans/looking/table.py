"""Which look-up answers which question, and asks each question once for a whole batch, all in one statement."""

from collections.abc import Hashable, Mapping, Sequence

from hub.core.questions import Question, all_of, answered
from hub.plans.definitions import Condition
from hub.plans.looking import of_customers, of_messages, of_orders, of_plans, of_products
from hub.plans.looking.asked import Answers, LookUp, Subject, World
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
    return ask_look_up(asked, world, look_ups).ask()


def ask_look_up(
    asked: Sequence[tuple[Subject, Sequence[Condition]]],
    world: World,
    look_ups: Mapping[Ask, LookUp] = LOOK_UPS,
) -> Question[list[Knows]]:
    alike: dict[int, list[int]] = {}
    for place, (_, conditions) in enumerate(asked):
        alike.setdefault(id(conditions), []).append(place)  # passages at one step share them
    groups: dict[Key, tuple[Condition, list[int]]] = {}
    for places in alike.values():
        for key, condition in {each.key: each for each in asked[places[0]][1]}.items():
            groups.setdefault(key, (condition, []))[1].extend(places)
    questions = []
    for condition, places in groups.values():
        found = look_ups[condition.ask]([asked[place][0] for place in places], condition.params, world)
        questions.append(found if isinstance(found, Question) else answered(found))

    def read(answers: tuple[Answers, ...]) -> list[Knows]:
        told = zip(groups.items(), answers, strict=True)
        truths = {key: dict(zip(places, found, strict=True)) for (key, (_, places)), found in told}
        return [_knows(truths, place) for place in range(len(asked))]

    return all_of(*questions).then(read)


def _knows(truths: Truths, place: int) -> Knows:
    return lambda condition: truths[condition.key][place]
