"""The page of what became of messages: its tables, as they stand on the page and in the files."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext

from hub.blueprints import sending_words as said
from hub.blueprints.inbox.words import channel_words
from hub.blueprints.statistics.asked import Asked
from hub.blueprints.statistics.base import Page
from hub.blueprints.statistics.links import behind_messages
from hub.blueprints.statistics.tables import Column, Kind, Row, Table
from hub.statistics.messages import Sendings, Tally, get_sendings, is_by_week

KEY = "messages"
IN_FILES = ("hard", "soft", "measured")


def find(asked: Asked) -> Sendings:
    return get_sendings(asked.filters, viewer=asked.viewer)


def tables(found: Sendings, asked: Asked) -> list[Table]:
    channel = Column("channel", gettext("Channel"), Kind.WORD)
    named = (
        Column("name", gettext("Message")),
        Column("plan", gettext("Plan")),
        Column("kind", gettext("Kind")),
        channel,
        Column("key", gettext("Key"), is_on_page=False),
    )
    return [
        _by_day(found, asked),
        _pressure(found),
        Table(
            KEY, "by-channel", gettext("By channel"), (channel, *_columns()), tuple(_channels(found, asked))
        ),
        Table(
            KEY,
            "by-message",
            gettext("By plan and message"),
            (*named, *_columns()),
            tuple(_messages(found, asked)),
        ),
        _refused(found, asked),
    ]


def _columns() -> tuple[Column, ...]:
    """What was sent and what became of it; the page says the share too, the files of how many it is."""
    parts = {"hard": gettext("Bounced for good"), "soft": gettext("Bounced for now")}
    return (
        Column("sent", gettext("Messages sent"), Kind.COUNT, "messages_sent"),
        *(Column(key, gettext(text), Kind.COUNT, f"messages_{key}") for key, text in said.NAMES.items()),
        Column("not_sent", gettext("Not sent"), Kind.COUNT, "messages_not_sent"),
        *(Column(key, text, Kind.COUNT, is_on_page=False) for key, text in parts.items()),
        Column("measured", gettext("Openings could be measured"), Kind.COUNT, is_on_page=False),
    )


def _row(tally: Tally, names: dict[str, Any], asked: Asked, **clicked: Any) -> Row:
    counts = {key: said.count_of(tally, key) for key in said.RATES}
    more = {key: tally.get(key, 0) for key in ("sent", *IN_FILES)}
    return Row(
        {**names, **more, **counts, "not_sent": said.not_sent(tally)},
        said={key: text for key, text in said.cells(tally).items() if key in counts},
        links=_links(asked, ("sent", *counts, "not_sent"), **clicked),
    )


def _links(asked: Asked, keys: Iterable[str], **clicked: Any) -> dict[str, str]:
    return {key: behind_messages(asked, f"messages_{key}", **clicked) for key in keys}


def _channels(found: Sendings, asked: Asked) -> Iterable[Row]:
    for channel, tally in found.by_channel:
        yield _row(tally, {"channel": channel_words(channel)}, asked, channel=channel.value)


def _messages(found: Sendings, asked: Asked) -> Iterable[Row]:
    for names, line in said.named_lines(found):
        template_id, plan_id = line.ids
        clicked = {"channel": line.channel.value, "purpose": line.purpose.value}
        yield _row(line.tally, names, asked, template=template_id, plan=plan_id, **clicked)


def _by_day(found: Sendings, asked: Asked) -> Table:
    columns = (
        Column("day", gettext("Day"), Kind.DAY),
        Column("sent", gettext("Messages sent"), Kind.COUNT, "messages_sent"),
        Column("delivered", gettext("Delivered"), Kind.COUNT, "messages_delivered"),
    )
    rows = tuple(
        Row(
            {"day": day, "sent": tally.get("sent", 0), "delivered": tally.get("delivered", 0)},
            links=_links(asked, ("sent", "delivered"), **_days(day, found)),
        )
        for day, tally in found.by_period
    )
    title = gettext("Messages sent and delivered, by the day they left")
    return Table(KEY, "by-day", title, columns, rows)


def _days(first: date, found: Sendings) -> dict[str, str]:
    """A day, or a week as far as it lies in the period."""
    filters = found.filters
    last = first + timedelta(days=6) if is_by_week(filters) else first
    since, until = max(first, filters.since_on), min(last, filters.until_on)
    return {"since": since.isoformat(), "until": until.isoformat()}


def _pressure(found: Sendings) -> Table:
    columns = (
        Column("label", gettext("Messages")),
        Column("count", gettext("Customers"), Kind.COUNT, "messages_pressure"),
    )
    rows = tuple(Row({"label": each["label"], "count": each["count"]}) for each in said.pressure_bins(found))
    title = gettext("Customers by how many offers and newsletters they got in the period")
    return Table(KEY, "pressure", title, columns, rows)


def _refused(found: Sendings, asked: Asked) -> Table:
    columns = (
        Column("why", gettext("Reason")),
        Column("count", gettext("Messages"), Kind.COUNT, "messages_not_sent"),
        Column("share", gettext("Share"), Kind.SHARE),
    )
    rows = (
        Row(
            {name: each[name] for name in ("why", "count", "share")},
            links={"count": behind_messages(asked, "messages_not_sent", why=each["key"])},
        )
        for each in said.reason_rows(found)
    )
    return Table(KEY, "not-sent", gettext("Not sent, by reason"), columns, tuple(rows))


MESSAGES = Page(KEY, find, tables, frozenset({"channel"}))
