"""Whether codes that were given came back on an order by a moment, for many at once."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select

from hub.core.batches import among
from hub.core.questions import Question, answered
from hub.loyalty.models import PromoGrant, PromoRedemption


def ask_redemptions(references: Collection[str]) -> Question[dict[str, datetime]]:
    """By reference of the grant when its customer first used the code, cancelled orders left out; the others are missing."""
    used = PromoRedemption
    found = (
        select(PromoGrant.reference, func.min(used.redeemed_at).label("redeemed_at"))
        .join(used, (used.code_id == PromoGrant.code_id) & (used.customer_id == PromoGrant.customer_id))
        .where(
            among(PromoGrant.reference, references),
            used.cancelled_at.is_(None),
            used.redeemed_at >= PromoGrant.granted_at,
        )
        .group_by(PromoGrant.reference)
    )
    return Question((found,), lambda rows: dict(map(tuple, rows))) if references else answered({})
