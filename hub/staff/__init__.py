"""Staff: agents, memberships, roles, keys."""
