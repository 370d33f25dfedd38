"""Mail or SMS to those in charge when customers of a store wait and nobody of it is signed in."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import func, select

from hub.content.phrases import salutation
from hub.core import clock, site
from hub.core.db import db, transaction
from hub.core.words import Channel, Language, Purpose
from hub.inbox.attention import Watch, is_to_be_told, next_look_at, waited_seconds
from hub.inbox.directory import Directory
from hub.inbox.models import StoreAlert, Ticket
from hub.outbox import actions as outbox
from hub.outbox.actions import Draft
from hub.outbox.wires import channels_set_up
from hub.staff import queries as staff
from hub.stores.queries import StoreRow, get_store

TEMPLATE = "unattended_alert"
HOUR, MINUTE = 3600, 60
WAITING = {
    Language.FRENCH: ("1 demande en attente", "{count} demandes en attente"),
    Language.ENGLISH: ("1 ticket waiting", "{count} tickets waiting"),
}


def has_due() -> bool:
    """Whether a store is to be told now."""
    return bool(_list_due(Directory(), clock.business_now(), clock.machine_now()))


def next_due_at() -> datetime | None:
    """Business time at which a store may have to be told, as things stand."""
    place, now = Directory(), clock.business_now()
    moments = [
        next_look_at(hours, watch)
        for watch in _list_watches()
        if (hours := place.hours(watch.store_id)) is not None
    ]
    return min((moment for moment in moments if moment is not None and moment > now), default=None)


def work_alerts(wake: Callable[[], None]) -> int:
    """Tell each store that is due, once; returns how many stores were."""
    del wake  # a chain has few stores: one batch is all of them
    with transaction():
        now, place = clock.business_now(), Directory()
        told = 0
        for watch in _list_due(place, now, clock.machine_now()):
            row = db.session.get(StoreAlert, watch.store_id, with_for_update=True, populate_existing=True)
            if row is not None and row.is_on and row.told_at == watch.told_at:
                row.told_at = now
                _tell(row, watch, place, now)
                told += 1
        db.session.flush()
    return told


def _list_watches() -> list[Watch]:
    """Stores that want to be told and in which a customer waits."""
    oldest = (
        select(Ticket.store_id, func.min(Ticket.waiting_since).label("since"))
        .where(Ticket.waiting_since.is_not(None), Ticket.store_id.is_not(None))
        .group_by(Ticket.store_id)
        .subquery()
    )
    found = (
        select(
            StoreAlert.store_id,
            StoreAlert.after_minutes,
            StoreAlert.idle_minutes,
            oldest.c.since,
            StoreAlert.told_at,
        )
        .join(oldest, oldest.c.store_id == StoreAlert.store_id)
        .where(StoreAlert.is_on)
        .order_by(StoreAlert.store_id)
    )
    return [Watch(*row) for row in db.session.execute(found)]


def _list_due(place: Directory, now: datetime, machine_now: datetime) -> list[Watch]:
    late = [
        watch
        for watch in _list_watches()
        if (hours := place.hours(watch.store_id)) is not None and is_to_be_told(hours, watch, now)
    ]
    if not late:
        return []
    seen = staff.list_last_seen([watch.store_id for watch in late])
    return [
        watch
        for watch in late
        if (at := seen.get(watch.store_id)) is None
        or at <= machine_now - timedelta(minutes=watch.idle_minutes)
    ]


def _tell(row: StoreAlert, watch: Watch, place: Directory, now: datetime) -> None:
    store = get_store(row.store_id)
    found = select(func.count()).where(Ticket.store_id == row.store_id, Ticket.waiting_since.is_not(None))
    count = db.session.scalar(found) or 0
    hours = place.hours(row.store_id)
    waited = (waited_seconds(hours, watch, now) if hours else None) or 0
    drafts = _mails(row, store, count, waited, place, now) + _texts(row, store, count, waited, place, now)
    outbox.post_many(drafts, now=now)


def _mails(
    row: StoreAlert, store: StoreRow, count: int, waited: int, place: Directory, now: datetime
) -> list[Draft]:
    """To the addresses of the setting, else to everybody of the store."""
    people = {
        agent.email: (agent.name, agent.language)
        for agent in staff.list_store_agents(row.store_id)
        if not row.mails or agent.email in row.mails
    }
    language = Language(place.chain.language)
    for address in row.mails:
        people.setdefault(address, ("", language))
    drafts = []
    for address, (name, spoken) in people.items():
        values = _values(store, count, waited, spoken)
        values["salutation"] = salutation(None, name.partition(" ")[0] or None, None, spoken.value)
        drafts.append(_draft(row, Channel.EMAIL, address, name, values, spoken, now))
    return drafts


def _texts(
    row: StoreAlert, store: StoreRow, count: int, waited: int, place: Directory, now: datetime
) -> list[Draft]:
    """Where SMS can leave; a text that waited for a wire would come when nobody needs it any more."""
    if Channel.SMS not in channels_set_up():
        return []
    language = Language(place.chain.language)
    values = _values(store, count, waited, language)
    return [_draft(row, Channel.SMS, phone, "", values, language, now) for phone in row.phones]


def _values(store: StoreRow, count: int, waited: int, language: Language) -> dict[str, str]:
    one, many = WAITING[language]
    return {
        "store_name": store.name,
        "waiting_count": one if count == 1 else many.format(count=count),
        "waiting_for": duration(waited),
        "page_url": f"{site.base_url()}/inbox/?view=waiting",
    }


def duration(seconds: int) -> str:
    """`42 min`, `1 h 20`."""
    minutes = seconds // MINUTE
    return f"{minutes} min" if seconds < HOUR else f"{minutes // MINUTE} h {minutes % MINUTE:02d}"


def _draft(
    row: StoreAlert,
    channel: Channel,
    recipient: str,
    name: str,
    values: dict[str, str],
    language: Language,
    now: datetime,
) -> Draft:
    return Draft(
        key=f"unattended:{row.store_id}:{now.isoformat()}:{recipient}",
        template_key=TEMPLATE,
        values=values,
        purpose=Purpose.STAFF,
        channel=channel,
        language=language,
        recipient=recipient,
        recipient_name=name,
        store_id=row.store_id,
        due_at=now,
        expires_at=now + timedelta(hours=1),
    )
