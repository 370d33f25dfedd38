"""The blueprint of these pages and its row of tabs."""

from flask import Blueprint

from hub.blueprints.room_tabs import RoomTab, draw_tabs
from hub.core.text import N_

blueprint = Blueprint("reviews", __name__)
TABS = (
    ("reviews.list_reviews", N_("Reviews to read")),
    ("reviews.edit_points", N_("Questions of the form")),
    ("reviews.list_draws", N_("Prize draws")),
)


@blueprint.context_processor
def shared() -> dict[str, object]:
    return {"review_tabs": review_tabs}


def review_tabs() -> list[RoomTab]:
    """The pages of this door."""
    return draw_tabs(TABS)
