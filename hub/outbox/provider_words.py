"""Words of what mail providers report by webhook."""

from enum import StrEnum


class MailProvider(StrEnum):
    SES = "ses"
    MAILGUN = "mailgun"
    BREVO = "brevo"
    POSTMARK = "postmark"


class DeliveryState(StrEnum):
    """`stored`: the effect is still to come. `unmatched`: about no message of ours that we know; staff see it."""

    STORED = "stored"
    APPLIED = "applied"
    UNMATCHED = "unmatched"
    IGNORED = "ignored"
