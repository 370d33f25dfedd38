"""What the orders room holds of one customer: orders, baskets, visits, and what shops told us of them."""

from hub.core.personal import Apart, Held, Holding
from hub.core.text import N_
from hub.orders import models
from hub.orders.behaviour import models as behaviour
from hub.orders.own_events import models as own_events
from hub.orders.products import models as products
from hub.orders.till_files import models as till_files

MODELS = (
    models,
    behaviour,
    own_events,
    products,
    till_files,
)
"""Imported, so that the tables below are known to whoever reads this."""
_MINE = "customer_id = ANY(:ids)"
_ORDERS = "order_id IN (SELECT id FROM orders WHERE customer_id = ANY(:ids))"
_BASKETS = "basket_id IN (SELECT id FROM baskets WHERE customer_id = ANY(:ids))"
_INVOICE = N_("the minimum of an invoice, and the figures of sales")
_GOODS = N_("what was sold, without a buyer")

HOLDINGS: tuple[Holding, ...] = (
    Held(
        table="order_events",
        title=N_("Orders as the shop told them"),
        mine=f"{_ORDERS} OR CAST(payload AS text) ~* :pattern",
        blank=("payload", "reason"),
        keep={
            "event_key": N_("tells the same event told twice"),
            "source": N_("the shop's name"),
            "external_id": _INVOICE,
            "state": N_("says nothing twice of an order"),
        },
    ),
    Held(
        table="order_returns",
        title=N_("Returns"),
        mine=_ORDERS,
        keep={
            "external_id": _INVOICE,
            "order_number": _INVOICE,
            "lines": _GOODS,
            "source": N_("the shop's name"),
            "event_key": N_("tells the same event told twice"),
        },
    ),
    Held(
        table="order_lines",
        title=N_("Lines of orders"),
        mine=_ORDERS,
        keep={"sku": _GOODS, "name": _GOODS},
    ),
    Held(
        table="orders",
        title=N_("Orders"),
        mine=_MINE,
        keep={
            "external_id": _INVOICE,
            "event_key": N_("tells the same event told twice"),
            "currency": _INVOICE,
            "promo_codes": _GOODS,
            "basket_key": N_("tells which basket became the order"),
        },
    ),
    Held(
        table="basket_touches",
        title=N_("What baskets were before"),
        mine=_BASKETS,
        keep={"event_key": N_("tells the same event told twice")},
    ),
    Held(
        table="basket_lines",
        title=N_("Lines of baskets"),
        mine=_BASKETS,
        keep={"sku": _GOODS, "name": _GOODS},
    ),
    Held(
        table="baskets",
        title=N_("Baskets"),
        mine=_MINE,
        blank=("visitor_id", "checkout_url"),
        keep={
            "external_id": N_("tells the same basket told twice"),
            "currency": _GOODS,
            "event_key": N_("tells the same event told twice"),
        },
    ),
    Held(
        table="visits",
        title=N_("Pages visited"),
        mine=_MINE,
        blank=("visitor_id",),
        keep={
            "visit_key": N_("tells the same visit told twice"),
            "sku": N_("figures of products"),
            "family": N_("figures of products"),
        },
    ),
    Held(
        table="own_events",
        title=N_("Events that other systems told"),
        mine=f'{_MINE} OR CAST(payload AS text) ~* :pattern OR CAST("values" AS text) ~* :pattern',
        blank=("payload", "values", "reason"),
        keep={
            "event_key": N_("tells the same event told twice"),
            "source": N_("the shop's name"),
            "name": N_("a keyword of the software, nothing anybody wrote"),
        },
        hidden=("event_key",),
    ),
    Held(table="visitors", title=N_("Browsers"), mine=_MINE, is_deleted=True),
    Held(
        table="till_refusals",
        title=N_("Rows of till files that were refused"),
        mine="CAST(row AS text) ~* :pattern",
        blank=("row",),
        keep={"reason": N_("a keyword of the software, nothing anybody wrote")},
        scrub=("reason",),
    ),
    Apart(
        table="till_files",
        why="files of the tills: rows and counts; the file goes by its term",
        scrub=("name",),
    ),
    Apart(table="products", why="goods"),
    Apart(table="product_complements", why="goods"),
)
