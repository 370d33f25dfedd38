"""Words of sending questionnaires: why somebody is not asked, or not reminded."""

from collections.abc import Mapping
from enum import StrEnum

from hub.core.text import N_


class PassedOver(StrEnum):
    """CALLED_BACK: invited, and taken back before the letter left."""

    ALREADY = "already"
    LATELY = "lately"
    REFUSED = "refused"
    UNCONFIRMED = "unconfirmed"
    NO_ADDRESS = "no_address"
    BLOCKED = "blocked"
    GONE = "gone"
    ORDER_OVER = "order_over"
    CALLED_BACK = "called_back"


class NotReminded(StrEnum):
    """UNDELIVERED: nobody knows that the first letter arrived. LATE: it arrived too short a while ago. HELD: a grievance is open."""

    ANSWERED = "answered"
    UNDELIVERED = "undelivered"
    LATE = "late"
    HELD = "held"
    REFUSED = "refused"
    NO_ADDRESS = "no_address"
    GONE = "gone"


PASSED_OVER: Mapping[PassedOver, str] = {
    PassedOver.ALREADY: N_("Already invited to this questionnaire"),
    PassedOver.LATELY: N_("Asked by another survey within the last 30 days"),
    PassedOver.REFUSED: N_("Refuses surveys"),
    PassedOver.UNCONFIRMED: N_("Has not confirmed the address yet"),
    PassedOver.NO_ADDRESS: N_("Without an address for these channels"),
    PassedOver.BLOCKED: N_("Address blocked, after a message that came back or a complaint"),
    PassedOver.GONE: N_("Erased, archived or merged"),
    PassedOver.ORDER_OVER: N_("Order cancelled or returned"),
    PassedOver.CALLED_BACK: N_("Called back before the message left"),
}
NOT_REMINDED: Mapping[NotReminded, str] = {
    NotReminded.ANSWERED: N_("Has answered"),
    NotReminded.UNDELIVERED: N_("The invitation has not arrived"),
    NotReminded.LATE: N_("The invitation arrived late, too close to the reminder"),
    NotReminded.HELD: N_("Has an open complaint"),
    NotReminded.REFUSED: N_("Refuses surveys by now"),
    NotReminded.NO_ADDRESS: N_("Cannot be reached any more"),
    NotReminded.GONE: N_("Erased, archived or merged since"),
}
