"""Find-or-create by one mail address in one statement: the way of doors that are asked thousands of times a second."""

from datetime import datetime

from sqlalchemy import text

from hub.core.db import db
from hub.core.words import Language
from hub.customers import rules
from hub.customers.rows import CustomerDetails, Resolved

STATEMENT = text("""
    WITH known AS (
        SELECT customer_id, unconfirmed_since IS NOT NULL AS is_unconfirmed FROM addresses
        WHERE kind = 'mail' AND value = :mail
    ), made AS (
        INSERT INTO customers
            (title, first_name, last_name, sort_key, birth_on, street, postcode, town, country, company, language,
             preferred_store_id, created_at, updated_at)
        SELECT :title, :first_name, :last_name, :sort_key, :birth_on, :street, :postcode, :town, :country, :company,
               :language, :store_id, :now, :now
        WHERE NOT EXISTS (SELECT FROM known)
        RETURNING id
    ), taken AS (
        INSERT INTO addresses (customer_id, kind, value, is_primary, created_at)
        SELECT id, 'mail', :mail, true, :now FROM made
        ON CONFLICT DO NOTHING RETURNING customer_id
    )
    SELECT customer_id, false AS is_new, is_unconfirmed, false AS is_lost FROM known
    UNION ALL
    SELECT id, true, false, NOT EXISTS (SELECT FROM taken) FROM made
""")
TAKE_BACK = text("DELETE FROM customers WHERE id = :id")


def find_or_create_by_one_mail(mail: str, details: CustomerDetails, *, now: datetime) -> Resolved | None:
    """The customer of an address in normal form, made when nobody has it. A known one is not completed.

    None when it takes more than this: the address is unconfirmed, or somebody took it at this very moment (what was made
    is taken back). `resolve_customer` does both.
    """
    row = db.session.execute(STATEMENT, _values(mail, details, now)).one()
    if row.is_lost:
        db.session.execute(TAKE_BACK, {"id": row.customer_id})
    return None if row.is_lost or row.is_unconfirmed else Resolved(row.customer_id, row.is_new)


def _values(mail: str, details: CustomerDetails, now: datetime) -> dict[str, object]:
    first_name, last_name = rules.clean_name(details.first_name), rules.clean_name(details.last_name)
    company = " ".join(details.company.split())
    return {
        "mail": mail,
        "title": details.title.value if details.title else None,
        "first_name": first_name,
        "last_name": last_name,
        "sort_key": rules.sort_key_of(first_name, last_name, otherwise=company or mail),
        "birth_on": details.birth_on,
        "street": " ".join(details.street.split()),
        "postcode": details.postcode.strip(),
        "town": " ".join(details.town.split()),
        "country": details.country or rules.HOME,
        "company": company,
        "language": (details.language or Language.FRENCH).value,
        "store_id": details.preferred_store_id,
        "now": now,
    }
