"""Each reason to refuse an order names its field and says what to do."""

from typing import Any

import pytest

from hub.core.words import Language
from hub.customers.words import Title
from hub.orders.events import storable
from hub.orders.payload import OrderPayload, read_payload
from tests.conftest import TUESDAY
from tests.makers.orders import an_event


def fields_of(body: dict[str, Any]) -> list[str]:
    read = read_payload(body, country="FR", now=TUESDAY)
    return [] if isinstance(read, OrderPayload) else [error.field for error in read]


def test_a_good_event_is_read() -> None:
    read = read_payload(an_event(external_id=1001, unknown={"a": 1}), country="FR", now=TUESDAY)
    assert isinstance(read, OrderPayload)
    assert (read.external_id, read.customer.phone) == ("1001", "+33612345678")
    assert (read.customer.known_title, read.customer.known_language) == (Title.MADAM, Language.FRENCH)
    assert read.placed_at.isoformat() == "2026-03-01T09:00:00+00:00"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"external_id": ""}, "external_id"),
        ({"external_id": None}, "external_id"),
        ({"store": None}, "store"),
        ({"customer": {"email": "dora(at)client"}}, "customer.email"),
        ({"customer": {"phone": "12"}}, "customer.phone"),
        ({"customer": {"birth_date": "17/05/1980"}}, "customer.birth_date"),
        ({"customer": {"country": "France"}}, "customer.country"),
        ({"customer": {"email": "", "phone": None, "loyalty_card": ""}}, "customer"),
        ({"placed_at": "2026-03-01T10:00:00"}, "placed_at"),
        ({"placed_at": 1772355600}, "placed_at"),
        ({"placed_at": None}, "placed_at"),
        ({"delivered_at": "tomorrow"}, "delivered_at"),
        ({"updated_at": "0001-01-01T00:00:00+14:00"}, "updated_at"),
        ({"updated_at": "2199-01-01T00:00:00Z"}, "updated_at"),
        ({"placed_at": "2026-03-04T09:00:01Z"}, "placed_at"),
        ({"delivered_at": "2026-03-09T10:00:00+01:00"}, "delivered_at"),
        ({"state": "lost"}, "state"),
        ({"total_cents": "89.90"}, "total_cents"),
        ({"total_cents": 89.9}, "total_cents"),
        ({"total_cents": -1}, "total_cents"),
        ({"total_cents": 10**20}, "total_cents"),
        ({"currency": "euro"}, "currency"),
        ({"lines": {}}, "lines"),
        ({"lines": [{"sku": "A"}, {"name": "no sku"}]}, "lines.1.sku"),
        ({"lines": [{"sku": "A", "quantity": -1}]}, "lines.0.quantity"),
    ],
)
def test_what_cannot_be_used_is_named_by_its_path(changes: dict[str, Any], field: str) -> None:
    assert fields_of(an_event(**changes)) == [field]


def test_every_error_is_told_at_once() -> None:
    assert set(fields_of({})) == {
        "external_id",
        "store",
        "customer",
        "placed_at",
        "state",
        "total_cents",
    }
    assert fields_of(an_event(customer={"email": "x", "phone": "y"})) == ["customer.email", "customer.phone"]


def test_the_sentence_carries_what_was_given() -> None:
    read = read_payload(an_event(customer={"email": "dora(at)client"}), country="FR", now=TUESDAY)
    assert not isinstance(read, OrderPayload)
    assert read[0].text % read[0].values == (
        "“dora(at)client” is not a mail address. Please write it as name@domain.fr."
    )


def test_a_phone_is_read_by_the_store_country_when_the_customer_has_none() -> None:
    read = read_payload(
        an_event(customer={"country": "", "phone": "0476 12 34 56"}), country="BE", now=TUESDAY
    )
    assert isinstance(read, OrderPayload)
    assert read.customer.phone == "+32476123456"


PROVED = {
    "channel": "email",
    "purpose": "promotion",
    "given": True,
    "wording": "I would like to receive offers.",
    "at": "2026-03-01T10:00:00+01:00",
    "collection_point": "checkout",
}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"channel": "counter"}, "customer.consents.0.channel"),
        ({"channel": "pigeon"}, "customer.consents.0.channel"),
        ({"purpose": "transactional"}, "customer.consents.0.purpose"),
        ({"given": "yes"}, "customer.consents.0.given"),
        ({"wording": ""}, "customer.consents.0.wording"),
        ({"at": None}, "customer.consents.0.at"),
        ({"collection_point": None}, "customer.consents.0.collection_point"),
    ],
)
def test_a_consent_without_proof_is_refused(changes: dict[str, Any], field: str) -> None:
    assert fields_of(an_event(customer={"consents": [{**PROVED, **changes}]})) == [field]


def test_a_withdrawal_needs_no_proof_and_a_consent_needs_its_address() -> None:
    withdrawal = {"channel": "email", "purpose": "survey", "given": False}
    assert fields_of(an_event(customer={"consents": [withdrawal, PROVED]})) == []
    by_phone = {**PROVED, "channel": "sms"}
    assert fields_of(an_event(customer={"phone": "", "consents": [by_phone]})) == [
        "customer.consents.0.channel"
    ]


def test_whatever_came_can_be_stored() -> None:
    nest: list[Any] = []
    for _ in range(500):
        nest = [nest]
    odd = {"a\x00": "\x00", "half": "\ud800x", "inf": float("inf"), "nest": nest, 1: [1, None, True]}
    kept = storable(odd)
    assert kept["a\ufffd"] == "\ufffd"
    assert kept["half"].encode()
    assert kept["inf"] == "inf"
    assert kept["1"] == [1, None, True]
