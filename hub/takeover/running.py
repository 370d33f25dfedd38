"""Reads an export without effect (the dry run), and takes it over batch by batch."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.exc import DataError, StatementError

from hub.core.db import db
from hub.core.text import N_
from hub.inbox.words import MessageKind
from hub.stores import queries as stores
from hub.takeover.freshdesk import open_freshdesk
from hub.takeover.mbox import open_mbox
from hub.takeover.opening import Bundle
from hub.takeover.taking import House, find_taken, take_person, take_ticket
from hub.takeover.values import BadRowError, Export, ForeignTicket
from hub.takeover.words import TakeoverSource
from hub.takeover.zammad import open_zammad

log = structlog.get_logger(__name__)
BATCH = 50
ODD = N_("It holds a value that cannot be kept.")


def open_export(
    source: TakeoverSource, bundle: Bundle, *, own: Collection[str] = (), now: datetime
) -> Export:
    """Raises Invalid (field file)."""
    if source is TakeoverSource.ZAMMAD:
        return open_zammad(bundle)
    if source is TakeoverSource.FRESHDESK:
        return open_freshdesk(bundle)
    return open_mbox(bundle, own=own_addresses(own), now=now)


def own_addresses(given: Collection[str]) -> frozenset[str]:
    """What was given, and the sender of the chain: what comes from there was written by us."""
    chain = stores.find_chain()
    sender = [chain.sender_address] if chain and chain.sender_address else []
    return frozenset(address.strip().lower() for address in (*given, *sender) if address.strip())


@dataclass
class Check:
    """What a dry run found. `groups` and `owners`: how many tickets each has, and whom they would be here."""

    people: int = 0
    tickets: int = 0
    taken_before: int = 0
    messages: int = 0
    notes: int = 0
    files: int = 0
    files_missing: int = 0
    states: Counter[str] = field(default_factory=Counter)
    groups: Counter[str] = field(default_factory=Counter)
    owners: Counter[str] = field(default_factory=Counter)
    since: datetime | None = None
    until: datetime | None = None
    bad: list[BadRowError] = field(default_factory=list)

    def as_report(self, house: House) -> dict[str, Any]:
        """Plain JSON."""
        agents = {owner: house.agent_of(owner) for owner in self.owners}
        return {
            "people": self.people,
            "tickets": self.tickets,
            "taken_before": self.taken_before,
            "messages": self.messages,
            "notes": self.notes,
            "files": self.files,
            "files_missing": self.files_missing,
            "states": dict(self.states),
            "groups": [
                {"name": name, "count": count, "store_id": house.store_of(name)}
                for name, count in self.groups.most_common()
            ],
            "owners": [
                {"name": name, "count": count, "is_known": agents[name] is not None}
                for name, count in self.owners.most_common()
            ],
            "since": self.since.isoformat() if self.since else None,
            "until": self.until.isoformat() if self.until else None,
            "bad": len(self.bad),
        }


def check_export(export: Export) -> Check:
    """Read everything and write nothing."""
    found = Check(bad=list(export.bad))
    for person in export.people:
        try:
            person()
            found.people += 1
        except BadRowError as error:
            found.bad.append(error)
    for ticket in export.tickets:
        try:
            _count(found, export, ticket())
        except BadRowError as error:
            found.bad.append(error)
    return found


def _count(found: Check, export: Export, ticket: ForeignTicket) -> None:
    found.tickets += 1
    found.taken_before += find_taken(export.source, ticket.external_id) is not None
    found.states[ticket.state.value] += 1
    found.groups[ticket.group] += 1
    found.owners[ticket.owner] += bool(ticket.owner)
    for message in ticket.messages:
        found.notes += message.kind is MessageKind.NOTE
        found.messages += message.kind is not MessageKind.NOTE
        found.files += len(message.files)
        found.files_missing += sum(file.read is None for file in message.files)
    found.since = min(filter(None, (found.since, ticket.created_at)))
    found.until = max(filter(None, (found.until, ticket.updated_at)))
    found.owners += Counter()


@dataclass
class Taken:
    """What a batch did: parts handled, customers, new tickets, tickets known before, and what could not be taken."""

    parts: int = 0
    people: int = 0
    new: int = 0
    known: int = 0
    bad: list[BadRowError] = field(default_factory=list)


def take_batch(export: Export, house: House, *, position: int, now: datetime, size: int = BATCH) -> Taken:
    """Take `size` parts over from `position` on (customers first, then tickets), each in its own savepoint."""
    done = Taken()
    everything: Sequence[Callable[[], Any]] = (*export.people, *export.tickets)
    for place in range(position, min(position + size, len(everything))):
        done.parts += 1
        try:
            with db.session.begin_nested():
                _take_part(
                    export, house, done, everything[place], is_person=place < len(export.people), now=now
                )
        except BadRowError as error:
            done.bad.append(error)
        except (DataError, StatementError, ValueError, TypeError, AttributeError, KeyError) as error:
            log.exception("takeover.odd_row", place=place)
            done.bad.append(BadRowError("row", str(place), ODD, {"error": type(error).__name__}))
    return done


def _take_part(
    export: Export, house: House, done: Taken, part: Callable[[], Any], *, is_person: bool, now: datetime
) -> None:
    if is_person:
        take_person(export.source, part(), now=now)
        done.people += 1
        return
    _ticket_id, is_new, bad = take_ticket(export, part(), house, now=now)
    done.new += is_new
    done.known += not is_new
    done.bad += bad
