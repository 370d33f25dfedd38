"""What the outbox tells of letters of questionnaires: who received an invitation, and whom not to remind any more."""

from hub.core import clock
from hub.core.words import Channel, Purpose
from hub.outbox import queries as outbox
from hub.questionnaires.sending import noting
from hub.questionnaires.sending.letters import SOURCE
from hub.reactions.happening import Happening


def note_accepted(seen: Happening) -> None:
    """Mail has arrived unless it comes back; of a phone its carrier tells."""
    if _is_invitation(seen) and outbox.get_message(seen.data["outbound_id"]).channel is Channel.EMAIL:
        noting.note_delivered(seen.data["source_id"], at=seen.happened_at)


def note_delivered(seen: Happening) -> None:
    if _is_invitation(seen):
        noting.note_delivered(seen.data["source_id"], at=seen.happened_at)


def note_bounced(seen: Happening) -> None:
    if _is_invitation(seen):
        noting.note_bounced(seen.data["source_id"])


def call_reminder_back(seen: Happening) -> None:
    """In anonymous mode nobody is known who could be called back for."""
    response_id = seen.data.get("response_id")
    if response_id is not None:
        noting.call_reminder_back(response_id, now=clock.business_now())


def _is_invitation(seen: Happening) -> bool:
    """The first letter, not its reminder."""
    return bool(seen.data["source_kind"] == SOURCE) and seen.data["purpose"] == Purpose.SURVEY
