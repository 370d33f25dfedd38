"""The staff room holds people of the staff, and no customer."""

from hub.core.personal import Apart, Holding
from hub.staff import models

MODELS = (models,)
"""Imported, so that the tables below are known to whoever reads this."""
_STAFF = "people of the staff"

HOLDINGS: tuple[Holding, ...] = tuple(
    Apart(table=table, why=_STAFF)
    for table in ("agents", "memberships", "attendances", "api_keys", "sign_in_attempts")
)
