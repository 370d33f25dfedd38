"""What was clicked on the page of a plan's results: the figure and the part of it, as it stands in the address."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from hub.core.errors import Invalid
from hub.core.text import N_
from hub.plans.words import Arm, ExitReason

Word = TypeVar("Word", bound=StrEnum)


class Stage(StrEnum):
    """How far a passage came; compared and bought are customers whose window is over, left who was let out for a reason."""

    ENTERED = "entered"
    WAITING = "waiting"
    SENT = "sent"
    DELIVERED = "delivered"
    ENGAGED = "engaged"
    UNSUBSCRIBED = "unsubscribed"
    COMPLAINED = "complained"
    COMPARED = "compared"
    BOUGHT = "bought"
    LEFT = "left"


OF_STEPS = frozenset({Stage.WAITING, Stage.SENT, Stage.DELIVERED, Stage.ENGAGED})


@dataclass(frozen=True, kw_only=True)
class Clicked:
    """`arm` is the treated one unless the other is asked for; `step` one step of those stages that have some."""

    stage: Stage
    arm: Arm = Arm.TREATED
    step: str | None = None
    reason: ExitReason | None = None


def read_clicked(args: Mapping[str, str]) -> Clicked:
    """Raises Invalid on a figure or a part of it that does not exist."""
    stage = _one(Stage, args, "stage")
    if stage is None:
        raise Invalid(
            N_("There are no customers behind this figure. Please start from the results of a plan."),
            field="stage",
        )
    reason = _one(ExitReason, args, "exit")
    if (stage is Stage.LEFT) != (reason is not None):
        raise Invalid(
            N_("There are no customers behind this figure. Please start from the results of a plan."),
            field="exit",
        )
    step = args.get("step") if stage in OF_STEPS else None
    return Clicked(stage=stage, arm=_one(Arm, args, "arm") or Arm.TREATED, step=step or None, reason=reason)


def _one(kind: type[Word], args: Mapping[str, str], name: str) -> Word | None:
    words = args.get(name)
    if not words:
        return None
    if words not in set(kind):
        raise Invalid(N_("“%(word)s” is none of the list. Please choose one."), field=name, word=words)
    return kind(words)
