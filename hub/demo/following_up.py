"""What followed the survey answers of the last weeks: thanks to everybody, tickets of the unhappy, and their second answer."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import func, select, text

from hub.core.db import db
from hub.core.words import Channel
from hub.demo.copying import copy_rows
from hub.demo.mailing import make_thanks
from hub.demo.shopping import Person, Sale
from hub.demo.talking import Contact, write_contacts
from hub.inbox.actions.events import settle_hold
from hub.inbox.models import ReplyWait, Ticket, TicketRating
from hub.inbox.states import OPEN_STATES
from hub.reasons.queries import find_reason_by_key
from hub.surveys.models import Answer, Invitation
from hub.surveys.rules import score_of
from hub.surveys.words import AnswerState, Choice

SEED = 41
WINDOW = timedelta(days=60)
ASKED_AGAIN, SAYS_SO = timedelta(days=1), 0.62
SECOND = ((3, 34), (2, 38), (1, 28))
REPLY = "Je suis désolé de cette expérience. Je vous ai appelé et nous avons trouvé une solution ensemble."
OF_ANSWERS = text(
    """
    UPDATE tickets SET score = 1, is_grievance = true, route_source = 'answered_order', route_confidence = 1,
        source_kind = 'answer', source_id = CAST(m.inserted->>'answer_id' AS bigint)
    FROM ticket_messages m WHERE m.ticket_id = tickets.id AND m.event_id = 1 AND tickets.channel = 'survey'
    """
)


def follow_up(sales: Sequence[Sale], people: Sequence[Person], *, now: datetime) -> None:
    """Part of the demo's one transaction; needs tickets, answers and messages."""
    random = Random(SEED)
    answers = _list_answers(now - WINDOW)
    by_id = {sale.id: sale for sale in sales}
    make_thanks([(by_id[order_id], answer.answered_at) for answer, order_id in answers], now=now)
    first = (db.session.scalar(select(func.max(Ticket.id))) or 0) + 1
    unhappy = [row for row in answers if row[0].choice is Choice.NOT_SATISFIED]
    reason = find_reason_by_key("other.survey")
    contacts = [
        _contact(number, answer, by_id[order_id], people, reason.id if reason else None)
        for number, (answer, order_id) in enumerate(unhappy, first)
    ]
    write_contacts(contacts, now=now, random=random)
    db.session.execute(OF_ANSWERS)
    _hold_open(now)
    _ask_again(now, random)


def _list_answers(since: datetime) -> list[tuple[Answer, int]]:
    rows = db.session.execute(
        select(Answer, Invitation.order_id)
        .join(Invitation, Invitation.id == Answer.invitation_id)
        .where(Answer.state == AnswerState.CONFIRMED, Answer.answered_at > since)
        .order_by(Answer.answered_at, Answer.id)
    )
    return [(answer, order_id) for answer, order_id in rows if order_id]


def _contact(
    number: int, answer: Answer, sale: Sale, people: Sequence[Person], reason_id: int | None
) -> Contact:
    return Contact(
        id=number,
        sale=sale,
        person=people[sale.customer_id - 1],
        channel=Channel.SURVEY,
        at=answer.answered_at,
        reason_id=reason_id,
        subject=f"Enquête de satisfaction, commande {sale.number}",
        text=answer.comment or "",
        answer=REPLY,
        inserted={"answer_id": answer.id, "choice": answer.choice.value, "score": score_of(answer.choice)},
    )


def _hold_open(now: datetime) -> None:
    """Nobody is sent offers while his grievance is open."""
    still = select(Ticket).where(Ticket.channel == Channel.SURVEY, Ticket.state.in_(OPEN_STATES))
    for ticket in db.session.scalars(still):
        settle_hold(ticket, now=now)


def _ask_again(now: datetime, random: Random) -> None:
    """The day after the ticket was solved; most say how it went."""
    solved = db.session.execute(
        select(Ticket.id, Ticket.customer_id, Ticket.store_id, Ticket.solved_at, ReplyWait.agent_id)
        .join(ReplyWait, ReplyWait.ticket_id == Ticket.id)
        .where(Ticket.channel == Channel.SURVEY, Ticket.solved_at < now - ASKED_AGAIN)
        .order_by(Ticket.id)
    )
    before = db.session.scalar(select(func.max(TicketRating.id))) or 0
    rows: list[dict[str, Any]] = []
    for row in solved.mappings():
        asked_at = row["solved_at"] + ASKED_AGAIN
        said_at = asked_at + timedelta(hours=1 + 30 * random.random())
        has_said = random.random() < SAYS_SO and said_at < now
        rows.append(
            {
                "id": before + len(rows) + 1,
                "ticket_id": row["id"],
                "customer_id": row["customer_id"],
                "store_id": row["store_id"],
                "agent_id": row["agent_id"],
                "message_key": f"demo:rating:{row['id']}",
                "asked_at": asked_at,
                "score": _say(random) if has_said else None,
                "comment": "",
                "answered_at": said_at if has_said else None,
            }
        )
    copy_rows(TicketRating, rows)


def _say(random: Random) -> int:
    return random.choices([score for score, _ in SECOND], [weight for _, weight in SECOND])[0]
