"""What may be done to the tree of contact reasons; every change goes to the audit trail."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.db import db
from hub.core.errors import Invalid
from hub.core.text import N_, slug
from hub.reasons.builtin import BUILTIN
from hub.reasons.models import Reason
from hub.reasons.queries import ReasonRow, get_reason
from hub.reasons.rules import check_depth, clean_name


def add_builtin_reasons() -> int:
    """Add the reasons a new chain starts with. Keys that exist stay as the head office wrote them. Returns the new ones."""
    ids: dict[str, int] = {row.key: row.id for row in db.session.execute(select(Reason.key, Reason.id))}
    added = 0
    for position, reason in enumerate(BUILTIN):
        if reason.key in ids:
            continue
        statement = insert(Reason).values(
            key=reason.key,
            parent_id=ids[reason.parent] if reason.parent else None,
            name_fr=reason.name_fr,
            name_en=reason.name_en,
            position=position,
            is_grievance=reason.is_grievance,
            is_active=True,
        )
        ids[reason.key] = db.session.execute(
            statement.on_conflict_do_update(index_elements=[Reason.key], set_={"key": reason.key}).returning(
                Reason.id
            )
        ).scalar_one()
        added += 1
    return added


def add_reason(
    *, parent_id: int | None, name_fr: str, name_en: str, is_grievance: bool, by: Actor, now: datetime
) -> int:
    """Add a reason at the end of its level. Raises Invalid for an empty name or a fourth level, NotFound for a parent."""
    parent = get_reason(parent_id) if parent_id is not None else None
    check_depth(parent.depth if parent else 0)
    row = Reason(
        parent_id=parent_id,
        key=_free_key(parent, name_en or name_fr),
        name_fr=clean_name(name_fr, "name_fr"),
        name_en=clean_name(name_en, "name_en"),
        position=(db.session.scalar(select(func.max(Reason.position))) or 0) + 1,
        is_grievance=is_grievance,
        is_active=True,
    )
    db.session.add(row)
    db.session.flush()
    note_change("reason.added", subject_kind="reason", subject_id=row.id, by=by, now=now, key=row.key)
    return row.id


def edit_reason(
    *, reason_id: int, name_fr: str, name_en: str, is_grievance: bool, by: Actor, now: datetime
) -> None:
    """Change the names or the grievance mark; the key stays. Raises NotFound, Invalid."""
    get_reason(reason_id)
    row = db.session.get_one(Reason, reason_id)
    row.name_fr, row.name_en = clean_name(name_fr, "name_fr"), clean_name(name_en, "name_en")
    row.is_grievance = is_grievance
    note_change(
        "reason.edited",
        subject_kind="reason",
        subject_id=reason_id,
        by=by,
        now=now,
        name_fr=row.name_fr,
        name_en=row.name_en,
        is_grievance=is_grievance,
    )
    db.session.flush()


def retire_reason(*, reason_id: int, by: Actor, now: datetime) -> None:
    """Take a reason, and with it those below, out of the choice. Tickets that have it keep it. Raises NotFound."""
    _switch(reason_id, is_active=False, by=by, now=now)


def restore_reason(*, reason_id: int, by: Actor, now: datetime) -> None:
    """Offer a retired reason again. Raises NotFound, Invalid when the reason above it is retired."""
    reason = get_reason(reason_id)
    if reason.parent_id is not None and not get_reason(reason.parent_id).is_active:
        raise Invalid(N_("The reason above is retired. Please restore it first."))
    _switch(reason_id, is_active=True, by=by, now=now)


def move_reason(*, reason_id: int, is_up: bool, by: Actor, now: datetime) -> None:
    """Change places with the sister before or after; nothing happens at the end of the level. Raises NotFound."""
    reason = get_reason(reason_id)
    level = list(
        db.session.scalars(
            select(Reason)
            .where(Reason.parent_id.is_not_distinct_from(reason.parent_id))
            .order_by(Reason.position, Reason.id)
            .with_for_update()
        )
    )
    place = next(number for number, row in enumerate(level) if row.id == reason_id)
    other = place - 1 if is_up else place + 1
    if not 0 <= other < len(level):
        return
    level[place], level[other] = level[other], level[place]
    for row, position in zip(level, sorted(row.position for row in level), strict=True):
        row.position = position
    note_change("reason.moved", subject_kind="reason", subject_id=reason_id, by=by, now=now, is_up=is_up)
    db.session.flush()


def _switch(reason_id: int, *, is_active: bool, by: Actor, now: datetime) -> None:
    get_reason(reason_id)
    db.session.get_one(Reason, reason_id).is_active = is_active
    note_change(
        "reason.restored" if is_active else "reason.retired",
        subject_kind="reason",
        subject_id=reason_id,
        by=by,
        now=now,
    )
    db.session.flush()


def _free_key(parent: ReasonRow | None, name: str) -> str:
    """`delivery.late`, with a number behind when it is taken."""
    word = slug(name).replace("-", "_") or "reason"
    stem = f"{parent.key}.{word}" if parent else word
    taken = set(db.session.scalars(select(Reason.key).where(Reason.key.startswith(stem, autoescape=True))))
    number = 1
    key = stem
    while key in taken:
        number += 1
        key = f"{stem}_{number}"
    return key
