"""What a condition may look at: each field with its tests, its values and what narrows it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hub.core.text import N_
from hub.core.words import Channel, Language, Purpose
from hub.customers.property_words import PropertyKind
from hub.customers.words import Title
from hub.orders.behaviour.words import PageKind
from hub.orders.words import OrderState
from hub.segments.conditions.words import FieldGroup, Kind, Source, Test
from hub.segments.values.words import RfmSegment, Stage

T, G, S, K = Test, FieldGroup, Source, Kind
PREFIX = "property:"
TEXT_TESTS = (T.CONTAINS, T.BEGINS_WITH, T.ONE_OF, T.EMPTY)
NUMBER_TESTS = (T.AT_LEAST, T.AT_MOST, T.BETWEEN, T.EXACTLY)
DAY_TESTS = (T.IN_LAST, T.BEFORE_LAST, T.SINCE, T.UNTIL, T.BETWEEN, T.IN_NEXT)
TESTS: Mapping[Kind, tuple[Test, ...]] = {
    K.TEXT: TEXT_TESTS,
    K.CHOICE: (T.ONE_OF,),
    K.NUMBER: NUMBER_TESTS,
    K.MONEY: (T.AT_LEAST, T.AT_MOST, T.BETWEEN),
    K.DAY: DAY_TESTS,
    K.BIRTHDAY: (T.IN_NEXT,),
    K.FLAG: (T.YES,),
    K.EVENT: (T.EVER, T.NEVER, T.AT_LEAST, T.AT_MOST, T.EXACTLY, T.BETWEEN),
}
SCORES = ("3", "2", "1")
OUT = (Channel.EMAIL, Channel.SMS, Channel.WHATSAPP)
CHOSEN = (Purpose.PROMOTION, Purpose.NEWSLETTER, Purpose.SURVEY)
CLOSED: Mapping[Source, tuple[str, ...]] = {
    S.LANGUAGE: tuple(each.value for each in Language),
    S.TITLE: tuple(each.value for each in Title),
    S.ORDER_STATE: tuple(each.value for each in OrderState),
    S.VISIT_KIND: tuple(each.value for each in PageKind),
    S.STAGE: tuple(each.value for each in Stage),
    S.RFM: tuple(each.value for each in RfmSegment),
    S.SCORE: SCORES,
    S.CHANNEL: tuple(each.value for each in OUT),
    S.TICKET_CHANNEL: tuple(each.value for each in Channel),
    S.PURPOSE: tuple(each.value for each in Purpose if each is not Purpose.STAFF),
}
"""Sources whose values are words of the house; another one is refused."""
IDS = frozenset({S.IMPORT, S.STORE, S.REGION, S.POOL, S.SEGMENT})
"""Sources whose values are numbers of rows."""
TYPED = frozenset({S.SKU, S.FAMILY, S.RANGE})
"""Sources whose values are typed, one a line."""


@dataclass(frozen=True)
class Narrowing:
    """What narrows the rows that a condition looks at; `is_needed`: without it the condition says nothing."""

    source: Source
    label: str
    is_needed: bool = False


@dataclass(frozen=True)
class Field:
    """`source` of a choice, or none where values are typed; `choices` are those of a property of kind choice."""

    key: str
    group: FieldGroup
    kind: Kind
    label: str
    source: Source | None = None
    narrowings: tuple[Narrowing, ...] = ()
    has_period: bool = False
    choices: tuple[str, ...] = ()
    only_tests: tuple[Test, ...] = ()

    @property
    def tests(self) -> tuple[Test, ...]:
        return self.only_tests or TESTS[self.kind]


STORE = Narrowing(S.STORE, N_("in the stores"))
REGION = Narrowing(S.REGION, N_("in the regions"))
STATE = Narrowing(S.ORDER_STATE, N_("in the states"))
ORDERS = (STORE, REGION, STATE)
SKU = Narrowing(S.SKU, N_("of the articles"))
FAMILY = Narrowing(S.FAMILY, N_("of the families"))
RANGE = Narrowing(S.RANGE, N_("of the ranges"))
PRODUCTS = (SKU, FAMILY, RANGE, STORE)
PAGE = Narrowing(S.VISIT_KIND, N_("of the kinds of page"))
TEMPLATE = Narrowing(S.TEMPLATE, N_("from the templates"))
PURPOSE = Narrowing(S.PURPOSE, N_("for the purposes"))
CHANNEL = Narrowing(S.CHANNEL, N_("by the channels"))
MESSAGES = (TEMPLATE, PURPOSE, CHANNEL)
WAY = Narrowing(S.TICKET_CHANNEL, N_("by the channels"))
TICKETS = (WAY, STORE)
SCORE = Narrowing(S.SCORE, N_("with the answers"))
CONSENT = (
    Narrowing(S.CHANNEL, N_("by the channels"), is_needed=True),
    Narrowing(S.PURPOSE, N_("for the purposes"), is_needed=True),
)

_DELIVERED = (
    Field("customer.name", G.CUSTOMER, K.TEXT, N_("Name"), only_tests=(T.CONTAINS, T.BEGINS_WITH, T.EMPTY)),
    Field("customer.title", G.CUSTOMER, K.CHOICE, N_("Form of address"), S.TITLE),
    Field("customer.language", G.CUSTOMER, K.CHOICE, N_("Language"), S.LANGUAGE),
    Field("customer.country", G.CUSTOMER, K.TEXT, N_("Country (two letters)")),
    Field("customer.postcode", G.CUSTOMER, K.TEXT, N_("Post code")),
    Field("customer.town", G.CUSTOMER, K.TEXT, N_("Town")),
    Field("customer.company", G.CUSTOMER, K.TEXT, N_("Company")),
    Field("customer.birthday", G.CUSTOMER, K.BIRTHDAY, N_("Birthday")),
    Field("customer.age", G.CUSTOMER, K.NUMBER, N_("Age in years")),
    Field("customer.created", G.CUSTOMER, K.DAY, N_("Known since")),
    Field("customer.mail", G.CUSTOMER, K.FLAG, N_("Has a mail address")),
    Field("customer.phone", G.CUSTOMER, K.FLAG, N_("Has a phone number")),
    Field("customer.card", G.CUSTOMER, K.FLAG, N_("Has a loyalty card")),
    Field("customer.import", G.CUSTOMER, K.CHOICE, N_("Made or changed by the import"), S.IMPORT),
    Field("store.preferred", G.STORES, K.CHOICE, N_("Preferred store"), S.STORE),
    Field("store.region", G.STORES, K.CHOICE, N_("Region of the preferred store"), S.REGION),
    Field("orders.placed", G.ORDERS, K.EVENT, N_("Has ordered"), None, ORDERS, has_period=True),
    Field("orders.net", G.ORDERS, K.MONEY, N_("Amount ordered, less returns"), None, ORDERS, has_period=True),
    Field("orders.average", G.ORDERS, K.MONEY, N_("Average order"), None, ORDERS, has_period=True),
    Field("orders.last", G.ORDERS, K.DAY, N_("Latest order"), None, ORDERS),
    Field("orders.first", G.ORDERS, K.DAY, N_("First order"), None, ORDERS),
    Field(
        "orders.promo", G.ORDERS, K.EVENT, N_("Used a promo code"),
        None, (Narrowing(S.POOL, N_("of the pools")),), has_period=True,
    ),
    Field("products.bought", G.PRODUCTS, K.EVENT, N_("Bought an article"), None, PRODUCTS, has_period=True),
    Field(
        "visits.made", G.BEHAVIOUR, K.EVENT, N_("Visited a page of the shop"),
        None, (PAGE, SKU, FAMILY), has_period=True,
    ),
    Field("baskets.left", G.BEHAVIOUR, K.EVENT, N_("Has a basket that is not paid"), None, (SKU,), has_period=True),
    Field("messages.sent", G.MESSAGES, K.EVENT, N_("Was sent a message"), None, MESSAGES, has_period=True),
    Field("messages.opened", G.MESSAGES, K.EVENT, N_("Opened a message"), None, MESSAGES, has_period=True),
    Field("messages.clicked", G.MESSAGES, K.EVENT, N_("Clicked in a message"), None, MESSAGES, has_period=True),
    Field("answers.given", G.CONTACTS, K.EVENT, N_("Answered the survey"), None, (SCORE, STORE), has_period=True),
    Field("tickets.opened", G.CONTACTS, K.EVENT, N_("Opened a ticket"), None, TICKETS, has_period=True),
    Field("tickets.rated", G.CONTACTS, K.EVENT, N_("Rated a solved ticket"), None, (SCORE,), has_period=True),
    Field("tickets.open", G.CONTACTS, K.FLAG, N_("Has an open ticket")),
    Field("tickets.grievance", G.CONTACTS, K.FLAG, N_("Has an open grievance")),
    Field("value.stage", G.VALUE, K.CHOICE, N_("Lifecycle stage"), S.STAGE),
    Field("value.rfm", G.VALUE, K.CHOICE, N_("RFM segment"), S.RFM),
    Field("value.r", G.VALUE, K.NUMBER, N_("R (1 to 5)")),
    Field("value.f", G.VALUE, K.NUMBER, N_("F (1 to 5)")),
    Field("value.m", G.VALUE, K.NUMBER, N_("M (1 to 5)")),
    Field("value.churn", G.VALUE, K.NUMBER, N_("Churn-risk score (0 or less)")),
    Field("value.historic", G.VALUE, K.MONEY, N_("Value until today")),
    Field("value.predicted", G.VALUE, K.MONEY, N_("Predicted value of 12 months")),
    Field("value.tier", G.VALUE, K.CHOICE, N_("Loyalty tier"), S.TIER),
    Field("consents.given", G.CONSENTS, K.FLAG, N_("Agrees to be written to"), None, CONSENT),
    Field("segments.member", G.SEGMENTS, K.CHOICE, N_("Is in the segments"), S.SEGMENT),
)  # fmt: skip
FIELDS: Mapping[str, Field] = {each.key: each for each in _DELIVERED}
Catalog = Mapping[str, Field]

KIND_OF_PROPERTY: Mapping[PropertyKind, Kind] = {
    PropertyKind.TEXT: K.TEXT,
    PropertyKind.NUMBER: K.NUMBER,
    PropertyKind.DATE: K.DAY,
    PropertyKind.BOOLEAN: K.FLAG,
    PropertyKind.CHOICE: K.CHOICE,
}


def property_field(key: str, kind: PropertyKind, label: str, choices: Iterable[str] = ()) -> Field:
    """The field of a property of the chain."""
    source = S.PROPERTY if kind is PropertyKind.CHOICE else None
    return Field(
        f"{PREFIX}{key}", G.PROPERTIES, KIND_OF_PROPERTY[kind], label, source, choices=tuple(choices)
    )


def catalog_of(properties: Iterable[Field] = ()) -> Catalog:
    """The delivered fields and those of the chain's properties."""
    return {**FIELDS, **{each.key: each for each in properties}}
