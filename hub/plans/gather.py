"""What a batch of due steps needs to know, looked up in a handful of statements whatever its size."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from hub.core.db import db
from hub.core.words import Purpose
from hub.customers.queries import CustomerRow, get_customers
from hub.orders.queries import get_orders
from hub.outbox.following import get_sendings, list_held
from hub.outbox.places import home_of, receiver_place
from hub.plans.definitions import Definition, Step
from hub.plans.looking.asked import Subject, World
from hub.plans.looking.table import look_up
from hub.plans.models import Enrolment
from hub.plans.passage import SOURCE, Passage
from hub.plans.queries import get_definition
from hub.plans.walking import Knows, Position, Sent, decide
from hub.plans.words import Anchor, StepKind
from hub.stores.queries import StoreRow, get_chain, get_stores

ASKING = "survey"
TURN = text(
    "SELECT pg_advisory_xact_lock(hashtextextended('plans.ask:' || id, 0)) FROM unnest(CAST(:ids AS bigint[])) AS id"
)


@dataclass(frozen=True)
class Zones:
    """Where customers live: by their post code, else their number, else their store, else the chain."""

    chain_zone: str
    stores: Mapping[int, StoreRow]

    @classmethod
    def of(cls, customers: Iterable[CustomerRow]) -> "Zones":
        wanted = {row.preferred_store_id for row in customers if row.preferred_store_id is not None}
        return cls(get_chain().time_zone, get_stores(wanted) if wanted else {})

    def zone_of(self, row: CustomerRow) -> str:
        store = self.stores.get(row.preferred_store_id or 0)
        home = home_of(store.time_zone if store else self.chain_zone)
        return receiver_place((row.country, row.postcode), phone=row.phone or "", home=home).time_zone


def open_passages(enrolments: Sequence[Enrolment], *, now: datetime) -> list[Passage]:
    """The claimed enrolments with all that their steps ask, decided."""
    customers = get_customers({enrolment.customer_id for enrolment in enrolments})
    order_ids = {e.values["order_id"] for e in enrolments if e.values.get("order_id")}
    world = World(customers, get_orders(order_ids))
    positions = _positions(enrolments, customers)
    _take_turns(positions)
    known = _look(enrolments, positions, world, now)
    return [
        Passage(
            enrolment=enrolment,
            position=position,
            customer=customers[enrolment.customer_id],
            order=world.orders.get(enrolment.values.get("order_id", 0)),
            knows=knows,
            decision=decide(position, knows, now),
        )
        for enrolment, position, knows in zip(enrolments, positions, known, strict=True)
    ]


def _positions(enrolments: Sequence[Enrolment], customers: Mapping[int, CustomerRow]) -> list[Position]:
    zones = Zones.of(customers.values())
    posted = {outbound_id for each in enrolments for outbound_id in posted_by(each).values()}
    sendings = {key: Sent(*each) for key, each in get_sendings(posted).items()} if posted else {}
    held = _list_held(enrolments)
    found = []
    for each in enrolments:
        definition = get_definition(each.version_id)
        position = Position(
            customer_id=each.customer_id,
            arm=each.arm,
            definition=definition,
            step=definition.step(each.step_key or ""),
            anchor_at=each.anchor_at,
            due_at=each.due_at or each.entered_at,
            values=each.values,
            time_zone=zones.zone_of(customers[each.customer_id]),
            messages={key: sendings[row] for key, row in posted_by(each).items() if row in sendings},
            held=held.get(each.customer_id, frozenset()),
        )
        found.append(position)
    return found


def posted_by(enrolment: Enrolment) -> dict[str, int]:
    """Step key → message, as they were posted: the database keeps no order. Of enrolments from before the first one alone."""
    values = enrolment.values
    first = {"": values["first_outbound_id"]} if values.get("first_outbound_id") else {}
    return dict(sorted((values.get("messages") or first).items(), key=lambda pair: pair[1]))


def _list_held(enrolments: Sequence[Enrolment]) -> Mapping[int, frozenset[Purpose]]:
    asked = {each.customer_id for each in enrolments if get_definition(each.version_id).held_purposes}
    return list_held(asked) if asked else {}


def _take_turns(positions: Sequence[Position]) -> None:
    """One worker at a time asks a customer: the next one looks when the first has committed, and sees the question.

    The locks are taken in the order of the ids, so that two workers never wait for each other.
    """
    asked = {position.customer_id for position in positions if is_first_question(position.step)}
    if asked:
        db.session.execute(TURN, {"ids": sorted(asked)})


def is_first_question(step: Step) -> bool:
    """The step that asks a customer about an order, not its reminder."""
    return step.template == ASKING and step.anchor is Anchor.ENTRY


def _look(
    enrolments: Sequence[Enrolment], positions: Sequence[Position], world: World, now: datetime
) -> list[Knows]:
    subjects = [
        subject_of(position, now=now, references=references_of(each.id, position.definition))
        for each, position in zip(enrolments, positions, strict=True)
    ]
    asked = [position.definition.questions[position.step.key] for position in positions]
    return look_up(list(zip(subjects, asked, strict=True)), world)


def references_of(enrolment_id: int, definition: Definition) -> list[str]:
    """The keys under which the steps of a passage reserve codes."""
    giving = (
        step.key for step in definition.steps if step.pool and step.kind in {StepKind.SEND, StepKind.PROMO}
    )
    return [f"{SOURCE}:{enrolment_id}:{key}" for key in giving]


def subject_of(position: Position, *, now: datetime, references: Collection[str] = ()) -> Subject:
    """The passage as the look-ups see it."""
    return Subject(
        customer_id=position.customer_id,
        arm=position.arm,
        anchor_at=position.anchor_at,
        at=now,
        values=position.values,
        time_zone=position.time_zone,
        messages=position.messages,
        references=tuple(references),
        purposes=position.definition.purposes,
    )
