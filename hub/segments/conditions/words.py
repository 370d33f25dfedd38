"""Words of the language of segments."""

from enum import StrEnum


class Match(StrEnum):
    """How the parts of a group work together."""

    ALL = "all"
    ANY = "any"
    NONE = "none"


class Kind(StrEnum):
    """What a field holds; its tests follow from it. An event happened some number of times."""

    TEXT = "text"
    CHOICE = "choice"
    NUMBER = "number"
    MONEY = "money"
    DAY = "day"
    BIRTHDAY = "birthday"
    FLAG = "flag"
    EVENT = "event"


class Test(StrEnum):
    """How a field is looked at. Days count back from today; amounts are cents."""

    __test__ = False  # no test of pytest

    ONE_OF = "one_of"
    CONTAINS = "contains"
    BEGINS_WITH = "begins_with"
    EMPTY = "empty"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    EXACTLY = "exactly"
    BETWEEN = "between"
    IN_LAST = "in_last"
    BEFORE_LAST = "before_last"
    IN_NEXT = "in_next"
    SINCE = "since"
    UNTIL = "until"
    YES = "yes"
    EVER = "ever"
    NEVER = "never"


class FieldGroup(StrEnum):
    """The headings of the list of fields, in its order."""

    CUSTOMER = "customer"
    PROPERTIES = "properties"
    STORES = "stores"
    ORDERS = "orders"
    PRODUCTS = "products"
    BEHAVIOUR = "behaviour"
    MESSAGES = "messages"
    CONTACTS = "contacts"
    VALUE = "value"
    CONSENTS = "consents"
    SEGMENTS = "segments"


class Source(StrEnum):
    """Where the values come from that a condition may choose; the closed ones stand in `fields.CLOSED`."""

    LANGUAGE = "language"
    IMPORT = "import"
    TITLE = "title"
    STORE = "store"
    REGION = "region"
    ORDER_STATE = "order_state"
    SKU = "sku"
    FAMILY = "family"
    RANGE = "range"
    VISIT_KIND = "visit_kind"
    TEMPLATE = "template"
    CHANNEL = "channel"
    PURPOSE = "purpose"
    SCORE = "score"
    TICKET_CHANNEL = "ticket_channel"
    POOL = "pool"
    STAGE = "stage"
    RFM = "rfm"
    TIER = "tier"
    SEGMENT = "segment"
    PROPERTY = "property"
