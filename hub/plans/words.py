"""Words of the plans room."""

from enum import StrEnum


class VersionState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"


class Arm(StrEnum):
    TREATED = "treated"
    CONTROL = "control"


class EnrolmentState(StrEnum):
    WAITING = "waiting"
    ENDED = "ended"


class Trigger(StrEnum):
    """What lets customers in."""

    ORDER_PLACED = "order_placed"
    ORDER_PAID = "order_paid"
    ORDER_SHIPPED = "order_shipped"
    ORDER_READY = "order_ready"
    ORDER_DELIVERED = "order_delivered"
    FIRST_ORDER = "first_order"
    ACCOUNT_CREATED = "account_created"
    NEWSLETTER_JOINED = "newsletter_joined"
    INACTIVE = "inactive"
    DATE = "date"
    BASKET_LEFT = "basket_left"
    NO_SIGN_OF_LIFE = "no_sign_of_life"
    CHURN_BELOW = "churn_below"
    EVENT = "event"
    BY_HAND = "by_hand"


class StepKind(StrEnum):
    """What a step does."""

    SEND = "send"
    SPLIT = "split"
    PROMO = "promo"
    PROPERTY = "property"
    NOTIFY = "notify"
    TASK = "task"
    AUDIENCE = "audience"
    POSTAL = "postal"
    ERASURE_DUE = "erasure_due"
    END = "end"


class Anchor(StrEnum):
    """What a step's delay is counted from, never from the last run: delays must not drift.

    `date` is a day of the customer's own (a birthday, the end of an offer) that the passage carries.
    """

    ENTRY = "entry"
    FIRST_MESSAGE = "first_message"
    ANSWER = "answer"
    DATE = "date"


class Ask(StrEnum):
    """What a condition asks."""

    PURCHASED = "purchased"
    AMOUNT = "amount"
    BASKET_VALUE = "basket_value"
    BASKET = "basket"
    OPENED = "opened"
    CLICKED = "clicked"
    ENGAGED = "engaged"
    SEGMENT = "segment"
    TIER = "tier"
    STAGE = "stage"
    CONSENT = "consent"
    HAS_PRODUCT = "has_product"
    DEVICE = "device"
    WEEKDAY = "weekday"
    REGION = "region"
    KNOWN_CUSTOMER = "known_customer"
    VALUE_TOP = "value_top"
    CHURN_BELOW = "churn_below"
    ANSWERED = "answered"
    FIRST_MESSAGE_SENT = "first_message_sent"
    CODE_USED = "code_used"
    PHONE_KNOWN = "phone_known"
    ENTERED_BY = "entered_by"
    SUGGESTED = "suggested"
    IN_PLAN = "in_plan"
    ORDER_REACHED = "order_reached"
    # Only exits ask these.
    ORDER_CANCELLED = "order_cancelled"
    ORDER_RETURNED = "order_returned"
    TICKET_OPEN = "ticket_open"
    ASKED_RECENTLY = "asked_recently"
    REVIEWED = "reviewed"
    LIFE_SIGN = "life_sign"
    BOUNCED = "bounced"
    REFUSED = "refused"


class Skip(StrEnum):
    """Why a step did nothing, or which way a split went; the passage goes on to the next one."""

    CONDITION = "condition"
    NEVER_SENT = "never_sent"
    TOO_LATE = "too_late"
    OFF = "off"
    HAS_RUN = "has_run"
    NO_TEMPLATE = "no_template"
    NO_CODE = "no_code"
    NO_PRODUCT = "no_product"
    NO_CALL = "no_call"
    NOBODY = "nobody"
    UNKNOWN_PROPERTY = "unknown_property"
    NO_ADDRESS = "no_address"
    OBJECTS = "objects"
    NOT_TOLD = "not_told"
    YES = "yes"
    NO = "no"


class Never(StrEnum):
    """Why a condition can never be true in its plan."""

    NOTHING_SENT = "nothing_sent"
    NO_MESSAGE = "no_message"
    IS_OFF = "is_off"
    COMES_LATER = "comes_later"
    OTHER_BRANCH = "other_branch"
    BOTH_WAYS = "both_ways"
    NO_CODE = "no_code"
    NO_BASKET = "no_basket"
    NO_ORDER = "no_order"
    OTHER_ENTRY = "other_entry"


class Wait(StrEnum):
    """Why a step that is due has not run yet; kept with the enrolment, and shown. `failed`: it is tried again."""

    GRIEVANCE = "grievance"
    DAILY_LIMIT = "daily_limit"
    MESSAGE = "message"
    FAILED = "failed"


class ExitReason(StrEnum):
    COMPLETED = "completed"
    PURCHASED = "purchased"
    CANCELLED = "cancelled"
    RETURNED = "returned"
    ANSWERED = "answered"
    REFUSED = "refused"
    TICKET_OPEN = "ticket_open"
    ASKED_RECENTLY = "asked_recently"
    REVIEWED = "reviewed"
    BASKET_PAID = "basket_paid"
    BASKET_EMPTIED = "basket_emptied"
    BASKET_CHANGED = "basket_changed"
    LIFE_SIGN = "life_sign"
    BOUNCED = "bounced"
    BY_HAND = "by_hand"
    PLAN_OFF = "plan_off"
    MERGED = "merged"


ANSWERABLE = frozenset({ExitReason.COMPLETED, ExitReason.ANSWERED, ExitReason.TICKET_OPEN})
"""An answer leads on from these ends; whoever bought, refused, gave back or was taken out stays out."""


class StepOutcome(StrEnum):
    """`done`: the step had its effect, which is no message; `chosen`: a split, its reason says which way."""

    POSTED = "posted"
    GHOST = "ghost"
    DONE = "done"
    CHOSEN = "chosen"
    SKIPPED = "skipped"
    EXPIRED = "expired"
