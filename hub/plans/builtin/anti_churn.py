"""Six months without an order: news and a personal code, the offer again, other products to who engaged; then dearer ways."""

from hub.plans.builtin.shape import BuiltinPlan

UNREACHED = {"any": [{"is": "engaged", "not": True}, {"is": "first_message_sent", "not": True}]}
"""Mails did not do it: none was opened or clicked, or none could leave."""
DEFINITION = {
    "format": 2,
    "entry": {"on": "inactive", "months": 6, "catch_up_days": 180},
    "exits": [{"is": "purchased"}],
    "spread_days": 5,
    "daily_limit": 1000,
    "horizon_days": 60,
    "steps": [
        {"key": "code", "kind": "promo", "pool": "anti-churn"},
        {
            "key": "how_are_you",
            "template": "anti_churn_1",
            "purpose": "promotion",
            "expires_days": 7,
        },
        {
            "key": "offer_again",
            "anchor": "first_message",
            "delay": {"days": 8},
            "when": [{"is": "first_message_sent"}],
            "template": "anti_churn_2",
            "purpose": "promotion",
            "expires_days": 3,
        },
        {
            "key": "last_word",
            "anchor": "first_message",
            "delay": {"days": 12},
            "when": [{"is": "engaged"}],
            "template": "anti_churn_3",
            "purpose": "promotion",
            "expires_days": 3,
        },
        {
            "key": "by_sms",
            "is_on": False,
            "anchor": "first_message",
            "delay": {"days": 15},
            "when": [
                UNREACHED,
                {"is": "phone_known"},
                {"is": "consent", "channel": "sms", "purpose": "promotion"},
            ],
            "template": "anti_churn_sms",
            "channel": "sms",
            "purpose": "promotion",
            "expires_days": 3,
        },
        {
            "key": "by_call",
            "kind": "task",
            "is_on": False,
            "anchor": "first_message",
            "delay": {"days": 20, "at": "10:00"},
            "when": [UNREACHED, {"is": "phone_known"}],
            "subject": "Client sans commande depuis six mois : prendre des nouvelles.",
            "reason": "Demander si la dernière commande a convenu, rappeler l’offre reçue, noter la réponse.",
        },
        {
            "key": "by_post",
            "kind": "postal",
            "is_on": False,
            "anchor": "first_message",
            "delay": {"days": 25, "at": "10:00"},
            "when": [UNREACHED],
            "name": "Anti-attrition",
        },
    ],
}
PLAN = BuiltinPlan(
    "anti_churn",
    "Anti-attrition",
    "Anti-churn",
    70,
    10,
    is_on=False,
    definition=DEFINITION,
    english={
        "by_call": {
            "subject": "Customer without an order for six months: ask how things are.",
            "reason": "Ask whether the last order was right, recall the offer, note the answer.",
        },
        "by_post": {"name": "Anti-churn"},
    },
)
