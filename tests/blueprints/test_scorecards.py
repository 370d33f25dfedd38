"""The card of a store and the page of a person: hand values, who may open them, and that no other store is told."""

import html
import re
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.words import Language
from hub.inbox.models import TicketRating
from hub.staff.models import Agent
from hub.staff.words import ApiScope, Role
from hub.statistics.columns.layouts import LAYOUTS
from hub.statistics.models import StatisticsColumn
from hub.statistics.words import Subject
from hub.stores.models import Store
from tests.conftest import HandClock
from tests.makers.counting import counted_statements
from tests.makers.keys import make_key
from tests.makers.staff import log_in, make_agent
from tests.makers.statistics import gather_all, work_off
from tests.makers.stores import make_region, make_store
from tests.makers.worked_chain import ASKED_AT, PERIOD, WorkedChain, make_worked_chain

QUERY = "&".join(f"{name}={value}" for name, value in PERIOD.items())
TILE = re.compile(r'<section class="tile" aria-label="([^"]+)">(.*?)</section>', re.DOTALL)
TAG = re.compile(r"<details.*?</details>|<[^>]+>", re.DOTALL)
MOST_STATEMENTS = 12
PAST, NOW = date(2026, 5, 11), date(2026, 5, 12)
MONTH = f"since={NOW}&until={NOW}"


@pytest.fixture
def chain(session: Session, hand_clock: HandClock) -> WorkedChain:
    found = make_worked_chain(session, hand_clock)
    work_off()
    return found


def make_reader(session: Session, role: Role, **where: tuple[int, ...]) -> Agent:
    return make_agent(
        session, "Cleo Roy", email=f"{role}@x.example", role=role, language=Language.ENGLISH, **where
    )


def read(client: FlaskClient, path: str) -> str:
    found = client.get(path)
    assert found.status_code == 200, (path, found.status_code)
    return found.text


def tiles(page: str) -> dict[str, str]:
    """By its label what a tile says, in one line."""
    return {
        html.unescape(label): " ".join(html.unescape(TAG.sub(" ", inside)).split())
        for label, inside in TILE.findall(page)
    }


def test_the_card_of_a_store_by_hand(client: FlaskClient, chain: WorkedChain, session: Session) -> None:
    """Lyon: median 45 min, 8 of 10 in target, of 3 first solved by Ada and 1 without a reply one came back,
    2 dropped beside 9 replies; the 18th came to Lille and is Lyon's now, the 8th went; one of its tickets is spam."""
    log_in(client, make_reader(session, Role.HEAD_OFFICE))
    listed = read(client, f"/statistics/stores?{QUERY}")
    assert listed.index(">Lille</a>") < listed.index(f">{chain.stores['LYO'].name}</a>")
    with counted_statements() as seen:
        page = read(client, f"/statistics/stores?{QUERY}&store=LYO")
    assert len(seen) <= MOST_STATEMENTS
    found = tiles(page)
    assert found["Median reply time"].startswith("Median reply time 45 min of 10, under 30")
    assert "too few to compare" in found["Median reply time"]
    assert "80%" in found["Within target"]
    assert "25%" in found["Reopened"]
    assert found["Share of dropped waits"].startswith("Share of dropped waits 18% of 11")
    assert found["Waiting now"].startswith("Waiting now 0 0 late")
    assert "Fewer than six stores" in page
    assert client.get("/statistics/stores?store=none").status_code == 422
    assert (
        "compare"
        not in " ".join(tiles(read(client, f"/statistics/stores?{QUERY}&store=LYO&compare=none")).values())[
            :60
        ]
    )


def fill(session: Session, store_id: int, day: date, minutes: list[int], tickets: int) -> None:
    """Columns of one store's day as they would be gathered: waits of so many minutes, and so many tickets."""
    put(
        session,
        store_id,
        day,
        {
            Subject.WAITS: {"seconds": np.array(minutes) * 60, "target": np.full(len(minutes), 3600)},
            Subject.TICKETS: {"fate": np.zeros(tickets)},
        },
    )


