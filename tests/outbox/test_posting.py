"""Posting: once a key, frozen, addressed to the customer, taken back while it waits."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.core import clock
from hub.core.errors import Conflict, NotFound
from hub.core.words import Language, Purpose
from hub.outbox import actions as outbox
from hub.outbox import addresses, queries
from hub.outbox.models import OutboundMessage
from hub.outbox.words import BlockReason, MessageState, SendQueue
from tests.conftest import TUESDAY
from tests.makers.customers import make_customer
from tests.makers.outbox import make_draft, make_template, post_draft
from tests.makers.stores import make_chain, make_store

pytestmark = pytest.mark.usefixtures("session")


def test_the_same_key_is_posted_once_also_within_a_batch(session: Session) -> None:
    make_chain(session)
    draft = make_draft(session, recipient="dora@client.example")
    first, second = outbox.post_many([draft, draft], now=TUESDAY)
    again = outbox.post_many([draft], now=TUESDAY + timedelta(days=1))[0]
    assert first.is_new
    assert first.message_id_row == second.message_id_row == again.message_id_row
    assert not again.is_new
    assert session.scalar(select(func.count()).select_from(OutboundMessage)) == 1


def test_the_message_id_follows_from_the_key_and_is_signed(session: Session) -> None:
    make_chain(session)
    row = post_draft(session, recipient="dora@client.example")
    assert row.uuid == addresses.uuid_of("draft:1")
    assert addresses.read_message_id(row.message_id) == row.uuid
    path = addresses.return_path_of(row.uuid, "hub.example")
    assert len(path.partition("@")[0]) <= 64
    assert addresses.read_return_token(path.upper()) == row.uuid
    assert addresses.read_return_token(path.replace(row.uuid[:4], "0000")) is None
    assert addresses.read_return_token("b+nonsense@hub.example") is None


def test_address_language_and_letterhead_come_from_customer_and_store(session: Session) -> None:
    make_chain(session)
    store = make_store(session)
    dora = make_customer(session)
    row = post_draft(session, customer_id=dora.id, store_id=store.id)
    assert row.recipient == "dora@client.example"
    assert row.language is Language.FRENCH
    assert row.recipient_name == "Dora Lefèvre"
    assert row.sender_name == "Maison Verel Lyon Part-Dieu"
    assert row.sender_address == "bonjour@verel.example"
    assert row.reply_to == "lyon-part-dieu@hub.example"
    assert row.values == {
        "words": "Votre lampe est prête",
        "salutation": "Bonjour Madame Lefèvre",
        "store_name": "Lyon Part-Dieu",
    }
    assert row.state is MessageState.WAITING


def test_what_the_caller_says_wins_also_when_it_is_nothing(session: Session) -> None:
    make_chain(session)
    dora = make_customer(session)
    row = post_draft(session, customer_id=dora.id, values={"words": "Bonjour Dora", "salutation": ""})
    assert row.values == {"words": "Bonjour Dora"}


def test_replies_are_urgent_and_advertising_never_delays_them(session: Session) -> None:
    make_chain(session)
    queues = {
        purpose: post_draft(
            session, f"draft:{purpose}", purpose=purpose, recipient="dora@client.example"
        ).queue
        for purpose in Purpose
    }
    assert queues[Purpose.REPLY] is SendQueue.URGENT
    assert queues[Purpose.SURVEY] is SendQueue.DEFAULT
    assert queues[Purpose.PROMOTION] is SendQueue.BULK


def test_undo_works_while_it_waits_and_not_after(session: Session) -> None:
    make_chain(session)
    row = post_draft(session, recipient="dora@client.example")
    assert outbox.cancel(row.id, now=TUESDAY)
    session.refresh(row)
    assert (row.state, row.reason) == (MessageState.CANCELLED, BlockReason.UNDONE)
    assert not outbox.cancel("draft:1", now=TUESDAY)
    other = post_draft(session, "draft:2", recipient="dora@client.example")
    other.state = MessageState.CALLING
    session.flush()
    assert not outbox.cancel("draft:2", now=TUESDAY)


def test_a_template_that_is_not_published_is_refused(session: Session) -> None:
    make_chain(session)
    with pytest.raises(NotFound):
        post_draft(session, template_key="nothing", recipient="dora@client.example")


def test_a_message_id_of_another_message_is_refused(session: Session) -> None:
    make_chain(session)
    post_draft(session, recipient="dora@client.example", message_id="<one@hub.example>")
    with pytest.raises(Conflict):
        post_draft(session, "draft:2", recipient="dora@client.example", message_id="<one@hub.example>")


def test_post_takes_what_a_draft_takes(session: Session) -> None:
    make_chain(session)
    make_template(session)
    posted = outbox.post(
        key="one",
        template_key="test_service",
        values={"words": "Bonjour"},
        purpose=Purpose.SERVICE,
        recipient="dora@client.example",
        due_at=TUESDAY,
        now=TUESDAY,
    )
    found = queries.find_by_key("one")
    assert found is not None
    assert found.id == posted.message_id_row
    assert queries.find_by_message_id(found.message_id.strip("<>")) == found
    assert queries.get_states([found.id]) == {found.id: MessageState.WAITING}
    assert clock.machine_now() > TUESDAY


def test_staff_read_what_the_customer_reads_with_dead_links(session: Session) -> None:
    make_chain(session)
    dora = make_customer(session)
    row = post_draft(session, purpose=Purpose.SURVEY, customer_id=dora.id)
    content = queries.get_content(row.id)
    assert content.subject == "Votre lampe est prête"
    assert "/u/" not in content.html
    assert [each.id for each in queries.list_customer_messages(dora.id)] == [row.id]
