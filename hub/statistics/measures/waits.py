"""How long customers wait, and who waits now."""

from hub.core.text import N_
from hub.statistics.measures.measure import Measure

MEDIAN_REPLY = Measure(
    "median_reply",
    N_("Median reply time"),
    "business seconds",
    definition=N_(
        "Half of the customers who got a reply in the period waited at most this long: in the opening hours"
        " of the store, from the oldest unanswered message to the first message written by a person."
    ),
    formula=N_(
        "Median of the opening seconds of the waits that ended in the period. The chain is charged the "
        "customer’s whole wait, a store its own share of it."
    ),
    leaves_out=N_("Waits of stores without known hours, and waits dropped without a reply."),
)
NINTH_REPLY = Measure(
    "p90_reply",
    N_("90th percentile"),
    "business seconds",
    definition=N_("Nine customers in ten waited at most this long."),
    formula=N_("90th percentile of the same waits as the median, between two waits by straight line."),
    leaves_out=N_("The same as for the median."),
)
WITHIN_TARGET = Measure(
    "within_target",
    N_("Within target"),
    "share of 1",
    definition=N_("How many of the waits ended within the target set when they began."),
    formula=N_("Waits of at most their target, divided by the waits with known hours."),
    leaves_out=N_("The same as for the median. A target changed later changes no past wait."),
)
WAITS = Measure(
    "waits",
    N_("Replies"),
    "waits",
    definition=N_("Waits of customers that ended with a reply of a person in the period."),
    formula=N_(
        "Number of these waits. A ticket that passed to another store counts once, in the store that replied."
    ),
    leaves_out=N_("Waits dropped without a reply; automatic messages end no wait."),
)
WAITING_NOW = Measure(
    "waiting_now",
    N_("Waiting now"),
    "tickets",
    definition=N_(
        "Tickets whose customer is waiting for a reply right now; late ones are past their deadline."
    ),
    formula=N_(
        "Number of tickets with an unanswered message of the customer, whatever the period of the page."
    ),
    leaves_out=N_("Tickets in which the last word is ours."),
)
LATE_NOW = Measure(
    "late_now",
    N_("Late now"),
    "tickets",
    definition=N_("Tickets whose customer is waiting for a reply right now, past the deadline."),
    formula=N_("Number of tickets with an unanswered message whose reply was due before now."),
    leaves_out=N_("Tickets of stores without known hours: they have no deadline."),
)
OLDEST_WAIT = Measure(
    "oldest_wait",
    N_("Oldest wait"),
    "seconds",
    definition=N_("How long the customer who waits longest right now has waited, day and night."),
    formula=N_("Now less the moment of the oldest unanswered message, whatever the period of the page."),
    leaves_out=N_("Tickets in which the last word is ours."),
)
DROPPED = Measure(
    "dropped",
    N_("Dropped waits"),
    "waits",
    definition=N_(
        "Waits that no person ended with a reply: the ticket was solved, merged, set aside as spam or "
        "withdrawn."
    ),
    formula=N_("Number of waits dropped in the period, by reason."),
    leaves_out=N_("Waits that ended with a reply. The dropped ones count here and in no median or share."),
)
DROPPED_SHARE = Measure(
    "dropped_share",
    N_("Share of dropped waits"),
    "share of 1",
    definition=N_("Of the waits that ended in the period, the share that no person ended with a reply."),
    formula=N_("Dropped waits, divided by replies and dropped waits, with the 95% Wilson interval."),
    leaves_out=N_("Waits that go on, and the share of a store that passed its wait on."),
)
WAITS_NOW_AND_THEN = (
    MEDIAN_REPLY,
    NINTH_REPLY,
    WITHIN_TARGET,
    WAITS,
    WAITING_NOW,
    LATE_NOW,
    OLDEST_WAIT,
    DROPPED,
    DROPPED_SHARE,
)
