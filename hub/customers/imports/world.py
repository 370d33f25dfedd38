"""Loads the customers that rows of a file may mean: by address and id from the base, and from earlier rows of the file."""

from collections.abc import Collection, Iterable, Sequence
from hashlib import blake2b

from sqlalchemy import RowMapping, select, text
from sqlalchemy.orm import defer

from hub.core.batches import among
from hub.core.db import db
from hub.core.words import Purpose
from hub.customers.contactability import get_suppression_words
from hub.customers.following import find_survivor
from hub.customers.hygiene.findings import PROPERTY
from hub.customers.imports.models import ImportRow
from hub.customers.imports.rules import BOUND, FIELDS, MAIL, PHONE, Held, Key, Line, World
from hub.customers.imports.words import RowOutcome
from hub.customers.listed import is_here
from hub.customers.models import Address, ConsentState, Customer, ExternalId
from hub.customers.words import AddressKind, ConsentAction

ADDRESSES = (MAIL, PHONE)
END = 2**31 - 1
MOST_ALIKE, FEW_ALIKE = 50, 5
"""So many rows of one address or id are compared with the next: the first and the last."""
_OF_KEY = """
    SELECT near.row FROM unnest(CAST(:keys AS bigint[])) AS asked (key) CROSS JOIN LATERAL
        (SELECT row FROM import_keys WHERE import_id = :import_id AND key = asked.key AND row < :before
         ORDER BY row {} LIMIT :most) AS near
"""
_FIRST, _LAST = text(_OF_KEY.format("")), text(_OF_KEY.format("DESC"))
_FOLLOWERS = text("""
    SELECT near.row FROM unnest(CAST(:leaders AS bigint[])) AS asked (row) CROSS JOIN LATERAL
        (SELECT row FROM import_rows WHERE import_id = :import_id AND same_as = asked.row
         ORDER BY row LIMIT :most) AS near
""")
TAKEN = (RowOutcome.NEW, RowOutcome.UPDATED, RowOutcome.UNCHANGED)


def hash_of(key: Key) -> int:
    """A key as 64 bits with a sign."""
    return hash_text(":".join(key))


