"""Which figures of an anonymous questionnaire stay hidden, so that none can be computed from those shown. Pure.

Answers add up: stores to their region, regions to the chain. A place with one to four answers is hidden. What is shown
above and beside it gives the sum of the hidden ones away; so whatever is hidden under a sum that is shown are at least
two places with together at least five answers, and where it would be less, the next smallest is hidden too.

One question of several is answered by a part of the people only: what is hidden of all of them stays hidden there (`also`),
and there a place without answers looks as a hidden one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

LEAST = 5
LEAST_PLACES = 2
SHAKY = 30
"""Under so many answers a figure is indicative."""


@dataclass(frozen=True)
class Hidden:
    """What is not shown. Places without any answer are not hidden: that nobody answered tells nobody's answer."""

    is_all: bool = False
    regions: frozenset[int] = frozenset()
    stores: frozenset[int] = frozenset()

    def hides_store(self, store_id: int) -> bool:
        return self.is_all or store_id in self.stores

    def hides_region(self, region_id: int) -> bool:
        return self.is_all or region_id in self.regions


NOTHING = Hidden()


@dataclass
class _Choice:
    """What is hidden so far, and the answers of each place."""

    counts: Mapping[int, int]
    members: Mapping[int | None, list[int]]
    stores: set[int] = field(default_factory=set)
    regions: set[int] = field(default_factory=set)

    def total(self, region: int | None) -> int:
        return sum(self.counts[store] for store in self.members.get(region, ()))

    def hidden_of(self, region: int | None) -> list[int]:
        return [store for store in self.members.get(region, ()) if store in self.stores]

    def shown_of(self, region: int | None) -> list[int]:
        return [store for store in self.members.get(region, ()) if store not in self.stores]

    def is_safe(self, block: list[int]) -> bool:
        enough = len(block) >= LEAST_PLACES and sum(self.counts[store] for store in block) >= LEAST
        return not block or enough


def hide(counts: Mapping[int, int], region_of: Mapping[int, int | None], *, also: Hidden = NOTHING) -> Hidden:
    """Of the answers by store and the region each store is in. Stores without region stand under the chain itself."""
    members: dict[int | None, list[int]] = {}
    for store, count in counts.items():
        if count:
            members.setdefault(region_of.get(store), []).append(store)
    if also.is_all or sum(counts.values()) < LEAST:
        return Hidden(is_all=True)
    few = {store for store, count in counts.items() if 0 < count < LEAST}
    choice = _Choice(counts, members, few | also.stores, set(also.regions))
    for region in members:
        if region is not None and region not in choice.regions:
            _hide_region(choice, region)
    if not _hide_chain(choice):
        return Hidden(is_all=True)
    return Hidden(False, frozenset(choice.regions), frozenset(choice.stores))


def hide_parts(counts: Mapping[int, int], *, also: frozenset[int] = frozenset()) -> frozenset[int] | None:
    """Of parts that add up to a total that is shown (months): those hidden, None for all of them."""
    found = hide(counts, {}, also=Hidden(stores=also))
    return None if found.is_all else found.stores


def _hide_region(choice: _Choice, region: int) -> None:
    while not choice.is_safe(choice.hidden_of(region)):
        shown = choice.shown_of(region)
        if choice.total(region) < LEAST or not shown:
            choice.regions.add(region)
            return
        choice.stores.add(min(shown, key=_smallest(choice)))


def _hide_chain(choice: _Choice) -> bool:
    """What is hidden under the chain's own total: stores without region, and those of regions that are hidden themselves.

    False when nothing is left to hide beside it but the whole.
    """
    while not choice.is_safe(_block(choice)):
        stores = [(choice.counts[store], 0, store) for store in choice.shown_of(None)]
        regions = [
            (choice.total(region), 1, region)
            for region in choice.members
            if region is not None and region not in choice.regions
        ]
        inside = [
            (choice.counts[store], 0, store) for region in choice.regions for store in choice.shown_of(region)
        ]
        chosen = min(stores + regions or inside, default=None)
        if chosen is None:
            return False
        if chosen[1]:
            _hide_whole(choice, chosen[2])
        else:
            choice.stores.add(chosen[2])
    return True


def _hide_whole(choice: _Choice, region: int) -> None:
    """A region of which every store is shown would be their sum: one of them goes with it."""
    choice.regions.add(region)
    if not choice.hidden_of(region):
        choice.stores.add(min(choice.shown_of(region), key=_smallest(choice)))


def _block(choice: _Choice) -> list[int]:
    under = [store for region in choice.regions for store in choice.hidden_of(region)]
    return under + choice.hidden_of(None)


def _smallest(choice: _Choice) -> Callable[[int], tuple[int, int]]:
    return lambda store: (choice.counts[store], store)
