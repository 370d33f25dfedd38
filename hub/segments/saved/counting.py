"""How many a tree holds, what each of its conditions leaves, and some of its people; within a time that is set."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.errors import QueryCanceled
from sqlalchemy import Select, func, select, text
from sqlalchemy.exc import OperationalError

from hub.core.db import db
from hub.core.errors import Conflict
from hub.core.text import N_
from hub.customers.models import Customer
from hub.segments.compiling.frame import Bounds
from hub.segments.compiling.statement import ask_count, ask_ids, ask_patterns
from hub.segments.conditions.tree import Group, holds, without
from hub.segments.saved.loading import open_frame

PAGE_SECONDS = 10
JOB_SECONDS = 120
FIRST_WIDTH = 4_000
WIDER = 8
TOO_LONG = N_("Counting takes too long. Please narrow a condition, for example with a period or a store.")
# Sets of a million customers fit into memory; a page of the house needs little. Both cores may help a long count; a third
# process would only sum the same orders once more, and what one hands to the other stays in memory. Sums follow an index of customers, which is quicker than hashing.
_SETTINGS = text(
    "SELECT set_config('statement_timeout', :timeout, true), set_config('work_mem', '128MB', true), "
    "set_config('jit', 'off', true), set_config('max_parallel_workers_per_gather', '1', true), "
    "set_config('parallel_tuple_cost', '0.01', true), set_config('enable_hashagg', 'off', true)"
)


class TooLongError(Conflict):
    """A count that was given up: nothing is said rather than something wrong."""

    status = 503
    code = "too_long"


@dataclass(frozen=True)
class Effect:
    """`own_count`: how many the condition alone holds. `difference`: what it adds to the segment, or takes from it."""

    own_count: int
    difference: int


@dataclass(frozen=True)
class Exploration:
    """`total` customers are there to choose from; `effects` are by condition, in the order of the page."""

    count: int
    total: int
    effects: tuple[Effect, ...]


@contextmanager
def long_question(seconds: int = PAGE_SECONDS) -> Iterator[None]:
    """Reads with much memory and a time that ends, then goes back to the settings of a page. Raises TooLongError."""
    savepoint = db.session.begin_nested()
    try:
        db.session.execute(_SETTINGS, {"timeout": f"{seconds}s"})
        yield
    except OperationalError as error:
        if isinstance(error.orig, QueryCanceled):
            raise TooLongError(TOO_LONG) from None
        raise
    finally:
        savepoint.rollback()


def count_tree(root: Group, *, now: datetime, seconds: int = PAGE_SECONDS) -> int:
    """How many customers it holds now. Raises TooLongError."""
    statement = ask_count(root, open_frame(root, now=now))
    with long_question(seconds):
        return db.session.scalar(statement) or 0


def explore(root: Group, *, now: datetime) -> Exploration:
    """The count, and what each condition does to it, in one pass over the customers. Raises TooLongError."""
    asked = ask_patterns(root, open_frame(root, now=now))
    with long_question():
        patterns = {int(bits): count for bits, count in db.session.execute(asked.statement)}
    places = {id(each): place for place, each in enumerate(asked.conditions)}

    def size(tree: Group) -> int:
        return sum(count for bits, count in patterns.items() if _holds(tree, bits, places))

    whole = size(root)
    effects = []
    for place, each in enumerate(asked.conditions):
        own = sum(count for bits, count in patterns.items() if _says(bits, place) is not each.is_negated)
        effects.append(Effect(own, whole - size(without(root, place))))
    return Exploration(whole, sum(patterns.values()), tuple(effects))


def _holds(tree: Group, bits: int, places: Mapping[int, int]) -> bool:
    return holds(tree, lambda each: _says(bits, places[id(each)]))


def _says(bits: int, place: int) -> bool:
    return bool(bits >> place & 1)


def find_ids(
    root: Group, *, now: datetime, after_id: int = 0, limit: int, seconds: int = PAGE_SECONDS
) -> list[int]:
    """The next members by id, `limit` at most. Walks over ranges of ids that grow, so that a full page is quick.

    Raises TooLongError.
    """
    found: list[int] = []
    last_id = _last_id()
    width = FIRST_WIDTH
    while len(found) < limit and after_id < last_id:
        up_to_id = after_id + width if after_id + width < last_id else None
        statement = _ids_between(root, after_id, up_to_id, now=now).limit(limit - len(found))
        with long_question(seconds):
            found += db.session.scalars(statement).all()
        after_id = last_id if up_to_id is None else up_to_id
        width *= WIDER
    return found


def _ids_between(root: Group, above_id: int, up_to_id: int | None, *, now: datetime) -> Select[Any]:
    frame = open_frame(root, now=now, bounds=Bounds(above_id=above_id, up_to_id=up_to_id))
    return ask_ids(root, frame).order_by(Customer.id)


def _last_id() -> int:
    return db.session.scalar(select(func.max(Customer.id))) or 0
