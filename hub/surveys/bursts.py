"""Pages opened in a burst: all three boxes within seconds, each once. Who presses there is asked once more."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from hub.core.db import db
from hub.surveys import rules
from hub.surveys.rules import Confirmation, Source
from hub.surveys.words import TouchReason

# Whoever opened them: some filters come from an address a box. A page whose box was opened a second time within these
# seconds is not needed for the burst, so that a person who comes while a filter reads is no part of it. One scan of an
# index; also a part of the statement of first_answer.py.
IS_BURST_PAGE = """
    SELECT count(DISTINCT choice) = 3 AND count(*) FILTER (WHERE choice = :box) = 1 FROM touches
    WHERE invitation_id = :invitation_id AND method = 'GET' AND choice IN ('1', '2', '3') AND label <> 'mangled'
          AND reason <> 'prefetch' AND touched_at BETWEEN :burst_from AND :burst_until
"""
_IS_BURST_PAGE = text(IS_BURST_PAGE)


def burst_values(confirmation: Confirmation) -> dict[str, Any]:
    """What the statement is asked about, besides the invitation."""
    looked_at: datetime = confirmation.looked_at or confirmation.opened_at
    span = timedelta(seconds=rules.BURST_PAGE_SECONDS)
    return {"box": confirmation.box, "burst_from": looked_at - span, "burst_until": looked_at + span}


def doubt_of_press(invitation_id: int, confirmation: Confirmation, source: Source) -> TouchReason | None:
    """Why a press of the button does not count by itself: the customer is asked once more. None: it counts."""
    if source.is_filter:
        return TouchReason.FILTER_RANGE
    values = {"invitation_id": invitation_id, **burst_values(confirmation)}
    if confirmation.box and db.session.scalar(_IS_BURST_PAGE, values):
        return TouchReason.BURST
    return None
