"""What plans did and earned."""

from hub.core.text import N_
from hub.statistics.measures.measure import Measure

PLAN_GAIN = Measure(
    "plan_gain",
    N_("Gain of a plan"),
    "cents",
    definition=N_(
        "What the customers with messages spent more than the same customers would have without, told from "
        "a control group. The arm is drawn at entry, and everybody who enters counts, whether a message "
        "left or not."
    ),
    formula=N_(
        "Revenue per customer with messages less revenue per customer of the control group, times the "
        "customers with messages; with its 95% interval."
    ),
    leaves_out=N_(
        "Plans with fewer than 100 customers or 30 buyers in one of the groups: their gain would be a "
        "lottery and is not said."
    ),
)
PLAN_PER_HEAD = Measure(
    "plan_per_head",
    N_("Revenue per customer of a plan"),
    "cents",
    definition=N_(
        "What a customer of the group spent on average in the window of the plan, from the entry or the day"
        " its first step counts from."
    ),
    formula=N_(
        "Orders placed in the window, less returns, cancelled orders and the discount of promo codes; "
        "divided by all customers of the group, also those who bought nothing. Who enters again while the "
        "window is open counts once; who enters later counts once more."
    ),
    leaves_out=N_("Windows that are still open; they are told apart."),
)
PLAN_BOUGHT = Measure(
    "plan_bought",
    N_("Bought"),
    "share of 1",
    definition=N_("Of the customers whose window is over, those with an order in it."),
    formula=N_(
        "Customers with an order, divided by the customers whose window is over, with the 95% Wilson "
        "interval."
    ),
    leaves_out=N_("Orders cancelled or wholly returned; windows that are still open."),
)
PLAN_ENGAGED = Measure(
    "plan_engaged",
    N_("Engaged"),
    "share of 1",
    definition=N_(
        "Of the passages with a message sent, those in which a person clicked, or opened where the customer"
        " allowed us to measure that."
    ),
    formula=N_(
        "Passages with a click or an opening, divided by the passages with a message sent, with the 95% "
        "Wilson interval."
    ),
    leaves_out=N_("Clicks of machines, and pictures loaded by a proxy."),
)
PLAN_UNSUBSCRIBED = Measure(
    "plan_unsubscribed",
    N_("Unsubscribed"),
    "share of 1",
    definition=N_(
        "Of the passages with a message sent, those whose message was the last of its kind before the "
        "customer refused such messages."
    ),
    formula=N_(
        "Passages whose message reached the customer in the seven days before he refused, divided by the "
        "passages with a message sent, with the 95% Wilson interval."
    ),
    leaves_out=N_("Refusals more than seven days after the last message."),
)
PLAN_COMPLAINTS = Measure(
    "plan_complaints",
    N_("Complaints"),
    "share of 1",
    definition=N_(
        "Of the passages with a message sent, those of which the customer’s mail provider told us a spam "
        "report."
    ),
    formula=N_(
        "Passages with a report, divided by the passages with a message sent, with the 95% Wilson interval."
    ),
    leaves_out=N_("Providers that send no reports: their complaints are not known."),
)
PLAN_FUNNEL = Measure(
    "plan_funnel",
    N_("How far customers came"),
    "passages",
    definition=N_(
        "Passages of the group with messages, stage by stage. Sent: the provider took at least one message."
        " Delivered: at least one of them did not come back."
    ),
    formula=N_(
        "Shares of delivered and engaged are of those sent, the share of buyers is of the customers whose "
        "window is over."
    ),
    leaves_out=N_("The control group."),
)
PLANS_GAIN = Measure(
    "plans_gain",
    N_("Gain of all plans"),
    "cents",
    definition=N_("What all plans together brought in the period, of which a gain can be said."),
    formula=N_(
        "Sum of the gains. Each plan draws its own control group, so that the errors are added as squares."
    ),
    leaves_out=N_("Plans with too few customers."),
)
PLANS_YEAR = Measure(
    "plans_year",
    N_("With and without plans"),
    "cents",
    definition=N_(
        "Both sides are counted on the customers who received the messages: without is what the control "
        "group did, per customer."
    ),
    formula=N_(
        "Rate: share of customers who bought in the window. Customers: how many that makes. Value: net "
        "revenue of one who buys. Revenue: the three multiplied."
    ),
    leaves_out=N_(
        "Figures of the field: they are shown beside and never reckoned with. Nothing is typed in."
    ),
)
PLANS = (
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
