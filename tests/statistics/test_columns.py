"""Columns follow facts: each change of a ticket gathers the days it stood on and stands on, and a rebuild finds the same."""

import json
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.inbox import actions
from hub.inbox.models import ReplyWait, Ticket
from hub.statistics.columns import marking, working
from hub.statistics.columns.layouts import ALONE, HELPED, MERGED, PASSED_ON, REPLIED
from hub.statistics.columns.reading import read
from hub.statistics.models import StatisticsColumn
from hub.statistics.words import Subject
from hub.stores.models import Chain
from tests.conftest import TUESDAY, HandClock
from tests.makers.inbox import actor_of, make_house, make_reason, make_received
from tests.makers.knowledge import make_article
from tests.makers.staff import make_agent
from tests.makers.statistics import find_differing, gather_all, work_off
from tests.makers.stores import make_store

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def rows_of(subject: Subject, *names: str) -> list[tuple[Any, ...]]:
    """Of a year around the test, with the day first."""
    found = read(subject, date(2025, 9, 1), date(2026, 9, 1), names)
    columns = [found.columns[name].tolist() for name in names]
    return [
        (date.fromordinal(day), *row) for day, *row in zip(found.ordinals().tolist(), *columns, strict=True)
    ]


@pytest.fixture
def by(session: Session, hand_clock: HandClock) -> dict[str, Any]:
    make_house(session)
    return {"by": actor_of(make_agent(session))}


def test_columns_follow_a_ticket_through_reply_undo_transfer_and_solution(
    session: Session, by: dict[str, Any]
) -> None:
    """Two stores share a wait; the reply is taken back, given again the next day, solved and opened again."""
    lille, reason = make_store(session, "Lille", code="LIL"), make_reason(session)
    ticket_id = make_received().ticket_id or 0
    lyon_id = session.get_one(Ticket, ticket_id).store_id
    actions.transfer(ticket_id=ticket_id, store_id=lille.id, now=TUESDAY + HOUR, **by)
    done = actions.reply(ticket_id=ticket_id, text="Bonjour", now=TUESDAY + 2 * HOUR, undo_seconds=10, **by)
    work_off()
    today, tomorrow = TUESDAY.date(), TUESDAY.date() + DAY
    names = ("store", "end", "seconds", "whole_seconds", "slot", "whole_slot")
    assert rows_of(Subject.WAITS, *names) == [
        (today, lyon_id, PASSED_ON, 3600, 3600, 34, 34),
        (today, lille.id, REPLIED, 3600, 7200, 35, 34),
    ]
    actions.undo_reply(ticket_id=ticket_id, message_id=done.message_id, now=TUESDAY + 2 * HOUR, **by)
    work_off()
    assert [row[:3] for row in rows_of(Subject.WAITS, *names)] == [(today, lyon_id, PASSED_ON)]
    at = TUESDAY + DAY
    actions.reply(ticket_id=ticket_id, text="Bonjour", now=at, undo_seconds=10, **by)
    actions.solve(ticket_id=ticket_id, reason_id=reason.id, now=at, **by)
    work_off()
    assert [row[0] for row in rows_of(Subject.WAITS, "store")] == [today, tomorrow]
    assert {row[1] for row in rows_of(Subject.WAITS, "reason")} == {reason.id}, (
        "of the shares of days before, too"
    )
    assert rows_of(Subject.TICKETS, "store", "reason", "agent") == [
        (today, lille.id, reason.id, by["by"].agent_id)
    ]
    assert rows_of(Subject.SOLUTIONS, "is_last", "is_back", "seconds") == [
        (tomorrow, 0, 0, 86_400.0),
        (tomorrow, 1, 0, 86_400.0),
    ]
    actions.reopen(ticket_id=ticket_id, now=at + DAY, **by)
    work_off()
    assert rows_of(Subject.SOLUTIONS, "is_last", "is_back") == [(tomorrow, 0, 1)]
    assert find_differing() == []
    assert not working.has_due()


def test_an_article_in_an_answer_reaches_the_solution_also_afterwards(
    session: Session, by: dict[str, Any]
) -> None:
    reason, article = make_reason(session), make_article()
    ticket_id = make_received().ticket_id or 0
    actions.reply(ticket_id=ticket_id, text="Bonjour", now=TUESDAY, **by)
    actions.solve(ticket_id=ticket_id, reason_id=reason.id, now=TUESDAY, **by)
    work_off()
    assert rows_of(Subject.SOLUTIONS, "help") == [(TUESDAY.date(), ALONE)] * 2
    uses = {"uses": [{"article_id": article.id, "reply_id": None, "likeness": 100}]}
    actions.reply(ticket_id=ticket_id, text="Voici.", now=TUESDAY + DAY, inserted=uses, **by)
    work_off()
    assert rows_of(Subject.SOLUTIONS, "help") == [(TUESDAY.date(), HELPED)] * 2
    assert find_differing() == []


