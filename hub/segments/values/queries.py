"""What the pages of the values ask: stages and movements, the map, members, bands of the churn score, the path of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, case, func, select, text

from hub.core.db import db
from hub.core.errors import Invalid
from hub.core.paging import Page, decode_key, make_page
from hub.core.text import N_
from hub.segments.values.models import ChurnSample, CustomerScore, ScoreChange, ScoreRun
from hub.segments.values.rules import Definitions
from hub.segments.values.sampling import BANDS
from hub.segments.values.words import RfmSegment, RunState, Stage

MOVED_DAYS = 30
PAGE = 50
_S = CustomerScore


@dataclass(frozen=True)
class StageRow:
    """`came_count` and `left_count`: customers who changed into and out of the stage in the last 30 days."""

    stage: Stage
    customer_count: int
    historic_cents: int
    year_cents: int
    predicted_cents: int
    came_count: int
    left_count: int


@dataclass(frozen=True)
class Movement:
    from_stage: Stage
    to_stage: Stage
    customer_count: int


@dataclass(frozen=True)
class CellRow:
    """One of the 25 cells: R, (F+M)/2 rounded up, customers and what they spent in the window."""

    r: int
    fm: int
    customer_count: int
    cents: int


@dataclass(frozen=True)
class BandRow:
    """`sampled_count` customers had such a score at the last sample old enough; `bought_count` of them bought since."""

    lowest: int
    highest: int
    customer_count: int
    sampled_count: int
    bought_count: int


@dataclass(frozen=True)
class Observed:
    bands: list[BandRow]
    taken_at: datetime | None
    until: datetime | None


@dataclass(frozen=True, kw_only=True)
class MemberFilters:
    """Which customers: each given one narrows. `band` is the lowest and highest points."""

    stage: Stage | None = None
    segment: RfmSegment | None = None
    r: int | None = None
    fm: int | None = None
    tier: str | None = None
    band: tuple[int, int] | None = None


@dataclass(frozen=True)
class MemberRow:
    customer_id: int
    stage: Stage
    rfm_segment: RfmSegment | None
    r: int | None
    f: int | None
    m: int | None
    churn_points: int
    historic_cents: int
    predicted_cents: int | None
    order_count: int
    last_order_at: datetime | None
    tier: str | None


@dataclass(frozen=True)
class PathRow:
    """`from_` and `to` differ in stage, named segment or tier."""

    changed_at: datetime
    from_stage: str
    to_stage: str
    from_segment: str | None
    to_segment: str | None
    from_tier: str | None
    to_tier: str | None


def find_last_run() -> datetime | None:
    """As of when the base was last scored as a whole."""
    return db.session.scalar(select(func.max(ScoreRun.as_of)).where(ScoreRun.state == RunState.DONE))


def list_stages(*, now: datetime) -> tuple[list[StageRow], list[Movement]]:
    """Every stage with its customers, and who moved from where to where in the last 30 days, most first."""
    sums = (
        func.count(),
        func.sum(_S.historic_cents),
        func.sum(_S.value_12_months_cents),
        func.sum(_S.predicted_cents),
    )
    found = {row[0]: row[1:] for row in db.session.execute(select(_S.stage, *sums).group_by(_S.stage))}
    moves = select(ScoreChange.from_stage, ScoreChange.to_stage, func.count()).where(
        ScoreChange.changed_at > now - timedelta(days=MOVED_DAYS),
        ScoreChange.from_stage != ScoreChange.to_stage,
    )
    moved = db.session.execute(
        moves.group_by(ScoreChange.from_stage, ScoreChange.to_stage).order_by(func.count().desc())
    )
    movements = [Movement(Stage(before), Stage(after), count) for before, after, count in moved]
    rows = []
    for stage in Stage:
        count, historic, year, predicted = (int(each or 0) for each in found.get(stage, (0, 0, 0, 0)))
        came = sum(each.customer_count for each in movements if each.to_stage is stage)
        left = sum(each.customer_count for each in movements if each.from_stage is stage)
        rows.append(StageRow(stage, count, historic, year, predicted, came, left))
    return rows, movements


def list_cells() -> list[CellRow]:
    """The cells of the map that hold somebody."""
    fm = (_S.f + _S.m + 1) / 2
    cell = select(_S.r, func.floor(fm).label("fm"), func.count(), func.sum(_S.window_cents))
    found = db.session.execute(cell.where(_S.r.is_not(None)).group_by(_S.r, func.floor(fm)))
    return [CellRow(int(r), int(each), count, int(cents or 0)) for r, each, count, cents in found]


def list_tiers() -> dict[str | None, tuple[int, int]]:
    """Customers with an order, and their net value of 12 months, by tier."""
    sums = (func.count(), func.sum(_S.value_12_months_cents))
    found = db.session.execute(select(_S.tier, *sums).where(_S.order_count > 0).group_by(_S.tier))
    return {tier: (count, int(cents or 0)) for tier, count, cents in found}


def list_bands(by: Definitions, *, now: datetime) -> Observed:
    """Customers in each band now; and of those sampled `observed_days` ago, how many bought in that time since.

    Until a sample is that old, the oldest one there is, with the shorter time.
    """
    counts = _count_bands()
    taken_at = db.session.scalar(
        select(func.max(ChurnSample.taken_at)).where(
            ChurnSample.taken_at <= now - timedelta(days=by.observed_days)
        )
    ) or db.session.scalar(select(func.min(ChurnSample.taken_at)).where(ChurnSample.taken_at < now))
    until = min(now, taken_at + timedelta(days=by.observed_days)) if taken_at else None
    seen = _observe(taken_at, until) if taken_at and until else {}
    bands = [
        BandRow(low, high, counts.get(place, 0), *seen.get(place, (0, 0)))
        for place, (low, high) in enumerate(BANDS)
    ]
    return Observed(bands, taken_at, until)


def _count_bands() -> dict[int, int]:
    place = case(*((_S.churn_points.between(low, high), number) for number, (low, high) in enumerate(BANDS)))
    found = select(place, func.count()).where(_S.order_count > 0).group_by(place)
    return dict(db.session.execute(found).all())


_BOUGHT = text("""
    SELECT width_bucket(-s.points, CAST(:borders AS bigint[])), count(*), count(*) FILTER (WHERE EXISTS (
        SELECT FROM orders AS o WHERE o.customer_id = s.customer_id AND o.state <> 'cancelled'
            AND o.placed_at > :taken_at AND o.placed_at <= :until))
    FROM churn_samples AS s WHERE s.taken_at = :taken_at GROUP BY 1
