"""Words of the journal of a merge."""

from enum import StrEnum


class NoteKind(StrEnum):
    """What a merge did to one row."""

    MOVED = "moved"
    CHANGED = "changed"
    REMOVED = "removed"
    ADDED = "added"
