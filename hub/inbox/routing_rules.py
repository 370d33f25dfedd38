"""Routing rules: what a rule asks of a new ticket, what it sets, and how several of them work together; pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from hub.core.text import fold
from hub.inbox.routing_words import RuleField, RuleMatch, RuleTest
from hub.reasons.rules import with_parents

F, T = RuleField, RuleTest
EQUAL = (T.IS, T.IS_NOT)
TESTS: Mapping[RuleField, tuple[RuleTest, ...]] = {
    **dict.fromkeys(RuleField, EQUAL),
    F.ORDER_AMOUNT: (T.AT_LEAST, T.AT_MOST),
    F.OPEN_NOW: (T.IS,),
    F.ATTACHMENT: (T.IS,),
}
YES, NO, NONE = "yes", "no", "none"
NUMBERS = frozenset({F.ORDER_AMOUNT})
TYPED = frozenset({F.TEXT, F.SENDER, F.WRITTEN_TO})
"""Fields whose values a person types, one a line; the others are chosen from a list."""
ASKS_ORDERS = frozenset({F.STANDING})
"""Fields that cost a look at the customer's orders."""
MOST_CONDITIONS = 12
TEXT_CHARS = 5000
CENTRAL = 0
"""The store of an effect that sends to the central queue."""


@dataclass(frozen=True)
class Condition:
    """One test of one field. `values` as text: words, enum values, ids, yes/no, an amount in cents."""

    field: RuleField
    test: RuleTest
    values: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Effects:
    """What is set; None and empty leave as it is. `store_id` 0 is the central queue."""

    store_id: int | None = None
    reason_id: int | None = None
    priority: str | None = None
    assignee_id: int | None = None
    expert_group_id: int | None = None
    tags: tuple[str, ...] = ()

    def given(self) -> dict[str, Any]:
        """Only what is set, as it is kept and shown."""
        return {name: value for name, value in vars(self).items() if value is not None and value != ()}


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule of the list. `stops_after`: when it matched, the rules behind it are not asked."""

    id: int
    name: str
    version_number: int
    is_active: bool
    match: RuleMatch
    conditions: tuple[Condition, ...]
    effects: Effects
    stops_after: bool = False

    def asks(self, *fields: RuleField) -> bool:
        return any(condition.field in fields for condition in self.conditions)


@dataclass(frozen=True, kw_only=True)
class Case:
    """A new ticket as rules see it. `is_open_now` None: the hours of the store are not known, or there is no store.

    `standing` and the order are "" and None when nobody knows them. `written_to` are addresses and numbers of ours.
    """

    channel: str
    subject: str = ""
    text: str = ""
    sender: str = ""
    written_to: tuple[str, ...] = ()
    language: str = ""
    reason_ids: tuple[int, ...] = ()
    priority: str = ""
    standing: str = ""
    order_state: str = ""
    order_cents: int | None = None
    store_id: int | None = None
    is_open_now: bool | None = None
    has_attachment: bool = False


@dataclass(frozen=True)
class Hit:
    """A rule that matched, in the version that did, and what it set."""

    rule_id: int
    name: str
    version_number: int
    changes: Mapping[str, Any]


@dataclass(frozen=True)
class Outcome:
    """Every rule that matched, and what they set together: of two rules that set the same the later one decides."""

    hits: tuple[Hit, ...] = ()
    effects: Effects = field(default_factory=Effects)


NOTHING = Outcome()


def evaluate(
    rules: Sequence[Rule], case: Case, *, parents: Mapping[int, int | None] | None = None
) -> Outcome:
    """Ask the active rules in their order. Each sees the ticket as the rules before it have left it.

    `parents`: the reason above each reason, so that a condition on a reason holds for those below it.
    """
    hits: list[Hit] = []
    effects = Effects()
    for rule in rules:
        if not rule.is_active or not matches(rule, case):
            continue
        hits.append(Hit(rule.id, rule.name, rule.version_number, rule.effects.given()))
        effects = _joined(effects, rule.effects)
        case = _after(case, rule.effects, parents or {})
        if rule.stops_after:
            break
    return Outcome(tuple(hits), effects)


def matches(rule: Rule, case: Case) -> bool:
    """Whether the conditions hold; a rule without any matches nothing."""
    if not rule.conditions:
        return False
    asked = (holds(condition, case) for condition in rule.conditions)
    return all(asked) if rule.match is RuleMatch.ALL else any(asked)


def holds(condition: Condition, case: Case) -> bool:
    """One condition. What is not known (no order, no hours, nobody's standing) meets no condition but `is not`."""
    if condition.test is T.AT_LEAST:
        return case.order_cents is not None and case.order_cents >= _cents(condition)
    if condition.test is T.AT_MOST:
        return case.order_cents is not None and case.order_cents <= _cents(condition)
    return _is(condition, case) is (condition.test is T.IS)


def _is(condition: Condition, case: Case) -> bool:
    asked = _ASKED.get(condition.field)
    if asked is not None:
        return asked(case, condition.values)
    return (getattr(case, condition.field.value) or NONE) in condition.values


def _is_open(case: Case, values: Sequence[str]) -> bool:
    return case.is_open_now is not None and (YES if case.is_open_now else NO) in values


def _among(ids: Iterable[int], values: Sequence[str]) -> bool:
    """A reason or one of those above it; `none` asks for a ticket without any."""
    known = {str(reason_id) for reason_id in ids} or {NONE}
    return not known.isdisjoint(values)


def has_words(text: str, words: Iterable[str]) -> bool:
    """Whether one of the words or phrases stands in the text, whole, without regard to accents, case and spaces.

    A star at the end stands for any ending: `rembours*`.
    """
    plain = _folded(text)
    return any(pattern in plain for word in words if (pattern := _pattern(word)))


@lru_cache(maxsize=64)
def _folded(text: str) -> str:
    """Only letters and figures, single spaces, a space at each end: asked by many rules of one ticket."""
    return f" {' '.join(''.join(each if each.isalnum() else ' ' for each in fold(text)).split())} "


@lru_cache(maxsize=1024)
def _pattern(word: str) -> str:
    """As it is looked for: ` mot ` whole, ` mot` for its beginning, "" for nothing to look for."""
    bare = _folded(word.strip().removesuffix("*")).strip()
    if not bare:
        return ""
    return f" {bare}" if word.strip().endswith("*") else f" {bare} "


def is_address(address: str, wanted: str) -> bool:
    """The address itself, its part before the @ (`lyon@`), or its domain (`client.example`) with those below it."""
    given, asked = address.strip().lower(), wanted.strip().lower()
    local, _, domain = given.rpartition("@")
    if not given or not asked:
        return False
    if asked.endswith("@"):
        return local == asked.removesuffix("@")
    if "@" in asked.removeprefix("@"):
        return given == asked
    bare = asked.removeprefix("@")
    return given == asked or domain == bare or domain.endswith(f".{bare}")


_ASKED: Mapping[RuleField, Callable[[Case, Sequence[str]], bool]] = {
    F.TEXT: lambda case, values: has_words(f"{case.subject}\n{case.text[:TEXT_CHARS]}", values),
    F.SENDER: lambda case, values: any(is_address(case.sender, value) for value in values),
    F.WRITTEN_TO: lambda case, values: any(
        is_address(to, value) for to in case.written_to for value in values
    ),
    F.REASON: lambda case, values: _among(case.reason_ids, values),
    F.STORE: lambda case, values: str(case.store_id or CENTRAL) in values,
    F.OPEN_NOW: _is_open,
    F.ATTACHMENT: lambda case, values: (YES if case.has_attachment else NO) in values,
}
"""Fields that are not one word of the ticket."""


def _cents(condition: Condition) -> int:
    return int(condition.values[0])


def _joined(first: Effects, later: Effects) -> Effects:
    tags = tuple(dict.fromkeys((*first.tags, *later.tags)))
    return replace(first, **{**later.given(), "tags": tags})


def _after(case: Case, effects: Effects, parents: Mapping[int, int | None]) -> Case:
    """The ticket as the next rule sees it. Whether another store is open is not known any more."""
    changes: dict[str, Any] = {}
    if effects.store_id is not None and effects.store_id != (case.store_id or CENTRAL):
        changes |= {"store_id": effects.store_id or None, "is_open_now": None}
    if effects.reason_id is not None:
        changes["reason_ids"] = with_parents(effects.reason_id, parents)
    if effects.priority is not None:
        changes["priority"] = effects.priority
    return replace(case, **changes) if changes else case


def to_content(
    match: RuleMatch, conditions: Sequence[Condition], effects: Effects, *, stops: bool
) -> dict[str, Any]:
    """As a rule is kept."""
    return {
        "match": match.value,
        "stops_after": stops,
        "conditions": [
            {"field": each.field.value, "test": each.test.value, "values": list(each.values)}
            for each in conditions
        ],
        "effects": {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in effects.given().items()
        },
    }


def from_content(
    content: Mapping[str, Any], *, rule_id: int, name: str, version_number: int, is_active: bool
) -> Rule:
    """A kept rule as it is asked."""
    given = dict(content["effects"])
    return Rule(
        id=rule_id,
        name=name,
        version_number=version_number,
        is_active=is_active,
        match=RuleMatch(content["match"]),
        conditions=tuple(
            Condition(RuleField(each["field"]), RuleTest(each["test"]), tuple(each["values"]))
            for each in content["conditions"]
        ),
        effects=Effects(**{**given, "tags": tuple(given.get("tags", ()))}),
        stops_after=bool(content["stops_after"]),
    )
