"""Saved views: kept, renamed, shared, put in order, deleted, chosen as the one the inbox opens with."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from hub.core.audit import note_change
from hub.core.db import db
from hub.core.errors import Conflict, Forbidden, Invalid
from hub.core.text import N_
from hub.inbox.models import DefaultView, SavedView
from hub.inbox.queries.views import MOST_SHOWN, ViewRow, access_view, list_views, next_position
from hub.inbox.view_rules import clean_name, clean_query, may_edit
from hub.inbox.words import ListSort, ViewReach
from hub.staff.rules import Viewer

KIND = "saved_view"


@dataclass(frozen=True, kw_only=True)
class ViewDraft:
    """What a person writes about a view. `store_id` only for one of a store."""

    name: str
    query: str
    sort: ListSort
    reach: ViewReach = ViewReach.PERSONAL
    store_id: int | None = None


def save_view(draft: ViewDraft, *, viewer: Viewer, now: datetime) -> int:
    """A new view behind the others. Raises Invalid, Forbidden (shared wider than one may), Conflict (too many)."""
    store_id = _check_reach(draft, viewer)
    held = select(func.count()).where(SavedView.reach == draft.reach)
    if draft.reach is ViewReach.PERSONAL:
        held = held.where(SavedView.agent_id == viewer.agent_id)
    elif draft.reach is ViewReach.STORE:
        held = held.where(SavedView.store_id == store_id)
    if (db.session.scalar(held) or 0) >= MOST_SHOWN:
        raise Conflict(N_("There are 30 saved views already. Please delete one that is not used any more."))
    row = SavedView(
        reach=draft.reach,
        agent_id=viewer.agent_id,
        store_id=store_id,
        name=clean_name(draft.name),
        query=clean_query(draft.query),
        sort=draft.sort,
        position=next_position(),
        created_at=now,
        updated_at=now,
    )
    db.session.add(row)
    db.session.flush()
    _note("saved", row, viewer, now)
    return row.id


def change_view(view_id: int, draft: ViewDraft, *, viewer: Viewer, now: datetime) -> None:
    """New name, words, order or readers. Raises NotFound, Forbidden, Invalid."""
    row = _own(view_id, viewer)
    store_id = _check_reach(draft, viewer)
    row.name, row.query, row.sort = clean_name(draft.name), clean_query(draft.query), draft.sort
    row.reach, row.store_id, row.updated_at = draft.reach, store_id, now
    if draft.reach is ViewReach.PERSONAL:
        row.agent_id = viewer.agent_id
    _note("changed", row, viewer, now)
    db.session.flush()


def delete_view(view_id: int, *, viewer: Viewer, now: datetime) -> None:
    """Gone for everybody who had it. Raises NotFound, Forbidden."""
    row = _own(view_id, viewer)
    _note("deleted", row, viewer, now)
    db.session.execute(delete(DefaultView).where(DefaultView.view_id == view_id))
    db.session.delete(row)
    db.session.flush()


def move_view(view_id: int, *, is_up: bool, viewer: Viewer) -> None:
    """Change places with the neighbour of the same readers. Raises NotFound, Forbidden."""
    row = _own(view_id, viewer)
    others = [view for view in list_views(viewer) if view.reach is row.reach and view.may_edit]
    ids = [view.id for view in others]
    place = ids.index(view_id) + (-1 if is_up else 1)
    if not 0 <= place < len(ids):
        return
    ids.remove(view_id)
    ids.insert(place, view_id)
    for position, each in enumerate(ids, start=min(view.position for view in others)):
        db.session.get_one(SavedView, each).position = position
    db.session.flush()


def choose_default_view(view_id: int | None, *, viewer: Viewer) -> None:
    """The view the person's inbox opens with; None: the tickets to answer. Raises NotFound."""
    if view_id is None:
        db.session.execute(delete(DefaultView).where(DefaultView.agent_id == viewer.agent_id))
        return
    access_view(view_id, viewer)
    chosen = insert(DefaultView).values(agent_id=viewer.agent_id, view_id=view_id)
    db.session.execute(chosen.on_conflict_do_update(index_elements=["agent_id"], set_={"view_id": view_id}))


def _own(view_id: int, viewer: Viewer) -> SavedView:
    found: ViewRow = access_view(view_id, viewer)
    if not found.may_edit:
        raise Forbidden(N_("This saved view is shared with you. Only those who look after it may change it."))
    return db.session.get_one(SavedView, view_id)


def _check_reach(draft: ViewDraft, viewer: Viewer) -> int | None:
    """The store of the view, if it is one of a store."""
    store_id = draft.store_id if draft.reach is ViewReach.STORE else None
    if draft.reach is ViewReach.STORE and store_id is None:
        raise Invalid(N_("Please choose the store that shares this view."), field="store_id")
    if not may_edit(draft.reach, agent_id=viewer.agent_id, store_id=store_id, viewer=viewer):
        raise Forbidden(
            N_("You may not share a view so widely. Please keep it for yourself, or ask your manager.")
        )
    return store_id


def _note(action: str, row: SavedView, viewer: Viewer, now: datetime) -> None:
    if row.reach is not ViewReach.PERSONAL:
        note_change(
            f"{KIND}.{action}",
            subject_kind=KIND,
            subject_id=row.id,
            by=viewer.actor,
            now=now,
            reach=row.reach,
            store_id=row.store_id,
        )
