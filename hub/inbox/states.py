"""The states of a ticket and what may follow what; pure."""

from collections.abc import Mapping
from datetime import timedelta

from hub.inbox.words import TicketState

S = TicketState
OPEN_STATES = frozenset({S.NEW, S.OPEN, S.PENDING})
CLOSES_AFTER = timedelta(days=7)

_NEXT: Mapping[TicketState, frozenset[TicketState]] = {
    S.NEW: frozenset({S.OPEN, S.PENDING, S.SOLVED}),
    S.OPEN: frozenset({S.PENDING, S.SOLVED}),
    S.PENDING: frozenset({S.OPEN, S.SOLVED}),
    S.SOLVED: frozenset({S.OPEN, S.CLOSED}),
    S.CLOSED: frozenset(),
}


def may_become(state: TicketState, following: TicketState) -> bool:
    """Whether a person or the clock may make this step. Nothing leaves closed."""
    return following in _NEXT[state]


def is_open(state: TicketState) -> bool:
    return state in OPEN_STATES


def next_on_customer_message(state: TicketState) -> TicketState | None:
    """The state once the customer wrote; None when a new, linked ticket must be opened (closed)."""
    if state is S.CLOSED:
        return None
    return S.NEW if state is S.NEW else S.OPEN


def next_on_reply(state: TicketState) -> TicketState:
    """The state once a person answered: a reply to a solved ticket leaves it solved."""
    return S.SOLVED if state is S.SOLVED else S.OPEN
