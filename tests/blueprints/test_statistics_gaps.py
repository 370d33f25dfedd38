"""The page of what the knowledge base does not answer, on the chain that was worked by hand."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from hub.core.words import Channel, Language
from hub.inbox.actions.importing import ImportedMessage, ImportedTicket, import_ticket
from hub.inbox.words import MessageKind, Priority, TicketState
from hub.knowledge.actions import note_search
from hub.knowledge.models import KnowledgeUse
from hub.knowledge.words import SearchPlace
from hub.staff.rules import SYSTEM_VIEWER
from hub.staff.words import Role
from hub.statistics.queries import read_filters
from hub.statistics.unanswered import list_reasons_without_article
from tests.blueprints.test_statistics import (
    MOST_STATEMENTS,
    QUERY,
    behind,
    cells,
    links,
    make_reader,
    read,
)
from tests.blueprints.test_statistics_first_look import tiles
from tests.conftest import HandClock
from tests.makers.counting import counted_statements
from tests.makers.staff import log_in
from tests.makers.statistics import gather_all
from tests.makers.worked_chain import ASKED_AT, PERIOD, WorkedChain, make_worked_chain, moment

GAPS = f"/statistics/gaps?{QUERY}"


@pytest.fixture
def chain(session: Session, hand_clock: HandClock) -> WorkedChain:
    """Solved for good: 1, 2, 7 (delivery) and 9 (breakage) of Lyon, 17 (breakage) of Lille; an article went into 2.

    One more of Lyon was taken over from another helpdesk, where no article was at hand: it does not count.
    """
    chain = make_worked_chain(session, hand_clock)
    take_over(chain.stores["LYO"].id)
    session.add(KnowledgeUse(ticket_id=chain.tickets[2], message_id=1, likeness=100, used_at=ASKED_AT))
    for words, place, found, at in (
        ("livraison en Suisse", SearchPlace.HELP, 0, moment(5, "10:00")),
        ("Livraison en Suisse", SearchPlace.STAFF, 0, moment(6, "10:00")),
        ("retour", SearchPlace.HELP, 3, moment(6, "10:00")),
        ("retour", SearchPlace.STAFF, 3, moment(6, "10:00")),
        ("retour", SearchPlace.HELP, 3, moment(7, "10:00")),
        ("trop tôt", SearchPlace.HELP, 0, moment(4, "00:00") - timedelta(seconds=1)),
        ("trop tard", SearchPlace.HELP, 0, moment(9, "00:00")),
    ):
        note_search(words=words, language=Language.FRENCH, place=place, found_count=found, now=at)
    session.flush()
    gather_all()
    return chain


def take_over(store_id: int) -> None:
    at = moment(6, "10:00")
    line = ImportedMessage(
        key="old:1", kind=MessageKind.AGENT, channel=Channel.EMAIL, author_name="", author_address=None, agent_id=None,
        subject="", text="Voici.", quoted_text="", html="", mail_message_id=None, happened_at=at,
    )  # fmt: skip
    import_ticket(
        ImportedTicket(
            subject="Lampe", state=TicketState.SOLVED, priority=Priority.NORMAL, channel=Channel.EMAIL,
            store_id=store_id, assignee_id=None, customer_id=None, requester_name="", requester_address=None,
            language=Language.FRENCH, created_at=at, updated_at=at, solved_at=at, words=(), messages=(line,),
        ),
        now=ASKED_AT,
    )  # fmt: skip


def read_table(client: FlaskClient, key: str, more: str = "") -> list[list[str]]:
    return cells(read(client, f"/statistics/gaps/{key}.csv?{QUERY}{more}"))[1:]


def test_gaps_are_figures_with_the_tickets_behind_them(
    session: Session, client: FlaskClient, chain: WorkedChain
) -> None:
    log_in(client, make_reader(session, Role.HEAD_OFFICE))
    with counted_statements() as seen:
        page = read(client, GAPS)
    assert len(seen) <= MOST_STATEMENTS
    shown = tiles(page)
    assert "80%" in shown["Solved without an article"]
    assert "4 of 5 solved tickets" in shown["Solved without an article"]
    assert "2 of 5 searches" in shown["Searched in vain"]
    assert "/knowledge/gaps" in page
    assert read_table(client, "by-reason") == [
        ["Reason delivery", "2", "3", "0.6667"],
        ["Reason breakage", "2", "2", "1.0"],
    ]
    listed = list_reasons_without_article(read_filters(PERIOD, now=ASKED_AT), viewer=SYSTEM_VIEWER)
    assert [(row.count, row.total) for row in listed] == [(2, 3), (2, 2)], "as the list of writers says"
    assert read_table(client, "by-store") == [
        ["Lille", "1", "1", "1.0"],
        ["Lyon Part-Dieu", "3", "4", "0.75"],
    ]
    assert read_table(client, "by-place") == [["Help centre", "1", "3", "0.3333"], ["Staff", "1", "2", "0.5"]]
    assert [row[1] for row in read_table(client, "by-words")] == ["2"]
    numbers = {href: text for href, text in links(page).items() if text.isdigit()}
    assert sorted(numbers.values()) == ["1", "1", "2", "2", "2", "3", "3", "4"]
    for href, text in links(page).items():
        assert behind(read(client, href)) == (4 if text.endswith("%") else int(text), 0), href


def test_a_store_manager_sees_the_gaps_of_the_own_store(
    session: Session, client: FlaskClient, chain: WorkedChain
) -> None:
    log_in(client, make_reader(session, Role.STORE_MANAGER, chain.stores["LYO"].id))
    page = read(client, GAPS)
    assert "3 of 4 solved tickets" in tiles(page)["Solved without an article"]
    assert "Searched in vain" not in tiles(page)
    assert "Suisse" not in page
    assert "/knowledge/gaps" not in page
    assert [row[0] for row in read_table(client, "by-store")] == ["Lyon Part-Dieu"]
    assert client.get(f"/statistics/gaps/by-words.csv?{QUERY}").status_code == 404
    log_in(client, make_reader(session, Role.HEAD_OFFICE))
    narrowed = f"&store=LIL&reason={chain.reasons['delivery']}"
    assert read_table(client, "by-reason", narrowed) == []
    assert "whole chain alone" in read(client, GAPS + narrowed)
    log_in(client, make_reader(session, Role.AGENT, chain.stores["LYO"].id))
    assert client.get(GAPS).status_code == 403
