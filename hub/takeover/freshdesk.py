"""An export of Freshdesk: tickets, conversations and contacts as its API writes them, the account export, or CSV."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import PurePosixPath
from typing import Any

from hub.core.errors import Invalid
from hub.core.text import N_
from hub.core.words import Channel
from hub.inbox.words import MessageKind, Priority, TicketState
from hub.takeover import fields
from hub.takeover.csv_rows import CsvTable
from hub.takeover.json_rows import JsonRow
from hub.takeover.opening import NOT_READABLE, Bundle, read_json
from hub.takeover.values import BadRowError, Export, ForeignFile, ForeignMessage, ForeignPerson, ForeignTicket
from hub.takeover.words import TakeoverSource

Row = Mapping[str, Any]
KINDS = {
    "tickets": ("tickets", "helpdesk_tickets"),
    "conversations": ("conversations", "notes"),
    "contacts": ("contacts", "users"),
    "agents": ("agents",),
    "groups": ("groups",),
}
S, P, C = TicketState, Priority, Channel
STATES: dict[str, TicketState] = {
    "2": S.OPEN, "open": S.OPEN, "3": S.PENDING, "pending": S.PENDING, "4": S.SOLVED, "resolved": S.SOLVED,
    "5": S.SOLVED, "closed": S.SOLVED, "6": S.PENDING, "waiting on customer": S.PENDING,
    "7": S.PENDING, "waiting on third party": S.PENDING,
}  # fmt: skip
PRIORITIES: dict[str, Priority] = {
    "1": P.LOW, "low": P.LOW, "2": P.NORMAL, "medium": P.NORMAL, "3": P.HIGH, "high": P.HIGH,
    "4": P.URGENT, "urgent": P.URGENT,
}  # fmt: skip
CHANNELS: dict[str, Channel] = {
    "1": C.EMAIL, "email": C.EMAIL, "2": C.FORM, "portal": C.FORM, "3": C.PHONE, "phone": C.PHONE,
    "4": C.SOCIAL, "forum": C.SOCIAL, "5": C.SOCIAL, "twitter": C.SOCIAL, "6": C.SOCIAL, "facebook": C.SOCIAL,
    "7": C.CHAT, "chat": C.CHAT, "9": C.FORM, "feedback widget": C.FORM, "10": C.EMAIL, "outbound email": C.EMAIL,
    "13": C.WHATSAPP, "whatsapp": C.WHATSAPP,
}  # fmt: skip


def open_freshdesk(bundle: Bundle) -> Export:
    """Raises Invalid (field file) when there is no list of tickets."""
    try:
        rows = _gather(read_json(bundle))
        _add_tables(rows, bundle)
    except ValueError:
        rows = {"tickets": []}
    if not rows["tickets"]:
        raise Invalid(NOT_READABLE, field="file", source="Freshdesk")
    reader = _Reader(bundle, rows)
    return Export(
        TakeoverSource.FRESHDESK,
        [partial(person_of, row) for row in rows["contacts"]],
        [partial(reader.ticket, row) for row in rows["tickets"]],
    )


def _gather(documents: Sequence[tuple[str, Any]]) -> dict[str, list[Row]]:
    """Lists by kind; the account export wraps each row (`helpdesk_ticket`, `user`) and numbers its files."""
    rows: dict[str, list[Row]] = {kind: [] for kind in KINDS}
    for stem, document in documents:
        parts = document if isinstance(document, dict) else {stem.rstrip("0123456789-_"): document}
        for name, part in parts.items():
            for kind, names in KINDS.items():
                if str(name).lower() in names and isinstance(part, list):
                    rows[kind] += [_unwrapped(row) for row in part if isinstance(row, Mapping)]
    return rows


def _unwrapped(row: Row) -> Row:
    for name in ("helpdesk_ticket", "helpdesk_note", "user", "ticket", "conversation", "contact"):
        if isinstance(row.get(name), dict) and len(row) == 1:
            found: Row = row.below(name) if isinstance(row, JsonRow) else row[name]
            return found
    return row


def _add_tables(rows: dict[str, list[Row]], bundle: Bundle) -> None:
    for name in bundle.names:
        if PurePosixPath(name).suffix.lower() != ".csv":
            continue
        table = CsvTable(partial(bundle.view, name))
        if "ticket id" in table.names:
            rows["tickets"] += table.rows(_from_table)
        else:
            rows["contacts"] += table.rows(_contact_from_table)


def _contact_from_table(row: Row) -> Row:
    return {**row, "id": row.get("contact id") or row.get("email")}


def _from_table(row: Row) -> Row:
    """A line of the CSV export in the words of the API; it holds no messages."""
    return {
        "id": row.get("ticket id"),
        "subject": row.get("subject"),
        "status": row.get("status"),
        "priority": row.get("priority"),
        "source": row.get("source"),
        "group_name": row.get("group"),
        "responder_name": row.get("agent"),
        "created_at": row.get("created time"),
        "updated_at": row.get("last update time") or row.get("last updated time"),
        "closed_at": row.get("closed time") or row.get("resolved time"),
        "tags": [tag.strip() for tag in str(row.get("tags") or "").split(",") if tag.strip()],
        "requester": {
            "id": row.get("contact id") or row.get("email"),
            "name": row.get("full name") or row.get("contact name"),
            "email": row.get("email"),
            "phone": row.get("mobile phone") or row.get("work phone"),
        },
        "is_table": True,
    }


def person_of(row: Row) -> ForeignPerson:
    external_id = fields.text_of(row.get("id"), 80)
    if not external_id:
        raise BadRowError(
            "customer", fields.text_of(row.get("name")) or "–", N_("It has no id."), fields.shown(row)
        )
    first, last = fields.split_name(row.get("name") or row.get("full name"))
    company = row.get("company_name") or row.get("company")
    return ForeignPerson(
        external_id=external_id,
        email=fields.text_of(row.get("email"), 254),
        phone=fields.text_of(row.get("mobile") or row.get("phone") or row.get("work phone"), 40),
        first_name=first,
        last_name=last,
        company=fields.text_of(company, 120) if isinstance(company, str) else "",
        created_at=fields.moment_of(row.get("created_at")),
    )


class _Reader:
    """Looks ids up in what the export holds."""

    def __init__(self, bundle: Bundle, rows: Mapping[str, Sequence[Row]]) -> None:
        self.bundle = bundle
        self.contacts = {fields.text_of(row.get("id")): row for row in rows["contacts"]}
        self.agents = {fields.text_of(row.get("id")): _agent_of(row) for row in rows["agents"]}
        self.groups = {
            fields.text_of(row.get("id")): fields.text_of(row.get("name")) for row in rows["groups"]
        }
        self.lines: dict[str, list[Row]] = defaultdict(list)
        for row in rows["conversations"]:
            self.lines[fields.text_of(row.get("ticket_id"))].append(row)

    def ticket(self, row: Row) -> ForeignTicket:
        external_id = fields.text_of(row.get("display_id") or row.get("id"), 80)
        if not external_id:
            raise BadRowError("ticket", "–", N_("It has no id."), fields.shown(row))
        state = STATES.get(fields.text_of(row.get("status")).lower())
        state = state or STATES.get(fields.text_of(row.get("status_name")).lower())
        if state is None:
            raise BadRowError("ticket", external_id, N_("Its state is unknown."), fields.shown(row))
        created_at = fields.need_moment(row.get("created_at"), "ticket", external_id, row)
        channel = CHANNELS.get(fields.text_of(row.get("source")).lower(), C.EMAIL)
        stats = row.get("stats") if isinstance(row.get("stats"), dict) else {}
        solved = row.get("closed_at") or (stats or {}).get("closed_at") or (stats or {}).get("resolved_at")
        return ForeignTicket(
            external_id=external_id,
            number=external_id,
            subject=fields.text_of(row.get("subject"), 500),
            state=state,
            priority=PRIORITIES.get(fields.text_of(row.get("priority")).lower(), P.NORMAL),
            channel=channel,
            group=self.groups.get(fields.text_of(row.get("group_id")), "")
            or fields.text_of(row.get("group_name")),
            owner=self.agents.get(fields.text_of(row.get("responder_id")), "")
            or fields.text_of(row.get("responder_name")),
            customer=self.customer(row),
            created_at=created_at,
            updated_at=fields.moment_of(row.get("updated_at")) or created_at,
            solved_at=fields.moment_of(solved),
            messages=self.messages(row, external_id, channel),
            tags=tuple(fields.text_of(tag, 80) for tag in row.get("tags") or () if isinstance(tag, str)),
        )

    def customer(self, row: Row) -> ForeignPerson | None:
        known = self.contacts.get(fields.text_of(row.get("requester_id")))
        if known is not None:
            return person_of(known)
        given = row.get("requester")
        return person_of(given) if isinstance(given, dict) and given.get("id") else None

    def messages(self, row: Row, ticket_id: str, channel: Channel) -> tuple[ForeignMessage, ...]:
        """The description is what the customer wrote first; the conversations follow."""
        customer = self.customer(row)
        first = ForeignMessage(
            external_id=f"{ticket_id}:description",
            kind=MessageKind.CUSTOMER,
            channel=channel,
            author_name=customer.name if customer else "",
            author_address=customer.email if customer else "",
            subject=fields.text_of(row.get("subject"), 500),
            text=_text(row, "description") or fields.text_of(row.get("subject")),
            html=_html(row, "description"),
            at=fields.need_moment(row.get("created_at"), "ticket", ticket_id, row),
            files=self.files(row),
        )
        inner = [
            _unwrapped(each)
            for each in row.get("notes") or row.get("conversations") or ()
            if isinstance(each, dict)
        ]
        lines = [*self.lines[fields.text_of(row.get("id"))], *inner]
        lines.sort(
            key=lambda each: (
                fields.text_of(each.get("created_at")),
                fields.text_of(each.get("id")).zfill(20),
            )
        )
        return (first, *(self.line(each, ticket_id, channel, customer) for each in lines))

    def line(
        self, row: Row, ticket_id: str, channel: Channel, customer: ForeignPerson | None
    ) -> ForeignMessage:
        kind = (
            MessageKind.NOTE
            if row.get("private")
            else MessageKind.CUSTOMER
            if row.get("incoming")
            else MessageKind.AGENT
        )
        author_id = fields.text_of(row.get("user_id"))
        is_customers = kind is MessageKind.CUSTOMER and customer is not None
        address = (
            fields.text_of(row.get("from_email"), 254)
            if kind is MessageKind.CUSTOMER
            else self.agents.get(author_id, "")
        )
        return ForeignMessage(
            external_id=fields.text_of(row.get("id"), 80),
            kind=kind,
            channel=channel,
            author_name=customer.name if is_customers and customer else "",
            author_address=address or (customer.email if is_customers and customer else ""),
            text=_text(row, "body"),
            html=_html(row, "body"),
            at=fields.need_moment(row.get("created_at"), "ticket", ticket_id, row),
            files=self.files(row),
        )

    def files(self, row: Row) -> tuple[ForeignFile, ...]:
        found = [each for each in row.get("attachments") or () if isinstance(each, dict)]
        return tuple(self.file(each) for each in found)

    def file(self, row: Row) -> ForeignFile:
        """The API gives an address that expires; the file itself must lie in the export."""
        name = fields.text_of(row.get("name") or row.get("content_file_name"), 200) or "file"
        member = self.bundle.find_file(fields.text_of(row.get("id")), name)
        return ForeignFile(name=name, read=partial(self.bundle.read, member) if member else None)


def _agent_of(row: Row) -> str:
    contact = row.get("contact") if isinstance(row.get("contact"), dict) else row
    return fields.text_of((contact or {}).get("email") or (contact or {}).get("name"))


def _html(row: Row, name: str) -> str:
    return fields.text_of(row.get(f"{name}_html") or (row.get(name) if f"{name}_text" in row else ""))


def _text(row: Row, name: str) -> str:
    given = fields.text_of(row.get(f"{name}_text"))
    return given or fields.plain_of(_html(row, name)) or fields.text_of(row.get(name))
