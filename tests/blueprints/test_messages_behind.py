"""A click on a figure of messages opens the very messages it counts: as many rows as the figure says, for those who may see them."""

import re
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from hub.content.actions import publish_builtin_templates
from hub.core.words import Purpose
from hub.outbox.words import BlockReason, MessageState, ReceiptKind
from hub.staff.words import Role
from hub.statistics import behind_messages
from hub.statistics.message_clicks import MADE_OF
from tests.blueprints.test_statistics_messages import DAY, MOST_STATEMENTS, PAGE, Post, plain_words, post
from tests.conftest import TUESDAY
from tests.makers.counting import counted_statements
from tests.makers.inbox import CONTACTS, make_received
from tests.makers.staff import log_in, make_agent
from tests.makers.statistics import gather_all

BEHIND = f"{PAGE}behind"
__all__ = ["post"]


def figures_of(client: FlaskClient, url: str) -> dict[str, int]:
    """Each link behind a figure with the number that the page says: of a share how many of how many."""
    page = BeautifulSoup(client.get(url).text, "html.parser")
    found = {}
    for link in page.select(f'main a[href^="{BEHIND}"]'):
        box = link.find_parent(class_="tile")
        words = plain_words(box.get_text(" ") if box else link.get_text())
        number = re.search(r"(\d+) sur \d+", words) or re.search(r"(\d+)", words)
        assert number is not None, words
        found[str(link["href"])] = int(number[1])
    return found


def walk(client: FlaskClient, url: str) -> tuple[list[str], str]:
    """The rows of all pages, and the words of the last one."""
    rows: list[str] = []
    said = ""
    while url:
        page = BeautifulSoup(client.get(url).text, "html.parser")
        rows += [plain_words(row.get_text(" ")) for row in page.select("main tbody tr")]
        said = plain_words(page.select_one("main").get_text(" "))  # type: ignore[union-attr]  # every page has one
        further = [str(link["href"]) for link in page.select(".pager a") if "after=" in str(link["href"])]
        url = further[0] if further else ""
    return rows, said


def test_every_figure_opens_as_many_messages_as_it_says(
    post: SimpleNamespace, client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tiles, days, channels, messages and reasons; of the whole chain and of one store, and in pages of two."""
    gather_all()
    log_in(client, make_agent(session, role=Role.MANAGER))
    found = figures_of(client, PAGE)
    assert {parse_qs(urlsplit(url).query)["measure"][0] for url in found} == set(MADE_OF)
    assert len(found) > 30, "tiles, three tables, days and reasons"
    weeks = {
        url: count
        for url, count in figures_of(client, f"{PAGE}?since=2025-11-01").items()
        if "=2026-03-02" in url
    }
    assert sorted(weeks.values()) == [7, 9], "a long period is told by week: this one until today"
    found |= weeks
    monkeypatch.setattr(behind_messages, "PAGE_SIZE", 2)
    for url, count in {**found, **figures_of(client, f"{PAGE}?store=LYO&channel=email")}.items():
        rows, said = walk(client, url)
        assert len(rows) == count, url
        assert f" {count} message" in said, url
    names = {
        word: [row.split()[0] for row in walk(client, f"{BEHIND}?measure={word}")[0]] for word in MADE_OF
    }
    assert names["messages_clicked"] == names["messages_opened"] == ["Ann"]
    assert sorted(names["messages_bounced"]) == ["Cid", "Dan"]
    assert names["messages_complaints"] == names["messages_unsubscribed"] == ["Eve"]
    assert sorted(names["messages_not_sent"]) == ["Fay", "Gus"]
    assert names["messages_sent"][-2:] == ["Ann", "Ann"], "the latest first"
    assert len(names["messages_sent"]) == 9


def test_it_is_for_those_who_may_read_the_customers_and_tickets_of_the_store(
    post: SimpleNamespace, client: FlaskClient, session: Session
) -> None:
    """Days apart, a message of another store is not there; its ticket opens for who reads tickets alone."""
    sender: Post = post.post
    publish_builtin_templates(now=TUESDAY, groups=CONTACTS)
    ticket = make_received()
    number = ticket.number or ""
    answered = sender.send(
        "Ann", at=TUESDAY - 3 * DAY, purpose=Purpose.REPLY, source_kind="ticket", source_id=ticket.ticket_id
    )
    for days in range(10, 20):
        sender.receipt(sender.send("Eve", at=TUESDAY - days * DAY), ReceiptKind.COMPLAINT)
    sender.send("Gus", MessageState.BLOCKED, at=TUESDAY - DAY, reason=BlockReason.CAP, store_id=None)
    session.flush()
    gather_all()
    log_in(client, make_agent(session, role=Role.STORE_MANAGER, store_ids=(post.lille.id,)))
    rows, said = walk(client, f"{BEHIND}?measure=messages_sent")
    assert len(rows) == 1, said
    assert rows[0].startswith("Hal")
    assert "1 message" in said
    assert walk(client, f"{BEHIND}?measure=messages_sent&store=LYO")[0] == [], "nor by asking for it"
    assert client.get(f"{BEHIND}?measure=waits").status_code == 422
    assert client.get(f"{BEHIND}?measure=messages_sent&why=cap").status_code == 422
    assert client.get(f"{BEHIND}?measure=messages_sent&after=x").status_code == 422
    log_in(client, make_agent(session, "Cleo Admin", role=Role.ADMINISTRATOR))
    with counted_statements() as statements:
        text = client.get(f"{BEHIND}?measure=messages_sent&store=LYO").text
    assert len(statements) <= MOST_STATEMENTS, "\n".join(statements)
    assert f'href="/customers/{answered.customer_id}"' in text
    assert f"/customers/{answered.customer_id}/messages/{answered.id}" in text
    assert f"/inbox/{number}" in text
    assert len(walk(client, f"{BEHIND}?measure=messages_complaints&since=2026-02-01")[0]) == 11
    assert len(walk(client, f"{BEHIND}?measure=messages_not_sent&why=cap")[0]) == 1
    log_in(client, make_agent(session, "Max Market", role=Role.MARKETER))
    text = client.get(f"{BEHIND}?measure=messages_sent").text
    assert number not in text
    assert f"/customers/{answered.customer_id}/messages/{answered.id}" not in text, "its text is the ticket's"
