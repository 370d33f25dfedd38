"""STOP, as a customer wrote it back: what is not service ends at once for the address."""

from datetime import datetime

from hub.core.actor import CUSTOMER
from hub.core.words import Channel, Purpose
from hub.customers.consents import record_consent
from hub.customers.words import AddressKind, ConsentAction, LegalBasis

STOPPED = (Purpose.PROMOTION, Purpose.NEWSLETTER, Purpose.SURVEY)
WORDING_CHARS = 300


def stop_messages(
    *,
    address: str,
    channel: Channel,
    wording: str,
    collection_point: str,
    now: datetime,
    happened_at: datetime | None = None,
) -> None:
    """Withdraw advertising and surveys on this channel, with the customer's words as proof. Raises Invalid."""
    for purpose in STOPPED:
        record_consent(
            address_kind=AddressKind.MAIL if channel is Channel.EMAIL else AddressKind.PHONE,
            address=address,
            channel=channel,
            purpose=purpose,
            action=ConsentAction.WITHDRAWN,
            legal_basis=LegalBasis.CONSENT,
            wording=wording[:WORDING_CHARS],
            wording_version="",
            collection_point=collection_point,
            by=CUSTOMER,
            now=now,
            happened_at=happened_at,
        )
