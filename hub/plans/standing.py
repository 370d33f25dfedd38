"""Who stands where in a plan, and where a move to another version would take them."""

from dataclasses import dataclass

from hub.plans.comparing import Where, where_to
from hub.plans.definitions import Definition, Step
from hub.plans.moving.queries import list_standing
from hub.plans.queries import get_definition


@dataclass(frozen=True)
class Group:
    """People who wait at the same step of the same version; `where` they would stand after a move."""

    number: int
    step: Step | None
    count: int
    where: Where


def list_groups(
    plan_id: int, new: Definition, *, numbers: dict[int, int], but: int | None = None
) -> list[Group]:
    """By version, the newest first. `numbers`: version id → number; `but`: the version that needs no move."""
    return [
        Group(
            numbers.get(each.version_id, 0),
            get_definition(each.version_id).find_step(each.step_key),
            each.count,
            where_to(get_definition(each.version_id), new, each.step_key),
        )
        for each in list_standing(plan_id)
        if each.version_id != but
    ]
