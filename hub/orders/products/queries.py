"""What others look up about products."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import select, tuple_

from hub.core.batches import among, table_of
from hub.core.db import db
from hub.core.errors import Invalid, NotFound
from hub.core.paging import Page, decode_key, make_page
from hub.core.questions import Question, Rows, answered
from hub.core.text import N_, fold
from hub.orders.products.models import Product, ProductComplement
from hub.orders.products.rows import ProductRow

__all__ = ["ProductRow"]

PAGE_SIZE = 50


def get_product(product_id: int) -> ProductRow:
    """With its complements. Raises NotFound."""
    row = db.session.get(Product, product_id)
    if row is None:
        raise NotFound(N_("This product does not exist. Please go back to the list."))
    return product_row(row, list_complements([row.sku]).get(row.sku, ()))


def list_products(search: str = "", after: str | None = None, size: int = PAGE_SIZE) -> Page[ProductRow]:
    """By name. `search` is words or a part of the sku, `after` a page key. Raises Invalid for a mangled one."""
    found = select(Product).order_by(Product.sort_key, Product.id).limit(size + 1)
    for word in fold(search).split():
        found = found.where(Product.sort_key.contains(word, autoescape=True))
    if after:
        match decode_key(after):
            case [str() as sort_key, int() as product_id]:
                found = found.where(tuple_(Product.sort_key, Product.id) > (sort_key, product_id))
            case _:
                raise Invalid(N_("This page address is not valid. Please start again from the first page."))
    rows = [product_row(row) for row in db.session.scalars(found)]
    return make_page(rows, size=size, key=lambda row: (row.sort_key, row.id))


def list_complements(skus: Collection[str]) -> dict[str, tuple[str, ...]]:
    """By sku the skus that complete it, the best one first; without any it is left out."""
    return ask_complements(skus).ask()


def ask_complements(skus: Collection[str]) -> Question[dict[str, tuple[str, ...]]]:
    goes_with = ProductComplement
    wanted = select(goes_with.sku, goes_with.complement_sku).where(among(goes_with.sku, skus))

    def read(rows: Rows) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for sku, other in rows:
            found[sku] = (*found.get(sku, ()), other)
        return found

    return Question((wanted.order_by(goes_with.sku, goes_with.position),), read) if skus else answered({})


def get_products(skus: Collection[str]) -> dict[str, ProductRow]:
    """By sku, without complements; unknown ones are left out."""
    return ask_products(skus).ask()


def ask_products(skus: Collection[str]) -> Question[dict[str, ProductRow]]:
    if not skus:
        return answered({})
    found = select(*table_of(Product).c).where(among(Product.sku, skus))
    return Question((found,), lambda rows: {row.sku: product_row(row) for row in rows})


def list_families() -> list[str]:
    """The families products are in, by name."""
    return list(
        db.session.scalars(
            select(Product.family).where(Product.family != "").distinct().order_by(Product.family)
        )
    )


def product_row(row: Any, complements: tuple[str, ...] = ()) -> ProductRow:
    """The product as it is handed out."""
    return ProductRow(
        id=row.id,
        sku=row.sku,
        name=row.name,
        family=row.family,
        range=row.range,
        range_position=row.range_position,
        life_days=row.life_days,
        cycle_days=row.cycle_days,
        next_sku=row.next_sku,
        price_cents=row.price_cents,
        url=row.url,
        image_url=row.image_url,
        is_active=row.is_active,
        sort_key=row.sort_key,
        complements=complements,
    )
