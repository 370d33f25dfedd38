"""Columns that facts kept equal a rebuild after any history, with facts told late, twice and in another order."""

import os
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.actor import Actor
from hub.core.facts import FactRow
from hub.inbox import actions
from hub.inbox.models import Gesture, Ticket, TicketMessage, TicketRating
from hub.inbox.words import GestureState, MessageKind
from hub.reactions.counting import count
from hub.staff.queries import get_viewer
from hub.staff.words import Role
from hub.statistics.columns import working
from hub.surveys.actions import add_builtin_survey
from tests.conftest import TUESDAY, HandClock
from tests.makers.happenings import STEPS as OTHERS
from tests.makers.happenings import Happenings, attempt
from tests.makers.inbox import actor_of, make_house, make_incoming, make_reason
from tests.makers.sink import Sink
from tests.makers.staff import make_agent
from tests.makers.statistics import find_differing, gather_all, work_off
from tests.makers.stores import make_store
from tests.outbox.conftest import sink

__all__ = ["sink"]

EXAMPLES = 300 if os.environ.get("LARGE") else 4
WHAT = (
    "open", "write", "reply", "undo", "transfer", "solve", "reopen", "merge", "unmerge", "split", "choose", "spam",
    "ask", "unask", "rate", "give", "tell", "gather",
)  # fmt: skip
OWN_COMMITS = frozenset({"gather", "send", "erase"})
STEPS = st.tuples(
    st.one_of(st.sampled_from(WHAT), st.sampled_from(OTHERS)),
    st.integers(0, 3),
    st.integers(0, 3),
    st.sampled_from((0, 30, 900, 3000)),
)


