"""Words of the door in."""

from enum import StrEnum


class ArrivalState(StrEnum):
    WAITING = "waiting"
    SORTED = "sorted"
    QUARANTINED = "quarantined"


class ArrivalWay(StrEnum):
    """The wire it came by."""

    LISTENER = "listener"
    HTTP = "http"
    FORM = "form"
    API = "api"
    PHONE = "phone"


class ArrivalKind(StrEnum):
    """What it was, once sorted."""

    MESSAGE = "message"
    REPORT = "report"
    AUTO_REPLY = "auto_reply"
    MACHINE = "machine"
    STOP = "stop"
