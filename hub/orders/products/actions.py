"""What is done to products: told by a shop or a file, many at once, or corrected by a person."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, literal_column, select
from sqlalchemy.dialects.postgresql import insert

from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.batches import among, given_rows, rows_given, table_of
from hub.core.db import db
from hub.core.errors import Invalid
from hub.core.text import N_
from hub.orders.products import rules
from hub.orders.products.models import Product, ProductComplement
from hub.orders.products.queries import get_product
from hub.orders.products.rows import ProductsTaken, RefusedProduct
from hub.orders.products.rules import ProductDetails
from hub.orders.rows import FieldError

FIELDS = (
    "name",
    "family",
    "range",
    "range_position",
    "life_days",
    "cycle_days",
    "next_sku",
    "price_cents",
    "url",
    "image_url",
    "is_active",
)
COLUMNS = ("sku", "sort_key", *FIELDS, "updated_at")
READERS: Mapping[str, Callable[[str], Any]] = {
    "range_position": rules.read_position,
    "life_days": rules.read_life,
    "cycle_days": rules.read_life,
    "price_cents": rules.read_cents,
    "complements": rules.read_skus,
    "is_active": rules.read_flag,
}


def put_products(
    products: Sequence[ProductDetails], *, now: datetime, fields: Collection[str] = FIELDS
) -> ProductsTaken:
    """Make or bring up to date by sku, in a handful of statements; of a known one only `fields` are changed.

    One that cannot be kept is refused for itself; of one sku told twice the later counts.
    """
    good: dict[str, ProductDetails] = {}
    refused: list[RefusedProduct] = []
    for position, each in enumerate(products):
        try:
            checked = rules.check(each)
        except Invalid as error:
            said = FieldError(error.field or "", error.text, error.values)
            refused.append(RefusedProduct(position, each.sku[:200], said))
        else:
            good[checked.sku] = checked
    is_new = _write(good, fields, now=now) if good else {}
    _write_complements(good)
    new_count = sum(is_new.values())
    return ProductsTaken(new_count, len(products) - len(refused) - new_count, tuple(refused))


def put_product_rows(
    headings: Sequence[str], rows: Sequence[Sequence[str]], *, now: datetime
) -> ProductsTaken:
    """The same for the rows of a file. Columns that are not there leave what is known alone. Raises Invalid (field file)."""
    columns = {place: name for place, text in enumerate(headings) if (name := rules.heading_of(text))}
    if "sku" not in columns.values():
        raise Invalid(
            N_("No column of this file is called sku or reference. Please add it as the first line says."),
            field="file",
        )
    read: list[ProductDetails] = []
    unread: list[RefusedProduct] = []
    places: list[int] = []
    for position, row in enumerate(rows):
        try:
            read.append(_read_row(columns, row))
            places.append(position)
        except Invalid as error:
            said = FieldError(error.field or "", error.text, error.values)
            unread.append(RefusedProduct(position, "", said))
    named = {*columns.values()} | ({"range_position"} if "range" in columns.values() else set())
    told = [name for name in FIELDS if name in named]
    taken = put_products(read, now=now, fields=told)
    refused = [RefusedProduct(places[each.position], each.sku, each.error) for each in taken.refused]
    together = tuple(sorted([*unread, *refused], key=lambda each: each.position))
    return ProductsTaken(taken.new_count, taken.known_count, together)


def _read_row(columns: Mapping[int, str], row: Sequence[str]) -> ProductDetails:
    values: dict[str, Any] = {}
    for place, name in columns.items():
        text = row[place].strip() if place < len(row) else ""
        if not text and name in values:
            continue
        try:
            values[name] = READERS[name](text) if name in READERS else text
        except ValueError as error:
            raise Invalid(rules.why_not_read(error), field=name, given=text[:80]) from None
    return ProductDetails(**values)


def edit_product(product_id: int, details: ProductDetails, *, by: Actor, now: datetime) -> None:
    """What a person corrected, the sku aside, with its line in the audit trail. Raises NotFound, Invalid."""
    known = get_product(product_id)
    checked = rules.check(details)
    if checked.sku != known.sku:
        raise Invalid(N_("The sku of a product stays as it is."), field="sku")
    _write({known.sku: checked}, FIELDS, now=now)
    _write_complements({known.sku: checked})
    changed = [name for name in (*FIELDS, "complements") if getattr(known, name) != getattr(checked, name)]
    note_change(
        "product.edited", subject_kind="product", subject_id=product_id, by=by, now=now, fields=changed
    )
    db.session.flush()


def _write(
    products: Mapping[str, ProductDetails], fields: Collection[str], *, now: datetime
) -> dict[str, bool]:
    """By sku whether it is new."""
    table = table_of(Product)
    given = given_rows(table, COLUMNS)
    made = insert(table).from_select(list(COLUMNS), select(*(given.c[name] for name in COLUMNS)))
    names = {*fields, "updated_at"} | ({"sort_key"} if "name" in fields else set())
    told = made.on_conflict_do_update(
        index_elements=["sku"], set_={name: made.excluded[name] for name in sorted(names)}
    ).returning(table.c.sku, literal_column("xmax = 0"))
    rows = [
        {name: getattr(each, name) for name in FIELDS}
        | {"sku": sku, "sort_key": rules.sort_key_of(each.name, sku), "updated_at": now}
        for sku, each in sorted(products.items())
    ]
    return {sku: bool(is_new) for sku, is_new in db.session.execute(told, rows_given(rows))}


def _write_complements(products: Mapping[str, ProductDetails]) -> None:
    told = {sku: each.complements for sku, each in products.items() if each.complements is not None}
    if not told:
        return
    old = delete(ProductComplement).where(among(ProductComplement.sku, told))
    db.session.execute(old.execution_options(synchronize_session=False))
    rows = [
        {"sku": sku, "complement_sku": other, "position": position}
        for sku, complements in sorted(told.items())
        for position, other in enumerate(complements, 1)
    ]
    if rows:
        db.session.execute(insert(ProductComplement).on_conflict_do_nothing(), rows)
