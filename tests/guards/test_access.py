"""Every route, walked as each role and as a stranger: the access table is the only rule."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.routing import IntegerConverter, Rule

from hub.app import DOORS
from hub.blueprints.access import Entry, asks_of
from hub.blueprints.menu import ITEMS, ROOM_OF
from hub.content.actions import publish_builtin_templates
from hub.plans.actions import add_builtin_plans
from hub.reasons.actions import add_builtin_reasons
from hub.staff.models import Agent
from hub.staff.rules import PERMISSIONS
from hub.staff.words import ApiScope, Permission, Role
from hub.surveys.actions import add_builtin_survey
from tests.conftest import TUESDAY
from tests.makers.customers import make_customer
from tests.makers.keys import make_key
from tests.makers.staff import log_in, make_agent
from tests.makers.stores import make_chain, make_region, make_store

SIGNED_OUT_STATUS = {301, 302, 303, 308}
BROKEN = 500
BRIEFLY = {"Accept": "application/json"}
"""What refuses answers in a word instead of a page; the counter's own doors would, too, so they are asked for a page."""


def rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def address(rule: Rule) -> str:
    """The route with values that fit its converters."""
    values = {
        name: 1 if isinstance(converter, IntegerConverter) else "none-such"
        for name, converter in rule._converters.items()
    }
    if not values:
        return rule.rule
    built = rule.build(values, append_unknown=False)
    assert built is not None, f"no address fits {rule}"
    return built[1]


@pytest.fixture
def house(session: Session) -> Session:
    make_chain(session)
    store = make_store(session, region_id=make_region(session).id)
    make_customer(session)
    publish_builtin_templates(now=TUESDAY)
    add_builtin_reasons()
    add_builtin_survey(now=TUESDAY)
    add_builtin_plans(now=TUESDAY)
    session.info["store_id"] = store.id
    session.commit()
    return session


BESIDE_THE_RAIL = {"notices", "counter"}
"""Entered by the bell and by the counter's own tablet."""


def test_every_room_of_the_staff_has_its_place_in_the_rail() -> None:
    placed = {endpoint.partition(".")[0] for endpoint, *_ in ITEMS}
    rooms = {door.blueprint.name for door in DOORS if isinstance(door.asks, Permission)}
    assert {room for room in rooms if ROOM_OF.get(room, room) not in placed} == BESIDE_THE_RAIL


def test_every_route_stands_in_the_table(app: Flask) -> None:
    assert [rule.endpoint for rule in rules(app) if asks_of(app, rule.endpoint) is None] == []


def test_a_stranger_enters_public_doors_only(app: Flask, client: FlaskClient, house: Session) -> None:
    wrong = []
    for rule in rules(app):
        asks = asks_of(app, rule.endpoint)
        if asks is Entry.PUBLIC:
            continue
        for method in (rule.methods or set()) - {"OPTIONS", "HEAD"}:
            response = client.open(address(rule), method=method)
            is_machine = asks is Entry.MACHINE or isinstance(asks, ApiScope)
            is_closed = response.status_code == 401 if is_machine else _leads_to_sign_in(response)
            if not is_closed:
                wrong.append((rule.endpoint, method, response.status_code))
    assert wrong == []


def _leads_to_sign_in(response: object) -> bool:
    location = getattr(response, "headers", {}).get("Location", "")
    return getattr(response, "status_code", 0) in SIGNED_OUT_STATUS and "/session/" in location


@pytest.mark.parametrize("role", list(Role))
def test_each_role_enters_exactly_its_doors(
    app: Flask, client: FlaskClient, house: Session, role: Role
) -> None:
    log_in(client, _person(house, role))
    cookie = client.get_cookie("session")
    assert cookie
    wrong, broken = [], []
    for rule in rules(app):
        asks = asks_of(app, rule.endpoint)
        if not isinstance(asks, Permission) and asks is not Entry.SIGNED_IN:
            continue
        for method in (rule.methods or set()) - {"OPTIONS", "HEAD"}:
            client.set_cookie("session", cookie.value)  # the way before may have been that out
            headers = {} if rule.endpoint.startswith("counter.") else BRIEFLY
            status = client.open(address(rule), method=method, headers=headers).status_code
            may = asks is Entry.SIGNED_IN or asks in PERMISSIONS[role]
            if may == (status == 403):
                wrong.append((rule.endpoint, method, status))
            if status >= BROKEN:
                broken.append((rule.endpoint, method, status))
            house.expire_all()
    assert (wrong, broken) == ([], [])


def _person(session: Session, role: Role) -> Agent:
    store_ids = () if role is Role.REGION_MANAGER else (session.info["store_id"],)
    agent = make_agent(session, role=role, store_ids=store_ids)
    session.commit()
    return agent


@pytest.mark.parametrize("scope", list(ApiScope))
def test_a_key_opens_exactly_its_scope(
    app: Flask, client: FlaskClient, house: Session, scope: ApiScope
) -> None:
    agent = _person(house, Role.ADMINISTRATOR)
    headers = make_key(house, agent.id, scope)
    house.commit()
    wrong = []
    for rule in rules(app):
        asks = asks_of(app, rule.endpoint)
        if not isinstance(asks, ApiScope):
            continue
        for method in (rule.methods or set()) - {"OPTIONS", "HEAD"}:
            status = client.open(address(rule), method=method, headers=headers, json={}).status_code
            if (status == 403) == (asks is scope):
                wrong.append((rule.endpoint, method, status))
    assert wrong == []


def test_public_pages_answer_without_breaking(app: Flask, client: FlaskClient, house: Session) -> None:
    broken = []
    for rule in rules(app):
        if asks_of(app, rule.endpoint) is Entry.PUBLIC and not rule.endpoint.startswith("demo."):
            for method in (rule.methods or set()) - {"OPTIONS", "HEAD"}:
                status = client.open(address(rule), method=method).status_code
                if status >= BROKEN and rule.endpoint != "health.ready":
                    broken.append((rule.endpoint, method, status))
    assert broken == []
