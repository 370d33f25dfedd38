"""Open links of a questionnaire: made, switched on and off, limited; one for the counter of each store."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, exists, func, select, tuple_

from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.db import db
from hub.core.errors import Invalid, NotFound
from hub.core.text import N_
from hub.questionnaires.links import open_link_token
from hub.questionnaires.models import LinkUse, OpenLink, Questionnaire, QuestionnaireResponse
from hub.questionnaires.words import LinkKind, QuestionnaireState, ResponseState
from hub.stores.models import Store
from hub.stores.queries import get_store, list_stores

USUAL_A_DAY = {LinkKind.LINK: 5, LinkKind.COUNTER: 200, LinkKind.EMBED: 5}
"""A store's till and its guests have one address for all."""
MOST_A_DAY = 10_000
LONGEST_NAME = 80
KEPT = timedelta(days=30)
PURGE_BATCH = 5_000
NO_LINK = N_("This link does not exist.")
NO_QUESTIONNAIRE = N_("This questionnaire does not exist.")
NO_NAME = N_("Please give the link a name, so that you find it again.")
NO_NUMBER = N_("Please give a number from 1 to %(most)s.")
NO_STORE = N_("Please choose the store whose counter it is for.")


@dataclass(frozen=True, kw_only=True)
class Handed:
    """The questionnaire that is handed out. `is_open`: it takes answers; a draft never did."""

    id: int
    name: str
    is_open: bool


@dataclass(frozen=True, kw_only=True)
class LinkRow:
    """`count`: complete answers by it."""

    id: int
    questionnaire_id: int
    kind: LinkKind
    name: str
    store_id: int | None
    store_name: str
    is_active: bool
    most_a_day: int
    count: int = 0

    @property
    def token(self) -> str:
        return open_link_token(self.id)


def get_handed(questionnaire_id: int) -> Handed:
    """Raises NotFound."""
    row = db.session.get(Questionnaire, questionnaire_id)
    if row is None:
        raise NotFound(NO_QUESTIONNAIRE)
    return Handed(id=row.id, name=row.name, is_open=row.state is QuestionnaireState.OPEN)


def list_links(questionnaire_id: int, *, kind: LinkKind | None = None) -> list[LinkRow]:
    """By name of the store, links without one first."""
    done = (
        select(QuestionnaireResponse.link_id, func.count().label("count"))
        .where(
            QuestionnaireResponse.questionnaire_id == questionnaire_id,
            QuestionnaireResponse.state == ResponseState.COMPLETE,
            QuestionnaireResponse.link_id.is_not(None),
        )
        .group_by(QuestionnaireResponse.link_id)
        .subquery()
    )
    rows = (
        select(OpenLink, Store.name, func.coalesce(done.c.count, 0))
        .join(Store, Store.id == OpenLink.store_id, isouter=True)
        .join(done, done.c.link_id == OpenLink.id, isouter=True)
        .where(OpenLink.questionnaire_id == questionnaire_id)
        .order_by(Store.sort_key.nulls_first(), OpenLink.id)
    )
    if kind is not None:
        rows = rows.where(OpenLink.kind == kind)
    return [_row_of(link, name, count) for link, name, count in db.session.execute(rows)]


def get_link(questionnaire_id: int, link_id: int) -> LinkRow:
    """Raises NotFound, also for a link of another questionnaire."""
    link = _find(questionnaire_id, link_id)
    return _row_of(link, get_store(link.store_id).name if link.store_id else None, 0)


def make_link(
    questionnaire_id: int, *, kind: LinkKind, name: str, store_id: int | None, by: Actor, now: datetime
) -> int:
    """Raises NotFound; Invalid without a name, or without a store for a counter."""
    get_handed(questionnaire_id)
    if kind is LinkKind.COUNTER and store_id is None:
        raise Invalid(NO_STORE, field="store_id")
    called = name.strip()[:LONGEST_NAME] or (get_store(store_id).name if store_id else "")
    if not called:
        raise Invalid(NO_NAME, field="name")
    row = OpenLink(
        questionnaire_id=questionnaire_id,
        kind=kind,
        name=called,
        store_id=store_id,
        most_a_day=USUAL_A_DAY[kind],
        created_at=now,
    )
    db.session.add(row)
    db.session.flush()
    _note("questionnaire_link.made", row, by=by, now=now)
    return row.id


def make_counter_links(questionnaire_id: int, *, by: Actor, now: datetime) -> int:
    """One for each store that has none yet. Returns how many were made."""
    have = {row.store_id for row in list_links(questionnaire_id, kind=LinkKind.COUNTER)}
    lacking = [store for store in list_stores() if store.id not in have]
    for store in lacking:
        make_link(questionnaire_id, kind=LinkKind.COUNTER, name="", store_id=store.id, by=by, now=now)
    return len(lacking)


def change_link(
    questionnaire_id: int, link_id: int, *, is_active: bool, most_a_day: str, by: Actor, now: datetime
) -> None:
    """Raises NotFound; Invalid for a limit that is no number. Who has begun by a link that goes off may end."""
    row = _find(questionnaire_id, link_id)
    if not most_a_day.isascii() or not most_a_day.isdecimal() or not 1 <= int(most_a_day[:9]) <= MOST_A_DAY:
        raise Invalid(NO_NUMBER, field="most_a_day", most=MOST_A_DAY)
    row.is_active, row.most_a_day = is_active, int(most_a_day)
    _note("questionnaire_link.changed", row, by=by, now=now)


def has_old_uses(today: date) -> bool:
    return bool(db.session.scalar(select(exists().where(LinkUse.used_on < today - KEPT))))


def purge_uses(today: date) -> int:
    """Forget who used a link more than thirty days ago: one batch. Returns how many went."""
    key = (LinkUse.link_id, LinkUse.used_on, LinkUse.source_hash)
    old = select(*key).where(LinkUse.used_on < today - KEPT).limit(PURGE_BATCH)
    gone = delete(LinkUse).where(tuple_(*key).in_(old)).returning(LinkUse.link_id)
    return len(db.session.scalars(gone).all())


def _find(questionnaire_id: int, link_id: int) -> OpenLink:
    row = db.session.get(OpenLink, link_id)
    if row is None or row.questionnaire_id != questionnaire_id:
        raise NotFound(NO_LINK)
    return row


def _row_of(link: OpenLink, store_name: str | None, count: int) -> LinkRow:
    return LinkRow(
        id=link.id,
        questionnaire_id=link.questionnaire_id,
        kind=link.kind,
        name=link.name,
        store_id=link.store_id,
        store_name=store_name or "",
        is_active=link.is_active,
        most_a_day=link.most_a_day,
        count=count,
    )


def _note(action: str, row: OpenLink, *, by: Actor, now: datetime) -> None:
    note_change(
        action,
        subject_kind="questionnaire",
        subject_id=row.questionnaire_id,
        by=by,
        now=now,
        link_id=row.id,
        kind=row.kind.value,
        is_active=row.is_active,
        most_a_day=row.most_a_day,
    )
