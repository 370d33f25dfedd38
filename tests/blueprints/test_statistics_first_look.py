"""The first page of the statistics and the page of contact reasons, on the chain that was worked by hand."""

import html
import itertools
import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete
from sqlalchemy.orm import Session

from hub.inbox.models import Ticket
from hub.inbox.words import TicketState
from hub.orders.words import OrderState
from hub.staff.words import Role
from hub.statistics.digest.actions import make_own
from hub.statistics.models import Digest
from hub.statistics.rules import has_grown, is_few_to_compare
from tests.blueprints.test_statistics import (
    LINK,
    MOST_STATEMENTS,
    QUERY,
    behind,
    cells,
    links,
    make_reader,
    read,
)
from tests.conftest import HandClock
from tests.makers.counting import counted_statements
from tests.makers.customers import make_customer
from tests.makers.inbox import viewer_of
from tests.makers.orders import make_order
from tests.makers.staff import log_in
from tests.makers.statistics import gather_all
from tests.makers.worked_chain import ASKED_AT, WorkedChain, make_worked_chain, moment

TILE = re.compile(r'<section class="tile" aria-label="([^"]+)">(.*?)</section>', re.DOTALL)
LYON_ORDERS, LILLE_ORDERS, CANCELLED = 10, 20, 3
NUMBERS = itertools.count(910_000)


@pytest.fixture
def chain(session: Session, hand_clock: HandClock) -> WorkedChain:
    """19 tickets and 30 orders: 10 in Lyon, 20 in Lille; three more were cancelled."""
    chain = make_worked_chain(session, hand_clock)
    customer = make_customer(session)
    places = ["LYO"] * (LYON_ORDERS + CANCELLED) + ["LIL"] * LILLE_ORDERS
    for number, code in enumerate(places):
        make_order(
            session,
            customer_id=customer.id,
            store_id=chain.stores[code].id,
            external_id=f"W{number}",
            placed_at=moment(7, "12:00"),
            state=OrderState.CANCELLED if number < CANCELLED else OrderState.PLACED,
        )
    gather_all()
    return chain


def tiles(page: str) -> dict[str, str]:
    """The words of each tile, without its definition."""
    return {
        name: " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text.partition("<details")[0])).split())
        for name, text in TILE.findall(page)
    }


def copies(session: Session, ticket_id: int, count: int) -> Iterator[Ticket]:
    """As many tickets like this one."""
    model = session.get_one(Ticket, ticket_id)
    kept = {
        column.name: getattr(model, column.name)
        for column in Ticket.__table__.columns
        if column.name not in {"id", "number"} and not column.computed
    }
    for number in range(count):
        yield Ticket(**kept | {"number": f"T-90{ticket_id}{number}"})


def test_the_first_page_says_how_it_goes(client: FlaskClient, chain: WorkedChain, session: Session) -> None:
    """By hand: 19 tickets without the spam, one of them today; two wait, one of them late; 18 replies, 14 in time."""
    office = make_reader(session, Role.HEAD_OFFICE)
    log_in(client, office)
    page = read(client, f"/statistics/?{QUERY}")
    found = tiles(page)
    assert found == {
        "Waiting now": "Waiting now 2 1 late In the inbox",
        "Median reply time": "Median reply time 42 min too few waits to compare with the period before",
        "Within target": "Within target 78% too few waits to compare with the period before",
        "Tickets opened": "Tickets opened 19 until yesterday: 18 · period before: 0 1 today so far",
        "Satisfaction": "Satisfaction no data in this period period before: no answer yet",
        "Tickets per 1,000 orders": "Tickets per 1,000 orders 633.3 95% interval 455.1 to 781.3",
    }
    assert 'href="/inbox/?view=waiting"' in page
    for words, count in (("19", 19), ("1 today so far", 1), ("1 late", 1), ("2", 2)):
        href = next(href for href, text, _ in LINK.findall(page) if text == words)
        assert behind(read(client, html.unescape(href)))[0] == count
    days = cells(read(client, f"/statistics/overview/by-day.csv?{QUERY}"))[1:]
    assert [(row[0], row[1], row[2]) for row in days] == [
        ("2026-04-04", "7", "5"),
        ("2026-04-05", "2", "0"),
        ("2026-04-06", "1", "0"),
        ("2026-04-07", "8", "13"),
        ("2026-04-08", "1", "0"),
    ]
    weeks = cells(read(client, "/statistics/overview/by-day.csv?since=2026-01-01&until=2026-04-08"))[1:]
    assert [row[:3] for row in weeks[-2:]] == [["2026-03-30", "9", "5"], ["2026-04-06", "10", "13"]]
    assert "Each week or each month it names" in page
    make_own(viewer_of(office), now=ASKED_AT)
    with counted_statements() as seen:
        page = read(client, f"/statistics/?{QUERY}")
    assert len(seen) <= MOST_STATEMENTS
    assert "From the digest about" in page
    assert "today so far" not in read(client, "/statistics/?since=2026-04-04&until=2026-04-07")
    session.execute(delete(Digest))
    log_in(client, make_reader(session, Role.STORE_MANAGER, chain.stores["LYO"].id))
    found = tiles(read(client, f"/statistics/?{QUERY}"))
    assert found["Tickets opened"].startswith("Tickets opened 9 "), (
        "eight of Lyon and the 18th, which Lille passed on"
    )
    assert found["Tickets per 1,000 orders"].startswith("Tickets per 1,000 orders 900 ")


