"""What customers ask about their data: noted, due one month later (GDPR art. 12), answered or refused with a reason."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, select, update

from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.db import db
from hub.core.errors import Conflict, Invalid, NotFound
from hub.core.paging import Page, decode_key, make_page
from hub.core.text import N_
from hub.customers.models import Customer
from hub.identity.privacy_models import PrivacyRequest
from hub.identity.privacy_words import RequestKind, RequestState

PAGE_SIZE = 50
LONGEST_REFUSAL = 1000


@dataclass(frozen=True)
class RequestRow:
    """One request; `name` is empty once the customer is erased. `is_late`: open after its day."""

    id: int
    customer_id: int
    name: str
    kind: RequestKind
    state: RequestState
    received_on: date
    due_on: date
    refusal: str
    ended_at: datetime | None
    is_late: bool


def due_day(received_on: date) -> date:
    """The same day of the next month, or its last day (GDPR art. 12.3; Regulation 1182/71 art. 3)."""
    year, month = (received_on.year + received_on.month // 12, received_on.month % 12 + 1)
    return date(year, month, min(received_on.day, monthrange(year, month)[1]))


def note_request(
    customer_id: int, kind: RequestKind, received_on: date, *, by: Actor, now: datetime, today: date
) -> int:
    """Write down what a customer asked for. Raises NotFound, Invalid for a day to come."""
    if db.session.get(Customer, customer_id) is None:
        raise NotFound(N_("This customer does not exist any more."))
    if received_on > today:
        raise Invalid(
            N_("Please give the day on which it came in; it cannot be in the future."), field="received_on"
        )
    row = PrivacyRequest(
        customer_id=customer_id,
        kind=kind,
        state=RequestState.OPEN,
        received_on=received_on,
        due_on=due_day(received_on),
        noted_at=now,
        noted_by_id=by.agent_id,
    )
    db.session.add(row)
    db.session.flush()
    _note("noted", row, by, now)
    return row.id


def answer_request(request_id: int, *, by: Actor, now: datetime) -> None:
    """It was done as asked. Raises NotFound, Conflict when it is no longer open."""
    row = _get_open(request_id)
    row.state, row.ended_at, row.ended_by_id = RequestState.DONE, now, by.agent_id
    _note("answered", row, by, now)


def refuse_request(request_id: int, refusal: str, *, by: Actor, now: datetime) -> None:
    """It is not done, with the reason the customer was given (GDPR art. 12.4). Raises NotFound, Conflict, Invalid."""
    reason = " ".join(refusal.split())
    if not reason or len(reason) > LONGEST_REFUSAL:
        raise Invalid(
            N_("Please give the reason that the customer was told, in at most 1,000 characters."),
            field="refusal",
        )
    row = _get_open(request_id)
    row.state, row.refusal = RequestState.REFUSED, reason
    row.ended_at, row.ended_by_id = now, by.agent_id
    _note("refused", row, by, now)


def close_erasures(customer_id: int, *, by: Actor, now: datetime) -> None:
    """The customer is erased: whatever he had asked for is answered."""
    done = (
        update(PrivacyRequest)
        .where(PrivacyRequest.customer_id == customer_id, PrivacyRequest.state == RequestState.OPEN)
        .values(state=RequestState.DONE, ended_at=now, ended_by_id=by.agent_id)
    )
    db.session.execute(done.execution_options(synchronize_session=False))


def list_requests(state: RequestState | None, after: str | None, *, today: date) -> Page[RequestRow]:
    """Those of a state (None: all), the earliest due first."""
    found = (
        select(PrivacyRequest, Customer.first_name, Customer.last_name)
        .join(Customer, Customer.id == PrivacyRequest.customer_id)
        .order_by(PrivacyRequest.due_on, PrivacyRequest.id)
        .limit(PAGE_SIZE + 1)
    )
    if state is not None:
        found = found.where(PrivacyRequest.state == state)
    if after:
        found = found.where(_is_behind(after))
    rows = [_row_of(row, f"{first} {last}".strip(), today) for row, first, last in db.session.execute(found)]
    return make_page(rows, size=PAGE_SIZE, key=lambda row: (row.due_on.isoformat(), row.id))


def list_customer_requests(customer_id: int, *, today: date) -> list[RequestRow]:
    """All of one customer, the latest first."""
    found = select(PrivacyRequest).where(PrivacyRequest.customer_id == customer_id)
    return [_row_of(row, "", today) for row in db.session.scalars(found.order_by(PrivacyRequest.id.desc()))]


def get_request(request_id: int, *, today: date) -> RequestRow:
    """Raises NotFound."""
    row = db.session.get(PrivacyRequest, request_id)
    if row is None:
        raise NotFound(N_("This request does not exist."))
    return _row_of(row, "", today)


def _is_behind(after: str) -> ColumnElement[bool]:
    match decode_key(after):
        case [str(due), int(request_id)]:
            try:
                day = date.fromisoformat(due)
            except ValueError:
                pass
            else:
                later = (PrivacyRequest.due_on == day) & (PrivacyRequest.id > request_id)
                return (PrivacyRequest.due_on > day) | later
    raise Invalid(N_("This page address is not valid. Please start again from the first page."))


def _row_of(row: PrivacyRequest, name: str, today: date) -> RequestRow:
    return RequestRow(
        id=row.id,
        customer_id=row.customer_id,
        name=name,
        kind=row.kind,
        state=row.state,
        received_on=row.received_on,
        due_on=row.due_on,
        refusal=row.refusal,
        ended_at=row.ended_at,
        is_late=row.state is RequestState.OPEN and row.due_on < today,
    )


def _get_open(request_id: int) -> PrivacyRequest:
    row = db.session.get(PrivacyRequest, request_id, with_for_update=True)
    if row is None:
        raise NotFound(N_("This request does not exist."))
    if row.state is not RequestState.OPEN:
        raise Conflict(N_("This request has been answered meanwhile."))
    return row


def _note(what: str, row: PrivacyRequest, by: Actor, now: datetime) -> None:
    note_change(
        f"privacy_request.{what}",
        subject_kind="customer",
        subject_id=row.customer_id,
        by=by,
        now=now,
        request_id=row.id,
        kind=row.kind.value,
    )
