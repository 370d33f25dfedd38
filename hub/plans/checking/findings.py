"""What can be found in a plan: the first faults stop its publication, the others are only said. The words are the door's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from hub.core.errors import Invalid
from hub.core.text import N_


class Severity(StrEnum):
    BLOCKS = "blocks"
    WARNS = "warns"


class Fault(StrEnum):
    """What can be wrong. The first group stops the publication, the second is only said."""

    UNREACHABLE = "unreachable"
    NO_EXIT = "no_exit"
    NEEDED_STEP = "needed_step"
    ALWAYS_LATE = "always_late"
    NO_PURPOSE = "no_purpose"
    WEAK_PURPOSE = "weak_purpose"
    NOT_FOR_CUSTOMERS = "not_for_customers"
    NO_TEMPLATE = "no_template"
    NO_TRANSLATION = "no_translation"
    NO_SMS_TEXT = "no_sms_text"
    NO_VALUE = "no_value"
    NO_POOL = "no_pool"
    POOL_OVER = "pool_over"
    POOL_EMPTY = "pool_empty"
    CODE_OVER = "code_over"
    REVIEW_GATING = "review_gating"
    NEVER_TRUE = "never_true"
    NEVER_ENTERED = "never_entered"
    NO_SEGMENT = "no_segment"
    NO_TIER = "no_tier"
    NO_PROPERTY = "no_property"
    # said, without stopping
    BACKWARDS = "backwards"
    QUIET_HOURS = "quiet_hours"
    NO_ROOM = "no_room"
    OTHER_PURPOSE = "other_purpose"
    SMS_UNASKED = "sms_unasked"
    POOL_SMALL = "pool_small"
    POOL_ENDS = "pool_ends"
    POOL_UNSHOWN = "pool_unshown"
    NO_REGION_WORD = "no_region_word"
    NO_CONTROL = "no_control"


OF_CODES = frozenset({Fault.NO_POOL, Fault.POOL_OVER, Fault.POOL_EMPTY})
"""A step has no codes to give: what a chain mends by other codes, made on their own pages."""
BLOCKING = frozenset(list(Fault)[: list(Fault).index(Fault.BACKWARDS)])


@dataclass(frozen=True)
class Finding:
    """One thing found at a step, or in the plan as a whole (None); `values` fill the sentence of its fault."""

    fault: Fault
    step_key: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def severity(self) -> Severity:
        return Severity.BLOCKS if self.fault in BLOCKING else Severity.WARNS


def found(fault: Fault, step_key: str | None = None, **values: Any) -> Finding:
    return Finding(fault, step_key, values)


class Refused(Invalid):
    """What was asked for would do what these findings say; the door has a sentence for each."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(N_("This cannot be done yet: please mend what is said of its steps."))
        self.findings = findings
