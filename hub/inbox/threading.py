"""Which ticket a message belongs to: signed addresses and ids, references, numbers; pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from hub.core import signing
from hub.core.text import shorten
from hub.inbox.words import MessageKind, ThreadedBy

REPLY_PURPOSE = "ticket-reply"
MESSAGE_PURPOSE = "ticket-message"
MAX_REFERENCES = 30
PREVIEW_CHARS = 140
SAID = (MessageKind.CUSTOMER, MessageKind.AGENT, MessageKind.CALL)
"""The lists show the latest of these."""
_REPLY_ADDRESS = re.compile(r"\At\+(\d{1,18})\.([a-z2-7]{16})\Z", re.IGNORECASE)
_OWN_MESSAGE = re.compile(r"\A<?t(\d{1,18})\.(\d{1,18})\.([a-z2-7]{16})@([^@<>\s]+)>?\Z", re.IGNORECASE)
_NUMBER = re.compile(r"\bT-\d{4}-\d{5,12}\b", re.IGNORECASE)


@dataclass(frozen=True)
class Token:
    """A claim that a message belongs to a ticket; genuine only for the address it was signed for."""

    ticket_id: int
    message: str
    code: str


@dataclass(frozen=True)
class Hints:
    """What a message says of its ticket, surest first; `references` from the latest to the oldest."""

    tokens: tuple[Token, ...] = ()
    references: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Known:
    """What our tables know about the hints: who takes part in a ticket, and which ticket has an id or number."""

    parties: Mapping[int, frozenset[str]] = field(default_factory=dict)
    by_message_id: Mapping[str, int] = field(default_factory=dict)
    by_number: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Thread:
    """`related_id` is a ticket that was named without proof: shown as "possibly related"."""

    ticket_id: int | None
    by: ThreadedBy
    related_id: int | None = None


def make_number(ticket_id: int, opened_at: datetime) -> str:
    """`T-2603-00042`: year and month of opening, then the ticket's own id. Unique, short enough for the phone."""
    return f"T-{opened_at:%y%m}-{ticket_id:05d}"


def make_reply_address(ticket_id: int, recipient: str, domain: str) -> str:
    """Where the recipient's answer comes back to; the code binds ticket and recipient."""
    code = signing.code(REPLY_PURPOSE, f"{ticket_id}:{recipient.lower()}")
    return f"t+{ticket_id}.{code}@{domain}"


def make_message_id(ticket_id: int, event_id: int, recipient: str, domain: str) -> str:
    """Our Message-ID: the code binds ticket, message and recipient."""
    code = signing.code(MESSAGE_PURPOSE, f"{ticket_id}.{event_id}:{recipient.lower()}")
    return f"<t{ticket_id}.{event_id}.{code}@{domain}>"


def is_genuine(token: Token, addresses: Iterable[str]) -> bool:
    """Whether we signed this token for one of these addresses."""
    if token.message:
        return any(
            signing.is_code(
                MESSAGE_PURPOSE, f"{token.ticket_id}.{token.message}:{address.lower()}", token.code
            )
            for address in addresses
        )
    return any(
        signing.is_code(REPLY_PURPOSE, f"{token.ticket_id}:{address.lower()}", token.code)
        for address in addresses
    )


def read_hints(
    *,
    recipients: Iterable[str],
    in_reply_to: str | None,
    references: Iterable[str],
    subject: str,
    domain: str,
) -> Hints:
    """Everything in a message that points to a ticket of ours."""
    latest_first = tuple(reversed(tuple(references)[-MAX_REFERENCES:]))
    ids = tuple(dict.fromkeys((*((in_reply_to,) if in_reply_to else ()), *latest_first)))
    own = (_message_token(message_id, domain) for message_id in ids)
    addressed = (_address_token(address, domain) for address in recipients)
    tokens = tuple(token for token in (*addressed, *own) if token)
    return Hints(tokens, ids, tuple(number.upper() for number in _NUMBER.findall(subject)[:3]))


def choose_thread(hints: Hints, known: Known, *, sender: str) -> Thread:
    """Signed token, then References, then a number in the subject if the sender already takes part (inbox.md)."""
    for token in hints.tokens:
        if is_genuine(token, {sender, *known.parties.get(token.ticket_id, ())}):
            return Thread(token.ticket_id, ThreadedBy.SIGNED)
    for message_id in hints.references:
        if message_id in known.by_message_id:
            return Thread(known.by_message_id[message_id], ThreadedBy.REFERENCES)
    named = [known.by_number[number] for number in hints.numbers if number in known.by_number]
    for ticket_id in named:
        if sender.lower() in known.parties.get(ticket_id, ()):
            return Thread(ticket_id, ThreadedBy.SUBJECT)
    return Thread(None, ThreadedBy.NONE, named[0] if named else None)


def follow_merges(ticket_id: int, merged_into: Mapping[int, int]) -> int:
    """The ticket at the end of a chain of merges; a ring ends at the first ticket met twice."""
    seen = {ticket_id}
    while (target := merged_into.get(ticket_id)) is not None and target not in seen:
        seen.add(target)
        ticket_id = target
    return ticket_id


def preview_of(text: str) -> str:
    """What the lists show of a message."""
    return shorten(text, PREVIEW_CHARS)


def _address_token(address: str, domain: str) -> Token | None:
    local, _, host = address.rpartition("@")
    found = _REPLY_ADDRESS.match(local) if host.lower() == domain else None
    return Token(int(found[1]), "", found[2].lower()) if found else None


def _message_token(message_id: str, domain: str) -> Token | None:
    found = _OWN_MESSAGE.match(message_id)
    if not found or found[4].lower() != domain:
        return None
    return Token(int(found[1]), found[2], found[3].lower())
