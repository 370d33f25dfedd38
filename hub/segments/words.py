"""Words of saved segments."""

from enum import StrEnum


class SegmentKind(StrEnum):
    """A live one is who fits now; a static one keeps the members it had when it was last refreshed."""

    LIVE = "live"
    STATIC = "static"


class WorkState(StrEnum):
    """Of work that a job does: counting, refreshing, writing a file."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class FileKind(StrEnum):
    """What is handed out: the members as a table, or hashed addresses for an advertising network."""

    TABLE = "table"
    META = "meta"
    GOOGLE = "google"
