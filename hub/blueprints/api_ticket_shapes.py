"""The JSON shapes of tickets, messages, notes and files that other systems send, and how they become the inbox's."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from hub.blueprints.api_delivery_shapes import sent_of
from hub.blueprints.api_shapes import message as message_shape
from hub.core.words import Channel, Language
from hub.customers.actions import CustomerDetails
from hub.customers.words import Title
from hub.inbox.queries import AttachmentRow, FoundFile, ThreadMessage, TicketView
from hub.inbox.values import Incoming, IncomingFile
from hub.inbox.words import MessageKind, Priority, TicketState
from hub.outbox.queries import MessageRow

Line = Annotated[str, StringConstraints(max_length=254)]
Key = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[a-z0-9_.-]+$")]
Id = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Files = Annotated[list[Annotated[str, StringConstraints(max_length=2000)]], Field(max_length=10)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=50_000)]
Words = Annotated[str, StringConstraints(max_length=50_000)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Person(_Strict):
    """Who a customer is. At least a mail address, a phone number, a loyalty card or an id of another system."""

    email: Line | None = None
    phone: Annotated[str, StringConstraints(max_length=40)] | None = None
    title: Title | None = None
    first_name: Line = ""
    last_name: Line = ""
    postcode: Annotated[str, StringConstraints(max_length=20)] = ""
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] | None = None
    company: Line = ""
    language: Language | None = None
    loyalty_card: Annotated[str, StringConstraints(max_length=80)] | None = None
    external_ids: Annotated[dict[Key, Id], Field(max_length=20)] = Field(
        default_factory=dict,
        description='how other systems know the customer, by system: {"instagram": "178414…"}',
    )


class TicketBody(_Strict):
    """A new contact of a customer, of any channel; social networks name the customer by `external_ids`."""

    channel: Channel = Channel.API
    customer: Person
    subject: Annotated[str, StringConstraints(max_length=500)] = ""
    text: Words = Field(default="", description="may be empty where a file comes along")
    store: Line | None = Field(default=None, description="code of a store; without it the ticket is routed")
    reason: Line | None = Field(default=None, description="key of a contact reason")
    priority: Priority | None = None
    assignee: Line | None = Field(default=None, description="mail address of an active agent")
    order_number: Line | None = None
    language: Language | None = None
    external_id: Id | None = Field(default=None, description="the same one again is the same contact")
    attachments: Files = Field(default_factory=list, description="ids given by POST /attachments")


class TicketPatch(_Strict):
    """Only the fields given are changed. `reason` is needed to solve a ticket that has none."""

    state: TicketState | None = Field(default=None, description="open, pending or solved")
    reason: Line | None = Field(default=None, description="key of a contact reason")
    store: Line | None = Field(default=None, description="code of a store; null: the central queue")
    assignee: Line | None = Field(default=None, description="mail address of an agent; null: nobody")
    priority: Priority | None = None
    tags: (
        Annotated[list[Annotated[str, StringConstraints(min_length=1, max_length=80)]], Field(max_length=20)]
        | None
    ) = Field(default=None, description="the tags it has afterwards")
    last_event_id: int | None = Field(
        default=None,
        ge=0,
        lt=2**63,
        description="as read; 412 when the ticket has changed since (or If-Match)",
    )


class MessageBody(_Strict):
    """`from` customer: what the customer wrote, taken over from another system. `from` agent: a reply of the key's
    person, which leaves by mail (where the customer wrote by SMS, WhatsApp or on a social network with a bridge: there),
    unless `is_sent` says that the caller has delivered it.
    """

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    author: Literal["customer", "agent"] = Field(alias="from")
    text: Words = Field(default="", description="may be empty where a file of the customer comes along")
    agent: Line | None = Field(
        default=None, description="mail address of who answers, if not the key's person"
    )
    is_sent: bool = Field(default=False, description="the caller has delivered this reply already")
    channel: Channel | None = None
    name: Line = ""
    external_id: Id | None = Field(default=None, description="the same one again is the same message")
    last_event_id: int | None = Field(
        default=None, ge=0, lt=2**63, description="409 when somebody was faster"
    )
    attachments: Files = Field(default_factory=list)


class DeliveryPatch(_Strict):
    """What became of a reply that the webhook message.to_deliver carried; the same word twice is one."""

    state: Literal["delivered", "failed"]
    external_id: Id | None = Field(default=None, description="what the network calls the message")
    reason: Annotated[str, StringConstraints(max_length=300)] = Field(
        default="", description="why it was not delivered; the author reads it"
    )


class NoteBody(_Strict):
    """A line that only the staff sees."""

    text: Text
    external_id: Id | None = Field(default=None, description="the same one again is the same note")
    attachments: Files = Field(default_factory=list)


class TicketMessageBody(MessageBody):
    """A message with the number of the ticket it belongs to."""

    ticket: Line = Field(description="number of the ticket")


class TicketNoteBody(NoteBody):
    """A note with the number of the ticket it belongs to."""

    ticket: Line = Field(description="number of the ticket")


class NotePatch(_Strict):
    """Other words for a note: people it names for the first time are not told."""

    text: Text


class FilePatch(_Strict):
    """Another name for a file; its type is found from its content and stays."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=200)]


