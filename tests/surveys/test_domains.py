"""Mail filters are learnt by mail domain: from twenty customers on, what it changes, and what it never does."""

from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core import clock
from hub.core.words import Language
from hub.staff.words import Role
from hub.surveys import actions, domains, labelling
from hub.surveys.actions import Confirmed, InvitationDraft
from hub.surveys.links import token_of
from hub.surveys.models import Invitation, Touch
from hub.surveys.rules import LEAST_OF_DOMAIN, Confirmation, Source, window_of
from hub.surveys.words import AnswerState, Choice, TouchLabel, TouchMethod, TouchReason
from tests.conftest import TUESDAY
from tests.makers.customers import make_customer
from tests.makers.orders import make_order
from tests.makers.staff import log_in, make_agent
from tests.makers.surveys import Asked, make_invitation


class Clocks:
    """Both clocks in the hand of the test."""

    now = TUESDAY

    def move_to(self, moment: datetime) -> None:
        self.now = moment


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch) -> Clocks:
    made = Clocks()
    monkeypatch.setattr(clock, "machine_now", lambda: made.now)
    monkeypatch.setattr(clock, "business_now", lambda: made.now)
    return made


FILTER, PHONE = Source("filter", "Chrome"), Source("phone", "Safari")


def invite_at(session: Session, asked: Asked, mail: str, number: int) -> Asked:
    customer = make_customer(session, mail=mail, phone=None)
    order = make_order(session, customer_id=customer.id, store_id=asked.store_id, external_id=f"D{number}")
    draft = InvitationDraft(
        order_id=order.id, customer_id=customer.id, store_id=asked.store_id, language=Language.FRENCH
    )
    found = actions.invite([draft], now=TUESDAY)[order.id]
    session.get_one(Invitation, found).accepted_at = TUESDAY
    session.flush()
    return Asked(found, token_of(found), order.id, customer.id, asked.store_id)


def look(asked: Asked, boxes: str, *, minutes: float, source: Source = FILTER) -> None:
    at = TUESDAY + timedelta(minutes=minutes)
    for box in boxes:
        actions.touch_and_read(
            asked.token, choice=box, method=TouchMethod.GET, source=source, now=at, machine_now=at
        )


def test_a_domain_whose_filters_open_everything(
    session: Session, client: FlaskClient, clocks: Clocks
) -> None:
    first = make_invitation(session)
    several = [
        invite_at(session, first, f"c{number}@filtered.example", number) for number in range(LEAST_OF_DOMAIN)
    ]
    few = [invite_at(session, first, f"c{number}@small.example", 100 + number) for number in range(5)]
    for number, asked in enumerate([*several, *few]):
        look(asked, "321" if number % 4 else "3", minutes=10 + number / 10)
    clocks.move_to(TUESDAY + timedelta(hours=1))
    labelling.work_surveys(lambda: None)
    assert domains.work_domains(lambda: None) == 1
    row = domains.list_domains()[0]
    assert (row.domain, row.touched_count, row.filtered_count) == ("filtered.example", 20, 15), (
        "of five customers nothing is kept"
    )
    assert row.window is not None
    assert timedelta(minutes=11) <= row.window <= timedelta(minutes=12)

    new, later, pressed = (
        invite_at(session, first, f"n{number}@filtered.example", 200 + number) for number in range(3)
    )
    look(new, "2", minutes=5)
    look(later, "2", minutes=30)
    clocks.move_to(TUESDAY + timedelta(hours=2))
    labelling.work_surveys(lambda: None)
    labels = {
        asked.token: session.execute(
            select(Touch.label, Touch.reason).where(Touch.invitation_id == asked.invitation_id)
        ).one()
        for asked in (new, later)
    }
    assert labels[new.token] == (TouchLabel.MACHINE, TouchReason.FILTER_DOMAIN)
    assert labels[later.token] == (TouchLabel.SINGLE, TouchReason.ALONE)

    def leave(asked: Asked, minutes: float) -> AnswerState | None:
        at = TUESDAY + timedelta(minutes=minutes)
        sent = Confirmation(Choice.SATISFIED, f"p{minutes}", at - timedelta(seconds=9), at)
        return actions.note_intent(token=asked.token, confirmation=sent, source=PHONE, now=at)

    assert leave(new, 6) is AnswerState.WITHDRAWN, "while the filters work a gesture is nobody's"
    assert leave(later, 31) is AnswerState.PROVISIONAL
    at = TUESDAY + timedelta(minutes=5)
    sent = Confirmation(Choice.NOT_SATISFIED, "p", at - timedelta(seconds=5), at)
    taken = actions.take_answer(token=pressed.token, confirmation=sent, source=PHONE, now=at, least_seconds=1)
    assert taken is Confirmed.COUNTED, "the button always answers"
    session.commit()
    log_in(client, make_agent(session, role=Role.MARKETER))
    page = client.get("/surveys/domains").text
    assert "filtered.example" in page
    assert "small.example" not in page


def test_what_is_not_seen_for_a_year_is_forgotten(session: Session, clocks: Clocks) -> None:
    first = make_invitation(session)
    for number in range(LEAST_OF_DOMAIN):
        look(invite_at(session, first, f"c{number}@old.example", number), "321", minutes=10)
    clocks.move_to(TUESDAY + timedelta(hours=1))
    labelling.work_surveys(lambda: None)
    domains.work_domains(lambda: None)
    clocks.move_to(TUESDAY + timedelta(days=40))
    labelling.work_surveys(lambda: None)
    domains.work_domains(lambda: None)
    assert [row.domain for row in domains.list_domains()] == ["old.example"], (
        "touches go, what they taught stays"
    )
    clocks.move_to(TUESDAY + timedelta(days=380))
    domains.work_domains(lambda: None)
    assert domains.list_domains() == []


@pytest.mark.parametrize(("touched", "filtered"), [(19, 19), (40, 19)])
def test_too_few_say_nothing(touched: int, filtered: int) -> None:
    assert window_of(touched, filtered, 600) is None
