"""Who does something: handed to every action as `by`."""

from dataclasses import dataclass

from hub.core.words import ActorKind


@dataclass(frozen=True)
class Actor:
    """`agent_id` is the person credited, also when an API key bound to that agent acts."""

    kind: ActorKind
    agent_id: int | None = None
    api_key_id: int | None = None
    name: str = ""

    @property
    def is_person(self) -> bool:
        """An agent, or an API key bound to one: their messages end a customer's wait."""
        return self.agent_id is not None


SYSTEM = Actor(ActorKind.SYSTEM, name="Comptoir")
CUSTOMER = Actor(ActorKind.CUSTOMER)