def put(session: Session, store_id: int, day: date, rows: dict[Subject, dict[str, Any]]) -> None:
    for subject, given in rows.items():
        length = len(next(iter(given.values())))
        for name in LAYOUTS[subject].columns:
            column = given.get(name, np.full(length, store_id if name == "store" else 0))
            packed = column.astype(LAYOUTS[subject].kind_of(name)).tobytes()
            row = session.get(StatisticsColumn, (subject, day, name))
            if row is None:
                session.add(StatisticsColumn(subject=subject, day=day, name=name, data=packed))
                session.flush()
            else:
                row.data += packed
    session.flush()


def test_peers_are_told_only_together(
    client: FlaskClient, chain: WorkedChain, session: Session, hand_clock: HandClock
) -> None:
    """Six stores of 40 tickets answer in 100, 200, ... 600 min: median 350, middle half 225 to 475; Lyon's 60 min are below.

    The day before Lyon took 120 min of each customer: now it is better, for sure."""
    hand_clock.move(days=35)
    lyon = chain.stores["LYO"]
    others: list[Store] = []
    fill(session, lyon.id, NOW, [60] * 40, 40)
    fill(session, lyon.id, PAST, [120] * 40, 40)
    for number in range(1, 7):
        others.append(make_store(session, f"Quartier{number}", code=f"Q{number}X"))
        fill(session, others[-1].id, NOW, [number * 100] * 35, 40)
    log_in(client, make_reader(session, Role.STORE_MANAGER, store_ids=(lyon.id,)))
    landed = client.get(f"/statistics/stores?{MONTH}")
    assert landed.status_code == 302
    assert "store=LYO" in landed.location
    page = read(client, landed.location)
    said = tiles(page)["Median reply time"]
    assert "stores of its size: 5 h 50, the middle half 3 h 45 to 7 h 55 · below the middle half" in said
    assert "period before: 2 h 00 · better: −1 h 00 (−1 h 00 to −1 h 00)" in said
    assert "the 6 stores nearest" in page
    files = [
        html.unescape(href)
        for href in re.findall(r'href="(/statistics/stores/card\.(?:csv|xlsx)[^"]*)"', page)
    ]
    assert len(files) == 2
    line = next(row for row in read(client, files[0]).splitlines() if row.startswith("Median"))
    assert line.split(";")[:4] == ["Median reply time (seconds)", "3600.0", "40", "7200.0"]
    assert line.split(";")[5:8] == ["21000.0", "13500.0", "28500.0"]
    for text in (page, read(client, files[0])):
        for other in others:
            assert other.name not in text
            assert other.code not in text
            assert f"store={other.id}" not in text
    for value in ("1 h 40", "3 h 20", "5 h 00", "6 h 40", "8 h 20", "10 h 00"):
        assert value not in page
    assert client.get(f"/statistics/stores?{MONTH}&store=Q1X").status_code == 422
    assert client.get(f"/statistics/stores/card.csv?{MONTH}&store=Q1X").status_code == 422


def test_tickets_that_can_still_come_back_are_not_compared(
    client: FlaskClient, chain: WorkedChain, session: Session, hand_clock: HandClock
) -> None:
    """Of 20 solved each day 4 come back within the week; of those of the last eight days none has yet. Nothing changed."""
    lyon, today = chain.stores["LYO"], NOW
    hand_clock.move(days=34)
    for ago in range(75):
        back = np.array([int(ago > 7 and number < 4) for number in range(20)])
        put(session, lyon.id, today - timedelta(days=ago), {Subject.SOLUTIONS: {"is_back": back}})
    log_in(client, make_reader(session, Role.HEAD_OFFICE))
    month, week = (
        tiles(read(client, f"/statistics/stores?period={days}&store=LYO"))["Reopened"] for days in (30, 7)
    )
    assert "Reopened 15% solved over 7 days ago: 20% · period before: 20% · no sure change" in month
    assert week.startswith("Reopened 0% not compared yet: tickets can come back for 7 days")
    assert "better" not in month + week
    [row] = [
        line
        for line in read(client, "/statistics/stores/card.csv?period=30&store=LYO").splitlines()
        if line.startswith("Reopened")
    ]
    assert "solved over 7 days ago: 20% · no sure change" in row
    key = make_key(session, None, ApiScope.STATISTICS_READ)
    asked = {"since": today - timedelta(days=29), "until": today, "compare": "previous", "store": "LYO"}
    found = client.get("/api/v1/statistics/reopened", headers=key, query_string=asked).json
    assert found
    seen = [found[name]["figures"][0]["value"] for name in ("compared", "before")]
    assert seen == pytest.approx([0.2, 0.2], abs=1e-3), "four of the chain are among those before"
    assert (found["compared"]["until"], found["before"]["until"]) == ("2026-05-04", "2026-04-11")
    asked["since"] = today - timedelta(days=6)
    found = client.get("/api/v1/statistics/reopened", headers=key, query_string=asked).json
    assert found
    assert found["figures"]
    assert found["compared"] is found["before"] is None


