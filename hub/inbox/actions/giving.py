"""Gestures of goodwill: offered within a person's ceiling, asked above it, decided, and refunds noted as made."""

from datetime import datetime

from sqlalchemy import func, select

from hub.core.actor import Actor
from hub.core.db import db
from hub.core.errors import Conflict, Forbidden, Invalid, NotFound
from hub.core.text import N_
from hub.inbox.actions.events import lock_ticket, note_ticket
from hub.inbox.actions.noticing import notify
from hub.inbox.actions.recounting import tell_recounted
from hub.inbox.gestures import LONGEST_TEXT, SETTING, check_amount, check_ceilings, may_decide
from hub.inbox.models import Gesture, Ticket
from hub.inbox.queries.gestures import count_cents_for, get_ceilings
from hub.inbox.words import GestureKind, GestureState, NoticeKind
from hub.loyalty import giving as loyalty
from hub.loyalty.queries import list_pools
from hub.loyalty.rows import GivenCode
from hub.loyalty.vouchers import take_back
from hub.orders.actions import lock_order
from hub.orders.rows import OrderRow
from hub.staff.queries import get_viewer, list_store_agents
from hub.staff.rules import Viewer
from hub.staff.words import Role
from hub.stores.actions import change_setting
from hub.stores.queries import get_chain

GONE = N_("This gesture does not exist. Please go back to the list.")
TOO_MUCH = N_("This is above what you may give. Please ask somebody who may.")


def offer_voucher(
    *, ticket_id: int, pool_key: str, text: str, key: str | None, by: Actor, now: datetime
) -> int:
    """A code of a pool with a fixed amount; at once within the person's ceiling, else asked. Returns the gesture's id.

    Raises Invalid (field pool, text), Forbidden, Conflict when no code is left.
    """
    amounts = {row.key: row.discount_cents for row in list_pools() if row.is_active}
    amount = amounts.get(pool_key)
    if not amount:
        raise Invalid(N_("Please choose a voucher of the list."), field="pool")
    return _offer(ticket_id, GestureKind.VOUCHER, amount, text, key, pool_key=pool_key, by=by, now=now)


def offer_refund(
    *, ticket_id: int, amount_cents: int, text: str, key: str | None, by: Actor, now: datetime
) -> int:
    """Money back, made by the store or the head office afterwards. Raises Invalid (field amount, text), Forbidden."""
    return _offer(ticket_id, GestureKind.REFUND, amount_cents, text, key, pool_key=None, by=by, now=now)


def decide_gesture(*, gesture_id: int, is_granted: bool, viewer: Viewer, now: datetime) -> None:
    """By somebody whose ceiling covers it, in whose stores the ticket is. Raises NotFound, Forbidden, Conflict.

    What a person asked for himself or herself counts together with what he or she gave here before.
    """
    row = _lock(gesture_id, viewer)
    if row.state is not GestureState.ASKED:
        raise Conflict(N_("Somebody has decided this already."))
    if not may_decide(viewer.role, count_cents_for(row, viewer.agent_id), get_ceilings()):
        raise Forbidden(TOO_MUCH)
    if is_granted and row.kind is GestureKind.REFUND:
        _check_left(row)
    _decide(row, is_granted=is_granted, by=viewer.actor, now=now)
    notify(
        agent_ids=[row.asked_by_id],
        kind=NoticeKind.GESTURE_DECIDED,
        ticket_id=row.ticket_id,
        now=now,
        by=viewer.actor,
        data={"is_granted": is_granted},
    )


def note_refund_made(*, gesture_id: int, viewer: Viewer, now: datetime) -> None:
    """The money has gone back. Raises NotFound, Conflict."""
    row = _lock(gesture_id, viewer)
    if row.kind is not GestureKind.REFUND or row.state is not GestureState.GRANTED:
        raise Conflict(N_("Only a refund that was granted can be made."))
    row.state, row.done_by_id, row.done_at = GestureState.DONE, viewer.agent_id, now
    _note("gesture_made", row, by=viewer.actor, now=now)


