"""Words of imports: their states, what becomes of a row, and what a person may choose."""

from enum import StrEnum


class ImportState(StrEnum):
    """Reading: headings and samples. Matching: a person says what each column holds. Checking: the dry run.

    Checked: the report waits for a person.
    """

    READING = "reading"
    MATCHING = "matching"
    CHECKING = "checking"
    CHECKED = "checked"
    APPLYING = "applying"
    APPLIED = "applied"
    UNDOING = "undoing"
    UNDONE = "undone"
    CANCELLED = "cancelled"
    FAILED = "failed"


class RowOutcome(StrEnum):
    """What becomes of a row (of the file); in the dry run what would become of it."""

    NEW = "new"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    SKIPPED = "skipped"


class RowReason(StrEnum):
    """Why a row is refused or skipped. `IN_FILE` and `KNOWN`: it was chosen to skip such rows."""

    NO_ADDRESS = "no_address"
    PHONE_OF_OTHER = "phone_of_other"
    EMPTY = "empty"
    BY_HAND = "by_hand"
    IN_FILE = "in_file"
    KNOWN = "known"
    FAILED = "failed"


class Clash(StrEnum):
    """What happens to a customer whom the base knows already. Neither ever writes a blank over something."""

    FILL = "fill"
    OVERWRITE = "overwrite"
    SKIP = "skip"


class ImportKind(StrEnum):
    """What is found beside the rules of hygiene: between the file and the base."""

    NAME_DIFFERS = "name_differs"
    VALUE_DIFFERS = "value_differs"
    ALIKE_IN_FILE = "alike_in_file"
    PHONE_ELSEWHERE = "phone_elsewhere"
    ID_ELSEWHERE = "id_elsewhere"
    CONSENT_REFUSED = "consent_refused"
    CONSENT_BLOCKED = "consent_blocked"
    ROW_FAILED = "row_failed"
    ERASED = "erased"


class UndoOutcome(StrEnum):
    """What the undo did to the customer of a row."""

    REMOVED = "removed"
    KEPT = "kept"
    RESTORED = "restored"
    PARTLY = "partly"
    NOTHING = "nothing"
