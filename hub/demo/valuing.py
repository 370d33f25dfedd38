"""Scores of the demo: nights of the past season, so that paths and observed churn can be seen; a fit; tiers."""

from datetime import datetime, timedelta

from sqlalchemy import text

from hub.core.actor import SYSTEM
from hub.core.db import db
from hub.segments.values import cohorts, fits, night
from hub.segments.values.defining import change_definitions
from hub.segments.values.rules import Definitions, make_tier

DAYS_AGO = (90, 0)
ANALYSE = text(
    "ANALYZE customers, orders, addresses, consent_states, visits, outbound_messages, link_clicks, message_openings"
)
"""Rows that were just copied in are unknown to the planner, and the nights would take minutes."""
TIERS = (
    ("Cercle", 15_000, 2, "Accès aux ventes deux jours avant les autres."),
    ("Cercle d'or", 40_000, 3, "Une soirée par saison en magasin, retouches offertes."),
)


def make_values(*, now: datetime) -> None:
    """In the caller's transaction. The nights tell nobody: what they would tell lies in the past."""
    tiers = tuple(
        make_tier(name, min_cents=cents, min_orders=orders, rewards=rewards)
        for name, cents, orders, rewards in TIERS
    )
    change_definitions(Definitions(tiers=tiers), by=SYSTEM, now=now)
    db.session.execute(ANALYSE)
    for days in DAYS_AGO:
        night.begin_run(is_silent=True, as_of=now - timedelta(days=days), machine_now=now)
        while night.take_step(machine_now=now):
            pass
    fits.keep_fit(fits.make_fit(fits.read_days(now=now), now=now))
    while fits.take_range(now=now):
        pass
    cohorts.roll_up(now=now)
