"""By which channel a ticket is answered, and at which address there; the composer and the reply ask the same question."""

from dataclasses import dataclass
from typing import Protocol

from hub.core.words import Channel
from hub.customers.looking import get_external_ids
from hub.inbox.words import TEXTS
from hub.outbox import bridge

NETWORKS = (
    "instagram",
    "facebook",
    "messenger",
    "x",
    "twitter",
    "tiktok",
    "linkedin",
    "youtube",
    "telegram",
    "google",
    "trustpilot",
)
"""Systems that are social networks, when a customer is known to shop and till too."""


class Answered(Protocol):
    """What of a ticket decides how it is answered."""

    @property
    def number(self) -> str: ...
    @property
    def channel(self) -> Channel: ...
    @property
    def store_id(self) -> int | None: ...
    @property
    def customer_id(self) -> int | None: ...
    @property
    def requester_address(self) -> str | None: ...


@dataclass(frozen=True)
class ReplyWay:
    """`address` "" : nothing is known to answer to. `is_open` False: nobody carries replies to that network."""

    channel: Channel
    address: str
    is_open: bool = True

    @property
    def can_reply(self) -> bool:
        return bool(self.address) and self.is_open


def reply_channel(ticket: Answered) -> Channel:
    """Who wrote by SMS, WhatsApp or on a social network is answered there; everybody else by mail.

    On a social network only while a bridge listens, or when there is no mail address to fall back on.
    """
    has_mail = "@" in (ticket.requester_address or "")
    if ticket.channel in TEXTS and not has_mail:
        return ticket.channel
    if ticket.channel is Channel.SOCIAL and (not has_mail or bridge.has_listener(ticket.store_id)):
        return Channel.SOCIAL
    return Channel.EMAIL


def find_way(ticket: Answered) -> ReplyWay:
    """Where a reply of this ticket would go now."""
    channel, address = reply_channel(ticket), ticket.requester_address or ""
    if channel is Channel.SOCIAL:
        return ReplyWay(channel, find_handle(ticket), bridge.has_listener(ticket.store_id))
    if channel is Channel.EMAIL and "@" not in address:
        return ReplyWay(channel, "")
    return ReplyWay(channel, address)


def find_handle(ticket: Answered) -> str:
    """`system:id` of the customer where one network is known; of none or several, the ticket by its number.

    It only names somebody for the staff: the bridge is told every id and the contact that it brought here.
    """
    known = get_external_ids([ticket.customer_id]).get(ticket.customer_id, {}) if ticket.customer_id else {}
    handles = [f"{name}:{known[name]}" for name in NETWORKS if name in known]
    return handles[0] if len(handles) == 1 else f"ticket:{ticket.number}"
