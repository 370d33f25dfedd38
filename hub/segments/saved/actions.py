"""What is done to saved segments: kept, changed, copied, archived, refreshed; uses noted; files asked for."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.db import db, ring_after_commit
from hub.core.errors import Conflict, Invalid, NotFound
from hub.core.text import N_, fold
from hub.customers import properties
from hub.segments.conditions.reading import write_tree
from hub.segments.conditions.tree import properties_in, pruned, segments_in
from hub.segments.models import Segment, SegmentFile, SegmentSize, SegmentUse
from hub.segments.saved.loading import check_inside, open_tree
from hub.segments.saved.queries import GONE, list_uses
from hub.segments.saved.rows import Draft
from hub.segments.words import FileKind, SegmentKind, WorkState

BELL = "segments"
SUBJECT = "segment"
LONGEST_NAME = 80
LONGEST_TEXT = 1_000
FILE_KEPT = timedelta(days=7)


def save_segment(
    draft: Draft, *, segment_id: int | None = None, is_agreed: bool = False, by: Actor, now: datetime
) -> int:
    """Keep a new segment or change one; its id. It is counted (a new static one filled) by a job at once.

    Raises Invalid (name, description, root), Conflict when somebody was faster, or when others use it and nobody
    has agreed that they change with it (`is_agreed`).
    """
    root = pruned(draft.root)
    _check(draft, has_parts=bool(root.parts))
    check_inside(root, segment_id)
    row = _new(draft, by=by, now=now) if segment_id is None else _get_locked(segment_id)
    definition = write_tree(root)
    if segment_id is not None:
        _check_change(row, draft, definition, is_agreed=is_agreed)
    is_other = row.definition != definition or row.kind is not draft.kind
    row.name, row.sort_key, row.description = draft.name.strip(), fold(draft.name), draft.description.strip()
    row.kind, row.definition, row.updated_at = draft.kind, definition, now
    row.revision = 1 if segment_id is None else row.revision + 1
    db.session.add(row)
    db.session.flush()
    _note_inside(row)
    _note("created" if segment_id is None else "changed", row, by=by, now=now, is_other=is_other)
    if is_other or segment_id is None:
        _ask(row)
    return row.id


def _new(draft: Draft, *, by: Actor, now: datetime) -> Segment:
    return Segment(
        kind=draft.kind,
        definition={},
        owner_id=by.agent_id,
        created_at=now,
        work_state=WorkState.DONE,
        error="",
    )


def _check(draft: Draft, *, has_parts: bool) -> None:
    if not draft.name.strip():
        raise Invalid(N_("Please give the segment a name."), field="name")
    if len(draft.name) > LONGEST_NAME or len(draft.description) > LONGEST_TEXT:
        raise Invalid(N_("This text is too long."), field="name")
    if not has_parts:
        raise Invalid(N_("Without a condition it would be everybody. Please add one."), field="root")


def _check_change(row: Segment, draft: Draft, definition: dict[str, Any], *, is_agreed: bool) -> None:
    if draft.revision is not None and draft.revision != row.revision:
        raise Conflict(
            N_("Somebody changed this segment meanwhile. Please reload it and make your change again.")
        )
    if row.archived_at is not None:
        raise Conflict(N_("This segment is archived. Please take it back first."))
    uses = list_uses([row.id]).get(row.id, [])
    if uses and not is_agreed and (row.definition != definition or row.kind is not draft.kind):
        raise Conflict(
            N_("%(names)s use this segment and change with it. Please tick that this is meant."),
            field="is_agreed",
            names=", ".join(each.name for each in uses),
        )


def _note_inside(row: Segment) -> None:
    """The segments and properties that its conditions name know of it."""
    root = open_tree(row.definition)
    note_use(source_kind=SUBJECT, source_id=row.id, name=row.name, segment_ids=segments_in(root))
    keys = properties_in(root)
    properties.note_uses(source_kind=SUBJECT, source_id=row.id, name=row.name, keys=keys)


def note_use(*, source_kind: str, source_id: int, name: str, segment_ids: Collection[int]) -> None:
    """From now on this (a segment, plan or campaign) uses exactly these segments; none: it uses none any more.

    Raises Conflict when one does not exist or is archived.
    """
    mine = (SegmentUse.source_kind == source_kind, SegmentUse.source_id == source_id)
    db.session.execute(delete(SegmentUse).where(*mine))
    if not segment_ids:
        return
    there = select(Segment.id).where(Segment.id.in_(segment_ids), Segment.archived_at.is_(None))
    found = set(db.session.scalars(there.with_for_update(key_share=True, read=True)))
    if set(segment_ids) - found:
        raise Conflict(
            N_("A segment in the conditions does not exist any more. Please take it out."), field="root"
        )
    rows = [
        {"source_kind": source_kind, "source_id": source_id, "name": name, "segment_id": one} for one in found
    ]
    db.session.execute(insert(SegmentUse).values(rows))


def duplicate_segment(segment_id: int, *, name: str, by: Actor, now: datetime) -> int:
    """A live copy under another name; its id."""
    row = _get_locked(segment_id)
    draft = Draft(name[:LONGEST_NAME], row.description, SegmentKind.LIVE, open_tree(row.definition))
    return save_segment(draft, by=by, now=now)


def archive_segment(segment_id: int, *, by: Actor, now: datetime) -> None:
    """Out of the lists, its properties and inner segments free. Raises Conflict while something uses it."""
    row = _get_locked(segment_id)
    uses = list_uses([segment_id]).get(segment_id, [])
    if uses:
        raise Conflict(
            N_("%(names)s use this segment. Please change these first."),
            names=", ".join(each.name for each in uses),
        )
    note_use(source_kind=SUBJECT, source_id=row.id, name=row.name, segment_ids=())
    properties.note_uses(source_kind=SUBJECT, source_id=row.id, name=row.name, keys=())
    row.archived_at, row.work_state = now, WorkState.DONE
    _note("archived", row, by=by, now=now)


def restore_segment(segment_id: int, *, by: Actor, now: datetime) -> None:
    """Raises Invalid or Conflict when a property or segment it names is gone."""
    row = _get_locked(segment_id)
    row.archived_at = None
    db.session.flush()
    _note_inside(row)
    _ask(row)
    _note("restored", row, by=by, now=now)


def ask_refresh(segment_id: int, *, by: Actor, now: datetime) -> None:
    """Count it anew by a job; a static one takes its members anew."""
    row = _get_locked(segment_id)
    if row.archived_at is not None:
        raise Conflict(N_("This segment is archived. Please take it back first."))
    _ask(row)
    _note("refreshed", row, by=by, now=now)


def ask_file(segment_id: int, kind: FileKind, *, language: str, by: Actor, now: datetime) -> int:
    """Have a file of the members made by a job, with its line in the audit trail; the file's id."""
    row = _get_locked(segment_id)
    file = SegmentFile(
        segment_id=row.id,
        kind=kind,
        state=WorkState.WAITING,
        language=language,
        asked_by_id=by.agent_id,
        asked_at=now,
        ends_at=now + FILE_KEPT,
        error="",
    )
    db.session.add(file)
    db.session.flush()
    _note("exported", row, by=by, now=now, kind=kind.value, file_id=file.id)
    ring_after_commit(BELL)
    return file.id


