"""Why a customer whom an import made is kept when it is undone: what hangs on him since, or was changed in him."""

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Table,
    any_,
    bindparam,
    func,
    literal,
    literal_column,
    select,
    union_all,
)

from hub.core.batches import among
from hub.core.db import Base, db
from hub.core.facts import FactRow
from hub.core.words import Language
from hub.customers import rules as house_rules
from hub.customers.facts import ConsentChanged
from hub.customers.hygiene.findings import PROPERTY
from hub.customers.imports.models import ImportEffect
from hub.customers.imports.rules import FIELDS
from hub.customers.models import Address, Customer, ExternalId

COMPUTED = frozenset(
    {
        "customer_scores",
        "customer_score_changes",
        "duplicate_keys",
        "duplicate_marks",
        "customer_pairs",
        "segment_members",
    }
)
"""Tables made anew from others by the night: they name a customer and do not keep him."""
COMPUTED_FACTS = frozenset({"StageChanged", "ChurnThresholdCrossed"})
"""What such a night tells: nobody did anything."""
OWN = frozenset({"addresses", "external_ids"})
SILENT = COMPUTED | OWN | {"import_effects", "import_rows", "facts"}
UNSAID = {"country": house_rules.HOME, "language": Language.FRENCH.value}
"""What a new customer is where his row says nothing."""


def list_changed(customer: Customer, made: Mapping[str, str]) -> set[str]:
    """Fields of a new customer that hold something else than his row gave him; properties as `property:<key>`."""
    theirs = {name: text_of(getattr(customer, name)) for name in FIELDS}
    theirs |= {f"{PROPERTY}{key}": text_of(value) for key, value in customer.properties.items()}
    ours = UNSAID | dict(made)
    return {name for name in {*theirs, *ours} if theirs.get(name, "") != ours.get(name, "")}


def text_of(value: object) -> str:
    """A column as the import writes it: "" for nothing."""
    return "" if value is None else str(value)


def find_kept(customer_ids: Collection[int], *, import_id: int) -> dict[int, set[str]]:
    """Of new customers those on whom something hangs since, with the tables it stands in.

    Every table that names a customer is asked, whichever room it is of; `list_changed` asks his own row.
    """
    ids, kept = list(customer_ids), dict[int, set[str]]()
    if not ids:
        return kept
    for owner, name in db.session.execute(_anywhere(len(Base.metadata.tables)), {"ids": ids}):
        kept.setdefault(owner, set()).add(name)
    happened = select(FactRow.customer_id).where(
        among(FactRow.customer_id, ids), FactRow.kind.not_in({ConsentChanged.kind(), *COMPUTED_FACTS})
    )
    for owner in db.session.scalars(happened.distinct()):
        if owner is not None:
            kept.setdefault(owner, set()).add("facts")
    _note_further(ids, kept, import_id)
    return kept


def is_one_of(column: ColumnElement[Any], ids: Sequence[int]) -> ColumnElement[bool]:
    """As one parameter, however many they are."""
    return column == any_(literal(list(ids), type_=ARRAY(BigInteger)))


@lru_cache(1)
def _anywhere(table_count: int) -> CompoundSelect[Any]:
    """(customer, table) for each of `ids` who stands in a table, in one statement."""
    del table_count  # asked anew when there are more
    ids = bindparam("ids", type_=ARRAY(BigInteger))
    asked = [
        select(table.c[column], literal_column(f"'{table.name}'"))
        .where(table.c[column] == any_(ids))
        .distinct()
        for table, column in that_name_customers()
        if table.name not in SILENT
    ]
    return union_all(*asked)


def that_name_customers() -> Sequence[tuple[Table, str]]:
    """Columns of every table of every room that hold the id of a customer."""
    return _that_name_customers(len(Base.metadata.tables))


@lru_cache(1)
def _that_name_customers(table_count: int) -> Sequence[tuple[Table, str]]:
    del table_count  # looked for anew when there are more
    found = []
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            points = any(key.column.table.name == Customer.__tablename__ for key in column.foreign_keys)
            if points or column.name == "customer_id":
                found.append((table, column.name))
    return found


def _note_further(ids: Sequence[int], kept: dict[int, set[str]], import_id: int) -> None:
    """Addresses and ids given to him by others than this import, and rows of other imports."""
    made = _count_made(ids, import_id)
    for kind, model in (("addresses", Address), ("ids", ExternalId)):
        owner = model.customer_id
        counted = select(owner, func.count()).where(among(owner, ids)).group_by(owner)
        for customer_id, count in db.session.execute(counted):
            if count > made.get((customer_id, kind), 0):
                kept.setdefault(customer_id, set()).add(model.__tablename__)
    others = select(ImportEffect.customer_id).where(
        among(ImportEffect.customer_id, ids),
        ImportEffect.import_id != import_id,
        ImportEffect.undone.is_(None),
    )
    for customer_id in db.session.scalars(others.distinct()):
        kept.setdefault(customer_id, set()).add(ImportEffect.__tablename__)


def _count_made(ids: Sequence[int], import_id: int) -> dict[tuple[int, str], int]:
    mine = select(ImportEffect.customer_id, ImportEffect.made).where(
        ImportEffect.import_id == import_id, among(ImportEffect.customer_id, ids)
    )
    made: dict[tuple[int, str], int] = {}
    for customer_id, given in db.session.execute(mine):
        for kind in ("addresses", "ids"):
            made[customer_id, kind] = made.get((customer_id, kind), 0) + len(given.get(kind, ()))
    return made
