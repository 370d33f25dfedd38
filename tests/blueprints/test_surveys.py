"""The log of touches: what it shows, to whom, page by page, and its switch."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from hub.content.actions import publish_builtin_templates
from hub.core import clock
from hub.inbox.models import Ticket
from hub.inbox.words import TicketState
from hub.plans.actions import add_builtin_plans
from hub.reactions.drain import work_facts
from hub.staff.words import Role
from hub.surveys import actions
from hub.surveys.gestures import judge_provisional
from hub.surveys.models import Answer, Invitation, Touch
from hub.surveys.rules import Confirmation, Source
from hub.surveys.touch_log import PAGE_SIZE
from hub.surveys.words import AnswerState, Choice, TouchLabel, TouchMethod, TouchReason
from tests.conftest import TUESDAY
from tests.makers.staff import log_in, make_agent
from tests.makers.surveys import Asked, invite_again, make_invitation

OUTLOOK = Source("0123456789abcdef", "Outlook/16")


@pytest.fixture
def asked(session: Session, client: FlaskClient) -> Asked:
    made = make_invitation(session)
    publish_builtin_templates(now=TUESDAY)
    add_builtin_plans(now=TUESDAY)
    invitation = session.get_one(Invitation, made.invitation_id)
    invitation.accepted_at = TUESDAY - timedelta(hours=1)
    invitation.expires_at = TUESDAY + timedelta(days=30)
    return made


@pytest.fixture
def max_(session: Session, client: FlaskClient, asked: Asked) -> FlaskClient:
    return log_in(client, make_agent(session, "Max Weber", role=Role.MARKETER))


def look(asked: Asked, choice: str = "3", *, source: Source = OUTLOOK) -> None:
    actions.touch_and_read(
        asked.token, choice=choice, method=TouchMethod.GET, source=source, now=TUESDAY, machine_now=TUESDAY
    )


def press(asked: Asked, choice: Choice = Choice.NOT_SATISFIED) -> None:
    sent = Confirmation(choice, "p1", TUESDAY - timedelta(seconds=9), TUESDAY, "Cassée")
    actions.take_answer(
        token=asked.token, confirmation=sent, source=Source("feed", "Safari"), now=TUESDAY, least_seconds=1
    )


def plain(page: str) -> str:
    """With plain spaces before the French signs."""
    return page.replace("\u00a0", " ").replace("\u202f", " ")


def test_an_empty_log_teaches(max_: FlaskClient) -> None:
    page = max_.get("/surveys/").text
    assert "Aucune case n’a encore été ouverte" in page
    assert "/plans/post_purchase_survey" in page


def test_a_line_says_who_it_was_and_why(max_: FlaskClient, asked: Asked) -> None:
    look(asked)
    press(asked)
    page = plain(max_.get("/surveys/").text)
    assert "Outlook/16" in page
    assert "01234567" in page, "the hash of the source"
    assert "Dora" in page
    assert "A1001" in page
    assert "Le bouton de la page a été pressé." in page
    assert page.index("Répondu : pas satisfait") < page.index("Ouvert : très satisfait"), "newest first"


@pytest.mark.parametrize(
    "query", ["q=A1001", "q=dora@client.example", "q=DORA@client.example", "label=human"]
)
def test_what_narrows_the_log(max_: FlaskClient, session: Session, asked: Asked, query: str) -> None:
    press(asked)
    actions.touch_and_read(
        "zz-mangled",
        choice="1",
        method=TouchMethod.GET,
        source=Source("x", "Bot"),
        now=TUESDAY,
        machine_now=TUESDAY,
    )
    assert "Bot" in max_.get("/surveys/").text
    page = max_.get(f"/surveys/?{query}").text
    assert "Safari" in page
    assert "Bot" not in page


@pytest.mark.parametrize(
    "query", ["q=nobody@client.example", "q=Z999", "answer=999", "answer=x", "label=footer"]
)
def test_what_finds_nothing_says_so(max_: FlaskClient, asked: Asked, query: str) -> None:
    press(asked)
    page = max_.get(f"/surveys/?{query}").text
    assert "Aucune ligne ne correspond" in page
    assert "Safari" not in page


def test_links_below_mails_are_shown_when_asked_for(max_: FlaskClient, asked: Asked) -> None:
    max_.get("/preferences/mangled", headers={"User-Agent": "Fetcher"})
    assert "Fetcher" not in max_.get("/surveys/").text
    assert "Fetcher" in max_.get("/surveys/?label=footer").text


def test_pages_follow_one_another_without_gap_or_double(
    max_: FlaskClient, session: Session, asked: Asked
) -> None:
    row = {
        "invitation_id": asked.invitation_id,
        "choice": "3",
        "method": TouchMethod.GET,
        "label": TouchLabel.SINGLE,
        "reason": TouchReason.ALONE,
        "source_hash": "s",
        "touched_at": TUESDAY,
        "happened_at": TUESDAY,
    }
    session.execute(insert(Touch), [row | {"user_agent": f"UA-{n:03}"} for n in range(2 * PAGE_SIZE + 5)])
    seen: list[str] = []
    href: str | None = "/surveys/"
    while href:
        page = max_.get(href).text
        seen += re.findall(r"UA-\d{3}", page)
        older = re.search(r'href="([^"]*after=[^"]*)"[^>]*rel="next"', page)
        href = older[1].replace("&amp;", "&") if older else None
    assert seen == [f"UA-{n:03}" for n in reversed(range(2 * PAGE_SIZE + 5))]


@pytest.mark.parametrize(
    ("label", "index"), [(TouchLabel.HUMAN, "ix_touches_label_log"), (None, "pk_touches")], ids=str
)
def test_a_page_deep_in_the_log_walks_an_index(
    session: Session, asked: Asked, label: TouchLabel | None, index: str
) -> None:
    """Neither sorts the table: with sequential scans and sorts forbidden the plan names the index."""
    session.execute(text("SET LOCAL enable_seqscan = off"))
    session.execute(text("SET LOCAL enable_sort = off"))
    session.execute(text("SET LOCAL enable_bitmapscan = off"))
    where = f"label = '{label}'" if label else "label <> 'footer'"
    lines = session.scalars(
        text(f"EXPLAIN SELECT * FROM touches WHERE {where} AND id < 900 ORDER BY id DESC LIMIT 51")
    )
    assert index in "\n".join(lines)


def test_the_switch_takes_the_ticket_back_and_gives_it_again(
    max_: FlaskClient, session: Session, asked: Asked
) -> None:
    press(asked)
    work_facts(lambda: None)
    line = session.scalars(select(Touch.id)).one()
    for who, state in (("machine", AnswerState.WITHDRAWN), ("human", AnswerState.CONFIRMED)):
        form = {"who": who, "q": "A1001", "label": "", "answer": ""}
        done = max_.post(f"/surveys/touches/{line}/switch", data=form)
        assert done.status_code == 303
        assert done.location == f"/surveys/?q=A1001#t{line}"
        work_facts(lambda: None)
        session.expire_all()
        assert session.scalars(select(Answer.state)).one() is state
        states = list(session.scalars(select(Ticket.state).order_by(Ticket.id)))
        assert states == [TicketState.CLOSED, TicketState.NEW][: len(states)]
    assert len(states) == 2
    assert "Un collègue l’a indiqué." in max_.get("/surveys/").text


def test_who_may_only_read_has_no_switch(client: FlaskClient, session: Session, asked: Asked) -> None:
    press(asked)
    line = session.scalars(select(Touch.id)).one()
    reader = log_in(client, make_agent(session, "Nora Blanc", role=Role.MANAGER))
    page = reader.get("/surveys/").text
    assert "Safari" in page
    assert "/switch" not in page
    assert reader.post(f"/surveys/touches/{line}/switch", data={"who": "machine"}).status_code == 403


def test_the_ticket_leads_to_the_log(client: FlaskClient, session: Session, asked: Asked) -> None:
    press(asked)
    actions.add_details(token=asked.token, topics=["delivery"], comment="", now=TUESDAY)
    look(invite_again(session, asked, "B2"), source=Source("f00d", "Elsewhere"))
    work_facts(lambda: None)
    number = session.scalars(select(Ticket.number)).one()
    cleo = log_in(client, make_agent(session, "Cleo Petit", role=Role.ADMINISTRATOR))
    page = plain(cleo.get(f"/inbox/{number}").text)
    assert "Concerne : La livraison ou le retrait" in page
    link = re.search(r'href="(/surveys/\?answer=\d+)"', page)
    assert link
    log = cleo.get(link[1]).text
    assert "Safari" in log
    assert "Elsewhere" not in log
    ada = log_in(client, make_agent(session, "Ada Martin", store_ids=(asked.store_id,)))
    assert "/surveys/?answer" not in ada.get(f"/inbox/{number}").text, "the log is not for shop agents"


def test_a_ticket_from_a_gesture_is_marked(client: FlaskClient, session: Session, asked: Asked) -> None:
    sent = Confirmation(Choice.NOT_SATISFIED, "g", TUESDAY - timedelta(seconds=9), TUESDAY)
    actions.note_intent(
        token=asked.token, confirmation=sent, source=Source("phone"), now=clock.business_now()
    )
    judge_provisional(now=TUESDAY + timedelta(minutes=15))
    work_facts(lambda: None)
    number = session.scalars(select(Ticket.number)).one()
    ada = log_in(client, make_agent(session, "Ada Martin", store_ids=(asked.store_id,)))
    paths = ("/inbox/?view=all", f"/inbox/{number}")
    assert all("non confirmé" in ada.get(path).text for path in paths)
    ada.get("/inbox/?lang=en")
    assert all("not confirmed" in ada.get(path, headers={"Accept-Language": "en"}).text for path in paths)
