"""What the reviews room holds of one customer: reviews with what they said before, and photos. An erasure takes them away."""

from hub.core.personal import Apart, Held, Holding
from hub.core.text import N_
from hub.reviews import models

MODELS = (models,)
"""Imported, so that the tables below are known to whoever reads this."""
_MINE = "review_id IN (SELECT id FROM reviews WHERE customer_id = ANY(:ids))"

HOLDINGS: tuple[Holding, ...] = (
    Held(table="review_photos", title=N_("Photos of reviews"), mine=_MINE, is_deleted=True),
    Held(table="review_versions", title=N_("Reviews before they were changed"), mine=_MINE, is_deleted=True),
    Held(
        table="review_winners",
        title=N_("Prizes drawn among those who wrote reviews"),
        mine="customer_id = ANY(:ids)",
        blank=("reason",),
    ),
    Apart(table="review_draws", why="what was announced, and numbers"),
    Held(table="reviews", title=N_("Reviews of products"), mine="customer_id = ANY(:ids)", is_deleted=True),
)
