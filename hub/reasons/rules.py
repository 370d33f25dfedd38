"""What the tree of contact reasons may look like. Pure."""

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
