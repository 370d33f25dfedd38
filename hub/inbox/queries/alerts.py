"""What people and stores want to be alerted of, and who was warned of a wait."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from hub.core.db import db
from hub.inbox.alert_policy import AlertPolicy, read_policy
from hub.inbox.attention import USUAL_AFTER_MINUTES, USUAL_IDLE_MINUTES, is_usually_on
from hub.inbox.models import AlertChoice, Notice, ReplyWait, StoreAlert, Ticket
from hub.inbox.words import NoticeKind
from hub.stores.queries import get_chain, get_stores, list_stores

WARNINGS = (NoticeKind.DEADLINE_NEAR, NoticeKind.DEADLINE_MISSED)


@dataclass(frozen=True)
class Choice:
    """What a person wants to hear outside of the hub; browsers tell only those who subscribed one.

    `has_digest`: the digest of the figures by mail, of those whose role gets one.
    """

    has_mails: bool = True
    has_new_tickets: bool = True
    has_answers: bool = True
    has_warnings: bool = True
    has_digest: bool = True


@dataclass(frozen=True)
class StoreAlertRow:
    """What holds for a store (None: the central queue); `told_at` is when it was told last."""

    store_id: int | None
    store_name: str
    is_on: bool
    after_minutes: int
    idle_minutes: int
    mails: tuple[str, ...]
    phones: tuple[str, ...]
    told_at: datetime | None


def get_alert_policy() -> AlertPolicy:
    """The steps of the escalation and whether customers hear of a delay."""
    return read_policy(get_chain().settings)


def get_choices(agent_ids: Collection[int]) -> dict[int, Choice]:
    """By agent id; everybody has one."""
    found = select(AlertChoice).where(AlertChoice.agent_id.in_(agent_ids))
    chosen = {
        row.agent_id: Choice(
            row.has_mails, row.has_new_tickets, row.has_answers, row.has_warnings, row.has_digest
        )
        for row in db.session.scalars(found)
    }
    return {agent_id: chosen.get(agent_id, Choice()) for agent_id in agent_ids}


def is_usually_alerted() -> bool:
    """Whether stores that have not chosen are told when nobody is signed in, and the central queue."""
    return is_usually_on(get_chain().settings)


def list_store_alerts() -> list[StoreAlertRow]:
    """The central queue, then every store that is open for business, by name, with its choice or the chain's."""
    chosen = {row.store_id: row for row in db.session.scalars(select(StoreAlert))}
    usual = is_usually_alerted()
    places: list[tuple[int | None, str]] = [(None, ""), *((store.id, store.name) for store in list_stores())]
    return [_alert_row(store_id, name, chosen.get(store_id), usual) for store_id, name in places]


def _alert_row(store_id: int | None, name: str, row: StoreAlert | None, usual: bool) -> StoreAlertRow:
    return StoreAlertRow(
        store_id=store_id,
        store_name=name,
        is_on=usual if row is None or row.is_on is None else row.is_on,
        after_minutes=row.after_minutes if row else USUAL_AFTER_MINUTES,
        idle_minutes=row.idle_minutes if row else USUAL_IDLE_MINUTES,
        mails=tuple(row.mails) if row else (),
        phones=tuple(row.phones) if row else (),
        told_at=row.told_at if row else None,
    )


def find_wait_start(ticket_id: int) -> datetime | None:
    """When the share of the wait under way began in the ticket's store; None when nobody waits."""
    open_wait = (ReplyWait.ended_at.is_(None), ReplyWait.dropped_at.is_(None))
    return db.session.scalar(select(ReplyWait.started_at).where(ReplyWait.ticket_id == ticket_id, *open_wait))


def list_warned(ticket_id: int, since: datetime) -> frozenset[int]:
    """Who was warned of this ticket since then."""
    found = select(Notice.agent_id).where(
        Notice.ticket_id == ticket_id, Notice.kind.in_(WARNINGS), Notice.happened_at >= since
    )
    return frozenset(db.session.scalars(found))


@dataclass(frozen=True)
class Assigned:
    """Who has a ticket; `store_name` is "" in the central queue."""

    number: str
    agent_id: int
    store_name: str


def list_numbers(ticket_ids: Collection[int]) -> dict[int, str]:
    """The numbers of tickets by id."""
    if not ticket_ids:
        return {}
    found = select(Ticket.id, Ticket.number).where(Ticket.id.in_(ticket_ids))
    return {row.id: row.number for row in db.session.execute(found)}


def list_assigned(ticket_ids: Collection[int]) -> dict[int, Assigned]:
    """By ticket id, those that somebody has."""
    if not ticket_ids:
        return {}
    found = select(Ticket.id, Ticket.number, Ticket.assignee_id, Ticket.store_id).where(
        Ticket.id.in_(ticket_ids), Ticket.assignee_id.is_not(None)
    )
    rows = db.session.execute(found).all()
    houses = get_stores([row.store_id for row in rows if row.store_id])
    return {
        row.id: Assigned(row.number, row.assignee_id, houses[row.store_id].name if row.store_id else "")
        for row in rows
    }
