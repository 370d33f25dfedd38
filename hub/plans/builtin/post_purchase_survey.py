"""Seven days after delivery one question by mail, one reminder, and thanks the day after any answer."""

from hub.plans.builtin.shape import BuiltinPlan

DEFINITION = {
    "enters": "order_delivered",
    "exits": ["cancelled", "returned", "ticket_open", "asked_recently"],
    "steps": [
        {
            "key": "ask",
            "anchor": "entry",
            "delay": {"days": 7},
            "template": "survey",
            "purpose": "survey",
            "expires_days": 7,
        },
        {
            "key": "remind",
            "anchor": "first_message",
            "delay": {"days": 7},
            "template": "survey_reminder",
            "purpose": "service",
            "when": ["not_answered", "first_message_sent"],
            "expires_days": 3,
        },
        {
            "key": "thank",
            "anchor": "answer",
            "delay": {"days": 1},
            "template": "thanks",
            "purpose": "service",
            "expires_days": 7,
            "is_branch": True,
        },
    ],
}
PLAN = BuiltinPlan(
    "post_purchase_survey",
    "Enquête après achat",
    "Post-purchase survey",
    20,
    0,
    is_on=True,
    definition=DEFINITION,
)
