"""Keeps clicks with their signals, labels them anew with each one, and counts openings."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from hub.core.db import db
from hub.core.facts import record
from hub.outbox.facts import MessageFiguresChanged
from hub.outbox.tracking.models import LinkClick, MessageOpening, OpeningCount
from hub.outbox.tracking.policy import read_policy
from hub.outbox.tracking.rules import Click, Label, label_clicks
from hub.outbox.tracking.scanners import find_network, opener_of
from hub.outbox.tracking.words import OpenPolicy, Sign, Visitor
from hub.outbox.tracking.writing import list_agreed
from hub.outbox.words import MessageState
from hub.stores import queries as stores

MAX_CLICKS = 200
"""Of one message; who asks more often is followed, not noted."""
RAW_KEPT = timedelta(days=396)
PURGE_BATCH = 5_000
_LEAVING = frozenset({MessageState.WAITING, MessageState.CLAIMED, MessageState.CALLING})
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('outbox.clicks:' || CAST(:id AS text), 0))")


@dataclass(frozen=True)
class Hit:
    """One request: `address` is the IP, used to look up scanners and not kept."""

    method: str
    user_agent: str
    source_hash: str
    address: str | None
    at: datetime


@dataclass(frozen=True)
class Asked:
    """The message a click is about."""

    message_id: int
    state: MessageState
    accepted_at: datetime | None
    link_count: int


def note_click(asked: Asked, position: int, hit: Hit) -> None:
    """Keep one click and look again at what the message's clicks are: a scanner shows itself by the later ones."""
    db.session.execute(_LOCK, {"id": asked.message_id})
    rows = list(
        db.session.scalars(
            select(LinkClick).where(LinkClick.message_id == asked.message_id).order_by(LinkClick.id)
        )
    )
    if len(rows) >= MAX_CLICKS:
        return
    row = LinkClick(
        message_id=asked.message_id,
        position=position,
        link_count=asked.link_count,
        clicked_at=hit.at,
        method=hit.method,
        user_agent=hit.user_agent,
        source_hash=hit.source_hash,
        network=find_network(hit.address),
        label=Visitor.HUMAN,
        sign=Sign.NONE,
    )
    db.session.add(row)
    db.session.flush()
    was_human = _has_human(rows)
    _label([*rows, row], asked)
    if _has_human([*rows, row]) != was_human:
        record(MessageFiguresChanged(outbound_id=asked.message_id), now=hit.at)


def _has_human(rows: list[LinkClick]) -> bool:
    return any(row.label is Visitor.HUMAN for row in rows)


def _label(rows: list[LinkClick], asked: Asked) -> None:
    """Only rows that still have their signals, and only those whose label changes."""
    known = {row.id: row for row in rows if row.purged_at is None}
    labels = label_clicks(
        [_click(row) for row in known.values()],
        accepted_at=asked.accepted_at,
        is_leaving=asked.accepted_at is None and asked.state in _LEAVING,
        link_count=asked.link_count,
    )
    for id_, label in labels.items():
        if Label(known[id_].label, known[id_].sign) != label and not _was_early(known[id_]):
            known[id_].label, known[id_].sign = label.visitor, label.sign
    db.session.flush()


def _was_early(row: LinkClick) -> bool:
    """A click that came before the provider's answer was written stays one that came too early."""
    return row.sign is Sign.TOO_EARLY


def _click(row: LinkClick) -> Click:
    return Click(
        id=row.id,
        position=row.position,
        method=row.method or "",
        clicked_at=row.clicked_at,
        user_agent=row.user_agent or "",
        source_hash=row.source_hash or "",
        network=row.network,
    )


def note_opening(message_id: int, version_id: int, recipient: str | None, hit: Hit) -> None:
    """Count an opening for the message, if its receiver may still be measured; else for the template only."""
    policy = read_policy(stores.get_chain().settings)
    may_name = policy.opens is OpenPolicy.ALL or (
        policy.opens is OpenPolicy.CONSENTED and bool(list_agreed([recipient or ""]))
    )
    if not may_name:
        note_version_opening(version_id, hit)
        return
    opener = opener_of(hit.user_agent)
    values = {"message_id": message_id, "opener": opener, "count": 1, "first_at": hit.at, "last_at": hit.at}
    statement = insert(MessageOpening).values(values)
    count = db.session.scalar(
        statement.on_conflict_do_update(
            index_elements=["message_id", "opener"],
            set_={
                "count": MessageOpening.count + 1,
                "last_at": func.greatest(MessageOpening.last_at, hit.at),
            },
        ).returning(MessageOpening.count)
    )
    if count == 1:
        record(MessageFiguresChanged(outbound_id=message_id), now=hit.at)


def note_version_opening(version_id: int, hit: Hit) -> None:
    """One more for the template version and the day in the chain's time zone: of whom is not known."""
    chain = stores.get_chain()
    if read_policy(chain.settings).opens is OpenPolicy.OFF:
        return
    day = hit.at.astimezone(ZoneInfo(chain.time_zone)).date()
    statement = insert(OpeningCount).values(
        template_version_id=version_id, opened_on=day, opener=opener_of(hit.user_agent), count=1
    )
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["template_version_id", "opened_on", "opener"],
            set_={"count": OpeningCount.count + 1},
        )
    )


def purge_signals(*, now: datetime) -> int:
    """Empty the raw signals of clicks older than 13 months; time, link and label stay for the figures."""
    old = (
        select(LinkClick.id)
        .where(LinkClick.clicked_at < now - RAW_KEPT, LinkClick.purged_at.is_(None))
        .limit(PURGE_BATCH)
    )
    purged = db.session.execute(
        update(LinkClick)
        .where(LinkClick.id.in_(old))
        .values(method=None, user_agent=None, source_hash=None, network=None, purged_at=now)
        .returning(LinkClick.id)
        .execution_options(synchronize_session=False)
    ).all()
    return len(purged)


def has_old_signals(*, now: datetime) -> bool:
    """Whether there is something to purge."""
    old = select(LinkClick.id).where(LinkClick.clicked_at < now - RAW_KEPT, LinkClick.purged_at.is_(None))
    return db.session.scalar(old.limit(1)) is not None
