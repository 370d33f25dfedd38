"""What steps do where they act, a batch at a time: send, give a code, set a property, tell the store, ask for a call, write a list."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import structlog

from hub.core.actor import SYSTEM
from hub.core.errors import Invalid
from hub.customers.locking import hold_customers
from hub.customers.objecting import list_objecting
from hub.customers.property_giving import give_property
from hub.inbox.actions.rescuing import CallWish, ask_calls
from hub.inbox.actions.store_news import StoreNews, tell_stores
from hub.loyalty import giving
from hub.outbox.actions import post_many
from hub.plans.audiences import join_audiences
from hub.plans.drafting import draft_all
from hub.plans.erasure_dates import announce
from hub.plans.lettering.filling import fill
from hub.plans.passage import Passage
from hub.plans.post import add_letters
from hub.plans.words import Skip, StepKind, StepOutcome

log = structlog.get_logger(__name__)


def send(passages: Sequence[Passage], *, now: datetime) -> None:
    """Post the messages that can be written; the others are skipped with their reason."""
    letters = fill(passages, now=now)
    people = {passage.customer.id: passage.customer for passage in passages}
    made = post_many(draft_all(letters, now=now), now=now, people=people)
    for (passage, _), posted in zip(letters, made, strict=True):
        passage.outbound_id = posted.message_id_row


def give_codes(passages: Sequence[Passage], *, now: datetime) -> None:
    """Reserve a code for the steps that follow; without one the path goes on, and its mails have none to show."""
    pools: dict[str, list[Passage]] = defaultdict(list)
    for passage in passages:
        pools[passage.step.pool].append(passage)
    for pool, wanting in pools.items():
        wanted = {passage.reference: passage.customer.id for passage in wanting}
        given = giving.reserve(pool_key=pool, wanted=wanted, now=now)
        for passage in wanting:
            code = given.get(passage.reference)
            if code is None:
                passage.skip(Skip.NO_CODE)
                continue
            passage.values["code"] = {
                "reference": passage.reference,
                "code": code.code,
                "ends_at": code.ends_at.isoformat(),
                "percent": code.discount_percent,
                "cents": code.discount_cents,
            }


def set_properties(passages: Sequence[Passage], *, now: datetime) -> None:
    """Write the value down; a property that was taken away meanwhile is left out, and the path goes on."""
    wanted: dict[tuple[str, str], list[Passage]] = defaultdict(list)
    for passage in passages:
        details = passage.step.details
        wanted[details["property"], repr(details["value"])].append(passage)
    for (key, _), mine in wanted.items():
        ids = [passage.customer.id for passage in mine]
        try:
            give_property(ids, key, mine[0].step.details["value"], by=SYSTEM, now=now)
        except Invalid as error:
            log.warning("plans.property_unknown", key=key, reason=str(error.text))
            for passage in mine:
                passage.skip(Skip.UNKNOWN_PROPERTY)


def tell_the_stores(passages: Sequence[Passage], *, now: datetime) -> None:
    """A line in the notices of the store's people."""
    news = [
        StoreNews(
            store_id=passage.store_id,
            customer_id=passage.customer.id,
            words=str(passage.step.details["words"]),
        )
        for passage in passages
    ]
    for passage, is_told in zip(passages, tell_stores(news, now=now), strict=True):
        if not is_told:
            passage.skip(Skip.NOBODY)


def ask_to_call(passages: Sequence[Passage], *, now: datetime) -> None:
    """A call on the list of the store; nobody is called without a number, twice, or while a grievance is open.

    Nor, by a plan that advertises, who objects to advertising.
    """
    ready = _list_callable([passage for passage in passages if passage.customer.phone])
    wishes = [
        CallWish(
            customer_id=passage.customer.id,
            store_id=passage.store_id,
            script=_script(passage),
            silent_since=passage.enrolment.entered_at,
        )
        for passage in ready
    ]
    asked = dict(zip(map(id, ready), ask_calls(wishes, now=now) if wishes else (), strict=True))
    for passage in passages:
        if asked.get(id(passage)) is None and passage.decision.reason != Skip.OBJECTS:
            passage.skip(Skip.NO_CALL)


def _list_callable(passages: Sequence[Passage]) -> list[Passage]:
    advertising = [passage for passage in passages if passage.position.definition.is_advertising]
    objecting = list_objecting({passage.customer.id for passage in advertising}) if advertising else set()
    for passage in advertising:
        if passage.customer.id in objecting:
            passage.skip(Skip.OBJECTS)
    return [passage for passage in passages if passage.decision.reason != Skip.OBJECTS]


def _script(passage: Passage) -> str:
    details = passage.step.details
    return "\n\n".join(str(details[name]) for name in ("subject", "reason") if details.get(name))


EFFECTS: Mapping[StepKind, Callable[..., None]] = {
    StepKind.SEND: send,
    StepKind.PROMO: give_codes,
    StepKind.PROPERTY: set_properties,
    StepKind.NOTIFY: tell_the_stores,
    StepKind.TASK: ask_to_call,
    StepKind.AUDIENCE: join_audiences,
    StepKind.POSTAL: add_letters,
    StepKind.ERASURE_DUE: announce,
}
"""In this order; each takes the passages whose step is of its kind and acts in their arm."""
WITH_EFFECT = frozenset({StepOutcome.POSTED, StepOutcome.DONE})
ON_CUSTOMERS = frozenset({StepKind.PROPERTY, StepKind.TASK, StepKind.ERASURE_DUE})
"""Effects that hold the rows of customers: those of a batch are held at once, whichever step comes first in it."""


def take_effect(passages: Sequence[Passage], *, now: datetime) -> None:
    """Let the steps of a batch have their effect, kind by kind."""
    acting = [each for each in passages if each.decision.outcome in WITH_EFFECT]
    written = {each.customer.id for each in acting if each.step.kind in ON_CUSTOMERS}
    if written:
        hold_customers(written)
    for kind, effect in EFFECTS.items():
        mine = [each for each in acting if each.step.kind is kind]
        if mine:
            effect(mine, now=now)
