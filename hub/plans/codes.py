"""Settles the codes that plans give for later messages: sent with the first message that shows it, free when none will, nor a letter."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from hub.loyalty import giving
from hub.outbox.following import list_code_states
from hub.outbox.words import MessageState
from hub.plans.passage import SOURCE
from hub.plans.post import list_shown_codes
from hub.plans.walking import ON_ITS_WAY

SEEN = frozenset({MessageState.ACCEPTED, MessageState.DELIVERED, MessageState.BOUNCED})
MAY_BE_SEEN = ON_ITS_WAY | {MessageState.UNKNOWN}


def settle_ended(ended: Mapping[int, Mapping[str, Any]], *, now: datetime) -> None:
    """Passages that have ended, with what they remember: the codes that no message shows or will show are free again."""
    references = {key: values["code"]["reference"] for key, values in ended.items() if values.get("code")}
    if references:
        _settle(references, now=now, are_ended=True)


def settle(enrolment_id: int, values: Mapping[str, Any], *, is_ended: bool, now: datetime) -> None:
    """A message of the passage left, or never will."""
    if values.get("code"):
        _settle({enrolment_id: values["code"]["reference"]}, now=now, are_ended=is_ended)


def _settle(references: Mapping[int, str], *, now: datetime, are_ended: bool) -> None:
    states = list_code_states(SOURCE, references)
    letters = list_shown_codes(references)
    sent = [reference for key, reference in references.items() if states.get(key, set()) & SEEN]
    free = [
        reference
        for key, reference in references.items()
        if are_ended and key not in letters and not states.get(key, set()) & (SEEN | MAY_BE_SEEN)
    ]
    giving.mark_sent(sent, now=now)
    giving.release(free, now=now)
