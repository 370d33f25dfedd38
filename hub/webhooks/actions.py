"""What the webhooks room does: endpoints made, changed, switched; facts announced; deliveries sent again."""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert

from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.batches import given_rows, rows_given, table_of
from hub.core.db import db, ring_after_commit
from hub.core.errors import Conflict, NotFound
from hub.core.facts import record_many
from hub.core.text import N_
from hub.webhooks import setup
from hub.webhooks.facts import ReplyNotTaken
from hub.webhooks.models import WebhookDelivery, WebhookEndpoint
from hub.webhooks.rules import EndpointDraft, check_draft, secret_of, wants
from hub.webhooks.words import WebhookEvent, WebhookState

BELL = "webhooks"
SUBJECT = "webhook_endpoint"
_COLUMNS = (
    "endpoint_id",
    "fact_id",
    "uuid",
    "event",
    "body",
    "state",
    "attempt_count",
    "next_attempt_at",
    "answer",
    "error",
    "created_at",
)
_TABLE = table_of(WebhookDelivery)
_GIVEN = given_rows(_TABLE, _COLUMNS)
_TELL = (
    insert(_TABLE)
    .from_select(_COLUMNS, select(*(_GIVEN.c[name] for name in _COLUMNS)))
    .on_conflict_do_nothing()
    .returning(_TABLE.c.id)
)


@dataclass(frozen=True, kw_only=True)
class News:
    """A fact in the words of the payload: ids and numbers; `store_id` None belongs to no store.

    `is_nameless`: without the number of the fact, and told at the end of the machine's day: neither says when it was.
    """

    event: WebhookEvent
    fact_id: int
    store_id: int | None
    happened_at: datetime
    data: Mapping[str, Any]
    is_nameless: bool = False


def announce(news: Sequence[News], *, machine_now: datetime) -> int:
    """A delivery for each endpoint that asked for it, once per fact and endpoint. Returns how many are new."""
    endpoints = db.session.scalars(select(WebhookEndpoint).where(WebhookEndpoint.is_on)).all()
    rows = [
        _row(endpoint.id, each.event, _body(each), fact_id=each.fact_id, machine_now=_due(each, machine_now))
        for each in news
        for endpoint in endpoints
        if wants(endpoint.events, endpoint.store_ids, each.event, each.store_id)
    ]
    return len(_tell(rows))


def _tell(rows: list[dict[str, Any]]) -> list[int]:
    if not rows:
        return []
    ring_after_commit(BELL)
    return list(db.session.scalars(_TELL, rows_given(rows)))


def _due(news: News, machine_now: datetime) -> datetime:
    if not news.is_nameless:
        return machine_now
    return datetime.combine(machine_now.astimezone(UTC).date() + timedelta(days=1), time(), UTC)


def _body(news: News) -> str:
    known = {} if news.is_nameless else {"fact_id": news.fact_id}
    body = {
        "type": news.event.value,
        "timestamp": news.happened_at.isoformat(),
        "data": {**known, **news.data},
    }
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def _row(
    endpoint_id: int, event: WebhookEvent, body: str, *, fact_id: int | None, machine_now: datetime
) -> dict[str, Any]:
    return {
        "endpoint_id": endpoint_id,
        "fact_id": fact_id,
        "uuid": f"msg_{uuid4().hex}",
        "event": event.value,
        "body": body,
        "state": WebhookState.WAITING.value,
        "attempt_count": 0,
        "next_attempt_at": machine_now,
        "answer": "",
        "error": "",
        "created_at": machine_now,
    }


def add_endpoint(draft: EndpointDraft, *, by: Actor, now: datetime) -> str:
    """The secret of the new endpoint, to be shown once. Raises Invalid."""
    wanted = check_draft(draft, may_be_private=setup.may_be_private())
    salt = secrets.token_hex(16)
    row = WebhookEndpoint(**_fields(wanted), secret_salt=salt, is_on=True, created_at=now)
    db.session.add(row)
    db.session.flush()
    _note("added", row.id, by=by, now=now)
    return secret_of(salt)


def change_endpoint(endpoint_id: int, draft: EndpointDraft, *, by: Actor, now: datetime) -> None:
    """Raises Invalid and NotFound. What already waits goes to the new address."""
    wanted = check_draft(draft, may_be_private=setup.may_be_private())
    row = _get_locked(endpoint_id)
    for name, value in _fields(wanted).items():
        setattr(row, name, value)
    _note("changed", endpoint_id, by=by, now=now)
    db.session.flush()


def switch_endpoint(endpoint_id: int, *, is_on: bool, by: Actor, now: datetime) -> None:
    """Off: what waits is dropped (it can be sent again), nothing new is told. On: its failures are forgotten."""
    row = _get_locked(endpoint_id)
    row.is_on = is_on
    row.failing_since = row.disabled_at = None
    if not is_on:
        tell_not_taken(drop_waiting(endpoint_id), now=now)
    _note("switched", endpoint_id, by=by, now=now, is_on=is_on)
    db.session.flush()


def renew_secret(endpoint_id: int, *, by: Actor, now: datetime) -> str:
    """A new secret, to be shown once; the old one signs nothing any more."""
    row = _get_locked(endpoint_id)
    row.secret_salt = secrets.token_hex(16)
    _note("secret_renewed", endpoint_id, by=by, now=now)
    db.session.flush()
    return secret_of(row.secret_salt)


