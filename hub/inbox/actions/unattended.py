"""Mail or SMS to those in charge when customers of a store wait, or in the central queue, and nobody is signed in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Row, and_, func, select
from sqlalchemy.dialects.postgresql import insert

from hub.content.phrases import salutation
from hub.core import clock, site
from hub.core.apart import do_each, list_put_off_ids
from hub.core.db import db, transaction
from hub.core.words import Channel, Language, Purpose
from hub.inbox.attention import (
    USUAL_AFTER_MINUTES,
    USUAL_IDLE_MINUTES,
    Watch,
    is_to_be_told,
    is_usually_on,
    next_look_at,
    office_hours,
    waited_seconds,
)
from hub.inbox.directory import Directory
from hub.inbox.models import ReplyWait, StoreAlert, Ticket
from hub.outbox import actions as outbox
from hub.outbox.actions import Draft
from hub.outbox.wires import channels_set_up
from hub.staff import queries as staff
from hub.stores.queries import get_store
from hub.stores.rules import Hours

TEMPLATE = "unattended_alert"
KIND = "alerts"
HOUR, MINUTE = 3600, 60
CENTRAL = {Language.FRENCH: "File centrale", Language.ENGLISH: "Central queue"}
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
        for watch in _list_watches(place)
        if (hours := _hours(place, watch.store_id)) is not None
    ]
    return min((moment for moment in moments if moment is not None and moment > now), default=None)


def work_alerts(wake: Callable[[], None]) -> int:
    """Tell each store that is due, once; returns how many stores were. One that fails is put off and stops no other."""
    del wake  # a chain has few stores: one batch is all of them
    with transaction():
        now, machine_now, place = clock.business_now(), clock.machine_now(), Directory()
        due = _list_due(place, now, machine_now)
        told: list[int] = []

        def tell(watch: Watch) -> None:
            row = _lock_row(watch.store_id)
            if row.told_at == watch.told_at:
                row.told_at = now
                _tell(row, watch, place, now)
                db.session.flush()
                told.append(row.id)

        do_each(KIND, due, tell, id_of=_id_of, machine_now=machine_now)
    return len(told)


def _id_of(watch: Watch) -> int:
    """What is put off, by store; 0 for the central queue."""
    return watch.store_id or 0


def _lock_row(store_id: int | None) -> StoreAlert:
    """The store's row, made when there is none: `told_at` is kept in it, and the chain's usual choice goes on holding."""
    usual = {"after_minutes": USUAL_AFTER_MINUTES, "idle_minutes": USUAL_IDLE_MINUTES}
    made = insert(StoreAlert).values(store_id=store_id, mails=[], phones=[], **usual)
    db.session.execute(made.on_conflict_do_nothing())
    found = select(StoreAlert).where(StoreAlert.store_id.is_not_distinct_from(store_id)).with_for_update()
    return db.session.scalars(found.execution_options(populate_existing=True)).one()


def _hours(place: Directory, store_id: int | None) -> Hours | None:
    return office_hours(place.chain.time_zone) if store_id is None else place.hours(store_id)


def _list_watches(place: Directory) -> list[Watch]:
    """Stores that want to be told and in which a customer waits, and the central queue."""
    waiting = _list_waiting()
    if not waiting:
        return []
    usual = is_usually_on(place.chain.settings)
    chosen = {row.store_id: row for row in db.session.scalars(select(StoreAlert))}
    watches = []
    for each in waiting:
        if each.since is None:
            continue
        row = chosen.get(each.store_id)
        if usual if row is None or row.is_on is None else row.is_on:
            after = row.after_minutes if row else USUAL_AFTER_MINUTES
            idle = row.idle_minutes if row else USUAL_IDLE_MINUTES
            told_at = row.told_at if row else None
            watches.append(Watch(each.store_id, after, idle, each.since, told_at, each.new_since))
    return watches


def _list_waiting() -> Sequence[Row[int | None, datetime | None, datetime | None]]:
    """By store and for the central queue: the oldest wait, and the oldest that began there since the last alert.

    A ticket that was moved there waits from then on in its new store, however long its customer has waited.
    """
    is_same = func.coalesce(StoreAlert.store_id, 0) == func.coalesce(Ticket.store_id, 0)
    began_at = func.coalesce(ReplyWait.started_at, Ticket.waiting_since)
    is_open = and_(
        ReplyWait.ticket_id == Ticket.id, ReplyWait.ended_at.is_(None), ReplyWait.dropped_at.is_(None)
    )
    found = (
        select(
            Ticket.store_id,
            func.min(Ticket.waiting_since).label("since"),
            func.min(began_at).filter(began_at >= StoreAlert.told_at).label("new_since"),
        )
        .outerjoin(StoreAlert, is_same)
        .outerjoin(ReplyWait, is_open)
        .where(Ticket.waiting_since.is_not(None))
        .group_by(Ticket.store_id)
        .order_by(Ticket.store_id)
    )
    return db.session.execute(found).all()


def _list_due(place: Directory, now: datetime, machine_now: datetime) -> list[Watch]:
    put_off = list_put_off_ids(KIND, machine_now=machine_now)
    late = [
        watch
        for watch in _list_watches(place)
        if _id_of(watch) not in put_off
        and (hours := _hours(place, watch.store_id)) is not None
        and is_to_be_told(hours, watch, now)
    ]
    if not late:
        return []
    seen: dict[int | None, datetime | None] = {None: staff.find_office_last_seen()}
    found = staff.list_last_seen([watch.store_id for watch in late if watch.store_id is not None])
    seen.update(found.items())
    return [
        watch
        for watch in late
        if (at := seen.get(watch.store_id)) is None
        or at <= machine_now - timedelta(minutes=watch.idle_minutes)
    ]


def _tell(row: StoreAlert, watch: Watch, place: Directory, now: datetime) -> None:
    found = select(func.count()).where(
        Ticket.store_id.is_not_distinct_from(row.store_id), Ticket.waiting_since.is_not(None)
    )
    hours = _hours(place, row.store_id)
    waited = (waited_seconds(hours, watch, now) if hours else None) or 0
    case = _Case(row, db.session.scalar(found) or 0, waited, place, now)
    outbox.post_many(_mails(case) + _texts(case), now=now)


@dataclass(frozen=True)
class _Case:
    """A store that is told: how many customers wait, and how long the first has waited in opening time."""

    row: StoreAlert
    count: int
    waited: int
    place: Directory
    now: datetime

    def name(self, language: Language) -> str:
        return CENTRAL[language] if self.row.store_id is None else get_store(self.row.store_id).name


def _mails(case: _Case) -> list[Draft]:
    """To the addresses of the setting, else to everybody of the store; where nobody works, to the head office."""
    row = case.row
    team = staff.list_store_agents(row.store_id) or staff.list_store_agents(None)
    people = {
        agent.email: (agent.name, agent.language)
        for agent in team
        if not row.mails or agent.email in row.mails
    }
    for address in row.mails:
        people.setdefault(address, ("", Language(case.place.chain.language)))
    drafts = []
    for address, (name, spoken) in people.items():
        values = _values(case, spoken)
        values["salutation"] = salutation(None, name.partition(" ")[0] or None, None, spoken.value)
        drafts.append(_draft(case, Channel.EMAIL, address, name, values, spoken))
    return drafts


def _texts(case: _Case) -> list[Draft]:
    """Where SMS can leave; a text that waited for a wire would come when nobody needs it any more."""
    if Channel.SMS not in channels_set_up():
        return []
    language = Language(case.place.chain.language)
    values = _values(case, language)
    return [_draft(case, Channel.SMS, phone, "", values, language) for phone in case.row.phones]


def _values(case: _Case, language: Language) -> dict[str, str]:
    one, many = WAITING[language]
    view = "waiting" if case.row.store_id is not None else "unattributed"
    return {
        "store_name": case.name(language),
        "waiting_count": one if case.count == 1 else many.format(count=case.count),
        "waiting_for": duration(case.waited),
        "page_url": f"{site.base_url()}/inbox/?view={view}",
    }


def duration(seconds: int) -> str:
    """`42 min`, `1 h 20`."""
    minutes = seconds // MINUTE
    return f"{minutes} min" if seconds < HOUR else f"{minutes // MINUTE} h {minutes % MINUTE:02d}"


def _draft(
    case: _Case, channel: Channel, recipient: str, name: str, values: dict[str, str], language: Language
) -> Draft:
    return Draft(
        key=f"unattended:{case.row.store_id or 'central'}:{case.now.isoformat()}:{recipient}",
        template_key=TEMPLATE,
        values=values,
        purpose=Purpose.STAFF,
        channel=channel,
        language=language,
        recipient=recipient,
        recipient_name=name,
        store_id=case.row.store_id,
        due_at=case.now,
        expires_at=case.now + timedelta(hours=1),
    )
