"""Whose turn it is: round robin and least busy; pure."""

from collections.abc import Mapping, Sequence


def next_in_turn(agent_ids: Sequence[int], last_agent_id: int | None) -> int | None:
    """The one behind whoever had the latest turn, by id and round again; None when nobody is there.

    Somebody who left or is away loses no place: turns go on behind where he or she stood.
    """
    present = sorted(agent_ids)
    if not present:
        return None
    return next((each for each in present if last_agent_id is not None and each > last_agent_id), present[0])


def least_busy(agent_ids: Sequence[int], loads: Mapping[int, int], last_agent_id: int | None) -> int | None:
    """Who has the fewest open tickets with a waiting customer; of several the one whose turn it is."""
    if not agent_ids:
        return None
    fewest = min(loads.get(each, 0) for each in agent_ids)
    return next_in_turn([each for each in agent_ids if loads.get(each, 0) == fewest], last_agent_id)
