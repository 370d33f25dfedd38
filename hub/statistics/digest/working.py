"""The work of the digests: on Monday, and on the first working day of the month, at 7:00 in the chain's time zone."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import select, text

from hub.core import apart, clock
from hub.core.db import db, transaction
from hub.staff import queries as staff
from hub.statistics.digest.actions import compose, keep_and_tell
from hub.statistics.digest.periods import Round, find_latest, find_next
from hub.statistics.digest.readers import PERIODS, key_of, list_addressees, territory_of_chain
from hub.statistics.models import Digest
from hub.statistics.words import Period
from hub.stores.queries import find_chain

KIND = "digests"
BATCH = 10
TURN = text("SELECT pg_advisory_xact_lock(hashtextextended('statistics.digests', 0))")
"""Two workers would reckon the same figures twice; the unique key would still tell once."""


def has_due() -> bool:
    return any(_untold(found) for found in _open_rounds(clock.business_now()))


def next_due_at() -> datetime | None:
    """The next Monday or first working day of a month, while somebody gets a digest."""
    chain, now = find_chain(), clock.business_now()
    if chain is None or not staff.list_settled(tuple(PERIODS), before=now):
        return None
    territory = territory_of_chain()
    rounds = (find_next(period, now, time_zone=chain.time_zone, territory=territory) for period in Period)
    return min(found.due_at for found in rounds)


def work_digests(wake: Callable[[], None]) -> int:
    """One batch of people, in one transaction; returns how many digests were made.

    Row and fact are committed together: after a crash neither is there, and the batch comes again.
    """
    with transaction():
        now = clock.business_now()
        db.session.execute(TURN)
        due = [(found, agent_id) for found in _open_rounds(now) for agent_id in _untold(found)][:BATCH]
        contents: dict[tuple[object, ...], dict[str, Any]] = {}
        failed = apart.do_each(
            KIND,
            due,
            lambda each: _make(*each, contents, now),
            id_of=lambda each: each[1],
            machine_now=clock.machine_now(),
        )
    if len(due) == BATCH:
        wake()
    return len(due) - len(failed)


def _make(
    found: Round, agent_id: int, contents: dict[tuple[object, ...], dict[str, Any]], now: datetime
) -> None:
    """People who see the same are told the same, reckoned once a batch."""
    viewer = staff.get_viewer(agent_id)
    key = (found.period, *key_of(viewer))
    if key not in contents:
        contents[key] = compose(viewer, found, now=now)
    keep_and_tell(agent_id, found, contents[key], now=now)


def _open_rounds(now: datetime) -> list[Round]:
    chain = find_chain()
    if chain is None:
        return []
    territory = territory_of_chain()
    rounds = (find_latest(period, now, time_zone=chain.time_zone, territory=territory) for period in Period)
    return [found for found in rounds if found.is_open(now)]


def _untold(found: Round) -> list[int]:
    """People of a round who wait for their digest and are not put off."""
    people = list_addressees(found)
    told = set(
        db.session.scalars(
            select(Digest.agent_id).where(
                Digest.period == found.period,
                Digest.since_on == found.since_on,
                Digest.told_at.is_not(None),
            )
        )
    )
    put_off = apart.list_put_off_ids(KIND, machine_now=clock.machine_now()) if people else frozenset()
    return [agent_id for agent_id in people if agent_id not in told and agent_id not in put_off]
