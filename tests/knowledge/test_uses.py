"""What was inserted, how much of it was sent, and whether the ticket was solved."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from hub.inbox import actions as inbox
from hub.inbox.models import Ticket
from hub.knowledge import queries
from hub.knowledge.rows import Use, UseFigures
from hub.knowledge.rules import likeness
from hub.knowledge.uses import count_uses, forget_uses, note_uses
from hub.reactions.drain import work_facts
from tests.conftest import TUESDAY, HandClock
from tests.makers.inbox import actor_of, make_house, make_reason, make_received
from tests.makers.knowledge import make_article, make_reply
from tests.makers.staff import make_agent

OFFERED = "Nous remplaçons la commande A-1 sans frais dès demain."


@pytest.mark.parametrize(
    ("sent", "percent"),
    [
        (OFFERED, 100),
        (f"Bonjour Dora,\n\n{OFFERED}  Nous restons à votre écoute.", 100),
        (OFFERED.replace("sans frais ", ""), 87),
        (OFFERED.replace("frais", "aucun autre frais"), 90),
        ("Merci de votre message.", 0),
        ("", 0),
    ],
)
def test_what_stands_around_a_text_is_no_edit(sent: str, percent: int) -> None:
    assert likeness(OFFERED, sent) == percent


def test_a_use_is_noted_settled_and_taken_back(session: Session, hand_clock: HandClock) -> None:
    ada = make_agent(session, store_ids=(make_house(session).id,))
    by, article, reply_id = actor_of(ada), make_article(), make_reply()
    ticket_id = make_received().ticket_id or 0
    uses = [Use(article_id=article.id, likeness=100).__dict__, Use(reply_id=reply_id, likeness=60).__dict__]
    done = inbox.reply(ticket_id=ticket_id, text="Voici.", by=by, now=TUESDAY, inserted={"uses": uses})
    inbox.change_reason(ticket_id=ticket_id, reason_id=make_reason(session).id, by=by, now=TUESDAY)
    inbox.solve(ticket_id=ticket_id, by=by, now=TUESDAY)
    work_facts(lambda: None)
    assert count_uses(article_id=article.id, since=TUESDAY) == UseFigures(1, 0, 1, 100.0)
    assert count_uses(reply_id=reply_id, since=TUESDAY) == UseFigures(1, 1, 1, 60.0)
    assert count_uses(reply_id=reply_id, since=TUESDAY + timedelta(days=1)) == UseFigures(0, 0, 0, None)
    assert count_uses(reply_id=make_reply("Autre"), since=TUESDAY) == UseFigures(0, 0, 0, None)
    assert count_uses(article_id=make_article("Un autre").id, since=TUESDAY).used == 0
    inbox.reopen(ticket_id=ticket_id, by=by, now=TUESDAY)
    work_facts(lambda: None)
    assert count_uses(reply_id=reply_id, since=TUESDAY).solved == 0
    gone = [Use(reply_id=0, likeness=100)]
    note_uses(ticket_id=ticket_id, message_id=done.message_id, uses=gone, now=TUESDAY)
    forget_uses(message_id=done.message_id)
    session.expire_all()
    assert session.get(Ticket, ticket_id)
    assert queries.get_article(article.key).inserted_count == 0
    assert queries.get_standard_reply(reply_id).used_count == 0
