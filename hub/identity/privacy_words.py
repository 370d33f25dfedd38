"""Words of privacy: requests of customers, the steps of an erasure, kinds of data with a term."""

from enum import StrEnum


class RequestKind(StrEnum):
    """What a customer may ask for (GDPR art. 15, 16, 17, 20, 21)."""

    ACCESS = "access"
    CORRECTION = "correction"
    ERASURE = "erasure"
    PORTABILITY = "portability"
    OBJECTION = "objection"


class RequestState(StrEnum):
    OPEN = "open"
    DONE = "done"
    REFUSED = "refused"


class ErasureState(StrEnum):
    """`running` has done some rooms; whoever goes on begins with the next one."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
