"""Erases one customer through all rooms: a row of work, one room a transaction, taken up again wherever it ended."""

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.dialects.postgresql import insert

from hub.core import apart, clock, sealing
from hub.core.actor import SYSTEM, Actor
from hub.core.audit import note_change
from hub.core.db import db, ring_after_commit, transaction
from hub.core.errors import Conflict
from hub.core.loose_files import drop_unnamed, note_loose
from hub.core.personal import Held, erase_held, scrub_table
from hub.core.text import N_
from hub.core.traces import Traces
from hub.core.words import ActorKind
from hub.customers import forgetting as customers
from hub.customers.models import Customer
from hub.identity import requests
from hub.identity.holding import ROOMS
from hub.identity.merging import hold_customers
from hub.identity.privacy_models import Erasure
from hub.identity.privacy_words import ErasureState
from hub.inbox import forgetting as inbox
from hub.outbox import forgetting as outbox
from hub.plans import actions as plans
from hub.plans.words import ExitReason

KIND = "erasures"
PURPOSE = "erasure"
JUST_IN = timedelta(hours=1)
"""A file that was handed in later than this waits on the list of loose files: somebody may be about to use it."""
STEPS = tuple(ROOMS)


def ask_erasure(
    customer_id: int,
    *,
    by: Actor,
    now: datetime,
    request_id: int | None = None,
    is_planned: bool = False,
) -> int:
    """Have a customer erased; who is being erased already is not erased twice. Returns the erasure's id.

    Raises NotFound, Conflict for a customer who was erased before or merged into another.
    """
    hold_customers([customer_id])
    customers.lock_whole(customer_id)
    row = db.session.get_one(Customer, customer_id, populate_existing=True)
    if row.merged_into_id is not None:
        raise Conflict(N_("This customer was merged into another. Please erase that one."))
    if row.erased_at is not None:
        raise Conflict(N_("This customer is erased already."))
    asked = insert(Erasure).values(
        customer_id=customer_id,
        request_id=request_id,
        state=ErasureState.WAITING,
        step=0,
        traces_sealed="",
        counts={},
        is_planned=is_planned,
        asked_at=now,
        asked_by_id=by.agent_id,
    )
    db.session.execute(asked.on_conflict_do_nothing())
    found = select(Erasure.id).where(Erasure.customer_id == customer_id, Erasure.state != ErasureState.DONE)
    ring_after_commit(KIND)
    return db.session.scalars(found).one()


def has_due() -> bool:
    """Whether an erasure waits or was left half-way."""
    return db.session.scalar(select(Erasure.id).where(_is_due()).limit(1)) is not None


def work_erasures(wake: Callable[[], None]) -> int:
    """Do the next room of one erasure. Returns 1 when there was something to do."""
    del wake  # one room after another
    files: set[str] = set()
    with transaction():
        found = select(Erasure).where(_is_due()).order_by(Erasure.id).limit(1)
        row = db.session.scalar(found.with_for_update(skip_locked=True))
        if row is None:
            return 0
        now, machine_now = clock.business_now(), clock.machine_now()
        apart.do_each(
            KIND,
            [row],
            lambda each: files.update(_do_step(each, now)),
            id_of=lambda each: each.id,
            machine_now=machine_now,
        )
        note_loose(files, machine_now=machine_now)
    with transaction():
        drop_unnamed(files, kept_before=machine_now - JUST_IN)
    return 1


def _is_due() -> ColumnElement[bool]:
    free = apart.is_free(KIND, Erasure.id, machine_now=clock.machine_now())
    return (Erasure.state != ErasureState.DONE) & free


def _do_step(row: Erasure, now: datetime) -> set[str]:
    """One room: its rows, then his traces in the rows of others. Returns the files that were named."""
    if row.step == 0:
        _begin(row, now)
    traces = _unseal(row.traces_sealed)
    room = STEPS[row.step]
    wrote = _before(room, traces, now)
    counts, files = dict(row.counts), set[str]()
    for holding in ROOMS[room]:
        if isinstance(holding, Held):
            count, named = erase_held(holding, traces)
            counts[holding.table] = counts.get(holding.table, 0) + count
            files |= named
    for holding in ROOMS[room]:
        scrub_table(holding, traces)
    if room == "inbox":
        inbox.forget_elsewhere(wrote)
        inbox.forget_words(traces)
    row.counts, row.step = {name: count for name, count in counts.items() if count}, row.step + 1
    if row.step == len(STEPS):
        _end(row, now)
    db.session.flush()
    return files


def _begin(row: Erasure, now: datetime) -> None:
    """From here on nobody can write to him or find him; what he was known by is remembered until the end.

    Raises Conflict for somebody who was merged since: the other is not erased with him.
    """
    hold_customers([row.customer_id])
    ids = customers.lock_whole(row.customer_id)
    into_id = select(Customer.merged_into_id).where(Customer.id == row.customer_id)
    if db.session.scalar(into_id) is not None:
        raise Conflict(N_("This customer was merged into another meanwhile. Please undo the merge."))
    also = {*outbox.list_recipients(ids), *inbox.list_requesters(ids)}
    row.traces_sealed = _seal(customers.trace(ids, also=also))
    customers.let_go(ids, by=_actor(row), now=now)
    row.state = ErasureState.RUNNING


def _before(room: str, traces: Traces, now: datetime) -> dict[int, list[str]]:
    """What must stop before the rows of a room are emptied. Returns by ticket of another what he wrote there."""
    if room == "outbox":
        outbox.forget_waiting(traces.ids, now=now)
    elif room == "plans":
        for customer_id in traces.ids:
            plans.end_enrolments(customer_id=customer_id, reason=ExitReason.REFUSED, now=now)
    elif room == "inbox":
        return inbox.lock_tickets(traces)
    return {}


def _end(row: Erasure, now: datetime) -> None:
    row.state, row.ended_at, row.traces_sealed = ErasureState.DONE, now, ""
    by = _actor(row)
    requests.close_erasures(row.customer_id, by=by, now=now)
    note_change(
        "customer.erased",
        subject_kind="customer",
        subject_id=row.customer_id,
        by=by,
        now=now,
        erasure_id=row.id,
        row_count=sum(row.counts.values()),
    )


def _actor(row: Erasure) -> Actor:
    return Actor(ActorKind.AGENT, agent_id=row.asked_by_id) if row.asked_by_id else SYSTEM


def _seal(traces: Traces) -> str:
    return sealing.seal(PURPOSE, json.dumps(asdict(traces)))


def _unseal(sealed: str) -> Traces:
    """Raises Conflict when the key of the installation changed half-way: the old one must be put back."""
    opened = sealing.unseal(PURPOSE, sealed)
    if opened is None:
        raise Conflict(N_("This erasure was begun under another SECRET_KEY. Please put that one back."))
    values: dict[str, Any] = json.loads(opened)
    plain = {name: tuple(map(_plain, value)) for name, value in values.items()}
    return Traces(**plain)


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def count_due() -> int:
    """Erasures that are not done."""
    waiting = select(func.count()).select_from(Erasure).where(Erasure.state != ErasureState.DONE)
    return db.session.scalar(waiting) or 0
