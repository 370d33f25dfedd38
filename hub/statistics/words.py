"""Words of the statistics: digests, subjects of day columns, what figures are broken down by, and nightly files."""

from enum import StrEnum


class Period(StrEnum):
    """How often a digest comes: store managers hear each week, regions and the chain each month."""

    WEEK = "week"
    MONTH = "month"


class Subject(StrEnum):
    """What one row of a day's columns is about."""

    WAITS = "waits"
    TICKETS = "tickets"
    SOLUTIONS = "solutions"
    ROUTES = "routes"
    RATINGS = "ratings"
    GESTURES = "gestures"
    MESSAGES = "messages"
    PRESSURE = "pressure"
    ANSWERS = "answers"
    ORDERS = "orders"


class Dimension(StrEnum):
    """What a figure is broken down by; `slot` is hour by weekday, `part` what the figure itself consists of."""

    STORE = "store"
    REGION = "region"
    CHANNEL = "channel"
    REASON = "reason"
    AGENT = "agent"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    HOUR = "hour"
    WEEKDAY = "weekday"
    SLOT = "slot"
    END = "end"
    PART = "part"


class Watched(StrEnum):
    """What an alert rule watches."""

    BACKLOG = "backlog"
    LATE = "late"
    SATISFACTION = "satisfaction"


class Told(StrEnum):
    """Whom an alert rule tells: who made it, and managers who look after the stores it is about."""

    AUTHOR = "author"
    STORE = "store"
    REGION = "region"
    HEAD_OFFICE = "head_office"


class Grain(StrEnum):
    """What a line of a nightly file is about: a day of one store, or of the whole chain."""

    STORES = "stores"
    CHAIN = "chain"


class Span(StrEnum):
    """Which days a nightly file holds: the last ones, or a calendar month that is over."""

    RECENT = "recent"
    MONTH = "month"