def test_a_person_by_hand_and_who_may_see_it(
    client: FlaskClient, chain: WorkedChain, session: Session
) -> None:
    """Ada: 5 10 20 30 45 60 90 150* 390*: median 45, 7 of 9; of 1, 2 and 7 the first came back.

    By day: 10 20 60 | 5 30 45 90 150 390."""
    lyon = chain.stores["LYO"]
    region = make_region(session)
    lyon.region_id = region.id
    ada, bo = (session.get_one(Agent, chain.people[code].agent_id) for code in ("LYO", "LIL"))
    ada.language = Language.ENGLISH
    rating = session.scalars(select(TicketRating).where(TicketRating.ticket_id == chain.tickets[2])).one()
    assert rating.agent_id == ada.id
    rating.score, rating.answered_at = 3, ASKED_AT
    session.flush()
    gather_all()
    own = f"/statistics/people/{ada.id}?{QUERY}"
    log_in(client, ada)
    with counted_statements() as seen:
        page = read(client, own)
    assert len(seen) <= MOST_STATEMENTS
    found = tiles(page)
    assert found["Replies"].startswith("Replies 9")
    assert found["Median reply time"].startswith("Median reply time 45 min of 9, under 30")
    assert "78%" in found["Within target"]
    assert "33%" in found["Reopened"]
    assert "100% of 1" in found["Satisfaction after solving"]
    assert "Only you and the managers of your stores see this page." in page
    assert "Bo Petit" not in page
    assert "stores of its size" not in page
    assert f"/statistics/people/{ada.id}" in read(client, "/session/profile")
    days = read(client, f"/statistics/people/{ada.id}/by-day.csv?{QUERY}").splitlines()
    assert [row.split(";")[:3] for row in days[1:]] == [
        ["2026-04-04", "3", "1200"],
        ["2026-04-07", "6", "4050"],
    ]
    assert client.get(f"/statistics/people/{ada.id}/none.csv").status_code == 404
    assert client.get(f"/statistics/people/{bo.id}").status_code == 404
    readers = {
        (Role.STORE_MANAGER, "store_ids", lyon.id): (200, 404),
        (Role.REGION_MANAGER, "region_ids", region.id): (404, 404),
        (Role.AGENT, "store_ids", lyon.id): (404, 404),
        (Role.DELIVERY, "store_ids", lyon.id): (404, 404),
        **{(role, "store_ids", 0): (404, 404) for role in (Role.HEAD_OFFICE, Role.MANAGER, Role.MARKETER, Role.ADMINISTRATOR)},
    }  # fmt: skip
    for (role, kind, place_id), statuses in readers.items():
        reader = make_reader(session, role, **({kind: (place_id,)} if place_id else {}))
        log_in(client, reader)
        for person, status in zip((ada, bo), statuses, strict=True):
            for path in (f"/statistics/people/{person.id}", f"/statistics/people/{person.id}/card.csv"):
                assert client.get(path).status_code == status, (role, path)
        assert client.get(f"/statistics/people/{reader.id}").status_code == 200, role
        if 200 in statuses:
            assert tiles(read(client, own))["Median reply time"].startswith("Median reply time 45 min")
            assert f"/statistics/people/{ada.id}" in read(client, f"/statistics/response-times?{QUERY}")
