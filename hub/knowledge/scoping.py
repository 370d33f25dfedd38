"""Whose an article is, what it is about, where it applies and when it is read again: written, read, and lists narrowed by it."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, func, insert, or_, select

from hub.core.db import db
from hub.core.errors import Invalid
from hub.core.text import N_
from hub.knowledge.models import Article, ArticleProduct, ArticleReason, ArticleStore
from hub.orders.products.queries import get_products
from hub.reasons.queries import list_reasons
from hub.staff.queries import get_agents
from hub.stores.queries import get_stores

MOST_SKUS = 200
NO_STORE = 0
"""In the place of a store that nobody knows: what applies to all of them, and nothing that is true in one alone."""


@dataclass(frozen=True, kw_only=True)
class ArticleScope:
    """`more_reason_ids` beside the article's subject; no store: it applies to all of them."""

    owner_id: int | None = None
    more_reason_ids: tuple[int, ...] = ()
    skus: tuple[str, ...] = ()
    store_ids: tuple[int, ...] = ()
    review_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class ArticleFilter:
    """What a list is narrowed by. `store_id` may be NO_STORE; `review_until`: to be read again by this day."""

    reason_id: int | None = None
    store_id: int | None = None
    owner_id: int | None = None
    review_until: date | None = None

    def clauses(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if self.reason_id:
            more = exists().where(
                ArticleReason.article_id == Article.id, ArticleReason.reason_id == self.reason_id
            )
            found.append(or_(Article.reason_id == self.reason_id, more))
        if self.store_id is not None:
            found.append(applies_to(self.store_id))
        if self.owner_id:
            found.append(Article.owner_id == self.owner_id)
        if self.review_until:
            found.append(Article.review_on <= self.review_until)
        return found


def applies_to(store_id: int) -> ColumnElement[bool]:
    """Articles for this store, or for all of them."""
    of_article = ArticleStore.article_id == Article.id
    return or_(exists().where(of_article, ArticleStore.store_id == store_id), ~exists().where(of_article))


def write_scope(row: Article, scope: ArticleScope, *, today: date) -> None:
    """In place of what was there; `row` has its id. Raises Invalid with the field to correct."""
    if scope.owner_id is not None and scope.owner_id != row.owner_id:
        _check_owner(scope.owner_id)
    if scope.review_on is not None and scope.review_on != row.review_on and scope.review_on < today:
        raise Invalid(N_("Please choose a day to come."), field="review_on")
    row.owner_id, row.review_on = scope.owner_id, scope.review_on
    more = [each for each in scope.more_reason_ids if each != row.reason_id]
    known = {each.id for each in list_reasons(active=False)}
    _replace(ArticleReason, row.id, "reason_id", [each for each in more if each in known])
    _replace(ArticleStore, row.id, "store_id", get_stores(scope.store_ids))
    _replace(ArticleProduct, row.id, "sku", _check_skus(scope.skus))


def make_scope(row: Article, reasons: list[int], skus: list[str], stores: list[int]) -> ArticleScope:
    """Of a row that was read with `SCOPE`."""
    return ArticleScope(
        owner_id=row.owner_id,
        more_reason_ids=tuple(reasons),
        skus=tuple(skus),
        store_ids=tuple(stores),
        review_on=row.review_on,
    )


def list_store_ids(article_ids: Collection[int]) -> dict[int, tuple[int, ...]]:
    """By article the stores it applies to; one for all stores is left out."""
    chosen = select(ArticleStore.article_id, ArticleStore.store_id).where(
        ArticleStore.article_id.in_(article_ids)
    )
    found: dict[int, tuple[int, ...]] = defaultdict(tuple)
    for row in db.session.execute(chosen.order_by(ArticleStore.store_id)):
        found[row.article_id] += (row.store_id,)
    return dict(found)


def list_product_names(article_ids: Collection[int]) -> dict[int, str]:
    """The names of the products that these articles are about, in one line each; of an unknown sku, the sku."""
    chosen = select(ArticleProduct.article_id, ArticleProduct.sku).where(
        ArticleProduct.article_id.in_(article_ids)
    )
    rows = db.session.execute(chosen.order_by(ArticleProduct.article_id, ArticleProduct.sku)).all()
    products = get_products({row.sku for row in rows})
    found: dict[int, list[str]] = defaultdict(list)
    for row in rows:
        found[row.article_id].append(products[row.sku].name if row.sku in products else row.sku)
    return {article_id: " ".join(names) for article_id, names in found.items()}


def _replace(
    model: type[ArticleReason] | type[ArticleStore] | type[ArticleProduct],
    article_id: int,
    column: str,
    values: Iterable[Any],
) -> None:
    db.session.execute(delete(model).where(model.article_id == article_id))
    rows = [{"article_id": article_id, column: value} for value in dict.fromkeys(values)]
    if rows:
        db.session.execute(insert(model), rows)


def _check_owner(agent_id: int) -> None:
    owner = get_agents([agent_id]).get(agent_id)
    if owner is None or not owner.is_active:
        raise Invalid(N_("This person is not here any more. Please choose another one."), field="owner_id")


def _check_skus(skus: tuple[str, ...]) -> tuple[str, ...]:
    if len(skus) > MOST_SKUS:
        raise Invalid(N_("Please name at most %(most)s products."), field="skus", most=MOST_SKUS)
    known = get_products(skus)
    unknown = [sku for sku in skus if sku not in known]
    if unknown:
        raise Invalid(
            N_("We know no product %(names)s. Please look at the list of products."),
            field="skus",
            names=", ".join(unknown),
        )
    return skus


def _all_of(mine: Any, wanted: Any) -> Any:
    chosen = select(wanted).where(mine == Article.id).order_by(wanted).correlate(Article)
    return func.array(chosen.scalar_subquery())


SCOPE = (
    _all_of(ArticleReason.article_id, ArticleReason.reason_id),
    _all_of(ArticleProduct.article_id, ArticleProduct.sku),
    _all_of(ArticleStore.article_id, ArticleStore.store_id),
)
"""Columns beside `Article` in one statement."""
