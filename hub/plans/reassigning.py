"""What the plans room gives from one customer to another: passages through plans, the same one once, and what they wrote."""

from sqlalchemy import func, literal

from hub.core.batches import table_of
from hub.customers.merging.journal import Journal
from hub.customers.merging.owning import Fate, owned
from hub.plans.models import AudienceMember, Enrolment, ErasureDate, PostalRow
from hub.plans.words import EnrolmentState, ExitReason

OWNED = (
    owned(Enrolment),
    owned(AudienceMember),
    owned(PostalRow),
    owned(ErasureDate, Fate.DERIVED),
)
"""The day of erasure goes with who was silent: the one he has become has given signs of life, or has a day of his own."""
OWN_KEY = "~"


def reassign(merge: Journal) -> int:
    """A passage that both had (both were welcomed) goes on for the survivor only; the other one ends, with its history."""
    table = table_of(Enrolment)
    count = 0
    for twice in OWNED[0].is_twice(merge.from_id, merge.to_id):
        waits = twice & (table.c.state == EnrolmentState.WAITING)
        ended = {
            "state": EnrolmentState.ENDED,
            "due_at": None,
            "step_key": None,
            "ended_at": merge.now,
            "exit_reason": ExitReason.MERGED,
        }
        count += merge.change(table, waits, ended)
        own_key = func.concat(table.c.entry_key, literal(f"{OWN_KEY}{merge.from_id}"))
        count += merge.change(table, twice, {"entry_key": own_key})
    return count + merge.give(OWNED)
