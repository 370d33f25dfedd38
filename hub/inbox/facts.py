"""What happened in the inbox: ids and numbers only."""

from dataclasses import dataclass

from hub.core.facts import Fact


@dataclass(frozen=True, kw_only=True)
class TicketOpened(Fact):
    """`store_id` None: the central queue."""

    ticket_id: int
    store_id: int | None
    channel: str


@dataclass(frozen=True, kw_only=True)
class CustomerWrote(Fact):
    """The customer (or another party) wrote again in a ticket that existed."""

    ticket_id: int
    message_id: int
    store_id: int | None
    channel: str


@dataclass(frozen=True, kw_only=True)
class TicketReplied(Fact):
    """`wait_id` is the wait that the reply ended, if the customer was waiting; `message_id` is gone when undone."""

    ticket_id: int
    store_id: int | None
    agent_id: int | None
    wait_id: int | None
    message_id: int


@dataclass(frozen=True, kw_only=True)
class ReplyUndone(Fact):
    """The latest reply of this agent never left: its `TicketReplied` does not count."""

    ticket_id: int
    store_id: int | None
    agent_id: int | None


@dataclass(frozen=True, kw_only=True)
class TicketSolved(Fact):
    ticket_id: int
    store_id: int | None
    agent_id: int | None
    reason_id: int | None
    is_grievance: bool = False


@dataclass(frozen=True, kw_only=True)
class TicketRated(Fact):
    """The customer answered the question after the solution; `score` 3 to 1. `agent_id` wrote the last answer."""

    ticket_id: int
    store_id: int | None
    agent_id: int | None
    score: int


@dataclass(frozen=True, kw_only=True)
class TicketReopened(Fact):
    ticket_id: int
    store_id: int | None


@dataclass(frozen=True, kw_only=True)
class TicketTransferred(Fact):
    ticket_id: int
    from_store_id: int | None
    store_id: int | None


@dataclass(frozen=True, kw_only=True)
class TicketRequesterChanged(Fact):
    """The ticket belongs to this customer from now on, not to whoever it belonged to before."""

    ticket_id: int
    store_id: int | None


@dataclass(frozen=True, kw_only=True)
class FiguresChanged(Fact):
    """Something that figures count changed in a way no other fact tells: a merge, a split, spam, another reason.

    It happened to figures, not to a customer: it names none. `gone`: moments, in seconds since 1970, by which the ticket was counted before and that its rows hold no more.
    """

    ticket_id: int
    gone: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class TicketWithdrawn(Fact):
    """The answer it came from was taken back."""

    ticket_id: int
    store_id: int | None


@dataclass(frozen=True, kw_only=True)
class DeadlineNeared(Fact):
    """`percent` of the target have passed without a reply: a step of the escalation, told to its `audience`."""

    ticket_id: int
    store_id: int | None
    assignee_id: int | None
    percent: int
    audience: str


@dataclass(frozen=True, kw_only=True)
class DeadlineMissed(Fact):
    """The target has passed without a reply; `is_customer_told`: a delay notice was posted."""

    ticket_id: int
    store_id: int | None
    assignee_id: int | None
    is_customer_told: bool = False


@dataclass(frozen=True, kw_only=True)
class CustomerCalled(Fact):
    """A try to phone the customer from the call list; `outcome` says what came of it."""

    task_id: int
    store_id: int | None
    ticket_id: int | None
    agent_id: int
    outcome: str
