"""Routing rules in the reader's words: fields, tests, values, what is set, and a rule in one sentence."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import format_currency, get_locale, gettext

from hub.blueprints.customer_words import language_words, state_words
from hub.blueprints.inbox.routed import effect_words
from hub.blueprints.inbox.words import channel_words, priority_words
from hub.core.words import Channel, Language
from hub.customers.words import Standing
from hub.inbox.queries.experts import list_groups
from hub.inbox.routing_rules import CENTRAL, NO, NONE, YES, Condition, Rule
from hub.inbox.routing_words import AssignmentMode, RuleAct, RuleField, RuleMatch, RuleTest
from hub.inbox.words import Priority
from hub.orders.words import OrderState
from hub.reasons.queries import list_reasons
from hub.staff.queries import list_agents
from hub.stores.queries import get_chain, list_stores

F = RuleField
MOST_PEOPLE = 500
Pairs = list[tuple[str, str]]


def field_words(field: RuleField) -> str:
    words = {
        F.CHANNEL: gettext("Channel"),
        F.TEXT: gettext("Words in the subject or message"),
        F.SENDER: gettext("Sender"),
        F.WRITTEN_TO: gettext("Address or number written to"),
        F.LANGUAGE: gettext("Language of the message"),
        F.REASON: gettext("Contact reason"),
        F.PRIORITY: gettext("Priority"),
        F.STANDING: gettext("Kind of customer"),
        F.ORDER_STATE: gettext("State of the order it is about"),
        F.ORDER_AMOUNT: gettext("Amount of the order it is about"),
        F.STORE: gettext("Store"),
        F.OPEN_NOW: gettext("Opening hours"),
        F.ATTACHMENT: gettext("Files"),
    }
    return words[field]


def test_words(test: RuleTest) -> str:
    words = {
        RuleTest.IS: gettext("is one of"),
        RuleTest.IS_NOT: gettext("is none of"),
        RuleTest.AT_LEAST: gettext("is at least"),
        RuleTest.AT_MOST: gettext("is at most"),
    }
    return words[test]


def standing_words(standing: Standing) -> str:
    words = {
        Standing.PROSPECT: gettext("has not bought yet"),
        Standing.NEW: gettext("first order, lately"),
        Standing.OCCASIONAL: gettext("buys now and then"),
        Standing.LOYAL: gettext("loyal"),
        Standing.LAPSED: gettext("not seen for a while"),
    }
    return words[standing]


def match_words(match: RuleMatch) -> str:
    words = {
        RuleMatch.ALL: gettext("All conditions hold"),
        RuleMatch.ANY: gettext("One of the conditions holds"),
    }
    return words[match]


def act_words(act: RuleAct) -> str:
    words = {
        RuleAct.MADE: gettext("made"),
        RuleAct.EDITED: gettext("edited"),
        RuleAct.SWITCHED_ON: gettext("switched on"),
        RuleAct.SWITCHED_OFF: gettext("switched off"),
        RuleAct.MOVED: gettext("moved"),
        RuleAct.REMOVED: gettext("removed"),
    }
    return words[act]


def mode_words(mode: AssignmentMode) -> str:
    words = {
        AssignmentMode.BY_HAND: gettext("by hand"),
        AssignmentMode.ROUND_ROBIN: gettext("in turn"),
        AssignmentMode.LEAST_BUSY: gettext("to who has least to do"),
    }
    return words[mode]


@dataclass(frozen=True)
class Offer:
    """What may be chosen for rules, looked up once a page: (value, words)."""

    stores: Pairs
    reasons: Pairs
    people: Pairs
    groups: Pairs
    currency: str

    def choices(self, field: RuleField) -> Pairs | None:
        """The values of a condition; None for what is typed."""
        answers = [(YES, gettext("yes")), (NO, gettext("no"))]
        found: dict[RuleField, Pairs] = {
            F.CHANNEL: [(each.value, channel_words(each)) for each in Channel],
            F.LANGUAGE: [(each.value, language_words(each)) for each in Language],
            F.REASON: [(NONE, gettext("no reason")), *self.reasons],
            F.PRIORITY: [(each.value, priority_words(each)) for each in Priority],
            F.STANDING: [
                (NONE, gettext("unknown")),
                *((each.value, standing_words(each)) for each in Standing),
            ],
            F.ORDER_STATE: [
                (NONE, gettext("no order")),
                *((each.value, state_words(each)[0]) for each in OrderState),
            ],
            F.STORE: [(str(CENTRAL), gettext("central queue")), *self.stores],
            F.OPEN_NOW: [(YES, gettext("the store is open now")), (NO, gettext("the store is closed now"))],
            F.ATTACHMENT: [(answers[0][0], gettext("with files")), (answers[1][0], gettext("without files"))],
        }
        return found.get(field)

    def value(self, name: str, value: Any) -> str:
        """A value of an effect."""
        if value is None or value in ((), []):
            return str(gettext("nothing"))
        if name == "tags":
            return ", ".join(value)
        if name == "priority":
            return priority_words(Priority(value))
        lists: dict[str, Pairs] = {
            "store_id": [(str(CENTRAL), gettext("central queue")), *self.stores],
            "reason_id": self.reasons,
            "assignee_id": self.people,
            "expert_group_id": self.groups,
        }
        return dict(lists[name]).get(str(value), gettext("no longer there"))


def make_offer() -> Offer:
    tongue = str(get_locale())
    return Offer(
        stores=[(str(row.id), row.name) for row in list_stores()],
        reasons=[(str(row.id), row.path(tongue)) for row in list_reasons()],
        people=[(str(row.id), row.name) for row in list_agents(size=MOST_PEOPLE).rows],
        groups=[(str(row.id), row.name) for row in list_groups(is_active=True)],
        currency=get_chain().currency,
    )


def condition_words(condition: Condition, offer: Offer) -> str:
    """`Channel is one of: SMS, WhatsApp`."""
    if condition.field is F.ORDER_AMOUNT:
        said = str(format_currency(int(condition.values[0]) / 100, offer.currency))
    else:
        known = dict(offer.choices(condition.field) or [])
        said = ", ".join(known.get(value, value) for value in condition.values)
    return str(
        gettext(
            "%(field)s %(test)s: %(values)s",
            field=field_words(condition.field),
            test=test_words(condition.test),
            values=said,
        )
    )


def effects_words(given: Mapping[str, Any], offer: Offer) -> list[str]:
    return [
        str(gettext("%(what)s: %(value)s", what=effect_words(name), value=offer.value(name, value)))
        for name, value in given.items()
    ]


def rule_words(rule: Rule, offer: Offer) -> dict[str, Any]:
    """A rule for a list: its conditions and what it sets, each in a sentence."""
    return {
        "conditions": [condition_words(each, offer) for each in rule.conditions],
        "effects": effects_words(rule.effects.given(), offer),
        "match": match_words(rule.match),
    }


def joined(parts: Iterable[str]) -> str:
    return " · ".join(parts)
