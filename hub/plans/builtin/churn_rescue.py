"""When the churn score falls: how can we do better, with an offer on history, then the news; the most valuable are called."""

from hub.plans.builtin.shape import BuiltinPlan

DEFINITION = {
    "format": 2,
    "entry": {"on": "churn_below", "points": -5},
    "exits": [{"is": "purchased"}, {"is": "bounced"}, {"is": "refused"}],
    "horizon_days": 30,
    "steps": [
        {
            "key": "way",
            "kind": "split",
            "when": [
                {"is": "churn_below", "points": -10},
                {"is": "value_top", "percent": 10},
                {"is": "phone_known"},
            ],
            "next": "call",
            "otherwise": "question",
        },
        {
            "key": "call",
            "kind": "task",
            "subject": "Ce client compte parmi ceux qui ont la plus grande valeur, et il s’éloigne.",
            "reason": "Demander comment mieux faire, écouter, noter la réponse. Aucune remise n’est à proposer.",
        },
        {"key": "called", "kind": "end"},
        {
            "key": "question",
            "template": "churn_rescue",
            "purpose": "promotion",
            "expires_days": 5,
        },
        {
            "key": "news",
            "anchor": "first_message",
            "delay": {"days": 7},
            "when": [{"is": "first_message_sent"}],
            "template": "churn_news",
            "purpose": "promotion",
            "expires_days": 5,
        },
    ],
}
PLAN = BuiltinPlan(
    "churn_rescue",
    "Client sur le départ",
    "Churn rescue",
    60,
    10,
    is_on=False,
    definition=DEFINITION,
    english={
        "call": {
            "subject": "This customer is among those of the highest value, and is leaving.",
            "reason": "Ask how we can do better, listen, note the answer. There is no discount to offer.",
        }
    },
)