def details_of(
    person: Person, *, store_id: int | None = None, birth_on: date | None = None
) -> CustomerDetails:
    """The customer as the customers room takes it."""
    given = person.model_dump(exclude={"birth_on", "store", "properties"})
    return CustomerDetails(**given, preferred_store_id=store_id, birth_on=birth_on)


def ticket_incoming(
    body: TicketBody, *, store_id: int | None, files: Sequence[IncomingFile], key: str | None
) -> Incoming:
    """The contact as the inbox takes it."""
    who = body.customer
    return Incoming(
        channel=body.channel,
        from_address=who.email or "",
        from_name=" ".join(filter(None, (who.first_name.strip(), who.last_name.strip()))),
        phone=who.phone or None,
        external_ids=_ids_of(who),
        subject=body.subject or (files[0].name if files and not body.text.strip() else ""),
        text=body.text,
        store_id=store_id,
        order_number=body.order_number,
        reason_key=body.reason,
        language=body.language or who.language,
        attachments=tuple(files),
        key=key,
    )


def _ids_of(who: Person) -> dict[str, str]:
    card = {"loyalty_card": who.loyalty_card} if who.loyalty_card else {}
    return {**who.external_ids, **card}


def message_incoming(
    body: MessageBody, ticket: TicketView, *, files: Sequence[IncomingFile], key: str | None
) -> Incoming:
    """What the customer of this ticket wrote elsewhere."""
    address = ticket.requester_address or ""
    return Incoming(
        channel=body.channel or ticket.channel,
        from_address=address if "@" in address else "",
        phone=address if address.startswith("+") else None,
        from_name=body.name or ticket.requester_name,
        subject=ticket.subject,
        text=body.text,
        store_id=ticket.store_id,
        language=ticket.language,
        attachments=tuple(files),
        key=key,
    )


def messages(lines: Sequence[ThreadMessage], *, is_note: bool) -> list[dict[str, Any]]:
    """The thread without its notes, or the notes alone."""
    sent = sent_of(lines)
    return [message_of(line, sent) for line in lines if (line.kind is MessageKind.NOTE) is is_note]


def message_of(line: ThreadMessage, sent: Mapping[int, MessageRow]) -> dict[str, Any]:
    """One line with the ids of its files."""
    return message_shape(line, sent) | {
        "event_id": line.event_id,
        "edited_at": line.edited_at.isoformat() if line.edited_at else None,
        "is_public": line.kind is not MessageKind.NOTE,
        "attachments": [attachment(file) for file in line.attachments],
    }


def attachment(row: AttachmentRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "type": row.media_type,
        "size": row.size_bytes,
        "sha256": row.sha256,
    }


def file_of(found: FoundFile) -> dict[str, Any]:
    """A file with the message and the ticket it came in."""
    return attachment(found.file) | {"message_id": found.file.message_id, "ticket": found.number}


def given_fields(patch: TicketPatch) -> frozenset[str]:
    """What the caller wants changed; null leaves state and priority as they are."""
    empty = {name for name in ("state", "priority", "tags") if getattr(patch, name) is None}
    return frozenset(patch.model_fields_set - {"last_event_id"} - empty)