""")


def _observe(taken_at: datetime, until: datetime) -> dict[int, tuple[int, int]]:
    borders = [-highest for _, highest in BANDS[1:]]
    found = db.session.execute(_BOUGHT, {"borders": borders, "taken_at": taken_at, "until": until})
    return {band: (sampled, bought) for band, sampled, bought in found}


def list_members(filters: MemberFilters, after: str | None = None, size: int = PAGE) -> Page[MemberRow]:
    """By number of the customer."""
    wanted = _filtered(select(_S), filters).order_by(_S.customer_id).limit(size + 1)
    if after:
        wanted = wanted.where(_S.customer_id > _place(after))
    rows = [_member(row) for row in db.session.scalars(wanted)]
    return make_page(rows, size=size, key=lambda row: (row.customer_id,))


def count_members(filters: MemberFilters) -> int:
    return db.session.scalar(_filtered(select(func.count()).select_from(_S), filters)) or 0


def _filtered(wanted: Select[Any], filters: MemberFilters) -> Select[Any]:
    given = (
        (filters.stage, _S.stage == filters.stage),
        (filters.segment, _S.rfm_segment == filters.segment),
        (filters.r, _S.r == filters.r),
        (filters.fm, func.floor((_S.f + _S.m + 1) / 2) == filters.fm),
        (filters.tier, _S.tier == filters.tier),
    )
    wanted = wanted.where(*(condition for value, condition in given if value is not None))
    if filters.band is not None:
        wanted = wanted.where(_S.churn_points.between(*filters.band), _S.order_count > 0)
    return wanted


def _place(after: str) -> int:
    match decode_key(after):
        case [int(customer_id)]:
            return customer_id
    raise Invalid(N_("This page address is not valid. Please start again from the first page."))


def list_path(customer_id: int, limit: int = 100) -> Sequence[PathRow]:
    """The changes of one customer, the latest first."""
    c = ScoreChange
    columns = (c.changed_at, c.from_stage, c.to_stage, c.from_segment, c.to_segment, c.from_tier, c.to_tier)
    found = select(*columns).where(c.customer_id == customer_id).order_by(c.changed_at.desc(), c.id.desc())
    return [PathRow(*row) for row in db.session.execute(found.limit(limit))]


def find_score(customer_id: int) -> MemberRow | None:
    """The score of one customer as it stands."""
    row = db.session.get(CustomerScore, customer_id)
    return None if row is None else _member(row)


def _member(row: CustomerScore) -> MemberRow:
    return MemberRow(
        row.customer_id,
        row.stage,
        row.rfm_segment,
        row.r,
        row.f,
        row.m,
        row.churn_points,
        row.historic_cents,
        row.predicted_cents,
        row.order_count,
        row.last_order_at,
        row.tier,
    )
