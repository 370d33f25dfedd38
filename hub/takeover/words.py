"""Words of the takeover room."""

from enum import StrEnum


class TakeoverSource(StrEnum):
    ZAMMAD = "zammad"
    FRESHDESK = "freshdesk"
    MBOX = "mbox"


class TakeoverState(StrEnum):
    """Uploaded and to be read; read, with its report; being taken over; complete; stopped by a person; unreadable."""

    CHECKING = "checking"
    CHECKED = "checked"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"
