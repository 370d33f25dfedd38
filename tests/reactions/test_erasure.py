"""Erased addresses: nothing that waited for them leaves, and forms forget what was typed."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.content.actions import publish_builtin_templates
from hub.core.actor import SYSTEM
from hub.core.words import Purpose
from hub.customers.actions import erase_addresses
from hub.customers.models import Address
from hub.outbox.models import OutboundMessage
from hub.outbox.words import MessageState
from hub.reactions.drain import work_facts
from hub.signups.models import SignupEntry
from tests.conftest import TUESDAY
from tests.makers.customers import make_customer, make_emil
from tests.makers.outbox import post_draft
from tests.makers.signups import make_form, send
from tests.makers.stores import make_chain


def test_what_waits_for_an_erased_address_does_not_leave(session: Session) -> None:
    make_chain(session)
    publish_builtin_templates(now=TUESDAY)
    dora, emil = make_customer(session), make_emil(session)
    gone = post_draft(session, "dora", purpose=Purpose.SERVICE, customer_id=dora.id)
    sent = post_draft(session, "sent", purpose=Purpose.SERVICE, customer_id=dora.id)
    sent.state = MessageState.ACCEPTED
    kept = post_draft(
        session, "emil", purpose=Purpose.SERVICE, customer_id=emil.id, recipient="emil@client.example"
    )
    send(make_form(is_double_optin=False), email="dora@client.example")
    assert gone.recipient == "dora@client.example"
    erase_addresses(dora.id, by=SYSTEM, now=TUESDAY)
    work_facts(lambda: None)
    session.expire_all()
    assert (gone.state, gone.recipient) == (MessageState.CANCELLED, None)
    assert kept.state is MessageState.WAITING
    assert sent.state is MessageState.ACCEPTED
    assert session.scalars(select(SignupEntry)).one().answers == {}
    waiting = select(OutboundMessage.recipient).where(OutboundMessage.state == MessageState.WAITING)
    assert set(session.scalars(waiting)) == {"emil@client.example"}
    assert session.scalars(select(Address.value)).all() == ["emil@client.example"]
