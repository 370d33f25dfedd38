"""Rows in the order a reader asks for by the head of a column: the largest first, the second time the smallest.

`sort=by-store.median` or `sort=by-store.median.up` in the address. Figures of few cases come last either way: no small
number stands at an end of the list.
"""

from dataclasses import replace
from typing import Any

from flask import request, url_for
from flask_babel import gettext

from hub.blueprints.statistics.asked import Asked
from hub.blueprints.statistics.links import kept
from hub.blueprints.statistics.tables import Column, Kind, Row, Table

UP = "up"
LEAST_ROWS = 2


def as_asked(table: Table, asked: Asked) -> Table:
    """The table with heads that sort it, sorted if the address says so."""
    if not table.is_sortable or len(table.rows) < LEAST_ROWS:
        return table
    figures = {
        column.key: column for column in table.columns if column.kind not in {Kind.TEXT, Kind.LONG, Kind.WORD}
    }
    name, _, words = request.args.get("sort", "").partition(".")
    key, _, turn = words.partition(".")
    column = figures.get(key) if name == table.key else None
    is_up = turn == UP
    sorts = {
        each: _href(table, each, asked, up=column is not None and each == key and not is_up)
        for each in figures
    }
    table = replace(table, sorts=sorts)
    return _sorted(table, column, is_up=is_up) if column else table


def _href(table: Table, key: str, asked: Asked, *, up: bool) -> str:
    values: dict[str, Any] = {**(request.view_args or {}), **kept(asked)}
    word = f"{table.key}.{key}.{UP}" if up else f"{table.key}.{key}"
    return url_for(request.endpoint or "statistics.index", **values, sort=word, _anchor=table.key)


def _sorted(table: Table, column: Column, *, is_up: bool) -> Table:
    def place(row: Row) -> tuple[int, float]:
        value = row.values.get(column.key)
        if value is None:
            return 2, 0.0
        return int(column.key in row.few), float(value) if is_up else -float(value)

    title = (
        gettext(
            "%(what)s, by “%(column)s”: the smallest first, few cases last",
            what=table.columns[0].label,
            column=column.label,
        )
        if is_up
        else gettext(
            "%(what)s, by “%(column)s”: the largest first, few cases last",
            what=table.columns[0].label,
            column=column.label,
        )
    )
    order = {column.key: "ascending" if is_up else "descending"}
    return replace(table, title=title, rows=tuple(sorted(table.rows, key=place)), order=order)
