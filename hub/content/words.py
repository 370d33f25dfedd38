"""Words of the content room."""

from enum import StrEnum

from hub.core.words import Language

LANGUAGES = tuple(Language)
TEST_PREFIX = "test."
"""Templates of this prefix hold what was sent as a test: kept so that the copy can be shown, never listed."""


class TemplateState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class TemplateGroup(StrEnum):
    """What the delivered mails are about, in the order in which the list shows them."""

    WELCOME = "welcome"
    BASKET = "basket"
    ORDERS = "orders"
    SURVEY = "survey"
    NEXT_PURCHASE = "next_purchase"
    BIRTHDAY = "birthday"
    CHURN = "churn"
    REACTIVATION = "reactivation"
    EXCHANGES = "exchanges"
    STAFF = "staff"


class VariableKind(StrEnum):
    """How a value is put into a mail."""

    TEXT = "text"  # one line
    LINES = "lines"  # keeps its line breaks
    QUOTE = "quote"  # as lines; "> " before each line of the plain text
    LINK = "link"  # an http(s) address
    ACT = "act"  # an http(s) address that acts in the receiver's name: dead in the copy that staff see


class Automatic(StrEnum):
    """What a mail says of itself in Auto-Submitted (RFC 3834); NO for words a person wrote."""

    NO = ""
    GENERATED = "auto-generated"
    REPLIED = "auto-replied"