def hash_text(text: str) -> int:
    """As the keys of duplicates are hashed."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), signed=True)


def load_world(lines: Sequence[Line], purpose: Purpose, *, is_locked: bool = False) -> World:
    """Everybody of the base whom the lines may mean, with what was said to the purpose. `is_locked`: to be changed."""
    keys = {key for line in lines for key in line.keys}
    unconfirmed: dict[Key, int] = {}
    owned = _owners(keys, unconfirmed)
    helds = _load_helds(set(owned.values()), is_locked=is_locked)
    owners = {key: helds[owner] for key, owner in owned.items() if owner in helds}
    world = World(owners, unconfirmed=unconfirmed)
    asked = {wish.address for line in lines for wish in line.wishes}
    if asked:
        _load_consents(world, asked, purpose)
    return world


def _owners(keys: Collection[Key], unconfirmed: dict[Key, int]) -> dict[Key, int]:
    found: dict[Key, int] = {}
    for kind in AddressKind:
        values = [value for name, value in keys if name == kind.value]
        if values:
            asked = select(Address.id, Address.value, Address.customer_id, Address.unconfirmed_since)
            rows = db.session.execute(asked.where(Address.kind == kind, among(Address.value, values))).all()
            found |= {(kind.value, row.value): row.customer_id for row in rows}
            unconfirmed |= {
                (kind.value, row.value): row.id for row in rows if row.unconfirmed_since is not None
            }
    found |= _bound(keys)
    for source in {name for name, _ in keys} - {*ADDRESSES, BOUND}:
        values = [value for name, value in keys if name == source]
        named = select(ExternalId.value, ExternalId.customer_id)
        ids = db.session.execute(named.where(ExternalId.source == source, among(ExternalId.value, values)))
        found |= {(source, row.value): row.customer_id for row in ids}
    return found


def _bound(keys: Collection[Key]) -> dict[Key, int]:
    """Customers a person named, those who were merged since as who they became."""
    named = {key: int(key[1]) for key in keys if key[0] == BOUND and key[1].isdecimal()}
    return {key: find_survivor(owner) or owner for key, owner in named.items()}


def _load_helds(ids: Collection[int], *, is_locked: bool) -> dict[int, Held]:
    if not ids:
        return {}
    columns = [getattr(Customer, name) for name in FIELDS]
    found = (
        select(Customer.id, Customer.sort_key, Customer.properties, *columns)
        .where(among(Customer.id, ids), is_here())
        .order_by(Customer.id)
    )
    if is_locked:
        found = found.with_for_update(key_share=True)
    helds = {
        row.id: Held(row.id, _texts(row._mapping), sort_key=row.sort_key, properties=dict(row.properties))  # noqa: SLF001 - SQLAlchemy's documented name
        for row in db.session.execute(found)
    }
    kinds = select(Address.customer_id, Address.kind).where(among(Address.customer_id, ids)).distinct()
    for owner, kind in db.session.execute(kinds):
        if owner in helds:
            helds[owner].kinds.add(kind.value)
    return helds


def _texts(given: RowMapping) -> dict[str, str]:
    found = {name: str(given[name]) for name in FIELDS if given[name] not in (None, "")}
    return found | {f"{PROPERTY}{key}": str(value) for key, value in given["properties"].items()}


def _load_consents(world: World, asked: Collection[str], purpose: Purpose) -> None:
    state = ConsentState
    said = select(state.channel, state.address, state.action, state.happened_at).where(
        state.purpose == purpose,
        state.theme == "",
        among(state.address, asked),
        state.address_kind.in_(list(AddressKind)),
    )
    for row in db.session.execute(said):
        world.said[row.channel, row.address] = (row.action is ConsentAction.GIVEN, row.happened_at)
    words = get_suppression_words(asked)
    world.blocked = {each for each, names in words.items() if {each, f"{each}|{purpose.value}"} & set(names)}


def list_relatives(
    import_id: int, keys: Iterable[Key], *, before_row: int | None = None, rows: Collection[int] = ()
) -> list[ImportRow]:
    """Rows of the file that are taken and share a key with these, with all that count as the same customer, in order.

    `before_row`: only earlier ones, without their cells. `rows`: these rows too, and whoever counted as the same as they
    did. Of rows that share one address only the first and a few of the last: a placeholder may stand in all of them.
    """
    last = END if before_row is None else before_row
    asked = set(rows) | _near(import_id, [hash_of(key) for key in keys], last)
    if not asked:
        return []
    here = ImportRow.import_id == import_id
    leaders = select(ImportRow.row, ImportRow.same_as).where(here, among(ImportRow.row, asked))
    group = {place for pair in db.session.execute(leaders) for place in pair if place is not None}
    given = {"import_id": import_id, "leaders": sorted(group), "most": MOST_ALIKE}
    followers = set(db.session.scalars(_FOLLOWERS, given)) if group else set()
    found = select(ImportRow).where(here, among(ImportRow.row, group | followers))
    if before_row is not None:
        found = found.where(ImportRow.row < before_row, ImportRow.outcome.in_(TAKEN))
        found = found.options(defer(ImportRow.cells), defer(ImportRow.edits))
    found = found.order_by(ImportRow.row).execution_options(populate_existing=True)
    return list(db.session.scalars(found))


def _near(import_id: int, hashes: Sequence[int], before_row: int) -> set[int]:
    given = {"import_id": import_id, "keys": hashes, "before": before_row}
    first = db.session.scalars(_FIRST, given | {"most": MOST_ALIKE})
    return {*first, *db.session.scalars(_LAST, given | {"most": FEW_ALIKE})}
