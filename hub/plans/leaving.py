"""Who leaves a plan before its end, when what ended it happened, and what had been sent by then."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select, update

from hub.core.batches import among, given_rows, rows_given, table_of
from hub.core.db import db
from hub.core.facts import record_many
from hub.core.words import Purpose
from hub.outbox.following import Stopped, list_unsent_sources, stop_messages
from hub.plans import codes, rules
from hub.plans.definitions import Exit
from hub.plans.facts import PlanEnded
from hub.plans.models import Enrolment
from hub.plans.passage import SOURCE
from hub.plans.queries import get_definition, get_plan_id
from hub.plans.words import EnrolmentState, ExitReason

HAPPENED = frozenset(
    {
        ExitReason.PURCHASED,
        ExitReason.CANCELLED,
        ExitReason.RETURNED,
        ExitReason.BASKET_PAID,
        ExitReason.BASKET_EMPTIED,
        ExitReason.BASKET_CHANGED,
        ExitReason.LIFE_SIGN,
        ExitReason.BOUNCED,
        ExitReason.REFUSED,
        ExitReason.BY_HAND,
        ExitReason.PLAN_OFF,
    }
)
"""What the customer did, or a person: his messages that have not left are stopped, and the passage says which had left."""
SIGNS = frozenset({ExitReason.PURCHASED, ExitReason.LIFE_SIGN})
"""What ends the silence that let the customer in."""
_notes = given_rows(table_of(Enrolment), ("id", "exit_note"))
NOTES = (
    update(table_of(Enrolment))
    .where(table_of(Enrolment).c.id == _notes.c.id)
    .values(exit_note=_notes.c.exit_note)
)


def end_enrolments(
    *,
    reason: ExitReason,
    now: datetime,
    happened_at: datetime | None = None,
    customer_id: int | None = None,
    entry_key: str | None = None,
    plan_key: str | None = None,
    enrolment_ids: Collection[int] | None = None,
) -> int:
    """Let customers out who match everything given. Returns how many left.

    `happened_at`: when what ended it happened, which may have been told late: the passage ends then, or as it began, and
    its note says when that was known.
    """
    conditions = _matching(customer_id, entry_key, plan_key, enrolment_ids)
    ended_at = min(happened_at or now, now)
    ended = db.session.execute(
        update(Enrolment)
        .where(*conditions)
        .values(
            state=EnrolmentState.ENDED,
            due_at=None,
            step_key=None,
            ended_at=func.greatest(Enrolment.entered_at, ended_at),
            exit_reason=reason,
            paused_at=None,
            wait_reason=None,
        )
        .returning(Enrolment.id, Enrolment.plan_id, Enrolment.customer_id, Enrolment.values)
        .execution_options(synchronize_session=False)
    ).all()
    _tell(ended, reason, now=now)
    return len(ended)


def _matching(
    customer_id: int | None,
    entry_key: str | None,
    plan_key: str | None,
    enrolment_ids: Collection[int] | None,
) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [Enrolment.state == EnrolmentState.WAITING]
    if customer_id is not None:
        conditions.append(Enrolment.customer_id == customer_id)
    if entry_key is not None:
        conditions.append(Enrolment.entry_key == entry_key)
    if plan_key is not None:
        conditions.append(Enrolment.plan_id == get_plan_id(plan_key))
    if enrolment_ids is not None:
        conditions.append(among(Enrolment.id, enrolment_ids))
    return conditions


def _tell(ended: Sequence[Any], reason: ExitReason, *, now: datetime) -> None:
    if not ended:
        return
    record_many(
        [
            PlanEnded(
                customer_id=row.customer_id, enrolment_id=row.id, plan_id=row.plan_id, reason=reason.value
            )
            for row in ended
        ],
        now=now,
    )
    if reason in HAPPENED:
        note_exits([row.id for row in ended], reason, now=now)
    codes.settle_ended({row.id: row[3] for row in ended}, now=now)


def note_exits(enrolment_ids: Sequence[int], reason: ExitReason, *, now: datetime) -> None:
    """Stop what has not left, and write down what had."""
    found = stop_messages(SOURCE, enrolment_ids, detail=reason.value, now=now)
    rows = [{"id": each, "exit_note": _note(found.get(each, Stopped()), now=now)} for each in enrolment_ids]
    db.session.execute(NOTES, rows_given(rows))


def stop_unsent(
    *,
    plan_id: int,
    reason: ExitReason,
    now: datetime,
    customer_id: int | None = None,
    entry_keys: Collection[str] = (),
) -> list[int]:
    """Passages that have ended already may have a last message that waits to leave: it does not, and their note says so.

    Of who is still inside as well. Returns their ids.
    """
    mine = select(Enrolment.id).where(Enrolment.plan_id == plan_id)
    if customer_id is not None:
        mine = mine.where(Enrolment.customer_id == customer_id)
    if entry_keys:
        mine = mine.where(Enrolment.entry_key.in_(entry_keys))
    found = list_unsent_sources(SOURCE, mine)
    if found:
        note_exits(found, reason, now=now)
    return found


def _note(messages: Stopped, *, now: datetime) -> dict[str, Any]:
    return {
        "known_at": now.isoformat(),
        "left": [key.rpartition(":")[2] for key in messages.left],
        "stopped": [key.rpartition(":")[2] for key in messages.stopped],
    }


def end_by_purchase(*, customer_id: int, order_id: int, ordered_at: datetime, now: datetime) -> int:
    """A purchase ends each plan that it is an exit of, within the plan's window; the order of entry does not count.

    A basket of his that the plan is about is paid by it.
    """
    inside = _list_inside(Enrolment.customer_id == customer_id)
    count = 0
    for reason in (ExitReason.BASKET_PAID, ExitReason.PURCHASED):
        leaving = [
            each.id
            for each in inside
            if (found := get_definition(each.version_id).find_exit(reason))
            and each.values.get("order_id") != order_id
            and _is_within(each, found, ordered_at)
        ]
        count += _end(leaving, reason, ordered_at, now)
    return count


def _is_within(enrolment: Enrolment, found: Exit, at: datetime) -> bool:
    days = found.params.get("days")
    is_sign = found.reason in SIGNS
    since = (rules.silent_since if is_sign else rules.since_of)(enrolment.anchor_at, enrolment.values)
    return at > since and (days is None or at <= enrolment.anchor_at + timedelta(days=days))


def end_by_order(
    *, order_id: int, customer_id: int, reason: ExitReason, happened_at: datetime, now: datetime
) -> int:
    """The order was cancelled or came back: whoever is inside because of it leaves."""
    inside = _list_inside(
        Enrolment.customer_id == customer_id, Enrolment.values["order_id"].as_integer() == order_id
    )
    leaving = [each.id for each in inside if get_definition(each.version_id).find_exit(reason)]
    return _end(leaving, reason, happened_at, now)


def end_by_basket(
    *, basket_id: int, customer_id: int, reason: ExitReason, happened_at: datetime, now: datetime
) -> int:
    """The basket was emptied, paid or touched again: whoever is inside because of it leaves, if that is an exit."""
    inside = _list_inside(
        Enrolment.customer_id == customer_id, Enrolment.values["basket_id"].as_integer() == basket_id
    )
    return _end(_with_exit(inside, reason, happened_at), reason, happened_at, now)


def end_by_customer(*, customer_id: int, reason: ExitReason, happened_at: datetime, now: datetime) -> int:
    """He showed a sign of life, refused or could not be reached: plans with that exit end."""
    inside = _list_inside(Enrolment.customer_id == customer_id)
    return _end(_with_exit(inside, reason, happened_at), reason, happened_at, now)


def end_by_refusal(*, customer_id: int, purpose: Purpose, happened_at: datetime, now: datetime) -> int:
    """He refused mails of a purpose: plans that write such mails and have that exit end."""
    inside = [
        each
        for each in _list_inside(Enrolment.customer_id == customer_id)
        if purpose in get_definition(each.version_id).purposes
    ]
    return _end(_with_exit(inside, ExitReason.REFUSED, happened_at), ExitReason.REFUSED, happened_at, now)


def end_by_message(*, enrolment_id: int, reason: ExitReason, happened_at: datetime, now: datetime) -> int:
    """A message of the passage came back for good."""
    inside = _list_inside(Enrolment.id == enrolment_id)
    return _end(_with_exit(inside, reason, happened_at), reason, happened_at, now)


def _with_exit(inside: Iterable[Enrolment], reason: ExitReason, at: datetime) -> list[int]:
    return [
        each.id
        for each in inside
        if (found := get_definition(each.version_id).find_exit(reason)) and _is_within(each, found, at)
    ]


def _list_inside(*conditions: ColumnElement[bool]) -> list[Enrolment]:
    waiting = Enrolment.state == EnrolmentState.WAITING
    return list(db.session.scalars(select(Enrolment).where(waiting, *conditions)))


def _end(ids: Sequence[int], reason: ExitReason, happened_at: datetime, now: datetime) -> int:
    if not ids:
        return 0
    return end_enrolments(reason=reason, now=now, happened_at=happened_at, enrolment_ids=ids)
