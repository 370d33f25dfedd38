"""The demo's phone: Twilio's own client reaches the demo's carrier over HTTP, the phone answers, STOP is heard."""

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
import requests
from sqlalchemy import select
from werkzeug.serving import WSGIRequestHandler, make_server

from hub.channels.registry import ChannelSettings
from hub.channels.twilio_client import TwilioSettings
from hub.core import site
from hub.core.db import db, transaction
from hub.core.words import Channel
from hub.customers.models import Suppression
from hub.demo.models import METADATA
from hub.inbox.models import Ticket
from hub.outbox import wires
from hub.outbox.models import OutboundMessage
from hub.outbox.words import MessageState
from tests.flows.conftest import House
from tests.makers.inbox import make_house
from tests.makers.outbox import post_draft

ANNE = "+33639980001"
ACCOUNT, TOKEN, NUMBER = "AC1", "demo", "+33644600000"


class _Quiet(WSGIRequestHandler):
    def log_request(self, *_: object) -> None:
        """Nothing to say."""


@pytest.fixture
def demo(house: House) -> Iterator[str]:
    """The address of a running web of the demo; its account is in its settings."""
    METADATA.create_all(db.engine)
    kept = house.app.config["COMPTOIR"]
    house.app.config["COMPTOIR"] = replace(
        kept, twilio_account_sid=ACCOUNT, twilio_auth_token=TOKEN, twilio_sms_from=NUMBER
    )
    server = make_server("127.0.0.1", 0, house.app, threaded=True, request_handler=_Quiet)
    url = f"http://127.0.0.1:{server.port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    site.use(base_url=url, inbound_domain="hub.example")
    settings = TwilioSettings(
        account_sid=ACCOUNT,
        username=ACCOUNT,
        password=TOKEN,
        auth_token=TOKEN,
        public_url=url,
        sms_from=NUMBER,
        whatsapp_from=NUMBER,
        api_url=f"{url}/demo/carrier",
    )
    wires.use_transports(ChannelSettings(twilio=settings))
    make_house(house.session)
    house.commit()
    yield url
    wires.use_transports(ChannelSettings())
    server.shutdown()
    thread.join()
    site.use(base_url=kept.base_url, inbound_domain=kept.inbound_domain)
    house.app.config["COMPTOIR"] = kept
    db.session.remove()
    METADATA.drop_all(db.engine)


def test_an_sms_arrives_in_the_phone_and_is_told_delivered(house: House, demo: str) -> None:
    post_draft(house.session, channel=Channel.SMS, recipient=ANNE)
    house.commit()
    house.settle()
    [shown] = requests.get(f"{demo}/demo/texts", params={"phone": ANNE}, timeout=10).json()
    assert (shown["body"], shown["is_inbound"], shown["channel"]) == ("Votre lampe est prête", False, "sms")
    page = requests.get(f"{demo}/demo/phone", params={"phone": ANNE}, timeout=10)
    assert page.status_code == 200
    assert "Votre lampe est prête" in page.text
    for _ in range(100):
        house.forget()
        state = house.session.scalar(select(OutboundMessage.state))
        if state is MessageState.DELIVERED:
            break
        threading.Event().wait(0.05)
    assert state is MessageState.DELIVERED


def write(demo: str, text: str, phone: str = ANNE) -> int:
    form = {"phone": phone, "text": text}
    return requests.post(f"{demo}/demo/phone", data=form, timeout=10, allow_redirects=False).status_code


def test_the_phone_writes_back(house: House, demo: str) -> None:
    assert write(demo, "Bonjour, où est ma commande ?") == 303
    assert write(demo, "Bonjour", f"whatsapp:{ANNE}") == 303
    house.settle()
    house.forget()
    assert set(house.session.scalars(select(Ticket.channel))) == {Channel.SMS, Channel.WHATSAPP}
    assert write(demo, "STOP") == 303
    house.settle()
    house.forget()
    assert len(house.session.scalars(select(Suppression)).all()) == 3
    assert write(demo, "") == 422


def test_the_carrier_takes_nothing_from_a_stranger(house: House, demo: str) -> None:
    url = f"{demo}/demo/carrier/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    form = {"To": ANNE, "Body": "x"}
    assert requests.post(url, data=form, auth=(ACCOUNT, "wrong"), timeout=10).status_code == 401
    assert requests.get(url, timeout=10).status_code == 401
    with transaction():
        assert house.session.scalar(select(OutboundMessage.id)) is None
    assert requests.get(f"{demo}/demo/texts", timeout=10).json() == []
