"""What the tree of contact reasons may look like. Pure."""

from collections.abc import Mapping

from hub.core.errors import Invalid
from hub.core.text import N_, SPACES

DEEPEST = 3
LONGEST_NAME = 60


def check_depth(parent_depth: int) -> None:
    """Two or three levels are enough to choose from. Raises Invalid for a fourth; 0 is "no parent"."""
    if parent_depth >= DEEPEST:
        raise Invalid(
            N_("The tree has %(levels)s levels at most. Please choose a reason higher up."),
            field="parent_id",
            levels=DEEPEST,
        )


def clean_name(name: str, field: str) -> str:
    """One line without outer spaces. Raises Invalid when empty or longer than 60 characters."""
    clean = SPACES.sub(" ", name).strip()
    if not clean:
        raise Invalid(N_("Please give a name."), field=field)
    if len(clean) > LONGEST_NAME:
        raise Invalid(N_("Please shorten the name to %(most)s characters."), field=field, most=LONGEST_NAME)
    return clean


def with_parents(reason_id: int | None, parents: Mapping[int, int | None]) -> tuple[int, ...]:
    """The reason and those above it, up to the top; a ring is walked once."""
    found: list[int] = []
    while reason_id is not None and reason_id not in found:
        found.append(reason_id)
        reason_id = parents.get(reason_id)
    return tuple(found)
