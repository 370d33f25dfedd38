"""Who sees the tickets of a store, and may be named in their notes."""

from hub.core.text import fold
from hub.staff import queries as staff
from hub.staff.queries import AgentRow
from hub.staff.rules import Viewer
from hub.staff.words import Permission


def list_colleagues(store_id: int | None) -> list[AgentRow]:
    """Members of the store and its region, and the head office, by name."""
    people = {row.id: row for row in staff.list_store_agents(store_id)}
    if store_id is not None:
        people |= {row.id: row for row in staff.list_store_agents(None)}
    return sorted(people.values(), key=lambda row: fold(row.name))


def find_answerer(agent_id: int, store_id: int | None) -> Viewer | None:
    """The person, if he or she may answer tickets of this store (None: the central queue) today."""
    person = staff.find_viewer(agent_id)
    if person is None or not person.may(Permission.ANSWER_TICKETS) or not person.scope.has_store(store_id):
        return None
    return person
