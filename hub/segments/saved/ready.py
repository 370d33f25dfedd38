"""Ready segments to start from: the named ones of RFM and what a chain asks first."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hub.core.text import N_
from hub.segments.conditions.reading import VERSION
from hub.segments.values.words import RfmSegment

OFFERS = {"channel": ["email"], "purpose": ["promotion"]}
AGREES = {"field": "consents.given", "test": "yes", "only": OFFERS}


@dataclass(frozen=True)
class Ready:
    """`definition` is a document as `read_tree` takes it; name and description are msgids."""

    key: str
    name: str
    description: str
    definition: Mapping[str, Any]


def _all(*parts: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"version": VERSION, "root": {"match": "all", "parts": list(parts)}}


def _rfm(*named: RfmSegment) -> Mapping[str, Any]:
    return {"field": "value.rfm", "test": "one_of", "value": [each.value for each in named]}


R = RfmSegment
READY: tuple[Ready, ...] = (
    Ready(
        "champions", N_("Champions"), N_("They bought lately, often and much. Early access, not a discount."),
        _all(_rfm(R.CHAMPIONS)),
    ),
    Ready("loyal", N_("Loyal customers"), N_("They come back."), _all(_rfm(R.LOYAL, R.POTENTIAL))),
    Ready(
        "at_risk", N_("Good customers about to leave"), N_("They bought much, and not for a while."),
        _all(_rfm(R.AT_RISK, R.CANNOT_LOSE)),
    ),
    Ready(
        "sleeping", N_("Asleep"), N_("Neither lately nor often."),
        _all(_rfm(R.ABOUT_TO_SLEEP, R.DORMANT, R.LOST)),
    ),
    Ready(
        "birthday", N_("Birthday within 30 days"), N_("Who may be sent a wish."),
        _all({"field": "customer.birthday", "test": "in_next", "value": 30}, AGREES),
    ),
    Ready(
        "lapsed", N_("No order for a year, and agrees to offers"), N_("Who may be asked back."),
        _all(
            {"field": "orders.placed", "test": "ever"},
            {"field": "orders.placed", "test": "never", "within": {"last_days": 365}},
            AGREES,
        ),
    ),
    Ready(
        "one_order", N_("One order, and no second within 90 days"), N_("For a second purchase."),
        _all(
            {"field": "orders.placed", "test": "exactly", "value": 1},
            {"field": "orders.last", "test": "before_last", "value": 90},
        ),
    ),
    Ready(
        "unhappy", N_("Unhappy lately, without an open ticket"), N_("Whom nobody has in hand."),
        _all(
            {"field": "answers.given", "test": "ever", "only": {"score": ["1"]}, "within": {"last_days": 90}},
            {"field": "tickets.open", "test": "yes", "not": True},
        ),
    ),
    Ready(
        "basket", N_("A basket of this week"), N_("Left, and no open grievance."),
        _all(
            {"field": "baskets.left", "test": "ever", "within": {"last_days": 7}},
            {"field": "tickets.grievance", "test": "yes", "not": True},
        ),
    ),
)  # fmt: skip


def of_import(import_id: int) -> Mapping[str, Any]:
    """A segment of whom an import made or changed."""
    return _all({"field": "customer.import", "test": "one_of", "value": [str(import_id)]})


def find_ready(key: str) -> Ready | None:
    return next((each for each in READY if each.key == key), None)
