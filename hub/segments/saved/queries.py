"""What others look up about saved segments: the list, one, its members, its size by day, who uses it."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, literal, select, tuple_

from hub.core.batches import among
from hub.core.db import db
from hub.core.errors import Invalid, NotFound
from hub.core.paging import Page, decode_key, make_page
from hub.core.text import N_
from hub.customers.models import Customer
from hub.segments.compiling.frame import Bounds
from hub.segments.compiling.statement import ask_ids, is_there
from hub.segments.models import Segment, SegmentFile, SegmentMember, SegmentSize, SegmentUse
from hub.segments.saved.counting import PAGE_SECONDS, find_ids, long_question
from hub.segments.saved.loading import open_frame, open_tree
from hub.segments.saved.rows import FileRow, SegmentRow, SizeRow, UseRow
from hub.segments.words import SegmentKind
from hub.staff.models import Agent

GONE = N_("This segment does not exist. Please reload the list.")
BAD_PAGE = N_("This page address is not valid. Please start again from the first page.")
PAGE_SIZE = 50
HISTORY_DAYS = 365


def get_segment(segment_id: int) -> SegmentRow:
    """Also an archived one. Raises NotFound."""
    row = db.session.execute(_rows().where(Segment.id == segment_id)).first()
    if row is None:
        raise NotFound(GONE)
    return _row_of(row)


def list_segments(
    *, is_archived: bool = False, after: str | None = None, size: int = PAGE_SIZE
) -> Page[SegmentRow]:
    """By name."""
    statement = _rows().where(
        Segment.archived_at.is_not(None) if is_archived else Segment.archived_at.is_(None)
    )
    if after:
        statement = statement.where(_after(after))
    found = db.session.execute(statement.order_by(Segment.sort_key, Segment.id).limit(size + 1)).all()
    keys = {row.Segment.id: row.Segment.sort_key for row in found}
    return make_page([_row_of(row) for row in found], size=size, key=lambda row: (keys[row.id], row.id))


def _after(after: str) -> Any:
    match decode_key(after):
        case [str(sort_key), int(segment_id)]:
            return tuple_(Segment.sort_key, Segment.id) > tuple_(literal(sort_key), literal(segment_id))
    raise Invalid(BAD_PAGE)


def list_names(ids: Collection[int] | None = None) -> list[tuple[int, str]]:
    """Id and name by name: those of the ids, else all that are not archived."""
    if ids is not None and not ids:
        return []
    chosen = Segment.archived_at.is_(None) if ids is None else among(Segment.id, ids)
    found = db.session.execute(
        select(Segment.id, Segment.name).where(chosen).order_by(Segment.sort_key, Segment.id)
    )
    return [(row.id, row.name) for row in found]


def _rows() -> Any:
    rows: Any = select(Segment, Agent.name.label("owner_name"))
    return rows.outerjoin(Agent, Agent.id == Segment.owner_id)


def _row_of(row: Any) -> SegmentRow:
    segment: Segment = row.Segment
    return SegmentRow(
        id=segment.id,
        name=segment.name,
        description=segment.description,
        kind=segment.kind,
        definition=segment.definition,
        revision=segment.revision,
        owner_id=segment.owner_id,
        owner_name=row.owner_name or "",
        customer_count=segment.customer_count,
        counted_at=segment.counted_at,
        refreshed_at=segment.refreshed_at,
        work_state=segment.work_state,
        error=segment.error,
        created_at=segment.created_at,
        updated_at=segment.updated_at,
        archived_at=segment.archived_at,
    )


def list_uses(segment_ids: Collection[int]) -> dict[int, list[UseRow]]:
    """What looks at each of these segments."""
    found: dict[int, list[UseRow]] = {}
    rows = select(SegmentUse).where(among(SegmentUse.segment_id, segment_ids)).order_by(SegmentUse.name)
    for use in db.session.scalars(rows):
        found.setdefault(use.segment_id, []).append(UseRow(use.source_kind, use.source_id, use.name))
    return found


def list_sizes(segment_id: int, *, now: datetime, days: int = HISTORY_DAYS) -> list[SizeRow]:
    """How many it held, day by day, the oldest first."""
    since = (now - timedelta(days=days)).date()
    mine = (SegmentSize.segment_id == segment_id, SegmentSize.counted_on >= since)
    found = db.session.scalars(select(SegmentSize).where(*mine).order_by(SegmentSize.counted_on))
    return [SizeRow(each.counted_on, each.customer_count) for each in found]


def list_member_ids(
    row: SegmentRow,
    *,
    now: datetime,
    after: str | None = None,
    size: int = PAGE_SIZE,
    seconds: int = PAGE_SECONDS,
) -> Page[int]:
    """Members by id: of a live segment who fits now, of a static one whom it keeps. Raises TooLongError."""
    after_id = _id_of(after)
    return make_page(
        next_ids(row, after_id, size + 1, now=now, seconds=seconds), size=size, key=lambda each: (each,)
    )


def next_ids(
    row: SegmentRow, after_id: int, limit: int, *, now: datetime, seconds: int = PAGE_SECONDS
) -> Sequence[int]:
    """The same without a page: the next ids behind one. Raises TooLongError."""
    if row.kind is SegmentKind.LIVE:
        return find_ids(open_tree(row.definition), now=now, after_id=after_id, limit=limit, seconds=seconds)
    kept = _kept(row.id).where(SegmentMember.customer_id > after_id)
    return db.session.scalars(kept.order_by(SegmentMember.customer_id).limit(limit)).all()


def _kept(segment_id: int) -> Select[Any]:
    return (
        select(SegmentMember.customer_id)
        .join(Customer, Customer.id == SegmentMember.customer_id)
        .where(SegmentMember.segment_id == segment_id, *is_there())
    )


def _id_of(after: str | None) -> int:
    if not after:
        return 0
    match decode_key(after):
        case [int(customer_id)] if 0 <= customer_id < 2**63:
            return customer_id
    raise Invalid(BAD_PAGE)


def count_kept(segment_id: int) -> int:
    """How many a static segment keeps, without those who are gone."""
    return db.session.scalar(select(func.count()).select_from(_kept(segment_id).subquery())) or 0


def is_member(segment_id: int, customer_ids: Collection[int], *, now: datetime) -> set[int]:
    """Those of the customers who are in the segment now. Reads only their rows. Raises NotFound or TooLongError."""
    if not customer_ids:
        return set()
    row = get_segment(segment_id)
    ids = sorted(set(customer_ids))
    if row.kind is SegmentKind.STATIC:
        return set(db.session.scalars(_kept(segment_id).where(among(SegmentMember.customer_id, ids))))
    root = open_tree(row.definition)
    statement = ask_ids(root, open_frame(root, now=now, bounds=Bounds(ids=ids)))
    with long_question():
        return set(db.session.scalars(statement))


def list_files(segment_id: int, limit: int = 10) -> list[FileRow]:
    """The files asked for, the latest first."""
    found = select(SegmentFile).where(SegmentFile.segment_id == segment_id).order_by(SegmentFile.id.desc())
    return [_file_of(row) for row in db.session.scalars(found.limit(limit))]


def get_file(segment_id: int, file_id: int) -> FileRow:
    """Raises NotFound."""
    row = db.session.get(SegmentFile, file_id)
    if row is None or row.segment_id != segment_id:
        raise NotFound(N_("This file does not exist any more. Please ask for it again."))
    return _file_of(row)


def _file_of(row: SegmentFile) -> FileRow:
    return FileRow(
        row.id,
        row.segment_id,
        row.kind,
        row.state,
        row.asked_at,
        row.done_at,
        row.ends_at,
        row.row_count,
        row.file_sha256,
        row.error,
    )
