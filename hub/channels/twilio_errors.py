"""What Twilio's error codes mean for a message: whose fault it is, and whether it may be tried again. Pure.

Source: Twilio's error dictionary (www.twilio.com/docs/api/errors); a code that is not listed is nobody's proven fault.
"""

from enum import StrEnum


class Fault(StrEnum):
    """Whose fault a refusal is.

    HARD: the number receives no SMS, ever. REFUSED: the person said STOP to us. SOFT: not this time. SENDER: about our
    account. CONTENT: about what was said or to where. TEMPLATE: WhatsApp wants an approved template. EXPIRED: the
    validity period ended. NOT_THERE: the number has no WhatsApp; it may well receive an SMS.
    """

    HARD = "hard"
    REFUSED = "refused"
    SOFT = "soft"
    SENDER = "sender"
    CONTENT = "content"
    TEMPLATE = "template"
    EXPIRED = "expired"
    NOT_THERE = "not_there"


_FAULTS = {
    Fault.HARD: (21211, 21214, 21217, 21265, 21268, 21614, 21635, 30005, 30006),
    Fault.REFUSED: (21610, 63033),
    Fault.SOFT: (
        20429,
        21611,
        30001,
        30003,
        30004,
        30008,
        30009,
        30017,
        30022,
        30027,
        30410,
        30500,
        63018,
        63049,
        63032,
    ),
    Fault.SENDER: (
        *(
            20003,
            20005,
            20006,
            20008,
            20404,
            21212,
            21603,
            21606,
            21607,
            21616,
            21618,
            21660,
            21661,
            21703,
            21704,
            21705,
        ),
        *(
            14107,
            30002,
            30010,
            30018,
            30023,
            30024,
            30032,
            30033,
            30034,
            30035,
            63001,
            63002,
            63007,
            63010,
            63014,
            63015,
        ),
        63020,
    ),
    Fault.CONTENT: (
        *(
            21408,
            21602,
            21605,
            21609,
            21612,
            21617,
            21619,
            21620,
            21623,
            21656,
            30007,
            30019,
            30037,
            30038,
            30039,
            30450,
        ),
        *(63005, 63013, 63021, 63022, 63027, 63028, 63030, 63031, 63036, 63040, 63041, 63042),
    ),
    Fault.TEMPLATE: (63016,),
    Fault.EXPIRED: (30036,),
    Fault.NOT_THERE: (63003, 63024),
}
FAULTS = {code: fault for fault, codes in _FAULTS.items() for code in codes}


def fault_of(code: int | str | None) -> Fault | None:
    """The fault of a code, given as a number or in digits; None for an unknown one."""
    text = str(code or "")
    return FAULTS.get(int(text)) if text.isdecimal() else None
