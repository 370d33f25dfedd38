"""Alerts to the browsers of the staff: subscribed, posted, delivered, forgotten when a browser is gone."""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from hub.channels import web_push
from hub.channels.web_push import Browser
from hub.core import clock
from hub.core.db import db, ring_after_commit, transaction
from hub.core.errors import Invalid
from hub.core.text import N_
from hub.outbox.push_models import PushMessage, PushSubscription
from hub.stores.queries import find_chain

log = structlog.get_logger(__name__)
BELL = "pushes"
BATCH = 20
MOST_BROWSERS = 10
LIFE = timedelta(hours=1)
KEPT = timedelta(days=1)
LEASE = timedelta(seconds=60)
BACK_OFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15))
GONE = frozenset({404, 410})
REFUSED_KEY = frozenset({401, 403})
TOO_MANY, BROKEN = 429, 500


class _Setup:
    may_be_private: bool = False


@dataclass(frozen=True)
class _Parcel:
    """A message on its way, outside the transaction."""

    id: int
    subscription_id: int
    browser: Browser
    server_key: str
    payload: bytes
    attempt_count: int
    expires_at: datetime


def use(*, may_be_private: bool) -> None:
    """`may_be_private`: push services at http and private addresses are allowed (demo and tests)."""
    _Setup.may_be_private = may_be_private


def server_key() -> str:
    """Our public key, for the page that asks the browser to subscribe."""
    return web_push.public_key()


def subscribe(*, agent_id: int, endpoint: str, p256dh: str, auth: str, machine_now: datetime) -> None:
    """From now on the browser alerts this person, whoever it alerted before. Raises Invalid."""
    browser = Browser(endpoint, p256dh, auth)
    if not web_push.is_browser(browser, may_be_private=_Setup.may_be_private):
        raise Invalid(N_("This browser gave no usable address for alerts. Please try again."))
    values = {
        "agent_id": agent_id,
        "endpoint": browser.endpoint,
        "p256dh": browser.p256dh,
        "auth": browser.auth,
        "server_key": server_key(),
        "created_at": machine_now,
    }
    statement = insert(PushSubscription).values(values)
    db.session.execute(statement.on_conflict_do_update(index_elements=["endpoint"], set_=values))
    newest = select(PushSubscription.id).where(PushSubscription.agent_id == agent_id)
    newest = newest.order_by(PushSubscription.created_at.desc(), PushSubscription.id.desc())
    spare = newest.offset(MOST_BROWSERS)
    db.session.execute(delete(PushSubscription).where(PushSubscription.id.in_(spare)))


def unsubscribe(*, agent_id: int, endpoint: str | None = None) -> int:
    """One browser of the person, or all of them. Returns how many were forgotten."""
    mine = [PushSubscription.agent_id == agent_id]
    if endpoint is not None:
        mine.append(PushSubscription.endpoint == endpoint)
    gone = delete(PushSubscription).where(*mine).returning(PushSubscription.id)
    return len(db.session.execute(gone).all())


def list_subscribed() -> frozenset[int]:
    """The people with at least one browser that may be alerted."""
    return frozenset(db.session.scalars(select(PushSubscription.agent_id).distinct()))


def count_browsers(agent_id: int) -> int:
    found = select(func.count()).where(PushSubscription.agent_id == agent_id)
    return db.session.scalar(found) or 0


def post_pushes(payloads: Mapping[int, Mapping[str, str]], *, key: str, machine_now: datetime) -> int:
    """An alert for each browser of these people, by agent id; the same key reaches a browser once. Returns how many.

    A payload has `title`, `body`, `url` and `tag`: our own words, never a customer's.
    """
    if not payloads:
        return 0
    found = select(PushSubscription.id, PushSubscription.agent_id)
    browsers = db.session.execute(found.where(PushSubscription.agent_id.in_(payloads.keys()))).all()
    rows = [
        {
            "subscription_id": subscription_id,
            "key": key,
            "payload": dict(payloads[agent_id]),
            "attempt_count": 0,
            "next_attempt_at": machine_now,
            "expires_at": machine_now + LIFE,
        }
        for subscription_id, agent_id in browsers
    ]
    if not rows:
        return 0
    statement = insert(PushMessage).values(rows).on_conflict_do_nothing().returning(PushMessage.id)
    new = len(db.session.execute(statement).all())
    if new:
        ring_after_commit(BELL)
    return new


