"""Saved views: which ones a person has, which one the inbox opens with, how much each holds."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, case, func, or_, select

from hub.core.db import db
from hub.core.errors import NotFound
from hub.core.text import N_
from hub.inbox.models import DefaultView, SavedView
from hub.inbox.queries.conditions import read_asking
from hub.inbox.queries.lists import count_found
from hub.inbox.view_rules import may_edit
from hub.inbox.words import ListSort, ViewReach
from hub.staff.rules import Viewer

MOST_SHOWN = 30
MOST_COUNTED = 100
_ORDER = {ViewReach.CHAIN: 1, ViewReach.STORE: 2, ViewReach.PERSONAL: 3}


@dataclass(frozen=True)
class ViewRow:
    """A saved view as one person has it: `is_default` opens with the inbox, `may_edit` may rename and delete."""

    id: int
    name: str
    query: str
    sort: ListSort
    reach: ViewReach
    store_id: int | None
    agent_id: int
    position: int
    is_default: bool
    may_edit: bool


def list_views(viewer: Viewer) -> list[ViewRow]:
    """The chain's, the stores' and the person's own, each in its order; at most 30."""
    place = case(_ORDER, value=SavedView.reach)
    found = _of(viewer).order_by(place, SavedView.position, SavedView.id).limit(MOST_SHOWN)
    return [_row(view, default_id, viewer) for view, default_id in db.session.execute(found)]


def access_view(view_id: int, viewer: Viewer) -> ViewRow:
    """One of them. Raises NotFound for one of somebody else or of another store."""
    found = db.session.execute(_of(viewer).where(SavedView.id == view_id)).one_or_none()
    if found is None:
        raise NotFound(N_("This saved view does not exist any more, or it is not yours."))
    return _row(found[0], found[1], viewer)


def find_default_view(viewer: Viewer) -> ViewRow | None:
    """The view the person's inbox opens with."""
    found = db.session.execute(_of(viewer).where(DefaultView.view_id == SavedView.id)).one_or_none()
    return _row(found[0], found[1], viewer) if found else None


def count_in_views(views: Sequence[ViewRow], viewer: Viewer) -> dict[int, int]:
    """How many tickets each view of open tickets holds, none counted beyond 100; one statement for all of them.

    Views by latest change look through everything that ever was and are not counted.
    """
    counted = [view for view in views if view.sort is ListSort.DUE]
    if not counted:
        return {}
    columns = [count_found(read_asking(view.query, viewer), viewer, MOST_COUNTED) for view in counted]
    figures = db.session.execute(select(*columns)).one()
    return {view.id: figure for view, figure in zip(counted, figures, strict=True)}


def in_reach(viewer: Viewer) -> ColumnElement[bool]:
    """The chain's, the person's own, and those of the person's stores (not all 61 of the head office)."""
    own = (SavedView.reach == ViewReach.PERSONAL) & (SavedView.agent_id == viewer.agent_id)
    everybody = SavedView.reach == ViewReach.CHAIN
    if viewer.scope.is_everything or not viewer.scope.store_ids:
        return or_(own, everybody)
    of_store = (SavedView.reach == ViewReach.STORE) & SavedView.store_id.in_(viewer.scope.store_ids)
    return or_(own, everybody, of_store)


def next_position() -> int:
    """Behind all others."""
    return (db.session.scalar(select(func.max(SavedView.position))) or 0) + 1


def _of(viewer: Viewer) -> Select[SavedView, int | None]:
    chosen = select(DefaultView.view_id).where(DefaultView.agent_id == viewer.agent_id).subquery()
    return (
        select(SavedView, chosen.c.view_id)
        .outerjoin(chosen, chosen.c.view_id == SavedView.id)
        .where(in_reach(viewer))
    )


def _row(view: SavedView, default_id: int | None, viewer: Viewer) -> ViewRow:
    return ViewRow(
        id=view.id,
        name=view.name,
        query=view.query,
        sort=view.sort,
        reach=view.reach,
        store_id=view.store_id,
        agent_id=view.agent_id,
        position=view.position,
        is_default=default_id == view.id,
        may_edit=may_edit(view.reach, agent_id=view.agent_id, store_id=view.store_id, viewer=viewer),
    )
