"""The page of what became of messages: its tables, as they stand on the page and in the files."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext

from hub.blueprints import sending_words as said
from hub.blueprints.inbox.words import channel_words
from hub.blueprints.statistics.asked import Asked
from hub.blueprints.statistics.base import Page
from hub.blueprints.statistics.tables import Column, Kind, Row, Table
from hub.staff.words import Permission
from hub.statistics.messages import Sendings, Tally, get_sendings

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
        _by_day(found),
        _pressure(found),
        Table(KEY, "by-channel", gettext("By channel"), (channel, *_columns()), tuple(_channels(found))),
        Table(
            KEY, "by-message", gettext("By plan and message"), (*named, *_columns()), tuple(_messages(found))
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


def _row(tally: Tally, names: dict[str, Any]) -> Row:
    counts = {key: said.count_of(tally, key) for key in said.RATES}
    more = {key: tally.get(key, 0) for key in ("sent", *IN_FILES)}
    return Row(
        {**names, **more, **counts, "not_sent": said.not_sent(tally)},
        said={key: text for key, text in said.cells(tally).items() if key in counts},
    )


def _channels(found: Sendings) -> Iterable[Row]:
    for channel, tally in found.by_channel:
        yield _row(tally, {"channel": channel_words(channel)})


def _messages(found: Sendings) -> Iterable[Row]:
    for names, tally in said.named_lines(found):
        yield _row(tally, names)


def _by_day(found: Sendings) -> Table:
    columns = (
        Column("day", gettext("Day"), Kind.DAY),
        Column("sent", gettext("Messages sent"), Kind.COUNT, "messages_sent"),
        Column("delivered", gettext("Delivered"), Kind.COUNT, "messages_delivered"),
    )
    rows = tuple(
        Row({"day": day, "sent": tally.get("sent", 0), "delivered": tally.get("delivered", 0)})
        for day, tally in found.by_period
    )
    title = gettext("Messages sent and delivered, by the day they left")
    return Table(KEY, "by-day", title, columns, rows)


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
        Row({name: each[name] for name in ("why", "count", "share")}, each["href"])
        for each in said.reason_rows(found, asked.viewer.may(Permission.READ_MESSAGES))
    )
    return Table(KEY, "not-sent", gettext("Not sent, by reason"), columns, tuple(rows))


MESSAGES = Page(KEY, find, tables, frozenset({"channel"}))
