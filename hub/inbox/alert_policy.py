"""The chain's choices for late replies: who is warned when, and whether the customer hears of a delay. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hub.core.errors import Invalid
from hub.core.text import N_
from hub.inbox.deadlines import USUAL_STEPS, Step
from hub.inbox.words import Audience

SETTING = "alerts"
PERCENTS = range(10, 301)


@dataclass(frozen=True)
class AlertPolicy:
    """`steps` by percent of the target; an audience without a step is not warned."""

    steps: tuple[Step, ...] = USUAL_STEPS
    has_delay_notice: bool = False

    def percent_of(self, audience: Audience) -> int | None:
        return next((step.percent for step in self.steps if step.audience is audience), None)


def read_policy(settings: Mapping[str, Any]) -> AlertPolicy:
    """From the settings of the chain; the usual steps and no notice where it has chosen nothing."""
    chosen = settings.get(SETTING, {})
    percents: Mapping[str, int | None] | None = chosen.get("percents")
    return AlertPolicy(
        steps=USUAL_STEPS if percents is None else make_steps(percents),
        has_delay_notice=bool(chosen.get("has_delay_notice", False)),
    )


def make_steps(percents: Mapping[str, int | None]) -> tuple[Step, ...]:
    """One step for each audience that has a percentage, lowest first."""
    steps = [Step(percent, audience) for audience in Audience if (percent := percents.get(audience.value))]
    return tuple(sorted(steps, key=lambda step: step.percent))


def check_percents(percents: Mapping[str, int | None]) -> dict[str, int | None]:
    """As they are kept. Raises Invalid (field: the audience) outside 10 to 300."""
    for audience in Audience:
        percent = percents.get(audience.value)
        if percent is not None and percent not in PERCENTS:
            raise Invalid(
                N_("Please give a share between %(low)s and %(high)s percent, or leave it empty."),
                field=audience.value,
                low=PERCENTS.start,
                high=PERCENTS.stop - 1,
            )
    return {audience.value: percents.get(audience.value) for audience in Audience}
