"""What followed an answer: the first contact, who was won back, and the review link, alike for every answer."""

import re
from datetime import date, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.content.actions import publish_builtin_templates
from hub.core.words import Language
from hub.inbox.actions import reply
from hub.inbox.models import Ticket, TicketRating
from hub.plans.actions import add_builtin_plans
from hub.reactions.drain import work_facts
from hub.staff.rules import Scope, Viewer
from hub.staff.words import Role
from hub.statistics.after_answer import AfterAnswer, get_after_answer
from hub.statistics.rules import Filters
from hub.stores.models import Store
from hub.surveys import actions
from hub.surveys.rules import Confirmation
from hub.surveys.words import Choice
from tests.conftest import TUESDAY, HandClock
from tests.makers.counting import counted_statements
from tests.makers.inbox import actor_of
from tests.makers.outbox import post_draft
from tests.makers.staff import log_in, make_agent
from tests.makers.statistics import gather_all
from tests.makers.stores import make_region
from tests.makers.surveys import Asked, invite_again, make_invitation

MARCH = Filters(since_on=date(2026, 3, 1), until_on=date(2026, 3, 31), time_zone="Europe/Paris")


def seen_by(*store_ids: int) -> AfterAnswer:
    scope = Scope(is_everything=not store_ids, store_ids=frozenset(store_ids))
    viewer = Viewer(1, "Ines", "i@verel.example", Role.MANAGER, Language.FRENCH, scope, 0)
    gather_all()
    return get_after_answer(MARCH, viewer=viewer, now=TUESDAY)


def press(asked: Asked, choice: Choice, at: datetime) -> None:
    sent = Confirmation(choice, f"p{asked.invitation_id}", at - timedelta(seconds=9), at)
    actions.confirm_answer(token=asked.token, confirmation=sent, now=at, least_seconds=1)


@pytest.fixture
def asked(session: Session, hand_clock: HandClock) -> list[Asked]:
    first = make_invitation(session)
    publish_builtin_templates(now=TUESDAY)
    add_builtin_plans(now=TUESDAY)
    return [first, *(invite_again(session, first, f"S{number}") for number in range(3))]


def test_contact_recovery_and_links(
    session: Session, client: FlaskClient, asked: list[Asked], hand_clock: HandClock
) -> None:
    choices = (Choice.NOT_SATISFIED, Choice.NOT_SATISFIED, Choice.SATISFIED, Choice.VERY_SATISFIED)
    for each, choice in zip(asked, choices, strict=True):
        press(each, choice, TUESDAY)
    session.commit()
    while work_facts(lambda: None):
        pass
    assert (seen_by().waiting_count, seen_by().contacted_count, seen_by().contact_seconds) == (2, 0, None)

    tickets = session.scalars(select(Ticket).order_by(Ticket.id)).all()
    hand_clock.move(minutes=90)
    ada = actor_of(make_agent(session, store_ids=(asked[0].store_id,)))
    reply(ticket_id=tickets[0].id, text="Nous la remplaçons.", by=ada, now=hand_clock.now)
    assert (seen_by().waiting_count, seen_by().contacted_count, seen_by().contact_seconds) == (1, 1, 5400.0)

    for ticket, score in zip(tickets, (3, 1), strict=True):
        session.add(
            TicketRating(
                ticket_id=ticket.id, customer_id=ticket.customer_id, store_id=ticket.store_id, comment="",
                message_key=f"k{ticket.id}", asked_at=TUESDAY, score=score, answered_at=TUESDAY,
            )
        )  # fmt: skip
    session.flush()
    assert seen_by().won_back.counts == (1, 0, 1)

    assert [(row.choice, row.answered_count, row.sent_count) for row in seen_by().links] == [
        (Choice.VERY_SATISFIED, 1, 0), (Choice.SATISFIED, 1, 0), (Choice.NOT_SATISFIED, 2, 0),
    ]  # fmt: skip
    letter = post_draft(session, customer_id=asked[0].customer_id, values={"words": "Merci"})
    letter.accepted_at = TUESDAY + timedelta(days=1)
    session.flush()
    assert [row.sent_count for row in seen_by().links] == [0, 0, 0], "a letter without the link"
    letter.values = {"words": "Merci", "review_url": "https://www.verel.example/avis"}
    session.flush()
    assert [row.sent_count for row in seen_by().links] == [1, 1, 2]
    letter.accepted_at = TUESDAY - timedelta(minutes=1)
    session.flush()
    assert [row.sent_count for row in seen_by().links] == [0, 0, 0], "before the answer"

    other = seen_by(asked[0].store_id + 999)
    assert (other.waiting_count, other.contacted_count, other.won_back.total) == (0, 0, 0)
    assert sum(row.answered_count for row in other.links) == 0
    session.commit()
    log_in(client, make_agent(session, "Mia Faure", role=Role.STORE_MANAGER, store_ids=(asked[0].store_id,)))
    page = client.get("/statistics/after-answers").text
    assert "Premier contact des clients mécontents" in page
    assert re.search(r"1\s+h\s+30", page)


def test_the_pages_ask_little(session: Session, client: FlaskClient, asked: list[Asked]) -> None:
    """Also with answers, and narrowed to a region, whose figures are those of its stores."""
    press(asked[0], Choice.NOT_SATISFIED, TUESDAY)
    session.commit()
    while work_facts(lambda: None):
        pass
    ticket = session.scalars(select(Ticket)).one()
    region = make_region(session)
    store = session.get_one(Store, asked[0].store_id)
    store.region_id = region.id
    other = make_region(session, "Nord")
    session.add(
        TicketRating(
            ticket_id=ticket.id, customer_id=ticket.customer_id, store_id=store.id, comment="",
            message_key="k", asked_at=TUESDAY, score=3, answered_at=TUESDAY,
        )
    )  # fmt: skip
    gather_all()
    session.commit()
    log_in(client, make_agent(session, role=Role.ADMINISTRATOR))
    for path in ("satisfaction", "after-answers", "routing", "gestures"):
        for narrowed in ("", f"?region={region.id}"):
            with counted_statements() as statements:
                assert client.get(f"/statistics/{path}{narrowed}").status_code == 200
            assert len(statements) <= 12, (path, "\n".join(statements))
    assert (
        f">{store.name}<"
        in client.get(f"/statistics/satisfaction?region={region.id}").text.split("<table")[1]
    )
    assert "<table" not in client.get(f"/statistics/satisfaction?region={other.id}").text