def has_due() -> bool:
    """Whether an alert waits to be delivered."""
    return db.session.scalar(select(PushMessage.id).where(_is_due(clock.machine_now())).limit(1)) is not None


def work_pushes(wake: Callable[[], None]) -> int:
    """One batch: leased, delivered outside of any transaction, and written down. Returns how many were tried."""
    machine_now = clock.machine_now()
    with transaction():
        parcels = _claim(machine_now)
        chain = find_chain()
        contact = (chain.sender_address if chain else "") or "postmaster@localhost"
    if len(parcels) == BATCH:
        wake()
    outcomes = {parcel.id: _deliver(parcel, contact, machine_now) for parcel in parcels}
    if parcels:
        with transaction():
            for parcel in parcels:
                _write(parcel, *outcomes[parcel.id], machine_now=clock.machine_now())
    return len(parcels)


def _is_due(machine_now: datetime) -> ColumnElement[bool]:
    return PushMessage.ended_at.is_(None) & (PushMessage.next_attempt_at <= machine_now)


def _claim(machine_now: datetime) -> list[_Parcel]:
    over = or_(
        PushMessage.ended_at < machine_now - KEPT,
        PushMessage.ended_at.is_(None) & (PushMessage.expires_at <= machine_now),
    )
    db.session.execute(delete(PushMessage).where(over).execution_options(synchronize_session=False))
    found = (
        select(PushMessage, PushSubscription)
        .join(PushSubscription, PushSubscription.id == PushMessage.subscription_id)
        .where(_is_due(machine_now))
        .order_by(PushMessage.id)
        .limit(BATCH)
        .with_for_update(of=PushMessage, skip_locked=True)
    )
    parcels = []
    for message, to in db.session.execute(found):
        message.next_attempt_at = machine_now + LEASE
        message.attempt_count += 1
        parcels.append(
            _Parcel(
                id=message.id,
                subscription_id=to.id,
                browser=Browser(to.endpoint, to.p256dh, to.auth),
                server_key=to.server_key,
                payload=json.dumps(message.payload, ensure_ascii=False).encode(),
                attempt_count=message.attempt_count,
                expires_at=message.expires_at,
            )
        )
    return parcels


def _deliver(parcel: _Parcel, contact: str, machine_now: datetime) -> tuple[int | None, str]:
    """The status of the push service and, when it did not take the alert, what went wrong."""
    answer = web_push.push(
        parcel.browser,
        parcel.payload,
        contact=contact,
        machine_now=machine_now,
        ttl_seconds=max(0, int((parcel.expires_at - machine_now).total_seconds())),
        may_be_private=_Setup.may_be_private,
    )
    return answer.status, "" if answer.is_taken else f"{answer.fault or ''} {answer.status or ''}".strip()


def _write(parcel: _Parcel, status: int | None, fault: str, *, machine_now: datetime) -> None:
    is_other_key = status in REFUSED_KEY and parcel.server_key != server_key()
    if status in GONE or is_other_key:
        gone = delete(PushSubscription).where(PushSubscription.id == parcel.subscription_id)
        db.session.execute(gone)
        log.info("push.browser_gone", status=status)
        return
    row = db.session.get(PushMessage, parcel.id)
    if row is None:
        return
    row.error = fault[:200] or None
    is_passing = bool(fault) and (status is None or status == TOO_MANY or status >= BROKEN)
    if is_passing and parcel.attempt_count <= len(BACK_OFF):
        row.next_attempt_at = machine_now + BACK_OFF[parcel.attempt_count - 1]
        return
    row.ended_at = machine_now
    if fault:
        log.warning("push.failed", fault=fault)


def forget_browsers_of(agent_ids: Collection[int]) -> None:
    """People who left hear nothing more."""
    gone = delete(PushSubscription).where(PushSubscription.agent_id.in_(agent_ids))
    db.session.execute(gone)
