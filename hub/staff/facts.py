"""What happened to people of the staff; ids only."""

from dataclasses import dataclass

from hub.core.facts import Fact


@dataclass(frozen=True, kw_only=True)
class AgentInvited(Fact):
    """Somebody must receive the invitation mail; `inviter_id` is None when the system invites."""

    agent_id: int
    inviter_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class PasswordResetAsked(Fact):
    """Somebody must receive the mail with which to choose a new password."""

    agent_id: int


@dataclass(frozen=True, kw_only=True)
class AgentMoved(Fact):
    """Role, stores or regions of a person changed: what is assigned where he or she answers no more waits for others."""

    agent_id: int


@dataclass(frozen=True, kw_only=True)
class AgentLeft(Fact):
    """A person was deactivated: what was assigned to them waits for somebody else."""

    agent_id: int
