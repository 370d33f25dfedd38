"""Standard replies by channel, and what they set: chosen by an editor, said to the agent, sent, undone."""

import re

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from hub.core.words import Channel, Language
from hub.inbox import actions
from hub.inbox.models import Ticket
from hub.inbox.queries.tagged import get_tag_names
from hub.inbox.words import TicketState
from hub.knowledge.actions import save_standard_reply
from hub.knowledge.queries import get_standard_reply
from hub.knowledge.rows import ReplyActs
from hub.knowledge.words import AfterSending
from hub.staff.models import Agent
from hub.staff.words import Role
from tests.conftest import TUESDAY, HandClock
from tests.makers.inbox import actor_of, make_house, make_reason, make_received
from tests.makers.knowledge import make_reply
from tests.makers.staff import log_in, make_agent

TEXT, CHAT = "Votre colis part ce soir.", "Messagerie du site"
FRAGMENT = {"HX-Request": "true"}
SAID = "Cette réponse fixe aussi\N{NO-BREAK SPACE}: motif Motif delivery · étiquette colis · état résolu"


def save_channels(reply_id: int, editor: Agent, acts: ReplyActs) -> None:
    save_standard_reply(
        reply_id=reply_id,
        language=Language.FRENCH,
        title="Colis",
        body=TEXT,
        channels=[Channel.EMAIL],
        acts=acts,
        by=actor_of(editor),
        now=TUESDAY,
    )


def test_an_editor_chooses_what_a_reply_sets_and_an_agent_sends_it_and_takes_it_back(
    session: Session, client: FlaskClient, hand_clock: HandClock
) -> None:
    lyon = make_house(session)
    hugo = make_agent(session, "Hugo Barbier", role=Role.HEAD_OFFICE)
    ada = make_agent(session, store_ids=(lyon.id,))
    reason = make_reason(session)
    tag_id = actions.make_tag(name="colis", by=actor_of(hugo), now=TUESDAY)
    found, reply_id = make_received(), make_reply(body=TEXT)
    ticket = session.get_one(Ticket, found.ticket_id or 0)

    log_in(client, hugo)
    form = {
        "title": "Colis",
        "body": TEXT,
        "language": "fr",
        "reason_id": "",
        "is_active": "1",
        "channels": ["email", "chat"],
        "sets_reason_id": reason.id,
        "sets_state": "solved",
        "sets_tag_id": tag_id,
    }
    address = f"/knowledge/replies/{reply_id}/edit"
    shown = client.post(address, data=form, follow_redirects=True).text
    assert f"E-mail, {CHAT}" in shown
    assert SAID.partition(": ")[2] in shown
    row = get_standard_reply(reply_id)
    assert row.channels == (Channel.EMAIL, Channel.CHAT)
    assert row.acts == ReplyActs(reason.id, AfterSending.SOLVED, tag_id)
    again = client.get(address).text
    assert re.search(r'<input[^>]*checked[^>]*value="chat"', again)
    assert '<option selected value="solved">' in again
    client.post(address, data={**form, "channels": ["sms"]})

    client.post("/session/sign-out")
    log_in(client, ada)
    place = f"/inbox/{found.number}"
    assert (
        TEXT not in client.get(f"{place}/suggestions").text
    )  # a mail is not answered with what is written for an SMS
    assert TEXT not in client.get(f"{place}/suggestions?q=colis").text
    save_channels(reply_id, hugo, row.acts)
    assert f'data-insert-acts="{SAID}"' in client.get(f"{place}/suggestions", headers=FRAGMENT).text
    page = client.get(f"{place}/suggestions").text
    assert SAID in page
    fields = dict(re.findall(r'<input type="hidden" name="(acts_of|standard_reply_id)" value="(\d+)">', page))
    composer = client.post(f"{place}/keep", data={**fields, "text": TEXT}, follow_redirects=True).text
    assert re.search(rf'name="acts_of" value="{reply_id}" checked><span>{SAID}</span>', composer)
    left_out = client.post(
        f"{place}/keep", data={"standard_reply_id": reply_id, "text": TEXT}, follow_redirects=True
    ).text
    assert re.search(rf'name="acts_of" value="{reply_id}"><span>', left_out)

    holed = {**fields, "text": f"{TEXT} [à compléter : jour]", "key": "a"}
    kept = client.post(f"{place}/reply", data=holed, follow_redirects=True).text
    assert re.search(rf'name="acts_of" value="{reply_id}" checked>', kept)
    client.post(f"{place}/reply", data={**fields, "text": TEXT, "key": "b"})
    session.expire_all()
    assert (ticket.state, ticket.reason_id) == (TicketState.SOLVED, reason.id)
    assert get_tag_names([ticket.id]) == {ticket.id: {tag_id: "colis"}}
    message_id = re.search(r'name="message_id" value="(\d+)"', client.get(place).text)
    assert message_id
    client.post(f"{place}/undo", data={"message_id": message_id[1]})
    session.expire_all()
    assert (ticket.state, ticket.reason_id) == (TicketState.NEW, None)
    assert get_tag_names([ticket.id]) == {}

    client.post(f"{place}/reply", data={"standard_reply_id": reply_id, "text": TEXT, "key": "c"})
    session.expire_all()
    assert (ticket.state, ticket.reason_id) == (TicketState.OPEN, None)  # unticked: the text alone