def give_alone(
    ticket: Ticket, pool_key: str, amount_cents: int, text: str, *, by: Actor, now: datetime
) -> tuple[Gesture, GivenCode]:
    """A voucher within the person's ceiling, at once or not at all; the ticket is locked. Raises Forbidden, Conflict."""
    agent_id = _check_person(by)
    if ticket.order_id:
        lock_order(ticket.order_id)
    row = _make(ticket, GestureKind.VOUCHER, amount_cents, text, None, pool_key=pool_key, agent_id=agent_id, now=now)  # fmt: skip
    if not _may_alone(row):
        raise Forbidden(TOO_MUCH)
    given = _take_code(row, now=now)
    row.code, row.state = given.code, GestureState.DONE
    row.decided_by_id, row.decided_at, row.done_by_id, row.done_at = agent_id, now, agent_id, now
    _note("gesture_granted", row, by=by, now=now)
    tell_recounted(ticket, now=now)
    return row, given


def take_gesture_back(gesture_id: int, *, by: Actor, now: datetime) -> None:
    """A voucher that nobody has seen: as if it had never been given, but for the lines of the ticket."""
    row = db.session.get(Gesture, gesture_id)
    if row is not None:
        _note("gesture_taken_back", row, by=by, now=now)
        tell_recounted(lock_ticket(row.ticket_id), now=now, gone=[row.decided_at])
        take_back(reference_of(row.id), now=now)
        db.session.delete(row)


def reference_of(gesture_id: int) -> str:
    """Under which the loyalty room keeps the code of a gesture."""
    return f"gesture:{gesture_id}"


def change_ceilings(ceilings: dict[Role, int], *, by: Actor, now: datetime) -> None:
    """Cents a gesture and role. Raises Invalid."""
    check_ceilings(ceilings)
    change_setting(
        SETTING, {"ceilings": {role.value: cents for role, cents in ceilings.items()}}, by=by, now=now
    )


def _offer(
    ticket_id: int,
    kind: GestureKind,
    amount_cents: int,
    text: str,
    key: str | None,
    *,
    pool_key: str | None,
    by: Actor,
    now: datetime,
) -> int:
    words, agent_id = _check_why(text), _check_person(by)
    ticket = lock_ticket(ticket_id)
    done = db.session.scalar(select(Gesture.id).where(Gesture.key == key)) if key else None
    if done is not None:
        return done
    order = lock_order(ticket.order_id) if ticket.order_id else None
    check_amount(amount_cents, left_cents=_left_of(order) if order and kind is GestureKind.REFUND else None)
    row = _make(ticket, kind, amount_cents, words, key, pool_key=pool_key, agent_id=agent_id, now=now)
    _begin(row, by=by, now=now)
    return row.id


def _make(
    ticket: Ticket,
    kind: GestureKind,
    amount_cents: int,
    words: str,
    key: str | None,
    *,
    pool_key: str | None,
    agent_id: int,
    now: datetime,
) -> Gesture:
    row = Gesture(
        key=key,
        ticket_id=ticket.id,
        store_id=ticket.store_id,
        reason_id=ticket.reason_id,
        order_id=ticket.order_id,
        kind=kind,
        state=GestureState.ASKED,
        amount_cents=amount_cents,
        currency=get_chain().currency,
        text=words,
        pool_key=pool_key,
        asked_by_id=agent_id,
        asked_at=now,
    )
    db.session.add(row)
    db.session.flush()
    return row


def _begin(row: Gesture, *, by: Actor, now: datetime) -> None:
    """Granted at once while what the person gave here, and for the order, stays within the ceiling; else others are asked."""
    if _may_alone(row):
        _decide(row, is_granted=True, by=by, now=now)
        return
    _note("gesture_asked", row, by=by, now=now)
    _ask_others(row, by=by, now=now)


def _may_alone(row: Gesture) -> bool:
    role = get_viewer(row.asked_by_id).role
    return may_decide(role, count_cents_for(row, row.asked_by_id), get_ceilings())


