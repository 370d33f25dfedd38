"""Words of regions by the page of an administrator and by the API; nobody else may."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from hub.staff.words import ApiScope, Role
from hub.stores.properties import get_region_values
from tests.conftest import HandClock
from tests.makers.inbox import make_house
from tests.makers.keys import make_key
from tests.makers.staff import log_in, make_agent
from tests.makers.stores import make_region

PUT = "/api/v1/regions/sud-est/properties"
RAIN = {"properties": {"weather": "rain", "temperature": 31, "strike": True}, "expires_hours": 6}


@pytest.fixture
def region(session: Session, hand_clock: HandClock) -> int:
    make_house(session)
    found = make_region(session).id
    session.commit()
    return found


def test_an_administrator_says_it_on_the_page_of_the_region(
    client: FlaskClient, session: Session, region: int, hand_clock: HandClock
) -> None:
    log_in(client, make_agent(session, "Cleo Fabre", role=Role.ADMINISTRATOR))
    page = f"/settings/regions/{region}"
    assert "sud-est" in client.get(page).text
    word = {"key": "meteo", "value": "pluie", "expires_hours": "6"}
    assert client.post(f"{page}/properties", data=word).status_code == 302
    shown = client.get(page).text
    assert "pluie" in shown
    assert "Retirer meteo" in shown
    for wrong in ({"key": "La météo"}, {"value": ""}, {"expires_hours": "0"}):
        refused = client.post(f"{page}/properties", data={**word, **wrong})
        assert refused.status_code == 422
        assert "Nom de la région" in refused.text
    assert client.post(f"{page}/properties/remove", data={"key": "meteo"}).status_code == 302
    assert get_region_values([region], at=hand_clock.now)[region] == {}
    assert client.post("/settings/regions/0/properties", data=word).status_code == 404


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_no_other_role_may(client: FlaskClient, session: Session, region: int, role: Role) -> None:
    agent = make_agent(session, "Bo Lind", role=role)
    log_in(client, agent)
    page = f"/settings/regions/{region}/properties"
    assert client.post(page, data={"key": "meteo", "value": "x"}).status_code == 403
    assert client.post(f"{page}/remove", data={"key": "meteo"}).status_code == 403
    headers = make_key(session, agent.id, ApiScope.REGIONS_WRITE)
    assert client.put(PUT, json=RAIN, headers=headers).status_code == 403
    assert client.get("/api/v1/regions", headers=headers).status_code == 403


def test_another_system_says_it_by_the_key_of_the_region(
    client: FlaskClient, session: Session, region: int, hand_clock: HandClock
) -> None:
    headers = make_key(session, None, ApiScope.REGIONS_WRITE)
    told = client.put(PUT, json=RAIN, headers=headers)
    assert told.status_code == 200
    assert get_region_values([region], at=hand_clock.now)[region] == {
        "weather": "rain", "temperature": "31", "strike": "true",
    }  # fmt: skip
    client.put(PUT, json={"properties": {"strike": None}}, headers=headers)
    [listed] = client.get("/api/v1/regions", headers=headers).get_json()["regions"]
    assert (listed["key"], [each["key"] for each in listed["properties"]]) == (
        "sud-est",
        ["temperature", "weather"],
    )
    assert client.get(PUT, headers=headers).json == {"region": listed}
    assert listed["properties"][0]["expires_at"] == "2026-03-03T15:00:00+00:00"
    hand_clock.move(hours=6)
    assert get_region_values([region], at=hand_clock.now)[region] == {}


def test_the_door_asks_for_its_scope_and_refuses_what_it_does_not_know(
    client: FlaskClient, session: Session, region: int
) -> None:
    good = make_key(session, None, ApiScope.REGIONS_WRITE)
    other = make_key(session, None, ApiScope.CUSTOMERS_READ)
    assert client.put(PUT, json=RAIN).status_code == 401
    assert client.put(PUT, json=RAIN, headers=other).status_code == 403
    assert client.put("/api/v1/regions/mars/properties", json=RAIN, headers=good).status_code == 404
    bodies: tuple[dict[str, object], ...] = (
        {}, {"properties": {}}, {"properties": {"Weather": "x"}}, {"properties": {"w": []}}, {"properties": {"w": ""}},
        {"properties": {"w": "x"}, "expires_hours": 0}, {"properties": {"w": "x"}, "until": 1},
    )  # fmt: skip
    for body in bodies:
        assert client.put(PUT, json=body, headers=good).status_code == 422, body
