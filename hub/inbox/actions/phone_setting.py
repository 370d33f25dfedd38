"""How a store is called, chosen by the administrator; what is known of a caller who is erased; a call that is noted."""

from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.dialects.postgresql import insert

from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.db import db, tell_after_commit
from hub.core.errors import Invalid
from hub.core.live import News, NewsKind, ticket_topics
from hub.core.text import N_
from hub.customers.rules import normalise_phone
from hub.inbox.models import PhoneCall, PhoneLine, Ticket
from hub.inbox.phone_rules import RING_RANGE
from hub.stores.queries import get_store, list_stores

TAKEN = N_("This number is already the one of %(store)s.")


def change_phone_line(
    *, store_id: int, number: str, rings_at: str, ring_seconds: int, by: Actor, now: datetime
) -> None:
    """`number` is dialled by customers, `rings_at` is the telephone behind it; "" leaves the store's own number.

    Raises Invalid with its field: number, rings_at, ring_seconds.
    """
    store = get_store(store_id)
    if ring_seconds not in RING_RANGE:
        raise Invalid(N_("Please give between 5 and 60 seconds."), field="ring_seconds")
    dialled = _phone(number, store.country, "number")
    behind = _phone(rings_at, store.country, "rings_at")
    if behind is not None and behind == (dialled or store.phone):
        raise Invalid(
            N_("This is the number that customers dial. Please give the telephone behind it."),
            field="rings_at",
        )
    if dialled is not None:
        _check_free(dialled, store_id)
    values = {"number": dialled, "rings_at": behind, "ring_seconds": ring_seconds}
    statement = insert(PhoneLine).values(store_id=store_id, **values)
    db.session.execute(statement.on_conflict_do_update(index_elements=["store_id"], set_=values))
    note_change("phone_line.changed", subject_kind="store", subject_id=store_id, by=by, now=now, **values)


def _phone(text: str, country: str, field: str) -> str | None:
    try:
        return normalise_phone(text, country) if text.strip() else None
    except Invalid as error:
        raise Invalid(error.text, field=field, **error.values) from error


def _check_free(number: str, store_id: int) -> None:
    """One number, one store: also not the public number of another store."""
    holder = db.session.scalar(
        select(PhoneLine.store_id).where(PhoneLine.number == number, PhoneLine.store_id != store_id)
    )
    for store in list_stores(is_active=None):
        if store.id == holder or (store.phone == number and store.id != store_id):
            raise Invalid(TAKEN, field="number", store=store.name)


def forget_caller(customer_id: int) -> None:
    """The numbers that an erased customer called from."""
    theirs = select(Ticket.id).where(Ticket.customer_id == customer_id)
    mine = or_(PhoneCall.customer_id == customer_id, PhoneCall.ticket_id.in_(theirs))
    statement = update(PhoneCall).where(mine, PhoneCall.caller.is_not(None)).values(caller=None)
    db.session.execute(statement.execution_options(synchronize_session=False))


def tie_call(call_id: int, ticket_id: int) -> None:
    """An agent has noted the call in this ticket, unless it is noted already."""
    call = db.session.get(PhoneCall, call_id, with_for_update=True)
    if call is not None and call.ticket_id is None:
        call.ticket_id = ticket_id
        db.session.flush()
        tell_after_commit(News(NewsKind.CALL, ticket_topics(call.store_id)))
