"""Fills the demo's segments: some of the ready ones, and two typed properties with values; the jobs count them."""

from datetime import datetime, timedelta

from sqlalchemy import select, text

from hub.core.actor import SYSTEM, Actor
from hub.core.db import db
from hub.core.words import ActorKind
from hub.customers.properties import save_property
from hub.customers.property_words import PropertyKind
from hub.segments.saved.actions import save_segment
from hub.segments.saved.loading import open_tree
from hub.segments.saved.ready import READY
from hub.segments.saved.rows import Draft
from hub.segments.words import SegmentKind
from hub.staff.models import Agent
from hub.staff.words import Role

FRENCH = {
    "champions": "Champions",
    "at_risk": "Bons clients sur le départ",
    "birthday": "Anniversaire dans les 30 jours",
    "lapsed": "Sans commande depuis un an, accepte les offres",
    "one_order": "Une commande, et pas de seconde en 90 jours",
    "unhappy": "Mécontents récents, sans ticket ouvert",
}
ROOMS = ("Salon", "Chambre", "Bureau", "Jardin")
WEEKS = 8
_VALUES = text(
    "UPDATE customers SET properties = jsonb_build_object('home_room', (CAST(:rooms AS text[]))[1 + id % 4])"
    " || CASE WHEN id % 9 = 0 THEN jsonb_build_object('home_garden', id % 2 = 0) ELSE '{}' END WHERE id % 3 = 0"
)


def make_segments(*, now: datetime) -> None:
    """Part of the demo's one transaction; needs customers and staff. The jobs count each within seconds."""
    marketer = db.session.scalar(
        select(Agent.id).where(Agent.role == Role.MARKETER).order_by(Agent.id).limit(1)
    )
    by = Actor(ActorKind.AGENT, agent_id=marketer) if marketer else SYSTEM
    made_at = now - timedelta(weeks=WEEKS)
    _define(made_at)
    for each in READY:
        if each.key in FRENCH:
            root = open_tree(each.definition)
            draft = Draft(FRENCH[each.key], "", SegmentKind.LIVE, root)
            save_segment(draft, by=by, now=made_at)


def _define(now: datetime) -> None:
    save_property(
        key="home_room",
        family="home",
        kind=PropertyKind.CHOICE,
        label="Pièce préférée",
        description="Choisie à l’inscription à la lettre.",
        choices=ROOMS,
        is_new=True,
        by=SYSTEM,
        now=now,
    )
    save_property(
        key="home_garden",
        family="home",
        kind=PropertyKind.BOOLEAN,
        label="A un jardin",
        description="Demandé en magasin.",
        is_new=True,
        by=SYSTEM,
        now=now,
    )
    db.session.execute(_VALUES, {"rooms": list(ROOMS)})
