"""The plans that are published with the product: delays are defaults, all editable as versions."""

from dataclasses import dataclass
from typing import Any

POST_PURCHASE_SURVEY = "post_purchase_survey"
WELCOME_PACK = "welcome_pack"


@dataclass(frozen=True)
class BuiltinPlan:
    """`priority`: the lower number wins the last place under a cap (plans.md, default order)."""

    key: str
    name_fr: str
    name_en: str
    priority: int
    control_percent: int
    is_on: bool
    definition: dict[str, Any]


BUILTIN_PLANS: tuple[BuiltinPlan, ...] = (
    BuiltinPlan(
        POST_PURCHASE_SURVEY,
        "Enquête après achat",
        "Post-purchase survey",
        20,
        0,
        is_on=True,
        definition={
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
        },
    ),
    BuiltinPlan(
        WELCOME_PACK,
        "Pack de bienvenue",
        "Welcome pack",
        50,
        10,
        is_on=True,
        definition={
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
        },
    ),
)
