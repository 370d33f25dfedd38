"""What was known of customers at the moments of a replay: read once for all of them, asked of each moment."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Text, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY

from hub.core.db import db
from hub.core.words import Channel, Purpose
from hub.customers.contactability import ContactNote, get_contact_notes, list_suppressions
from hub.customers.known import list_said_until
from hub.customers.queries import CustomerRow
from hub.customers.rules import Said, choose_answer, plain_address
from hub.customers.words import ConsentAction
from hub.outbox import rules
from hub.outbox.following import HeldThen, list_holds_since
from hub.outbox.letter import has_unsubscribe
from hub.plans.definitions import HELD
from hub.plans.replay.scores import Falls, list_falls
from hub.plans.rules import TOLD_BY
from hub.plans.surveyed import ask_surveyed
from hub.plans.words import Arm

LONGEST_CAP = timedelta(days=365)
# What the gate let through, but for the messages that this plan sent in the period: its replay takes their place.
_COUNTED = text("""
    SELECT customer_id, channel, purpose, template_version_id, counted_at FROM outbound_messages AS message
    WHERE customer_id = ANY(CAST(:ids AS bigint[])) AND purpose = ANY(:purposes)
        AND counted_at > :begin AND counted_at < :until
        AND NOT (counted_at >= :since AND source_kind = 'enrolment'
            AND EXISTS (SELECT FROM enrolments WHERE id = message.source_id AND plan_id = :plan))
    ORDER BY counted_at
""").bindparams(bindparam("purposes", type_=ARRAY(Text)))
_BEFORE = text("""
    SELECT customer_id, entry_key, arm,
        CASE WHEN ended_at < :since AND NOT "values" ?| CAST(:told_by AS text[]) THEN NULL ELSE entered_at END
    FROM enrolments WHERE plan_id = :plan AND customer_id = ANY(CAST(:ids AS bigint[])) AND entered_at < :since ORDER BY id
""")
Kind = tuple[int, Channel, Purpose]


@dataclass
class Entries:
    """Who has been in the plan: his entry keys, his arm, and when he entered last and was told something, or may be."""

    keys: set[str] = field(default_factory=set)
    arm: Arm | None = None
    last_at: datetime | None = None


@dataclass
class Past:
    """`counted` and `chosen` grow with the messages of the replay; so do `asked` and `entries`."""

    said: Mapping[str, list[Said]]
    suppressed: Mapping[str, list[tuple[Purpose | None, datetime]]]
    notes: Mapping[str, ContactNote]
    holds: Mapping[int, list[HeldThen]]
    counted: dict[Kind, list[datetime]]
    chosen: dict[int, list[datetime]]
    asked: dict[int, list[datetime]]
    entries: dict[int, Entries]
    falls: Falls

    def held(self, customer_id: int, at: datetime) -> frozenset[Purpose]:
        """What an open grievance held back then."""
        mine = self.holds.get(customer_id, ())
        return frozenset(each.purpose for each in mine if each.is_in_force(at)) & HELD

    def freed_at(self, customer_id: int, at: datetime) -> datetime | None:
        """When what was held back then was free again; None while it still is held."""
        mine = [each.lifted_at for each in self.holds.get(customer_id, ()) if each.is_in_force(at)]
        return None if None in mine else max((lifted for lifted in mine if lifted), default=None)

    def hold_reason(self, customer_id: int, purpose: Purpose, at: datetime) -> str | None:
        for each in self.holds.get(customer_id, ()):
            if each.purpose is purpose and each.is_in_force(at):
                return each.reason
        return None

    def answer(
        self, address: str, channel: Channel, purpose: Purpose, theme: str, at: datetime
    ) -> ConsentAction | None:
        """What the address had said by then."""
        latest: dict[str, Said] = {}
        for said in self.said.get(address, ()):
            if said.happened_at > at:
                break
            if (said.channel, said.purpose) == (channel, purpose):
                latest[said.theme] = said
        return choose_answer(latest.values(), channel, purpose, theme)

    def is_suppressed(self, address: str, purpose: Purpose, at: datetime) -> bool:
        mine = self.suppressed.get(address, ())
        return any(since <= at and of in {None, purpose} for of, since in mine)


def open_past(plan_id: int, people: Mapping[int, CustomerRow], *, since: datetime, until: datetime) -> Past:
    """In nine statements, whatever their number."""
    ids = list(people)
    addresses = _addresses(people.values())
    suppressed: dict[str, list[tuple[Purpose | None, datetime]]] = {}
    for address, purpose, _reason, blocked_at in list_suppressions(addresses):
        suppressed.setdefault(address, []).append((purpose, blocked_at))
    counted, chosen = _list_counted(plan_id, ids, since=since, until=until)
    asked = {
        customer_id: [moment for moment in moments if moment < since]
        for customer_id, moments in ask_surveyed(ids).ask().items()
    }
    return Past(
        said=list_said_until(addresses, until=until),
        suppressed=suppressed,
        notes=get_contact_notes(addresses),
        holds=list_holds_since(ids, since=since),
        counted=counted,
        chosen=chosen,
        asked=asked,
        entries=_list_entries(plan_id, ids, since=since),
        falls=list_falls(ids, until=until),
    )


def _addresses(people: Iterable[CustomerRow]) -> set[str]:
    return {plain_address(value) for row in people for value in (row.mail, row.phone) if value}


def _list_counted(
    plan_id: int, ids: Collection[int], *, since: datetime, until: datetime
) -> tuple[dict[Kind, list[datetime]], dict[int, list[datetime]]]:
    """By customer, channel and purpose; and by customer what his own choice of frequency counts."""
    given = {"plan": plan_id, "ids": list(ids), "since": since, "until": until, "begin": since - LONGEST_CAP}
    given["purposes"] = [purpose.value for purpose in rules.MAY_BE_CHOSEN]
    counted: dict[Kind, list[datetime]] = {}
    chosen: dict[int, list[datetime]] = {}
    for customer_id, channel, purpose, version_id, moment in db.session.execute(_COUNTED, given):
        kind = (customer_id, Channel(channel), Purpose(purpose))
        counted.setdefault(kind, []).append(moment)
        said_to = rules.consent_purpose(kind[2], has_unsubscribe=has_unsubscribe(version_id))
        if said_to in rules.CHOOSABLE:
            chosen.setdefault(customer_id, []).append(moment)
    return counted, chosen


def _list_entries(plan_id: int, ids: Collection[int], *, since: datetime) -> dict[int, Entries]:
    found: dict[int, Entries] = {}
    given = {"plan": plan_id, "ids": list(ids), "since": since, "told_by": list(TOLD_BY)}
    for customer_id, entry_key, arm, entered_at in db.session.execute(_BEFORE, given):
        mine = found.setdefault(customer_id, Entries())
        mine.keys.add(entry_key)
        mine.arm = Arm(arm)
        mine.last_at = max(filter(None, (mine.last_at, entered_at)), default=None)
    return found
