"""What became of our messages, and how many of them a customer gets."""

from hub.core.text import N_
from hub.statistics.measures.measure import Measure

_STAFF = N_(
    "Messages to the staff. Each message belongs to the day on which it left, whatever is heard of it later."
)
SENT = Measure(
    "messages_sent",
    N_("Messages sent"),
    "messages",
    definition=N_(
        "Messages that a provider took in the period, and those the receiver’s server refused at once."
    ),
    formula=N_("Number of messages, each of them once, in the store that it was sent for."),
    leaves_out=_STAFF,
)
DELIVERED = Measure(
    "messages_delivered",
    N_("Delivered"),
    "share of 1",
    definition=N_(
        "Of the messages sent, those that nobody sent back. A phone’s carrier also confirms; of mail nobody tells."
    ),
    formula=N_(
        "Messages that did not come back, divided by the messages sent, with the 95% Wilson interval."
    ),
    leaves_out=N_("Mail that went to the spam folder counts as delivered: nobody tells us."),
)
BOUNCED = Measure(
    "messages_bounced",
    N_("Bounced"),
    "share of 1",
    definition=N_(
        "Of the messages sent, those that came back: for good (no such address) or for now (full, busy)."
    ),
    formula=N_(
        "Messages with a report of the one or the other kind, divided by the messages sent, with the 95% Wilson interval."
    ),
    leaves_out=N_("Reports that name no message of ours, and faults of our own sender: they are alarms."),
)
OPENED = Measure(
    "messages_opened",
    N_("Opened"),
    "share of 1",
    definition=N_(
        "Of the e-mails whose receiver had allowed us to measure openings when they left, those opened by a mail program."
    ),
    formula=N_(
        "E-mails with an opening, divided by the e-mails that could be measured, with the 95% Wilson interval."
        " With another period are compared only messages that left over 3 days ago."
    ),
    leaves_out=N_("Everybody who did not allow it, and pictures loaded by a privacy proxy or a machine."),
)
CLICKED = Measure(
    "messages_clicked",
    N_("Clicked"),
    "share of 1",
    definition=N_("Of the messages delivered, those in which a person followed a link."),
    formula=N_(
        "Messages with at least one click of a person, divided by the messages delivered, with the 95% Wilson interval."
        " With another period are compared only messages that left over 3 days ago."
    ),
    leaves_out=N_("Clicks of machines. Messages without a link count as delivered and can have no click."),
)
UNSUBSCRIBED = Measure(
    "messages_unsubscribed",
    N_("Unsubscribed"),
    "share of 1",
    definition=N_(
        "Of the messages delivered, those that were the last of their kind before the customer refused such messages."
    ),
    formula=N_(
        "Messages followed by a refusal within seven days, divided by the messages delivered, with the 95% Wilson interval."
        " With another period are compared only messages that left over 7 days ago."
    ),
    leaves_out=N_(
        "Refusals later than that, those noted by the staff, and messages that nobody can refuse: replies, order and "
        "service messages without such a link."
    ),
)
COMPLAINTS = Measure(
    "messages_complaints",
    N_("Complaints"),
    "share of 1",
    definition=N_(
        "Of the messages delivered, those of which the receiver’s mail provider told us a spam report."
    ),
    formula=N_(
        "Messages with a report, divided by the messages delivered, with the 95% Wilson interval."
        " With another period are compared only messages that left over 3 days ago."
    ),
    leaves_out=N_("Providers that send no reports: their complaints are not known."),
)
NOT_SENT = Measure(
    "messages_not_sent",
    N_("Not sent"),
    "messages",
    definition=N_("Messages that were written and never left, by the reason that stopped them for good."),
    formula=N_("Number of messages given up in the period."),
    leaves_out=N_("Messages that still wait, and those a person took back."),
)
PRESSURE = Measure(
    "messages_pressure",
    N_("Pressure"),
    "customers",
    definition=N_("How many offers and newsletters a customer got in the period, on all channels together."),
    formula=N_(
        "Customers by the number of these messages that a provider took and nobody sent back. Of a store: the "
        "customers who prefer it, whichever store wrote to them. Who got none: the customers of the last night less those reached."
    ),
    leaves_out=N_("Surveys, service messages, order messages and replies."),
)
MESSAGES = (SENT, DELIVERED, BOUNCED, OPENED, CLICKED, UNSUBSCRIBED, COMPLAINTS, NOT_SENT, PRESSURE)
