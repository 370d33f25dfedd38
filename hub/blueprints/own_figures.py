"""The page of one person's figures: for that person and the managers of the stores, nobody else finds it."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Blueprint, abort, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.blueprints import statistics_words as words
from hub.blueprints.access import Door, Entry
from hub.blueprints.statistics import score_words
from hub.blueprints.statistics.asked import Asked, read_asked
from hub.blueprints.statistics.base import shared
from hub.blueprints.statistics.files import hand_out
from hub.blueprints.statistics.links import behind, kept
from hub.blueprints.statistics.tables import Column, Kind, Row, Table
from hub.staff.words import Permission
from hub.statistics.rows import Waits
from hub.statistics.rules import FEW_WAITS
from hub.statistics.scorecards.people import PersonCard, get_person_card

blueprint = Blueprint("own_figures", __name__)
DOOR = Door(blueprint, "/statistics/people", Entry.SIGNED_IN)
"""Whoever is logged in has a page; whose else may be read is asked in hub/statistics/people.py."""


@dataclass(frozen=True)
class Found:
    asked: Asked
    card: PersonCard
    tables: dict[str, Table]


def _find(agent_id: int) -> Found:
    asked = read_asked(frozenset())
    card = get_person_card(asked.filters, agent_id, viewer=asked.viewer)
    tables = (score_words.table("people", card.lines, has_peers=False), _by_period(card))
    return Found(asked, card, {table.key: table for table in tables})


@blueprint.get("/<int:agent_id>")
def show_person(agent_id: int) -> ResponseReturnValue:
    found = _find(agent_id)

    def file_of(table: Table, ext: str) -> str:
        args: dict[str, Any] = kept(found.asked)
        return url_for("own_figures.download", agent_id=agent_id, table=table.key, ext=ext, **args)

    more = {**shared(found.asked), "file_of": file_of, "behind_card": partial(_behind, found.asked, agent_id)}
    return render_template(
        "statistics/person.html", card=found.card, tables=found.tables, score_words=score_words, **more
    )


@blueprint.get("/<int:agent_id>/<table>.<ext>")
def download(agent_id: int, table: str, ext: str) -> ResponseReturnValue:
    found = _find(agent_id)
    if table not in found.tables or ext not in {"csv", "xlsx"}:
        abort(404)
    return hand_out(f"people-{agent_id}", found.tables[table], ext, found.asked)


def _behind(asked: Asked, agent_id: int, measure: str, **clicked: Any) -> str:
    """Where the reader reads the statistics: who only reads the own page has no such list."""
    if not asked.viewer.may(Permission.READ_STATISTICS):
        return ""
    return behind(asked, measure, agent=agent_id, **clicked)


def _by_period(card: PersonCard) -> Table:
    columns = (
        Column("day", gettext("Day"), Kind.DAY),
        Column("count", gettext("Replies"), Kind.COUNT, "waits"),
        Column("median", gettext("Median"), Kind.OPENING, "median_reply"),
        Column("target", gettext("Within target"), Kind.SHARE, "within_target"),
    )
    rows = (
        {"day": day, "count": waits.count, "median": waits.median_seconds, "target": waits.target_share}
        for day, waits in card.by_period
    )
    few = [_few(waits) for _, waits in card.by_period]
    marked = zip(rows, few, strict=True)
    return Table(
        "people",
        "by-day",
        gettext("Over the period"),
        columns,
        tuple(Row(row, said=said) for row, said in marked),
    )


def _few(waits: Waits) -> dict[str, str]:
    if not waits.is_few:
        return {}
    few = gettext("under %(count)s", count=FEW_WAITS)
    return {"target": " · ".join((words.share(waits.target_share), few))}
