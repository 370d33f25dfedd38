"""What other rooms ask the staff room, by family: people, keys, links."""

from hub.staff.queries.attendance import find_office_last_seen, list_last_seen
from hub.staff.queries.keys import ApiKeyCard, ApiKeyRow, check_api_key, list_api_keys
from hub.staff.queries.links import (
    get_invited,
    get_resetting,
    invitation_link_token,
    password_reset_token,
)
from hub.staff.queries.members import list_settled
from hub.staff.queries.people import (
    AgentCard,
    AgentRow,
    find_agent_by_email,
    find_viewer,
    get_agent,
    get_agents,
    get_viewer,
    has_administrator,
    is_anybody_there,
    list_agents,
    list_agents_with,
    list_neighbours,
    list_store_agents,
)
from hub.staff.queries.signers import list_signers

__all__ = [
    "AgentCard",
    "AgentRow",
    "ApiKeyCard",
    "ApiKeyRow",
    "check_api_key",
    "find_agent_by_email",
    "find_office_last_seen",
    "find_viewer",
    "get_agent",
    "get_agents",
    "get_invited",
    "get_resetting",
    "get_viewer",
    "has_administrator",
    "invitation_link_token",
    "is_anybody_there",
    "list_agents",
    "list_agents_with",
    "list_api_keys",
    "list_last_seen",
    "list_neighbours",
    "list_settled",
    "list_signers",
    "list_store_agents",
    "password_reset_token",
]
