"""How many customers there are, where they stand, and who may be written to."""

from hub.core.text import N_
from hub.statistics.measures.measure import Measure

_LEFT_OUT = N_("Archived and erased customers, and those merged into another one.")
CUSTOMERS = Measure(
    "base_customers",
    N_("Customers"),
    "customers",
    definition=N_("Everybody the chain knew after the latest night, prospects included."),
    formula=N_(
        "Number of customers, each in the preferred store; some have none and count in the chain alone."
    ),
    leaves_out=_LEFT_OUT,
)
STAGES = Measure(
    "base_stages",
    N_("Customers by stage"),
    "customers",
    definition=N_(
        "Where customers stood after the latest night, from the first look to gone; what each stage means "
        "stands in the definitions of the chain."
    ),
    formula=N_(
        "Number of customers of the stage; beside it the same number of the night kept a month and a year earlier."
    ),
    leaves_out=N_("Customers who came after the night: they have no stage yet and are told apart."),
)
RF = Measure(
    "base_rf",
    N_("Recency and frequency"),
    "customers",
    definition=N_(
        "Recency (R) and frequency (F) in quintiles of the whole chain: 5 is the fifth that bought last, and "
        "the one that bought most often. Equal values share a score."
    ),
    formula=N_("Number of customers with this R and this F."),
    leaves_out=N_("Customers without an order in the window of the definitions."),
)
COHORTS = Measure(
    "base_cohorts",
    N_("Cohorts"),
    "share of 1",
    definition=N_(
        "Of the customers who first bought in a month, the share that bought again so many months later."
    ),
    formula=N_(
        "Customers with an order in that month, divided by the customers of the cohort; of a store those whose "
        "first order was there."
    ),
    leaves_out=N_("Cancelled orders. The current month is not over yet."),
)
REACHABLE = Measure(
    "base_reachable",
    N_("May be written to"),
    "share of 1",
    definition=N_("Customers with a mail address or a mobile phone that may be written to at all."),
    formula=N_(
        "Customers with at least one confirmed address that is not suppressed, divided by all customers, with "
        "the 95% Wilson interval."
    ),
    leaves_out=N_(
        "Addresses that bounced for good, were stopped or were never confirmed; landlines; whoever is known by "
        "a social network alone."
    ),
)
OFFERS = Measure(
    "base_offers",
    N_("May get offers"),
    "share of 1",
    definition=N_("Customers to whom an offer may be sent by at least one channel."),
    formula=N_(
        "Customers with a consent to offers on an address that may be written to, divided by all customers, "
        "with the 95% Wilson interval."
    ),
    leaves_out=N_("Caps, quiet hours and pauses, which only put a message off; consents to single themes."),
)
CONSENTS = Measure(
    "base_consents",
    N_("Consents"),
    "customers",
    definition=N_("What customers with an address for the channel have said to it: yes, no, or nothing yet."),
    formula=N_(
        "The latest word of each address counts. Who said yes with one address and no with another counts as a yes."
    ),
    leaves_out=N_("Customers without an address for the channel, and consents to single themes."),
)
BASE = (CUSTOMERS, STAGES, RF, COHORTS, REACHABLE, OFFERS, CONSENTS)
