"""The figures of one person beside the own past, for that person and the managers of the stores; never beside colleagues."""

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from hub.core.errors import NotFound
from hub.core.text import N_
from hub.staff.queries import get_agents
from hub.staff.rules import Scope, Viewer
from hub.statistics.columns.layouts import NOBODY
from hub.statistics.measuring.door import open_look
from hub.statistics.people import may_read_figures_of
from hub.statistics.queries import period_of
from hub.statistics.rows import Waits
from hub.statistics.rules import Filters
from hub.statistics.scorecards.rules import OF_PERSONS
from hub.statistics.scorecards.stores import Line, compare_line
from hub.statistics.words import Dimension
from hub.stores.queries import list_stores

if TYPE_CHECKING:
    from hub.statistics.measuring.look import Look, Need


@dataclass(frozen=True)
class PersonCard:
    """`by_period` are days, in long periods weeks; `replies_before` is None when nothing is compared.

    `replies_over` are of the days that are over: what is set beside those before.
    """

    name: str
    is_own: bool
    replies: int
    replies_over: int
    replies_before: int | None
    lines: tuple[Line, ...]
    by_period: tuple[tuple[date, Waits], ...]


def get_person_card(filters: Filters, agent_id: int, *, viewer: Viewer) -> PersonCard:
    """A manager sees what was answered in the manager's stores, the person everything. Raises NotFound for others."""
    if not may_read_figures_of(agent_id, viewer=viewer):
        raise NotFound(N_("This page does not exist, or you do not have access to it."))
    is_own = agent_id == viewer.agent_id
    reader = _everywhere(viewer) if is_own else viewer
    asked = replace(filters, agent_id=agent_id)
    look = open_look(asked, viewer=reader)
    past, whole = look.before, look.over()
    needs = [*_needs(look, None, period_of(asked)), *(_needs(past, None) if past else ())]
    look.read(*needs)
    days: list[tuple[Any, Waits]] = look.summarise_waits(period_of(asked))
    return PersonCard(
        name=get_agents([agent_id])[agent_id].name,
        is_own=is_own,
        replies=_count(look),
        replies_over=_count(whole) if whole else 0,
        replies_before=_count(past) if past else None,
        lines=tuple(_line(key, look, past) for key in OF_PERSONS),
        by_period=tuple(days),
    )


def _everywhere(viewer: Viewer) -> Viewer:
    """Every place where the person answered, also stores left since and the central queue: each charged its own share."""
    ids = frozenset({NOBODY, *(row.id for row in list_stores(is_active=None))})
    return replace(viewer, scope=Scope(is_everything=False, store_ids=ids))


def _needs(look: "Look", *dimensions: Dimension | None) -> "list[Need]":
    return [look.of_waits(*dimensions), look.of_solutions(), look.of_ratings()]


def _count(look: "Look") -> int:
    return look.measure("waits")[0].count


def _line(key: str, look: "Look", past: "Look | None") -> Line:
    return compare_line(key, OF_PERSONS[key], look, past, lambda seen: seen.measure(key)[0])
