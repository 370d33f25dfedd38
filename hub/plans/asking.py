"""The questions that conditions ask: which there are, what each needs to be told, how they are read. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from hub.core.errors import Invalid
from hub.core.text import N_
from hub.core.words import Channel, Purpose
from hub.orders.behaviour.words import Device
from hub.orders.products.words import Why
from hub.orders.words import OrderState
from hub.plans.definitions import ASKED_BY, AnyOf, Clause, Condition
from hub.plans.words import Ask, ExitReason, Trigger
from hub.segments.values.words import Stage

MOST_DAYS = 3_650
MOST_CENTS = 10**12
_EXITS_ONLY = frozenset(
    {
        Ask.ORDER_CANCELLED,
        Ask.ORDER_RETURNED,
        Ask.TICKET_OPEN,
        Ask.ASKED_RECENTLY,
        Ask.REVIEWED,
        Ask.LIFE_SIGN,
        Ask.BOUNCED,
        Ask.REFUSED,
    }
)


SUGGESTIONS = (Why.COMPLEMENT, Why.BETTER_RANGE, Why.NEXT_OF_CYCLE, Why.RENEWAL)
"""Recommendations that a condition may ask for; of a second purchase there always is one."""


REACHABLE = tuple(state for state in OrderState if state not in {OrderState.CANCELLED, OrderState.RETURNED})
"""How far an order may be, in the order in which it goes."""


@dataclass(frozen=True)
class Param:
    """What a question is told: `words` of a closed list, or a number from `least` to `most`; `many` of them, or one.

    Neither: any text, or one of a `pattern`, which may stand beside words. `group`: at least one of the group must be there.
    """

    words: tuple[str, ...] = ()
    pattern: str = ""
    is_flag: bool = False
    least: int | None = None
    most: int | None = None
    is_needed: bool = False
    is_many: bool = False
    group: str = ""

    def fits(self, value: Any) -> bool:
        values = value if self.is_many else [value]
        return isinstance(values, list) and bool(values) and all(self._fits(each) for each in values)

    def _fits(self, value: Any) -> bool:
        if self.is_flag:
            return isinstance(value, bool)
        if self.least is not None and self.most is not None:
            is_number = isinstance(value, int) and not isinstance(value, bool)
            return is_number and self.least <= value <= self.most
        if not isinstance(value, str) or not value:
            return False
        if self.pattern and re.fullmatch(self.pattern, value):
            return True
        return value in self.words if self.words else not self.pattern


_STEP = {"step": Param(), "for_days": Param(least=0, most=MOST_DAYS)}
ASKED: Mapping[Ask, Mapping[str, Param]] = {
    Ask.PURCHASED: {"days": Param(least=1, most=MOST_DAYS)},
    Ask.AMOUNT: {
        "against": Param(("chain", "own"), is_needed=True),
        "side": Param(("above", "below"), is_needed=True),
    },
    Ask.BASKET_VALUE: {
        "at_least": Param(least=0, most=MOST_CENTS, group="value"),
        "at_most": Param(least=0, most=MOST_CENTS, group="value"),
    },
    Ask.BASKET: {"state": Param(("paid", "emptied", "changed"), is_needed=True)},
    Ask.OPENED: _STEP,
    Ask.CLICKED: _STEP,
    Ask.ENGAGED: _STEP,
    Ask.SEGMENT: {"id": Param(least=1, most=2**62, is_needed=True)},
    Ask.TIER: {"in": Param(is_many=True, is_needed=True)},
    Ask.STAGE: {"in": Param(tuple(Stage), is_many=True, is_needed=True)},
    Ask.CONSENT: {
        "channel": Param((Channel.EMAIL, Channel.SMS, Channel.WHATSAPP), is_needed=True),
        "purpose": Param((Purpose.PROMOTION, Purpose.NEWSLETTER, Purpose.SURVEY), is_needed=True),
    },
    Ask.HAS_PRODUCT: {"sku": Param(group="product"), "family": Param(group="product")},
    Ask.DEVICE: {"in": Param(tuple(Device), is_many=True, is_needed=True)},
    Ask.WEEKDAY: {"in": Param(least=0, most=6, is_many=True, is_needed=True)},
    Ask.REGION: {"property": Param(is_needed=True), "value": Param(is_needed=True)},
    Ask.KNOWN_CUSTOMER: {},
    Ask.VALUE_TOP: {"percent": Param(least=1, most=100, is_needed=True)},
    Ask.CHURN_BELOW: {"points": Param(least=-1_000, most=0, is_needed=True)},
    Ask.ANSWERED: {},
    Ask.FIRST_MESSAGE_SENT: {},
    Ask.CODE_USED: {},
    Ask.PHONE_KNOWN: {},
    Ask.ENTERED_BY: {"trigger": Param(tuple(Trigger), is_needed=True)},
    Ask.SUGGESTED: {"why": Param(tuple(SUGGESTIONS), is_needed=True)},
    Ask.IN_PLAN: {"plan": Param(is_needed=True), "days": Param(least=0, most=MOST_DAYS)},
    Ask.ORDER_REACHED: {"least": Param(REACHABLE, is_needed=True)},
    **{ask: {} for ask in _EXITS_ONLY},
}
"""Weekdays count from Monday, 0; money is in cents."""
NOT_OFFERED: frozenset[Ask] = frozenset()
"""Known, and refused until something looks them up."""
_ORDERED = {"due_by": Param(("cycle", "life"))}
_SILENT = {
    "months": Param(least=1, most=120, is_needed=True),
    "catch_up_days": Param(least=0, most=MOST_DAYS),
}
NEEDS: Mapping[Trigger, Mapping[str, Param]] = {
    Trigger.ORDER_PLACED: _ORDERED,
    Trigger.ORDER_DELIVERED: _ORDERED,
    Trigger.INACTIVE: _SILENT,
    Trigger.DATE: {
        "of": Param(
            ("birth_on", "first_order", "registered"), r"property:[a-z][a-z0-9_]{0,59}", is_needed=True
        ),
        "at": Param(("month_start", "day"), is_needed=True),
    },
    Trigger.BASKET_LEFT: {
        "minutes": Param(least=1, most=7 * 24 * 60),
        "waits_for_files": Param(is_flag=True),
    },
    Trigger.NO_SIGN_OF_LIFE: _SILENT,
    Trigger.CHURN_BELOW: {"points": Param(least=-1_000, most=0, is_needed=True)},
    Trigger.EVENT: {"name": Param(pattern=r"[a-z][a-z0-9_]{0,49}", is_needed=True)},
}
"""What a trigger is told; those that stand not here are told nothing. `due_by`: only orders that brought a product with a
cycle (or a life), whose end is the date of the passage. Names of events are written as orders/own_events has them."""
OFFERED_TRIGGERS = frozenset(Trigger)
"""Those that something rings for; others would be known and refused until their scan or door is built."""
FIRST_FORMAT: Mapping[str, Condition] = {
    "not_answered": Condition(Ask.ANSWERED, is_not=True),
    "first_message_sent": Condition(Ask.FIRST_MESSAGE_SENT),
    "above_average": Condition(Ask.AMOUNT, params={"against": "chain", "side": "above"}),
}
"""The words of format 1."""


def ask_of(reason: ExitReason) -> Ask:
    """Raises Invalid for a reason that ends a passage from outside and is no exit of a plan."""
    if reason not in ASKED_BY:
        raise Invalid(N_("%(word)s is no exit that a plan can have."), word=reason)
    return ASKED_BY[reason]


def check_triggers(on: Iterable[Trigger], given: Mapping[str, Any]) -> None:
    """Raises Invalid on a trigger that nothing rings for, or that is not told what it needs."""
    known: dict[str, Param] = {}
    for trigger in on:
        if trigger not in OFFERED_TRIGGERS:
            raise Invalid(
                N_("Entering by %(word)s is not offered yet. Please choose another way in."), word=trigger
            )
        known |= NEEDS.get(trigger, {})
    check_params(known, given, word="entry")


def read_clause(data: Any) -> Clause:
    """A word of format 1, {"is": word, "not": …} or {"any": […]}. Raises Invalid, ValueError, KeyError or TypeError."""
    if isinstance(data, str):
        if data not in FIRST_FORMAT:
            raise Invalid(N_("The plan uses an unknown condition: %(word)s."), word=data)
        return FIRST_FORMAT[data]
    if "any" in data:
        parts = tuple(read_clause(each) for each in data["any"])
        if not parts:
            raise Invalid(N_("A choice of conditions needs at least one."))
        return AnyOf(parts)
    word = data["is"]
    if word not in set(Ask) - _EXITS_ONLY:
        raise Invalid(N_("The plan uses an unknown condition: %(word)s."), word=str(word))
    ask = Ask(word)
    params = {key: value for key, value in data.items() if key not in {"is", "not"}}
    check_params(ASKED[ask], params, word=ask)
    if ask in NOT_OFFERED:
        raise Invalid(N_("The condition %(word)s is not offered yet. Please take it out."), word=ask)
    return Condition(ask, bool(data.get("not", False)), params)


def check_params(
    known: Mapping[str, Param], given: Mapping[str, Any], *, word: str = "", has_state: bool = False
) -> None:
    """Raises Invalid on a parameter that is missing, unknown or of no such value; `has_state`: an exit knows its own."""
    for name in given:
        if name not in known:
            raise Invalid(N_("%(word)s does not know “%(name)s”."), word=word, name=str(name))
    for name, param in known.items():
        is_there = given.get(name) is not None
        if (param.is_needed and not is_there and not has_state) or (is_there and not param.fits(given[name])):
            raise Invalid(N_("%(word)s needs another value for “%(name)s”."), word=word, name=name)
    groups = {param.group for param in known.values() if param.group}
    for group in groups:
        if not any(given.get(name) is not None for name, param in known.items() if param.group == group):
            raise Invalid(N_("%(word)s needs one of: %(names)s."), word=word, names=", ".join(known))
