"""What a person does with a takeover: hand a file in, choose the store of each group, start it, stop it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, BinaryIO

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from hub.core import files
from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.db import db, ring_after_commit
from hub.core.errors import Conflict, Invalid, NotFound
from hub.core.text import N_
from hub.takeover.models import Takeover, TakeoverProblem
from hub.takeover.values import BadRowError
from hub.takeover.words import TakeoverSource, TakeoverState

BELL = "takeovers"
SUBJECT = "takeover"


def begin_takeover(
    source: TakeoverSource,
    *,
    file_name: str,
    content: BinaryIO,
    own: Sequence[str] = (),
    by: Actor,
    now: datetime,
) -> int:
    """Keep the file and let a worker read it; nothing is taken over yet. Returns its id. Raises Invalid (field file).

    The file may be of any size: it goes to the shelf in small pieces.
    """
    sha256, size = files.keep_stream(content)
    if not size:
        raise Invalid(N_("This file is empty. Please choose another one."), field="file")
    row = Takeover(
        source=source,
        file_name=file_name.replace("\x00", "")[-200:],
        sha256=sha256,
        state=TakeoverState.CHECKING,
        mapping={"own": list(own)},
        report={},
        created_by_id=by.agent_id,
        created_at=now,
    )
    db.session.add(row)
    db.session.flush()
    _note("begun", row, by=by, now=now)
    ring_after_commit(BELL)
    return row.id


def start_takeover(takeover_id: int, groups: Mapping[str, int | None], *, by: Actor, now: datetime) -> None:
    """Take over what was read, each group to its store; goes on where it was stopped. Raises Conflict."""
    row = _get_locked(takeover_id)
    if not may_start(row.state, row.report):
        raise Conflict(N_("This takeover runs already, or has ended."))
    row.mapping = {**row.mapping, "groups": dict(groups)}
    row.state = TakeoverState.RUNNING
    row.ended_at, row.error, row.attempt_count = None, "", 0
    row.report = {name: value for name, value in row.report.items() if name != "error"}
    _note("started", row, by=by, now=now)
    db.session.flush()
    ring_after_commit(BELL)


def may_start(state: TakeoverState, report: Mapping[str, Any]) -> bool:
    """Whether it can be taken over: read, stopped, or failed after it was read."""
    has_failed_later = state is TakeoverState.FAILED and "tickets" in report
    return state in {TakeoverState.CHECKED, TakeoverState.STOPPED} or has_failed_later


def stop_takeover(takeover_id: int, *, by: Actor, now: datetime) -> None:
    """What was taken over stays; the rest can be taken over later."""
    row = _get_locked(takeover_id)
    if row.state is not TakeoverState.RUNNING:
        raise Conflict(N_("This takeover does not run."))
    row.state = TakeoverState.STOPPED
    _note("stopped", row, by=by, now=now)
    db.session.flush()


def keep_problems(takeover_id: int, bad: Sequence[BadRowError]) -> None:
    """Rows that could not be taken, each with its reason once."""
    if not bad:
        return
    rows: list[dict[str, Any]] = [
        {
            "takeover_id": takeover_id,
            "kind": error.kind,
            "external_id": error.external_id,
            "reason": error.reason,
            "row": dict(error.row),
        }
        for error in bad
    ]
    db.session.execute(insert(TakeoverProblem).on_conflict_do_nothing(), rows)


def _get_locked(takeover_id: int) -> Takeover:
    row = db.session.scalar(select(Takeover).where(Takeover.id == takeover_id).with_for_update())
    if row is None:
        raise NotFound(N_("This takeover does not exist. Please go back to the list."))
    return row


def _note(action: str, row: Takeover, *, by: Actor, now: datetime) -> None:
    note_change(
        f"{SUBJECT}.{action}", subject_kind=SUBJECT, subject_id=row.id, by=by, now=now, source=row.source
    )
