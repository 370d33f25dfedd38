"""The only reader of time. Business time can be moved by the demo; machine time never moves.

Business time: what customers and staff live in (deadlines, plans, opening hours). Machine time: leases, sessions,
nonces, rate limits, back-off after a failed call.
"""

from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base, db


class ClockSetting(Base):
    """One row: by how much the demo has moved business time."""

    __tablename__ = "clock_setting"

    id: Mapped[int] = mapped_column(primary_key=True)
    offset_seconds: Mapped[float] = mapped_column(default=0.0)


class ClockTask(Base):
    """When an entry of the schedule is due next, business time: no task is lost when the clock process dies.

    `seen_at`: when a clock process last looked at its table, machine time.
    """

    __tablename__ = "clock_tasks"

    name: Mapped[str] = mapped_column(primary_key=True)
    next_due_at: Mapped[datetime]
    last_rung_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]


class _Source:
    """Where this process takes business time from."""

    movable: bool = False
    fixed: Callable[[], datetime] | None = None
    offset: ContextVar[float | None] = ContextVar("offset", default=None)


def machine_now() -> datetime:
    """Real time, aware, UTC."""
    return datetime.now(UTC)


def business_now() -> datetime:
    """The time customers and staff live in, aware, UTC."""
    if _Source.fixed is not None:
        return _Source.fixed()
    if not _Source.movable:
        return machine_now()
    known = _Source.offset.get()
    offset = get_offset_seconds() if known is None else known
    return machine_now() + timedelta(seconds=offset)


def get_offset_seconds() -> float:
    return db.session.scalar(select(ClockSetting.offset_seconds).where(ClockSetting.id == 1)) or 0.0


def remember_offset() -> None:
    """Read the demo's offset once for what follows in this context: a page asks for the time at each line."""
    _Source.offset.set(get_offset_seconds() if _Source.movable and _Source.fixed is None else None)


def forget_offset() -> None:
    _Source.offset.set(None)


def use(*, movable: bool, fixed: Callable[[], datetime] | None = None) -> None:
    """Choose the source once per process: the demo's clock is movable, a test's is fixed."""
    _Source.movable = movable
    _Source.fixed = fixed


def note_tick(*, machine_now: datetime) -> None:
    """The clock process was here; part of the caller's transaction."""
    db.session.execute(
        update(ClockTask).values(seen_at=machine_now).execution_options(synchronize_session=False)
    )


def find_last_tick_at() -> datetime | None:
    """When a clock process was seen last, machine time; None when none has run yet."""
    return db.session.scalar(select(func.max(ClockTask.seen_at)))


def set_business_now(moment: datetime) -> None:
    """Move business time to `moment`; it runs on from there. Part of the caller's transaction."""
    offset = (moment - machine_now()).total_seconds()
    statement = insert(ClockSetting).values(id=1, offset_seconds=offset)
    db.session.execute(statement.on_conflict_do_nothing())
    db.session.execute(update(ClockSetting).where(ClockSetting.id == 1).values(offset_seconds=offset))
    if _Source.offset.get() is not None:
        _Source.offset.set(offset)
