"""What the forms hold of one customer: what he sent in."""

from hub.core.personal import Apart, Held, Holding
from hub.core.text import N_
from hub.signups import models

MODELS = (models,)
"""Imported, so that the tables below are known to whoever reads this."""
HOLDINGS: tuple[Holding, ...] = (
    Held(
        table="signup_entries",
        title=N_("Forms sent in"),
        mine="customer_id = ANY(:ids) OR CAST(answers AS text) ~* :pattern",
        blank=("answers", "ip", "user_agent"),
        keep={
            "reason": N_("a keyword of the software, nothing anybody wrote"),
            "nonce": N_("a random number: tells the same form sent twice"),
        },
        hidden=("nonce",),
    ),
    Apart(table="signup_forms", why="forms"),
    Apart(table="signup_form_versions", why="forms"),
)
