"""Products: many at once by sku, from files of any kind, joined to lines, corrected by a person."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.actor import SYSTEM
from hub.core.audit import AuditEntry
from hub.core.errors import Invalid
from hub.orders.products.actions import edit_product, put_product_rows, put_products
from hub.orders.products.queries import (
    get_product,
    get_products,
    list_complements,
    list_families,
    list_products,
)
from hub.orders.products.rules import UNCLEAR, ProductDetails, read_cents, read_life
from hub.orders.queries import get_order
from tests.conftest import TUESDAY
from tests.makers.counting import counted_statements
from tests.makers.customers import make_customer
from tests.makers.orders import make_order
from tests.makers.stores import make_chain, make_store

LAMP = ProductDetails(
    sku="LAMPE-01", name="Lampe Aurore", family="Luminaires", life_days=730, complements=("AMP", "ABAT")
)


def test_products_are_made_and_brought_up_to_date_by_sku(session: Session) -> None:
    bulb = ProductDetails(sku="AMP", name="Ampoule E27", price_cents=490)
    first = put_products([LAMP, bulb, ProductDetails(sku=" ")], now=TUESDAY)
    assert (first.new_count, first.known_count, first.refused[0].error.field) == (2, 0, "sku")
    newer = ProductDetails(sku="LAMPE-01", name="Lampe Aurore II", life_days=365)
    second = put_products([newer], now=TUESDAY)
    assert (second.new_count, second.known_count) == (0, 1)
    row = get_products(["LAMPE-01"])["LAMPE-01"]
    assert (row.name, row.family, row.life_days) == ("Lampe Aurore II", "", 365)
    assert list_complements(["LAMPE-01"]) == {"LAMPE-01": ("AMP", "ABAT")}  # told nothing of them: left alone
    put_products([ProductDetails(sku="LAMPE-01", name="x", complements=())], now=TUESDAY)
    assert list_complements(["LAMPE-01"]) == {}


def test_many_products_are_a_handful_of_statements(session: Session) -> None:
    with counted_statements() as seen:
        put_products([ProductDetails(sku=f"P{number}") for number in range(400)], now=TUESDAY)
    assert len(seen) <= 4


def test_a_line_knows_the_family_of_its_product(session: Session) -> None:
    make_chain(session)
    order = make_order(session, customer_id=make_customer(session).id, store_id=make_store(session).id)
    assert get_order(order.id).lines[0].family == ""
    put_products([LAMP], now=TUESDAY)
    assert get_order(order.id).lines[0].family == "Luminaires"
    assert list_families() == ["Luminaires"]


def test_a_file_changes_only_the_columns_it_has(session: Session) -> None:
    put_products([LAMP], now=TUESDAY)
    rows = [["LAMPE-01", "1 299,90 €", "24 mois"], ["VASE", "douze", ""], ["BOL", "9.5", "", "x"]]
    taken = put_product_rows(["Référence", "Prix TTC", "Durée de vie"], rows, now=TUESDAY)
    assert (taken.new_count, taken.known_count) == (1, 1)
    [refused] = taken.refused
    assert (refused.position, refused.error.field) == (1, "price_cents")
    row = get_products(["LAMPE-01"])["LAMPE-01"]
    assert (row.name, row.price_cents, row.life_days) == ("Lampe Aurore", 129_990, 720)
    with pytest.raises(Invalid):
        put_product_rows(["Nom"], [["x"]], now=TUESDAY)


def test_the_list_is_paged_by_name_and_searched(session: Session) -> None:
    put_products(
        [ProductDetails(sku=f"P{number}", name=f"Vase {number}") for number in range(5)], now=TUESDAY
    )
    put_products([LAMP], now=TUESDAY)
    first = list_products(size=4)
    second = list_products(after=first.next_key, size=4)
    assert [row.sku for row in (*first.rows, *second.rows)] == ["LAMPE-01", "P0", "P1", "P2", "P3", "P4"]
    assert [row.sku for row in list_products("AURÔRE lampe").rows] == ["LAMPE-01"]
    assert second.next_key is None


def test_a_correction_is_noted(session: Session) -> None:
    put_products([LAMP], now=TUESDAY)
    row = get_products(["LAMPE-01"])["LAMPE-01"]
    edited = ProductDetails(sku="LAMPE-01", name="Lampe Aurore", family="Lampes", complements=("AMP",))
    edit_product(row.id, edited, by=SYSTEM, now=TUESDAY)
    found = get_product(row.id)
    assert (found.family, found.life_days, found.complements) == ("Lampes", None, ("AMP",))
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "product.edited")).one()
    assert entry.data == {"fields": ["family", "life_days", "complements"]}
    with pytest.raises(Invalid):
        edit_product(
            row.id, ProductDetails(sku="LAMPE-01", complements=("LAMPE-01",)), by=SYSTEM, now=TUESDAY
        )


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("12,5", 1250), ("1 234,50 €", 123_450), ("1,234.50", 123_450), ("1.234,50", 123_450), ("-24,90", -2490),
        ("24.90-", -2490), ("1 234", 123_400), ("1,234,567", 123_456_700), (",5", 50), ("", None), ("0", 0),
    ],
)  # fmt: skip
def test_amounts_as_people_write_them(text: str, cents: int | None) -> None:
    assert read_cents(text) == cents


@pytest.mark.parametrize("text", ["douze", "1,2,3", "12.345,6,7", "1e9", "--"])
def test_what_is_no_amount(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read_cents(text)


@pytest.mark.parametrize("text", ["0.500", "0,500.00", "1,234", "1.234", "12.345 €", "1,234,56"])
def test_an_amount_of_a_thousand_times_another_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read_cents(text)


def test_a_price_of_two_readings_is_refused_with_words(session: Session) -> None:
    taken = put_product_rows(["sku", "price"], [["A", "0.500"], ["B", "12,50"]], now=TUESDAY)
    assert [(each.position, each.error.text) for each in taken.refused] == [(0, UNCLEAR)]


@pytest.mark.parametrize(
    ("text", "days"), [("90", 90), ("24 mois", 720), ("2 years", 730), ("6 semaines", 42), ("1 an", 365)]
)
def test_lives_as_people_write_them(text: str, days: int) -> None:
    assert read_life(text) == days
