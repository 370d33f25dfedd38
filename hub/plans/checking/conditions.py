"""Checks of conditions: questions that can never be true here, and those about something that is gone. Pure."""

from collections.abc import Iterator, Sequence

from hub.plans.checking.findings import Fault, Finding, found
from hub.plans.checking.known import Known
from hub.plans.checking.messages import ORDERING, gives_code
from hub.plans.checking.ways import Ways
from hub.plans.definitions import AnyOf, Clause, Condition, Step
from hub.plans.words import Ask, Never, StepKind, Trigger

ABOUT_MESSAGES = frozenset({Ask.OPENED, Ask.CLICKED, Ask.ENGAGED})
ABOUT_BASKETS = frozenset({Ask.BASKET, Ask.BASKET_VALUE})
UNTOLD = frozenset({Trigger.BY_HAND, Trigger.EVENT, Trigger.INACTIVE})
"""Whoever enters by these may bring an order or a basket, or not."""


def check_conditions(ways: Ways, known: Known) -> Iterator[Finding]:
    yield from _entry(ways, known)
    for step in ways.definition.steps:
        if not step.is_on or step.key not in ways.reached:
            continue
        for clauses in (step.when, *(variant.when for variant in step.variants)):
            yield from _never(ways, step, clauses)
        for leaf in dict.fromkeys(step.leaves):
            yield from _gone(leaf, step.key, known)
        if step.kind is StepKind.PROPERTY and step.details.get("property") not in known.properties:
            yield found(Fault.NO_PROPERTY, step.key, property=step.details.get("property"))


def _entry(ways: Ways, known: Known) -> Iterator[Finding]:
    entry = ways.definition.entry
    if reason := _contradiction(entry.when):
        yield found(Fault.NEVER_ENTERED, None, reason=reason)
    for clause in entry.when:
        if isinstance(clause, Condition) and (reason := _why_entry(ways, clause)):
            yield found(Fault.NEVER_ENTERED, None, clause=clause, reason=reason)
        for leaf in clause.leaves:
            yield from _gone(leaf, None, known)
    family, _, key = str(entry.params.get("of", "")).partition(":")
    if family == "property" and key not in known.properties:
        yield found(Fault.NO_PROPERTY, None, property=key)


def _why_entry(ways: Ways, leaf: Condition) -> Never | None:
    """Nothing has been sent yet as somebody comes in."""
    if leaf.ask in ABOUT_MESSAGES or (leaf.ask is Ask.FIRST_MESSAGE_SENT and not leaf.is_not):
        return Never.NOTHING_SENT
    return _why_world(ways, leaf)


def _never(ways: Ways, step: Step, clauses: Sequence[Clause]) -> Iterator[Finding]:
    for clause in clauses:
        if reason := _why(ways, step, clause):
            yield found(Fault.NEVER_TRUE, step.key, clause=clause, reason=reason)
    if reason := _contradiction(clauses):
        yield found(Fault.NEVER_TRUE, step.key, reason=reason)


def _contradiction(clauses: Sequence[Clause]) -> Never | None:
    """The same question asked both ways round."""
    said = {(each.key, each.is_not) for each in clauses if isinstance(each, Condition)}
    return Never.BOTH_WAYS if any((key, not is_not) in said for key, is_not in said) else None


def _why(ways: Ways, step: Step, clause: Clause) -> Never | None:
    if isinstance(clause, AnyOf):
        reasons = [_why(ways, step, part) for part in clause.parts]
        return reasons[0] if all(reasons) else None
    if clause.ask in ABOUT_MESSAGES:
        return _why_message(ways, step, clause.params.get("step"))
    if clause.ask is Ask.FIRST_MESSAGE_SENT and not clause.is_not:
        return None if _sends_before(ways, step) else Never.NOTHING_SENT
    if clause.ask is Ask.CODE_USED and not clause.is_not:
        has_codes = gives_code(ways, step) or any(each.pool for each in ways.steps_before(step))
        return None if has_codes else Never.NO_CODE
    return _why_world(ways, clause)


def _why_message(ways: Ways, step: Step, named: str | None) -> Never | None:
    """Nobody reacts to what never left; turned round the answer is as unknown."""
    if named is None:
        return None if _sends_before(ways, step) else Never.NOTHING_SENT
    other = ways.definition.find_step(named)
    if other is None or not other.is_send:
        return Never.NO_MESSAGE
    if not other.is_on:
        return Never.IS_OFF
    if named in ways.before[step.key]:
        return None
    is_later = named == step.key or step.key in ways.before.get(named, frozenset())
    return Never.COMES_LATER if is_later else Never.OTHER_BRANCH


def _sends_before(ways: Ways, step: Step) -> bool:
    return any(each.is_send and each.is_on for each in ways.steps_before(step))


def _why_world(ways: Ways, leaf: Condition) -> Never | None:
    """What the entries of this plan never bring with them."""
    on = set(ways.definition.entry.on)
    if leaf.ask in ABOUT_BASKETS and not on & (UNTOLD | {Trigger.BASKET_LEFT}):
        return Never.NO_BASKET
    if leaf.ask in {Ask.AMOUNT, Ask.ORDER_REACHED} and not on & (UNTOLD | ORDERING):
        return Never.NO_ORDER
    if leaf.ask is Ask.ANSWERED and not leaf.is_not and not on & (UNTOLD | ORDERING):
        return Never.NO_ORDER
    if leaf.ask is Ask.ENTERED_BY and not leaf.is_not and leaf.params["trigger"] not in on:
        return Never.OTHER_ENTRY
    return None


def _gone(leaf: Condition, step_key: str | None, known: Known) -> Iterator[Finding]:
    if leaf.ask is Ask.SEGMENT and leaf.params["id"] not in known.segments:
        yield found(Fault.NO_SEGMENT, step_key, segment=leaf.params["id"])
    if leaf.ask is Ask.TIER:
        for name in leaf.params["in"]:
            if name not in known.tiers:
                yield found(Fault.NO_TIER, step_key, tier=name)
    if leaf.ask is Ask.REGION:
        word, value = leaf.params["property"], leaf.params["value"]
        if value not in known.regions.get(word, frozenset()):
            yield found(Fault.NO_REGION_WORD, step_key, word=word, value=value)
