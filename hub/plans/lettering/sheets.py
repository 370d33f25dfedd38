"""One letter of a batch that wants its values, and what all of the batch share."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from hub.content import phrases
from hub.content.rendering import PreparedTemplate
from hub.plans.passage import Passage
from hub.stores.queries import ChainRow

Values = dict[str, str]


@dataclass(frozen=True)
class Sheet:
    """A letter before it is written: whose it is, the version in use of its template, and the values that this knows."""

    passage: Passage
    template: PreparedTemplate
    names: frozenset[str]

    @property
    def needed(self) -> Iterator[str]:
        return (spec.name for spec in self.template.specs if spec.is_required)

    @property
    def customer_id(self) -> int:
        return self.passage.customer.id


def names_of(template: PreparedTemplate) -> frozenset[str]:
    """The values that a letter knows; asked once a template, not once a letter."""
    return frozenset(spec.name for spec in template.specs)


@dataclass(frozen=True)
class Room:
    """`plan_keys` by plan id; `now` is business time, `machine_now` that of links."""

    chain: ChainRow
    plan_keys: Mapping[int, str]
    now: datetime
    machine_now: datetime

    def day_in_words(self, moment: datetime, language: str) -> str:
        """The chain's day of a moment."""
        return day_words(moment.astimezone(ZoneInfo(self.chain.time_zone)).date(), language)


Gather = Callable[[Sequence[Sheet], Room], Sequence[Values]]
"""Values of these letters in their order, in a number of statements that does not grow with them."""


@lru_cache(maxsize=100)
def day_words(day: date, language: str) -> str:
    """A batch speaks of few days, and their words cost more than the rest of the message."""
    return phrases.day_in_words(day, language)


def rounds(sheets: Iterable[Sheet]) -> Iterator[list[tuple[int, Sheet]]]:
    """Letters with their places, so that no customer is twice in a round: nearly always one round."""
    left = list(enumerate(sheets))
    while left:
        first: dict[int, tuple[int, Sheet]] = {}
        for place, sheet in left:
            first.setdefault(sheet.customer_id, (place, sheet))
        yield list(first.values())
        left = [pair for pair in left if first[pair[1].customer_id][0] != pair[0]]
