"""Look-ups of orders, baskets and codes."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from hub.core.questions import Question, all_of
from hub.inbox.queries import ask_with_open_ticket
from hub.loyalty.known import ask_redemptions
from hub.orders import known
from hub.orders.behaviour.looking_back import BasketThen, ask_each
from hub.orders.behaviour.queries import ask_devices
from hub.orders.behaviour.words import Device
from hub.orders.known import Span
from hub.orders.words import OrderState
from hub.plans.asking import REACHABLE
from hub.plans.looking.asked import TICK, Answers, Params, Subject, World
from hub.reviews.queries import ask_written_moments

DAWN = datetime(1900, 1, 1, tzinfo=UTC)


def purchased(subjects: Sequence[Subject], params: Params, _world: World) -> Question[Answers]:
    """An order since the entry, or since the last one where a silence let him in; not the one that let the customer in; `days`: so long after the entry only."""
    spans = []
    for seen in subjects:
        days = params.get("days")
        end = min(seen.at, seen.anchor_at + timedelta(days=days)) if days else seen.at
        spans.append(seen.span(seen.silent_since, end))
    return known.ask_first_purchases(spans).then(_are_there)


def known_customer(subjects: Sequence[Subject], _params: Params, _world: World) -> Question[Answers]:
    """An order before the entry."""
    spans = [seen.span(DAWN, seen.since - TICK) for seen in subjects]
    return known.ask_first_purchases(spans).then(_are_there)


def _are_there(found: Sequence[datetime | None]) -> Answers:
    return [each is not None for each in found]


def amount(subjects: Sequence[Subject], params: Params, world: World) -> Question[Answers]:
    """The order of the entry against the mean of the chain, or of the customer's other orders until then.

    Without an order, or without another one of his, there is nothing to compare.
    """
    placed = [world.orders.get(seen.order_id) for seen in subjects]
    is_asked_above = params["side"] == "above"

    def compare(means: Sequence[int | None]) -> Answers:
        return [
            None if order is None or mean is None else (order.net_cents_at(seen.at) > mean) is is_asked_above
            for seen, order, mean in zip(subjects, placed, means, strict=True)
        ]

    if params["against"] == "chain":
        return _means_of_chain(subjects, world).then(compare)
    spans = [
        seen.span(DAWN, order.placed_at if order else seen.at)
        for seen, order in zip(subjects, placed, strict=True)
    ]
    return known.ask_own_averages(spans).then(compare)


def _means_of_chain(subjects: Sequence[Subject], world: World) -> Question[Sequence[int | None]]:
    """Of the day of each; those that were not asked for yet are kept with the batch."""
    latest = {seen.at.date(): seen.at for seen in sorted(subjects, key=lambda each: each.at)}
    asked = {day: at for day, at in latest.items() if day not in world.averages}

    def read(found: Sequence[int]) -> Sequence[int | None]:
        world.averages.update(zip(asked, found, strict=True))
        return [world.averages[seen.at.date()] for seen in subjects]

    return all_of(*(known.ask_average_order_cents_at(at) for at in asked.values())).then(read)


def has_product(subjects: Sequence[Subject], params: Params, _world: World) -> Question[Answers]:
    """Bought by then and not brought back as a whole order: an article, or one of a family."""
    spans = [Span(seen.customer_id, DAWN, seen.at) for seen in subjects]
    return known.ask_owners(spans, sku=params.get("sku"), family=params.get("family")).then(list)


def order_reached(subjects: Sequence[Subject], params: Params, world: World) -> Answers:
    """The order of the entry is as far as that, or farther; what it was before its last change is not kept."""
    least = REACHABLE.index(OrderState(params["least"]))
    far = frozenset(REACHABLE[least:])
    orders = [world.orders.get(seen.order_id) for seen in subjects]
    return [
        None if order is None else order.state in far and order.is_known_at(seen.at)
        for seen, order in zip(subjects, orders, strict=True)
    ]


def order_cancelled(subjects: Sequence[Subject], _params: Params, world: World) -> Answers:
    return _in_state(subjects, world, OrderState.CANCELLED)


def order_returned(subjects: Sequence[Subject], _params: Params, world: World) -> Answers:
    return _in_state(subjects, world, OrderState.RETURNED)


def _in_state(subjects: Sequence[Subject], world: World, state: OrderState) -> Answers:
    """It ended so by then; what it was before its last change is not kept."""
    orders = [world.orders.get(seen.order_id) for seen in subjects]
    return [
        order is not None and order.state is state and order.is_known_at(seen.at)
        for seen, order in zip(subjects, orders, strict=True)
    ]


def ticket_open(subjects: Sequence[Subject], _params: Params, _world: World) -> Question[Answers]:
    """About the order of the entry."""
    return ask_with_open_ticket([(seen.order_id, seen.at) for seen in subjects]).then(list)


def reviewed(subjects: Sequence[Subject], _params: Params, world: World) -> Question[Answers]:
    """Each product of the order of the entry, by this customer, whichever order of his it came with."""

    def read(moments: Mapping[int, Mapping[str, datetime]]) -> Answers:
        answers = []
        for seen in subjects:
            order, mine = world.orders.get(seen.order_id), moments.get(seen.customer_id, {})
            skus = {line.sku for line in order.lines} if order else set()
            answers.append(bool(skus) and all(sku in mine and mine[sku] <= seen.at for sku in skus))
        return answers

    return ask_written_moments({seen.customer_id for seen in subjects}).then(read)


def basket_value(subjects: Sequence[Subject], params: Params, _world: World) -> Question[Answers]:
    """Of the basket of the entry as it was known; `at_least` is included, `at_most` too."""
    least, most = params.get("at_least"), params.get("at_most")

    def is_so(found: BasketThen) -> bool:
        return (least is None or found.total_cents >= least) and (most is None or found.total_cents <= most)

    return _baskets(subjects).then(lambda seen: [None if each is None else is_so(each) for each in seen])


def basket(subjects: Sequence[Subject], params: Params, _world: World) -> Question[Answers]:
    """What became of the basket of the entry since its last touch then."""
    is_so: Callable[[BasketThen], bool] = {
        "paid": lambda found: found.is_paid,
        "emptied": lambda found: found.is_emptied and not found.is_paid,
        "changed": lambda found: found.is_changed and not found.is_paid,
    }[params["state"]]
    return _baskets(subjects).then(lambda seen: [None if each is None else is_so(each) for each in seen])


def device(subjects: Sequence[Subject], params: Params, _world: World) -> Question[Answers]:
    """Of the basket of the entry, else of the one the customer touched last."""

    def read(found: tuple[Sequence[BasketThen | None], Sequence[Device | None]]) -> Answers:
        devices = [(own.device if own else None) or other for own, other in zip(*found, strict=True)]
        return [None if each is None else each.value in params["in"] for each in devices]

    touched = ask_devices([(seen.customer_id, seen.at) for seen in subjects])
    return all_of(_baskets(subjects), touched).then(read)


def _baskets(subjects: Sequence[Subject]) -> Question[Sequence[BasketThen | None]]:
    """Seen from the touch of the entry."""
    asked = [(seen.basket_id, seen.since - TICK, seen.at) for seen in subjects]
    then = ask_each({each for each in asked if each[0]})
    return then.then(lambda found: [found.get(each) for each in asked])


def code_used(subjects: Sequence[Subject], _params: Params, _world: World) -> Question[Answers]:
    """A code that this plan gave came back on an order."""

    def read(found: Mapping[str, datetime]) -> Answers:
        return [
            any(found[reference] <= seen.at for reference in seen.references if reference in found)
            for seen in subjects
        ]

    return ask_redemptions({reference for seen in subjects for reference in seen.references}).then(read)
