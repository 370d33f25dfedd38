"""A wish with a code that ends soon, on the first of the month or the day itself; a reminder, and a last call to who engaged."""

from hub.plans.builtin.shape import BuiltinPlan

UNUSED = {"is": "code_used", "not": True}
DEFINITION = {
    "format": 2,
    "entry": {"on": "date", "of": "birth_on", "at": "month_start"},
    "exits": [{"is": "purchased"}],
    "horizon_days": 30,
    "steps": [
        {"key": "code", "kind": "promo", "pool": "birthday"},
        {"key": "wish", "template": "birthday", "purpose": "promotion", "expires_days": 5},
        {
            "key": "code_reminder",
            "anchor": "first_message",
            "delay": {"days": 15},
            "when": [{"is": "first_message_sent"}, UNUSED],
            "template": "birthday_reminder",
            "purpose": "promotion",
            "expires_days": 3,
        },
        {
            "key": "by_sms",
            "is_on": False,
            "anchor": "first_message",
            "delay": {"days": 18},
            "when": [
                {"any": [{"is": "engaged", "not": True}, {"is": "first_message_sent", "not": True}]},
                UNUSED,
                {"is": "phone_known"},
                {"is": "consent", "channel": "sms", "purpose": "promotion"},
            ],
            "template": "birthday_sms",
            "channel": "sms",
            "purpose": "promotion",
            "expires_days": 2,
        },
        {
            "key": "last_call",
            "anchor": "first_message",
            "delay": {"days": 20},
            "when": [{"is": "engaged"}, UNUSED],
            "template": "birthday_last_call",
            "purpose": "promotion",
            "expires_days": 3,
        },
    ],
}
PLAN = BuiltinPlan("birthday", "Anniversaire", "Birthday", 40, 10, is_on=False, definition=DEFINITION)
