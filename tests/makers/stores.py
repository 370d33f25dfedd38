"""Known stores: Lyon (Ada's) and Lille (Bo's), in a chain of two regions."""

from datetime import time

from sqlalchemy.orm import Session

from hub.core.text import fold, slug
from hub.core.words import Language
from hub.stores.models import Chain, OpeningRange, Region, Store
from hub.stores.words import Territory
from tests.conftest import TUESDAY


def make_chain(session: Session, **fields: object) -> Chain:
    row = Chain(
        **{
            "name": "Maison Verel",
            "language": Language.FRENCH,
            "time_zone": "Europe/Paris",
            "currency": "EUR",
            "sender_name": "Maison Verel",
            "sender_address": "bonjour@verel.example",
            "website_url": "https://www.verel.example",
            "review_url": "https://www.verel.example/avis",
            "social_links": [],
            "settings": {},
            "created_at": TUESDAY,
            **fields,
        }
    )
    session.add(row)
    session.flush()
    return row


def make_region(session: Session, name: str = "Sud-Est") -> Region:
    row = Region(name=name, key=slug(name), sort_key=fold(name))
    session.add(row)
    session.flush()
    return row


def make_store(
    session: Session, name: str = "Lyon Part-Dieu", *, code: str = "LYO", **fields: object
) -> Store:
    """Open Monday to Saturday 10:00-12:30 and 14:00-19:00 local time."""
    row = Store(
        **{
            "code": code,
            "name": name,
            "sort_key": fold(name),
            "slug": slug(name),
            "mailbox": slug(name),
            "time_zone": "Europe/Paris",
            "territory": Territory.METROPOLE,
            "postcode": "69003",
            "town": "Lyon",
            "phone": "+33472000001",
            "created_at": TUESDAY,
            **fields,
        }
    )
    session.add(row)
    session.flush()
    for weekday in range(6):
        for opens_at, closes_at in ((time(10), time(12, 30)), (time(14), time(19))):
            session.add(
                OpeningRange(store_id=row.id, weekday=weekday, opens_at=opens_at, closes_at=closes_at)
            )
    session.flush()
    return row
