"""Reads an export without effect (the dry run), and takes it over batch by batch."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.exc import DBAPIError

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
    """What a dry run found so far. `groups` and `owners`: how many tickets each has; `bad_count` counts `bad` too."""

    people: int = 0
    tickets: int = 0
    taken_before: int = 0
    messages: int = 0
    notes: int = 0
    files: int = 0
    files_missing: int = 0
    bad_count: int = 0
    states: Counter[str] = field(default_factory=Counter)
    groups: Counter[str] = field(default_factory=Counter)
    owners: Counter[str] = field(default_factory=Counter)
    since: datetime | None = None
    until: datetime | None = None
    bad: list[BadRowError] = field(default_factory=list)

    def as_report(self, house: House) -> dict[str, Any]:
        """Plain JSON for people."""
        agents = {owner: house.agent_of(owner) for owner in self.owners}
        return {
            **{name: getattr(self, name) for name in COUNTS},
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
            "bad": self.bad_count,
        }

    def as_kept(self) -> dict[str, Any]:
        """Plain JSON to go on from (`check_so_far`)."""
        moments = {name: value.isoformat() for name in MOMENTS if (value := getattr(self, name))}
        kept = {name: getattr(self, name) for name in (*COUNTS, "bad_count")}
        return kept | {name: dict(getattr(self, name)) for name in COUNTERS} | moments


COUNTS = ("people", "tickets", "taken_before", "messages", "notes", "files", "files_missing")
COUNTERS = ("states", "groups", "owners")
MOMENTS = ("since", "until")


def check_so_far(kept: Mapping[str, Any]) -> Check:
    """What was found before, as `as_kept` wrote it; without its rows, which are kept elsewhere."""
    given: dict[str, Any] = {name: kept.get(name, 0) for name in (*COUNTS, "bad_count")}
    given |= {name: Counter(kept.get(name, {})) for name in COUNTERS}
    given |= {name: datetime.fromisoformat(kept[name]) for name in MOMENTS if name in kept}
    return Check(**given)


def check_export(export: Export) -> Check:
    """Read everything and write nothing."""
    found = begin_check(export)
    for place in range(export.size):
        check_part(export, place, found)
    return found


def begin_check(export: Export) -> Check:
    return Check(bad=list(export.bad), bad_count=len(export.bad))


def check_part(export: Export, place: int, found: Check) -> None:
    """Read one part: customers come first, then tickets."""
    bad: Sequence[BadRowError] = ()
    try:
        if place < len(export.people):
            export.people[place]()
            found.people += 1
        else:
            ticket = export.tickets[place - len(export.people)]()
            _count(found, export, ticket)
            bad = ticket.left_out
    except BadRowError as error:
        bad = (error, *error.also)
    except Exception as error:  # one odd row must not end the reading
        log.exception("takeover.odd_row", place=place)
        bad = (BadRowError("row", str(place), ODD, {"error": type(error).__name__}),)
    found.bad += bad
    found.bad_count += len(bad)


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
    for place in range(position, min(position + size, export.size)):
        take_part(export, house, done, place, now=now)
    return done


def take_part(export: Export, house: House, done: Taken, place: int, *, now: datetime) -> None:
    """One part in its own savepoint; what cannot be taken is noted, whatever is wrong with it."""
    done.parts += 1
    try:
        with db.session.begin_nested():
            _take(export, house, done, place, now=now)
    except BadRowError as error:
        done.bad += (error, *error.also)
    except Exception as error:  # one odd row must not end the takeover
        if isinstance(error, DBAPIError) and error.connection_invalidated:
            raise
        log.exception("takeover.odd_row", place=place)
        done.bad.append(BadRowError("row", str(place), ODD, {"error": type(error).__name__}))


def _take(export: Export, house: House, done: Taken, place: int, *, now: datetime) -> None:
    if place < len(export.people):
        take_person(export.source, export.people[place](), now=now)
        done.people += 1
        return
    ticket = export.tickets[place - len(export.people)]()
    _ticket_id, is_new, bad = take_ticket(export, ticket, house, now=now)
    done.new += is_new
    done.known += not is_new
    done.bad += (*bad, *ticket.left_out)
