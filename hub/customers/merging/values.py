"""What two customers look like field by field, and what of it a merge writes into the survivor."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import ScalarSelect, Table, select

from hub.core.batches import table_of
from hub.core.db import db
from hub.core.errors import NotFound
from hub.core.text import N_
from hub.customers import rules
from hub.customers.merging.fields import ADDRESS_FIELDS, GROUPS, PROPERTY, ROW_FIELDS
from hub.customers.merging.journal import Journal
from hub.customers.models import Address, Customer
from hub.customers.words import AddressKind

KINDS = dict(zip(ADDRESS_FIELDS, (AddressKind.MAIL, AddressKind.PHONE), strict=True))


def look_at(customer_id: int) -> dict[str, Any]:
    """The fields a person chooses from, by name, with "updated_at"; properties as `property:<key>`. Raises NotFound."""
    table = table_of(Customer)
    firsts = [_first(table, kind).label(name) for name, kind in KINDS.items()]
    row = db.session.execute(select(*table.c, *firsts).where(table.c.id == customer_id)).mappings().first()
    if row is None:
        raise NotFound(N_("This customer does not exist any more."))
    values = {name: row[name] for name in (*ROW_FIELDS, *ADDRESS_FIELDS)}
    values |= {f"{PROPERTY}{key}": value for key, value in row["properties"].items()}
    return values | {"updated_at": row["updated_at"]}


def _first(table: Table, kind: AddressKind) -> ScalarSelect[Any]:
    """The address of a kind that is written to first."""
    found = select(Address.value).where(Address.customer_id == table.c.id, Address.kind == kind)
    ordered = found.order_by(Address.is_primary.desc(), Address.id.desc()).limit(1)
    return ordered.correlate(table).scalar_subquery()


def plain(value: Any) -> Any:
    """A value as the journal keeps it for people: words, numbers, days as ISO."""
    return value.isoformat() if isinstance(value, date | datetime) else value


def write_fields(
    merge: Journal, ours: Mapping[str, Any], theirs: Mapping[str, Any], keeps: Mapping[str, bool]
) -> None:
    """Give the survivor the values that were chosen from the other; from when, and whether archived, from both."""
    taken = {name: theirs[name] for name in ROW_FIELDS if not keeps[name] and ours[name] != theirs[name]}
    for group in GROUPS:
        if any(name in taken for name in group):
            taken = {name: ours[name] for name in group} | taken  # noted whole: an undo looks at all of it
    values = taken | _properties(ours, theirs, keeps) | _both(merge)
    table = table_of(Customer)
    names = {name: taken.get(name, ours[name]) for name in ("first_name", "last_name", "company")}
    address = ours["mail"] or theirs["mail"] or ours["phone"] or theirs["phone"] or ""
    values["sort_key"] = rules.sort_key_of(
        names["first_name"], names["last_name"], otherwise=names["company"] or address
    )
    merge.change(table, table.c.id == merge.to_id, values | {"updated_at": merge.now})


def _properties(
    ours: Mapping[str, Any], theirs: Mapping[str, Any], keeps: Mapping[str, bool]
) -> dict[str, Any]:
    """Those of both; of one that both have, the chosen one."""
    names = [name for name in (*ours, *theirs) if name.startswith(PROPERTY)]
    if not any(name in theirs for name in names):
        return {}
    chosen = {
        name.removeprefix(PROPERTY): (ours if name in ours and keeps.get(name, True) else theirs).get(name)
        for name in names
    }
    return {"properties": {key: value for key, value in chosen.items() if value is not None}}


def _both(merge: Journal) -> dict[str, Any]:
    """Known since the earlier day, active at the later; archived only when both were."""
    row = Customer
    found = select(row.created_at, row.last_active_at, row.archived_at).where(
        row.id.in_([merge.from_id, merge.to_id])
    )
    both = db.session.execute(found).all()
    active = [each.last_active_at for each in both if each.last_active_at is not None]
    values: dict[str, Any] = {"created_at": min(each.created_at for each in both)}
    values["last_active_at"] = max(active, default=None)
    if any(each.archived_at is None for each in both):
        values |= {"archived_at": None, "archive_run_id": None}
    return values


def choose_primaries(merge: Journal, keeps: Mapping[str, bool]) -> None:
    """One address of each kind is written to first: that of the chosen side. Asked before the addresses move."""
    table = table_of(Address)
    for name, kind in KINDS.items():
        loser = merge.from_id if keeps[name] else merge.to_id
        winner = merge.to_id if keeps[name] else merge.from_id
        has = select(Address.id).where(Address.customer_id == winner, Address.kind == kind).exists()
        if db.session.scalar(select(has)):
            stands = (table.c.customer_id == loser, table.c.kind == kind, table.c.is_primary)
            merge.change(table, stands[0] & stands[1] & stands[2], {"is_primary": False})
