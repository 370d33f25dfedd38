"""What a page of the statistics is asked for: the filters of the address, the reader, the moment."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from flask import request

from hub.blueprints.access import viewer
from hub.blueprints.statistics.choices import Choices
from hub.blueprints.statistics.filter_words import FILTERS, NARROWINGS
from hub.core import clock
from hub.staff.rules import Viewer
from hub.statistics import queries
from hub.statistics.known import Known
from hub.statistics.rules import Filters


def always(_filters: Filters) -> bool:
    return True


def never(_filters: Filters) -> bool:
    return False


@dataclass(frozen=True)
class Asked:
    """One reading of the statistics: `args` are the filters as they stand in the address, `uses` those that narrow it."""

    filters: Filters
    args: Mapping[str, str]
    viewer: Viewer
    now: datetime
    uses: frozenset[str]
    choices: Choices
    compares: bool = True
    lists: dict[tuple[str, frozenset[str]], str] = field(default_factory=dict)
    """Addresses of lists without some of the filters, since a page has hundreds of links to them."""


def read_asked(uses: frozenset[str] = NARROWINGS, *, compares: Callable[[Filters], bool] = always) -> Asked:
    """The filters of the address; those that the page does not use are as if they were not there.

    `compares`: whether figures of another period stand on the page, so that nothing else is offered and said.
    """
    now, person, known = clock.business_now(), viewer(), Known()
    args = {name: request.args[name] for name in FILTERS if request.args.get(name)}
    filters = queries.read_filters(args, now=now, viewer=person, known=known)
    filters = _only(filters, uses)
    return Asked(filters, args, person, now, uses, Choices(filters, person, known), compares(filters))


def _only(filters: Filters, uses: frozenset[str]) -> Filters:
    return replace(
        filters,
        channel=filters.channel if "channel" in uses else None,
        reason_id=filters.reason_id if "reason" in uses else None,
        agent_id=filters.agent_id if "agent" in uses else None,
    )
