"""What Prometheus reads besides the process: queues, ages, waits. Plain counts on partial indexes."""

from collections.abc import Callable
from datetime import datetime

from hub.core import clock
from hub.core.facts import count_queued
from hub.inbox.queries import count_waiting
from hub.mailroom.queries import count_arrivals, find_oldest_waiting_at
from hub.mailroom.words import ArrivalState
from hub.outbox import queries as outbox
from hub.plans.engine import next_due_at


def waiting_messages() -> float:
    """Outbound messages due now and not sent."""
    return sum(outbox.count_waiting(now=clock.business_now()).values())


def oldest_step_seconds() -> float:
    """Age of the oldest due plan step, in seconds; 0 when none is due."""
    return _age(next_due_at(), clock.business_now())


def waiting_arrivals() -> float:
    """Arrivals stored and not sorted."""
    return count_arrivals().get(ArrivalState.WAITING, 0)


def quarantined_arrivals() -> float:
    """Arrivals in quarantine."""
    return count_arrivals().get(ArrivalState.QUARANTINED, 0)


def oldest_arrival_seconds() -> float:
    """Age of the oldest arrival not sorted, in seconds; 0 when none waits."""
    return _age(find_oldest_waiting_at(), clock.business_now())


def queued_facts() -> float:
    """Facts whose wires have not all had their effect."""
    return count_queued()


def waiting_customers() -> float:
    """Tickets whose customer waits for a reply."""
    return count_waiting()


GAUGES: dict[str, Callable[[], float]] = {
    "comptoir_outbound_waiting": waiting_messages,
    "comptoir_oldest_due_step_seconds": oldest_step_seconds,
    "comptoir_arrivals_waiting": waiting_arrivals,
    "comptoir_arrivals_quarantined": quarantined_arrivals,
    "comptoir_oldest_arrival_seconds": oldest_arrival_seconds,
    "comptoir_facts_queued": queued_facts,
    "comptoir_customers_waiting": waiting_customers,
}


def _age(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0
