"""Whose own figures a reader may read, wherever they stand: the reader's own, and store managers those of the people of their stores."""

from collections.abc import Collection

from hub.staff.queries import get_agents
from hub.staff.queries.members import is_member, list_members, list_people_of
from hub.staff.queries.people import AgentRow
from hub.staff.rules import Viewer
from hub.staff.words import Permission, Role

MOST_PEOPLE = 200
"""In one list to choose from; with more people a store has to be chosen first."""


def may_read_figures_of(agent_id: int, *, viewer: Viewer) -> bool:
    """On the person's page, as a filter, in a table: that person, and who manages a store where the person works. Nobody else."""
    if agent_id == viewer.agent_id:
        return True
    return leads_people(viewer) and is_member(agent_id, viewer.scope.store_ids)


def leads_people(viewer: Viewer) -> bool:
    return viewer.role is Role.STORE_MANAGER


def only_readable(agent_ids: Collection[int], *, viewer: Viewer) -> frozenset[int]:
    """Those of these people whose figures the reader may read."""
    mine = frozenset(agent_ids) & {viewer.agent_id}
    return mine | list_members(agent_ids, viewer.scope.store_ids) if leads_people(viewer) else mine


def list_people(store_id: int | None, *, viewer: Viewer) -> list[AgentRow]:
    """Whom the reader may choose: people of the store or of all the reader's stores, none when too many; who leads nobody, that one."""
    if not viewer.may(Permission.READ_TICKETS):
        return []
    if not leads_people(viewer):
        return list(get_agents([viewer.agent_id]).values())
    asked = viewer.scope.store_ids if store_id is None else viewer.scope.store_ids & {store_id}
    found = list_people_of(asked, most=MOST_PEOPLE)
    return found if len(found) <= MOST_PEOPLE else []
