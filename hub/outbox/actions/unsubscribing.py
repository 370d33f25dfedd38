"""The unsubscribe link of a mail: what it says, and stopping what it names."""

from dataclasses import dataclass
from datetime import datetime

from hub.core import signing
from hub.core.actor import CUSTOMER
from hub.core.text import N_
from hub.core.words import Channel, Purpose
from hub.customers import actions as customers
from hub.customers.words import AddressKind, ConsentAction, LegalBasis
from hub.outbox.addresses import UNSUBSCRIBE

WORDING = N_("One-click unsubscribe in a mail")
COLLECTION_POINT = "mail"


@dataclass(frozen=True)
class Refusable:
    """What a link stops: a purpose on a channel for an address."""

    address: str
    channel: Channel
    purpose: Purpose


def read_unsubscribe(token: str, *, now: datetime) -> Refusable:
    """What the link is about, without acting: for the page behind GET. Raises NotFound on a mangled link."""
    payload = signing.read(UNSUBSCRIBE, token, now=now)
    return Refusable(payload["a"], Channel(payload["c"]), Purpose(payload["p"]))


def unsubscribe(
    token: str, *, now: datetime, ip: str | None = None, user_agent: str | None = None
) -> Refusable:
    """Stop at once what the link names (RFC 8058); doing it twice changes nothing more. Raises NotFound."""
    found = read_unsubscribe(token, now=now)
    _record(found, ConsentAction.WITHDRAWN, now=now, ip=ip, user_agent=user_agent)
    return found


def resubscribe(
    token: str, *, now: datetime, ip: str | None = None, user_agent: str | None = None
) -> Refusable:
    """Undo it from the same page. Raises NotFound."""
    found = read_unsubscribe(token, now=now)
    _record(found, ConsentAction.GIVEN, now=now, ip=ip, user_agent=user_agent)
    return found


def _record(
    found: Refusable, action: ConsentAction, *, now: datetime, ip: str | None, user_agent: str | None
) -> None:
    customers.record_consent(
        address_kind=AddressKind.MAIL if found.channel is Channel.EMAIL else AddressKind.PHONE,
        address=found.address,
        channel=found.channel,
        purpose=found.purpose,
        action=action,
        legal_basis=LegalBasis.CONSENT,
        wording=WORDING,
        wording_version="1",
        collection_point=COLLECTION_POINT,
        by=CUSTOMER,
        now=now,
        ip=ip,
        user_agent=user_agent,
    )
