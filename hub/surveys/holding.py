"""What the surveys room holds of one customer: questions that were asked, and his answers."""

from hub.core.personal import Apart, Held, Holding
from hub.core.text import N_
from hub.surveys import models
from hub.surveys.whys import models as whys

MODELS = (models, whys)
"""Imported, so that the tables below are known to whoever reads this."""
_MINE = "customer_id = ANY(:ids)"
_CHOICE = N_("figures of satisfaction")

HOLDINGS: tuple[Holding, ...] = (
    Held(
        table="touches",
        title=N_("Links of surveys that were opened"),
        mine="invitation_id IN (SELECT id FROM invitations WHERE customer_id = ANY(:ids))",
        blank=("source_hash", "user_agent"),
        keep={"choice": _CHOICE},
    ),
    Held(
        table="answers",
        title=N_("Answers to surveys"),
        mine=_MINE,
        blank=("comment",),
        keep={"topics": _CHOICE, "nonce": N_("a random number: tells the same answer sent twice")},
        hidden=("nonce",),
    ),
    Held(
        table="why_answers",
        title=N_("Why the customer does not buy any more"),
        mine=_MINE,
        blank=("comment",),
        keep={"source": N_("a keyword of the software, nothing anybody wrote")},
    ),
    Held(table="invitations", title=N_("Surveys asked for"), mine=_MINE),
    Apart(table="surveys", why="questions"),
    Apart(table="filtered_domains", why="figures of mail domains with twenty customers or more"),
)
