"""The undo: what an import made is taken back, row by row from the last to the first, where nothing hangs on it since."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, func, select

from hub.core.actor import Actor
from hub.core.batches import among
from hub.core.db import db
from hub.customers import rules as house_rules
from hub.customers.hygiene.findings import PROPERTY
from hub.customers.imports.consenting import Saying, record_sayings
from hub.customers.imports.keeping import (
    COMPUTED,
    OWN,
    UNSAID,
    find_kept,
    is_one_of,
    list_changed,
    text_of,
    that_name_customers,
)
from hub.customers.imports.models import ImportEffect
from hub.customers.imports.taking import Claim, claims_of, take_claims
from hub.customers.imports.words import UndoOutcome
from hub.customers.models import ConsentEntry, ConsentState, Customer
from hub.customers.words import AddressKind, ConsentAction

WITHDRAWN = "The import that recorded this consent was undone."


def list_back(import_id: int, before: int, size: int) -> list[ImportEffect]:
    """What was done last before the row `before`, the last first."""
    found = select(ImportEffect).where(
        ImportEffect.import_id == import_id, ImportEffect.row < before, ImportEffect.undone.is_(None)
    )
    found = found.order_by(ImportEffect.row.desc()).limit(size).execution_options(populate_existing=True)
    return list(db.session.scalars(found))


def list_places(import_id: int, before: int, size: int) -> list[int]:
    """The numbers of those rows."""
    found = select(ImportEffect.row).where(
        ImportEffect.import_id == import_id, ImportEffect.row < before, ImportEffect.undone.is_(None)
    )
    return list(db.session.scalars(found.order_by(ImportEffect.row.desc()).limit(size)))


def undo_effects(effects: Sequence[ImportEffect], *, by: Actor, now: datetime) -> None:
    """Take back what these rows did; each says what was done and what could not be."""
    _withdraw(effects, by=by, now=now)
    ids = sorted({each.customer_id for each in effects})
    locked = select(Customer).where(among(Customer.id, ids)).order_by(Customer.id).with_for_update()
    here = {row.id: row for row in db.session.scalars(locked.execution_options(populate_existing=True))}
    kept = find_kept([each.customer_id for each in effects if each.is_new], import_id=effects[0].import_id)
    here = {each: row for each, row in here.items() if not (row.merged_into_id or row.erased_at)}
    taken = take_claims([each for each in effects if not each.is_new and each.customer_id in here])
    removed: list[int] = []
    for effect in effects:
        customer = here.get(effect.customer_id)
        if effect.is_new and customer is not None and (changed := list_changed(customer, effect.after)):
            kept.setdefault(effect.customer_id, set()).update(changed)
        if effect.is_new and effect.customer_id not in kept and customer is not None:
            effect.undone = UndoOutcome.REMOVED
            removed.append(effect.customer_id)
        elif effect.is_new:
            effect.undone, effect.undo_note = UndoOutcome.KEPT, sorted(kept.get(effect.customer_id, {"gone"}))
        else:
            _restore(effect, customer, taken, now)
    db.session.flush()
    _remove(removed)


def _restore(
    effect: ImportEffect, customer: Customer | None, taken: Collection[Claim], now: datetime
) -> None:
    """Fields that still hold what the import wrote go back; the others stay and are named."""
    if customer is None:
        effect.undone, effect.undo_note = UndoOutcome.KEPT, ["gone"]
        return
    stays = []
    for name, value in effect.after.items():
        if name.startswith(PROPERTY):
            stays += _restore_property(customer, name, value, effect.before.get(name, ""))
        elif text_of(getattr(customer, name)) == value:
            setattr(customer, name, _typed(name, effect.before.get(name, "")))
        else:
            stays.append(name)
    stays += [kind for kind, value in claims_of(effect) if (kind, value) not in taken]
    if effect.after:
        anchor = customer.company or customer.sort_key
        customer.sort_key = house_rules.sort_key_of(customer.first_name, customer.last_name, otherwise=anchor)
        customer.updated_at = now
    effect.undo_note = stays
    effect.undone = UndoOutcome.PARTLY if stays else UndoOutcome.RESTORED


def _restore_property(customer: Customer, name: str, value: str, before: str) -> list[str]:
    """The same for a property, which is kept as what it is: a flag or a number goes back as such."""
    key = name.removeprefix(PROPERTY)
    if text_of(customer.properties.get(key)) != value:
        return [name]
    kept = {other: each for other, each in customer.properties.items() if other != key}
    customer.properties = kept | ({key: _as_before(customer.properties[key], before)} if before else {})
    return []


def _as_before(now: object, before: str) -> object:
    if isinstance(now, bool):
        return before == "True"
    return (float(before) if "." in before else int(before)) if isinstance(now, int | float) else before


def _remove(customer_ids: Sequence[int]) -> None:
    """New customers with all that the import gave them; links from rows of the file are cut."""
    if not customer_ids:
        return
    for table, column in reversed(that_name_customers()):
        if table.name in COMPUTED | OWN:
            db.session.execute(delete(table).where(is_one_of(table.c[column], customer_ids)))
    gone = delete(Customer).where(among(Customer.id, customer_ids))
    db.session.execute(gone.execution_options(synchronize_session=False))
    db.session.expire_all()


def _withdraw(effects: Sequence[ImportEffect], *, by: Actor, now: datetime) -> None:
    """Each yes that the import entered and that is still in force is withdrawn by an entry of its own."""
    owners = {entry: each.customer_id for each in effects for entry in each.made.get("consents", ())}
    if not owners:
        return
    entry = ConsentEntry
    found = select(entry).join(ConsentState, ConsentState.entry_id == entry.id)
    found = found.where(among(entry.id, owners), entry.action == ConsentAction.GIVEN)
    sayings = [
        Saying(
            customer_id=owners[row.id],
            kind=AddressKind(row.address_kind),
            address=row.address,
            channel=row.channel,
            purpose=row.purpose,
            action=ConsentAction.WITHDRAWN,
            wording=WITHDRAWN,
            version="import",
            point="import",
            happened_at=max(now, row.happened_at),
            evidence={**_origin(row.evidence), "undoes": row.id},
        )
        for row in db.session.scalars(found)
    ]
    record_sayings(sayings, by=by, now=now)


def _origin(evidence: Mapping[str, Any]) -> dict[str, Any]:
    return {"import_id": evidence.get("import_id")}


def _typed(name: str, text: str) -> object:
    if name in UNSAID and not text:
        return UNSAID[name]
    if name in {"title", "birth_on", "preferred_store_id"}:
        if not text:
            return None
        return date.fromisoformat(text) if name == "birth_on" else int(text) if name != "title" else text
    return text


def count_undone(import_id: int) -> dict[str, Any]:
    """How many rows the undo took back and how many not, and what stands in the way, as JSON."""
    here = ImportEffect.import_id == import_id
    counted = select(ImportEffect.undone, func.count()).where(here).group_by(ImportEffect.undone)
    outcomes = {str(undone): count for undone, count in db.session.execute(counted) if undone is not None}
    return {each.value: outcomes.get(each.value, 0) for each in UndoOutcome}
