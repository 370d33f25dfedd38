"""What customers answered, and what followed."""

from hub.core.text import N_
from hub.statistics.measures.measure import Measure

SATISFACTION = Measure(
    "csat",
    N_("Satisfaction"),
    "share of 1",
    definition=N_("Share of “very satisfied” and “satisfied” among the answers of the period that count."),
    formula=N_(
        "“Very satisfied” and “satisfied”, divided by all answers that count, with the 95% Wilson interval."
    ),
    leaves_out=N_(
        "Invitations without an answer; answers that were not confirmed, were replaced by a later one or "
        "withdrawn."
    ),
)
TICKET_SATISFACTION = Measure(
    "ticket_csat",
    N_("Satisfaction after solving"),
    "share of 1",
    definition=N_(
        "Share of “very satisfied” and “satisfied” among the answers to the question sent after a ticket "
        "was solved."
    ),
    formula=N_(
        "“Very satisfied” and “satisfied”, divided by all answers, with the 95% Wilson interval. Each "
        "ticket counts once, with its last answer, in the store that had it when it was asked."
    ),
    leaves_out=N_("Questions without an answer."),
)
FIRST_CONTACT = Measure(
    "first_contact",
    N_("First contact of unhappy customers"),
    "business seconds",
    definition=N_(
        "Half of the customers who answered “not satisfied” and were written to in the period waited at "
        "most this long, in the opening hours of the store, from their answer to the first message written "
        "by a person."
    ),
    formula=N_(
        "Median of the opening seconds of the waits that began with an answer and ended in the period."
    ),
    leaves_out=N_("Customers to whom nobody has written yet, and stores without known hours."),
)
RECOVERY = Measure(
    "recovery",
    N_("Customers won back"),
    "share of 1",
    definition=N_(
        "Of the customers who answered “not satisfied” and answered again in the period after their ticket "
        "was solved, the share that is now “very satisfied” or “satisfied”."
    ),
    formula=N_(
        "“Very satisfied” and “satisfied”, divided by all second answers, with the 95% Wilson interval."
    ),
    leaves_out=N_("Customers who did not answer a second time."),
)
REVIEW_LINKS = Measure(
    "review_links",
    N_("Review link sent"),
    "share of 1",
    definition=N_(
        "Of the answers of the period, the share whose customer was sent a message with the review link "
        "within nine days. The link goes to everybody alike: shares that differ by the answer are a fault."
    ),
    formula=N_("Answers followed by the link, divided by the answers that count."),
    leaves_out=N_("Nothing; thanks leave the day after the answer, so that the last days are incomplete."),
)
ANSWERS = (SATISFACTION, TICKET_SATISFACTION, FIRST_CONTACT, RECOVERY, REVIEW_LINKS)
