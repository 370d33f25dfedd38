"""Rows written by COPY are read back as they were, whatever signs stand in them."""

from datetime import UTC, date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.db import transaction
from hub.core.words import Language
from hub.customers.imports.copying import copy_rows
from hub.customers.models import Customer
from hub.customers.words import Title

NAMES: tuple[str, ...] = (
    "first_name",
    "last_name",
    "title",
    "language",
    "birth_on",
    "properties",
    "created_at",
    "updated_at",
)
NAMES += ("sort_key", "postcode", "country", "company")
REST = ("martin", "69003", "FR", "")
NOW = datetime(2026, 3, 3, 9, 30, tzinfo=UTC)


def test_signs_of_the_format_itself_come_back(session: Session) -> None:
    odd = ["a\tb\nc\rd", "\\N", "\\.", 'back\\slash "quoted"', "", "Zoé \U0001f600", "\\t"]
    properties = {"a": "tab\tline\nback\\ \\u0000 and \\\\", "flag": True, "none": None, "list": ["\\N", 1.5]}
    with transaction():
        copy_rows(
            Customer,
            NAMES,
            ([text, text, None, Language.FRENCH, None, properties, NOW, NOW, *REST] for text in odd),
        )
    kept = session.scalars(select(Customer).order_by(Customer.id)).all()
    assert [row.first_name for row in kept] == odd == [row.last_name for row in kept]
    assert all(row.properties == properties and row.created_at == NOW for row in kept)
    assert {row.title for row in kept} == {None}


def test_a_nul_goes_and_nothing_else(session: Session) -> None:
    with transaction():
        row = [
            "A\x00nne",
            "X",
            Title.MADAM,
            Language.ENGLISH,
            date(1980, 2, 29),
            {"k": "v\x00w"},
            NOW,
            NOW,
            *REST,
        ]
        copy_rows(Customer, NAMES, [row])
    kept = session.scalars(select(Customer)).one()
    assert (kept.first_name, kept.properties, kept.birth_on) == ("Anne", {"k": "vw"}, date(1980, 2, 29))
    assert (kept.title, kept.language) == (Title.MADAM, Language.ENGLISH)
