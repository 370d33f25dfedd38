"""What happens as a deadline nears and passes: the steps of the escalation, and the notice to the customer."""

from datetime import datetime
from typing import Any

from hub.core.facts import record
from hub.inbox.actions.delaying import is_to_be_told, post_delay_notice
from hub.inbox.actions.waiting import find_open, warn_again
from hub.inbox.deadlines import steps_until
from hub.inbox.directory import Directory
from hub.inbox.facts import DeadlineMissed, DeadlineNeared
from hub.inbox.models import Ticket
from hub.stores.rules import business_seconds


def watch_deadline(ticket: Ticket, *, directory: Directory, now: datetime, machine_now: datetime) -> None:
    """Tell what is due of a ticket whose customer waits; each step and the missed deadline are told once a wait."""
    if ticket.warn_at is not None and ticket.warn_at <= now:
        _warn(ticket, directory=directory, now=now)
    if ticket.missed_at is None and ticket.due_at is not None and ticket.due_at <= now:
        _miss(ticket, directory=directory, now=now, machine_now=machine_now)


def _about(ticket: Ticket) -> dict[str, Any]:
    return {
        "customer_id": ticket.customer_id,
        "ticket_id": ticket.id,
        "store_id": ticket.store_id,
        "assignee_id": ticket.assignee_id,
    }


def _warn(ticket: Ticket, *, directory: Directory, now: datetime) -> None:
    """Every step whose time has come, lowest first; then the next one is planned."""
    ticket.warned_at = now
    passed = _percent_passed(ticket, directory, now)
    for step in steps_until(passed, directory.alerts.steps, warned_percent=ticket.warned_percent):
        record(DeadlineNeared(**_about(ticket), percent=step.percent, audience=step.audience), now=now)
        ticket.warned_percent = step.percent
    warn_again(ticket, directory)
    if ticket.warn_at is not None and ticket.warn_at <= now:
        ticket.warn_at = None  # the hours were changed meanwhile: what is due by them was told


def _percent_passed(ticket: Ticket, directory: Directory, now: datetime) -> float:
    """How much of the target has passed, in the store's opening time."""
    wait = find_open(ticket)
    hours = directory.hours(ticket.store_id)
    spent = business_seconds(hours, wait.started_at, now) if wait and hours else None
    return 100 * spent / wait.target_seconds if wait and spent is not None else 0.0


def _miss(ticket: Ticket, *, directory: Directory, now: datetime, machine_now: datetime) -> None:
    ticket.missed_at = now
    is_told = False
    wait = find_open(ticket) if is_to_be_told(ticket, directory) else None
    if wait is not None:
        moments = {"now": now, "machine_now": machine_now}
        seconds = wait.target_seconds
        is_told = post_delay_notice(ticket, target_seconds=seconds, directory=directory, **moments)
    record(DeadlineMissed(**_about(ticket), is_customer_told=is_told), now=now)
