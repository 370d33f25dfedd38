"""A plan of the chain's own in two letters, published: `welcome` a day after the entry, `second_purchase` three days later."""

from typing import Any

from hub.core.actor import SYSTEM
from hub.plans.drafts import actions, planning
from hub.plans.drafts.queries import get_draft
from hub.plans.drafts.rows import PlanWords
from hub.plans.words import Trigger
from tests.conftest import TUESDAY

STEPS: list[dict[str, Any]] = [
    {
        "key": "welcome", "kind": "send", "template": "welcome_first_order", "label": "Merci", "purpose": "promotion",
        "delay": {"days": 1}, "expires_minutes": 3 * 24 * 60,
    },
    {
        "key": "second_purchase", "kind": "send", "template": "second_purchase_standard", "anchor": "first_message",
        "delay": {"days": 3}, "when": [{"is": "first_message_sent"}], "purpose": "promotion",
        "variants": [
            {
                "when": [{"is": "amount", "against": "chain", "side": "above"}],
                "template": "second_purchase_premium",
            }
        ],
    },
]  # fmt: skip


def make_own_plan(name: str = "Deux lettres", **parts: Any) -> str:
    """The key: `own_deux_lettres`; `parts` replace those of the definition."""
    key = planning.create_plan(
        words=PlanWords(name_fr=name, name_en=name, priority=65, control_percent=10),
        trigger=Trigger.FIRST_ORDER,
        by=SYSTEM,
        now=TUESDAY,
    )
    draft = get_draft(key)
    definition = {**draft.definition, "exits": [{"is": "purchased"}], "steps": STEPS, **parts}
    actions.change_draft(
        version_id=draft.version_id, definition=definition, seen=draft.seen, by=SYSTEM, now=TUESDAY
    )
    actions.publish_draft(plan_key=key, by=SYSTEM, now=TUESDAY)
    return key
