"""The card of one store: its figures beside its own past and beside stores of its size, which stay unnamed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from hub.core.errors import NotFound
from hub.core.text import N_
from hub.staff.rules import SYSTEM_VIEWER, Viewer
from hub.statistics.measuring.door import open_look
from hub.statistics.measuring.figures import Figure
from hub.statistics.measuring.live import list_waiting
from hub.statistics.rules import SETTLED_AFTER, Filters
from hub.statistics.scorecards.rules import (
    SCORED,
    Change,
    Goal,
    Place,
    Spread,
    Verdict,
    choose_peers,
    compare,
    place,
    spread,
)
from hub.statistics.words import Dimension

if TYPE_CHECKING:
    from hub.statistics.measuring.look import Look, Need


@dataclass(frozen=True)
class Line:
    """One figure; `before` and `change` are None when nothing is compared, `before` when it is too early, `peers` of too few.

    `over` is of the days that can be compared, where they are fewer than those of the figure.
    """

    key: str
    now: Figure
    before: Figure | None
    change: Change | None
    peers: Spread | None = None
    place: Place | None = None
    over: Figure | None = None


@dataclass(frozen=True)
class Card:
    """`tickets` came in the period, and are the store's size; `peer_count` stores are of this size."""

    lines: tuple[Line, ...]
    tickets: int
    peer_count: int
    waiting_count: int
    late_count: int


def get_card(filters: Filters, store_id: int, *, viewer: Viewer, now: datetime) -> Card:
    """Peers are looked for in the whole chain, whatever the reader may see: only what they have in common leaves.

    Raises NotFound for a store that the reader does not see.
    """
    if not viewer.scope.has_store(store_id):
        raise NotFound(N_("This page does not exist, or you do not have access to it."))
    own, chain = (
        replace(filters, store_id=store_id, region_id=None),
        replace(filters, store_id=None, region_id=None),
    )
    look, past = open_look(chain, viewer=SYSTEM_VIEWER), own.before()
    earlier = open_look(past, viewer=viewer) if past else None
    look.read(*_needs(look, Dimension.STORE), *(_needs(earlier, None) if earlier else ()))
    tickets = _by_store(look.measure("tickets", Dimension.STORE))
    sizes = {each: figure.count for each, figure in tickets.items()}
    peers = choose_peers(sizes, store_id)
    (waiting,) = list_waiting(own, None, viewer=viewer, now=now)
    lines = [_line(key, store_id, look, earlier, peers) for key in SCORED]
    return Card(tuple(lines), sizes.get(store_id, 0), len(peers), waiting.count, waiting.late_count)


def _needs(look: "Look", by: Dimension | None) -> "list[Need]":
    own = (look.of_waits(by), look.of_tickets(by), look.of_answers(by), look.of_solutions(by))
    return [*own, look.of_orders(by)]


def list_figures(filters: Filters, *, viewer: Viewer) -> dict[str, dict[int, Figure]]:
    """Of each store that the reader sees, by figure: what a list of stores says of them."""
    look, by = open_look(filters, viewer=viewer), Dimension.STORE
    look.read(look.of_waits(by), look.of_tickets(by), look.of_answers(by))
    return {
        key: _by_store(look.measure(key, by)) for key in ("tickets", "median_reply", "within_target", "csat")
    }


def _by_store(figures: Sequence[Figure]) -> dict[int, Figure]:
    """Without the central queue, which is no store."""
    return {each.group: each for each in figures if isinstance(each.group, int)}


def _line(key: str, store_id: int, look: "Look", earlier: "Look | None", peers: Sequence[int]) -> Line:
    @cache
    def find(seen: "Look") -> dict[int, Figure]:
        return _by_store(seen.measure(key, Dimension.STORE))

    by_store = find(look)
    among = spread(by_store[peer] for peer in peers if peer in by_store)
    found = compare_line(
        key, SCORED[key], look, earlier, lambda seen: find(seen).get(store_id, Figure(store_id, None, 0))
    )
    return replace(found, peers=among, place=place(found.now, among))


def compare_line(
    key: str, goal: Goal, look: "Look", earlier: "Look | None", find: Callable[["Look"], Figure]
) -> Line:
    """The figure that `find` takes from a look, beside the one of the past."""
    now, days = find(look), SETTLED_AFTER.get(key)
    pair = (look, earlier) if earlier is None or days is None else (look.over(days), earlier.over(days))
    whole, past = pair
    if whole is None or past is None:
        return Line(key, now, None, Change(Verdict.EARLY) if earlier else None)
    over, before = now if whole is look else find(whole), past.measure(key)[0]
    return Line(key, now, before, compare(over, before, goal), over=None if whole is look else over)
