"""Words of the replay."""

from enum import StrEnum


class ReplayState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"


class Reaction(StrEnum):
    """What customers do with messages, which has no past where none was sent: drawn at a rate."""

    OPENED = "opened"
    CLICKED = "clicked"
    ANSWERED = "answered"


class RateSource(StrEnum):
    """Where a rate comes from: typed in, seen at this step or in the chain, or an order of magnitude of the trade."""

    GIVEN = "given"
    STEP = "step"
    CHAIN = "chain"
    USUAL = "usual"


class Table(StrEnum):
    """What is counted. The keys of a table are words joined by `|`, given here."""

    ENTERED = "entered"  # day|arm
    CAUGHT_UP = "caught_up"  # arm: of those who entered, those whom the plan caught up with as it began
    SENT = "sent"  # day|step
    TO_CONTROL = "to_control"  # step: of those sent, the notices that the control arm gets as well
    RAN = "ran"  # step|outcome
    SKIPPED = "skipped"  # step|reason
    MOVED = "moved"  # step|reason: messages that had to wait for it
    UNSENT = "unsent"  # step|reason: messages that never left
    WAITED = "waited"  # step|wait: passages that had to wait
    ENDED = "ended"  # reason
    CODES = "codes"  # pool
    TEXTS = "texts"  # step: segments of SMS
    PRICE = "price"  # currency: millionths
    UNPRICED = "unpriced"  # step: segments without a known price
