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
TICKET_SATISFACTION = Measure(
    "ticket_csat",
    N_("Satisfaction after solving"),
    "share of 1",
    N_(
        "Share of “very satisfied” and “satisfied” among the answers to the question sent after a ticket was solved, with "
        "the 95% Wilson interval. Each ticket counts once, with its last answer, in the store that had it when it was asked."
    ),
)
FIRST_CONTACT = Measure(
    "first_contact",
    N_("First contact of unhappy customers"),
    "business seconds",
    N_(
        "Half of the customers who answered “not satisfied” and were written to in the period waited at most this long, in the "
        "opening hours of the store, from their answer to the first message written by a person."
    ),
)
RECOVERY = Measure(
    "recovery",
    N_("Customers won back"),
    "share of 1",
    N_(
        "Of the customers who answered “not satisfied” and answered again in the period after their ticket was solved, the "
        "share that is now “very satisfied” or “satisfied”, with the 95% Wilson interval."
    ),
)
REVIEW_LINKS = Measure(
    "review_links",
    N_("Review link sent"),
    "share of 1",
    N_(
        "Of the answers of the period, the share whose customer was sent a message with the review link within nine days. "
        "The link goes to everybody alike: shares that differ by the answer are a fault. Thanks leave the day after the "
        "answer, so that the last days are incomplete."
    ),
)
REROUTE_RATE = Measure(
    "reroute_rate",
    N_("Re-route rate"),
    "share of 1",
    N_(
        "Of the tickets that came in the period and for which the hub found a store by itself, the share that a person "
        "moved to another store or to the central queue, with the 95% Wilson interval. A ticket counts once, for the "
        "source and the store that were found first, also when it was moved for another reason than a mistake. Tickets "
        "noted in a store and tickets of the central queue are left out."
    ),
)
ROUTED = Measure(
    "routed",
    N_("Store found"),
    "tickets",
    N_("Tickets that came in the period and for which the hub found a store by itself."),
)
UNATTRIBUTED = Measure(
    "unattributed",
    N_("Central queue"),
    "tickets",
    N_("Tickets that came in the period and in which nothing named a store, wherever they are now."),
)
FIRST_RESOLUTION = Measure(
    "first_resolution",
    N_("First resolution"),
    "seconds",
    N_(
        "Half of the tickets solved for the first time in the period took at most this long from their creation, day and "
        "night. Spam, merged and withdrawn tickets are left out."
    ),
)
LAST_RESOLUTION = Measure(
    "last_resolution",
    N_("Last resolution"),
    "seconds",
    N_(
        "The same until the ticket was solved for good: of a ticket that came back, its last resolution counts. Tickets that "
        "are open again are left out."
    ),
)
REOPENED = Measure(
    "reopened",
    N_("Reopened"),
    "share of 1",
    N_("Of the tickets solved for the first time in the period, the share that was opened again since."),
)
OLDEST_WAIT = Measure(
    "oldest_wait",
    N_("Oldest wait"),
    "seconds",
    N_("How long the customer who waits longest right now has waited, day and night."),
)
DROPPED = Measure(
    "dropped",
    N_("Dropped waits"),
    "waits",
    N_("Waits that no person ended with a reply. They are counted here and left out of medians and shares."),
)
GESTURE_COST = Measure(
    "gesture_cost",
    N_("Cost of gestures"),
    "cents",
    N_(
        "Vouchers and refunds granted in the period, charged to the store that had the ticket when the gesture was asked. "
        "A voucher counts with its full amount when it is given, used or not; refused gestures cost nothing."
    ),
)
PLAN_GAIN = Measure(
    "plan_gain",
    N_("Gain of a plan"),
    "cents",
    N_(
        "Revenue per customer with messages less revenue per customer of the control group, times the customers with "
        "messages; with its 95% interval. The arm is drawn at entry, and everybody who enters counts, whether a message "
        "left or not. It is said from 100 customers and 30 buyers in each group on; fewer would make it a lottery."
    ),
)
PLAN_PER_HEAD = Measure(
    "plan_per_head",
    N_("Revenue per customer of a plan"),
    "cents",
    N_(
        "Orders placed in the window of the plan, from the entry or the day its first step counts from, less returns, cancelled orders and the discount of promo "
        "codes; divided by all customers of the group, also those who bought nothing. Who enters again while the window is "
        "open counts once; who enters later counts once more. Windows that are still open are left out and told apart."
    ),
)
PLAN_BOUGHT = Measure(
    "plan_bought",
    N_("Bought"),
    "share of 1",
    N_(
        "Of the customers whose window is over, those with an order in it that was neither cancelled nor wholly returned, with "
        "the 95% Wilson interval."
    ),
)
PLAN_ENGAGED = Measure(
    "plan_engaged",
    N_("Engaged"),
    "share of 1",
    N_(
        "Of the passages with a message sent, those in which a person clicked, or opened where the customer allowed us to "
        "measure that, with the 95% Wilson interval. Clicks of machines and pictures loaded by a proxy are left out."
    ),
)
PLAN_UNSUBSCRIBED = Measure(
    "plan_unsubscribed",
    N_("Unsubscribed"),
    "share of 1",
    N_(
        "Of the passages with a message sent, those whose message was the last of its kind that reached the customer in the "
        "seven days before he refused such messages, with the 95% Wilson interval."
    ),
)
PLAN_COMPLAINTS = Measure(
    "plan_complaints",
    N_("Complaints"),
    "share of 1",
    N_(
        "Of the passages with a message sent, those of which the customer's mail provider told us a spam report."
    ),
)
PLAN_FUNNEL = Measure(
    "plan_funnel",
    N_("How far customers came"),
    "passages",
    N_(
        "Passages of the group with messages. Sent: the provider took at least one message. Delivered: at least one of them "
        "did not come back. Shares of delivered and engaged are of those sent, the share of buyers is of the customers whose window "
        "is over."
    ),
)
PLANS_GAIN = Measure(
    "plans_gain",
    N_("Gain of all plans"),
    "cents",
    N_(
        "The sum of the gains that can be said. Each plan draws its own control group, so that the errors are added as squares; "
        "plans with too few customers are left out."
    ),
)
PLANS_YEAR = Measure(
    "plans_year",
    N_("With and without plans"),
    "cents",
    N_(
        "Both sides are counted on the customers who received the messages: without is what the control group did, per "
        "customer. Rate: share of customers who bought in the window. Customers: how many that makes. Value: net revenue of one "
        "who buys. Revenue: the three multiplied. Nothing is typed in; the figures of the field are shown beside and never "
        "reckoned with."
    ),
)
MEASURES = {
    measure.key: measure
    for measure in (
        MEDIAN_REPLY,
        NINTH_REPLY,
        WITHIN_TARGET,
        WAITS,
        WAITING_NOW,
        SATISFACTION,
        TICKET_SATISFACTION,
        FIRST_CONTACT,
        RECOVERY,
        REVIEW_LINKS,
        GESTURE_COST,
        REROUTE_RATE,
        ROUTED,
        UNATTRIBUTED,
        FIRST_RESOLUTION,
        LAST_RESOLUTION,
        REOPENED,
        OLDEST_WAIT,
        DROPPED,
        PLAN_GAIN,
        PLAN_PER_HEAD,
        PLAN_BOUGHT,
        PLAN_ENGAGED,
        PLAN_UNSUBSCRIBED,
        PLAN_COMPLAINTS,
        PLAN_FUNNEL,
        PLANS_GAIN,
        PLANS_YEAR,
    )
}
