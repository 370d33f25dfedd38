"""A reply on a social network in the words of its webhook, and what becomes of one that nobody carries."""

from collections.abc import Mapping
from typing import Any

from hub.core import clock
from hub.inbox import actions as inbox
from hub.inbox.queries import BridgedReply
from hub.outbox import bridge
from hub.reactions.happening import Happening


def bridged_shape(reply: BridgedReply, handles: Mapping[str, str]) -> dict[str, Any]:
    """Whom it goes to, what it says, which contact it answers; files are fetched with a key of the API."""
    return {
        "message_id": reply.message_id,
        "direction": "out",
        "ticket": reply.ticket,
        "thread_id": _external(reply.first_key),
        "in_reply_to": _external(reply.latest_key),
        "to": {"name": reply.requester_name, "external_ids": dict(handles)},
        "text": reply.text,
        "language": reply.language.value,
        "agent": reply.agent_name,
        "attachments": [
            {
                "id": file.id,
                "name": file.name,
                "type": file.media_type,
                "size": file.size_bytes,
                "sha256": file.sha256,
            }
            for file in reply.attachments
        ],
        "confirm": f"/api/v1/messages/{reply.message_id}",
    }


def _external(key: str | None) -> str | None:
    """What the bridge called its contact, out of the key that made it one."""
    return (key or "").partition("api:")[2].partition(":")[2] or None


def give_up_unheard(seen: Happening) -> None:
    """It was written while a bridge listened and left when none did any more: its author is told."""
    if not bridge.has_listener(seen.data["store_id"]):
        _give_up(seen, bridge.NOBODY_LISTENS)


def give_up_untaken(seen: Happening) -> None:
    _give_up(seen, bridge.NOT_TAKEN)


def _give_up(seen: Happening, why: str) -> None:
    inbox.give_up_delivery(outbound_id=seen.data["outbound_id"], why=why, now=clock.business_now())
