"""Known customers: Dora (all consents), Emil (none), Fay (bounced)."""

from sqlalchemy.orm import Session

from hub.core.text import fold
from hub.core.words import Language
from hub.customers.models import Address, Customer
from hub.customers.words import AddressKind, Title
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
