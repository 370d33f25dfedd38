"""Tables of figures: the same rows on the page, in the table beside a chart, and in the files that are handed out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from babel.dates import format_date
from flask_babel import format_decimal, get_locale
from markupsafe import Markup

from hub.blueprints import resolution_words
from hub.blueprints import statistics_words as words


class Kind(StrEnum):
    """What a column holds: durations in seconds, shares of 1, rates for each thousand, money in cents; a word is not broken, a long text gets room."""

    TEXT = "text"
    LONG = "long"
    WORD = "word"
    COUNT = "count"
    OPENING = "opening"
    ELAPSED = "elapsed"
    SHARE = "share"
    RATE = "rate"
    MONEY = "money"
    NUMBER = "number"
    DAY = "day"


@dataclass(frozen=True)
class Column:
    """`label` in the reader's language; `measure` is the key of the figure that it shows, "" of names.

    Not on the page is what another cell of it says in words.
    """

    key: str
    label: str
    kind: Kind = Kind.TEXT
    measure: str = ""
    is_on_page: bool = True


@dataclass(frozen=True)
class Row:
    """`values` raw, by the key of the column; `said` replaces what the page shows of one, `links` are the tickets behind it.

    `href` leads on from the row itself; `few` are columns whose figure is of too few cases to be compared.
    """

    values: Mapping[str, Any]
    href: str = ""
    said: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    few: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Table:
    """`key` is its name in the address of its files; `measures` are figures that stand in rows of their own.

    `sorts` are the addresses that sort it, `order` says by which column it is; `taken_on`: the night that was
    counted, where there is no period.
    """

    page: str
    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    currency: str = "EUR"
    is_sortable: bool = False
    taken_on: date | None = None
    measures: tuple[str, ...] = ()
    sorts: Mapping[str, str] = field(default_factory=dict)
    order: Mapping[str, str] = field(default_factory=dict)

    def heads(self) -> list[dict[str, str]]:
        """For parts/data_table.html."""
        kinds = {Kind.TEXT: "text", Kind.LONG: "long", Kind.WORD: "word", Kind.DAY: "word"}
        return [
            {
                "label": column.label,
                "key": column.key,
                "kind": kinds.get(column.kind, "number"),
                "href": self.sorts.get(column.key, ""),
                "order": self.order.get(column.key, ""),
            }
            for column in self.columns
            if column.is_on_page
        ]

    def defined(self) -> list[tuple[str, words.Counted]]:
        """The figures of the table, each with how it is counted, in the order of its columns."""
        of_columns = (column.measure for column in self.columns if column.measure)
        return words.define_each(*dict.fromkeys((*of_columns, *self.measures)))

    def lines(self) -> list[dict[str, Any]]:
        """For parts/data_table.html: each cell in words, linked where there are tickets behind it."""
        return [
            {"href": row.href, **{column.key: self._cell(row, column) for column in self.columns}}
            for row in self.rows
        ]

    def _cell(self, row: Row, column: Column) -> object:
        value = row.values.get(column.key)
        text = row.said.get(column.key) or shown(value, column.kind, self.currency)
        link = row.links.get(column.key)
        if link and value:
            return Markup('<a href="{}">{}</a>').format(link, text)
        return text


def shown(value: Any, kind: Kind, currency: str = "EUR") -> str:
    """A figure in the reader's words; a dash where there is none."""
    if value is None:
        return "–"
    if kind is Kind.MONEY:
        return words.cost(value, currency)
    return str(SHOWN[kind](value))


def day_words(value: date) -> str:
    return str(format_date(value, "d MMM", locale=get_locale() or "fr"))


SHOWN: Mapping[Kind, Callable[[Any], str]] = {
    Kind.TEXT: str,
    Kind.LONG: str,
    Kind.WORD: str,
    Kind.COUNT: format_decimal,
    Kind.OPENING: words.duration,
    Kind.ELAPSED: resolution_words.elapsed,
    Kind.SHARE: words.share,
    Kind.RATE: words.rate,
    Kind.DAY: day_words,
    Kind.NUMBER: format_decimal,
}
