"""What the page of an article says beside its text: whose it is, what it is about, where it applies, its states."""

from typing import Any

from hub.blueprints.access import viewer
from hub.blueprints.article_votes import vote_reasons
from hub.blueprints.knowledge.base import reason_paths
from hub.core import clock
from hub.knowledge import voting
from hub.knowledge.rows import ArticleView
from hub.orders.products.queries import get_products
from hub.staff.queries import get_agents
from hub.staff.words import Permission
from hub.stores.queries import find_day, get_stores


def around(article: ArticleView) -> dict[str, Any]:
    """By the names of the template; products that are not sold any more keep their reference."""
    scope, paths = article.scope, reason_paths()
    said = voting.list_said(article.id) if viewer().may(Permission.EDIT_KNOWLEDGE) else []
    people = get_agents({each for each in (scope.owner_id, *_actors(article, said)) if each})
    products = get_products(scope.skus)
    reason_ids = [article.reason_id or 0, *scope.more_reason_ids]
    return {
        "people": people,
        "owner": people[scope.owner_id].name if scope.owner_id in people else "",
        "reasons": [paths[each] for each in reason_ids if each in paths],
        "products": [products[sku].name or sku if sku in products else sku for sku in scope.skus],
        "stores": [row.name for row in get_stores(scope.store_ids).values()],
        "said": said,
        **_votes(article),
        "is_review_due": scope.review_on is not None and scope.review_on <= find_day(clock.business_now()),
    }


def _votes(article: ArticleView) -> dict[str, Any]:
    rows = voting.list_by_version(article.id, agent_id=viewer().agent_id)
    return {
        "own": next((row.own for row in rows if row.number == article.version_number), None),
        "by_version": {row.number: row.votes for row in rows},
        "vote_reasons": vote_reasons(),
        "reason_words": dict(vote_reasons()),
    }


def _actors(article: ArticleView, said: list[voting.Said]) -> list[int | None]:
    return [*(each.agent_id for each in article.states), *(each.agent_id for each in said)]