def note_export(segment_id: int, *, by: Actor, now: datetime) -> None:
    """The line in the audit trail of a table that is handed out at once."""
    _note("exported", _get_locked(segment_id), by=by, now=now, kind=FileKind.TABLE.value)


def keep_size(row: Segment, count: int, *, now: datetime, day: Any) -> None:
    """The count, and its place in the history."""
    row.customer_count, row.counted_at = count, now
    new = insert(SegmentSize).values(segment_id=row.id, counted_on=day, customer_count=count)
    same = ["segment_id", "counted_on"]
    db.session.execute(new.on_conflict_do_update(index_elements=same, set_={"customer_count": count}))


def _ask(row: Segment) -> None:
    row.work_state, row.lease_until, row.attempt_count, row.error = WorkState.WAITING, None, 0, ""
    ring_after_commit(BELL)


def _note(action: str, row: Segment, *, by: Actor, now: datetime, **data: Any) -> None:
    note_change(f"{SUBJECT}.{action}", subject_kind=SUBJECT, subject_id=row.id, by=by, now=now, **data)


def _get_locked(segment_id: int) -> Segment:
    found = select(Segment).where(Segment.id == segment_id).with_for_update(key_share=True)
    row = db.session.scalars(found.execution_options(populate_existing=True)).first()
    if row is None:
        raise NotFound(GONE)
    return row
