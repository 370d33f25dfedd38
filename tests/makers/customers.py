"""Known customers: Dora (all consents), Emil (none), Fay (bounced)."""

from datetime import datetime

from sqlalchemy.orm import Session

from hub.core.actor import SYSTEM
from hub.core.text import fold
from hub.core.words import Channel, Language, Purpose
from hub.customers.actions import record_consent, suppress
from hub.customers.models import Address, Customer
from hub.customers.words import AddressKind, ConsentAction, LegalBasis, SuppressionReason, Title
from tests.conftest import TUESDAY


def make_customer(
    session: Session,
    first_name: str = "Dora",
    last_name: str = "Lefèvre",
    *,
    mail: str | None = "dora@client.example",
    phone: str | None = "+33612345678",
    **fields: object,
) -> Customer:
    row = Customer(
        **{
            "title": Title.MADAM,
            "first_name": first_name,
            "last_name": last_name,
            "sort_key": fold(f"{last_name} {first_name}"),
            "language": Language.FRENCH,
            "postcode": "69003",
            "created_at": TUESDAY,
            "updated_at": TUESDAY,
            **fields,
        }
    )
    session.add(row)
    session.flush()
    for kind, value in ((AddressKind.MAIL, mail), (AddressKind.PHONE, phone)):
        if value:
            session.add(Address(customer_id=row.id, kind=kind, value=value, created_at=TUESDAY))
    session.flush()
    return row


def make_emil(session: Session) -> Customer:
    """Consents to nothing."""
    return make_customer(session, "Emil", "Roux", mail="emil@client.example", phone=None, title=Title.SIR)


def make_fay(session: Session) -> Customer:
    """Her address bounced: nothing may be sent to it."""
    row = make_customer(session, "Fay", "O'Brien", mail="fay@client.example", phone="+33698765432")
    suppress("fay@client.example", reason=SuppressionReason.HARD_BOUNCE, now=TUESDAY)
    return row


def say_consent(
    address: str = "dora@client.example",
    *,
    channel: Channel = Channel.EMAIL,
    purpose: Purpose = Purpose.PROMOTION,
    is_given: bool = True,
    happened_at: datetime = TUESDAY,
    collection_point: str = "till 2",
) -> int:
    """One line in the ledger, with its proof."""
    return record_consent(
        address_kind=AddressKind.MAIL if "@" in address else AddressKind.PHONE,
        address=address,
        channel=channel,
        purpose=purpose,
        action=ConsentAction.GIVEN if is_given else ConsentAction.WITHDRAWN,
        legal_basis=LegalBasis.CONSENT,
        wording="I would like to receive offers.",
        wording_version="1",
        collection_point=collection_point,
        by=SYSTEM,
        now=happened_at,
    )
