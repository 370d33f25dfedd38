"""Erasures that a plan announced: the night keeps the day, any sign of life takes it away, the dry run says who."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.core.actor import CUSTOMER, SYSTEM
from hub.core.audit import AuditEntry
from hub.core.db import Base
from hub.core.words import Purpose
from hub.customers.actions import record_consent
from hub.customers.words import AddressKind, ConsentAction, LegalBasis
from hub.identity import erasing, register, retention
from hub.identity.privacy_models import Erasure, RetentionRun
from hub.identity.terms import ANNOUNCED
from hub.inbox.models import Ticket
from hub.inbox.words import TicketState
from hub.orders.behaviour.visits import take_visits
from hub.plans.models import ErasureDate
from hub.surveys.whys.models import WhyAnswer
from hub.surveys.whys.words import WhyReason
from tests.conftest import TUESDAY
from tests.makers.everything import EveryRow
from tests.plans.lives import Lives, baskets, clicks, enters, orders

HELLO = {"key": "hello", "kind": "send", "template": "reactivation_notice", "purpose": "service"}
DUE = {"key": "due", "kind": "erasure_due", "days": 3, "delay": {"days": 30, "at": "10:00"}}
PLAN = {"format": 2, "entry": {"on": "by_hand"}, "exits": ["life_sign"], "steps": [HELLO, DUE]}
DAY = date(2026, 4, 5)
NIGHT = "D+34 03:00"
"""The first night after the day."""
Sign = Callable[[Lives, datetime], object]


@pytest.fixture
def announced(lives: Lives) -> Lives:
    """The plan has written the day down: D+33."""
    lives.of("mine", PLAN)
    lives.live(("D0 10:00", enters("mine")), until="D+30 12:00")
    assert lives.session.scalars(select(ErasureDate.erasure_due_on)).all() == [DAY]
    return lives


def at_night(lives: Lives, when: str) -> list[int]:
    """Let the retention job work at that time; who is to be erased by then."""
    lives.clock.now = lives.moment(when)
    while retention.work_retention(lambda: None):
        pass
    return list(lives.session.scalars(select(Erasure.customer_id)))


def test_the_night_after_the_day_erases(announced: Lives) -> None:
    assert at_night(announced, "D+33 09:00") == [], "not on the day itself"
    assert not retention.has_due()
    assert at_night(announced, "D+34 01:59") == []
    announced.clock.now = announced.moment("D+34 02:01")
    assert retention.has_due()
    assert at_night(announced, NIGHT) == [announced.customer.id]
    assert not retention.has_due()
    while erasing.work_erasures(lambda: None):
        pass
    announced.session.expire_all()
    assert announced.customer.erased_at is not None
    assert announced.session.scalars(select(ErasureDate)).all() == []
    run = announced.session.scalars(select(RetentionRun)).one()
    assert (run.kind, run.row_count) == (ANNOUNCED, 1)
    assert [row.title for row in retention.list_runs()] == ["Erasures that a plan announced"]
    assert announced.session.scalars(select(Erasure.is_planned)).all() == [True]


def ticket(life: Lives, at: datetime) -> None:
    EveryRow(life.session, life.customer.id, frozenset({"customers"})).make(Base.metadata.tables["tickets"])
    state = {"state": TicketState.CLOSED, "customer_id": life.customer.id, "created_at": at}
    life.session.execute(update(Ticket).values(state))


def visits(life: Lives, at: datetime) -> None:
    who = {"email": "dora@client.example"}
    page = {
        "customer": who,
        "url": "https://shop.example/lampe",
        "kind": "product",
        "sku": "L",
        "at": at.isoformat(),
    }
    taken = take_visits([page], source="shop", now=at)
    assert not taken.refused, taken.refused


def agrees(life: Lives, at: datetime) -> None:
    from hub.core.words import Channel

    record_consent(
        address_kind=AddressKind.MAIL, address="dora@client.example", channel=Channel.EMAIL, purpose=Purpose.NEWSLETTER,
        action=ConsentAction.GIVEN, legal_basis=LegalBasis.CONSENT, wording="Yes", wording_version="1",
        collection_point="preferences", by=CUSTOMER, now=at,
    )  # fmt: skip


def answers_why(life: Lives, at: datetime) -> None:
    life.session.add(
        WhyAnswer(
            customer_id=life.customer.id, source="plan:x", reason=WhyReason.PRICE, comment="", answered_at=at
        )
    )
    life.session.flush()


def opens_ticket_that_stays(life: Lives, _at: datetime) -> None:
    """Told long ago, and nobody has answered it yet."""
    ticket(life, TUESDAY - timedelta(days=900))
    life.session.execute(update(Ticket).values(state=TicketState.OPEN))


SIGNS: dict[str, Sign] = {
    "order": orders("A1"),
    "click": clicks("hello"),
    "visit": visits,
    "basket": baskets("B1"),
    "ticket": ticket,
    "open ticket": opens_ticket_that_stays,
    "why": answers_why,
    "consent": agrees,
}


@pytest.mark.parametrize("sign", SIGNS)
def test_a_sign_of_life_takes_the_day_away(announced: Lives, sign: str) -> None:
    announced.live(("D+32 10:00", SIGNS[sign]), until="D+33")
    assert at_night(announced, NIGHT) == []
    assert announced.session.scalars(select(ErasureDate)).all() == []
    told = announced.session.scalars(
        select(AuditEntry.data).where(AuditEntry.action == "customer.erasure_called_off")
    )
    assert told.all() == [{"due_on": DAY.isoformat()}]
    assert at_night(announced, "D+200 03:00") == []


@pytest.mark.parametrize("sign", [baskets("B1", state="emptied"), None])
def test_what_is_no_sign_of_life_changes_nothing(announced: Lives, sign: Sign | None) -> None:
    """The shop empties a basket; somebody at the till writes down a consent."""
    if sign:
        announced.live(("D+32 10:00", sign), until="D+33")
    assert at_night(announced, NIGHT) == [announced.customer.id]


def test_an_order_from_before_the_silence_that_is_told_late_changes_nothing(announced: Lives) -> None:
    old = orders("A1", placed_at=(TUESDAY - timedelta(days=800)).isoformat())
    announced.live(("D+32 10:00", old), until="D+33")
    assert at_night(announced, NIGHT) == [announced.customer.id]


def test_the_dry_run_names_them_and_changes_nothing(announced: Lives) -> None:
    found = retention.try_term(ANNOUNCED, 1, now=announced.clock.now)[0]
    assert (found.count, found.oldest_at and found.oldest_at.date()) == (1, DAY)
    assert [(who, at.date()) for who, at in found.examples] == [(announced.customer.id, DAY)]
    assert announced.session.scalars(select(Erasure)).all() == []


def test_switched_off_nobody_is_erased(announced: Lives) -> None:
    assert retention.get_term(ANNOUNCED).is_on
    now = announced.clock.now
    retention.set_term(ANNOUNCED, months=1, is_on=False, by=SYSTEM, now=now)
    assert at_night(announced, NIGHT) == []
    retention.set_term(ANNOUNCED, months=1, is_on=True, by=SYSTEM, now=announced.clock.now)
    assert at_night(announced, "D+35 03:00") == [announced.customer.id]


def test_the_register_says_how_long(announced: Lives) -> None:
    base = next(line for line in register.list_lines({}) if line.activity.key == "base")
    assert ("Erasures that a plan announced", 0) in base.terms


def test_nothing_is_due_where_nobody_has_a_day(session: Session, lives: Lives) -> None:
    assert not retention.has_due()
    assert retention.work_retention(lambda: None) == 0
