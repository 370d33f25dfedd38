"""Which texts of the base went into answers, and what became of the tickets."""

from hub.inbox.queries.inserted import find_inserted, is_solved
from hub.knowledge import uses
from hub.knowledge.rows import Use
from hub.reactions.happening import Happening

USES = "uses"


def note_uses(seen: Happening) -> None:
    """The composer said with the answer what was inserted, and how much of it was left as it was."""
    message_id = seen.data["message_id"]
    found = [Use(**each) for each in find_inserted(message_id).get(USES, ())]
    if found:
        uses.note_uses(
            ticket_id=seen.data["ticket_id"], message_id=message_id, uses=found, now=seen.happened_at
        )


def settle_uses(seen: Happening) -> None:
    """Solved or open again: what the ticket is by now counts, whichever fact comes last."""
    ticket_id = seen.data["ticket_id"]
    uses.settle_uses(ticket_id=ticket_id, solved_at=seen.happened_at if is_solved(ticket_id) else None)
