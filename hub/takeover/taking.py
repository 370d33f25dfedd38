"""Takes one customer or ticket of an export over, once, whatever is repeated."""

import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from sqlalchemy import select

from hub.channels.mail_parsing.file_types import sniff_type
from hub.channels.mail_parsing.language import guess_language
from hub.channels.mail_parsing.sanitise import sanitise_html
from hub.core import files
from hub.core.db import db
from hub.core.errors import Invalid
from hub.core.text import N_, fold, slug
from hub.core.words import Language
from hub.customers.actions import CustomerDetails, resolve_customer
from hub.inbox.actions.importing import ImportedMessage, ImportedTicket, import_ticket
from hub.inbox.values import IncomingFile
from hub.inbox.words import TAKEN_OVER, MessageKind
from hub.staff import queries as staff
from hub.staff.queries import AgentRow
from hub.stores import queries as stores
from hub.takeover.models import TakenTicket
from hub.takeover.values import BadRowError, Export, ForeignFile, ForeignMessage, ForeignPerson, ForeignTicket
from hub.takeover.words import TakeoverSource

LONGEST_NAME = 200


@dataclass
class House:
    """The stores and people of this chain by the names an export may call them; looked up once for a batch."""

    chosen: Mapping[str, int | None] = field(default_factory=dict)
    people: dict[str, AgentRow | None] = field(default_factory=dict)

    @cached_property
    def by_name(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for row in stores.list_stores():
            for name in (row.name, row.code, row.slug, row.mailbox, row.town):
                if name:
                    found.setdefault(slug(fold(name)), row.id)
        return found

    def store_of(self, group: str) -> int | None:
        """What a person chose for the group, else the store of that name, code, mailbox or town."""
        if group in self.chosen:
            return self.chosen[group]
        last = group.partition("@")[0].rpartition("::")[2]
        return self.by_name.get(slug(fold(last))) if last else None

    def agent_of(self, owner: str) -> AgentRow | None:
        """By mail address; a name alone is nobody's."""
        if "@" not in owner:
            return None
        if owner not in self.people:
            self.people[owner] = staff.find_agent_by_email(owner)
        return self.people[owner]


def take_person(source: TakeoverSource, person: ForeignPerson, *, now: datetime) -> int:
    """The id of the customer, found or made. Raises BadRowError without any usable address."""
    details = CustomerDetails(
        email=person.email or None,
        phone=person.phone or None,
        first_name=person.first_name,
        last_name=person.last_name,
        company=person.company,
        external_ids={source.value: person.external_id},
    )
    try:
        return resolve_customer(details, now=min(person.created_at or now, now)).customer_id
    except Invalid as error:
        shown = {"email": person.email, "phone": person.phone, "name": person.name}
        raise BadRowError("customer", person.external_id, error.text, shown) from None


def find_taken(source: TakeoverSource, external_id: str) -> int | None:
    """Which ticket of ours it became before."""
    return db.session.scalar(
        select(TakenTicket.ticket_id).where(
            TakenTicket.source == source, TakenTicket.external_id == external_id
        )
    )


def take_ticket(
    export: Export, ticket: ForeignTicket, house: House, *, now: datetime
) -> tuple[int, bool, list[BadRowError]]:
    """The ticket's id, whether it is new, and what of it could not be taken (a customer's address, a file)."""
    source = export.source
    known = find_taken(source, ticket.external_id)
    if known is not None:
        return known, False, []
    bad: list[BadRowError] = []
    customer_id = None
    if ticket.customer is not None:
        try:
            with db.session.begin_nested():
                customer_id = take_person(source, ticket.customer, now=now)
        except BadRowError as error:
            bad.append(error)
    ticket_id = import_ticket(_imported(source, ticket, customer_id, house, bad), now=now)
    db.session.add(TakenTicket(source=source, external_id=ticket.external_id, ticket_id=ticket_id))
    db.session.flush()
    return ticket_id, True, bad


def _imported(
    source: TakeoverSource,
    ticket: ForeignTicket,
    customer_id: int | None,
    house: House,
    bad: list[BadRowError],
) -> ImportedTicket:
    owner = house.agent_of(ticket.owner)
    who = ticket.customer
    text = "\n".join(each.text for each in ticket.messages[:3])
    return ImportedTicket(
        subject=ticket.subject,
        state=ticket.state,
        priority=ticket.priority,
        channel=ticket.channel,
        store_id=house.store_of(ticket.group),
        assignee_id=owner.id if owner and owner.is_active else None,
        customer_id=customer_id,
        requester_name=who.name if who else "",
        requester_address=(who.email.lower() or who.phone or None) if who else None,
        language=Language(guess_language(text) or Language.FRENCH),
        created_at=ticket.created_at,
        updated_at=ticket.updated_at,
        solved_at=ticket.solved_at,
        words=(ticket.number, *ticket.tags),
        messages=tuple(_message(source, ticket, each, house, bad) for each in ticket.messages),
    )


def _message(
    source: TakeoverSource, ticket: ForeignTicket, given: ForeignMessage, house: House, bad: list[BadRowError]
) -> ImportedMessage:
    is_ours = given.kind in {MessageKind.AGENT, MessageKind.NOTE, MessageKind.CALL}
    agent = house.agent_of(given.author_address) if is_ours else None
    return ImportedMessage(
        key=f"{TAKEN_OVER}:{source.value}:{ticket.external_id}:{given.external_id}",
        kind=given.kind,
        channel=given.channel,
        author_name=agent.name if agent else given.author_name or given.author_address,
        author_address=given.author_address or None,
        agent_id=agent.id if agent else None,
        subject=given.subject,
        text=given.text,
        quoted_text=given.quoted_text,
        html=sanitise_html(given.html, inline_urls={}) if given.html else "",
        mail_message_id=given.mail_message_id,
        happened_at=given.at,
        files=tuple(kept for file in given.files if (kept := _keep(file, ticket, bad))),
    )


def _keep(file: ForeignFile, ticket: ForeignTicket, bad: list[BadRowError]) -> IncomingFile | None:
    """The file on the shelf; one that the export only names is told."""
    try:
        content = file.read() if file.read else b""
    except (OSError, KeyError, binascii.Error, ValueError):
        content = b""
    if not content:
        shown = {"ticket": ticket.external_id, "file": file.name}
        reason = N_("Its file is not in the export.")
        bad.append(BadRowError("file", f"{ticket.external_id}/{file.name}", reason, shown))
        return None
    name = file.name.replace("\x00", "")[-LONGEST_NAME:]
    return IncomingFile(name, sniff_type(content, name), len(content), files.keep(content), file.content_id)
