"""Who may do what: the permission table and the scope of a person. Pure."""

from dataclasses import dataclass

from hub.core.actor import Actor
from hub.core.words import ActorKind, Language
from hub.staff.words import Permission, Role

P = Permission
_AGENT = frozenset({P.READ_TICKETS, P.ANSWER_TICKETS, P.READ_CUSTOMERS, P.READ_KNOWLEDGE})
_MANAGER = _AGENT | {P.READ_STATISTICS}

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.AGENT: _AGENT,
    Role.DELIVERY: frozenset({P.READ_KNOWLEDGE}),
    Role.STORE_MANAGER: _MANAGER,
    Role.REGION_MANAGER: _MANAGER,
    Role.HEAD_OFFICE: _MANAGER | {P.EDIT_KNOWLEDGE},
    Role.MARKETER: frozenset(
        {P.READ_CUSTOMERS, P.READ_PLANS, P.EDIT_PLANS, P.READ_KNOWLEDGE, P.READ_STATISTICS}
    ),
    Role.MANAGER: frozenset(
        {P.READ_TICKETS, P.READ_CUSTOMERS, P.READ_PLANS, P.READ_KNOWLEDGE, P.READ_STATISTICS}
    ),
    Role.ADMINISTRATOR: frozenset(Permission),
}

WHOLE_CHAIN = frozenset({Role.HEAD_OFFICE, Role.MARKETER, Role.MANAGER, Role.ADMINISTRATOR})


@dataclass(frozen=True)
class Scope:
    """The stores a person may see: all of them and the central queue, or exactly `store_ids`."""

    is_everything: bool
    store_ids: frozenset[int] = frozenset()

    def has_store(self, store_id: int | None) -> bool:
        """The central queue (None) belongs to the head office alone."""
        return self.is_everything or store_id in self.store_ids


@dataclass(frozen=True)
class Viewer:
    """The signed-in person, as every page and query sees them. `home_store_id` is None at the head office."""

    agent_id: int
    name: str
    email: str
    role: Role
    language: Language
    scope: Scope
    session_epoch: int
    home_store_id: int | None = None
    home_store_name: str = ""
    undo_seconds: int = 10
    has_shortcuts: bool = True

    @property
    def actor(self) -> Actor:
        return Actor(ActorKind.AGENT, agent_id=self.agent_id, name=self.name)

    def may(self, permission: Permission) -> bool:
        return permission in PERMISSIONS[self.role]


def scope_of(role: Role, store_ids: frozenset[int]) -> Scope:
    """Head office, marketers, managers and administrators see all stores; the others only theirs."""
    return (
        Scope(is_everything=True) if role in WHOLE_CHAIN else Scope(is_everything=False, store_ids=store_ids)
    )
