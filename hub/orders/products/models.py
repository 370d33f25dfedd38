"""Products and what completes them."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base


class Product(Base):
    """A product by its sku; lines of orders and baskets name it by that, whether it is known here or not.

    `range` is its place among its like (standard, premium), `range_position` the same as a number from 1 (entry) to 9
    (top): standard is 3, premium 6. `life_days`: how long until it wants renewal. `cycle_days`: how soon it is used up and
    bought again, as `next_sku` where that follows it. `price_cents` in the chain's currency. `sort_key` is name and sku, accent-free, for the list and its search.
    """

    __tablename__ = "products"
    __table_args__ = (
        Index("ix_products_list", "sort_key", "id"),
        Index(
            "ix_products_search",
            "sort_key",
            postgresql_using="gin",
            postgresql_ops={"sort_key": "gin_trgm_ops"},
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sku: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    sort_key: Mapped[str]
    family: Mapped[str] = mapped_column(default="", index=True)
    range: Mapped[str] = mapped_column(default="")
    range_position: Mapped[int | None]
    life_days: Mapped[int | None]
    cycle_days: Mapped[int | None]
    next_sku: Mapped[str] = mapped_column(default="", server_default="")
    price_cents: Mapped[int | None]
    url: Mapped[str] = mapped_column(default="")
    image_url: Mapped[str] = mapped_column(default="")
    is_active: Mapped[bool] = mapped_column(default=True)
    updated_at: Mapped[datetime]


class ProductComplement(Base):
    """`complement_sku` goes with `sku`, the best one first; neither needs to be known as a product."""

    __tablename__ = "product_complements"
    __table_args__ = (Index("ix_product_complements_complement", "complement_sku"),)

    sku: Mapped[str] = mapped_column(primary_key=True)
    complement_sku: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
