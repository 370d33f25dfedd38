"""What other rooms ask the staff room, by family: people, keys."""

from hub.staff.queries.keys import ApiKeyCard, ApiKeyRow, check_api_key, list_api_keys
from hub.staff.queries.people import (
    AgentCard,
    AgentRow,
    find_agent_by_email,
    find_viewer,
    get_agent,
    get_agents,
    get_viewer,
    list_agents,
    list_neighbours,
    list_store_agents,
)

__all__ = [
    "AgentCard",
    "AgentRow",
    "ApiKeyCard",
    "ApiKeyRow",
    "check_api_key",
    "find_agent_by_email",
    "find_viewer",
    "get_agent",
    "get_agents",
    "get_viewer",
    "list_agents",
    "list_api_keys",
    "list_neighbours",
    "list_store_agents",
]
