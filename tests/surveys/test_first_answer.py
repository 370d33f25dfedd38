"""The first answer is one statement, and leaves exactly what the longer way leaves."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.orm import Session

from hub.core.db import db
from hub.core.errors import Gone, Invalid
from hub.surveys import actions
from hub.surveys.actions import Confirmed
from hub.surveys.first_answer import count_first_answer
from hub.surveys.models import Answer, Invitation
from hub.surveys.rules import Confirmation, Source
from hub.surveys.words import AnswerState, Choice
from tests.conftest import TUESDAY
from tests.makers.surveys import Asked, make_invitation

SOURCE = Source("a1b2", "Firefox")
TABLES = {
    "invitations": "state, answered_at, answer_count, expires_at",
    "answers": "choice, comment, topics, state, nonce, page_opened_at, confirmed_at, answered_at, is_gesture, judge_at",
    "touches": "choice, method, label, reason, source_hash, user_agent, touched_at, happened_at, answer_id IS NULL",
    "facts": "kind, happened_at, customer_id IS NULL, "
    "(SELECT array_agg(key ORDER BY key) FROM jsonb_object_keys(data) AS key), data->'score'",
    "fact_queue": "attempt_count, next_attempt_at",
}


def confirmation(choice: Choice, *, page: str = "p1", after: float = 0) -> Confirmation:
    at = TUESDAY + timedelta(seconds=after)
    return Confirmation(choice, page, at - timedelta(seconds=5), at, "Cassée, 'hélas'")


def take(asked: Asked, sent: Confirmation) -> Confirmed:
    return actions.take_answer(
        token=asked.token, confirmation=sent, topics=["delivery"], source=SOURCE, now=sent.at, least_seconds=1
    )


def rows(session: Session) -> dict[str, list[Any]]:
    session.flush()
    found = {}
    for table, columns in TABLES.items():
        order = "id" if table != "fact_queue" else "fact_id"
        found[table] = [
            tuple(row) for row in session.execute(text(f"SELECT {columns} FROM {table} ORDER BY {order}"))
        ]
    return found


@pytest.mark.parametrize("choice", list(Choice))
def test_both_ways_leave_the_same_rows(session: Session, choice: Choice) -> None:
    asked = make_invitation(session)
    before = session.begin_nested()
    actions.confirm_answer(
        token=asked.token,
        confirmation=confirmation(choice),
        topics=["delivery"],
        source=SOURCE,
        now=TUESDAY,
        least_seconds=1,
    )
    longer = rows(session)
    before.rollback()
    session.expire_all()
    assert take(asked, confirmation(choice)) is Confirmed.COUNTED
    assert rows(session) == longer
    assert len(longer["facts"]) == (2 if choice is Choice.NOT_SATISFIED else 1)


def test_the_first_answer_is_one_statement(session: Session) -> None:
    asked = make_invitation(session)
    session.flush()
    seen: list[str] = []
    connection = session.connection()
    event.listen(connection, "before_cursor_execute", lambda *given: seen.append(given[2]))
    take(asked, confirmation(Choice.SATISFIED))
    assert len([statement for statement in seen if "SAVEPOINT" not in statement]) == 1


def test_a_second_answer_takes_the_longer_way(session: Session) -> None:
    asked = make_invitation(session)
    take(asked, confirmation(Choice.NOT_SATISFIED))
    again = confirmation(Choice.SATISFIED, page="p2", after=30)
    assert not count_first_answer(asked.invitation_id, again, [], SOURCE, now=again.at)
    assert take(asked, again) is Confirmed.ASK_AGAIN
    states = set(session.scalars(select(Answer.state)))
    assert states == {AnswerState.CONTRADICTED}


def test_too_fast_and_too_late_are_refused_before_anything_is_written(session: Session) -> None:
    asked = make_invitation(session)
    session.commit()
    at_once = Confirmation(Choice.SATISFIED, "p1", TUESDAY, TUESDAY + timedelta(seconds=0.2))
    with pytest.raises(Invalid):
        take(asked, at_once)
    late = confirmation(Choice.SATISFIED, after=31 * 86_400)
    with pytest.raises(Gone):
        take(asked, late)
    assert session.scalars(select(Answer)).all() == []
    assert session.get_one(Invitation, asked.invitation_id).answer_count == 0


def test_an_answer_written_without_its_count_is_not_doubled(session: Session) -> None:
    """Rows of an older version or of a bulk import: the unique index decides."""
    asked = make_invitation(session)
    take(asked, confirmation(Choice.SATISFIED))
    session.get_one(Invitation, asked.invitation_id).answer_count = 0
    session.flush()
    assert take(asked, confirmation(Choice.SATISFIED, page="p2", after=5)) is Confirmed.REPEATED
    assert db.session.scalars(select(Answer).where(Answer.state == AnswerState.CONFIRMED)).one()
