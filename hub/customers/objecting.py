"""Who objects to advertising on whatever way it comes: asked before something goes out for which no consent is kept."""

from collections.abc import Collection

from sqlalchemy import select

from hub.core.batches import among
from hub.core.db import db
from hub.core.words import Purpose
from hub.customers.contactability import get_consent_states, list_suppressions
from hub.customers.models import Address
from hub.customers.words import ConsentAction, SuppressionReason

OBJECTING = frozenset({SuppressionReason.COMPLAINT, SuppressionReason.REFUSED, SuppressionReason.STAFF})
"""A block that somebody wished. One that came from a dead mailbox says nothing of the letter box."""


def list_objecting(customer_ids: Collection[int]) -> set[int]:
    """Customers to whom no advertising may go by post: blocked by a wish, or promotion refused and agreed to nowhere.

    Post needs no consent (legitimate interest), but an objection holds for every way (GDPR art. 21.2); the ledger knows no
    channel "post", so what was said of the others decides.
    """
    rows = select(Address.customer_id, Address.value).where(among(Address.customer_id, customer_ids))
    owners: dict[str, int] = {row.value: row.customer_id for row in db.session.execute(rows)}
    blocked = {
        owners[value]
        for value, purpose, reason, _since in list_suppressions(owners)
        if reason in OBJECTING and purpose in {None, Purpose.PROMOTION}
    }
    said: dict[int, set[ConsentAction]] = {}
    for value, states in get_consent_states(owners).items():
        asked = [each.action for each in states if each.purpose is Purpose.PROMOTION and not each.theme]
        said.setdefault(owners[value], set()).update(asked)
    refused = {each for each, actions in said.items() if actions == {ConsentAction.WITHDRAWN}}
    return blocked | refused
