"""What other rooms ask about the tree of contact reasons."""

from dataclasses import dataclass

from sqlalchemy import select

from hub.core.db import db
from hub.core.errors import NotFound
from hub.core.text import N_
from hub.core.words import Language
from hub.reasons.models import Reason

BETWEEN = " › "


@dataclass(frozen=True)
class ReasonRow:
    """A reason with its place in the tree: `path_fr` is `Livraison › Retard`; `depth` is 1 at the top."""

    id: int
    key: str
    parent_id: int | None
    name_fr: str
    name_en: str
    is_grievance: bool
    is_active: bool
    path_fr: str
    path_en: str
    depth: int
    has_children: bool

    def name(self, language: str) -> str:
        return self.name_en if language == Language.ENGLISH else self.name_fr

    def path(self, language: str) -> str:
        return self.path_en if language == Language.ENGLISH else self.path_fr


def list_reasons(active: bool = True) -> list[ReasonRow]:
    """The tree from top to bottom, each reason after its parent; `active` False shows retired ones too.

    A reason below a retired one is retired with it.
    """
    return [row for row in _tree() if row.is_active or not active]


def get_reason(reason_id: int) -> ReasonRow:
    """One reason, retired or not. Raises NotFound."""
    for row in _tree():
        if row.id == reason_id:
            return row
    raise NotFound(N_("This contact reason does not exist. Please choose another one."))


def find_reason_by_key(key: str) -> ReasonRow | None:
    return next((row for row in _tree() if row.key == key), None)


def _tree() -> list[ReasonRow]:
    """One statement for the whole tree: it is governed and small (some dozens of rows)."""
    children: dict[int | None, list[Reason]] = {}
    for row in db.session.scalars(select(Reason).order_by(Reason.position, Reason.id)):
        children.setdefault(row.parent_id, []).append(row)
    return _below(children, None)


def _below(children: dict[int | None, list[Reason]], parent: ReasonRow | None) -> list[ReasonRow]:
    found: list[ReasonRow] = []
    for row in children.get(parent.id if parent else None, []):
        placed = _row(row, parent, has_children=row.id in children)
        found += [placed, *_below(children, placed)]
    return found


def _row(row: Reason, parent: ReasonRow | None, *, has_children: bool) -> ReasonRow:
    return ReasonRow(
        id=row.id,
        key=row.key,
        parent_id=row.parent_id,
        name_fr=row.name_fr,
        name_en=row.name_en,
        is_grievance=row.is_grievance,
        is_active=row.is_active and (parent is None or parent.is_active),
        path_fr=f"{parent.path_fr}{BETWEEN}{row.name_fr}" if parent else row.name_fr,
        path_en=f"{parent.path_en}{BETWEEN}{row.name_en}" if parent else row.name_en,
        depth=parent.depth + 1 if parent else 1,
        has_children=has_children,
    )