def send_test(endpoint_id: int, *, by: Actor, now: datetime, machine_now: datetime) -> int:
    """Tell the endpoint something that did not happen. Returns the id of the delivery. Raises Conflict when it is off."""
    _check_on(_get_locked(endpoint_id))
    data = {"type": WebhookEvent.TEST.value, "timestamp": now.isoformat(), "data": {"endpoint": endpoint_id}}
    body = json.dumps(data, separators=(",", ":"))
    row = _row(endpoint_id, WebhookEvent.TEST, body, fact_id=None, machine_now=machine_now)
    _note("tested", endpoint_id, by=by, now=now)
    return _tell([row])[0]


def send_again(delivery_id: int, *, by: Actor, now: datetime, machine_now: datetime) -> None:
    """The same body under the same id, from the first attempt on. Raises Conflict when the endpoint is off."""
    row = db.session.scalar(
        select(WebhookDelivery).where(WebhookDelivery.id == delivery_id).with_for_update()
    )
    if row is None:
        raise NotFound(N_("This delivery does not exist any more. Please go back to the list."))
    _check_on(db.session.get_one(WebhookEndpoint, row.endpoint_id))
    row.state = WebhookState.WAITING
    row.attempt_count = 0
    row.next_attempt_at = machine_now
    _note("sent_again", row.endpoint_id, by=by, now=now, delivery_id=delivery_id)
    db.session.flush()
    ring_after_commit(BELL)


@dataclass(frozen=True)
class Lost:
    """A delivery that was given up or dropped."""

    fact_id: int | None
    event: str
    body: str


def drop_waiting(endpoint_id: int) -> list[Lost]:
    """What waits for an endpoint that is off is not wanted any more; whoever drops it tells (`tell_not_taken`)."""
    waits = (WebhookDelivery.endpoint_id == endpoint_id, WebhookDelivery.state == WebhookState.WAITING)
    changed = update(WebhookDelivery).where(*waits).values(state=WebhookState.DROPPED, next_attempt_at=None)
    dropped = changed.returning(WebhookDelivery.fact_id, WebhookDelivery.event, WebhookDelivery.body)
    rows = db.session.execute(dropped.execution_options(synchronize_session=False)).all()
    return [Lost(*row) for row in rows]


def tell_not_taken(lost: Sequence[Lost], *, now: datetime) -> None:
    """A reply on a social network that nobody else takes over either is told, so that its author learns of it.

    Two who give up the same reply at once look one after the other, so that the second sees that it was the last; once
    a transaction, its deliveries written: the looks are held until it ends.
    """
    bodies = {
        each.fact_id: each.body
        for each in lost
        if each.event == WebhookEvent.MESSAGE_TO_DELIVER and each.fact_id
    }
    if not bodies:
        return
    db.session.flush()
    fact_ids = sorted(bodies)
    db.session.execute(_ONE_BY_ONE, {"ids": fact_ids})
    hopeful = select(WebhookDelivery.fact_id).where(
        WebhookDelivery.fact_id.in_(fact_ids),
        WebhookDelivery.state.in_([WebhookState.WAITING, WebhookState.DELIVERED]),
    )
    others = set(db.session.scalars(hopeful))
    told = [json.loads(body)["data"] for fact_id, body in bodies.items() if fact_id not in others]
    facts = [ReplyNotTaken(customer_id=data["customer_id"], outbound_id=data["outbound_id"]) for data in told]
    record_many(facts, now=now)


_ONE_BY_ONE = text(
    "SELECT pg_advisory_xact_lock(hashtextextended('webhooks.lost:' || id, 0)) FROM unnest(CAST(:ids AS bigint[])) AS id"
)


def forget_words(customer_id: int) -> None:
    """Deliveries keep ids and moments, but no words and names of a customer whose addresses were erased."""
    db.session.execute(_FORGET, {"event": WebhookEvent.MESSAGE_TO_DELIVER, "customer_id": customer_id})


_FORGET = text(
    """
    UPDATE webhook_deliveries
    SET body = jsonb_set(body::jsonb, '{data}', (body::jsonb -> 'data') - 'text' - 'to' - 'attachments')::text
    WHERE event = :event AND body::jsonb -> 'data' -> 'customer_id' = to_jsonb(CAST(:customer_id AS bigint))
    """
)


def _fields(draft: EndpointDraft) -> dict[str, Any]:
    return {
        "name": draft.name,
        "url": draft.url,
        "events": [event.value for event in draft.events],
        "store_ids": list(draft.store_ids),
    }


def _get_locked(endpoint_id: int) -> WebhookEndpoint:
    found = select(WebhookEndpoint).where(WebhookEndpoint.id == endpoint_id).with_for_update()
    row = db.session.scalar(found)
    if row is None:
        raise NotFound(N_("This webhook does not exist. Please go back to the list."))
    return row


def _check_on(row: WebhookEndpoint) -> None:
    if not row.is_on:
        raise Conflict(N_("This webhook is switched off. Please switch it on first."))


def _note(action: str, endpoint_id: int, *, by: Actor, now: datetime, **data: Any) -> None:
    note_change(f"{SUBJECT}.{action}", subject_kind=SUBJECT, subject_id=endpoint_id, by=by, now=now, **data)
