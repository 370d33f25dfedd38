"""Addresses, signatures, retries: without a database."""

import base64
import hashlib
import hmac
from datetime import timedelta

import pytest

from hub.channels.webhook_calls import is_public
from hub.core import signing
from hub.core.errors import Invalid
from hub.webhooks.rules import (
    EndpointDraft,
    check_draft,
    check_url,
    retry_after,
    secret_of,
    sign_delivery,
    wants,
)
from hub.webhooks.words import WebhookEvent


def test_a_delivery_is_signed_in_two_ways() -> None:
    key = b"0" * 32
    secret = "whsec_" + base64.b64encode(key).decode()
    signed = sign_delivery(secret, uuid="msg_1", timestamp=1700000000, body=b'{"a":1}')
    ours = hmac.new(key, b'1700000000.{"a":1}', hashlib.sha256).hexdigest()
    assert signed["Comptoir-Signature"] == f"t=1700000000,v1={ours}"
    assert (signed["webhook-id"], signed["webhook-timestamp"]) == ("msg_1", "1700000000")
    standard = hmac.new(key, b'msg_1.1700000000.{"a":1}', hashlib.sha256).digest()
    assert signed["webhook-signature"] == "v1," + base64.b64encode(standard).decode()


def test_a_secret_belongs_to_its_salt() -> None:
    signing.use_key("only for tests")
    assert secret_of("a") == secret_of("a") != secret_of("b")
    assert len(base64.b64decode(secret_of("a").removeprefix("whsec_"))) == 32


@pytest.mark.parametrize(
    "url", ["http://shop.example/hook", "ftp://shop.example", "https://", "https://me:pw@shop.example", "nope",
            "https://shop.example/a b", "https://shop.example:0/", "https://[::1/", "javascript:alert(1)"]
)  # fmt: skip
def test_only_plain_https_addresses_are_taken(url: str) -> None:
    with pytest.raises(Invalid):
        check_url(url, may_be_private=False)


def test_http_is_for_demo_and_tests() -> None:
    assert check_url(" http://127.0.0.1:1/x ", may_be_private=True) == "http://127.0.0.1:1/x"
    assert check_url("https://shop.example/hook?a=1", may_be_private=False)


@pytest.mark.parametrize(
    ("address", "is_open"),
    [("93.184.216.34", True), ("2606:2800:220:1::1", True), ("127.0.0.1", False), ("10.0.0.1", False),
     ("172.16.9.9", False), ("192.168.1.1", False), ("169.254.169.254", False), ("100.64.0.1", False),
     ("0.1.2.3", False), ("224.0.0.1", False), ("::1", False), ("fe80::1%eth0", False), ("fd00::1", False),
     ("::ffff:127.0.0.1", False), ("::ffff:10.1.1.1", False), ("64:ff9b::7f00:1", False),
     ("2002:7f00:1::", False)],
)  # fmt: skip
def test_only_the_public_internet_is_called(address: str, is_open: bool) -> None:
    assert is_public(address) is is_open


def test_tried_again_later_and_later_then_given_up() -> None:
    minutes = [wait.total_seconds() / 60 for n in range(1, 11) if (wait := retry_after(n))]
    assert minutes[:6] == [1, 5, 15, 60, 240, 720]
    assert len(minutes) == 10
    assert retry_after(11) is None
    assert timedelta(days=4) < timedelta(minutes=sum(minutes)) < timedelta(days=5)


def test_events_and_stores_are_chosen() -> None:
    opened = WebhookEvent.TICKET_OPENED
    assert wants(["ticket.opened"], [], opened, None)
    assert wants(["ticket.opened"], [1], opened, 1)
    assert not wants(["ticket.opened"], [1], opened, 2)
    assert not wants(["ticket.opened"], [1], opened, None)
    assert not wants(["ticket.solved"], [], opened, 1)


@pytest.mark.parametrize(
    ("changes", "field"), [({"name": " "}, "name"), ({"events": ()}, "events"), ({"url": "x"}, "url")]
)
def test_what_is_wrong_with_a_draft(changes: dict[str, object], field: str) -> None:
    draft = {
        "name": "Shop",
        "url": "https://shop.example",
        "events": (WebhookEvent.TICKET_OPENED,),
        **changes,
    }
    with pytest.raises(Invalid) as error:
        check_draft(EndpointDraft(**draft), may_be_private=False)  # type: ignore[arg-type]
    assert error.value.field == field
