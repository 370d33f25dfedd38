"""Figures by API: those worked by hand, with their definitions, within what the person of the key may see."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from hub.plans.actions import add_builtin_plans
from hub.staff.words import ApiScope, Role
from hub.statistics.base.working import keep_night
from hub.statistics.measures import MEASURES
from hub.statistics.measuring.door import TOLD_BY, list_keys
from hub.statistics.measuring.plans import OF_ONE
from tests.conftest import HandClock
from tests.makers.keys import make_key
from tests.makers.staff import make_agent
from tests.makers.statistics import work_off
from tests.makers.stores import make_region
from tests.makers.worked_chain import ASKED_AT, PERIOD, WorkedChain, make_worked_chain, moment

MINUTE = 60
OF_ALL = ("searches_in_vain", "plan_engaged", "plan_unsubscribed", "plan_complaints", "plans_gain")
"""Never by store: searches know none, and the pages of plans say these of what the filters leave."""


@pytest.fixture
def chain(session: Session, hand_clock: HandClock) -> WorkedChain:
    chain = make_worked_chain(session, hand_clock)
    work_off()
    return chain


class Asker:
    def __init__(self, client: FlaskClient, headers: dict[str, str]) -> None:
        self.client, self.headers = client, headers

    def ask(self, key: str, status: int = 200, **args: str) -> Any:
        response = self.client.get(
            f"/api/v1/statistics/{key}", headers=self.headers, query_string=PERIOD | args
        )
        assert response.status_code == status, response.text
        return response.json

    def groups(self, key: str, by: str, **args: str) -> dict[str | None, float]:
        return {row["group"]: row["value"] for row in self.ask(key, by=by, **args)["figures"]}


@pytest.fixture
def chain_key(session: Session, client: FlaskClient, chain: WorkedChain) -> Asker:
    return Asker(client, make_key(session, None, ApiScope.STATISTICS_READ))


def test_a_figure_of_all_with_its_definition_and_what_it_is_compared_with(chain_key: Asker) -> None:
    found = chain_key.ask("median_reply", compare="previous")
    assert found["measure"]["unit"] == "business seconds"
    assert found["measure"]["leaves_out"]
    [row] = found["figures"]
    assert (row["value"], row["count"], row["group"]) == (42.5 * MINUTE, 18, None)
    assert (found["before"]["since"], found["before"]["until"]) == ("2026-03-30", "2026-04-02")
    compared = found["compared"]
    assert (compared["since"], compared["until"]) == ("2026-04-04", "2026-04-07"), "the 8th is not over"
    assert [row["count"] for row in compared["figures"]] == [18]
    assert [row["count"] for row in found["before"]["figures"]] == [0]
    assert chain_key.ask("median_reply")["before"] is None
    [share] = chain_key.ask("within_target")["figures"]
    assert share["low"] < 14 / 18 < share["high"]


def test_groups_are_named_by_what_a_filter_takes(chain_key: Asker) -> None:
    assert chain_key.groups("median_reply", "store") == {"LYO": 45 * MINUTE, "LIL": 42.5 * MINUTE}
    assert chain_key.groups("waits", "day") == {"2026-04-04": 5, "2026-04-07": 13}
    assert chain_key.groups("tickets", "channel") == {"email": 19}, "spam is no matter of its own"
    assert chain_key.groups("tickets", "reason") == {None: 14, "breakage": 2, "delivery": 3}
    assert chain_key.groups("waits", "reason", reason="delivery") == {"delivery": 4}
    assert chain_key.ask("waits", by="store")["figures"][0]["name"] in {"Lille", "Lyon Part-Dieu"}
    assert chain_key.ask("waiting_now")["figures"][0]["value"] == 2


def test_every_figure_that_can_be_asked_for_is_defined_and_answers(chain_key: Asker) -> None:
    add_builtin_plans(now=ASKED_AT)
    listed = chain_key.client.get("/api/v1/statistics/measures", headers=chain_key.headers).json["measures"]
    assert [row["key"] for row in listed] == list(list_keys())
    for row in listed:
        assert row["definition"] == MEASURES[row["key"]].definition
        key, more = row["key"], {"compare": "previous"}
        if key in OF_ONE:
            assert chain_key.ask(key, 422)["error"]["field"] == "plan"
            more |= {"plan": "welcome_pack"}
        told = chain_key.ask(key, **more)
        assert (told["measure"]["key"], told["by"]) == (key, TOLD_BY.get(key))
        if key in TOLD_BY or key in OF_ALL:
            assert chain_key.ask(key, 422, by="store", **more)["error"]["field"] == "by", (
                "told in parts alone"
            )
        else:
            assert chain_key.ask(key, by="store", **more)["by"] == "store"


@pytest.mark.parametrize(
    ("args", "field"),
    [
        ({"by": "moon"}, "by"),
        ({"reason": "moon"}, "reason"),
        ({"agent": "moon@verel.example"}, "agent"),
        ({"store": "MOON"}, "store"),
        ({"compare": "moon"}, "compare"),
        ({"since": "2026-13-01"}, "since"),
        ({"stores": "LYO"}, "stores"),
    ],
)
def test_a_wrong_filter_is_named(chain_key: Asker, args: dict[str, str], field: str) -> None:
    if field == "stores":
        assert chain_key.ask("response-times", 422, **args)["error"]["field"] == field
    assert chain_key.ask("waits", 422, **args)["error"]["field"] == field


def test_an_unknown_figure_is_refused(chain_key: Asker) -> None:
    assert "error" in chain_key.ask("moon", 422)


def test_a_filter_that_a_figure_does_not_have_is_refused_and_not_passed_over(chain_key: Asker) -> None:
    chain_key.ask("orders", 422, reason="delivery")
    chain_key.ask("csat", 422, agent="ada@verel.example")


def test_figures_of_pages_are_told_with_their_parts(chain_key: Asker, session: Session) -> None:
    """Of the base one night: the latest up to `until`, which the answer names; the files of each night are without them."""
    assert chain_key.groups("reason_share", "reason") == {
        None: 14 / 19,
        "breakage": 2 / 19,
        "delivery": 3 / 19,
    }
    chain_key.ask("reason_share", 422, reason="delivery")
    assert chain_key.ask("tickets_change", 422)["error"]["field"] == "compare"
    grown = chain_key.groups("tickets_change", "reason", compare="previous")
    assert grown == {"breakage": 2, "delivery": 3}
    assert chain_key.groups("without_article", "reason") == {"breakage": 1, "delivery": 1}
    assert chain_key.ask("base_customers")["figures"] == [], "before the first night"
    assert set(chain_key.groups("messages_pressure", "part")) == {"1", "2", "3", "4", "5+"}
    for day in (6, 7):
        keep_night(now=moment(day, "04:00"))
    told = chain_key.ask("base_customers", until="2026-04-06", compare="year")
    assert (told["since"], told["until"], told["figures"][0]["value"]) == ("2026-04-06", "2026-04-06", 20)
    assert told["before"]["figures"] == []
    assert chain_key.ask("base_stages")["until"] == "2026-04-07"
    assert {"5-5", "1-1"} <= chain_key.groups("base_rf", "part").keys()
    assert chain_key.groups("base_consents", "part")["never:email:promotion"] == 20
    assert chain_key.groups("base_reachable", "store") == {None: 1}
    chain_key.ask("base_offers", 422, channel="email")
    assert chain_key.ask("waits", 422, plan="welcome_pack")["error"]["field"] == "plan"
    chain_key.ask("plan_gain", 404, plan="moon")


def test_figures_of_a_person_are_read_by_that_person_and_who_leads_there(
    session: Session, client: FlaskClient, chain: WorkedChain, chain_key: Asker
) -> None:
    """By name, as a filter and behind a figure: neither the chain's key, the region nor the head office."""

    def asker(role: Role, *store_ids: int, **more: Any) -> Asker:
        agent = make_agent(
            session, "Mo", email=f"{role}{len(store_ids)}@x.example", role=role, store_ids=store_ids, **more
        )
        return Asker(client, make_key(session, agent.id, ApiScope.STATISTICS_READ))

    ids = [store.id for store in chain.stores.values()]
    region = make_region(session, "Est")
    for store in chain.stores.values():
        store.region_id = region.id
    session.flush()
    of_both = asker(Role.STORE_MANAGER, *ids)
    of_lille = asker(Role.STORE_MANAGER, chain.stores["LIL"].id)
    assert of_both.groups("waits", "agent") == {"ada@verel.example": 9, "bo@verel.example": 9}
    assert of_both.ask("waits", agent="bo@verel.example", store="LIL")["figures"][0]["value"] == 9
    assert of_lille.groups("waits", "agent") == {"bo@verel.example": 9}
    of_lille.ask("waits", 422, agent="ada@verel.example")
    of_lille.ask("dropped", 422, by="agent")
    for key in ("dropped", "dropped_share", "contact_rate"):
        assert "error" in of_lille.ask(key, 422, agent="bo@verel.example"), "nobody's: waits dropped, orders"
    of_region = asker(Role.REGION_MANAGER, region_ids=(region.id,))
    for nobody in (chain_key, of_region, asker(Role.HEAD_OFFICE, *ids), asker(Role.ADMINISTRATOR)):
        nobody.ask("waits", 403, by="agent")
        nobody.ask("waits", 422, agent="ada@verel.example")


