"""The definition of every figure, once: its words, its unit, its formula and what it leaves out."""

from dataclasses import dataclass

from hub.core.text import N_


@dataclass(frozen=True)
class Measure:
    """`name` and `definition` are English msgids, shown to the reader on demand."""

    key: str
    name: str
    unit: str
    definition: str


MEDIAN_REPLY = Measure(
    "median_reply",
    N_("Median reply time"),
    "business seconds",
    N_(
        "Half of the customers who got a reply in the period waited at most this long. Counted in the opening hours of "
        "the store, from the oldest unanswered message to the first message written by a person. Waits of stores "
        "without known hours, and waits dropped without a reply, are left out."
    ),
)
NINTH_REPLY = Measure(
    "p90_reply",
    N_("90th percentile"),
    "business seconds",
    N_("Nine customers in ten waited at most this long. Same waits as the median."),
)
WITHIN_TARGET = Measure(
    "within_target",
    N_("Within target"),
    "share of 1",
    N_("Of the waits with known hours, the share that ended within the target set when they began."),
)
WAITS = Measure(
    "waits",
    N_("Replies"),
    "waits",
    N_(
        "Waits of customers that ended with a reply in the period. When a ticket passes to another store each store is "
        "charged its own share of the wait; the figure of the chain counts the share of the store that replied."
    ),
)
WAITING_NOW = Measure(
    "waiting_now",
    N_("Waiting now"),
    "tickets",
    N_("Tickets whose customer is waiting for a reply right now; late ones are past their deadline."),
)
SATISFACTION = Measure(
    "csat",
    N_("Satisfaction"),
    "share of 1",
    N_(
        "Share of “very satisfied” and “satisfied” among the answers that count, with the 95% Wilson interval. "
        "Invitations without an answer are left out."
    ),
)
MEASURES = {
    measure.key: measure
    for measure in (MEDIAN_REPLY, NINTH_REPLY, WITHIN_TARGET, WAITS, WAITING_NOW, SATISFACTION)
}
