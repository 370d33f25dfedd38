"""Prize draws: announced sealed, one chance a customer whatever was written, drawn again by anybody, passed on."""

import hashlib
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.content.actions import publish_builtin_templates
from hub.core.actor import SYSTEM
from hub.core.audit import AuditEntry
from hub.core.errors import Conflict, Invalid, NotFound
from hub.core.words import Language
from hub.orders.models import Order
from hub.outbox.models import OutboundMessage
from hub.reviews import draws
from hub.reviews.draw_rules import DrawDraft, rank_numbers
from hub.reviews.models import Review
from hub.reviews.words import ReviewState
from hub.staff.words import Role
from tests.conftest import TUESDAY, HandClock
from tests.makers.customers import make_customer
from tests.makers.orders import make_order
from tests.makers.staff import log_in, make_agent
from tests.makers.stores import make_chain, make_store

DRAFT = DrawDraft(
    name="Avis de mars",
    prize="Une carte cadeau de 100 €",
    rules_fr="Ouvert aux clients.\nSans obligation d’achat.",
    rules_en="",
    since_on=date(2026, 3, 3),
    until_on=date(2026, 3, 31),
    winner_count=2,
)
AFTER = TUESDAY + timedelta(days=29)


@pytest.fixture
def house(session: Session, hand_clock: HandClock) -> Order:
    make_chain(session)
    store = make_store(session)
    publish_builtin_templates(now=TUESDAY)
    return make_order(session, customer_id=make_customer(session).id, store_id=store.id)


