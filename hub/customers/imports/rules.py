"""What a row of a contact file does to the customers there are: found, made, completed, refused. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from hub.core.text import fold
from hub.core.words import Channel
from hub.customers import rules
from hub.customers.hygiene.findings import PROPERTY, Field, FindingKind
from hub.customers.imports.words import Clash, ImportKind, RowOutcome, RowReason
from hub.customers.words import AddressKind

PARIS = ZoneInfo("Europe/Paris")
NAMES = ("first_name", "last_name")
FIELDS = (
    "title",
    *NAMES,
    "birth_on",
    "street",
    "postcode",
    "town",
    "country",
    "company",
    "language",
    "preferred_store_id",
)
"""The columns of a customer that a file may fill; values are text here, also dates and ids."""
CARD = "loyalty_card"
FILE = "file"
"""How ids of a file are called where its person gave them no name."""

Key = tuple[str, str]
"""How a row names a customer: ("mail" | "phone" | the system of an id, the value in normal form)."""
MAIL, PHONE = AddressKind.MAIL.value, AddressKind.PHONE.value
BOUND = "=customer"
"""As a key and as an edit of a row: the id of the customer whom a person said the row is."""
Note = tuple[str, str, str, str | None]
"""(kind, field, value, what the base or another row says)."""


@dataclass
class Held:
    """A customer as he is at this moment of the import; `customer_id` is None while only the file knows him.

    `fields` holds his columns and, as `property:<key>`, the chain's own properties as text; `properties` these as they
    are kept. `row`: the first row of the file that named him.
    """

    customer_id: int | None
    fields: dict[str, str]
    kinds: set[str] = field(default_factory=set)
    row: int | None = None
    sort_key: str = ""
    properties: dict[str, Any] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, str]:
        return self.fields.get("first_name", ""), self.fields.get("last_name", "")


@dataclass(frozen=True)
class Proof:
    """Where, when and by which words somebody agreed; complete only with all three."""

    source: str = ""
    happened_at: datetime | None = None
    wording: str = ""

    @property
    def is_complete(self) -> bool:
        return bool(self.source and self.happened_at and self.wording)


@dataclass(frozen=True)
class Wish:
    """A yes or no of a row, for one channel, to one address."""

    channel: Channel
    kind: AddressKind
    address: str
    is_given: bool
    proof: Proof


@dataclass(frozen=True)
class Line:
    """A row ready to be planned. `keys` the surest first; `choice` is what a person decided for this row, `same_as` the
    earlier row of the file that the dry run found to be the same customer.
    """

    row: int
    fields: Mapping[str, str]
    keys: Sequence[Key]
    wishes: Sequence[Wish] = ()
    choice: Clash | None = None
    same_as: int | None = None


@dataclass
class Plan:
    """What becomes of a row. `added` are new addresses and ids with whether they become the primary ones."""

    outcome: RowOutcome
    reason: RowReason | None = None
    held: Held | None = None
    same_as: int | None = None
    before: dict[str, str] = field(default_factory=dict)
    after: dict[str, str] = field(default_factory=dict)
    added: list[tuple[Key, bool]] = field(default_factory=list)
    wishes: list[Wish] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


@dataclass
class World:
    """The customers the rows of a batch may mean, and what their addresses said to the purpose of the file.

    `said`: (channel, address) to (is it a yes, when); `blocked`: addresses nothing of the kind may be sent to;
    `unconfirmed`: addresses that only a form had told, with their ids.
    """

    owners: dict[Key, Held] = field(default_factory=dict)
    said: dict[tuple[Channel, str], tuple[bool, datetime]] = field(default_factory=dict)
    blocked: set[str] = field(default_factory=set)
    unconfirmed: dict[Key, int] = field(default_factory=dict)


def keys_of(values: Mapping[str, str], id_source: str = FILE) -> list[Key]:
    """Everything of a clean row that names a customer, the surest first."""
    found = [(BOUND, values.get(BOUND, "")), (MAIL, values.get(Field.MAIL, ""))]
    found += [(CARD, values.get(Field.LOYALTY_CARD, "")), (id_source, values.get(Field.EXTERNAL_ID, ""))]
    found += [(PHONE, values.get(name, "")) for name in (Field.MOBILE, Field.PHONE, Field.LANDLINE)]
    return [key for key in dict.fromkeys(found) if key[1]]


def fields_of(values: Mapping[str, str], store_ids: Mapping[str, int]) -> dict[str, str]:
    """The columns of a customer that a clean row fills; a store by its folded name or code."""
    found = {name: values[name] for name in FIELDS if values.get(name)}
    found |= {name: value for name, value in values.items() if name.startswith(PROPERTY)}
    store_id = store_ids.get(fold(values.get(Field.PREFERRED_STORE, "")))
    return found | ({"preferred_store_id": str(store_id)} if store_id else {})


def plan_row(line: Line, world: World, *, clash: Clash, duplicates: Clash) -> Plan:
    """What the row does, and the world changed as it will be after it.

    `clash` is for customers the base knows, `duplicates` for those an earlier row of the file named. A phone alone
    makes two people one only when their names agree: families share a phone.
    """
    if line.choice is Clash.SKIP:
        return Plan(RowOutcome.SKIPPED, RowReason.BY_HAND)
    if not line.keys:
        return Plan(*(_NO_ADDRESS if line.fields else (RowOutcome.SKIPPED, RowReason.EMPTY)))
    held = _choose(line, world)
    if held is None:
        return _make(line, world)
    held.row = held.row or line.same_as
    is_again = held.row is not None
    mode = line.choice or (duplicates if is_again else clash)
    if mode is Clash.SKIP:
        reason = RowReason.IN_FILE if is_again else RowReason.KNOWN
        return Plan(RowOutcome.SKIPPED, reason, held, held.row, notes=_again(held))
    return _complete(line, held, world, mode)


_NO_ADDRESS = (RowOutcome.REFUSED, RowReason.NO_ADDRESS)


def _choose(line: Line, world: World) -> Held | None:
    names = (line.fields.get("first_name", ""), line.fields.get("last_name", ""))
    for key in line.keys:
        held = world.owners.get(key)
        if held is not None and (key[0] != PHONE or _is_same_person(line, names, held)):
            return held
    return None


def _is_same_person(line: Line, names: tuple[str, str], held: Held) -> bool:
    if not rules.is_same_name(names, held.names):
        return False
    has_mail = any(kind == MAIL for kind, _ in line.keys)
    return not has_mail or (any(names) and any(held.names)) or MAIL not in held.kinds


def _make(line: Line, world: World) -> Plan:
    free = [key for key in line.keys if key not in world.owners and key[0] != BOUND]
    if not free:
        return Plan(RowOutcome.REFUSED, RowReason.PHONE_OF_OTHER, notes=_elsewhere(line, None, world))
    held = Held(None, dict(line.fields), {key[0] for key in free}, line.row)
    plan = Plan(RowOutcome.NEW, None, held, after=dict(line.fields))
    plan.notes += _elsewhere(line, held, world)
    seen: set[str] = set()
    for key in free:
        plan.added.append((key, key[0] not in seen))
        seen.add(key[0])
        world.owners[key] = held
    _take_wishes(line, plan, world)
    return plan


def _complete(line: Line, held: Held, world: World, mode: Clash) -> Plan:
    plan = Plan(RowOutcome.UNCHANGED, None, held, held.row, notes=_again(held))
    held.row = held.row or line.row
    _change_names(line, plan, mode)
    for name, value in line.fields.items():
        if name not in NAMES:
            _change(name, value, plan, mode)
    plan.notes += _elsewhere(line, held, world)
    for key in line.keys:
        if key not in world.owners and key[0] != BOUND:
            plan.added.append((key, mode is Clash.OVERWRITE or key[0] not in held.kinds))
            held.kinds.add(key[0])
            world.owners[key] = held
    held.fields |= plan.after
    _take_wishes(line, plan, world)
    if plan.after or plan.added or plan.wishes:
        plan.outcome = RowOutcome.UPDATED
    return plan


def _change_names(line: Line, plan: Plan, mode: Clash) -> None:
    """A name is filled as a whole, so that two people's names never mix."""
    assert plan.held is not None  # noqa: S101 - who is completed is there
    given = {name: line.fields[name] for name in NAMES if name in line.fields}
    theirs = plan.held.names
    if not given or (given.get("first_name", ""), given.get("last_name", "")) == theirs:
        return
    ours = (given.get("first_name", ""), given.get("last_name", ""))
    if any(theirs) and not rules.is_same_name(ours, theirs):
        plan.notes.append(
            (ImportKind.NAME_DIFFERS, "last_name", " ".join(ours).strip(), " ".join(theirs).strip())
        )
    if not any(theirs) or mode is Clash.OVERWRITE:
        for name, value in given.items():
            _set(name, value, plan)


