"""The blueprint of products, till files and visits, and its own row of tabs."""

from flask import Blueprint

from hub.blueprints.room_tabs import RoomTab, draw_tabs
from hub.core.text import N_

blueprint = Blueprint("products", __name__)
TABS = (
    ("products.list_products", N_("Products")),
    ("products.list_files", N_("Till files")),
    ("products.show_visits", N_("Visits of the sites")),
)


@blueprint.context_processor
def shared() -> dict[str, object]:
    return {"product_tabs": product_tabs}


def product_tabs() -> list[RoomTab]:
    """The pages of this door."""
    return draw_tabs(TABS)