def make_review(
    session: Session, order: Order, customer_id: int, *, sku: str = "LAMP", at: datetime = TUESDAY, stars: int = 1,
    state: ReviewState = ReviewState.WAITING,
) -> int:  # fmt: skip
    row = Review(
        order_id=order.id, customer_id=customer_id, store_id=order.store_id, sku=sku, product_name="Lampe",
        language=Language.FRENCH, state=state, stars=stars, points={}, text="Cassée", description="",
        public_name="D.", experienced_at=at, written_at=at, changed_at=at,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row.id


def test_anybody_draws_again_and_gets_the_same(
    session: Session, client: FlaskClient, house: Order, hand_clock: HandClock
) -> None:
    draw_id = draws.announce_draw(DRAFT, by=SYSTEM, now=TUESDAY)
    people = [make_customer(session, f"C{n}", mail=f"c{n}@client.example", phone=None).id for n in range(6)]
    states = [ReviewState.REFUSED, ReviewState.PUBLISHED, ReviewState.WAITING]
    numbers = [
        make_review(session, house, person, stars=1 + n % 5, state=states[n % 3])
        for n, person in enumerate(people)
    ]
    make_review(session, house, people[0], sku="LED", at=TUESDAY + timedelta(days=1))
    late = make_customer(session, "Late", mail="late@client.example", phone=None).id
    make_review(session, house, late, at=TUESDAY + timedelta(days=28, hours=20))
    session.commit()

    sealed = client.get(f"/shop/draws/{draw_id}").text
    seed, commitment = draws.get_draw(draw_id).seed, draws.get_draw(draw_id).commitment
    assert commitment in sealed
    assert seed not in sealed
    assert client.get(f"/shop/json/draws/{draw_id}").status_code == 404
    with pytest.raises(Conflict):
        draws.draw(draw_id, by=SYSTEM, now=TUESDAY + timedelta(days=28))
    session.rollback()

    hand_clock.now = AFTER
    draws.draw(draw_id, by=SYSTEM, now=AFTER)
    session.commit()
    with pytest.raises(Conflict):
        draws.draw(draw_id, by=SYSTEM, now=AFTER)
    session.rollback()
    told = client.get(f"/shop/json/draws/{draw_id}").json
    assert told is not None
    assert told["entries"] == numbers, "once each, waiting and refused ones too; nobody after the last day"
    assert hashlib.sha256(told["seed"].encode()).hexdigest() == commitment == told["commitment"]
    again = sorted(told["entries"], key=lambda n: hashlib.sha256(f"{told['seed']}:{n}".encode()).hexdigest())
    assert [winner["number"] for winner in told["winners"]] == again[:2]
    page = client.get(f"/shop/draws/{draw_id}?lang=en").text
    assert told["seed"] in page
    assert f"Review no. {again[0]}" in page
    assert "Cassée" not in page
    letters = session.scalars(
        select(OutboundMessage).where(OutboundMessage.source_kind == "review_draw")
    ).all()
    assert {letter.customer_id for letter in letters} == {
        people[numbers.index(number)] for number in again[:2]
    }
    assert "review_draw.drawn" in session.scalars(select(AuditEntry.action)).all()


def test_a_prize_passes_on_in_the_same_order_past_who_was_erased(
    session: Session, house: Order, hand_clock: HandClock
) -> None:
    draw_id = draws.announce_draw(replace(DRAFT, winner_count=1), by=SYSTEM, now=TUESDAY)
    people = {}
    for n in range(3):
        person = make_customer(session, f"C{n}", mail=f"c{n}@client.example", phone=None).id
        people[make_review(session, house, person)] = person
    draws.draw(draw_id, by=SYSTEM, now=AFTER)
    order = rank_numbers(draws.get_draw(draw_id).seed, people)
    session.delete(session.get_one(Review, order[1]))
    session.flush()
    with pytest.raises(Invalid):
        draws.pass_on(draw_id, 1, reason=" ", by=SYSTEM, now=AFTER)
    draws.pass_on(draw_id, 1, reason="n’a pas répondu", by=SYSTEM, now=AFTER)
    winners = draws.list_winners(draw_id)
    assert [(winner.rank, winner.number, winner.passed_on_at is None) for winner in winners] == [
        (1, order[0], False), (3, order[2], True),
    ]  # fmt: skip
    with pytest.raises(NotFound):
        draws.pass_on(draw_id, 1, reason="encore", by=SYSTEM, now=AFTER)
    with pytest.raises(Conflict):
        draws.pass_on(draw_id, 3, reason="refusé", by=SYSTEM, now=AFTER)


def test_the_staff_announces_draws_and_calls_off(
    session: Session, client: FlaskClient, house: Order, hand_clock: HandClock
) -> None:
    session.commit()
    log_in(client, make_agent(session, role=Role.MARKETER))
    form = {name: str(getattr(DRAFT, name)) for name in DRAFT.__dataclass_fields__} | {
        "since_on": "2026-03-10"
    }
    for name, bad in (("since_on", "2026-03-01"), ("until_on", "2026-03-04"), ("winner_count", "99"), ("prize", ""), ("since_on", "mardi")):  # fmt: skip
        assert client.post("/reviews/draws", data=form | {name: bad}).status_code == 422
    done = client.post("/reviews/draws", data=form)
    assert done.status_code == 303
    page = client.get(done.headers["Location"]).text
    assert "Annuler le tirage" in page
    path = done.headers["Location"]
    assert client.post(f"{path}/draw").status_code == 409
    assert client.post(f"{path}/call-off").status_code == 303
    assert client.get(path).status_code == 404
    done = client.post("/reviews/draws", data=form)
    hand_clock.now = TUESDAY + timedelta(days=8)
    assert client.post(f"{done.headers['Location']}/call-off").status_code == 409, "it has begun"
    make_review(session, house, house.customer_id, at=hand_clock.now)
    session.commit()
    hand_clock.now = AFTER
    assert client.post(f"{done.headers['Location']}/draw").status_code == 303
    assert "Lefèvre" in client.get(done.headers["Location"]).text
    assert "Avis de mars" in client.get("/reviews/draws").text
    log_in(client, make_agent(session, "Manu Roy", role=Role.MANAGER))
    assert client.get("/reviews/draws").status_code == 200
    assert client.post("/reviews/draws", data=form).status_code == 403, "who moderates announces no prizes"
