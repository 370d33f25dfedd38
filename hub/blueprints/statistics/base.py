"""What the pages share: how a page is made, and the parts of it that the templates want."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from hub.blueprints import statistics_words as words
from hub.blueprints.statistics.asked import Asked, always, read_asked
from hub.blueprints.statistics.filter_words import NARROWINGS, offered, said
from hub.blueprints.statistics.links import behind, behind_messages, to_file, to_page
from hub.blueprints.statistics.sorting import as_asked
from hub.blueprints.statistics.tables import Table
from hub.statistics.rules import Compare, Filters

blueprint = Blueprint("statistics", __name__)


@dataclass(frozen=True)
class Page:
    """A page of the statistics: how its figures are found, and the tables it shows and hands out, by their names.

    `uses` are the filters beside period and comparison that narrow its figures; the others are not offered, nor is
    comparison where the page `compares` nothing.
    """

    key: str
    find: Callable[[Asked], Any]
    tables: Callable[[Any, Asked], list[Table]]
    uses: frozenset[str] = NARROWINGS
    compares: Callable[[Filters], bool] = always


def show(page: Page, template: str, **more: object) -> ResponseReturnValue:
    """The page with its figures, its tables by name, and its filters."""
    asked = read_asked(page.uses, compares=page.compares)
    found = page.find(asked)
    tables = {table.key: as_asked(table, asked) for table in page.tables(found, asked)}
    return render_template(template, found=found, tables=tables, **shared(asked), **more)


def shared(asked: Asked) -> dict[str, object]:
    """What every page of the statistics wants besides its figures."""
    return {
        "asked": asked,
        "args": asked.args,
        "filters": asked.filters,
        "compared": asked.filters.compare if asked.filters.before() else Compare.NONE,
        "offered": offered(
            asked.choices, asked.args, asked.uses, viewer=asked.viewer, now=asked.now, compares=asked.compares
        ),
        "said": said(asked.choices, compares=asked.compares),
        "words": words,
        "file_of": partial(to_file, asked),
        "behind": partial(behind, asked),
        "messages_behind": partial(behind_messages, asked),
        "page_of": partial(to_page, asked),
    }
