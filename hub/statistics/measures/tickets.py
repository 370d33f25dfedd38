"""How tickets find their store and end, and what gestures cost."""

from hub.core.text import N_
from hub.statistics.measures.measure import Measure

FIRST_RESOLUTION = Measure(
    "first_resolution",
    N_("First resolution"),
    "seconds",
    definition=N_(
        "Half of the tickets solved for the first time in the period took at most this long from their "
        "creation, day and night."
    ),
    formula=N_("Median of the first solution less the creation of the ticket."),
    leaves_out=N_("Spam, merged and withdrawn tickets."),
)
LAST_RESOLUTION = Measure(
    "last_resolution",
    N_("Last resolution"),
    "seconds",
    definition=N_(
        "Half of the tickets solved for good in the period took at most this long from their creation, day "
        "and night."
    ),
    formula=N_(
        "Median of the last solution less the creation of the ticket: of a ticket that came back, its last "
        "solution counts."
    ),
    leaves_out=N_("Tickets that are open again; spam, merged and withdrawn tickets."),
)
REOPENED = Measure(
    "reopened",
    N_("Reopened"),
    "share of 1",
    definition=N_(
        "Of the tickets solved for the first time in the period, the share that was opened again since."
    ),
    formula=N_(
        "Tickets opened again at least once, divided by the tickets solved for the first time. A ticket can come "
        "back for 7 days: with another period are compared only tickets whose 7 days are over."
    ),
    leaves_out=N_("Spam, merged and withdrawn tickets."),
)
REROUTE_RATE = Measure(
    "reroute_rate",
    N_("Re-route rate"),
    "share of 1",
    definition=N_(
        "Of the tickets that came in the period and for which the hub found a store by itself, the share "
        "that a person moved to another store or to the central queue."
    ),
    formula=N_(
        "Moved tickets, divided by the tickets with a store found, with the 95% Wilson interval. A ticket "
        "counts once, for the source and the store that were found first, also when it was moved for "
        "another reason than a mistake."
    ),
    leaves_out=N_("Tickets noted in a store, and tickets of the central queue."),
)
ROUTED = Measure(
    "routed",
    N_("Store found"),
    "tickets",
    definition=N_("Tickets that came in the period and for which the hub found a store by itself."),
    formula=N_("Number of these tickets, in the store that was found first."),
    leaves_out=N_("Tickets noted in a store, and tickets of the central queue."),
)
UNATTRIBUTED = Measure(
    "unattributed",
    N_("Central queue"),
    "tickets",
    definition=N_(
        "Tickets that came in the period and in which nothing named a store, wherever they are now."
    ),
    formula=N_("Number of tickets whose first place was the central queue."),
    leaves_out=N_("Tickets that a person put into the central queue later."),
)
GESTURE_COST = Measure(
    "gesture_cost",
    N_("Cost of gestures"),
    "cents",
    definition=N_(
        "Vouchers and refunds granted in the period, charged to the store that had the ticket when the "
        "gesture was asked."
    ),
    formula=N_("Sum of the amounts. A voucher counts with its full amount when it is given, used or not."),
    leaves_out=N_("Refused gestures and those still waiting for a decision."),
)
GESTURES_GIVEN = Measure(
    "gestures_given",
    N_("Gestures granted"),
    "gestures",
    definition=N_(
        "Vouchers and refunds granted in the period, in the store that had the ticket when the gesture was asked."
    ),
    formula=N_("Number of gestures, vouchers and refunds apart, by the day of the decision."),
    leaves_out=N_("Refused gestures and those still waiting for a decision."),
)
GESTURES_REFUSED = Measure(
    "gestures_refused",
    N_("Refused gestures"),
    "gestures",
    definition=N_("Vouchers and refunds that were asked for and refused in the period."),
    formula=N_("Number of gestures, by the day of the decision."),
    leaves_out=N_("Granted gestures and those still waiting for a decision."),
)
OPENED = Measure(
    "tickets",
    N_("Tickets opened"),
    "tickets",
    definition=N_("Tickets that came in the period, by the store and the contact reason that they have now."),
    formula=N_("Number of tickets created in the period."),
    leaves_out=N_("Spam, tickets merged into another one, and tickets whose answer was withdrawn."),
)
CONTACT_RATE = Measure(
    "contact_rate",
    N_("Tickets per 1,000 orders"),
    "tickets per 1,000 orders",
    definition=N_("How many tickets came in the period for each thousand orders placed in it."),
    formula=N_(
        "Tickets opened, divided by orders, times 1,000: by store, region and time of the same group, by reason and channel "
        "of all orders. With the 95% Wilson interval as long as there are fewer tickets than orders."
    ),
    leaves_out=N_("Tickets as under “Tickets opened”; cancelled orders."),
)
REASON_SHARE = Measure(
    "reason_share",
    N_("Share of tickets"),
    "share of 1",
    definition=N_("Of the tickets that came in the period, the share that has this contact reason now."),
    formula=N_(
        "Tickets opened with the reason, divided by all tickets opened in the same stores and by the same channel, those "
        "without a reason among them. A reason is counted without those below it; no share is said among tickets of one reason."
    ),
    leaves_out=N_("Tickets as under “Tickets opened”."),
)
TICKETS_CHANGE = Measure(
    "tickets_change",
    N_("Change of tickets"),
    "tickets",
    definition=N_(
        "How many tickets of a contact reason came more or fewer than in the period that is compared with."
    ),
    formula=N_(
        "Tickets opened on the days of the period that are over, less those of as many days of the other period. "
        "What grew: one of both periods has 30 tickets or more, and the 95% Wilson interval of this period’s part of "
        "both lies above its part of the days."
    ),
    leaves_out=N_(
        "Tickets without a reason: they get one when they are solved, so that the latest have none. Orders: more orders "
        "bring more tickets."
    ),
)
ORDERS = Measure(
    "orders",
    N_("Orders"),
    "orders",
    definition=N_("Orders placed in the period, in the store that the shop named."),
    formula=N_("Number of orders by the day on which they were placed, however late the shop told us."),
    leaves_out=N_("Cancelled orders."),
)
ORDER_REVENUE = Measure(
    "order_revenue",
    N_("Revenue of orders"),
    "cents",
    definition=N_("What the orders placed in the period are worth by now."),
    formula=N_("Sum of the totals less what came back, by the day of the order."),
    leaves_out=N_("Cancelled orders."),
)
TICKETS = (
    OPENED,
    CONTACT_RATE,
    REASON_SHARE,
    TICKETS_CHANGE,
    ORDERS,
    ORDER_REVENUE,
    FIRST_RESOLUTION,
    LAST_RESOLUTION,
    REOPENED,
    REROUTE_RATE,
    ROUTED,
    UNATTRIBUTED,
    GESTURE_COST,
    GESTURES_GIVEN,
    GESTURES_REFUSED,
)
