"""Words of the loyalty room."""

from enum import StrEnum


class PoolKind(StrEnum):
    """`unique`: each customer gets a code of their own; `shared`: one code for everybody."""

    UNIQUE = "unique"
    SHARED = "shared"


class GrantState(StrEnum):
    """A code is reserved when its message is written, sent when the provider took it, released when it never left."""

    RESERVED = "reserved"
    SENT = "sent"
    RELEASED = "released"


class RedemptionVerdict(StrEnum):
    """What a code on an order was worth; the shop has decided already, this is what the chain learns from it."""

    VALID = "valid"
    TOO_EARLY = "too_early"
    TOO_LATE = "too_late"
    USED_BEFORE = "used_before"
    NOT_GIVEN = "not_given"
    OTHER_CUSTOMER = "other_customer"
    UNKNOWN_CODE = "unknown_code"
