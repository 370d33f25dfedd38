"""The first-party script's doors: allowed sites only, no cookie, consent withdrawn, a click that names its reader."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from hub.blueprints.pages import limiter
from hub.core.actor import SYSTEM
from hub.orders.behaviour.models import Visit, Visitor
from hub.orders.behaviour.queries import get_setup
from hub.orders.behaviour.setting import change_behaviour
from hub.orders.behaviour.tokens import make_token, mark_address
from tests.conftest import TUESDAY, HandClock
from tests.makers.customers import make_customer
from tests.makers.stores import make_chain, make_store

SHOP, VISITOR = "https://www.verel.example", "v" * 22
Ask = Callable[..., TestResponse]


def switch(session: Session, *, is_on: bool = True) -> None:
    change_behaviour(is_on=is_on, sites=[SHOP], keep_days=395, late_days=14, by=SYSTEM, now=TUESDAY)
    session.commit()


@pytest.fixture
def ask(client: FlaskClient, session: Session, hand_clock: HandClock) -> Ask:
    make_chain(session)
    make_store(session)
    switch(session)

    def post(path: str = "note", origin: str | None = SHOP, **fields: Any) -> TestResponse:
        form = {"visitor": VISITOR, "kind": "product", "sku": "LAMPE-01", "key": "k1", **fields}
        return client.post(f"/visits/{path}", data=form, headers={"Origin": origin} if origin else {})

    return post


def test_a_page_is_noted_once_without_a_cookie(session: Session, ask: Ask) -> None:
    for _ in range(2):
        answer = ask()
        assert answer.status_code == 204
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Access-Control-Allow-Origin"] == SHOP
        assert "Origin" in answer.headers["Vary"]
    ask(key="k2", kind="nonsense")
    kinds = session.scalars(select(Visit.kind).order_by(Visit.id)).all()
    assert [kind.value for kind in kinds] == ["product", "other"]


@pytest.mark.parametrize("origin", [None, "https://evil.example", f"{SHOP}:8443", "null"])
def test_another_site_gets_nothing(session: Session, ask: Ask, origin: str | None) -> None:
    answer = ask(origin=origin)
    assert answer.status_code == 403
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert session.scalars(select(Visit.id)).all() == []


def test_switched_off_nothing_is_noted(session: Session, ask: Ask) -> None:
    switch(session, is_on=False)
    assert ask().status_code == 403


def test_withdrawing_forgets_the_browser(session: Session, ask: Ask) -> None:
    ask()
    assert ask("forget").status_code == 204
    assert session.scalars(select(Visit.id)).all() == []
    assert session.scalars(select(Visitor.visitor_id)).all() == []
    assert ask("forget", visitor="x").status_code == 422


def test_a_followed_link_names_the_reader(session: Session, ask: Ask, hand_clock: HandClock) -> None:
    dora = make_customer(session)
    session.commit()
    ask()
    marked = mark_address(f"{SHOP}/lampes?x=1", dora.id, get_setup(), now=hand_clock.now)
    [token] = parse_qs(urlsplit(marked).query)["comptoir"]
    elsewhere = "https://www.elsewhere.example/"
    assert mark_address(elsewhere, dora.id, get_setup(), now=hand_clock.now) == elsewhere
    ask(key="k2", token=token)
    assert set(session.scalars(select(Visit.customer_id))) == {dora.id}


def test_a_mangled_or_old_token_names_nobody(session: Session, ask: Ask, hand_clock: HandClock) -> None:
    dora = make_customer(session)
    session.commit()
    old = make_token(dora.id, now=hand_clock.now)
    hand_clock.move(hours=2)
    for number, token in enumerate((old, f"{old}x", "nonsense")):
        assert ask(key=f"t{number}", token=token).status_code == 204
    assert set(session.scalars(select(Visit.customer_id))) == {None}


def test_visits_are_limited(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limiter, "enabled", True)
    limiter.reset()
    statuses = {ask(key=f"l{number}").status_code for number in range(125)}
    assert statuses == {204, 429}
    limiter.reset()