def _check_person(by: Actor) -> int:
    if by.agent_id is None:
        raise Forbidden(N_("Only a person can make a gesture."))
    return by.agent_id


def _check_why(text: str) -> str:
    words = text.replace("\x00", "").strip()[:LONGEST_TEXT]
    if not words:
        raise Invalid(N_("Please say why, for whoever looks at it later."), field="text")
    return words


def _left_of(order: OrderRow, *, but_id: int | None = None) -> int:
    """What the customer paid for the order, less returns and the refunds of all its tickets; the order is locked."""
    given = select(func.coalesce(func.sum(Gesture.amount_cents), 0)).where(
        Gesture.order_id == order.id,
        Gesture.kind == GestureKind.REFUND,
        Gesture.state != GestureState.REFUSED,
        Gesture.id != (but_id or 0),
    )
    return max(0, order.total_cents - order.returned_cents - int(db.session.scalar(given) or 0))


def _check_left(row: Gesture) -> None:
    """Goods may have come back since it was asked. Raises Conflict."""
    if row.order_id is None:
        return
    if row.amount_cents > _left_of(lock_order(row.order_id), but_id=row.id):
        raise Conflict(
            N_("This is more than what is left of the order now. Please refuse it, and ask for less.")
        )


def _decide(row: Gesture, *, is_granted: bool, by: Actor, now: datetime) -> None:
    row.decided_by_id, row.decided_at = by.agent_id, now
    row.state = GestureState.GRANTED if is_granted else GestureState.REFUSED
    if is_granted and row.kind is GestureKind.VOUCHER:
        row.code = _take_code(row, now=now).code
        row.state = GestureState.DONE
        row.done_by_id, row.done_at = by.agent_id, now
    _note("gesture_granted" if is_granted else "gesture_refused", row, by=by, now=now)
    tell_recounted(lock_ticket(row.ticket_id), now=now)


def _take_code(row: Gesture, *, now: datetime) -> GivenCode:
    """A code that is the customer's from now on. Raises Conflict when the pool is empty or over."""
    reference = reference_of(row.id)
    customer_id = db.session.scalar(select(Ticket.customer_id).where(Ticket.id == row.ticket_id))
    given = loyalty.reserve(pool_key=row.pool_key or "", wanted={reference: customer_id}, now=now)
    if reference not in given:
        raise Conflict(N_("No code is left in this pool. Please choose another one, or ask the head office."))
    loyalty.mark_sent([reference], now=now)
    return given[reference]


def _ask_others(row: Gesture, *, by: Actor, now: datetime) -> None:
    """Those of the store, else of the head office, who may decide it; never who asked."""
    ceilings = get_ceilings()
    for store_id in (row.store_id, None):
        told = [
            person.id
            for person in list_store_agents(store_id)
            if person.id != row.asked_by_id and may_decide(person.role, row.amount_cents, ceilings)
        ]
        if told:
            break
    notify(agent_ids=told, kind=NoticeKind.GESTURE_ASKED, ticket_id=row.ticket_id, now=now, by=by)


def _lock(gesture_id: int, viewer: Viewer) -> Gesture:
    """Ticket, then order, then gesture: the order in which everybody takes them."""
    found = select(Gesture).where(Gesture.id == gesture_id)
    seen = db.session.scalar(found)
    if seen is None or not viewer.scope.has_store(seen.store_id):
        raise NotFound(GONE)
    lock_ticket(seen.ticket_id)
    if seen.order_id is not None:
        lock_order(seen.order_id)
    return db.session.scalars(found.with_for_update().execution_options(populate_existing=True)).one()


def _note(action: str, row: Gesture, *, by: Actor, now: datetime) -> None:
    note_ticket(
        action,
        lock_ticket(row.ticket_id),
        by=by,
        now=now,
        gesture_kind=row.kind.value,
        amount_cents=row.amount_cents,
        currency=row.currency,
        code=row.code,
    )
    db.session.flush()
