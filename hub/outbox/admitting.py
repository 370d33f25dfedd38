"""Whom a kind of message would never reach, and who was asked lately: for rooms that choose among many people."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, select

from hub.core.batches import among
from hub.core.db import db
from hub.core.words import Channel, Purpose
from hub.customers.queries import CustomerRow
from hub.outbox import gathering, rules
from hub.outbox.foreseeing import Wish, letter_to
from hub.outbox.models import OutboundMessage
from hub.outbox.places import home_of
from hub.outbox.rules import Answer, Policy, Verdict
from hub.outbox.words import MessageState
from hub.stores.queries import get_chain

LOST = (
    MessageState.BLOCKED,
    MessageState.FAILED,
    MessageState.EXPIRED,
    MessageState.CANCELLED,
    MessageState.BOUNCED,
)
LONGEST_WAIT = timedelta(days=30)


def find_obstacles(
    people: Iterable[CustomerRow], wishes: Collection[Wish], *, now: datetime
) -> dict[int, dict[Channel, Verdict]]:
    """By customer and channel the "never" that the gate would say today to these wishes, one a channel; who has none is missing.

    What only makes a message wait (hours, caps, holds) is no obstacle.
    """
    letters = [letter_to(person, wish) for person in people for wish in wishes]
    dossier = gathering.open_dossier(letters, home=home_of(get_chain().time_zone), now=now)
    found: dict[int, dict[Channel, Verdict]] = {}
    for letter in letters:
        contact = gathering.contact_of(letter, dossier, counted_at=[], better_count=0)
        verdict = rules.decide(gathering.facts_of(letter), contact, Policy(caps={}), now)
        if verdict.answer is Answer.NEVER:
            found.setdefault(letter.customer_id or 0, {})[letter.channel] = verdict
    return found


def list_surveyed(customer_ids: Sequence[int], *, since: datetime) -> set[int]:
    """Of these customers those to whom a survey left since then, or is about to leave, by whatever channel."""
    m = OutboundMessage
    found = select(m.customer_id).where(
        among(m.customer_id, customer_ids),
        m.created_at > since - LONGEST_WAIT,
        m.purpose == Purpose.SURVEY,
        m.state.not_in(LOST),
        or_(m.accepted_at.is_(None), m.accepted_at > since),
    )
    return {each for each in db.session.scalars(found) if each is not None}
