"""Where the knowledge base is missed."""

from hub.core.text import N_
from hub.statistics.measures.measure import Measure

WITHOUT_ARTICLE = Measure(
    "without_article",
    N_("Solved without an article"),
    "share of 1",
    definition=N_(
        "Of the tickets solved for good in the period, the share in whose answers stood neither an article nor a "
        "standard reply."
    ),
    formula=N_(
        "These tickets, divided by all tickets solved for good, by the store and the contact reason that they have "
        "now, with the 95% Wilson interval. A reason is counted without those below it."
    ),
    leaves_out=N_(
        "Tickets that are open again; spam, merged and withdrawn tickets; tickets taken over from another helpdesk. "
        "What somebody copied by hand or said on the phone is not known."
    ),
)
SEARCHES_IN_VAIN = Measure(
    "searches_in_vain",
    N_("Searched in vain"),
    "share of 1",
    definition=N_(
        "Of the searches of the knowledge base in the period, by customers in the help centre and by the staff, the "
        "share that found no article."
    ),
    formula=N_("Searches without any result, divided by all searches, with the 95% Wilson interval."),
    leaves_out=N_(
        "Searches of the staff in lists that were narrowed, searches in the reply box, and messages of the contact "
        "form. A search knows neither store nor contact reason, and is deleted after its term."
    ),
)
KNOWLEDGE = (WITHOUT_ARTICLE, SEARCHES_IN_VAIN)
