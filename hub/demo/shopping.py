"""A year of customers and orders, from a fixed seed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from hub.core.text import fold, slug
from hub.core.words import Channel, Language, Purpose
from hub.customers.models import Address, ConsentEntry, ConsentState, Customer, ExternalId
from hub.customers.words import AddressKind, ConsentAction, LegalBasis, Title
from hub.demo.buying import draw_purchases
from hub.demo.catalog import LAST_NAMES, MEN, PRODUCTS, TOWNS, WOMEN
from hub.demo.copying import copy_rows
from hub.orders.models import Order, OrderLine
from hub.orders.words import OrderState

CUSTOMERS = 20_000
ORDERS = 26_000
SLOTS = (9, 13, 16)  # UTC hours at which carriers and stores report deliveries
NEWSLETTER_SHARE = 0.55


@dataclass(frozen=True)
class Sale:
    """One order of the demo, as the later parts of the story need it."""

    id: int
    number: str
    customer_id: int
    store_id: int
    placed_at: datetime
    delivered_at: datetime | None
    state: OrderState


@dataclass(frozen=True)
class Person:
    id: int
    name: str
    mail: str
    store_id: int


def make_customers(count: int = CUSTOMERS, *, now: datetime, random: Random) -> list[Person]:
    """Customers with a mail address, most with a phone, half with consent to the newsletter."""
    rows: list[dict[str, Any]] = []
    addresses: list[dict[str, Any]] = []
    cards: list[dict[str, Any]] = []
    people: list[Person] = []
    for number in range(1, count + 1):
        row = _customer(number, now, random)
        first, last = str(row["first_name"]), str(row["last_name"])
        mail = f"{slug(first)}.{slug(last)}{number}@client.example"
        rows.append(row)
        people.append(Person(number, f"{first} {last}", mail, int(row["preferred_store_id"])))
        addresses.append(_address(len(addresses) + 1, number, AddressKind.MAIL, mail, now))
        if random.random() < 0.7:  # noqa: PLR2004 - seven in ten give a phone
            phone = f"+336{10_000_000 + number * 37:08d}"
            addresses.append(_address(len(addresses) + 1, number, AddressKind.PHONE, phone, now))
        if number % 2:
            cards.append(
                {
                    "id": len(cards) + 1,
                    "customer_id": number,
                    "source": "loyalty_card",
                    "value": f"V{number:08d}",
                }
            )
    copy_rows(Customer, rows)
    copy_rows(Address, addresses)
    copy_rows(ExternalId, cards)
    _consents([person for person in people if random.random() < NEWSLETTER_SHARE], now)
    return people


def make_orders(people: list[Person], *, now: datetime, random: Random) -> list[Sale]:
    """A year of orders: of regulars, of those who left and of those who bought once; a few cancelled or returned."""
    placed = draw_purchases(ORDERS, customers=len(people), now=now)
    rows: list[dict[str, Any]] = []
    lines: list[dict[str, Any]] = []
    sales: list[Sale] = []
    for number, (moment, place) in enumerate(placed, 1):
        sale = _sale(number, people[place], moment, now, random)
        its_lines = _lines(sale.id, len(lines), random)
        lines += its_lines
        total = sum(line["unit_price_cents"] * line["quantity"] for line in its_lines)
        rows.append(_order(sale, total))
        sales.append(sale)
    copy_rows(Order, rows)
    copy_rows(OrderLine, lines)
    return sales


def _customer(number: int, now: datetime, random: Random) -> dict[str, Any]:
    is_woman = random.random() < 0.58  # noqa: PLR2004 - the share of the trade
    first, last = random.choice(WOMEN if is_woman else MEN), random.choice(LAST_NAMES)
    store = 1 + int(len(TOWNS) * random.random())
    since = now - timedelta(days=random.randint(1, 1200))
    return {
        "id": number,
        "title": Title.MADAM if is_woman else Title.SIR,
        "first_name": first,
        "last_name": last,
        "sort_key": fold(f"{last} {first}"),
        "postcode": TOWNS[store - 1][2],
        "country": "FR",
        "company": "",
        "language": Language.ENGLISH if number % 23 == 0 else Language.FRENCH,
        "preferred_store_id": store,
        "created_at": since,
        "updated_at": since,
    }


def _address(number: int, customer: int, kind: AddressKind, value: str, now: datetime) -> dict[str, Any]:
    return {
        "id": number,
        "customer_id": customer,
        "kind": kind,
        "value": value,
        "is_primary": True,
        "created_at": now,
    }


def _consents(people: list[Person], now: datetime) -> None:
    state = {
        "address_kind": AddressKind.MAIL,
        "channel": Channel.EMAIL,
        "purpose": Purpose.PROMOTION,
        "action": ConsentAction.GIVEN,
        "legal_basis": LegalBasis.CONSENT,
    }
    entry = state | {
        "wording": "J’accepte de recevoir les offres de Maison Verel par e-mail.",
        "wording_version": "1",
        "collection_point": "loyalty form in store",
        "recorded_at": now,
    }
    when = now - timedelta(days=200)
    numbered = list(enumerate(people, 1))
    copy_rows(
        ConsentEntry,
        ({**entry, "id": n, "address": person.mail, "happened_at": when} for n, person in numbered),
    )
    copy_rows(
        ConsentState,
        (
            {**state, "id": n, "entry_id": n, "address": person.mail, "happened_at": when}
            for n, person in numbered
        ),
    )


def _sale(number: int, person: Person, placed_at: datetime, now: datetime, random: Random) -> Sale:
    """Delivered two to five days later, at one of the three hours at which deliveries are reported."""
    day = placed_at + timedelta(days=random.randint(2, 5))
    delivered_at = day.replace(hour=random.choice(SLOTS), minute=0, second=0, microsecond=0)
    state = OrderState.DELIVERED if delivered_at <= now else OrderState.SHIPPED
    chance = random.random()
    if chance < 0.02:  # noqa: PLR2004 - two in a hundred are cancelled
        state = OrderState.CANCELLED
    elif chance < 0.05 and state is OrderState.DELIVERED:  # noqa: PLR2004 - three in a hundred come back
        state = OrderState.RETURNED
    is_home = random.random() < 0.8  # noqa: PLR2004 - most buy where they live
    store = person.store_id if is_home else 1 + int(len(TOWNS) * random.random())
    has_arrived = state in {OrderState.DELIVERED, OrderState.RETURNED}
    arrived = delivered_at if has_arrived else None
    return Sale(number, f"CMD-{20_000 + number}", person.id, store, placed_at, arrived, state)


def _order(sale: Sale, total_cents: int) -> dict[str, Any]:
    return {
        "id": sale.id,
        "external_id": sale.number,
        "store_id": sale.store_id,
        "customer_id": sale.customer_id,
        "state": sale.state,
        "placed_at": sale.placed_at,
        "delivered_at": sale.delivered_at,
        "state_at": sale.delivered_at or sale.placed_at,
        "event_key": f"demo:{sale.id}",
        "total_cents": total_cents,
        "returned_cents": total_cents if sale.state is OrderState.RETURNED else 0,
        "currency": "EUR",
        "created_at": sale.placed_at,
    }


def _lines(order: int, before: int, random: Random) -> list[dict[str, Any]]:
    chosen = random.sample(PRODUCTS, k=random.choice((1, 1, 1, 2, 2, 3)))
    return [
        {
            "id": before + position,
            "order_id": order,
            "position": position,
            "sku": sku,
            "name": name,
            "quantity": 1,
            "unit_price_cents": price,
        }
        for position, (sku, name, price) in enumerate(chosen, 1)
    ]
