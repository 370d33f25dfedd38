"""The pages of routing and of gestures of goodwill."""

from typing import Any

from flask_babel import gettext

from hub.blueprints import routing_words
from hub.blueprints.inbox.words import source_words
from hub.blueprints.statistics.asked import Asked, never
from hub.blueprints.statistics.base import Page
from hub.blueprints.statistics.links import behind
from hub.blueprints.statistics.tables import Column, Kind, Row, Table
from hub.statistics.gestures import GestureCost, GestureCosts, get_gesture_costs
from hub.statistics.rerouting import Rerouting, Routed, get_rerouting


def routing_tables(found: Rerouting, asked: Asked) -> list[Table]:
    sources = tuple(
        _routed(source_words(source), routed, asked, source=source.value)
        for source, routed in found.by_source
    )
    stores = tuple(_routed(row.name, row.routed, asked, store=row.code) for row in found.by_store)
    return [
        Table(
            "routing", "by-source", gettext("By what named the store"), _columns(gettext("Source")), sources
        ),
        Table(
            "routing",
            "by-store",
            gettext("By the store found first, in alphabetical order"),
            _columns(gettext("Store")),
            stores,
        ),
    ]


def _columns(head: str) -> tuple[Column, ...]:
    return (
        Column("name", head),
        Column("count", gettext("Tickets"), Kind.COUNT, "routed"),
        Column("moved", gettext("Moved"), Kind.COUNT, "reroute_rate"),
        Column("rate", gettext("Re-route rate"), Kind.SHARE, "reroute_rate"),
    )


def _routed(name: str, found: Routed, asked: Asked, **clicked: str) -> Row:
    rate = found.interval.value if found.interval else None
    values = {"name": name, "count": found.count, "moved": found.moved_count, "rate": rate}
    links = {
        "count": behind(asked, "routed", **clicked),
        "moved": behind(asked, "reroute_rate", part=1, **clicked),
    }
    return Row(values, said={"rate": routing_words.rate_text(found)}, links=links)


def gesture_tables(found: GestureCosts, asked: Asked) -> list[Table]:
    columns = (
        Column("name", gettext("Store")),
        Column("vouchers", gettext("Vouchers"), Kind.COUNT, "gestures_given"),
        Column("voucher_cents", gettext("Cost of vouchers"), Kind.MONEY, "gesture_cost"),
        Column("refunds", gettext("Refunds"), Kind.COUNT, "gestures_given"),
        Column("refund_cents", gettext("Cost of refunds"), Kind.MONEY, "gesture_cost"),
        Column("refused", gettext("Refused gestures"), Kind.COUNT, "gestures_refused"),
        Column("cents", gettext("Cost"), Kind.MONEY, "gesture_cost"),
    )
    rows = tuple(
        Row(
            {
                "name": row.store.name if row.store else gettext("Central queue"),
                "vouchers": row.voucher_count,
                "voucher_cents": row.voucher_cents,
                "refunds": row.refund_count,
                "refund_cents": row.refund_cents,
                "refused": row.refused_count,
                "cents": row.cents,
            },
            links=_gestures(row, asked),
        )
        for row in found.by_store
    )
    title = gettext("Gestures by store, in alphabetical order")
    return [Table("gestures", "by-store", title, columns, rows, found.currency)]


def _gestures(row: GestureCost, asked: Asked) -> dict[str, str]:
    clicked: dict[str, Any] = {"store": row.store.code} if row.store else {"central": 1}
    return {
        "vouchers": behind(asked, "gestures_given", gesture="voucher", **clicked),
        "refunds": behind(asked, "gestures_given", gesture="refund", **clicked),
        "refused": behind(asked, "gestures_refused", **clicked),
    }


ROUTING = Page(
    "routing",
    lambda asked: get_rerouting(asked.filters, viewer=asked.viewer),
    routing_tables,
    frozenset({"channel", "reason"}),
)
GESTURES = Page(
    "gestures",
    lambda asked: get_gesture_costs(asked.filters, viewer=asked.viewer),
    gesture_tables,
    frozenset(),
    never,
)
