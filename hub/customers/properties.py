"""Typed properties of customers: defined, looked at, given values; none is taken away while something looks at it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.batches import among
from hub.core.db import db
from hub.core.errors import Conflict, Invalid, NotFound
from hub.core.text import N_
from hub.customers.models import Customer
from hub.customers.property_leaving import begin, is_leaving, list_leaving
from hub.customers.property_models import PropertyDefinition, PropertyUse
from hub.customers.property_rules import LONGEST_TEXT, PropertyValue, check_choices, check_key, clean_value
from hub.customers.property_words import PropertyKind

__all__ = [
    "Definition",
    "Use",
    "clean_properties",
    "count_values",
    "forget_property",
    "get_definition",
    "get_properties",
    "hold_definitions",
    "list_definitions",
    "list_leaving",
    "list_uses",
    "note_uses",
    "save_property",
    "set_properties",
]
SUBJECT = "property"
LONGEST_LABEL = 80
GONE = N_("This property does not exist any more. Please reload the list.")
TAKEN = N_("A property of this name exists already. Please choose another name.")
LEAVING = N_(
    "The values of the former property of this name are still being taken away. Please try again later."
)


@dataclass(frozen=True)
class Definition:
    """`key` is what import, API and segments name it by; `label` what people read."""

    key: str
    family: str
    kind: PropertyKind
    label: str
    description: str
    choices: tuple[str, ...]


@dataclass(frozen=True)
class Use:
    """What looks at a property: a segment, later a plan; `source_id` is its row."""

    source_kind: str
    source_id: int
    name: str


def list_definitions() -> list[Definition]:
    """All, by family and key."""
    found = select(PropertyDefinition).where(~is_leaving())
    rows = db.session.scalars(found.order_by(PropertyDefinition.family, PropertyDefinition.key))
    return [_shown(row) for row in rows]


def get_definition(key: str) -> Definition:
    """Raises NotFound."""
    row = db.session.scalar(select(PropertyDefinition).where(PropertyDefinition.key == key, ~is_leaving()))
    if row is None:
        raise NotFound(GONE)
    return _shown(row)


def clean_properties(values: Mapping[str, Any]) -> dict[str, PropertyValue | None]:
    """Values as they are kept, by key; None for an empty one. Raises Invalid, `field` is `property:<key>`."""
    if not values:
        return {}
    known = {each.key: each for each in list_definitions()}
    cleaned: dict[str, PropertyValue | None] = {}
    for key, value in values.items():
        if key not in known:
            raise Invalid(
                N_("No property is called “%(key)s”. Please define it first, or leave it out."),
                field=f"property:{key}",
                key=str(key)[:80],
            )
        try:
            cleaned[key] = clean_value(known[key].kind, value, known[key].choices)
        except Invalid as error:
            raise Invalid(error.text, field=f"property:{key}", **error.values) from None
    return cleaned


def get_properties(customer_ids: Collection[int]) -> dict[int, dict[str, PropertyValue]]:
    """The values of each customer by key; customers without any have an empty one. A property that leaves is unseen."""
    leaving = func.array(select(PropertyDefinition.key).where(is_leaving()).scalar_subquery())
    kept = Customer.properties.op("-")(leaving)
    found = db.session.execute(select(Customer.id, kept).where(among(Customer.id, customer_ids)))
    return {customer_id: dict(values) for customer_id, values in found}


def set_properties(customer_id: int, values: Mapping[str, Any], *, by: Actor, now: datetime) -> bool:
    """Write these, keep the others; an empty one is taken away. True when something changed, with its audit line.

    Raises Invalid (field `property:<key>`) or NotFound.
    """
    if values:
        hold_definitions(values)
    cleaned = clean_properties(values)
    found = select(Customer.properties).where(Customer.id == customer_id).with_for_update(key_share=True)
    before = db.session.scalar(found)
    if before is None:
        raise NotFound(N_("This customer does not exist any more."))
    after = {key: value for key, value in {**before, **cleaned}.items() if value is not None}
    if after == before:
        return False
    changed = sorted(key for key in cleaned if before.get(key) != after.get(key))
    statement = update(Customer).where(Customer.id == customer_id).values(properties=after, updated_at=now)
    db.session.execute(statement)
    fields = [f"property:{key}" for key in changed]
    note_change(
        "customer.edited", subject_kind="customer", subject_id=customer_id, by=by, now=now, fields=fields
    )
    return True


def hold_definitions(keys: Collection[str]) -> None:
    """These stay until the transaction ends: nobody takes one away between the look at it and the value."""
    found = select(PropertyDefinition.id).where(among(PropertyDefinition.key, keys))
    db.session.execute(found.order_by(PropertyDefinition.id).with_for_update(read=True, key_share=True))


def save_property(
    *,
    key: str,
    family: str,
    kind: PropertyKind,
    label: str,
    description: str,
    choices: Iterable[str] = (),
    is_new: bool,
    by: Actor,
    now: datetime,
) -> None:
    """Define a property or change its words and choices; family and kind stay. Raises Invalid or Conflict."""
    _check_words(label, description)
    if not is_new:
        _change(_get(key), label.strip(), description.strip(), tuple(choices), by=by, now=now)
        return
    check_key(key, family)
    new = insert(PropertyDefinition).values(
        key=key,
        family=family,
        kind=kind,
        label=label.strip(),
        description=description.strip(),
        choices=list(check_choices(kind, tuple(choices))),
        created_at=now,
        updated_at=now,
    )
    made = new.on_conflict_do_nothing(index_elements=["key"]).returning(PropertyDefinition.id)
    row_id = db.session.scalar(made)
    if row_id is None:
        raise Conflict(LEAVING if key in {each.key for each in list_leaving()} else TAKEN, field="key")
    note_change("property.defined", subject_kind=SUBJECT, subject_id=row_id, by=by, now=now, key=key)


def _check_words(label: str, description: str) -> None:
    for field, words, most in (("label", label, LONGEST_LABEL), ("description", description, LONGEST_TEXT)):
        if not words.strip():
            raise Invalid(N_("Please fill in this field."), field=field)
        if len(words) > most:
            raise Invalid(N_("This text is too long."), field=field)


def _change(
    row: PropertyDefinition,
    label: str,
    description: str,
    choices: tuple[str, ...],
    *,
    by: Actor,
    now: datetime,
) -> None:
    """A value of a choice that customers have stays: they would hold what nobody may choose."""
    kept = check_choices(row.kind, choices)
    for gone in set(row.choices) - set(kept):
        count = _count(Customer.properties.contains({row.key: gone}))
        if count:
            raise Conflict(
                N_("%(count)s customers have the value “%(value)s”. Please leave it in the list."),
                field="choices",
                count=count,
                value=gone,
            )
    row.label, row.description, row.choices, row.updated_at = label, description, list(kept), now
    note_change("property.changed", subject_kind=SUBJECT, subject_id=row.id, by=by, now=now, key=row.key)


def forget_property(key: str, *, by: Actor, now: datetime) -> int:
    """Take a property away with the values that customers have. Raises Conflict while it is used.

    Nobody sees it from now on; of very many customers a job takes the values. Returns how many had one, as far as it is
    known at once.
    """
    row = _get(key)
    uses = list_uses().get(key, ())
    if uses:
        raise Conflict(
            N_("“%(label)s” is used by %(names)s. Please change these first."),
            label=row.label,
            names=", ".join(each.name for each in uses),
        )
    row.forgotten_at = now
    note_change("property.removed", subject_kind=SUBJECT, subject_id=row.id, by=by, now=now, key=key)
    return begin(row)


def count_values() -> dict[str, int]:
    """How many customers have a value, by key, in one pass."""
    found = db.session.execute(
        text(
            "SELECT key, count(*) FROM customers, jsonb_object_keys(properties) AS key WHERE properties <> '{}' GROUP BY key"
        )
    )
    return {key: count for key, count in found}  # noqa: C416 - rows are not pairs to mypy


def list_uses() -> dict[str, tuple[Use, ...]]:
    """What looks at each property, by key."""
    found: dict[str, tuple[Use, ...]] = {}
    for row in db.session.scalars(select(PropertyUse).order_by(PropertyUse.name, PropertyUse.id)):
        found[row.key] = (*found.get(row.key, ()), Use(row.source_kind, row.source_id, row.name))
    return found


def note_uses(*, source_kind: str, source_id: int, name: str, keys: Collection[str]) -> None:
    """From now on this looks at exactly these properties; none: it looks at none any more.

    Raises Conflict when one was taken away meanwhile.
    """
    mine = (PropertyUse.source_kind == source_kind, PropertyUse.source_id == source_id)
    db.session.execute(delete(PropertyUse).where(*mine))
    if not keys:
        return
    found = (
        select(PropertyDefinition.key)
        .where(among(PropertyDefinition.key, keys), ~is_leaving())
        .with_for_update(read=True)
    )
    known = set(db.session.scalars(found))
    if missing := set(keys) - known:
        raise Conflict(
            N_("The property %(names)s does not exist any more. Please take it out."),
            names=", ".join(sorted(missing)),
        )
    rows = [
        {"source_kind": source_kind, "source_id": source_id, "name": name, "key": key}
        for key in sorted(known)
    ]
    db.session.execute(insert(PropertyUse).values(rows))


def _get(key: str) -> PropertyDefinition:
    found = select(PropertyDefinition).where(PropertyDefinition.key == key, ~is_leaving()).with_for_update()
    row = db.session.scalar(found)
    if row is None:
        raise NotFound(GONE)
    return row


def _count(condition: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(Customer).where(condition)) or 0


def _shown(row: PropertyDefinition) -> Definition:
    return Definition(row.key, row.family, row.kind, row.label, row.description, tuple(row.choices))
