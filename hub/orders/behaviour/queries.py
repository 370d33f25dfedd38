"""What others look up about baskets and visits."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from hub.core.batches import among
from hub.core.db import db
from hub.core.errors import NotFound
from hub.core.questions import Question, Rows
from hub.core.text import N_
from hub.orders.behaviour.models import Basket, BasketLine, Visit, Visitor
from hub.orders.behaviour.rows import BasketLineRow, BasketRow, VisitRow
from hub.orders.behaviour.rules import BehaviourSetup, read_setup
from hub.orders.behaviour.words import BasketState, Device
from hub.orders.products.models import Product
from hub.stores.queries import find_chain

__all__ = ["BasketLineRow", "BasketRow", "BehaviourSetup", "VisitRow"]


def get_setup() -> BehaviourSetup:
    """What the chain chose; as delivered before the set-up."""
    chain = find_chain()
    return read_setup(chain.settings if chain else {})


def get_basket(basket_id: int) -> BasketRow:
    """Raises NotFound."""
    found = _rows(select(Basket).where(Basket.id == basket_id))
    if not found:
        raise NotFound(N_("This basket does not exist. Please check its number."))
    return found[0]


def get_baskets(basket_ids: Collection[int]) -> dict[int, BasketRow]:
    """By id, with their lines, in two statements; unknown ids are left out."""
    found = _rows(select(Basket).where(among(Basket.id, basket_ids))) if basket_ids else []
    return {row.id: row for row in found}


def ask_devices(asked: Sequence[tuple[int, datetime]]) -> Question[list[Device | None]]:
    """For each (customer, moment) the device of the basket touched last by then; None when none is known."""
    ids = {customer_id for customer_id, _ in asked}
    touched = select(Basket.customer_id, Basket.touched_at, Basket.device).where(
        among(Basket.customer_id, ids), Basket.device.is_not(None)
    )

    def read(rows: Rows) -> list[Device | None]:
        found: dict[int, list[tuple[datetime, Device]]] = {}
        for customer_id, touched_at, device in rows:
            found.setdefault(customer_id, []).append((touched_at, device))
        return [
            next((device for touched_at, device in found.get(customer_id, ()) if touched_at <= at), None)
            for customer_id, at in asked
        ]

    return Question((touched.order_by(Basket.touched_at.desc()),), read)


def find_open_basket(customer_id: int) -> BasketRow | None:
    """The open basket touched last that has something in it, with its lines; None without one."""
    has_lines = select(BasketLine.id).where(BasketLine.basket_id == Basket.id).exists()
    mine = select(Basket).where(
        Basket.customer_id == customer_id, Basket.state == BasketState.OPEN, has_lines
    )
    found = _rows(mine.order_by(Basket.touched_at.desc(), Basket.id.desc()).limit(1))
    return found[0] if found else None


def list_left_baskets(*, since: datetime, until: datetime, limit: int = 500) -> list[BasketRow]:
    """Open baskets of known customers last touched in [since, until), oldest first: what reminders look at."""
    left = (
        select(Basket)
        .where(
            Basket.state == BasketState.OPEN,
            Basket.customer_id.is_not(None),
            Basket.touched_at >= since,
            Basket.touched_at < until,
        )
        .order_by(Basket.touched_at, Basket.id)
        .limit(limit)
    )
    return [row for row in _rows(left) if row.lines]


def list_recent_visits(customer_id: int, limit: int = 20) -> list[VisitRow]:
    """The newest first, with the name of the product."""
    found = (
        select(
            Visit.id,
            Visit.kind,
            Visit.sku,
            func.coalesce(Visit.family, Product.family),
            func.coalesce(Product.name, ""),
            Visit.visited_at,
        )
        .outerjoin(Product, Product.sku == Visit.sku)
        .where(Visit.customer_id == customer_id)
        .order_by(Visit.visited_at.desc(), Visit.id.desc())
        .limit(limit)
    )
    return [VisitRow(*row) for row in db.session.execute(found)]


def get_last_visits(customer_ids: Collection[int]) -> dict[int, datetime]:
    """When each customer last visited a page; those who never did are missing."""
    found = select(Visit.customer_id, func.max(Visit.visited_at)).where(
        among(Visit.customer_id, customer_ids)
    )
    rows = db.session.execute(found.group_by(Visit.customer_id))
    return {customer_id: at for customer_id, at in rows if customer_id is not None}


def find_customer_of_visitor(visitor_id: str) -> int | None:
    """Whom the browser belongs to."""
    return db.session.scalar(select(Visitor.customer_id).where(Visitor.visitor_id == visitor_id))


def count_visits(*, before: datetime | None = None) -> int:
    """Visits kept; only those older than `before` when given."""
    counted = select(func.count()).select_from(Visit)
    if before is not None:
        counted = counted.where(Visit.visited_at < before)
    return db.session.scalar(counted) or 0


def _rows(statement: Select[Any]) -> list[BasketRow]:
    baskets = db.session.scalars(statement).all()
    lines = _lines([basket.id for basket in baskets])
    return [
        BasketRow(
            id=basket.id,
            external_id=basket.external_id,
            customer_id=basket.customer_id,
            visitor_id=basket.visitor_id,
            state=basket.state,
            device=basket.device,
            checkout_url=basket.checkout_url,
            total_cents=basket.total_cents,
            currency=basket.currency,
            order_id=basket.order_id,
            touched_at=basket.touched_at,
            closed_at=basket.closed_at,
            lines=tuple(lines.get(basket.id, ())),
        )
        for basket in baskets
    ]


def _lines(basket_ids: Sequence[int]) -> dict[int, list[BasketLineRow]]:
    if not basket_ids:
        return {}
    found = (
        select(BasketLine, Product.name, Product.family, Product.url, Product.image_url)
        .outerjoin(Product, Product.sku == BasketLine.sku)
        .where(among(BasketLine.basket_id, basket_ids))
        .order_by(BasketLine.basket_id, BasketLine.position)
    )
    lines: dict[int, list[BasketLineRow]] = {}
    for line, name, family, url, image_url in db.session.execute(found):
        row = BasketLineRow(
            line.position,
            line.sku,
            line.name or name or line.sku,
            line.quantity,
            line.unit_price_cents,
            family or "",
            url or "",
            image_url or "",
        )
        lines.setdefault(line.basket_id, []).append(row)
    return lines
