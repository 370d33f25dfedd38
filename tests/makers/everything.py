"""One row in every table, all about one customer: whatever a room keeps of him, words with his name in it."""

import json
from datetime import date, time
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Double,
    Float,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Time,
    insert,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from hub.core import files
from hub.core.db import Base
from hub.core.personal import Apart, scrubbed_columns
from hub.customers.consents import hash_of
from hub.identity.holding import EVERYTHING
from tests.conftest import TUESDAY

FIRST, LAST = "Zéphyrine", "Quilleboeuf"
MAIL, PHONE = "z.quilleboeuf@quille.example", "+33612987654"
CARD = "CARTE-88776655"
WORDS = f"Madame {FIRST} {LAST.upper()} <{MAIL}>, tél. 06 12 98 76 54 ou 0033612987654, client.html?q=z.quilleboeuf%40quille.example"
TRACES = ("quilleboeuf", "phyrine", "612987654", "12 98 76 54", "quille.example", "88776655")
FILE = f"Une facture de {FIRST} {LAST}".encode()
GIVEN: dict[str, Any] = {
    "tickets.requester_address": MAIL,
    "outbound_messages.recipient": MAIL,
    "ticket_parties.address": MAIL,
    "automatic_mails.address": MAIL,
    "mail_loops.address": MAIL,
    "phone_calls.caller": PHONE,
    "arrivals.recipients": ["lyon@hub.example", MAIL],
    "webhook_deliveries.body": json.dumps({"data": {"customer_id": 1, "text": WORDS}}),
    "import_rows.cells": [FIRST, LAST, MAIL],
    "customer_merge_notes.before": {"words": WORDS},
    "contact_choices.address": MAIL,
    "optin_requests.address": MAIL,
    "chains.time_zone": "Europe/Paris",
    "stores.time_zone": "Europe/Paris",
    "memberships.region_id": None,
}


class EveryRow:
    """Makes the rows; `by_table` holds them as they were inserted. `given`: further values by table and column."""

    def __init__(self, session: Session, customer_id: int, skip: frozenset[str]) -> None:
        self.session, self.customer_id = session, customer_id
        self.holdings = {holding.table: holding for holding in EVERYTHING}
        self.by_table: dict[str, dict[str, Any]] = {}
        self.skip = skip

    def make_all(self) -> None:
        for table in Base.metadata.sorted_tables:
            if table.name not in self.skip:
                self.make(table)

    def make(self, table: Table) -> dict[str, Any]:
        if table.name == "customers":
            return {"id": self.customer_id}
        if table.name not in self.by_table:
            values = {column.name: self._value(table, column) for column in table.columns}
            values = {name: value for name, value in values.items() if value is not None}
            row = self.session.execute(insert(table).values(values).returning(table)).mappings().one()
            self.by_table[table.name] = dict(row)
        return self.by_table[table.name]

    def _value(self, table: Table, column: Column[Any]) -> Any:
        name = f"{table.name}.{column.name}"
        if name in GIVEN:
            return GIVEN[name]
        if column.name in {"customer_id", "subject_id", "survivor_id", "left_id"}:
            return self.customer_id
        if enums := getattr(column.type, "enums", None):
            return enums[0]
        for key in column.foreign_keys:
            parent = key.column.table
            return None if parent is table else self.make(parent)[key.column.name]
        if column.primary_key and isinstance(column.type, BigInteger) and len(table.primary_key) == 1:
            return None if column.autoincrement is True or column.autoincrement == "auto" else 1
        return self._plain(table, column)

    def _plain(self, table: Table, column: Column[Any]) -> Any:
        kind = column.type
        if column.name == "address_hash":
            return hash_of(MAIL)
        if column.name.endswith("sha256"):
            return files.keep(FILE if self._is_gone(table, column) else b"of many customers")
        if isinstance(kind, JSONB):
            return {"words": self._words(table, column)}
        for kinds, value in (
            (LargeBinary, self._bytes(table, column)),
            (Boolean, False),
            (BigInteger | Integer | SmallInteger, 1),
            (Float | Double, 1.0),
            (DateTime, TUESDAY),
            (Date, date(2026, 3, 3)),
            (Time, time(9)),
        ):
            if isinstance(kind, kinds):
                return value
        return self._words(table, column)

    def _words(self, table: Table, column: Column[Any]) -> str:
        """His name where an erasure promises to find it; a plain word where it says that there are none."""
        is_searched = column.name in scrubbed_columns(self.holdings[table.name])
        return WORDS if self._is_gone(table, column) or is_searched else "customer"

    def _bytes(self, table: Table, column: Column[Any]) -> bytes:
        is_apart = isinstance(self.holdings[table.name], Apart)
        return (self._words(table, column) if is_apart else WORDS).encode()

    def _is_gone(self, table: Table, column: Column[Any]) -> bool:
        holding = self.holdings[table.name]
        if isinstance(holding, Apart):
            return False
        return holding.is_deleted or column.name in {*holding.blank, *holding.blank_to}
