"""Signs of life of the staff: whoever has a page of the hub open is there to answer. Machine time."""

from datetime import datetime

from sqlalchemy.dialects.postgresql import insert

from hub.core.db import db
from hub.staff.models import Attendance


def note_attendance(*, agent_id: int, machine_now: datetime) -> None:
    """The person has a page open now."""
    statement = insert(Attendance).values(agent_id=agent_id, seen_at=machine_now)
    db.session.execute(
        statement.on_conflict_do_update(index_elements=["agent_id"], set_={"seen_at": machine_now})
    )
