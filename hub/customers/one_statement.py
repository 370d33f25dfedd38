"""Find-or-create by one mail address in one statement each: the way of doors that are asked thousands of times a second."""

from datetime import datetime

from hub.core.db import db
from hub.core.words import Language
from hub.customers import rules
from hub.customers.rows import CustomerDetails, Resolved

# As the driver takes them, with names of places: SQLAlchemy's own text costs as much again as the look-up.
FIND = """
    SELECT customer_id, unconfirmed_since IS NOT NULL FROM addresses WHERE kind = 'mail' AND value = %(mail)s
"""
MAKE = """
    WITH made AS (
        INSERT INTO customers
            (title, first_name, last_name, sort_key, birth_on, street, postcode, town, country, company, language,
             preferred_store_id, created_at, updated_at)
        SELECT %(title)s, %(first_name)s, %(last_name)s, %(sort_key)s, %(birth_on)s::date, %(street)s, %(postcode)s,
               %(town)s, %(country)s, %(company)s, %(language)s, %(store_id)s::bigint, %(now)s::timestamptz,
               %(now)s::timestamptz
        WHERE NOT EXISTS (SELECT FROM addresses WHERE kind = 'mail' AND value = %(mail)s)
        RETURNING id
    ), taken AS (
        INSERT INTO addresses (customer_id, kind, value, is_primary, created_at)
        SELECT id, 'mail', %(mail)s, true, %(now)s::timestamptz FROM made
        ON CONFLICT DO NOTHING RETURNING customer_id
    )
    SELECT id, EXISTS (SELECT FROM taken) FROM made
"""
TAKE_BACK = "DELETE FROM customers WHERE id = %(id)s"


def find_or_create_by_one_mail(mail: str, details: CustomerDetails, *, now: datetime) -> Resolved | None:
    """The customer of an address in normal form, made when nobody has it: one look-up, and one statement for a new one.
    A known one is not completed.

    None when it takes more than this: the address is unconfirmed, or somebody took it at this very moment (what was made
    is taken back). `resolve_customer` does both.
    """
    connection = db.session.connection()
    known = connection.exec_driver_sql(FIND, {"mail": mail}).first()
    if known is not None:
        return None if known[1] else Resolved(known[0], is_new=False)
    made = connection.exec_driver_sql(MAKE, _values(mail, details, now)).first()
    if made is None:
        return None
    if not made[1]:
        connection.exec_driver_sql(TAKE_BACK, {"id": made[0]})
        return None
    return Resolved(made[0], is_new=True)


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