def test_merged_split_and_spam_tickets_are_gathered_anew(session: Session, by: dict[str, Any]) -> None:
    one, other = (
        make_received(
            TUESDAY + number * DAY, mail_message_id=f"<m{number}@x>", subject=f"Objet {number}"
        ).ticket_id
        or 0
        for number in (0, 1)
    )
    spam = make_received(from_address="s@client.example", mail_message_id="<s@x>").ticket_id or 0
    work_off()
    assert {row[1] for row in rows_of(Subject.TICKETS, "fate")} == {0}
    actions.merge(ticket_id=one, into_id=other, now=TUESDAY + 2 * DAY, **by)
    actions.mark_spam(ticket_id=spam, now=TUESDAY + 2 * DAY, **by)
    work_off()
    assert dict(row[1:] for row in rows_of(Subject.TICKETS, "ticket", "fate"))[one] == MERGED
    assert len(rows_of(Subject.WAITS, "end")) == 2, "a dropped wait each"
    assert find_differing() == []
    actions.unmerge(ticket_id=one, now=TUESDAY + 3 * DAY, **by)
    work_off()
    assert (len(rows_of(Subject.WAITS, "end")), rows_of(Subject.TICKETS, "fate")[0][1]) == (1, 0)
    assert find_differing() == []


def test_a_first_deploy_gathers_what_is_there_and_another_time_zone_all_of_it(
    session: Session, by: dict[str, Any]
) -> None:
    """Near midnight a moment is another day on the other side of the world."""
    at = datetime.fromisoformat("2026-03-03T23:30:00+00:00")
    make_received(at)
    assert work_off() > 0
    assert rows_of(Subject.TICKETS, "store")[0][0] == date(2026, 3, 4), "after midnight in Paris"
    session.execute(update(Chain).values(time_zone="America/Martinique"))
    session.expire_all()
    assert working.has_due()
    work_off()
    assert rows_of(Subject.TICKETS, "store")[0][0] == date(2026, 3, 3)
    assert find_differing() == []


def test_a_row_that_was_changed_behind_our_back_is_found_and_rebuilt(
    session: Session, by: dict[str, Any]
) -> None:
    ticket_id = make_received().ticket_id or 0
    actions.reply(ticket_id=ticket_id, text="Bonjour", now=TUESDAY + HOUR, undo_seconds=10, **by)
    work_off()
    session.execute(update(ReplyWait).values(business_seconds=1))
    assert find_differing() == [(Subject.WAITS, TUESDAY.date())]
    marking.mark([(Subject.WAITS, TUESDAY.date())])
    assert find_differing() == [], "a day that waits to be gathered is not wrong"
    gather_all()
    assert rows_of(Subject.WAITS, "seconds") == [(TUESDAY.date(), 1)]
    kept = session.scalars(select(StatisticsColumn.subject).distinct()).all()
    assert set(kept) == {Subject.WAITS, Subject.TICKETS, Subject.ROUTES}


def test_the_command_compares_and_rebuilds(app: Flask, session: Session, by: dict[str, Any]) -> None:
    ticket_id = make_received().ticket_id or 0
    actions.reply(ticket_id=ticket_id, text="Bonjour", now=TUESDAY + HOUR, undo_seconds=10, **by)
    work_off()
    session.execute(update(ReplyWait).values(business_seconds=1))
    runner = app.test_cli_runner()
    wrong = runner.invoke(args=["statistics", "rebuild", "--check"])
    told = json.loads(wrong.output)
    assert (wrong.exit_code, told["differing"], told["first"]) == (1, 1, [f"waits {TUESDAY.date()}"])
    outside = runner.invoke(args=["statistics", "rebuild", "--check", "--until", "2026-03-02"])
    assert (outside.exit_code, json.loads(outside.output)["days"]) == (0, 0)
    assert runner.invoke(args=["statistics", "rebuild"]).exit_code == 0
    assert runner.invoke(args=["statistics", "rebuild", "--check"]).exit_code == 0
