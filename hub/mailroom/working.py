"""Drains arrivals: claimed with a counted attempt, sorted in one transaction with a savepoint per mail.

The attempt is committed before the work, so that a mail that kills its worker is tried alone afterwards and ends in
quarantine instead of coming back for ever.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, and_, select, update

from hub.core import clock, site
from hub.core.db import db, transaction
from hub.inbox.actions import (
    Incoming,
    choose_plain,
    hand_out,
    lock_addresses,
    lock_names,
    post_acknowledgements,
)
from hub.mailroom import rules
from hub.mailroom.models import Arrival
from hub.mailroom.sorting import Batch, find_contact, quarantine, sort_arrival, sort_together
from hub.mailroom.words import ArrivalKind, ArrivalState, ArrivalWay

BATCH = 50
log = structlog.get_logger(__name__)


def work_arrivals(wake: Callable[[], None]) -> int:
    """One batch; returns how many arrivals were handled, sorted or not."""
    ids = _claim()
    if len(ids) == BATCH:
        wake()
    if ids:
        with transaction():
            _sort(ids)
    return len(ids)


def has_due() -> bool:
    """Whether an arrival waits to be sorted."""
    return db.session.scalar(select(Arrival.id).where(_is_due(clock.machine_now())).limit(1)) is not None


def next_due_at() -> datetime | None:
    """Nothing is planned in business time: an arrival is due when it comes."""
    return None


def _is_due(machine_now: datetime) -> ColumnElement[bool]:
    return and_(Arrival.state == ArrivalState.WAITING, Arrival.next_attempt_at <= machine_now)


def _claim() -> list[int]:
    """Count the attempt of the next arrivals; one that has failed before comes alone."""
    with transaction():
        moment = clock.machine_now()
        due = db.session.execute(
            select(Arrival.id, Arrival.attempt_count)
            .where(_is_due(moment))
            .order_by(Arrival.next_attempt_at, Arrival.id)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        ).all()
        ids = _first_part([(row.id, row.attempt_count) for row in due])
        if ids:
            db.session.execute(
                update(Arrival)
                .where(Arrival.id.in_(ids))
                .values(
                    attempt_count=Arrival.attempt_count + 1,
                    next_attempt_at=moment + timedelta(seconds=rules.LEASE_SECONDS),
                )
                .execution_options(synchronize_session=False)
            )
        return ids


def _first_part(due: Sequence[tuple[int, int]]) -> list[int]:
    """The leading arrivals without a failed attempt, or the first one alone if it has one."""
    clean: list[int] = []
    for arrival_id, attempt_count in due:
        if attempt_count:
            break
        clean.append(arrival_id)
    return clean or [arrival_id for arrival_id, _ in due[:1]]


def _sort(ids: Sequence[int]) -> None:
    """Whoever lost its lease finds its rows locked or sorted, and leaves them alone."""
    batch = Batch(now=clock.business_now(), machine_now=clock.machine_now())
    waiting = (
        select(Arrival).where(Arrival.id.in_(ids), Arrival.state == ArrivalState.WAITING).order_by(Arrival.id)
    )
    found = waiting.with_for_update(skip_locked=True).execution_options(populate_existing=True)
    arrivals = db.session.scalars(found).all()
    lock_addresses([_find_acknowledged(arrival, batch) for arrival in arrivals])
    for arrival in _try_together(arrivals, batch) if len(arrivals) > 1 else arrivals:
        _try(arrival, batch)
    if dues := batch.directory.take_dues():
        post_acknowledgements(dues, now=batch.now)
    hand_out(batch.directory.take_unassigned(), now=batch.now)


def _try_together(arrivals: Sequence[Arrival], batch: Batch) -> list[Arrival]:
    """Sort the new contacts in one go; returns the arrivals that are left to be sorted one by one.

    Whatever fails here is undone as a whole, and each arrival is then tried alone.
    """
    lock_names([_find_message_id(arrival, batch) for arrival in arrivals])
    contacts = [(arrival, incoming) for arrival in arrivals if (incoming := _find_contact(arrival, batch))]
    chosen = choose_plain([incoming for _, incoming in contacts])
    plain = [contact for contact, is_plain in zip(contacts, chosen, strict=True) if is_plain]
    if not plain:
        return list(arrivals)
    try:
        with db.session.begin_nested():
            sort_together([each[0] for each in plain], [each[1] for each in plain], batch)
    except Exception:
        log.exception("arrivals.apart", count=len(plain))
        return list(arrivals)
    done = {arrival.id for arrival, _ in plain}
    return [arrival for arrival in arrivals if arrival.id not in done]


def _find_message_id(arrival: Arrival, batch: Batch) -> str | None:
    try:
        return None if arrival.way is ArrivalWay.PHONE else batch.read(arrival).message_id
    except Exception:
        log.exception("arrival.unreadable", arrival_id=arrival.id)
        return None


def _find_acknowledged(arrival: Arrival, batch: Batch) -> str | None:
    """The address that an acknowledgement may go to; a mail that ended its worker each time is not read again."""
    if arrival.way is ArrivalWay.PHONE or arrival.attempt_count > rules.MOST_ATTEMPTS:
        return None
    try:
        mail, domain = batch.read(arrival), site.inbound_domain()
    except Exception:
        log.exception("arrival.unreadable", arrival_id=arrival.id)
        return None
    is_person = rules.kind_of(mail, domain) is ArrivalKind.MESSAGE
    return (rules.outside_address(mail.reply_to, domain) or mail.from_address) if is_person else None


def _find_contact(arrival: Arrival, batch: Batch) -> Incoming | None:
    try:
        return find_contact(arrival, batch)
    except Exception:
        log.exception("arrival.unreadable", arrival_id=arrival.id)
        return None


def _try(arrival: Arrival, batch: Batch) -> None:
    """One bad mail never blocks the others."""
    arrival_id, attempt_count = arrival.id, arrival.attempt_count
    if attempt_count > rules.MOST_ATTEMPTS:
        quarantine(arrival, "the worker ended at each attempt", now=batch.now)
        return
    earlier = len(batch.directory.dues)
    try:
        with db.session.begin_nested():
            sort_arrival(arrival, batch)
    except Exception as error:
        log.exception("arrival.failed", arrival_id=arrival_id)
        del batch.directory.dues[earlier:]
        _postpone(arrival, attempt_count, f"{type(error).__name__}: {error}", batch)


def _postpone(arrival: Arrival, attempt_count: int, reason: str, batch: Batch) -> None:
    wait = rules.next_wait(attempt_count)
    if wait is None:
        quarantine(arrival, reason, now=batch.now)
        return
    arrival.reason = reason[:500]
    arrival.next_attempt_at = batch.machine_now + wait