class History(Happenings):
    """Tickets of two customers, and what else happens to them; each step does one thing, or nothing where the room refuses it."""

    def __init__(self, session: Session, clock: HandClock) -> None:
        super().__init__(session)
        self.clock = clock
        lyon, lille = make_house(session), make_store(session, "Lille", code="LIL")
        self.stores = (lyon.id, lille.id, None, lyon.id)
        self.reasons = [make_reason(session, key).id for key in ("delivery", "breakage", "refund", "invoice")]
        add_builtin_survey(now=TUESDAY)
        self.by: Actor = actor_of(make_agent(session))
        boss = make_agent(session, "Cleo Roy", email="cleo@verel.example", role=Role.HEAD_OFFICE)
        self.boss = get_viewer(boss.id)
        self.mails = 0
        self.tickets: list[int] = []

    def begin(self) -> None:
        self.story += 1
        self.now, self.tickets, self.mails = TUESDAY, [], 0
        self.clock.now = self.now
        self.begin_others()
        work_off()
        gather_all()
        self.open(0, 0)

    def take(self, what: str, one: int, other: int, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        self.clock.now = self.now
        attempt(getattr(self, what), one, other, is_one_commit=what not in OWN_COMMITS)

    def ticket(self, place: int) -> int:
        return self.tickets[place % len(self.tickets)]

    def receive(self, sender: int, **fields: Any) -> None:
        self.mails += 1
        incoming = make_incoming(
            from_address=self.mail(sender),
            mail_message_id=f"<{self.story}.{self.mails}@x>",
            **fields,
        )
        found = actions.receive_message(incoming, now=self.now).ticket_id
        if found and found not in self.tickets:
            self.tickets.append(found)

    def open(self, one: int, other: int) -> None:
        """Written up to a day before it came."""
        self.receive(one, subject=f"Objet {self.mails}", happened_at=self.now - timedelta(hours=8 * other))

    def write(self, one: int, other: int) -> None:
        self.receive(other, in_reply_to=f"<{self.story}.{1 + one % self.mails}@x>")

    def reply(self, one: int, _: int) -> None:
        actions.reply(
            ticket_id=self.ticket(one), text="Oui", by=self.by, now=self.now, undo_seconds=10, is_forced=True
        )

    def undo(self, one: int, _: int) -> None:
        said = self.messages(one, MessageKind.AGENT)
        if said:
            actions.undo_reply(ticket_id=self.ticket(one), message_id=said[-1], by=self.by, now=self.now)

    def transfer(self, one: int, other: int) -> None:
        actions.transfer(ticket_id=self.ticket(one), store_id=self.stores[other], by=self.by, now=self.now)

    def solve(self, one: int, other: int) -> None:
        reason = self.reasons[other]
        actions.solve(ticket_id=self.ticket(one), reason_id=reason, by=self.by, now=self.now)

    def reopen(self, one: int, _: int) -> None:
        actions.reopen(ticket_id=self.ticket(one), by=self.by, now=self.now)

    def merge(self, one: int, other: int) -> None:
        actions.merge(ticket_id=self.ticket(one), into_id=self.ticket(other), by=self.by, now=self.now)

    def unmerge(self, one: int, _: int) -> None:
        merged = select(Ticket.id).where(Ticket.merged_into_id.is_not(None), Ticket.id.in_(self.tickets))
        found = self.session.scalars(merged.order_by(Ticket.id)).all()
        if found:
            actions.unmerge(ticket_id=found[one % len(found)], by=self.by, now=self.now)

    def split(self, one: int, _: int) -> None:
        said = self.messages(one, MessageKind.CUSTOMER)[-1:]
        done = actions.split(
            ticket_id=self.ticket(one), message_ids=said, subject="Autre", by=self.by, now=self.now
        )
        self.tickets.append(done.ticket_id)

    def choose(self, one: int, other: int) -> None:
        reason = self.reasons[other]
        actions.change_reason(ticket_id=self.ticket(one), reason_id=reason, by=self.by, now=self.now)

    def spam(self, one: int, _: int) -> None:
        actions.mark_spam(ticket_id=self.ticket(one), by=self.by, now=self.now)

    def ask(self, one: int, _: int) -> None:
        """How the solution was; asked again of a ticket that was solved again, once the pause is over."""
        self.now += timedelta(days=31)
        actions.ask_rating(self.ticket(one), now=self.now)

    def unask(self, one: int, _: int) -> None:
        actions.withdraw_rating(self.ticket(one), now=self.now)

    def rate(self, one: int, other: int) -> None:
        asked = select(TicketRating.id).where(TicketRating.ticket_id.in_(self.tickets))
        found = self.session.scalars(asked.order_by(TicketRating.id)).all()
        if not found:
            return
        rating_id, at = found[one % len(found)], self.now
        page = actions.sign_page(rating_id, machine_now=at)
        actions.answer_rating(
            rating_id,
            score=1 + other % 3,
            comment="",
            page=page,
            machine_now=at + timedelta(seconds=9),
            now=at,
        )

    def give(self, one: int, other: int) -> None:
        """Within the ceiling at once, above it when somebody has decided."""
        asked = select(Gesture.id).where(Gesture.state == GestureState.ASKED)
        waiting = self.session.scalars(asked.order_by(Gesture.id)).first()
        if waiting and other % 2:
            actions.decide_gesture(
                gesture_id=waiting, is_granted=one % 2 == 0, viewer=self.boss, now=self.now
            )
            return
        actions.offer_refund(
            ticket_id=self.ticket(one), amount_cents=1000 * (1 + other), text="Retard", key=None, by=self.by, now=self.now
        )  # fmt: skip

    def tell(self, one: int, other: int) -> None:
        """Some facts overtake others, and some are told again."""
        facts = self.session.scalars(select(FactRow).order_by(FactRow.id.desc()).limit(12)).all()
        count(list(facts)[one :: other + 1])

    def gather(self, _: int, __: int) -> None:
        working.work_statistics(lambda: None)

    def messages(self, place: int, kind: MessageKind) -> list[int]:
        found = select(TicketMessage.id).where(
            TicketMessage.ticket_id == self.ticket(place), TicketMessage.kind == kind
        )
        return list(self.session.scalars(found.order_by(TicketMessage.id)))


@pytest.fixture
def history(session: Session, hand_clock: HandClock, sink: Sink) -> History:
    return History(session, hand_clock)


DAY = 1440
SOLVED_TWICE = [[("solve", 0, 0, 30), ("reopen", 0, 0, DAY), ("solve", 0, 0, DAY)]]
"""The moment by which it was solved for good is another than its first one, and nothing keeps it once the ticket ends otherwise."""

MAIL_LEFT = [
    [("send", 0, 0, 30)],
    [("refuse", 0, 0, 30)],
    [("show", 0, 0, 30), ("measure", 1, 0, 30)],
    [("erase", 0, 0, DAY)],
]
"""Neither another choice of what is measured nor an erasure changes what was counted of a mail that has left."""


@settings(
    max_examples=EXAMPLES,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(story=st.lists(st.lists(STEPS, min_size=1, max_size=5), min_size=2, max_size=6))
@example(story=MAIL_LEFT)
@example(story=[*SOLVED_TWICE, [("spam", 0, 0, DAY)]])
@example(story=[*SOLVED_TWICE, [("open", 0, 0, DAY), ("merge", 0, 1, DAY)]])
def test_columns_kept_by_facts_equal_a_rebuild(
    history: History, story: list[list[tuple[str, int, int, int]]]
) -> None:
    """Looked at after each chapter: by then every day was gathered, and only what it changes is gathered anew."""
    history.begin()
    for chapter in story:
        for step in chapter:
            history.take(*step)
        work_off()
        assert find_differing() == []
