"""Look-ups of what could be recommended."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from hub.core.questions import Question, all_of
from hub.orders.products.recommending import Recommended, ask_recommended
from hub.orders.products.words import Why
from hub.plans.looking.asked import Answers, Params, Subject, World


def suggested(subjects: Sequence[Subject], params: Params, _world: World) -> Question[Answers]:
    """Something that the customer does not own follows from the order of the entry; a renewal from all he bought.

    As in `amount`, those who ask on one day are asked at once, as far as was known at the latest of their moments.
    """
    why = Why(params["why"])
    parts = [(at, part) for at, places in _by_day(subjects) for part in _each_once(subjects, places)]

    def ask(at: datetime, part: Sequence[int]) -> Question[dict[int, tuple[Recommended, ...]]]:
        orders = {
            subjects[place].customer_id: subjects[place].order_id
            for place in part
            if subjects[place].order_id and why is not Why.RENEWAL
        }
        ids = [subjects[place].customer_id for place in part]
        return ask_recommended(ids, (why,), at=at, orders=orders, limit=1)

    def read(found: Sequence[Mapping[int, Sequence[Recommended]]]) -> Answers:
        answers = [False] * len(subjects)
        for (_, part), known in zip(parts, found, strict=True):
            for place in part:
                answers[place] = bool(known[subjects[place].customer_id])
        return answers

    return all_of(*(ask(at, part) for at, part in parts)).then(read)


def _by_day(subjects: Sequence[Subject]) -> Iterator[tuple[datetime, list[int]]]:
    days: dict[date, list[int]] = defaultdict(list)
    for place, seen in enumerate(subjects):
        days[seen.at.date()].append(place)
    for places in days.values():
        yield max(subjects[place].at for place in places), places


def _each_once(subjects: Sequence[Subject], places: Sequence[int]) -> Iterator[list[int]]:
    """No customer twice in a part: nearly always one part."""
    left = list(places)
    while left:
        first: dict[int, int] = {}
        for place in left:
            first.setdefault(subjects[place].customer_id, place)
        yield list(first.values())
        taken = set(first.values())
        left = [place for place in left if place not in taken]