def test_the_page_of_reasons_says_why_customers_write(
    client: FlaskClient, chain: WorkedChain, session: Session
) -> None:
    """Delivery 1, 2, 7; breakage 9, 17; 14 of 19 have none yet. Then 28 more about delivery, where five came before."""
    log_in(client, make_reader(session, Role.HEAD_OFFICE))
    with counted_statements() as seen:
        page = read(client, f"/statistics/reasons?{QUERY}")
    assert len(seen) <= MOST_STATEMENTS
    assert "No reason grew by more than chance explains." in page
    assert tiles(page)["No reason yet"] == "No reason yet 14 a ticket gets its reason when it is solved"
    rows = cells(read(client, f"/statistics/reasons/by-reason.csv?{QUERY}"))[1:]
    assert rows == [
        ["Reason delivery", "3", "0.1579", "100.0", "0", "3"],
        ["Reason breakage", "2", "0.1053", "66.6667", "0", "2"],
        ["No reason yet", "14", "0.7368", "466.6667", "0", ""],
    ]
    assert page.count("too few to compare") == len(chain.reasons)
    stores = cells(read(client, f"/statistics/reasons/by-store.csv?{QUERY}"))[1:]
    assert [row[:3] for row in stores] == [["Lille", "10", "500.0"], ["Lyon Part-Dieu", "9", "900.0"]]
    assert "500 · under 30 tickets" in page

    delivery, past = chain.tickets[2], []
    session.add_all(copies(session, delivery, 28))
    for ticket in copies(session, chain.tickets[7], 5):
        ticket.created_at -= timedelta(days=5)
        ticket.state = TicketState.SOLVED
        past.append(ticket)
    session.add_all(past)
    session.flush()
    gather_all()
    page = read(client, f"/statistics/reasons?{QUERY}")
    growing = cells(read(client, f"/statistics/reasons/growing.csv?{QUERY}"))[1:]
    assert [(row[0], *row[-3:-1], row[-1]) for row in growing] == [
        ("Reason delivery", "1033.3333", "5", "26")
    ]
    assert "+26" in page
    for href, text, _ in LINK.findall(page):
        assert behind(read(client, html.unescape(href)))[0] == (47 if "." in text else int(text)), href
    of_one = read(client, f"/statistics/reasons?{QUERY}&reason={chain.reasons['breakage']}&compare=none")
    assert tiles(of_one).keys() == {"Tickets opened", "Tickets per 1,000 orders"}
    assert tiles(of_one)["Tickets opened"] == "Tickets opened 2"
    assert "Before" not in of_one
    log_in(client, make_reader(session, Role.MARKETER))
    page = read(client, f"/statistics/reasons?{QUERY}")
    assert links(page) == {}
    assert "Reason delivery" in page


def test_today_is_not_compared_before_it_is_over(
    client: FlaskClient, chain: WorkedChain, session: Session, hand_clock: HandClock
) -> None:
    """Four tickets a day from 1 to 19 May, one until ten on the 20th; then thirty more on the 18th: 46 beside 16 have grown."""
    hand_clock.now = moment(8, "10:00") + timedelta(days=42)
    moments = [hand_clock.now - timedelta(days=ago) for ago in range(1, 20) for _ in range(4)]
    write(session, chain, [*moments, hand_clock.now])
    log_in(client, make_reader(session, Role.HEAD_OFFICE))
    for page in ("", "reasons"):
        words = read(client, f"/statistics/{page}?period=7")
        said = tiles(words)["Tickets opened"]
        assert said.startswith("Tickets opened 25 until yesterday: 24 · period before: 24"), said
        assert "compared with the period before, as many days as are over" in words
    assert ["25", "24", "0"] in [
        [row[1], *row[-2:]]
        for row in cells(read(client, "/statistics/reasons/by-reason.csv?period=7&compare=previous"))
    ]
    whole = read(client, "/statistics/reasons?since=2026-05-13&until=2026-05-19")
    assert tiles(whole)["Tickets opened"] == "Tickets opened 28 period before: 28"
    today = read(client, "/statistics/response-times?since=2026-05-20")
    assert "not compared: none of its days is over" in today
    assert "period before" not in today.split("</form>")[1]
    long = "since=2026-05-16&until=2026-06-11"
    write(session, chain, [hand_clock.now - timedelta(days=2)] * 30)
    assert "16 May 2026 – 20 May 2026," in read(client, f"/statistics/reasons?{long}")
    [row] = cells(read(client, f"/statistics/reasons/growing.csv?{long}"))[1:]
    assert (row[1], *row[-2:]) == ("47", "16", "30")


def write(session: Session, chain: WorkedChain, moments: list[datetime]) -> None:
    """A ticket about the delivery at each of these moments."""
    for ticket, at in zip(copies(session, chain.tickets[2], len(moments)), moments, strict=True):
        ticket.number = f"T-{next(NUMBERS)}"
        ticket.created_at = at
        session.add(ticket)
    session.flush()
    gather_all()


def test_growing_is_said_of_enough_tickets_beyond_chance() -> None:
    """Of 72 tickets 43 in half of the days may be chance; of 75 tickets 50 are none."""
    assert is_few_to_compare(29, 29)
    assert not is_few_to_compare(2, 30)
    same = (5, 5)
    assert has_grown(30, 2, same)
    assert not has_grown(43, 29, same)
    assert has_grown(50, 25, same)
    assert not has_grown(50, 25, (10, 5))
    assert not has_grown(0, 0, same)