def _change(name: str, value: str, plan: Plan, mode: Clash) -> None:
    assert plan.held is not None  # noqa: S101 - who is completed is there
    old = plan.held.fields.get(name, "")
    if old == value:
        return
    if not old or mode is Clash.OVERWRITE:
        _set(name, value, plan)
    elif fold(old) != fold(value):
        plan.notes.append((ImportKind.VALUE_DIFFERS, name, value, old))


def _set(name: str, value: str, plan: Plan) -> None:
    assert plan.held is not None  # noqa: S101 - who is completed is there
    old = plan.held.fields.get(name, "")
    if old != value:
        plan.before[name], plan.after[name] = old, value


def _again(held: Held) -> list[Note]:
    return [(FindingKind.DUPLICATE_IN_FILE, "", "", str(held.row))] if held.row is not None else []


def _elsewhere(line: Line, held: Held | None, world: World) -> list[Note]:
    """Addresses and ids of the row that belong to somebody else, where they stay."""
    notes: list[Note] = []
    for kind, value in line.keys:
        owner = world.owners.get((kind, value))
        if owner is None or owner is held or kind == BOUND:
            continue
        name = " ".join(filter(None, owner.names)) or (
            str(owner.customer_id) if owner.customer_id else str(owner.row)
        )
        found = ImportKind.PHONE_ELSEWHERE if kind in {PHONE, MAIL} else ImportKind.ID_ELSEWHERE
        notes.append((found, kind if kind in {PHONE, MAIL, CARD} else Field.EXTERNAL_ID.value, value, name))
    return notes


def _take_wishes(line: Line, plan: Plan, world: World) -> None:
    """Consents that may be recorded: proven, news to the ledger, not refused later, of an address that is not blocked."""
    for wish in line.wishes:
        if world.owners.get((wish.kind.value, wish.address)) is not plan.held:
            continue
        name = Field.CONSENT_EMAIL if wish.channel is Channel.EMAIL else Field.CONSENT_SMS
        said = world.said.get((wish.channel, wish.address))
        if said is not None and said[0] is wish.is_given:
            continue
        moment = wish.proof.happened_at
        if wish.is_given and wish.address in world.blocked:
            plan.notes.append((ImportKind.CONSENT_BLOCKED, name, wish.address, None))
        elif wish.is_given and said is not None and moment is not None and said[1] >= moment:
            plan.notes.append((ImportKind.CONSENT_REFUSED, name, wish.address, said[1].date().isoformat()))
        else:
            plan.wishes.append(wish)
            if moment is not None:
                world.said[wish.channel, wish.address] = (wish.is_given, moment)
