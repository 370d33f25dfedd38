"""Whose own figures a reader may ask for: people of the reader's stores, by who may read their tickets."""

from hub.staff.queries import get_agents, list_store_agents
from hub.staff.queries.members import is_member, list_people_of
from hub.staff.queries.people import AgentRow
from hub.staff.rules import Viewer
from hub.staff.words import Permission, Role

MANAGERS = frozenset({Role.STORE_MANAGER, Role.REGION_MANAGER})
MOST_PEOPLE = 200
"""In one list to choose from; with more people a store has to be chosen first."""


def may_ask_about(agent_id: int, *, viewer: Viewer) -> bool:
    """The reader's own figures, and those of the people of the reader's stores. Marketers see nobody's."""
    if agent_id == viewer.agent_id:
        return True
    if not viewer.may(Permission.READ_TICKETS):
        return False
    if viewer.scope.is_everything:
        return agent_id in get_agents([agent_id])
    return is_member(agent_id, viewer.scope.store_ids)


def may_read_page_of(agent_id: int, *, viewer: Viewer) -> bool:
    """The page of one person's figures: that person, and who manages a store where the person works. Nobody else."""
    if agent_id == viewer.agent_id:
        return True
    return viewer.role in MANAGERS and is_member(agent_id, viewer.scope.store_ids)


def list_people(store_id: int | None, *, viewer: Viewer) -> list[AgentRow]:
    """Whom the reader may choose: of the store, of all the reader's stores, or of the central queue; none when too many."""
    if not viewer.may(Permission.READ_TICKETS):
        return []
    if viewer.scope.is_everything and store_id is None:
        return list_store_agents(None)
    mine = viewer.scope.store_ids if store_id is None else frozenset({store_id})
    if not viewer.scope.is_everything:
        mine &= viewer.scope.store_ids
    found = list_people_of(mine, most=MOST_PEOPLE)
    return found if len(found) <= MOST_PEOPLE else []
