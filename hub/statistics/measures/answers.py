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
ANSWERED = Measure(
    "csat_answers",
    N_("Answers"),
    "answers",
    definition=N_("Answers of the period that count, to the question sent after a purchase."),
    formula=N_("Number of answers, also by choice, by the day on which they were given."),
    leaves_out=N_("Answers that were not confirmed, were replaced by a later one or withdrawn."),
)
ASKED = Measure(
    "csat_asked",
    N_("Questions sent"),
    "messages",
    definition=N_("Questions after a purchase that left in the period."),
    formula=N_("Number of invitations that a provider took, by the store of the order."),
    leaves_out=N_("Questions that did not leave. An answer may come in a later period than its question."),
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
TICKET_ANSWERED = Measure(
    "ticket_ratings",
    N_("Answers after solving"),
    "answers",
    definition=N_("Answers of the period to the question sent after a ticket was solved."),
    formula=N_("Number of tickets with an answer, also by choice, by the day of their last answer."),
    leaves_out=N_("Questions without an answer."),
)
TICKET_ASKED = Measure(
    "ticket_asked",
    N_("Questions after solving"),
    "tickets",
    definition=N_("Tickets whose customer was asked in the period how the solution was."),
    formula=N_(
        "Number of tickets, by the day on which the question was written, in the store that had it then."
    ),
    leaves_out=N_(
        "Questions taken back because the ticket was opened again, and customers asked in the 30 days before."
    ),
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
        "Median of the opening seconds of the waits that began with an answer and ended in the period. The chain "
        "is charged the customer’s whole wait, a store its own share of it."
    ),
    leaves_out=N_("Customers to whom nobody has written yet, and stores without known hours."),
)
UNCONTACTED = Measure(
    "uncontacted",
    N_("Unhappy customers without a first contact"),
    "tickets",
    definition=N_("Tickets opened by an answer “not satisfied” to which nobody has written yet, right now."),
    formula=N_("Number of these tickets whose customer still waits, whatever the period of the page."),
    leaves_out=N_("Tickets in which a person has written, and those solved or withdrawn without a reply."),
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
ANSWERS = (
    SATISFACTION,
    ANSWERED,
    ASKED,
    TICKET_SATISFACTION,
    TICKET_ANSWERED,
    TICKET_ASKED,
    FIRST_CONTACT,
    UNCONTACTED,
    RECOVERY,
    REVIEW_LINKS,
)
