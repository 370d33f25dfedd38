"""The gaps as the editors' work list: four sources, done and put aside, and back when it happens again."""

import html
import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.core.words import Language
from hub.inbox import actions as inbox
from hub.inbox.models import Ticket
from hub.inbox.words import TicketState
from hub.knowledge import actions
from hub.knowledge.models import GapMark, KnowledgeUse
from hub.knowledge.words import SearchPlace
from hub.reasons.actions import add_builtin_reasons
from hub.reasons.queries import find_reason_by_key
from hub.staff.words import Role
from hub.surveys.models import Answer
from hub.surveys.words import AnswerState, Choice
from tests.conftest import TUESDAY, HandClock
from tests.makers.inbox import actor_of, make_house, make_received
from tests.makers.staff import log_in, make_agent
from tests.makers.statistics import gather_all
from tests.makers.surveys import make_invitation

HOUR = timedelta(hours=1)


def search(
    words: str, *, found: int = 0, ago: timedelta = HOUR, place: SearchPlace = SearchPlace.HELP
) -> None:
    actions.note_search(
        words=words, language=Language.FRENCH, place=place, found_count=found, now=TUESDAY - ago
    )


@pytest.fixture
def editor(session: Session, client: FlaskClient, hand_clock: HandClock) -> FlaskClient:
    make_house(session)
    add_builtin_reasons()
    return log_in(client, make_agent(session, "Hugo Barbier", role=Role.HEAD_OFFICE))


def press(client: FlaskClient, page: str, title: str, state: str) -> str:
    line = next(row for row in page.split("<tr>") if title in row)
    key = re.search(r'name="key" value="([^"]+)"', line)
    assert key
    return client.post("/knowledge/gaps", data={"key": key[1], "state": state}, follow_redirects=True).text


def test_searches_in_vain_and_unopened_are_gaps_whatever_their_form(editor: FlaskClient) -> None:
    for words in ("livraison en Suisse", "Suisse, les livraisons ?", "livraison suisse"):
        search(words)
    for words in ("payer en trois fois", "payer en trois fois"):
        search(words, found=2)
    search("une seule fois", found=2)
    search("à l’instant", found=2, ago=timedelta())
    search("au comptoir", found=2, place=SearchPlace.STAFF)
    page = editor.get("/knowledge/gaps").text
    assert re.search(r"livraison en Suisse|livraisons \?|livraison suisse", page)
    assert page.count("recherché en vain") == 1
    assert page.count("aucune réponse n’a été ouverte") == 1
    assert not re.search("une seule fois|à l’instant|au comptoir", page)


def test_a_gap_is_worked_off_and_comes_back_when_it_happens_again(
    session: Session, editor: FlaskClient
) -> None:
    search("pile cr2032", ago=2 * HOUR)
    page = editor.get("/knowledge/gaps").text
    assert "pile cr2032" not in press(editor, page, "pile cr2032", "done")
    done = editor.get("/knowledge/gaps?state=done").text
    assert "Hugo Barbier" in done
    search("pile CR2032", ago=-HOUR)
    page = editor.get("/knowledge/gaps").text
    press(editor, page, "pile", "aside")
    assert session.scalars(select(GapMark.state)).all() == ["aside"]
    search("pile CR2032", ago=-2 * HOUR)
    assert "CR2032" not in editor.get("/knowledge/gaps").text
    aside = editor.get("/knowledge/gaps?state=aside").text
    press(editor, aside, "pile", "open")
    assert "pile" in editor.get("/knowledge/gaps").text
    for bad in ("", "x" * 5000, "a\0b"):
        assert (
            "n’existe plus" in editor.post("/knowledge/gaps", data={"key": bad}, follow_redirects=True).text
        )


def test_reasons_solved_without_an_article_are_gaps(session: Session, editor: FlaskClient) -> None:
    reason = find_reason_by_key("return.how")
    assert reason
    ids = [
        make_received(
            TUESDAY - timedelta(days=200),
            from_address=f"dora{min(number, 6)}@client.example",
            subject=f"Objet {number}",
            mail_message_id=f"<{number}@x.example>",
        ).ticket_id
        for number in range(8)
    ]
    first_day = datetime(2025, 12, 4, 0, 30, tzinfo=ZoneInfo("Europe/Paris"))
    solved = {"state": TicketState.SOLVED, "solved_at": TUESDAY - HOUR, "reason_id": reason.id}
    session.execute(update(Ticket).where(Ticket.id.in_(ids)).values(**solved))
    with_reply, _without, early, too_early, open_again, junk, merged, by_hand = (
        session.get_one(Ticket, each) for each in ids
    )
    early.solved_at, too_early.solved_at = first_day, first_day - HOUR
    open_again.state = TicketState.OPEN
    by = {"by": actor_of(make_agent(session))}
    junk.state = merged.state = TicketState.OPEN
    session.add(KnowledgeUse(ticket_id=with_reply.id, message_id=1, likeness=100, used_at=TUESDAY))
    session.flush()
    inbox.mark_spam(ticket_id=junk.id, now=TUESDAY - HOUR, **by)
    inbox.merge(ticket_id=merged.id, into_id=by_hand.id, now=TUESDAY - HOUR, **by)
    session.execute(update(Ticket).where(Ticket.id == by_hand.id).values(**solved))
    gather_all()
    page = editor.get("/knowledge/gaps").text
    assert re.search(r"résolus sans article\s: 3 des 4 tickets", page)
    behind = re.search(r'href="(/statistics/tickets[^"]+)"', page)
    assert behind
    listed = editor.get(html.unescape(behind[1])).text
    assert "3 tickets" in listed
    shown = set(re.findall(r'href="/inbox/([A-Z0-9-]+)"', listed))
    assert shown == {session.get_one(Ticket, ids[each]).number for each in (1, 2, 7)}


def test_what_the_unhappy_name_is_a_gap(session: Session, client: FlaskClient, hand_clock: HandClock) -> None:
    asked = make_invitation(session)
    about = {
        "invitation_id": asked.invitation_id,
        "store_id": asked.store_id,
        "customer_id": asked.customer_id,
    }
    for choice, state in (
        (Choice.NOT_SATISFIED, AnswerState.CONFIRMED),
        (Choice.SATISFIED, AnswerState.SUPERSEDED),
    ):
        answer = Answer(choice=choice, state=state, topics=["delivery", "product"], nonce=choice, **about)
        answer.page_opened_at = answer.confirmed_at = answer.answered_at = TUESDAY - HOUR
        session.add(answer)
    session.flush()
    page = (
        log_in(client, make_agent(session, "Hugo Barbier", role=Role.HEAD_OFFICE)).get("/knowledge/gaps").text
    )
    assert page.count("cité par 1 des 1 clients non satisfaits") == 2
    assert "La livraison ou le retrait" in page
