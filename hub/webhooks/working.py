"""The webhooks' own work: claim what is due, call without a transaction, write down; at least once, under one id."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Select, delete, func, select

from hub.channels.webhook_calls import Answer, call
from hub.core import clock
from hub.core.actor import SYSTEM
from hub.core.audit import note_change
from hub.core.db import db, transaction
from hub.webhooks import setup
from hub.webhooks.actions import SUBJECT, Lost, drop_waiting, tell_not_taken
from hub.webhooks.models import WebhookDelivery, WebhookEndpoint
from hub.webhooks.rules import DISABLED_AFTER, GONE, retry_after, secret_of, sign_delivery
from hub.webhooks.words import WebhookState

BATCH = 20
MOST_OF_ONE = 5
"""Of one endpoint in a batch: a slow receiver does not hold up the others."""
LINES = 10
LEASE = timedelta(seconds=60)
TIMEOUT_SECONDS = 5.0
KEPT = timedelta(days=30)
MOST_PURGED = 5_000
AGENT = "Comptoir-Webhooks/1"
GIVEN_UP = frozenset({WebhookState.FAILED, WebhookState.DROPPED})
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Errand:
    """A claimed delivery as it is called, without a row: signed for this attempt."""

    delivery_id: int
    endpoint_id: int
    url: str
    body: bytes
    headers: dict[str, str]


def has_due() -> bool:
    """Whether a delivery waits whose time has come."""
    due = _due_ids(clock.machine_now())
    return db.session.scalar(due.limit(1)) is not None


def work_webhooks(wake: Callable[[], None]) -> int:
    """One batch; returns how many deliveries were tried. A worker that dies meanwhile leaves a lease of a minute."""
    errands = _claim(clock.machine_now())
    if not errands:
        _purge(clock.machine_now())
        return 0
    if len(errands) == BATCH:
        wake()
    with ThreadPoolExecutor(LINES) as lines:
        answers = list(lines.map(_call, errands))
    _write_down(errands, answers, machine_now=clock.machine_now())
    return len(errands)


def _due_ids(machine_now: datetime) -> Select[int]:
    return select(WebhookDelivery.id).where(
        WebhookDelivery.state == WebhookState.WAITING, WebhookDelivery.next_attempt_at <= machine_now
    )


def _claim(machine_now: datetime) -> list[Errand]:
    """Count the attempt and hold the delivery for a minute, committed before the call."""
    with transaction():
        place = func.row_number().over(
            partition_by=WebhookDelivery.endpoint_id,
            order_by=(WebhookDelivery.next_attempt_at, WebhookDelivery.id),
        )
        ranked = _due_ids(machine_now).add_columns(place.label("place")).subquery()
        chosen = select(ranked.c.id).where(ranked.c.place <= MOST_OF_ONE)
        found = (
            select(WebhookDelivery)
            .where(WebhookDelivery.id.in_(chosen), WebhookDelivery.next_attempt_at <= machine_now)
            .order_by(WebhookDelivery.next_attempt_at, WebhookDelivery.id)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
            .execution_options(populate_existing=True)
        )
        rows = db.session.scalars(found).all()
        asked = select(WebhookEndpoint).where(WebhookEndpoint.id.in_({row.endpoint_id for row in rows}))
        endpoints = {endpoint.id: endpoint for endpoint in db.session.scalars(asked)} if rows else {}
        for row in rows:
            row.attempt_count += 1
            row.attempted_at = machine_now
            row.next_attempt_at = machine_now + LEASE
        return [_errand(row, endpoints[row.endpoint_id], machine_now) for row in rows]


def _errand(row: WebhookDelivery, endpoint: WebhookEndpoint, machine_now: datetime) -> Errand:
    body = row.body.encode()
    moment = int(machine_now.timestamp())
    proof = sign_delivery(secret_of(endpoint.secret_salt), uuid=row.uuid, timestamp=moment, body=body)
    headers = {"Content-Type": "application/json", "User-Agent": AGENT, **proof}
    return Errand(row.id, endpoint.id, endpoint.url, body, headers)


def _call(errand: Errand) -> Answer:
    return call(
        errand.url,
        errand.body,
        errand.headers,
        may_be_private=setup.may_be_private(),
        timeout_seconds=TIMEOUT_SECONDS,
    )


def _write_down(errands: Sequence[Errand], answers: Sequence[Answer], *, machine_now: datetime) -> None:
    with transaction():
        told = select(WebhookEndpoint).where(WebhookEndpoint.id.in_({each.endpoint_id for each in errands}))
        locked = told.order_by(WebhookEndpoint.id).with_for_update()
        endpoints = {row.id: row for row in db.session.scalars(locked)}
        found = select(WebhookDelivery).where(WebhookDelivery.id.in_([each.delivery_id for each in errands]))
        rows = {row.id: row for row in db.session.scalars(found.with_for_update())}
        lost: list[Lost] = []
        for errand, answer in zip(errands, answers, strict=True):
            lost += _write(rows[errand.delivery_id], endpoints[errand.endpoint_id], answer, machine_now)
        given_up = [row for row in rows.values() if row.state in GIVEN_UP]
        lost += [Lost(row.fact_id, row.event, row.body) for row in given_up]
        tell_not_taken(lost, now=clock.business_now())


def _write(
    row: WebhookDelivery, endpoint: WebhookEndpoint, answer: Answer, machine_now: datetime
) -> list[Lost]:
    """Returns what else is lost with it: what waited for an endpoint that is disabled now."""
    row.status, row.answer, row.error = answer.status, answer.text, answer.fault or ""
    row.duration_ms = answer.duration_ms
    if answer.is_taken:
        row.state, row.delivered_at, row.next_attempt_at = WebhookState.DELIVERED, machine_now, None
        endpoint.failing_since = None
        return []
    wait = retry_after(row.attempt_count)
    row.next_attempt_at = machine_now + wait if wait else None
    row.state = WebhookState.WAITING if wait else WebhookState.FAILED
    endpoint.failing_since = endpoint.failing_since or machine_now
    is_over = machine_now - endpoint.failing_since >= DISABLED_AFTER
    if endpoint.is_on and (is_over or answer.status == GONE):
        return _disable(endpoint, machine_now)
    if not endpoint.is_on:
        row.state, row.next_attempt_at = WebhookState.DROPPED, None
    return []


def _disable(endpoint: WebhookEndpoint, machine_now: datetime) -> list[Lost]:
    """Nothing was taken for days: told on the operations page, and nothing more is called."""
    endpoint.is_on = False
    endpoint.disabled_at = machine_now
    db.session.flush()
    dropped = drop_waiting(endpoint.id)
    log.warning("webhook.disabled", endpoint_id=endpoint.id)
    note_change(
        f"{SUBJECT}.disabled",
        subject_kind=SUBJECT,
        subject_id=endpoint.id,
        by=SYSTEM,
        now=clock.business_now(),
    )
    return dropped


def _purge(machine_now: datetime) -> None:
    """The log is kept for 30 days."""
    with transaction():
        old = select(WebhookDelivery.id).where(
            WebhookDelivery.created_at < machine_now - KEPT, WebhookDelivery.state != WebhookState.WAITING
        )
        db.session.execute(
            delete(WebhookDelivery)
            .where(WebhookDelivery.id.in_(old.limit(MOST_PURGED)))
            .execution_options(synchronize_session=False)
        )