def test_a_key_sees_what_its_person_sees(session: Session, client: FlaskClient, chain: WorkedChain) -> None:
    lille = chain.stores["LIL"].id
    manager = make_agent(session, "Max", email="max@x.example", role=Role.STORE_MANAGER, store_ids=(lille,))
    of_lille = Asker(client, make_key(session, manager.id, ApiScope.STATISTICS_READ))
    assert of_lille.groups("waits", "store") == {"LIL": 9}
    of_lille.ask("searches_in_vain", 403)
    assert of_lille.groups("without_article", "store").keys() <= {"LIL"}
    assert of_lille.groups("base_customers", "store").keys() <= {"LIL"}
    marketer = make_agent(session, "Mia", email="mia@x.example", role=Role.MARKETER)
    of_marketer = Asker(client, make_key(session, marketer.id, ApiScope.STATISTICS_READ))
    of_marketer.ask("waits", 403, by="agent")
    agent = Asker(client, make_key(session, chain.people["LIL"].agent_id, ApiScope.STATISTICS_READ))
    for key in ("waits", "measures", "response-times"):
        assert client.get(f"/api/v1/statistics/{key}", headers=agent.headers).status_code == 403, key
    Asker(client, make_key(session, None, ApiScope.TICKETS_READ)).ask("waits", 403)
