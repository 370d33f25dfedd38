"""Words of the inbox."""

from enum import StrEnum

from hub.core.words import Channel, Language


class TicketState(StrEnum):
    NEW = "new"
    OPEN = "open"
    PENDING = "pending"
    SOLVED = "solved"
    CLOSED = "closed"


class Priority(StrEnum):
    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


class RouteSource(StrEnum):
    """What told us the store, from the surest to none."""

    ORDER_NUMBER = "order_number"
    ANSWERED_ORDER = "answered_order"
    STORE_ADDRESS = "store_address"
    STORE_FORM = "store_form"
    STORE_COUNTER = "store_counter"
    RECENT_ORDER = "recent_order"
    PREFERRED_STORE = "preferred_store"
    POSTCODE = "postcode"
    STORE_NAME = "store_name"
    STORE_NUMBER = "store_number"
    LOYALTY_CARD = "loyalty_card"
    AGENT = "agent"
    RULE = "rule"
    NONE = "none"


class MessageKind(StrEnum):
    """Who wrote a line of the thread and whether the customer sees it."""

    CUSTOMER = "customer"
    AGENT = "agent"
    NOTE = "note"
    AUTOMATIC = "automatic"
    AUTO_REPLY = "auto_reply"
    CALL = "call"


class WaitKind(StrEnum):
    FIRST = "first"
    NEXT = "next"


class DropReason(StrEnum):
    """Why a wait counts in no median."""

    SOLVED_WITHOUT_REPLY = "solved_without_reply"
    MERGED = "merged"
    SPAM = "spam"
    WITHDRAWN = "withdrawn"


class ScheduledState(StrEnum):
    """What became of a reply that was to leave later; a held one waits for its author's decision."""

    WAITING = "waiting"
    SENT = "sent"
    HELD = "held"
    CANCELLED = "cancelled"


class NoticeKind(StrEnum):
    """What a person is told. Stored as plain text: add a kind here and its sentence in blueprints/notices/words.py."""

    MENTIONED = "mentioned"
    FOLLOWED = "followed"
    WOKE = "woke"
    ASSIGNED = "assigned"
    REPLY_HELD = "reply_held"
    REPLY_FAILED = "reply_failed"
    GESTURE_ASKED = "gesture_asked"
    GESTURE_DECIDED = "gesture_decided"
    EXPERT_ASKED = "expert_asked"
    EXPERT_ANSWERED = "expert_answered"
    MAIL_LOOP = "mail_loop"
    REMARKED = "remarked"
    DEADLINE_NEAR = "deadline_near"
    DEADLINE_MISSED = "deadline_missed"
    PLAN_SAYS = "plan_says"
    FIGURE_ROSE = "figure_rose"


class AnswerBy(StrEnum):
    """How a customer at the counter wants the answer; STORE: comes back for it, NONE: was settled on the spot."""

    MAIL = "mail"
    PHONE = "phone"
    STORE = "store"
    NONE = "none"


class ViewReach(StrEnum):
    """Who has a saved view in the list."""

    PERSONAL = "personal"
    STORE = "store"
    CHAIN = "chain"


class ListSort(StrEnum):
    """Open tickets by due time, or tickets in any state by latest change."""

    DUE = "due"
    CHANGED = "changed"


class BulkKind(StrEnum):
    """What may be done to many tickets at once."""

    ASSIGN = "assign"
    TRANSFER = "transfer"
    TAG = "tag"
    UNTAG = "untag"
    REASON = "reason"
    PRIORITY = "priority"
    SOLVE = "solve"
    PENDING = "pending"
    SPAM = "spam"
    SNOOZE = "snooze"
    MERGE = "merge"
    CALL = "call"


class CallState(StrEnum):
    """A call to make, made, or given up (withdrawn, or the number is wrong)."""

    OPEN = "open"
    DONE = "done"
    GIVEN_UP = "given_up"


class CallOutcome(StrEnum):
    REACHED = "reached"
    NO_ANSWER = "no_answer"
    WRONG_NUMBER = "wrong_number"
    CALL_AGAIN = "call_again"


class PhoneCallState(StrEnum):
    """Where a customer's call stands; MESSAGE: he or she is at the answering machine."""

    RINGING = "ringing"
    TALKING = "talking"
    MESSAGE = "message"
    ANSWERED = "answered"
    MISSED = "missed"
    VOICEMAIL = "voicemail"


class RecordingState(StrEnum):
    """Whether what was said on the answering machine is here: still at the provider, kept, or not to be had."""

    WAITING = "waiting"
    KEPT = "kept"
    LOST = "lost"


class Audience(StrEnum):
    """Who is warned of a deadline, from the nearest up."""

    ASSIGNEE = "assignee"
    STORE_MANAGER = "store_manager"
    REGION_MANAGER = "region_manager"


class PresenceKind(StrEnum):
    VIEWING = "viewing"
    WRITING = "writing"


class InboxView(StrEnum):
    """The lists of the inbox. Those of open tickets come by due time, the last two by latest change."""

    WAITING = "waiting"
    LATE = "late"
    MINE = "mine"
    UNASSIGNED = "unassigned"
    UNATTRIBUTED = "unattributed"
    OPEN = "open"
    SNOOZED = "snoozed"
    SOLVED = "solved"
    ALL = "all"


TAKEN_OVER = "taken_over"
"""Marks what was taken over from another helpdesk: it counts in no wait."""
TEXTS = frozenset({Channel.SMS, Channel.WHATSAPP})
"""Channels whose tickets are answered at the phone they came from."""


class AwaitedState(StrEnum):
    """How a file stands that came with a text and is fetched from its provider."""

    WAITING = "waiting"
    KEPT = "kept"
    FAILED = "failed"


class ThreadedBy(StrEnum):
    """What tied an incoming message to a ticket, from the surest to none."""

    SIGNED = "signed"
    REFERENCES = "references"
    SUBJECT = "subject"
    NONE = "none"


class IncomingKind(StrEnum):
    """What the door in made of it: a person, an auto-reply (no effect), a machine with human content."""

    MESSAGE = "message"
    AUTO_REPLY = "auto_reply"
    MACHINE = "machine"


UNHAPPY_WORDS = {
    Language.FRENCH: "Pas satisfait de la solution (réponse à la question après résolution, sans commentaire).",
    Language.ENGLISH: "Not satisfied with the solution (answer to the question after solving, without a comment).",
}
"""What the store reads when an unhappy customer writes nothing."""


class GestureKind(StrEnum):
    VOUCHER = "voucher"
    REFUND = "refund"


class GestureState(StrEnum):
    """A voucher that is granted has its code; a refund that is granted waits for somebody to make it."""

    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    DONE = "done"
