"""The page of stores: a list in alphabetical order, or the card of one of them."""

from dataclasses import dataclass

from flask_babel import gettext

from hub.blueprints import statistics_words as words
from hub.blueprints.access import viewer
from hub.blueprints.statistics import score_words
from hub.blueprints.statistics.asked import Asked
from hub.blueprints.statistics.base import Page
from hub.blueprints.statistics.links import behind, to_page
from hub.blueprints.statistics.tables import Column, Kind, Row, Table
from hub.statistics.measuring.figures import Figure
from hub.statistics.rules import Filters
from hub.statistics.scorecards.rules import FEW
from hub.statistics.scorecards.stores import Card, get_card, list_figures
from hub.stores.queries import StoreRow, get_stores

KEY = "stores"
LISTED = {"median_reply": Kind.OPENING, "within_target": Kind.SHARE, "csat": Kind.SHARE}


@dataclass(frozen=True)
class Found:
    """The `card` of the chosen `store`, or the figures of each store that the reader sees."""

    store: StoreRow | None
    card: Card | None
    listed: dict[str, dict[int, Figure]]
    score_words = score_words


def only_store() -> str | None:
    """The code of the one store of who looks after no other."""
    scope = viewer().scope
    if scope.is_everything or len(scope.store_ids) != 1:
        return None
    return next((row.code for row in get_stores(scope.store_ids).values()), None)


def find(asked: Asked) -> Found:
    chosen = asked.filters.store_id
    if chosen is None:
        return Found(None, None, list_figures(asked.filters, viewer=asked.viewer))
    card = get_card(asked.filters, chosen, viewer=asked.viewer, now=asked.now)
    return Found(get_stores([chosen])[chosen], card, {})


def tables(found: Found, asked: Asked) -> list[Table]:
    if found.card:
        return [score_words.table(KEY, found.card.lines, has_peers=True)]
    columns = (
        Column("name", gettext("Store")),
        Column("tickets", gettext("Tickets opened"), Kind.COUNT, "tickets"),
        Column("median_reply", gettext("Median reply time"), Kind.OPENING, "median_reply"),
        Column("within_target", gettext("Within target"), Kind.SHARE, "within_target"),
        Column("csat", gettext("Satisfaction"), Kind.SHARE, "csat"),
    )
    region, several = asked.filters.region_id, asked.filters.store_ids
    rows = [
        _row(row, found, asked)
        for row in asked.choices.stores
        if region in {None, row.region_id} and (not several or row.id in several)
    ]
    title = gettext("Stores, in alphabetical order: each opens its card")
    return [Table(KEY, "list", title, columns, tuple(rows), is_sortable=True)]


def _row(store: StoreRow, found: Found, asked: Asked) -> Row:
    """Figures of few cases are said as such."""
    of = {key: figures.get(store.id, Figure(store.id, None, 0)) for key, figures in found.listed.items()}
    few = gettext("under %(count)s", count=FEW)
    said = {
        key: f"{words.duration(of[key].value) if kind is Kind.OPENING else words.share(of[key].value)} · {few}"
        for key, kind in LISTED.items()
        if 0 < of[key].count < FEW
    }
    return Row(
        {"name": store.name, "tickets": of["tickets"].count, **{key: of[key].value for key in LISTED}},
        href=to_page(asked, "statistics.stores", store=store.code),
        said=said,
        links={
            "tickets": behind(asked, "tickets", store=store.code),
            "median_reply": behind(asked, "median_reply", store=store.code),
            "within_target": behind(asked, "within_target", part=1, store=store.code),
            "csat": behind(asked, "csat", store=store.code),
        },
        few=frozenset(said),
    )


def _has_card(filters: Filters) -> bool:
    """The list sets nothing beside the past; the card of a store does."""
    return filters.store_id is not None


STORES = Page(KEY, find, tables, frozenset(), _has_card)
