"""Which talk on a network a reply belongs to: with merged tickets, and with several ids of one customer."""

import pytest
from sqlalchemy import select

from hub.core.actor import SYSTEM
from hub.inbox.actions import merge
from hub.inbox.models import Notice
from hub.inbox.words import NoticeKind, TicketState
from hub.outbox.models import OutboundMessage
from tests.blueprints.test_api_tickets import caller
from tests.webhooks.test_delivering import machine
from tests.webhooks.test_social_replies import ZOE, House, _bridged, house, receiver

__all__ = ["_bridged", "caller", "house", "machine", "receiver"]


def test_a_failure_in_a_merged_ticket_brings_the_joint_one_back_and_tells_who_has_it(house: House) -> None:
    house.answer()
    house.leave()
    other = house.caller.opened(customer=ZOE, channel="social", external_id="thread-9")
    source, target = house.ticket(), house.caller.ticket(other)
    merge(ticket_id=source.id, into_id=target.id, by=SYSTEM, now=house.clock.now)
    target.assignee_id = house.caller.bo.id
    house.session.commit()
    solved = house.caller.call("PATCH", f"/tickets/{other}", {"state": "solved", "reason": "delivery"})
    assert solved.status_code == 200
    assert house.confirm(house.reply().id, state="failed", reason="late").status_code == 200
    house.session.expire_all()
    assert (target.state, source.state) == (TicketState.OPEN, TicketState.CLOSED)
    told = house.session.scalars(select(Notice).where(Notice.kind == NoticeKind.REPLY_FAILED)).all()
    assert {(notice.agent_id, notice.ticket_id) for notice in told} == {
        (house.caller.ada.id, target.id),
        (house.caller.bo.id, target.id),
    }


def test_a_reply_in_a_joint_ticket_answers_where_the_customer_last_wrote(house: House) -> None:
    other = house.caller.opened(customer=ZOE, channel="social", external_id="thread-9")
    source, target = house.ticket(), house.caller.ticket(other)
    house.clock.move(minutes=5)
    body = {"from": "customer", "text": "Toujours là ?", "external_id": "dm-10"}
    house.caller.call("POST", f"/tickets/{house.number}/messages", body)
    merge(ticket_id=source.id, into_id=target.id, by=SYSTEM, now=house.clock.now)
    house.session.commit()
    house.page.post(f"/inbox/{other}/reply?lang=en", data={"text": "Bonjour Zoé."})
    assert house.leave() == 1
    data = house.told()
    assert (data["ticket"], data["thread_id"], data["in_reply_to"]) == (other, "thread-7", "dm-10")


@pytest.mark.parametrize(
    ("ids", "recipient"),
    [({"x": "@lou"}, "x:@lou"), ({"x": "@lou", "facebook": "9"}, None), ({"shop": "C-10"}, None)],
)
def test_the_network_is_named_when_only_one_is_known_else_the_ticket(
    house: House, ids: dict[str, str], recipient: str | None
) -> None:
    house.number = house.caller.opened(
        customer={"external_ids": ids, "first_name": "Lou"}, channel="social", external_id="thread-11"
    )
    house.answer()
    sent = house.session.scalars(select(OutboundMessage)).one()
    assert sent.recipient == (recipient or f"ticket:{house.number}")
