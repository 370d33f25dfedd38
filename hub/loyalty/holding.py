"""What the loyalty room holds of one customer: promo codes that were given and used."""

from hub.core.personal import Apart, Held, Holding
from hub.core.text import N_
from hub.loyalty import models

MODELS = (models,)
"""Imported, so that the tables below are known to whoever reads this."""
_MINE = "customer_id = ANY(:ids)"
_SPENT = N_("figures of promo codes; a code names nobody")

HOLDINGS: tuple[Holding, ...] = (
    Held(table="promo_grants", title=N_("Promo codes given"), mine=_MINE, keep={"reference": _SPENT}),
    Held(table="promo_redemptions", title=N_("Promo codes used"), mine=_MINE, keep={"code": _SPENT}),
    Apart(table="promo_codes", why="a code names nobody"),
    Apart(table="promo_pools", why="settings"),
)
