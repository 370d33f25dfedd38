"""A basket left behind: a neutral reminder by profile, an audience, a second with the day it is cleared, a third to who engaged."""

from collections.abc import Mapping, Sequence
from typing import Any

from hub.plans.builtin.shape import BuiltinPlan

ABOVE_CENTS = 20_000
HOUR = 60
Step = Mapping[str, Any]
BY_MAIL = {
    "any": [
        {"is": "engaged"},
        {"is": "phone_known", "not": True},
        {"is": "consent", "channel": "sms", "purpose": "promotion", "not": True},
    ]
}
"""The second message goes by mail to who engaged with the first, or may not be written to by SMS."""


def _reminders(profile: str, *, minutes: int, audience_hours: int, second: Mapping[str, int]) -> list[Step]:
    """The way of one profile: message 1, audience, message 2 (by mail, or by SMS where that fork is on)."""
    message = {"purpose": "promotion", "expires_days": 1}
    return [
        {"key": profile, "delay": {"minutes": minutes}, "template": f"basket_{profile}", **message},
        {
            "key": f"{profile}_audience",
            "kind": "audience",
            "delay": {"minutes": audience_hours * HOUR},
            "name": "Paniers abandonnés",
            "days": 14,
        },
        {
            "key": f"{profile}_way",
            "kind": "split",
            "is_on": False,
            "delay": second,
            "when": [BY_MAIL],
            "next": f"{profile}_second",
            "otherwise": f"{profile}_second_sms",
        },
        {
            "key": f"{profile}_second",
            "delay": second,
            "template": "basket_second",
            **message,
            "next": "third",
        },
        {
            "key": f"{profile}_second_sms",
            "delay": second,
            "template": "basket_second_sms",
            "channel": "sms",
            **message,
            "next": "third",
        },
    ]


def _fork(key: str, when: Mapping[str, Any], otherwise: str) -> Sequence[Step]:
    return [{"key": key, "kind": "split", "when": [when], "otherwise": otherwise}]


DEFINITION = {
    "format": 2,
    "entry": {"on": "basket_left", "cooldown_hours": 24},
    "exits": [{"is": "basket_paid"}, {"is": "basket_emptied"}, {"is": "basket_changed"}],
    "horizon_days": 14,
    "steps": [
        *_fork("is_large", {"is": "basket_value", "at_least": ABOVE_CENTS + 1}, "is_phone"),
        *_reminders("adviser", minutes=30, audience_hours=3, second={"minutes": 12 * HOUR}),
        *_fork("is_phone", {"is": "device", "in": ["phone"]}, "is_known"),
        *_reminders("phone", minutes=2 * HOUR, audience_hours=8, second={"days": 1}),
        *_fork("is_known", {"is": "known_customer"}, "reassure"),
        *_reminders("known", minutes=HOUR, audience_hours=6, second={"days": 1}),
        *_reminders("reassure", minutes=3 * HOUR, audience_hours=12, second={"days": 2}),
        {
            "key": "third",
            "delay": {"days": 3},
            "when": [{"is": "engaged"}],
            "template": "basket_third",
            "purpose": "promotion",
            "expires_days": 1,
        },
    ],
}
PLAN = BuiltinPlan(
    "abandoned_basket",
    "Panier abandonné",
    "Abandoned basket",
    30,
    10,
    is_on=False,
    definition=DEFINITION,
    english={
        f"{each}_audience": {"name": "Abandoned baskets"}
        for each in ("adviser", "phone", "known", "reassure")
    },
)
