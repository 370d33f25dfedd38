"""Alert rules: told once a rise and never of small numbers, to who may see the stores, with a page that opens."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from hub.content.actions import publish_builtin_templates
from hub.core.words import Channel
from hub.inbox.actions import choose_alerts
from hub.inbox.models import Notice, ReplyWait, Ticket
from hub.inbox.words import NoticeKind, WaitKind
from hub.outbox.models import OutboundMessage
from hub.reactions.drain import work_facts
from hub.staff.models import Agent
from hub.staff.words import Role
from hub.statistics.alerts import working
from hub.statistics.alerts.rules import Reading, read_late, read_satisfaction, step
from hub.statistics.models import AlertRule, AlertState
from hub.statistics.rows import NO_WAITS, Waits, satisfaction_of
from tests.conftest import TUESDAY, HandClock
from tests.makers.inbox import make_received
from tests.makers.staff import log_in, make_agent
from tests.makers.statistics import gather_all
from tests.makers.stores import make_chain, make_region, make_store


def waits(count: int, in_time: float) -> Waits:
    return Waits(
        count=count,
        measured_count=count,
        median_seconds=60,
        p90_seconds=60,
        mean_seconds=60,
        target_share=in_time,
    )


def test_a_rise_is_told_once_and_too_few_cases_change_nothing() -> None:
    above, below, unknown = Reading(9, is_above=True), Reading(1, is_above=False), Reading(9, is_above=None)
    state, told = False, []
    for reading in (unknown, above, above, unknown, above, below, unknown, above):
        state, is_told = step(state, reading)
        told.append(is_told)
    assert told == [False, True, False, False, False, False, False, True]
    assert read_late(waits(30, 0.7), 20).is_above
    assert read_late(waits(30, 0.8), 20).is_above is False, "not above: at the threshold"
    assert read_late(waits(29, 0.0), 20).is_above is None
    assert read_late(NO_WAITS, 20).is_above is None
    glad, sad, few = satisfaction_of((50, 30, 5)), satisfaction_of((30, 25, 30)), satisfaction_of((0, 0, 29))
    assert read_satisfaction(sad, glad).is_above
    assert read_satisfaction(glad, sad).is_above is False
    assert read_satisfaction(satisfaction_of((45, 30, 10)), glad).is_above is False, "chance explains it"
    assert read_satisfaction(few, glad).is_above is read_satisfaction(sad, few).is_above is None


class House:
    """Lyon with six customers who wait and forty late replies, Lille with one who waits, in one region."""

    def __init__(self, session: Session) -> None:
        self.session = session
        make_chain(session)
        publish_builtin_templates(now=TUESDAY)
        self.region = make_region(session)
        self.lyon = make_store(session, region_id=self.region.id)
        self.lille = make_store(session, "Lille", code="LIL", region_id=self.region.id)
        stores = [self.lyon.id] * 6 + [self.lille.id]
        for number, store_id in enumerate(stores):
            self.ticket_id = self.write(number, store_id)
        self.reply(self.lyon.id, 900)
        self.max = self.person("Max Roy", Role.STORE_MANAGER, store_ids=(self.lyon.id,))
        self.bea = self.person("Bea Petit", Role.STORE_MANAGER, store_ids=(self.lille.id,))
        self.office = self.person("Hugo Barbier", Role.HEAD_OFFICE)

    def write(self, number: int, store_id: int) -> int:
        who = {"from_address": f"c{number}@client.example", "mail_message_id": f"<{number}@x>"}
        ticket_id = make_received(**who).ticket_id
        self.session.execute(update(Ticket).where(Ticket.id == ticket_id).values(store_id=store_id))
        return ticket_id

    def reply(self, store_id: int, business_seconds: int) -> None:
        """Forty times; the target is a minute."""
        row = {
            "ticket_id": self.ticket_id,
            "store_id": store_id,
            "channel": Channel.EMAIL,
            "kind": WaitKind.NEXT,
            "started_at": TUESDAY - timedelta(hours=8),
            "target_seconds": 60,
            "ended_at": TUESDAY - timedelta(hours=1),
            "seconds": 900,
            "business_seconds": business_seconds,
            "is_transferred": False,
        }
        self.session.execute(insert(ReplyWait), [row] * 40)

    def person(self, name: str, role: Role, **more: Any) -> Agent:
        return make_agent(self.session, name, role=role, **more)

    def told(self) -> list[str]:
        """Who has which notice, in the order of telling."""
        found = (
            select(Agent.name, Notice.data)
            .join(Agent, Agent.id == Notice.agent_id)
            .where(Notice.kind == NoticeKind.FIGURE_ROSE)
            .order_by(Notice.id)
        )
        return [f"{name}: {data['watched']} {data['place']}" for name, data in self.session.execute(found)]

    def mailed(self) -> list[str]:
        found = select(OutboundMessage.values).where(OutboundMessage.key.startswith("figure:"))
        return [values["cause"] for values in self.session.scalars(found.order_by(OutboundMessage.id))]


@pytest.fixture
def house(session: Session, hand_clock: HandClock) -> House:
    made = House(session)
    gather_all()
    return made


def work(hand_clock: HandClock, minutes: int = 15) -> None:
    hand_clock.move(minutes=minutes)
    while working.work_figure_alerts(lambda: None):
        pass
    while work_facts(lambda: None):
        pass


def rule(client: FlaskClient, **more: Any) -> int:
    """The status of saving it."""
    given = {"watched": "backlog", "threshold": "5", "tells": ["author"], "region": "", **more}
    return client.post("/statistics/alerts/new", data=given).status_code


def test_each_store_is_told_once_a_rise_and_every_alert_leads_to_what_is_behind_it(
    house: House, client: FlaskClient, hand_clock: HandClock, session: Session
) -> None:
    log_in(client, house.office)
    each = {"is_each_store": "y", "tells": ["store", "head_office"]}
    assert rule(client, **each) == 303
    assert rule(client, watched="late", threshold="50", stores=[str(house.lyon.id)], tells=["author"]) == 303
    assert rule(client, watched="satisfaction", region=str(house.region.id), threshold="") == 303
    choose_alerts(
        agent_id=house.office.id, has_mails=False, has_new_tickets=True, has_answers=True, has_warnings=True
    )
    assert working.has_due()
    for _ in range(3):
        work(hand_clock)
    first = ["Hugo Barbier: backlog Lyon Part-Dieu", "Max Roy: backlog Lyon Part-Dieu"]
    late = ["Hugo Barbier: late Lyon Part-Dieu"]
    assert sorted(house.told()) == sorted(first + late)
    assert house.mailed() == [
        "Lyon Part-Dieu\u00a0: 6 tickets attendent une réponse, au-dessus du seuil de 5"
    ]
    assert not working.has_due()
    assert working.next_due_at() == hand_clock.now + timedelta(minutes=15)
    page = client.get("/statistics/alerts").text
    assert "Dépassement depuis" in page
    assert "100" in page
    pages = {data["page"] for data in session.scalars(select(Notice.data)) if "page" in data}
    assert pages == {
        f"/inbox/?view=waiting&store={house.lyon.id}",
        f"/statistics/response-times?since=2026-02-25&until=2026-03-03&store={house.lyon.code}",
    }
    for notice_id in session.scalars(select(Notice.id).where(Notice.agent_id == house.office.id)).all():
        opened = client.post(f"/notices/{notice_id}")
        assert (opened.status_code, opened.location in pages) == (303, True)
        assert client.get(opened.location).status_code == 200
    assert "6 tickets attendent une réponse" in client.get("/notices/").text
    mine = session.scalars(select(Ticket).where(Ticket.store_id == house.lyon.id)).all()
    session.execute(update(Ticket).where(Ticket.id == mine[0].id).values(waiting_since=None))
    work(hand_clock)
    assert len(house.told()) == 3
    session.execute(update(Ticket).where(Ticket.id == mine[0].id).values(waiting_since=TUESDAY))
    work(hand_clock)
    assert sorted(house.told()) == sorted([*first, *first, *late]), "below in between: told again"


def test_the_page_behind_is_of_the_stores_or_the_region_of_the_rule(
    house: House, client: FlaskClient, hand_clock: HandClock, session: Session
) -> None:
    """Nice lies elsewhere: there two more wait, and forty were answered in time."""
    nice = make_store(session, "Nice", code="NCE")
    for number in (20, 21):
        house.write(number, nice.id)
    house.reply(nice.id, 30)
    gather_all()
    log_in(client, house.office)
    both, region = [str(house.lyon.id), str(house.lille.id)], str(house.region.id)
    for place in ({"stores": both}, {"region": region}):
        assert rule(client, threshold="6", **place) == 303
        assert rule(client, watched="late", threshold="60", **place) == 303
    for _ in range(2):
        work(hand_clock)
    pages = [data["page"] for data in session.scalars(select(Notice.data)) if "page" in data]
    waiting = "/statistics/tickets?since=2026-03-03&until=2026-03-03"
    late = "/statistics/response-times?since=2026-02-25&until=2026-03-03"
    places = (f"store={house.lille.code}%2C{house.lyon.code}", f"region={region}")
    wanted = [f"{waiting}&{place}&measure=waiting_now" for place in places]
    assert sorted(pages) == sorted([*wanted, *(f"{late}&{place}" for place in places)])
    for page in pages:
        text = client.get(page).text
        if page in wanted:
            assert '<p class="lead">7 tickets' in text
            continue
        file = client.get(page.replace("response-times?", "response-times/by-store.csv?")).text
        assert [line.split(";")[:2] for line in file.splitlines()[1:]] == [["Lyon Part-Dieu", "40"]]
        assert "Lille, Lyon Part-Dieu" in text or house.region.name in text, "the filters say so"
    assert client.get("/statistics/?store=LYO,none").status_code == 422


def test_managers_keep_to_their_stores_and_bad_input_is_said_beside_its_field(
    house: House, client: FlaskClient, hand_clock: HandClock, session: Session
) -> None:
    log_in(client, house.office)
    assert rule(client, tells=["store", "author"]) == 303
    for wrong, said in (
        ({"threshold": "4"}, "de 5 à 1000"),
        ({"watched": "late", "threshold": "100"}, "de 5 à 99"),
        ({"threshold": "9" * 30}, "de 5 à 1000"),
        ({"tells": []}, "au moins une personne"),
        ({"region": str(house.region.id), "stores": [str(house.lyon.id)]}, "soit une région"),
        ({"watched": "mood"}, "error"),
        ({"stores": ["999999"]}, "error"),
    ):
        given = {"watched": "backlog", "threshold": "5", "tells": ["author"], "region": "", **wrong}
        answer = client.post("/statistics/alerts/new", data=given)
        assert answer.status_code == 422, wrong
        assert said in answer.text, wrong
    central = session.scalars(select(AlertRule.id)).one()
    log_in(client, house.max)
    page = client.get("/statistics/alerts").text
    assert "Pas encore de règle" in page, "a rule about the whole chain is not his"
    assert rule(client) == rule(client, stores=[str(house.lille.id)]) == 422
    assert rule(client, stores=[str(house.lyon.id)], tells=["head_office"]) == 422
    assert rule(client, stores=[str(house.lyon.id)], tells=["author", "store"]) == 303
    own = session.scalars(select(AlertRule).where(AlertRule.id != central)).one()
    for path in (f"/statistics/alerts/{central}", "/statistics/alerts/999999"):
        assert client.get(path).status_code == client.post(f"{path}/off").status_code == 404
    work(hand_clock)
    assert house.told() == ["Hugo Barbier: backlog Maison Verel", "Max Roy: backlog Lyon Part-Dieu"], (
        "store managers do not see the whole chain"
    )
    assert client.post(f"/statistics/alerts/{own.id}/off").status_code == 303
    assert session.scalars(select(AlertState).where(AlertState.rule_id == own.id)).all() == []
    assert "Désactivée" in client.get("/statistics/alerts").text
    work(hand_clock)
    edit = client.get(f"/statistics/alerts/{own.id}").text
    assert 'value="5"' in edit
    assert client.post(f"/statistics/alerts/{own.id}/on").status_code == 303
    data = {"watched": "backlog", "threshold": "6", "stores": [str(house.lyon.id)], "tells": ["author"]}
    assert client.post(f"/statistics/alerts/{own.id}", data=data).status_code == 303
    work(hand_clock)
    assert len(house.told()) == 2, "six is not above six"
    log_in(client, house.bea)
    assert client.get(f"/statistics/alerts/{own.id}").status_code == 404
