"""Greets who signs up, thanks for a first order the day after and suggests a second one; a new order ends it."""

from collections.abc import Mapping
from typing import Any

from hub.plans.builtin.shape import BuiltinPlan

ABOVE = {"is": "amount", "against": "chain", "side": "above"}
MAY_ASK = [{"is": "phone_known"}, {"is": "consent", "channel": "sms", "purpose": "survey"}]
FIRST = {
    "enters": "first_order",
    "exits": ["purchased", "cancelled", "returned"],
    "steps": [
        {
            "key": "welcome",
            "anchor": "entry",
            "delay": {"days": 1},
            "template": "welcome_first_order",
            "purpose": "promotion",
            "expires_days": 3,
        },
        {
            "key": "second_purchase",
            "anchor": "first_message",
            "delay": {"days": 3},
            "template": "second_purchase_standard",
            "variants": [["above_average", "second_purchase_premium"]],
            "purpose": "promotion",
            "when": ["first_message_sent"],
            "expires_days": 5,
        },
    ],
}
"""As it was before the way of the prospects."""
BY_ORDER = {"is": "entered_by", "trigger": "first_order"}
NEW = {"any": [BY_ORDER, {"is": "known_customer", "not": True}]}
ENTRY = {"on": ["account_created", "newsletter_joined", "first_order"], "when": [NEW]}
AGREED = {"any": [BY_ORDER, {"is": "consent", "channel": "email", "purpose": "promotion"}]}
"""Who opens an account before saying yes enters with the yes: nobody is greeted twice, nor loses the greeting at the gate."""
DEFINITION: Mapping[str, Any] = {
    "format": 2,
    "entry": {**ENTRY, "when": [NEW, AGREED]},
    "exits": [{"is": "purchased"}, {"is": "cancelled"}, {"is": "returned"}],
    "horizon_days": 30,
    "steps": [
        {
            "key": "way",
            "kind": "split",
            "when": [BY_ORDER],
            "next": "welcome",
            "otherwise": "greet",
        },
        {
            "key": "greet",
            "template": "welcome_prospect",
            "purpose": "promotion",
            "expires_days": 3,
        },
        {"key": "greeted", "kind": "end"},
        {
            "key": "welcome",
            "delay": {"days": 1},
            "template": "welcome_first_order",
            "variants": [{"when": [ABOVE], "template": "vip_status"}],
            "purpose": "promotion",
            "expires_days": 3,
        },
        {
            "key": "second_purchase",
            "anchor": "first_message",
            "delay": {"days": 3},
            "template": "second_purchase_standard",
            "variants": [{"when": [ABOVE], "template": "second_purchase_premium"}],
            "purpose": "promotion",
            "when": [{"is": "first_message_sent"}],
            "expires_days": 5,
        },
        {
            "key": "satisfaction_call",
            "kind": "task",
            "is_on": False,
            "delay": {"days": 10, "at": "10:00"},
            "when": MAY_ASK,
            "subject": "Première commande : demander si elle convient.",
            "reason": "Écouter, noter la réponse. Si quelque chose ne va pas, ouvrir une demande.",
        },
        {
            "key": "satisfaction_sms",
            "is_on": False,
            "delay": {"days": 10, "at": "10:00"},
            "when": MAY_ASK,
            "template": "welcome_sms",
            "channel": "sms",
            "purpose": "service",
            "expires_days": 3,
        },
    ],
}
UNASKED = {**DEFINITION, "entry": ENTRY}
"""As it was when a prospect entered before anybody knew whether he may be greeted."""
PLAN = BuiltinPlan(
    "welcome_pack",
    "Pack de bienvenue",
    "Welcome pack",
    50,
    10,
    is_on=True,
    definition=DEFINITION,
    former=(FIRST, UNASKED),
    english={
        "satisfaction_call": {
            "subject": "First order: ask whether it is right.",
            "reason": "Listen and note the answer. If something is wrong, open a request.",
        }
    },
)
