"""What pages and other rooms ask about webhooks: endpoints, what they asked for, the log of deliveries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from hub.core.db import db
from hub.core.errors import Invalid, NotFound
from hub.core.paging import Page, decode_key, make_page
from hub.core.text import N_
from hub.webhooks.models import WebhookDelivery, WebhookEndpoint
from hub.webhooks.rules import wants
from hub.webhooks.words import WebhookEvent, WebhookState

PAGE_SIZE = 50


@dataclass(frozen=True, kw_only=True)
class EndpointRow:
    """An endpoint with the number of its deliveries that wait and that were given up."""

    id: int
    name: str
    url: str
    events: tuple[WebhookEvent, ...]
    store_ids: tuple[int, ...]
    is_on: bool
    failing_since: datetime | None
    disabled_at: datetime | None
    created_at: datetime
    waiting_count: int
    failed_count: int


@dataclass(frozen=True, kw_only=True)
class DeliveryRow:
    """One delivery; `status` None when nothing answered, `answer` the first 500 characters of what did."""

    id: int
    endpoint_id: int
    endpoint_name: str
    fact_id: int | None
    uuid: str
    event: str
    body: str
    state: WebhookState
    attempt_count: int
    next_attempt_at: datetime | None
    attempted_at: datetime | None
    delivered_at: datetime | None
    status: int | None
    answer: str
    error: str
    duration_ms: int | None
    created_at: datetime


def list_wanted() -> frozenset[str]:
    """The events that somebody who is switched on asked for."""
    found = select(WebhookEndpoint.events).where(WebhookEndpoint.is_on)
    return frozenset(event for events in db.session.scalars(found) for event in events)


def has_listener(store_id: int | None) -> bool:
    """Whether somebody who is switched on asked for the replies of this store on social networks."""
    found = select(WebhookEndpoint.events, WebhookEndpoint.store_ids).where(WebhookEndpoint.is_on)
    return any(
        wants(events, store_ids, WebhookEvent.MESSAGE_TO_DELIVER, store_id)
        for events, store_ids in db.session.execute(found)
    )


def list_endpoints() -> list[EndpointRow]:
    """All of them, by name."""
    rows = db.session.scalars(
        select(WebhookEndpoint).order_by(WebhookEndpoint.name, WebhookEndpoint.id)
    ).all()
    return _with_counts(rows)


def get_endpoint(endpoint_id: int) -> EndpointRow:
    """Raises NotFound."""
    row = db.session.get(WebhookEndpoint, endpoint_id)
    if row is None:
        raise NotFound(N_("This webhook does not exist. Please go back to the list."))
    return _with_counts([row])[0]


def list_disabled() -> list[EndpointRow]:
    """Endpoints that were switched off because they took nothing for days."""
    found = select(WebhookEndpoint).where(WebhookEndpoint.disabled_at.is_not(None))
    return _with_counts(db.session.scalars(found.order_by(WebhookEndpoint.id)).all())


def _with_counts(rows: Sequence[WebhookEndpoint]) -> list[EndpointRow]:
    counts: dict[tuple[int, str], int] = {}
    if rows:
        counted = (
            select(WebhookDelivery.endpoint_id, WebhookDelivery.state, func.count())
            .where(
                WebhookDelivery.endpoint_id.in_([row.id for row in rows]),
                WebhookDelivery.state.in_([WebhookState.WAITING, WebhookState.FAILED]),
            )
            .group_by(WebhookDelivery.endpoint_id, WebhookDelivery.state)
        )
        counts = {(row[0], row[1]): row[2] for row in db.session.execute(counted)}
    return [
        EndpointRow(
            id=row.id,
            name=row.name,
            url=row.url,
            events=tuple(map(WebhookEvent, row.events)),
            store_ids=tuple(row.store_ids),
            is_on=row.is_on,
            failing_since=row.failing_since,
            disabled_at=row.disabled_at,
            created_at=row.created_at,
            waiting_count=counts.get((row.id, WebhookState.WAITING), 0),
            failed_count=counts.get((row.id, WebhookState.FAILED), 0),
        )
        for row in rows
    ]


def list_deliveries(
    *,
    endpoint_id: int | None = None,
    state: WebhookState | None = None,
    event: WebhookEvent | None = None,
    after: str | None = None,
    size: int = PAGE_SIZE,
) -> Page[DeliveryRow]:
    """The log, newest first."""
    statement = _deliveries().order_by(WebhookDelivery.id.desc()).limit(size + 1)
    for column, value in (
        (WebhookDelivery.endpoint_id, endpoint_id),
        (WebhookDelivery.state, state),
        (WebhookDelivery.event, event.value if event else None),
    ):
        if value is not None:
            statement = statement.where(column == value)
    if after:
        statement = statement.where(WebhookDelivery.id < _position(after))
    rows = [_row(*found) for found in db.session.execute(statement)]
    return make_page(rows, size=size, key=lambda row: (row.id,))


def get_delivery(delivery_id: int) -> DeliveryRow:
    """Raises NotFound."""
    found = db.session.execute(_deliveries().where(WebhookDelivery.id == delivery_id)).one_or_none()
    if found is None:
        raise NotFound(N_("This delivery does not exist any more. Please go back to the list."))
    return _row(*found)


def get_waiting() -> tuple[int, datetime | None]:
    """How many deliveries wait, and since when the oldest does (machine time)."""
    found = select(func.count(), func.min(WebhookDelivery.created_at)).where(
        WebhookDelivery.state == WebhookState.WAITING
    )
    count, oldest = db.session.execute(found).one()
    return count, oldest


def _deliveries() -> Any:
    return select(WebhookDelivery, WebhookEndpoint.name).join(
        WebhookEndpoint, WebhookEndpoint.id == WebhookDelivery.endpoint_id
    )


def _position(after: str) -> int:
    match decode_key(after):
        case [int(delivery_id)]:
            return delivery_id
    raise Invalid(N_("This page address is not valid. Please start again from the first page."))


def _row(row: WebhookDelivery, name: str) -> DeliveryRow:
    return DeliveryRow(
        id=row.id,
        endpoint_id=row.endpoint_id,
        endpoint_name=name,
        fact_id=row.fact_id,
        uuid=row.uuid,
        event=row.event,
        body=row.body,
        state=row.state,
        attempt_count=row.attempt_count,
        next_attempt_at=row.next_attempt_at,
        attempted_at=row.attempted_at,
        delivered_at=row.delivered_at,
        status=row.status,
        answer=row.answer,
        error=row.error,
        duration_ms=row.duration_ms,
        created_at=row.created_at,
    )
