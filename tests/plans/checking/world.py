"""A world for the checks: two languages, a few templates, pools and segments; and plans as short as they get."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hub.core.words import Channel, Language, Purpose
from hub.outbox.rules import Cap
from hub.plans.checking.checks import check
from hub.plans.checking.findings import Finding, Severity
from hub.plans.checking.known import Known, KnownPool, KnownSegment, KnownTemplate
from hub.plans.reading import parse_definition
from tests.conftest import TUESDAY

BOTH = frozenset(Language)
CODE = frozenset({"promo_code", "promo_ends_on"})
LETTER = KnownTemplate(purpose=Purpose.PROMOTION, languages=BOTH, sms_languages=BOTH)
WORLD = Known(
    now=TUESDAY,
    languages={Language.FRENCH: 900, Language.ENGLISH: 40},
    templates={
        "offer": LETTER,
        "french": replace(LETTER, languages=frozenset({Language.FRENCH})),
        "no_sms": replace(LETTER, sms_languages=frozenset()),
        "code": replace(LETTER, needed=CODE, shown=CODE),
        "order": replace(LETTER, purpose=Purpose.SERVICE, needed=frozenset({"order_number"})),
        "basket": replace(LETTER, needed=frozenset({"basket_items"})),
        "erasure": replace(LETTER, purpose=Purpose.SERVICE, needed=frozenset({"erasure_on"})),
        "shop": replace(LETTER, needed=frozenset({"shop_url"})),
        "thanks": replace(LETTER, purpose=Purpose.SERVICE, has_review=True),
        "sorry": replace(LETTER, purpose=Purpose.SERVICE),
        "survey": replace(LETTER, purpose=Purpose.SURVEY),
        "password": replace(LETTER, purpose=Purpose.STAFF),
        "confirm": replace(LETTER, purpose=Purpose.SERVICE, needed=frozenset({"confirm_url"})),
        "newsletter": replace(LETTER, purpose=Purpose.NEWSLETTER),
    },
    pools={
        "ten": KnownPool(name="Dix", ends_at=TUESDAY + timedelta(days=400), left_count=5_000, valid_days=30),
        "few": KnownPool(name="Peu", ends_at=TUESDAY + timedelta(days=400), left_count=89),
        "enough": KnownPool(name="Assez", ends_at=TUESDAY + timedelta(days=400), left_count=90),
        "empty": KnownPool(name="Vide", ends_at=TUESDAY + timedelta(days=400), left_count=0),
        "shared": KnownPool(name="Commun", ends_at=TUESDAY + timedelta(days=400), left_count=None),
        "soon": KnownPool(name="Court", ends_at=TUESDAY + timedelta(days=10), left_count=5_000),
        "closed": KnownPool(
            name="Clos", ends_at=TUESDAY + timedelta(days=400), left_count=9_000, is_active=False
        ),
    },
    segments={1: KnownSegment("Lyon"), 2: KnownSegment("Mécontents", asks_score=True)},
    properties=frozenset({"home_room"}),
    tiers=frozenset({"vip"}),
    regions={"weather": frozenset({"rain", "sun"})},
    entry_count=100,
    closed_minutes={
        (Channel.EMAIL, Purpose.PROMOTION): 600,
        (Channel.SMS, Purpose.PROMOTION): 36 * 60,
    },
    caps={(Channel.EMAIL, Purpose.PROMOTION): Cap(2, 7)},
    opens={(Channel.EMAIL, Purpose.PROMOTION): (7, 21)},
)


def send(key: str = "offer", *, days: int = 0, **more: Any) -> dict[str, Any]:
    """A message of the template of its name, unless said otherwise."""
    return {"key": key, "template": more.pop("template", "offer"), "delay": {"days": days}, **more}


def plan(
    *steps: dict[str, Any], on: Any = "first_order", exits: Any = ("purchased",), **more: Any
) -> dict[str, Any]:
    """A plan of these steps; `entry` adds to what lets in."""
    entry = {"on": on, **more.pop("entry", {})}
    return {"format": 2, "entry": entry, "exits": list(exits), "steps": list(steps), **more}


def findings(data: dict[str, Any], world: Known = WORLD) -> list[Finding]:
    return list(check(parse_definition(data), world))


def told(data: dict[str, Any], world: Known = WORLD) -> list[str]:
    """What was found, as `fault step`; what is only said in brackets."""
    lines = []
    for each in findings(data, world):
        line = " ".join(filter(None, (each.fault.value, each.step_key)))
        lines.append(line if each.severity is Severity.BLOCKS else f"({line})")
    return lines
