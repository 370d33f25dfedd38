"""The form of a rule: conditions added one by one, each with the widget of its field; read from what was sent."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from hub.blueprints.routing.base import lines
from hub.blueprints.routing.words import Offer, field_words, test_words
from hub.inbox.actions.editing_rules import RuleDetails
from hub.inbox.routing_rules import MOST_CONDITIONS, NUMBERS, TESTS, TYPED, Condition, Effects, Rule
from hub.inbox.routing_words import RuleField, RuleMatch, RuleTest

Sent = MultiDict[str, str]
FEW = 8
NO_CHANGE = ""


@dataclass
class Draft:
    """A rule while it is edited; what is not complete yet may stand in it."""

    name: str = ""
    match: RuleMatch = RuleMatch.ALL
    conditions: list[Condition] = field(default_factory=list)
    effects: Effects = field(default_factory=Effects)
    stops_after: bool = False
    is_active: bool = False

    def details(self) -> RuleDetails:
        return RuleDetails(**vars(self))

    def as_rule(self, rule_id: int) -> Rule:
        """For a trial; a rule that is not kept yet has the id 0."""
        return Rule(
            id=rule_id,
            name=self.name,
            version_number=0,
            is_active=True,
            match=self.match,
            conditions=tuple(self.conditions),
            effects=self.effects,
            stops_after=self.stops_after,
        )


def draft_of(rule: Rule) -> Draft:
    return Draft(
        name=rule.name,
        match=rule.match,
        conditions=list(rule.conditions),
        effects=rule.effects,
        stops_after=rule.stops_after,
        is_active=rule.is_active,
    )


def read_draft(sent: Sent) -> Draft:
    """What stands in the form, with a condition more or less when its buttons were pressed."""
    draft = Draft(
        name=sent.get("name", "").strip(),
        match=RuleMatch(sent["match"]) if sent.get("match") in set(RuleMatch) else RuleMatch.ALL,
        conditions=_read_conditions(sent),
        effects=_read_effects(sent),
        stops_after=sent.get("stops_after") == "1",
        is_active=sent.get("is_active") == "1",
    )
    act = sent.get("act", "")
    if act == "add" and sent.get("new_field") in set(RuleField) and len(draft.conditions) < MOST_CONDITIONS:
        chosen = RuleField(sent["new_field"])
        draft.conditions.append(Condition(chosen, TESTS[chosen][0], ()))
    place = act.removeprefix("remove-")
    if act.startswith("remove-") and place.isdecimal() and int(place) < len(draft.conditions):
        del draft.conditions[int(place)]
    return draft


def _read_conditions(sent: Sent) -> list[Condition]:
    found = []
    for place in range(MOST_CONDITIONS):
        name, test = sent.get(f"c{place}-field"), sent.get(f"c{place}-test")
        if name not in set(RuleField) or test not in set(RuleTest):
            continue
        chosen = RuleField(name)
        found.append(Condition(chosen, RuleTest(test), _read_values(chosen, sent, f"c{place}-value")))
    return found


def _read_values(chosen: RuleField, sent: Sent, name: str) -> tuple[str, ...]:
    if chosen in NUMBERS:
        cents = _cents(sent.get(name, ""))
        return (str(cents),) if cents is not None else ()
    return lines(sent.get(name)) if chosen in TYPED else tuple(sent.getlist(name))


def _cents(text: str) -> int | None:
    """`49,90` in cents; None for what is no amount."""
    try:
        cents = Decimal(text.replace(" ", "").replace("\u202f", "").replace(",", ".")) * 100
    except InvalidOperation:
        return None
    return int(cents) if cents.is_finite() and 0 <= cents < 10**12 else None


def _read_effects(sent: Sent) -> Effects:
    return Effects(
        store_id=sent.get("e-store", type=int),
        reason_id=sent.get("e-reason", type=int),
        priority=sent.get("e-priority") or None,
        assignee_id=sent.get("e-assignee", type=int),
        expert_group_id=sent.get("e-group", type=int),
        tags=lines(sent.get("e-tags")),
    )


def known_effects(effects: Effects, offer: Offer) -> Effects:
    """Only what was offered; another value in what was sent is as if it were not there."""
    given = effects.given()
    lists: dict[str, Sequence[tuple[str, str]]] = {
        "store_id": [("0", ""), *offer.stores],
        "reason_id": offer.reasons,
        "assignee_id": offer.people,
        "expert_group_id": offer.groups,
        "priority": offer.choices(RuleField.PRIORITY) or [],
    }
    unknown: dict[str, Any] = {
        name: None
        for name, pairs in lists.items()
        if name in given and str(given[name]) not in {value for value, _ in pairs}
    }
    return replace(effects, **unknown)


def widgets(draft: Draft, offer: Offer) -> list[dict[str, Any]]:
    """The conditions as the template draws them."""
    return [_widget(place, condition, offer) for place, condition in enumerate(draft.conditions)]


def _widget(place: int, condition: Condition, offer: Offer) -> dict[str, Any]:
    choices = offer.choices(condition.field)
    typed = ""
    if condition.field in NUMBERS and condition.values:
        typed = f"{int(condition.values[0]) / 100:.2f}"
    elif choices is None:
        typed = "\n".join(condition.values)
    return {
        "place": place,
        "field": condition.field.value,
        "label": field_words(condition.field),
        "tests": [(each.value, test_words(each)) for each in TESTS[condition.field]],
        "test": condition.test.value,
        "choices": choices,
        "chosen": condition.values,
        "is_list": choices is not None and len(choices) > FEW,
        "is_number": condition.field in NUMBERS,
        "typed": typed,
        "hint": _hint(condition.field),
    }


def _hint(chosen: RuleField) -> str:
    hints = {
        RuleField.TEXT: gettext(
            "One word or phrase a line, without regard to accents. A star stands for any ending: refund*"
        ),
        RuleField.SENDER: gettext("One a line: an address (anna@shop.com) or a domain (shop.com)."),
        RuleField.WRITTEN_TO: gettext(
            "One a line: an address, its first part (invoices@) or a phone number."
        ),
        RuleField.ORDER_AMOUNT: gettext("In the currency of the chain, for example 150."),
    }
    return str(hints.get(chosen, ""))
